//! Which catalogue of items each terminal serves, and who is behind.

use super::Page;
use super::frame::{Frame, Mark};
use super::visitor::Desk;
use askama::Template;
use axum::response::Html;
use std::cmp::Ordering;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "catalogue.html")]
struct Catalogue {
    f: Frame,
    newest: Option<String>,
    behind: i64,
    versions: Vec<Version>,
    districts: Vec<District>,
}

struct Version {
    name: String,
    address: Option<String>,
    terminals: i64,
    percent: i64,
    mark: Mark,
}

struct District {
    code: String,
    name: String,
    terminals: i64,
    newest: i64,
    percent: i64,
}

/// Versions as people count them: digits by their number, 2026.11.9 before 2026.11.10.
fn by_number(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(u64, String)> {
        text.split(['.', '-', '_', '+'])
            .map(|part| (part.parse().unwrap_or(0), part.trim_start_matches('0').to_owned()))
            .collect()
    };
    parts(a).cmp(&parts(b)).then_with(|| a.cmp(b))
}

/// Whole percent, rounded down: 99.9 is not all.
const fn percent(part: i64, all: i64) -> i64 {
    if all == 0 { 0 } else { part * 100 / all }
}

/// The page.
pub(super) async fn page(desk: Desk) -> Page {
    let w = desk.w;
    let store = &desk.console.store;
    let serving = store.catalogues().await?;
    let divisions = store.divisions("district").await?;
    let mut versions: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    for of in &serving {
        *versions.entry(of.catalogue.as_deref()).or_default() += of.terminals;
    }
    let all: i64 = versions.values().sum();
    let newest = versions.keys().flatten().max_by(|a, b| by_number(a, b)).copied();
    let mut districts: BTreeMap<&str, District> = BTreeMap::new();
    for of in &serving {
        let district = districts.entry(&of.district).or_insert_with(|| {
            let division = divisions.iter().find(|d| d.code == of.district);
            let name = division.map_or(of.district.as_str(), |d| w.language.of(&d.name_zh, &d.name_en));
            District { code: of.district.clone(), name: name.to_owned(), terminals: 0, newest: 0, percent: 0 }
        });
        district.terminals += of.terminals;
        if of.catalogue.is_some() && of.catalogue.as_deref() == newest {
            district.newest += of.terminals;
        }
        district.percent = percent(district.newest, district.terminals);
    }
    let mut sorted: Vec<(Option<&str>, i64)> = versions.into_iter().collect();
    sorted.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => by_number(b, a),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    let page = Catalogue {
        behind: all - districts.values().map(|d| d.newest).sum::<i64>(),
        newest: newest.map(str::to_owned),
        versions: sorted
            .into_iter()
            .map(|(version, terminals)| Version {
                name: version.unwrap_or(w.catalogue_none).to_owned(),
                address: version.map(|version| {
                    let query = form_urlencoded::Serializer::new(String::new())
                        .append_pair("catalogue", version)
                        .finish();
                    format!("/terminals?{query}")
                }),
                terminals,
                percent: percent(terminals, all),
                mark: match version {
                    None => Mark::new("none", w.terminals_unknown),
                    version if version == newest => Mark::new("good", w.catalogue_newest),
                    Some(_) => Mark::new("watch", w.catalogue_behind),
                },
            })
            .collect(),
        districts: districts.into_values().collect(),
        f: Frame::new(&desk, "catalogue", w.of("menu", "catalogue")),
    };
    Ok(Html(page.render()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_counted_as_people_do() {
        let mut versions = ["2026.11.10", "2026.11.9", "2026-11-01", "2025.12.31", "2026.11.9-b"];
        versions.sort_by(|a, b| by_number(a, b));
        assert_eq!(versions, ["2025.12.31", "2026-11-01", "2026.11.9", "2026.11.9-b", "2026.11.10"]);
    }
}
