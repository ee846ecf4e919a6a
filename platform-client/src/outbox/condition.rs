//! How the outbox is, and what happens in it: values for the shell, the journal and the keeper.

use super::agenda::Line;
use super::error::StoreError;
use super::{Outbox, Shared};
use domain::case::{SubmissionId, SubmitOutcome};
use domain::session::event::Storage;
use std::path::PathBuf;

/// Something happened in the outbox. Its texts are the department's; nothing else of a resident is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxEvent {
    /// The end of a submission.
    Outcome {
        /// Which.
        id: SubmissionId,
        /// What became of it.
        outcome: SubmitOutcome,
    },
    /// The province has a rating.
    Rated {
        /// Its key.
        id: SubmissionId,
    },
    /// An entry needs a person.
    SetAside {
        /// Which.
        id: SubmissionId,
        /// Why.
        reason: SetAsideReason,
    },
    /// The province answers again, or no longer.
    Line(Line),
    /// There is more or less room than before.
    Room(Room),
    /// The database was damaged: it is set aside whole under this name, and a new one is begun.
    Damaged {
        /// Where it is.
        folder: PathBuf,
    },
}

/// Why an entry needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetAsideReason {
    /// The province will not take it as it is; its code.
    Refused(String),
    /// The outcome is unknown, and this province can neither be asked nor told twice.
    UnknownForGood,
    /// It was sent many times and was never there.
    NeverThere,
    /// It has waited longer than an entry may.
    TooOld,
    /// Its seal is broken or its content cannot be read.
    Unreadable,
}

impl SetAsideReason {
    /// The word in lists.
    pub fn word(&self) -> &str {
        match self {
            Self::Refused(code) => code,
            Self::UnknownForGood => "unknown_for_good",
            Self::NeverThere => "never_there",
            Self::TooOld => "too_old",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Whether a visit may begin.
    pub condition: Condition,
    /// Entries that wait, those for a person included.
    pub rows: u64,
    /// Their bytes, materials included.
    pub bytes: u64,
    /// Entries that need a person.
    pub needs_human: u64,
}

/// Whether a visit may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Yes.
    Ready,
    /// Yes, but four fifths of a bound are reached: tell the keeper.
    NearlyFull,
    /// No: a case could not be kept.
    Full,
    /// No: the disk or the database fails.
    Failed,
}

impl From<Condition> for Storage {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Ready | Condition::NearlyFull => Self::Ready,
            Condition::Full => Self::Full,
            Condition::Failed => Self::Failed,
        }
    }
}

impl Outbox {
    /// How much room there is now: to be asked before a visit begins.
    pub fn room(&self) -> Room {
        self.shared.room()
    }
}

impl Shared {
    pub(super) fn room(&self) -> Room {
        let failed = Room { condition: Condition::Failed, rows: 0, bytes: 0, needs_human: 0 };
        let totals = match self.with_store(|store| store.totals()) {
            Ok(totals) => totals,
            Err(StoreError::Full(_)) => return Room { condition: Condition::Full, ..failed },
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                return failed;
            }
        };
        let limits = &self.config.limits;
        let disk = match self.place.free_bytes() {
            Ok(free) if free < limits.free_disk_bytes => Condition::Full,
            Ok(free) if free / 2 < limits.free_disk_bytes => Condition::NearlyFull,
            Ok(_) => Condition::Ready,
            Err(error) => {
                tracing::error!(%error, "the outbox's disk cannot be read");
                Condition::Failed
            }
        };
        let filled = |has: u64, most: u64| {
            if has >= most {
                Condition::Full
            } else if has >= most / 5 * 4 {
                Condition::NearlyFull
            } else {
                Condition::Ready
            }
        };
        let of_all = [disk, filled(totals.rows, limits.rows), filled(totals.bytes, limits.bytes)];
        let condition = [Condition::Failed, Condition::Full, Condition::NearlyFull]
            .into_iter()
            .find(|c| of_all.contains(c))
            .unwrap_or(Condition::Ready);
        Room { condition, rows: totals.rows, bytes: totals.bytes, needs_human: totals.poison }
    }
}
