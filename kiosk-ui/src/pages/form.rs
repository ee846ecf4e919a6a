//! One step of the form.

mod fields;
mod row;

use super::{act, act_on, index, keyboard, text};
use crate::input::typing::Pad;
use crate::local::Whose;
use crate::models::{kept, updated};
use crate::screens::{FormAdapter, FormField};
use crate::terminal::Terminal;
use domain::form::answer::{Answer, AnswerSource, YesNo};
use domain::form::{Field, FieldId, FieldKind, TextInput};
use domain::material::{Necessity, Picture};
use domain::personal::Personal;
use domain::session::event::Tap;
use domain::session::state::{Filling, Step};
use row::{Part, Row, rows};
use slint::{ComponentHandle, Image, Model, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<FormAdapter<'_>>();
    adapter.on_next(act(terminal, next));
    adapter.on_skip(act(terminal, |t| {
        let fields = with(t, |f| f.fields().map(|field| field.id.clone()).collect::<Vec<_>>());
        for field in fields.unwrap_or_default() {
            t.tap(Tap::ClearAnswer(field));
        }
        t.tap(Tap::Next);
    }));
    adapter.on_focus(act_on(terminal, |t, i: i32| keyboard::reopen(t, index(i))));
    adapter.on_reveal(act_on(terminal, |t, _: i32| {
        let until = t.now() + super::review::REVEALED;
        t.local.borrow_mut().reveal_until = Some(until);
        t.refresh();
    }));
    adapter.on_other_person(act_on(terminal, |t, i: i32| {
        t.local.borrow_mut().whose = Whose::Another;
        keyboard::reopen(t, index(i));
    }));
    let weak = Rc::downgrade(terminal);
    adapter.on_choose(move |field, option| {
        if let Some(t) = weak.upgrade() {
            choose(&t, index(field), index(option));
        }
    });
    let weak = Rc::downgrade(terminal);
    adapter.on_choose_part(move |field, part| {
        if let Some(t) = weak.upgrade() {
            choose_part(&t, index(field), index(part));
        }
    });
    adapter.on_take_photo(act_on(terminal, |t, i: i32| {
        if let Some(field) = field_at(t, index(i)) {
            t.tap(Tap::TakePhoto(field));
        }
    }));
    adapter.on_use_licence(act_on(terminal, |t, i: i32| {
        if let Some(field) = field_at(t, index(i)) {
            t.tap(Tap::UseLicence(field));
        }
    }));
    adapter.on_retake(act_on(terminal, |t, i: i32| {
        if let Some(field) = field_at(t, index(i)) {
            t.tap(Tap::ClearAnswer(field));
        }
    }));
    adapter.on_redo(act_on(terminal, |t, i: i32| {
        t.local.borrow_mut().ink.clear();
        if let Some(field) = field_at(t, index(i)) {
            t.tap(Tap::ClearAnswer(field));
        }
    }));
    let weak = Rc::downgrade(terminal);
    adapter.on_ink_down(move |x, y| {
        if let Some(t) = weak.upgrade() {
            t.local.borrow_mut().ink.push(vec![(x, y)]);
            show_ink(&t);
        }
    });
    let weak = Rc::downgrade(terminal);
    adapter.on_ink_move(move |x, y| {
        if let Some(t) = weak.upgrade() {
            if let Some(line) = t.local.borrow_mut().ink.last_mut() {
                line.push((x, y));
            }
            show_ink(&t);
        }
    });
    adapter.on_ink_up(act(terminal, |t| {
        let signed = crate::ink::png(&t.local.borrow().ink);
        if let (Some(field), Some(png)) = (field_at(t, 0), signed) {
            t.tap(Tap::Answer(field, Answer::Signature(Picture::new(png))));
        }
    }));
}

fn with<T>(terminal: &Terminal, look: impl FnOnce(&Filling) -> T) -> Option<T> {
    match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Form(filling)) => Some(look(filling)),
        _ => None,
    }
}

/// The field of a row, and which part of it the row is.
fn at_row(terminal: &Terminal, at: usize) -> Option<(Field, Part)> {
    let whose = terminal.local.borrow().whose;
    with(terminal, |f| rows(f, whose).get(at).map(|row| (row.field.clone(), row.part))).flatten()
}

fn field_at(terminal: &Terminal, at: usize) -> Option<FieldId> {
    at_row(terminal, at).map(|(field, _)| field.id)
}

/// A step is shown: its controls begin with what is answered already.
pub(super) fn begin(terminal: &Terminal) {
    let (active, date, division) = with(terminal, |filling| {
        let active = rows(filling, Whose::AsTold).iter().position(Row::is_typed).unwrap_or_default();
        let answer = |field: &Field| filling.file.answers.get(&field.id).map(|a| a.answer.clone());
        let date = filling.fields().find_map(|field| match answer(field) {
            Some(Answer::Date(day)) => Some(day),
            _ => None,
        });
        let division = filling.fields().find_map(|field| match answer(field) {
            Some(Answer::Division(code)) => Some(code),
            _ => None,
        });
        (active, date, division)
    })
    .unwrap_or_default();
    let mut local = terminal.local.borrow_mut();
    local.active = active;
    if let Some(day) = date {
        local.date.texts = [day.year().to_string(), u8::from(day.month()).to_string(), day.day().to_string()];
    }
    if let Some(code) = division {
        local.division = levels(code.as_str());
    }
}

/// The codes of the levels above a division, itself among them.
fn levels(code: &str) -> Vec<String> {
    [6, 9, 12]
        .into_iter()
        .filter(|length| *length <= code.len())
        .map(|length| code[..length].to_owned())
        .collect()
}

/// What the active field types, with its pads and its length.
pub(super) fn text_to_type(terminal: &Terminal) -> Option<(Personal, Vec<Pad>, usize)> {
    let local = terminal.local.borrow();
    let (active, date_part, whose) = (local.active, local.date.part, local.whose);
    with(terminal, |filling| {
        let Row { field, part } = *rows(filling, whose).get(active)?;
        let answered = filling.file.answers.get(&field.id);
        Some(match (&field.kind, answered.map(|a| &a.answer)) {
            (FieldKind::Person, _) if part != Part::Whole => {
                let (name, number) = row::person(answered, whose);
                let (pads, longest) = row::pads(part);
                (if part == Part::Name { name } else { number }, pads, longest)
            }
            (FieldKind::Text { input, max_length }, answer) => {
                let text = match answer {
                    Some(Answer::Text(text)) => text.clone(),
                    _ => Personal::default(),
                };
                let pads = match input {
                    TextInput::Any => keyboard::ANY.to_vec(),
                    TextInput::Phone | TextInput::BankCard => vec![Pad::Digits],
                    TextInput::Code => vec![Pad::IdNumber],
                };
                (text, pads, usize::from(*max_length))
            }
            (FieldKind::Number { max, .. }, answer) => {
                let text = match answer {
                    Some(Answer::Number(n)) => n.to_string(),
                    _ => String::new(),
                };
                (Personal::new(text), vec![Pad::Digits], max.to_string().len())
            }
            (FieldKind::Amount { .. }, answer) => {
                let text = match answer {
                    Some(Answer::Amount(fen)) => text::amount(*fen),
                    _ => String::new(),
                };
                (Personal::new(text), vec![Pad::Decimal], 10)
            }
            (FieldKind::Date { .. }, _) => {
                let text = local.date.texts.get(date_part).cloned().unwrap_or_default();
                (Personal::new(text), vec![Pad::Digits], if date_part == 0 { 4 } else { 2 })
            }
            _ => return None,
        })
    })
    .flatten()
}

/// A text changed: so does the answer of the active row. What was only looked at stays as it was told.
pub(super) fn typed(terminal: &Terminal, text: &Personal) {
    let (active, whose) = {
        let local = terminal.local.borrow();
        (local.active, local.whose)
    };
    if text_to_type(terminal).is_none_or(|(before, ..)| before == *text) {
        terminal.refresh();
        return;
    }
    let Some((Field { id, kind, .. }, part)) = at_row(terminal, active) else { return };
    let answer = match &kind {
        FieldKind::Person => {
            let before = with(terminal, |filling| row::person(filling.file.answers.get(&id), whose));
            row::retyped(part, text, before.unwrap_or_default())
        }
        FieldKind::Text { .. } if text.is_empty() => None,
        FieldKind::Text { .. } => Some(Answer::Text(text.clone())),
        FieldKind::Number { .. } => text.reveal().parse().ok().map(Answer::Number),
        FieldKind::Amount { .. } => fields::fen(text.reveal()).map(Answer::Amount),
        FieldKind::Date { .. } => {
            let mut local = terminal.local.borrow_mut();
            let part = local.date.part;
            if let Some(entry) = local.date.texts.get_mut(part) {
                text.reveal().clone_into(entry);
            }
            fields::day(&local.date.texts).map(Answer::Date)
        }
        _ => return,
    };
    let is_date = matches!(kind, FieldKind::Date { .. });
    terminal.tap(match answer {
        Some(answer) => Tap::Answer(id, answer),
        None => Tap::ClearAnswer(id),
    });
    if is_date {
        to_next_part(terminal, text.reveal());
    }
}

/// A year of four digits, or a month that takes no more, is done: typing goes on in the box behind it.
fn to_next_part(terminal: &Terminal, typed: &str) {
    let (active, part) = {
        let local = terminal.local.borrow();
        (local.active, local.date.part)
    };
    let done = match part {
        0 => typed.len() == 4,
        1 => typed.len() == 2 || matches!(typed, "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"),
        _ => false,
    };
    if done {
        keyboard::close(terminal);
        terminal.local.borrow_mut().date.part = part + 1;
        keyboard::reopen(terminal, active);
    }
}

fn choose(terminal: &Terminal, at: usize, option: usize) {
    let Some((Field { id: field, kind, .. }, _)) = at_row(terminal, at) else { return };
    match kind {
        FieldKind::Choice { options } => {
            if let Some(option) = options.get(option) {
                terminal.tap(Tap::Answer(field, Answer::Choice(option.value.clone())));
            }
        }
        FieldKind::YesNo => {
            let answer = if option == 0 { YesNo::Yes } else { YesNo::No };
            terminal.tap(Tap::Answer(field, Answer::YesNo(answer)));
        }
        FieldKind::Division { depth } => {
            let chosen = terminal.local.borrow().division.clone();
            let Some(code) = fields::below(terminal, &chosen, depth).get(option).map(|d| d.code.clone())
            else {
                return;
            };
            terminal.local.borrow_mut().division = levels(code.as_str());
            let complete = code.as_str().len() == fields::code_length(depth);
            terminal.tap(match complete {
                true => Tap::Answer(field, Answer::Division(code)),
                false => Tap::ClearAnswer(field),
            });
        }
        _ => {}
    }
}

fn choose_part(terminal: &Terminal, at: usize, part: usize) {
    let Some((Field { id: field, kind, .. }, _)) = at_row(terminal, at) else { return };
    match kind {
        FieldKind::Date { .. } => {
            keyboard::close(terminal);
            terminal.local.borrow_mut().date.part = part;
            keyboard::reopen(terminal, at);
        }
        FieldKind::Division { .. } => {
            terminal.local.borrow_mut().division.truncate(part);
            terminal.tap(Tap::ClearAnswer(field));
        }
        _ => {}
    }
}

/// 下一步: the next row that types and is empty; then the next step; where that finds a mistake, the row it is in.
fn next(terminal: &Terminal) {
    keyboard::commit(terminal);
    let (active, date_part, whose) = {
        let local = terminal.local.borrow();
        (local.active, local.date.part, local.whose)
    };
    // Another person was to be typed and nobody was: the told one is not taken instead.
    let untyped = with(terminal, |filling| {
        let told = |field: &&Field| {
            matches!(field.kind, FieldKind::Person)
                && filling.file.answers.get(&field.id).is_some_and(|a| a.source != AnswerSource::Resident)
        };
        filling.fields().find(told).map(|field| field.id.clone())
    });
    if let (Whose::Another, Some(field)) = (whose, untyped.flatten()) {
        terminal.tap(Tap::ClearAnswer(field));
    }
    let onward = with(terminal, |filling| {
        let rows = rows(filling, whose);
        let open = |row: &Row<'_>| row.is_open(filling, whose);
        let is_date = |row: &&Row<'_>| matches!(row.field.kind, FieldKind::Date { .. });
        if date_part < 2 && rows.get(active).filter(is_date).is_some_and(open) {
            return Some((active, date_part + 1));
        }
        let wanted = |row: &Row<'_>| row.is_typed() && row.field.necessity == Necessity::Required;
        let later = rows.iter().enumerate().skip(active + 1).find(|(_, row)| wanted(row) && open(row));
        later.map(|(at, _)| (at, 0))
    });
    match onward.flatten() {
        Some((at, part)) => {
            keyboard::close(terminal);
            terminal.local.borrow_mut().date.part = part;
            keyboard::reopen(terminal, at);
        }
        None => {
            terminal.tap(Tap::Next);
            let wrong = with(terminal, |filling| {
                let whose = terminal.local.borrow().whose;
                rows(filling, whose).iter().position(|row| row.mistake(filling, whose).is_some())
            });
            if let Some(at) = wrong.flatten().filter(|at| *at != terminal.local.borrow().active) {
                keyboard::reopen(terminal, at);
            }
        }
    }
}

fn show_ink(terminal: &Terminal) {
    let commands = crate::ink::commands(&terminal.local.borrow().ink);
    terminal.window().global::<FormAdapter<'_>>().set_ink(commands.into());
}

pub(super) fn show(terminal: &Terminal) {
    let l = terminal.locale();
    let whose = terminal.local.borrow().whose;
    let adapter = terminal.window().global::<FormAdapter<'_>>();
    let Some((title, sentence, mut rows, optional, photo)) = with(terminal, |filling| {
        let step = &filling.file.item.form[filling.at];
        let rows: Vec<FormField> =
            rows(filling, whose).iter().map(|row| fields::shown(terminal, filling, row, l)).collect();
        let optional = filling.fields().all(|f| f.necessity == Necessity::Optional);
        let photo = filling.fields().find_map(|f| match filling.file.answers.get(&f.id).map(|a| &a.answer) {
            Some(Answer::Photo(picture)) => Some(picture.clone()),
            Some(Answer::Licence(paper)) => paper.pages.first().cloned(),
            _ => None,
        });
        let hint = step.hint.as_ref().map(|h| h.text(l).to_owned()).unwrap_or_default();
        (step.question.text(l).to_owned(), hint, rows, optional, photo)
    }) else {
        return;
    };
    adapter.set_title(title.into());
    adapter.set_sentence(sentence.into());
    adapter.set_active(i32::try_from(terminal.local.borrow().active).unwrap_or(0));
    adapter.set_can_continue(true);
    adapter.set_can_skip(optional);
    adapter.set_picture(photo.and_then(|p| crate::picture::decode(p.bytes())).unwrap_or_default());
    let before = adapter.get_fields();
    // A touch refreshes the page: options that were made anew would lose the finger that is pressing one.
    for (index, row) in rows.iter_mut().enumerate() {
        let old = before.row_data(index).unwrap_or_default();
        row.options = kept(old.options, &row.options);
        row.parts = kept(old.parts, &row.parts);
    }
    adapter.set_fields(updated(before, rows));
    show_ink(terminal);
}

pub(super) fn blank(terminal: &Terminal) {
    let adapter = terminal.window().global::<FormAdapter<'_>>();
    adapter.set_fields(updated(adapter.get_fields(), Vec::new()));
    adapter.set_title(SharedString::default());
    adapter.set_ink(SharedString::default());
    adapter.set_picture(Image::default());
}

pub(super) use fields::division_name;
