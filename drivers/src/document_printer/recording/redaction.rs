//! What of an IPP message (RFC 8010, 3.1) a recording may hold.
//!
//! Duty: the same message, as long and as well or badly formed, with what may be about somebody crossed out. Never: keep
//! what it does not know: a name, a word or an address passes only where it is listed here or is the terminal's own.

/// Attributes that printing needs, whose values are numbers, words of the standards or of a maker.
const KEPT: [&str; 22] = [
    "attributes-charset",
    "attributes-natural-language",
    "document-format",
    "document-format-supported",
    "job-id",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "job-state",
    "job-state-reasons",
    "last-document",
    "media",
    "media-supported",
    "operations-supported",
    "print-scaling",
    "print-scaling-supported",
    "printer-is-accepting-jobs",
    "printer-state",
    "printer-state-reasons",
    "requested-attributes",
    "sides",
    "sides-supported",
    "which-jobs",
];
/// Attributes of names and addresses: a value of the terminal's own passes.
const OURS: [&str; 3] = ["job-name", "printer-uri", "requesting-user-name"];

const END: u8 = 0x03;
const FIRST_VALUE: u8 = 0x10;
const INTEGER: u8 = 0x21;
const BOOLEAN: u8 = 0x22;
const ENUM: u8 = 0x23;
const TEXT_WITH_LANGUAGE: u8 = 0x35;
const NAME_WITH_LANGUAGE: u8 = 0x36;
const STRINGS: std::ops::RangeInclusive<u8> = 0x41..=0x49;
/// Version, operation or status, number of the request.
const HEAD: usize = 8;

/// Stands for each byte of a string that is crossed out.
const CROSS: u8 = b'x';

/// What may be told of an attribute's values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Numbers, and words as keywords are written.
    Words,
    /// Nothing but what is the terminal's own.
    Ours,
}

/// The message without what may be about somebody. Bytes that are no message become zeros from where they are none; what
/// follows the attributes does too.
pub(super) fn redacted(message: &[u8], ours: &[String]) -> Vec<u8> {
    let mut out = vec![0; message.len()];
    let head = message.len().min(HEAD);
    out[..head].copy_from_slice(&message[..head]);
    // From here on what cannot be followed any more stays zero.
    let _cut_off = attributes(message, head, &mut out, ours);
    out
}

fn attributes(message: &[u8], mut at: usize, out: &mut [u8], ours: &[String]) -> Option<()> {
    let mut told = Told::Ours;
    loop {
        let tag = *message.get(at)?;
        out[at] = tag;
        at += 1;
        if tag == END {
            return Some(());
        }
        if tag < FIRST_VALUE {
            continue;
        }
        let name = part(message, at)?;
        copy(message, out, at..at + 2);
        let text = &message[name.clone()];
        if !text.is_empty() {
            told = if KEPT.iter().any(|kept| kept.as_bytes() == text) { Told::Words } else { Told::Ours };
        }
        if told == Told::Words || OURS.iter().any(|named| named.as_bytes() == text) {
            copy(message, out, name.clone());
        } else {
            out[name.clone()].fill(CROSS);
        }
        let value = part(message, name.end)?;
        copy(message, out, name.end..name.end + 2);
        at = value.end;
        match tag {
            INTEGER | ENUM if told == Told::Words => copy(message, out, value),
            BOOLEAN => copy(message, out, value),
            TEXT_WITH_LANGUAGE | NAME_WITH_LANGUAGE => with_language(message, out, value, told, ours),
            tag if STRINGS.contains(&tag) => string(message, out, value, told, ours),
            _ => {}
        }
    }
}

type Range = std::ops::Range<usize>;

/// Where the bytes lie that a length of two bytes stands before.
fn part(message: &[u8], at: usize) -> Option<Range> {
    let length = message.get(at..at + 2)?;
    let begin = at + 2;
    let end = begin + usize::from(u16::from_be_bytes([length[0], length[1]]));
    message.get(begin..end).map(|_| begin..end)
}

fn copy(message: &[u8], out: &mut [u8], range: Range) {
    out[range.clone()].copy_from_slice(&message[range]);
}

fn string(message: &[u8], out: &mut [u8], range: Range, told: Told, ours: &[String]) {
    let text = &message[range.clone()];
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+/;=".contains(byte);
    let may_be_told =
        (told == Told::Words && text.iter().all(word)) || ours.iter().any(|own| own.as_bytes() == text);
    if may_be_told { copy(message, out, range) } else { out[range].fill(CROSS) }
}

/// A language and a string, each with its length (RFC 8010, 3.9); one that is none stays none.
fn with_language(message: &[u8], out: &mut [u8], range: Range, told: Told, ours: &[String]) {
    let value = &message[..range.end];
    let parts = part(value, range.start).and_then(|language| Some((part(value, language.end)?, language)));
    let Some((text, language)) = parts else { return out[range].fill(u8::MAX) };
    copy(message, out, range.start..range.start + 2);
    out[language.clone()].fill(CROSS);
    copy(message, out, language.end..language.end + 2);
    string(message, out, text, told, ours);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document_printer::message::Answer;

    /// As long as [`CROSS`]es, typed.
    fn check(message: &[u8], want: &[u8]) {
        let ours = ["yilin-1".to_owned()];
        let got = redacted(message, &ours);
        assert_eq!(got.escape_ascii().to_string(), want.escape_ascii().to_string());
    }

    const HEAD: &[u8] = b"\x01\x01\x00\x00\x00\x00\x00\x07\x02";

    #[test]
    fn what_printing_needs_stays_and_the_rest_is_crossed_out() {
        let both = |attributes: &[u8], want: &[u8]| {
            check(&[HEAD, attributes, b"\x03"].concat(), &[HEAD, want, b"\x03"].concat());
        };
        let same = |attributes: &[u8]| both(attributes, attributes);
        same(b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x93\x23\x00\x09job-state\x00\x04\x00\x00\x00\x03");
        same(b"\x44\x00\x11job-state-reasons\x00\x04none\x44\x00\x00\x00\x0cjob-incoming");
        same(b"\x44\x00\x15printer-state-reasons\x00\x1bcom.example-belt-torn-error");
        same(b"\x42\x00\x08job-name\x00\x07yilin-1");
        both(b"\x42\x00\x08job-name\x00\x07letters", b"\x42\x00\x08job-name\x00\x07xxxxxxx");
        // A value of its own kind, and one more without a name, which belongs to the one before.
        both(
            b"\x42\x00\x08job-name\x00\x02\xE5\xBC\x42\x00\x00\x00\x02ab",
            b"\x42\x00\x08job-name\x00\x02xx\x42\x00\x00\x00\x02xx",
        );
        both(b"\x21\x00\x03pin\x00\x04\x00\x00\x12\x34", b"\x21\x00\x03xxx\x00\x04\x00\x00\x00\x00");
        both(b"\x41\x00\x0estatus-message\x00\x02no", b"\x41\x00\x0exxxxxxxxxxxxxx\x00\x02xx");
        both(b"\x44\x00\x11job-state-reasons\x00\x03a b", b"\x44\x00\x11job-state-reasons\x00\x03xxx");
        both(
            b"\x36\x00\x08job-name\x00\x08\x00\x02zh\x00\x02ok",
            b"\x36\x00\x08job-name\x00\x08\x00\x02xx\x00\x02xx",
        );
        both(b"\x30\x00\x08job-name\x00\x02ok", b"\x30\x00\x08job-name\x00\x02\x00\x00");
    }

    /// A mistake that the driver trips over stays the same mistake.
    #[test]
    fn what_is_no_message_stays_none() {
        let check = |tail: &[u8]| {
            let message = [&HEAD[..8], tail].concat();
            let kept = redacted(&message, &[]);
            assert_eq!(kept.len(), message.len());
            assert_eq!(Answer::parse(&kept).err(), Answer::parse(&message).err(), "{tail:02x?}");
        };
        check(b"\x02\x21\x00\x01a\x00\x03\x00\x00\x00\x03");
        check(b"\x02\x22\x00\x01a\x00\x01\x02\x03");
        check(b"\x02\x35\x00\x01a\x00\x03\x00\x09e\x03");
        check(b"\x02\x44\x00\x01a\x00\x09b\x03");
        check(b"\x02\x37\x00\x00\x00\x00\x03");
        check(b"\x44\x00\x01a\x00\x01b\x03");
        check(b"");
    }

    #[test]
    fn what_follows_the_attributes_is_gone() {
        check(&[HEAD, b"\x03secret"].concat(), &[HEAD, b"\x03\0\0\0\0\0\0"].concat());
        check(b"abc", b"abc");
    }
}
