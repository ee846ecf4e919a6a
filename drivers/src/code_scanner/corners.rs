//! Three squares that may be the corners of one QR code.

/// A square: its middle and the length of its seven modules, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Square {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) length: f32,
    /// 0 when it is clearly one, towards 1 when it may be chance.
    pub(super) doubt: f32,
}

/// The middles of three squares: upper left, upper right, lower left, as the code is meant to be held.
pub(super) type Corners = [(f32, f32); 3];

/// Threes that are worth a try.
const MOST: usize = 6;
/// Modules between the middles of two squares: versions 1 to 25, and what a tilt takes.
const APART: std::ops::Range<f32> = 10.0..150.0;

/// Threes with a right angle and two sides of a length, as far as a tilted code has them; the likeliest first.
pub(super) fn threes(squares: &[Square]) -> Vec<Corners> {
    let mut rated = Vec::new();
    for corner in squares {
        for (i, a) in squares.iter().enumerate() {
            for b in &squares[i + 1..] {
                rated.extend(rate(corner, a, b));
            }
        }
    }
    rated.sort_by(|a, b| a.0.total_cmp(&b.0));
    rated.truncate(MOST);
    rated.into_iter().map(|(_, corners)| corners).collect()
}

fn rate(corner: &Square, a: &Square, b: &Square) -> Option<(f32, Corners)> {
    let (ax, ay) = (a.x - corner.x, a.y - corner.y);
    let (bx, by) = (b.x - corner.x, b.y - corner.y);
    let (side_a, side_b) = (ax.hypot(ay), bx.hypot(by));
    let largest = corner.length.max(a.length).max(b.length);
    let smallest = corner.length.min(a.length).min(b.length);
    let module = (corner.length + a.length + b.length) / 21.0;
    if !APART.contains(&(side_a / module)) || !APART.contains(&(side_b / module)) || largest > 2.0 * smallest
    {
        return None;
    }
    let cosine = ((ax * bx + ay * by) / (side_a * side_b)).abs();
    let ratio = (side_a / side_b).ln().abs();
    if cosine > 0.6 || ratio > 0.8 {
        return None;
    }
    let doubt = corner.doubt.max(a.doubt).max(b.doubt);
    let score = cosine + ratio + (largest / smallest).ln() + doubt;
    let (right, down) = if ax * by - ay * bx > 0.0 { (a, b) } else { (b, a) };
    Some((score, [(corner.x, corner.y), (right.x, right.y), (down.x, down.y)]))
}
