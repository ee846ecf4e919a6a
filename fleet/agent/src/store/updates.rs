//! The update that is under way, and how the last ones ended.

use super::{Store, StoreError, events, put, read, write};
use crate::update::record::{Ending, Record};
use fleet_api::Timestamp;
use fleet_api::event::What;
use rusqlite::{OptionalExtension as _, params};

const UPDATE: &str = "update";
/// How many endings are remembered.
const REMEMBERED: u32 = 32;

impl Store {
    /// The update that is under way.
    pub(crate) fn update(&self) -> Result<Option<Record>, StoreError> {
        let record: Option<Option<Record>> = self.value(UPDATE)?;
        Ok(record.flatten())
    }

    /// The next step: its record and the report of it, both or neither. An ending is remembered with it.
    pub(crate) fn set_update(
        &self,
        record: Option<&Record>,
        report: Option<&What>,
        ending: Option<(&str, &Ending)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        put(&transaction, UPDATE, &record)?;
        if let Some(what) = report {
            events::insert(&transaction, now, what)?;
        }
        if let Some((action, ending)) = ending {
            transaction.execute(
                "INSERT INTO ended_action (action, json) VALUES (?1, ?2)
                 ON CONFLICT (action) DO UPDATE SET json = ?2",
                params![action, write("ended_action", ending)?],
            )?;
            transaction.execute(
                "DELETE FROM ended_action WHERE number NOT IN
                    (SELECT number FROM ended_action ORDER BY number DESC LIMIT ?1)",
                [REMEMBERED],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// How that action ended here.
    pub(crate) fn ending(&self, action: &str) -> Result<Option<Ending>, StoreError> {
        let json: Option<String> = self
            .lock()
            .query_row("SELECT json FROM ended_action WHERE action = ?1", [action], |row| row.get(0))
            .optional()?;
        json.map(|json| read("ended_action", &json)).transpose()
    }

    /// How the last action ended.
    pub(crate) fn last_ending(&self) -> Result<Option<Ending>, StoreError> {
        let json: Option<String> = self
            .lock()
            .query_row("SELECT json FROM ended_action ORDER BY number DESC LIMIT 1", [], |row| row.get(0))
            .optional()?;
        json.map(|json| read("ended_action", &json)).transpose()
    }
}
