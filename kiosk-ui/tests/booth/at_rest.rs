//! A page that stands there unchanged costs nothing, day and night: only its clock is painted, once a minute, alone, and what is new.

use domain::session::event::{EventKind, Notice, TerminalEvent};
use domain::session::page::Page;
use kiosk_ui::headless::{Booth, BoothOptions};
use std::time::Duration;

/// Two minutes: the clock goes on in them twice.
const SECONDS: u32 = 120;

#[test]
fn a_page_at_rest_is_not_painted() {
    let folder = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
    for _ in 0..3 {
        booth.pass_second();
    }
    booth.stage().settle();
    booth.stage().paint();
    let mut heights = Vec::new();
    for _ in 0..SECONDS {
        booth.rig().forward(Duration::from_secs(1));
        booth.happen(EventKind::Tick);
        // What province and agent say every few seconds.
        for event in heard_again(&booth) {
            booth.happen(EventKind::Terminal(event));
        }
        booth.terminal().second();
        heights.extend(booth.stage().paint().map(|size| size.height));
    }
    assert_eq!(booth.page(), Page::Idle);
    // The toolkit knows where everything is from the second frame on: the first minute has the whole page painted.
    let [_, band] = heights[..] else {
        panic!("painted {} times in {SECONDS} seconds", heights.len());
    };
    let whole = booth.stage().picture().height();
    assert!(0 < band && band < whole / 8, "a minute has {band} lines of {whole} painted");
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
    assert!(booth.stage().paint().is_some());
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
