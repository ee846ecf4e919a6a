//! Releases: a file, and the release manager's word for it.

use super::OrderError;
use crate::artifact_store::ArtifactStore;
use crate::state::Actor;
use crate::store::artifacts::{self, NewRelease};
use crate::store::{Millis, Store};
use fleet_api::keys::KeyRing;
use std::path::Path;

/// Takes a file as a release and returns its number.
///
/// # Errors
/// A name is none, the manifest is of another file or not signed by a release key of `ring`, or the release is there.
pub async fn add(
    store: &Store,
    files: &ArtifactStore,
    ring: &KeyRing,
    file: &Path,
    new: &NewRelease,
    by: &Actor,
    now: Millis,
) -> Result<i64, OrderError> {
    check(new)?;
    let open = tokio::fs::File::open(file)
        .await
        .map_err(|error| OrderError::Wrong(format!("{}: {error}", file.display())))?;
    let empty = open.metadata().await.is_ok_and(|about| about.len() == 0);
    if empty {
        return Err(OrderError::Wrong(format!("{}: is empty", file.display())));
    }
    let taken = files.take(open).await?;
    if let Some(signed) = &new.manifest {
        let manifest = signed.open(ring).map_err(|error| OrderError::Wrong(error.to_string()))?;
        let fits = manifest.sha256 == taken.sha256
            && manifest.size == taken.size
            && manifest.filename == new.filename
            && manifest.version.to_string() == new.version
            && manifest.compatible == new.compatible;
        if !fits {
            return Err(OrderError::Wrong("the signed manifest is of another file or version".to_owned()));
        }
    }
    let mut tx = store.write().await?;
    artifacts::put(&mut tx, &taken, now).await?;
    let id = artifacts::add_release(&mut tx, new, &taken.sha256, &by.0, now).await?;
    tx.commit().await?;
    id.ok_or_else(|| OrderError::Wrong(format!("{} {} is there already", new.name, new.version)))
}

fn check(new: &NewRelease) -> Result<(), OrderError> {
    // The name goes into links and onto a terminal's disk: one plain part of a path.
    let plain = |text: &str| {
        (1..=128).contains(&text.len())
            && !text.starts_with('.')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
    };
    for (what, text) in [("file's name", &new.filename), ("version", &new.version), ("name", &new.name)] {
        if !plain(text) {
            return Err(OrderError::Wrong(format!(
                "the {what} has 1 to 128 letters, digits, `.`, `-`, `_`, `+`, and begins with no dot"
            )));
        }
    }
    Ok(())
}
