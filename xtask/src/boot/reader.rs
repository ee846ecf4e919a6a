//! The card reader, and the hand before it: a simulator behind a line of the machine, and another in its place when a card is
//! laid down or taken away.

use super::BootError;
use crate::program::output;
use crate::running::Running;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

/// A reader whose card comes and goes.
#[derive(Debug)]
pub(super) struct Reader {
    program: PathBuf,
    line: UnixStream,
    /// Where bytes of the machine go now.
    port: Arc<Mutex<Option<File>>>,
    simulator: Option<Running>,
}

impl Reader {
    /// Behind the line of a machine that runs; no card lies there.
    pub(super) fn start(program: &Path, line: &Path) -> Result<Self, BootError> {
        let file = |e| BootError::File(line.to_owned(), e);
        let stream = UnixStream::connect(line).map_err(file)?;
        let mut from = stream.try_clone().map_err(file)?;
        let port = Arc::new(Mutex::new(None::<File>));
        let to = Arc::clone(&port);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut bytes) {
                if let Some(port) = to.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                    // Whoever is being replaced hears no more.
                    let _gone = port.write_all(&bytes[..read]);
                }
            }
        });
        let mut reader = Self { program: program.to_owned(), line: stream, port, simulator: None };
        reader.place("none")?;
        Ok(reader)
    }

    /// A card lies there from now on: a kind of `yilin-device sim card`, or none.
    pub(super) fn place(&mut self, card: &str) -> Result<(), BootError> {
        self.simulator = None;
        let simulator =
            Running::start(&self.program, &["sim", "card", "--json", "--forget", "--card", card])?;
        let path = super::host::Host::pty(&simulator)?;
        output(Command::new("stty").args(["-F", &path, "115200", "raw", "-echo"]))?;
        let open = || File::options().read(true).write(true).open(&path);
        let port = open().and_then(|port| Ok((port.try_clone()?, port)));
        let (mut from, to) = port.map_err(|e| BootError::File(PathBuf::from(&path), e))?;
        let mut line = self.line.try_clone().map_err(|e| BootError::File(PathBuf::from(&path), e))?;
        *self.port.lock().unwrap_or_else(PoisonError::into_inner) = Some(to);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Ends with the simulator.
            while let Ok(read @ 1..) = from.read(&mut bytes) {
                if line.write_all(&bytes[..read]).is_err() {
                    break;
                }
            }
        });
        self.simulator = Some(simulator);
        Ok(())
    }
}
