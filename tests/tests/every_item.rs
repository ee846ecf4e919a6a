//! Every item is done by touch alone, in both languages and both sizes of type.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::Visit;

#[track_caller]
fn check(item: &str, card: &str, outcome: &str) {
    for (locale, mode) in [("zh-CN", "large"), ("en", "standard")] {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["--item", item, "--card", card, "--locale", locale, "--mode", mode];
        let visit = Visit::play(folder.path(), &arguments);
        assert_eq!(visit.outcome(), outcome, "{item} {locale} {mode}: {}", visit.last_line());
        let files = visit.files();
        assert!(files.iter().any(|name| name == "01-idle.png"), "{files:?}");
        let sheets = files.iter().filter(|name| name.starts_with("paper-") && name.ends_with(".bin")).count();
        let is_certificate = item == "participation-certificate";
        assert_eq!(sheets, usize::from(!is_certificate), "{files:?}");
        assert_eq!(files.contains(&"document-1.pdf".to_owned()), is_certificate, "{files:?}");
        let numbered = visit.last_line();
        assert_eq!(numbered["case_number"].is_string(), outcome == "accepted", "{numbered}");
    }
}

#[test]
fn pension_certification() {
    check("pension-certification", "resident", "accepted");
}

#[test]
fn participation_certificate() {
    check("participation-certificate", "resident", "served");
}

#[test]
fn old_age_allowance() {
    check("old-age-allowance", "resident", "received");
}

#[test]
fn disability_subsidies() {
    check("disability-subsidies", "private_use_name", "received");
}

#[test]
fn appeal() {
    check("appeal-12345", "resident", "received");
}

#[test]
fn meal_booking() {
    check("meal-booking", "resident", "accepted");
}

#[test]
fn convenience_directory() {
    check("convenience-directory", "none", "served");
}
