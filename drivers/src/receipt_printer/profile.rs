//! What one kind of printer can do, as a data file.
//!
//! Duty: hold what makers differ in. Never: contain code for one make: makers differ in data.
//! The files are `assets/profiles/*.toml`; `epson_80.toml` explains the keys that all have, `custom_vkp80.toml` the others.

mod file;

pub use file::ProfileError;

use std::time::Duration;

use serde::Deserialize;

use super::rom_charset::RomCharset;

/// A printer's properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterProfile {
    /// How it is chosen: `epson_80`.
    pub name: String,
    /// For people.
    pub title: String,
    /// Dots of the head that print: a multiple of 8.
    pub dots: u16,
    /// Dots in an inch, along and across.
    pub dpi: u16,
    /// Whether it says that the roll will soon end.
    pub near_end: NearEndSensor,
    /// The characters that it can print by itself.
    pub charset: RomCharset,
    /// Who draws a QR code.
    pub qr: QrDrawing,
    /// How a feed is measured.
    pub feed_unit: FeedUnit,
    /// How it cuts.
    pub cut: Cut,
    /// Rows of dots that are fed for the cut.
    pub cut_feed: u8,
    /// What its answers mean where makers differ.
    pub status: StatusProfile,
    /// The part that holds a paper out to the resident.
    pub presenter: Option<Presenter>,
    /// What proves the end of a job.
    pub proof: Proof,
    /// Whether its buffers can be cleared.
    pub buffer: Buffer,
    /// Paper speed in millimetres a second, at its fastest.
    pub head_mm_per_s: u16,
    /// How long it may take to answer a status request.
    pub reply_limit: Duration,
    /// How long after the paper can be out its proof may take.
    pub finish_limit: Duration,
}

/// The sensor that sees the end of the roll coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NearEndSensor {
    /// It has one.
    Present,
    /// It has none: paper is out or of unknown amount.
    Absent,
}

/// Who draws a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QrDrawing {
    /// The printer (`GS ( k`), which this model does soundly.
    Native,
    /// We do, as dots.
    Raster,
}

/// How `ESC 3` and `ESC J` count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedUnit {
    /// One is one dot.
    Dot,
    /// One is one dot once `GS P` has said so.
    SetByCommand,
}

/// How a paper is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// It has no cutter: the paper is fed to the tear bar.
    TearOff,
    /// Leaves a bridge in the middle (`GS V` 66, which feeds to the cutter by itself).
    Partial,
    /// Through (`GS V` 65, which feeds to the cutter by itself).
    Full,
    /// Through (`ESC i`), where the paper stands.
    Total,
}

/// What the answers of a printer mean, where makers differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusProfile {
    /// What bit 2 of the answer to `DLE EOT 3` tells of.
    pub error_bit_2: ErrorBit2,
    /// Whether it tells changes by itself.
    pub automatic: AutomaticStatus,
    /// A question of its own beside `DLE EOT` 1 to 4.
    pub extension: Option<StatusExtension>,
}

/// What bit 2 of the answer to `DLE EOT 3` tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBit2 {
    /// A jam that a hand can clear.
    PaperJam,
    /// The unit that keeps the paper's exit free (SNBC).
    ExitBlocked,
}

/// Whether a printer tells changes by itself (`GS a`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticStatus {
    /// It does, once it was asked to.
    Present,
    /// It does not: it has to be asked more often.
    Absent,
}

/// A maker's own real-time question, and what the bits of its answer mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusExtension {
    /// The question.
    pub ask: Vec<u8>,
    /// How its answer looks.
    pub form: AnswerForm,
    /// What the bits mean.
    pub bits: Vec<StatusBit>,
}

/// How the answer to a maker's own question looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerForm {
    /// One byte with the fixed bits of `DLE EOT`: `0xx1xx10`.
    OneByte,
    /// Two known bytes, then so many others, whose bit 4 is never set.
    Block {
        /// The two bytes, the first of them `10`.
        head: [u8; 2],
        /// How many follow: 1 to 4.
        bytes: u8,
    },
}

/// Some bits of an answer and what it means that one of them is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusBit {
    /// What it means.
    pub meaning: Meaning,
    /// Which byte, counted from 0 behind the known ones.
    pub byte: u8,
    /// Which bits of it.
    pub mask: u8,
}

/// What a set bit can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// No paper.
    PaperOut,
    /// The end of the roll is near.
    PaperLow,
    /// A paper is held out to the resident.
    PaperInExit,
    /// The cover is open, or the head is lifted.
    CoverOpen,
    /// Somebody holds the feed button.
    FeedButton,
    /// Paper is stuck.
    PaperJam,
    /// Paper is stuck in the exit.
    ExitBlocked,
    /// The cutter is stuck.
    Cutter,
    /// The head is too hot.
    Overheated,
    /// A fault for a technician.
    Hardware,
}

/// The part of a printer that holds a paper out and can take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presenter {
    /// The command that holds the cut paper out.
    pub present: Vec<u8>,
    /// The command that takes it back.
    pub retract: Vec<u8>,
    /// The command before a job that finds a paper in the exit.
    pub clear: Vec<u8>,
    /// How long a paper is waited for to be taken.
    pub wait: Duration,
    /// What then becomes of it.
    pub forgotten: Forgotten,
}

/// What becomes of a paper that nobody takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgotten {
    /// It is taken back: it may be a resident's, and the next one must not see it.
    Retract,
    /// It stays.
    Leave,
}

/// What proves the end of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// `GS ( H` fn 48.
    ProcessId,
    /// `GS r 1`.
    Drained,
}

/// Whether the printer's buffers can be cleared while it is offline (`DLE DC4` fn 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Buffer {
    /// It can.
    Clearable,
    /// What was sent stays in it.
    Keeps,
}

/// The profiles that the program brings along: name, file.
const BUILT_IN: [(&str, &str); 7] = [
    ("epson_80", include_str!("../../../assets/profiles/epson_80.toml")),
    ("epson_58", include_str!("../../../assets/profiles/epson_58.toml")),
    ("custom_vkp80", include_str!("../../../assets/profiles/custom_vkp80.toml")),
    ("snbc_80", include_str!("../../../assets/profiles/snbc_80.toml")),
    ("seiko_80", include_str!("../../../assets/profiles/seiko_80.toml")),
    ("clone_80", include_str!("../../../assets/profiles/clone_80.toml")),
    ("clone_58", include_str!("../../../assets/profiles/clone_58.toml")),
];

impl PrinterProfile {
    /// The names of the profiles that the program brings along; the first is the default.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.into_iter().map(|(name, _)| name)
    }

    /// One of them; none of that name is none.
    pub fn built_in(name: &str) -> Option<Self> {
        let (name, text) = BUILT_IN.into_iter().find(|(n, _)| *n == name)?;
        Self::parse(&format!("{name}.toml"), text).ok()
    }

    /// The time in which the head passes so many rows of dots.
    pub fn head_time(&self, rows: u32) -> Duration {
        let mm = f64::from(rows) * 25.4 / f64::from(self.dpi);
        Duration::from_secs_f64(mm / f64::from(self.head_mm_per_s))
    }
}

impl StatusExtension {
    /// Whether an answer says so.
    pub fn says(&self, meaning: Meaning, answer: [u8; 4]) -> bool {
        self.bits.iter().any(|bit| {
            let byte = answer.get(usize::from(bit.byte));
            bit.meaning == meaning && byte.is_some_and(|byte| byte & bit.mask != 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_is_sound_and_named_as_its_file() {
        for (name, text) in BUILT_IN {
            let profile = PrinterProfile::parse(name, text).unwrap();
            assert_eq!(profile.name, name);
            assert_eq!(PrinterProfile::built_in(name), Some(profile));
        }
        assert_eq!(PrinterProfile::built_in("no_such"), None);
    }

    #[test]
    fn makers_differ_in_what_their_files_say() {
        let of = |name| PrinterProfile::built_in(name).unwrap();
        let presents = |name| of(name).presenter.is_some();
        assert!(presents("custom_vkp80") && presents("seiko_80") && !presents("snbc_80"));
        assert_eq!(of("snbc_80").status.error_bit_2, ErrorBit2::ExitBlocked);
        assert_eq!(of("clone_80").near_end, NearEndSensor::Absent);
        // Reference page "receipt printer": DLE EOT 20, answered 10 0F and four bytes.
        let full = of("custom_vkp80").status.extension.unwrap();
        assert_eq!(
            (full.ask.as_slice(), full.form),
            ([0x10, 0x04, 0x14].as_slice(), AnswerForm::Block { head: [0x10, 0x0F], bytes: 4 },)
        );
        assert!(full.says(Meaning::PaperInExit, [0x20, 0, 0, 0]));
        assert!(!full.says(Meaning::PaperInExit, [0, 0x20, 0, 0]));
        assert!(full.says(Meaning::Cutter, [0, 0, 0, 0x01]));
    }

    #[test]
    fn head_time() {
        let profile =
            PrinterProfile { dpi: 203, head_mm_per_s: 100, ..PrinterProfile::built_in("epson_80").unwrap() };
        // 799 dots are 100 mm.
        assert_eq!(profile.head_time(799).as_millis(), 999);
    }
}
