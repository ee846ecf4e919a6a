//! Touch screens, a pointer, keypads and a mouse that the kernel's uinput makes, read through its evdev.

use drivers::touch_screen::{How, InputDevices, InputEvent, InputKey, Place, Pressed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::path::Path;
use std::time::{Duration, Instant};

use super::uinput::{Plan, Played};

const SOON: Duration = Duration::from_secs(30);
const FOLDER: &str = "/dev/input";

/// An event by the numbers of linux/input-event-codes.h.
type Said = (u16, u16, i32);
const REPORT: Said = (0, 0, 0);
const CANCELLED: InputEvent = InputEvent::Cancelled;
/// The greatest value of the screens' axes.
const FULL: i32 = 4095;
const SCREEN: Plan<'_> = Plan {
    name: "played screen",
    // INPUT_PROP_DIRECT; EV_KEY, EV_ABS; BTN_TOUCH.
    properties: &[1],
    kinds: &[1, 3],
    keys: &[0x14A],
    relative: &[],
    // ABS_X, ABS_Y; ABS_MT_SLOT, ABS_MT_POSITION_X, ABS_MT_POSITION_Y, ABS_MT_TOOL_TYPE, ABS_MT_TRACKING_ID.
    axes: &[
        (0, 0, FULL),
        (1, 0, FULL),
        (0x2F, 0, 9),
        (0x35, 0, FULL),
        (0x36, 0, FULL),
        (0x37, 0, 15),
        (0x39, 0, 65535),
    ],
};
/// The least and the greatest value of the pointer's axes.
const POINTER_X: [i32; 2] = [-500, 1500];
const POINTER_Y: [i32; 2] = [200, 3900];

pub(crate) fn prove() {
    let mut terminal = Terminal::watching();
    fingers(&mut terminal);
    palm(&mut terminal);
    lost_events(&mut terminal);
    pointer(&mut terminal);
    keypad(&mut terminal);
    mouse(&mut terminal);
    unplugged(&mut terminal);
    unplugged_while_it_is_read(&mut terminal);
    there_before();
}

/// Who reads the devices as a terminal does.
struct Terminal {
    devices: InputDevices,
}

impl Terminal {
    fn watching() -> Self {
        Self { devices: InputDevices::watch(Path::new(FOLDER)).unwrap() }
    }

    /// Whether there is something to do, or will be within a time.
    fn has_to_do(&self, within: Duration) -> bool {
        let within = Timespec::try_from(within).unwrap();
        poll(&mut [PollFd::new(&self.devices, PollFlags::IN)], Some(&within)).unwrap() == 1
    }

    /// What is told up to the last of so many, and what is there then: uinput hands on what is written before the write ends.
    fn told(&mut self, count: usize) -> Vec<InputEvent> {
        let end = Instant::now() + SOON;
        let mut told = Vec::new();
        loop {
            let wait = if told.len() < count {
                end.saturating_duration_since(Instant::now())
            } else {
                Duration::ZERO
            };
            if !self.has_to_do(wait) {
                return told;
            }
            self.devices.take(&mut |event| told.push(event));
        }
    }

    fn sees(&mut self, what: &str, expected: &[InputEvent]) {
        assert_eq!(self.told(expected.len()), expected, "{what}");
    }

    /// Says a report and sees what it means.
    fn report(&mut self, device: &Played, what: &str, said: &[Said], expected: &[InputEvent]) {
        device.say(&[said, &[REPORT]].concat());
        self.sees(what, expected);
    }

    /// Plugs a device in, whose node the folder tells of; then it is open, or it is not for us.
    fn plug_in(&mut self, plan: Plan<'_>, is_read: bool) -> Played {
        let before = open_nodes();
        let device = Played::plug_in(plan);
        assert!(self.has_to_do(SOON), "the folder tells of the {}", plan.name);
        self.sees(plan.name, &[]);
        assert_eq!(open_nodes(), before + usize::from(is_read), "{}", plan.name);
        device
    }

    fn unplug(&mut self, device: Played, expected: &[InputEvent]) {
        let before = open_nodes();
        device.unplug();
        assert!(self.has_to_do(SOON), "the unplugging is told");
        self.sees("unplugged", expected);
        assert_eq!(open_nodes(), before - 1, "it is closed");
    }
}

/// The input devices that this program has open.
fn open_nodes() -> usize {
    let files = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let named = files.filter_map(|file| std::fs::read_link(file.path()).ok());
    named.filter(|path| path.to_string_lossy().starts_with("/dev/input/event")).count()
}

fn part(value: i32, [least, greatest]: [i32; 2]) -> f64 {
    f64::from(value - least) / f64::from(greatest - least)
}

fn place(x: i32, y: i32) -> Place {
    Place { x: part(x, [0, FULL]), y: part(y, [0, FULL]) }
}

fn down(x: i32, y: i32) -> InputEvent {
    InputEvent::Down(place(x, y))
}

fn moved(x: i32, y: i32) -> InputEvent {
    InputEvent::Moved(place(x, y))
}

fn up(x: i32, y: i32) -> InputEvent {
    InputEvent::Up(place(x, y))
}

/// A finger in a slot, as a screen's driver says it, BTN_TOUCH and the single place with it.
fn finger(slot: i32, number: i32, x: i32, y: i32) -> [Said; 7] {
    [(3, 0x2F, slot), (3, 0x39, number), (3, 0x35, x), (3, 0x36, y), (1, 0x14A, 1), (3, 0, x), (3, 1, y)]
}

fn lifted(slot: i32) -> [Said; 2] {
    [(3, 0x2F, slot), (3, 0x39, -1)]
}

/// The last one, with BTN_TOUCH.
fn all_lifted(slot: i32) -> [Said; 3] {
    let [slot, number] = lifted(slot);
    [slot, number, (1, 0x14A, 0)]
}

fn fingers(terminal: &mut Terminal) {
    let screen = terminal.plug_in(SCREEN, true);
    terminal.report(&screen, "down", &finger(0, 1, 1000, 3000), &[down(1000, 3000)]);
    terminal.report(&screen, "moved", &finger(0, 1, 1200, 3000), &[moved(1200, 3000)]);
    terminal.report(&screen, "to the corner", &finger(0, 1, FULL, 0), &[moved(FULL, 0)]);
    terminal.report(&screen, "up", &all_lifted(0), &[up(FULL, 0)]);
    // The kernel hands on its number alone: nothing else has changed.
    terminal.report(&screen, "at the same place", &finger(0, 2, FULL, 0), &[down(FULL, 0)]);
    terminal.report(&screen, "up again", &all_lifted(0), &[up(FULL, 0)]);
    println!("touch screen: found when it was plugged in; down, moved, up; down at the very place of before");

    terminal.report(&screen, "the first", &finger(0, 3, 100, 200), &[down(100, 200)]);
    terminal.report(&screen, "the second", &finger(1, 4, 3000, 3000), &[]);
    terminal.report(&screen, "the second moves", &finger(1, 4, 3100, 3000), &[]);
    terminal.report(&screen, "the first moves", &finger(0, 3, 150, 200), &[moved(150, 200)]);
    terminal.report(&screen, "the first is lifted", &lifted(0), &[up(150, 200)]);
    terminal.report(&screen, "the second stays", &finger(1, 4, 3200, 3000), &[]);
    terminal.report(&screen, "the second is lifted", &all_lifted(1), &[]);
    // The kernel does not say again that slot 1 is meant.
    terminal.report(&screen, "another", &finger(1, 5, 3200, 3000), &[down(3200, 3000)]);
    terminal.report(&screen, "it is lifted", &all_lifted(1), &[up(3200, 3000)]);
    println!(
        "touch screen: the second of two fingers is nothing, and begins nothing when the first is lifted"
    );
    terminal.unplug(screen, &[]);
}

/// ABS_MT_TOOL_TYPE: MT_TOOL_PALM, and MT_TOOL_FINGER again.
fn palm(terminal: &mut Terminal) {
    let screen = terminal.plug_in(SCREEN, true);
    terminal.report(&screen, "down", &finger(0, 1, 500, 500), &[down(500, 500)]);
    terminal.report(&screen, "a palm", &[(3, 0x37, 2)], &[CANCELLED]);
    terminal.report(&screen, "the palm moves", &finger(0, 1, 600, 500), &[]);
    terminal.report(&screen, "the palm is lifted", &all_lifted(0), &[]);
    let mut said = finger(0, 2, 600, 500).to_vec();
    said.push((3, 0x37, 0));
    terminal.report(&screen, "a finger", &said, &[down(600, 500)]);
    terminal.report(&screen, "up", &all_lifted(0), &[up(600, 500)]);
    println!("touch screen: what becomes a palm is cancelled, the next finger is none");
    terminal.unplug(screen, &[]);
}

/// More than the kernel holds for a reader, which are 1024 events of this screen's.
fn lost_events(terminal: &mut Terminal) {
    let screen = terminal.plug_in(SCREEN, true);
    terminal.report(&screen, "down", &finger(0, 1, 10, 20), &[down(10, 20)]);
    let mut flooded = 0;
    // The second finger, so that slot 1 is meant afterwards; each report is of five events: two places in two forms, and its end.
    for step in 1..=1000 {
        let said = [&finger(1, 2, 1000 + step, 3000 - step)[..], &[REPORT]].concat();
        screen.say(&said);
        flooded += 5;
    }
    terminal.sees("the kernel's SYN_DROPPED", &[CANCELLED]);
    terminal.report(&screen, "both stay", &finger(1, 2, 1, 1), &[]);
    terminal.report(&screen, "the first is lifted", &lifted(0), &[]);
    terminal.report(&screen, "the second is lifted", &all_lifted(1), &[]);
    terminal.report(&screen, "down", &finger(0, 3, 10, 20), &[down(10, 20)]);

    // Both are lifted unseen, where nobody knows: what follows is its number alone.
    for step in 1..=1000 {
        let said = [&finger(1, 4, 2000 + step, 1500 - step)[..], &[REPORT]].concat();
        screen.say(&said);
    }
    screen.say(&[&lifted(0)[..], &[REPORT], &all_lifted(1), &[REPORT]].concat());
    terminal.sees("the kernel's SYN_DROPPED", &[CANCELLED]);
    screen.say(&[(3, 0x39, 5), (1, 0x14A, 1), REPORT]);
    terminal.sees("the slot and the place were asked", &[down(3000, 500)]);
    terminal.report(&screen, "up", &all_lifted(1), &[up(3000, 500)]);
    println!(
        "touch screen: {flooded} events unread, SYN_DROPPED: cancelled; the next finger is where it truly is"
    );
    terminal.unplug(screen, &[]);
}

/// QEMU's tablet and resistive controllers: ABS_X, ABS_Y, BTN_LEFT, BTN_RIGHT.
fn pointer_plan(name: &str) -> Plan<'_> {
    const AXES: &[(u16, i32, i32)] = &[(0, POINTER_X[0], POINTER_X[1]), (1, POINTER_Y[0], POINTER_Y[1])];
    Plan { name, kinds: &[1, 3], keys: &[0x110, 0x111], axes: AXES, ..Plan::default() }
}

fn pointed(x: i32, y: i32) -> Place {
    Place { x: part(x, POINTER_X), y: part(y, POINTER_Y) }
}

fn pointer(terminal: &mut Terminal) {
    let pointer = terminal.plug_in(pointer_plan("played pointer"), true);
    terminal.report(&pointer, "it hovers", &[(3, 0, 500), (3, 1, 1000)], &[]);
    let (there, then) = (pointed(500, 1000), pointed(700, 1000));
    terminal.report(&pointer, "pressed", &[(1, 0x110, 1)], &[InputEvent::Down(there)]);
    terminal.report(&pointer, "drawn", &[(3, 0, 700)], &[InputEvent::Moved(then)]);
    terminal.report(&pointer, "the right button", &[(1, 0x111, 1)], &[]);
    terminal.report(&pointer, "released", &[(1, 0x110, 0)], &[InputEvent::Up(then)]);
    terminal.report(&pointer, "it hovers", &[(3, 1, 3900), (1, 0x111, 0)], &[]);
    terminal.report(
        &pointer,
        "pressed at the edge",
        &[(1, 0x110, 1)],
        &[InputEvent::Down(pointed(700, 3900))],
    );
    terminal.unplug(pointer, &[CANCELLED]);
    println!("touch screen: a pointer that is told where it is, is a finger");
}

fn key(key: InputKey, how: How) -> InputEvent {
    InputEvent::Key(Pressed { key, how })
}

/// KEY_TAB, KEY_ENTER and KEY_LEFTSHIFT; with EV_REP the kernel repeats what is held.
fn keypad(terminal: &mut Terminal) {
    let plan = Plan { name: "played keypad", kinds: &[1], keys: &[15, 28, 42], ..Plan::default() };
    let keypad = terminal.plug_in(plan, true);
    terminal.report(&keypad, "Tab", &[(1, 15, 1)], &[key(InputKey::Tab, How::Down)]);
    terminal.report(&keypad, "Tab", &[(1, 15, 0)], &[key(InputKey::Tab, How::Up)]);
    terminal.report(&keypad, "Shift", &[(1, 42, 1)], &[]);
    terminal.report(&keypad, "Backtab", &[(1, 15, 1)], &[key(InputKey::Backtab, How::Down)]);
    terminal.report(&keypad, "Shift released", &[(1, 42, 0)], &[]);
    terminal.report(&keypad, "Backtab", &[(1, 15, 0)], &[key(InputKey::Backtab, How::Up)]);
    terminal.report(&keypad, "Return", &[(1, 28, 1)], &[key(InputKey::Return, How::Down)]);
    terminal.unplug(keypad, &[key(InputKey::Return, How::Up)]);

    let keypad = terminal.plug_in(Plan { kinds: &[1, 0x14], ..plan }, true);
    keypad.say(&[(1, 28, 1), REPORT]);
    // Down, and three times again after a quarter of a second.
    let mut told = terminal.told(4);
    keypad.say(&[(1, 28, 0), REPORT]);
    told.extend(terminal.told(1));
    let repeated = told.len() - 2;
    let mut expected = vec![key(InputKey::Return, How::Repeated); repeated];
    expected.insert(0, key(InputKey::Return, How::Down));
    expected.push(key(InputKey::Return, How::Up));
    assert_eq!(told, expected);
    println!(
        "touch screen: a keypad's Tab, Backtab and Return, released when it is pulled out, and repeated while held"
    );
    terminal.unplug(keypad, &[]);
}

/// REL_X, REL_Y, BTN_LEFT.
fn mouse(terminal: &mut Terminal) {
    let plan = Plan {
        name: "played mouse",
        kinds: &[1, 2],
        keys: &[0x110, 0x111],
        relative: &[0, 1],
        ..Plan::default()
    };
    let mouse = terminal.plug_in(plan, false);
    terminal.report(&mouse, "a mouse", &[(2, 0, 5), (1, 0x110, 1)], &[]);
    mouse.unplug();
    terminal.sees("the mouse is gone", &[]);
    println!("touch screen: a mouse is not read");
}

fn unplugged(terminal: &mut Terminal) {
    let screen = terminal.plug_in(SCREEN, true);
    terminal.report(&screen, "down", &finger(0, 1, 1000, 2000), &[down(1000, 2000)]);
    terminal.unplug(screen, &[CANCELLED]);
    let screen = terminal.plug_in(SCREEN, true);
    terminal.report(&screen, "down", &finger(0, 1, 1000, 2000), &[down(1000, 2000)]);
    terminal.report(&screen, "up", &all_lifted(0), &[up(1000, 2000)]);
    println!("touch screen: unplugged with a finger down: cancelled; plugged in again: read");
    terminal.unplug(screen, &[]);
}

/// The kernel releases what is pressed before it takes the node away: who reads at that moment must not take it for a person's
/// doing.
fn unplugged_while_it_is_read(terminal: &mut Terminal) {
    // A resistive screen: INPUT_PROP_DIRECT, BTN_TOUCH, ABS_X, ABS_Y.
    let axes: &[(u16, i32, i32)] = &[(0, 0, FULL), (1, 0, FULL)];
    let plan = Plan { name: "played screen of one place", axes, ..SCREEN };
    for _ in 0..20 {
        let screen = terminal.plug_in(plan, true);
        let said = [(3, 0, 7), (3, 1, 9), (1, 0x14A, 1)];
        terminal.report(&screen, "down", &said, &[down(7, 9)]);
        let told = std::thread::scope(|scope| {
            let reader = scope.spawn(|| terminal.told(1));
            // So that it waits already.
            std::thread::yield_now();
            screen.unplug();
            reader.join().unwrap()
        });
        assert_eq!(told, [CANCELLED], "unplugged under the reader");
        terminal.sees("it is gone", &[]);
    }
    println!(
        "touch screen: 20 times unplugged under a reader that waits: cancelled, though the kernel lifts the finger"
    );
}

/// What is there when the watch begins, and what the kernel will not say again of it.
fn there_before() {
    let screen = Played::plug_in(SCREEN);
    // The kernel keeps these while nobody reads.
    screen.say(&[&finger(3, 1, 123, 456)[..], &[REPORT], &all_lifted(3), &[REPORT]].concat());
    let mut terminal = Terminal::watching();
    assert_eq!(open_nodes(), 1);
    screen.say(&[(3, 0x39, 2), (1, 0x14A, 1), REPORT]);
    terminal.sees("down", &[down(123, 456)]);
    drop(terminal);
    assert_eq!(open_nodes(), 0);
    // The finger stays: it began before.
    let mut terminal = Terminal::watching();
    terminal.report(&screen, "moved", &finger(3, 2, 200, 456), &[]);
    terminal.report(&screen, "lifted", &all_lifted(3), &[]);
    terminal.report(&screen, "down", &finger(3, 3, 200, 456), &[down(200, 456)]);
    terminal.unplug(screen, &[CANCELLED]);
    println!(
        "touch screen: there before the watch: its slot and place were asked, a finger that was down is nothing"
    );
}
