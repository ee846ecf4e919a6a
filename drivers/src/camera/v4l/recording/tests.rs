//! The driver over a kernel of a script's: recorded, replayed, the same frames and errors. `cargo xtask guest` does it over
//! real kernels' cameras.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use zeroize::Zeroizing;

use super::super::device::{Answer, Device, Waited};
use super::super::kernel::{Buffer, Control, PictureFormat};
use super::super::{Exposure, MJPG, V4lCamera, YUYV};
use super::*;
use crate::camera::{Camera as _, CameraErrorKind, Frame, PixelFormat, Size};
use crate::transport::PortAddress;

const SIZE: Size = Size::new(64, 48);

/// What a buffer is filled with, or what becomes of waiting for one.
#[derive(Clone)]
enum Step {
    Picture(Vec<u8>),
    /// The same with the flag of damage.
    Damaged(Vec<u8>),
    Silence,
    Error(Errno),
}

/// A camera that follows a script; it has one buffer, and the exposure controls of a webcam that knows one automatic.
struct Script {
    format: u32,
    /// Its one buffer is filled again before it is asked once more.
    overtakes: bool,
    steps: VecDeque<Step>,
    buffer: Vec<u8>,
    sequence: u32,
}

fn script(format: u32, steps: &[Step]) -> Script {
    let steps = steps.iter().cloned().collect();
    Script { format, overtakes: false, steps, buffer: Vec::new(), sequence: 0 }
}

impl Device for Script {
    fn capability(&mut self) -> Answer<u32> {
        Ok(0x0400_0001)
    }

    fn formats(&mut self) -> Vec<u32> {
        vec![u32::from_le_bytes(*b"H264"), self.format]
    }

    fn set_format(&mut self, format: PictureFormat) -> Answer<PictureFormat> {
        Ok(PictureFormat { bytes_per_line: format.width * 2, ..format })
    }

    fn set_rate(&mut self, _: u32) -> Answer<()> {
        Err(Errno::NOTTY)
    }

    fn controls(&mut self) -> Vec<Control> {
        vec![Control { id: 0x009A_0901, name: "Auto Exposure".to_owned(), minimum: 0, maximum: 3 }]
    }

    fn set_control(&mut self, _: u32, value: i32) -> Answer<()> {
        if value == 3 { Err(Errno::INVAL) } else { Ok(()) }
    }

    fn request_buffers(&mut self, _: u32) -> Answer<u32> {
        Ok(1)
    }

    fn map(&mut self, _: u32) -> Answer<()> {
        Ok(())
    }

    fn queue(&mut self, _: u32) -> Answer<()> {
        Ok(())
    }

    fn stream_on(&mut self) -> Answer<()> {
        Ok(())
    }

    fn stream_off(&mut self) -> Answer<()> {
        Ok(())
    }

    fn wait(&mut self, _: Instant) -> Answer<Waited> {
        match self.steps.front() {
            Some(Step::Silence) => {
                self.steps.pop_front();
                Ok(Waited::TimedOut)
            }
            _ => Ok(Waited::Ready),
        }
    }

    fn is_late(&mut self, _: Instant) -> bool {
        false
    }

    fn dequeue(&mut self) -> Answer<Buffer> {
        if !self.buffer.is_empty() && !self.overtakes {
            self.buffer.clear();
            return Err(Errno::AGAIN);
        }
        let (bytes, flags) = match self.steps.pop_front() {
            Some(Step::Picture(bytes)) => (bytes, 0),
            Some(Step::Damaged(bytes)) => (bytes, 0x40),
            Some(Step::Error(error)) => return Err(error),
            Some(Step::Silence) | None => return Err(Errno::NODEV),
        };
        self.buffer = bytes;
        self.sequence += 1;
        let time = [7, i64::from(self.sequence) * 66_666];
        let used = u32::try_from(self.buffer.len()).unwrap();
        Ok(Buffer::filled(0, used, flags, self.sequence, time))
    }

    fn bytes(&mut self, _: &Buffer) -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(self.buffer.clone()))
    }
}

/// What a caller sees of a frame or of its absence, pixels aside.
type Seen = Result<(Size, PixelFormat, u64, Duration), CameraErrorKind>;

/// What a technician's tools ask of a camera until it is gone.
fn session(camera: &mut V4lCamera) -> (Vec<Seen>, Vec<Frame>) {
    assert_eq!(camera.controls().len(), 1);
    assert!(camera.set_exposure(Exposure::Fixed(Duration::from_millis(10))).is_ok());
    let (mut seen, mut frames) = (Vec::new(), Vec::new());
    while seen.last() != Some(&Err(CameraErrorKind::NoDevice)) && seen.len() < 50 {
        match camera.frame(Instant::now() + Duration::from_secs(1)) {
            Ok(frame) => {
                seen.push(Ok((frame.size(), frame.format(), frame.sequence(), frame.taken_at())));
                frames.push(frame);
            }
            Err(error) => seen.push(Err(error.kind())),
        }
    }
    (seen, frames)
}

fn recorded(device: Script, file: &Path) -> (Vec<Seen>, Vec<Frame>) {
    let port = PortAddress::V4l { path: "/dev/video0".into() };
    let recorder = Recorder::create(Box::new(device), &port, file).unwrap();
    session(&mut V4lCamera::over(Box::new(recorder), port.to_string(), SIZE).unwrap())
}

/// Noise that no test card has, of a mean near `level`.
fn noise(seed: u64, level: u8, count: usize) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        level.saturating_add((state >> 59) as u8)
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn jpeg(seed: u64) -> Vec<u8> {
    let mut file = Vec::new();
    let rgb = noise(seed, 90, SIZE.pixels() * 3);
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, 90);
    let colour = image::ExtendedColorType::Rgb8;
    image::ImageEncoder::write_image(encoder, &rgb, SIZE.width, SIZE.height, colour).unwrap();
    file
}

fn check(format: u32, steps: &[Step]) -> (Vec<Seen>, Vec<Frame>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("camera.jsonl");
    let (seen, frames) = recorded(script(format, steps), &file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.trim_end().ends_with(r#""end":true}"#), "{text}");

    let (replayed, cards) = session(&mut V4lCamera::replayed(&file, SIZE).unwrap());
    assert_eq!(replayed, seen);
    let mean = |frame: &Frame| {
        let grey = frame.grey();
        grey.luma().iter().map(|luma| i64::from(*luma)).sum::<i64>() / grey.luma().len() as i64
    };
    for pair in frames.iter().zip(&cards) {
        assert!((mean(pair.0) - mean(pair.1)).abs() <= 2, "as light as it was");
        assert_ne!(pair.0.pixels(), pair.1.pixels());
    }
    let stands_still = |frames: &[Frame]| -> Vec<bool> {
        frames.windows(2).map(|pair| pair[0].pixels() == pair[1].pixels()).collect()
    };
    assert_eq!(stands_still(&cards), stands_still(&frames));

    // Whatever was in a buffer, no eight bytes of it stand in the file, neither as they are nor in hexadecimal or decimal.
    let bytes = steps.iter().filter_map(|step| match step {
        Step::Picture(bytes) | Step::Damaged(bytes) => Some(bytes),
        Step::Silence | Step::Error(_) => None,
    });
    for run in bytes.flat_map(|bytes| bytes.chunks_exact(8)) {
        let hex: String = run.iter().map(|byte| format!("{byte:02x}")).collect();
        let list = run.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
        assert!(!text.to_ascii_lowercase().contains(&hex) && !text.contains(&list));
    }
    (seen, frames)
}

#[test]
fn plain_pictures_and_everything_that_can_happen() {
    let picture = |seed| Step::Picture(noise(seed, 100, SIZE.pixels() * 2));
    let short = Step::Picture(noise(9, 100, 100));
    let dark = Step::Picture(noise(4, 3, SIZE.pixels() * 2));
    let steps = [
        picture(1),
        picture(1),
        Step::Damaged(noise(2, 100, SIZE.pixels() * 2)),
        picture(3),
        Step::Silence,
        short,
        Step::Error(Errno::IO),
        dark,
        Step::Error(Errno::INTR),
        picture(5),
        Step::Error(Errno::NODEV),
    ];
    let (seen, _) = check(YUYV, &steps);
    let frame = |sequence: u64, after: u64| {
        let taken_at = Duration::from_micros(66_666 * after);
        Ok((SIZE, PixelFormat::Yuyv, sequence, taken_at))
    };
    let want = [
        frame(1, 0),
        frame(2, 1),
        // The third was damaged.
        frame(4, 3),
        Err(CameraErrorKind::Timeout),
        Err(CameraErrorKind::InvalidData),
        Err(CameraErrorKind::HardwareError),
        frame(6, 5),
        frame(7, 6),
        Err(CameraErrorKind::NoDevice),
    ];
    assert_eq!(seen, want);
}

/// A recorded frame of a large picture takes longer than a frame of the camera, where the machine is slow.
#[test]
fn a_camera_that_is_faster_than_its_reader_is_read_all_the_same() {
    let pictures: Vec<_> = (0..9).map(|seed| Step::Picture(noise(seed, 100, SIZE.pixels() * 2))).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("camera.jsonl");
    let device = Script { overtakes: true, ..script(YUYV, &pictures) };
    let (seen, _) = recorded(device, &file);
    let numbers: Vec<u64> = seen.iter().filter_map(|seen| Some(seen.as_ref().ok()?.2)).collect();
    // Four buffers, and the newest of them; the ninth picture is lost with the plug.
    assert_eq!((&numbers[..], seen.last()), (&[4, 8][..], Some(&Err(CameraErrorKind::NoDevice))));
    assert_eq!(session(&mut V4lCamera::replayed(&file, SIZE).unwrap()).0, seen);
}

#[test]
fn jpeg_pictures_whole_and_broken() {
    let whole = jpeg(1);
    let cut = whole[..whole.len() / 2].to_vec();
    let broken = vec![0xFF, 0xD8, 0xFF, 0xDA, 0x11, 0x22, 0xFF, 0xD9];
    let steps = [whole, cut, broken, jpeg(2), jpeg(2)]
        .map(Step::Picture)
        .into_iter()
        .chain([Step::Error(Errno::NODEV)]);
    let (seen, frames) = check(MJPG, &steps.collect::<Vec<_>>());
    let kinds: Vec<_> = seen.iter().map(|seen| seen.as_ref().err().copied()).collect();
    let invalid = Some(CameraErrorKind::InvalidData);
    assert_eq!(kinds, [None, invalid, invalid, None, None, Some(CameraErrorKind::NoDevice)]);
    assert_eq!(frames.len(), 3);
}

#[test]
fn another_size_and_another_device_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("camera.jsonl");
    recorded(script(YUYV, &[Step::Error(Errno::NODEV)]), &file);
    let other = V4lCamera::replayed(&file, Size::new(32, 32)).err().unwrap();
    // Head, capability, formats, and then the size.
    assert!(
        matches!(other, crate::camera::CameraError::Recording(RecordingError::Diverged { line: 4 })),
        "{other:?}"
    );

    let serial = folder.path().join("serial.jsonl");
    std::fs::write(&serial, r#"{"recording":1,"port":"serial:/dev/ttyS0","outgoing":"kept"}"#).unwrap();
    let error = V4lCamera::replayed(&serial, SIZE).err().unwrap();
    assert!(error.to_string().contains("serial:/dev/ttyS0"), "{error}");
}

/// Typed from the head of this module's file.
#[test]
fn the_lines_are_as_they_are_described() {
    let text = [
        r#"{"recording":1,"port":"v4l:/dev/video0","outgoing":"kept"}"#,
        r#"{"us":52,"ask":"capability","told":{"number":69206017}}"#,
        r#"{"us":71,"ask":"formats","told":{"formats":["MJPG","YUYV"]}}"#,
        r#"{"us":204,"ask":{"set_control":{"id":10094849,"value":3}},"told":"done"}"#,
        r#"{"us":66417,"ask":"wait","told":"ready"}"#,
        r#"{"us":66431,"ask":"dequeue","told":{"filled":{"index":0,"used":41236,"flags":8193,"sequence":0,"time_us":90411203}}}"#,
        r#"{"us":71002,"ask":{"bytes":0},"told":{"jpeg":{"width":1280,"height":720,"card":0,"luma":117}}}"#,
        r#"{"us":99120,"ask":"dequeue","told":{"errno":19}}"#,
        r#"{"us":99180,"end":true}"#,
    ];
    super::check(&text.join("\n")).unwrap();
    for wrong in [
        r#"{"us":1,"ask":"wait"}"#,
        r#"{"us":1,"ask":"wait","told":"bored"}"#,
        r#"{"us":1,"ask":"wait","told":"ready","end":true}"#,
        r#"{"us":1,"ask":"wait","told":"ready","pixels":"00"}"#,
    ] {
        assert!(super::check(&format!("{}\n{wrong}", text[0])).is_err(), "{wrong}");
    }
}

#[test]
fn an_open_camera_is_dark_until_a_frame_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let port = PortAddress::V4l { path: "/dev/video0".into() };
    let told = |name: &str, frames: usize| {
        let file = folder.path().join(name);
        let device = script(YUYV, &[Step::Picture(noise(1, 90, SIZE.pixels() * 2))]);
        let recorder = Recorder::create(Box::new(device), &port, &file).unwrap();
        let mut camera = V4lCamera::over(Box::new(recorder), port.to_string(), SIZE).unwrap();
        for _ in 0..frames {
            camera.frame(Instant::now() + Duration::from_secs(1)).unwrap();
        }
        drop(camera);
        std::fs::read_to_string(&file).unwrap()
    };
    let films = |text: &str| text.contains("stream_on") || text.contains("stream_off");
    assert!(!films(&told("dark.jsonl", 0)));
    let filmed = told("filmed.jsonl", 1);
    assert!(filmed.contains("stream_on") && filmed.contains("stream_off"), "{filmed}");
}
