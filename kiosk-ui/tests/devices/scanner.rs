//! A code counts while a page asks for one; what is held to the scanner at other times is read and dropped.

use super::wait;
use domain::device::{DeviceClass, DeviceState};
use domain::session::event::{DeviceEvent, EventKind};
use drivers::sim::code_scanner::{SimScanner, Suffix};
use kiosk_ui::device::Watch;
use kiosk_ui::device::scanner::{Scanner, Wanted};
use kiosk_ui::inbox::Inbox;
use std::time::{Duration, Instant};

#[test]
fn a_code_counts_while_it_is_asked_for() {
    let scanner = SimScanner::open().unwrap();
    let (inbox, post) = Inbox::new(|| {});
    let watch = Watch::start(post).unwrap();
    let port = format!("serial:{}", scanner.path().display()).parse().unwrap();
    let desk = Scanner::start(port, &watch).unwrap();
    let state = |wanted| {
        wait(&inbox, |event| match event {
            DeviceEvent::State(DeviceClass::CodeScanner, state) if state == wanted => Some(()),
            _ => None,
        });
    };
    state(DeviceState::Online);
    scanner.read_code(b"yilin-app:1:nobody-asked", Suffix::CrLf).unwrap();
    let quiet = Instant::now() + Duration::from_secs(2);
    while let Some(event) = inbox.wait(quiet.saturating_duration_since(Instant::now())) {
        assert!(!matches!(event, EventKind::Device(DeviceEvent::CodeRead(_))), "nobody asked");
    }
    desk.set(Wanted::Yes);
    std::thread::sleep(Duration::from_secs(1));
    scanner.read_code(b"yilin-app:1:0123456789abcdef", Suffix::CrLf).unwrap();
    let code = wait(&inbox, |event| match event {
        DeviceEvent::CodeRead(code) => Some(code),
        _ => None,
    });
    assert_eq!(code.reveal(), "yilin-app:1:0123456789abcdef");
    drop(scanner);
    state(DeviceState::Offline);
}
