//! A webcam behind the kernel's own USB: the simulated function sits behind gadgetfs, uvcvideo takes it for a camera, our
//! driver films with it.

use drivers::camera::{
    self, Camera as _, CameraErrorKind as Kind, Exposure, PixelFormat, Size, V4lCamera, jpeg_pixels,
};
use drivers::sim::camera::UvcGadgetCamera;
use drivers::transport::PortAddress;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{recorded_and_replayed, until};

const SOON: Duration = Duration::from_secs(30);

pub(crate) fn prove() {
    let pictures = [picture(40), picture(200)];
    let half = pictures[0][..pictures[0].len() / 2].to_vec();
    let shown = vec![pictures[0].clone(), pictures[1].clone(), half];
    let device = UvcGadgetCamera::start(shown).unwrap();
    let mut camera = opened(None);
    frames(&mut camera, &pictures);
    exposure(&mut camera, &device);
    unplugged(camera, &device);
    let file = Path::new("/tmp/webcam.jsonl");
    recorded_and_replayed("webcam", opened(Some(file)), size(), file, || device.unplug());
}

fn size() -> Size {
    let [width, height] = UvcGadgetCamera::SIZE.map(u32::from);
    Size::new(width, height)
}

/// A slope of colours, from a level of blue.
fn picture(blue: u8) -> Vec<u8> {
    let Size { width, height } = size();
    let slope = |at: u32, whole: u32| u8::try_from(at * 255 / whole).unwrap();
    let row = |y: u32| (0..width).flat_map(move |x| [slope(x, width), slope(y, height), blue]);
    let rgb: Vec<u8> = (0..height).flat_map(row).collect();
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 80)
        .encode(&rgb, width, height, ExtendedColorType::Rgb8)
        .unwrap();
    file
}

fn path() -> Option<PathBuf> {
    let found = camera::list().into_iter().find(|camera| camera.name.contains("1d6b:0102"));
    found.and_then(|camera| match camera.port {
        PortAddress::V4l { path } => Some(path),
        _ => None,
    })
}

/// The kernel takes a moment to make a device known.
fn opened(recording: Option<&Path>) -> V4lCamera {
    let until = Instant::now() + SOON;
    loop {
        let open = |path: PathBuf| match recording {
            Some(file) => {
                // What an attempt before left of one.
                let _old = std::fs::remove_file(file);
                V4lCamera::open_recorded(&path, size(), file)
            }
            None => V4lCamera::open(&path, size()),
        };
        match path().map(open) {
            Some(Ok(camera)) => return camera,
            Some(Err(error)) => assert!(Instant::now() < until, "{error:?}"),
            None => assert!(Instant::now() < until, "no webcam among {:?}", camera::list()),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What is shown is what is seen, dot by dot; one that is cut off is told, and the next is whole.
fn frames(camera: &mut V4lCamera, pictures: &[Vec<u8>; 2]) {
    let want = pictures.each_ref().map(|picture| jpeg_pixels(picture).unwrap().1);
    let begun = Instant::now();
    let (mut seen, mut cut, mut last) = ([0, 0], 0, None);
    while (seen.contains(&0) || cut == 0 || seen[0] + seen[1] < 12) && begun.elapsed() < SOON {
        match camera.frame(Instant::now() + SOON) {
            Ok(frame) => {
                assert_eq!((frame.size(), frame.format()), (size(), PixelFormat::Rgb));
                let which = want.iter().position(|pixels| pixels == frame.pixels());
                seen[which.expect("the pixels of what is shown")] += 1;
                let now = (frame.sequence(), frame.taken_at());
                assert!(last.is_none_or(|last| last < now), "{last:?} is followed by {now:?}");
                last = Some(now);
            }
            Err(error) => {
                assert_eq!(error.kind(), Kind::InvalidData, "{error:?}");
                cut += 1;
            }
        }
    }
    assert!(!seen.contains(&0) && cut > 0, "{seen:?}, {cut} cut off");
    println!(
        "webcam: {seen:?} frames of two MJPEG pictures, dot by dot, and {cut} that were cut off and told so"
    );
}

fn exposure(camera: &mut V4lCamera, device: &UvcGadgetCamera) {
    assert_eq!(device.exposure(), None, "it was set to decide by itself when it was opened");
    camera.set_exposure(Exposure::Fixed(Duration::from_millis(10))).unwrap();
    assert_eq!(device.exposure(), Some(Duration::from_millis(10)));
    camera.set_exposure(Exposure::Automatic).unwrap();
    assert_eq!(device.exposure(), None);
    let names: Vec<String> = camera.controls().into_iter().map(|control| control.name).collect();
    println!("webcam: exposure set to 10 ms and to its own again; its controls: {names:?}");
}

/// Pulled while it films, gone, and back.
fn unplugged(mut camera: V4lCamera, device: &UvcGadgetCamera) {
    device.unplug();
    let begun = Instant::now();
    let gone = loop {
        match camera.frame(Instant::now() + Duration::from_secs(5)) {
            Err(error) if error.kind() == Kind::NoDevice => break error,
            other => assert!(begun.elapsed() < SOON, "{other:?} from a camera that is gone"),
        }
    };
    drop(camera);
    assert_eq!(path(), None);
    device.plug_in().unwrap();
    let mut back = opened(None);
    let frame = back.frame(Instant::now() + SOON).unwrap();
    println!("webcam: unplugged: {gone}; plugged in again: {frame:?}");
    drop(back);
    device.unplug();
    // A plug that is back before the host has looked was never out.
    until(SOON, "the webcam is gone", || path().is_none());
    device.plug_in().unwrap();
}
