//! What `cargo xtask guest` runs in its guest: our drivers on the kernel's virtual camera, with the faults that it can make,
//! on its keyboard, on which the other side types, on USB devices that the kernel plays to itself, a webcam among them, and on
//! touch screens and keypads that this program plays to the kernel.
//! A line for each thing that was seen; the first that was not ends it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on shows where, on the console of its guest"
)]

#[path = "guest/touch_screen.rs"]
mod touch_screen;
#[path = "guest/uinput.rs"]
mod uinput;
#[path = "guest/usb_card.rs"]
mod usb_card;
#[path = "guest/usb_printer.rs"]
mod usb_printer;
#[path = "guest/uvc.rs"]
mod uvc;

use drivers::camera::{
    self, Camera as _, CameraErrorKind, Exposure, Frame, Mirror, PixelFormat, Size, USUAL_SIZE, V4lCamera,
};
use drivers::code_scanner::{self, CodeScanner};
use drivers::transport::{PortAddress, recorded_whole};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const DEVICE: &str = "/dev/video0";
const DRIVER: &str = "/sys/bus/platform/drivers/vivid";

fn main() {
    let found = camera::list();
    println!("listed: {found:?}");
    assert!(found.iter().any(|camera| camera.name.contains("vivid")), "the virtual camera is listed");
    let mut camera = V4lCamera::open(Path::new(DEVICE), USUAL_SIZE).unwrap();
    pictures(&mut camera);
    lost_frames(&mut camera);
    damaged_frames(&mut camera);
    exposure(&mut camera);
    refusals(camera);
    unplug_and_return();
    scanner();
    touch_screen::prove();
    usb_printer::prove();
    usb_card::prove();
    uvc::prove();
    println!("guest: everything was seen");
}

/// Waits for what the kernel does in its own time.
fn until(limit: Duration, what: &str, mut seen: impl FnMut() -> bool) {
    let end = Instant::now() + limit;
    while !seen() {
        assert!(Instant::now() < end, "not seen: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn next(camera: &mut V4lCamera) -> Frame {
    camera.frame(Instant::now() + Duration::from_secs(5)).unwrap()
}

/// Size, format, numbers and dates that rise, and the colour bars where they belong.
fn pictures(camera: &mut V4lCamera) {
    let begun = Instant::now();
    let frames: Vec<Frame> = (0..20).map(|_| next(camera)).collect();
    let size = frames[0].size();
    assert_eq!((size.width, size.height, frames[0].format()), (1280, 720, PixelFormat::Yuyv));
    let rising = |a: &Frame, b: &Frame| a.sequence() < b.sequence() && a.taken_at() < b.taken_at();
    assert!(frames.windows(2).all(|pair| rising(&pair[0], &pair[1])), "numbers and dates rise");
    let mut rgb = vec![0; size.pixels() * 3];
    frames[19].preview_into(size, Mirror::AsSeen, &mut rgb);
    // Eight bars from left to right: white, yellow, cyan, green, magenta, red, blue, black.
    let bars: Vec<[bool; 3]> = (0..8)
        .map(|bar| {
            let at = (600 * 1280 + bar * 160 + 80) * 3;
            [0, 1, 2].map(|colour| rgb[at + colour] > 128)
        })
        .collect();
    let on = |bits: u8| [bits & 4 != 0, bits & 2 != 0, bits & 1 != 0];
    assert_eq!(bars, [7, 6, 3, 2, 5, 4, 1, 0].map(on), "the colour bars");
    let rate = 20.0 / begun.elapsed().as_secs_f64();
    println!(
        "20 frames of 1280 × 720 YUYV with the colour bars, {rate:.1} a second, the last is {:?}",
        frames[19]
    );
}

fn set(camera: &mut V4lCamera, name: &str, value: i32) {
    let controls = camera.controls();
    let control = controls.iter().find(|control| control.name == name);
    let control = control.unwrap_or_else(|| panic!("no {name} among {controls:?}"));
    camera.set_control(control.id, value).unwrap();
}

fn lost_frames(camera: &mut V4lCamera) {
    set(camera, "Percentage of Dropped Buffers", 50);
    let numbers: Vec<u64> = (0..12).map(|_| next(camera).sequence()).collect();
    set(camera, "Percentage of Dropped Buffers", 0);
    assert!(numbers.windows(2).any(|pair| pair[1] > pair[0] + 1), "gaps in {numbers:?}");
    println!("half of the frames dropped: numbers {numbers:?}");
}

fn damaged_frames(camera: &mut V4lCamera) {
    let before = next(camera).sequence();
    set(camera, "Inject V4L2_BUF_FLAG_ERROR", 0);
    let after = next(camera).sequence();
    println!("a buffer with the error flag: passed over, frame {before} is followed by {after}");
}

fn exposure(camera: &mut V4lCamera) {
    let refused = camera.set_exposure(Exposure::Fixed(Duration::from_millis(10)));
    let has = camera.controls().iter().any(|control| control.name.contains("Exposure"));
    assert_eq!(refused.is_ok(), has, "{refused:?}");
    println!("exposure: this camera has {} such control", if has { "a" } else { "no" });
}

fn refusals(mut camera: V4lCamera) {
    let second = V4lCamera::open(Path::new(DEVICE), USUAL_SIZE).err().unwrap();
    assert_eq!(second.kind(), CameraErrorKind::DeviceBusy, "{second:?}");
    println!("a second program: {second}");
    set(&mut camera, "Inject VIDIOC_STREAMON Error", 0);
    drop(camera);
    let mut camera = V4lCamera::open(Path::new(DEVICE), USUAL_SIZE).unwrap();
    let refused = camera.frame(Instant::now() + Duration::from_secs(5)).unwrap_err();
    assert_eq!(refused.kind(), CameraErrorKind::HardwareError, "{refused:?}");
    drop(camera);
    // Who has it open and asks for nothing does not film: another one can.
    let dark = V4lCamera::open(Path::new(DEVICE), USUAL_SIZE).unwrap();
    next(&mut V4lCamera::open(Path::new(DEVICE), USUAL_SIZE).unwrap());
    drop(dark);
    println!("STREAMON refused once: {refused}; then it works, beside a program that has it open and dark");
}

/// The driver lets the device go as it does when a plug is pulled, and takes it again.
fn unplug_and_return() {
    let mut camera = V4lCamera::open(Path::new(DEVICE), USUAL_SIZE).unwrap();
    next(&mut camera);
    std::fs::write(format!("{DRIVER}/unbind"), "vivid.0").unwrap();
    let begun = Instant::now();
    let gone = loop {
        match camera.frame(Instant::now() + Duration::from_secs(5)) {
            Ok(_) => assert!(begun.elapsed() < Duration::from_secs(5), "frames from a camera that is gone"),
            Err(error) => break error,
        }
    };
    assert_eq!(gone.kind(), CameraErrorKind::NoDevice, "{gone:?}");
    drop(camera);
    let absent = camera::open(&"v4l:/dev/video0".parse().unwrap()).err().unwrap();
    assert_eq!(absent.kind(), CameraErrorKind::Port, "{absent:?}");
    std::fs::write(format!("{DRIVER}/bind"), "vivid.0").unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    let mut back = loop {
        match V4lCamera::open(Path::new(DEVICE), USUAL_SIZE) {
            Ok(camera) => break camera,
            Err(error) => assert!(Instant::now() < until, "{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    println!("unplugged: {gone}; then: {absent}; plugged in again: {:?}", next(&mut back));
    drop(back);
    let file = Path::new("/tmp/vivid.jsonl");
    let camera = V4lCamera::open_recorded(Path::new(DEVICE), USUAL_SIZE, file).unwrap();
    recorded_and_replayed("virtual camera", camera, USUAL_SIZE, file, || {
        std::fs::write(format!("{DRIVER}/unbind"), "vivid.0").unwrap();
    });
}

/// What a caller sees of a frame, its pixels aside, or of its absence.
type Seen = Result<(Size, PixelFormat, u64, Duration), CameraErrorKind>;

/// Exposure, frames, and after some of them the plug is pulled.
fn session(camera: &mut V4lCamera, unplug: impl FnOnce()) -> (bool, Vec<Seen>) {
    let exposed = camera.set_exposure(Exposure::Fixed(Duration::from_millis(20))).is_ok();
    let mut seen = Vec::new();
    let mut unplug = Some(unplug);
    while seen.last() != Some(&Err(CameraErrorKind::NoDevice)) {
        assert!(seen.len() < 200, "{seen:?}");
        if seen.len() == 5
            && let Some(unplug) = unplug.take()
        {
            unplug();
        }
        match camera.frame(Instant::now() + Duration::from_secs(30)) {
            Ok(frame) => {
                seen.push(Ok((frame.size(), frame.format(), frame.sequence(), frame.taken_at())));
            }
            Err(error) => seen.push(Err(error.kind())),
        }
    }
    (exposed, seen)
}

/// The same is seen of the recording, and no pixel is in it.
fn recorded_and_replayed(what: &str, mut camera: V4lCamera, size: Size, file: &Path, unplug: impl FnOnce()) {
    let (exposed, seen) = session(&mut camera, unplug);
    drop(camera);
    let text = std::fs::read_to_string(file).unwrap();
    // Eight bytes of a picture would be as many digits.
    let digits = |run: &[u8]| run.iter().all(u8::is_ascii_hexdigit);
    assert!(!text.as_bytes().windows(16).any(digits), "pixels in the recording");
    let (again, replayed) = session(&mut V4lCamera::replayed(file, size).unwrap(), || {});
    assert_eq!((again, &replayed), (exposed, &seen));
    println!(
        "{what}: recorded in {} lines and {} bytes, replayed: the same {} frames and errors to the unplugging",
        text.lines().count(),
        text.len(),
        seen.len()
    );
}

/// The keyboard's file, by its name in the kernel.
fn keyboard() -> PathBuf {
    let entries = std::fs::read_dir("/sys/class/input").unwrap().flatten();
    let mut names =
        entries.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().starts_with("event"));
    let is_keyboard = |name: &std::ffi::OsString| {
        let path = Path::new("/sys/class/input").join(name).join("device/name");
        std::fs::read_to_string(path).is_ok_and(|name| name.contains("keyboard"))
    };
    Path::new("/dev/input").join(names.find(is_keyboard).unwrap())
}

/// What is typed is read, nobody else sees it, and a scanner that is pulled out is gone; recorded, with a code of nobody.
fn scanner() {
    let (port, file) = (PortAddress::Input { path: keyboard() }, Path::new("/tmp/keyboard.jsonl"));
    let mut scanner = code_scanner::open_recorded(&port, file).unwrap();
    let second = code_scanner::open(&port).err().unwrap();
    assert_eq!(second.kind(), CameraErrorKind::DeviceBusy, "{second:?}");
    println!("scanner: type now");
    let scanned = |scanner: &mut dyn CodeScanner| {
        let code = scanner.scan(Instant::now() + Duration::from_secs(60)).unwrap();
        code.text.reveal().to_owned()
    };
    assert_eq!(scanned(scanner.as_mut()), "BJ-2026:7A");
    std::fs::write("/sys/bus/serio/drivers/atkbd/unbind", "serio0").unwrap();
    let gone = |scanner: &mut dyn CodeScanner| {
        let gone = scanner.scan(Instant::now() + Duration::from_secs(10)).unwrap_err();
        assert_eq!(gone.kind(), CameraErrorKind::NoDevice, "{gone:?}");
    };
    gone(scanner.as_mut());
    drop(scanner);
    recorded_whole(file).unwrap();
    let mut replay = code_scanner::open(&PortAddress::Replay { path: file.to_owned() }).unwrap();
    assert_eq!(scanned(replay.as_mut()), "xxxxxxxxxx");
    gone(replay.as_mut());
    println!(
        "scanner: taken for ourselves, BJ-2026:7A was typed and read, then it was pulled out; the same of its recording, but ten x"
    );
}
