//! The report as JUnit's XML: a suite for each group, a case for each point.

use askama::Template;

use super::{Outcome, PointReport, Report};
use crate::sim::conformance::point::{Group, groups};

#[derive(Template)]
#[template(path = "junit.xml", escape = "xml")]
struct Page<'r> {
    report: &'r Report,
    suites: Vec<Suite<'r>>,
}

struct Suite<'r> {
    group: &'static Group,
    points: Vec<&'r PointReport>,
}

impl Suite<'_> {
    fn count(&self, word: &str) -> usize {
        self.points.iter().filter(|p| p.outcome.word() == word).count()
    }

    fn seconds(&self) -> String {
        seconds(self.points.iter().map(|p| p.took).sum())
    }
}

fn seconds(time: std::time::Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

pub(super) fn page(report: &Report) -> Result<String, askama::Error> {
    let of = |group: &'static Group| Suite {
        group,
        points: report.points.iter().filter(|p| p.point.group == group.id).collect(),
    };
    Page { report, suites: groups().iter().map(of).collect() }.render()
}
