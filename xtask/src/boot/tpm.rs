//! A data partition that only its machine's TPM opens: made at the first start, opened at the second, shut to another TPM.
//!
//! Duty: ask the guest which partition it has, and look at the disk's own bytes. Never: know a key.

use super::host::Host;
use super::machine::{self, Attached, Machine};
use super::provision::{self, Delivery};
use super::{ASKED, BootError, Folders, START, power_on};
use crate::program::{ProgramError, output};
use crate::running::tied;
use crate::say;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How a LUKS2 partition begins (LUKS2 on-disk format, 2.1).
const MAGIC: &[u8] = b"LUKS\xba\xbe\0\x02";
/// A word of the terminal's file, which nobody may read on the disk.
const SECRET: &str = "px_per_mm = 4.03";
/// The partition is made or opened before this.
const MADE: &str = "until [ -s /run/yilin-data ]; do sleep 1; done; cat /run/yilin-data";

/// A TPM 2.0 in software; it ends with us.
struct Tpm {
    process: Child,
    socket: PathBuf,
}

impl Tpm {
    /// With the state that lies in a folder, or a new one.
    fn start(state: &Path) -> Result<Self, BootError> {
        let file = |e| BootError::File(state.to_owned(), e);
        std::fs::create_dir_all(state).map_err(file)?;
        let socket = state.join("socket");
        let _old = std::fs::remove_file(&socket);
        let mut swtpm = tied(Path::new("swtpm"));
        swtpm.args(["socket", "--tpm2", "--tpmstate"]).arg(format!("dir={}", state.display()));
        swtpm.arg("--ctrl").arg(format!("type=unixio,path={}", socket.display()));
        let process = swtpm.stdin(Stdio::null()).spawn();
        let process = process.map_err(|e| ProgramError::Start("swtpm".to_owned(), e))?;
        let until = Instant::now() + Duration::from_secs(10);
        while !socket.exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { process, socket })
    }

    fn attached(&self) -> Attached {
        Attached { tpm: Some(self.socket.clone()), ..Attached::default() }
    }
}

impl Drop for Tpm {
    fn drop(&mut self) {
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Sees it.
pub(super) fn run(folders: &Folders) -> Result<(), BootError> {
    let host = Host::start(&folders.programs, &folders.machine)?;
    let disk = folders.machine.join("disk.img");
    // As it leaves a factory: nothing is in the data partition.
    machine::copied(&folders.image.join("disk.img"), &disk)?;

    let own = folders.machine.join("tpm");
    let tpm = Tpm::start(&own)?;
    let (mut machine, reader) = power_on(folders, &host, tpm.attached())?;
    expect(&mut machine, "encrypted", "made at the first start")?;
    let tree = provision::tree(&host, &folders.machine, Delivery::Stream, &Attached::default())?;
    fill(&mut machine, &tree, &folders.machine)?;
    machine.shut_down(START)?;
    drop((machine, reader, tpm));
    shut(&disk)?;

    let tpm = Tpm::start(&own)?;
    let (mut machine, reader) = power_on(folders, &host, tpm.attached())?;
    let painted = machine.painted(START)?;
    say(&format!("{:5.1} s  the idle page is painted", painted.as_secs_f64()));
    expect(&mut machine, "encrypted", "opened by its TPM")?;
    let audit = machine.run("yilin-audit | grep data_is", START)?.out;
    audit.lines().for_each(say);
    machine.shut_down(START)?;
    drop((machine, reader, tpm));

    let before = header(&disk)?;
    let tpm = Tpm::start(&folders.machine.join("another-tpm"))?;
    let (mut machine, _reader) = power_on(folders, &host, tpm.attached())?;
    expect(&mut machine, "volatile", "not opened by another TPM")?;
    machine.cut();
    if header(&disk)? != before {
        return Err(BootError::Data("a machine with another TPM wrote to it".to_owned()));
    }
    say("another TPM's machine left it as it was");
    Ok(())
}

/// What the guest says of its data.
fn expect(machine: &mut Machine, word: &str, meaning: &str) -> Result<(), BootError> {
    let said = machine.run(MADE, START)?.well("the data partition's word")?;
    if said.trim() != word {
        let why = machine.run("journalctl --no-pager --output=cat --unit=yilin-data", ASKED)?.out;
        return Err(BootError::Data(format!("{}, not {word}: {why}", said.trim())));
    }
    say(&format!("{:5.1} s  the data partition is {word}: {meaning}", machine.begun.elapsed().as_secs_f64()));
    Ok(())
}

/// Brings a technician's files into the guest.
fn fill(machine: &mut Machine, tree: &Path, folder: &Path) -> Result<(), BootError> {
    let archive = folder.join("data.tar.gz");
    let mut tar = Command::new("tar");
    output(tar.args(["--create", "--gzip", "--file"]).arg(&archive).arg("--directory").arg(tree).arg("."))?;
    let bytes = std::fs::read(&archive).map_err(|e| BootError::File(archive, e))?;
    let text = BASE64_STANDARD.encode(bytes);
    let unpack =
        format!("echo {text} | base64 --decode | tar --extract --gzip --directory=/var/lib/yilin && sync");
    machine.run(&unpack, START)?.well("tar").map(drop)
}

/// The partition's first 16 MB: the header with its key slots.
fn header(disk: &Path) -> Result<Vec<u8>, BootError> {
    let (start, _) = provision::partition(disk, "data")?;
    let mut bytes = vec![0; 16 << 20];
    let read = std::fs::File::open(disk).and_then(|disk| disk.read_exact_at(&mut bytes, start));
    read.map_err(|e| BootError::File(disk.to_owned(), e))?;
    Ok(bytes)
}

/// The disk tells nobody what is in the partition.
fn shut(disk: &Path) -> Result<(), BootError> {
    if !header(disk)?.starts_with(MAGIC) {
        return Err(BootError::Data("is no LUKS2 partition".to_owned()));
    }
    let found =
        Command::new("grep").args(["--quiet", "--text", "--fixed-strings", SECRET]).arg(disk).status();
    let found = found.map_err(|e| ProgramError::Start("grep".to_owned(), e))?;
    if found.code() != Some(1) {
        return Err(BootError::Data("holds the terminal's file for everybody to read".to_owned()));
    }
    say("the disk is LUKS2, and the terminal's file is not to be read on it");
    Ok(())
}
