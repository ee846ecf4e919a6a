//! The one answer to a question, whatever happens to whoever looks for it.

use crate::inbox::Post;
use domain::session::effect::Question;
use domain::session::event::{
    AskFailure, CertificateFailure, EventKind, LicenceFailure, ProvinceEvent, Ticket,
};

/// Gives exactly one answer: the one that was found, or, when it is dropped before, that the province is not reached.
pub(super) struct Reply {
    post: Post,
    otherwise: Option<ProvinceEvent>,
}

impl Reply {
    pub(super) fn new(ticket: Ticket, question: &Question, post: Post) -> Self {
        Self { post, otherwise: Some(unreachable(ticket, question)) }
    }

    pub(super) fn give(&mut self, answer: ProvinceEvent) {
        if self.otherwise.take().is_some() {
            self.post.put(EventKind::Province(answer));
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(otherwise) = self.otherwise.take() {
            self.post.put(EventKind::Province(otherwise));
        }
    }
}

fn unreachable(ticket: Ticket, question: &Question) -> ProvinceEvent {
    use ProvinceEvent as E;
    const AWAY: AskFailure = AskFailure::Unreachable;
    match question {
        Question::IdentifyByCode(..) | Question::IdentifyBySms { .. } | Question::IdentifyByWorker { .. } => {
            E::Identified(ticket, Err(AWAY))
        }
        Question::SendSms(_) | Question::SendLicenceSms { .. } => E::SmsSent(ticket, Err(AWAY)),
        Question::MatchFace(..) => E::FaceMatched(ticket, Err(AWAY)),
        Question::WhatIsKnown { .. } => E::Known(ticket, Err(AWAY)),
        Question::Licences(_) => E::Licences(ticket, Err(AWAY)),
        Question::Licence { .. } => E::Licence(ticket, Err(LicenceFailure::Ask(AWAY))),
        Question::Suggestions(_) => E::Suggestions(ticket, Err(AWAY)),
        Question::Certificate(_) => E::Certificate(ticket, Err(CertificateFailure::Ask(AWAY))),
        Question::Directory(..) => E::Directory(ticket, Err(AWAY)),
        Question::SignIn { .. } => E::SignedIn(ticket, Err(AWAY)),
        Question::CallHelp(_) | Question::CallBack(..) => E::HelpAnswered(ticket, Err(AWAY)),
    }
}
