//! Keeper and technician: they sign in from the idle page and never see a resident's data.

use super::effect::{CameraUse, Effect, Question};
use super::event::{EventKind, ProvinceEvent, StaffRole, Tap, Upkeep};
use super::state::{Place, SignIn, SignInProblem, UpkeepVisit};
use super::{Context, rest};
use time::Duration;

/// Without a touch for so long the page closes.
const CLOSES_AFTER: Duration = Duration::seconds(120);

pub(super) fn on_sign_in(sign_in: SignIn, kind: EventKind, context: &mut Context<'_>) -> Place {
    let entering = |problem, context: &Context<'_>| {
        Place::StaffSignIn(SignIn::Entering { problem: Some(problem), since: context.now() })
    };
    match (sign_in, kind) {
        (_, EventKind::Tap(Tap::Back | Tap::Close | Tap::Leave)) => rest(context.facts),
        (SignIn::Entering { since, .. } | SignIn::Checking(_, since), EventKind::Tick)
            if context.now() - since >= CLOSES_AFTER =>
        {
            rest(context.facts)
        }
        (SignIn::Entering { .. }, EventKind::Tap(Tap::StaffSignIn { badge, pin })) => {
            let ticket = context.ask(Question::SignIn { badge, pin });
            Place::StaffSignIn(SignIn::Checking(ticket, context.now()))
        }
        (SignIn::Entering { problem, .. }, EventKind::Tap(_)) => {
            Place::StaffSignIn(SignIn::Entering { problem, since: context.now() })
        }
        (SignIn::Checking(t, _), EventKind::Province(ProvinceEvent::SignedIn(ticket, answer)))
            if t == ticket =>
        {
            match answer {
                Ok(staff) if staff.role != StaffRole::Worker => {
                    Place::Upkeep(UpkeepVisit { staff, touched: context.now(), camera: CameraUse::Off })
                }
                Ok(_) => entering(SignInProblem::NotForThisPage, context),
                Err(failure) => entering(failure.into(), context),
            }
        }
        (sign_in, _) => Place::StaffSignIn(sign_in),
    }
}

pub(super) fn on_upkeep(mut upkeep: UpkeepVisit, kind: EventKind, context: &mut Context<'_>) -> Place {
    match kind {
        EventKind::Tap(Tap::Back | Tap::Close | Tap::Leave | Tap::Finish) => return rest(context.facts),
        EventKind::Tap(tap) => {
            upkeep.touched = context.now();
            if let Tap::Upkeep(action) = tap {
                match action {
                    Upkeep::CameraShown => upkeep.camera = CameraUse::Photo,
                    Upkeep::CameraHidden => upkeep.camera = CameraUse::Off,
                    _ => {}
                }
                context.effects.push(Effect::Upkeep(action));
            }
        }
        EventKind::Tick if context.now() - upkeep.touched >= CLOSES_AFTER => return rest(context.facts),
        _ => {}
    }
    Place::Upkeep(upkeep)
}
