//! 办件: what is filed, and what the province says of it.

use crate::form::answer::FormAnswers;
use crate::identity::{Assurance, Consent, FaceMatch, IdentityWay, Worker};
use crate::locale::{Locale, Localized};
use crate::material::Provided;
use crate::personal::Personal;
use crate::service_item::{ItemId, Queueing};
use crate::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The idempotency key of a submission: made once by the terminal, the same in every attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[0-9a-f]{32}$")))]
#[serde(try_from = "String", into = "String")]
pub struct SubmissionId(String);

/// Why a text is no submission id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a submission id is 32 lower-case hexadecimal digits")]
pub struct BadSubmissionId;

impl SubmissionId {
    /// From 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// The 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SubmissionId {
    type Error = BadSubmissionId;

    fn try_from(text: String) -> Result<Self, BadSubmissionId> {
        let right = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if right { Ok(Self(text)) } else { Err(BadSubmissionId) }
    }
}

impl From<SubmissionId> for String {
    fn from(id: SubmissionId) -> Self {
        id.0
    }
}

impl std::fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "schema",
            derive(schemars::JsonSchema),
            schemars(inline, extend("pattern" = r"^[^\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]{1,64}$"))
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The number as issued.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadNumber;

            fn try_from(text: String) -> Result<Self, BadNumber> {
                let count = text.chars().count();
                let right = (1..=64).contains(&count) && text.chars().all(is_seen);
                if right { Ok(Self(text)) } else { Err(BadNumber) }
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

number! {
    /// 申请编号: the province has received the submission.
    ApplicationNumber
}
number! {
    /// 办件编号: the department has accepted the case. Issued by the province only, opaque, up to 64 characters.
    CaseNumber
}

/// Whether a character is seen where it stands. A number is read out and compared at a window: what is not seen, or turns
/// the order of others (Unicode's bidirectional controls), may not be in one.
fn is_seen(c: char) -> bool {
    !c.is_control()
        && !c.is_whitespace()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Why a text is no number of the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number of the province has 1 to 64 visible characters")]
pub struct BadNumber;

/// Who the case is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Applicant {
    /// The name in today's code points.
    pub name: Personal,
    /// The number of the identity card.
    pub number: Personal,
    /// How the person was identified.
    pub way: IdentityWay,
    /// How sure that is.
    pub assurance: Assurance,
    /// What the camera said, if it was asked.
    pub face: Option<FaceMatch>,
}

/// What is handed to the outbox and then to the province: one path, online or offline.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The idempotency key.
    pub id: SubmissionId,
    /// The item.
    pub item: ItemId,
    /// The version of the item that was shown.
    pub item_version: String,
    /// When the resident filed it; travels with the case.
    pub filed_at: Timestamp,
    /// Where.
    pub terminal: TerminalId,
    /// The language of the visit.
    pub locale: Locale,
    /// Who it is for.
    pub applicant: Applicant,
    /// Who acted for them, if anybody did.
    pub agent: Option<Worker>,
    /// What was agreed to.
    pub consent: Consent,
    /// The reviewed answers, pictures among them.
    pub answers: FormAnswers,
    /// Where the papers that the item asks for come from.
    pub provided: Vec<Provided>,
    /// Whether it may wait.
    pub queueing: Queueing,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// 收件: the province has it; no department has accepted it yet.
    Received {
        /// 申请编号.
        application: ApplicationNumber,
    },
    /// 受理: the department has accepted it.
    Accepted {
        /// 申请编号.
        application: ApplicationNumber,
        /// 办件编号.
        case: CaseNumber,
    },
    /// 补正: something is missing.
    SupplementRequired {
        /// 申请编号.
        application: ApplicationNumber,
        /// What, in the department's words.
        what: Localized,
    },
    /// 不予受理.
    NotAccepted {
        /// 申请编号, where one was issued.
        application: Option<ApplicationNumber>,
        /// Why, in the department's words.
        reason: Localized,
    },
    /// The same thing was applied for before.
    AlreadyApplied {
        /// The earlier application.
        application: ApplicationNumber,
    },
    /// It waits in the terminal and will be delivered.
    Queued,
    /// It stays in the terminal until a person has looked: the province does not take it as it is.
    SetAside,
    /// It was sent, and nobody can say whether it arrived.
    Unknown,
    /// It was not sent and is not kept: the item needs the province at once.
    NotSent,
    /// It is not kept: the item needs the province at once, and the province does not take it as it is.
    NotTaken,
}

/// The outcome's word in the journal and on command lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// A department has accepted.
    Accepted,
    /// The province has received.
    Received,
    /// Waits in the terminal.
    Queued,
    /// Sent, nobody knows.
    Unknown,
    /// Something is missing.
    SupplementRequired,
    /// Refused by the department.
    NotAccepted,
    /// Applied for before.
    AlreadyApplied,
    /// The province says that nothing needs to be done.
    NothingToDo,
    /// A certificate or a directory was given.
    Served,
    /// The visit ended before anything came of it.
    Abandoned,
}

impl SubmitOutcome {
    /// The outcome's word.
    pub const fn word(&self) -> VisitOutcome {
        match self {
            Self::Received { .. } => VisitOutcome::Received,
            Self::Accepted { .. } => VisitOutcome::Accepted,
            Self::SupplementRequired { .. } => VisitOutcome::SupplementRequired,
            Self::NotAccepted { .. } => VisitOutcome::NotAccepted,
            Self::AlreadyApplied { .. } => VisitOutcome::AlreadyApplied,
            Self::Queued | Self::SetAside => VisitOutcome::Queued,
            Self::Unknown => VisitOutcome::Unknown,
            Self::NotSent | Self::NotTaken => VisitOutcome::Abandoned,
        }
    }

    /// 申请编号, where there is one.
    pub fn application(&self) -> Option<&ApplicationNumber> {
        match self {
            Self::Received { application }
            | Self::Accepted { application, .. }
            | Self::SupplementRequired { application, .. }
            | Self::AlreadyApplied { application } => Some(application),
            Self::NotAccepted { application, .. } => application.as_ref(),
            Self::Queued | Self::SetAside | Self::Unknown | Self::NotSent | Self::NotTaken => None,
        }
    }

    /// 办件编号, where the department has accepted.
    pub fn case(&self) -> Option<&CaseNumber> {
        match self {
            Self::Accepted { case, .. } => Some(case),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_numbers_are_checked_at_the_edge() {
        let id = SubmissionId::from_random([0xab; 16]);
        assert_eq!(id.as_str(), "ab".repeat(16));
        assert!(SubmissionId::try_from("AB".repeat(16)).is_err());
        assert!(CaseNumber::try_from("示例-2026-0001".to_owned()).is_ok());
        for bad in [
            String::new(),
            "a b".into(),
            "x".repeat(65),
            "a\n".into(),
            "BJ\u{202e}321".into(),
            "B\u{200b}J".into(),
        ] {
            assert!(CaseNumber::try_from(bad.clone()).is_err(), "{bad:?}");
        }
    }
}
