//! Coverage by district, street and community: installed, in service, met its service level, side by side.

use super::frame::{self, Frame};
use super::map::{Map, Spot, Standing};
use super::trouble::Trouble;
use super::visitor::{Desk, Path};
use super::{Console, Page};
use crate::period::Period;
use crate::store::coverage::{Covered, Division, ServiceLevel};
use askama::Template;
use axum::extract::Query;
use axum::response::Html;
use std::collections::{BTreeMap, HashMap};

/// The share of its opening hours that a terminal serves, in thousandths, to meet its service level.
pub(super) const LEVEL_PERMILLE: i64 = 950;

/// Communities counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) communities: i64,
    pub(super) installed: i64,
    pub(super) in_service: i64,
    pub(super) met: i64,
}

impl Sums {
    pub(super) fn add(&mut self, covered: &Covered) {
        self.communities += 1;
        self.installed += i64::from(covered.installed > 0);
        self.in_service += i64::from(covered.in_service > 0);
        self.met += i64::from(covered.met > 0);
    }

    /// Percent of the communities, rounded to one decimal; while one is missing never 100.
    pub(super) fn percent(&self, part: i64) -> String {
        let all = self.communities.max(1);
        let rounded = (part * 2000 + all) / (2 * all);
        let permille = if part < self.communities { rounded.min(999) } else { rounded };
        format!("{}.{}", permille / 10, permille % 10)
    }
}

/// One line of the table: a district, a street or a community.
struct Place {
    name: String,
    address: String,
    urban: Sums,
    all: Sums,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    f: Frame,
    above: Vec<(String, String)>,
    urban_only: bool,
    urban: Sums,
    all: Sums,
    places: Vec<Place>,
    map: Option<Map>,
    at: String,
    machine: String,
}

/// The month so far, and the last quarter of an hour.
pub(super) fn level(console: &Console) -> ServiceLevel {
    level_of(console, Period::month_of(console.clock.now().to_offset(frame::CITY)))
}

/// A month or a quarter, so far as it has gone, and the last quarter of an hour.
pub(super) fn level_of(console: &Console, period: Period) -> ServiceLevel {
    let (from_hour, to_hour) = period.seconds(frame::CITY);
    ServiceLevel {
        from_hour,
        to_hour,
        permille: LEVEL_PERMILLE,
        now: console.clock.millis(),
        offset_seconds: console.policy.offset_seconds,
        away: console.away,
    }
}

/// The whole city.
pub(super) async fn city(desk: Desk, query: Query<HashMap<String, String>>) -> Page {
    show(desk, None, query.0).await
}

/// A district or a street.
pub(super) async fn place(
    desk: Desk,
    Path(code): Path<String>,
    query: Query<HashMap<String, String>>,
) -> Page {
    show(desk, Some(code), query.0).await
}

async fn show(desk: Desk, within: Option<String>, query: HashMap<String, String>) -> Page {
    let console = &desk.console;
    let language = desk.w.language;
    let urban_only = query.get("urban").is_some_and(|urban| urban == "1");
    let covered = console.store.coverage(&level(console)).await?;
    let districts = console.store.divisions("district").await?;
    let streets = console.store.divisions("street").await?;
    let named = |division: &Division| language.of(&division.name_zh, &division.name_en).to_owned();
    let district = |code: &str| districts.iter().find(|d| d.code == code);
    let street = |code: &str| streets.iter().find(|d| d.code == code);
    let (title, above) = match within.as_deref() {
        None => (desk.w.of("menu", "overview").to_owned(), Vec::new()),
        Some(code) => match (district(code), street(code)) {
            (Some(found), _) => (named(found), vec![("/".to_owned(), desk.w.overview_city.to_owned())]),
            (None, Some(found)) => {
                let parent = found.parent.as_deref().and_then(district);
                let mut above = vec![("/".to_owned(), desk.w.overview_city.to_owned())];
                above.extend(parent.map(|d| (format!("/places/{}", d.code), named(d))));
                (named(found), above)
            }
            (None, None) => return Err(Trouble::Missing),
        },
    };
    let here: Vec<&Covered> = covered
        .iter()
        .filter(|c| !urban_only || c.community.urban)
        .filter(|c| match within.as_deref() {
            None => true,
            Some(code) => c.district == code || c.community.parent.as_deref() == Some(code),
        })
        .collect();
    let (mut urban, mut all) = (Sums::default(), Sums::default());
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for covered in &here {
        let community = &covered.community;
        let (code, name, address) = match within.as_deref() {
            None => (covered.district.clone(), district(&covered.district).map(named), "/places/"),
            Some(within) if within == covered.district => {
                let code = community.parent.clone().unwrap_or_default();
                let name = street(&code).map(named);
                (code, name, "/places/")
            }
            Some(_) => (community.code.clone(), Some(named(community)), "/terminals?community="),
        };
        let place = places.entry(code.clone()).or_insert_with(|| Place {
            address: format!("{address}{code}"),
            name: name.unwrap_or_else(|| code.clone()),
            urban: Sums::default(),
            all: Sums::default(),
        });
        place.all.add(covered);
        all.add(covered);
        if community.urban {
            place.urban.add(covered);
            urban.add(covered);
        }
    }
    let now = console.clock.millis();
    let page = Overview {
        f: Frame::new(&desk, "overview", title),
        above,
        urban_only,
        urban,
        all,
        map: map(&here, &places, within.as_deref()),
        places: places.into_values().collect(),
        at: frame::moment(now),
        machine: frame::machine(now),
    };
    Ok(Html(page.render()?))
}

/// The communities that are looked at, each with the line of the table that it belongs to.
fn map(here: &[&Covered], places: &BTreeMap<String, Place>, within: Option<&str>) -> Option<Map> {
    let spots: Vec<Spot<'_>> = here
        .iter()
        .filter_map(|covered| {
            let community = &covered.community;
            let code = match within {
                None => covered.district.as_str(),
                Some(within) if within == covered.district => community.parent.as_deref().unwrap_or(""),
                Some(_) => community.code.as_str(),
            };
            let place = places.get(code)?;
            let standing = match (covered.met > 0, covered.in_service > 0, covered.installed > 0) {
                (true, true, _) => Standing::Met,
                (_, true, _) => Standing::InService,
                (_, false, true) => Standing::Installed,
                (_, false, false) => Standing::None,
            };
            Some(Spot {
                x: community.x?,
                y: community.y?,
                standing,
                code,
                name: &place.name,
                address: &place.address,
            })
        })
        .collect();
    Map::of(&spots, |_| 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_to_one_decimal_and_never_to_all() {
        for (part, communities, share) in [
            (156, 446, "35.0"),
            (1, 3, "33.3"),
            (2, 3, "66.7"),
            (1, 2000, "0.1"),
            (1, 2001, "0.0"),
            (1999, 2000, "99.9"),
            (99_999, 100_000, "99.9"),
            (2000, 2000, "100.0"),
            (0, 5, "0.0"),
            (0, 0, "0.0"),
        ] {
            let sums = Sums { communities, ..Sums::default() };
            assert_eq!(sums.percent(part), share, "{part} of {communities}");
        }
    }
}
