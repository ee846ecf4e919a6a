//! The reading of social-security cards against the fictitious card, command by command, without a reader.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use drivers::id_card_reader::CardReaderErrorKind as Kind;
use drivers::sim::social_security_card::{
    AnswerStyle, FictitiousSocialSecurityCard, SocialSecurityChip, SocialSecurityFault as Fault,
};
use drivers::social_security_card::{
    self, ApduChannel, RecordedChannel, SocialSecurityCard, SocialSecurityCardError, read_through,
};
use drivers::transport::PortAddress;
use zeroize::Zeroizing;

struct Channel(SocialSecurityChip);

impl ApduChannel for Channel {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, SocialSecurityCardError> {
        self.0.answer(command).map(Zeroizing::new).ok_or(SocialSecurityCardError::CardRemoved)
    }
}

fn read(card: FictitiousSocialSecurityCard) -> Result<SocialSecurityCard, SocialSecurityCardError> {
    read_through(&mut Channel(SocialSecurityChip::new(card)))
}

#[test]
fn every_style_of_answer_gives_the_same_card() {
    for style in [AnswerStyle::AtOnce, AnswerStyle::Fetched, AnswerStyle::RightLength] {
        // A name without padding is shorter than the length that is asked for.
        let short = vec![0xD5, 0xC5, 0xCA, 0xBE, 0xC0, 0xFD];
        let card = FictitiousSocialSecurityCard { style, ..FictitiousSocialSecurityCard::sample() };
        for card in [card.clone(), card.with(0x09, short)] {
            let read = read(card).unwrap_or_else(|e| panic!("{style:?}: {e}"));
            assert_eq!(read.name.reveal(), "张示例", "{style:?}");
            assert_eq!(read.number.personal().reveal(), "990000194001010014", "{style:?}");
            assert_eq!(read.region.unwrap().as_str(), "990000", "{style:?}");
            assert_eq!(read.warnings, [], "{style:?}");
        }
    }
}

#[test]
fn every_fault_has_its_kind() {
    let check = |fault: Fault, kind: Option<Kind>| {
        let card =
            FictitiousSocialSecurityCard { fault: Some(fault), ..FictitiousSocialSecurityCard::sample() };
        assert_eq!(read(card).err().map(|e| e.kind()), kind, "{fault:?}");
    };
    check(Fault::OtherCard, Some(Kind::InvalidCard));
    check(Fault::Security, Some(Kind::Security));
    for tag in 0x01..=0x0D {
        let must_be = [0x01, 0x08, 0x09].contains(&tag);
        check(Fault::Absent(tag), must_be.then_some(Kind::InvalidData));
        check(Fault::WrongLength(tag), Some(Kind::InvalidData));
        check(Fault::WrongTag(tag), Some(Kind::InvalidData));
        check(Fault::Removed(tag), Some(Kind::CardRemoved));
    }
}

#[test]
fn a_recording_holds_nothing_of_the_card_and_replays_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reading.jsonl");
    let sample = FictitiousSocialSecurityCard::sample();
    let mut chip = Channel(SocialSecurityChip::new(sample.clone()));
    let port = PortAddress::Pcsc { reader: "Virtual PCD 00 00".to_owned() };
    let read = read_through(&mut RecordedChannel::create(&mut chip, &port, &file).unwrap()).unwrap();
    assert_eq!(read.name.reveal(), "张示例");

    let text = std::fs::read_to_string(&file).unwrap();
    for (_, tag, value) in &sample.records {
        // Shorter ones are a digit or a day that many have.
        let run = &value[value.len().min(3)..value.len().min(9)];
        if run.len() == 6 && run.iter().any(|byte| ![0x00, 0x20].contains(byte)) {
            let hex: String = run.iter().map(|byte| format!("{byte:02X}")).collect();
            assert!(!text.contains(&hex), "record {tag:02X}");
        }
    }
    let replay = PortAddress::Replay { path: file };
    let replayed = social_security_card::open(&replay).unwrap().read(std::time::Instant::now()).unwrap();
    assert_eq!(replayed.name.reveal(), "替代人");
    assert_eq!(replayed.number.personal().reveal(), "990000197001019995");
    assert_eq!(replayed.card_number.unwrap().reveal(), "Z99999999");
    assert_eq!(replayed.warnings, []);
}
