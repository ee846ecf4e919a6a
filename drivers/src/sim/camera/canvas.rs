//! A canvas of soft-edged ellipses: what drawn people and things are made of.
//!
//! Duty: colours at places, smooth edges, focus and noise. Never: know what is drawn.

/// Red, green, blue, each 0 to 1.
pub(super) type Colour = [f32; 3];

/// Pixels while they are drawn.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pixels: Vec<Colour>,
}

/// An ellipse in pixels; `turn` in radians, clockwise.
#[derive(Clone, Copy)]
pub(super) struct Ellipse {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) across: f32,
    pub(super) down: f32,
    pub(super) turn: f32,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, pixels: vec![[0.0; 3]; width * height] }
    }

    /// Paints every pixel by its place, both coordinates 0 to 1.
    pub(super) fn fill(&mut self, colour: impl Fn(f32, f32) -> Colour) {
        let (width, height) = (self.width as f32, self.height as f32);
        for (y, row) in self.pixels.chunks_exact_mut(self.width).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = colour(x as f32 / width, y as f32 / height);
            }
        }
    }

    /// Paints an ellipse in one colour.
    pub(super) fn ellipse(&mut self, ellipse: Ellipse, colour: Colour, opacity: f32) {
        self.shape(ellipse, |_, _| (colour, opacity));
    }

    /// Paints what `paint` says of a place inside an ellipse, both coordinates −1 to 1: a colour and its opacity. The
    /// ellipse's edge is a pixel soft.
    pub(super) fn shape(&mut self, ellipse: Ellipse, paint: impl Fn(f32, f32) -> (Colour, f32)) {
        let Ellipse { x, y, across, down, turn } = ellipse;
        let edge = across.min(down).max(1.0);
        let (sin, cos) = turn.sin_cos();
        self.each_near(x, y, across.max(down) + 1.0, |px, py, pixel| {
            let (dx, dy) = (px - x, py - y);
            let (u, v) = ((dx * cos + dy * sin) / across, (dy * cos - dx * sin) / down);
            let cover = ((1.0 - (u * u + v * v).sqrt()) * edge + 0.5).clamp(0.0, 1.0);
            if cover > 0.0 {
                let (colour, opacity) = paint(u, v);
                mix(pixel, colour, cover * opacity);
            }
        });
    }

    /// Visits the pixels of a square around a place, with their centres.
    pub(super) fn each_near(
        &mut self,
        x: f32,
        y: f32,
        reach: f32,
        mut visit: impl FnMut(f32, f32, &mut Colour),
    ) {
        let columns = span(x, reach, self.width);
        for row in span(y, reach, self.height) {
            let pixels = &mut self.pixels[row * self.width..][columns.clone()];
            for (column, pixel) in columns.clone().zip(pixels) {
                visit(column as f32 + 0.5, row as f32 + 0.5, pixel);
            }
        }
    }

    /// Averages each pixel with `reach` neighbours on either side, across and down: out of focus.
    pub(super) fn soften(&mut self, reach: usize) {
        self.smear(reach);
        let (width, height) = (self.width, self.height);
        for x in 0..width {
            let column: Vec<Colour> = self.pixels.iter().skip(x).step_by(width).copied().collect();
            for (y, mean) in running_mean(&column, reach).into_iter().enumerate().take(height) {
                self.pixels[y * width + x] = mean;
            }
        }
    }

    /// Averages each pixel with `reach` neighbours on either side, across only: moved while it was taken.
    pub(super) fn smear(&mut self, reach: usize) {
        for row in self.pixels.chunks_exact_mut(self.width) {
            let mean = running_mean(row, reach);
            row.copy_from_slice(&mean);
        }
    }

    /// What a sensor makes of it: `gain` 1 as drawn, and noise of up to `grain` steps either way.
    #[allow(clippy::cast_possible_truncation, reason = "clamped to 0..=255")]
    pub(super) fn expose(&self, gain: f32, grain: f32, mut chance: Chance) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.pixels.len() * 3);
        for pixel in &self.pixels {
            let bits = chance.bits().to_le_bytes();
            for (value, noise) in pixel.iter().zip(bits) {
                let noise = (f32::from(noise) / 127.5 - 1.0) * grain;
                bytes.push((value * gain * 255.0 + noise).clamp(0.0, 255.0) as u8);
            }
        }
        bytes
    }
}

/// Lays a colour over a pixel.
pub(super) fn mix(pixel: &mut Colour, colour: Colour, opacity: f32) {
    for (value, new) in pixel.iter_mut().zip(colour) {
        *value += (new - *value) * opacity;
    }
}

/// Two colours mixed, `share` of the second.
pub(super) fn between(a: Colour, b: Colour, share: f32) -> Colour {
    let mut mixed = a;
    mix(&mut mixed, b, share);
    mixed
}

#[allow(clippy::cast_possible_truncation, reason = "clamped to the picture")]
fn span(middle: f32, reach: f32, limit: usize) -> std::ops::Range<usize> {
    let clamp = |at: f32| at.clamp(0.0, limit as f32) as usize;
    clamp((middle - reach).floor())..clamp((middle + reach).ceil())
}

fn running_mean(line: &[Colour], reach: usize) -> Vec<Colour> {
    let last = line.len() - 1;
    let at = |i: usize| line[i.saturating_sub(reach).min(last)];
    let share = 1.0 / (2 * reach + 1) as f32;
    let mut sum = [0.0; 3];
    for i in 0..=2 * reach {
        (0..3).for_each(|c| sum[c] += at(i)[c]);
    }
    let mut means = Vec::with_capacity(line.len());
    for i in 0..line.len() {
        means.push(sum.map(|s| s * share));
        let (gone, come) = (at(i), at(i + 2 * reach + 1));
        (0..3).for_each(|c| sum[c] += come[c] - gone[c]);
    }
    means
}

/// Chance that is the same everywhere: SplitMix64 from a seed and a purpose.
#[derive(Clone, Copy)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        let mut chance = Self(seed ^ purpose.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        chance.bits();
        chance
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`.
    pub(super) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.bits() >> 40) as f32 / (1_u64 << 24) as f32)
    }

    /// One of the values.
    pub(super) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        let index = (self.bits() >> 33) % values.len() as u64;
        values[usize::try_from(index).unwrap_or(0)]
    }
}
