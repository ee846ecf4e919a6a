use time::macros::date;

use super::*;

fn fields() -> CardFields {
    CardFields {
        kind: CardKind::Resident,
        name: CardText::from("张示例"),
        english_name: None,
        sex: Sex::Male,
        nation: NationCode::new("01"),
        nationality: None,
        birth: date!(1949 - 12 - 31),
        address: Some(CardText::from("示例省样本市测试区一号")),
        newest_address: None,
        number: ResidentIdNumber::as_read("11010519491231002X"),
        pass_number: None,
        issue_count: None,
        issuer: CardText::from("样本市公安局测试分局"),
        valid_from: date!(2010 - 01 - 01),
        valid_to: None,
    }
}

#[test]
fn warnings_name_what_is_odd() {
    let check = |change: fn(&mut CardFields), want: &[CardWarning]| {
        let mut fields = fields();
        change(&mut fields);
        assert_eq!(ResidentIdCard::new(fields).warnings(), want);
    };
    check(|_| (), &[]);
    check(|f| f.number = ResidentIdNumber::as_read("990000194912310026"), &[CardWarning::UnknownRegion]);
    check(|f| f.number = ResidentIdNumber::as_read("110105194912310020"), &[CardWarning::NumberChecksum]);
    check(|f| f.number = ResidentIdNumber::as_read("1101051949"), &[CardWarning::NumberMalformed]);
    check(|f| f.birth = date!(1949 - 12 - 30), &[CardWarning::BirthDiffers]);
    check(|f| f.name = CardText::from_padded(&[0x5F20, 0xD840]), &[CardWarning::LoneSurrogate]);
    check(|f| f.newest_address = Some(CardText::from_padded(&[0xDC00])), &[CardWarning::LoneSurrogate]);
}

#[test]
fn expiry_counts_the_last_day_in() {
    let card = ResidentIdCard::new(CardFields { valid_to: Some(date!(2030 - 01 - 01)), ..fields() });
    assert!(!card.is_expired_on(date!(2030 - 01 - 01)));
    assert!(card.is_expired_on(date!(2030 - 01 - 02)));
    assert!(!ResidentIdCard::new(fields()).is_expired_on(date!(9999 - 12 - 31)));
}

#[test]
fn age_is_completed_years() {
    let check = |birth: Date, day: Date, want: u16| {
        assert_eq!(
            ResidentIdCard::new(CardFields { birth, ..fields() }).age_on(day),
            want,
            "{birth} on {day}"
        );
    };
    check(date!(1949 - 12 - 31), date!(2029 - 12 - 30), 79);
    check(date!(1949 - 12 - 31), date!(2029 - 12 - 31), 80);
    check(date!(2004 - 02 - 29), date!(2025 - 02 - 28), 20);
    check(date!(2004 - 02 - 29), date!(2025 - 03 - 01), 21);
    check(date!(2004 - 02 - 29), date!(2000 - 01 - 01), 0);
}

#[test]
fn the_latin_name_stands_in_where_there_is_no_chinese_one() {
    let latin = Some(CardText::from("SAMPLE, TEST"));
    let card = ResidentIdCard::new(CardFields {
        name: CardText::default(),
        english_name: latin.clone(),
        ..fields()
    });
    assert_eq!(card.name().reveal(), "SAMPLE, TEST");
    let card = ResidentIdCard::new(CardFields { english_name: latin, ..fields() });
    assert_eq!(card.name().reveal(), "张示例");
}

#[test]
fn debug_shows_no_content() {
    let shown = format!("{:?} {:?}", fields(), ResidentIdCard::new(fields()));
    assert_eq!(shown, "CardFields(resident, …) ResidentIdCard(resident, …)");
}

#[test]
fn words_come_back() {
    for kind in CardKind::ALL {
        assert_eq!(kind.word().parse(), Ok(kind));
        assert_eq!(serde_word(kind), kind.word());
    }
    assert!("passport".parse::<CardKind>().is_err());
    for sex in [Sex::Unknown, Sex::Male, Sex::Female, Sex::NotStated] {
        assert_eq!(sex.code().parse().ok().and_then(Sex::from_code), Some(sex));
    }
}

/// The word that serde writes, read from a TOML document since domain has no other format.
fn serde_word(kind: CardKind) -> String {
    let table = toml::Table::try_from(std::collections::BTreeMap::from([("kind", kind)])).unwrap();
    table["kind"].as_str().unwrap().to_owned()
}

#[test]
fn a_photo_comes_only_with_a_card_that_was_given_one_and_is_never_shown() {
    let card = ResidentIdCard::new(fields());
    assert_eq!(card.photo(), None);
    let card = card.with_photo(CardPhoto::new(b"WLf".to_vec()));
    assert_eq!(card.photo().map(CardPhoto::bytes), Some(&b"WLf"[..]));
    assert_eq!(format!("{card:?}"), "ResidentIdCard(resident, …)");
    assert_eq!(format!("{:?}", card.photo().unwrap()), "CardPhoto(3 bytes)");
}
