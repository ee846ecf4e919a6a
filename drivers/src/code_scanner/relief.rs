//! A part of a picture freed of its light: how much darker each place is than its surroundings, in units of the contrast
//! there.
//!
//! Duty: shadow, glare and weak print look alike afterwards. Never: decide what is dark.

use super::region::Region;
use crate::camera::GreyPicture;

/// Darkness of each pixel: about +1 on a dark module, −1 on a light one, 0 where nothing is printed.
pub(super) struct Relief {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) dark: Vec<f32>,
}

/// Contrast that is taken for noise, steps of 255.
const NOISE: f32 = 3.0;

impl Relief {
    /// The part of the picture, its light averaged over `reach` pixels to each side.
    pub(super) fn of(picture: &GreyPicture, region: Region, reach: usize) -> Self {
        let stride = picture.size().width as usize;
        let Region { x, y, width, height } = region;
        let mut plain = Vec::with_capacity(width * height);
        for row in picture.luma().chunks_exact(stride).skip(y).take(height) {
            plain.extend(row[x..x + width].iter().map(|value| f32::from(*value)));
        }
        let light = box_mean(&plain, width, height, reach);
        let mut dark: Vec<f32> = light.iter().zip(&plain).map(|(light, value)| light - value).collect();
        let depth: Vec<f32> = dark.iter().map(|value| value.abs()).collect();
        let depth = box_mean(&depth, width, height, reach);
        for (value, depth) in dark.iter_mut().zip(depth) {
            *value /= depth + NOISE;
        }
        Self { width, height, dark }
    }

    /// Dark and light exchanged.
    pub(super) fn inverted(&self) -> Self {
        Self { width: self.width, height: self.height, dark: self.dark.iter().map(|value| -value).collect() }
    }

    /// Darkness at a place in pixels, between four of them; 0 outside.
    #[allow(clippy::cast_possible_truncation, reason = "inside the picture")]
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x - 0.5, y - 0.5);
        if !(x >= 0.0 && y >= 0.0 && x < (self.width - 1) as f32 && y < (self.height - 1) as f32) {
            return 0.0;
        }
        let (column, row) = (x as usize, y as usize);
        let (u, v) = (x - column as f32, y - row as f32);
        let at = row * self.width + column;
        let (above, below) = (&self.dark[at..at + 2], &self.dark[at + self.width..at + self.width + 2]);
        let above = above[0] + (above[1] - above[0]) * u;
        let below = below[0] + (below[1] - below[0]) * u;
        above + (below - above) * v
    }

    /// Twice as wide and high, bilinear.
    pub(super) fn doubled(&self) -> Self {
        let (width, height) = (self.width * 2, self.height * 2);
        let mut dark = Vec::with_capacity(width * height);
        let mut mixed = vec![0.0; self.width];
        let row = |y: usize| &self.dark[y * self.width..][..self.width];
        for y in 0..height {
            // A new pixel lies a quarter of a pixel from the nearer old one, three quarters from the farther.
            let near = y / 2;
            let far = if y % 2 == 0 { near.saturating_sub(1) } else { (near + 1).min(self.height - 1) };
            for ((mixed, near), far) in mixed.iter_mut().zip(row(near)).zip(row(far)) {
                *mixed = 0.75 * near + 0.25 * far;
            }
            for x in 0..self.width {
                let (left, right) = (mixed[x.saturating_sub(1)], mixed[(x + 1).min(self.width - 1)]);
                dark.push(0.75 * mixed[x] + 0.25 * left);
                dark.push(0.75 * mixed[x] + 0.25 * right);
            }
        }
        Self { width, height, dark }
    }
}

/// The mean over `reach` pixels to each side, at the edge over what there is.
fn box_mean(values: &[f32], width: usize, height: usize, reach: usize) -> Vec<f32> {
    let mut across = vec![0.0; values.len()];
    for (row, out) in values.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        let mut sum: f32 = row[..reach.min(width)].iter().sum();
        for x in 0..width {
            if let Some(come) = row.get(x + reach) {
                sum += come;
            }
            if x > reach {
                sum -= row[x - reach - 1];
            }
            let count = (x + reach + 1).min(width) - x.saturating_sub(reach);
            out[x] = sum / count as f32;
        }
    }
    let mut sums = vec![0.0; width];
    let mut means = Vec::with_capacity(values.len());
    let row = |y: usize| &across[y * width..][..width];
    for y in 0..reach.min(height) {
        sums.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum += value);
    }
    for y in 0..height {
        if y + reach < height {
            sums.iter_mut().zip(row(y + reach)).for_each(|(sum, value)| *sum += value);
        }
        if y > reach {
            sums.iter_mut().zip(row(y - reach - 1)).for_each(|(sum, value)| *sum -= value);
        }
        let count = ((y + reach + 1).min(height) - y.saturating_sub(reach)) as f32;
        means.extend(sums.iter().map(|sum| sum / count));
    }
    means
}
