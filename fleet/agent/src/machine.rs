//! The machine: how it is, and starting it or the terminal's program again.

mod linux;
mod network;

pub use linux::LinuxMachine;

use fleet_api::health::Machine;
use std::path::PathBuf;
use std::time::Duration;

/// Why the machine does not do it.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The wish cannot be left where the machine's units look.
    #[error("{file}: the machine cannot be asked")]
    Request {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

/// The machine on which an agent runs.
pub trait MachineProbe: Send + Sync {
    /// Numbers and words about it; what cannot be read is null.
    fn read(&self) -> Machine;
    /// Changes with each start of the machine.
    fn boot_id(&self) -> String;
    /// Since its start.
    fn uptime(&self) -> Duration;
    /// The version of the image that runs.
    fn image(&self) -> String;
    /// The hardware's own number.
    fn hardware(&self) -> String;
    /// Interfaces with their addresses and state, a line each.
    fn network(&self) -> Vec<String>;
    /// Starts the terminal's program again.
    ///
    /// # Errors
    /// It does not.
    fn restart_program(&self) -> Result<(), MachineError>;
    /// Starts the machine again. The agent has ended its work before.
    ///
    /// # Errors
    /// It does not.
    fn reboot(&self) -> Result<(), MachineError>;
}
