//! The ring of signing keys, and certificates that end soon. Keys are changed by the command line, where the root is.

use super::Page;
use super::frame::{self, Frame, Mark};
use super::visitor::Desk;
use crate::store::page;
use crate::store::terminals::Filter;
use crate::tls;
use askama::Template;
use axum::response::Html;
use std::sync::atomic::Ordering;

/// A certificate that lasts shorter than this is named: 30 days.
const SOON: i64 = 30 * 86_400_000;

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys {
    f: Frame,
    ring: Option<(u64, String)>,
    /// Files that an operator should have carried away.
    here: Vec<String>,
    /// The server's own certificates: whose, and until when.
    own: Vec<(&'static str, String, Mark)>,
    keys: Vec<(String, String)>,
    ending: Vec<(String, String, Mark)>,
}

/// The page.
pub(super) async fn page(desk: Desk) -> Page {
    let w = desk.w;
    let console = &desk.console;
    let now = console.clock.millis();
    let signed = console.store.ring().await?;
    let ring = signed.and_then(|signed| signed.open_with(&console.keys.root_public).ok());
    let enrolled = Filter { state: Some("enrolled".into()), ..Filter::default() };
    let mut ending = Vec::new();
    let mut after = String::new();
    while ending.len() < 200 {
        let part = console.store.terminals(&enrolled, &page::Page { after, rows: 1000 }).await?;
        let Some(last) = part.last() else { break };
        after = last.terminal.id.0.clone();
        for listed in part {
            let Some(until) = listed.terminal.certificate_until.filter(|until| *until < now + SOON) else {
                continue;
            };
            let mark = match until < now {
                true => Mark::new("bad", w.keys_ended),
                false => Mark::new("watch", w.keys_ends_soon),
            };
            ending.push((listed.terminal.id.0, frame::moment(until), mark));
        }
    }
    ending.truncate(200);
    let authority = tls::ends(console.authority.root_pem()).map(crate::clock::millis);
    let shown = Some(console.shown_until.load(Ordering::Relaxed)).filter(|until| *until > 0);
    let own = [(w.keys_authority, authority), (w.keys_server, shown)];
    let page = Keys {
        f: Frame::new(&desk, "keys", w.of("menu", "keys")),
        keys: ring
            .iter()
            .flat_map(|ring| &ring.keys)
            .map(|key| (w.of("key_role", key.role.word()).to_owned(), key.id.clone()))
            .collect(),
        ring: ring.map(|ring| (ring.number, frame::moment(crate::clock::millis(ring.at)))),
        here: console
            .keys
            .not_carried_away()
            .iter()
            .map(|role| format!("keys/offline/{}.key", role.word()))
            .collect(),
        own: own
            .into_iter()
            .filter_map(|(whose, until)| {
                let until = until?;
                let mark = match until - now {
                    left if left < 0 => Mark::new("bad", w.keys_ended),
                    left if left < SOON => Mark::new("watch", w.keys_ends_soon),
                    _ => Mark::new("good", w.keys_valid),
                };
                Some((whose, frame::moment(until), mark))
            })
            .collect(),
        ending,
    };
    Ok(Html(page.render()?))
}
