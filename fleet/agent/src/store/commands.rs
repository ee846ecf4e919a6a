//! Commands: on disk before they are begun, their results until the server has them.

use super::{Store, StoreError, events, read, write};
use fleet_api::Timestamp;
use fleet_api::command::{Command, CommandId, CommandResult};
use fleet_api::event::What;
use rusqlite::{OptionalExtension as _, params};

/// How many ended commands are remembered, so that none is done twice.
const REMEMBERED: u32 = 2000;

/// A command as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) command: Command,
    /// The boot in which it was begun.
    pub(crate) begun_in: Option<String>,
    pub(crate) result: Option<CommandResult>,
    /// The file with what it made.
    pub(crate) attachment: Option<String>,
    pub(crate) told: bool,
}

impl Store {
    /// Keeps a new command; one that is known stays as it is.
    pub(crate) fn keep_command(&self, command: &Command, now: Timestamp) -> Result<(), StoreError> {
        let json = write("command", command)?;
        self.lock().execute(
            "INSERT INTO command (id, json, seen_at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
            params![command.id.0, json, now.unix_timestamp()],
        )?;
        Ok(())
    }

    /// The command of that id.
    pub(crate) fn command(&self, id: &CommandId) -> Result<Option<Kept>, StoreError> {
        let connection = self.lock();
        let row = connection
            .prepare_cached("SELECT json, begun_in, result, attachment, told FROM command WHERE id = ?1")?
            .query_row([&id.0], columns)
            .optional()?;
        row.map(kept).transpose()
    }

    /// Those whose result the server has not.
    pub(crate) fn open_commands(&self) -> Result<Vec<Kept>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT json, begun_in, result, attachment, told FROM command WHERE told = 0 ORDER BY seen_at, id",
        )?;
        let rows = statement.query_map([], columns)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(kept).collect()
    }

    /// It is begun, in this boot.
    pub(crate) fn begin_command(&self, id: &CommandId, boot: &str) -> Result<(), StoreError> {
        self.lock().execute("UPDATE command SET begun_in = ?2 WHERE id = ?1", params![id.0, boot])?;
        Ok(())
    }

    /// It ended; the first result stays.
    pub(crate) fn end_command(
        &self,
        id: &CommandId,
        result: &CommandResult,
        attachment: Option<&str>,
    ) -> Result<(), StoreError> {
        let json = write("result", result)?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let changed = transaction.execute(
            "UPDATE command SET result = ?2, attachment = ?3 WHERE id = ?1 AND result IS NULL",
            params![id.0, json, attachment],
        )?;
        if changed > 0 {
            events::insert(
                &transaction,
                result.at,
                &What::CommandEnded { id: id.clone(), outcome: result.outcome },
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The server has the result.
    pub(crate) fn command_told(&self, id: &CommandId) -> Result<(), StoreError> {
        let connection = self.lock();
        connection.execute("UPDATE command SET told = 1 WHERE id = ?1", [&id.0])?;
        connection.execute(
            "DELETE FROM command WHERE told = 1 AND id NOT IN
                (SELECT id FROM command ORDER BY seen_at DESC, id DESC LIMIT ?1)",
            [REMEMBERED],
        )?;
        Ok(())
    }
}

type Columns = (String, Option<String>, Option<String>, Option<String>, bool);

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn kept((json, begun_in, result, attachment, told): Columns) -> Result<Kept, StoreError> {
    Ok(Kept {
        command: read("command", &json)?,
        begun_in,
        result: result.map(|json| read("result", &json)).transpose()?,
        attachment,
        told,
    })
}
