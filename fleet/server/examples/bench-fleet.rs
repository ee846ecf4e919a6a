//! The fleet's figures: polls beside a bare axum handler, heartbeats, the console's list and pages, a year of heartbeats and
//! its reports, and the agent at rest. Everything is the release programs in processes of their own, over real TLS.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and stops at the first surprise"
)]

#[path = "bench-fleet/agent.rs"]
mod agent;
#[path = "bench-fleet/bare.rs"]
mod bare;
#[path = "bench-fleet/browser.rs"]
mod browser;
#[path = "bench-fleet/heartbeats.rs"]
mod heartbeats;
#[path = "bench-fleet/line.rs"]
mod line;
#[path = "bench-fleet/list.rs"]
mod list;
#[path = "bench-fleet/polls.rs"]
mod polls;
#[path = "bench-fleet/postgres.rs"]
mod postgres;
#[path = "bench-fleet/process.rs"]
mod process;
#[path = "bench-fleet/terminals.rs"]
mod terminals;
#[path = "bench-fleet/year.rs"]
mod year;

use postgres::Postgres;
use process::{Programs, Serving};
use serde_json::{Value, json};
use std::path::Path;
use terminals::Fleet;

/// Terminals with a line of their own that stays open.
const LINES: usize = 6_000;

/// Prints one metric.
fn metric(metric: &str, unit: &str, ours: &[f64], anchor: Option<(&str, &[f64])>, goal: &str) {
    print(metric, unit, ours, anchor, Some(goal));
}

/// Prints a figure that is only to be known.
fn figure(metric: &str, unit: &str, ours: &[f64]) {
    print(metric, unit, ours, None, None);
}

fn print(metric: &str, unit: &str, ours: &[f64], anchor: Option<(&str, &[f64])>, goal: Option<&str>) {
    let anchor: Value =
        anchor.map_or(Value::Null, |(name, samples)| json!({"name": name, "samples": samples}));
    println!("{}", json!({"metric": metric, "unit": unit, "ours": ours, "anchor": anchor, "goal": goal}));
}

/// Says what is going on.
fn note(what: &str) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    eprintln!("bench-fleet: {what} (load {})", load.split(' ').next().unwrap_or("?"));
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    process::raise_open_files();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [bare, keys, body] = arguments.as_slice()
        && bare == bare::COMMAND
    {
        return bare::serve(keys.as_ref(), body).await;
    }
    note("builds the programs");
    let programs = Programs::build();
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    // Only some of it: `lines`, `list`, `year`, `agent`.
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == part);

    let resting = if wanted("agent") {
        note("an agent is at rest from here on");
        Some(agent::Resting::start(&programs, &place("agent")).await)
    } else {
        None
    };
    let postgres = Postgres::start(&place("postgres"));
    if wanted("lines") {
        lines(&programs, &postgres, &place("lines"), &place("lines-postgres")).await;
    }
    if wanted("list") {
        for (name, database) in both(&postgres, "list") {
            note(&format!("a hundred thousand terminals on {name}"));
            list::measure(name, &programs, &place(&format!("list-{name}")), database.as_deref()).await;
        }
    }
    if wanted("year") {
        for (name, database) in both(&postgres, "year") {
            note(&format!("a year of a thousand terminals on {name}"));
            year::measure(name, &programs, &place(&format!("year-{name}")), database.as_deref()).await;
        }
    }
    drop(postgres);
    if let Some(resting) = resting {
        resting.measure().await;
    }
}

const POSTGRES: &str = "PostgreSQL 15";

/// Both databases, by name and address.
fn both(postgres: &Postgres, database: &str) -> [(&'static str, Option<String>); 2] {
    [("SQLite", None), (POSTGRES, Some(postgres.database(database)))]
}

/// Terminals that call: polls and heartbeats.
async fn lines(programs: &Programs, postgres: &Postgres, data: &Path, other: &Path) {
    note("a fleet on SQLite");
    let fleet = Fleet::make(data, LINES).await;
    let serving = Serving::start(programs, data, None);
    polls::measure(&fleet, &serving, data).await;
    let database = format!("sqlite:{}", data.join("fleet.db").display());
    heartbeats::measure("SQLite", 5_000, &fleet, &serving, &database).await;
    serving.stop();

    note("the same fleet on PostgreSQL");
    let database = postgres.database("lines");
    fleet.copy_to(other, &database).await;
    let serving = Serving::start(programs, other, Some(&database));
    heartbeats::measure(POSTGRES, 3_000, &fleet, &serving, &database).await;
    serving.stop();
}
