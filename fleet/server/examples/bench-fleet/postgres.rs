//! A PostgreSQL of its own, with what it does by default: a commit is on the disk.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    server: Child,
}

/// PostgreSQL does not run as root.
fn as_somebody(program: &Path) -> Command {
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Postgres {
    pub(crate) fn start(folder: &Path) -> Self {
        let bin = PathBuf::from("/usr/lib/postgresql/15/bin");
        assert!(bin.join("initdb").exists(), "PostgreSQL 15 is not installed (Debian: postgresql)");
        let data = folder.join("data");
        std::fs::create_dir_all(&data).unwrap();
        if rustix::process::geteuid().is_root() {
            // The way to its folder is open to it.
            use std::os::unix::fs::PermissionsExt as _;
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(folder.parent().unwrap(), open).unwrap();
            let owned = Command::new("chown").arg("-R").arg("nobody:nogroup").arg(folder).status().unwrap();
            assert!(owned.success());
        }
        let made = as_somebody(&bin.join("initdb"))
            .args(["--auth=trust", "--username=fleet", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let server = as_somebody(&bin.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-k"])
            .arg(folder)
            .spawn()
            .unwrap();
        let postgres = Self { bin, folder: folder.to_owned(), server };
        let answers = || postgres.program("pg_isready", &["-d", "postgres"]);
        assert!(
            (0..600).any(|_| answers() || {
                std::thread::sleep(Duration::from_millis(100));
                false
            }),
            "PostgreSQL did not start"
        );
        postgres
    }

    fn program(&self, name: &str, arguments: &[&str]) -> bool {
        let mut command = as_somebody(&self.bin.join(name));
        command.arg("-h").arg(&self.folder).args(["-U", "fleet"]).args(arguments);
        command.status().unwrap().success()
    }

    /// The address of a new database.
    pub(crate) fn database(&self, name: &str) -> String {
        assert!(self.program("createdb", &[name]), "the database {name} cannot be made");
        format!("postgres:///{name}?host={}&user=fleet", self.folder.display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT: at once; its children go with it.
        let id = rustix::process::Pid::from_child(&self.server);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::QUIT);
        let _ = self.server.wait();
    }
}
