//! A profile's file.
//!
//! Duty: read it whole, name the first mistake with file, line and what would be right. Never: fill in what is missing.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::super::rom_charset::RomCharset;
use super::{
    AnswerForm, AutomaticStatus, Buffer, Cut, ErrorBit2, FeedUnit, Forgotten, Meaning, NearEndSensor,
    Presenter, PrinterProfile, Proof, QrDrawing, StatusBit, StatusExtension, StatusProfile,
};

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

/// The schema that this program reads.
const SCHEMA: u32 = 2;
/// The longest command or question of a maker.
const MOST_COMMAND: usize = 16;
/// Bits of an answer of one byte that are not fixed: `0xx1xx10`.
const FREE_BITS: u8 = 0x6C;

impl PrinterProfile {
    /// Reads a profile; `file` is for the error message.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, ProfileError> {
        let named = |wrong: Wrong| {
            let line = 1 + text.get(..wrong.at).unwrap_or(text).matches('\n').count();
            ProfileError { file: file.to_owned(), line, message: wrong.message }
        };
        let raw: File = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            named(Wrong { at, message: e.message().replace('\n', "; ") })
        })?;
        raw.checked().map_err(named)
    }
}

/// A mistake at a place in the text.
struct Wrong {
    at: usize,
    message: String,
}

fn wrong<T>(value: &Spanned<T>, message: String) -> Wrong {
    Wrong { at: value.span().start, message }
}

fn within(value: &Spanned<u32>, least: u16, most: u16, what: &str) -> Result<u16, Wrong> {
    u16::try_from(*value.get_ref())
        .ok()
        .filter(|v| (least..=most).contains(v))
        .ok_or_else(|| wrong(value, format!("{what} is {}, and must be {least} to {most}", value.get_ref())))
}

/// Bytes as they are written: `1d 65 02`.
fn bytes(value: &Spanned<String>, what: &str) -> Result<Vec<u8>, Wrong> {
    let text = value.get_ref();
    let byte = |hex: &str| (hex.len() == 2).then(|| u8::from_str_radix(hex, 16).ok()).flatten();
    let bytes: Option<Vec<u8>> = text.split_ascii_whitespace().map(byte).collect();
    bytes.filter(|b| b.len() <= MOST_COMMAND).ok_or_else(|| {
        wrong(
            value,
            format!("{what} is `{text}`, and must be at most {MOST_COMMAND} bytes of two hex digits, as in `1d 65 02`"),
        )
    })
}

fn command(value: &Spanned<String>, what: &str) -> Result<Vec<u8>, Wrong> {
    match bytes(value, what)? {
        empty if empty.is_empty() => Err(wrong(value, format!("{what} is empty: write the command's bytes"))),
        bytes => Ok(bytes),
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
    status: Status,
    presenter: Option<PresenterOf>,
    evidence: EvidenceOf,
    timing: Timing,
}

impl File {
    fn checked(self) -> Result<PrinterProfile, Wrong> {
        if *self.schema.get_ref() != SCHEMA {
            let message =
                format!("schema is {}, and this program reads schema {SCHEMA}", self.schema.get_ref());
            return Err(wrong(&self.schema, message));
        }
        let dots = within(&self.paper.dots, 200, 1200, "dots")?;
        if !dots.is_multiple_of(8) {
            return Err(wrong(&self.paper.dots, format!("dots is {dots}, and must be a multiple of 8")));
        }
        let status = self.status.checked()?;
        let presenter = self.presenter.map(|presenter| presenter.checked(&status)).transpose()?;
        let time = |value, least, most, what| within(value, least, most, what).map(u64::from);
        Ok(PrinterProfile {
            name: self.name,
            title: self.title,
            dots,
            dpi: within(&self.paper.dpi, 150, 360, "dpi")?,
            near_end: self.paper.near_end_sensor,
            charset: self.text.rom_charset,
            qr: self.qr.drawing,
            feed_unit: self.motion.feed_unit,
            cut: self.cutter.cut,
            cut_feed: u8::try_from(within(&self.cutter.feed, 0, 255, "feed")?).unwrap_or(u8::MAX),
            status,
            presenter,
            proof: self.evidence.proof,
            buffer: self.evidence.buffer,
            head_mm_per_s: within(&self.timing.head_mm_per_s, 20, 5000, "head_mm_per_s")?,
            reply_limit: Duration::from_millis(time(&self.timing.reply_ms, 20, 10_000, "reply_ms")?),
            finish_limit: Duration::from_millis(time(&self.timing.finish_ms, 100, 60_000, "finish_ms")?),
        })
    }
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
    feed: Spanned<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    error_bit_2: ErrorBit2,
    automatic: AutomaticStatus,
    extension: Option<Extension>,
}

impl Status {
    fn checked(self) -> Result<StatusProfile, Wrong> {
        let extension = self.extension.map(Extension::checked).transpose()?;
        Ok(StatusProfile { error_bit_2: self.error_bit_2, automatic: self.automatic, extension })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extension {
    ask: Spanned<String>,
    answer: Spanned<String>,
    bytes: Spanned<u32>,
    bits: Bits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bits {
    paper_out: Option<Spanned<[u8; 2]>>,
    paper_low: Option<Spanned<[u8; 2]>>,
    paper_in_exit: Option<Spanned<[u8; 2]>>,
    cover_open: Option<Spanned<[u8; 2]>>,
    feed_button: Option<Spanned<[u8; 2]>>,
    paper_jam: Option<Spanned<[u8; 2]>>,
    exit_blocked: Option<Spanned<[u8; 2]>>,
    cutter: Option<Spanned<[u8; 2]>>,
    overheated: Option<Spanned<[u8; 2]>>,
    hardware: Option<Spanned<[u8; 2]>>,
}

impl Extension {
    fn checked(self) -> Result<StatusExtension, Wrong> {
        let ask = command(&self.ask, "ask")?;
        if !matches!(ask.as_slice(), [0x10, 0x04, ..]) {
            let message = "ask must be a real-time question, `10 04` and more: others wait in the buffer";
            return Err(wrong(&self.ask, message.to_owned()));
        }
        let count = u8::try_from(within(&self.bytes, 1, 4, "bytes")?).unwrap_or(u8::MAX);
        let form = match (bytes(&self.answer, "answer")?.as_slice(), count) {
            ([], 1) => AnswerForm::OneByte,
            ([], _) => {
                let message = "an answer without known bytes has one byte: write bytes = 1, or the known ones in answer";
                return Err(wrong(&self.bytes, message.to_owned()));
            }
            ([0x10, second], bytes) if second & 0x90 == 0 => {
                AnswerForm::Block { head: [0x10, *second], bytes }
            }
            _ => {
                let message =
                    "answer must be two bytes, `10` and one below 80 without bit 4, as in `10 0f`, or empty";
                return Err(wrong(&self.answer, message.to_owned()));
            }
        };
        let bits = self.bits.checked(form, count)?;
        Ok(StatusExtension { ask, form, bits })
    }
}

impl Bits {
    fn checked(self, form: AnswerForm, bytes: u8) -> Result<Vec<StatusBit>, Wrong> {
        let free = if form == AnswerForm::OneByte { FREE_BITS } else { !0x10 };
        let given = [
            (Meaning::PaperOut, self.paper_out),
            (Meaning::PaperLow, self.paper_low),
            (Meaning::PaperInExit, self.paper_in_exit),
            (Meaning::CoverOpen, self.cover_open),
            (Meaning::FeedButton, self.feed_button),
            (Meaning::PaperJam, self.paper_jam),
            (Meaning::ExitBlocked, self.exit_blocked),
            (Meaning::Cutter, self.cutter),
            (Meaning::Overheated, self.overheated),
            (Meaning::Hardware, self.hardware),
        ];
        let given = given.into_iter().filter_map(|(meaning, place)| Some((meaning, place?)));
        let checked = given.map(|(meaning, place)| {
            let [byte, mask] = *place.get_ref();
            if !(1..=bytes).contains(&byte) {
                return Err(wrong(
                    &place,
                    format!("byte {byte} is none of the answer's: write 1 to {bytes}"),
                ));
            }
            if mask == 0 || mask & !free != 0 {
                let message =
                    format!("{mask:#04x} must be some of the bits {free:#04x}, which an answer can set");
                return Err(wrong(&place, message));
            }
            Ok(StatusBit { meaning, byte: byte - 1, mask })
        });
        checked.collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresenterOf {
    present: Spanned<String>,
    retract: Spanned<String>,
    clear: Spanned<String>,
    wait_s: Spanned<u32>,
    forgotten: Forgotten,
}

impl PresenterOf {
    fn checked(self, status: &StatusProfile) -> Result<Presenter, Wrong> {
        let sees = |extension: &StatusExtension| {
            extension.bits.iter().any(|bit| bit.meaning == Meaning::PaperInExit)
        };
        if !status.extension.as_ref().is_some_and(sees) {
            let message = "a presenter needs a sensor: say paper_in_exit in [status.extension.bits]";
            return Err(wrong(&self.present, message.to_owned()));
        }
        Ok(Presenter {
            present: command(&self.present, "present")?,
            retract: command(&self.retract, "retract")?,
            clear: command(&self.clear, "clear")?,
            wait: Duration::from_secs(within(&self.wait_s, 1, 600, "wait_s")?.into()),
            forgotten: self.forgotten,
        })
    }
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
    use super::super::BUILT_IN;
    use super::*;

    fn text_of(name: &str) -> &'static str {
        BUILT_IN.iter().find(|(n, _)| *n == name).unwrap().1
    }

    /// A key or value of a sound file is replaced: the mistake is told at that key's line, with these words.
    fn check(name: &str, right: &str, mistake: &str, message: &str) {
        let good = text_of(name);
        let text = good.replacen(right, mistake, 1);
        assert_ne!(text, good, "{right}");
        let line = 1 + good.lines().position(|l| l.starts_with(right)).unwrap();
        let error = PrinterProfile::parse("p.toml", &text).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("p.toml", line), "{error}");
        assert!(error.message.contains(message), "{error}");
    }

    #[test]
    fn a_mistake_is_named_with_its_line_and_a_remedy() {
        let epson = |right, mistake, message| check("epson_80", right, mistake, message);
        epson("dots = 576", "dots = 575", "multiple of 8");
        epson("dots = 576", "dots = 90", "must be 200 to 1200");
        epson("dots = 576", "dots = \"wide\"", "invalid type");
        epson("schema = 2", "schema = 1", "reads schema 2");
        epson("rom_charset = \"gbk\"", "rom_charset = \"big5\"", "gb18030");
        epson("reply_ms", "replyms", "unknown field `replyms`");
        epson("error_bit_2 = \"paper_jam\"", "error_bit_2 = \"jam\"", "`exit_blocked`");
        epson("automatic = \"present\"", "automatic = true", "string");
        epson("feed = 32", "feed = 256", "must be 0 to 255");
        epson("cut = \"partial\"", "cut = \"half\"", "`total`");

        let custom = |right, mistake, message| check("custom_vkp80", right, mistake, message);
        custom("ask = \"10 04 14\"", "ask = \"10 4\"", "two hex digits");
        custom("ask = \"10 04 14\"", "ask = \"\"", "write the command's bytes");
        custom("ask = \"10 04 14\"", "ask = \"1d 72 01\"", "real-time question");
        custom("answer = \"10 0f\"", "answer = \"37 22\"", "as in `10 0f`");
        custom("bytes = 4", "bytes = 5", "must be 1 to 4");
        custom("paper_in_exit = [1, 0x20]", "paper_in_exit = [0, 0x20]", "write 1 to 4");
        custom("paper_in_exit = [1, 0x20]", "paper_in_exit = [1, 0x10]", "0xef");
        custom("paper_in_exit = [1, 0x20]", "paper_in_exit = 32", "invalid type");
        custom("paper_in_exit = [1, 0x20]", "ticket = [1, 0x20]", "unknown field `ticket`");
        custom("retract = \"1d 65 02\"", "retract = \"1d 65 zz\"", "two hex digits");
        custom("wait_s = 60", "wait_s = 0", "must be 1 to 600");
        custom("forgotten = \"retract\"", "forgotten = \"burn\"", "`leave`");
        check("seiko_80", "paper_in_exit = [1, 0x20]", "paper_in_exit = [1, 0x01]", "0x6c");
        check("seiko_80", "bytes = 1", "bytes = 2", "known ones in answer");
    }

    #[test]
    fn a_presenter_without_a_sensor_and_a_missing_key_are_named() {
        let good = text_of("custom_vkp80");
        let without = |line: &str| {
            let text: Vec<&str> = good.lines().filter(|l| !l.starts_with(line)).collect();
            PrinterProfile::parse("p.toml", &text.join("\n")).unwrap_err()
        };
        let error = without("paper_in_exit");
        assert!(error.message.contains("a presenter needs a sensor"), "{error}");
        let line = good.lines().position(|l| l.starts_with("present =")).unwrap();
        assert_eq!(error.line, line, "one line fewer stands before it");
        let error = without("wait_s");
        assert!(error.message.contains("missing field `wait_s`"), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_profile_or_a_mistake_within_it(
            at in 0usize..2000, junk in "[ -~\n]{0,12}", skipped in 0usize..40,
        ) {
            let good = text_of("custom_vkp80");
            let at = (0..=at.min(good.len())).rev().find(|i| good.is_char_boundary(*i)).unwrap();
            let end = (at + skipped).min(good.len());
            let end = (end..=good.len()).find(|i| good.is_char_boundary(*i)).unwrap();
            let text = format!("{}{junk}{}", &good[..at], &good[end..]);
            if let Err(error) = PrinterProfile::parse("p.toml", &text) {
                proptest::prop_assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}");
            }
        }
    }
}
