//! A paper as blocks, and the one layout that every way of showing it shares.
//!
//! Duty: what stands on a receipt or slip, and which characters stand on which line at a given width.
//! Never: know a printer's commands, a font or a picture format. ROM text, raster lines and the picture on the screen
//! all take their lines from here, so that they cannot differ.

mod layout;
mod text_flow;

pub use layout::{Columns, LayoutItem, LineContent, PaperLine};
pub use text_flow::{columns_of, columns_of_char};

use crate::personal::Personal;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What one paper shows, from top to bottom; the cut after it is the printer's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperDocument {
    /// The blocks in reading order.
    pub blocks: Vec<PaperBlock>,
}

/// One part of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperBlock {
    /// A paragraph; `\n` in it begins a new line.
    Text {
        /// The words; they may be a resident's.
        text: Personal,
        /// How large.
        size: TextSize,
        /// Where on the line.
        align: Align,
        /// How dark.
        weight: Weight,
    },
    /// A name and its value on one line: the label left, the value right; a value that does not fit beside its label
    /// stands below it.
    Pair {
        /// What the value is; never a resident's own words.
        label: String,
        /// The value; it may be a resident's.
        value: Personal,
    },
    /// A thin line across the paper.
    Rule,
    /// A QR code in the middle, level M, with a quiet zone.
    Qr {
        /// What the code says, as UTF-8 bytes.
        payload: Personal,
        /// What it is for, in words below it.
        caption: Option<String>,
    },
    /// Empty paper.
    Space {
        /// Its height in lines of normal text.
        lines: u8,
    },
    /// A picture in the middle; one wider than the paper is made smaller, a smaller one stays as it is.
    Picture(GreyPicture),
}

/// The size of a text; a character cell is a whole multiple of the printer's own 24-dot one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TextSize {
    /// 24 dots, 3 mm at 203 dpi.
    #[default]
    Normal,
    /// 48 dots: a number or a state that is read at arm's length. A word wider than the line falls to `Normal`.
    Large,
    /// 72 dots: what this paper is. One that does not fit on a line falls to `Large`.
    Title,
}

/// Where a text stands on its line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How dark a text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Weight {
    /// As running text.
    #[default]
    Regular,
    /// As a heading.
    Bold,
}

/// An eight-bit grey picture: 0 black, 255 white, rows from the top, no padding. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct GreyPicture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// A picture's bytes did not fill its width and height, or it had none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a grey picture of {width} × {height} has {} bytes and not {bytes}", width * height)]
pub struct WrongPictureSize {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes that were given.
    pub bytes: usize,
}

impl GreyPicture {
    /// A picture of rows of one byte a pixel.
    ///
    /// # Errors
    /// The bytes are not exactly `width × height`, or that is zero.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Result<Self, WrongPictureSize> {
        if pixels.is_empty() || width.checked_mul(height) != Some(pixels.len()) {
            return Err(WrongPictureSize { width, height, bytes: pixels.len() });
        }
        Ok(Self { width, height, pixels })
    }

    /// Pixels in a row.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Row after row, from the top left.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

impl std::fmt::Debug for GreyPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GreyPicture({} × {})", self.width, self.height)
    }
}

/// A document is written block by block: `PaperDocument::new().title("收件凭证").rule().pair("事项", "…")`.
impl PaperDocument {
    /// An empty paper.
    pub const fn new() -> Self {
        Self { blocks: Vec::new() }
    }

    /// Adds any block.
    #[must_use]
    pub fn block(mut self, block: PaperBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// What this paper is: large, bold, in the middle.
    #[must_use]
    pub fn title(self, text: impl Into<String>) -> Self {
        self.text(Personal::new(text), TextSize::Title, Align::Centre, Weight::Bold)
    }

    /// A number or a state in large bold characters in the middle.
    #[must_use]
    pub fn headline(self, text: impl Into<String>) -> Self {
        self.text(Personal::new(text), TextSize::Large, Align::Centre, Weight::Bold)
    }

    /// A paragraph of running text.
    #[must_use]
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.text(Personal::new(text), TextSize::Normal, Align::Left, Weight::Regular)
    }

    /// Running text in the middle.
    #[must_use]
    pub fn centred(self, text: impl Into<String>) -> Self {
        self.text(Personal::new(text), TextSize::Normal, Align::Centre, Weight::Regular)
    }

    /// A text with all its properties.
    #[must_use]
    pub fn text(self, text: Personal, size: TextSize, align: Align, weight: Weight) -> Self {
        self.block(PaperBlock::Text { text, size, align, weight })
    }

    /// A label and its value.
    #[must_use]
    pub fn pair(self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.block(PaperBlock::Pair { label: label.into(), value: Personal::new(value) })
    }

    /// A thin line across the paper.
    #[must_use]
    pub fn rule(self) -> Self {
        self.block(PaperBlock::Rule)
    }

    /// A QR code and what it is for.
    #[must_use]
    pub fn qr(self, payload: impl Into<String>, caption: impl Into<String>) -> Self {
        let caption = Some(caption.into()).filter(|c| !c.is_empty());
        self.block(PaperBlock::Qr { payload: Personal::new(payload), caption })
    }

    /// Empty lines.
    #[must_use]
    pub fn space(self, lines: u8) -> Self {
        self.block(PaperBlock::Space { lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_as_large_as_it_says() {
        assert!(GreyPicture::new(2, 2, vec![0; 4]).is_ok());
        let wrong = [(2, 2, 3), (2, 2, 5), (0, 5, 0), (0, 0, 0), (usize::MAX, 2, 4)];
        for (width, height, bytes) in wrong {
            assert!(GreyPicture::new(width, height, vec![0; bytes]).is_err(), "{width} × {height}, {bytes}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let paper = PaperDocument::new()
            .title("收件凭证")
            .pair("申请人", "张示例")
            .qr("WH-2026-0001", "")
            .block(PaperBlock::Picture(GreyPicture::new(1, 1, vec![77]).expect("one pixel")));
        let shown = format!("{paper:?}");
        for hidden in ["张示例", "WH-2026-0001", "77"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
