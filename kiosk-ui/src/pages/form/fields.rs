//! One row of the page as it is shown.

use super::super::text;
use super::row::{self, Part, Row};
use crate::models::list;
use crate::screens::{FieldKind as Kind, FieldOption, FieldPart, FormField};
use crate::terminal::Terminal;
use domain::division::DivisionCode;
use domain::form::answer::{Answer, AnswerSource};
use domain::form::{DivisionDepth, DivisionName, FieldKind, TextInput};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::state::Filling;
use time::{Date, Month};

/// More characters than this take more than a line.
const LINE: u16 = 30;

pub(super) fn shown(terminal: &Terminal, filling: &Filling, row: &Row<'_>, l: Locale) -> FormField {
    let whose = terminal.local.borrow().whose;
    let error = row.mistake(filling, whose).map(|m| m.text(l)).unwrap_or_default();
    match row.part {
        Part::Whole => whole(terminal, filling, row, error, l),
        part => person_part(terminal, filling, row, part, error, l),
    }
}

/// Name or number of a person who is typed. A number is shown in full only while it is typed.
fn person_part(
    terminal: &Terminal,
    filling: &Filling,
    row: &Row<'_>,
    part: Part,
    error: &str,
    l: Locale,
) -> FormField {
    let local = terminal.local.borrow();
    let (name, number) = row::person(filling.file.answers.get(&row.field.id), local.whose);
    let active = row::rows(filling, local.whose)
        .get(local.active)
        .is_some_and(|active| active.field.id == row.field.id && active.part == part);
    let about = row.field.label.text(l);
    let (label, heading, value) = match part {
        Part::Number => {
            let label = M::SignInNumber.text(l);
            (label, label, if active { text::spaced_id(number.reveal()) } else { number.masked_number() })
        }
        _ => (M::TextName.text(l), about, text::shown(name.reveal())),
    };
    FormField {
        kind: Kind::Text,
        label: label.into(),
        heading: heading.into(),
        value: value.into(),
        error: error.into(),
        ..FormField::default()
    }
}

fn whole(terminal: &Terminal, filling: &Filling, row: &Row<'_>, error: &str, l: Locale) -> FormField {
    let field = row.field;
    let answered = filling.file.answers.get(&field.id);
    let answer = answered.map(|a| &a.answer);
    let from = match answered.map(|a| &a.source) {
        Some(AnswerSource::Card) => M::TextFromCard.text(l).to_owned(),
        Some(AnswerSource::Shared(source)) => M::TextFromShared.fill(l, &[("source", source.text(l))]),
        Some(AnswerSource::Resident) | None => String::new(),
    };
    let mut row = FormField {
        kind: kind(&field.kind),
        label: field.label.text(l).into(),
        heading: field.label.text(l).into(),
        hint: field.hint.as_ref().map(|h| h.text(l)).unwrap_or_default().into(),
        error: error.into(),
        prefilled_from: from.into(),
        ..FormField::default()
    };
    match &field.kind {
        FieldKind::Choice { options } => {
            let chosen = |value: &str| matches!(answer, Some(Answer::Choice(v)) if v == value);
            let options = options.iter().map(|o| FieldOption {
                label: o.label.text(l).into(),
                note: o.hint.as_ref().map(|h| h.text(l)).unwrap_or_default().into(),
                enabled: true,
                chosen: chosen(&o.value),
            });
            row.options = list(options.collect());
        }
        FieldKind::YesNo => {
            use domain::form::answer::YesNo;
            let chosen = |word| matches!(answer, Some(Answer::YesNo(yes_no)) if *yes_no == word);
            let option = |label: M, word| FieldOption {
                label: label.text(l).into(),
                enabled: true,
                chosen: chosen(word),
                ..FieldOption::default()
            };
            row.options = list(vec![option(M::TextYes, YesNo::Yes), option(M::TextNo, YesNo::No)]);
        }
        FieldKind::Text { input, max_length } => {
            row.long = *input == TextInput::Any && *max_length > LINE;
            if let Some(Answer::Text(text)) = answer {
                row.value = match input {
                    TextInput::Phone => text::spaced_phone(text.reveal()).into(),
                    TextInput::BankCard => text::spaced_card(text.reveal()).into(),
                    TextInput::Any | TextInput::Code => text.reveal().into(),
                };
            }
        }
        FieldKind::Number { unit, .. } => {
            row.unit = unit.text(l).into();
            if let Some(Answer::Number(n)) = answer {
                row.value = n.to_string().into();
            }
        }
        FieldKind::Amount { .. } => {
            row.unit = M::TextYuan.text(l).into();
            let typing = terminal.local.borrow().typing.as_ref().map(|t| t.text().to_owned());
            if let Some(Answer::Amount(fen)) = answer {
                // While it is typed it stands as it was typed: 12. is on its way to 12.5.
                row.value = typing.unwrap_or_else(|| text::amount(*fen)).into();
            }
        }
        FieldKind::Date { .. } => {
            let local = terminal.local.borrow();
            let labels = [M::TextYear, M::TextMonth, M::TextDay];
            let parts = labels.into_iter().zip(&local.date.texts).map(|(label, value)| FieldPart {
                label: label.text(l).into(),
                value: value.as_str().into(),
            });
            row.parts = list(parts.collect());
            row.part = i32::try_from(local.date.part).unwrap_or(0);
        }
        FieldKind::Division { depth } => {
            let chosen = terminal.local.borrow().division.clone();
            // The deepest level is ticked in the list itself.
            let above = chosen.iter().filter(|code| code.len() < code_length(*depth));
            let parts = above.filter_map(|code| {
                let code = DivisionCode::try_from(code.clone()).ok()?;
                Some(FieldPart { value: division_name(terminal, &code).into(), ..FieldPart::default() })
            });
            row.parts = list(parts.collect());
            let options = below(terminal, &chosen, *depth).into_iter().map(|division| FieldOption {
                label: division.name.text(l).into(),
                enabled: true,
                chosen: matches!(answer, Some(Answer::Division(code)) if *code == division.code),
                ..FieldOption::default()
            });
            row.options = list(options.collect());
        }
        FieldKind::Person => {
            if let Some(Answer::Person { name, number }) = answer {
                let shown = terminal.local.borrow().reveal_until.is_some_and(|until| terminal.now() < until);
                let number = if shown { number.reveal().to_owned() } else { number.masked_number() };
                row.parts = list(vec![
                    FieldPart { label: M::TextName.text(l).into(), value: text::shown(name.reveal()).into() },
                    FieldPart { label: M::SignInNumber.text(l).into(), value: number.into() },
                ]);
                row.masked = !shown;
            }
        }
        FieldKind::Photo { .. } => {
            row.photographed = matches!(answer, Some(Answer::Photo(_) | Answer::Licence(_)));
            row.by_licence = matches!(answer, Some(Answer::Licence(_)));
            row.takes_licence = filling.file.item.licence_for(&field.id).is_some();
        }
        FieldKind::Signature => {}
    }
    row
}

fn kind(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Choice { .. } => Kind::Choice,
        FieldKind::YesNo => Kind::YesNo,
        FieldKind::Text { .. } => Kind::Text,
        FieldKind::Number { .. } => Kind::Number,
        FieldKind::Date { .. } => Kind::Date,
        FieldKind::Amount { .. } => Kind::Amount,
        FieldKind::Division { .. } => Kind::Division,
        FieldKind::Person => Kind::Person,
        FieldKind::Photo { .. } => Kind::Photo,
        FieldKind::Signature => Kind::Signature,
    }
}

/// How many digits a division of this depth has.
pub(super) const fn code_length(depth: DivisionDepth) -> usize {
    match depth {
        DivisionDepth::District => 6,
        DivisionDepth::Street => 9,
        DivisionDepth::Community => 12,
    }
}

/// What can be chosen next: the divisions inside the last chosen one; its siblings when the depth is reached.
pub(super) fn below(terminal: &Terminal, chosen: &[String], depth: DivisionDepth) -> Vec<DivisionName> {
    let deepest = code_length(depth);
    let parent = chosen.iter().rev().find(|c| c.len() < deepest);
    let length = match parent.map(String::len) {
        None => 6,
        Some(6) => 9,
        Some(_) => 12,
    };
    let divisions = std::sync::Arc::clone(&terminal.shell().session().facts().divisions);
    divisions
        .iter()
        .filter(|d| {
            d.code.as_str().len() == length && parent.is_none_or(|p| d.code.as_str().starts_with(p.as_str()))
        })
        .cloned()
        .collect()
}

/// A division's name; its code where the name is not known.
pub(crate) fn division_name(terminal: &Terminal, code: &DivisionCode) -> String {
    let l = terminal.locale();
    let shell = terminal.shell();
    let divisions = &shell.session().facts().divisions;
    divisions.iter().find(|d| d.code == *code).map_or_else(|| code.to_string(), |d| d.name.text(l).to_owned())
}

/// `12.5` → 1250 fen; none for what is no amount.
pub(super) fn fen(text: &str) -> Option<i64> {
    let (yuan, fen) = text.split_once('.').unwrap_or((text, ""));
    if fen.len() > 2 || yuan.is_empty() {
        return None;
    }
    let fen = format!("{fen:0<2}");
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fen.parse().ok()?)
}

/// Year, month and day as they were typed; none for what is no day.
pub(super) fn day(texts: &[String; 3]) -> Option<Date> {
    let [year, month, day] = texts;
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let year: i32 = (year.len() == 4).then(|| year.parse().ok()).flatten()?;
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_they_are_typed() {
        for (text, expected) in [
            ("12", Some(1200)),
            ("12.", Some(1200)),
            ("12.5", Some(1250)),
            ("0.05", Some(5)),
            ("12.345", None),
            (".5", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(fen(text), expected, "{text}");
        }
    }

    #[test]
    fn days_as_they_are_typed() {
        let day = |y: &str, m: &str, d: &str| day(&[y.to_owned(), m.to_owned(), d.to_owned()]);
        assert_eq!(day("2026", "2", "28").map(|d| d.to_string()).as_deref(), Some("2026-02-28"));
        for (y, m, d) in [("2026", "2", "30"), ("26", "2", "1"), ("2026", "13", "1"), ("2026", "", "1")] {
            assert_eq!(day(y, m, d), None, "{y}-{m}-{d}");
        }
    }
}
