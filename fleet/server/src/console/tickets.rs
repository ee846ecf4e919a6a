//! Tickets: opened by rules, closed by evidence; a person only takes one and writes a note.

use super::Page;
use super::frame::{self, Frame, Mark};
use super::trouble::Trouble;
use super::visitor::{Act, Desk, Path};
use super::words::Words;
use crate::news::NewsItem;
use crate::store::audit::{self, AuditEntry};
use crate::store::tickets::{self, Ticket};
use askama::Template;
use axum::extract::Query;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use fleet_api::TerminalId;
use std::collections::{BTreeMap, HashMap};

const ROWS: u16 = 50;

#[derive(Template)]
#[template(path = "tickets.html")]
struct Tickets {
    f: Frame,
    state: &'static str,
    rows: Vec<Row>,
    older: Option<i64>,
}

struct Row {
    id: i64,
    terminal: String,
    place: String,
    title: String,
    mark: Mark,
    opened: String,
    age: String,
    assigned: String,
    evidence: String,
    note: String,
}

/// What it is about.
pub(super) fn title(w: &Words, ticket: &Ticket) -> String {
    let subject = match ticket.rule.as_str() {
        "device" | "errors" => w.of("device", &ticket.subject),
        "supply" => w.of("supply", &ticket.subject),
        _ => ticket.subject.as_str(),
    };
    let rule = w.of("rule", &ticket.rule);
    if subject.is_empty() { rule.to_owned() } else { format!("{rule} · {subject}") }
}

/// Open or closed.
pub(super) fn mark(w: &Words, ticket: &Ticket) -> Mark {
    match (ticket.state.as_str(), &ticket.assigned_to) {
        ("open", None) => Mark::new("bad", w.tickets_open),
        ("open", Some(_)) => Mark::new("watch", w.tickets_taken),
        _ => Mark::new("good", w.tickets_closed),
    }
}

/// What opened or closed it, in a sentence; the figures themselves where this version has no sentence for them.
fn evidence(w: &Words, rule: &str, figures: &serde_json::Value) -> String {
    let number = |name: &str| figures.get(name).and_then(serde_json::Value::as_f64);
    let text = |name: &str| figures.get(name).and_then(serde_json::Value::as_str);
    let whole = |value: f64, unit: f64| format!("{:.0}", value / unit);
    let told = match rule {
        "offline" => number("silent_seconds").map(|n| w.evidence_silent(whole(n, 60.0))),
        "out_of_service" => text("reason").map(|why| w.evidence_reason(w.of("out", why))),
        "needs_person" => number("submissions").map(|n| w.evidence_submissions(n)),
        "disk" => number("free_bytes")
            .zip(number("total_bytes"))
            .map(|(free, total)| w.evidence_disk(whole(free, 1e6), whole(total, 1e6))),
        "device" => number("for_seconds")
            .zip(text("needs"))
            .map(|(n, needs)| w.evidence_device(whole(n, 60.0), w.of("needs", needs))),
        "errors" => number("times").map(|n| w.evidence_errors(n)),
        "supply" => number("days_left").map(|n| match n {
            0.0 => w.evidence_supply_out.to_owned(),
            // What a sensor calls low is reckoned as a day, which nobody has counted.
            1.0 => w.evidence_supply_low.to_owned(),
            n => w.evidence_supply(n),
        }),
        "update_failed" => number("release").map(|n| w.evidence_update(n)),
        _ => None,
    };
    told.unwrap_or_else(|| {
        let Some(map) = figures.as_object() else { return figures.to_string() };
        let plain =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        map.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(" · ")
    })
}

/// How long it took until its terminal was well again.
fn mended(w: &Words, milliseconds: i64) -> String {
    match milliseconds / 60_000 {
        minutes @ ..120 => w.tickets_mended_minutes(minutes),
        minutes => w.tickets_mended_hours(minutes / 60),
    }
}

/// The list.
pub(super) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Page {
    let w = desk.w;
    let state = if query.get("state").is_some_and(|s| s == "closed") { "closed" } else { "open" };
    let before = query.get("before").and_then(|n| n.parse().ok()).unwrap_or(i64::MAX);
    let found = desk.console.store.tickets(state, before, ROWS).await?;
    let mut places: BTreeMap<&str, String> = BTreeMap::new();
    for ticket in &found {
        if !places.contains_key(ticket.terminal.as_str()) {
            let terminal = desk.console.store.terminal(&TerminalId(ticket.terminal.clone())).await?;
            let name = terminal.map(|t| w.language.of(&t.name_zh, &t.name_en).to_owned());
            places.insert(&ticket.terminal, name.unwrap_or_default());
        }
    }
    let now = desk.console.clock.millis();
    let page = Tickets {
        f: Frame::new(&desk, "tickets", w.of("menu", "tickets")),
        state,
        older: found.last().filter(|_| found.len() == usize::from(ROWS)).map(|last| last.id),
        rows: found
            .iter()
            .map(|ticket| Row {
                id: ticket.id,
                terminal: ticket.terminal.clone(),
                place: places.get(ticket.terminal.as_str()).cloned().unwrap_or_default(),
                title: title(w, ticket),
                mark: mark(w, ticket),
                opened: frame::moment(ticket.opened_at),
                age: match ticket.closed_at {
                    Some(closed) => mended(w, closed - ticket.opened_at),
                    None => frame::ago(w, ticket.opened_at, now),
                },
                assigned: ticket.assigned_to.clone().unwrap_or_default(),
                evidence: evidence(w, &ticket.rule, &ticket.opened_for),
                note: ticket.note.clone().unwrap_or_default(),
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// One ticket's place in the list.
pub(super) async fn one(Path(id): Path<i64>, _desk: Desk) -> Result<Response, Trouble> {
    Ok(Redirect::to(&format!("/tickets?before={}#ticket-{id}", id.saturating_add(1))).into_response())
}

/// Takes a ticket, or gives it back.
pub(super) async fn take(Path(id): Path<i64>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let note = Some(form.text("note", 300)?).filter(|note| !note.is_empty());
    let (what, to) = match form.raw("do") {
        "take" => ("ticket.take", Some(desk.name())),
        "give_back" => ("ticket.give_back", None),
        _ => return Err(Trouble::Bad("do")),
    };
    let console = &desk.console;
    let mut tx = console.store.write().await?;
    if !tickets::assign(&mut tx, id, to, note.as_deref()).await? {
        return Err(Trouble::Missing);
    }
    let entry = AuditEntry {
        who: desk.name().to_owned(),
        what: what.into(),
        subject: format!("ticket:{id}"),
        why: note.unwrap_or_default(),
        detail: String::new(),
    };
    audit::append(&mut tx, &entry, console.clock.millis()).await?;
    let news = NewsItem::Ticket(id);
    console.server().note(&mut tx, &news).await?;
    tx.commit().await?;
    console.server().tell(news).await?;
    Ok(Redirect::to("/tickets").into_response())
}
