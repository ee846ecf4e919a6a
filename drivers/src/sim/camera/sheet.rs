//! A sheet of paper that lies on the table before the camera.
//!
//! Duty: a page of A4 in space with print, a red seal and a code, as uneven light, fingers and a curl show it. Never: know
//! how it is found.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::canvas::{Canvas, Chance, Colour, Ellipse, between};
use super::plane::{Plane, Pose};

/// What lies there, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What is printed, and the grain of the table.
    pub seed: u64,
    /// A QR code printed in its lower right part that says this.
    pub code: Option<String>,
    /// Width of the page in parts of the frame's height.
    pub width: f32,
    /// Middle of the page from the frame's left edge, in parts of its width.
    pub x: f32,
    /// Middle of the page from the frame's upper edge, in parts of its height.
    pub y: f32,
    /// Turned in the picture's plane, clockwise, degrees.
    pub roll: f32,
    /// One side nearer than the other, degrees.
    pub yaw: f32,
    /// Upper edge nearer than the lower, degrees.
    pub pitch: f32,
    /// How far the long edges bow outwards, in widths of the page.
    pub curl: f32,
    /// Light at the darker corner, 1 as everywhere.
    pub shade: f32,
    /// Who holds it down.
    pub fingers: Fingers,
    /// What it lies on.
    pub table: Table,
}

/// Fingers over the page's edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fingers {
    /// It lies by itself.
    None,
    /// Two on its left edge, one on its lower edge.
    Three,
}

/// What a sheet lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Brown wood.
    Wood,
    /// Light grey, as office tables are.
    LightGrey,
}

/// Height of A4 in its widths (ISO 216).
const A4: f32 = std::f32::consts::SQRT_2;
/// The code's upper left corner and width, in widths of the page from its upper left corner.
const CODE: (f32, f32, f32) = (0.60, 0.98, 0.30);

impl Sheet {
    /// A page that lies well.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            code: None,
            width: 0.58,
            x: 0.5,
            y: 0.5,
            roll: 0.0,
            yaw: 0.0,
            pitch: 0.0,
            curl: 0.0,
            shade: 1.0,
            fingers: Fingers::None,
            table: Table::Wood,
        }
    }

    /// Where its corners are in a picture of that size, pixels: upper left, upper right, lower right, lower left.
    pub fn corners(&self, width: u32, height: u32) -> [(f32, f32); 4] {
        let plane = self.plane(width as usize, height as usize);
        [(-0.5, -A4 / 2.0), (0.5, -A4 / 2.0), (0.5, A4 / 2.0), (-0.5, A4 / 2.0)]
            .map(|(u, v)| plane.seen(u, v))
    }

    fn plane(&self, width: usize, height: usize) -> Plane {
        let Self { width: wide, x, y, roll, yaw, pitch, .. } = *self;
        Plane::new(Pose { width: wide, x, y, roll, yaw, pitch }, width, height)
    }
}

/// Draws the table, the page, and who holds it.
pub(super) fn draw(sheet: &Sheet, canvas: &mut Canvas) {
    let grain = Chance::new(sheet.seed, 31).within(20.0, 60.0);
    canvas.fill(|x, y| match sheet.table {
        Table::Wood => {
            let ring = (x * grain + (y * 9.0).sin() * 1.5).sin() * 0.04;
            [0.46 + ring, 0.31 + ring, 0.19 + ring * 0.5]
        }
        Table::LightGrey => [0.60, 0.60, 0.58],
    });
    let code = sheet.code.as_deref().and_then(encoded);
    let plane = sheet.plane(canvas.width, canvas.height);
    canvas.each_near(plane.x, plane.y, plane.width * 1.6, |x, y, pixel| {
        let behind = *pixel;
        let mut sum = [0.0; 3];
        for sub in 0..9 {
            let (dx, dy) = ((sub % 3 - 1) as f32 / 3.0, (sub / 3 - 1) as f32 / 3.0);
            let seen = plane.at(x + dx, y + dy).and_then(|(u, v)| page(sheet, code.as_ref(), u, v));
            let colour = seen.unwrap_or(behind);
            (0..3).for_each(|c| sum[c] += colour[c] / 9.0);
        }
        *pixel = sum;
    });
    if sheet.fingers == Fingers::Three {
        fingers(&plane, canvas);
    }
    // From the left upper corner's full light to the right lower one's.
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let reach = width.max(height);
    canvas.each_near(width / 2.0, height / 2.0, reach, |x, y, pixel| {
        let light = 1.0 - (1.0 - sheet.shade) * 0.5 * (x / width + y / height);
        pixel.iter_mut().for_each(|value| *value *= light);
    });
}

/// In bytes throughout: the encoder's own way takes pairs of UTF-8's bytes for Kanji.
fn encoded(text: &str) -> Option<QrCode> {
    (1..=15).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(text.as_bytes()).and_then(|()| bits.push_terminator(EcLevel::M)).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    })
}

/// The page's colour at a place in widths from its middle; nothing beside it.
#[allow(clippy::cast_possible_truncation, reason = "a code's modules")]
fn page(sheet: &Sheet, code: Option<&QrCode>, u: f32, v: f32) -> Option<Colour> {
    let bow = sheet.curl * (1.0 - (2.0 * v / A4).powi(2));
    if u.abs() > 0.5 + bow || v.abs() > A4 / 2.0 {
        return None;
    }
    let (x, y) = (u + 0.5, v + A4 / 2.0);
    let (paper, ink, seal) = ([0.93, 0.93, 0.91], [0.12, 0.12, 0.14], [0.80, 0.10, 0.12]);
    if let Some(code) = code {
        let at = |place: f32, begin: f32| (place - begin) / CODE.2 * code.width() as f32;
        let (column, row) = (at(x, CODE.0), at(y, CODE.1));
        let inside = 0.0..code.width() as f32;
        if inside.contains(&column) && inside.contains(&row) {
            let dark = code[(column as usize, row as usize)] == Color::Dark;
            return Some(if dark { ink } else { paper });
        }
    }
    let from_seal = (x - 0.30).hypot(y - 1.12);
    if (from_seal - 0.12).abs() < 0.008 {
        return Some(seal);
    }
    // A heading, then lines of print: strokes with gaps, ragged at the right.
    let line = (y - 0.12) / 0.05;
    let (number, within) = (line.floor(), line.fract());
    let end = 0.88 - 0.25 * hash(sheet.seed, number, 0.0);
    let is_text = (0.0..16.0).contains(&number) && number != 1.0 && (0.3..0.72).contains(&within);
    if is_text && x > 0.12 && x < end && hash(sheet.seed, number, (x * 130.0).floor()) > 0.42 {
        return Some(ink);
    }
    Some(paper)
}

/// From 0 to 1, by chance that is the same everywhere.
#[allow(clippy::cast_possible_truncation, reason = "small whole numbers")]
fn hash(seed: u64, a: f32, b: f32) -> f32 {
    let purpose = (a as i64 as u64).wrapping_mul(977) ^ (b as i64 as u64).wrapping_mul(104_729);
    Chance::new(seed, purpose).within(0.0, 1.0)
}

fn fingers(plane: &Plane, canvas: &mut Canvas) {
    let skin = [0.86, 0.64, 0.52];
    for (u, v, turn) in [(-0.53, -0.30, 0.1), (-0.54, -0.12, -0.1), (0.12, A4 / 2.0 + 0.05, 1.4)] {
        let (x, y) = plane.seen(u, v);
        let (across, down) = (0.14 * plane.width, 0.05 * plane.width);
        canvas.shape(Ellipse { x, y, across, down, turn }, |u, v| {
            (between(skin, skin.map(|c| c * 0.7), (u * u + v * v).min(1.0)), 1.0)
        });
    }
}
