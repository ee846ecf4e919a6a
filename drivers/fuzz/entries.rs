//! One entry for each parser of outside bytes: any bytes are answered, and what is answered holds together.
//!
//! Called by the fuzz targets beside this file, and by `drivers/tests/fuzz.rs` over the corpus and seeded changes of it.
//! A new parser gets an entry here, a line in [`ENTRIES`], a target in `fuzz_targets` and Cargo.toml, and a folder in
//! `corpus`.
#![allow(dead_code, reason = "each fuzz target takes one entry, the test takes all")]

use domain::resident_id::ResidentIdCard;
use drivers::id_card_reader::{
    CardRedaction, FrameParser, Portrait, Request, TEXT_BLOCK_BYTES, newest_address, parse,
};
use drivers::social_security_card::{Answered, Reading};
use drivers::transport::{Recording, Redaction as _};

/// An entry.
pub(crate) type Entry = fn(&[u8]);

/// Every entry, by the name of its target and its folder in the corpus.
pub(crate) const ENTRIES: [(&str, Entry); 4] = [
    ("card_frames", card_frames),
    ("card_text", card_text),
    ("chip_card", chip_card),
    ("recording", recording),
];

/// More at once than a line brings before it is read.
const LONGEST: usize = 8192;

/// What a reader sends: in one piece and in pieces the same frames, and a redaction of the same length in which every
/// status is still there. The first byte says how long the pieces are.
pub(crate) fn card_frames(bytes: &[u8]) {
    let Some((size, bytes)) = bytes.split_first().filter(|(_, bytes)| bytes.len() <= LONGEST) else { return };
    let whole = frames([bytes]);
    let pieces = frames(bytes.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, pieces);
    let mut redaction = CardRedaction::new();
    let asked = Request::ALL[usize::from(*size) % Request::ALL.len()];
    assert_eq!(redaction.outgoing(&asked.frame()), asked.frame());
    assert_eq!(redaction.incoming(bytes).len(), bytes.len());
}

/// SW1, SW2, SW3 and data of every frame.
fn frames<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<([u8; 2], u8, Vec<u8>)> {
    let mut parser = FrameParser::new();
    let mut found = Vec::new();
    for piece in pieces {
        let mut next = parser.push(piece);
        while let Some(response) = next {
            found.push((response.card_status(), response.sw3().byte(), response.data().to_vec()));
            next = parser.push(&[]);
        }
    }
    while let Some(response) = parser.line_is_silent() {
        found.push((response.card_status(), response.sw3().byte(), response.data().to_vec()));
    }
    found
}

/// A text block, what follows it as address records, and all of it as a decoder's portrait.
pub(crate) fn card_text(bytes: &[u8]) {
    if let Some((block, records)) = bytes.split_first_chunk::<TEXT_BLOCK_BYTES>() {
        if let Ok(fields) = parse(block) {
            let card = ResidentIdCard::new(fields);
            assert!(card.name_units().len() <= 60);
            assert!(
                !format!("{card:?}").contains(card.number().personal().reveal())
                    || card.number().personal().is_empty()
            );
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
