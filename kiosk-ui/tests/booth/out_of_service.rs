//! The page that says why nothing is served is everybody's: a language that was chosen goes, on the screen too.

use domain::device::PowerSource;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{DeviceEvent, EventKind, Tap};
use domain::session::page::Page;
use kiosk_ui::headless::{Booth, BoothOptions};
use kiosk_ui::screens::OutOfServiceAdapter;
use slint::ComponentHandle as _;

#[test]
fn a_language_that_was_chosen_is_taken_back_before_the_next_one_comes() {
    let folder = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions::usual(folder.path())).unwrap();
    let says = || booth.terminal().window().global::<OutOfServiceAdapter<'_>>().get_reason();
    let why = |locale| M::OutOfServicePower.text(locale);
    booth.happen(EventKind::Device(DeviceEvent::Power(PowerSource::BatteryLow)));
    assert_eq!((booth.page(), says().as_str()), (Page::OutOfService, why(Locale::ZhCn)));
    booth.happen(EventKind::Tap(Tap::Language(Locale::En)));
    assert_eq!(says(), why(Locale::En));
    for _ in 0..61 {
        booth.pass_second();
    }
    assert_eq!((booth.page(), says().as_str()), (Page::OutOfService, why(Locale::ZhCn)));
}
