//! A copy that another machine can begin from.

use super::Place;
use super::answer::Answers;
use super::operator::entry;
use fleet_server::clock::{Clock as _, SystemClock};
use fleet_server::private_file;
use fleet_server::store::{Backend, Store, audit};
use serde_json::json;
use std::error::Error;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

/// What seals second factors and sessions.
const CONSOLE: &str = "console.key";

/// Keys and database into a new folder.
pub(crate) async fn backup(place: &Place, out: &Path, why: &str, answers: &Answers) -> Done {
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(out)
        .map_err(|error| format!("{}: {error}", out.display()))?;
    let store = Store::open(&place.options().database()).await?;
    // Before the copy, so that the copy knows of it.
    note(&store, "server.backup", why).await?;
    match store.backend() {
        Backend::Sqlite => store.copy_to(&out.join("fleet.db")).await?,
        Backend::Postgres => tracing::info!("PostgreSQL's own pg_dump keeps the database"),
    }
    store.close().await;
    copy(&place.data().join("keys"), &out.join("keys"))?;
    // Without it nobody's second factor could be opened again.
    let console = place.data().join(CONSOLE);
    if console.exists() {
        std::fs::copy(console, out.join(CONSOLE))?;
    }
    answers.say(&json!({ "backup": out }), &out.display().to_string());
    Ok(())
}

async fn note(store: &Store, what: &str, why: &str) -> Done {
    let mut tx = store.write().await?;
    audit::append(&mut tx, &entry(what, "server".to_owned(), why, ""), SystemClock.millis()).await?;
    Ok(tx.commit().await?)
}

/// A new data folder of such a copy.
pub(crate) async fn restore(place: &Place, from: &Path, why: &str, answers: &Answers) -> Done {
    if place.data().join("keys").exists() || place.data().join("fleet.db").exists() {
        return Err(format!("{}: a server lives there already", place.data().display()).into());
    }
    if !from.join("keys").is_dir() {
        return Err(format!("{}: no backup lies there", from.display()).into());
    }
    private_file::folder(place.data())?;
    copy(&from.join("keys"), &place.data().join("keys"))?;
    if from.join(CONSOLE).exists() {
        std::fs::copy(from.join(CONSOLE), place.data().join(CONSOLE))?;
    }
    if from.join("fleet.db").exists() {
        std::fs::copy(from.join("fleet.db"), place.data().join("fleet.db"))?;
    }
    // Opened once: what cannot be opened is no backup.
    let store = Store::open(&place.options().database()).await?;
    note(&store, "server.restore", why).await?;
    store.close().await;
    answers.say(&json!({ "restored": place.data() }), &place.data().display().to_string());
    Ok(())
}

/// A folder with its modes.
fn copy(from: &Path, to: &Path) -> Done {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}
