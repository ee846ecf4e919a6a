//! Reports: indicator 5 (urban communities with a terminal in service), as a page, as CSV and as PDF.

use super::Page;
use super::frame::{self, Frame};
use super::overview::{self, Sums};
use super::report_pdf::{self, Report};
use super::trouble::Trouble;
use super::visitor::Desk;
use crate::period::Period;
use askama::Template;
use axum::extract::Query;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use std::collections::{BTreeMap, HashMap};

#[derive(Template)]
#[template(path = "reports.html")]
struct Reports {
    f: Frame,
    at: String,
    period: String,
    periods: Vec<String>,
    rows: Vec<(String, Sums)>,
    sum: Sums,
}

/// Months and quarters to choose from, this one first.
const MONTHS: usize = 13;
const QUARTERS: usize = 5;

/// The period that is asked for; the month that runs where none is.
fn asked(desk: &Desk, query: &HashMap<String, String>) -> Result<Period, Trouble> {
    match query.get("period").filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|_| Trouble::Bad("period")),
        None => Ok(Period::month_of(desk.console.clock.now().to_offset(frame::CITY))),
    }
}

fn periods(desk: &Desk) -> Vec<String> {
    let now = desk.console.clock.now().to_offset(frame::CITY);
    let back =
        |from: Period, count| std::iter::successors(Some(from), |period| Some(period.before())).take(count);
    let all = back(Period::month_of(now), MONTHS).chain(back(Period::quarter_of(now), QUARTERS));
    all.map(|period| period.to_string()).collect()
}

/// The urban communities of each district, and of the city.
async fn districts(desk: &Desk, period: Period) -> Result<(Vec<(String, Sums)>, Sums), Trouble> {
    let store = &desk.console.store;
    let language = desk.w.language;
    let covered = store.coverage(&overview::level_of(&desk.console, period)).await?;
    let districts = store.divisions("district").await?;
    let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
    let mut sum = Sums::default();
    for covered in covered.iter().filter(|covered| covered.community.urban) {
        sums.entry(&covered.district).or_default().add(covered);
        sum.add(covered);
    }
    let rows = sums
        .into_iter()
        .map(|(code, sums)| {
            let district = districts.iter().find(|d| d.code == code);
            (district.map_or(code, |d| language.of(&d.name_zh, &d.name_en)).to_owned(), sums)
        })
        .collect();
    Ok((rows, sum))
}

/// The report as a page.
pub(super) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Page {
    let period = asked(&desk, &query)?;
    let (rows, sum) = districts(&desk, period).await?;
    let at = frame::moment(desk.console.clock.millis());
    let page = Reports {
        f: Frame::new(&desk, "reports", desk.w.reports_indicator_5),
        at,
        period: period.to_string(),
        periods: periods(&desk),
        rows,
        sum,
    };
    Ok(Html(page.render()?))
}

/// Every community, one a line (RFC 4180), with a mark of its encoding for spreadsheets.
pub(super) async fn csv(
    desk: Desk,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let period = asked(&desk, &query)?;
    let covered = desk.console.store.coverage(&overview::level_of(&desk.console, period)).await?;
    let mut out =
        String::from("\u{FEFF}code,name,name_en,district,urban,installed,in_service,met_service_level\r\n");
    for covered in covered {
        let community = &covered.community;
        let truth = |yes: bool| if yes { "1" } else { "0" };
        let fields = [
            field(&community.code),
            field(&community.name_zh),
            field(&community.name_en),
            field(&covered.district),
            truth(community.urban).to_owned(),
            covered.installed.to_string(),
            covered.in_service.to_string(),
            covered.met.to_string(),
        ];
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    Ok(file("text/csv; charset=utf-8", &format!("indicator-5-{period}.csv"), out))
}

/// A file to be kept, of that type and by that name.
pub(super) fn file(kind: &'static str, name: &str, body: impl Into<axum::body::Body>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body.into()).into_response()
}

/// The report as a file to hand on.
pub(super) async fn pdf(
    desk: Desk,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let w = desk.w;
    let period = asked(&desk, &query)?;
    let (mut rows, sum) = districts(&desk, period).await?;
    rows.push((w.overview_city.to_owned(), sum));
    let share = |sums: &Sums, part: i64| format!("{part} ({} %)", sums.percent(part));
    let made = desk.console.clock.now().to_offset(frame::CITY);
    let at = frame::moment(desk.console.clock.millis());
    let report = Report {
        title: w.reports_indicator_5,
        language: w.language.tag(),
        made,
        paragraphs: vec![format!("{} {at}", w.reports_what), w.reports_level(period)],
        head: [
            w.accounts_district,
            w.reports_urban,
            w.overview_installed,
            w.overview_in_service,
            w.overview_met,
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows
            .iter()
            .map(|(name, sums)| {
                vec![
                    name.clone(),
                    sums.communities.to_string(),
                    share(sums, sums.installed),
                    share(sums, sums.in_service),
                    share(sums, sums.met),
                ]
            })
            .collect(),
        foot: &|number, all| w.reports_page(all, number),
    };
    let bytes = report_pdf::write(&report)?;
    Ok(file("application/pdf", &format!("indicator-5-{period}.pdf"), bytes))
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn field(text: &str) -> String {
    let safe =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    format!("\"{}\"", safe.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula() {
        for (text, written) in
            [("a\"b", "\"a\"\"b\""), ("=1+1", "\"'=1+1\""), ("@x", "\"'@x\""), ("a,b\r\n", "\"a,b\r\n\"")]
        {
            assert_eq!(field(text), written);
        }
    }
}
