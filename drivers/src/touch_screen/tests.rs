//! Real folders, pipes, inotify and epoll; only the kernel's answers about a device are a test's, since a pipe has none.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{CWD, Mode, OFlags, mkfifoat};
use tempfile::TempDir;

use super::contact::SLOTS;
use super::kind::Capabilities;
use super::questions::AxisState;
use super::*;

const REPORT: (u16, u16, i32) = (0, 0, 0);
const DROPPED: (u16, u16, i32) = (0, 3, 0);

/// Devices by the first digit of their names: 1 is a screen with slots, 2 a pointer, 3 a keypad, 4 a screen with no extent;
/// others are nothing. Of what nobody may read nothing is known, for root too.
struct Answers;

impl Questions for Answers {
    fn capabilities(&self, name: &OsStr, device: &File) -> Option<Capabilities> {
        if device.metadata().ok()?.permissions().mode() & 0o444 == 0 {
            return None;
        }
        match name.to_str()?.as_bytes()[5] {
            b'1' => Some(Capabilities::with(&[1], &[0x14A], &[0x2F, 0x35, 0x36, 0x39])),
            b'2' | b'4' => Some(Capabilities::with(&[], &[0x110], &[0, 1])),
            b'3' => Some(Capabilities::with(&[], &[15, 28], &[])),
            _ => Some(Capabilities::default()),
        }
    }

    fn axis(&self, name: &OsStr, _: &File, code: u16) -> Option<AxisState> {
        match (name.to_str()?.as_bytes()[5], code) {
            (b'4', _) => Some(AxisState { value: 0, minimum: 7, maximum: 7 }),
            // The slot that is meant before any is named.
            (_, 0x2F) => Some(AxisState { value: 1, minimum: 0, maximum: 9 }),
            _ => Some(AxisState { value: 30, minimum: 0, maximum: 100 }),
        }
    }

    fn slots(&self, _: &OsStr, _: &File, code: u16) -> Option<[i32; SLOTS]> {
        let mut values = [0; SLOTS];
        values[1] = if matches!(code, 0x35 | 0x36) { 80 } else { 0 };
        Some(values)
    }
}

struct Bench {
    folder: TempDir,
    devices: InputDevices,
}

impl Bench {
    /// A folder with these nodes before it is watched.
    fn with(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        names.iter().for_each(|name| node(folder.path().join(name), 0o600));
        let devices = InputDevices::asking(folder.path(), Box::new(Answers)).unwrap();
        Self { folder, devices }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The other end of a node; only one that is open has it.
    fn pen(&self, name: &str) -> Option<File> {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::open(self.path(name), flags, Mode::empty()).ok().map(File::from)
    }

    fn has_to_do(&self) -> bool {
        let mut set = [PollFd::new(&self.devices, PollFlags::IN)];
        poll(&mut set, Some(&Timespec::default())).unwrap() == 1
    }

    /// What there is; afterwards there is no more.
    fn taken(&mut self) -> Vec<InputEvent> {
        let mut told = Vec::new();
        for _ in 0..10 {
            if !self.has_to_do() {
                return told;
            }
            self.devices.take(&mut |event| told.push(event));
        }
        panic!("there is always something to do");
    }
}

fn node(path: PathBuf, mode: u32) {
    mkfifoat(CWD, &path, Mode::from_raw_mode(mode)).unwrap();
}

/// Events as the kernel of a 64-bit machine writes them.
fn write(pen: &mut File, events: &[(u16, u16, i32)]) {
    let mut bytes = Vec::new();
    for (kind, code, value) in events {
        bytes.extend([0xA5; 16]);
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(code.to_ne_bytes());
        bytes.extend(value.to_ne_bytes());
    }
    pen.write_all(&bytes).unwrap();
}

fn down(x: f64, y: f64) -> InputEvent {
    InputEvent::Down(Place { x, y })
}
fn up(x: f64, y: f64) -> InputEvent {
    InputEvent::Up(Place { x, y })
}
fn key(key: InputKey, how: How) -> InputEvent {
    InputEvent::Key(Pressed { key, how })
}

#[test]
fn what_is_there_is_opened_and_read() {
    let mut bench = Bench::with(&["event10", "event20", "event30", "event40", "event50", "mice"]);
    for closed in ["event40", "event50", "mice"] {
        assert!(bench.pen(closed).is_none(), "{closed}");
    }
    let [mut screen, mut pointer, mut keypad] =
        ["event10", "event20", "event30"].map(|name| bench.pen(name).unwrap());
    assert!(!bench.has_to_do());

    // The slot and the place that it had before it was opened were asked.
    write(&mut screen, &[(3, 0x39, 5), (3, 0x36, 20), REPORT, (3, 0x39, -1), REPORT]);
    assert_eq!(bench.taken(), [down(0.8, 0.2), up(0.8, 0.2)]);
    write(&mut pointer, &[(1, 0x110, 1), (3, 0, 50), REPORT, (1, 0x110, 0), REPORT]);
    assert_eq!(bench.taken(), [down(0.5, 0.3), up(0.5, 0.3)]);
    write(&mut keypad, &[(1, 28, 1), REPORT, (1, 28, 2), REPORT, (1, 28, 0), REPORT]);
    let pressed = [How::Down, How::Repeated, How::Up].map(|how| key(InputKey::Return, how));
    assert_eq!(bench.taken(), pressed);

    // Two touch at once, and a report comes in two writes.
    write(&mut screen, &[(3, 0x39, 6), REPORT]);
    assert_eq!(bench.taken(), [down(0.8, 0.2)]);
    write(&mut pointer, &[(1, 0x110, 1), REPORT]);
    write(&mut screen, &[(3, 0x39, -1)]);
    assert_eq!(bench.taken(), []);
    write(&mut screen, &[REPORT]);
    assert_eq!(bench.taken(), [up(0.8, 0.2)]);
    write(&mut pointer, &[(3, 0, 60), REPORT, (1, 0x110, 0), REPORT]);
    assert_eq!(bench.taken(), []);
}

#[test]
fn no_event_of_many_is_lost() {
    let mut bench = Bench::with(&["event30", "event31"]);
    let mut pens = ["event30", "event31"].map(|name| bench.pen(name).unwrap());
    for pen in &mut pens {
        for _ in 0..150 {
            write(pen, &[(1, 15, 1), REPORT, (1, 15, 0), REPORT]);
        }
        // A piece of an event, which the kernel never writes.
        pen.write_all(&[1, 2, 3]).unwrap();
    }
    let mut told = Vec::new();
    bench.devices.take(&mut |event| told.push(event));
    let tab = [key(InputKey::Tab, How::Down), key(InputKey::Tab, How::Up)];
    assert_eq!(told, tab.repeat(300));
    assert!(!bench.has_to_do());
}

#[test]
fn after_lost_events_only_what_is_new_counts() {
    let mut bench = Bench::with(&["event10", "event30"]);
    let [mut screen, mut keypad] = ["event10", "event30"].map(|name| bench.pen(name).unwrap());
    write(&mut screen, &[(3, 0x2F, 0), (3, 0x39, 5), (3, 0x35, 10), REPORT]);
    write(&mut keypad, &[(1, 15, 1), REPORT]);
    assert_eq!(bench.taken().len(), 2);

    write(&mut screen, &[(3, 0x35, 20), DROPPED, (3, 0x39, -1), REPORT, (3, 0x39, 6), REPORT]);
    assert_eq!(bench.taken(), [InputEvent::Cancelled]);
    write(&mut keypad, &[DROPPED, (1, 16, 1), REPORT]);
    assert_eq!(bench.taken(), [key(InputKey::Tab, How::Up)]);
    write(&mut screen, &[(3, 0x35, 30), REPORT, (3, 0x39, -1), REPORT]);
    write(&mut keypad, &[(1, 15, 2), (1, 15, 0), REPORT]);
    assert_eq!(bench.taken(), []);
    // That slot 1 is meant and how low it is, the kernel said when it was asked again.
    write(&mut screen, &[(3, 0x39, 7), REPORT]);
    assert_eq!(bench.taken(), [down(0.3, 0.8)]);
}

#[test]
fn a_device_that_comes_is_opened_when_it_may_be() {
    let mut bench = Bench::with(&[]);
    node(bench.path("event30"), 0);
    assert!(bench.has_to_do());
    assert_eq!(bench.taken(), []);
    assert!(bench.pen("event30").is_none());
    fs::set_permissions(bench.path("event30"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(bench.taken(), []);
    let mut pen = bench.pen("event30").unwrap();
    write(&mut pen, &[(1, 28, 1), REPORT]);
    // It is not opened twice.
    fs::set_permissions(bench.path("event30"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(bench.taken(), [key(InputKey::Return, How::Down)]);
    assert_eq!(bench.devices.open.len(), 1);
    // Renamed into the folder, as some make their nodes.
    node(bench.path("new"), 0o600);
    fs::rename(bench.path("new"), bench.path("event31")).unwrap();
    assert_eq!(bench.taken(), []);
    assert!(bench.pen("event31").is_some());
}

#[test]
fn a_device_that_vanishes_ends_what_was_down() {
    let mut bench = Bench::with(&["event10", "event30"]);
    let [mut screen, mut keypad] = ["event10", "event30"].map(|name| bench.pen(name).unwrap());
    write(&mut screen, &[(3, 0x39, 5), REPORT]);
    write(&mut keypad, &[(1, 15, 1), REPORT]);
    assert_eq!(bench.taken().len(), 2);
    drop(screen);
    assert_eq!(bench.taken(), [InputEvent::Cancelled]);
    // What it wrote last is read.
    write(&mut keypad, &[(1, 28, 1), REPORT]);
    drop(keypad);
    let ended =
        [key(InputKey::Return, How::Down), key(InputKey::Tab, How::Up), key(InputKey::Return, How::Up)];
    assert_eq!(bench.taken(), ended);
    assert!(bench.devices.open.is_empty());
}

#[test]
fn a_node_that_is_made_again_is_another_device() {
    let mut bench = Bench::with(&["event10"]);
    let mut old = bench.pen("event10").unwrap();
    write(&mut old, &[(3, 0x39, 5), REPORT]);
    assert_eq!(bench.taken().len(), 1);
    write(&mut old, &[(3, 0x35, 10), REPORT]);
    fs::remove_file(bench.path("event10")).unwrap();
    node(bench.path("event10"), 0o600);
    let ended = [InputEvent::Moved(Place { x: 0.1, y: 0.8 }), InputEvent::Cancelled];
    assert_eq!(bench.taken(), ended);
    assert_eq!(bench.devices.open.len(), 1);
    // The old one is closed, the new one is read.
    assert!(old.write_all(&[0; 24]).is_err());
    let mut new = bench.pen("event10").unwrap();
    write(&mut new, &[(3, 0x39, 5), REPORT]);
    assert_eq!(bench.taken(), [down(0.8, 0.8)]);
}

/// Of a node that was made again nothing but its coming may be told: changes were lost.
#[test]
fn another_node_of_an_open_name_replaces_it() {
    let mut bench = Bench::with(&["event10"]);
    let mut old = bench.pen("event10").unwrap();
    write(&mut old, &[(3, 0x39, 5), REPORT]);
    assert_eq!(bench.taken().len(), 1);
    node(bench.path("new"), 0o600);
    fs::rename(bench.path("new"), bench.path("event10")).unwrap();
    assert_eq!(bench.taken(), [InputEvent::Cancelled]);
    assert!(old.write_all(&[0; 24]).is_err() && bench.pen("event10").is_some());
}

#[test]
fn the_folder_may_come_later() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("input");
    let mut devices = InputDevices::asking(&folder, Box::new(Answers)).unwrap();
    fs::create_dir(&folder).unwrap();
    node(folder.join("event30"), 0o600);
    devices.take(&mut |_| panic!("nothing was pressed"));
    assert_eq!(devices.open.len(), 1);
}

/// The kernel itself is asked: a pipe is no input device.
#[test]
fn what_answers_no_question_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    node(folder.path().join("event0"), 0o600);
    fs::write(folder.path().join("event1"), "").unwrap();
    let devices = InputDevices::watch(folder.path()).unwrap();
    assert!(devices.open.is_empty());
}
