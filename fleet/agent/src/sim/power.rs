//! Power that fails at a point that a test names.

use rustix::process::Signal;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// A supply.
#[derive(Debug)]
pub struct Supply {
    /// Fails at this point, counted from 1; never at 0.
    fails_at: u64,
    passed: AtomicU64,
    /// Each point's name, a line each.
    log: Option<PathBuf>,
}

impl Supply {
    /// Power that fails at the `fails_at`th point of this process; 0 never.
    pub fn new(fails_at: u64, log: Option<PathBuf>) -> Self {
        Self { fails_at, passed: AtomicU64::new(0), log }
    }

    /// As the environment says: `YILIN_AGENT_POWER_FAILS_AT`, `YILIN_AGENT_POWER_LOG`.
    pub fn from_environment() -> Self {
        let fails_at = std::env::var("YILIN_AGENT_POWER_FAILS_AT").ok();
        let log = std::env::var_os("YILIN_AGENT_POWER_LOG").map(PathBuf::from);
        Self::new(fails_at.and_then(|text| text.parse().ok()).unwrap_or(0), log)
    }

    /// A point: the process may end here by SIGKILL, as it would with the machine.
    pub fn point(&self, name: &str) {
        let number = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(log) = &self.log
            && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(log)
        {
            let _ = writeln!(file, "{name}");
        }
        if number == self.fails_at {
            let _ = rustix::process::kill_process(rustix::process::getpid(), Signal::KILL);
        }
    }
}
