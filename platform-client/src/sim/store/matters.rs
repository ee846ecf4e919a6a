//! What a person does about a case of theirs: hand in what was missing, take it back.

use domain::case::ApplicationNumber;
use rusqlite::params;
use serde::Serialize;

use super::cases::case_of;
use super::{CaseRow, Keep, KeptState, NewRow, Room, Store, StoreError, written};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Matter {
    /// Done now, or done before under the same key.
    Done(Box<CaseRow>),
    /// The key was used with another content.
    Reused,
    /// The person has no such case.
    NotTheirs,
    /// The case is in a state in which this is not done.
    StateRefused,
}

impl Store {
    /// Keeps what was handed in later; the case waits for the department again.
    pub(crate) fn supplement<R: Serialize>(&self, new: &NewRow<'_, R>) -> Result<Matter, StoreError> {
        self.change(new, &[KeptState::SupplementRequired], KeptState::Submitted)
    }

    /// Takes a case back.
    pub(crate) fn withdraw<R: Serialize>(&self, new: &NewRow<'_, R>) -> Result<Matter, StoreError> {
        let open =
            [KeptState::Submitted, KeptState::SupplementRequired, KeptState::Accepted, KeptState::InProgress];
        self.change(new, &open, KeptState::Withdrawn)
    }

    fn change<R: Serialize>(
        &self,
        new: &NewRow<'_, R>,
        from: &[KeptState],
        to: KeptState,
    ) -> Result<Matter, StoreError> {
        let number = ApplicationNumber::try_from(new.subject.to_owned());
        let Ok(number) = number else { return Ok(Matter::NotTheirs) };
        self.write(|tx| {
            let owner: Result<String, _> = tx.query_row(
                "SELECT person FROM cases WHERE application_number = ?1 AND state <> 'already_applied'",
                [new.subject],
                |row| row.get(0),
            );
            let case = case_of(tx, &number)?.filter(|_| owner.is_ok_and(|owner| owner == new.owner));
            let Some(case) = case else { return Ok(Matter::NotTheirs) };
            let known = tx.query_row(
                "SELECT EXISTS (SELECT 1 FROM kept WHERE kind = ?1 AND id = ?2)",
                [new.kind, new.id],
                |row| row.get::<_, bool>(0),
            )?;
            if !known && !from.contains(&case.state) {
                return Ok(Matter::StateRefused);
            }
            match self.keep_in(tx, new, Room::Unlimited)? {
                Keep::Kept(_) if known => return Ok(Matter::Done(Box::new(case))),
                Keep::Kept(_) => {}
                Keep::Reused | Keep::NoRoom => return Ok(Matter::Reused),
            }
            tx.execute(
                "UPDATE cases SET state = ?2, note = NULL, since = ?3 WHERE submission_id = ?1",
                params![case.submission_id.as_str(), to.word(), written(new.now)?],
            )?;
            case_of(tx, &number)?.map(|row| Matter::Done(Box::new(row))).ok_or(StoreError::Corrupt("case"))
        })
    }
}
