//! The bars of a Code 128, read along lines that lean by several angles.
//!
//! Duty: a picture whose rows run across the bars, free of shadow and noise, and two readings of it that agree: one check
//! digit alone lets chance through once in a hundred. Never: read what is not bars.

use std::collections::HashSet;

use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader};

use super::payload::fenced;
use crate::camera::{GreyPicture, Size};

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
    let mut decoder = MultiFormatReader::default();
    decoder.set_hints(&DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::CODE_128])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    });
    LEANS.into_iter().find_map(|lean| {
        let lines = lines(picture, lean);
        let width = picture.size().width as usize * FINER;
        let half = |which: usize| -> Vec<u8> {
            lines.chunks_exact(width).skip(which).step_by(2).flatten().copied().collect()
        };
        let first = decode(&mut decoder, &half(0), width)?;
        let second = decode(&mut decoder, &half(1), width)?;
        (first == second).then_some(first)
    })
}

fn decode(decoder: &mut MultiFormatReader, luma: &[u8], width: usize) -> Option<String> {
    let size = Size::new(u32::try_from(width).ok()?, u32::try_from(luma.len() / width).ok()?);
    let source = Luma8Source::new_with_slice(luma, size.width, size.height).ok()?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    fenced(|| Some(decoder.decode_with_state(&mut bitmap).ok()?.getText().to_owned()))
}

/// Lines from left to right that fall by `lean`, each freed of its light and black and white, finer than the picture.
#[allow(clippy::cast_possible_truncation, reason = "rows of a picture; clamped to a byte")]
fn lines(picture: &GreyPicture, lean: f32) -> Vec<u8> {
    let size = picture.size();
    let (width, height) = (size.width as usize, size.height as usize);
    let luma = picture.luma();
    let count = height / APART;
    let mut lines = Vec::with_capacity(count * width * FINER);
    let mut line = vec![0.0_f32; width];
    for number in 0..count {
        let middle = (number * APART + APART / 2) as f32 - lean * width as f32 / 2.0;
        for (x, value) in line.iter_mut().enumerate() {
            let y = (middle + lean * x as f32).round() as i64 - MEAN as i64 / 2;
            let rows = (0..MEAN as i64).map(|row| (y + row).clamp(0, height as i64 - 1) as usize);
            *value = rows.map(|row| f32::from(luma[row * width + x])).sum::<f32>() / MEAN as f32;
        }
        level(&mut line);
        for x in 0..width {
            let (here, next) = (line[x], line[(x + 1).min(width - 1)]);
            for part in 0..FINER {
                let value = here + (next - here) * part as f32 / FINER as f32;
                lines.push(if value < 128.0 { 0 } else { 255 });
            }
        }
    }
    lines
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
