//! The page as if the camera had looked straight at it.

use zeroize::Zeroizing;

use super::{PageProblem, Point};
use crate::camera::Size;

/// The page's shorter edge in the frame, pixels, at the least: print of three millimetres on A4 is then nine pixels high.
const LEAST: f32 = 420.0;
/// A shape so near to that of A4 (ISO 216) is A4: what is missing is the tilt's.
const A4_WITHIN: f32 = 0.08;

/// The page's pixels, as many as the frame has of it.
#[allow(clippy::cast_possible_truncation, reason = "at most the frame's diagonal")]
pub(super) fn straightened(
    rgb: &[u8],
    frame: Size,
    corners: &[Point; 4],
) -> Result<(Size, Zeroizing<Vec<u8>>), PageProblem> {
    let side = |i: usize, j: usize| (corners[i].0 - corners[j].0).hypot(corners[i].1 - corners[j].1);
    // The longer of two opposite sides is the nearer one: nothing of it is lost.
    let (mut width, mut height) = (side(0, 1).max(side(3, 2)), side(0, 3).max(side(1, 2)));
    let shape = width.max(height) / width.min(height);
    if (shape / std::f32::consts::SQRT_2 - 1.0).abs() < A4_WITHIN {
        let longer = width.max(height);
        let shorter = longer / std::f32::consts::SQRT_2;
        (width, height) = if width > height { (longer, shorter) } else { (shorter, longer) };
    }
    if width.min(height) < LEAST {
        return Err(PageProblem::TooFar);
    }
    let edge = |length: f32| (length.round() as u32).min(Size::LARGEST_EDGE);
    let size = Size::new(edge(width), edge(height));
    let [a, b, c, d] = *corners;
    let map = Unit::onto(a, b, c, d).ok_or(PageProblem::NoSheet)?;
    let mut page = Zeroizing::new(vec![0; size.pixels() * 3]);
    for (y, row) in page.chunks_exact_mut(size.width as usize * 3).enumerate() {
        let v = (y as f32 + 0.5) / size.height as f32;
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let (x, y) = map.place((x as f32 + 0.5) / size.width as f32, v);
            sample(rgb, frame, x - 0.5, y - 0.5, pixel);
        }
    }
    Ok((size, page))
}

/// A pixel between four, in 1/256 of a pixel.
#[allow(clippy::cast_possible_truncation, reason = "clamped into the frame")]
fn sample(rgb: &[u8], frame: Size, x: f32, y: f32, out: &mut [u8]) {
    let last = |edge: u32| (edge.max(2) - 2) as f32 + 0.996;
    let (x, y) = (x.clamp(0.0, last(frame.width)), y.clamp(0.0, last(frame.height)));
    let (x, y) = ((x * 256.0) as usize, (y * 256.0) as usize);
    let (u, v) = ((x % 256) as u32, (y % 256) as u32);
    let stride = frame.width as usize * 3;
    let at = (y / 256) * stride + (x / 256) * 3;
    let (above, below) = (&rgb[at..at + 6], &rgb[at + stride..at + stride + 6]);
    for colour in 0..3 {
        let mix = |row: &[u8]| u32::from(row[colour]) * (256 - u) + u32::from(row[colour + 3]) * u;
        out[colour] = ((mix(above) * (256 - v) + mix(below) * v + 32_768) >> 16) as u8;
    }
}

/// The unit square onto four corners (Heckbert 1989).
struct Unit([f32; 8]);

impl Unit {
    fn onto(a: Point, b: Point, c: Point, d: Point) -> Option<Self> {
        let (dx1, dx2, dx3) = (b.0 - c.0, d.0 - c.0, a.0 - b.0 + c.0 - d.0);
        let (dy1, dy2, dy3) = (b.1 - c.1, d.1 - c.1, a.1 - b.1 + c.1 - d.1);
        let below = dx1 * dy2 - dx2 * dy1;
        if below.abs() < 1e-3 {
            return None;
        }
        let g = (dx3 * dy2 - dx2 * dy3) / below;
        let h = (dx1 * dy3 - dx3 * dy1) / below;
        let x = (b.0 - a.0 + g * b.0, d.0 - a.0 + h * d.0, a.0);
        let y = (b.1 - a.1 + g * b.1, d.1 - a.1 + h * d.1, a.1);
        Some(Self([x.0, x.1, x.2, y.0, y.1, y.2, g, h]))
    }

    fn place(&self, u: f32, v: f32) -> Point {
        let [a, b, c, d, e, f, g, h] = self.0;
        let w = 1.0 / (g * u + h * v + 1.0);
        ((a * u + b * v + c) * w, (d * u + e * v + f) * w)
    }
}
