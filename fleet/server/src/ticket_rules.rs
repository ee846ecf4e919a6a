//! When a ticket is opened, and what closes it.
//!
//! Duty: figures of a terminal → findings. Never: read a clock or a database.

use crate::hours::Hours;
use crate::store::Millis;
use crate::store::heartbeats::SupplyDay;

/// Milliseconds without a word within the opening hours.
pub(crate) const OFFLINE: Millis = 15 * 60 * 1000;
/// Milliseconds that a device is not well before somebody is called.
const DEVICE: Millis = 5 * 60 * 1000;
/// So often a device fails, never a whole day ([`QUIET`]) apart, before somebody is called: what comes and goes.
const ERRORS: i64 = 5;
/// Milliseconds without a failure after which a device is well again.
pub(crate) const QUIET: Millis = 86_400_000;
/// A supply that ends within so many days is ordered now.
pub const DAYS_AHEAD: f64 = 3.0;
/// Thousandths of the data partition.
pub(crate) const DISK: u64 = 50;

/// The ticket of a fault that a keeper reported: by no figure, so that only a self-test after it without a failure closes it.
pub(crate) const REPORTED: &str = "reported";

/// Every rule.
pub(crate) const RULES: [&str; 9] = [
    "offline",
    "out_of_service",
    "needs_person",
    "disk",
    "device",
    "errors",
    "supply",
    "update_failed",
    REPORTED,
];

/// Why a terminal does not serve whose screen does not run.
pub(crate) const NO_SCREEN: &str = "screen";

/// Whether only the screen can tell that what this rule found is gone.
pub(crate) fn is_of_screen(rule: &str) -> bool {
    !matches!(rule, "offline" | "disk" | "update_failed")
}

/// A finding: a rule, its subject and the figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// The device or supply; empty where there is none.
    pub subject: String,
    /// What was found.
    pub figures: serde_json::Value,
}

/// What the rules look at.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Now.
    pub now: Millis,
    /// Seconds east of UTC of the fleet's day.
    pub offset_seconds: i64,
    /// `HH:MM-HH:MM`.
    pub hours: String,
    /// The last heartbeat.
    pub received_at: Option<Millis>,
    /// Why it does not serve.
    pub out_of_service: Option<String>,
    /// Since when its screen is away, while it is heard of.
    pub screen_away_since: Option<Millis>,
    /// Submissions that want a person.
    pub needs_person: i64,
    /// Free and whole size of the data partition, in bytes.
    pub disk: Option<(u64, u64)>,
    /// Devices that are not well, or fail often.
    pub devices: Vec<DeviceFigures>,
    /// Supplies, oldest day first.
    pub supplies: Vec<SupplyDay>,
    /// The last update, where it failed: its version's release.
    pub update_failed: Option<i64>,
}

/// A device.
#[derive(Debug, Clone)]
pub struct DeviceFigures {
    /// Which.
    pub device: String,
    /// Who is needed.
    pub kind: String,
    /// Since when it is so.
    pub since: Millis,
    /// How often it failed, never a whole day apart.
    pub troubles: i64,
    /// When it failed last; 0 where it never did.
    pub troubled_at: Millis,
}

/// Everything that is wrong with a terminal.
pub fn findings(figures: &Figures) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut find = |rule, subject: &str, figures| {
        found.push(Finding { rule, subject: subject.to_owned(), figures });
    };
    let open = figures.hours.parse::<Hours>().is_ok_and(|hours| {
        // Both the moment and the silence before it lie in the opening hours.
        let seconds = figures.now.div_euclid(1000);
        hours.is_open(seconds, figures.offset_seconds)
            && hours.is_open(seconds - OFFLINE / 1000, figures.offset_seconds)
    });
    let silence = figures.received_at.map(|at| figures.now - at);
    if open && let Some(silence) = silence.filter(|silence| *silence >= OFFLINE) {
        find("offline", "", serde_json::json!({ "silent_seconds": silence / 1000 }));
    }
    // What it last said of itself counts while it says something.
    if silence.is_none_or(|silence| silence >= OFFLINE) {
        return found;
    }
    let away = figures.screen_away_since.map(|since| figures.now - since);
    // A screen that starts again is away for a moment.
    let reason = figures.out_of_service.as_deref().filter(|reason| match *reason {
        "hours" => false,
        NO_SCREEN => away.is_some_and(|away| away >= OFFLINE),
        _ => true,
    });
    if open && let Some(reason) = reason {
        find("out_of_service", "", serde_json::json!({ "reason": reason }));
    }
    if figures.needs_person > 0 {
        find("needs_person", "", serde_json::json!({ "submissions": figures.needs_person }));
    }
    if let Some((free, total)) = figures.disk.filter(|(free, total)| free.saturating_mul(1000) < total * DISK)
    {
        find("disk", "", serde_json::json!({ "free_bytes": free, "total_bytes": total }));
    }
    for DeviceFigures { device, kind, since, troubles, troubled_at } in &figures.devices {
        if matches!(kind.as_str(), "keeper" | "technician" | "media") && figures.now - since >= DEVICE {
            let seconds = (figures.now - since) / 1000;
            find("device", device, serde_json::json!({ "needs": kind, "for_seconds": seconds }));
        }
        if *troubles >= ERRORS && figures.now - troubled_at <= QUIET {
            find("errors", device, serde_json::json!({ "times": troubles }));
        }
    }
    for (supply, days) in forecasts(&figures.supplies) {
        if days <= DAYS_AHEAD {
            find("supply", &supply, serde_json::json!({ "days_left": (days * 10.0).round() / 10.0 }));
        }
    }
    if let Some(release) = figures.update_failed {
        find("update_failed", "", serde_json::json!({ "release": release }));
    }
    found
}

/// The days until each supply ends, by what was used a day. A supply of which nothing can be said is left out.
pub fn forecasts(days: &[SupplyDay]) -> Vec<(String, f64)> {
    let mut forecasts = Vec::new();
    for day in days {
        let known = forecasts.iter().any(|(supply, _)| *supply == day.supply);
        if known {
            continue;
        }
        let of_supply: Vec<&SupplyDay> = days.iter().filter(|other| other.supply == day.supply).collect();
        if let Some(left) = forecast(&of_supply) {
            forecasts.push((day.supply.clone(), left));
        }
    }
    forecasts
}

fn forecast(days: &[&SupplyDay]) -> Option<f64> {
    let last = days.last()?;
    match last.level.as_str() {
        "out" => return Some(0.0),
        // The sensor has the last word: it looks, the count only reckons.
        "low" => return Some(1.0),
        _ => {}
    }
    let left = last.remaining_permille?;
    // Since it was last filled up.
    let filled = days.windows(2).rposition(|pair| pair[1].remaining_permille > pair[0].remaining_permille);
    let first = days.get(filled.map_or(0, |at| at + 1))?;
    #[allow(clippy::cast_precision_loss, reason = "days and thousandths are small numbers")]
    let (used, over, left) =
        ((first.remaining_permille? - left) as f64, (last.at - first.at) as f64 / 86_400_000.0, left as f64);
    (used > 0.0 && over >= 0.5).then(|| left / (used / over))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Millis = (20_000 * 86_400 + 12 * 3600) * 1000;

    fn well() -> Figures {
        Figures {
            now: NOON,
            hours: "08:30-17:30".into(),
            received_at: Some(NOON - 60_000),
            ..Figures::default()
        }
    }

    fn check(figures: Figures, rules: &[&str]) {
        let found: Vec<&str> = findings(&figures).iter().map(|finding| finding.rule).collect();
        assert_eq!(found, rules, "{figures:?}");
    }

    /// A printer that is so, and began to fail for the so manieth time, both that long ago.
    fn failed(kind: &str, ago: Millis, troubles: i64) -> DeviceFigures {
        let at = NOON - ago;
        DeviceFigures {
            device: "receipt_printer".into(),
            kind: kind.to_owned(),
            since: at,
            troubles,
            troubled_at: at,
        }
    }

    fn day(day: i64, remaining: i64) -> SupplyDay {
        SupplyDay {
            supply: "receipt_paper".into(),
            day,
            level: "full".into(),
            remaining_permille: Some(remaining),
            used_total: None,
            at: day * 86_400_000,
        }
    }

    #[test]
    fn what_is_wrong_is_found_and_nothing_else() {
        check(well(), &[]);
        check(Figures { received_at: Some(NOON - OFFLINE), ..well() }, &["offline"]);
        let night = NOON + 10 * 3_600_000;
        check(Figures { now: night, ..well() }, &[]);
        let morning = NOON - 3 * 3_600_000 - 25 * 60_000;
        check(Figures { now: morning, received_at: Some(NOON - 86_400_000), ..well() }, &[]);
        check(Figures { received_at: None, ..well() }, &[]);
        check(Figures { out_of_service: Some("hours".into()), ..well() }, &[]);
        check(Figures { out_of_service: Some("card_reader".into()), ..well() }, &["out_of_service"]);
        let away = |minutes: i64| Figures {
            out_of_service: Some(NO_SCREEN.into()),
            screen_away_since: Some(NOON - minutes * 60_000),
            ..well()
        };
        check(away(14), &[]);
        check(away(15), &["out_of_service"]);
        check(Figures { now: night, received_at: Some(night), ..away(15) }, &[]);
        check(Figures { needs_person: 1, ..well() }, &["needs_person"]);
        check(Figures { disk: Some((49, 1000)), ..well() }, &["disk"]);
        check(Figures { disk: Some((50, 1000)), ..well() }, &[]);
        let device = |kind: &str, ago| vec![failed(kind, ago, 1)];
        check(Figures { devices: device("technician", DEVICE), ..well() }, &["device"]);
        check(Figures { devices: device("technician", DEVICE - 1), ..well() }, &[]);
        check(Figures { devices: device("ready", DEVICE), ..well() }, &[]);
        let often = |times, ago| Figures { devices: vec![failed("ready", ago, times)], ..well() };
        check(often(ERRORS, QUIET), &["errors"]);
        check(often(ERRORS, QUIET + 1), &[]);
        check(often(ERRORS - 1, 0), &[]);
        check(Figures { update_failed: Some(1), ..well() }, &["update_failed"]);
        check(Figures { supplies: vec![day(1, 300), day(3, 100)], ..well() }, &["supply"]);
    }

    #[test]
    fn a_forecast_reckons_from_the_last_filling() {
        let left = |days: &[SupplyDay]| forecasts(days).first().map(|(_, days)| *days);
        assert_eq!(left(&[day(1, 1000), day(2, 900)]), Some(9.0));
        assert_eq!(left(&[day(1, 200), day(2, 100), day(3, 1000), day(4, 800)]), Some(4.0));
        assert_eq!(left(&[day(1, 1000)]), None, "one day tells nothing");
        assert_eq!(left(&[day(1, 500), day(2, 500)]), None, "nothing was used");
        let out = SupplyDay { level: "out".into(), ..day(2, 500) };
        assert_eq!(left(&[day(1, 600), out]), Some(0.0));
    }
}
