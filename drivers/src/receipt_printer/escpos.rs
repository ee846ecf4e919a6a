//! A paper as ESC/POS commands.
//!
//! Duty: bytes for a document and a profile, in chunks that end between commands. Never: IO, and never a byte inside text
//! or dots that a printer could take for a real-time command. Commands: reference page "receipt printer".

mod stream;

pub use stream::Chunk;

use domain::paper::document::{
    Align, Columns, GreyPicture, LayoutItem, LineContent, PaperDocument, PaperLine, TextSize, columns_of,
};
use zeroize::Zeroizing;

use super::dither::{dithered, fitted};
use super::font::PaperFonts;
use super::painter::{line_canvas, rule_canvas};
use super::profile::{Cut, PrinterProfile, Proof, QrDrawing};
use super::qr::{QUIET, QrSymbol};
use super::raster::Bits;
use super::rom_charset::RomCharset;
use stream::{Dots, Stream};

/// `DLE EOT n`: one status byte, answered at once.
pub const fn real_time_status(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// `DLE ENQ 2`: recover from an error, forget what was sent.
pub const RECOVER_AND_CLEAR: [u8; 3] = [0x10, 0x05, 0x02];

/// `DLE DC4` fn 8: forget what was sent, also while offline; answered by `37 25 00` (Epson's ESC/POS reference).
pub const CLEAR_BUFFERS: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/// Why a document cannot be printed on a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It has no block that takes any room.
    #[error("the document is empty")]
    Empty,
    /// No QR code holds that much.
    #[error("a QR code cannot hold {bytes} bytes at level M")]
    QrTooMuch {
        /// Length of the payload.
        bytes: usize,
    },
    /// At four dots a module it is wider than the paper.
    #[error("a QR code of {modules} modules does not fit on {dots} dots")]
    QrTooWide {
        /// Modules along a side.
        modules: usize,
        /// Width of the paper.
        dots: u16,
    },
}

/// A document for a printer: what is printed, then the cut, then the question that proves the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// The setting-up and the paper, in chunks of at most 4 KiB.
    pub chunks: Vec<Chunk>,
    /// Feed and cut.
    pub cut: Vec<u8>,
    /// `GS ( H` with the job's number, or `GS r`.
    pub proof: Vec<u8>,
    /// Rows of dots that the paper is long, the feed before the cut not counted.
    pub rows: u32,
}

impl PrintJob {
    /// Encodes a document; `id` is the job's number, four characters from 20h to 7Eh.
    ///
    /// # Errors
    /// The document cannot be put on this paper.
    pub fn encode(
        document: &PaperDocument,
        profile: &PrinterProfile,
        fonts: &PaperFonts<'_>,
        id: [u8; 4],
    ) -> Result<Self, DocumentError> {
        let mut encoder = Encoder { profile, fonts, stream: Stream::new(profile) };
        for item in document.layout(Columns::of_dots(profile.dots)) {
            encoder.item(&item)?;
        }
        let (chunks, rows) = encoder.stream.finish();
        if rows == 0 {
            return Err(DocumentError::Empty);
        }
        Ok(Self { chunks, cut: cut(profile), proof: proof(profile.proof, id), rows })
    }

    /// Every byte of the job.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|c| c.bytes.len()).sum::<usize>() + self.cut.len() + self.proof.len()
    }

    /// A job has at least its setting-up.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What ends a paper.
pub(super) fn cut(profile: &PrinterProfile) -> Vec<u8> {
    let feed = profile.cut_feed;
    match profile.cut {
        Cut::TearOff => vec![0x1B, b'J', feed],
        // Function B feeds to the cutter and so many units more, then cuts.
        Cut::Partial => vec![0x1D, b'V', 66, feed],
        Cut::Full => vec![0x1D, b'V', 65, feed],
        Cut::Total => vec![0x1B, b'J', feed, 0x1B, b'i'],
    }
}

/// `GS r 1`: answered when all that stood before it in the buffer is worked off.
pub(super) const DRAINED: [u8; 3] = [0x1D, b'r', 1];

/// What asks a printer to say when all before it is printed.
pub(super) fn proof(proof: Proof, id: [u8; 4]) -> Vec<u8> {
    match proof {
        Proof::ProcessId => [&[0x1D, b'(', b'H', 6, 0, 48, 48], id.as_slice()].concat(),
        Proof::Drained => DRAINED.to_vec(),
    }
}

struct Encoder<'a, 'f> {
    profile: &'a PrinterProfile,
    fonts: &'a PaperFonts<'f>,
    stream: Stream,
}

impl Encoder<'_, '_> {
    fn item(&mut self, item: &LayoutItem<'_>) -> Result<(), DocumentError> {
        match item {
            LayoutItem::Line(line) => self.line(line),
            LayoutItem::Rule => self.rule(),
            LayoutItem::Space(rows) => self.stream.feed(u32::from(*rows)),
            LayoutItem::Qr(payload) => self.code(payload.reveal())?,
            LayoutItem::Picture(picture) => self.picture(picture),
        }
        Ok(())
    }

    fn line(&mut self, line: &PaperLine) {
        let (text, align) = self.as_one_text(line);
        if text.trim().is_empty() {
            return self.stream.feed(u32::from(line.size.pitch()));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        if self.profile.charset.encode(&text, &mut bytes) {
            self.stream.text(&bytes, line.size, line.weight, align);
        } else {
            self.dots(&line_canvas(line, self.profile.dots, self.fonts).threshold(), align, Dots::Single);
        }
    }

    /// The line as the printer's own font sets it: a pair has blanks between its parts.
    fn as_one_text(&self, line: &PaperLine) -> (Zeroizing<String>, Align) {
        match &line.content {
            LineContent::Text { text, align, indent } => {
                let text = format!("{:width$}{}", "", text.reveal(), width = usize::from(*indent));
                (Zeroizing::new(text), *align)
            }
            LineContent::Pair { label, value } => {
                let value = value.reveal();
                let columns = Columns::of_dots(self.profile.dots).at(line.size);
                let gap = columns.saturating_sub(columns_of(label) + columns_of(value));
                (Zeroizing::new(format!("{label}{:gap$}{value}", "")), Align::Left)
            }
        }
    }

    fn rule(&mut self) {
        if self.profile.charset == RomCharset::Ascii {
            return self.dots(&rule_canvas(self.profile.dots).threshold(), Align::Left, Dots::Single);
        }
        // Strokes twice as wide: half as many bytes.
        let mut bytes = Vec::new();
        let strokes = "─".repeat(Columns::of_dots(self.profile.dots).at(TextSize::Normal) / 4);
        self.profile.charset.encode(&strokes, &mut bytes);
        self.stream.rule(&bytes);
    }

    fn code(&mut self, payload: &str) -> Result<(), DocumentError> {
        let symbol = QrSymbol::new(payload, self.profile.dots)?;
        let quiet = QUIET * symbol.module;
        if self.profile.qr == QrDrawing::Native && stream::is_plain(payload) {
            self.stream.feed(rows(quiet));
            self.stream.native_code(payload.as_bytes(), &symbol);
            self.stream.feed(rows(quiet));
            return Ok(());
        }
        // The printer doubles the dots: a quarter of the bytes, and every module still a whole number of dots.
        let half = symbol.module / 2;
        let mut bits = Bits::new(symbol.size * half);
        for y in 0..symbol.size * half {
            bits.push_row((0..symbol.size * half).map(|x| symbol.is_dark(x / half, y / half)));
        }
        self.stream.feed(rows(quiet));
        self.dots(&bits, Align::Centre, Dots::Doubled);
        self.stream.feed(rows(quiet));
        Ok(())
    }

    fn picture(&mut self, picture: &GreyPicture) {
        let Some(picture) = fitted(picture, usize::from(self.profile.dots)) else { return };
        self.dots(&dithered(&picture), Align::Centre, Dots::Single);
    }

    /// Bands of dots with feeds between them.
    fn dots(&mut self, bits: &Bits, align: Align, dots: Dots) {
        let mut y = 0;
        for band in bits.bands(align) {
            self.stream.feed(rows((band.top - y) * dots.scale()));
            self.stream.band(&band, align, dots);
            y = band.top + band.height;
        }
        self.stream.feed(rows((bits.height() - y) * dots.scale()));
    }
}

fn rows(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
