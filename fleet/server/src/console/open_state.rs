//! What the QR on an idle screen leads to: whether this terminal serves, its hours, its last self-test, who looks after it.
//! Without sign-in; nothing that the screen itself does not say.

use super::Page;
use super::frame::{self, Mark};
use super::terminal::listed;
use super::terminals::service;
use super::trouble::Trouble;
use super::visitor::{Guest, Path};
use super::words::Words;
use askama::Template;
use axum::response::Html;
use fleet_api::TerminalId;

#[derive(Template)]
#[template(path = "open_state.html")]
struct OpenState {
    w: &'static Words,
    path: String,
    name: String,
    mark: Mark,
    facts: Vec<(&'static str, String)>,
    phone: String,
}

/// The page.
pub(super) async fn page(guest: Guest, Path(id): Path<String>) -> Page {
    let w = guest.w;
    let store = &guest.console.store;
    let terminal = store.terminal(&TerminalId(id.clone())).await?.ok_or(Trouble::Missing)?;
    let heard = store.last_heartbeat(&id).await?;
    let now = guest.console.clock.millis();
    let listed = listed(terminal, heard.as_ref());
    let screen = heard.as_ref().and_then(|(_, beat)| beat.screen.as_ref());
    let tested = screen.and_then(|screen| screen.self_test.as_ref());
    let t = &listed.terminal;
    let page = OpenState {
        w,
        path: guest.path,
        name: w.language.of(&t.name_zh, &t.name_en).to_owned(),
        mark: match service(w, &listed, now).kind {
            "good" => Mark::new("good", w.open_serves),
            "none" => Mark::new("none", w.open_closed),
            _ => Mark::new("bad", w.open_serves_not),
        },
        facts: vec![
            (w.terminal_address, w.language.of(&t.address_zh, &t.address_en).to_owned()),
            (w.terminal_hours, t.hours.clone()),
            (w.terminal_keeper, w.language.of(&t.keeper_zh, &t.keeper_en).to_owned()),
            (
                w.open_tested,
                tested.map_or_else(
                    || w.terminals_unknown.to_owned(),
                    |test| frame::moment(crate::clock::millis(test.at)),
                ),
            ),
            (w.terminals_number, t.id.0.clone()),
        ],
        phone: t.keeper_phone.clone(),
    };
    Ok(Html(page.render()?))
}
