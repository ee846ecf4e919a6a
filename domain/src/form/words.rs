//! Answers in words, as a person reads them on the screen and on paper.
//!
//! Duty: the kinds whose words are the same everywhere. Never: texts, persons and pictures, which each place masks and
//! shows in its own way.

use super::FieldKind;
use super::answer::{Answer, YesNo};
use crate::locale::Locale;
use crate::messages::MessageId as M;
use time::Date;

/// The words of an answer to a choice, a yes/no, a number, a day or an amount; none for what only its own page can show.
pub fn words(kind: &FieldKind, answer: &Answer, locale: Locale) -> Option<String> {
    Some(match (kind, answer) {
        (FieldKind::Choice { options }, Answer::Choice(value)) => {
            options.iter().find(|o| o.value == *value)?.label.text(locale).to_owned()
        }
        (FieldKind::YesNo, Answer::YesNo(YesNo::Yes)) => M::TextYes.text(locale).to_owned(),
        (FieldKind::YesNo, Answer::YesNo(YesNo::No)) => M::TextNo.text(locale).to_owned(),
        (FieldKind::Number { unit, .. }, Answer::Number(n)) => format!("{n} {}", unit.text(locale)),
        (FieldKind::Date { .. }, Answer::Date(day)) => date(*day, locale),
        (FieldKind::Amount { .. }, Answer::Amount(fen)) => {
            format!("{} {}", amount(*fen), M::TextYuan.text(locale))
        }
        _ => return None,
    })
}

/// `2026年11月24日` or `24 November 2026`.
pub fn date(day: Date, locale: Locale) -> String {
    let month = match locale {
        Locale::ZhCn => u8::from(day.month()).to_string(),
        Locale::En => day.month().to_string(),
    };
    let (year, number) = (day.year().to_string(), day.day().to_string());
    M::TextDate.fill(locale, &[("year", &year), ("month", &month), ("day", &number)])
}

/// `12.50` from 1250 fen.
pub fn amount(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, (fen % 100).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date as on;

    #[test]
    fn values_read_as_a_person_writes_them() {
        assert_eq!(date(on!(2026 - 11 - 04), Locale::ZhCn), "2026年11月4日");
        assert_eq!(date(on!(2026 - 11 - 04), Locale::En), "4 November 2026");
        assert_eq!(amount(1250), "12.50");
        assert_eq!(amount(5), "0.05");
    }

    #[test]
    fn what_only_its_own_page_shows_has_no_words() {
        let text = Answer::Text(crate::personal::Personal::new("示例"));
        let kind = FieldKind::Text { input: crate::form::TextInput::Any, max_length: 10 };
        assert_eq!(words(&kind, &text, Locale::ZhCn), None);
        assert_eq!(words(&FieldKind::YesNo, &Answer::YesNo(YesNo::Yes), Locale::En).as_deref(), Some("Yes"));
    }
}
