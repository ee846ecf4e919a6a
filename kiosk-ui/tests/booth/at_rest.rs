//! A page that stands there unchanged costs nothing, day and night: only its clock is painted, once a minute.

use domain::session::event::EventKind;
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
        booth.terminal().second();
        painted += u32::from(booth.stage().paint());
    }
    assert_eq!(booth.page(), Page::Idle);
    assert!(painted <= 1, "painted in {painted} of {SECONDS} seconds");
}
