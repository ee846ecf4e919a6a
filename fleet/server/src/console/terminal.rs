//! One terminal: how it is, what happened, what it was asked.

use super::Page;
use super::forecast;
use super::frame::{self, Frame, Mark};
use super::kiosk::{self, Part};
use super::programs::Sentence;
use super::terminals::service;
use super::trouble::Trouble;
use super::visitor::{Desk, Path};
use super::words::Words;
use crate::device::health::{in_service, out_of_service};
use crate::orders::noted::note;
use crate::store::terminals::{Listed, Terminal};
use askama::Template;
use axum::extract::Query;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use fleet_api::TerminalId;
use fleet_api::command::Order;
use fleet_api::event::What;
use fleet_api::health::Heartbeat;
use std::collections::HashMap;

/// Events on a page of the timeline.
const EVENTS: u16 = 40;
/// Days of supplies that a forecast looks at.
const DAYS: i64 = 30;

#[derive(Template)]
#[template(path = "terminal.html")]
struct TerminalPage {
    f: Frame,
    id: String,
    above: Vec<(String, String)>,
    mark: Mark,
    facts: Vec<(&'static str, String)>,
    machine: Vec<(&'static str, String)>,
    parts: Vec<Part>,
    supplies: Vec<Supply>,
    tickets: Vec<(i64, String, Mark, String)>,
    updates: Vec<Update>,
    commands: Vec<Command>,
    logs: Vec<(String, String, String)>,
    orders: [&'static str; 8],
    devices: Vec<(String, String)>,
    events: Vec<(String, String, Sentence)>,
    older: Option<i64>,
}

struct Supply {
    name: String,
    level: Mark,
    percent: Option<i64>,
    forecast: String,
}

struct Update {
    release: String,
    rollout: Option<i64>,
    state: Mark,
    progress: Option<i64>,
    at: String,
    detail: Sentence,
}

/// What a terminal was asked.
pub(super) struct Command {
    pub(super) id: String,
    pub(super) what: String,
    pub(super) state: Mark,
    pub(super) by: String,
    pub(super) why: String,
    pub(super) at: String,
    pub(super) detail: Sentence,
    /// Another person must approve it.
    pub(super) waits: bool,
    /// Who looks at it asked for it, and cannot approve it.
    pub(super) mine: bool,
    pub(super) is_shell: bool,
    pub(super) has_file: bool,
}

/// What can be asked from the page; a shell has its own form.
pub(super) const ORDERS: [&str; 8] = [
    "self_test",
    "test_print",
    "logs",
    "screen_picture",
    "outbox_export",
    "restart_program",
    "reboot",
    "go_back",
];

/// The page.
pub(super) async fn page(
    desk: Desk,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Page {
    let w = desk.w;
    let console = &desk.console;
    let store = &console.store;
    let now = console.clock.millis();
    let terminal = store.terminal(&TerminalId(id.clone())).await?.ok_or(Trouble::Missing)?;
    let heard = store.last_heartbeat(&id).await?;
    let listed = listed(terminal, heard.as_ref());
    let devices = store.devices(&id).await?;
    let supplies = store.supplies(&id, now.div_euclid(86_400_000) - DAYS).await?;
    let before = query.get("before").and_then(|n| n.parse().ok()).unwrap_or(i64::MAX);
    let events = store.events(&id, before, EVENTS).await?;
    let ended = events.iter().filter_map(|kept| match &kept.what {
        What::CommandEnded { id, .. } => Some(id.0.as_str()),
        _ => None,
    });
    let asked = store.orders(&ended.collect::<Vec<_>>()).await?;
    let actions = store.actions(&id, 10).await?;
    let commands = store.commands(&id, 20).await?;
    let tickets = store.tickets_of(&id, 10).await?;
    let releases = store.releases(200).await?;
    let named = |id: i64| {
        let found = releases.iter().find(|release| release.id == id);
        found.map_or_else(|| id.to_string(), |release| format!("{} {}", release.name, release.version))
    };
    let above = above(&desk, &listed.terminal).await?;
    let page = TerminalPage {
        f: Frame::new(&desk, "terminals", w.language.of(&listed.terminal.name_zh, &listed.terminal.name_en)),
        mark: service(w, &listed, now),
        facts: facts(w, &listed),
        machine: heard.as_ref().map_or_else(Vec::new, |(at, beat)| machine(w, *at, beat, now)),
        parts: kiosk::parts(w, &devices),
        supplies: forecast::of(&supplies)
            .into_iter()
            .map(|left| Supply {
                name: w.of("supply", &left.supply).to_owned(),
                level: match left.level.as_str() {
                    "full" => Mark::new("good", w.of("level", "full")),
                    "low" => Mark::new("watch", w.of("level", "low")),
                    "unknown" => Mark::new("none", w.of("level", "unknown")),
                    other => Mark::new("bad", w.of("level", other)),
                },
                percent: left.remaining_permille.map(|permille| permille.clamp(0, 1000) / 10),
                forecast: left.days.map_or_else(
                    || w.terminal_no_forecast.to_owned(),
                    |days| match days {
                        ..=1 => w.terminal_day_left.to_owned(),
                        days => w.terminal_days_left(days),
                    },
                ),
            })
            .collect(),
        tickets: tickets
            .iter()
            .map(|t| {
                (t.id, super::tickets::title(w, t), super::tickets::mark(w, t), frame::moment(t.opened_at))
            })
            .collect(),
        updates: actions
            .into_iter()
            .map(|a| Update {
                release: named(a.release),
                rollout: a.rollout,
                progress: a.progress.filter(|_| a.state == "downloading"),
                state: action_mark(w, &a.state),
                at: frame::moment(a.updated_at),
                detail: Sentence::of(w, a.detail.as_deref().unwrap_or_default()),
            })
            .collect(),
        logs: commands
            .iter()
            .filter(|c| matches!(c.order, Order::Logs { .. }) && c.attachment_sha256.is_some())
            .map(|c| (c.id.clone(), frame::moment(c.issued_at), c.why.clone()))
            .collect(),
        commands: commands.iter().map(|c| command(&desk, c)).collect(),
        above,
        orders: ORDERS,
        devices: devices.iter().map(|d| (d.device.clone(), w.of("device", &d.device).to_owned())).collect(),
        older: events.last().filter(|_| events.len() == usize::from(EVENTS)).map(|last| last.number),
        events: events
            .iter()
            .map(|kept| (frame::machine(kept.at), frame::moment(kept.at), said(w, &kept.what, &asked)))
            .collect(),
        id,
    };
    Ok(Html(page.render()?))
}

/// The places that a terminal stands in, from the list down.
async fn above(desk: &Desk, terminal: &Terminal) -> Result<Vec<(String, String)>, Trouble> {
    let w = desk.w;
    let mut above = vec![("/terminals".to_owned(), w.of("menu", "terminals").to_owned())];
    for (level, code) in [("district", &terminal.district), ("street", &terminal.street)] {
        let divisions = desk.console.store.divisions(level).await?;
        above.extend(
            divisions
                .iter()
                .find(|d| d.code == *code)
                .map(|d| (format!("/places/{code}"), w.language.of(&d.name_zh, &d.name_en).to_owned())),
        );
    }
    Ok(above)
}

/// A terminal with its last word, as a line of the list has it.
pub(super) fn listed(terminal: Terminal, heard: Option<&(i64, Heartbeat)>) -> Listed {
    Listed {
        terminal,
        received_at: heard.map(|(at, _)| *at),
        in_service: heard.is_some_and(|(_, beat)| in_service(beat)),
        image: heard.map(|(_, beat)| beat.versions.image.clone()),
        worst: None,
        out_of_service: heard.and_then(|(_, beat)| out_of_service(beat)).map(str::to_owned),
    }
}

/// The state of an update.
pub(super) fn action_mark(w: &Words, state: &str) -> Mark {
    let kind = match state {
        "succeeded" => "good",
        "failed" => "bad",
        "waiting" | "cancelled" => "none",
        _ => "watch",
    };
    Mark::new(kind, w.of("action", state))
}

fn command(desk: &Desk, ordered: &crate::store::commands::Ordered) -> Command {
    let w = desk.w;
    let state = match (ordered.state.as_str(), ordered.outcome.as_deref()) {
        (_, Some("done")) => Mark::new("good", w.of("outcome", "done")),
        (_, Some(outcome)) => Mark::new("bad", w.of("outcome", outcome)),
        ("waits_for_approval", None) => Mark::new("watch", w.of("command_state", "waits_for_approval")),
        (state, None) => Mark::new("none", w.of("command_state", state)),
    };
    Command {
        id: ordered.id.clone(),
        what: w.of("order", ordered.order.word()).to_owned(),
        state,
        by: match &ordered.approved_by {
            Some(second) => format!("{} + {second}", ordered.ordered_by),
            None => ordered.ordered_by.clone(),
        },
        why: ordered.why.clone(),
        at: frame::moment(ordered.issued_at),
        detail: Sentence::of(w, ordered.detail.as_deref().unwrap_or_default()),
        waits: ordered.state == "waits_for_approval",
        mine: ordered.ordered_by == desk.name(),
        is_shell: matches!(ordered.order, Order::Shell { .. }),
        has_file: ordered.attachment_sha256.is_some(),
    }
}

fn facts(w: &'static Words, listed: &Listed) -> Vec<(&'static str, String)> {
    let t = &listed.terminal;
    vec![
        (w.terminals_number, t.id.0.clone()),
        (w.terminal_address, w.language.of(&t.address_zh, &t.address_en).to_owned()),
        (w.terminal_hours, t.hours.clone()),
        (w.terminal_keeper, format!("{} {}", w.language.of(&t.keeper_zh, &t.keeper_en), t.keeper_phone)),
        (w.terminals_model, t.model.clone()),
        (w.terminals_state, w.of("terminal_state", &t.state).to_owned()),
        (w.terminal_installed, t.installed_at.map_or_else(String::new, frame::moment)),
    ]
}

fn machine(w: &'static Words, at: i64, beat: &Heartbeat, now: i64) -> Vec<(&'static str, String)> {
    let m = &beat.machine;
    let mut facts = vec![
        (w.terminals_heard, format!("{} ({})", frame::ago(w, at, now), frame::moment(at))),
        (
            w.terminals_image,
            format!("{} {}", beat.versions.image, beat.versions.slot.as_deref().unwrap_or("")),
        ),
        (w.terminal_agent, beat.versions.agent.clone()),
        (w.terminal_up, w.terminal_hours_up(beat.uptime_seconds / 3600)),
        (w.terminal_brownouts, beat.brownouts.to_string()),
        (w.menu_configurations, beat.configuration.to_string()),
    ];
    if let Some(screen) = &beat.screen {
        facts.push((w.terminal_phase, w.of("phase", screen.phase.word()).to_owned()));
        facts.push((
            w.terminal_outbox,
            w.terminal_outbox_counts(screen.outbox.needs_person, screen.outbox.waiting),
        ));
        facts.push((w.terminal_catalogue, screen.catalogue.clone()));
        if let Some(test) = &screen.self_test {
            let at = frame::moment(crate::clock::millis(test.at));
            let failed: Vec<&str> = test.failed.iter().map(|device| w.of("device", device)).collect();
            let how = if failed.is_empty() { w.terminal_test_passed.to_owned() } else { failed.join(", ") };
            facts.push((w.terminal_self_test, format!("{at} · {how}")));
        }
    }
    if let Some(celsius) = m.temperature_celsius {
        facts.push((w.terminal_temperature, format!("{celsius:.0} °C")));
    }
    if let (Some(free), Some(total)) = (m.disk_free_bytes, m.disk_total_bytes) {
        facts.push((w.terminal_disk, format!("{} / {} MB", free / 1_000_000, total / 1_000_000)));
    }
    if let Some(offset) = m.clock_offset_ms {
        facts.push((w.terminal_clock, format!("{offset} ms")));
    }
    if let Some(path) = m.network {
        facts.push((w.terminal_network, w.of("network", path.word()).to_owned()));
    }
    facts
}

/// An event in a sentence.
fn said(w: &Words, what: &What, orders: &HashMap<String, Order>) -> Sentence {
    let detailed = |text: &str, detail: &Option<String>| {
        Sentence::of(w, detail.as_deref().unwrap_or_default()).after(text)
    };
    let words = match what {
        What::AgentStarted { version, after_unclean_end: true } => w.event_started_unclean(version),
        What::AgentStarted { version, .. } => w.event_started(version),
        What::Device(d) => {
            let cause = d.cause.as_deref().map(|cause| format!(" · {}", w.of("cause", cause)));
            w.event_device(w.of("device", &d.device), w.of("needs", &d.kind)) + &cause.unwrap_or_default()
        }
        What::Service { in_service: true, .. } => w.event_serves.to_owned(),
        What::Service { reason, .. } => {
            w.event_serves_not(reason.as_deref().map_or("", |reason| w.of("out", reason)))
        }
        What::Update { version, state, detail, .. } => {
            return detailed(&w.event_update(w.of("update_state", state), version), detail);
        }
        What::Configuration { number, outcome, detail } => {
            let outcome = w.of("configuration_outcome", outcome.word());
            return detailed(&w.event_configuration(number, outcome), detail);
        }
        What::CommandEnded { id, outcome } => {
            let order =
                orders.get(&id.0).map_or_else(|| w.event_a_command, |order| w.of("order", order.word()));
            w.event_command(order, w.of("outcome", outcome.word()))
        }
        What::Upkeep { action, badge } => w.event_upkeep(w.of("upkeep", action), badge),
        What::Stops { .. } => w.event_stops.to_owned(),
        What::Help { .. } => w.event_help.to_owned(),
        What::HelpEnded { .. } => w.event_help_ended.to_owned(),
        What::Unrecognised => w.event_unknown.to_owned(),
    };
    Sentence::plain(words)
}

/// The file that a command made: logs as text, what a shell said line by line, a picture, the sealed outbox. Kept apart from our pages by its type.
pub(super) async fn file(
    desk: Desk,
    Path((id, command)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let store = &desk.console.store;
    let ordered = store.command(&command).await?.filter(|c| c.terminal == id).ok_or(Trouble::Missing)?;
    let (_, bytes) = store.attachment(&command).await?.ok_or(Trouble::Missing)?;
    let which = format!("{} {command}", ordered.order.word());
    note(desk.console.server(), &desk.did("file.read", format!("terminal:{id}"), which)).await?;
    let (kind, name) = match ordered.order {
        Order::Logs { .. } => ("text/plain; charset=utf-8", "logs.txt"),
        Order::Shell { .. } => ("application/x-ndjson", "transcript.jsonl"),
        Order::ScreenPicture => ("image/png", "screen.png"),
        _ => ("application/octet-stream", "outbox.sealed"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}
