//! What a file may name: the domain without IO, a simulator without its driver.

use super::Breach;
use super::rust_source::{Named, Part, RustSource};

/// What the domain is given by its callers and never takes itself.
const NOT_IN_DOMAIN: &[&[&str]] = &[
    &["std", "env"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "os"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["time", "OffsetDateTime", "now_utc"],
    &["time", "OffsetDateTime", "now_local"],
    &["OffsetDateTime", "now_utc"],
    &["OffsetDateTime", "now_local"],
];

/// Where nobody may sleep, and what to do instead.
const AWAKE: &[(&str, &str)] = &[
    ("kiosk-ui/src/", "the screen would stand still: wait on a channel or a timer"),
    ("platform-client/src/", "the runtime would stand still: tokio::time::sleep"),
];

/// A folder of simulators, and the modules of its crate that may be named there.
struct Simulators {
    /// The crate's `src/`.
    sources: &'static str,
    may_name: &'static [&'static [&'static str]],
}

/// A simulator shares with its driver the port, the picture, and values that only say what was asked; no protocol.
const SIMULATORS: &[Simulators] = &[
    Simulators {
        sources: "drivers/src/",
        may_name: &[
            &["sim"],
            &["transport"],
            &["camera", "Camera"],
            &["camera", "CameraError"],
            &["camera", "Frame"],
            &["camera", "Pace"],
            &["camera", "Pacer"],
            &["camera", "PixelFormat"],
            &["camera", "Size"],
        ],
    },
    // The contract is the province's own paper: both sides are written to it.
    Simulators {
        sources: "platform-client/src/",
        may_name: &[
            &["sim"],
            &["contract"],
            // The contract's calls and interfaces by name, and its document.
            &["operation"],
            &["openapi"],
            // The ground under both: national cryptography, digests, random bytes, files of secrets.
            &["digest"],
            &["gm"],
            &["entropy"],
            &["private_file"],
        ],
    },
];

/// Every path that does not belong where it stands.
pub(super) fn breaches(path: &str, source: &RustSource) -> Vec<Breach> {
    let mut found = Vec::new();
    for named in &source.paths {
        found.extend(domain(path, named));
        found.extend(simulator(path, named));
        found.extend(asleep(path, named));
    }
    found
}

fn domain(path: &str, named: &Named) -> Option<Breach> {
    let wrong = path.starts_with("domain/src/")
        && named.part == Part::Product
        && NOT_IN_DOMAIN.iter().any(|start| begins(&named.segments, start));
    let name = named.segments.join("::");
    wrong.then(|| {
        Breach::at(path, named.line, format!("names {name}: the domain has no IO, no thread and no clock"))
    })
}

fn asleep(path: &str, named: &Named) -> Option<Breach> {
    let (_, instead) = AWAKE.iter().find(|(start, _)| path.starts_with(start))?;
    let sleeps = [&["std", "thread", "sleep"][..], &["thread", "sleep"]]
        .iter()
        .any(|start| begins(&named.segments, start));
    (sleeps && named.part == Part::Product)
        .then(|| Breach::at(path, named.line, format!("sleeps: {instead}")))
}

fn simulator(path: &str, named: &Named) -> Option<Breach> {
    let simulators = SIMULATORS.iter().find(|s| path.starts_with(s.sources))?;
    let modules = modules(path.strip_prefix(simulators.sources)?);
    if modules.first().is_none_or(|module| module != "sim") {
        return None;
    }
    let reached = absolute(&modules, named)?;
    // `use crate;` or a walk up to the root names nothing of it.
    let first = reached.first()?;
    let fine = simulators.may_name.iter().any(|start| begins(&reached, start));
    (!fine).then(|| {
        let name = reached.join("::");
        Breach::at(
            path,
            named.line,
            format!("names {name}: a simulator imports nothing of its driver ({first})"),
        )
    })
}

fn begins(segments: &[String], start: &[&str]) -> bool {
    segments.len() >= start.len() && segments.iter().zip(start).all(|(a, b)| a == b)
}

/// `sim/printer/fault.rs` → sim, printer, fault.
fn modules(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let mut modules: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if modules.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        modules.pop();
    }
    modules
}

/// Where a path that begins with `crate`, `self` or `super` leads, from the crate's root; none for another crate.
fn absolute(modules: &[String], named: &Named) -> Option<Vec<String>> {
    let mut here: Vec<String> = modules.iter().chain(&named.inside).cloned().collect();
    let mut rest = named.segments.as_slice();
    match rest.first().map(String::as_str) {
        Some("crate") => {
            here.clear();
            rest = &rest[1..];
        }
        Some("self") => rest = &rest[1..],
        Some("super") => {}
        _ => return None,
    }
    while rest.first().is_some_and(|segment| segment == "super") {
        here.pop();
        rest = &rest[1..];
    }
    here.extend_from_slice(rest);
    Some(here)
}

#[cfg(test)]
mod tests {
    use super::super::rust_source::read;
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = breaches(path, &read(text).unwrap());
        let found: Vec<String> = found.iter().map(|breach| breach.what.clone()).collect();
        assert_eq!(found, expected, "{path}: {text}");
    }

    #[test]
    fn the_domain_names_no_io() {
        for (text, name) in [
            ("use std::fs::File;", "std::fs::File"),
            ("use std::{collections::HashMap, net};", "std::net"),
            ("fn f() { std::process::exit(1) }", "std::process::exit"),
            ("use std::time::{Duration, Instant};", "std::time::Instant"),
            ("fn f() -> std::time::SystemTime { }", "std::time::SystemTime"),
            ("fn f() { std::thread::yield_now() }", "std::thread::yield_now"),
            ("fn f() { time::OffsetDateTime::now_utc(); }", "time::OffsetDateTime::now_utc"),
        ] {
            check(
                "domain/src/a.rs",
                text,
                &[&format!("names {name}: the domain has no IO, no thread and no clock")],
            );
            check("drivers/src/a.rs", text, &[]);
        }
        check("domain/src/a.rs", "use std::time::Duration; use std::collections::BTreeMap;", &[]);
        check("domain/src/a.rs", "#[cfg(test)] mod tests { use std::fs; }", &[]);
    }

    #[test]
    fn the_screen_and_the_network_never_sleep() {
        let screen = ["sleeps: the screen would stand still: wait on a channel or a timer"];
        check("kiosk-ui/src/shell.rs", "fn f() { std::thread::sleep(d) }", &screen);
        check("kiosk-ui/src/shell.rs", "use std::thread; fn f() { thread::sleep(d) }", &screen);
        check("kiosk-ui/src/shell.rs", "use std::thread::sleep;", &screen);
        check(
            "platform-client/src/a.rs",
            "use std::thread::sleep;",
            &["sleeps: the runtime would stand still: tokio::time::sleep"],
        );
        check("platform-client/src/a.rs", "fn f() { tokio::time::sleep(d) }", &[]);
        check("kiosk-ui/src/shell.rs", "#[cfg(test)] mod tests { fn f() { std::thread::sleep(d) } }", &[]);
        check("drivers/src/a.rs", "fn f() { std::thread::sleep(d) }", &[]);
    }

    #[test]
    fn a_simulator_names_nothing_of_its_driver() {
        for (path, text, name, first) in [
            (
                "drivers/src/sim/card.rs",
                "use crate::id_card_reader::sam::Frame;",
                "id_card_reader::sam::Frame",
                "id_card_reader",
            ),
            (
                "drivers/src/sim/printer/wire.rs",
                "use super::super::super::receipt_printer::escpos;",
                "receipt_printer::escpos",
                "receipt_printer",
            ),
            (
                "drivers/src/sim.rs",
                "fn f() { crate::receipt_printer::f() }",
                "receipt_printer::f",
                "receipt_printer",
            ),
            (
                "drivers/src/sim/a.rs",
                "#[cfg(test)] mod tests { use super::super::super::face::F; }",
                "face::F",
                "face",
            ),
            (
                "platform-client/src/sim/a.rs",
                "use crate::{contract, dialect::Canonical};",
                "dialect::Canonical",
                "dialect",
            ),
            ("platform-client/src/sim/routes/a.rs", "use crate::outbox;", "outbox", "outbox"),
        ] {
            check(
                path,
                text,
                &[&format!("names {name}: a simulator imports nothing of its driver ({first})")],
            );
        }
    }

    #[test]
    fn a_simulator_may_name_its_like_and_the_port() {
        check(
            "drivers/src/sim/card.rs",
            "use super::pty::Pty; use crate::transport::Port; use self::x::Y;",
            &[],
        );
        check(
            "drivers/src/sim/card.rs",
            "use domain::resident_id::X; #[cfg(test)] mod tests { use super::*; }",
            &[],
        );
        check("platform-client/src/sim/a.rs", "use crate::contract::case::Case; use crate::sim::store;", &[]);
        check("drivers/src/id_card_reader/a.rs", "use crate::receipt_printer::B;", &[]);
    }
}
