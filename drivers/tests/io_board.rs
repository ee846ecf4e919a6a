//! Lights, contacts, power supply and loudspeaker: the drivers against simulators and against programs of others.
#![cfg(feature = "sim")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on shows where, or says that it does not"
)]

mod peer;

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::device::Cause;
use drivers::io_board::modbus::ModbusBoard;
use drivers::io_board::{Contact, IoBoard as _, Light, Lit, Pin, Wiring};
use drivers::power_supply;
use drivers::sim::io_board::{Input, IoBoardFault, SimulatedIoBoard};
use drivers::speaker::Speaker;
use drivers::transport::PortAddress;

fn pin(number: u16) -> Pin {
    Pin { number, inverted: false }
}

fn wiring() -> Wiring {
    Wiring::default()
        .with_light(Light::CardArea, pin(0))
        .with_light(Light::PaperExit, pin(1))
        .with_contact(Contact::Presence, pin(0))
        .with_contact(Contact::DoorOpen, pin(1))
        .with_contact(Contact::OnBattery, pin(2))
        .with_contact(Contact::BatteryLow, pin(3))
}

fn open(board: &SimulatedIoBoard, wiring: Wiring) -> ModbusBoard {
    ModbusBoard::open(&board.port().parse().unwrap(), wiring).unwrap()
}

#[test]
fn lights_are_lit_and_contacts_are_read() {
    let device = SimulatedIoBoard::start(None).unwrap();
    let mut board = open(&device, wiring());
    let seen = |board: &mut ModbusBoard| Contact::ALL.map(|c| board.contacts().unwrap().is(c).unwrap());
    assert_eq!(seen(&mut board), [false; 4]);
    device.set(Input::Presence, true);
    device.set(Input::OnBattery, true);
    assert_eq!(seen(&mut board), [true, false, true, false]);
    assert_eq!(board.contacts().unwrap().cause(), Some(Cause::OnBattery));

    board.light(Light::PaperExit, Lit::On).unwrap();
    assert_eq!(device.relays()[..2], [false, true]);
    board.light(Light::PaperExit, Lit::Off).unwrap();
    assert_eq!(device.relays(), [false; 8]);
    board.write_coils(2, &[true, true, false, true]).unwrap();
    assert_eq!(board.read_coils(0, 8).unwrap(), [false, false, true, true, false, true, false, false]);
    assert_eq!(board.disturbed(), 0);
}

#[test]
fn what_is_wired_the_other_way_round_is_turned_and_what_is_not_wired_is_not_known() {
    let device = SimulatedIoBoard::start(None).unwrap();
    let turned = |number| Pin { number, inverted: true };
    let wiring =
        Wiring::default().with_contact(Contact::DoorOpen, turned(1)).with_light(Light::CardArea, turned(0));
    let mut board = open(&device, wiring);
    let contacts = board.contacts().unwrap();
    assert_eq!((contacts.is(Contact::DoorOpen), contacts.is(Contact::Presence)), (Some(true), None));
    board.light(Light::CardArea, Lit::Off).unwrap();
    assert!(device.relays()[0]);
    board.light(Light::PaperExit, Lit::On).unwrap();
    assert!(!device.relays()[1], "nothing is wired there");
}

#[test]
fn a_lost_or_garbled_answer_is_asked_for_again_once() {
    for (fault, disturbed, cause) in [
        (IoBoardFault::LostOnce, 1, None),
        (IoBoardFault::ChecksumOnce, 1, None),
        (IoBoardFault::Silent, 1, Some(Cause::NoAnswer)),
        (IoBoardFault::Checksum, 1, Some(Cause::BadLine)),
        (IoBoardFault::WrongUnit, 1, Some(Cause::BadLine)),
        (IoBoardFault::Refused, 0, Some(Cause::Refused)),
        (IoBoardFault::Unplugged, 0, Some(Cause::Unplugged)),
    ] {
        let device = SimulatedIoBoard::start(Some(fault)).unwrap();
        let mut board = open(&device, wiring());
        let begun = Instant::now();
        let got = board.light(Light::CardArea, Lit::On);
        assert_eq!(got.err().map(|error| error.cause()), cause, "{fault:?}");
        assert_eq!(board.disturbed(), disturbed, "{fault:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{fault:?}");
        assert_eq!(
            device.relays()[0],
            cause.is_none() || matches!(fault, IoBoardFault::Checksum | IoBoardFault::WrongUnit)
        );
    }
}

fn peer(path: &str, package: &str) -> bool {
    peer::is_there(path, package, Path::new(path).exists())
}

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// Debian's own service with its driver that plays a file: what it says, our driver understands.
#[test]
fn the_service_of_network_ups_tools_is_understood() {
    if !peer("/lib/nut/upsd", "nut-server") || !peer("/lib/nut/dummy-ups", "nut-server") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let write = |name: &str, text: &str| std::fs::write(path.join(name), text).unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    write("ups.conf", "[ups]\ndriver = dummy-ups\nport = played.dev\nmode = dummy-loop\n");
    write("upsd.conf", &format!("LISTEN 127.0.0.1 {free}\n"));
    write("upsd.users", "");
    write("nut.conf", "MODE=standalone\n");
    write("played.dev", "ups.status: OL\nbattery.charge: 97\nbattery.runtime: 1200\nTIMER 600\n");
    let start = |program: &str, arguments: &[&str]| {
        let child = Command::new(program)
            .args(arguments)
            .env("NUT_CONFPATH", path)
            .env("NUT_STATEPATH", path)
            .env("NUT_ALTPIDPATH", path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Running(child)
    };
    let driver = start("/lib/nut/dummy-ups", &["-a", "ups", "-F", "-u", "root"]);
    let _service = start("/lib/nut/upsd", &["-F", "-u", "root"]);
    let address: PortAddress = format!("nut:ups@127.0.0.1:{free}").parse().unwrap();
    let ready = |wanted: &dyn Fn() -> bool, what: &str| {
        let until = Instant::now() + Duration::from_secs(30);
        while !wanted() {
            assert!(Instant::now() < until, "{what}: {:?}", power_supply::status(&address));
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    ready(&|| TcpStream::connect(("127.0.0.1", free)).is_ok(), "the service listens");
    // The driver plays its file line by line.
    let is_known = || power_supply::status(&address).is_ok_and(|status| status.runtime_seconds.is_some());
    ready(&is_known, "the service has its device");
    let status = power_supply::status(&address).unwrap();
    assert_eq!((status.cause(), status.charge_percent, status.runtime_seconds), (None, Some(97), Some(1200)));
    let other: PortAddress = format!("nut:other@127.0.0.1:{free}").parse().unwrap();
    assert_eq!(power_supply::status(&other).unwrap_err().cause(), Cause::UnknownName);
    drop(driver);
    ready(
        &|| power_supply::status(&address).is_err_and(|e| e.cause() == Cause::DataStale),
        "its driver has gone",
    );
}

/// Without a sound card, alsa-utils says so, and our driver says what that means.
#[test]
fn a_machine_without_the_control_has_no_mixer() {
    if !peer(drivers::speaker::AMIXER, "alsa-utils") {
        return;
    }
    let speaker = Speaker::new(&"alsa:31/No such control".parse().unwrap()).unwrap();
    assert_eq!(speaker.volume().unwrap_err().cause(), Cause::NoMixer);
    assert_eq!(speaker.set(50).unwrap_err().cause(), Cause::NoMixer);
}
