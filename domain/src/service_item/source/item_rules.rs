//! Rules between the keys of an item: what its kind, its identity and its catalogue ask for.

use super::mistake::Findings;
use super::node::Node;
use crate::service_item::item_code::check_item_code;

/// Checks what lies between the keys of the item itself.
pub(super) fn check(item: Node<'_>, findings: &mut Findings<'_>) {
    check_code(item, findings);
    check_identity(item, findings);
    check_kind(item, findings);
    check_hours(item, findings);
}

fn check_code(item: Node<'_>, findings: &mut Findings<'_>) {
    let Some(code) = item.get("code") else { return };
    if let Some(Err(defect)) = code.text().map(check_item_code) {
        let remedy = "copy the code from the province's list, or take it away until there is one";
        findings.note(code.at(), defect.to_string(), remedy);
    }
}

fn check_identity(item: Node<'_>, findings: &mut Findings<'_>) {
    let Some(identity) = item.get("identity") else { return };
    let Some(assurance) = identity.text_of("assurance") else { return };
    let ways: Vec<(&str, usize)> = identity.list("ways").filter_map(|w| Some((w.text()?, w.at()))).collect();
    let consent = item.get("consent");
    if assurance == "none" {
        if let Some((_, at)) = ways.first() {
            findings.note(*at, "nobody needs to be known, yet there are ways", "take `ways` away");
        }
        if let Some(consent) = consent {
            let remedy = "take [consent] away, or ask for an assurance";
            findings.note(consent.at(), "nobody needs to be known, yet there is a consent", remedy);
        }
        return;
    }
    if ways.is_empty() {
        let what = format!("assurance {assurance} has no way that leads to it");
        findings.note(identity.at(), what, "add `ways = [\"card\", \"worker\"]`, best first");
    }
    if ways.len() == 1 {
        let what = format!("{} is the only way", ways[0].0);
        findings.note(ways[0].1, what, "add a second one: there is never only one way");
    }
    for (i, (way, at)) in ways.iter().enumerate() {
        if ways[..i].iter().any(|(earlier, _)| earlier == way) {
            findings.note(*at, format!("way `{way}` stands there twice"), "take one away");
        }
    }
    if assurance == "card_and_face" && !ways.is_empty() && !ways.iter().any(|(way, _)| *way == "card") {
        findings.note(identity.at(), "card_and_face without the way card", "add \"card\" to `ways`");
    }
    if consent.is_none() {
        let remedy = "add [consent] with purpose, reads and kept: it is shown before anything is read";
        findings.note(identity.at(), "somebody is identified, yet there is no consent notice", remedy);
    }
}

fn check_kind(item: Node<'_>, findings: &mut Findings<'_>) {
    let Some((kind, at)) = item.get("kind").and_then(|k| Some((k.text()?, k.at()))) else { return };
    let has = |key| item.list(key).next();
    let assurance = item.get("identity").and_then(|i| i.text_of("assurance"));
    if kind == "application" && has("form").is_none() {
        findings.note(at, "an application without a form", "add [[form]] with a question and its fields");
    }
    if kind != "directory" && assurance == Some("none") {
        let what = format!("{} {kind} for nobody", article(kind));
        findings.note(at, what, "ask for an assurance in [identity]: a case belongs to somebody");
    }
    if kind != "application" {
        for (key, only) in [("queueing", "live_only"), ("inquiry", "none"), ("reach", "local")] {
            let other = item.get(key).filter(|n| n.text().is_some_and(|t| t != only));
            if let Some(other) = other {
                let what = format!("{} {kind} with another `{key}` than {only}", article(kind));
                findings.note(other.at(), what, format!("write `{key} = \"{only}\"`: nothing is filed"));
            }
        }
    }
    if kind == "directory" {
        for key in ["form", "materials"] {
            if let Some(first) = has(key) {
                let what = format!("a directory with [[{key}]]");
                findings.note(first.at(), what, "take it away: a directory is only read");
            }
        }
        if assurance.is_some_and(|a| a != "none") {
            let remedy = "write `assurance = \"none\"`: a directory is open to everyone";
            findings.note(at, "a directory that asks who reads it", remedy);
        }
    }
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with('a') { "an" } else { "a" }
}

fn check_hours(item: Node<'_>, findings: &mut Findings<'_>) {
    let Some(hours) = item.get("hours").filter(|h| h.table().is_some()) else { return };
    if hours.list("weekdays").chain(hours.list("weekend")).next().is_none() {
        let remedy = "write when it can be done, such as `weekdays = [\"00:00-24:00\"]`";
        findings.note(hours.at(), "the item is never open", remedy);
    }
}
