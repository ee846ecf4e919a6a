//! Frames: from a directory, from the simulator, as previews.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]
#![allow(clippy::cast_possible_truncation, reason = "parts of small lengths, both ends known")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use drivers::camera::{
    self, Area, Camera, CameraErrorKind, Frame, FrameError, FramesDir, Mirror, Pace, PixelFormat, Size,
};
use drivers::transport::PortAddress;
use image::{ExtendedColorType, ImageFormat};
use proptest::prelude::*;

const RED: [u8; 3] = [200, 30, 20];
const GREEN: [u8; 3] = [20, 180, 40];

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

fn open(dir: &Path) -> FramesDir {
    FramesDir::open(dir, Pace::AsAsked).unwrap()
}

fn picture(file: &Path, size: Size, colour: [u8; 3]) {
    let rgb: Vec<u8> = colour.into_iter().cycle().take(size.pixels() * 3).collect();
    image::save_buffer(file, &rgb, size.width, size.height, ExtendedColorType::Rgb8).unwrap();
}

fn encoded(format: ImageFormat, size: Size) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(size.width, size.height, |x, y| {
        image::Rgb([(x * 7 % 256) as u8, (y * 5 % 256) as u8, (x * y % 256) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn frame(size: Size, format: PixelFormat, pixels: Vec<u8>) -> Frame {
    Frame::new(size, format, 0, Duration::ZERO, pixels).unwrap()
}

#[test]
fn pictures_come_in_name_order_and_begin_again() {
    let dir = tempfile::tempdir().unwrap();
    picture(&dir.path().join("b.PNG"), Size::new(4, 2), GREEN);
    picture(&dir.path().join("a.jpeg"), Size::new(16, 16), RED);
    fs::write(dir.path().join("notes.txt"), "not a picture").unwrap();
    let mut camera = open(dir.path());
    for turn in 0..2 {
        let first = camera.frame(soon()).unwrap();
        let second = camera.frame(soon()).unwrap();
        assert_eq!((first.size(), second.size()), (Size::new(16, 16), Size::new(4, 2)));
        assert_eq!((first.sequence(), second.sequence()), (turn * 2, turn * 2 + 1));
        assert_eq!(second.pixels()[..3], GREEN);
        let near = first.pixels().iter().zip(RED.iter().cycle()).all(|(got, want)| got.abs_diff(*want) < 6);
        assert!(near, "a JPEG of one colour keeps it");
        assert!(second.taken_at() > first.taken_at());
    }
}

#[test]
fn a_file_that_is_no_whole_picture_is_named_and_passed_over() {
    let size = Size::new(64, 48);
    let (png, jpeg) = (encoded(ImageFormat::Png, size), encoded(ImageFormat::Jpeg, size));
    let check = |name: &str, bytes: &[u8]| {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), bytes).unwrap();
        picture(&dir.path().join("z.png"), size, GREEN);
        let mut camera = open(dir.path());
        let error = camera.frame(soon()).unwrap_err();
        assert_eq!(error.kind(), CameraErrorKind::InvalidData, "{name}: {error:?}");
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(camera.frame(soon()).unwrap().pixels()[..3], GREEN, "the next one is fine");
    };
    check("empty.png", &[]);
    check("empty.jpg", &[]);
    check("words.png", b"this is no picture");
    check("half.png", &png[..png.len() / 2]);
    check("half.jpg", &jpeg[..jpeg.len() / 2]);
    check("no-end.jpg", &jpeg[..jpeg.len() - 2]);
    check("jpeg-named.png", &jpeg);
    check("png-named.jpg", &png);

    // A header that claims what no camera gives: 65,500 columns of nothing.
    let mut huge = png.clone();
    huge[16..20].copy_from_slice(&65_500_u32.to_be_bytes());
    check("huge.png", &huge);

    // Padding after the end is what some cameras write.
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("padded.jpg"), [jpeg.as_slice(), &[0; 512]].concat()).unwrap();
    assert_eq!(open(dir.path()).frame(soon()).unwrap().size(), size);
}

#[test]
fn a_directory_that_is_not_there_is_empty_or_goes_away() {
    let check = |dir: &Path| {
        let error = FramesDir::open(dir, Pace::AsAsked).unwrap_err();
        assert_eq!(error.kind(), CameraErrorKind::Port, "{error:?}");
        assert!(error.to_string().contains(dir.to_str().unwrap()), "{error}");
    };
    let dir = tempfile::tempdir().unwrap();
    check(dir.path());
    check(&dir.path().join("absent"));

    picture(&dir.path().join("a.png"), Size::new(2, 2), RED);
    let mut camera = open(dir.path());
    camera.frame(soon()).unwrap();
    dir.close().unwrap();
    assert_eq!(camera.frame(soon()).unwrap_err().kind(), CameraErrorKind::NoDevice);
}

#[test]
fn ports_are_opened_by_their_kind() {
    let dir = tempfile::tempdir().unwrap();
    picture(&dir.path().join("a.png"), Size::new(2, 2), RED);
    let port: PortAddress = format!("frames:{}", dir.path().display()).parse().unwrap();
    assert_eq!(camera::open(&port).unwrap().frame(soon()).unwrap().size(), Size::new(2, 2));
    for (port, kind) in [
        ("v4l:/dev/no-such-video", CameraErrorKind::Port),
        ("serial:/dev/ttyS0", CameraErrorKind::NotSupported),
    ] {
        let error = camera::open(&port.parse().unwrap()).err().unwrap();
        assert_eq!(error.kind(), kind, "{port}");
    }
}

#[test]
fn a_frame_has_the_bytes_of_its_size() {
    let check = |size: Size, format: PixelFormat, bytes: usize, want: Option<FrameError>| {
        let got = Frame::new(size, format, 0, Duration::ZERO, vec![0; bytes]);
        assert_eq!(got.err(), want, "{size:?} {format:?} {bytes}");
    };
    let size = Size::new(6, 4);
    check(size, PixelFormat::Grey, 24, None);
    check(size, PixelFormat::Rgb, 72, None);
    check(size, PixelFormat::Yuyv, 48, None);
    check(size, PixelFormat::Rgb, 71, Some(FrameError::Length { expected: 72, found: 71 }));
    let odd = Size::new(5, 4);
    check(odd, PixelFormat::Yuyv, 40, Some(FrameError::Size { size: odd }));
    for size in [Size::new(0, 4), Size::new(4, 0), Size::new(4097, 1)] {
        check(size, PixelFormat::Grey, size.pixels(), Some(FrameError::Size { size }));
    }
}

#[test]
fn no_pixel_is_shown_by_debug() {
    let frame = frame(Size::new(2, 1), PixelFormat::Grey, vec![171, 205]);
    for text in [format!("{frame:?}"), format!("{:?}", frame.grey())] {
        assert!(text.contains("width: 2") && !text.contains("171") && !text.contains("205"), "{text}");
    }
}

/// Colour bars at full amplitude as ITU-R BT.601 codes them in eight bits, limited range: Y, Cb, Cr.
#[test]
fn yuyv_has_the_colours_of_the_standard() {
    for ([y, cb, cr], want) in [
        ([235, 128, 128], [255, 255, 255]),
        ([16, 128, 128], [0, 0, 0]),
        ([81, 90, 240], [255, 0, 0]),
        ([145, 54, 34], [0, 255, 0]),
        ([41, 240, 110], [0, 0, 255]),
        ([210, 16, 146], [255, 255, 0]),
    ] {
        let pixels: Vec<u8> = [y, cb, y, cr].into_iter().cycle().take(16).collect();
        let frame = frame(Size::new(4, 2), PixelFormat::Yuyv, pixels);
        let mut rgb = vec![0; 24];
        frame.preview_into(frame.size(), Mirror::AsSeen, &mut rgb);
        for pixel in rgb.chunks_exact(3) {
            let near = pixel.iter().zip(want).all(|(got, want): (&u8, u8)| got.abs_diff(want) <= 2);
            assert!(near, "{y} {cb} {cr}: {pixel:?}, not {want:?}");
        }
    }
}

#[test]
fn a_preview_shows_the_middle_and_mirrors() {
    // Six columns of which a square preview shows the middle two: bright left, dark right.
    let row = [1, 1, 250, 10, 1, 1];
    let frame = frame(Size::new(6, 2), PixelFormat::Grey, [row, row].concat());
    let shown = |mirror| {
        let mut rgb = vec![0; 12];
        frame.preview_into(Size::new(2, 2), mirror, &mut rgb);
        rgb
    };
    let [bright, dark] = [[250; 3], [10; 3]];
    assert_eq!(shown(Mirror::AsSeen), [bright, dark, bright, dark].concat());
    assert_eq!(shown(Mirror::AsInMirror), [dark, bright, dark, bright].concat());
}

#[test]
fn shrinking_averages_what_a_pixel_covers_and_growing_goes_on_at_the_edge() {
    let grey = |values: &[u8]| {
        let width = u32::try_from(values.len()).unwrap();
        frame(Size::new(width, 1), PixelFormat::Grey, values.to_vec())
    };
    let part =
        |frame: &Frame, area: Area, width: u32| frame.grey_part(area, Size::new(width, 1)).luma().to_vec();
    let four = grey(&[0, 100, 200, 40]);
    assert_eq!(part(&four, Area::whole(four.size()), 2), [50, 120]);
    assert_eq!(part(&four, Area::whole(four.size()), 1), [85]);
    let two = grey(&[0, 100]);
    assert_eq!(part(&two, Area::whole(two.size()), 4), [0, 25, 75, 100]);
    let beyond = Area { x: -4.0, y: 0.0, width: 10.0, height: 1.0 };
    assert_eq!(part(&two, beyond, 10), [0, 0, 0, 0, 0, 100, 100, 100, 100, 100]);
}

fn formats() -> impl Strategy<Value = PixelFormat> {
    prop_oneof![Just(PixelFormat::Grey), Just(PixelFormat::Rgb), Just(PixelFormat::Yuyv)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever stands in a file: a frame or an error that says which file.
    #[test]
    fn no_bytes_of_a_picture_file_bring_it_down(
        cut in 0.0_f64..1.0,
        edits in prop::collection::vec((0.0_f64..1.0, any::<u8>()), 0..12),
        jpeg in any::<bool>(),
    ) {
        let (format, name) = if jpeg { (ImageFormat::Jpeg, "a.jpg") } else { (ImageFormat::Png, "a.png") };
        let mut bytes = encoded(format, Size::new(24, 16));
        for (at, value) in edits {
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] = value;
        }
        if cut < 0.5 {
            bytes.truncate((cut * 2.0 * bytes.len() as f64) as usize);
        }
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), &bytes).unwrap();
        match open(dir.path()).frame(soon()) {
            Ok(frame) => prop_assert_eq!(frame.pixels().len(), frame.size().pixels() * 3),
            Err(error) => prop_assert_eq!(error.kind(), CameraErrorKind::InvalidData),
        }
    }

    /// A flat picture stays flat to the last bit, whichever part of it is brought to whichever size.
    #[test]
    fn a_flat_picture_stays_flat(
        format in formats(),
        (width, height) in (1_u32..20, 1_u32..20),
        (to_width, to_height) in (1_u32..24, 1_u32..24),
        area in (-30.0_f32..30.0, -30.0_f32..30.0, 0.1_f32..40.0, 0.1_f32..40.0),
        byte in any::<u8>(),
        mirror in prop_oneof![Just(Mirror::AsSeen), Just(Mirror::AsInMirror)],
    ) {
        let size = Size::new(width * 2, height);
        let frame = frame(size, format, vec![byte; size.pixels() * format.bytes()]);
        let to = Size::new(to_width, to_height);
        let (x, y, w, h) = area;
        let mut rgb = vec![0; to.pixels() * 3];
        frame.part_into(Area { x, y, width: w, height: h }, to, mirror, &mut rgb);
        prop_assert!(rgb.chunks_exact(3).all(|pixel| pixel == &rgb[..3]));
        if format != PixelFormat::Yuyv {
            prop_assert_eq!(rgb[0], byte);
        }
    }
}

#[cfg(feature = "sim")]
mod simulator {
    use super::*;
    use drivers::sim::camera::{CameraFault, Scene, SceneName, SimCamera, write_frames};

    const SIZE: Size = Size::new(160, 120);

    fn pixels(camera: &mut Box<dyn Camera>) -> Vec<u8> {
        camera.frame(soon()).unwrap().pixels().to_vec()
    }

    #[test]
    fn the_same_scene_gives_the_same_pictures_and_another_seed_others() {
        let run = |seed: u64| {
            let device = SimCamera::new(SIZE, Pace::AsAsked, Scene::named(SceneName::Moving, seed));
            let mut camera = device.open().unwrap();
            [pixels(&mut camera), pixels(&mut camera)]
        };
        let [first, second] = run(1);
        assert_eq!(run(1), [first.clone(), second.clone()]);
        assert_ne!(first, second, "it moves, and the sensor has its grain");
        assert_ne!(run(2)[0], first);
    }

    #[test]
    fn a_scene_can_change_while_the_camera_runs() {
        let device = SimCamera::new(SIZE, Pace::AsAsked, Scene::empty(1));
        let mut camera = device.open().unwrap();
        let empty = pixels(&mut camera);
        device.show(Scene::face(1));
        assert_eq!(pixels(&mut camera), Scene::face(1).draw(SIZE.width, SIZE.height, 1));
        device.show(Scene::empty(1));
        assert_eq!(empty, Scene::empty(1).draw(SIZE.width, SIZE.height, 0));
    }

    #[test]
    fn unplugged_it_is_gone_and_comes_back() {
        let device = SimCamera::new(SIZE, Pace::AsAsked, Scene::face(1));
        let mut camera = device.open().unwrap();
        device.set_fault(Some(CameraFault::Unplugged { from: 2 }));
        camera.frame(soon()).unwrap();
        camera.frame(soon()).unwrap();
        assert_eq!(camera.frame(soon()).unwrap_err().kind(), CameraErrorKind::NoDevice);
        device.set_fault(Some(CameraFault::Unplugged { from: 0 }));
        assert_eq!(device.open().err().unwrap().kind(), CameraErrorKind::NoDevice);
        device.set_fault(None);
        device.open().unwrap().frame(soon()).unwrap();
    }

    #[test]
    fn frozen_it_repeats_itself_to_the_last_bit_with_new_numbers() {
        let device = SimCamera::new(SIZE, Pace::AsAsked, Scene::face(1));
        let mut camera = device.open().unwrap();
        device.set_fault(Some(CameraFault::Frozen { from: 1 }));
        let frames: Vec<_> = (0..4).map(|_| camera.frame(soon()).unwrap()).collect();
        assert_ne!(frames[0].pixels(), frames[1].pixels());
        assert!(frames[1..].iter().all(|frame| frame.pixels() == frames[1].pixels()));
        assert_eq!(frames[3].sequence(), 3);
        device.set_fault(None);
        assert_ne!(pixels(&mut camera), frames[3].pixels());
    }

    #[test]
    fn covered_it_is_dark() {
        let device = SimCamera::new(SIZE, Pace::AsAsked, Scene::face(1));
        device.set_fault(Some(CameraFault::Dark));
        let frame = device.open().unwrap().frame(soon()).unwrap();
        assert!(frame.pixels().iter().all(|byte| *byte < 16));
    }

    #[test]
    fn slow_it_misses_the_deadline_and_then_delivers() {
        let device = SimCamera::new(SIZE, Pace::PerSecond(100.0), Scene::empty(1));
        let mut camera = device.open().unwrap();
        device.set_fault(Some(CameraFault::Slow));
        let begun = Instant::now();
        let error = camera.frame(begun + Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), CameraErrorKind::Timeout);
        assert!(begun.elapsed() >= Duration::from_millis(50), "it was waited for until the deadline");
        assert_eq!(camera.frame(soon()).unwrap().sequence(), 0);
    }

    #[test]
    fn a_directory_plays_what_the_simulator_shows() {
        let dir = tempfile::tempdir().unwrap();
        let scene = Scene::named(SceneName::Moving, 4);
        write_frames(dir.path(), SIZE, &scene, None, 3).unwrap();
        let mut played = open(dir.path());
        for number in [0, 1, 2, 0] {
            assert_eq!(played.frame(soon()).unwrap().pixels(), scene.draw(SIZE.width, SIZE.height, number));
        }
        let error = write_frames(dir.path(), SIZE, &scene, Some(CameraFault::Slow), 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a directory of pictures cannot be slow: camera.slow is for the simulator within a program"
        );
    }
}
