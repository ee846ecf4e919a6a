use proptest::prelude::*;
use qrcode::bits::Bits as Encoded;
use qrcode::{EcLevel, Version};

use super::*;

/// Bits as the standard writes them, the rest of the code filled up with zeros.
fn check(written: &str, version: usize, expected: Option<&str>) {
    let mut bits: Vec<bool> = written.chars().filter(|c| !c.is_whitespace()).map(|c| c == '1').collect();
    bits.resize(bits.len().div_ceil(8) * 8 + 16, false);
    let data: Vec<u8> =
        bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect();
    assert_eq!(text(&data, version).as_deref(), expected, "{written}");
}

/// A segment of bytes in a code of version 1 to 9.
fn bytes(content: &[u8]) -> String {
    let content: String = content.iter().map(|byte| format!("{byte:08b}")).collect();
    format!("0100 {:08b} {content}", content.len() / 8)
}

#[test]
fn the_standards_examples() {
    // 7.4.3, example 1, and the same in a code of version 10 and 27; 7.4.4; 7.4.6, with the characters' values 935F and E4AA.
    check("0001 0000001000 0000001100 0101011001 1000011", 1, Some("01234567"));
    check("0001 000000001000 0000001100 0101011001 1000011", 10, Some("01234567"));
    check("0001 00000000001000 0000001100 0101011001 1000011", 27, Some("01234567"));
    check("0010 000000101 00111001110 11100111001 000010", 1, Some("AC-42"));
    check("1000 00000010 0110110011111 1101010101010", 1, Some("点茗"));
    // 7.4.2.3: five Greek letters of ISO 8859-7, a set that is not read here.
    check("0111 00001001 0100 00000101 1010000110100010101000111010010010100101", 1, None);
}

#[test]
fn sets_of_characters() {
    let eci = |number: u32| format!("0111 {number:08b}");
    let gbk = [0xD1, 0xF9, 0xB0, 0xE5];
    check(&bytes("样板".as_bytes()), 1, Some("样板"));
    check(&bytes(&gbk), 1, Some("样板"));
    // 王䶮 and 𠮟: the second bytes are no letters of ISO 8859-1. What may be either is neither.
    check(&bytes(&[0xCD, 0xF5, 0xFE, 0x9F]), 1, Some("王䶮"));
    check(&bytes(&[0x95, 0x34, 0xB0, 0x31]), 1, Some("𠮟"));
    check(&bytes(b"M\xFCller"), 1, None);
    check(&(eci(29) + &bytes(&gbk)), 1, Some("样板"));
    check(&(eci(32) + &bytes(&[0x95, 0x34, 0xB0, 0x31])), 1, Some("𠮟"));
    check(&(eci(26) + &bytes("样板".as_bytes())), 1, Some("样板"));
    check(&(eci(26) + &bytes(&gbk)), 1, None);
    check(&(eci(3) + &bytes(b"M\xFCller")), 1, Some("Müller"));
    check(&(eci(20) + &bytes(&[0x93, 0x5F])), 1, Some("点"));
    // The same designator in two and in three bytes.
    check(&("0111 10000000 00011101".to_owned() + &bytes(&gbk)), 1, Some("样板"));
    check(&("0111 11000000 00000000 00011101".to_owned() + &bytes(&gbk)), 1, Some("样板"));
    check(&("0111 11100000".to_owned() + &bytes(&gbk)), 1, None);
    // GB/T 18284-2000: 样 is D1F9, less A6A1 2B58, 2Bh · 60h + 58h.
    check("1101 0001 00000001 1000001111000", 1, Some("样"));
    check("1101 0010 00000001 1000001111000", 1, None);
}

#[test]
fn a_text_is_said_once_and_whole() {
    let (empty, ten) = (bytes(b""), bytes(b"PAY 10"));
    check(&ten, 1, Some("PAY 10"));
    // rxing 0.9.3 says the text again for each segment without anything before it.
    check(&format!("{empty}{ten}"), 1, Some("PAY 10"));
    check(&format!("{empty}{empty}{ten}"), 1, Some("PAY 10"));
    check(&format!("0111 00011010 0111 00011010 {ten}"), 1, Some("PAY 10"));
    // A character may be cut by a segment's end; what is no character takes the rest with it.
    check(&format!("{}{}", bytes(&"样".as_bytes()[..2]), bytes(&"样x".as_bytes()[2..])), 1, Some("样x"));
    check(&format!("{} 0001 0000000001 0111", bytes(&[0xFF, 0xFE, 0xFD])), 1, None);
    check(&format!("0001 0000000001 0111 {}", bytes(&[0xFF])), 1, None);
    // Nothing, and one of two codes; one of one is whole.
    check("0000", 1, None);
    check(&empty, 1, None);
    check(&format!("0011 0000 0001 01010101 {ten}"), 1, None);
    check(&format!("0011 0000 0000 01010101 {ten}"), 1, Some("PAY 10"));
}

#[test]
fn what_does_not_fit_or_is_no_value_says_nothing() {
    check("0001 0000000011 1111101000", 1, None);
    check("0010 000000010 11111101001", 1, None);
    check("0010 000000001 101101", 1, None);
    check("0100 11111111 01000001", 1, None);
    check("1001 00000000", 1, None);
    check("0110", 1, None);
    assert_eq!(text(&[], 1), None);
}

#[test]
fn fnc1_makes_separators() {
    // 7.4.8: A%B%%C, the values of pairs 10·45+38, 11·45+38, 38·45+12.
    let letters = "0010 000000110 00111101000 01000010101 11010111010";
    check(letters, 1, Some("A%B%%C"));
    check(&format!("0101 {letters}"), 1, Some("A\u{1D}B%C"));
    // rxing 0.9.3 ends at letters that end in one.
    check("0101 0010 000000001 100110", 1, Some("\u{1D}"));
}

proptest! {
    #[test]
    fn any_data_is_answered(data in proptest::collection::vec(any::<u8>(), 0..400), version in 1usize..=40) {
        if let Some(text) = text(&data, version) {
            // Nothing is packed closer than three digits in ten bits.
            prop_assert!(text.chars().count() <= data.len() * 8 * 3 / 10);
        }
    }

    /// Crate qrcode writes the bits.
    #[test]
    fn what_another_program_encodes(
        segments in proptest::collection::vec(
            prop_oneof!["[0-9]{1,20}", "[A-Z $%*+./:-]{1,20}", "[a-z样板码䶮𠮷]{0,9}"],
            1..6,
        ),
        version in 12i16..=40,
    ) {
        let mut bits = Encoded::new(Version::Normal(version));
        for said in &segments {
            let first = said.bytes().next().unwrap_or(b'a');
            match first {
                b'0'..=b'9' => bits.push_numeric_data(said.as_bytes()),
                b'a'..=b'z' | 0x80.. => bits.push_byte_data(said.as_bytes()),
                _ => bits.push_alphanumeric_data(said.as_bytes()),
            }
            .unwrap();
        }
        bits.push_terminator(EcLevel::L).unwrap();
        let said = segments.concat();
        let read = text(&bits.into_bytes(), usize::from(version.unsigned_abs()));
        prop_assert_eq!(read, (!said.is_empty()).then_some(said));
    }
}
