//! The bars of a Code 128, read along lines that lean by several angles.
//!
//! Duty: a picture whose rows run across the bars, free of shadow and noise, and two readings of it that agree: one check
//! digit alone lets chance through once in a hundred. Never: read what is not bars.

use rxing::DecodeHints;
use rxing::common::BitArray;
use rxing::oned::{Code128Reader, OneDReader as _};

use super::payload::fenced;
use crate::camera::GreyPicture;

/// Pixels down for each pixel across: up to 14 degrees either way, since bars are high.
const LEANS: [f32; 5] = [0.0, 0.1, -0.1, 0.2, -0.2];
/// Every so many rows a line is taken …
const APART: usize = 10;
/// … which is the mean of so many: bars are higher than that, and noise is not.
const MEAN: usize = 5;
/// Black and white places for each pixel: where a bar ends is known better than to a pixel.
const FINER: usize = 4;
/// Pixels to each side whose mean is the light there.
const LIGHT: usize = 48;

/// The text of a Code 128 in the picture.
pub(super) fn read(picture: &GreyPicture) -> Option<String> {
    LEANS.into_iter().find_map(|lean| {
        let first = decoded(picture, lean, 0)?;
        let second = decoded(picture, lean, 1)?;
        (first == second).then_some(first)
    })
}

/// What every other line says, from the middle of the picture outwards, forwards or backwards.
fn decoded(picture: &GreyPicture, lean: f32, which: usize) -> Option<String> {
    let count = picture.size().height as usize / APART;
    let mut numbers: Vec<usize> = (which..count).step_by(2).collect();
    numbers.sort_by_key(|number| number.abs_diff(count / 2));
    let mut values = vec![0.0; picture.size().width as usize];
    let hints = DecodeHints::default();
    numbers.into_iter().find_map(|number| {
        mean_line(picture, lean, number, &mut values);
        level(&mut values);
        let mut row = black(&values);
        fenced(|| {
            let forwards = Code128Reader.decode_row(0, &row, &hints).ok();
            let found = forwards.or_else(|| {
                row.reverse();
                Code128Reader.decode_row(0, &row, &hints).ok()
            })?;
            Some(found.getText().to_owned())
        })
    })
}

/// The light along a line from left to right that falls by `lean`.
#[allow(clippy::cast_possible_truncation, reason = "rows of a picture")]
fn mean_line(picture: &GreyPicture, lean: f32, number: usize, line: &mut [f32]) {
    let size = picture.size();
    let (width, height) = (size.width as usize, size.height as usize);
    let luma = picture.luma();
    let middle = (number * APART + APART / 2) as f32 - lean * width as f32 / 2.0;
    for (x, value) in line.iter_mut().enumerate() {
        let y = (middle + lean * x as f32 + 0.5) as isize - MEAN as isize / 2;
        let sum: u16 = match usize::try_from(y) {
            Ok(y) if y + MEAN <= height => {
                luma[y * width + x..].iter().step_by(width).take(MEAN).map(|value| u16::from(*value)).sum()
            }
            _ => (0..MEAN as isize)
                .map(|row| (y + row).clamp(0, height as isize - 1) as usize)
                .map(|row| u16::from(luma[row * width + x]))
                .sum(),
        };
        *value = f32::from(sum) / MEAN as f32;
    }
}

/// Where a line is dark, finer than the picture.
fn black(line: &[f32]) -> BitArray {
    let mut row = BitArray::with_size(line.len() * FINER);
    for (x, here) in line.iter().enumerate() {
        let next = line.get(x + 1).unwrap_or(here);
        for part in 0..FINER {
            if here + (next - here) * part as f32 / (FINER as f32) < 128.0 {
                row.set(x * FINER + part);
            }
        }
    }
    row
}

/// Brings the light along a line to 128 and the contrast to one strength.
fn level(line: &mut [f32]) {
    let light = mean(line);
    line.iter_mut().zip(light).for_each(|(value, light)| *value -= light);
    let depth: Vec<f32> = line.iter().map(|value| value.abs()).collect();
    let depth = mean(&depth);
    line.iter_mut()
        .zip(depth)
        .for_each(|(value, depth)| *value = (128.0 + 60.0 * *value / (depth + 4.0)).clamp(0.0, 255.0));
}

fn mean(line: &[f32]) -> Vec<f32> {
    let mut sum: f32 = line.iter().take(LIGHT).sum();
    let mut means = Vec::with_capacity(line.len());
    for x in 0..line.len() {
        sum += line.get(x + LIGHT).copied().unwrap_or(0.0);
        if x > LIGHT {
            sum -= line[x - LIGHT - 1];
        }
        means.push(sum / ((x + LIGHT + 1).min(line.len()) - x.saturating_sub(LIGHT)) as f32);
    }
    means
}
