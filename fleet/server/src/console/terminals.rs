//! The list of terminals: filters and pages by key, the same speed on the first row and on the last of 100,000.

use super::Page;
use super::frame::{self, Frame, Mark};
use super::visitor::Desk;
use super::words::Words;
use crate::store::Millis;
use crate::store::coverage::Division;
use crate::store::coverage::HEARD;
use crate::store::page;
use crate::store::terminals::{Contact, Filter, InService, Listed};
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use std::collections::HashMap;

const ROWS: u16 = 50;

#[derive(Template)]
#[template(path = "terminals.html")]
struct Terminals {
    f: Frame,
    asked: Asked,
    districts: Vec<Division>,
    rows: Vec<Row>,
    count: i64,
    next: Option<String>,
    first: Option<String>,
}

/// What was asked, as the form shows it again.
#[derive(Default)]
struct Asked {
    id: String,
    district: String,
    street: String,
    community: String,
    service: String,
    needs: String,
    state: String,
    model: String,
    image: String,
    catalogue: String,
}

/// A row of the list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) district: String,
    pub(super) mark: Mark,
    pub(super) needs: Mark,
    pub(super) image: String,
    pub(super) heard: String,
    pub(super) heard_at: String,
}

/// Whether a terminal serves, in a word.
pub(super) fn service(w: &Words, listed: &Listed, now: Millis) -> Mark {
    match (listed.terminal.state.as_str(), listed.received_at) {
        ("enrolled", Some(at)) if at < now - HEARD => Mark::new("bad", w.service_silent),
        ("enrolled", Some(_)) if listed.in_service => Mark::new("good", w.service_in_service),
        ("enrolled", Some(_)) => match listed.out_of_service.as_deref() {
            Some("hours") => Mark::new("none", w.service_closed),
            Some(why) => Mark::new("bad", w.service_out(w.of("out", why))),
            None => Mark::new("bad", w.service_out_plain),
        },
        (state, _) => Mark::new("none", w.of("terminal_state", state)),
    }
}

/// The list.
pub(super) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Page {
    let text = |name: &str| -> String { query.get(name).map_or("", |v| v.trim()).chars().take(64).collect() };
    let asked = Asked {
        id: text("id"),
        district: text("district"),
        street: text("street"),
        community: text("community"),
        service: text("service"),
        needs: text("needs"),
        state: text("state"),
        model: text("model"),
        image: text("image"),
        catalogue: text("catalogue"),
    };
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let console = &desk.console;
    let now = console.clock.millis();
    let filter = Filter {
        district: some(&asked.district),
        street: some(&asked.street),
        community: some(&asked.community),
        model: some(&asked.model),
        state: some(&asked.state),
        image: some(&asked.image),
        catalogue: some(&asked.catalogue),
        worst: some(&asked.needs),
        id_begins: some(&asked.id),
        contact: match asked.service.as_str() {
            "silent" => Some(Contact::NotSince(now - HEARD)),
            "yes" | "no" => Some(Contact::Since(now - HEARD)),
            _ => None,
        },
        in_service: match asked.service.as_str() {
            "yes" => Some(InService::Yes),
            "no" => Some(InService::No),
            _ => None,
        },
    };
    let after = text("after");
    let store = &console.store;
    let wanted = page::Page { after: after.clone(), rows: ROWS + 1 };
    // Counted first: where none is left, nobody looks at every terminal a second time to list them.
    let count = store.count_terminals(&filter).await?;
    let mut listed = if count == 0 { Vec::new() } else { store.terminals(&filter, &wanted).await? };
    let more = listed.len() > usize::from(ROWS);
    listed.truncate(usize::from(ROWS));
    let same = |after: Option<&str>| {
        let mut kept = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &query {
            if name != "after" && !value.is_empty() && name.len() <= 16 {
                kept.append_pair(name, value);
            }
        }
        if let Some(after) = after {
            kept.append_pair("after", after);
        }
        format!("/terminals?{}", kept.finish())
    };
    let districts = console.store.divisions("district").await?;
    let next = listed.last().filter(|_| more).map(|last| same(Some(&last.terminal.id.0)));
    let page = Terminals {
        f: Frame::new(&desk, "terminals", desk.w.of("menu", "terminals")),
        asked,
        count,
        rows: listed.iter().map(|listed| row(desk.w, listed, &districts, now)).collect(),
        districts,
        next,
        first: Some(same(None)).filter(|_| !after.is_empty()),
    };
    Ok(Html(page.render()?))
}

fn row(w: &'static Words, listed: &Listed, districts: &[Division], now: Millis) -> Row {
    let district = districts.iter().find(|d| d.code == listed.terminal.district);
    Row {
        id: listed.terminal.id.0.clone(),
        name: w.language.of(&listed.terminal.name_zh, &listed.terminal.name_en).to_owned(),
        district: district.map_or("", |d| w.language.of(&d.name_zh, &d.name_en)).to_owned(),
        mark: service(w, listed, now),
        needs: match listed.worst.as_deref() {
            Some(worst) => Mark::of_kind(w, worst),
            None => Mark::new("none", w.terminals_unknown),
        },
        image: listed.image.clone().unwrap_or_default(),
        heard: listed.received_at.map_or_else(|| w.terminals_never.to_owned(), |at| frame::ago(w, at, now)),
        heard_at: listed.received_at.map_or_else(String::new, frame::machine),
    }
}
