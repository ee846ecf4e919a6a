//! A release on a stick, and the logs onto one.
//!
//! A stick of ours holds `yilin-release.json`, a signed manifest, and beside it the bundle that the manifest names. It is
//! mounted read-only or not by udev's rule; this only looks into the folder that the configuration names.

use super::download;
use super::offer::{self, Offer};
use super::record::Target;
use super::{HIGHEST, here};
use crate::agent::Shared;
use crate::digest;
use crate::logs;
use crate::whole_file;
use fleet_api::release::{ReleaseManifest, STICK_MANIFEST};
use fleet_api::signed::Signed;
use fleet_api::ui::{LogLines, TechnicianOutcome};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

const MANIFEST_BYTES: u64 = 512 * 1024;

/// A release on a stick, copied and found good.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StickOffer {
    pub(super) target: Target,
}

/// Looks at the stick, copies its bundle, and offers it to the update. Blocks.
pub(crate) fn offer_from(shared: &Shared) -> Answer {
    let Some(folder) = present(shared) else { return (TechnicianOutcome::NoStick, Vec::new()) };
    let signed = match manifest_on(&folder) {
        Ok(signed) => signed,
        Err(refused) => return refused,
    };
    let highest = match shared.store.value(HIGHEST) {
        Ok(highest) => highest,
        Err(error) => return (TechnicianOutcome::Failed, vec![crate::error::chain(&error)]),
    };
    let here = here(shared, highest);
    let (manifest, target) = match offer::trusted(&signed, &shared.trust.ring(), &here) {
        Ok(trusted) => trusted,
        Err(Offer::Refuse(_, why) | Offer::NotYet(why) | Offer::UnknownKey(why)) => {
            return (TechnicianOutcome::NotAuthentic, vec![why]);
        }
        Err(Offer::Install(..) | Offer::RunsAlready(_)) => return (TechnicianOutcome::UpToDate, Vec::new()),
    };
    if here.running == Some(target.version) {
        return (TechnicianOutcome::UpToDate, Vec::new());
    }
    if shared.store.update().is_ok_and(|update| update.is_some()) {
        return (TechnicianOutcome::Failed, vec!["another update is under way".to_owned()]);
    }
    let name = Path::new(&manifest.filename);
    if name.components().count() != 1 || name.file_name().is_none() {
        return (TechnicianOutcome::NotAuthentic, vec!["the manifest names no plain file".to_owned()]);
    }
    match copy(&folder.join(name), &shared.config.data, &target) {
        Ok(()) => {
            let line = format!("{} for {}", target.version, manifest.compatible);
            shared.from_stick.send_replace(Some(StickOffer { target }));
            (TechnicianOutcome::Begun, vec![line])
        }
        Err(CopyError::Other) => {
            (TechnicianOutcome::NotAuthentic, vec!["the file is not the one of the manifest".to_owned()])
        }
        Err(CopyError::Io(error)) => {
            (TechnicianOutcome::Failed, vec![format!("the bundle cannot be copied: {error}")])
        }
    }
}

/// Writes scrubbed logs onto the stick, if it is one of ours. Blocks.
pub(crate) fn logs_onto(shared: &Shared) -> Answer {
    let Some(folder) = present(shared) else { return (TechnicianOutcome::NoStick, Vec::new()) };
    if let Err(refused) = is_ours(shared, &folder) {
        return refused;
    }
    let day = shared.clock.now().to_offset(shared.config.offset).date();
    let file = folder.join(format!("yilin-logs-{}-{day}.txt", shared.identity().enrolled.terminal));
    let text = logs::gather(&shared.config.logs, logs::LINES, LogLines::All);
    match whole_file::replace(&file, text.as_bytes(), 0o644) {
        Ok(()) => (TechnicianOutcome::Done, vec![file.display().to_string()]),
        Err(error) => (TechnicianOutcome::Failed, vec![format!("the stick cannot be written: {error}")]),
    }
}

/// An answer to the technician.
type Answer = (TechnicianOutcome, Vec<String>);

/// The manifest on a stick, not believed yet.
fn manifest_on(folder: &Path) -> Result<Signed<ReleaseManifest>, Answer> {
    match whole_file::read(&folder.join(STICK_MANIFEST), MANIFEST_BYTES) {
        Ok(Some(bytes)) => serde_json::from_slice(&bytes)
            .map_err(|error| (TechnicianOutcome::NotAuthentic, vec![format!("{STICK_MANIFEST}: {error}")])),
        Ok(None) => Err((TechnicianOutcome::NoStick, vec![format!("there is no {STICK_MANIFEST} on it")])),
        Err(error) => Err((TechnicianOutcome::Failed, vec![format!("{STICK_MANIFEST}: {error}")])),
    }
}

/// Logs leave the terminal on a stick that the release manager signed for, of whatever version; on no other.
fn is_ours(shared: &Shared, folder: &Path) -> Result<(), Answer> {
    match manifest_on(folder)?.open(&shared.trust.ring()) {
        Ok(_) => Ok(()),
        Err(error) => Err((TechnicianOutcome::NotAuthentic, vec![crate::error::chain(&error)])),
    }
}

fn present(shared: &Shared) -> Option<PathBuf> {
    shared.config.stick.clone().filter(|folder| folder.is_dir())
}

enum CopyError {
    Io(std::io::Error),
    /// Another length or digest.
    Other,
}

impl From<std::io::Error> for CopyError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// What is installed is the copy whose digest was taken, not the stick, which may be another the moment after.
fn copy(from: &Path, data: &Path, target: &Target) -> Result<(), CopyError> {
    let whole = download::whole(data, target);
    std::fs::create_dir_all(download::folder(data))?;
    let part = whole.with_extension("stick");
    let mut to = File::create(&part)?;
    let copied = std::io::copy(&mut File::open(from)?.take(target.size + 1), &mut to)?;
    to.sync_all()?;
    if copied != target.size || digest::sha256_of_file(&part)? != target.sha256 {
        std::fs::remove_file(&part)?;
        return Err(CopyError::Other);
    }
    std::fs::rename(&part, &whole)?;
    File::open(download::folder(data))?.sync_all()?;
    Ok(())
}
