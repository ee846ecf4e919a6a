//! What must hold for any bytes: the receipt printer's replies, status and profile.

use std::sync::LazyLock;

use domain::device::DeviceState;
use drivers::receipt_printer::reply::{ExpectedBlock, Reply, ReplyParser};
use drivers::receipt_printer::{Cause, PrinterProfile, PrinterStatus, RawStatus};

/// A line of replies: a split changes nothing, and after any bytes a whole reply is read.
pub(crate) fn reply(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let expected = ExpectedBlock { head: [0x10, first & 0x6F], bytes: 1 + first % 4 };
    let mut parser = ReplyParser::new();
    parser.expect((first & 1 == 1).then_some(expected));
    let whole: Vec<Reply> = bytes.iter().filter_map(|byte| parser.push(*byte)).collect();
    assert!(whole.len() <= bytes.len());

    let mut other = ReplyParser::new();
    other.expect((first & 1 == 1).then_some(expected));
    let (before, after) = bytes.split_at(bytes.len() / 2);
    let mut parts: Vec<Reply> = before.iter().filter_map(|byte| other.push(*byte)).collect();
    let mut carried = other;
    parts.extend(after.iter().filter_map(|byte| carried.push(*byte)));
    assert_eq!(whole, parts);

    // One real-time answer ends whatever had begun; then everything is read.
    parser.expect(None);
    let said = [0x12, 0x37, 0x22, b'A', b'0', b'1', b'7', 0x00];
    let last: Vec<Reply> = said.iter().filter_map(|byte| parser.push(*byte)).collect();
    assert!(last.ends_with(&[Reply::RealTime(0x12), Reply::ProcessId(*b"A017")]), "{last:?}");
}

/// Any answers are a status that does not contradict itself, for every profile.
pub(crate) fn status(data: &[u8]) {
    let byte = |at: usize| data.get(at).copied().filter(|byte| *byte != 0);
    let extension = data.get(4..8).and_then(|bytes| bytes.try_into().ok());
    let raw = RawStatus { printer: byte(0), offline: byte(1), error: byte(2), paper: byte(3), extension };
    static PROFILES: LazyLock<Vec<PrinterProfile>> =
        LazyLock::new(|| PrinterProfile::built_in_names().filter_map(PrinterProfile::built_in).collect());
    for profile in PROFILES.iter() {
        let status = PrinterStatus::of(raw, profile);
        assert_eq!(raw.printer.is_none(), status.cause == Some(Cause::NoAnswer));
        let expected = status.cause.map_or(DeviceState::Online, Cause::device_state);
        assert_eq!(status.state, expected);
    }
}

/// Any text is a profile, or a mistake at one of its lines with words.
pub(crate) fn profile(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match PrinterProfile::parse("fuzzed.toml", text) {
        Ok(profile) => assert!(profile.dots % 8 == 0 && !profile.reply_limit.is_zero()),
        Err(error) => {
            assert!(error.line >= 1 && error.line <= text.matches('\n').count() + 1, "{error}");
            assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error}");
        }
    }
}
