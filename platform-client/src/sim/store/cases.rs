//! Cases: one row for each idempotency key.

use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use domain::locale::Localized;
use domain::service_item::ItemId;
use domain::terminal::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use time::Date;

use super::{Keyed, Store, StoreError, content_digest, next_number, read_time, written};
use crate::contract::case::{CaseOutcome, CaseReceipt, CaseRequest, CaseState, CaseStatus};
use crate::sim::numbers::Series;

/// How far a case is at this platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptState {
    /// 收件
    Submitted,
    /// 受理
    Accepted,
    /// 补正
    SupplementRequired,
    /// 办理中
    InProgress,
    /// 撤回
    Withdrawn,
    /// 办结
    Concluded,
    /// 不予受理
    NotAccepted,
    /// The same thing came before under another key: this row is no case of its own.
    AlreadyApplied,
}

impl KeptState {
    const ALL: [Self; 8] = [
        Self::Submitted,
        Self::Accepted,
        Self::SupplementRequired,
        Self::InProgress,
        Self::Withdrawn,
        Self::Concluded,
        Self::NotAccepted,
        Self::AlreadyApplied,
    ];

    /// The word of tables and interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::SupplementRequired => "supplement_required",
            Self::InProgress => "in_progress",
            Self::Withdrawn => "withdrawn",
            Self::Concluded => "concluded",
            Self::NotAccepted => "not_accepted",
            Self::AlreadyApplied => "already_applied",
        }
    }

    /// What a department can still do, by the words of the admin page.
    pub(crate) const fn acts(self) -> &'static [&'static str] {
        match self {
            Self::Submitted | Self::SupplementRequired => &["accept", "supplement", "refuse"],
            Self::Accepted | Self::InProgress => &["conclude"],
            Self::Concluded | Self::NotAccepted | Self::AlreadyApplied | Self::Withdrawn => &[],
        }
    }
}

/// One row of the table: nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// The idempotency key.
    pub submission_id: SubmissionId,
    /// 申请编号; of the earlier case where this one is `already_applied`.
    pub application_number: ApplicationNumber,
    /// 办件编号, from acceptance on.
    pub case_number: Option<CaseNumber>,
    /// The item.
    pub item: ItemId,
    /// How far it is.
    pub state: KeptState,
    /// When the resident filed it.
    #[serde(with = "time::serde::rfc3339")]
    pub filed_at: Timestamp,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: Timestamp,
    /// Since when it is in this state.
    #[serde(skip)]
    pub since: Timestamp,
    /// The department's words.
    #[serde(skip)]
    pub note: Option<Localized>,
    /// The place that decides, where it is another one.
    #[serde(skip)]
    pub decided_by: Option<Localized>,
}

/// What a department says to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 收件: it will look at it.
    Receive,
    /// 受理 at once.
    Accept,
    /// 补正, with what is missing.
    Supplement(Localized),
    /// 不予受理, with the reason.
    NotAccept(Localized),
}

/// A case as it comes, with what the platform says of it.
pub(crate) struct Filing<'c> {
    pub(crate) request: &'c CaseRequest,
    /// What may be applied for once a month; `None` may come as often as it likes.
    pub(crate) subject: Option<String>,
    pub(crate) verdict: Verdict,
    pub(crate) decided_by: Option<Localized>,
    pub(crate) now: Timestamp,
}

impl Store {
    /// Keeps a case, or finds it kept.
    pub(crate) fn file(&self, filing: &Filing<'_>) -> Result<Keyed<CaseRow>, StoreError> {
        let request = filing.request;
        let (digest, body) = content_digest(request)?;
        self.write(|tx| {
            let kept: Option<String> = tx
                .query_row("SELECT digest FROM cases WHERE submission_id = ?1", [request.submission_id.as_str()], |r| {
                    r.get(0)
                })
                .optional()?;
            match kept {
                Some(kept) if kept != digest => return Ok(Keyed::Reused),
                Some(_) => return Ok(Keyed::Kept(found(case_by_id(tx, &request.submission_id)?)?)),
                None => {}
            }
            let row = self.decided(tx, filing)?;
            let subject = filing.subject.clone().unwrap_or_default();
            tx.execute(
                "INSERT INTO cases (submission_id, digest, terminal, item, person, subject, month, application_number,
                                    case_number, state, note, decided_by, filed_at, received_at, since, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15)",
                params![
                    request.submission_id.as_str(),
                    digest,
                    request.terminal_id.0,
                    request.item_id.0,
                    request.applicant.number.reveal(),
                    subject,
                    month(request.filed_at.date()),
                    row.application_number.as_str(),
                    row.case_number.as_ref().map(CaseNumber::as_str),
                    row.state.word(),
                    json(row.note.as_ref())?,
                    json(row.decided_by.as_ref())?,
                    written(request.filed_at)?,
                    written(filing.now)?,
                    body,
                ],
            )?;
            Ok(Keyed::Kept(row))
        })
    }

    fn decided(&self, tx: &Transaction<'_>, filing: &Filing<'_>) -> Result<CaseRow, StoreError> {
        let Filing { request, subject, verdict, decided_by, now } = filing;
        let earlier = match subject {
            Some(subject) => earlier(tx, request, subject)?,
            None => None,
        };
        let day = now.date();
        let (state, note) = match (&earlier, verdict) {
            (Some(_), _) => (KeptState::AlreadyApplied, None),
            (None, Verdict::Receive) => (KeptState::Submitted, None),
            (None, Verdict::Accept) => (KeptState::Accepted, None),
            (None, Verdict::Supplement(what)) => (KeptState::SupplementRequired, Some(what.clone())),
            (None, Verdict::NotAccept(reason)) => (KeptState::NotAccepted, Some(reason.clone())),
        };
        let application_number = match earlier {
            Some(number) => number,
            None => application(next_number(tx, self.seed, Series::Application, day)?)?,
        };
        let case_number = match state {
            KeptState::Accepted => Some(case(next_number(tx, self.seed, Series::Case, day)?)?),
            _ => None,
        };
        Ok(CaseRow {
            submission_id: request.submission_id.clone(),
            application_number,
            case_number,
            item: request.item_id.clone(),
            state,
            filed_at: request.filed_at,
            received_at: *now,
            since: *now,
            note,
            decided_by: decided_by.clone(),
        })
    }

    /// The case of an idempotency key.
    pub(crate) fn case_by_key(&self, id: &SubmissionId) -> Result<Option<CaseRow>, StoreError> {
        case_by_id(&self.lock(), id)
    }

    /// The case of an application number.
    pub(crate) fn case_by_application(
        &self,
        number: &ApplicationNumber,
    ) -> Result<Option<CaseRow>, StoreError> {
        case_of(&self.lock(), number)
    }

    /// Every case, the oldest first.
    pub(crate) fn cases(&self) -> Result<Vec<CaseRow>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare(&format!("{SELECT} ORDER BY rowid"))?;
        let rows = statement.query_map([], |row| Ok(parse(row)))?;
        rows.map(|row| row?).collect()
    }

    /// A later act of the department. A case that is decided already is left as it is: `None`.
    pub(crate) fn act(
        &self,
        number: &ApplicationNumber,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<Option<CaseRow>, StoreError> {
        self.write(|tx| {
            let Some(row) = one(tx, &format!("{SELECT} WHERE application_number = ?1 AND state IN ('submitted', 'supplement_required')"), number.as_str())? else {
                return Ok(None);
            };
            let (state, note) = match verdict {
                Verdict::Receive => (KeptState::Submitted, None),
                Verdict::Accept => (KeptState::Accepted, None),
                Verdict::Supplement(what) => (KeptState::SupplementRequired, Some(what)),
                Verdict::NotAccept(reason) => (KeptState::NotAccepted, Some(reason)),
            };
            let case_number = match state {
                KeptState::Accepted => Some(next_number(tx, self.seed, Series::Case, now.date())?),
                _ => None,
            };
            tx.execute(
                "UPDATE cases SET state = ?2, note = ?3, case_number = ?4, since = ?5 WHERE submission_id = ?1",
                params![row.submission_id.as_str(), state.word(), json(note)?, case_number, written(now)?],
            )?;
            case_by_id(tx, &row.submission_id)
        })
    }

    /// 办结 of an accepted case; `None` where there is none.
    pub(crate) fn conclude(
        &self,
        number: &ApplicationNumber,
        now: Timestamp,
    ) -> Result<Option<CaseRow>, StoreError> {
        self.write(|tx| {
            let changed = tx.execute(
                "UPDATE cases SET state = 'concluded', since = ?2
                 WHERE application_number = ?1 AND state IN ('accepted', 'in_progress')",
                params![number.as_str(), written(now)?],
            )?;
            let sql = format!("{SELECT} WHERE application_number = ?1 AND state = 'concluded'");
            if changed == 0 { Ok(None) } else { one(tx, &sql, number.as_str()) }
        })
    }

    /// 办理中 of an accepted case; `None` where there is none.
    pub(crate) fn begin_work(
        &self,
        number: &ApplicationNumber,
        now: Timestamp,
    ) -> Result<Option<CaseRow>, StoreError> {
        self.write(|tx| {
            let changed = tx.execute(
                "UPDATE cases SET state = 'in_progress', since = ?2 WHERE application_number = ?1 AND state = 'accepted'",
                params![number.as_str(), written(now)?],
            )?;
            if changed == 0 { Ok(None) } else { case_of(tx, number) }
        })
    }

    /// The cases of a person, the newest first.
    pub(crate) fn cases_of(&self, person: &str) -> Result<Vec<CaseRow>, StoreError> {
        let connection = self.lock();
        let sql = format!("{SELECT} WHERE person = ?1 AND state <> 'already_applied' ORDER BY rowid DESC");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([person], |row| Ok(parse(row)))?;
        rows.map(|row| row?).collect()
    }

    /// When a department last accepted something of a person, by its item.
    pub(crate) fn last_accepted(&self, person: &str, item: &ItemId) -> Result<Option<Timestamp>, StoreError> {
        let connection = self.lock();
        let at: Option<String> = connection
            .query_row(
                "SELECT since FROM cases WHERE person = ?1 AND item = ?2 AND case_number IS NOT NULL ORDER BY rowid DESC",
                params![person, item.0],
                |row| row.get(0),
            )
            .optional()?;
        at.map(|at| read_time(&at)).transpose()
    }

    /// Whether something of a person lies here and was not refused, by its item.
    pub(crate) fn has_applied(&self, person: &str, item: &ItemId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM cases WHERE person = ?1 AND item = ?2
             AND state NOT IN ('not_accepted', 'withdrawn'))";
        Ok(self.lock().query_row(sql, params![person, item.0], |row| row.get(0))?)
    }
}

impl CaseRow {
    /// The answer to whoever filed it.
    pub(crate) fn receipt(&self) -> CaseReceipt {
        let application_number = self.application_number.clone();
        let note = || self.note.clone().unwrap_or_default();
        let outcome = match (self.state, &self.case_number) {
            (
                KeptState::Accepted | KeptState::InProgress | KeptState::Concluded | KeptState::Withdrawn,
                Some(case_number),
            ) => CaseOutcome::Accepted { application_number, case_number: case_number.clone() },
            (
                KeptState::Submitted
                | KeptState::Accepted
                | KeptState::InProgress
                | KeptState::Concluded
                | KeptState::Withdrawn,
                _,
            ) => CaseOutcome::Received { application_number },
            (KeptState::SupplementRequired, _) => {
                CaseOutcome::SupplementRequired { application_number, what: note() }
            }
            (KeptState::NotAccepted, _) => {
                CaseOutcome::NotAccepted { application_number: Some(application_number), reason: note() }
            }
            (KeptState::AlreadyApplied, _) => CaseOutcome::AlreadyApplied { application_number },
        };
        CaseReceipt {
            submission_id: self.submission_id.clone(),
            received_at: self.received_at,
            outcome,
            decided_by: self.decided_by.clone(),
        }
    }

    /// The answer to whoever asks how far it is.
    pub(crate) fn status(&self) -> CaseStatus {
        CaseStatus {
            application_number: self.application_number.clone(),
            case_number: self.case_number.clone(),
            item_id: self.item.clone(),
            state: match self.state {
                KeptState::Submitted | KeptState::AlreadyApplied => CaseState::Submitted,
                KeptState::Accepted => CaseState::Accepted,
                KeptState::InProgress => CaseState::InProgress,
                KeptState::Withdrawn => CaseState::Withdrawn,
                KeptState::SupplementRequired => CaseState::SupplementRequired,
                KeptState::Concluded => CaseState::Concluded,
                KeptState::NotAccepted => CaseState::NotAccepted,
            },
            since: self.since,
            note: self.note.clone(),
            decided_by: self.decided_by.clone(),
        }
    }
}

const SELECT: &str =
    "SELECT submission_id, application_number, case_number, item, state, note, decided_by, filed_at,
    received_at, since FROM cases";

fn case_by_id(connection: &rusqlite::Connection, id: &SubmissionId) -> Result<Option<CaseRow>, StoreError> {
    one(connection, &format!("{SELECT} WHERE submission_id = ?1"), id.as_str())
}

/// The case of an application number; with it only what is the case itself, not what came again.
pub(super) fn case_of(
    connection: &rusqlite::Connection,
    number: &ApplicationNumber,
) -> Result<Option<CaseRow>, StoreError> {
    one(
        connection,
        &format!("{SELECT} WHERE application_number = ?1 AND state <> 'already_applied'"),
        number.as_str(),
    )
}

fn one(connection: &rusqlite::Connection, sql: &str, value: &str) -> Result<Option<CaseRow>, StoreError> {
    connection.query_row(sql, [value], |row| Ok(parse(row))).optional()?.transpose()
}

fn found(row: Option<CaseRow>) -> Result<CaseRow, StoreError> {
    row.ok_or(StoreError::Corrupt("case"))
}

/// The same person, item, subject and month, not refused then.
fn earlier(
    tx: &Transaction<'_>,
    request: &CaseRequest,
    subject: &str,
) -> Result<Option<ApplicationNumber>, StoreError> {
    let number: Option<String> = tx
        .query_row(
            "SELECT application_number FROM cases WHERE person = ?1 AND item = ?2 AND subject = ?3 AND month = ?4
             AND state NOT IN ('not_accepted', 'already_applied', 'withdrawn')",
            params![request.applicant.number.reveal(), request.item_id.0, subject, month(request.filed_at.date())],
            |row| row.get(0),
        )
        .optional()?;
    number.map(application).transpose()
}

fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month() as u8)
}

fn application(text: String) -> Result<ApplicationNumber, StoreError> {
    ApplicationNumber::try_from(text).map_err(|_| StoreError::Corrupt("application number"))
}

fn case(text: String) -> Result<CaseNumber, StoreError> {
    CaseNumber::try_from(text).map_err(|_| StoreError::Corrupt("case number"))
}

fn json(text: Option<&Localized>) -> Result<Option<String>, StoreError> {
    text.map(|t| serde_json::to_string(t).map_err(|_| StoreError::Corrupt("note"))).transpose()
}

fn parse(row: &Row<'_>) -> Result<CaseRow, StoreError> {
    let text = |column: &str| row.get::<_, String>(column);
    let localized = |column: &str| -> Result<Option<Localized>, StoreError> {
        let json: Option<String> = row.get(column)?;
        json.map(|j| serde_json::from_str(&j).map_err(|_| StoreError::Corrupt("note"))).transpose()
    };
    let state = text("state")?;
    Ok(CaseRow {
        submission_id: SubmissionId::try_from(text("submission_id")?)
            .map_err(|_| StoreError::Corrupt("key"))?,
        application_number: application(text("application_number")?)?,
        case_number: row.get::<_, Option<String>>("case_number")?.map(case).transpose()?,
        item: ItemId(text("item")?),
        state: KeptState::ALL.into_iter().find(|s| s.word() == state).ok_or(StoreError::Corrupt("state"))?,
        filed_at: read_time(&text("filed_at")?)?,
        received_at: read_time(&text("received_at")?)?,
        since: read_time(&text("since")?)?,
        note: localized("note")?,
        decided_by: localized("decided_by")?,
    })
}
