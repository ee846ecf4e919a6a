//! Commands in a row, with the printer's settings in mind.
//!
//! Duty: say each setting once, gather feeds, cut the stream between commands. Never: know what a paper is.

use domain::paper::document::{Align, TextSize, Weight};
use zeroize::Zeroizing;

use super::super::profile::{AutomaticStatus, FeedUnit, PrinterProfile};
use super::super::qr::QrSymbol;
use super::super::raster::Band;
use super::rows;

/// Some whole commands, sent at once.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The bytes; they may be a resident's words.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Rows of paper from the beginning to the end of this chunk.
    pub rows_until_end: u32,
}

impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({} bytes, to row {})", self.bytes.len(), self.rows_until_end)
    }
}

/// How large the printer draws a dot of a band.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dots {
    Single,
    Doubled,
}

impl Dots {
    pub(super) const fn scale(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Doubled => 2,
        }
    }

    const fn mode(self) -> u8 {
        match self {
            Self::Single => 0,
            Self::Doubled => 3,
        }
    }
}

/// Most bytes of a chunk.
const MOST_BYTES: usize = 4096;

/// The commands of one job.
pub(super) struct Stream {
    chunks: Vec<Chunk>,
    current: Zeroizing<Vec<u8>>,
    rows: u32,
    pending_feed: u32,
    /// The parameter of `GS !`: times wide in the upper half, times high in the lower, both less one.
    scale: u8,
    weight: Weight,
    align: Align,
    pitch: Option<u16>,
    chinese: bool,
}

/// Whether a native code's payload is safe: no control character that a printer could act on, and short enough that
/// its length is no such character either.
pub(super) fn is_plain(payload: &str) -> bool {
    payload.len() < 1000 && payload.bytes().all(|b| b >= 0x20)
}

impl Stream {
    /// Begins with `ESC @`, automatic status on (`GS a`: online, errors, paper), and the unit of feeds.
    pub(super) fn new(profile: &PrinterProfile) -> Self {
        let mut stream = Self {
            chunks: Vec::new(),
            current: Zeroizing::new(Vec::with_capacity(MOST_BYTES)),
            rows: 0,
            pending_feed: 0,
            scale: 0,
            weight: Weight::Regular,
            align: Align::Left,
            pitch: None,
            chinese: false,
        };
        stream.setting(&[0x1B, b'@']);
        if profile.status.automatic == AutomaticStatus::Present {
            stream.setting(&[0x1D, b'a', 0x0E]);
        }
        if profile.feed_unit == FeedUnit::SetByCommand {
            stream.setting(&[0x1D, b'P', 203, 203]);
        }
        stream
    }

    /// White rows before whatever comes next.
    pub(super) const fn feed(&mut self, rows: u32) {
        self.pending_feed += rows;
    }

    /// A line in the printer's own font.
    pub(super) fn text(&mut self, bytes: &[u8], size: TextSize, weight: Weight, align: Align) {
        let scale = [0x00, 0x11, 0x22][size.scale() - 1];
        self.characters(bytes, scale, size.pitch(), weight, align);
    }

    /// A line of strokes, twice as wide as high.
    pub(super) fn rule(&mut self, strokes: &[u8]) {
        self.characters(strokes, 0x10, TextSize::Normal.pitch(), Weight::Regular, Align::Left);
    }

    fn characters(&mut self, bytes: &[u8], scale: u8, pitch: u16, weight: Weight, align: Align) {
        self.flush_feed();
        self.align(align);
        if self.scale != scale {
            self.scale = scale;
            self.setting(&[0x1D, b'!', scale]);
        }
        if self.weight != weight {
            self.weight = weight;
            self.setting(&[0x1B, b'E', u8::from(weight == Weight::Bold)]);
        }
        if self.pitch != Some(pitch) {
            self.pitch = Some(pitch);
            self.setting(&[0x1B, b'3', u8::try_from(pitch).unwrap_or(u8::MAX)]);
        }
        if !self.chinese && !bytes.is_ascii() {
            self.chinese = true;
            self.setting(&[0x1C, b'&']);
        }
        let mut line = Zeroizing::new(Vec::with_capacity(bytes.len() + 1));
        line.extend_from_slice(bytes);
        line.push(b'\n');
        self.command(&line, pitch.into());
    }

    /// Dots: `GS v 0`.
    pub(super) fn band(&mut self, band: &Band, align: Align, dots: Dots) {
        self.flush_feed();
        self.align(align);
        let [x_low, x_high] = low_high(band.row_bytes);
        let [y_low, y_high] = low_high(band.height);
        let head = [0x1D, b'v', b'0', dots.mode(), x_low, x_high, y_low, y_high];
        let mut command = Zeroizing::new(Vec::with_capacity(head.len() + band.bytes.len()));
        command.extend_from_slice(&head);
        command.extend_from_slice(&band.bytes);
        self.command(&command, rows(band.height * dots.scale()));
    }

    /// A code that the printer draws: `GS ( k` fn 65 (model 2), 67 (dots of a module), 69 (level M), 80 (store), 81.
    pub(super) fn native_code(&mut self, payload: &[u8], symbol: &QrSymbol) {
        self.flush_feed();
        self.align(Align::Centre);
        let module = u8::try_from(symbol.module).unwrap_or(4);
        let [low, high] = low_high(payload.len() + 3);
        let mut command = Zeroizing::new(Vec::with_capacity(payload.len() + 48));
        command.extend_from_slice(&[0x1D, b'(', b'k', 4, 0, 49, 65, 50, 0]);
        command.extend_from_slice(&[0x1D, b'(', b'k', 3, 0, 49, 67, module]);
        command.extend_from_slice(&[0x1D, b'(', b'k', 3, 0, 49, 69, 49]);
        command.extend_from_slice(&[0x1D, b'(', b'k', low, high, 49, 80, 48]);
        command.extend_from_slice(payload);
        command.extend_from_slice(&[0x1D, b'(', b'k', 3, 0, 49, 81, 48]);
        self.command(&command, rows(symbol.size * symbol.module));
    }

    /// The chunks, and how many rows they are.
    pub(super) fn finish(mut self) -> (Vec<Chunk>, u32) {
        self.flush_feed();
        if self.chinese {
            self.setting(&[0x1C, b'.']);
        }
        self.end_chunk();
        (self.chunks, self.rows)
    }

    fn align(&mut self, align: Align) {
        if self.align != align {
            self.align = align;
            let n = match align {
                Align::Left => 0,
                Align::Centre => 1,
                Align::Right => 2,
            };
            self.setting(&[0x1B, b'a', n]);
        }
    }

    /// `ESC J` as often as needed; it feeds after what stands in the printer's line, which is nothing here.
    fn flush_feed(&mut self) {
        while self.pending_feed > 0 {
            let part = self.pending_feed.min(255);
            self.pending_feed -= part;
            self.command(&[0x1B, b'J', u8::try_from(part).unwrap_or(u8::MAX)], part);
        }
    }

    /// A command that moves no paper.
    fn setting(&mut self, bytes: &[u8]) {
        self.command(bytes, 0);
    }

    /// Commands are never cut in two: a status request between chunks would be taken as their data.
    fn command(&mut self, bytes: &[u8], rows: u32) {
        if self.current.len() + bytes.len() > MOST_BYTES {
            self.end_chunk();
        }
        self.current.extend_from_slice(bytes);
        self.rows += rows;
    }

    fn end_chunk(&mut self) {
        if !self.current.is_empty() {
            let bytes = std::mem::replace(&mut self.current, Zeroizing::new(Vec::with_capacity(MOST_BYTES)));
            self.chunks.push(Chunk { bytes, rows_until_end: self.rows });
        }
    }
}

fn low_high(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes()
}
