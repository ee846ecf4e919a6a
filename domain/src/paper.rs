//! What the terminal prints, as acts of administration.
//!
//! Duty: which paper says what, and what stands on it. Never: a printer's commands (that is `drivers`), or a promise that
//! the province did not make: an acceptance receipt cannot be written down without a case number.

pub mod compose;
pub mod document;

use crate::case::{ApplicationNumber, CaseNumber, SubmissionId};
use crate::locale::{Locale, Localized};
use crate::messages::MessageId as M;
use crate::personal::Personal;
use crate::session::event::DirectoryEntry;
use crate::terminal::{TerminalId, Timestamp};

/// What every paper of a case says.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseHead {
    /// The language of the visit.
    pub locale: Locale,
    /// The site's name.
    pub site: Localized,
    /// The terminal.
    pub terminal: TerminalId,
    /// The item.
    pub item: Localized,
    /// Who it is for; the number stays masked.
    pub applicant: Personal,
    /// The masked number of the applicant.
    pub masked_number: String,
    /// Who acted for them.
    pub agent: Option<Localized>,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// What was asked for: label and words, in the language of the visit.
    pub particulars: Vec<(String, Personal)>,
    /// What happens next, where the department has the case or will have it.
    pub next_step: Option<Localized>,
    /// Who answers questions.
    pub responsible: Localized,
    /// Their telephone.
    pub phone: String,
    /// Whether this is a first print.
    pub copy: Copy,
}

/// Whether a paper was printed before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Copy {
    /// The first.
    #[default]
    First,
    /// 补打: one may have come out before.
    Reprint,
}

/// What the terminal prints.
#[derive(Debug, Clone, PartialEq)]
pub enum Paper {
    /// 收件凭证: the province has received.
    ReceivedSlip {
        /// The case.
        head: CaseHead,
        /// 申请编号.
        application: ApplicationNumber,
    },
    /// 受理回执: the department has accepted.
    AcceptanceReceipt {
        /// The case.
        head: CaseHead,
        /// 申请编号.
        application: ApplicationNumber,
        /// 办件编号.
        case: CaseNumber,
    },
    /// 补正通知: something is missing.
    SupplementSlip {
        /// The case.
        head: CaseHead,
        /// 申请编号.
        application: ApplicationNumber,
        /// What.
        what: Localized,
    },
    /// 不予受理告知: the department does not accept.
    NotAcceptedSlip {
        /// The case.
        head: CaseHead,
        /// 申请编号, where one was issued.
        application: Option<ApplicationNumber>,
        /// Why.
        reason: Localized,
    },
    /// 待上传凭条: it waits in the terminal and is not yet received.
    QueuedSlip {
        /// The case.
        head: CaseHead,
        /// Its mark until the province gives a number.
        submission: SubmissionId,
    },
    /// 待处理凭条: it waits in the terminal for a person and is not yet received.
    SetAsideSlip {
        /// The case.
        head: CaseHead,
        /// Its mark until the province gives a number.
        submission: SubmissionId,
    },
    /// 结果未知凭条: it was sent, and nobody can say whether it arrived.
    UnknownSlip {
        /// The case.
        head: CaseHead,
        /// Its mark until the province gives a number.
        submission: SubmissionId,
    },
    /// Nothing needs to be done.
    NothingToDoSlip {
        /// The case.
        head: CaseHead,
        /// Until when.
        until: Option<time::Date>,
        /// The department's words.
        message: Localized,
    },
    /// Entries of a directory to take along.
    DirectorySlip {
        /// The language of the visit.
        locale: Locale,
        /// The site's name.
        site: Localized,
        /// The directory.
        item: Localized,
        /// When.
        at: Timestamp,
        /// The entries.
        entries: Vec<DirectoryEntry>,
    },
    /// The keeper's test page.
    TestPage {
        /// The site's name.
        site: Localized,
        /// The terminal.
        terminal: TerminalId,
        /// When.
        at: Timestamp,
    },
}

/// What a slip's signed code claims: number, time, state and terminal, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// 办件编号, else 申请编号, else the submission's id.
    pub number: String,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// The state that the paper says.
    pub state: ClaimState,
    /// The terminal.
    pub terminal: TerminalId,
}

/// The states a slip can claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimState {
    /// 收件
    Received,
    /// 受理
    Accepted,
    /// 补正
    SupplementRequired,
    /// 不予受理
    NotAccepted,
    /// 待上传
    Queued,
    /// 结果未知
    Unknown,
}

impl Paper {
    /// The case that the paper is about, where it is about one.
    pub fn head(&self) -> Option<&CaseHead> {
        match self {
            Self::ReceivedSlip { head, .. }
            | Self::AcceptanceReceipt { head, .. }
            | Self::SupplementSlip { head, .. }
            | Self::NotAcceptedSlip { head, .. }
            | Self::QueuedSlip { head, .. }
            | Self::SetAsideSlip { head, .. }
            | Self::UnknownSlip { head, .. }
            | Self::NothingToDoSlip { head, .. } => Some(head),
            Self::DirectorySlip { .. } | Self::TestPage { .. } => None,
        }
    }

    /// Its language; the keeper's page is in that of the staff.
    pub fn locale(&self) -> Locale {
        match self {
            Self::DirectorySlip { locale, .. } => *locale,
            _ => self.head().map_or(Locale::default(), |head| head.locale),
        }
    }

    /// What it is, in its language.
    pub fn title(&self) -> &str {
        let title = match self {
            Self::DirectorySlip { item, locale, .. } => return item.text(*locale),
            Self::ReceivedSlip { .. } => M::PaperReceivedTitle,
            Self::AcceptanceReceipt { .. } => M::PaperAcceptedTitle,
            Self::SupplementSlip { .. } => M::PaperSupplementTitle,
            Self::NotAcceptedSlip { .. } => M::PaperNotAcceptedTitle,
            Self::QueuedSlip { .. } => M::PaperQueuedTitle,
            Self::SetAsideSlip { .. } => M::PaperSetAsideTitle,
            Self::UnknownSlip { .. } => M::PaperUnknownTitle,
            Self::NothingToDoSlip { .. } => M::PaperNothingToDoTitle,
            Self::TestPage { .. } => M::PaperTestTitle,
        };
        title.text(self.locale())
    }

    /// The same paper, marked as printed before.
    #[must_use]
    pub fn reprinted(mut self) -> Self {
        match &mut self {
            Self::ReceivedSlip { head, .. }
            | Self::AcceptanceReceipt { head, .. }
            | Self::SupplementSlip { head, .. }
            | Self::NotAcceptedSlip { head, .. }
            | Self::QueuedSlip { head, .. }
            | Self::SetAsideSlip { head, .. }
            | Self::UnknownSlip { head, .. }
            | Self::NothingToDoSlip { head, .. } => head.copy = Copy::Reprint,
            Self::DirectorySlip { .. } | Self::TestPage { .. } => {}
        }
        self
    }

    /// What its signed code claims, where it has one.
    pub fn claim(&self) -> Option<Claim> {
        let (number, state) = match self {
            Self::ReceivedSlip { application, .. } => (application.to_string(), ClaimState::Received),
            Self::AcceptanceReceipt { case, .. } => (case.to_string(), ClaimState::Accepted),
            Self::SupplementSlip { application, .. } => {
                (application.to_string(), ClaimState::SupplementRequired)
            }
            Self::NotAcceptedSlip { application: Some(a), .. } => (a.to_string(), ClaimState::NotAccepted),
            Self::QueuedSlip { submission, .. } | Self::SetAsideSlip { submission, .. } => {
                (submission.to_string(), ClaimState::Queued)
            }
            Self::UnknownSlip { submission, .. } => (submission.to_string(), ClaimState::Unknown),
            Self::NotAcceptedSlip { application: None, .. }
            | Self::NothingToDoSlip { .. }
            | Self::DirectorySlip { .. }
            | Self::TestPage { .. } => return None,
        };
        let head = self.head()?;
        Some(Claim { number, filed_at: head.filed_at, state, terminal: head.terminal.clone() })
    }
}
