//! Starting the victim, and ending it.

use crate::victim;
use domain::terminal::{TerminalId, Timestamp};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use time::format_description::well_known::Rfc3339;

/// What a victim is to do.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
    pub(crate) credentials: String,
    pub(crate) told: PathBuf,
    pub(crate) terminal: TerminalId,
    pub(crate) run: u64,
    pub(crate) cases: u64,
    pub(crate) base: Timestamp,
    /// Before this case the outbox gets a new key.
    pub(crate) new_key_at: Option<u64>,
}

impl Orders {
    pub(crate) fn read(arguments: &[String]) -> Self {
        let text = |i: usize| arguments[i].clone();
        let number = |i: usize| arguments[i].parse::<u64>();
        Self {
            folder: text(0).into(),
            url: text(1),
            credentials: text(2),
            told: text(3).into(),
            terminal: TerminalId(text(4)),
            run: number(5).unwrap(),
            cases: number(6).unwrap(),
            base: Timestamp::parse(&text(7), &Rfc3339).unwrap(),
            new_key_at: number(8).ok(),
        }
    }

    fn write(&self) -> Vec<String> {
        vec![
            self.folder.display().to_string(),
            self.url.clone(),
            self.credentials.clone(),
            self.told.display().to_string(),
            self.terminal.0.clone(),
            self.run.to_string(),
            self.cases.to_string(),
            self.base.format(&Rfc3339).unwrap(),
            self.new_key_at.map_or("-".to_owned(), |n| n.to_string()),
        ]
    }
}

/// What the trace is about: all that changes files and their names, and what makes them last.
const CALLS: &str = "trace=openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,\
                     fsync,fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,\
                     mkdirat,rmdir,close";

/// Whether this machine has strace and lets it trace. Says why not.
pub(crate) fn can_trace() -> bool {
    let works = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    works.is_ok_and(|status| status.success())
}

/// A victim that runs.
pub(crate) struct Victim {
    child: Child,
    traced: bool,
}

impl Victim {
    /// Starts it; `variables` name a point or a mistake. With a trace file, strace writes what it does to disk.
    pub(crate) fn start(orders: &Orders, variables: &[(&str, String)], trace: Option<&Path>) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = match trace {
            None => Command::new(program),
            Some(file) => {
                let mut strace = Command::new("strace");
                strace.args(["-f", "--seccomp-bpf", "-qq", "-xx", "-s", "4194304", "-e", CALLS, "-o"]);
                strace.arg(file).arg(program);
                strace
            }
        };
        command.arg(victim::WORD).args(orders.write()).stdin(Stdio::null()).stdout(Stdio::null());
        command.envs(variables.iter().map(|(name, value)| (*name, value.as_str())));
        if std::env::var_os("YILIN_CRASH_LOUD").is_none() {
            command.stderr(Stdio::null());
        }
        Self { child: command.spawn().unwrap(), traced: trace.is_some() }
    }

    /// Ends it where it is, after so long; nothing if it has ended by itself.
    pub(crate) fn kill_after(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            let left = end.saturating_duration_since(Instant::now());
            std::thread::sleep(left.min(Duration::from_millis(2)));
        }
        self.kill();
        self.child.wait().unwrap();
        true
    }

    /// Waits for its end; kills it and gives `None` when it does not come.
    pub(crate) fn wait(mut self, longest: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + longest;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            if Instant::now() > end {
                self.kill();
                self.child.wait().unwrap();
                return None;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Never the tracer itself: what it traces would go on without it. It ends when that is gone, and has written everything.
    fn kill(&mut self) {
        if !self.traced {
            self.child.kill().unwrap();
            return;
        }
        while self.child.try_wait().unwrap().is_none() {
            for pid in self.traced_children() {
                // One that is gone already is gone.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn traced_children(&self) -> Vec<rustix::process::Pid> {
        let pid = self.child.id();
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        children
            .split_whitespace()
            .filter_map(|pid| rustix::process::Pid::from_raw(pid.parse().ok()?))
            .collect()
    }
}
