//! Events on their way: numbered for ever, bounded, oldest telemetry dropped first and counted.

use super::{Store, StoreError, put, read, write};
use fleet_api::Timestamp;
use fleet_api::event::{BATCH, BATCH_BYTES, Event, EventBatch, What};
use rusqlite::{Connection, params};

/// How many were dropped and not yet told.
const DROPPED: &str = "events_dropped";

/// Whether an event is never dropped: what the desk ordered is answered.
const fn is_kept(what: &What) -> bool {
    matches!(what, What::Update { .. } | What::Configuration { .. } | What::CommandEnded { .. })
}

impl Store {
    /// Keeps an event; it has its number when this returns.
    ///
    /// # Errors
    /// It is not on disk.
    pub(crate) fn note(&self, at: Timestamp, what: &What) -> Result<u64, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let number = insert(&transaction, at, what)?;
        let bounds = self.bounds;
        let (rows, bytes): (u64, u64) = transaction
            .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM event")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if rows > bounds.rows || bytes > bounds.bytes {
            let dropped = drop_oldest(&transaction, rows, bytes, bounds)?;
            let before: u64 = dropped_before(&transaction)?;
            put(&transaction, DROPPED, &(before + dropped))?;
        }
        transaction.commit()?;
        Ok(number)
    }

    /// The next batch; none when nothing waits. A row that cannot be read is dropped and counted: it must not hold up the
    /// others.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn batch(&self) -> Result<Option<EventBatch>, StoreError> {
        let connection = self.lock();
        let mut unreadable = Vec::new();
        let (mut events, mut whole) = (Vec::new(), 0);
        {
            let mut statement = connection
                .prepare_cached("SELECT number, json, bytes FROM event ORDER BY number LIMIT ?1")?;
            let mut rows = statement.query([BATCH])?;
            while let Some(row) = rows.next()? {
                let (number, json, bytes): (u64, String, usize) = (row.get(0)?, row.get(1)?, row.get(2)?);
                // Room for the number and the comma of each.
                whole += bytes + 40;
                if whole > BATCH_BYTES - 100 && !events.is_empty() {
                    break;
                }
                match read::<Event>("event", &json) {
                    Ok(event) => events.push(Event { number, ..event }),
                    Err(error) => {
                        tracing::error!(number, error = %crate::error::chain(&error), "an event is lost");
                        unreadable.push(number);
                    }
                }
            }
        }
        for number in &unreadable {
            connection.execute("DELETE FROM event WHERE number = ?1", [number])?;
        }
        let mut dropped = dropped_before(&connection)?;
        if !unreadable.is_empty() {
            dropped += unreadable.len() as u64;
            put(&connection, DROPPED, &dropped)?;
        }
        Ok((!events.is_empty()).then_some(EventBatch { events, dropped }))
    }

    /// The server has everything up to `through`, and knows of `dropped` that were dropped.
    ///
    /// # Errors
    /// It is not on disk.
    pub(crate) fn taken(&self, through: u64, dropped: u64) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM event WHERE number <= ?1", [through])?;
        let before = dropped_before(&transaction)?;
        if dropped > 0 {
            put(&transaction, DROPPED, &before.saturating_sub(dropped))?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The server knows numbers up to `through`, more than this store ever gave: it was begun anew. What waits is numbered
    /// above them.
    ///
    /// # Errors
    /// It is not on disk.
    pub(crate) fn number_above(&self, through: u64) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let last: u64 = transaction.query_row(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)",
            [],
            |row| row.get(0),
        )?;
        if last < through {
            transaction.execute("UPDATE event SET number = number + ?1", [through])?;
            transaction.execute("DELETE FROM sqlite_sequence WHERE name = 'event'", [])?;
            transaction
                .execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?1)", [through + last])?;
            transaction.commit()?;
        }
        Ok(())
    }

    /// How many events wait.
    ///
    /// # Errors
    /// It cannot be told.
    pub(crate) fn waiting(&self) -> Result<u32, StoreError> {
        Ok(self.lock().query_row("SELECT count(*) FROM event", [], |row| row.get(0))?)
    }
}

/// The event as a row of a transaction that does more.
pub(super) fn insert(connection: &Connection, at: Timestamp, what: &What) -> Result<u64, StoreError> {
    let json = write("event", &Event { number: 0, at, what: what.clone() })?;
    let number = connection
        .prepare_cached("INSERT INTO event (kept, bytes, json) VALUES (?1, ?2, ?3) RETURNING number")?
        .query_row(params![is_kept(what), json.len(), json], |row| row.get(0))?;
    Ok(number)
}

fn dropped_before(connection: &Connection) -> Result<u64, StoreError> {
    use rusqlite::OptionalExtension as _;
    let json: Option<String> = connection
        .prepare_cached("SELECT json FROM value WHERE name = ?1")?
        .query_row([DROPPED], |row| row.get(0))
        .optional()?;
    json.map_or(Ok(0), |json| read(DROPPED, &json))
}

/// Drops the oldest telemetry until a twentieth of the room is free, so that it is not done for each event.
fn drop_oldest(
    connection: &Connection,
    mut rows: u64,
    mut bytes: u64,
    bounds: super::Bounds,
) -> Result<u64, StoreError> {
    let (rows_left, bytes_left) = (bounds.rows - bounds.rows / 20, bounds.bytes - bounds.bytes / 20);
    let mut statement =
        connection.prepare_cached("SELECT number, bytes FROM event WHERE kept = 0 ORDER BY number")?;
    let mut found = statement.query([])?;
    let (mut dropped, mut through) = (0, None);
    while rows > rows_left || bytes > bytes_left {
        let Some(row) = found.next()? else { break };
        let (number, size): (u64, u64) = (row.get(0)?, row.get(1)?);
        (rows, bytes, dropped, through) = (rows - 1, bytes - size, dropped + 1, Some(number));
    }
    if let Some(through) = through {
        connection.execute("DELETE FROM event WHERE kept = 0 AND number <= ?1", [through])?;
    }
    Ok(dropped)
}

#[cfg(test)]
mod tests {
    use super::super::Bounds;
    use super::*;

    fn telemetry(page: &str) -> What {
        What::Help { call: page.to_owned(), page: page.to_owned(), item: None, urgent: false }
    }

    fn report(state: &str) -> What {
        What::Update { action: "7".into(), version: "1.0.0".into(), state: state.into(), detail: None }
    }

    fn store(rows: u64) -> Store {
        Store::in_memory(Bounds { rows, bytes: 1 << 20 }).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    #[test]
    fn numbers_are_never_used_twice() {
        let folder = tempfile::tempdir().unwrap();
        let bounds = Bounds::default();
        let store = Store::open(folder.path(), bounds).unwrap();
        for expected in 1..=3 {
            assert_eq!(store.note(now(), &telemetry("a")).unwrap(), expected);
        }
        store.taken(3, 0).unwrap();
        assert_eq!(store.batch().unwrap(), None);
        drop(store);
        let store = Store::open(folder.path(), bounds).unwrap();
        assert_eq!(store.note(now(), &telemetry("a")).unwrap(), 4);
        assert_eq!(store.batch().unwrap().unwrap().events[0].number, 4);
    }

    #[test]
    fn the_oldest_telemetry_goes_first_and_is_counted_and_reports_stay() {
        let store = store(100);
        for i in 0..10 {
            store.note(now(), &report(&i.to_string())).unwrap();
        }
        for i in 0..500 {
            store.note(now(), &telemetry(&i.to_string())).unwrap();
        }
        let waiting = u64::from(store.waiting().unwrap());
        assert!((90..=100).contains(&waiting), "{waiting}");
        let batch = store.batch().unwrap().unwrap();
        assert_eq!(batch.dropped + waiting, 510, "every event is there or counted");
        let reports = batch.events.iter().filter(|event| matches!(event.what, What::Update { .. })).count();
        assert_eq!(reports, 10);
        assert_eq!(batch.events.last().unwrap().number, 510, "the newest is there");
        store.taken(510, batch.dropped).unwrap();
        store.note(now(), &telemetry("x")).unwrap();
        assert_eq!(store.batch().unwrap().unwrap().dropped, 0);
    }

    #[test]
    fn a_store_that_is_begun_anew_numbers_above_what_the_server_knows() {
        let store = store(100);
        for page in ["a", "b", "c"] {
            store.note(now(), &telemetry(page)).unwrap();
        }
        store.number_above(1000).unwrap();
        let numbers = |store: &Store| -> Vec<u64> {
            store.batch().unwrap().unwrap().events.iter().map(|event| event.number).collect()
        };
        assert_eq!(numbers(&store), [1001, 1002, 1003]);
        assert_eq!(store.note(now(), &telemetry("d")).unwrap(), 1004);
        store.number_above(1000).unwrap();
        assert_eq!(numbers(&store), [1001, 1002, 1003, 1004]);
    }

    #[test]
    fn a_row_that_cannot_be_read_holds_nothing_up() {
        let store = store(100);
        for page in ["a", "b"] {
            store.note(now(), &telemetry(page)).unwrap();
        }
        store.lock().execute("UPDATE event SET json = '{' WHERE number = 1", []).unwrap();
        let batch = store.batch().unwrap().unwrap();
        assert_eq!((batch.events.len(), batch.events[0].number, batch.dropped), (1, 2, 1));
    }

    #[test]
    fn a_damaged_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("agent.db"), [0x55; 8192]).unwrap();
        let store = Store::open(folder.path(), Bounds::default()).unwrap();
        assert_eq!(store.note(now(), &telemetry("a")).unwrap(), 1);
        assert!(folder.path().join("agent.db.damaged").exists());
    }
}
