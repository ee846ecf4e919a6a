//! Recordings of the card reader: nothing of a card reaches the file, and what is replayed is the same visit with nobody's.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Instant;

use drivers::id_card_reader::{self, CardRead, CardReaderError, CardReaderErrorKind as Kind, Content, SamId};
use drivers::sim::id_card::{
    CardFault, FictitiousCard, ReaderOptions, SampleCard, SimulatedCardReader, Step,
};
use drivers::transport::{Event, PortAddress, Recording};

fn visit(port: &PortAddress, file: Option<&Path>) -> Result<CardRead, CardReaderError> {
    let mut reader = match file {
        Some(file) => id_card_reader::open_recorded(port, file)?,
        None => id_card_reader::open(port)?,
    };
    reader.read(Content::TextPhotoFingerprints, Instant::now())
}

/// Reads a card with a fault over a real pty, recorded; what came of it, and the recording's text.
fn record(
    card: &FictitiousCard,
    fault: Option<CardFault>,
    baud: u32,
    file: &Path,
) -> Result<CardRead, CardReaderError> {
    let simulator = SimulatedCardReader::start(ReaderOptions { baud, ..ReaderOptions::default() }).unwrap();
    simulator.place(card.clone());
    fault.into_iter().for_each(|fault| simulator.inject(fault));
    visit(&simulator.port().parse().unwrap(), Some(file))
}

/// A run of bytes so long does not happen by chance.
const WINDOW: usize = 6;

/// Every run of bytes of a card that says something: two characters and more that are no padding.
fn runs(card: &FictitiousCard) -> HashSet<Vec<u8>> {
    let photo = card.photo();
    let records = card.address_records();
    let parts = [&card.text_block()[..], &photo[8..], &records, &card.fingerprint_bytes(), &card.chip_number];
    let all = parts.into_iter().flat_map(|part| part.windows(WINDOW).map(<[u8]>::to_vec).collect::<Vec<_>>());
    all.filter(|run| run.iter().any(|byte| ![0x00, 0x20].contains(byte))).collect()
}

/// What the file itself says of nobody: its own card's runs, as a replay gives them.
fn stand_ins() -> HashSet<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let mut runs = HashSet::new();
    for (index, kind) in SampleCard::ALL.into_iter().take(4).enumerate() {
        let file = folder.path().join(format!("{index}"));
        // A card with nothing in it but its kind: what is in the file then is none of the card's.
        let blank = FictitiousCard {
            name: vec![],
            english_name: String::new(),
            nation: String::new(),
            nationality: String::new(),
            address: String::new(),
            number: String::new(),
            pass_number: String::new(),
            issue_count: String::new(),
            issuer: String::new(),
            birth: "10010101".to_owned(),
            valid_from: "10010101".to_owned(),
            valid_to: "10010101".to_owned(),
            later_addresses: vec!["\u{3000}".to_owned()],
            ..kind.card()
        };
        record(&blank, None, 115_200, &file).unwrap();
        runs.extend(bytes_in(&file).windows(WINDOW).map(<[u8]>::to_vec));
    }
    runs
}

/// All that came, as the file has it, in one piece.
fn bytes_in(file: &Path) -> Vec<u8> {
    let recording = Recording::read(file).unwrap();
    assert!(recording.is_whole());
    let events = recording.events.into_iter();
    events
        .filter_map(|timed| match timed.event {
            Event::In(bytes) => Some(bytes),
            _ => None,
        })
        .flatten()
        .collect()
}

#[test]
fn nothing_of_a_card_is_in_the_file_and_the_replay_is_a_card_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let stand_ins = stand_ins();
    let faults = [
        None,
        Some(CardFault::Noisy),
        Some(CardFault::ChecksumOnce),
        Some(CardFault::CutOnce),
        Some(CardFault::LostOnce(Step::Read)),
        Some(CardFault::Split),
    ];
    let samples = SampleCard::ALL.into_iter().map(|sample| (sample, None));
    let spoilt = faults.into_iter().map(|fault| (SampleCard::WithFingerprints, fault));
    for (index, (sample, fault)) in samples.chain(spoilt).enumerate() {
        let what = format!("{} {fault:?}", sample.word());
        let file = folder.path().join(format!("{index}.jsonl"));
        let card = sample.card();
        let read = record(&card, fault, 115_200, &file).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(read.card.number().personal().reveal(), card.number, "{what}");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let there = bytes_in(&file);
        let kept: HashSet<&[u8]> = there.windows(WINDOW).filter(|run| !stand_ins.contains(*run)).collect();
        let leaked = runs(&card).into_iter().find(|run| kept.contains(&run[..]));
        assert_eq!(leaked, None, "{what}");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&card.number) && !text.contains("示例"), "{what}");

        let replayed =
            visit(&PortAddress::Replay { path: file }, None).unwrap_or_else(|e| panic!("{what}: {e:?}"));
        assert_eq!(replayed.card.kind(), read.card.kind(), "{what}");
        assert_eq!(replayed.card.name().reveal(), "替代人", "{what}");
        assert_ne!(replayed.card.number(), read.card.number(), "{what}");
        assert_eq!(replayed.photo.bytes().len(), 1024, "{what}");
        assert_eq!(replayed.photo.bytes()[..4], *b"WLf\0", "{what}");
        assert!(replayed.photo.bytes()[8..].iter().all(|byte| *byte == 0), "{what}");
        assert_eq!(replayed.fingerprints.len(), read.fingerprints.len(), "{what}");
        assert_eq!(replayed.card.newest_address().is_some(), read.card.newest_address().is_some(), "{what}");
        assert_eq!(replayed.chip_number.unwrap().reveal(), "00".repeat(28), "{what}");
        assert_eq!(replayed.sam_id, read.sam_id, "{what}");
    }
}

#[test]
fn a_failure_is_replayed_as_the_same_failure() {
    let folder = tempfile::tempdir().unwrap();
    let faults = [
        CardFault::WrongCard,
        CardFault::Security,
        CardFault::ReadFailed,
        CardFault::BadText,
        CardFault::Removed(Step::Find),
        CardFault::Removed(Step::Select),
        CardFault::Removed(Step::Read),
        CardFault::SelfTest,
        CardFault::Checksum,
        CardFault::Silent,
        CardFault::Unplugged(Step::Read),
    ];
    for (index, fault) in faults.into_iter().enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let card = SampleCard::Resident.card();
        let error = record(&card, Some(fault), 115_200, &file).unwrap_err();
        let replayed = visit(&PortAddress::Replay { path: file }, None).unwrap_err();
        assert_eq!((replayed.kind(), replayed.sw3()), (error.kind(), error.sw3()), "{fault:?}: {replayed:?}");
    }
}

#[test]
fn the_speed_that_was_found_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("visit.jsonl");
    record(&SampleCard::LongTerm.card(), None, 38_400, &file).unwrap();
    let replay = PortAddress::Replay { path: file.clone() };
    assert_eq!(visit(&replay, None).unwrap().card.name().reveal(), "替代人");
    // A recording is not overwritten, and another course of events is none of its own.
    let error = record(&SampleCard::LongTerm.card(), None, 38_400, &file).unwrap_err();
    assert!(matches!(error, CardReaderError::Recording(_)), "{error:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("AAAAAA966900032001", "AAAAAA966900032002")).unwrap();
    assert_eq!(visit(&replay, None).unwrap_err().kind(), Kind::Port);
}

/// The exchange of a reader behind USB, typed from the reference page: `usb:` has no speed, and the rest is the same.
#[test]
fn a_typed_recording_of_a_usb_reader_is_a_visit() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/usb-no-card.jsonl");
    let mut reader = id_card_reader::open(&PortAddress::Replay { path: file }).unwrap();
    let number = SamId::new([5, 0, 1, 0, 0xDF, 0x77, 0x33, 0x01, 1, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(reader.sam_id(), number);
    assert_eq!(reader.read(Content::TextPhoto, Instant::now()).unwrap_err().kind(), Kind::NoCard);
}
