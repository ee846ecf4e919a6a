//! The sheet in a small picture: the largest white thing that has four corners.

use zeroize::Zeroizing;

use super::{PageProblem, Point};
use crate::camera::{Area, Frame, Mirror, Size};

/// Longer edge of the small picture, pixels.
const SMALL: u32 = 480;
/// A sheet is at least so much of the picture.
const LEAST: f32 = 0.06;
/// So much of the four-cornered outline is white: print, a seal and fingers take little of a sheet.
const FILLED: f32 = 0.80;
/// How much whiter a sheet is than what it lies on, of 255: a table's grain is not.
const LEAST_CONTRAST: f64 = 28.0;
/// Whiteness of a sheet, of 255: below it cameras show nothing but noise.
const LEAST_WHITE: u8 = 52;

/// Four corners in the frame's pixels, upper left first, clockwise; near the sheet's, not at them.
pub(super) fn found(frame: &Frame) -> Result<[Point; 4], PageProblem> {
    let size = frame.size();
    let longer = size.width.max(size.height);
    let scale = longer.min(SMALL) as f32 / longer as f32;
    #[allow(clippy::cast_possible_truncation, reason = "smaller than the frame")]
    let small =
        Size::new(((size.width as f32 * scale) as u32).max(8), ((size.height as f32 * scale) as u32).max(8));
    let mut rgb = Zeroizing::new(vec![0; small.pixels() * 3]);
    frame.part_into(Area::whole(size), small, Mirror::AsSeen, &mut rgb);
    // The least of the three colours: paper is white, while skin and wood are not, however bright they are.
    let white: Vec<u8> = rgb.chunks_exact(3).map(|p| p[0].min(p[1]).min(p[2])).collect();
    let white = Zeroizing::new(smoothed(&white, small.width as usize));
    let mut counts = [0_usize; 256];
    white.iter().for_each(|value| counts[usize::from(*value)] += 1);
    if brightest(&counts, small.pixels()) < LEAST_WHITE {
        return Err(PageProblem::TooDark);
    }
    // Light tables are bright too, and shaded paper dark: the split of all, then those of its upper and lower part.
    let middle = split(&counts, 0..256);
    let mut problem = PageProblem::NoSheet;
    for threshold in [middle, split(&counts, middle..256), split(&counts, 0..middle)] {
        if contrast(&counts, threshold) < LEAST_CONTRAST {
            continue;
        }
        match with(&white, small, threshold) {
            Ok(corners) => {
                let (across, down) =
                    (size.width as f32 / small.width as f32, size.height as f32 / small.height as f32);
                return Ok(corners.map(|(x, y)| (x * across, y * down)));
            }
            Err(PageProblem::CutOff) if threshold == middle => problem = PageProblem::CutOff,
            Err(_) => {}
        }
    }
    Err(problem)
}

fn with(white: &[u8], size: Size, threshold: usize) -> Result<[Point; 4], PageProblem> {
    let (width, height) = (size.width as usize, size.height as usize);
    let (pixels, boundary) = largest(white, width, threshold);
    if (pixels as f32) < LEAST * size.pixels() as f32 {
        return Err(PageProblem::NoSheet);
    }
    let (right, bottom) = (width as f32 - 1.5, height as f32 - 1.5);
    let edges: [&dyn Fn(&Point) -> bool; 4] =
        [&|p| p.0 < 1.5, &|p| p.0 > right, &|p| p.1 < 1.5, &|p| p.1 > bottom];
    let touched = edges.iter().filter(|edge| boundary.iter().any(edge)).count();
    let corners = four_corners(&hull(boundary));
    let area = area(&corners);
    if (pixels as f32) < FILLED * area || area < LEAST * size.pixels() as f32 {
        return Err(PageProblem::NoSheet);
    }
    let outside =
        |(x, y): &Point| *x < 1.5 || *y < 1.5 || *x > width as f32 - 2.5 || *y > height as f32 - 2.5;
    let outside = corners.iter().filter(|corner| outside(corner)).count();
    match outside {
        0 => Ok(from_upper_left(corners)),
        // A wall or a table that fills the picture reaches three of its edges.
        1 | 2 if touched <= 2 => Err(PageProblem::CutOff),
        _ => Err(PageProblem::NoSheet),
    }
}

/// The mean of three by three.
fn smoothed(white: &[u8], width: usize) -> Vec<u8> {
    let rows: Vec<&[u8]> = white.chunks_exact(width).collect();
    let mut out = Vec::with_capacity(white.len());
    for y in 0..rows.len() {
        let near = [rows[y.saturating_sub(1)], rows[y], rows[(y + 1).min(rows.len() - 1)]];
        for x in 0..width {
            let columns = [x.saturating_sub(1), x, (x + 1).min(width - 1)];
            let sum: u16 = near.iter().flat_map(|row| columns.map(|x| u16::from(row[x]))).sum();
            out.push(u8::try_from(sum / 9).unwrap_or(u8::MAX));
        }
    }
    out
}

/// What one pixel in fifty is brighter than.
fn brightest(counts: &[usize; 256], pixels: usize) -> u8 {
    let mut left = pixels / 50;
    for (value, count) in counts.iter().enumerate().rev() {
        if *count > left {
            return u8::try_from(value).unwrap_or(u8::MAX);
        }
        left -= count;
    }
    0
}

/// Where a range of values falls into two parts that differ most (Otsu 1979).
fn split(counts: &[usize; 256], range: std::ops::Range<usize>) -> usize {
    let whole: f64 = counts[range.clone()].iter().sum::<usize>() as f64;
    let sum: f64 = range.clone().map(|value| value as f64 * counts[value] as f64).sum();
    let (mut below, mut sum_below, mut best, mut at) = (0.0, 0.0, -1.0, range.start);
    for value in range {
        below += counts[value] as f64;
        sum_below += value as f64 * counts[value] as f64;
        let above = whole - below;
        if below > 0.0 && above > 0.0 {
            let between = below * above * (sum_below / below - (sum - sum_below) / above).powi(2);
            if between > best {
                (best, at) = (between, value + 1);
            }
        }
    }
    at
}

/// How much whiter the pixels from a value on are than those below it, in the mean.
fn contrast(counts: &[usize; 256], threshold: usize) -> f64 {
    let mean = |range: std::ops::Range<usize>| {
        let whole: usize = counts[range.clone()].iter().sum();
        let sum: f64 = range.map(|value| value as f64 * counts[value] as f64).sum();
        sum / whole.max(1) as f64
    };
    mean(threshold..256) - mean(0..threshold)
}

/// The largest connected part that is at least so white: how many pixels, holes in it counted too, and the ends of its rows.
fn largest(white: &[u8], width: usize, threshold: usize) -> (usize, Vec<Point>) {
    let mut open: Vec<bool> = white.iter().map(|value| usize::from(*value) >= threshold).collect();
    let mut best: Vec<usize> = Vec::new();
    let mut stack = Vec::new();
    for start in 0..open.len() {
        if !std::mem::take(&mut open[start]) {
            continue;
        }
        let mut part = vec![start];
        stack.push(start);
        while let Some(at) = stack.pop() {
            let x = at % width;
            let next = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then(|| at + 1),
                at.checked_sub(width),
                (at + width < open.len()).then(|| at + width),
            ];
            for next in next.into_iter().flatten() {
                if std::mem::take(&mut open[next]) {
                    part.push(next);
                    stack.push(next);
                }
            }
        }
        if part.len() > best.len() {
            best = part;
        }
    }
    let mut ends: Vec<Option<(usize, usize)>> = vec![None; white.len() / width];
    for at in &best {
        let (x, end) = (at % width, &mut ends[at / width]);
        let (left, right) = end.unwrap_or((x, x));
        *end = Some((left.min(x), right.max(x)));
    }
    let rows = ends.iter().enumerate().filter_map(|(y, end)| end.map(|(left, right)| (y, left, right)));
    let pixels = rows.clone().map(|(_, left, right)| right - left + 1).sum();
    let points = rows.flat_map(|(y, left, right)| {
        let y = y as f32 + 0.5;
        [(left as f32, y), (right as f32 + 1.0, y)]
    });
    (pixels, points.collect())
}

/// The convex outline, by Andrew's monotone chain.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut hull: Vec<Point> = Vec::new();
    for pass in 0..2 {
        let begin = hull.len();
        let mut add = |point: Point| {
            while hull.len() >= begin + 2 && cross(hull[hull.len() - 2], hull[hull.len() - 1], point) <= 0.0 {
                hull.pop();
            }
            hull.push(point);
        };
        if pass == 0 {
            points.iter().copied().for_each(&mut add);
        } else {
            points.iter().rev().copied().for_each(&mut add);
        }
        hull.pop();
    }
    hull
}

fn cross(a: Point, b: Point, c: Point) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// The four points of the outline with the largest area between them.
fn four_corners(hull: &[Point]) -> [Point; 4] {
    // Every so many are enough for a start; the edges are found exactly afterwards.
    let step = hull.len().div_ceil(36).max(1);
    let few: Vec<Point> = hull.iter().copied().step_by(step).collect();
    let mut best = (-1.0, [(0.0, 0.0); 4]);
    for a in 0..few.len() {
        for c in a + 1..few.len() {
            // On either side of the diagonal the farthest.
            let far = |points: &mut dyn Iterator<Item = usize>| {
                points.map(|i| (cross(few[a], few[c], few[i]).abs(), i)).max_by(|x, y| x.0.total_cmp(&y.0))
            };
            let (one, other) = (far(&mut (a + 1..c)), far(&mut (c + 1..few.len()).chain(0..a)));
            if let (Some((up, b)), Some((down, d))) = (one, other)
                && up + down > best.0
            {
                best = (up + down, [few[a], few[b], few[c], few[d]]);
            }
        }
    }
    best.1
}

fn area(corners: &[Point; 4]) -> f32 {
    let [a, b, c, d] = *corners;
    (cross(a, b, c).abs() + cross(a, c, d).abs()) / 2.0
}

/// Clockwise as seen, from the corner that is nearest to the picture's upper left one.
fn from_upper_left(corners: [Point; 4]) -> [Point; 4] {
    let [a, b, c, d] = corners;
    let mut clockwise = if cross(a, b, c) > 0.0 { [a, b, c, d] } else { [a, d, c, b] };
    let first = (0..4).min_by(|i, j| {
        let sum = |i: usize| clockwise[i].0 + clockwise[i].1;
        sum(*i).total_cmp(&sum(*j))
    });
    clockwise.rotate_left(first.unwrap_or(0));
    clockwise
}
