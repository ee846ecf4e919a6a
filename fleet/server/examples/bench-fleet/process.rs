//! The programs that are measured, and what the kernel says of them.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The programs, built as this one is: in release, unless the benchmark itself is looked for faults.
pub(crate) struct Programs {
    pub(crate) fleet: PathBuf,
    pub(crate) agent: PathBuf,
}

impl Programs {
    pub(crate) fn build() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let server = ["fleet-server", "--bin", "yilin-fleet", "--example", "bench-fleet"];
        let agent = ["fleet-agent", "--bin", "yilin-agent"];
        // The server with what this program needs of the libraries, so that they are built once; the agent by itself, so that no
        // simulator is in it.
        for program in [&server[..], &agent[..]] {
            let mut build = Command::new(&cargo);
            build.args(["build", "--quiet", "--locked"]).arg("--package").args(program);
            if !cfg!(debug_assertions) {
                build.arg("--release");
            }
            assert!(build.status().unwrap().success(), "{program:?} cannot be built");
        }
        // …/release/examples/bench-fleet: the programs lie one folder above.
        let here = std::env::current_exe().unwrap();
        let release = here.parent().and_then(Path::parent).unwrap();
        Self { fleet: release.join("yilin-fleet"), agent: release.join("yilin-agent") }
    }
}

/// As many open files as the system lets us have: a line is one here and one at the server.
pub(crate) fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    assert!(limit.current.is_none_or(|most| most >= 16_000), "16,000 open files are needed (ulimit -Hn)");
}

/// A program that runs, ended with this value.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Starts it and reads its first line.
    pub(crate) fn start(command: &mut Command) -> (Self, String) {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut process = Self(child);
        let mut line = String::new();
        BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (process, line)
    }

    /// Seconds of processor time that it has used, all threads, user and kernel.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        // proc(5): utime and stime are the 14th and 15th field, in ticks; a name may hold blanks.
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks: f64 =
            after_name.split_whitespace().skip(11).take(2).map(|n| n.parse::<f64>().unwrap()).sum();
        // Hundredths of a second, whatever the kernel's own clock does: USER_HZ of Linux's interface to programs.
        ticks / 100.0
    }

    /// MB (10⁶ bytes) of memory, shared pages divided by those who share them.
    pub(crate) fn pss_mb(&self) -> f64 {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0.id())).unwrap();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() * 1024.0 / 1e6
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that runs: `yilin-fleet serve`.
pub(crate) struct Serving {
    pub(crate) process: Process,
    pub(crate) device_port: u16,
    pub(crate) console_port: u16,
    pub(crate) device_url: String,
}

impl Serving {
    pub(crate) fn start(programs: &Programs, data: &Path, database: Option<&str>) -> Self {
        let console_port = free_port();
        let mut command = Command::new(&programs.fleet);
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
        command.args(["--console", &format!("127.0.0.1:{console_port}"), "--data"]).arg(data);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        command.env("RUST_LOG", "warn");
        let (process, line) = Process::start(&mut command);
        let urls: Value = serde_json::from_str(&line).unwrap();
        let device_url = urls["device_url"].as_str().unwrap().to_owned();
        let device_port = device_url.rsplit(':').next().unwrap().parse().unwrap();
        Self { process, device_port, console_port, device_url }
    }

    pub(crate) fn stop(self) {
        self.process.stop();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
