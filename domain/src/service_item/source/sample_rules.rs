//! The sample block: every question that the sample's own path asks has a right answer.

use super::form_rules::fields;
use super::mistake::Findings;
use super::node::Node;
use super::shape::suggestion;
use crate::form::answer::{AnswerSource, Answered, FormAnswers};
use crate::form::check::check_field;
use crate::form::{Field, FieldId, FormStep};
use crate::locale::Locale;
use crate::material::{Necessity, Picture};
use crate::service_item::sample::Sample;
use time::Date;
use time::macros::date;

/// The day on which samples are tried. Days counted from the visit's suit any; a day of the calendar that suits only
/// this one would fail on the next.
const DAY: Date = date!(2026 - 01 - 01);

/// Checks the sample block against the steps of the form that can be read.
pub(super) fn check(item: Node<'_>, findings: &mut Findings<'_>) {
    let steps: Vec<FormStep> = item.list("form").filter_map(|step| step.read().ok()).collect();
    let sample = item.get("sample");
    // Where another gate has found something, a field may only seem to lack its answer: a misspelt `necessity`, say.
    let whole = findings.is_empty();
    let answers = read_answers(sample, item, &steps, findings);
    if !whole {
        return;
    }
    let at = sample.map_or(item.at(), Node::at);
    for field in steps.iter().flat_map(|step| answers.asked(step)) {
        if field.necessity == Necessity::Required && sample.and_then(|s| s.get(field.id.as_str())).is_none() {
            let what = format!("the sample does not answer the field `{}`", field.id);
            findings.note(at, what, format!("add `{} = …` to [sample]", field.id));
        }
    }
}

fn read_answers(
    sample: Option<Node<'_>>,
    item: Node<'_>,
    steps: &[FormStep],
    findings: &mut Findings<'_>,
) -> FormAnswers {
    let mut answers = FormAnswers::default();
    let Some((sample, table)) = sample.and_then(|s| Some((s, s.table()?))) else { return answers };
    let ids: Vec<&str> = fields(item).filter_map(|f| f.text_of("id")).collect();
    let readable = |id: &str| steps.iter().flat_map(|s| &s.fields).find(|f| f.id.as_str() == id);
    for key in table.keys() {
        let (id, at) = (key.get_ref().as_ref(), key.span().start);
        match (readable(id), sample.get(id)) {
            (Some(field), Some(value)) => read_answer(field, value, &mut answers, findings),
            // A field that cannot be read has its own mistake.
            _ if ids.contains(&id) => {}
            _ => {
                let remedy = match ids.is_empty() {
                    true => "take it away: the item has no form".to_owned(),
                    false => suggestion(id, ids.iter().copied()),
                };
                findings.note(at, format!("the sample answers `{id}`, which is no field"), remedy);
            }
        }
    }
    answers
}

fn read_answer(field: &Field, value: Node<'_>, answers: &mut FormAnswers, findings: &mut Findings<'_>) {
    let text = match value.read::<toml::Value>() {
        Ok(text) => text,
        // A whole number of more than 64 bits.
        Err(error) => {
            let what = format!("the sample for `{}` cannot be read: {}", field.id, error.message());
            findings.note(value.at(), what, "write a smaller number");
            return;
        }
    };
    match Sample::read(&field.kind, &text) {
        Err(bad) => {
            let what =
                format!("the sample for `{}` is no answer to a field of kind {}", field.id, bad.kind());
            findings.note(value.at(), what, format!("write {}", bad.expected()));
        }
        Ok(sample) => {
            let answer = sample.answer(DAY, &Picture::new(vec![0]));
            if let Some(message) = check_field(field, Some(&answer), DAY) {
                let what = format!("the sample for `{}` would be refused", field.id);
                findings.note(value.at(), what, format!("the screen says: {}", message.text(Locale::En)));
            }
            let id: FieldId = field.id.clone();
            answers.set(id, Answered { answer, source: AnswerSource::Resident });
        }
    }
}
