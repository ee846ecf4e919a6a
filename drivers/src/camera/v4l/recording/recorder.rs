//! A camera of which every call is written down.
//!
//! Duty: calls and answers with their times; how a picture was. Never: write a pixel, or keep more of them than the last
//! picture, in memory that is wiped.

use std::path::Path;
use std::time::Instant;

use zeroize::Zeroizing;

use super::super::device::{Answer, Device, Waited};
use super::super::kernel::{Buffer, Control, PictureFormat};
use super::super::{MJPG, jpeg_pixels};
use super::{Ask, ControlLine, Filled, Format, Told, letters};
use crate::camera::{Frame, PixelFormat};
use crate::transport::{CallJournal, Outgoing, PortAddress, RecordingError};

pub(in super::super) struct Recorder {
    device: Box<dyn Device>,
    journal: CallJournal,
    format: u32,
    last: Zeroizing<Vec<u8>>,
    card: u32,
}

impl Recorder {
    pub(in super::super) fn create(
        device: Box<dyn Device>,
        port: &PortAddress,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        let journal = CallJournal::create(port, Outgoing::Kept, path)?;
        let last = Zeroizing::new(Vec::new());
        Ok(Self { device, journal, format: 0, last, card: 0 })
    }

    fn note(&mut self, ask: Ask, told: Told) {
        self.journal.note(ask, told);
    }

    fn picture(&mut self, bytes: &Zeroizing<Vec<u8>>) -> Told {
        if *self.last != **bytes {
            // The first has number 1.
            self.card += 1;
            self.last = bytes.clone();
        }
        let card = self.card;
        if self.format != MJPG {
            return Told::Plain { bytes: bytes.len(), card, luma: mean(bytes.iter().step_by(2)) };
        }
        match jpeg_pixels(bytes) {
            Ok((size, rgb)) => {
                let frame = Frame::new(size, PixelFormat::Rgb, 0, std::time::Duration::ZERO, rgb);
                let luma = frame.map_or(0, |frame| mean(frame.grey().luma().iter()));
                Told::Jpeg { width: size.width, height: size.height, card, luma }
            }
            Err(None) => Told::Cut,
            Err(Some(_)) => Told::Broken,
        }
    }
}

fn mean<'b>(luma: impl Iterator<Item = &'b u8>) -> u8 {
    let (sum, count) = luma.fold((0_u64, 0_u64), |(sum, count), byte| (sum + u64::from(*byte), count + 1));
    u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)
}

impl Device for Recorder {
    fn capability(&mut self) -> Answer<u32> {
        let answer = self.device.capability();
        self.note(Ask::Capability, Told::of(answer, Told::Number));
        answer
    }

    fn formats(&mut self) -> Vec<u32> {
        let formats = self.device.formats();
        self.note(Ask::Formats, Told::Formats(formats.iter().copied().map(letters).collect()));
        formats
    }

    fn set_format(&mut self, format: PictureFormat) -> Answer<PictureFormat> {
        let answer = self.device.set_format(format);
        self.note(Ask::SetFormat(Format::of(&format)), Told::of(answer, |f| Told::Format(Format::of(&f))));
        self.format = answer.map_or(0, |made| made.format);
        answer
    }

    fn set_rate(&mut self, frames: u32) -> Answer<()> {
        let answer = self.device.set_rate(frames);
        self.note(Ask::SetRate(frames), Told::done(answer));
        answer
    }

    fn controls(&mut self) -> Vec<Control> {
        let controls = self.device.controls();
        self.note(Ask::Controls, Told::Controls(controls.iter().map(ControlLine::of).collect()));
        controls
    }

    fn set_control(&mut self, id: u32, value: i32) -> Answer<()> {
        let answer = self.device.set_control(id, value);
        self.note(Ask::SetControl { id, value }, Told::done(answer));
        answer
    }

    fn request_buffers(&mut self, count: u32) -> Answer<u32> {
        let answer = self.device.request_buffers(count);
        self.note(Ask::RequestBuffers(count), Told::of(answer, Told::Number));
        answer
    }

    fn map(&mut self, index: u32) -> Answer<()> {
        let answer = self.device.map(index);
        self.note(Ask::Map(index), Told::done(answer));
        answer
    }

    fn queue(&mut self, index: u32) -> Answer<()> {
        let answer = self.device.queue(index);
        self.note(Ask::Queue(index), Told::done(answer));
        answer
    }

    fn stream_on(&mut self) -> Answer<()> {
        let answer = self.device.stream_on();
        self.note(Ask::StreamOn, Told::done(answer));
        answer
    }

    fn stream_off(&mut self) -> Answer<()> {
        let answer = self.device.stream_off();
        self.note(Ask::StreamOff, Told::done(answer));
        answer
    }

    fn wait(&mut self, deadline: Instant) -> Answer<Waited> {
        let answer = self.device.wait(deadline);
        let told = |waited| match waited {
            Waited::Ready => Told::Ready,
            Waited::TimedOut => Told::TimedOut,
        };
        self.note(Ask::Wait, Told::of(answer, told));
        answer
    }

    fn is_late(&mut self, deadline: Instant) -> bool {
        let late = self.device.is_late(deadline);
        self.note(Ask::IsLate, if late { Told::Late } else { Told::InTime });
        late
    }

    fn dequeue(&mut self) -> Answer<Buffer> {
        let answer = self.device.dequeue();
        let told = answer.as_ref().map_err(|error| *error);
        self.note(Ask::Dequeue, Told::of(told, |buffer| Told::Filled(Filled::of(buffer))));
        answer
    }

    fn bytes(&mut self, buffer: &Buffer) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = self.device.bytes(buffer);
        let told = bytes.as_ref().map_or(Told::Nothing, |bytes| self.picture(bytes));
        self.note(Ask::Bytes(buffer.index), told);
        bytes
    }
}
