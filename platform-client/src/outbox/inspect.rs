//! Looking into the outbox, for a person at a command line: beside a running terminal, without disturbing it.
//!
//! Duty: list, show, let a person decide, and copy away. Never: deliver; show anything of a resident unmasked unless it is
//! asked for by name, which the caller puts on record.

use super::error::{OpenError, StoreError};
use super::payload::Payload;
use super::place::Place;
use super::seal::{KeyError, KeyId, KeyRing, Sort};
use super::state::{State, Step};
use super::store::{Change, Listed, Store};
use super::{OutboxConfig, open_store};
use crate::clock::Clock;
use crate::contract::case::{AnswerValue, CaseRequest, FieldAnswer, YesNoWord};
use crate::entropy::Entropy;
use domain::case::SubmissionId;
use domain::personal::Personal;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A way to look into an outbox.
pub struct Inspector {
    store: Store,
    keys: KeyRing,
    place: Place,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Inspector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspector").field("folder", &self.place.folder()).finish_non_exhaustive()
    }
}

/// An entry without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntrySummary {
    /// The submission's (or rating's) id.
    pub submission_id: String,
    /// `case` or `rating`.
    pub kind: String,
    /// The item.
    pub item: String,
    /// Where it stands.
    pub state: State,
    /// When the resident filed it, RFC 3339.
    pub filed_at: String,
    /// When it was saved.
    pub saved_at: String,
    /// When its state last changed.
    pub changed_at: String,
    /// How often it was sent without an answer.
    pub sends: u32,
    /// The word of the last setback.
    pub last_error: Option<String>,
    /// What became of it, where the province said so.
    pub outcome: Option<String>,
    /// 申请编号.
    pub application_number: Option<String>,
    /// 办件编号.
    pub case_number: Option<String>,
}

/// An entry with its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryContent {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: EntrySummary,
    /// The applicant's name; null for a rating, and when the content is wiped.
    pub name: Option<String>,
    /// The number of the applicant's card.
    pub number: Option<String>,
    /// Field → answer.
    pub answers: Vec<(String, String)>,
    /// How many pictures belong to it.
    pub materials: usize,
}

/// How an entry is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reveal {
    /// Names, numbers and texts are masked.
    Masked,
    /// As they are: the caller puts on record who looked.
    Whole,
}

/// What a person decides about an entry that was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Ask the province, and send if it is not there.
    AskAgain,
    /// It is certain that the province does not have it: send.
    SendAgain,
    /// It is done elsewhere, or not wanted: wipe it.
    Withdraw,
}

/// Why something could not be done with an entry.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// There is no entry with this id.
    #[error("{0}: no such entry")]
    NoSuchEntry(SubmissionId),
    /// It is not set aside.
    #[error("{id}: is {state:?}, and only what was set aside waits for a decision")]
    NotSetAside {
        /// Which.
        id: SubmissionId,
        /// Where it stands.
        state: State,
    },
    /// Its seal is broken.
    #[error("{0}: its content cannot be read")]
    Unreadable(SubmissionId),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file failed.
    #[error("{file}: cannot be written or read")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

impl Inspector {
    /// Opens an outbox that is there already.
    pub fn open(
        config: &OutboxConfig,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
    ) -> Result<Self, OpenError> {
        let place = Place::new(&config.folder);
        let file = place.database();
        if !file.exists() {
            return Err(OpenError::Io { file, cause: std::io::ErrorKind::NotFound.into() });
        }
        let keys = KeyRing::open(&config.key, entropy).map_err(OpenError::Key)?;
        let store = open_store(&place, config, &keys, entropy)?;
        Ok(Self { store, keys, place, clock })
    }

    /// Every entry, oldest first.
    pub fn list(&self) -> Result<Vec<EntrySummary>, InspectError> {
        Ok(self.store.list()?.into_iter().map(summary).collect())
    }

    /// One entry with its content.
    pub fn show(&self, id: &SubmissionId, reveal: Reveal) -> Result<EntryContent, InspectError> {
        let row = self.row(id)?;
        let (seq, holds) = (row.seq, row.state.holds_payload());
        let mut content = EntryContent {
            summary: summary(row),
            name: None,
            number: None,
            answers: Vec::new(),
            materials: 0,
        };
        let sealed = if holds { self.store.sealed(seq)? } else { None };
        if let Some(entry) = sealed {
            let plain = self.keys.unseal(Sort::Entry, &entry.id, &entry.sealed).ok();
            let payload = plain.and_then(|bytes| Payload::from_bytes(&bytes));
            match payload.ok_or_else(|| InspectError::Unreadable(id.clone()))? {
                Payload::Case(case) => fill_in(&mut content, &case, reveal),
                Payload::Rating(rating) => {
                    content.answers.push(("level".to_owned(), format!("{:?}", rating.level)));
                }
            }
        }
        Ok(content)
    }

    /// Carries out what a person decided. A running terminal takes it up within its poll interval.
    pub fn decide(&mut self, id: &SubmissionId, decision: Decision) -> Result<State, InspectError> {
        let row = self.row(id)?;
        if row.state != State::Poison {
            return Err(InspectError::NotSetAside { id: id.clone(), state: row.state });
        }
        let step = match decision {
            Decision::AskAgain => Step::RetryAsking,
            Decision::SendAgain => Step::RetrySending,
            Decision::Withdraw => Step::Withdraw,
        };
        let change = Change { seq: row.seq, step: Some(step), ..Change::default() };
        let after = self.store.apply(&[change], self.clock.now())?;
        let state = after.first().and_then(|(_, state)| *state).unwrap_or(row.state);
        if !state.holds_payload() {
            self.place.remove_materials_of(id.as_str());
        }
        Ok(state)
    }

    /// Copies every entry that still has content into a folder, sealed as it is: `entries.jsonl` and the materials' files.
    /// Only this terminal's key opens them. Gives how many there were.
    pub fn export(&self, folder: &Path) -> Result<usize, InspectError> {
        let io = |file: &Path| {
            let file = file.to_owned();
            move |cause| InspectError::Io { file, cause }
        };
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let mut lines = String::new();
        let mut count = 0;
        for row in self.store.list()?.into_iter().filter(|r| r.state.holds_payload()) {
            if let Some(entry) = self.store.sealed(row.seq)? {
                let line = Exported {
                    summary: summary(row),
                    sealed: crate::contract::bytes::FileBytes(entry.sealed),
                };
                lines.push_str(&serde_json::to_string(&line).unwrap_or_default());
                lines.push('\n');
                count += 1;
            }
        }
        for material in self.store.materials()? {
            let (from, to) = (self.place.material(&material), folder.join(format!("{material}.sealed")));
            std::fs::copy(&from, &to).map_err(io(&from))?;
        }
        let file = folder.join("entries.jsonl");
        std::fs::write(&file, lines).map_err(io(&file))?;
        Ok(count)
    }

    /// Makes a new key, which is current from now on; gives its number. A running terminal takes it up within its poll
    /// interval, another one when it starts: it seals with the new key what is sealed with an older one, then gives the
    /// older one up. Nothing has to be stopped for it, and it may be cut off anywhere.
    pub fn new_key(&self, entropy: &dyn Entropy) -> Result<KeyId, KeyError> {
        self.keys.make_next(entropy)
    }

    /// The numbers of the keys that are there, oldest first; the last is the current one. More than one: something is still
    /// sealed with an older key, or lies set aside.
    pub fn keys(&self) -> Vec<KeyId> {
        self.keys.ids()
    }

    fn row(&self, id: &SubmissionId) -> Result<Listed, InspectError> {
        self.store.find(id)?.ok_or_else(|| InspectError::NoSuchEntry(id.clone()))
    }
}

#[derive(Serialize)]
struct Exported {
    #[serde(flatten)]
    summary: EntrySummary,
    sealed: crate::contract::bytes::FileBytes,
}

fn summary(row: Listed) -> EntrySummary {
    EntrySummary {
        submission_id: row.id,
        kind: row.kind,
        item: row.item,
        state: row.state,
        filed_at: row.filed_at,
        saved_at: row.saved_at,
        changed_at: row.changed_at,
        sends: row.sends,
        last_error: row.last_error,
        outcome: row.outcome,
        application_number: row.application_number,
        case_number: row.case_number,
    }
}

fn fill_in(content: &mut EntryContent, case: &CaseRequest, reveal: Reveal) {
    let shown = |text: &Personal, mask: fn(&Personal) -> String| match reveal {
        Reveal::Masked => mask(text),
        Reveal::Whole => text.reveal().to_owned(),
    };
    content.name = Some(shown(&case.applicant.name, Personal::masked_name));
    content.number = Some(shown(&case.applicant.number, Personal::masked_number));
    content.materials = case.materials.len();
    let answer = |a: &FieldAnswer| match &a.value {
        AnswerValue::Choice(value) => value.clone(),
        AnswerValue::YesNo(YesNoWord::Yes) => "yes".to_owned(),
        AnswerValue::YesNo(YesNoWord::No) => "no".to_owned(),
        AnswerValue::Text(text) => shown(text, |_| "***".to_owned()),
        AnswerValue::Number(number) | AnswerValue::Amount(number) => match reveal {
            Reveal::Masked => "***".to_owned(),
            Reveal::Whole => number.to_string(),
        },
        AnswerValue::Date(day) => match reveal {
            Reveal::Masked => "***".to_owned(),
            Reveal::Whole => day.to_string(),
        },
        AnswerValue::Division(code) => code.as_str().to_owned(),
        AnswerValue::Person { name, number } => {
            format!("{} {}", shown(name, Personal::masked_name), shown(number, Personal::masked_number))
        }
        AnswerValue::Photo(material) | AnswerValue::Signature(material) => material.0.clone(),
    };
    content.answers = case.answers.iter().map(|a| (a.field.0.clone(), answer(a))).collect();
}
