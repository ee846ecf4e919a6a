//! Events are typed by the numbers of linux/input-event-codes.h.

use super::*;

/// `EV_SYN SYN_REPORT`.
const REPORT: (u16, u16, i32) = (0, 0, 0);
/// Written for lost events, which the device tells of.
const LOST: (u16, u16, i32) = (0, 3, 0);

fn slot(value: i32) -> (u16, u16, i32) {
    (3, 0x2F, value)
}
fn x(value: i32) -> (u16, u16, i32) {
    (3, 0x35, value)
}
fn y(value: i32) -> (u16, u16, i32) {
    (3, 0x36, value)
}
fn tool(value: i32) -> (u16, u16, i32) {
    (3, 0x37, value)
}
fn tracking(value: i32) -> (u16, u16, i32) {
    (3, 0x39, value)
}
fn distance(value: i32) -> (u16, u16, i32) {
    (3, 0x3B, value)
}

fn at(x: f64, y: f64) -> Place {
    Place { x, y }
}
fn down(x: f64, y: f64) -> InputEvent {
    InputEvent::Down(at(x, y))
}
fn moved(x: f64, y: f64) -> InputEvent {
    InputEvent::Moved(at(x, y))
}
fn up(x: f64, y: f64) -> InputEvent {
    InputEvent::Up(at(x, y))
}
const CANCELLED: InputEvent = InputEvent::Cancelled;

/// Both axes go from 0 to 100.
fn check(way: Way, events: &[(u16, u16, i32)], expected: &[InputEvent]) {
    let axis = Axis::between(0, 100).unwrap();
    let mut contacts = Contacts::new(way, axis, axis);
    let mut told = Vec::new();
    for event in events {
        match *event {
            LOST => contacts.lost(&mut |event| told.push(event)),
            (kind, code, value) => contacts.event(kind, code, value, &mut |event| told.push(event)),
        }
    }
    assert_eq!(told, expected, "{events:?}");
}

#[test]
fn an_axis_has_an_extent() {
    assert!(Axis::between(0, 0).is_none() && Axis::between(5, 4).is_none());
    let part = |minimum, maximum, value| Axis::between(minimum, maximum).unwrap().part(value);
    for (minimum, maximum, value, expected) in [
        (0, 100, 25, 0.25),
        (-100, 100, 50, 0.75),
        (200, 3900, 200, 0.0),
        (200, 3900, 3900, 1.0),
        (200, 3900, 0, 0.0),
        (200, 3900, 4095, 1.0),
        (i32::MIN, i32::MAX, i32::MAX, 1.0),
        (i32::MIN, i32::MAX, i32::MIN, 0.0),
    ] {
        assert!((part(minimum, maximum, value) - expected).abs() < 1e-9, "{minimum} {maximum} {value}");
    }
}

/// The sequence of multi-touch-protocol.rst, with ABS_X, ABS_Y and BTN_TOUCH as the kernel adds them.
#[test]
fn a_finger_comes_moves_and_goes_once_a_report() {
    let events = [
        slot(0),
        tracking(45),
        x(10),
        y(20),
        (1, 0x14A, 1),
        (3, 0, 10),
        (3, 1, 20),
        REPORT,
        x(30),
        x(40),
        (3, 0, 40),
        REPORT,
        // A pressure alone.
        (3, 0x3A, 7),
        REPORT,
        y(50),
        REPORT,
        tracking(-1),
        (1, 0x14A, 0),
        REPORT,
        x(60),
        REPORT,
    ];
    check(Way::Slots, &events, &[down(0.1, 0.2), moved(0.4, 0.2), moved(0.4, 0.5), up(0.4, 0.5)]);
    check(Way::Slots, &events[..7], &[]);
}

/// The kernel does not say a value again that the slot has.
#[test]
fn a_finger_that_comes_to_a_place_of_before_is_there() {
    let events = [tracking(1), x(10), y(20), REPORT, tracking(-1), REPORT, tracking(2), y(30), REPORT];
    check(Way::Slots, &events, &[down(0.1, 0.2), up(0.1, 0.2), down(0.1, 0.3)]);
}

#[test]
fn others_are_nothing_until_the_first_is_lifted_and_begin_nothing_then() {
    let events = [
        tracking(1),
        x(10),
        y(10),
        REPORT,
        slot(1),
        tracking(2),
        x(90),
        y(90),
        REPORT,
        x(80),
        slot(0),
        x(20),
        REPORT,
        tracking(-1),
        REPORT,
        slot(1),
        x(70),
        REPORT,
        // A third begins anew while the second stays.
        slot(0),
        tracking(3),
        REPORT,
        slot(1),
        tracking(-1),
        REPORT,
        slot(0),
        x(30),
        REPORT,
        tracking(-1),
        REPORT,
    ];
    let expected =
        [down(0.1, 0.1), moved(0.2, 0.1), up(0.2, 0.1), down(0.2, 0.1), moved(0.3, 0.1), up(0.3, 0.1)];
    check(Way::Slots, &events, &expected);
    // Two at once: the lower slot.
    let events = [
        tracking(1),
        x(10),
        slot(1),
        tracking(2),
        x(20),
        REPORT,
        slot(0),
        tracking(-1),
        REPORT,
        x(5),
        REPORT,
    ];
    check(Way::Slots, &events, &[down(0.1, 0.0), up(0.1, 0.0)]);
    // One is lifted as another comes.
    let events = [tracking(1), REPORT, tracking(-1), slot(4), tracking(2), x(40), REPORT];
    check(Way::Slots, &events, &[down(0.0, 0.0), up(0.0, 0.0), down(0.4, 0.0)]);
}

#[test]
fn what_comes_and_goes_within_a_report_was_there() {
    let brief = [tracking(1), x(10), y(10), tracking(-1), REPORT];
    check(Way::Slots, &brief, &[down(0.1, 0.1), up(0.1, 0.1)]);
    // Lifted, and down again with another number, at another place.
    let again = [tracking(1), x(10), REPORT, tracking(2), x(50), REPORT];
    check(Way::Slots, &again, &[down(0.1, 0.0), up(0.1, 0.0), down(0.5, 0.0)]);
    let twice = [tracking(1), x(10), REPORT, tracking(-1), tracking(2), x(50), tracking(-1), REPORT];
    check(Way::Slots, &twice, &[down(0.1, 0.0), up(0.1, 0.0), down(0.5, 0.0), up(0.5, 0.0)]);
    // Beside one that is down it is nothing.
    let beside = [tracking(1), REPORT, slot(1), tracking(2), tracking(-1), REPORT];
    check(Way::Slots, &beside, &[down(0.0, 0.0)]);
    // A palm, or what only came near.
    check(Way::Slots, &[tracking(1), tool(2), tracking(-1), REPORT], &[]);
    check(Way::Slots, &[tracking(1), distance(1), tracking(-1), REPORT], &[]);
}

#[test]
fn a_palm_activates_nothing() {
    let grows = [
        tracking(1),
        x(10),
        REPORT,
        tool(2),
        x(20),
        REPORT,
        x(30),
        REPORT,
        tool(0),
        REPORT,
        tracking(-1),
        REPORT,
    ];
    check(Way::Slots, &grows, &[down(0.1, 0.0), CANCELLED]);
    let at_once = [tracking(1), REPORT, tool(2), tracking(-1), REPORT];
    check(Way::Slots, &at_once, &[down(0.0, 0.0), CANCELLED]);
    // It begins nothing, whatever it becomes; the next finger in its slot does.
    let begins = [tracking(1), tool(2), REPORT, tool(0), REPORT, tracking(-1), REPORT, tracking(2), REPORT];
    check(Way::Slots, &begins, &[down(0.0, 0.0)]);
    // The slot's tool outlives the contact.
    let stays =
        [tracking(1), tool(2), REPORT, tracking(-1), REPORT, tracking(2), REPORT, tracking(-1), REPORT];
    check(Way::Slots, &stays, &[]);
}

/// A screen of the class "Windows 8" tells of a finger before it touches.
#[test]
fn what_hovers_does_not_touch() {
    let events = [
        tracking(1),
        distance(1),
        x(10),
        REPORT,
        x(20),
        REPORT,
        distance(0),
        REPORT,
        distance(1),
        x(30),
        REPORT,
        distance(0),
        REPORT,
        tracking(-1),
        REPORT,
    ];
    check(Way::Slots, &events, &[down(0.2, 0.0), up(0.2, 0.0), down(0.3, 0.0), up(0.3, 0.0)]);
    check(Way::Slots, &[tracking(1), distance(1), REPORT, tracking(-1), REPORT], &[]);
}

#[test]
fn lost_events_cancel_and_what_stays_begins_nothing() {
    let events =
        [tracking(1), x(10), REPORT, LOST, REPORT, x(20), REPORT, tracking(-1), REPORT, tracking(2), REPORT];
    check(Way::Slots, &events, &[down(0.1, 0.0), CANCELLED, down(0.2, 0.0)]);
    check(Way::Slots, &[LOST, REPORT, tracking(-1), REPORT, LOST], &[]);
    // Lost before the report in which it was lifted, or came, was complete.
    check(Way::Slots, &[tracking(1), REPORT, tracking(-1), LOST, REPORT], &[down(0.0, 0.0), CANCELLED]);
    check(Way::Slots, &[tracking(1), LOST, REPORT, tracking(-1), REPORT], &[]);
    check(Way::Slots, &[tracking(1), tracking(-1), LOST, REPORT], &[]);
}

/// As the kernel of `cargo xtask guest` does while a device is unplugged, and any with slots when one is inhibited.
#[test]
fn what_the_kernel_releases_is_cancelled() {
    const BY_KERNEL: (u16, u16, i32) = (0, 0, 1);
    for button in [0x14A, 0x110] {
        let (press, release) = ((1, button, 1), (1, button, 0));
        let events = [(3, 0, 10), press, REPORT, release, BY_KERNEL, press, REPORT, release, REPORT];
        let expected = [down(0.1, 0.0), CANCELLED, down(0.1, 0.0), up(0.1, 0.0)];
        check(Way::Button(button), &events, &expected);
        // It repeats what is held, or ends a report that is too long: the finger stays.
        let stays = [press, REPORT, (1, button, 2), BY_KERNEL, (3, 0, 20), BY_KERNEL, release, REPORT];
        check(Way::Button(button), &stays, &[down(0.0, 0.0), moved(0.2, 0.0), up(0.2, 0.0)]);
    }
    let slots = [tracking(1), REPORT, tracking(-1), (1, 0x14A, 0), BY_KERNEL, tracking(2), REPORT];
    check(Way::Slots, &slots, &[down(0.0, 0.0), CANCELLED, down(0.0, 0.0)]);
}

#[test]
fn slots_that_are_not_there_are_nothing() {
    for none in [-1, 64, i32::MAX] {
        check(Way::Slots, &[slot(none), tracking(1), x(10), REPORT, tracking(-1), REPORT], &[]);
    }
    check(Way::Slots, &[slot(63), tracking(1), x(10), REPORT], &[down(0.1, 0.0)]);
}

#[test]
fn one_place_and_a_button_are_a_finger() {
    for button in [0x14A, 0x110] {
        let way = Way::Button(button);
        let (press, release) = ((1, button, 1), (1, button, 0));
        // It hovers first, and is lifted with a place that is a resistive screen's last tremble.
        let events = [
            (3, 0, 5),
            (3, 1, 5),
            REPORT,
            press,
            (3, 0, 10),
            REPORT,
            (3, 1, 20),
            REPORT,
            (1, button, 2),
            // The right button, and a wheel.
            (1, 0x111, 1),
            (2, 8, 1),
            REPORT,
            release,
            (3, 0, 90),
            REPORT,
            (3, 0, 95),
            REPORT,
        ];
        check(way, &events, &[down(0.1, 0.05), moved(0.1, 0.2), up(0.1, 0.2)]);
        check(way, &[(3, 0, 10), press, release, REPORT], &[down(0.1, 0.0), up(0.1, 0.0)]);
        check(
            way,
            &[press, REPORT, LOST, (1, button, 2), REPORT, release, REPORT, press, REPORT],
            &[down(0.0, 0.0), CANCELLED, down(0.0, 0.0)],
        );
    }
    // Slots say nothing to a device without them.
    check(Way::Button(0x14A), &[tracking(1), x(10), REPORT, (1, 0x110, 1), REPORT], &[]);
}
