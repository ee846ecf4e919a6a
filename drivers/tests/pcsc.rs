//! A social-security card through PC/SC: Debian's `pcscd`, the virtual reader of `vsmartcard-vpcd`, our fictitious card in
//! it, and `yilin-device` in front. The service has a socket of its own here, so that one of the machine is not disturbed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on shows where, and one that is skipped says why"
)]

mod peer;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use drivers::sim::social_security_card::{
    AnswerStyle, FictitiousSocialSecurityCard, SocialSecurityFault as Fault, VirtualCard,
};
use serde_json::{Value, json};

const SERVICE: &str = "/usr/sbin/pcscd";
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const READER: &str = "pcsc:Virtual PCD 00 00";
/// Enough for a service that starts, even on a machine that does other things.
const ENOUGH: Duration = Duration::from_secs(30);

/// The service with a virtual reader, ended with this value.
struct Service {
    child: Child,
    folder: tempfile::TempDir,
    reader: SocketAddr,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Two ports in a row that nobody uses: the driver takes one for each of its two slots.
fn port() -> u16 {
    loop {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind((Ipv4Addr::LOCALHOST, port + 1)).is_ok() {
            return port;
        }
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + ENOUGH;
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within {ENOUGH:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Service {
    /// None where its programs are not installed, with the reason printed.
    fn start() -> Option<Self> {
        let needed = [(SERVICE, "pcscd"), (DRIVER, "vsmartcard-vpcd"), ("/usr/bin/unshare", "util-linux")];
        let there = |(path, package): &(&str, &str)| peer::is_there(path, package, Path::new(path).exists());
        if !needed.iter().all(there) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = port();
        let configuration = folder.path().join("reader.conf");
        std::fs::write(
            &configuration,
            format!(
                "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port:#06X}\nLIBPATH {DRIVER}\nCHANNELID {port:#06X}\n"
            ),
        )
        .unwrap();
        let socket = folder.path().join("run");
        std::fs::create_dir(&socket).unwrap();
        let mut unshare = Command::new("/usr/bin/unshare");
        unshare.arg("--mount");
        if !rustix::process::geteuid().is_root() {
            unshare.arg("--map-root-user");
        }
        // The socket's folder is built into the service, so it gets a /run of its own in which that folder is ours.
        let child = unshare
            .args(["sh", "-c", "mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind \"$1\" /run/pcscd && exec \"$2\" --foreground --config \"$3\"", "sh"])
            .args([socket.as_os_str(), SERVICE.as_ref(), configuration.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let service = Self { child, folder, reader: (Ipv4Addr::LOCALHOST, port).into() };
        wait_until("the service's socket", || service.socket().exists());
        Some(service)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// Puts a card in once the service has seen that the one before has gone.
    fn insert(&self, card: FictitiousSocialSecurityCard) -> VirtualCard {
        wait_until("an empty reader", || {
            let (_, error, _) = self.json(&["card", "read", "--port", READER, "--timeout", "0"]);
            error["error"]["kind"] == "no_card"
        });
        let mut inserted = None;
        wait_until("the virtual reader", || {
            inserted = VirtualCard::insert(self.reader, card.clone()).ok();
            inserted.is_some()
        });
        inserted.unwrap()
    }

    /// The one line of JSON that a command prints, and its exit code.
    fn json(&self, arguments: &[&str]) -> (String, Value, Option<i32>) {
        json(&self.socket(), arguments)
    }
}

fn json(socket: &Path, arguments: &[&str]) -> (String, Value, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_yilin-device"))
        .arg("--json")
        .args(arguments)
        .env("PCSCLITE_CSOCK_NAME", socket)
        .output()
        .unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    let value = serde_json::from_str(&line).unwrap();
    (line, value, output.status.code())
}

const MASKED: &str = concat!(
    r#"{"kind":"social_security","name":"张**","sex":"1","nation":"01","birth":"1940-**-**","#,
    r#""birthplace":"990000","number":"9900************14","card_number":"Z990***01","#,
    r#""card_id":"9900********************89","class":"1","version":"2.00","region":"990000","#,
    r#""issuer":"990000000000000000000001","valid_from":"2020-01-01","valid_to":"2040-01-01","warnings":[]}"#,
    "\n"
);

#[test]
fn a_card_is_read_through_the_service() {
    let Some(service) = Service::start() else { return };
    let read = ["card", "read", "--port", READER, "--timeout", "30"];

    let (_, status, code) = service.json(&["card", "status", "--port", READER]);
    assert_eq!(
        (status, code),
        (json!({"state": "online", "sam_id": null, "baud": null, "error": null}), Some(0))
    );

    let sample = FictitiousSocialSecurityCard::sample;
    {
        let _card = service.insert(sample());
        let (line, _, code) = service.json(&read);
        assert_eq!((line.as_str(), code), (MASKED, Some(0)));
        // A card that stays is read again, and what is revealed is whole.
        let (_, card, code) = service.json(&[&read[..], &["--reveal"]].concat());
        assert_eq!(code, Some(0));
        assert_eq!((&card["name"], &card["number"]), (&json!("张示例"), &json!("990000194001010014")));
        assert_eq!((&card["birth"], &card["card_number"]), (&json!("1940-01-01"), &json!("Z99000001")));
        // Recorded, it is a card of nobody.
        let file = service.folder.path().join("reading.jsonl");
        let (line, _, code) = service.json(&[&read[..], &["--record", file.to_str().unwrap()]].concat());
        assert_eq!((line.as_str(), code), (MASKED, Some(0)));
        let replay = format!("replay:{}", file.display());
        let (_, card, code) = service.json(&["card", "read", "--reveal", "--port", &replay]);
        assert_eq!((&card["name"], code), (&json!("替代人"), Some(0)));
    }
    for style in [AnswerStyle::Fetched, AnswerStyle::RightLength] {
        let short = vec![0xD5, 0xC5, 0xCA, 0xBE, 0xC0, 0xFD];
        let card = FictitiousSocialSecurityCard { style, ..sample() }.with(0x09, short);
        let _card = service.insert(card);
        assert_eq!(service.json(&read).0, MASKED, "{style:?}");
    }
    for (fault, kind) in [
        (Fault::OtherCard, "invalid_card"),
        (Fault::Security, "security"),
        (Fault::WrongTag(0x09), "invalid_data"),
        (Fault::Absent(0x08), "invalid_data"),
        (Fault::Removed(0x09), "card_removed"),
    ] {
        let _card = service.insert(FictitiousSocialSecurityCard { fault: Some(fault), ..sample() });
        let (_, error, code) = service.json(&read);
        assert_eq!((&error["error"]["kind"], code), (&json!(kind), Some(1)), "{fault:?}: {error}");
    }
}

#[test]
fn a_service_that_is_not_there_is_port_trouble() {
    let (_, error, code) = json(Path::new("/no/such/socket"), &["card", "read", "--port", READER]);
    assert_eq!((&error["error"]["kind"], code), (&json!("port"), Some(1)));
    let (_, status, code) = json(Path::new("/no/such/socket"), &["card", "status", "--port", READER]);
    assert_eq!(
        (&status["state"], &status["error"]["kind"], code),
        (&json!("offline"), &json!("port"), Some(1))
    );
}
