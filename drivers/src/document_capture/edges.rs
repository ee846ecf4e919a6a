//! The sheet's edges in the full picture: where white ends, at many places along each side, and the line that most of them
//! lie on, whatever fingers and a curl do to the others.

use super::{PageProblem, Point};
use crate::camera::Size;

/// Places along a side.
const PLACES: usize = 64;
/// How far from the coarse side the edge is looked for, parts of the frame's longer edge.
const REACH: f32 = 1.0 / 64.0;
/// A place is on the line when it is so near, parts of the frame's longer edge: a curl of some pixels is.
const NEAR: f32 = 1.0 / 640.0;
/// So many places of a side must be on its line.
const MOST_OF: usize = PLACES * 2 / 5;
/// Steps of 255 from table to paper, at the least.
const LEAST_STEP: f32 = 12.0;
/// Pixels that a sharp edge is wide, at the most, for a frame of 1920; print of three millimetres is lost beyond.
const WIDEST: f32 = 5.5;

/// The four corners, in the order of the coarse ones.
pub(super) fn refined(rgb: &[u8], size: Size, coarse: [Point; 4]) -> Result<[Point; 4], PageProblem> {
    let picture = Picture { rgb, size };
    let longer = size.width.max(size.height) as f32;
    let mut widths = Vec::new();
    let places =
        [0, 1, 2, 3].map(|i| picture.edge(coarse[i], coarse[(i + 1) % 4], longer * REACH, &mut widths));
    // Before the lines: what is not sharp has no places that lie on one.
    widths.sort_by(f32::total_cmp);
    if widths.get(widths.len() / 2).is_some_and(|width| *width > WIDEST * (longer / 1920.0).max(0.5)) {
        return Err(PageProblem::NotSharp);
    }
    let mut sides = [((0.0, 0.0), (0.0, 0.0)); 4];
    for (side, places) in sides.iter_mut().zip(&places) {
        *side = line(places, longer * NEAR).ok_or(PageProblem::NoSheet)?;
    }
    let mut corners = [(0.0, 0.0); 4];
    for (i, corner) in corners.iter_mut().enumerate() {
        *corner = crossing(sides[(i + 3) % 4], sides[i]).ok_or(PageProblem::NoSheet)?;
        let (x, y) = *corner;
        let inside = x > 1.0 && y > 1.0 && x < size.width as f32 - 1.0 && y < size.height as f32 - 1.0;
        if !inside {
            return Err(PageProblem::CutOff);
        }
    }
    Ok(corners)
}

struct Picture<'a> {
    rgb: &'a [u8],
    size: Size,
}

impl Picture<'_> {
    /// Whiteness at a pixel; nothing outside.
    #[allow(clippy::cast_possible_truncation, reason = "inside the picture")]
    fn white(&self, x: f32, y: f32) -> Option<f32> {
        if !(x >= 0.0 && y >= 0.0 && x < self.size.width as f32 && y < self.size.height as f32) {
            return None;
        }
        let at = (y as usize * self.size.width as usize + x as usize) * 3;
        let pixel = &self.rgb[at..at + 3];
        Some(f32::from(pixel[0].min(pixel[1]).min(pixel[2])))
    }

    /// Where white ends, across a coarse side from outside to inside; how wide each edge is goes into `widths`.
    #[allow(clippy::cast_possible_truncation, reason = "a few pixels")]
    fn edge(&self, from: Point, to: Point, reach: f32, widths: &mut Vec<f32>) -> Vec<Point> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1.0);
        // The inside of a clockwise outline is on the right.
        let (nx, ny) = (-dy / length, dx / length);
        let steps = (reach * 2.0) as usize;
        let mut found = Vec::new();
        let mut profile = Vec::new();
        for place in 0..PLACES {
            let along = 0.04 + 0.92 * place as f32 / (PLACES - 1) as f32;
            let (x, y) = (from.0 + dx * along, from.1 + dy * along);
            profile.clear();
            for step in 0..steps {
                let off = step as f32 - reach;
                // Three pixels along the side, against noise.
                let mean = [-1.0, 0.0, 1.0].iter().filter_map(|beside| {
                    let beside = beside * 1.5;
                    self.white(x + nx * off + dx / length * beside, y + ny * off + dy / length * beside)
                });
                let (sum, count) = mean.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
                profile.push(if count > 0.0 { sum / count } else { 0.0 });
            }
            if let Some((at, width)) = step_up(&profile) {
                let off = at - reach;
                found.push((x + nx * off, y + ny * off));
                widths.push(width);
            }
        }
        found
    }
}

/// Where a profile rises most, between samples, and how many samples it takes for that.
fn step_up(profile: &[f32]) -> Option<(f32, f32)> {
    const SPAN: usize = 6;
    if profile.len() < 2 * SPAN + 2 {
        return None;
    }
    let mean = |range: std::ops::Range<usize>| {
        let length = range.len() as f32;
        profile[range].iter().sum::<f32>() / length
    };
    // The best split into dark outside and white inside, over some pixels on either side.
    let rise = |at: usize| mean(at..at + SPAN) - mean(at - SPAN..at);
    let best = (SPAN..profile.len() - SPAN).max_by(|a, b| rise(*a).total_cmp(&rise(*b)))?;
    let step = rise(best);
    if step < LEAST_STEP {
        return None;
    }
    let (low, high) = (mean(best - SPAN..best), mean(best..best + SPAN));
    // Half way up, between two samples.
    let half = f32::midpoint(low, high);
    let up = (best.saturating_sub(SPAN)..best + SPAN - 1)
        .filter(|i| profile[*i] < half && profile[i + 1] >= half)
        .min_by_key(|i| (i + 1).abs_diff(best))?;
    let part = (half - profile[up]) / (profile[up + 1] - profile[up]).max(1e-3);
    let steepest = (up.saturating_sub(3)..(up + 4).min(profile.len() - 1))
        .map(|i| profile[i + 1] - profile[i])
        .fold(1e-3, f32::max);
    // From far outside to far inside: a soft edge is wider than what was looked at for its place.
    let whole = mean(profile.len() - SPAN..profile.len()) - mean(0..SPAN);
    Some((up as f32 + part + 0.5, whole.max(step) / steepest))
}

/// A point and a direction of length 1.
type Line = (Point, Point);

/// The line that most places lie on, then the mean of those.
fn line(places: &[Point], near: f32) -> Option<Line> {
    let mut best: (usize, Line) = (0, ((0.0, 0.0), (1.0, 0.0)));
    for i in (0..places.len()).step_by(2) {
        for j in (i + 8..places.len()).step_by(3) {
            let line = through(places[i], places[j])?;
            let count = places.iter().filter(|place| distance(line, **place) < near).count();
            if count > best.0 {
                best = (count, line);
            }
        }
    }
    if best.0 < MOST_OF {
        return None;
    }
    let on: Vec<Point> = places.iter().copied().filter(|place| distance(best.1, *place) < near).collect();
    let count = on.len() as f32;
    let (mx, my) = on.iter().fold((0.0, 0.0), |(x, y), place| (x + place.0 / count, y + place.1 / count));
    // The direction in which they spread most.
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in on {
        let (dx, dy) = (x - mx, y - my);
        (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
    }
    let angle = 0.5 * f32::atan2(2.0 * xy, xx - yy);
    Some(((mx, my), (angle.cos(), angle.sin())))
}

fn through(a: Point, b: Point) -> Option<Line> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy);
    (length > 1e-3).then(|| (a, (dx / length, dy / length)))
}

fn distance((at, along): Line, place: Point) -> f32 {
    ((place.0 - at.0) * along.1 - (place.1 - at.1) * along.0).abs()
}

fn crossing((a, u): Line, (b, v): Line) -> Option<Point> {
    let turn = u.0 * v.1 - u.1 * v.0;
    if turn.abs() < 0.1 {
        return None;
    }
    let t = ((b.0 - a.0) * v.1 - (b.1 - a.1) * v.0) / turn;
    Some((a.0 + u.0 * t, a.1 + u.1 * t))
}
