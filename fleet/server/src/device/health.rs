//! Heartbeats.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::timed::Timed;
use super::wire::Wire;
use crate::clock::millis;
use crate::hours::Hours;
use crate::live::{LastBeat, Live};
use crate::state::{Policy, Server};
use crate::store::Backend;
use crate::store::heartbeats::Beat;
use crate::ticket_rules::NO_SCREEN;
use axum::Json;
use axum::extract::State;
use fleet_api::enrolment::RefusalKind;
use fleet_api::health::{Heartbeat, HeartbeatAnswer, LIST, ScreenPhase};
use std::sync::atomic::Ordering;

/// Who is needed, from nobody to a technician.
const KINDS: [&str; 5] = ["ready", "attention", "media", "keeper", "technician"];
/// The longest text of a heartbeat, in bytes.
const TEXT: usize = 512;

pub(super) async fn heartbeat(
    _: Timed,
    State(server): State<Server>,
    caller: Caller,
    Wire(heartbeat): Wire<Heartbeat>,
) -> Answer<Json<HeartbeatAnswer>> {
    check(&heartbeat)?;
    caller.in_pace(&server)?;
    let now = server.clock.now();
    let known = heard_before(&server, &caller, millis(now)).await?;
    let beat = beat(&server, &caller.live, &heartbeat, millis(now))?;
    if let Err(error) = server.beats.put(beat).await {
        // What was not stored is no measure for the next one.
        *caller.live.beat() = known;
        return Err(Refused::internal(error));
    }
    // Nobody may be looking.
    let _ = server.news.send(crate::news::NewsItem::Terminal(caller.id.0));
    let row = caller.live.row();
    Ok(Json(HeartbeatAnswer {
        at: now,
        next_seconds: server.policy.heartbeat_seconds,
        commands: row.commands_version,
        configuration: row.configuration,
        key_ring: server.ring_number.load(Ordering::Relaxed),
        events_through: row.events_through,
    }))
}

/// What counts as silence: longer than two heartbeats, it is no service that anybody could vouch for.
fn longest(policy: &Policy) -> i64 {
    i64::from(policy.heartbeat_seconds) * 2000
}

/// When the terminal was heard before and how it was, without what it said of devices. Where that is long ago, another instance
/// may have heard it since.
async fn heard_before(server: &Server, caller: &Caller, now: i64) -> Answer<LastBeat> {
    let known = || {
        let beat = caller.live.beat();
        LastBeat { received_at: beat.received_at, in_service: beat.in_service, ..LastBeat::default() }
    };
    if server.store.backend() == Backend::Postgres
        && now - known().received_at > longest(&server.policy)
        && let Some(row) = server.store.live_of(&caller.id.0).await?
    {
        server.live.put(row);
    }
    Ok(known())
}

fn check(heartbeat: &Heartbeat) -> Answer<()> {
    let screen = heartbeat.screen.as_ref();
    let lists = screen.map_or(0, |s| s.devices.len().max(s.supplies.len()));
    let failed = screen.and_then(|s| s.self_test.as_ref()).map_or(0, |test| test.failed.len());
    let versions = &heartbeat.versions;
    let mut texts =
        vec![&heartbeat.boot_id, &versions.image, &versions.agent, &versions.compatible, &versions.model];
    texts.extend(versions.slot.as_ref());
    if let Some(screen) = screen {
        texts.extend([&screen.version, &screen.catalogue]);
        texts.extend(screen.out_of_service.as_ref());
        for device in &screen.devices {
            texts.extend([&device.device, &device.state, &device.kind]);
            texts.extend(device.cause.iter().chain(&device.model));
        }
        texts.extend(screen.supplies.iter().map(|supply| &supply.supply));
        texts.extend(screen.self_test.iter().flat_map(|test| &test.failed));
    }
    if lists > LIST || failed > LIST || texts.iter().any(|text| text.len() > TEXT) {
        return Err(Refused::new(RefusalKind::TooLarge, "a field of the heartbeat is larger than allowed"));
    }
    Ok(())
}

/// Whether the terminal serves.
pub(crate) fn in_service(heartbeat: &Heartbeat) -> bool {
    heartbeat.screen.as_ref().is_some_and(|screen| {
        matches!(screen.phase, ScreenPhase::Idle | ScreenPhase::Visit) && screen.out_of_service.is_none()
    })
}

/// Whether nobody knows how the terminal is: its screen does not run, or only begins to.
fn is_away(heartbeat: &Heartbeat) -> bool {
    heartbeat.screen.as_ref().is_none_or(|screen| screen.phase == ScreenPhase::Starting)
}

/// Why it does not serve, in one word: the screen's own, or that there is none.
pub(crate) fn out_of_service(heartbeat: &Heartbeat) -> Option<&str> {
    let said = heartbeat.screen.as_ref().and_then(|screen| screen.out_of_service.as_deref());
    said.or_else(|| is_away(heartbeat).then_some(NO_SCREEN))
}

/// What is stored of it, measured against the one before.
fn beat(server: &Server, live: &Live, heartbeat: &Heartbeat, now: i64) -> Answer<Beat> {
    let (row, policy) = (live.row(), &server.policy);
    let screen = heartbeat.screen.as_ref();
    let in_service = in_service(heartbeat);
    let away = is_away(heartbeat);
    let devices = screen.into_iter().flat_map(|screen| &screen.devices);
    let worst = devices
        .map(|device| KINDS.iter().position(|kind| *kind == device.kind).unwrap_or(1))
        // Without its screen nobody knows how its devices are.
        .chain(away.then_some(1))
        .max()
        .map_or(KINDS[0], |worst| KINDS[worst]);
    let body = serde_json::to_string(heartbeat).map_err(Refused::internal)?;
    let mut last = live.beat();
    let (mut open_seconds, mut served_seconds, mut silent) = (0, 0, Vec::new());
    // What was before it was set up is not its own.
    let before = last.received_at.max(row.installed_at);
    if last.received_at > 0
        && let Ok(hours) = row.hours.parse::<Hours>()
    {
        let (from, to) = (before.div_euclid(1000), now.div_euclid(1000));
        if now - before <= longest(policy) {
            open_seconds = hours.open_between(from, to, policy.offset_seconds);
            served_seconds = if last.in_service && in_service { open_seconds } else { 0 };
        } else {
            let times = server.away.leaves(from, to).into_iter();
            silent =
                times.flat_map(|(from, to)| hours.open_by_day(from, to, policy.offset_seconds)).collect();
        }
    }
    let day = now.div_euclid(86_400_000);
    let devices = screen.filter(|screen| screen.devices != last.devices).map(|screen| screen.devices.clone());
    let supplies = screen
        .filter(|screen| screen.supplies != last.supplies || last.supplies_day != day)
        .map(|screen| screen.supplies.clone());
    last.received_at = now;
    last.in_service = in_service;
    if let Some(devices) = &devices {
        last.devices.clone_from(devices);
    }
    if let Some(supplies) = &supplies {
        last.supplies.clone_from(supplies);
        last.supplies_day = day;
    }
    drop(last);
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Beat {
        terminal: row.id.clone(),
        received_at: now,
        image: heartbeat.versions.image.clone(),
        in_service,
        out_of_service: out_of_service(heartbeat).map(str::to_owned),
        worst,
        catalogue: screen.map(|screen| screen.catalogue.clone()).filter(|catalogue| !catalogue.is_empty()),
        screen_away_since: away.then_some(now),
        outbox_needs_person: screen.map_or(0, |screen| screen.outbox.needs_person.into()),
        body,
        open_seconds,
        served_seconds,
        silent,
        disk_free: heartbeat.machine.disk_free_bytes.map(signed),
        disk_total: heartbeat.machine.disk_total_bytes.map(signed),
        devices,
        supplies,
    })
}
