//! A technician's five crosses, and the work of the night.

use super::{booth, sign_in, touch};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::EventKind;
use domain::session::page::Page;
use kiosk_ui::touch::CROSSES;
use platform_client::sim::StaffDuty;
use std::time::Duration;
use time::macros::datetime;

#[test]
fn five_crosses_calibrate_the_touch_screen_and_the_program_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    let booth = booth(folder.path(), None);
    sign_in(&booth, StaffDuty::Technician, Page::Technician);
    touch(&booth, M::TechnicianCalibration.text(Locale::ZhCn));
    let calibrate = |shift: f32| {
        touch(&booth, M::TechnicianTouch.text(Locale::ZhCn));
        for (x, y) in CROSSES {
            booth.stage().tap(x * 1080.0 + shift, y * 1920.0);
            booth.stage().settle();
        }
    };
    let kept = folder.path().join("touch-calibration");
    // A finger that slips on one cross.
    touch(&booth, M::TechnicianTouch.text(Locale::ZhCn));
    for (index, (x, y)) in CROSSES.into_iter().enumerate() {
        let slip = if index == 2 { 300.0 } else { 0.0 };
        booth.stage().tap(x * 1080.0 + slip, y * 1920.0);
        booth.stage().settle();
    }
    assert!(!kept.exists());
    calibrate(54.0);
    let numbers = std::fs::read_to_string(&kept).unwrap();
    let numbers: Vec<f64> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let wanted = [1.0, 0.0, -0.05, 0.0, 1.0, 0.0];
    let near = numbers.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 0.002);
    assert!(near, "{numbers:?}");
    assert!(!booth.terminal().wants_restart(), "what the page says is read first");
    for _ in 0..4 {
        booth.pass_second();
        booth.terminal().second();
    }
    assert!(booth.terminal().wants_restart());
}

#[test]
fn in_the_night_the_devices_are_tried_and_a_looked_after_program_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    let booth = booth(folder.path(), None);
    booth.terminal().is_looked_after();
    let night = |hours: u64| {
        booth.rig().forward(Duration::from_secs(hours * 3600));
        booth.happen(EventKind::Tick);
        booth.terminal().second();
    };
    let tested = || booth.terminal().shell().session().facts().self_test.map(|test| test.at);
    night(0);
    assert_eq!(tested(), None, "10:24 is no time for it");
    // 02:24.
    night(16);
    assert_eq!(tested(), Some(datetime!(2026-11-25 02:24 +8)));
    assert!(!booth.terminal().wants_restart(), "first one, then the other");
    booth.terminal().second();
    assert!(booth.terminal().wants_restart());
}
