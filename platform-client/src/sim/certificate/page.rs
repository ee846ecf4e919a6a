//! A certificate's page as a picture: A4 at 150 dots an inch, one grey channel.

use ab_glyph::{Font as _, FontRef, InvalidFont, PxScale, ScaleFont as _, point};
use image::{GrayImage, ImageFormat, Luma};

/// Dots across: 210 mm at 150 dots an inch.
pub(super) const WIDTH: u32 = 1240;
/// Dots down: 297 mm.
pub(super) const HEIGHT: u32 = 1754;

/// One row of the table.
pub(super) struct Line<'t> {
    pub(super) label: &'t str,
    pub(super) value: &'t str,
}

/// What stands on the page.
pub(super) struct Page<'t> {
    pub(super) title: &'t str,
    pub(super) number: String,
    pub(super) rows: Vec<Line<'t>>,
    pub(super) closing: Vec<String>,
    pub(super) notice: String,
}

/// Draws the page, with a watermark across it or without.
pub(super) fn draw(font: &[u8], page: &Page<'_>, watermark: Option<&str>) -> Result<GrayImage, InvalidFont> {
    let font = FontRef::try_from_slice(font)?;
    let mut paper = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([255]));
    if let Some(text) = watermark {
        draw_watermark(&font, text, &mut paper);
    }
    let mut pen = Pen { font: &font, paper: &mut paper, ink: 0 };
    let middle = WIDTH as f32 / 2.0;
    pen.centred(page.title, 56.0, middle, 240.0);
    pen.centred(&page.number, 28.0, middle, 310.0);
    for (row, top) in page.rows.iter().zip((0_u16..).map(|n| 420.0 + f32::from(n) * 92.0)) {
        pen.rule(140, 1100, top);
        pen.text(row.label, 30.0, 160.0, top + 58.0);
        pen.text(row.value, 32.0, 480.0, top + 58.0);
    }
    let rows = u16::try_from(page.rows.len()).unwrap_or(u16::MAX);
    pen.rule(140, 1100, 420.0 + f32::from(rows) * 92.0);
    for (line, top) in page.closing.iter().zip((0_u16..).map(|n| 1330.0 + f32::from(n) * 56.0)) {
        pen.centred(line, 32.0, 860.0, top);
    }
    pen.centred(&page.notice, 26.0, middle, 1620.0);
    Ok(paper)
}

/// The picture as a PNG file.
pub(super) fn png(picture: &GrayImage) -> image::ImageResult<Vec<u8>> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

struct Pen<'p> {
    font: &'p FontRef<'p>,
    paper: &'p mut GrayImage,
    /// 0 is black.
    ink: u8,
}

impl Pen<'_> {
    fn centred(&mut self, text: &str, size: f32, middle: f32, baseline: f32) {
        let width = self.width(&shown(self.font, text), size);
        self.text(text, size, middle - width / 2.0, baseline);
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let scaled = self.font.as_scaled(PxScale::from(size));
        text.chars().map(|c| scaled.h_advance(scaled.glyph_id(c))).sum()
    }

    fn text(&mut self, text: &str, size: f32, left: f32, baseline: f32) {
        let scaled = self.font.as_scaled(PxScale::from(size));
        let mut x = left;
        for c in shown(self.font, text).chars() {
            let id = scaled.glyph_id(c);
            let glyph = id.with_scale_and_position(PxScale::from(size), point(x, baseline));
            x += scaled.h_advance(id);
            let Some(outline) = self.font.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            let (paper, ink) = (&mut *self.paper, self.ink);
            outline.draw(|dx, dy, coverage| {
                if let (Some(px), Some(py)) = (pixel(bounds.min.x, dx), pixel(bounds.min.y, dy))
                    && let Some(Luma([grey])) = paper.get_pixel_mut_checked(px, py)
                {
                    *grey = blend(*grey, ink, coverage);
                }
            });
        }
    }

    fn rule(&mut self, from: u32, to: u32, top: f32) {
        let Some(y) = pixel(top, 0) else { return };
        for x in from..to {
            if let Some(Luma([grey])) = self.paper.get_pixel_mut_checked(x, y) {
                *grey = 120;
            }
        }
    }
}

/// A character that the typeface has not is written as its code point: never nothing.
fn shown(font: &FontRef<'_>, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if font.glyph_id(c).0 == 0 {
            out.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn pixel(origin: f32, offset: u32) -> Option<u32> {
    let at = origin + offset as f32;
    // In the range of a page: nothing is lost.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be 0 to 65535")]
    (0.0..65_536.0).contains(&at).then_some(at as u32)
}

fn blend(paper: u8, ink: u8, coverage: f32) -> u8 {
    let mixed = f32::from(paper) + (f32::from(ink) - f32::from(paper)) * coverage.clamp(0.0, 1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    let mixed = mixed as u8;
    mixed
}

/// The text again and again over the whole page, rising to the right, light enough to read through.
fn draw_watermark(font: &FontRef<'_>, text: &str, paper: &mut GrayImage) {
    let size = 34.0;
    let mut strip = GrayImage::from_pixel(1, 1, Luma([255]));
    let width = Pen { font, paper: &mut strip, ink: 0 }.width(&shown(font, text), size) + 120.0;
    let (across, down) = (pixel(width, 0).unwrap_or(1).max(1), 190);
    let mut tile = GrayImage::from_pixel(across, down, Luma([255]));
    Pen { font, paper: &mut tile, ink: 222 }.text(text, size, 20.0, 110.0);
    // A slope of three in eight keeps each picture point of the tile where a whole number finds it.
    for (x, y, Luma([grey])) in paper.enumerate_pixels_mut() {
        let along = (x * 8 + (HEIGHT - y) * 3) / 9;
        let beside = (y * 8 + x * 3) / 9;
        *grey = tile.get_pixel(along % across, beside % down).0[0];
    }
}

/// The seal's mark: a ring and a star of five points, 4 cm at 150 dots an inch.
pub(super) fn seal_mark() -> GrayImage {
    let (size, middle) = (236_u32, 118.0_f32);
    let corner = |nth: f32| {
        let (sin, cos) = (nth * 0.8 * std::f32::consts::PI).sin_cos();
        (middle + 36.0 * sin, middle - 36.0 * cos)
    };
    GrayImage::from_fn(size, size, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let distance = (x - middle).hypot(y - middle);
        // A point of a star lies right of at least four of the lines from corner to next corner but one.
        let right_of = (0_u8..5).filter(|nth| {
            let (from, to) = (corner(f32::from(*nth)), corner(f32::from(*nth) + 1.0));
            (to.0 - from.0) * (y - from.1) > (to.1 - from.1) * (x - from.0)
        });
        let ink = (104.0..112.0).contains(&distance) || right_of.count() >= 4;
        Luma([if ink { 60 } else { 255 }])
    })
}

/// Puts the mark where the sealed file shows it.
pub(super) fn stamp(paper: &mut GrayImage) {
    for (x, y, Luma([ink])) in seal_mark().enumerate_pixels() {
        if let Some(Luma([grey])) = paper.get_pixel_mut_checked(729 + x, 1210 + y) {
            *grey = (*grey).min(*ink);
        }
    }
}
