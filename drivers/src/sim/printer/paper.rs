//! The paper under the head: what is black on it, and what it says.

use ab_glyph::{Font as _, FontRef, PxScale, point};

/// Rows of dots from the head to the cutter: 10 mm.
pub(super) const HEAD_TO_CUTTER: usize = 80;

/// A paper that came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedPaper {
    /// Dots across.
    pub width: usize,
    /// Rows of dots.
    pub height: usize,
    /// A byte a dot, from the top left: 0 black, 255 white.
    pub pixels: Vec<u8>,
    /// What it says, line by line; dots as `[dots 576×27]`, a code as `[code …]`.
    pub transcript: String,
    /// The commands that made it, questions to the printer left out.
    pub bytes: Vec<u8>,
}

impl SimulatedPaper {
    /// The picture as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        let (width, height) = (u32::try_from(self.width), u32::try_from(self.height));
        if let (Ok(width), Ok(height)) = (width, height) {
            let encoder = image::codecs::png::PngEncoder::new(&mut file);
            // Writing to memory does not fail, and the bytes are as many as the sizes say.
            let _ = image::ImageEncoder::write_image(
                encoder,
                &self.pixels,
                width,
                height,
                image::ExtendedColorType::L8,
            );
        }
        file.into_inner()
    }
}

/// The typeface that stands for the printer's own.
pub(super) struct RomFont {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl RomFont {
    pub(super) fn new(regular: &'static [u8], bold: &'static [u8]) -> Result<Self, ab_glyph::InvalidFont> {
        Ok(Self { regular: FontRef::try_from_slice(regular)?, bold: FontRef::try_from_slice(bold)? })
    }

    fn of(&self, bold: bool) -> &FontRef<'static> {
        if bold { &self.bold } else { &self.regular }
    }
}

/// A character in the line buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    pub(super) c: char,
    pub(super) half_width: bool,
    pub(super) times_wide: usize,
    pub(super) times_high: usize,
    pub(super) bold: bool,
}

impl Placed {
    pub(super) const fn width(self) -> usize {
        (if self.half_width { 12 } else { 24 }) * self.times_wide
    }

    pub(super) const fn height(self) -> usize {
        24 * self.times_high
    }
}

/// The paper from the cutter to the head and what is printed on it.
pub(super) struct Paper {
    width: usize,
    pixels: Vec<u8>,
    /// The row under the head.
    head: usize,
    pub(super) transcript: String,
    pub(super) bytes: Vec<u8>,
}

/// Rows below a character's cell into which the tails of Latin letters reach, for each 24 dots of height.
const TAIL: usize = 6;

impl Paper {
    pub(super) fn new(width: usize) -> Self {
        let pixels = vec![255; width * HEAD_TO_CUTTER];
        Self { width, pixels, head: HEAD_TO_CUTTER, transcript: String::new(), bytes: Vec::new() }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn feed(&mut self, rows: usize) {
        self.head += rows;
        self.reach(self.head);
    }

    fn reach(&mut self, rows: usize) {
        if self.pixels.len() < rows * self.width {
            self.pixels.resize(rows * self.width, 255);
        }
    }

    /// Prints dots from the head on and stays there; `black(x, y)` tells which are black.
    pub(super) fn print(&mut self, left: usize, size: (usize, usize), black: impl Fn(usize, usize) -> bool) {
        self.reach(self.head + size.1);
        for y in 0..size.1 {
            for x in (0..size.0).filter(|x| left + x < self.width && black(*x, y)) {
                self.pixels[(self.head + y) * self.width + left + x] = 0;
            }
        }
    }

    /// Prints a line of characters on a common foot and stays at its top.
    pub(super) fn print_line(&mut self, line: &[Placed], left: usize, font: &RomFont) {
        let height = line.iter().map(|p| p.height()).max().unwrap_or(0);
        let (width, rows) = (line.iter().map(|p| p.width()).sum(), height + height / 24 * TAIL);
        let mut black = vec![false; width * rows];
        let mut x = 0;
        for placed in line {
            draw(*placed, (x, height - placed.height()), font, |dx, dy| {
                if let (true, Some(dot)) = (dx < width, black.get_mut(dy * width + dx)) {
                    *dot = true;
                }
            });
            x += placed.width();
        }
        self.print(left, (width, rows), |x, y| black[y * width + x]);
    }

    /// The paper beyond the cutter comes out; what is between cutter and head stays.
    pub(super) fn cut(&mut self) -> SimulatedPaper {
        let height = self.head - HEAD_TO_CUTTER;
        let rest = self.pixels.split_off(height * self.width);
        self.head = HEAD_TO_CUTTER;
        SimulatedPaper {
            width: self.width,
            height,
            pixels: std::mem::replace(&mut self.pixels, rest),
            transcript: std::mem::take(&mut self.transcript),
            bytes: std::mem::take(&mut self.bytes),
        }
    }

    /// What a person sees who looks into the printer.
    pub(super) fn as_it_stands(&self) -> SimulatedPaper {
        SimulatedPaper {
            width: self.width,
            height: self.pixels.len() / self.width,
            pixels: self.pixels.clone(),
            transcript: self.transcript.clone(),
            bytes: self.bytes.clone(),
        }
    }
}

/// Draws a character into its cell: the em square of a Chinese font is 24 dots, a Latin letter is made to fit into 12.
fn draw(placed: Placed, corner: (usize, usize), font: &RomFont, mut dot: impl FnMut(usize, usize)) {
    let font = font.of(placed.bold);
    let id = font.glyph_id(placed.c);
    let (width, height) = (placed.width(), placed.height());
    if id.0 == 0 {
        // A printer shows a hollow square for what it lacks.
        for i in 2..width.saturating_sub(2) {
            dot(corner.0 + i, corner.1 + 2);
            dot(corner.0 + i, corner.1 + height - 3);
        }
        for i in 2..height - 2 {
            dot(corner.0 + 2, corner.1 + i);
            dot(corner.0 + width - 3, corner.1 + i);
        }
        return;
    }
    let units = font.units_per_em().unwrap_or(1000.0);
    let em = (real(24 * placed.times_wide), real(height));
    let advance = font.h_advance_unscaled(id) / units * em.0;
    let most: f32 = if placed.half_width { 0.92 } else { 1.0 };
    let squeeze = most.min(real(width) / advance);
    // The crate's scale is the height from ascender to descender, not the em.
    let per_em = font.height_unscaled() / units;
    let scale = PxScale { x: em.0 * per_em * squeeze, y: em.1 * per_em };
    let left = real(corner.0) + (real(width) - advance * squeeze) / 2.0;
    let foot = real(corner.1) + (em.1 * 0.88).round();
    let Some(glyph) = font.outline_glyph(id.with_scale_and_position(scale, point(left, foot))) else {
        return;
    };
    let bounds = glyph.px_bounds();
    glyph.draw(|x, y, coverage| {
        if coverage < 0.44 {
            return;
        }
        let (x, y) = (bounds.min.x + unsigned(x), bounds.min.y + unsigned(y));
        if let (Some(x), Some(y)) = (whole(x), whole(y)) {
            dot(x, y);
        }
    });
}

fn real(dots: usize) -> f32 {
    f32::from(u16::try_from(dots).unwrap_or(u16::MAX))
}

fn unsigned(offset: u32) -> f32 {
    f32::from(u16::try_from(offset).unwrap_or(u16::MAX))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole, not negative, less than 65536"
)]
fn whole(dots: f32) -> Option<usize> {
    (dots >= 0.0).then_some(dots as usize)
}
