//! What the pack found.

mod html;
mod junit;

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::point::{Point, Words};

/// One call of a point: what was asked and how it was answered, without bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// `POST /v1/cases`
    pub request: String,
    /// `HTTP 200, ok`
    pub result: String,
    /// From sending to the last byte.
    pub took: Duration,
}

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Of what: the call, and the member of its answer.
    pub what: String,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub got: String,
}

/// How a point came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is so.
    Pass,
    /// It is not.
    Fail(Finding),
    /// It cannot be asked here, and why.
    NotApplicable(Words),
}

impl Outcome {
    /// `pass`, `fail`, `not_applicable`
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::NotApplicable(_) => "not_applicable",
        }
    }
}

/// One point, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PointReport {
    /// The point.
    pub point: &'static Point,
    /// How it came out.
    pub outcome: Outcome,
    /// What was asked, in order.
    pub exchanges: Vec<Exchange>,
    /// How long all of it took.
    pub took: Duration,
}

impl PointReport {
    /// One object for one line: keys always there, null where there is nothing.
    pub fn json(&self) -> Value {
        let (finding, reason) = match &self.outcome {
            Outcome::Pass => (None, None),
            Outcome::Fail(finding) => (Some(finding), None),
            Outcome::NotApplicable(reason) => (None, Some(reason)),
        };
        let exchange =
            |e: &Exchange| json!({"request": e.request, "result": e.result, "took_ms": milliseconds(e.took)});
        json!({
            "id": self.point.id,
            "group": self.point.group,
            "clause": self.point.clause,
            "title": self.point.title.en,
            "result": self.outcome.word(),
            "what": finding.map(|f| &f.what),
            "expected": finding.map(|f| &f.expected),
            "got": finding.map(|f| &f.got),
            "remedy": finding.map(|_| &self.point.remedy.en),
            "reason": reason.map(|r| &r.en),
            "done": self.exchanges.iter().map(exchange).collect::<Vec<_>>(),
            "took_ms": milliseconds(self.took),
        })
    }
}

/// Every point, and what the pack was held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The platform.
    pub url: String,
    /// What made the keys.
    pub seed: u64,
    /// When it began, by this machine's clock.
    pub began: OffsetDateTime,
    /// As which terminal.
    pub terminal: String,
    /// The points in the order in which they were asked.
    pub points: Vec<PointReport>,
}

impl Report {
    /// How many came out so.
    pub fn count(&self, word: &str) -> usize {
        self.points.iter().filter(|p| p.outcome.word() == word).count()
    }

    /// Whether nothing failed.
    pub fn is_clean(&self) -> bool {
        self.count("fail") == 0
    }

    /// The ids of the points that failed.
    pub fn failed(&self) -> Vec<&str> {
        let failed = self.points.iter().filter(|p| matches!(p.outcome, Outcome::Fail(_)));
        failed.map(|p| p.point.id.as_str()).collect()
    }

    /// A page for a department: in Chinese and English, in one file, for screen and paper.
    ///
    /// # Errors
    /// The page cannot be drawn.
    pub fn html(&self) -> Result<String, askama::Error> {
        html::page(self)
    }

    /// The same for a machine that runs tests: JUnit's XML.
    ///
    /// # Errors
    /// The page cannot be drawn.
    pub fn junit(&self) -> Result<String, askama::Error> {
        junit::page(self)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
