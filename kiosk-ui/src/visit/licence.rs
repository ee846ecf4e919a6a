//! A certificate of the province's library in the place of a photographed paper: allowed, chosen, looked at, taken.

use super::{Visit, VisitError};
use crate::pages::licence::problem_words;
use domain::form::FieldId;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::service_item::sample::Sample;
use domain::session::event::LicenceStanding;
use domain::session::state::{CodeProblem, LicencePart, LicenceProblem, LicenceWay, SmsProblem, Step};
use platform_client::sim::CodeKind;

/// What the page is for now.
enum Now {
    /// Devices and province are at work.
    Waits,
    /// It did not come about; what the page says.
    Failed(String),
    /// A way is to be chosen.
    Ways,
    /// The code of the province's app is to be shown.
    Code,
    /// The code that came by SMS is to be typed.
    Sms,
    /// This certificate is to be chosen.
    Choose(String),
    /// It is on the screen.
    Look,
}

impl Now {
    fn of(part: &LicencePart, l: Locale) -> Self {
        let failed = |problem| Self::Failed(problem_words(problem, l));
        match part {
            LicencePart::Ways(None) => Self::Ways,
            LicencePart::Ways(Some(problem)) | LicencePart::List { problem: Some(problem), .. } => {
                failed(*problem)
            }
            LicencePart::Sending(_) | LicencePart::Sms { asking: Some(_), .. } => Self::Waits,
            LicencePart::Code { problem: None, .. } => Self::Code,
            LicencePart::Code { problem: Some(CodeProblem::Refused), .. }
            | LicencePart::Sms { problem: Some(SmsProblem::Refused), .. } => failed(LicenceProblem::Refused),
            LicencePart::Code { problem: Some(_), .. } | LicencePart::Sms { problem: Some(_), .. } => {
                failed(LicenceProblem::Unreachable)
            }
            LicencePart::Sms { asking: None, problem: None, .. } => Self::Sms,
            LicencePart::List { fetching: Some(_), .. } => Self::Waits,
            LicencePart::List { allowed, .. } => {
                let mut valid = allowed.licences.iter().filter(|l| l.standing == LicenceStanding::Valid);
                match valid.next() {
                    Some(first) => Self::Choose(first.name.text(l).to_owned()),
                    None => failed(LicenceProblem::Refused),
                }
            }
            LicencePart::Look { .. } => Self::Look,
        }
    }
}

impl Visit<'_> {
    /// The next thing on the way to a certificate.
    pub(super) fn licence(&mut self) -> Result<(), VisitError> {
        let l = self.locale();
        let now = self.step(|step| match step {
            Step::Licence(licensing) => Some((licensing.field.clone(), Now::of(&licensing.part, l))),
            _ => None,
        });
        let Some((field, now)) = now else { return Ok(()) };
        match now {
            Now::Waits => self.wait(),
            Now::Failed(message) => Err(VisitError::Refused { field: field.as_str().to_owned(), message }),
            Now::Ways => self.hands.press_words(match self.licence_way(&field) {
                LicenceWay::Qr => M::LicenceQr,
                LicenceWay::Sms => M::LicenceSms,
            }),
            Now::Code => self.code(CodeKind::Licences),
            Now::Sms => {
                let sent = self.booth.rig().admin().and_then(|admin| admin.last_sms());
                self.hands.write("code", 0, &sent.ok_or(VisitError::NoHolder)?)?;
                self.record.picture(self.booth, self.booth.page())?;
                self.hands.press_words(M::FrameNext)
            }
            Now::Choose(name) => self.hands.seek(&name),
            Now::Look => self.hands.press_words(M::LicenceTake),
        }
    }

    fn licence_way(&self, field: &FieldId) -> LicenceWay {
        let told = self.answers.told.get(field).or_else(|| self.answers.own.get(field));
        match told {
            Some(Sample::Licence(way)) => *way,
            _ => LicenceWay::Qr,
        }
    }
}
