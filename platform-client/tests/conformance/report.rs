//! What a department reads.

use platform_client::sim::conformance::points;

use crate::town::Town;

#[tokio::test]
async fn the_report_says_what_to_mend_in_both_languages_and_to_machines() {
    let town = Town::new(Some("rating.second_refused".parse().unwrap()));
    let report = town.pack(1).await.run_where(|p| p.group == "rating" || p.group == "privacy").await;
    let point = points().iter().find(|p| p.id == "rating.second_refused").unwrap();

    let html = report.html().unwrap();
    for text in [&point.title.zh, &point.title.en, &point.remedy.zh, &point.remedy.en, &point.clause] {
        assert!(html.contains(text.as_str()), "{text}");
    }
    assert!(
        html.contains("HTTP 409, code already_rated, errorClass needs_human")
            && html.contains("HTTP 200, code ok")
    );
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("src="), "in one file");

    let junit = report.junit().unwrap();
    assert!(junit.starts_with("<?xml"));
    assert!(junit.contains("failures=\"1\"") && junit.contains("name=\"rating.second_refused\""));
    assert!(junit.contains("got: HTTP 200, code ok"));
    assert_eq!(junit.matches("<testcase ").count(), report.points.len());
    assert_eq!(junit.matches("<failure ").count(), 1);

    let line = report.points.iter().find(|p| p.point.id == point.id).unwrap().json();
    assert_eq!((&line["result"], &line["reason"]), (&"fail".into(), &serde_json::Value::Null));
    assert!(line["done"].as_array().is_some_and(|done| done.len() >= 3), "{line}");
}

/// The report is of a stranger's answers: what they say is text and nothing else.
#[test]
fn a_hostile_answer_is_shown_as_text() {
    use platform_client::sim::conformance::{Exchange, Finding, Outcome, PointReport, Report};
    let hostile = "\"><script>alert('&')</script>]]>";
    let finding = Finding { what: hostile.into(), expected: hostile.into(), got: hostile.into() };
    let exchange =
        Exchange { request: hostile.into(), result: hostile.into(), took: std::time::Duration::ZERO };
    let report = Report {
        url: hostile.into(),
        seed: 1,
        began: time::OffsetDateTime::UNIX_EPOCH,
        terminal: hostile.into(),
        points: vec![PointReport {
            point: &points()[0],
            outcome: Outcome::Fail(finding),
            exchanges: vec![exchange],
            took: std::time::Duration::ZERO,
        }],
    };
    for page in [report.html().unwrap(), report.junit().unwrap()] {
        assert!(!page.contains("<script>") && !page.contains("\"><script"), "{page}");
    }
}
