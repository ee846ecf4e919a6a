//! Who did what, when and why: read, verified, exported.

use super::Page;
use super::frame::{self, Frame};
use super::trouble::Trouble;
use super::visitor::Desk;
use crate::orders::noted::note;
use crate::store::audit::Verdict;
use askama::Template;
use axum::extract::Query;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use std::collections::HashMap;

const ROWS: u16 = 100;

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    f: Frame,
    who: String,
    subject: String,
    rows: Vec<Row>,
    verdict: Option<(bool, String)>,
    older: Option<String>,
}

struct Row {
    number: i64,
    at: String,
    who: String,
    what: String,
    subject: String,
    why: String,
    detail: String,
    hash: String,
}

/// The list; with `?verify=1` after following the whole chain.
pub(super) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Page {
    let w = desk.w;
    let text =
        |name: &str| -> String { query.get(name).map_or("", |v| v.trim()).chars().take(128).collect() };
    let (who, subject) = (text("who"), text("subject"));
    let before = query.get("before").and_then(|n| n.parse().ok()).unwrap_or(i64::MAX);
    let store = &desk.console.store;
    let rows = store.audit(before, Some(&who), Some(&subject), ROWS).await?;
    let verdict = match query.contains_key("verify") {
        false => None,
        true => Some(match store.verify_audit().await? {
            Verdict::Whole { rows, head } => (true, w.audit_whole(head, rows)),
            Verdict::Broken { number } => (false, w.audit_broken(number)),
        }),
    };
    let older = rows.last().filter(|_| rows.len() == usize::from(ROWS)).map(|last| {
        let kept = form_urlencoded::Serializer::new(String::new())
            .append_pair("who", &who)
            .append_pair("subject", &subject)
            .append_pair("before", &last.number.to_string())
            .finish();
        format!("/audit?{kept}")
    });
    let page = Audit {
        f: Frame::new(&desk, "audit", w.of("menu", "audit")),
        who,
        subject,
        verdict,
        older,
        rows: rows
            .into_iter()
            .map(|row| Row {
                number: row.number,
                at: frame::moment(row.at),
                what: w.of("audit_what", &row.what.replace('.', "_")).to_owned(),
                who: row.who,
                subject: row.subject,
                why: row.why,
                detail: row.detail,
                hash: row.hash.chars().take(12).collect(),
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// Everything as JSON lines, oldest first: what `Chain::follow` verifies elsewhere.
pub(super) async fn export(desk: Desk) -> Result<Response, Trouble> {
    note(desk.console.server(), &desk.did("audit.export", "audit".into(), String::new())).await?;
    let mut out = Vec::new();
    let mut after = 0;
    loop {
        let part = desk.console.store.audit_after(after, 1000).await?;
        let Some(last) = part.last() else { break };
        after = last.number;
        for row in &part {
            serde_json::to_writer(&mut out, row).map_err(|source| {
                Trouble::Store(crate::store::StoreError::Content { column: "audit", source })
            })?;
            out.push(b'\n');
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((headers, out).into_response())
}
