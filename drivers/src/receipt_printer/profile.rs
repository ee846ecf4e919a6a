//! What one kind of printer can do, as a data file.
//!
//! Duty: read a profile, name each mistake with its line. Never: contain code for one make: makers differ in data.
//! The files are `assets/profiles/*.toml`; `epson_80.toml` explains every key.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

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
    /// Leaves a bridge in the middle.
    Partial,
    /// Through.
    Full,
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

/// A mistake in a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {message}")]
pub struct ProfileError {
    /// The file's name as given.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The profiles that the program brings along: name, file.
const BUILT_IN: [(&str, &str); 4] = [
    ("epson_80", include_str!("../../../assets/profiles/epson_80.toml")),
    ("epson_58", include_str!("../../../assets/profiles/epson_58.toml")),
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

    /// Reads a profile; `file` is for the error message.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, ProfileError> {
        let error = |at: usize, message: String| {
            let line = 1 + text.get(..at).unwrap_or(text).matches('\n').count();
            ProfileError { file: file.to_owned(), line, message }
        };
        let raw: File = toml::from_str(text)
            .map_err(|e| error(e.span().map_or(0, |span| span.start), e.message().to_owned()))?;
        let within = |value: &Spanned<u32>, least: u16, most: u16, what: &str| {
            u16::try_from(*value.get_ref()).ok().filter(|v| (least..=most).contains(v)).ok_or_else(|| {
                let message = format!("{what} is {}, and must be {least} to {most}", value.get_ref());
                error(value.span().start, message)
            })
        };
        if *raw.schema.get_ref() != 1 {
            let message = format!("schema is {}, and this program reads schema 1", raw.schema.get_ref());
            return Err(error(raw.schema.span().start, message));
        }
        let dots = within(&raw.paper.dots, 200, 1200, "dots")?;
        if !dots.is_multiple_of(8) {
            return Err(error(
                raw.paper.dots.span().start,
                format!("dots is {dots}, and must be a multiple of 8"),
            ));
        }
        Ok(Self {
            name: raw.name,
            title: raw.title,
            dots,
            dpi: within(&raw.paper.dpi, 150, 360, "dpi")?,
            near_end: raw.paper.near_end_sensor,
            charset: raw.text.rom_charset,
            qr: raw.qr.drawing,
            feed_unit: raw.motion.feed_unit,
            cut: raw.cutter.cut,
            proof: raw.evidence.proof,
            buffer: raw.evidence.buffer,
            head_mm_per_s: within(&raw.timing.head_mm_per_s, 20, 5000, "head_mm_per_s")?,
            reply_limit: Duration::from_millis(within(&raw.timing.reply_ms, 20, 10_000, "reply_ms")?.into()),
            finish_limit: Duration::from_millis(
                within(&raw.timing.finish_ms, 100, 60_000, "finish_ms")?.into(),
            ),
        })
    }

    /// The time in which the head passes so many rows of dots.
    pub fn head_time(&self, rows: u32) -> Duration {
        let mm = f64::from(rows) * 25.4 / f64::from(self.dpi);
        Duration::from_secs_f64(mm / f64::from(self.head_mm_per_s))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Spanned<u32>,
    name: String,
    title: String,
    paper: Paper,
    text: Text,
    qr: Qr,
    motion: Motion,
    cutter: Cutter,
    evidence: EvidenceOf,
    timing: Timing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    dots: Spanned<u32>,
    dpi: Spanned<u32>,
    near_end_sensor: NearEndSensor,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    rom_charset: RomCharset,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Qr {
    drawing: QrDrawing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Motion {
    feed_unit: FeedUnit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cutter {
    cut: Cut,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceOf {
    proof: Proof,
    buffer: Buffer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Timing {
    head_mm_per_s: Spanned<u32>,
    reply_ms: Spanned<u32>,
    finish_ms: Spanned<u32>,
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
    fn a_mistake_is_named_with_its_line() {
        let good = BUILT_IN[0].1;
        let line_of = |key: &str| 1 + good.lines().position(|l| l.starts_with(key)).unwrap();
        let cases = [
            ("dots = 576", "dots = 575", "dots", "multiple of 8"),
            ("dots = 576", "dots = 90", "dots", "must be 200 to 1200"),
            ("dots = 576", "dots = \"wide\"", "dots", "invalid type"),
            ("schema = 1", "schema = 2", "schema", "reads schema 1"),
            ("rom_charset = \"gbk\"", "rom_charset = \"big5\"", "rom_charset", "gb18030"),
            ("reply_ms", "replyms", "reply_ms", "unknown field `replyms`"),
        ];
        for (right, wrong, key, message) in cases {
            let text = good.replacen(right, wrong, 1);
            assert_ne!(text, good, "{right}");
            let error = PrinterProfile::parse("p.toml", &text).unwrap_err();
            assert_eq!((error.file.as_str(), error.line), ("p.toml", line_of(key)), "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }

    #[test]
    fn head_time() {
        let profile =
            PrinterProfile { dpi: 203, head_mm_per_s: 100, ..PrinterProfile::built_in("epson_80").unwrap() };
        // 799 dots are 100 mm.
        assert_eq!(profile.head_time(799).as_millis(), 999);
    }
}
