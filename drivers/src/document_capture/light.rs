//! Paper as white as it is: shadow and a lamp's colour taken off.

use crate::camera::Size;

/// Edge of a field in which the light is taken for one, pixels.
const FIELD: usize = 24;
/// So many of a field's pixels are darker than its paper, of 100: print, and the paper's own grain.
const DARKER: u32 = 80;
/// What paper becomes, of 255.
const PAPER: f32 = 244.0;
/// A field is made brighter by no more: what is so dark is no paper.
const MOST: f32 = 3.0;

/// Evens the light of a page in place.
#[allow(clippy::cast_possible_truncation, reason = "clamped to a byte; gains in 1/256")]
pub(super) fn evened(size: Size, rgb: &mut [u8]) {
    let (width, height) = (size.width as usize, size.height as usize);
    let (columns, rows) = (width.div_ceil(FIELD), height.div_ceil(FIELD));
    let mut fields: Vec<[f32; 3]> = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            fields.push(paper(rgb, width, height, column * FIELD, row * FIELD));
        }
    }
    // A field that is all print or seal takes the paper of its neighbours.
    let fields = mean(&brightest(&fields, columns, rows), columns, rows);
    let gains: Vec<[f32; 3]> = fields
        .into_iter()
        .map(|field| field.map(|paper| (PAPER / paper.max(1.0)).clamp(0.8, MOST) * 256.0))
        .collect();
    let at = |position: usize, count: usize| {
        let place = ((position as f32 + 0.5) / FIELD as f32 - 0.5).clamp(0.0, (count - 1) as f32);
        (place as usize, (place as usize + 1).min(count - 1), place.fract())
    };
    let across: Vec<_> = (0..width).map(|x| at(x, columns)).collect();
    let mut line = vec![[0.0_f32; 3]; columns];
    for (y, row) in rgb.chunks_exact_mut(width * 3).enumerate() {
        let (above, below, part) = at(y, rows);
        for (column, gain) in line.iter_mut().enumerate() {
            let (a, b) = (gains[above * columns + column], gains[below * columns + column]);
            *gain = [0, 1, 2].map(|c| a[c] + (b[c] - a[c]) * part);
        }
        for (pixel, (left, right, part)) in row.chunks_exact_mut(3).zip(&across) {
            for (c, value) in pixel.iter_mut().enumerate() {
                let gain = line[*left][c] + (line[*right][c] - line[*left][c]) * part;
                *value = ((u32::from(*value) * gain as u32) >> 8).min(255) as u8;
            }
        }
    }
}

/// The paper's colour in a field: of the pixels that are brighter than most, every other one being enough.
fn paper(rgb: &[u8], width: usize, height: usize, left: usize, top: usize) -> [f32; 3] {
    let mut counts = [[0_u32; 64]; 3];
    let mut all = 0;
    for y in (top..(top + FIELD).min(height)).step_by(2) {
        let row = &rgb[(y * width + left) * 3..(y * width + (left + FIELD).min(width)) * 3];
        for pixel in row.chunks_exact(3).step_by(2) {
            (0..3).for_each(|c| counts[c][usize::from(pixel[c] / 4)] += 1);
            all += 1;
        }
    }
    counts.map(|counts| {
        let mut below = 0;
        let at = counts.iter().position(|count| {
            below += count;
            below * 100 > all * DARKER
        });
        at.unwrap_or(63) as f32 * 4.0 + 2.0
    })
}

/// Of each field and those around it the brightest.
fn brightest(fields: &[[f32; 3]], columns: usize, rows: usize) -> Vec<[f32; 3]> {
    around(fields, columns, rows, [0.0; 3], |most, field| [0, 1, 2].map(|c| f32::max(most[c], field[c])))
        .into_iter()
        .map(|(most, _)| most)
        .collect()
}

fn mean(fields: &[[f32; 3]], columns: usize, rows: usize) -> Vec<[f32; 3]> {
    around(fields, columns, rows, [0.0; 3], |sum, field| [0, 1, 2].map(|c| sum[c] + field[c]))
        .into_iter()
        .map(|(sum, count)| sum.map(|sum| sum / count))
        .collect()
}

fn around(
    fields: &[[f32; 3]],
    columns: usize,
    rows: usize,
    first: [f32; 3],
    join: impl Fn([f32; 3], [f32; 3]) -> [f32; 3],
) -> Vec<([f32; 3], f32)> {
    let mut out = Vec::with_capacity(fields.len());
    for y in 0..rows {
        for x in 0..columns {
            let (mut joined, mut count) = (first, 0.0);
            for j in y.saturating_sub(1)..(y + 2).min(rows) {
                for field in &fields[j * columns + x.saturating_sub(1)..j * columns + (x + 2).min(columns)] {
                    joined = join(joined, *field);
                    count += 1.0;
                }
            }
            out.push((joined, count));
        }
    }
    out
}
