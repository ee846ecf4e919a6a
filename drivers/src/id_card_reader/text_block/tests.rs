use domain::resident_id::{CardWarning, ResidentIdCard};
use proptest::prelude::*;
use time::macros::date;

use super::*;

/// A block of spaces with texts at their byte offsets, typed from the page.
fn block(fields: &[(usize, &str)]) -> [u8; TEXT_BLOCK_BYTES] {
    let mut block = [0; TEXT_BLOCK_BYTES];
    for pair in block.chunks_mut(2) {
        pair[0] = 0x20;
    }
    for (offset, text) in fields {
        for (index, unit) in text.encode_utf16().enumerate() {
            let at = offset + 2 * index;
            block[at..at + 2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    block
}

const RESIDENT: [(usize, &str); 9] = [
    (0, "张示例"),
    (30, "1"),
    (32, "01"),
    (36, "19400101"),
    (52, "示例省样本市测试区一号"),
    (122, "990000194001010014"),
    (158, "样本市公安局测试分局"),
    (188, "20100101"),
    (204, "长期"),
];

fn with(changed: &[(usize, &'static str)]) -> [u8; TEXT_BLOCK_BYTES] {
    let mut fields = RESIDENT.to_vec();
    fields.extend_from_slice(changed);
    block(&fields)
}

fn read(bytes: &[u8; TEXT_BLOCK_BYTES]) -> ResidentIdCard {
    ResidentIdCard::new(parse(bytes).unwrap())
}

#[test]
fn resident() {
    let card = read(&with(&[]));
    assert_eq!(card.kind(), CardKind::Resident);
    assert_eq!(card.name().reveal(), "张示例");
    assert_eq!(card.name_units(), [0x5F20, 0x793A, 0x4F8B]);
    assert_eq!(card.sex(), Sex::Male);
    assert_eq!(card.nation().unwrap().code(), "01");
    assert_eq!(card.birth(), date!(1940 - 01 - 01));
    assert_eq!(card.address().unwrap().reveal(), "示例省样本市测试区一号");
    assert_eq!(card.number().personal().reveal(), "990000194001010014");
    assert_eq!(card.issuer().reveal(), "样本市公安局测试分局");
    assert_eq!((card.valid_from(), card.valid_to()), (date!(2010 - 01 - 01), None));
    assert_eq!(
        (card.english_name(), card.nationality(), card.pass_number(), card.issue_count()),
        (None, None, None, None)
    );
    assert_eq!(card.warnings(), [CardWarning::UnknownRegion]);
}

#[test]
fn hmt_residence() {
    let card = read(&with(&[
        (32, "  "),
        (122, "810000194001010016"),
        (204, "20300101"),
        (220, "H00000000"),
        (238, "01"),
        (248, "J"),
    ]));
    assert_eq!(card.kind(), CardKind::HmtResidence);
    assert_eq!(card.nation(), None);
    assert_eq!(card.pass_number().unwrap().reveal(), "H00000000");
    assert_eq!(card.issue_count().unwrap().reveal(), "01");
    assert_eq!(card.valid_to(), Some(date!(2030 - 01 - 01)));
    assert_eq!(card.warnings(), []);
}

#[test]
fn permanent_residence_2017() {
    let card = read(&block(&[
        (0, "SAMPLE, TEST PERSON"),
        (120, "2"),
        (122, "XXX990080010110"),
        (152, "XXX"),
        (158, "样例人"),
        (188, "20180101"),
        (204, "20280101"),
        (220, "19800101"),
        (236, "01"),
        (240, "9900"),
        (248, "I"),
    ]));
    assert_eq!(card.kind(), CardKind::PermanentResidence2017);
    assert_eq!(card.name().reveal(), "样例人");
    assert_eq!(card.english_name().unwrap().reveal(), "SAMPLE, TEST PERSON");
    assert_eq!(card.sex(), Sex::Female);
    assert_eq!(card.nationality().unwrap().reveal(), "XXX");
    assert_eq!(card.birth(), date!(1980 - 01 - 01));
    assert_eq!(card.number().personal().reveal(), "XXX990080010110");
    assert_eq!(card.issuer().reveal(), "9900");
    assert_eq!((card.address(), card.nation()), (None, None));
    assert_eq!(card.warnings(), [CardWarning::UnknownRegion]);
}

#[test]
fn permanent_residence_2023() {
    let check = |first: &str, second: &str, whole: &str| {
        let card = read(&block(&[
            (0, "样例人"),
            (30, "1"),
            (32, "00"),
            (36, "19800101"),
            (52, first),
            (122, "999999198001010011"),
            (188, "20240101"),
            (204, "20340101"),
            (220, second),
            (242, "XXX"),
            (248, "Y"),
        ]));
        assert_eq!(card.kind(), CardKind::PermanentResidence2023);
        assert_eq!(card.name().reveal(), "样例人");
        assert_eq!(card.english_name().unwrap().reveal(), whole);
        assert_eq!(card.nationality().unwrap().reveal(), "XXX");
        assert_eq!(card.number().personal().reveal(), "999999198001010011");
        assert!(card.issuer().is_empty());
        assert_eq!(card.valid_to(), Some(date!(2034 - 01 - 01)));
    };
    check("SAMPLE, TEST", "", "SAMPLE, TEST");
    // 35 units in the first part: the name goes on without a space, or with the one that ends the part.
    check("SAMPLE, TESTTESTTESTTESTTESTTESTTES", "TPERSON", "SAMPLE, TESTTESTTESTTESTTESTTESTTESTPERSON");
    check("SAMPLE, TESTTESTTESTTESTTESTTESTTE ", "PERSON", "SAMPLE, TESTTESTTESTTESTTESTTESTTE PERSON");
}

#[test]
fn rare_names_keep_their_units() {
    let check = |name: &'static str, shown: &str, units: &[u16]| {
        let card = read(&with(&[(0, name)]));
        assert_eq!(card.name().reveal(), shown);
        assert_eq!(card.name_units(), units);
    };
    check("王测试\u{E863}", "王测试\u{4DAE}", &[0x738B, 0x6D4B, 0x8BD5, 0xE863]);
    check("李\u{20164}样", "李\u{20164}样", &[0x674E, 0xD840, 0xDD64, 0x6837]);
    // Fifteen units fill the field; the next field's first unit is none of the name's.
    check(
        "测试测试测试测试测试测试测试测",
        "测试测试测试测试测试测试测试测",
        &[
            0x6D4B, 0x8BD5, 0x6D4B, 0x8BD5, 0x6D4B, 0x8BD5, 0x6D4B, 0x8BD5, 0x6D4B, 0x8BD5, 0x6D4B, 0x8BD5,
            0x6D4B, 0x8BD5, 0x6D4B,
        ],
    );
}

#[test]
fn a_lone_surrogate_is_a_warning() {
    let mut bytes = with(&[]);
    bytes[4..6].copy_from_slice(&0xD840u16.to_le_bytes());
    let card = read(&bytes);
    assert_eq!(card.name().reveal(), "张示\u{FFFD}");
    assert_eq!(card.name_units(), [0x5F20, 0x793A, 0xD840]);
    assert!(card.warnings().contains(&CardWarning::LoneSurrogate));
}

#[test]
fn what_is_no_date_or_sex_is_named() {
    let check = |changed: (usize, &'static str), field: Option<&'static str>| {
        assert_eq!(
            parse(&with(&[changed])).err(),
            field.map(|field| TextBlockError { field }),
            "{changed:?}"
        );
    };
    check((36, "19401301"), Some("birth"));
    check((36, "        "), Some("birth"));
    check((188, "20100230"), Some("valid_from"));
    check((204, "长 期"), Some("valid_to"));
    check((204, "        "), Some("valid_to"));
    check((204, "20991231"), None);
    check((30, "3"), Some("sex"));
    check((30, "\u{D7FF}"), Some("sex"));
    check((30, " "), None);
    check((122, "                  "), None);
}

#[test]
fn the_newest_address_is_the_last_record() {
    let record = |text: &str| {
        let mut bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        while bytes.len() < 70 {
            bytes.extend([0x20, 0x00]);
        }
        bytes
    };
    let check = |records: &[Vec<u8>], want: Option<&str>| {
        let got = newest_address(&records.concat()).map(|text| text.to_text().reveal().to_owned());
        assert_eq!(got.as_deref(), want);
    };
    check(&[], None);
    check(&[record("测试区一号")], Some("测试区一号"));
    check(&[record("测试区一号"), record("测试区二号"), record(""), record("")], Some("测试区二号"));
    check(&[record("")], None);
    check(&[record("测试区一号"), vec![0x41, 0x00, 0x42]], Some("A"));
}

proptest! {
    #[test]
    fn any_block_is_answered(bytes in proptest::collection::vec(any::<u8>(), TEXT_BLOCK_BYTES)) {
        let block: [u8; TEXT_BLOCK_BYTES] = bytes.try_into().unwrap();
        let _ = parse(&block).map(ResidentIdCard::new);
    }

    /// One byte wrong in a right block: read or refused, and always the same number of units kept.
    #[test]
    fn one_wrong_byte_is_answered(at in 0..TEXT_BLOCK_BYTES, byte: u8, letter in "[IJY ]") {
        let mut block = with(&[]);
        block[248] = letter.as_bytes()[0];
        block[at] = byte;
        if let Ok(fields) = parse(&block) {
            prop_assert!(ResidentIdCard::new(fields).name_units().len() <= 15);
        }
    }

    #[test]
    fn any_records_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = newest_address(&bytes);
    }
}
