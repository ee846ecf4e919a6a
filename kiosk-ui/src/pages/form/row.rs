//! What a step has rows for: its fields, and the two parts of a person who is typed.
//!
//! A person whom the card or the province has told of is one row that is read; one who is typed is two, a name and a
//! number. Duty: rows, and what typing in one makes of the answer. Never: call a person right or wrong (that is
//! `domain::form::check`).

use crate::input::typing::Pad;
use crate::local::Whose;
use crate::pages::keyboard;
use domain::form::answer::{Answer, AnswerSource, Answered};
use domain::form::{Field, FieldKind};
use domain::messages::MessageId as M;
use domain::personal::Personal;
use domain::session::state::Filling;

/// What of a field a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The name of a person.
    Name,
    /// The number of a person's identity card.
    Number,
}

/// One row of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'f> {
    pub(super) field: &'f Field,
    pub(super) part: Part,
}

/// The rows of the present step.
pub(super) fn rows(filling: &Filling, whose: Whose) -> Vec<Row<'_>> {
    let alone = filling.fields().count() == 1;
    let parts = |field: &Field| -> &'static [Part] {
        let told = filling.file.answers.get(&field.id).is_some_and(is_told);
        match field.kind {
            FieldKind::Person if !(alone && told && whose == Whose::AsTold) => &[Part::Name, Part::Number],
            _ => &[Part::Whole],
        }
    };
    filling
        .fields()
        .flat_map(|field| parts(field).iter().map(move |part| Row { field, part: *part }))
        .collect()
}

/// The card or the province told it.
fn is_told(answered: &Answered) -> bool {
    answered.source != AnswerSource::Resident
}

/// Name and number as they stand in the boxes: empty where another person than the told one is to be typed.
pub(super) fn person(answered: Option<&Answered>, whose: Whose) -> (Personal, Personal) {
    match answered {
        Some(told) if whose == Whose::Another && is_told(told) => Default::default(),
        Some(Answered { answer: Answer::Person { name, number }, .. }) => (name.clone(), number.clone()),
        _ => Default::default(),
    }
}

/// The person once one part was typed; none where nothing is left.
pub(super) fn retyped(part: Part, text: &Personal, (name, number): (Personal, Personal)) -> Option<Answer> {
    let (name, number) = if part == Part::Number { (name, text.clone()) } else { (text.clone(), number) };
    (!name.is_empty() || !number.is_empty()).then_some(Answer::Person { name, number })
}

impl Row<'_> {
    /// Whether keys type into it.
    pub(super) fn is_typed(&self) -> bool {
        self.part != Part::Whole
            || matches!(
                self.field.kind,
                FieldKind::Text { .. }
                    | FieldKind::Number { .. }
                    | FieldKind::Amount { .. }
                    | FieldKind::Date { .. }
            )
    }

    /// Whether nothing was entered in it yet.
    pub(super) fn is_open(&self, filling: &Filling, whose: Whose) -> bool {
        let answered = filling.file.answers.get(&self.field.id);
        match self.part {
            Part::Whole => answered.is_none(),
            Part::Name => person(answered, whose).0.is_empty(),
            Part::Number => person(answered, whose).1.is_empty(),
        }
    }

    /// What is to be said beside it.
    pub(super) fn mistake(&self, filling: &Filling, whose: Whose) -> Option<M> {
        let message = filling.mistakes.iter().find(|m| m.field == self.field.id)?.message;
        let about_number = message == M::MistakeIdNumber;
        match self.part {
            Part::Whole => Some(message),
            Part::Name => (!about_number).then_some(message),
            Part::Number if !about_number => None,
            // Nothing was typed, so nothing is to be compared with the card.
            Part::Number if self.is_open(filling, whose) => Some(M::MistakeEmpty),
            Part::Number => Some(message),
        }
    }
}

/// The pads of a person's part and its length.
pub(super) fn pads(part: Part) -> (Vec<Pad>, usize) {
    match part {
        // Passports and residence cards have long names.
        Part::Name | Part::Whole => (keyboard::SCRIPTS.to_vec(), 40),
        Part::Number => (vec![Pad::IdNumber], 18),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::locale::Localized;

    fn told(source: AnswerSource) -> Answered {
        let (name, number) = (Personal::new("张示例"), Personal::new("990000194403151012"));
        Answered { answer: Answer::Person { name, number }, source }
    }

    #[test]
    fn boxes_hold_what_was_typed_and_nothing_of_the_told_person_when_it_is_another() {
        let check = |answered: Option<Answered>, whose, expected: (&str, &str)| {
            let (name, number) = person(answered.as_ref(), whose);
            assert_eq!((name.reveal(), number.reveal()), expected, "{answered:?} {whose:?}");
        };
        let full = ("张示例", "990000194403151012");
        check(None, Whose::AsTold, ("", ""));
        check(Some(told(AnswerSource::Card)), Whose::AsTold, full);
        check(Some(told(AnswerSource::Card)), Whose::Another, ("", ""));
        check(Some(told(AnswerSource::Shared(Localized::default()))), Whose::Another, ("", ""));
        check(Some(told(AnswerSource::Resident)), Whose::Another, full);
    }

    #[test]
    fn a_part_is_typed_and_the_other_stays() {
        let check = |part, text: &str, before: (&str, &str), expected: Option<(&str, &str)>| {
            let before = (Personal::new(before.0), Personal::new(before.1));
            let answer = retyped(part, &Personal::new(text), before);
            let expected = expected.map(|(name, number)| Answer::Person {
                name: Personal::new(name),
                number: Personal::new(number),
            });
            assert!(answer == expected, "{part:?} {text}");
        };
        check(Part::Name, "李", ("", ""), Some(("李", "")));
        check(Part::Number, "9", ("李样本", ""), Some(("李样本", "9")));
        check(Part::Name, "李样", ("李样本", "99"), Some(("李样", "99")));
        check(Part::Number, "", ("李样本", "9"), Some(("李样本", "")));
        check(Part::Name, "", ("李", ""), None);
    }
}
