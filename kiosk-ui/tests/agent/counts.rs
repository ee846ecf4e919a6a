//! What is counted and sent: paper of the roll, where people stop.

use super::{Agent, CARE, Kiosk, LIMIT, booth, sign_in};
use domain::session::event::{EventKind, Tap, Upkeep};
use domain::session::page::Page;
use fleet_api::event::Stop;
use fleet_api::ui::{Answer, Ask, FromScreen};
use kiosk_ui::agent::AgentAddress;
use kiosk_ui::headless::Walk;
use platform_client::sim::StaffDuty;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};
use time::macros::datetime;

#[test]
fn paper_is_counted_until_the_roll_is_changed() {
    let kiosk = Kiosk::start();
    let paper = |wanted: &dyn Fn(u64) -> bool| {
        kiosk.hear(|word| match word {
            FromScreen::Health(health) => {
                let printer = health.devices.iter().find(|device| device.device == "receipt_printer");
                assert_eq!(printer.and_then(|p| p.model.as_deref()), Some("Epson-like, 80 mm"), "{health:?}");
                let supply = health.supplies.into_iter().find(|supply| supply.supply == "receipt_paper");
                supply.and_then(|supply| supply.used_total).filter(|used| wanted(*used))
            }
            _ => {
                kiosk.booth.happen(EventKind::Tick);
                None
            }
        })
    };
    assert_eq!(paper(&|_| true), 0);
    assert_eq!(kiosk.ask(1, Ask::TestPrint), Answer::Done);
    let kept = kiosk.folder.path().join("paper-count.json");
    let until = Instant::now() + LIMIT;
    while !kept.exists() {
        assert!(Instant::now() < until, "no paper was counted");
        std::thread::sleep(Duration::from_millis(50));
    }
    kiosk.booth.rig().forward(Duration::from_secs(31));
    kiosk.booth.happen(EventKind::Tick);
    let used = paper(&|used| used > 0);
    assert!((50..500).contains(&used), "a test page of {used} mm");
    let of_roll = || {
        let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&kept).unwrap()).unwrap();
        (kept["total_mm"].as_u64(), kept["of_roll_mm"].as_u64())
    };
    assert_eq!(of_roll(), (Some(used), Some(used)));
    sign_in(&kiosk.booth, StaffDuty::Keeper, Page::Keeper);
    kiosk.tap(Tap::Upkeep(Upkeep::RollChanged));
    assert_eq!(of_roll(), (Some(used), Some(0)), "the forecast goes on, the roll is new");
}

#[test]
fn where_people_stop_is_counted_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    // A thread has one window in its life.
    let data = folder.path().to_owned();
    let first = std::thread::spawn(move || {
        let booth = booth(&data, None);
        let walk = Walk::new(&booth);
        walk.begin(CARE);
        walk.tap(Tap::Back);
        walk.tap(Tap::Help);
        walk.tap(Tap::Close);
        walk.leave().unwrap();
    });
    first.join().unwrap();
    let socket = folder.path().join("agent.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let user = folder.path().metadata().unwrap().uid();
    let booth = booth(folder.path(), Some(AgentAddress { socket, user }));
    let agent = Agent::on(&listener);
    let kiosk = Kiosk { booth, agent, folder };
    kiosk.health();
    kiosk.booth.rig().forward(Duration::from_secs(3600));
    kiosk.booth.happen(EventKind::Tick);
    let (hour, counts) = kiosk.hear(|word| match word {
        FromScreen::Stops { hour, counts } => Some((hour, counts)),
        _ => None,
    });
    assert_eq!(hour, datetime!(2026-11-24 10:00 +8).unix_timestamp());
    let count = |page: Page, stop: Stop| {
        let of = counts.iter().filter(|count| count.page == page.name() && count.stop == stop);
        of.map(|count| count.count).sum::<u32>()
    };
    assert_eq!(count(Page::Guide, Stop::Shown), 2, "{counts:?}");
    assert_eq!(count(Page::Help, Stop::Shown), 1, "{counts:?}");
    assert_eq!(
        counts.iter().filter(|count| count.stop == Stop::Help).map(|count| count.count).sum::<u32>(),
        1
    );
    assert_eq!(
        counts.iter().filter(|count| count.stop == Stop::Back).map(|count| count.count).sum::<u32>(),
        1
    );
    assert_eq!(
        counts.iter().filter(|count| count.stop == Stop::Left).map(|count| count.count).sum::<u32>(),
        1
    );
    assert!(counts.iter().all(|count| count.mode == "standard"));
}
