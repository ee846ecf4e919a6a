//! PyPI's rauc-hawkbit, unchanged, between this server and a stand-in for RAUC's service on a bus of its own.

use crate::fixture::{Fleet, block_on, until};
use crate::peer::absent;
use crate::updates::{release, roll_out};
use fleet_server::rollout::State;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Debian's, which has D-Bus's bindings.
const PYTHON: &str = "/usr/bin/python3";

/// A program that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Program {
    /// Starts it, and waits for its first line.
    fn start(command: &mut Command) -> (Self, String) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (Self(child), line.trim().to_owned())
    }
}

/// The folder of its packages (`pip install --target`), where there is one.
fn packages() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("YILIN_PEERS_PYTHON")?);
    folder.join("bin/rauc-hawkbit-client").exists().then_some(folder)
}

fn succeeds(command: &mut Command) -> bool {
    let asked = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// A bus that takes any name from anybody who reaches its socket in `folder`.
fn bus(folder: &Path) -> (Program, String) {
    let config = folder.join("bus.conf");
    let text = format!(
        "<busconfig><type>system</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
         <policy context=\"default\"><allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/>\
         <allow user=\"*\"/></policy></busconfig>",
        folder.join("bus").display()
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new("dbus-daemon");
    command.arg("--config-file").arg(&config).args(["--nofork", "--print-address"]);
    Program::start(&mut command)
}

#[test]
fn rauc_hawkbit_installs_from_here() {
    let Some(packages) = packages() else {
        return absent("rauc-hawkbit is not in the folder of YILIN_PEERS_PYTHON");
    };
    if !succeeds(Command::new("dbus-daemon").arg("--version")) {
        return absent("dbus-daemon is not installed");
    }
    let python = || {
        let mut command = Command::new(PYTHON);
        command.env("PYTHONPATH", &packages).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    if !succeeds(python().args(["-c", "import gi, gbulb, aiohttp, rauc_hawkbit"])) {
        return absent(
            "python3-gi is not installed, or gbulb and aiohttp are not in the folder of YILIN_PEERS_PYTHON",
        );
    }
    block_on(async {
        let mut fleet = Fleet::start_with(None, |options| options.policy.tokens = true).await;
        let folder = tempfile::tempdir().unwrap();
        let terminal = fleet.terminal("T-1").await;
        let id = fleet_api::TerminalId("T-1".into());
        let token = fleet_server::orders::enrolment::token(fleet.server(), &id).await.unwrap();
        let bundle: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
        let release = release(&fleet, "1.1.0", &bundle, "yilin-1.1.0.raucb").await;
        let rollout = roll_out(&fleet, release, &[100], 0).await;

        let (_bus, address) = bus(folder.path());
        let installed = folder.path().join("installed");
        let rauc = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fleet/peers/rauc.py");
        let mut command = python();
        command.arg(rauc).arg(&installed).env("DBUS_SYSTEM_BUS_ADDRESS", &address);
        let (_rauc, ready) = Program::start(&mut command);
        assert_eq!(ready, "ready");

        let config = folder.path().join("config.cfg");
        let host = fleet.url().strip_prefix("https://").unwrap().to_owned();
        let text = format!(
            "[client]\nhawkbit_server = {host}\nssl = true\ntenant_id = default\ntarget_name = T-1\nauth_token = {token}\n\
             mac_address = 02:00:00:00:00:01\nbundle_download_location = {}\nlog_level = debug\n",
            folder.path().join("bundle.raucb").display()
        );
        std::fs::write(&config, text).unwrap();
        let log = folder.path().join("client.log");
        let _client = Program(
            python()
                .arg(packages.join("bin/rauc-hawkbit-client"))
                .arg("-c")
                .arg(&config)
                .env("DBUS_SYSTEM_BUS_ADDRESS", &address)
                .env("SSL_CERT_FILE", fleet.root())
                .stdout(Stdio::null())
                .stderr(std::fs::File::create(&log).unwrap())
                .spawn()
                .unwrap(),
        );
        until("the rollout is done", async || {
            fleet.server().store.rollout(rollout).await.unwrap().unwrap().state == State::Done
        })
        .await;
        let log = std::fs::read_to_string(&log).unwrap();
        let store = &fleet.server().store;
        let [action] = &store.actions("T-1", 10).await.unwrap()[..] else { panic!("one action\n{log}") };
        assert_eq!(action.state, "succeeded", "{log}");
        assert_eq!(std::fs::read(&installed).unwrap(), bundle, "{log}");
        assert_eq!(store.attributes("T-1").await.unwrap()["MAC"], "02:00:00:00:00:01");
        assert_eq!(terminal.link("deploymentBase").await, None);
        assert_eq!(terminal.link("configData").await, None);
        assert!(log.contains("Download successful") && log.contains("Will sleep for 00:00:01"), "{log}");
        fleet.running.take().unwrap().stop().await;
    });
}
