//! The resident's session at the province: opened when it is first needed, dropped with the visit.
//!
//! Duty: one session for one person. Never: on disk, in a log, or used for another person than the one who opened it.

use super::Shared;
use super::in_session::InSession;
use domain::identity::{Evidence, Identity, IdentityWay};
use platform_client::Shown;
use platform_client::contract::envelope::code;
use platform_client::error::CallError;
use platform_client::province::ResidentSession;
use tokio::sync::Mutex;

/// The resident of one visit, as the province knows them.
#[derive(Default)]
pub(super) struct Resident {
    held: Mutex<Option<Held>>,
}

struct Held {
    session: ResidentSession,
    way: IdentityWay,
}

/// Why a question about a resident has no answer.
pub(super) enum Trouble {
    /// The call failed.
    Call(CallError),
    /// The session is over, and what opened it was shown once and is gone.
    Over,
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl Resident {
    /// Opens a session with what the resident showed; the province says who it is.
    pub(super) async fn identify(
        &self,
        shared: &Shared,
        way: IdentityWay,
        shown: Shown<'_>,
    ) -> Result<Identity, Trouble> {
        let mut held = self.held.lock().await;
        let session = shared.heard(shared.province.open_session(shown).await)?;
        let identity = Identity::new(Evidence::Province { way, person: session.person().clone() });
        *held = Some(Held { session, way });
        Ok(identity)
    }

    /// Asks in this person's session. A card that was read opens one when there is none, and anew when the province has
    /// closed it; the other ways were shown once.
    pub(super) async fn ask<Q: InSession>(
        &self,
        shared: &Shared,
        identity: &Identity,
        question: Q,
    ) -> Result<Q::Answer, Trouble> {
        let mut held = self.held.lock().await;
        if let Some(open) = held.as_mut()
            && open.serves(shared, identity)
        {
            match shared.heard(question.ask(&shared.province, &mut open.session).await) {
                Err(error) if is_over(&error) => {}
                answer => return Ok(answer?),
            }
        }
        *held = None;
        let card = identity.card().ok_or(Trouble::Over)?;
        let session = shared.heard(shared.province.open_session(Shown::Card(card)).await)?;
        let open = held.insert(Held { session, way: IdentityWay::Card });
        Ok(shared.heard(question.ask(&shared.province, &mut open.session).await)?)
    }
}

impl Held {
    fn serves(&self, shared: &Shared, identity: &Identity) -> bool {
        self.way == identity.way()
            && self.session.person().number == *identity.number()
            && shared.clock.now() < self.session.expires_at()
    }
}

fn is_over(error: &CallError) -> bool {
    error.refusal().is_some_and(|refusal| refusal.code == code::SESSION_REQUIRED)
}
