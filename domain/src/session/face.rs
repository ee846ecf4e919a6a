//! Look into the camera: twice at most, and never the only way.

use super::Context;
use super::effect::Question;
use super::event::{DeviceEvent, EventKind, FaceHint, FaceVerdict, ProvinceEvent, Tap};
use super::state::{CaseFile, FaceCheck, FaceFailure, FacePhase, Step, Trouble, Visit};
use super::visit::Flow;
use crate::device::{DeviceClass, DeviceState};
use crate::identity::{Consent, FaceMatch, Identity};
use crate::service_item::ServiceItem;
use std::sync::Arc;

/// After so many refusals by the matcher no third look is offered.
pub const MOST_TRIES: u8 = 2;

impl Visit {
    pub(super) fn look(
        &mut self,
        item: Arc<ServiceItem>,
        consent: Consent,
        identity: Identity,
        context: &mut Context<'_>,
    ) -> Step {
        let face =
            FaceCheck { item, consent, identity, refusals: 0, phase: FacePhase::Looking(FaceHint::NoFace) };
        if context.facts.devices.state(DeviceClass::Camera) == DeviceState::Online {
            Step::Face(face)
        } else {
            self.trouble(Trouble::Device(DeviceClass::Camera));
            self.without_face(face, FaceMatch::Unavailable, context)
        }
    }

    pub(super) fn on_face(&mut self, face: FaceCheck, kind: EventKind, context: &mut Context<'_>) -> Flow {
        Flow::To(match (face.phase, kind) {
            (FacePhase::Looking(_), EventKind::Device(DeviceEvent::FaceHint(hint))) => {
                Step::Face(FaceCheck { phase: FacePhase::Looking(hint), ..face })
            }
            (FacePhase::Looking(_), EventKind::Device(DeviceEvent::FaceCaptured(picture))) => {
                let ticket = context.ask(Question::MatchFace(face.identity.clone(), picture));
                Step::Face(FaceCheck { phase: FacePhase::Matching(ticket), ..face })
            }
            (FacePhase::Matching(t), EventKind::Province(ProvinceEvent::FaceMatched(ticket, answer)))
                if t == ticket =>
            {
                match answer {
                    Ok(FaceVerdict::Matched) => {
                        let identity = face.identity.with_face(FaceMatch::Matched);
                        self.ask_province(CaseFile::begin(face.item, face.consent, identity), context)
                    }
                    Ok(verdict) => {
                        let refusals = face.refusals + 1;
                        let phase = FacePhase::Failed(FaceFailure::Verdict(verdict));
                        Step::Face(FaceCheck { refusals, phase, ..face })
                    }
                    Err(_) => {
                        Step::Face(FaceCheck { phase: FacePhase::Failed(FaceFailure::Unreachable), ..face })
                    }
                }
            }
            (FacePhase::Failed(_), EventKind::Tap(Tap::FaceAgain)) if face.refusals < MOST_TRIES => {
                Step::Face(FaceCheck { phase: FacePhase::Looking(FaceHint::NoFace), ..face })
            }
            (phase, EventKind::Tap(Tap::WithoutFace)) => {
                let said = match phase {
                    FacePhase::Failed(FaceFailure::Verdict(_)) => FaceMatch::NotMatched,
                    FacePhase::Failed(FaceFailure::Unreachable) => FaceMatch::Unavailable,
                    FacePhase::Looking(_) | FacePhase::Matching(_) => FaceMatch::Declined,
                };
                self.without_face(face, said, context)
            }
            (_, EventKind::Device(DeviceEvent::State(DeviceClass::Camera, state)))
                if state != DeviceState::Online =>
            {
                self.trouble(Trouble::Device(DeviceClass::Camera));
                self.without_face(face, FaceMatch::Unavailable, context)
            }
            (_, EventKind::Tap(Tap::Back)) => {
                let browse = super::state::Browse {
                    identity: Some(face.identity),
                    from: super::state::CameFrom::Items(face.item.theme),
                };
                Step::Consent(browse, face.item)
            }
            _ => Step::Face(face),
        })
    }

    fn without_face(&mut self, face: FaceCheck, said: FaceMatch, context: &mut Context<'_>) -> Step {
        let identity = face.identity.with_face(said);
        self.ask_province(CaseFile::begin(face.item, face.consent, identity), context)
    }
}
