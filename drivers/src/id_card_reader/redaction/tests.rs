use domain::resident_id::{CardKind, ResidentIdCard};

use super::*;
use crate::id_card_reader::newest_address;

#[test]
fn every_stand_in_is_a_card_without_a_wrong_number() {
    let check = |letter: u8, kind: CardKind| {
        let mut block = [0; 256];
        block[248] = letter;
        let card = ResidentIdCard::new(parse(&stand_in::text_block(&block, true)).unwrap());
        assert_eq!(card.kind(), kind);
        assert_eq!(card.name().reveal(), "替代人");
        assert!(!card.warnings().iter().any(|warning| warning.is_integrity_alarm()), "{:?}", card.warnings());
        assert!(parse(&stand_in::text_block(&block, false)).is_err());
    };
    check(b' ', CardKind::Resident);
    check(b'J', CardKind::HmtResidence);
    check(b'I', CardKind::PermanentResidence2017);
    check(b'Y', CardKind::PermanentResidence2023);
}

#[test]
fn address_records_keep_their_number() {
    let mut records = [0x20, 0x00].repeat(35 * 3);
    records[70..74].copy_from_slice(&[0x4B, 0x6D, 0xD5, 0x8B]);
    let redacted = stand_in::address_records(&records);
    assert_eq!(redacted.len(), 210);
    assert_eq!(newest_address(&redacted).unwrap().to_text().reveal(), "示例省样本市替代区一号");
    assert_eq!(newest_address(&redacted[..70]), None);
    assert_eq!(newest_address(&redacted[140..]), None);
    assert_eq!(stand_in::address_records(&[0x41; 3]), [0, 0, 0]);
}

/// A redaction that has seen a request, and what it makes of an answer.
fn after(request: Request, came: &[u8]) -> Vec<u8> {
    let mut redaction = CardRedaction::new();
    assert_eq!(redaction.outgoing(&request.frame()), request.frame());
    let redacted = redaction.incoming(came);
    assert_eq!(redacted.len(), came.len());
    redacted
}

#[test]
fn statuses_and_the_modules_number_are_kept() {
    let no_card = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x80, 0x84];
    assert_eq!(after(Request::Find, &no_card), no_card);
    let number =
        [&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x14, 0x00, 0x00, 0x90][..], &[7; 16], &[0x84]].concat();
    assert_eq!(after(Request::SamId, &number), number);
    // The same answer to another question may be anything.
    let hidden = after(Request::Select, &number);
    assert_eq!(hidden[10..26], [0; 16]);
    assert_eq!(hidden[..10], number[..10]);
}

#[test]
fn what_is_no_frame_becomes_zeros() {
    let no_card = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x80, 0x84];
    let check = |came: &[u8], want: &[u8]| assert_eq!(after(Request::Find, came), want, "{came:02X?}");
    check(b"990000", &[0; 6]);
    check(&[&b"9900"[..], &no_card, b"99"].concat(), &[&[0; 4][..], &no_card, &[0; 2]].concat());
    // Stray bytes inside the preamble, a wrong check byte, a frame that is cut short.
    check(&[&[0xAA, 0x39][..], &no_card[1..]].concat(), &[&[0][..], &no_card].concat());
    check(&[&no_card[..10], &[0x85]].concat(), &[0; 11]);
    check(&no_card[..9], &[0; 9]);
    // A false head that would swallow the answer.
    let false_head = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x10, 0x00];
    check(&[&false_head[..], &no_card].concat(), &[&[0; 7][..], &no_card].concat());
    // What was sent and is no request of ours is not kept either.
    assert_eq!(CardRedaction::new().outgoing(b"990000"), [0; 6]);
}
