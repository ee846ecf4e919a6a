//! The plug between the reader and its host.
//!
//! Duty: a pty that can go and come back, under a name that stays. Never: a byte on the line.

use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::sim::pty::Pty;

/// Between two looks whether the answering thread has let go of a pty.
const LETTING_GO: Duration = Duration::from_millis(1);

/// A pty or none, and the link that leads to it.
pub(super) struct Plug {
    pty: Mutex<Option<Arc<Pty>>>,
    link: Option<PathBuf>,
}

impl Plug {
    /// Plugged in.
    pub(super) fn new(link: Option<PathBuf>) -> io::Result<Self> {
        let plug = Self { pty: Mutex::new(None), link };
        plug.insert()?;
        Ok(plug)
    }

    /// The line, while it is plugged in. Whoever holds it keeps the host's port open.
    pub(super) fn pty(&self) -> Option<Arc<Pty>> {
        self.line().clone()
    }

    /// Where the host finds it.
    pub(super) fn path(&self) -> PathBuf {
        match &self.link {
            Some(link) => link.clone(),
            None => self.pty().map(|pty| pty.path().to_owned()).unwrap_or_default(),
        }
    }

    /// Away; the host has been told when this returns.
    pub(super) fn pull(&self) {
        let Some(pty) = self.line().take() else { return };
        if let Some(link) = &self.link {
            // One that somebody removed is away too.
            let _ = std::fs::remove_file(link);
        }
        while Arc::strong_count(&pty) > 1 {
            std::thread::sleep(LETTING_GO);
        }
    }

    /// There again, on a new pty.
    pub(super) fn insert(&self) -> io::Result<()> {
        let pty = Pty::open()?;
        if let Some(link) = &self.link {
            lead(link, pty.path())?;
        }
        *self.line() = Some(Arc::new(pty));
        Ok(())
    }

    fn line(&self) -> MutexGuard<'_, Option<Arc<Pty>>> {
        // What a thread that panicked left is a pty or none.
        self.pty.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        self.pull();
    }
}

/// Lets `link` lead to `target`; a link that is there is replaced, anything else is not.
fn lead(link: &Path, target: &Path) -> io::Result<()> {
    if link.is_symlink() {
        std::fs::remove_file(link)?;
    }
    symlink(target, link)
}
