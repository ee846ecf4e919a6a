//! The journal of a terminal: states, times and outcomes, nothing of a resident.
//!
//! Duty: one line a change of page, so that a technician sees what a visit went through. Never: a name, a number, an
//! answer, a text that anybody typed.

use domain::session::Session;
use domain::session::event::{PrintOutcome, Upkeep};
use domain::session::page::Page;
use domain::terminal::Timestamp;
use serde::Serialize;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use time::format_description::well_known::Rfc3339;

/// Where the lines go.
pub struct Journal {
    out: Option<Box<dyn Write + Send>>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}

/// One line of the journal.
#[derive(Debug, Default, Serialize)]
struct Line<'a> {
    at: String,
    event: &'static str,
    page: Option<&'static str>,
    item: Option<&'a str>,
    outcome: Option<domain::case::VisitOutcome>,
    action: Option<&'static str>,
    paper: Option<&'static str>,
}

impl Journal {
    /// A journal that writes JSON lines.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self { out: Some(Box::new(out)) }
    }

    /// The journal of the terminal whose folder this is: `journal.jsonl`, appended to.
    ///
    /// # Errors
    /// Folder or file cannot be made.
    pub fn in_folder(data: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(data)?;
        let file =
            OpenOptions::new().append(true).create(true).mode(0o600).open(data.join("journal.jsonl"))?;
        Ok(Self::to(file))
    }

    /// A journal that keeps nothing.
    pub fn none() -> Self {
        Self { out: None }
    }

    /// Notes that the page changed, if it did.
    pub fn note(&mut self, before: Page, session: &Session) {
        let page = session.page();
        if page == before {
            return;
        }
        let visit = session.visit();
        let item = visit.and_then(|v| v.item()).map(|i| i.id.0.clone());
        self.write(&Line {
            at: text(session.facts().now),
            event: "page",
            page: Some(page.name()),
            item: item.as_deref(),
            outcome: visit.map(|v| v.outcome),
            ..Line::default()
        });
    }

    /// Notes how a print ended.
    pub fn print_ended(&mut self, outcome: PrintOutcome, at: Timestamp) {
        let paper = match outcome {
            PrintOutcome::Printed => "printed",
            PrintOutcome::TakenBack => "taken_back",
            PrintOutcome::NotPrinted(_) => "not_printed",
            PrintOutcome::Unknown(_) => "unknown",
        };
        self.write(&Line { at: text(at), event: "print_ended", paper: Some(paper), ..Line::default() });
    }

    /// Notes that a card was left behind.
    pub fn forgotten_card(&mut self, at: Timestamp) {
        self.write(&Line { at: text(at), event: "forgotten_card", ..Line::default() });
    }

    /// Notes what a keeper or technician did.
    pub fn upkeep(&mut self, action: Upkeep, at: Timestamp) {
        self.write(&Line { at: text(at), event: "upkeep", action: Some(action.word()), ..Line::default() });
    }

    fn write(&mut self, line: &Line<'_>) {
        let Some(out) = &mut self.out else { return };
        let written =
            serde_json::to_string(line).map_err(std::io::Error::from).and_then(|l| writeln!(out, "{l}"));
        if let Err(error) = written.and_then(|()| out.flush()) {
            tracing::warn!(%error, "the journal cannot be written");
            self.out = None;
        }
    }
}

fn text(at: Timestamp) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
