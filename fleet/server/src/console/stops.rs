//! Where people stop: counts by page and district, small ones untold.

use super::Page;
use super::frame::{self, Frame};
use super::map::{Map, Spot, Standing};
use super::reports::{field, file};
use super::trouble::Trouble;
use super::visitor::Desk;
use super::words::Words;
use crate::store::stops::{SMALLEST_TOLD, Share, Weeks};
use askama::Template;
use axum::extract::Query;
use axum::response::{Html, Response};
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Template)]
#[template(path = "stops.html")]
struct Stops {
    f: Frame,
    weeks: i64,
    /// Each time that can be looked at, and how it is called.
    times: Vec<(i64, &'static str)>,
    from: String,
    to: String,
    smallest: i64,
    /// The mode that is looked at; empty for all.
    mode: String,
    /// Every mode that somebody used, and how it is called.
    modes: Vec<(String, String)>,
    map: Option<(Map, Vec<Bubble>)>,
    pages: Vec<Row>,
    streets: Vec<Street>,
}

/// A street's share.
struct Street {
    district: String,
    name: String,
    share: String,
}

/// A district's share.
struct Bubble {
    x: i64,
    y: i64,
    r: i64,
    percent: i64,
}

#[derive(Default)]
struct Row {
    page: String,
    item: String,
    shown: Cell,
    left: Cell,
    help: Cell,
    back: Cell,
    timed_out: Cell,
}

/// A sum of which parts may be untold.
#[derive(Default, Clone, Copy)]
struct Cell {
    sum: i64,
    /// How many parts are untold, each more than nothing and less than [`SMALLEST_TOLD`].
    untold: i64,
}

impl Cell {
    fn add(&mut self, count: Option<i64>) {
        match count {
            Some(count) => self.sum += count,
            None => self.untold += 1,
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.sum, self.untold) {
            (sum, 0) => write!(f, "{sum}"),
            // Several parts may come to more than one of them.
            (0, untold) => write!(f, "< {}", untold * (SMALLEST_TOLD - 1) + 1),
            // What is untold of it is untold in every other sum as well, since each cell is told or untold by itself.
            (sum, _) => write!(f, "≥ {sum}"),
        }
    }
}

/// How many weeks can be looked at.
const TIMES: [&str; 3] = ["1", "4", "13"];

/// How many are looked at, and which: those that are over alone.
fn weeks(desk: &Desk, query: &HashMap<String, String>) -> (i64, Weeks) {
    let asked = query.get("weeks").filter(|asked| TIMES.contains(&asked.as_str()));
    let weeks = asked.and_then(|asked| asked.parse().ok()).unwrap_or(4);
    (weeks, Weeks::over(weeks, desk.console.clock.millis()))
}

/// A display mode in words: its parts are joined by `+`.
fn called(w: &Words, mode: &str) -> String {
    mode.split('+').map(|part| w.of("mode", part)).collect::<Vec<_>>().join(" + ")
}

/// A street's share in words.
fn share(w: &Words, share: Share) -> String {
    match share.percent() {
        None => w.stops_untold.to_owned(),
        Some((least, _)) if share.is_whole() => format!("{least} %"),
        Some((0, below)) => format!("< {below} %"),
        Some((least, _)) => format!("≥ {least} %"),
    }
}

/// The page.
pub(super) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Page {
    let w = desk.w;
    let (weeks, which) = weeks(&desk, &query);
    let mut told = desk.console.store.stops(which).await?;
    let modes: BTreeSet<String> = told.iter().map(|told| told.mode.clone()).collect();
    let mode = query.get("mode").filter(|mode| modes.contains(*mode)).cloned().unwrap_or_default();
    told.retain(|told| mode.is_empty() || told.mode == mode);
    let mut pages: BTreeMap<(String, String), Row> = BTreeMap::new();
    let mut places: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for told in told {
        let row = pages.entry((told.page.clone(), told.item.clone())).or_insert_with(|| Row {
            page: w.of("page", &told.page).to_owned(),
            item: w.item(&told.item).to_owned(),
            ..Row::default()
        });
        let place = places.entry(told.place).or_default();
        let cell = match told.stop.as_str() {
            "shown" => {
                place.0 += told.count.unwrap_or(0);
                &mut row.shown
            }
            "left" => &mut row.left,
            "help" => &mut row.help,
            "back" => &mut row.back,
            "timed_out" => &mut row.timed_out,
            _ => continue,
        };
        if told.stop == "left" || told.stop == "timed_out" || told.stop == "help" {
            place.1 += told.count.unwrap_or(0);
        }
        cell.add(told.count);
    }
    let mut pages: Vec<Row> = pages.into_values().collect();
    pages.sort_by_key(|row| std::cmp::Reverse(row.left.sum + row.timed_out.sum + row.help.sum));
    pages.truncate(100);
    let streets = desk.console.store.stops_by_street(which, &mode).await?;
    let streets = streets.into_iter().map(|street| Street {
        district: w.language.of(&street.district_zh, &street.district_en).to_owned(),
        name: w.language.of(&street.name_zh, &street.name_en).to_owned(),
        share: share(w, street.share),
    });
    let page = Stops {
        f: Frame::new(&desk, "stops", w.of("menu", "stops")),
        weeks,
        times: TIMES.iter().filter_map(|n| Some((n.parse().ok()?, w.of("stops_weeks", n)))).collect(),
        from: frame::day(which.days().0),
        to: frame::day(which.days().1),
        smallest: SMALLEST_TOLD,
        modes: modes.iter().map(|mode| (mode.clone(), called(w, mode))).collect(),
        mode,
        map: map(&desk, &places).await?,
        pages,
        streets: streets.collect(),
    };
    Ok(Html(page.render()?))
}

/// Every cell by itself, one a line (RFC 4180): the week's Monday, the district's code, page, display mode, item, what people did, how often.
pub(super) async fn csv(
    desk: Desk,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let (_, which) = weeks(&desk, &query);
    let mut out = String::from("\u{FEFF}week,district,page,mode,item,stop,count\r\n");
    for told in desk.console.store.stops(which).await? {
        let texts = [&told.place, &told.page, &told.mode, &told.item, &told.stop].map(|text| field(text));
        // Of a sum that is not told a spreadsheet may not make a number.
        let count = told.count.map_or_else(|| format!("< {SMALLEST_TOLD}"), |count| count.to_string());
        out.push_str(&format!("{},{},{count}\r\n", frame::day(told.week), texts.join(",")));
    }
    Ok(file("text/csv; charset=utf-8", "where-people-stop.csv", out))
}

/// The districts' ground, and on each the share of the pages shown on which somebody stopped, where enough is told of it.
async fn map(
    desk: &Desk,
    counts: &BTreeMap<String, (i64, i64)>,
) -> Result<Option<(Map, Vec<Bubble>)>, Trouble> {
    let language = desk.w.language;
    let store = &desk.console.store;
    let districts = store.divisions("district").await?;
    let streets: HashMap<String, Option<String>> =
        store.divisions("street").await?.into_iter().map(|street| (street.code, street.parent)).collect();
    let communities = store.divisions("community").await?;
    let spots: Vec<Spot<'_>> = communities
        .iter()
        .filter_map(|community| {
            let code = streets.get(community.parent.as_deref()?)?.as_deref()?;
            let district = districts.iter().find(|d| d.code == code)?;
            Some(Spot {
                x: community.x?,
                y: community.y?,
                standing: Standing::None,
                code,
                name: language.of(&district.name_zh, &district.name_en),
                address: "",
            })
        })
        .collect();
    let percent = |code: &str| {
        let (shown, stopped) = *counts.get(code)?;
        (shown > 0).then(|| (stopped * 100 / shown).min(100))
    };
    let radius = |percent: i64| 20 + percent / 3;
    #[allow(clippy::cast_precision_loss, reason = "a circle's radius is some dozens")]
    let circle = |code: &str| percent(code).map_or(0.0, |percent| radius(percent) as f64);
    let Some(map) = Map::of(&spots, circle) else { return Ok(None) };
    let bubbles = map.areas.iter().filter_map(|area| {
        let percent = percent(&area.code)?;
        Some(Bubble { x: area.middle.0, y: area.middle.1, r: radius(percent), percent })
    });
    let bubbles = bubbles.collect();
    Ok(Some((map, bubbles)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_says_no_more_and_no_less_than_is_true() {
        for (parts, told) in [
            (vec![], "0"),
            (vec![Some(7), Some(5)], "12"),
            (vec![None], "< 5"),
            (vec![None, None], "< 9"),
            (vec![Some(7), None], "≥ 7"),
        ] {
            let mut cell = Cell::default();
            parts.iter().for_each(|part| cell.add(*part));
            assert_eq!(cell.to_string(), told, "{parts:?}");
        }
    }
}
