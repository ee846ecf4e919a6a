//! Clients of the field, unchanged: Debian's swupdate.

use crate::fixture::{Fleet, block_on, until};
use crate::peer::absent;
use crate::updates::{release, roll_out};
use fleet_server::rollout::State;
use std::process::{Command, Stdio};

/// A `.swu` (a cpio archive, SVR4 with checksums, of a description, its signature and its files) whose one file is written
/// to `target`. Debian builds swupdate so that it takes signed ones only.
fn swu(folder: &std::path::Path, target: &std::path::Path) -> Vec<u8> {
    let payload = "the new system";
    let description = format!(
        "software =\n{{\n\tversion = \"1.1.0\";\n\thardware-compatibility: [ \"1.0\" ];\n\tfiles: ( {{ filename = \"payload\"; \
         path = \"{}\"; sha256 = \"{}\"; }} );\n}};\n",
        target.display(),
        fleet_server::secret::sha256(payload.as_bytes())
    );
    std::fs::write(folder.join("sw-description"), description).unwrap();
    std::fs::write(folder.join("payload"), payload).unwrap();
    let script = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out signer.pem -subj /CN=test -days 2 \
                  -addext extendedKeyUsage=emailProtection 2>/dev/null && openssl cms -sign -in sw-description \
                  -out sw-description.sig -signer signer.pem -inkey key.pem -outform DER -nosmimecap -binary && \
                  printf 'sw-description\\nsw-description.sig\\npayload\\n' | cpio -o -H crc 2>/dev/null";
    let cpio = Command::new("sh").args(["-c", script]).current_dir(folder).output().unwrap();
    assert!(cpio.status.success(), "{}", String::from_utf8_lossy(&cpio.stderr));
    cpio.stdout
}

#[test]
fn swupdate_installs_from_here() {
    for program in ["swupdate", "cpio", "openssl"] {
        if Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_err()
        {
            return absent(&format!("{program} is not installed"));
        }
    }
    block_on(async {
        let mut fleet = Fleet::start_with(None, |options| options.policy.tokens = true).await;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("installed");
        let terminal = fleet.terminal("T-1").await;
        let id = fleet_api::TerminalId("T-1".into());
        let token = fleet_server::orders::enrolment::token(fleet.server(), &id).await.unwrap();
        let bundle = swu(folder.path(), &target);
        let release = release(&fleet, "1.1.0", &bundle, "yilin-1.1.0.swu").await;
        let rollout = roll_out(&fleet, release, &[100], 0).await;
        // It empties its own folder at its end.
        let sockets = folder.path().join("sockets");
        std::fs::create_dir(&sockets).unwrap();
        let config = folder.path().join("swupdate.cfg");
        let text = format!("globals : {{ }};\nsuricatta : {{ cafile = \"{}\"; }};\n", fleet.root().display());
        std::fs::write(&config, text).unwrap();
        // What it installed it reports when it is started again, as after a restart of the machine.
        let run = |confirm: &str| {
            let suricatta = format!("-t default -u {} -i T-1 -k {token} -p 1 {confirm}", fleet.url());
            Command::new("swupdate")
                .arg("-k")
                .arg(folder.path().join("signer.pem"))
                .args(["-H", "kiosk:1.0"])
                .arg("-f")
                .arg(&config)
                .args(["-u", &suricatta])
                .env("TMPDIR", &sockets)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        };
        let mut first = run("");
        until("the file is installed", async || {
            std::fs::read_to_string(&target).is_ok_and(|text| text == "the new system")
        })
        .await;
        let _ = first.kill();
        let _ = first.wait();
        let mut second = run("-c 2");
        until("the rollout is done", async || {
            fleet.server().store.rollout(rollout).await.unwrap().unwrap().state == State::Done
        })
        .await;
        let _ = second.kill();
        let _ = second.wait();
        assert_eq!(terminal.link("deploymentBase").await, None);
        fleet.running.take().unwrap().stop().await;
    });
}
