//! A frame: pixels with their size, format, number and date.

use std::time::Duration;

use thiserror::Error;
use zeroize::Zeroizing;

use super::resample::{self, Mirror};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// The largest edge of a frame that any part of this crate accepts, pixels.
    pub const LARGEST_EDGE: u32 = 4096;

    /// So many columns and rows.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Columns × rows.
    pub const fn pixels(self) -> usize {
        self.width as usize * self.height as usize
    }
}

/// A rectangle in a frame's pixels, origin at the top left; it may reach over the edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Extent to the right.
    pub width: f32,
    /// Extent downwards.
    pub height: f32,
}

impl Area {
    /// All of a picture of that size.
    pub const fn whole(size: Size) -> Self {
        Self { x: 0.0, y: 0.0, width: size.width as f32, height: size.height as f32 }
    }

    /// The largest part of `size`, around its middle, that has the proportions of `shape`: what a preview shows.
    pub fn covering(size: Size, shape: Size) -> Self {
        let (w, h) = (size.width as f32, size.height as f32);
        let wanted = shape.width.max(1) as f32 / shape.height.max(1) as f32;
        let (width, height) = if w > h * wanted { (h * wanted, h) } else { (w, w / wanted) };
        Self { x: (w - width) / 2.0, y: (h - height) / 2.0, width, height }
    }

    /// The same middle, `factor` times as wide and high.
    pub fn scaled(self, factor: f32) -> Self {
        let (x, y) = self.middle();
        let (width, height) = (self.width * factor, self.height * factor);
        Self { x: x - width / 2.0, y: y - height / 2.0, width, height }
    }

    /// The point in the middle.
    pub fn middle(self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// The part that lies inside a picture of that size.
    pub fn within(self, size: Size) -> Self {
        let (right, bottom) = (size.width as f32, size.height as f32);
        let x = self.x.clamp(0.0, right);
        let y = self.y.clamp(0.0, bottom);
        let width = ((self.x + self.width).clamp(0.0, right) - x).max(0.0);
        let height = ((self.y + self.height).clamp(0.0, bottom) - y).max(0.0);
        Self { x, y, width, height }
    }

    /// Common area ÷ area of both together, 0 to 1.
    pub fn overlap(self, other: Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        let common = width.max(0.0) * height.max(0.0);
        let both = self.width * self.height + other.width * other.height - common;
        if both > 0.0 { common / both } else { 0.0 }
    }
}

/// How pixels lie in memory; rows from the top, without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// One byte of luma, full range.
    Grey,
    /// Red, green, blue.
    Rgb,
    /// Y U Y V for each two pixels, BT.601 limited range: V4L2's `YUYV`, what most USB cameras deliver uncompressed.
    Yuyv,
}

impl PixelFormat {
    /// Bytes of a pixel.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Yuyv => 2,
        }
    }
}

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// An edge of 0, over [`Size::LARGEST_EDGE`], or an odd width where two pixels share their colour.
    #[error("a frame of {} × {} cannot be", size.width, size.height)]
    Size {
        /// What was claimed.
        size: Size,
    },
    /// More or fewer bytes than the size and the format need.
    #[error("a frame of {expected} bytes came with {found}")]
    Length {
        /// What the size and the format need.
        expected: usize,
        /// What came.
        found: usize,
    },
}

/// One picture from a camera. Its pixels are wiped when it is dropped, and `Debug` shows none of them.
#[derive(Clone)]
pub struct Frame {
    size: Size,
    format: PixelFormat,
    sequence: u64,
    taken_at: Duration,
    pixels: Zeroizing<Vec<u8>>,
}

impl Frame {
    /// A frame from its bytes; `sequence` counts the device's frames (a gap is a frame lost), `taken_at` is the
    /// time since the camera's start.
    ///
    /// # Errors
    /// When the size is impossible or the bytes are not exactly as many as it needs.
    pub fn new(
        size: Size,
        format: PixelFormat,
        sequence: u64,
        taken_at: Duration,
        pixels: Vec<u8>,
    ) -> Result<Self, FrameError> {
        let pixels = Zeroizing::new(pixels);
        let edges = 1..=Size::LARGEST_EDGE;
        let odd = matches!(format, PixelFormat::Yuyv) && !size.width.is_multiple_of(2);
        if !edges.contains(&size.width) || !edges.contains(&size.height) || odd {
            return Err(FrameError::Size { size });
        }
        let expected = size.pixels() * format.bytes();
        if pixels.len() != expected {
            return Err(FrameError::Length { expected, found: pixels.len() });
        }
        Ok(Self { size, format, sequence, taken_at, pixels })
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.size
    }

    /// How [`Self::pixels`] lie.
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// The device's number of this frame.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Time since the camera's start.
    pub fn taken_at(&self) -> Duration {
        self.taken_at
    }

    /// The bytes, in [`Self::format`].
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The picture in grey, for a code reader.
    pub fn grey(&self) -> GreyPicture {
        let luma = match self.format {
            PixelFormat::Grey => self.pixels.to_vec(),
            PixelFormat::Rgb => self.pixels.chunks_exact(3).map(|p| luma(p[0], p[1], p[2])).collect(),
            PixelFormat::Yuyv => self.pixels.chunks_exact(2).map(|p| p[0]).collect(),
        };
        GreyPicture { size: self.size, luma: Zeroizing::new(luma) }
    }

    /// A part of the picture, in grey, at another size.
    pub fn grey_part(&self, area: Area, to: Size) -> GreyPicture {
        let mut rgb = Zeroizing::new(vec![0; to.pixels() * 3]);
        self.part_into(area, to, Mirror::AsSeen, &mut rgb);
        let luma = rgb.chunks_exact(3).map(|p| luma(p[0], p[1], p[2])).collect();
        GreyPicture { size: to, luma: Zeroizing::new(luma) }
    }

    /// Fills `rgb` (3 bytes a pixel, rows from the top) with what a screen element of size `to` shows: the
    /// largest part around the middle that has its proportions.
    ///
    /// # Panics
    /// When `rgb` is not exactly `to.pixels() × 3` bytes.
    pub fn preview_into(&self, to: Size, mirror: Mirror, rgb: &mut [u8]) {
        self.part_into(Area::covering(self.size, to), to, mirror, rgb);
    }

    /// Fills `rgb` (3 bytes a pixel, rows from the top) with a part of the picture at size `to`; beyond the edge
    /// the edge's own pixels go on.
    ///
    /// # Panics
    /// When `rgb` is not exactly `to.pixels() × 3` bytes.
    pub fn part_into(&self, area: Area, to: Size, mirror: Mirror, rgb: &mut [u8]) {
        assert_eq!(rgb.len(), to.pixels() * 3, "a picture of {to:?} has three bytes a pixel");
        resample::rgb_into(self, area, to, mirror, rgb);
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("size", &self.size)
            .field("format", &self.format)
            .field("sequence", &self.sequence)
            .field("taken_at", &self.taken_at)
            .finish_non_exhaustive()
    }
}

/// A picture of luma alone, wiped when dropped.
#[derive(Clone)]
pub struct GreyPicture {
    size: Size,
    luma: Zeroizing<Vec<u8>>,
}

impl GreyPicture {
    /// A picture from one byte a pixel, rows from the top.
    ///
    /// # Errors
    /// When the size is impossible or the bytes are not exactly as many as it needs.
    pub fn new(size: Size, luma: Vec<u8>) -> Result<Self, FrameError> {
        let frame = Frame::new(size, PixelFormat::Grey, 0, Duration::ZERO, luma)?;
        Ok(Self { size, luma: frame.pixels })
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.size
    }

    /// One byte a pixel, rows from the top.
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }
}

impl std::fmt::Debug for GreyPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GreyPicture").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Luma by ITU-R BT.601, in 1/256.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    let sum = 77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b);
    (sum >> 8).min(255) as u8
}
