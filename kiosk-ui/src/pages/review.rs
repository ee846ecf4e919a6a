//! 请核对: everything in groups, each with 修改.

use super::form::division_name;
use super::{act, act_on, index, text};
use crate::models::{list, updated};
use crate::screens::{ReviewAdapter, ReviewGroup, ReviewLine};
use crate::terminal::Terminal;
use domain::case::SubmissionId;
use domain::form::answer::{Answer, AnswerSource};
use domain::form::words::words;
use domain::form::{Field, FieldKind};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::state::{CaseFile, Step};
use slint::ComponentHandle;
use std::rc::Rc;
use time::Duration;

/// Masked numbers are shown for so long after 查看.
pub(super) const REVEALED: Duration = Duration::seconds(5);

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<ReviewAdapter<'_>>();
    adapter.on_edit(act_on(terminal, |t, i: i32| {
        let step = with(t, |file| steps(file).get(index(i).wrapping_sub(1)).copied()).flatten();
        if let Some(step) = step {
            t.tap(Tap::Edit(step));
        }
    }));
    adapter.on_reveal(act(terminal, |t| {
        let now = t.now();
        let until = &mut t.local.borrow_mut().reveal_until;
        *until = if until.is_some_and(|until| now < until) { None } else { Some(now + REVEALED) };
        t.refresh();
    }));
    adapter.on_submit(act(terminal, |t| {
        let id: Option<SubmissionId> = t.shell().fresh_submission_id();
        if let Some(id) = id {
            t.tap(Tap::Confirm(id));
        }
    }));
}

fn with<T>(terminal: &Terminal, look: impl FnOnce(&CaseFile) -> T) -> Option<T> {
    match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Review(file)) => Some(look(file)),
        _ => None,
    }
}

/// The steps of the form that are asked, each a group after the first.
fn steps(file: &CaseFile) -> Vec<usize> {
    let asked = |i: &usize| file.answers.asked(&file.item.form[*i]).next().is_some();
    (0..file.item.form.len()).filter(asked).collect()
}

pub(super) fn show(terminal: &Terminal) {
    let l = terminal.locale();
    let revealed = terminal.local.borrow().reveal_until.is_some_and(|until| terminal.now() < until);
    let Some(groups) = with(terminal, |file| groups(terminal, file, revealed, l)) else { return };
    let adapter = terminal.window().global::<ReviewAdapter<'_>>();
    adapter.set_declaration(M::ReviewDeclaration.text(l).into());
    adapter.set_masked(!revealed);
    adapter.set_groups(updated(adapter.get_groups(), groups));
}

pub(super) fn blank(terminal: &Terminal) {
    let adapter = terminal.window().global::<ReviewAdapter<'_>>();
    adapter.set_groups(updated(adapter.get_groups(), Vec::new()));
}

fn groups(terminal: &Terminal, file: &CaseFile, revealed: bool, l: Locale) -> Vec<ReviewGroup> {
    let number = file.identity.number();
    let number = if revealed { number.reveal().to_owned() } else { number.masked_number() };
    let line = |label: &str, value: String| ReviewLine {
        label: label.into(),
        value: value.into(),
        ..Default::default()
    };
    let mut groups = vec![ReviewGroup {
        heading: M::ReviewPerson.text(l).into(),
        lines: list(vec![
            line(M::TextName.text(l), text::shown(file.identity.name().reveal())),
            line(M::SignInNumber.text(l), number),
            line(M::PaperItem.text(l), file.item.name.text(l).to_owned()),
        ]),
        ..ReviewGroup::default()
    }];
    for at in steps(file) {
        let step = &file.item.form[at];
        let lines = file.answers.asked(step).map(|field| {
            let answered = file.answers.get(&field.id);
            let from = match answered.map(|a| &a.source) {
                Some(AnswerSource::Card) => M::TextFromCard.text(l).to_owned(),
                Some(AnswerSource::Shared(source)) => {
                    M::TextFromShared.fill(l, &[("source", source.text(l))])
                }
                _ => String::new(),
            };
            let value = answered.map(|a| value(terminal, field, &a.answer, revealed, l));
            ReviewLine {
                label: field.label.text(l).into(),
                value: value.unwrap_or_else(|| M::TextNotFilled.text(l).to_owned()).into(),
                from: from.into(),
            }
        });
        let heading = first_label(file, at, l);
        groups.push(ReviewGroup {
            edit_label: M::ReviewEdit.fill(l, &[("what", &heading)]).into(),
            heading: heading.into(),
            can_edit: true,
            lines: list(lines.collect()),
        });
    }
    groups
}

fn first_label(file: &CaseFile, at: usize, l: Locale) -> String {
    file.answers.asked(&file.item.form[at]).next().map(|f| f.label.text(l).to_owned()).unwrap_or_default()
}

fn value(terminal: &Terminal, field: &Field, answer: &Answer, revealed: bool, l: Locale) -> String {
    match (answer, &field.kind) {
        (Answer::Text(text), FieldKind::Text { input, .. }) => {
            use domain::form::TextInput;
            match input {
                TextInput::BankCard | TextInput::Code if !revealed => text.masked_number(),
                _ => text::shown(text.reveal()),
            }
        }
        (Answer::Division(code), _) => {
            let code = code.as_str();
            let levels = [6, 9, 12].into_iter().filter(|n| *n <= code.len());
            let names = levels.filter_map(|n| {
                let code = domain::division::DivisionCode::try_from(code[..n].to_owned()).ok()?;
                Some(division_name(terminal, &code))
            });
            names.collect::<Vec<_>>().join(" ")
        }
        (Answer::Person { name, number }, _) => {
            let number = if revealed { number.reveal().to_owned() } else { number.masked_number() };
            format!("{} {number}", text::shown(name.reveal()))
        }
        (Answer::Licence(paper), _) => M::TextLicence.fill(l, &[("name", paper.name.text(l))]),
        (Answer::Photo(_), _) => M::TextPhotoTaken.text(l).to_owned(),
        (Answer::Signature(_), _) => M::TextSigned.text(l).to_owned(),
        (answer, kind) => words(kind, answer, l).unwrap_or_default(),
    }
}
