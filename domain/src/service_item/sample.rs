//! Sample answers of an item, and files of answers for a visit without a person.
//!
//! Duty: read a value of such a file as its field's kind. Never: reach a real case; a visit that uses them is played.

use super::ServiceItem;
use crate::division::DivisionCode;
use crate::form::answer::{Answer, YesNo};
use crate::form::{Field, FieldId, FieldKind};
use crate::licence::LicenceWay;
use crate::material::Picture;
use crate::personal::Personal;
use std::collections::BTreeMap;
use time::macros::format_description;
use time::{Date, Duration};
use toml::Value;

/// What to answer to one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// The value of an option.
    Choice(String),
    /// Yes or no.
    YesNo(YesNo),
    /// What to type.
    Text(Personal),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(SampleDay),
    /// Money, in fen.
    Amount(i64),
    /// A division.
    Division(DivisionCode),
    /// A person.
    Person {
        /// The name.
        name: Personal,
        /// The number of the identity card.
        number: Personal,
    },
    /// What stands before the camera.
    Photo,
    /// Instead of a photo the first certificate of the province's library that counts, allowed in this way.
    Licence(LicenceWay),
    /// Some ink.
    Signature,
}

/// A day of the calendar, or one counted from the day of the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleDay {
    /// This day.
    On(Date),
    /// So many days after the visit's; negative: before it.
    FromToday(i32),
}

impl SampleDay {
    /// The day, for a visit on `today`.
    pub fn on(self, today: Date) -> Date {
        match self {
            Self::On(day) => day,
            Self::FromToday(days) => today.saturating_add(Duration::days(i64::from(days))),
        }
    }

    /// Reads `today`, `today+1`, `today-30` or `2026-12-01`.
    fn read(text: &str) -> Option<Self> {
        match text.strip_prefix("today") {
            Some("") => Some(Self::FromToday(0)),
            Some(days) if days.starts_with(['+', '-']) => days.parse().ok().map(Self::FromToday),
            Some(_) => None,
            None => Date::parse(text, format_description!("[year]-[month]-[day]")).ok().map(Self::On),
        }
    }
}

/// A value has not the shape of its field's kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer to a field of kind {kind}: write {expected}")]
pub struct BadSample {
    kind: &'static str,
    expected: String,
}

impl BadSample {
    /// The kind of the field.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What would be right, to be read after "write".
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl Sample {
    /// Reads a value of a sample block or a file of answers.
    pub fn read(kind: &FieldKind, value: &Value) -> Result<Self, BadSample> {
        let read = match (kind, value) {
            (FieldKind::Choice { options }, Value::String(text)) => {
                options.iter().any(|o| o.value == *text).then(|| Self::Choice(text.clone()))
            }
            (FieldKind::YesNo, Value::String(text)) => match text.as_str() {
                "yes" => Some(Self::YesNo(YesNo::Yes)),
                "no" => Some(Self::YesNo(YesNo::No)),
                _ => None,
            },
            (FieldKind::Text { .. }, Value::String(text)) => Some(Self::Text(Personal::new(text.clone()))),
            (FieldKind::Number { .. }, Value::Integer(number)) => Some(Self::Number(*number)),
            (FieldKind::Amount { .. }, Value::Integer(fen)) => Some(Self::Amount(*fen)),
            (FieldKind::Date { .. }, Value::String(text)) => SampleDay::read(text).map(Self::Date),
            (FieldKind::Date { .. }, Value::Datetime(day)) => {
                SampleDay::read(&day.to_string()).map(Self::Date)
            }
            (FieldKind::Division { .. }, Value::String(text)) => {
                DivisionCode::try_from(text.clone()).ok().map(Self::Division)
            }
            (FieldKind::Person, Value::Table(person)) => {
                let part = |key| person.get(key).and_then(Value::as_str).map(|t| Personal::new(t.to_owned()));
                let only_these = person.keys().all(|k| matches!(k.as_str(), "name" | "number"));
                part("name")
                    .zip(part("number"))
                    .filter(|_| only_these)
                    .map(|(name, number)| Self::Person { name, number })
            }
            (FieldKind::Photo { .. }, Value::String(text)) => (text == "sample").then_some(Self::Photo),
            (FieldKind::Signature, Value::String(text)) => (text == "sample").then_some(Self::Signature),
            _ => None,
        };
        read.ok_or_else(|| BadSample { kind: kind.name(), expected: expected(kind) })
    }

    /// The answer that a resident would have given on `today`; `picture` stands for photo and signature.
    pub fn answer(&self, today: Date, picture: &Picture) -> Answer {
        match self {
            Self::Choice(value) => Answer::Choice(value.clone()),
            Self::YesNo(yes_no) => Answer::YesNo(*yes_no),
            Self::Text(text) => Answer::Text(text.clone()),
            Self::Number(number) => Answer::Number(*number),
            Self::Date(day) => Answer::Date(day.on(today)),
            Self::Amount(fen) => Answer::Amount(*fen),
            Self::Division(code) => Answer::Division(code.clone()),
            Self::Person { name, number } => Answer::Person { name: name.clone(), number: number.clone() },
            Self::Photo | Self::Licence(_) => Answer::Photo(picture.clone()),
            Self::Signature => Answer::Signature(picture.clone()),
        }
    }
}

fn expected(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Choice { options } => {
            let values: Vec<&str> = options.iter().map(|o| o.value.as_str()).collect();
            format!("one of {}", values.join(", "))
        }
        FieldKind::YesNo => "\"yes\" or \"no\"".to_owned(),
        FieldKind::Text { .. } => "a text in quotes".to_owned(),
        FieldKind::Number { .. } => "a whole number".to_owned(),
        FieldKind::Amount { .. } => "an amount in fen, a whole number".to_owned(),
        FieldKind::Date { .. } => "\"today\", \"today+1\" or \"2026-12-01\"".to_owned(),
        FieldKind::Division { .. } => "a division code of 6, 9 or 12 digits, in quotes".to_owned(),
        FieldKind::Person => "{ name = \"张示例\", number = \"990000194403151012\" }".to_owned(),
        FieldKind::Photo { .. } | FieldKind::Signature => "\"sample\"".to_owned(),
    }
}

/// One value of a file of answers that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerMistake {
    /// The item has no such field.
    #[error("`{key}` is no field of this item")]
    NoSuchField {
        /// The key.
        key: String,
    },
    /// The value does not suit the field.
    #[error("`{key}` is {bad}")]
    BadValue {
        /// The key.
        key: String,
        /// What is wrong.
        bad: BadSample,
    },
}

/// `licence_qr` or `licence_sms`, where the item takes a certificate of the province's library for the field.
fn licence(item: &ServiceItem, field: &Field, value: &Value) -> Option<Sample> {
    let way = match value.as_str()? {
        "licence_qr" => LicenceWay::Qr,
        "licence_sms" => LicenceWay::Sms,
        _ => return None,
    };
    item.licence_for(&field.id).map(|_| Sample::Licence(way))
}

/// Reads answers, key by field; every mistake is named.
pub fn read_answers(
    item: &ServiceItem,
    values: &BTreeMap<String, Value>,
) -> Result<BTreeMap<FieldId, Sample>, Vec<AnswerMistake>> {
    let fields: BTreeMap<&str, &Field> =
        item.form.iter().flat_map(|s| &s.fields).map(|f| (f.id.as_str(), f)).collect();
    let mut answers = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (key, value) in values {
        let key = key.clone();
        let read =
            |field: &Field| licence(item, field, value).map_or_else(|| Sample::read(&field.kind, value), Ok);
        match fields.get(key.as_str()).map(|f| (f, read(f))) {
            None => mistakes.push(AnswerMistake::NoSuchField { key }),
            Some((_, Err(bad))) => mistakes.push(AnswerMistake::BadValue { key, bad }),
            Some((field, Ok(sample))) => {
                answers.insert(field.id.clone(), sample);
            }
        }
    }
    if mistakes.is_empty() { Ok(answers) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{ChoiceOption, DivisionDepth, PhotoSubject, TextInput};
    use crate::locale::Localized;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 24);

    fn check(kind: &FieldKind, toml: &str, expected: Option<Answer>) {
        let table: toml::Table = format!("v = {toml}").parse().unwrap();
        let picture = Picture::new(vec![1]);
        let answer = Sample::read(kind, &table["v"]).map(|s| s.answer(TODAY, &picture));
        assert_eq!(answer.clone().ok(), expected, "{toml}");
        assert!(answer.is_err() || answer.is_ok_and(|a| a.fits(kind)), "{toml}");
    }

    #[test]
    fn values_are_read_as_their_kind() {
        let day = FieldKind::Date { earliest_days: 0, latest_days: 7 };
        let option = |v: &str| ChoiceOption { value: v.into(), label: Localized::default(), hint: None };
        let choice = FieldKind::Choice { options: vec![option("a"), option("b")] };
        let text = FieldKind::Text { input: TextInput::Any, max_length: 9 };
        let number = FieldKind::Number { min: 1, max: 9, unit: Localized::default() };
        let division = FieldKind::Division { depth: DivisionDepth::Community };
        check(&day, "\"today\"", Some(Answer::Date(TODAY)));
        check(&day, "\"today+7\"", Some(Answer::Date(date!(2026 - 12 - 01))));
        check(&day, "\"today-24\"", Some(Answer::Date(date!(2026 - 10 - 31))));
        check(&day, "2026-12-01", Some(Answer::Date(date!(2026 - 12 - 01))));
        check(&day, "\"2026-12-01\"", Some(Answer::Date(date!(2026 - 12 - 01))));
        check(&day, "\"today7\"", None);
        check(&day, "\"tomorrow\"", None);
        check(&day, "2026-12-01T10:00:00Z", None);
        check(&choice, "\"b\"", Some(Answer::Choice("b".into())));
        check(&choice, "\"c\"", None);
        check(&FieldKind::YesNo, "\"no\"", Some(Answer::YesNo(YesNo::No)));
        check(&FieldKind::YesNo, "false", None);
        check(&text, "\"路灯\"", Some(Answer::Text(Personal::new("路灯"))));
        check(&text, "12345", None);
        check(&number, "4", Some(Answer::Number(4)));
        check(&FieldKind::Amount { min_fen: 0, max_fen: 9 }, "4", Some(Answer::Amount(4)));
        check(&FieldKind::Amount { min_fen: 0, max_fen: 9 }, "4.0", None);
        check(
            &division,
            "\"990001\"",
            Some(Answer::Division(DivisionCode::try_from("990001".to_owned()).unwrap())),
        );
        check(&division, "\"9900\"", None);
        let person = Answer::Person { name: Personal::new("张示例"), number: Personal::new("1") };
        check(&FieldKind::Person, "{ name = \"张示例\", number = \"1\" }", Some(person));
        check(&FieldKind::Person, "{ name = \"张示例\", number = \"1\", age = 3 }", None);
        check(&FieldKind::Person, "{ name = \"张示例\" }", None);
        let photo = FieldKind::Photo { subject: PhotoSubject::Paper };
        check(&photo, "\"sample\"", Some(Answer::Photo(Picture::new(vec![1]))));
        check(&FieldKind::Signature, "\"sample\"", Some(Answer::Signature(Picture::new(vec![1]))));
        check(&photo, "\"a.png\"", None);
    }
}
