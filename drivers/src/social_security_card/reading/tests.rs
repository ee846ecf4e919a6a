use domain::resident_id::Sex;
use time::macros::date;

use super::super::SocialSecurityWarning as Warning;
use super::super::card::SocialSecurityCard;
use super::*;
use crate::id_card_reader::CardReaderErrorKind as Kind;

/// Commands in order and their good answers, typed from the page.
fn exchange() -> Vec<(Vec<u8>, Vec<u8>)> {
    let select = |file| (vec![0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, file], vec![0x90, 0x00]);
    let record = |tag: u8, value: &[u8]| {
        let length = u8::try_from(value.len()).unwrap();
        let reply = [&[tag, length], value, &[0x90, 0x00]].concat();
        (vec![0x00, 0xB2, tag, 0x00, length + 2], reply)
    };
    let application = b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF".to_vec();
    let mut name = [b' '; 30];
    name[..6].copy_from_slice(&[0xD5, 0xC5, 0xCA, 0xBE, 0xC0, 0xFD]);
    let mut id = [0xFF; 16];
    id[..13].copy_from_slice(&[0x99, 0, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0x01, 0x23, 0x45, 0x67, 0x89]);
    vec![
        (application, vec![0x90, 0x00]),
        select(0x05),
        record(0x01, &id),
        record(0x02, b"1"),
        record(0x03, b"2.00"),
        record(0x04, &[0x99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01]),
        record(0x05, &[0x20, 0x20, 0x01, 0x01]),
        record(0x06, &[0x20, 0x40, 0x01, 0x01]),
        record(0x07, b"Z99000001"),
        select(0x06),
        record(0x08, b"990000194001010014"),
        record(0x09, &name),
        record(0x0A, b"1"),
        record(0x0B, &[0x01]),
        record(0x0C, &[0x99, 0x00, 0x00]),
        record(0x0D, &[0x19, 0x40, 0x01, 0x01]),
    ]
}

/// Plays the exchange with the answers of some commands replaced.
fn play(changed: &[(usize, &[u8])]) -> Result<SocialSecurityCard, SocialSecurityCardError> {
    let mut reading = Reading::begin();
    for (index, (command, good)) in exchange().into_iter().enumerate() {
        assert_eq!(reading.command(), command, "command {index}");
        let reply = changed.iter().find(|(at, _)| *at == index).map_or(&good[..], |(_, reply)| reply);
        match reading.answer(reply)? {
            Answered::Ask(next) => reading = next,
            Answered::Read(card) => return Ok(*card),
        }
    }
    panic!("the reading did not end with the last record");
}

#[test]
fn a_card_is_read() {
    let card = play(&[]).unwrap();
    assert_eq!(card.name.reveal(), "张示例");
    assert_eq!(card.number.personal().reveal(), "990000194001010014");
    assert_eq!(card.card_number.as_ref().unwrap().reveal(), "Z99000001");
    assert_eq!(card.card_id.reveal(), "99000001234567890123456789");
    assert_eq!(card.region.as_ref().unwrap().as_str(), "990000");
    assert_eq!(card.class.as_deref(), Some("1"));
    assert_eq!(card.version.as_deref(), Some("2.00"));
    assert_eq!(card.issuer.as_deref(), Some("990000000000000000000001"));
    assert_eq!(card.valid_from, Some(date!(2020 - 01 - 01)));
    assert_eq!(card.valid_to, Some(date!(2040 - 01 - 01)));
    assert_eq!(card.sex, Some(Sex::Male));
    assert_eq!(card.nation.unwrap().code(), "01");
    assert_eq!(card.birthplace.as_ref().unwrap().as_str(), "990000");
    assert_eq!(card.birth, Some(date!(1940 - 01 - 01)));
    assert_eq!(card.warnings, []);
    let shown = format!("{card:?}");
    assert!(!shown.contains("示例") && !shown.contains("19400101") && !shown.contains("Z9900"), "{shown}");
}

#[test]
fn what_a_card_does_not_have_is_absent() {
    for (at, _) in exchange().iter().enumerate().filter(|(at, _)| ![0, 1, 2, 9, 10, 11].contains(at)) {
        for status in [[0x6A, 0x83], [0x6A, 0x82], [0x6A, 0x88]] {
            play(&[(at, &status)]).unwrap_or_else(|e| panic!("command {at}: {e}"));
        }
    }
    // Id, number and name are what makes it a card.
    for (at, tag) in [(2, 0x01), (10, 0x08), (11, 0x09)] {
        let error = play(&[(at, &[0x6A, 0x83])]).unwrap_err();
        assert!(matches!(error, SocialSecurityCardError::Record { tag: of } if of == tag), "{error:?}");
    }
}

#[test]
fn every_refusal_has_its_kind() {
    let check = |at: usize, reply: &[u8], kind: Kind| {
        let error = play(&[(at, reply)]).unwrap_err();
        assert_eq!(error.kind(), kind, "command {at} {reply:02X?}: {error}");
    };
    check(0, &[0x6A, 0x82], Kind::InvalidCard);
    check(0, &[0x6D, 0x00], Kind::InvalidCard);
    check(1, &[0x6A, 0x82], Kind::InvalidCard);
    check(9, &[0x69, 0x82], Kind::Security);
    check(11, &[0x69, 0x82], Kind::Security);
    check(11, &[0x6F, 0x00], Kind::InvalidData);
    check(11, &[], Kind::Communication);
    check(11, &[0x90], Kind::Communication);
    for at in 2..16 {
        if at != 9 {
            check(at, &[0x90, 0x00], Kind::InvalidData);
            check(at, &[0x7E, 0x01, 0x31, 0x90, 0x00], Kind::InvalidData);
            check(at, &[u8::try_from(at).unwrap(), 0xFF, 0x31, 0x90, 0x00], Kind::InvalidData);
        }
    }
    // A day that is none, a letter among digits, a sex that nobody codes.
    check(6, &[0x05, 4, 0x20, 0x20, 0x13, 0x01, 0x90, 0x00], Kind::InvalidData);
    check(14, &[0x0C, 3, 0x99, 0xA0, 0x00, 0x90, 0x00], Kind::InvalidData);
    check(12, &[0x0A, 1, b'7', 0x90, 0x00], Kind::InvalidData);
}

#[test]
fn records_may_be_written_in_other_ways() {
    // The sex as a number, no last day, a number without its padding and one with zeros.
    assert_eq!(play(&[(12, &[0x0A, 1, 0x02, 0x90, 0x00])]).unwrap().sex, Some(Sex::Female));
    assert_eq!(play(&[(7, &[0x06, 4, 0, 0, 0, 0, 0x90, 0x00])]).unwrap().valid_to, None);
    let padded = b"\x07\x0BZ99000001\x00\x00\x90\x00";
    assert_eq!(play(&[(8, padded)]).unwrap().card_number.unwrap().reveal(), "Z99000001");
    // Bytes that fill the answer up.
    let filled = b"\x0D\x04\x19\x40\x01\x01\xFF\xFF\x90\x00";
    assert_eq!(play(&[(15, filled)]).unwrap().birth, Some(date!(1940 - 01 - 01)));
}

#[test]
fn what_is_odd_is_said() {
    let check = |at: usize, reply: &[u8], warning: Warning| {
        assert_eq!(play(&[(at, reply)]).unwrap().warnings, [warning]);
    };
    check(10, b"\x08\x12990000194001010015\x90\x00", Warning::NumberChecksum);
    check(10, b"\x08\x0499ab\x90\x00", Warning::NumberMalformed);
    check(15, &[0x0D, 4, 0x19, 0x41, 0x01, 0x01, 0x90, 0x00], Warning::BirthDiffers);
    check(11, &[0x09, 3, 0xD5, 0xC5, 0x81, 0x90, 0x00], Warning::NameUnreadable);
}

/// Sends the answers of one command after another, and gives the card and how many commands it took.
fn feed(replies: impl IntoIterator<Item = Vec<u8>>) -> (SocialSecurityCard, usize) {
    let mut reading = Reading::begin();
    for (count, reply) in replies.into_iter().enumerate() {
        match reading.answer(&reply).unwrap() {
            Answered::Ask(next) => reading = next,
            Answered::Read(card) => return (*card, count + 1),
        }
    }
    panic!("the reading did not end");
}

#[test]
fn every_answer_may_come_in_two_parts_cut_anywhere_or_after_its_length() {
    for (at, (command, good)) in exchange().into_iter().enumerate().filter(|(_, (c, _))| c.len() == 5) {
        let (data, status) = good.split_at(good.len() - 2);
        let length = u8::try_from(data.len()).unwrap();
        let instead = |parts: Vec<Vec<u8>>| {
            let all = exchange().into_iter().enumerate();
            all.flat_map(move |(i, (_, reply))| if i == at { parts.clone() } else { vec![reply] })
        };
        for cut in 0..data.len() {
            let left = length - u8::try_from(cut).unwrap();
            let parts = vec![[&data[..cut], &[0x61, left]].concat(), [&data[cut..], status].concat()];
            let (card, commands) = feed(instead(parts));
            assert_eq!((card.name.reveal(), commands), ("张示例", 17), "{command:02X?} cut at {cut}");
        }
        let (card, commands) = feed(instead(vec![vec![0x6C, length], good.clone()]));
        assert_eq!((card.name.reveal(), commands), ("张示例", 17), "{command:02X?}");
    }
}
