//! A recording as a camera.
//!
//! Duty: the answer that came, once the same is asked. Never: wait; the time of a recording is over.

use std::path::Path;
use std::time::Instant;

use rustix::io::Errno;
use zeroize::Zeroizing;

use super::super::device::{Answer, Device, Waited};
use super::super::kernel::{Buffer, Control, PictureFormat};
use super::test_card::{jpeg_card, plain_card};
use super::{Ask, ControlLine, Filled, Format, Told, number};
use crate::camera::Size;
use crate::transport::{CallReplay, PortAddress, RecordingError, recorded_port};

/// Bytes of a picture: the largest that the driver takes.
const LARGEST: usize = 2 * (Size::LARGEST_EDGE as usize) * (Size::LARGEST_EDGE as usize);
/// A picture without an end, and one that is none between its beginning and its end.
const CUT: [u8; 2] = [0xFF, 0xD8];
const BROKEN: [u8; 6] = [0xFF, 0xD8, 0xFF, 0xDA, 0xFF, 0xD9];

pub(in super::super) struct Replay {
    calls: CallReplay<Ask, Told>,
    /// Pixels of a line.
    width: usize,
}

impl Replay {
    /// # Errors
    /// There is no such file, or it is no recording of a camera.
    pub(in super::super) fn open(path: &Path) -> Result<Self, RecordingError> {
        // Whose it is comes first: lines of another port are none of a camera's.
        match recorded_port(path)? {
            PortAddress::V4l { .. } => Ok(Self { calls: CallReplay::open(path)?, width: 0 }),
            other => Err(RecordingError::OtherPort(other)),
        }
    }

    /// What was told when this was asked; an error of its own once it is about something else.
    fn told<T>(&mut self, ask: &Ask, read: impl FnOnce(&Told) -> Option<T>) -> Answer<T> {
        let answer = match self.calls.told(ask).ok_or(Errno::PROTO)? {
            Told::Errno(error) => return Err(Errno::from_raw_os_error(*error)),
            told => read(told),
        };
        answer.ok_or_else(|| {
            self.calls.disagrees();
            Errno::PROTO
        })
    }

    fn done(&mut self, ask: &Ask) -> Answer<()> {
        self.told(ask, |told| (*told == Told::Done).then_some(()))
    }

    fn number(&mut self, ask: &Ask) -> Answer<u32> {
        self.told(ask, |told| match told {
            Told::Number(number) => Some(*number),
            _ => None,
        })
    }
}

impl Device for Replay {
    fn capability(&mut self) -> Answer<u32> {
        self.number(&Ask::Capability)
    }

    fn formats(&mut self) -> Vec<u32> {
        let formats = self.told(&Ask::Formats, |told| match told {
            Told::Formats(formats) => Some(formats.iter().map(|letters| number(letters)).collect()),
            _ => None,
        });
        formats.unwrap_or_default()
    }

    fn set_format(&mut self, format: PictureFormat) -> Answer<PictureFormat> {
        let made = self.told(&Ask::SetFormat(Format::of(&format)), |told| match told {
            Told::Format(format) => Some(format.picture()),
            _ => None,
        })?;
        self.width = usize::try_from(made.width).unwrap_or(0);
        Ok(made)
    }

    fn set_rate(&mut self, frames: u32) -> Answer<()> {
        self.done(&Ask::SetRate(frames))
    }

    fn controls(&mut self) -> Vec<Control> {
        let controls = self.told(&Ask::Controls, |told| match told {
            Told::Controls(controls) => Some(controls.iter().map(ControlLine::control).collect()),
            _ => None,
        });
        controls.unwrap_or_default()
    }

    fn set_control(&mut self, id: u32, value: i32) -> Answer<()> {
        self.done(&Ask::SetControl { id, value })
    }

    fn request_buffers(&mut self, count: u32) -> Answer<u32> {
        self.number(&Ask::RequestBuffers(count))
    }

    fn map(&mut self, index: u32) -> Answer<()> {
        self.done(&Ask::Map(index))
    }

    fn queue(&mut self, index: u32) -> Answer<()> {
        self.done(&Ask::Queue(index))
    }

    fn stream_on(&mut self) -> Answer<()> {
        self.done(&Ask::StreamOn)
    }

    fn stream_off(&mut self) -> Answer<()> {
        self.done(&Ask::StreamOff)
    }

    fn wait(&mut self, _: Instant) -> Answer<Waited> {
        self.told(&Ask::Wait, |told| match told {
            Told::Ready => Some(Waited::Ready),
            Told::TimedOut => Some(Waited::TimedOut),
            _ => None,
        })
    }

    fn is_late(&mut self, _: Instant) -> bool {
        let late = self.told(&Ask::IsLate, |told| match told {
            Told::Late => Some(true),
            Told::InTime => Some(false),
            _ => None,
        });
        // One that diverged must not be asked for ever.
        late.unwrap_or(true)
    }

    fn dequeue(&mut self) -> Answer<Buffer> {
        self.told(&Ask::Dequeue, |told| match told {
            Told::Filled(filled) => Some(Filled::buffer(filled)),
            _ => None,
        })
    }

    fn bytes(&mut self, buffer: &Buffer) -> Option<Zeroizing<Vec<u8>>> {
        let width = self.width;
        let bytes = self.told(&Ask::Bytes(buffer.index), |told| {
            Some(match told {
                Told::Plain { bytes, card, luma } => {
                    Some(plain_card(width, (*bytes).min(LARGEST), *card, *luma))
                }
                Told::Jpeg { width, height, card, luma } => {
                    let edge = Size::LARGEST_EDGE;
                    Some(jpeg_card(Size::new(*width.min(&edge), *height.min(&edge)), *card, *luma))
                }
                Told::Cut => Some(CUT.to_vec()),
                Told::Broken => Some(BROKEN.to_vec()),
                Told::Nothing => None,
                _ => return None,
            })
        });
        bytes.ok().flatten().map(Zeroizing::new)
    }

    fn diverged(&self) -> Option<RecordingError> {
        self.calls.diverged()
    }
}
