//! The fleet's memory: one type over SQLite and PostgreSQL.
//!
//! Duty: rows in and out, one file for each subject. A statement reads the same on both databases, or its file says why not:
//! `$1` parameters, moments as milliseconds of Unix time, truth as 1 or 0. Never: decide who may do what.

pub mod accounts;
pub mod actions;
pub mod artifacts;
pub mod audit;
pub mod catalogues;
pub mod changes;
pub mod commands;
pub mod configurations;
pub mod coverage;
pub mod enrolment;
pub mod events;
pub(crate) mod figures;
pub mod heartbeats;
pub mod leases;
pub mod live;
mod migrations;
pub mod page;
pub mod retention;
pub mod rings;
pub mod rollouts;
pub mod sessions;
pub mod settings;
pub mod stops;
pub mod terminals;
pub mod tickets;

use sqlx::any::AnyPoolOptions;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Any, AnyPool, Executor as _, Transaction};
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Milliseconds of Unix time.
pub type Millis = i64;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file, one instance.
    Sqlite,
    /// PostgreSQL 15 or newer; several instances.
    Postgres,
}

/// Why something is not in the store, or cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no database that is known here.
    #[error("`{0}` is no database: write sqlite:FILE or postgres://…")]
    Address(String),
    /// The database cannot be reached or opened.
    #[error("the database cannot be opened")]
    Open(#[source] sqlx::Error),
    /// Its tables cannot be brought up to date.
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database refused a statement")]
    Statement(#[from] sqlx::Error),
    /// A value in the database is not what this version writes.
    #[error("`{column}` in the database cannot be read")]
    Content {
        /// Table and column.
        column: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    backend: Backend,
    /// PostgreSQL's own pool, of one connection: what wakes comes over it.
    wakes: Option<PgPool>,
    /// SQLite has one writer: waiting here is fair, waiting in SQLite is not.
    writer: Arc<Mutex<()>>,
}

/// A transaction that writes. Dropped without [`Write::commit`], nothing of it happened.
pub struct Write {
    tx: Transaction<'static, Any>,
    _writer: Option<OwnedMutexGuard<()>>,
}

impl Write {
    /// Makes everything of it true.
    ///
    /// # Errors
    /// The database refused; then nothing of it is.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }

    /// The connection, for `sqlx::query(…).execute(write.on())`.
    pub fn on(&mut self) -> &mut sqlx::AnyConnection {
        &mut self.tx
    }
}

impl Store {
    /// Opens `sqlite:FILE` or `postgres://…` and brings its tables up to date.
    ///
    /// # Errors
    /// It is no such address, the database cannot be opened, or it is newer than this program.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let (backend, address, connections) = match address {
            sqlite if sqlite.starts_with("sqlite:") => {
                let separator = if sqlite.contains('?') { '&' } else { '?' };
                (Backend::Sqlite, format!("{sqlite}{separator}mode=rwc"), 8)
            }
            postgres if postgres.starts_with("postgres:") || postgres.starts_with("postgresql:") => {
                (Backend::Postgres, postgres.to_owned(), 16)
            }
            other => return Err(StoreError::Address(other.chars().take(32).collect())),
        };
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(20))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if backend == Backend::Sqlite {
                        // What was acknowledged survives a power cut.
                        connection.execute("PRAGMA journal_mode = WAL").await?;
                        connection.execute("PRAGMA synchronous = FULL").await?;
                        connection.execute("PRAGMA foreign_keys = ON").await?;
                        connection.execute("PRAGMA busy_timeout = 10000").await?;
                    }
                    Ok(())
                })
            })
            .connect(&address)
            .await
            .map_err(StoreError::Open)?;
        migrations::of(backend).run(&pool).await?;
        let wakes = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => {
                let options = PgPoolOptions::new().max_connections(1);
                Some(options.connect_lazy(&address).map_err(StoreError::Open)?)
            }
        };
        let store = Self { pool, backend, wakes, writer: Arc::default() };
        store.plan().await?;
        Ok(store)
    }

    /// Lets the database look again how its rows are spread, where that changed: statements are planned by it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn plan(&self) -> Result<(), StoreError> {
        let look = match self.backend {
            // Of every table (0x10000) those that grew, by a sample (0x02): https://www.sqlite.org/pragma.html#pragma_optimize
            Backend::Sqlite => "PRAGMA optimize = 0x10002",
            // It looks by itself, a minute late. Until then a list of terminals that were just planned or restored would be
            // sorted as a whole for each page: what it does not know it takes for rare.
            Backend::Postgres => "ANALYZE terminals, health",
        };
        sqlx::query(look).execute(&self.pool).await?;
        Ok(())
    }

    /// Which database it is.
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// The pool, for `sqlx::query(…).fetch_all(store.read())`.
    pub const fn read(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins to write.
    ///
    /// # Errors
    /// No connection came free.
    pub async fn write(&self) -> Result<Write, StoreError> {
        let (writer, begin) = match self.backend {
            Backend::Sqlite => (Some(Arc::clone(&self.writer).lock_owned().await), "BEGIN IMMEDIATE"),
            Backend::Postgres => (None, "BEGIN"),
        };
        Ok(Write { tx: self.pool.begin_with(begin).await?, _writer: writer })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Writes a whole copy of an SQLite database, while others write; the file is not there yet.
    ///
    /// # Errors
    /// The file is there, or cannot be written.
    pub async fn copy_to(&self, file: &std::path::Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(file.display().to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        if let Some(wakes) = &self.wakes {
            wakes.close().await;
        }
        self.pool.close().await;
    }
}

/// Reads JSON that this program wrote into a column.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    column: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Content { column, source })
}
