//! Rules of the form and of the materials: ids, conditions, options, ranges, prefill, pictures.

use super::mistake::Findings;
use super::node::Node;
use super::schema::{FIELDS_OF_A_STEP, OPTIONS_OF_A_CHOICE};
use super::shape::suggestion;
use crate::form::Prefill;

/// Checks form and materials of an item.
pub(super) fn check(item: Node<'_>, findings: &mut Findings<'_>) {
    check_unique("the question", item.list("form"), "question", findings);
    check_unique("the label", fields(item), "label", findings);
    check_ids("field", fields(item), findings);
    check_ids("material", item.list("materials"), findings);
    let mut earlier = Vec::new();
    for step in item.list("form") {
        check_condition(step, &earlier, findings);
        let count = step.list("fields").count();
        if count > *FIELDS_OF_A_STEP.end() {
            let what = format!("{count} fields in one step");
            findings.note(step.at(), what, "make steps of at most three: a page is one question");
        }
        for field in step.list("fields") {
            check_condition(field, &earlier, findings);
            check_field(field, findings);
            earlier.push(field);
        }
    }
    check_materials(item, findings);
}

/// Every field of an item, in order.
pub(super) fn fields<'t>(item: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    item.list("form").flat_map(|step| step.list("fields"))
}

fn check_ids<'t>(of: &str, all: impl Iterator<Item = Node<'t>>, findings: &mut Findings<'_>) {
    let mut seen = Vec::new();
    for id in all.filter_map(|n| n.get("id")) {
        let Some(text) = id.text() else { continue };
        if seen.contains(&text) {
            findings.note(id.at(), format!("two {of}s have the id `{text}`"), "give one of them another id");
        }
        seen.push(text);
    }
}

/// Two controls with the same words cannot be told apart by somebody who only hears them.
fn check_unique<'t>(what: &str, all: impl Iterator<Item = Node<'t>>, key: &str, findings: &mut Findings<'_>) {
    let mut seen = Vec::new();
    for words in all.filter_map(|n| n.get(key)) {
        for language in ["zh-CN", "en"] {
            let Some(text) = words.get(language) else { continue };
            let Some(word) = text.text() else { continue };
            if seen.contains(&(language, word)) {
                let what = format!("{what} \"{word}\" stands there twice");
                findings.note(text.at(), what, "use other words for one of them");
            }
            seen.push((language, word));
        }
    }
}

fn check_condition(of: Node<'_>, earlier: &[Node<'_>], findings: &mut Findings<'_>) {
    let Some(condition) = of.get("when") else { return };
    let Some((name, at)) = condition.get("field").and_then(|n| Some((n.text()?, n.at()))) else { return };
    let Some(field) = earlier.iter().find(|f| f.text_of("id") == Some(name)) else {
        let known: Vec<&str> = earlier
            .iter()
            .filter(|f| matches!(f.text_of("kind"), Some("choice" | "yes_no")))
            .filter_map(|f| f.text_of("id"))
            .collect();
        let remedy = match known.is_empty() {
            true => "ask a choice or a yes_no before it".to_owned(),
            false => suggestion(name, known.iter().copied()),
        };
        findings.note(at, format!("`{name}` is no earlier field"), remedy);
        return;
    };
    let values: Vec<&str> = match field.text_of("kind") {
        Some("choice") => field.list("options").filter_map(|o| o.text_of("value")).collect(),
        Some("yes_no") => vec!["yes", "no"],
        Some(_) => {
            let remedy = "name an earlier choice or yes_no";
            findings.note(at, format!("`{name}` is neither a choice nor a yes_no"), remedy);
            return;
        }
        None => return,
    };
    for value in condition.list("is") {
        if let Some(word) = value.text().filter(|w| !values.contains(w)) {
            let what = format!("`{name}` cannot be \"{word}\"");
            findings.note(value.at(), what, suggestion(word, values.iter().copied()));
        }
    }
}

fn check_field(field: Node<'_>, findings: &mut Findings<'_>) {
    match field.text_of("kind") {
        Some("choice") => check_options(field, findings),
        Some("number") => check_range(field, "min", "max", findings),
        Some("date") => check_range(field, "earliest_days", "latest_days", findings),
        Some("amount") => check_range(field, "min_fen", "max_fen", findings),
        _ => {}
    }
    check_prefill(field, findings);
}

fn check_options(field: Node<'_>, findings: &mut Findings<'_>) {
    let Some(options) = field.get("options") else { return };
    let count = options.items().count();
    if !OPTIONS_OF_A_CHOICE.contains(&count) {
        let remedy = match count {
            0 | 1 => "offer at least two, or ask yes_no",
            _ => "offer at most six: ask in two steps, the kind first",
        };
        findings.note(options.at(), format!("a choice of {count}"), remedy);
    }
    let mut seen = Vec::new();
    for value in options.items().filter_map(|o| o.get("value")) {
        let Some(word) = value.text() else { continue };
        if seen.contains(&word) {
            findings.note(
                value.at(),
                format!("two options have the value \"{word}\""),
                "give one another value",
            );
        }
        seen.push(word);
    }
    check_unique("the label", options.items(), "label", findings);
}

fn check_range(field: Node<'_>, least: &str, most: &str, findings: &mut Findings<'_>) {
    let (Some(low), Some(high)) = (field.get(least), field.get(most)) else { return };
    if low.whole().zip(high.whole()).is_some_and(|(low, high)| low > high) {
        findings.note(low.at(), format!("`{least}` is greater than `{most}`"), "exchange the two");
    }
}

fn check_prefill(field: Node<'_>, findings: &mut Findings<'_>) {
    let Some(prefill) = field.get("prefill") else { return };
    let Some(text) = prefill.text() else { return };
    let kind = field.text_of("kind");
    let source = Prefill::try_from(text.to_owned());
    let (fits, kinds) = match &source {
        Err(error) => {
            const SOURCES: [&str; 5] =
                ["card.name", "card.number", "card.address", "card.birth", "card.person"];
            let remedy = match suggestion(text, SOURCES.iter().copied()) {
                near if near.starts_with("did you mean") => near,
                _ => "use card.name, card.number, card.address, card.birth, card.person or shared.KEY"
                    .to_owned(),
            };
            findings.note(prefill.at(), format!("`{}` is no source", error.0), remedy);
            return;
        }
        Ok(Prefill::CardPerson) => (kind == Some("person"), "kind person"),
        Ok(Prefill::CardBirth) => (kind == Some("date"), "kind date"),
        Ok(Prefill::CardName | Prefill::CardNumber | Prefill::CardAddress) => {
            (kind == Some("text"), "kind text")
        }
        Ok(Prefill::Shared(_)) => {
            (!matches!(kind, Some("photo" | "signature")), "any kind but photo and signature")
        }
    };
    if let Some(kind) = kind.filter(|_| !fits) {
        let what = format!("`{text}` cannot fill a field of kind {kind}");
        findings.note(prefill.at(), what, format!("{text} fills a field of {kinds}"));
    }
}

fn check_materials(item: Node<'_>, findings: &mut Findings<'_>) {
    let photos = || fields(item).filter(|f| f.text_of("kind") == Some("photo"));
    for material in item.list("materials") {
        check_committee_proof(material, findings);
        let source = material.text_of("source");
        let library = source == Some("licence_library");
        match (library || source == Some("upload"), material.get("field")) {
            (true, None) => {
                let what = if library { "a certificate" } else { "an upload" };
                let remedy = "add `field = \"…\"`, the id of a photo field of the form";
                findings.note(material.at(), format!("{what} that no field of the form takes"), remedy);
            }
            (false, Some(field)) => {
                let remedy = "take `field` away, or write `source = \"upload\"`";
                findings.note(field.at(), "a material that is no upload has a field", remedy);
            }
            (true, Some(field)) => check_upload(material, field, photos(), findings),
            (false, None) => {}
        }
        match (library, material.get("licence")) {
            (true, None) => {
                let remedy = "add `licence = \"…\"`, the 21 characters of its kind in the province's library";
                findings.note(material.at(), "a certificate of no kind: any would be taken for it", remedy);
            }
            (false, Some(kind)) => {
                let remedy = "take `licence` away, or write `source = \"licence_library\"`";
                findings.note(
                    kind.at(),
                    "a material that is no certificate of the library has a kind of it",
                    remedy,
                );
            }
            _ => {}
        }
    }
    for photo in photos() {
        let Some(id) = photo.text_of("id") else { continue };
        if !item.list("materials").any(|m| m.text_of("field") == Some(id)) {
            let remedy = format!("add [[materials]] with `source = \"upload\"` and `field = \"{id}\"`");
            findings.note(photo.at(), format!("the picture `{id}` belongs to no material"), remedy);
        }
    }
}

fn check_upload<'t>(
    material: Node<'t>,
    field: Node<'t>,
    mut photos: impl Iterator<Item = Node<'t>>,
    findings: &mut Findings<'_>,
) {
    let Some(id) = field.text() else { return };
    let Some(photo) = photos.find(|p| p.text_of("id") == Some(id)) else {
        let remedy = "name a field of kind photo";
        findings.note(field.at(), format!("`{id}` is no photo field of the form"), remedy);
        return;
    };
    let necessity = |node: Node<'t>| node.text_of("necessity").unwrap_or("required");
    if necessity(material) != necessity(photo) {
        let what =
            format!("the material is {}, its field `{id}` is {}", necessity(material), necessity(photo));
        findings.note(field.at(), what, "give both the same `necessity`");
    }
}

/// The city's plan clears away proofs that committees of villages and communities have to write (its rows are in
/// docs/catalogue.md): an item that asks for one is not admitted.
fn check_committee_proof(material: Node<'_>, findings: &mut Findings<'_>) {
    const PROOFS: [&str; 6] =
        ["居委会证明", "村委会证明", "村居证明", "社区证明", "委员会出具", "居委会出具"];
    let Some(name) = material.get("name").and_then(|n| n.get("zh-CN")) else { return };
    if name.text().is_some_and(|text| PROOFS.iter().any(|p| text.contains(p))) {
        let remedy =
            "use what departments share (`source = \"data_sharing\"`) or let the resident declare it";
        findings.note(name.at(), "the material is a proof that a committee has to write", remedy);
    }
}
