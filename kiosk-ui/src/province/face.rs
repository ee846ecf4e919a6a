//! Whether a face fits: by this terminal's engine where it has one, else by the province.
//!
//! Duty: tell the province what an engine said, and ask it with the picture where there is no verdict that counts there.
//! Never: take "no result" for "no match", or let an engine's word count that the province has not heard.

use super::Shared;
use super::answer::refuses;
use super::in_session::{MatchFace, TellVerdict};
use super::resident::{Resident, Trouble};
use domain::identity::Identity;
use domain::material::Picture;
use domain::resident_id::ResidentIdCard;
use domain::session::event::FaceVerdict;
use drivers::face::{MatchResult, PresentationAttack as Seen};
use platform_client::contract::session::{FaceEngine, PresentationAttack};
use platform_client::province::EngineVerdict;

/// The verdict.
pub(super) async fn matched(
    shared: &Shared,
    resident: &Resident,
    identity: &Identity,
    picture: &Picture,
) -> Result<FaceVerdict, Trouble> {
    if let Some(said) = by_the_engine(shared, identity, picture).await {
        let (engine, attack) = (&said.engine, said.presentation_attack);
        match resident.ask(shared, identity, TellVerdict(&said)).await {
            Ok(()) => {
                let verdict = said.verdict();
                tracing::info!(engine = %engine.name, version = %engine.version, ?attack, ?verdict, "a face was compared");
                return Ok(verdict);
            }
            // Its word does not count there, or the province has no such call: the picture is asked about.
            Err(Trouble::Call(error)) if refuses(&error) => {
                tracing::warn!(engine = %engine.name, version = %engine.version, "the province wants the picture");
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(resident.ask(shared, identity, MatchFace(picture)).await?.verdict)
}

async fn by_the_engine(shared: &Shared, identity: &Identity, picture: &Picture) -> Option<EngineVerdict> {
    let photo = identity.card().and_then(ResidentIdCard::photo)?;
    shared.face_engine.as_ref()?.compare(picture, photo).await.map(verdict)
}

/// In the words of the contract.
fn verdict(result: MatchResult) -> EngineVerdict {
    let MatchResult { score, threshold, presentation_attack, engine } = result;
    EngineVerdict {
        engine: FaceEngine { name: engine.name, version: engine.version, certificate: engine.certificate },
        score,
        threshold,
        presentation_attack: match presentation_attack {
            Seen::NotChecked => PresentationAttack::NotChecked,
            Seen::BonaFide => PresentationAttack::NotDetected,
            Seen::Attack => PresentationAttack::Detected,
            Seen::Inconclusive => PresentationAttack::Inconclusive,
        },
    }
}
