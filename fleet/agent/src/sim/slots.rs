//! Two slots in a folder, written as RAUC writes them.
//!
//! `slots/A/image`, `slots/A/status` (`VERSION SHA256` once whole), `slots/A/marks` (`good|bad TRIES`, the tries that are left), `next`, `running`.
//! A write is one rename; a bundle is written piece by piece, and power can fail before and after each.

use crate::digest;
use crate::power::Power;
use crate::update::installer::{BundleAt, BundleSays, Installer, InstallerError, OtherSlot, Slots};
use crate::whole_file;
use fleet_api::release::ReleaseVersion;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How often a slot is started without a word from it.
pub(super) const TRIES: u32 = 3;
const PIECES: usize = 4;
const IMAGE_BYTES: u64 = 256 * 1024 * 1024;

/// What a version does when it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// All is well.
    Good,
    /// Its kernel does not start.
    DoesNotStart,
    /// No frame is painted.
    DoesNotPaint,
    /// It does not come to the network.
    NoNetwork,
}

impl Behaviour {
    const ALL: [(Self, &str); 4] = [
        (Self::Good, "good"),
        (Self::DoesNotStart, "does_not_start"),
        (Self::DoesNotPaint, "does_not_paint"),
        (Self::NoNetwork, "no_network"),
    ];
}

/// An image, and a bundle of it: lines of text, then anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its version.
    pub version: ReleaseVersion,
    /// What it is built for.
    pub compatible: String,
    /// What it does.
    pub behaviour: Behaviour,
}

impl Image {
    /// Its bytes, at least `length` of them.
    pub fn bytes(&self, length: usize) -> Vec<u8> {
        let word =
            Behaviour::ALL.iter().find(|(behaviour, _)| *behaviour == self.behaviour).map(|found| found.1);
        let word = word.unwrap_or("good");
        let mut bytes = format!("yilin image\n{}\n{}\n{word}\n", self.version, self.compatible).into_bytes();
        let filler = (0..).map(|i: u32| i.to_le_bytes()[1] ^ i.to_le_bytes()[0]);
        bytes.extend(filler.take(length.saturating_sub(bytes.len())));
        bytes
    }

    /// The image in those bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| std::str::from_utf8(line).ok());
        if lines.next()?? != "yilin image" {
            return None;
        }
        let version = lines.next()??.parse().ok()?;
        let compatible = lines.next()??.to_owned();
        let word = lines.next()??;
        let behaviour = Behaviour::ALL.iter().find(|(_, found)| *found == word)?.0;
        Some(Self { version, compatible, behaviour })
    }
}

/// The slots of a folder.
#[derive(Debug, Clone)]
pub struct FolderInstaller {
    folder: PathBuf,
    power: Power,
}

/// A slot's marks, as in GRUB's environment: `A_OK`, and three less `A_TRY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) good: bool,
    pub(super) tries: u32,
}

impl FolderInstaller {
    /// The slots in `folder`.
    pub fn new(folder: &Path, power: Power) -> Self {
        Self { folder: folder.to_owned(), power }
    }

    /// Makes the folder: `image` is in slot A, good, and runs; slot B is empty.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn lay_out(folder: &Path, image: &[u8]) -> Result<Self, InstallerError> {
        let this = Self::new(folder, Power::default());
        for slot in ["A", "B"] {
            let path = this.path(&["slots", slot]);
            std::fs::create_dir_all(&path).map_err(|cause| InstallerError::Io { file: path, cause })?;
        }
        this.write("slots/A/image", image)?;
        let parsed = Image::parse(image).ok_or_else(|| this.not_understood("the first image"))?;
        this.write("slots/A/status", format!("{} {}", parsed.version, digest::sha256_hex(image)).as_bytes())?;
        this.set_marks("A", Marks { good: true, tries: TRIES })?;
        this.set_marks("B", Marks { good: false, tries: 0 })?;
        this.write("next", b"A")?;
        this.write("running", b"A")?;
        Ok(this)
    }

    fn not_understood(&self, what: &str) -> InstallerError {
        InstallerError::Answer {
            doing: "a folder of slots",
            what: format!("{what} in {}", self.folder.display()),
        }
    }

    fn path(&self, parts: &[&str]) -> PathBuf {
        parts.iter().fold(self.folder.clone(), |path, part| path.join(part))
    }

    pub(super) fn read(&self, file: &str) -> Result<String, InstallerError> {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path).map_err(|cause| InstallerError::Io { file: path, cause })
    }

    pub(super) fn write(&self, file: &str, bytes: &[u8]) -> Result<(), InstallerError> {
        let path = self.folder.join(file);
        self.power.point(&format!("write {file}"));
        whole_file::replace(&path, bytes, 0o644).map_err(|cause| InstallerError::Io { file: path, cause })?;
        self.power.point(&format!("wrote {file}"));
        Ok(())
    }

    pub(super) fn marks(&self, slot: &str) -> Result<Marks, InstallerError> {
        let text = self.read(&format!("slots/{slot}/marks"))?;
        let marks = text.split_once(' ').and_then(|(good, tries)| {
            Some(Marks { good: good == "good", tries: tries.trim().parse().ok()? })
        });
        marks.ok_or_else(|| self.not_understood("a slot's marks"))
    }

    pub(super) fn set_marks(&self, slot: &str, marks: Marks) -> Result<(), InstallerError> {
        let word = if marks.good { "good" } else { "bad" };
        self.write(&format!("slots/{slot}/marks"), format!("{word} {}", marks.tries).as_bytes())
    }

    /// The image of a slot, if it is whole: as dm-verity would let it start.
    pub(super) fn image(&self, slot: &str) -> Option<Image> {
        let (_, expected) = self.status(slot)?;
        let bytes = whole_file::read(&self.path(&["slots", slot, "image"]), IMAGE_BYTES).ok()??;
        (digest::sha256_hex(&bytes) == expected).then(|| Image::parse(&bytes)).flatten()
    }

    fn status(&self, slot: &str) -> Option<(ReleaseVersion, String)> {
        let text = self.read(&format!("slots/{slot}/status")).ok()?;
        let (version, sha256) = text.split_once(' ')?;
        Some((version.parse().ok()?, sha256.to_owned()))
    }

    pub(super) fn running(&self) -> Result<String, InstallerError> {
        self.read("running")
    }

    fn other(&self) -> Result<&'static str, InstallerError> {
        Ok(if self.running()? == "A" { "B" } else { "A" })
    }

    /// What RAUC's mark-active does: good, all tries, the first of the order.
    fn activate(&self, slot: &str) -> Result<(), InstallerError> {
        self.set_marks(slot, Marks { good: true, tries: TRIES })?;
        self.write("next", slot.as_bytes())
    }

    fn bundle(&self, bundle: &BundleAt) -> Result<(Vec<u8>, Image), InstallerError> {
        let BundleAt::File(file) = bundle else {
            return Err(InstallerError::Refused {
                doing: "bundle",
                said: "a folder reads files only".to_owned(),
            });
        };
        let bytes = whole_file::read(file, IMAGE_BYTES)
            .and_then(|bytes| bytes.ok_or_else(|| std::io::ErrorKind::NotFound.into()))
            .map_err(|cause| InstallerError::Io { file: file.clone(), cause })?;
        match Image::parse(&bytes) {
            Some(image) => Ok((bytes, image)),
            None => Err(InstallerError::Refused { doing: "bundle", said: "no image in it".to_owned() }),
        }
    }
}

impl Installer for FolderInstaller {
    fn slots(&self) -> Result<Slots, InstallerError> {
        let other = self.other()?;
        let marks = self.marks(other)?;
        let status = self.status(other);
        Ok(Slots {
            running: self.running()?,
            other: OtherSlot {
                name: other.to_owned(),
                // What is in a slot that no boot loader would start is half written, or given up.
                bad: !marks.good || marks.tries == 0,
                version: status.map(|(version, _)| version),
                next: self.read("next")? == other,
            },
            busy: false,
        })
    }

    fn inspect(&self, bundle: &BundleAt) -> Result<BundleSays, InstallerError> {
        let (_, image) = self.bundle(bundle)?;
        Ok(BundleSays { compatible: image.compatible, version: image.version.to_string() })
    }

    fn install(&self, bundle: &BundleAt, progress: &dyn Fn(u8)) -> Result<(), InstallerError> {
        let (bytes, image) = self.bundle(bundle)?;
        let other = self.other()?;
        // The boot loader must never start what is half written.
        self.write("next", self.running()?.as_bytes())?;
        self.set_marks(other, Marks { good: false, tries: 0 })?;
        let status = self.path(&["slots", other, "status"]);
        if status.exists() {
            std::fs::remove_file(&status).map_err(|cause| InstallerError::Io { file: status, cause })?;
        }
        let path = self.path(&["slots", other, "image"]);
        let io = |cause| InstallerError::Io { file: path.clone(), cause };
        File::create(&path).and_then(|file| file.sync_all()).map_err(io)?;
        for (number, piece) in bytes.chunks(bytes.len().div_ceil(PIECES).max(1)).enumerate() {
            self.power.point("write a piece of the slot");
            let mut file = OpenOptions::new().append(true).open(&path).map_err(io)?;
            file.write_all(piece).and_then(|()| file.sync_all()).map_err(io)?;
            progress(u8::try_from((number + 1) * 100 / PIECES).unwrap_or(100));
        }
        self.write(
            &format!("slots/{other}/status"),
            format!("{} {}", image.version, digest::sha256_hex(&bytes)).as_bytes(),
        )?;
        self.activate(other)
    }

    fn mark_good(&self) -> Result<(), InstallerError> {
        let running = self.running()?;
        self.set_marks(&running, Marks { good: true, tries: TRIES })
    }

    fn give_up(&self) -> Result<(), InstallerError> {
        self.write("next", self.other()?.as_bytes())?;
        let running = self.running()?;
        self.set_marks(&running, Marks { good: false, tries: 0 })
    }

    fn go_back(&self) -> Result<(), InstallerError> {
        let other = self.other()?;
        if self.image(other).is_none() {
            return Err(InstallerError::Refused {
                doing: "choosing the other slot",
                said: "it is not whole".to_owned(),
            });
        }
        self.activate(other)
    }
}
