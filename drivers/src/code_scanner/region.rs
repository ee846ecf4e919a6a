//! Where in a picture a code may be: places with many edges in both directions.
//!
//! Duty: a few rectangles, so that what is dear is tried on a part of the picture. Never: read anything.

use crate::camera::{GreyPicture, Size};

/// A rectangle of whole pixels inside a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Edge of a cell, pixels.
const CELL: usize = 16;
/// A code is at least so many cells across and down.
const LEAST: usize = 3;
/// At most so many are worth the time.
const MOST: usize = 3;
/// What a busy cell changes by from pixel to pixel, at the least: the square of steps of 255.
const FLOOR: f32 = 8.0;
/// A busy cell's change is so many times that of the picture's quieter third, which is its noise.
const ABOVE_QUIET: f32 = 2.4;

/// The likeliest places, the best first.
pub(super) fn busy(picture: &GreyPicture) -> Vec<Region> {
    let size = picture.size();
    let (columns, rows) = (size.width as usize / CELL, size.height as usize / CELL);
    if columns < LEAST || rows < LEAST {
        return Vec::new();
    }
    let change = change(picture, columns, rows);
    let mut sorted = change.clone();
    sorted.sort_by(f32::total_cmp);
    let threshold = FLOOR.max(ABOVE_QUIET * sorted[sorted.len() / 3]);
    let smooth = smooth(&change, columns, rows);
    let mut open: Vec<bool> = smooth.iter().map(|change| *change > threshold).collect();
    let mut found = Vec::new();
    for start in 0..open.len() {
        if open[start] {
            found.extend(grown(start, &mut open, &smooth, columns, rows));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(MOST);
    found.into_iter().map(|(_, cells)| in_pixels(cells, size)).collect()
}

/// For each cell the mean square of the change from pixel to pixel, across or down, whichever is less: print and shelves
/// change in one direction only. Squares, in which noise is little beside a code's edges; on a half-sized picture, where
/// noise of single pixels is halved.
fn change(picture: &GreyPicture, columns: usize, rows: usize) -> Vec<f32> {
    const HALF: usize = CELL / 2;
    let width = picture.size().width as usize;
    let luma = picture.luma();
    let mut half = vec![0_i16; columns * HALF * rows * HALF];
    for (y, row) in half.chunks_exact_mut(columns * HALF).enumerate() {
        let (above, below) = (&luma[2 * y * width..][..width], &luma[(2 * y + 1) * width..][..width]);
        for ((out, a), b) in row.iter_mut().zip(above.chunks_exact(2)).zip(below.chunks_exact(2)) {
            *out = (i16::from(a[0]) + i16::from(a[1]) + i16::from(b[0]) + i16::from(b[1])) / 4;
        }
    }
    let stride = columns * HALF;
    let mut sums = vec![(0_u32, 0_u32); columns * rows];
    for y in 0..rows * HALF - 1 {
        let (row, next) = (&half[y * stride..][..stride], &half[(y + 1) * stride..][..stride]);
        for (cell, sum) in sums[y / HALF * columns..][..columns].iter_mut().enumerate() {
            let from = cell * HALF;
            for x in from..(from + HALF).min(stride - 1) {
                sum.0 += u32::from(row[x].abs_diff(row[x + 1])).pow(2);
                sum.1 += u32::from(row[x].abs_diff(next[x])).pow(2);
            }
        }
    }
    sums.into_iter().map(|(across, down)| across.min(down) as f32 / (HALF * HALF) as f32).collect()
}

/// The mean of each cell and its neighbours.
fn smooth(cells: &[f32], columns: usize, rows: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(cells.len());
    for y in 0..rows {
        for x in 0..columns {
            let (mut sum, mut count) = (0.0, 0.0);
            for j in y.saturating_sub(1)..(y + 2).min(rows) {
                for cell in &cells[j * columns + x.saturating_sub(1)..j * columns + (x + 2).min(columns)] {
                    sum += cell;
                    count += 1.0;
                }
            }
            out.push(sum / count);
        }
    }
    out
}

/// Left, top, right, bottom in cells, right and bottom included.
type Cells = [usize; 4];

/// The connected cells around one, with what they weigh; taken out of `open`.
fn grown(
    start: usize,
    open: &mut [bool],
    change: &[f32],
    columns: usize,
    rows: usize,
) -> Option<(f32, Cells)> {
    let mut cells = [usize::MAX, usize::MAX, 0, 0];
    let mut weight = 0.0;
    let mut stack = vec![start];
    open[start] = false;
    while let Some(at) = stack.pop() {
        let (x, y) = (at % columns, at / columns);
        cells = [cells[0].min(x), cells[1].min(y), cells[2].max(x), cells[3].max(y)];
        weight += change[at];
        let neighbours = [
            (x > 0).then(|| at - 1),
            (x + 1 < columns).then(|| at + 1),
            (y > 0).then(|| at - columns),
            (y + 1 < rows).then(|| at + columns),
        ];
        for next in neighbours.into_iter().flatten() {
            if std::mem::take(&mut open[next]) {
                stack.push(next);
            }
        }
    }
    let large = cells[2] - cells[0] + 1 >= LEAST && cells[3] - cells[1] + 1 >= LEAST;
    large.then_some((weight, cells))
}

/// With a cell more on each side: a code's edge may lie in a quieter one.
fn in_pixels(cells: Cells, size: Size) -> Region {
    let (x, y) = (cells[0].saturating_sub(1) * CELL, cells[1].saturating_sub(1) * CELL);
    let right = ((cells[2] + 2) * CELL).min(size.width as usize);
    let bottom = ((cells[3] + 2) * CELL).min(size.height as usize);
    Region { x, y, width: right - x, height: bottom - y }
}
