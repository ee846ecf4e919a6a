//! The report as a page.

use askama::Template;

use super::{Outcome, PointReport, Report, milliseconds};
use crate::sim::conformance::point::{Group, groups};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    report: &'r Report,
    began: String,
    sections: Vec<Section<'r>>,
    failed: Vec<&'r PointReport>,
    person: [String; 2],
}

struct Section<'r> {
    group: &'static Group,
    points: Vec<&'r PointReport>,
}

impl Section<'_> {
    fn count(&self, word: &str) -> usize {
        self.points.iter().filter(|p| p.outcome.word() == word).count()
    }
}

pub(super) fn page(report: &Report) -> Result<String, askama::Error> {
    let of = |group: &'static Group| Section {
        group,
        points: report.points.iter().filter(|p| p.point.group == group.id).collect(),
    };
    let person = crate::sim::conformance::Prepared::default();
    let page = Page {
        report,
        began: crate::sim::conformance::talk::written(report.began),
        sections: groups().iter().map(of).collect(),
        failed: report.points.iter().filter(|p| matches!(p.outcome, Outcome::Fail(_))).collect(),
        person: [person.resident, person.insured].map(|p| format!("{} {}", p.name, p.number)),
    };
    page.render()
}
