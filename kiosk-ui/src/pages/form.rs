//! One step of the form.

mod fields;

use super::{act, act_on, index, keyboard, text};
use crate::input::typing::Pad;
use crate::models::updated;
use crate::screens::{FormAdapter, FormField};
use crate::terminal::Terminal;
use domain::form::answer::{Answer, YesNo};
use domain::form::{Field, FieldId, FieldKind, TextInput};
use domain::material::{Necessity, Picture};
use domain::personal::Personal;
use domain::session::event::Tap;
use domain::session::state::{Filling, Step};
use slint::{ComponentHandle, Image, SharedString};
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

fn field_at(terminal: &Terminal, at: usize) -> Option<FieldId> {
    with(terminal, |f| f.fields().nth(at).map(|field| field.id.clone())).flatten()
}

/// A step is shown: its controls begin with what is answered already.
pub(super) fn begin(terminal: &Terminal) {
    let (active, date, division) = with(terminal, |filling| {
        let typed = |field: &Field| {
            matches!(
                field.kind,
                FieldKind::Text { .. }
                    | FieldKind::Number { .. }
                    | FieldKind::Amount { .. }
                    | FieldKind::Date { .. }
            )
        };
        let active = filling.fields().position(typed).unwrap_or_default();
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
    let (active, part) = (local.active, local.date.part);
    with(terminal, |filling| {
        let field = filling.fields().nth(active)?;
        let answer = filling.file.answers.get(&field.id).map(|a| &a.answer);
        Some(match (&field.kind, answer) {
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
                let text = local.date.texts.get(part).cloned().unwrap_or_default();
                (Personal::new(text), vec![Pad::Digits], if part == 0 { 4 } else { 2 })
            }
            _ => return None,
        })
    })
    .flatten()
}

/// A text changed: so does the answer of the active field.
pub(super) fn typed(terminal: &Terminal, text: &Personal) {
    let active = terminal.local.borrow().active;
    let Some((field, kind)) =
        with(terminal, |f| f.fields().nth(active).map(|field| (field.id.clone(), field.kind.clone())))
            .flatten()
    else {
        return;
    };
    let answer = match kind {
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
    terminal.tap(match answer {
        Some(answer) => Tap::Answer(field, answer),
        None => Tap::ClearAnswer(field),
    });
}

fn choose(terminal: &Terminal, at: usize, option: usize) {
    let Some((field, kind)) =
        with(terminal, |f| f.fields().nth(at).map(|field| (field.id.clone(), field.kind.clone()))).flatten()
    else {
        return;
    };
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
    let Some((field, kind)) =
        with(terminal, |f| f.fields().nth(at).map(|field| (field.id.clone(), field.kind.clone()))).flatten()
    else {
        return;
    };
    match kind {
        FieldKind::Date { .. } => {
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

/// 下一步: in a group, the next field that types; then the next step.
fn next(terminal: &Terminal) {
    keyboard::commit(terminal);
    let onward = {
        let local = terminal.local.borrow();
        let (active, part) = (local.active, local.date.part);
        with(terminal, |filling| {
            let fields: Vec<&Field> = filling.fields().collect();
            let is_date = fields.get(active).is_some_and(|f| matches!(f.kind, FieldKind::Date { .. }));
            let open = |field: &Field| filling.file.answers.get(&field.id).is_none();
            if is_date && part < 2 && fields.get(active).is_some_and(|f| open(f)) {
                return Some((active, part + 1));
            }
            let typed = |f: &Field| {
                matches!(f.kind, FieldKind::Text { .. } | FieldKind::Number { .. } | FieldKind::Amount { .. })
                    && f.necessity == Necessity::Required
            };
            let later = fields.iter().enumerate().skip(active + 1).find(|(_, f)| typed(f) && open(f));
            later.map(|(i, _)| (i, 0))
        })
        .flatten()
    };
    match onward {
        Some((active, part)) => {
            terminal.local.borrow_mut().date.part = part;
            keyboard::reopen(terminal, active);
        }
        None => terminal.tap(Tap::Next),
    }
}

fn show_ink(terminal: &Terminal) {
    let commands = crate::ink::commands(&terminal.local.borrow().ink);
    terminal.window().global::<FormAdapter<'_>>().set_ink(commands.into());
}

pub(super) fn show(terminal: &Terminal) {
    let l = terminal.locale();
    let adapter = terminal.window().global::<FormAdapter<'_>>();
    let Some((title, sentence, rows, optional, photo)) = with(terminal, |filling| {
        let step = &filling.file.item.form[filling.at];
        let rows: Vec<FormField> =
            filling.fields().map(|field| fields::row(terminal, filling, field, l)).collect();
        let optional = filling.fields().all(|f| f.necessity == Necessity::Optional);
        let photo = filling.fields().find_map(|f| match filling.file.answers.get(&f.id).map(|a| &a.answer) {
            Some(Answer::Photo(picture)) => Some(picture.clone()),
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
    adapter.set_fields(updated(adapter.get_fields(), rows));
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
