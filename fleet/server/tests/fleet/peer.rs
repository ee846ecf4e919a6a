//! Programs that are not ours.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// Says why a test does not run; where peers are required, it fails instead.
#[allow(clippy::print_stderr, reason = "who reads the test should know that it did not run")]
pub(crate) fn absent(why: &str) {
    assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "{why}");
    eprintln!("skipped: {why}");
}

/// A PostgreSQL of its own in a folder of its own, ended with the value.
pub(crate) struct Postgres {
    folder: tempfile::TempDir,
    server: Child,
}

/// Debian's programs, newest version first.
fn programs() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
                .ok()?
                .flatten()
                .map(|e| e.path().join("bin"))
                .collect();
            versions.sort();
            versions.into_iter().rev().find(|bin| bin.join("initdb").exists())
        })
        .as_deref()
}

/// PostgreSQL does not run as root.
fn as_somebody(program: &Path) -> Command {
    if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// The server on the data of `folder`; only by a socket in it: no port that another could have.
fn serve(bin: &Path, folder: &Path) -> Child {
    as_somebody(&bin.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-k"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl Postgres {
    /// None: it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let bin = programs()?;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        if rustix::process::geteuid().is_root() {
            for path in [folder.path(), &data] {
                let done = Command::new("chown").arg("nobody:nogroup").arg(path).status().unwrap();
                assert!(done.success());
            }
        }
        let made = as_somebody(&bin.join("initdb"))
            .args(["--auth=trust", "--username=fleet", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let server = serve(bin, folder.path());
        let mut postgres = Self { folder, server };
        postgres.wait_until_it_answers(bin);
        Some(postgres)
    }

    /// Ends it at once, as by a loss of power; its data stay.
    pub(crate) fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Starts it again on the same data.
    pub(crate) fn start_again(&mut self) {
        let bin = programs().unwrap();
        self.server = serve(bin, self.folder.path());
        self.wait_until_it_answers(bin);
    }

    fn wait_until_it_answers(&mut self, bin: &Path) {
        for _ in 0..600 {
            // The children of one that was killed hold its memory for a moment: it does not start beside them.
            if self.server.try_wait().unwrap().is_some() {
                self.server = serve(bin, self.folder.path());
            }
            let answers = as_somebody(&bin.join("pg_isready"))
                .arg("-h")
                .arg(self.folder.path())
                .args(["-U", "fleet", "-d", "postgres"])
                .stdout(Stdio::null())
                .status()
                .unwrap();
            if answers.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL did not start");
    }

    pub(crate) fn address(&self) -> String {
        self.address_of("postgres")
    }

    pub(crate) fn address_of(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=fleet", self.folder.path().display())
    }

    /// Runs one of its programs on it.
    pub(crate) fn tool(&self, program: &str, arguments: &[&str]) {
        let mut command = as_somebody(&programs().unwrap().join(program));
        command.arg("-h").arg(self.folder.path()).args(["-U", "fleet"]).args(arguments);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT: at once; its children go with it.
        let id = i32::try_from(self.server.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::QUIT);
        }
        let _ = self.server.wait();
    }
}
