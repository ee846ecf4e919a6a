//! RAUC by its command line (RAUC 1.8; the program asks RAUC's service over D-Bus), and by that service where the bundle is an
//! address.
//!
//! Duty: one call of `rauc` for each wish, its answer read strictly. Never: a key or an address's credentials on a command
//! line; streaming reads them where RAUC's own system.conf says.

use super::installer::{BundleAt, BundleSays, Installer, InstallerError, OtherSlot, Slots};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

/// The class of slots that hold the system.
const CLASS: &str = "rootfs";
/// The longest answer that is read.
const ANSWER: u64 = 1024 * 1024;

/// RAUC.
#[derive(Debug, Clone)]
pub struct Rauc {
    program: String,
}

impl Default for Rauc {
    fn default() -> Self {
        Self { program: "rauc".to_owned() }
    }
}

impl Rauc {
    /// RAUC by another name or path.
    pub fn at(program: impl Into<String>) -> Self {
        Self { program: program.into() }
    }

    fn run(&self, doing: &'static str, arguments: &[&str]) -> Result<Vec<u8>, InstallerError> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|cause| InstallerError::Program { program: self.program.clone(), cause })?;
        let mut said = child.stderr.take();
        // Its complaints are read beside its answer, so that neither pipe fills.
        let complaints = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(said) = said.as_mut() {
                let _ = said.take(ANSWER).read_to_end(&mut bytes);
            }
            bytes
        });
        let mut answer = Vec::new();
        if let Some(out) = child.stdout.take() {
            out.take(ANSWER)
                .read_to_end(&mut answer)
                .map_err(|cause| InstallerError::Program { program: self.program.clone(), cause })?;
        }
        let status =
            child.wait().map_err(|cause| InstallerError::Program { program: self.program.clone(), cause })?;
        let complaints = complaints.join().unwrap_or_default();
        if status.success() {
            return Ok(answer);
        }
        Err(InstallerError::Refused { doing, said: last_words(&complaints, &answer) })
    }

    fn mark(&self, doing: &'static str, how: &str, slot: &str) -> Result<(), InstallerError> {
        self.run(doing, &["status", how, slot]).map(drop)
    }
}

impl Installer for Rauc {
    fn slots(&self) -> Result<Slots, InstallerError> {
        let answer = self.run("slots", &["status", "--detailed", "--output-format=json"])?;
        let slots = parse_status(&answer).map_err(|what| InstallerError::Answer { doing: "slots", what })?;
        Ok(Slots { busy: is_busy(), ..slots })
    }

    fn inspect(&self, bundle: &BundleAt) -> Result<BundleSays, InstallerError> {
        let (answer, parse): (_, fn(&[u8]) -> _) = match bundle {
            BundleAt::File(_) => {
                (self.run("bundle", &["info", "--output-format=json", &place(bundle)])?, parse_info)
            }
            // What lies elsewhere is opened by RAUC's service, which may: the command line has our rights alone.
            BundleAt::Url(url) => {
                let call = ["--system", "--json=short", "--timeout=120", "call"];
                let info = ["de.pengutronix.rauc", "/", "de.pengutronix.rauc.Installer", "Info", "s", url];
                let arguments = [&call[..], &info[..]].concat();
                (Self::at("busctl").run("bundle", &arguments)?, parse_service_info)
            }
        };
        parse(&answer).map_err(|what| InstallerError::Answer { doing: "bundle", what })
    }

    fn install(&self, bundle: &BundleAt, progress: &dyn Fn(u8)) -> Result<(), InstallerError> {
        let mut child = Command::new(&self.program)
            .args(["install", "--progress", &place(bundle)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|cause| InstallerError::Program { program: self.program.clone(), cause })?;
        let said = child.stderr.take();
        let complaints = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(said) = said {
                let _ = said.take(ANSWER).read_to_end(&mut bytes);
            }
            bytes
        });
        let mut last = Vec::new();
        if let Some(out) = child.stdout.take() {
            // The progress bar is written over itself with carriage returns.
            for piece in BufReader::new(out).split(b'\r').flatten() {
                if let Some(percent) = percent(&piece) {
                    progress(percent);
                }
                last = piece;
                last.truncate(2000);
            }
        }
        let status =
            child.wait().map_err(|cause| InstallerError::Program { program: self.program.clone(), cause })?;
        let complaints = complaints.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        Err(InstallerError::Refused { doing: "installation", said: last_words(&complaints, &last) })
    }

    fn mark_good(&self) -> Result<(), InstallerError> {
        self.mark("marking good", "mark-good", "booted")
    }

    fn give_up(&self) -> Result<(), InstallerError> {
        self.mark("choosing the other slot", "mark-active", "other")?;
        self.mark("marking bad", "mark-bad", "booted")
    }

    fn go_back(&self) -> Result<(), InstallerError> {
        self.mark("choosing the other slot", "mark-active", "other")
    }
}

/// Whether RAUC's service is at work: it goes on when the agent that asked it was killed.
fn is_busy() -> bool {
    let property = ["get-property", "de.pengutronix.rauc", "/", "de.pengutronix.rauc.Installer", "Operation"];
    let asked = Command::new("busctl").arg("--system").args(property).stdin(Stdio::null()).output();
    asked.is_ok_and(|asked| asked.status.success() && asked.stdout.trim_ascii() == b"s \"installing\"")
}

fn place(bundle: &BundleAt) -> String {
    match bundle {
        BundleAt::File(file) => file.display().to_string(),
        BundleAt::Url(url) => url.clone(),
    }
}

/// The last line that says something, bounded.
fn last_words(complaints: &[u8], answer: &[u8]) -> String {
    let line = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let last = text.lines().map(str::trim).rfind(|line| !line.is_empty());
        last.map(|line| line.chars().filter(|c| !c.is_control()).take(300).collect::<String>())
    };
    line(complaints).or_else(|| line(answer)).unwrap_or_else(|| "it said nothing".to_owned())
}

/// ` 40% Checking slot …`.
fn percent(piece: &[u8]) -> Option<u8> {
    let text = String::from_utf8_lossy(piece);
    let before = text.rsplit_once('%')?.0;
    let start = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    before.get(start..)?.parse().ok().filter(|percent| *percent <= 100)
}

#[derive(Deserialize)]
struct StatusAnswer {
    booted: String,
    #[serde(default)]
    boot_primary: Option<String>,
    slots: Vec<BTreeMap<String, SlotAnswer>>,
}

#[derive(Deserialize)]
struct SlotAnswer {
    class: String,
    #[serde(default)]
    bootname: Option<String>,
    state: String,
    #[serde(default)]
    boot_status: Option<String>,
    #[serde(default)]
    slot_status: Option<SlotStatus>,
}

#[derive(Deserialize)]
struct SlotStatus {
    #[serde(default)]
    bundle: Option<BundleStatus>,
    #[serde(default)]
    status: Option<String>,
}

#[derive(Deserialize)]
struct BundleStatus {
    #[serde(default)]
    version: Option<String>,
}

fn parse_status(answer: &[u8]) -> Result<Slots, String> {
    let status: StatusAnswer = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    let ours: Vec<(String, SlotAnswer)> =
        status.slots.into_iter().flatten().filter(|(_, slot)| slot.class == CLASS).collect();
    let running = ours.iter().find(|(_, slot)| slot.state == "booted");
    let running = running.ok_or("no slot of class rootfs runs")?;
    let mut others = ours.iter().filter(|(_, slot)| slot.state != "booted");
    let (Some((name, other)), None) = (others.next(), others.next()) else {
        return Err("two slots of class rootfs are expected".to_owned());
    };
    let called = |name: &str, slot: &SlotAnswer| slot.bootname.clone().unwrap_or_else(|| name.to_owned());
    if running.1.bootname.as_ref().is_some_and(|name| *name != status.booted) && running.0 != status.booted {
        return Err(format!("`{}` runs, which is no slot of class rootfs", status.booted.escape_debug()));
    }
    let kept = other.slot_status.as_ref();
    let whole = kept.and_then(|kept| kept.status.as_deref()).is_none_or(|status| status == "ok");
    let version = kept.and_then(|kept| kept.bundle.as_ref()).and_then(|bundle| bundle.version.as_deref());
    Ok(Slots {
        running: called(&running.0, &running.1),
        other: OtherSlot {
            name: called(name, other),
            version: version.filter(|_| whole).and_then(|version| version.parse().ok()),
            bad: other.boot_status.as_deref() == Some("bad"),
            next: status.boot_primary.as_deref() == Some(name),
        },
        busy: false,
    })
}

#[derive(Deserialize)]
struct InfoAnswer {
    compatible: String,
    version: String,
}

fn parse_info(answer: &[u8]) -> Result<BundleSays, String> {
    let info: InfoAnswer = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    Ok(BundleSays { compatible: info.compatible, version: info.version })
}

/// What `busctl --json=short` prints of an answer: `Info` has two texts, `compatible` and `version`.
#[derive(Deserialize)]
struct ServiceInfo {
    data: (String, String),
}

fn parse_service_info(answer: &[u8]) -> Result<BundleSays, String> {
    let info: ServiceInfo = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    let (compatible, version) = info.data;
    Ok(BundleSays { compatible, version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As rauc 1.8's manual writes it (Reference, `rauc status --output-format=json`).
    const STATUS: &str = r#"{"compatible":"yilin-x86-64","variant":"","booted":"A","boot_primary":"rootfs.1","slots":[
        {"rootfs.1":{"class":"rootfs","device":"/dev/b","type":"raw","bootname":"B","state":"inactive","parent":null,
          "mountpoint":null,"boot_status":"bad","slot_status":{"bundle":{"compatible":"yilin-x86-64","version":"1.2.0",
          "description":"","build":""},"checksum":{"sha256":"00","size":1},"installed":{"timestamp":"2026-11-28T00:00:00Z",
          "count":1},"status":"ok"}}},
        {"rootfs.0":{"class":"rootfs","device":"/dev/a","type":"raw","bootname":"A","state":"booted","parent":null,
          "mountpoint":"/","boot_status":"good"}},
        {"data.0":{"class":"data","device":"/dev/d","type":"ext4","bootname":null,"state":"active","parent":null,
          "mountpoint":null,"boot_status":null}}]}"#;

    #[test]
    fn slots_as_rauc_says_them() {
        let slots = parse_status(STATUS.as_bytes()).unwrap();
        assert_eq!(slots.running, "A");
        let version = Some("1.2.0".parse().unwrap());
        assert_eq!(slots.other, OtherSlot { name: "B".into(), version, bad: true, next: true });
        let pending = STATUS.replace("\"status\":\"ok\"", "\"status\":\"pending\"");
        assert_eq!(parse_status(pending.as_bytes()).unwrap().other.version, None, "half written");
        let none = STATUS.replace("\"state\":\"booted\"", "\"state\":\"inactive\"");
        assert!(parse_status(none.as_bytes()).is_err());
        assert!(parse_status(b"{}").is_err());
    }

    #[test]
    fn bundles_and_progress() {
        let says =
            parse_info(br#"{"compatible":"c","version":"1.0.0","description":null,"images":[]}"#).unwrap();
        assert_eq!((says.compatible.as_str(), says.version.as_str()), ("c", "1.0.0"));
        // As busctl(1) prints the answer of the type "ss" that RAUC 1.8's D-Bus reference gives for Info.
        let says = parse_service_info(br#"{"type":"ss","data":["c","1.0.0"]}"#).unwrap();
        assert_eq!((says.compatible.as_str(), says.version.as_str()), ("c", "1.0.0"));
        assert!(parse_service_info(br#"{"type":"s","data":["c"]}"#).is_err());
        assert_eq!(percent(b" 40% Checking slot rootfs.1 done."), Some(40));
        assert_eq!(percent("\u{2588}\u{2588} 100% Installing done.".as_bytes()), Some(100));
        assert_eq!(percent(b"installing"), None);
        assert_eq!(percent(b"999%"), None);
        assert_eq!(last_words(b"one\nLastError: wrong signer\n\n", b"x"), "LastError: wrong signer");
    }

    proptest! {
        #[test]
        fn any_answer_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (parse_status(&bytes), parse_info(&bytes), parse_service_info(&bytes), percent(&bytes), last_words(&bytes, &bytes));
        }

        #[test]
        fn any_change_of_a_good_answer_is_answered(at in 0..STATUS.len(), byte in any::<u8>()) {
            let mut bytes = STATUS.as_bytes().to_vec();
            bytes[at] = byte;
            let _ = parse_status(&bytes);
        }
    }
}
