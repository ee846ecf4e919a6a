//! Lights that are asked for are lit, contacts are heard, and a board that goes away and comes back changes nothing.

use super::{until, wait};
use domain::device::{Cause, DeviceState, Lights, PowerSource, Presence, TerminalDevice};
use domain::session::event::DeviceEvent;
use drivers::io_board::{Contact, Light, Pin, Wiring};
use drivers::sim::io_board::{Input, IoBoardFault, SimulatedIoBoard};
use kiosk_ui::device::Watch;
use kiosk_ui::device::io_board::IoBoardDesk;
use kiosk_ui::inbox::Inbox;

struct Stand {
    board: SimulatedIoBoard,
    desk: IoBoardDesk,
    watch: Watch,
    inbox: Inbox,
}

impl Stand {
    fn new() -> Self {
        let board = SimulatedIoBoard::start(None).unwrap();
        board.set(Input::Presence, true);
        let (inbox, post) = Inbox::new(|| {});
        let watch = Watch::start(post).unwrap();
        let pin = |number| Pin { number, inverted: false };
        let wiring = Wiring::default()
            .with_light(Light::CardArea, pin(0))
            .with_light(Light::PaperExit, pin(1))
            .with_contact(Contact::Presence, pin(0))
            .with_contact(Contact::DoorOpen, pin(1))
            .with_contact(Contact::OnBattery, pin(2))
            .with_contact(Contact::BatteryLow, pin(3));
        let desk = IoBoardDesk::start(board.port().parse().unwrap(), wiring, &watch).unwrap();
        Self { board, desk, watch, inbox }
    }

    fn presence(&self) -> Presence {
        wait(&self.inbox, |event| match event {
            DeviceEvent::Presence(presence) => Some(presence),
            _ => None,
        })
    }

    fn power(&self) -> PowerSource {
        wait(&self.inbox, |event| match event {
            DeviceEvent::Power(source) => Some(source),
            _ => None,
        })
    }

    fn cause(&self) -> Option<Cause> {
        let conditions = self.watch.conditions();
        conditions.iter().find(|c| c.device == TerminalDevice::IoBoard).and_then(|c| c.cause)
    }
}

#[test]
fn lights_follow_the_visit_and_go_out_with_the_program() {
    let stand = Stand::new();
    assert_eq!(stand.presence(), Presence::Present);
    stand.desk.set(Lights { card_area: true, paper_exit: false });
    until("the card's light", || stand.board.relays()[..2] == [true, false]);
    stand.desk.set(Lights { card_area: false, paper_exit: true });
    until("the paper's light", || stand.board.relays()[..2] == [false, true]);
    let Stand { board, desk, .. } = stand;
    drop(desk);
    until("no light", || board.relays()[..2] == [false, false]);
}

#[test]
fn who_comes_and_goes_is_told_once_each() {
    let stand = Stand::new();
    assert_eq!(stand.presence(), Presence::Present);
    stand.board.set(Input::Presence, false);
    assert_eq!(stand.presence(), Presence::NotPresent);
    // A sensor that is away sends nobody away.
    stand.board.set_fault(Some(IoBoardFault::Silent));
    assert_eq!(stand.presence(), Presence::Present);
    until("it is said to be away", || stand.cause() == Some(Cause::NoAnswer));
    stand.desk.set(Lights { card_area: true, paper_exit: false });
    stand.board.set_fault(None);
    assert_eq!(stand.presence(), Presence::NotPresent, "it is back");
    until("what was asked meanwhile is lit", || stand.board.relays()[0]);
    until("it is well", || stand.cause().is_none());
}

#[test]
fn a_power_cut_is_told_as_it_goes_on() {
    let stand = Stand::new();
    assert_eq!(stand.power(), PowerSource::Mains);
    stand.board.set(Input::OnBattery, true);
    assert_eq!(stand.power(), PowerSource::Battery);
    stand.board.set(Input::BatteryLow, true);
    assert_eq!(stand.power(), PowerSource::BatteryLow);
    until("a technician reads why", || stand.cause() == Some(Cause::BatteryLow));
    stand.board.set(Input::BatteryLow, false);
    stand.board.set(Input::OnBattery, false);
    while stand.power() != PowerSource::Mains {}
    stand.board.set(Input::Door, true);
    until("an open door", || stand.cause() == Some(Cause::DoorOpen));
    let states = stand.watch.conditions();
    assert!(states.iter().any(|c| c.state == DeviceState::PotentialFraud), "{states:?}");
}
