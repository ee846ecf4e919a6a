//! The grid of a QR code's modules in a picture: how many, and where each lies.
//!
//! Duty: fit the patterns that every code has (ISO/IEC 18004, 6.3) to the picture. Never: read what the code says.

use std::sync::LazyLock;

use super::corners::Corners;
use super::relief::Relief;

/// A module whose colour the standard fixes: column, row, and +1 for dark, −1 for light.
pub(super) type Known = (usize, usize, f32);

/// Where the modules of a code lie.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Modules on a side.
    pub(super) dimension: usize,
    /// The modules whose colour is known.
    pub(super) known: &'static [Known],
    /// The picture's places of the three squares' middles and of the fourth corner between them.
    corners: [(f32, f32); 4],
    map: Homography,
    /// How well the known modules fit, up to 1.
    pub(super) fit: f32,
}

/// Sizes of versions 1 to 25.
const DIMENSIONS: std::ops::RangeInclusive<usize> = 21..=117;
/// Sizes that are worth a closer look.
const MOST_SIZES: usize = 3;
/// Below this the three squares are chance.
const LEAST_FIT: f32 = 0.30;

impl Grid {
    /// The grids that fit three squares best, the best first; none when they are no code's.
    pub(super) fn fitted(relief: &Relief, corners: Corners) -> Vec<Self> {
        let [(ax, ay), (bx, by), (cx, cy)] = corners;
        let fourth = (bx + cx - ax, by + cy - ay);
        let all = [corners[0], corners[1], corners[2], fourth];
        let sizes = DIMENSIONS.step_by(4).zip(KNOWN.iter()).filter_map(|(dimension, known)| {
            let grid = Self::new(relief, dimension, known, all)?;
            (grid.fit > LEAST_FIT).then_some(grid)
        });
        let mut grids: Vec<Self> = sizes.collect();
        grids.sort_by(|a, b| b.fit.total_cmp(&a.fit));
        grids.truncate(MOST_SIZES);
        for grid in &mut grids {
            grid.find_fourth(relief);
            grid.refine(relief);
        }
        grids.sort_by(|a, b| b.fit.total_cmp(&a.fit));
        grids
    }

    fn new(
        relief: &Relief,
        dimension: usize,
        known: &'static [Known],
        corners: [(f32, f32); 4],
    ) -> Option<Self> {
        let map = Homography::new(dimension, corners)?;
        let fit = fit(relief, &map, known);
        Some(Self { dimension, known, corners, map, fit })
    }

    /// The picture's place of a point in modules from the code's upper left corner.
    pub(super) fn place(&self, u: f32, v: f32) -> (f32, f32) {
        self.map.place(u, v)
    }

    /// A tilted code's fourth corner is not where three would have it: looked for around there, coarsely.
    fn find_fourth(&mut self, relief: &Relief) {
        let [(ax, ay), (bx, by), (cx, cy), fourth] = self.corners;
        let modules = (self.dimension - 7) as f32;
        let (right, down) =
            (((bx - ax) / modules, (by - ay) / modules), ((cx - ax) / modules, (cy - ay) / modules));
        let reach = i32::try_from(self.dimension - 7).unwrap_or(0) * 22 / 100;
        // What moves with the fourth corner: the small squares and the lines between the large ones.
        let loose: Vec<Known> =
            self.known.iter().copied().filter(|(x, y, _)| !in_finder(*x, *y, self.dimension)).collect();
        let mut best = (fit(relief, &self.map, &loose), 0.0, 0.0);
        for j in -reach..=reach {
            for i in -reach..=reach {
                let (i, j) = (i as f32, j as f32);
                let at = (fourth.0 + right.0 * i + down.0 * j, fourth.1 + right.1 * i + down.1 * j);
                let corners = [self.corners[0], self.corners[1], self.corners[2], at];
                let Some(map) = Homography::new(self.dimension, corners) else { continue };
                let found = fit(relief, &map, &loose);
                if found > best.0 {
                    best = (found, at.0 - fourth.0, at.1 - fourth.1);
                }
            }
        }
        self.move_corner(relief, 3, (best.1, best.2));
    }

    /// Moves each corner by less and less while the fit grows.
    fn refine(&mut self, relief: &Relief) {
        let (ax, ay) = self.corners[0];
        let module = (self.corners[1].0 - ax).hypot(self.corners[1].1 - ay) / (self.dimension - 7) as f32;
        for step in [0.8, 0.4, 0.2, 0.1].map(|part| part * module) {
            for _ in 0..3 {
                let before = self.fit;
                for corner in 0..4 {
                    for way in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                        self.move_corner(relief, corner, way);
                    }
                }
                if self.fit - before < 1e-3 {
                    break;
                }
            }
        }
    }

    /// Moves a corner if the code fits better then.
    fn move_corner(&mut self, relief: &Relief, corner: usize, (x, y): (f32, f32)) {
        let mut corners = self.corners;
        corners[corner].0 += x;
        corners[corner].1 += y;
        if let Some(map) = Homography::new(self.dimension, corners) {
            let fit = fit(relief, &map, self.known);
            if fit > self.fit {
                (self.corners, self.map, self.fit) = (corners, map, fit);
            }
        }
    }
}

/// Agreement of the picture with what is known, weighted by how clear the picture is there.
fn fit(relief: &Relief, map: &Homography, known: &[Known]) -> f32 {
    let (mut agree, mut whole) = (0.0, 0.01);
    for (column, row, sign) in known {
        let (x, y) = map.place(*column as f32 + 0.5, *row as f32 + 0.5);
        let dark = relief.at(x, y).clamp(-1.5, 1.5);
        agree += dark * sign;
        whole += dark.abs();
    }
    agree / whole.max(known.len() as f32 * 0.35)
}

fn in_finder(x: usize, y: usize, dimension: usize) -> bool {
    let low = |at: usize| at < 8;
    let high = |at: usize| at + 8 >= dimension;
    (low(x) && low(y)) || (high(x) && low(y)) || (low(x) && high(y))
}

/// For each of [`DIMENSIONS`].
static KNOWN: LazyLock<Vec<Vec<Known>>> = LazyLock::new(|| DIMENSIONS.step_by(4).map(known).collect());

/// Every module of a code of that size whose colour does not depend on what it says.
fn known(dimension: usize) -> Vec<Known> {
    let mut known = Vec::new();
    let sign = |dark: bool| if dark { 1.0 } else { -1.0 };
    for (left, top) in [(0, 0), (dimension - 7, 0), (0, dimension - 7)] {
        for y in top.saturating_sub(1)..(top + 8).min(dimension) {
            for x in left.saturating_sub(1)..(left + 8).min(dimension) {
                let ring = (x + 1).abs_diff(left + 4).max((y + 1).abs_diff(top + 4));
                known.push((x, y, sign(ring < 2 || ring == 3)));
            }
        }
    }
    for at in 8..dimension - 8 {
        known.push((at, 6, sign(at % 2 == 0)));
        known.push((6, at, sign(at % 2 == 0)));
    }
    let version = (dimension - 17) / 4;
    let middles = alignment_middles(version);
    for top in &middles {
        for left in &middles {
            if in_finder(*left, *top, dimension) {
                continue;
            }
            for y in top - 2..=top + 2 {
                for x in left - 2..=left + 2 {
                    let ring = x.abs_diff(*left).max(y.abs_diff(*top));
                    // Those on the dotted lines are there already.
                    if x != 6 && y != 6 {
                        known.push((x, y, sign(ring != 1)));
                    }
                }
            }
        }
    }
    if version >= 7 {
        let bits = version_bits(version);
        for bit in 0..18 {
            let (near, far) = (bit / 3, dimension - 11 + bit % 3);
            let dark = sign(bits >> bit & 1 == 1);
            known.extend([(near, far, dark), (far, near, dark)]);
        }
    }
    // Beside the lower left square one module is always dark.
    known.push((8, dimension - 8, 1.0));
    known
}

/// Rows and columns of the small squares' middles: the last is fixed, the first is 6, all but the first step are alike and
/// even (ISO/IEC 18004, annex E).
fn alignment_middles(version: usize) -> Vec<usize> {
    if version < 2 {
        return Vec::new();
    }
    let last = version * 4 + 10;
    let steps = version / 7 + 1;
    let step = if version == 32 { 26 } else { (last - 6).div_ceil(steps * 2) * 2 };
    let mut middles: Vec<usize> = (0..steps).map(|i| last - i * step).collect();
    middles.push(6);
    middles.reverse();
    middles
}

/// The version with its check bits (ISO/IEC 18004, annex D): remainder by x¹² + x¹¹ + x¹⁰ + x⁹ + x⁸ + x⁵ + x² + 1.
fn version_bits(version: usize) -> usize {
    let mut rest = version << 12;
    for bit in (12..18).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= 0x1F25 << (bit - 12);
        }
    }
    version << 12 | rest
}

/// From modules to pixels.
#[derive(Clone, Copy, Debug)]
struct Homography([f32; 8]);

impl Homography {
    /// The middles of the squares are 3.5 modules from the edges.
    fn new(dimension: usize, [a, b, c, d]: [(f32, f32); 4]) -> Option<Self> {
        // The unit square onto a, b, d, c (Heckbert 1989), then modules onto the unit square.
        let (dx1, dx2, dx3) = (b.0 - d.0, c.0 - d.0, a.0 - b.0 + d.0 - c.0);
        let (dy1, dy2, dy3) = (b.1 - d.1, c.1 - d.1, a.1 - b.1 + d.1 - c.1);
        let below = dx1 * dy2 - dx2 * dy1;
        if below.abs() < 1e-3 {
            return None;
        }
        let g = (dx3 * dy2 - dx2 * dy3) / below;
        let h = (dx1 * dy3 - dx3 * dy1) / below;
        let (xu, xv) = (b.0 - a.0 + g * b.0, c.0 - a.0 + h * c.0);
        let (yu, yv) = (b.1 - a.1 + g * b.1, c.1 - a.1 + h * c.1);
        let scale = 1.0 / (dimension - 7) as f32;
        let shift = -3.5 * scale;
        let folded = |u: f32, v: f32, one: f32| [u * scale, v * scale, (u + v) * shift + one];
        let ([x0, x1, x2], [y0, y1, y2], [w0, w1, w2]) =
            (folded(xu, xv, a.0), folded(yu, yv, a.1), folded(g, h, 1.0));
        if w2.abs() < 1e-3 {
            return None;
        }
        Some(Self([x0 / w2, x1 / w2, x2 / w2, y0 / w2, y1 / w2, y2 / w2, w0 / w2, w1 / w2]))
    }

    fn place(&self, u: f32, v: f32) -> (f32, f32) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let w = 1.0 / (g * u + h * v + 1.0);
        ((a * u + b * v + c) * w, (d * u + e * v + f) * w)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_squares_and_version_bits_are_those_of_the_standard() {
        for (version, middles) in [
            (2, &[6, 18][..]),
            (7, &[6, 22, 38]),
            (14, &[6, 26, 46, 66]),
            (15, &[6, 26, 48, 70]),
            (22, &[6, 26, 50, 74, 98]),
            (25, &[6, 32, 58, 84, 110]),
        ] {
            assert_eq!(alignment_middles(version), middles, "version {version}");
        }
        assert_eq!((version_bits(7), version_bits(15), version_bits(25)), (0x07C94, 0x0F928, 0x191E1));
    }
}
