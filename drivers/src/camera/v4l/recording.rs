//! What a camera was asked and what it answered, as a file of JSON lines.
//!
//! Duty: the lines of such a recording, read; making one (`Recorder`) and playing it (`Replay`). Never: let a pixel reach the
//! disk.
//!
//! # The lines
//! The head, the times and the shape of a line are those of every recording of calls (`drivers/src/transport/recording`). Each
//! line is a call of
//! Video4Linux2 with what the driver asked and what the camera told, an error by its number (`errno`):
//! ```text
//! {"recording":1,"port":"v4l:/dev/video0","outgoing":"kept"}
//! {"us":52,"ask":"capability","told":{"number":69206017}}
//! {"us":71,"ask":"formats","told":{"formats":["MJPG","YUYV"]}}
//! {"us":204,"ask":{"set_control":{"id":10094849,"value":3}},"told":"done"}
//! {"us":66417,"ask":"wait","told":"ready"}
//! {"us":66431,"ask":"dequeue","told":{"filled":{"index":0,"used":41236,"flags":8193,"sequence":0,"time_us":90411203}}}
//! {"us":71002,"ask":{"bytes":0},"told":{"jpeg":{"width":1280,"height":720,"card":0,"luma":117}}}
//! {"us":99120,"ask":"dequeue","told":{"errno":19}}
//! {"us":99180,"end":true}
//! ```
//! Of a picture there is its size, its mean luma, and whether it was the same as the one before (it then has the same `card`);
//! a `cut` one had no end, a `broken` one could not be decoded. A replay shows a test card of that size and luma in its place.

mod recorder;
mod replay;
mod test_card;

pub(super) use recorder::Recorder;
pub(super) use replay::Replay;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::device::Answer;
use super::kernel::{Buffer, Control, PictureFormat};
use crate::transport::{RecordingError, check_calls};

/// What the driver asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Ask {
    Capability,
    Formats,
    SetFormat(Format),
    SetRate(u32),
    Controls,
    SetControl { id: u32, value: i32 },
    RequestBuffers(u32),
    Map(u32),
    Queue(u32),
    StreamOn,
    StreamOff,
    Wait,
    IsLate,
    Dequeue,
    Bytes(u32),
}

/// What the camera told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Told {
    Done,
    Number(u32),
    Formats(Vec<String>),
    Format(Format),
    Controls(Vec<ControlLine>),
    Ready,
    TimedOut,
    Late,
    InTime,
    Filled(Filled),
    /// Pixels as they are.
    Plain {
        bytes: usize,
        card: u32,
        luma: u8,
    },
    Jpeg {
        width: u32,
        height: u32,
        card: u32,
        luma: u8,
    },
    /// A JPEG without an end.
    Cut,
    /// A JPEG that cannot be decoded.
    Broken,
    /// No such buffer.
    Nothing,
    Errno(i32),
}

/// `struct v4l2_pix_format`, its first six numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Format {
    width: u32,
    height: u32,
    format: String,
    field: u32,
    bytes_per_line: u32,
    bytes: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ControlLine {
    id: u32,
    name: String,
    minimum: i32,
    maximum: i32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    index: u32,
    used: u32,
    flags: u32,
    sequence: u32,
    time_us: u64,
}

impl Format {
    fn of(picture: &PictureFormat) -> Self {
        let PictureFormat { width, height, format, field, bytes_per_line, bytes, colour: _ } = *picture;
        Self { width, height, format: letters(format), field, bytes_per_line, bytes }
    }

    fn picture(&self) -> PictureFormat {
        let Self { width, height, ref format, field, bytes_per_line, bytes } = *self;
        PictureFormat { width, height, format: number(format), field, bytes_per_line, bytes, colour: [0; 6] }
    }
}

/// A format's four letters; a number in hexadecimal where they are none.
fn letters(format: u32) -> String {
    let bytes = format.to_le_bytes();
    match std::str::from_utf8(&bytes) {
        Ok(text) if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) => text.to_owned(),
        _ => format!("{format:#010x}"),
    }
}

fn number(letters: &str) -> u32 {
    match <[u8; 4]>::try_from(letters.as_bytes()) {
        Ok(bytes) => u32::from_le_bytes(bytes),
        Err(_) => letters.strip_prefix("0x").and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(0),
    }
}

impl Filled {
    fn of(buffer: &Buffer) -> Self {
        let [seconds, micros] = buffer.time.map(|part| u64::try_from(part).unwrap_or(0));
        let time_us = seconds.saturating_mul(1_000_000).saturating_add(micros);
        let Buffer { index, used, flags, sequence, .. } = *buffer;
        Self { index, used, flags, sequence, time_us }
    }

    fn buffer(&self) -> Buffer {
        let Self { index, used, flags, sequence, time_us } = *self;
        let time = [time_us / 1_000_000, time_us % 1_000_000].map(|part| i64::try_from(part).unwrap_or(0));
        Buffer::filled(index, used, flags, sequence, time)
    }
}

impl ControlLine {
    fn of(Control { id, name, minimum, maximum }: &Control) -> Self {
        Self { id: *id, name: name.clone(), minimum: *minimum, maximum: *maximum }
    }

    fn control(&self) -> Control {
        Control { id: self.id, name: self.name.clone(), minimum: self.minimum, maximum: self.maximum }
    }
}

impl Told {
    fn done(answer: Answer<()>) -> Self {
        Self::of(answer, |()| Self::Done)
    }

    fn of<T>(answer: Answer<T>, told: impl FnOnce(T) -> Self) -> Self {
        answer.map_or_else(|error: Errno| Self::Errno(error.raw_os_error()), told)
    }
}

/// Whether a text is the recording of a camera.
///
/// # Errors
/// The first line that is not as the format says.
pub fn check(text: &str) -> Result<(), RecordingError> {
    check_calls::<Ask, Told>(text)
}

#[cfg(test)]
mod tests;
