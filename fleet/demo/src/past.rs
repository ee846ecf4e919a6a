//! The four weeks before the demonstration begins: what a server that had run would have in its tables.
//!
//! Duty: hours, supplies and anonymous counts by the seed, so that service levels, forecasts and the map of stops have
//! something to show. Never: anything of the time from now on, which is the terminals' own to tell.

use crate::screen::Unit;
use fleet_api::event::{Stop, StopCount};
use fleet_api::health::{Heartbeat, Machine, SupplyLevel, Versions};
use fleet_server::store::heartbeats::{self, Beat};
use fleet_server::store::terminals::NewTerminal;
use fleet_server::store::{Millis, StoreError, Write, stops};
use sample_city::{Dice, Seed};
use time::OffsetDateTime;

/// Whether there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// The server is new.
    None,
    /// It has run for four weeks.
    FourWeeks,
}

const DAYS: i64 = 28;
const DAY: Millis = 86_400_000;
/// From half past eight to half past five.
const OPEN_SECONDS: i64 = 9 * 3600;
/// How many of a thousand opening seconds a terminal does not serve: most ones few, some many.
const AWAY_PERMILLE: [i64; 8] = [1, 2, 4, 6, 10, 20, 40, 110];
/// Pages, and how many of a hundred who come to one stop there.
const PAGES: [(&str, u32); 7] = [
    ("identify-card", 6),
    ("consent", 4),
    ("form-text", 14),
    ("form-photo", 11),
    ("face", 9),
    ("review", 3),
    ("rating", 2),
];
const ITEMS: [&str; 3] = ["old-age-allowance", "appeal-12345", "disability-subsidies"];

/// Writes the four weeks of a terminal that is planned and has told nothing yet.
///
/// # Errors
/// The store failed.
pub async fn write(
    tx: &mut Write,
    terminal: &NewTerminal,
    seed: Seed,
    now: Millis,
) -> Result<(), StoreError> {
    let mut dice = Dice::new(seed, &format!("the past of {}", terminal.id));
    let left = i64::try_from(Unit::new(Dice::new(seed, &terminal.id)).left_permille()).unwrap_or(0);
    let a_day = i64::from(12 + dice.below(40));
    let away = dice.pick(&AWAY_PERMILLE).copied().unwrap_or(0);
    let days = (1..=DAYS).rev();
    let beats: Vec<Beat> = days
        .map(|ago| {
            // A roll that would hold more than a whole one was changed in between.
            let left = (left + ago * a_day).rem_euclid(1000);
            let served = OPEN_SECONDS * (1000 - away) / 1000;
            beat(terminal, now - ago * DAY, left, served)
        })
        .collect();
    heartbeats::put(tx, &beats).await?;
    // In each of the four weeks that are over, in which alone they are told.
    for ago in [7, 14, 21, 28] {
        stops::add(tx, &terminal.community, stops::day(now) - ago, &counts(&mut dice)).await?;
    }
    Ok(())
}

fn beat(terminal: &NewTerminal, at: Millis, left_permille: i64, served_seconds: i64) -> Beat {
    let heartbeat = Heartbeat {
        at: OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(at),
        boot_id: String::new(),
        uptime_seconds: 0,
        brownouts: 0,
        versions: Versions { image: crate::fleet::FIRST.to_string(), ..Versions::default() },
        machine: Machine::default(),
        screen: None,
        configuration: 0,
        key_ring: 0,
    };
    let level = if left_permille < 120 {
        domain::device::PaperSupply::Low
    } else {
        domain::device::PaperSupply::Full
    };
    Beat {
        terminal: terminal.id.clone(),
        received_at: at,
        image: heartbeat.versions.image.clone(),
        in_service: true,
        out_of_service: None,
        worst: "ready",
        catalogue: None,
        screen_away_since: None,
        outbox_needs_person: 0,
        body: serde_json::to_string(&heartbeat).unwrap_or_default(),
        open_seconds: OPEN_SECONDS,
        served_seconds,
        silent: Vec::new(),
        disk_free: None,
        disk_total: None,
        devices: None,
        supplies: Some(vec![SupplyLevel {
            supply: "receipt_paper".to_owned(),
            level,
            remaining_permille: u16::try_from(left_permille).ok(),
            used_total: None,
        }]),
    }
}

/// A week's counts.
fn counts(dice: &mut Dice) -> Vec<StopCount> {
    let mut counts = Vec::new();
    for (page, stopped) in PAGES {
        let item = dice.pick(&ITEMS).map(|item| domain::service_item::ItemId((*item).to_owned()));
        let mode = if dice.below(3) == 0 { "standard" } else { "large" };
        let shown = 20 + dice.below(60);
        let mut count = |stop, count| {
            let (page, mode, item) = (page.to_owned(), mode.to_owned(), item.clone());
            counts.push(StopCount { page, mode, item, stop, count });
        };
        count(Stop::Shown, shown);
        count(Stop::Left, shown * stopped / 180 + dice.below(2));
        count(Stop::TimedOut, shown * stopped / 400 + dice.below(2));
        count(Stop::Help, shown * stopped / 400 + dice.below(2));
        count(Stop::Back, shown / 12);
    }
    counts.retain(|count| count.count > 0);
    counts
}
