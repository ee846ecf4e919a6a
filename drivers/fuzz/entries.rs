//! One entry for each parser of outside bytes: any bytes are answered, and what is answered holds together.
//!
//! Called by the fuzz targets beside this file, and by `drivers/tests/fuzz.rs` over the corpus and seeded changes of it.
//! A new parser gets an entry here, a line in [`ENTRIES`], a target in `fuzz_targets` and Cargo.toml, and a folder in
//! `corpus`.
#![allow(dead_code, reason = "each fuzz target takes one entry, the test takes all")]

#[path = "codes.rs"]
pub(crate) mod codes;
#[path = "devices.rs"]
pub(crate) mod devices;
#[path = "document.rs"]
pub(crate) mod document;
#[path = "printer.rs"]
pub(crate) mod printer;
#[path = "touch.rs"]
pub(crate) mod touch;

use domain::resident_id::ResidentIdCard;
use drivers::id_card_reader::{
    CardRedaction, FrameParser, Portrait, Request, Response, TEXT_BLOCK_BYTES, newest_address, parse,
};
use drivers::social_security_card::{Answered, Reading};
use drivers::transport::{Recording, Redaction as _};

/// An entry.
pub(crate) type Entry = fn(&[u8]);

/// Every entry, by the name of its target and its folder in the corpus.
pub(crate) const ENTRIES: [(&str, Entry); 22] = [
    ("board_reply", devices::board_reply),
    ("call_recording", devices::call_recording),
    ("camera_jpeg", codes::camera_jpeg),
    ("camera_recording", codes::camera_recording),
    ("card_frames", card_frames),
    ("card_text", card_text),
    ("chip_card", chip_card),
    ("code_payload", codes::payload),
    ("document_file", document::file),
    ("face_answer", devices::face_answer),
    ("input_events", touch::input_events),
    ("ipp_answer", document::answer),
    ("ipp_http", document::http),
    ("ipp_recording", document::recording),
    ("mixer", devices::mixer),
    ("power_list", devices::power_list),
    ("printer_profile", printer::profile),
    ("printer_reply", printer::reply),
    ("printer_status", printer::status),
    ("recording", recording),
    ("scanner_line", codes::scanner_line),
    ("scanner_redaction", codes::scanner_redaction),
];

/// More at once than a line brings before it is read.
const LONGEST: usize = 8192;

/// What a reader sends, in one piece and in pieces: whatever is found really came, whole and with a right check byte, and
/// a redaction keeps the length. The first byte says how long the pieces are.
///
/// That both find the same is no property of any bytes: a preamble with stray bytes in it is not waited for, so where false
/// frames overlap, what is found depends on what had come. Of true frames it is one, which `drivers/tests` hold.
pub(crate) fn card_frames(bytes: &[u8]) {
    let Some((size, bytes)) = bytes.split_first().filter(|(_, bytes)| bytes.len() <= LONGEST) else { return };
    for size in [bytes.len(), usize::from(*size)] {
        let mut parser = FrameParser::new();
        for piece in bytes.chunks(size.max(1)) {
            let mut next = parser.push(piece);
            while let Some(response) = next {
                assert_came(bytes, &response);
                next = parser.push(&[]);
            }
        }
        while let Some(response) = parser.line_is_silent() {
            assert_came(bytes, &response);
        }
    }
    let mut redaction = CardRedaction::new();
    let asked = Request::ALL[usize::from(*size) % Request::ALL.len()];
    assert_eq!(redaction.outgoing(&asked.frame()), asked.frame());
    assert_eq!(redaction.incoming(bytes).len(), bytes.len());
}

fn assert_came(bytes: &[u8], response: &Response) {
    let length = u16::try_from(response.data().len() + 4).unwrap_or_default().to_be_bytes();
    let [sw1, sw2] = response.card_status();
    let head = [length[0], length[1], sw1, sw2, response.sw3().byte()];
    let check = head.iter().chain(response.data()).fold(0, |sum, byte| sum ^ byte);
    let frame = [&head[..], response.data(), &[check]].concat();
    assert!(bytes.windows(frame.len()).any(|window| window == frame));
}

/// A text block, what follows it as address records, and all of it as a decoder's portrait.
pub(crate) fn card_text(bytes: &[u8]) {
    if let Some((block, records)) = bytes.split_first_chunk::<TEXT_BLOCK_BYTES>() {
        if let Ok(fields) = parse(block) {
            let card = ResidentIdCard::new(fields);
            assert!(card.name_units().len() <= 60);
            assert_eq!(format!("{card:?}"), format!("ResidentIdCard({}, …)", card.kind().word()));
        }
        if let Some(address) = newest_address(records) {
            assert!(!address.is_empty() && address.units().len() <= 35);
        }
    }
    assert_eq!(
        Portrait::from_output(bytes).is_ok(),
        bytes.len() == 38_571 && bytes.starts_with(b"P6\n102 126\n255\n")
    );
}

/// The answers of a chip card, each with its length before it: the reading ends after a bounded number of them.
pub(crate) fn chip_card(bytes: &[u8]) {
    let mut rest = bytes;
    let mut reading = Reading::begin();
    for _ in 0..16 * 8 {
        let Some((length, tail)) = rest.split_first() else { return };
        let (reply, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        assert!(reading.command().len() >= 5);
        match reading.answer(reply) {
            Ok(Answered::Ask(next)) => reading = next,
            Ok(Answered::Read(card)) => {
                assert!(!card.name.is_empty());
                return;
            }
            Err(_) => return,
        }
    }
    panic!("the reading did not end");
}

/// A recording's file.
pub(crate) fn recording(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(recording) = Recording::parse(text) {
        assert_eq!(recording.events.len() + 1, text.lines().count());
        assert!(recording.events.is_sorted_by_key(|timed| timed.us));
    }
}
