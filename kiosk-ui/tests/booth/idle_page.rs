//! The first page promises what can be done now, and no more.

use domain::device::DeviceState;
use drivers::sim::fault::Fault;
use drivers::sim::id_card::CardFault;
use kiosk_ui::headless::{Booth, BoothOptions};
use kiosk_ui::rig::RigFault;
use kiosk_ui::screens::IdleAdapter;
use slint::ComponentHandle as _;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn a_card_is_not_asked_for_where_none_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
    let promised = || booth.terminal().window().global::<IdleAdapter<'_>>().get_cards();
    assert!(promised());
    booth.rig().inject(RigFault::Device(Fault::Card(CardFault::Silent))).unwrap();
    let reader = || booth.terminal().shell().session().facts().devices.id_card_reader;
    let until = Instant::now() + LIMIT;
    while reader() == DeviceState::Online {
        assert!(Instant::now() < until, "nobody saw that the reader is silent");
        booth.wait_event(Duration::from_millis(200));
    }
    assert!(!promised());
}
