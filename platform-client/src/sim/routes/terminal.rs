//! The terminal itself: its site, its state, what its idle screen shows.

use domain::division::DivisionCode;
use sample_city::WarningColour;
use time::Duration;

use crate::contract::board::{Notice, Notices, Warning, WarningLevel, Warnings};
use crate::contract::catalogue::Divisions;
use crate::contract::envelope::code;
use crate::contract::terminal::{
    ActivateRequest, Activation, EventBatch, EventsAnswer, Heartbeat, HeartbeatAnswer,
};
use crate::contract::upkeep::{
    FaultAnswer, FaultReport, SuppliesAnswer, SuppliesReport, Supply, SupplyLevel,
};
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::numbers::Series;
use crate::sim::platform::{Platform, held};
use crate::sim::store::{Keep, NewRow, Room};

/// How often a terminal says how it is.
pub(super) const HEARTBEAT_SECONDS: u32 = 60;

pub(super) fn activate(platform: &Platform, _: &Call, request: ActivateRequest) -> Answer<Activation> {
    platform.store.activate(&request, platform.now())?;
    Ok(Activation { site: platform.site_of(&request.terminal_id), heartbeat_seconds: HEARTBEAT_SECONDS })
}

pub(super) fn heartbeat(platform: &Platform, _: &Call, heartbeat: Heartbeat) -> Answer<HeartbeatAnswer> {
    platform.store.heartbeat(&heartbeat, platform.now())?;
    Ok(HeartbeatAnswer { catalogue_version: platform.offer().files().version.clone() })
}

pub(super) fn events(platform: &Platform, _: &Call, batch: EventBatch) -> Answer<EventsAnswer> {
    if !batch.events.is_sorted_by(|a, b| a.number < b.number) {
        return Err(refusal(code::CONTENT_REFUSED, "events must come in the order of their numbers"));
    }
    Ok(EventsAnswer { kept_through: platform.store.keep_events(&batch)? })
}

pub(super) fn supplies(platform: &Platform, _: &Call, report: SuppliesReport) -> Answer<SuppliesAnswer> {
    let needed = |s: &&Supply| matches!(s.level, SupplyLevel::Low | SupplyLevel::Out);
    let ordered = report.supplies.iter().filter(needed).map(|s| s.kind).collect();
    platform.store.replace(&NewRow {
        kind: "supplies",
        id: &report.terminal_id.0,
        owner: "",
        subject: &report.terminal_id.0,
        state: "reported",
        series: None,
        request: &report,
        now: platform.now(),
    })?;
    Ok(SuppliesAnswer { ordered })
}

/// One fault of a terminal: the first word of it makes an order, the word that it is over ends it.
pub(super) fn fault(platform: &Platform, _: &Call, report: FaultReport) -> Answer<FaultAnswer> {
    let id = format!("{} {}", report.terminal_id, report.number);
    let now = platform.now();
    let state = if report.cleared_at.is_some() { "cleared" } else { "open" };
    if let Some(row) = platform.store.kept("fault", &id)? {
        platform.store.set_state("fault", &id, state, now)?;
        return Ok(FaultAnswer { order: (state == "open").then_some(row.number) });
    }
    let kept = platform.store.keep(
        &NewRow {
            kind: "fault",
            id: &id,
            owner: "",
            subject: &report.terminal_id.0,
            state,
            series: Some(Series::Order),
            request: &report,
            now,
        },
        Room::Unlimited,
    )?;
    let order = match kept {
        Keep::Kept(row) if state == "open" => Some(row.number),
        _ => None,
    };
    Ok(FaultAnswer { order })
}

pub(super) fn divisions(platform: &Platform, call: &Call) -> Answer<Divisions> {
    let parent = match call.query("parent") {
        None => None,
        Some(text) => Some(
            DivisionCode::try_from(text.to_owned())
                .map_err(|_| refusal(code::BAD_REQUEST, "a division has 6, 9 or 12 digits"))?,
        ),
    };
    let divisions = platform.city.divisions_below(parent.as_ref());
    if divisions.is_empty() && parent.as_ref().is_none_or(|p| platform.city.community(p).is_none()) {
        return Err(refusal(code::NOT_FOUND, "no such division"));
    }
    Ok(Divisions { divisions })
}

pub(super) fn notices(platform: &Platform, _: &Call) -> Answer<Notices> {
    let today = platform.today();
    let mut cards: Vec<_> = platform.city.policy_cards().iter().filter(|c| c.expires >= today).collect();
    cards.sort_by_key(|card| std::cmp::Reverse(card.published));
    let notices = cards.into_iter().map(|card| Notice {
        id: card.id.clone(),
        title: card.title.clone(),
        text: card.body.clone(),
        source: card.source.clone(),
        published: card.published,
        expires: Some(card.expires),
    });
    Ok(Notices { notices: notices.collect() })
}

pub(super) fn warnings(platform: &Platform, _: &Call) -> Answer<Warnings> {
    /// A warning holds for half a day unless it is taken back.
    const HOLDS: Duration = Duration::hours(12);
    let now = platform.now();
    let in_force = held(&platform.warning).filter(|w| w.issued_at + HOLDS > now);
    let warnings = in_force.iter().map(|w| {
        let said = platform.city.weather_warning(w.colour);
        let level = match w.colour {
            WarningColour::Blue => WarningLevel::Blue,
            WarningColour::Yellow => WarningLevel::Yellow,
            WarningColour::Orange => WarningLevel::Orange,
            WarningColour::Red => WarningLevel::Red,
        };
        Warning {
            id: format!("weather-{}", w.issued_at.unix_timestamp()),
            level,
            title: said.title,
            text: said.advice,
            issuer: said.source,
            issued_at: w.issued_at,
            expires_at: w.issued_at + HOLDS,
        }
    });
    Ok(Warnings { warnings: warnings.collect() })
}
