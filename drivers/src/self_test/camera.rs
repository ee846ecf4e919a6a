//! The camera: whether pictures come, whether they change, whether there is light.

use std::time::{Duration, Instant};

use domain::device::{Cause, TerminalDevice};
use zeroize::Zeroizing;

use super::{TestReport, Trial};
use crate::camera::{Camera, CameraError, Frame};

/// So many frames are looked at, however slowly they come: what is wrong with the sixth is not seen in five.
const FRAMES: u32 = 12;
/// How long one is waited for.
const FRAME: Duration = Duration::from_millis(1500);
/// So many that are the same to the last bit are a picture that stands still: a live one has noise.
const SAME: u32 = 4;
/// A mean luma below this is a lens that is covered, 0 to 255.
const DARK: u64 = 20;
/// More than this between two frames is no preview in which people find their place.
const SLOW: Duration = Duration::from_millis(400);

/// Tests a camera; `open` opens it. No picture is kept.
pub fn camera(open: impl FnOnce() -> Result<Box<dyn Camera>, CameraError>) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::Camera);
    let camera = trial.step("open", open);
    let looked = camera.and_then(|mut camera| trial.step("frames", || look(camera.as_mut())));
    match looked {
        Ok(seen) => {
            let detail = format!("{} × {}, {} frames", seen.size.0, seen.size.1, seen.frames);
            trial.end(seen.cause(), Some(detail))
        }
        Err(error) => {
            let cause = error.cause();
            trial.failed(cause, &error)
        }
    }
}

#[derive(Default)]
struct Seen {
    size: (u32, u32),
    frames: u32,
    same: u32,
    luma: u64,
    /// Number and date of the first and of the last, as the camera has them: a terminal that is busy is not its fault.
    first: Option<(u64, Duration)>,
    last: (u64, Duration),
}

fn look(camera: &mut dyn Camera) -> Result<Seen, CameraError> {
    let mut seen = Seen::default();
    let mut last: Option<Zeroizing<Vec<u8>>> = None;
    while seen.frames < FRAMES {
        let frame = camera.frame(Instant::now() + FRAME)?;
        seen.last = (frame.sequence(), frame.taken_at());
        seen.first.get_or_insert(seen.last);
        seen.same = match &last {
            Some(before) if before.as_slice() == frame.pixels() => seen.same + 1,
            _ => 1,
        };
        seen.luma = luma(&frame);
        seen.size = (frame.size().width, frame.size().height);
        seen.frames += 1;
        last = Some(Zeroizing::new(frame.pixels().to_vec()));
    }
    Ok(seen)
}

fn luma(frame: &Frame) -> u64 {
    let grey = frame.grey();
    let pixels = grey.luma();
    pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>() / (pixels.len().max(1) as u64)
}

impl Seen {
    /// From frame to frame, on the average.
    fn pause(&self) -> Duration {
        let (last, first) = (self.last, self.first.unwrap_or(self.last));
        let frames = u32::try_from(last.0.saturating_sub(first.0)).unwrap_or(u32::MAX);
        last.1.saturating_sub(first.1).checked_div(frames).unwrap_or_default()
    }

    fn cause(&self) -> Option<Cause> {
        [
            (self.same >= SAME, Cause::Frozen),
            (self.luma < DARK, Cause::Dark),
            (self.pause() > SLOW, Cause::Slow),
        ]
        .into_iter()
        .find(|(there, _)| *there)
        .map(|(_, cause)| cause)
    }
}
