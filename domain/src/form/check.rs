//! Whether an answer is right: what is wrong is said in words beside the field.

use super::answer::{Answer, FormAnswers};
use super::{Field, FieldId, FieldKind, FormStep, TextInput};
use crate::material::Necessity;
use crate::messages::MessageId;
use crate::resident_id::ResidentIdNumber;
use time::{Date, Duration};

/// A mistake at one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMistake {
    /// The field.
    pub field: FieldId,
    /// The sentence that stands beside it.
    pub message: MessageId,
}

/// Checks the asked fields of one step; `today` is the day of the visit.
pub fn check_step(step: &FormStep, answers: &FormAnswers, today: Date) -> Vec<FieldMistake> {
    answers
        .asked(step)
        .filter_map(|field| {
            check_field(field, answers.get(&field.id).map(|a| &a.answer), today)
                .map(|message| FieldMistake { field: field.id.clone(), message })
        })
        .collect()
}

/// The sentence for what is wrong with an answer, if anything is.
pub fn check_field(field: &Field, answer: Option<&Answer>, today: Date) -> Option<MessageId> {
    let Some(answer) = answer.filter(|a| !is_blank(a)) else {
        return (field.necessity == Necessity::Required).then_some(match field.kind {
            FieldKind::Choice { .. } | FieldKind::YesNo | FieldKind::Division { .. } => {
                MessageId::MistakeChoose
            }
            FieldKind::Photo { .. } => MessageId::MistakePhotoMissing,
            FieldKind::Signature => MessageId::MistakeSignatureMissing,
            _ => MessageId::MistakeEmpty,
        });
    };
    match (&field.kind, answer) {
        (FieldKind::Choice { options }, Answer::Choice(value)) => {
            (!options.iter().any(|o| o.value == *value)).then_some(MessageId::MistakeChoose)
        }
        (FieldKind::Text { input, max_length }, Answer::Text(text)) => {
            check_text(*input, *max_length, text.reveal())
        }
        (FieldKind::Number { min, max, .. }, Answer::Number(n)) => {
            (!(min..=max).contains(&n)).then_some(MessageId::MistakeNumberRange)
        }
        (FieldKind::Amount { min_fen, max_fen }, Answer::Amount(fen)) => {
            (!(min_fen..=max_fen).contains(&fen)).then_some(MessageId::MistakeAmountRange)
        }
        (FieldKind::Date { earliest_days, latest_days }, Answer::Date(day)) => {
            let from = today.saturating_add(Duration::days(i64::from(*earliest_days)));
            let to = today.saturating_add(Duration::days(i64::from(*latest_days)));
            (*day < from || *day > to).then_some(MessageId::MistakeDateRange)
        }
        (FieldKind::Person, Answer::Person { name, number }) => {
            if name.reveal().trim().is_empty() {
                Some(MessageId::MistakeEmpty)
            } else {
                ResidentIdNumber::parse(number.reveal()).is_err().then_some(MessageId::MistakeIdNumber)
            }
        }
        (kind, answer) => (!answer.fits(kind)).then_some(MessageId::MistakeEmpty),
    }
}

fn is_blank(answer: &Answer) -> bool {
    match answer {
        Answer::Text(text) => text.reveal().trim().is_empty(),
        Answer::Photo(picture) | Answer::Signature(picture) => picture.bytes().is_empty(),
        _ => false,
    }
}

fn check_text(input: TextInput, max_length: u16, text: &str) -> Option<MessageId> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match input {
        _ if text.chars().count() > usize::from(max_length) => Some(MessageId::MistakeTooLong),
        TextInput::Any => None,
        TextInput::Phone => {
            let right = digits && matches!((text.len(), text.starts_with('1')), (11, true) | (7..=12, false));
            (!right).then_some(MessageId::MistakePhone)
        }
        TextInput::BankCard => {
            let right = digits && (16..=19).contains(&text.len()) && luhn(text);
            (!right).then_some(MessageId::MistakeBankCard)
        }
        TextInput::Code => {
            (!text.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(MessageId::MistakeCode)
        }
    }
}

/// The check digit of bank cards (ISO/IEC 7812-1 annex B).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            match (i % 2, d * 2) {
                (0, _) => d,
                (_, twice) if twice > 9 => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::OnPaper;
    use crate::locale::Localized;
    use crate::personal::Personal;
    use time::macros::date;

    fn check(kind: FieldKind, answer: Option<Answer>, expected: Option<MessageId>) {
        let field = Field {
            id: "f".into(),
            label: Localized::default(),
            hint: None,
            necessity: Necessity::Required,
            prefill: None,
            when: None,
            on_paper: OnPaper::Omitted,
            kind,
        };
        assert_eq!(check_field(&field, answer.as_ref(), date!(2026 - 11 - 24)), expected, "{answer:?}");
    }

    #[test]
    fn right_and_wrong_answers() {
        let text = |t: &str| Some(Answer::Text(Personal::new(t)));
        let typed = |input| FieldKind::Text { input, max_length: 19 };
        check(typed(TextInput::Phone), text("13800000000"), None);
        check(typed(TextInput::Phone), text("05530000000"), None);
        check(typed(TextInput::Phone), text("1380000000"), Some(MessageId::MistakePhone));
        check(typed(TextInput::Phone), text(" "), Some(MessageId::MistakeEmpty));
        check(typed(TextInput::BankCard), text("6200000000000005"), None);
        check(typed(TextInput::BankCard), text("6200000000000006"), Some(MessageId::MistakeBankCard));
        check(typed(TextInput::Code), text("A-1"), Some(MessageId::MistakeCode));
        check(
            typed(TextInput::Any),
            text("一二三四五六七八九十一二三四五六七八九十"),
            Some(MessageId::MistakeTooLong),
        );
        let day = FieldKind::Date { earliest_days: 0, latest_days: 7 };
        check(day.clone(), Some(Answer::Date(date!(2026 - 12 - 01))), None);
        check(day.clone(), Some(Answer::Date(date!(2026 - 12 - 02))), Some(MessageId::MistakeDateRange));
        check(day, Some(Answer::Number(3)), Some(MessageId::MistakeEmpty));
        check(FieldKind::YesNo, None, Some(MessageId::MistakeChoose));
        check(
            FieldKind::Amount { min_fen: 1, max_fen: 100 },
            Some(Answer::Amount(101)),
            Some(MessageId::MistakeAmountRange),
        );
    }
}
