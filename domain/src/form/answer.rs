//! The answers to a form, and where each came from.

use super::{Condition, Field, FieldId, FieldKind, FormStep, OnPaper};
use crate::division::DivisionCode;
use crate::locale::Localized;
use crate::material::{LicencePaper, Picture};
use crate::personal::Personal;
use std::collections::BTreeMap;
use time::Date;

/// One answer; its shape is its field's kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The value of the option.
    Choice(String),
    /// Yes or no.
    YesNo(YesNo),
    /// What was typed.
    Text(Personal),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(Date),
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
    /// A picture.
    Photo(Picture),
    /// A certificate of the province's library, in the place of a picture of the paper.
    Licence(Box<LicencePaper>),
    /// A signature: a PNG of the ink.
    Signature(Picture),
}

/// An answer to a yes/no field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl YesNo {
    /// The word in files and conditions.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

/// Where an answer came from; a prefilled one says so on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerSource {
    /// The resident gave it.
    Resident,
    /// Read from the card.
    Card,
    /// The province's shared data; the department that holds it.
    Shared(Localized),
}

/// An answer with its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Where it came from.
    pub source: AnswerSource,
}

/// All answers of one form so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FormAnswers(BTreeMap<FieldId, Answered>);

impl FormAnswers {
    /// The answer to a field.
    pub fn get(&self, field: &FieldId) -> Option<&Answered> {
        self.0.get(field)
    }

    /// Sets or replaces an answer.
    pub fn set(&mut self, field: FieldId, answered: Answered) {
        self.0.insert(field, answered);
    }

    /// Takes an answer away.
    pub fn clear(&mut self, field: &FieldId) {
        self.0.remove(field);
    }

    /// Every answer, in the order of the field ids.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldId, &Answered)> {
        self.0.iter()
    }

    /// Nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a condition holds with these answers; one on an unanswered field does not.
    pub fn holds(&self, condition: Option<&Condition>) -> bool {
        let Some(Condition { field, is }) = condition else { return true };
        let word = match self.get(field).map(|a| &a.answer) {
            Some(Answer::Choice(value)) => value.as_str(),
            Some(Answer::YesNo(yes_no)) => yes_no.word(),
            _ => return false,
        };
        is.iter().any(|w| w == word)
    }

    /// The fields of a step that are asked with these answers.
    pub fn asked<'s>(&'s self, step: &'s FormStep) -> impl Iterator<Item = &'s Field> {
        let shown = self.holds(step.when.as_ref());
        step.fields.iter().filter(move |f| shown && self.holds(f.when.as_ref()))
    }

    /// The answers that stand on the result and the slip; the others are wiped.
    #[must_use]
    pub fn for_paper(mut self, steps: &[FormStep]) -> Self {
        let shown = |id: &FieldId| {
            steps.iter().flat_map(|s| &s.fields).any(|f| f.id == *id && f.on_paper == OnPaper::Shown)
        };
        self.0.retain(|id, _| shown(id));
        self
    }

    /// Drops the answers to fields that are not asked (any more): an earlier answer was changed.
    pub fn prune(&mut self, steps: &[FormStep]) {
        // A dropped answer can make another condition fail, so until nothing changes.
        loop {
            let asked: Vec<FieldId> =
                steps.iter().flat_map(|s| self.asked(s)).map(|f| f.id.clone()).collect();
            let before = self.0.len();
            self.0.retain(|id, _| asked.contains(id));
            if self.0.len() == before {
                return;
            }
        }
    }
}

impl Answer {
    /// Whether the answer has the shape of the field's kind.
    pub fn fits(&self, kind: &FieldKind) -> bool {
        matches!(
            (self, kind),
            (Self::Choice(_), FieldKind::Choice { .. })
                | (Self::YesNo(_), FieldKind::YesNo)
                | (Self::Text(_), FieldKind::Text { .. })
                | (Self::Number(_), FieldKind::Number { .. })
                | (Self::Date(_), FieldKind::Date { .. })
                | (Self::Amount(_), FieldKind::Amount { .. })
                | (Self::Division(_), FieldKind::Division { .. })
                | (Self::Person { .. }, FieldKind::Person)
                | (Self::Photo(_) | Self::Licence(_), FieldKind::Photo { .. })
                | (Self::Signature(_), FieldKind::Signature)
        )
    }
}
