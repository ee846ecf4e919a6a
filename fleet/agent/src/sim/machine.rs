//! The machine of a folder.

use super::slots::FolderInstaller;
use crate::machine::{MachineError, MachineProbe};
use crate::power::Power;
use fleet_api::health::Machine;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A machine whose image is the one of the slot that runs, and whose boot id is the number of its boots.
#[derive(Debug)]
pub struct FolderMachine {
    folder: PathBuf,
    since: Instant,
}

impl FolderMachine {
    /// The machine of that folder, started now.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), since: Instant::now() }
    }

    fn mark(&self, file: &str) -> Result<(), MachineError> {
        let file = self.folder.join(file);
        std::fs::write(&file, "asked").map_err(|cause| MachineError::Request { file, cause })
    }
}

impl MachineProbe for FolderMachine {
    fn read(&self) -> Machine {
        Machine { data_read_only: false, ..Machine::default() }
    }

    fn boot_id(&self) -> String {
        std::fs::read_to_string(self.folder.join("boots")).unwrap_or_default()
    }

    fn uptime(&self) -> Duration {
        self.since.elapsed()
    }

    fn image(&self) -> String {
        let slots = FolderInstaller::new(&self.folder, Power::default());
        let image = slots.running().ok().and_then(|slot| slots.image(&slot));
        image.map(|image| image.version.to_string()).unwrap_or_default()
    }

    fn hardware(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn network(&self) -> Vec<String> {
        Vec::new()
    }

    fn restart_program(&self) -> Result<(), MachineError> {
        self.mark("restart-asked")
    }

    fn reboot(&self) -> Result<(), MachineError> {
        self.mark("reboot-asked")
    }
}
