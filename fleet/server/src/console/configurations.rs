//! Settings of the terminals: a new document beside the last one, then pushed stage by stage.

use super::Page;
use super::frame::{self, Frame};
use super::trouble::Trouble;
use super::typed::Typed;
use super::visitor::{Act, Desk, Path};
use super::words::Words;
use super::work::{Noted, actor, noted};
use crate::orders::configurations;
use crate::selector::Selector;
use crate::store::configurations::{Configuration, PushCounts};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};

/// Percentages that a push goes to.
const STAGES: [i64; 5] = [1, 5, 25, 50, 100];

#[derive(Template)]
#[template(path = "configurations.html")]
struct Configurations {
    f: Frame,
    rows: Vec<Row>,
    typed: Typed,
    districts: Vec<(String, String)>,
}

struct Row {
    number: i64,
    at: String,
    by: String,
    why: String,
    percentage: i64,
    counts: PushCounts,
}

#[derive(Template)]
#[template(path = "configuration.html")]
struct ConfigurationPage {
    f: Frame,
    number: i64,
    facts: Vec<(&'static str, String)>,
    percentage: i64,
    stages: Vec<i64>,
    counts: PushCounts,
    before: Option<i64>,
    differences: Vec<(String, Option<String>, Option<String>)>,
}

/// The documents, newest first, and the form of a new one, which begins as the newest.
pub(super) async fn page(desk: Desk) -> Page {
    shown(&desk, None).await
}

/// The page, with a form as it was sent where it has to be mended.
async fn shown(desk: &Desk, sent: Option<Typed>) -> Page {
    let w = desk.w;
    let store = &desk.console.store;
    let found = store.configurations(50).await?;
    let newest = found.first().map(|newest| newest.settings.clone()).unwrap_or_default();
    let mut rows = Vec::new();
    for configuration in found {
        rows.push(Row {
            counts: store.push_counts(configuration.number).await?,
            number: configuration.number,
            at: frame::moment(configuration.made_at),
            by: configuration.made_by,
            why: configuration.why,
            percentage: configuration.percentage,
        });
    }
    let districts = store.divisions("district").await?;
    let page = Configurations {
        f: Frame::new(desk, "configurations", w.menu_configurations),
        rows,
        typed: sent.unwrap_or_else(|| Typed::of(&newest)),
        districts: districts
            .into_iter()
            .map(|d| (w.language.of(&d.name_zh, &d.name_en).to_owned(), d.code))
            .map(|(name, code)| (code, name))
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// One document beside the one before it.
pub(super) async fn one(desk: Desk, Path(number): Path<i64>) -> Page {
    let w = desk.w;
    let store = &desk.console.store;
    let document = store.configuration(number).await?.ok_or(Trouble::Missing)?;
    let before = store.configuration_before(number).await?;
    let settings = before.as_ref().map(|before| before.settings.clone()).unwrap_or_default();
    let differences = configurations::difference(&settings, &document.settings);
    let page = ConfigurationPage {
        f: Frame::new(&desk, "configurations", w.configurations_one(number)),
        number,
        facts: facts(w, &document),
        stages: STAGES.into_iter().filter(|stage| *stage > document.percentage).collect(),
        percentage: document.percentage,
        counts: store.push_counts(number).await?,
        before: before.map(|before| before.number),
        differences: differences
            .into_iter()
            .map(|d| {
                let text = |value: Option<serde_json::Value>| value.map(|value| value.to_string());
                (w.of("setting", &d.setting).to_owned(), text(d.before), text(d.after))
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

fn facts(w: &'static Words, document: &Configuration) -> Vec<(&'static str, String)> {
    let mut whom = document.selector.districts.clone();
    whom.extend(document.selector.models.iter().cloned());
    vec![
        (w.rollouts_whom, if whom.is_empty() { w.rollouts_everybody.to_owned() } else { whom.join(", ") }),
        (w.rollouts_by, format!("{} · {}", document.made_by, frame::moment(document.made_at))),
        (w.audit_why, document.why.clone()),
    ]
}

/// Makes a document; nothing is pushed yet. What does not fit is told at its field, and everything that was typed stays.
pub(super) async fn add(Act { desk, form }: Act) -> Result<Response, Trouble> {
    let mut typed = Typed::sent(&form);
    let why = typed.why(desk.w);
    let models = typed.models(desk.w);
    let Some(settings) = typed.settings(desk.w) else {
        return Ok((StatusCode::BAD_REQUEST, shown(&desk, Some(typed)).await?).into_response());
    };
    let selector = Selector { districts: typed.districts().to_vec(), models, ..Selector::default() };
    let seed = desk.console.clock.millis();
    let note = Noted {
        what: "configuration.add",
        subject: "configuration".into(),
        why: &why,
        // Noted before the document has a number: what it says tells which one it became.
        detail: serde_json::to_string(&settings).unwrap_or_default(),
    };
    let by = actor(&desk);
    let work = configurations::make(desk.console.server(), &settings, &selector, seed, &by, &why);
    let number = noted(&desk, note, work).await?;
    Ok(Redirect::to(&format!("/configurations/{number}")).into_response())
}

/// Pushes a document to a share of its terminals.
pub(super) async fn push(Path(number): Path<i64>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let percentage = form.number("percentage")?.ok_or(Trouble::Bad("percentage"))?;
    let note = Noted {
        what: "configuration.push",
        subject: format!("configuration:{number}"),
        why: &why,
        detail: format!("{percentage} %"),
    };
    noted(&desk, note, configurations::push(desk.console.server(), number, percentage)).await?;
    Ok(Redirect::to(&format!("/configurations/{number}")).into_response())
}
