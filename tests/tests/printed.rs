//! Paper is never reported as printed when it is not, and what was done is done all the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::Visit;

#[track_caller]
fn check(fault: &str, paper: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["--item", "pension-certification"];
    if !fault.is_empty() {
        arguments.extend(["--fault", fault]);
    }
    let visit = Visit::play(folder.path(), &arguments);
    assert_eq!(visit.outcome(), "accepted", "{fault}");
    let told: Vec<String> =
        visit.journal().iter().filter_map(|line| line["paper"].as_str().map(str::to_owned)).collect();
    assert_eq!(told, [paper], "{fault}");
}

#[test]
fn a_whole_paper_is_printed() {
    check("", "printed");
}

#[test]
fn a_roll_that_ends_midway_is_not_printed() {
    check("printer.paper_out@line3", "not_printed");
}

#[test]
fn a_cover_opened_midway_is_not_printed() {
    check("printer.cover_open@line5", "not_printed");
}

#[test]
fn a_printer_that_loses_its_power_is_not_said_to_have_printed() {
    check("printer.no_answer@line3", "unknown");
}

/// The issuer's certificate, on the document printer: what its journal says, and whether a document came out.
#[track_caller]
fn check_certificate(fault: &str, paper: &str, came: bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["--item", "participation-certificate"];
    if !fault.is_empty() {
        arguments.extend(["--fault", fault]);
    }
    let visit = Visit::play(folder.path(), &arguments);
    assert_eq!(visit.outcome(), "served", "{fault}");
    let told: Vec<String> =
        visit.journal().iter().filter_map(|line| line["paper"].as_str().map(str::to_owned)).collect();
    assert_eq!(told, [paper], "{fault}");
    let document = std::fs::read(folder.path().join("document-1.pdf"));
    assert_eq!(document.is_ok_and(|bytes| bytes.starts_with(b"%PDF-")), came, "{fault}: {:?}", visit.files());
}

#[test]
fn a_certificate_is_printed_as_its_issuer_made_it() {
    check_certificate("", "printed", true);
}

#[test]
fn a_certificate_whose_paper_runs_out_is_not_printed() {
    check_certificate("document_printer.paper_out@page1", "not_printed", false);
}

#[test]
fn a_certificate_that_a_printer_only_claims_is_not_said_to_be_printed() {
    check_certificate("document_printer.claims_completed", "unknown", false);
}

#[test]
fn a_printer_without_pdf_is_asked_for_no_certificate() {
    check_certificate("document_printer.no_pdf", "not_printed", false);
}

#[test]
fn the_slip_of_a_booking_says_what_was_booked() {
    let folder = tempfile::tempdir().unwrap();
    let time = ["--time", "2026-11-24T10:24:00+08:00"];
    let visit = Visit::play(folder.path(), &[&["--item", "meal-booking"][..], &time].concat());
    let text = visit.paper_text(1);
    for told in ["青泉社区老年食堂", "2026年11月25日", "午餐", "1 份", "在食堂吃"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("助餐补贴"), "what is not marked for paper stays off it: {text}");
}

#[test]
fn a_list_is_printed_of_the_kind_that_was_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let visit = Visit::play(folder.path(), &["--item", "convenience-directory", "--card", "none"]);
    let text = visit.paper_text(1);
    let kinds: Vec<&str> =
        ["买菜买粮", "药店", "修理", "养老服务", "洗衣缝补", "理发", "家政", "快递", "托育", "废品回收"]
            .into_iter()
            .filter(|kind| text.contains(kind))
            .collect();
    assert_eq!(kinds.len(), 1, "{kinds:?}: {text}");
}
