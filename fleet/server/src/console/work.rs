//! Orders of the desk, each noted before it is given: what the audit does not know is not done.

use super::trouble::{Said, Trouble};
use super::visitor::Desk;
use crate::orders::{self, OrderError, rollouts};
use crate::rollout::{Event, Refused};
use crate::state::Actor;
use crate::store::audit::AuditEntry;
use crate::store::rollouts::NewRollout;
use std::future::Future;

impl From<OrderError> for Trouble {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::Unknown { .. } => Self::Missing,
            OrderError::Store(error) => Self::Store(error),
            OrderError::SamePerson => Self::Conflict(Said::of(|w| w.refused_same_person)),
            OrderError::Less { at, wanted } => Self::Conflict(Said::of(|w| w.refused_less(at, wanted))),
            OrderError::Over => Self::Conflict(Said::of(|w| w.refused_over)),
            OrderError::Table(Refused { state, .. }) => {
                Self::Conflict(Said::of(|w| w.refused_rollout(w.of("rollout_state", state.word()))))
            }
            OrderError::Wrong(why) => Self::Wrong(Said::program(&why)),
            other => Self::Conflict(Said::program(&other.to_string())),
        }
    }
}

/// What is noted of an order.
pub(super) struct Noted<'a> {
    /// The audit's word.
    pub(super) what: &'a str,
    /// On what.
    pub(super) subject: String,
    /// Why.
    pub(super) why: &'a str,
    /// What else.
    pub(super) detail: String,
}

/// Whoever is signed in, as orders name them.
pub(super) fn actor(desk: &Desk) -> Actor {
    Actor(desk.name().to_owned())
}

/// Notes an order, gives it, and notes where it was refused.
pub(super) async fn noted<T>(
    desk: &Desk,
    note: Noted<'_>,
    work: impl Future<Output = Result<T, OrderError>>,
) -> Result<T, Trouble> {
    let entry = AuditEntry {
        who: desk.name().to_owned(),
        what: note.what.to_owned(),
        subject: note.subject,
        why: note.why.to_owned(),
        detail: note.detail,
    };
    Ok(orders::noted::noted(desk.console.server(), entry, work).await?)
}

/// Makes a rollout.
pub(super) async fn add_rollout(desk: &Desk, new: &NewRollout, why: &str) -> Result<i64, Trouble> {
    let note = Noted {
        what: "rollout.add",
        subject: format!("release:{}", new.release),
        why,
        detail: new.name.clone(),
    };
    noted(desk, note, rollouts::make(desk.console.server(), new, &actor(desk), why)).await
}

/// Starts, pauses, resumes, aborts or takes back a rollout.
pub(super) async fn change_rollout(desk: &Desk, id: i64, event: Event, why: &str) -> Result<(), Trouble> {
    let what = match event {
        Event::Start => "rollout.start",
        Event::Pause => "rollout.pause",
        Event::Resume => "rollout.resume",
        Event::Abort => "rollout.abort",
        Event::Rollback => "rollout.rollback",
        Event::TooManyFailed | Event::LastWaveOver => return Err(Trouble::Bad("do")),
    };
    let note = Noted { what, subject: format!("rollout:{id}"), why, detail: String::new() };
    let (server, by) = (desk.console.server(), actor(desk));
    noted(desk, note, async {
        match event {
            Event::Start => rollouts::start(server, id, &by, why).await,
            Event::Pause => rollouts::pause(server, id, &by, why).await,
            Event::Resume => rollouts::resume(server, id, &by, why).await,
            Event::Abort => rollouts::abort(server, id, &by, why).await,
            _ => rollouts::rollback(server, id, &by, why).await,
        }
    })
    .await?;
    Ok(())
}
