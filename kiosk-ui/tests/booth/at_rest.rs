//! A page that stands there unchanged costs nothing, day and night: only its clock is painted, once a minute, and what is new.

use domain::session::event::{EventKind, Notice, TerminalEvent};
use domain::session::page::Page;
use kiosk_ui::headless::{Booth, BoothOptions};
use std::time::Duration;

/// Half a minute: the clock goes on in it at most once.
const SECONDS: u32 = 30;

#[test]
fn a_page_at_rest_is_not_painted() {
    let folder = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
    for _ in 0..3 {
        booth.pass_second();
    }
    booth.stage().settle();
    booth.stage().paint();
    let mut painted = 0;
    for _ in 0..SECONDS {
        booth.rig().forward(Duration::from_secs(1));
        booth.happen(EventKind::Tick);
        // What province and agent say every few seconds.
        for event in heard_again(&booth) {
            booth.happen(EventKind::Terminal(event));
        }
        booth.terminal().second();
        painted += u32::from(booth.stage().paint());
    }
    assert_eq!(booth.page(), Page::Idle);
    assert!(painted <= 1, "painted in {painted} of {SECONDS} seconds");
}

#[test]
fn news_is_painted_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
    booth.stage().settle();
    booth.stage().paint();
    let mut notices = notices(&booth);
    let gone = notices.pop();
    assert!(gone.is_some(), "the province has notices");
    booth.happen(EventKind::Terminal(TerminalEvent::Notices(notices)));
    assert!(booth.stage().paint());
}

fn notices(booth: &Booth) -> Vec<Notice> {
    booth.terminal().shell().session().facts().notices.clone()
}

fn heard_again(booth: &Booth) -> Vec<TerminalEvent> {
    let shell = booth.terminal().shell();
    let facts = shell.session().facts();
    vec![
        TerminalEvent::Network(facts.network),
        TerminalEvent::CatalogueCurrent(facts.now),
        TerminalEvent::Notices(facts.notices.clone()),
        TerminalEvent::Warning(facts.warning.clone()),
        TerminalEvent::DeskReachable(facts.desk),
        TerminalEvent::StillThereAfter(facts.still_there_after),
    ]
}
