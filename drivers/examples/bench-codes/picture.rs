//! One grey picture of 1280 × 720: a background, a code on it seen from somewhere, and what lens, light and sensor do.

use super::chance::Chance;
use super::symbol::Symbol;

pub(crate) const WIDTH: usize = 1280;
pub(crate) const HEIGHT: usize = 720;

/// How a code is held, and what is wrong with the picture. `Default` is a good picture.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Pixels of a module in the middle.
    pub(crate) module: f32,
    /// Degrees: in the picture's plane, one side nearer, the upper edge nearer.
    pub(crate) roll: f32,
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
    /// Light and dark of the paper, 0 to 255.
    pub(crate) light: f32,
    pub(crate) dark: f32,
    pub(crate) inverted: bool,
    /// Out of focus, standard deviation in pixels.
    pub(crate) blur: f32,
    /// Moved while it was taken: pixels, and the direction in degrees.
    pub(crate) motion: (f32, f32),
    /// Waves of a screen: amplitude of 255, period in pixels, direction in degrees.
    pub(crate) moire: (f32, f32, f32),
    /// A lamp's reflection: strength of 255, radius in widths of the code, place in widths of the code from its middle.
    pub(crate) glare: (f32, f32, f32, f32),
    /// Edge of a shadow through the code: light that is left, softness in pixels, direction in degrees.
    pub(crate) shadow: (f32, f32, f32),
    /// Noise of the sensor, standard deviation of 255.
    pub(crate) noise: f32,
}

impl Default for View {
    fn default() -> Self {
        Self {
            module: 4.0,
            roll: 0.0,
            yaw: 0.0,
            pitch: 0.0,
            light: 225.0,
            dark: 35.0,
            inverted: false,
            blur: 0.5,
            motion: (0.0, 0.0),
            moire: (0.0, 1.0, 0.0),
            glare: (0.0, 1.0, 0.0, 0.0),
            shadow: (1.0, 1.0, 0.0),
            noise: 2.0,
        }
    }
}

/// The picture of a code.
pub(crate) fn of(symbol: &Symbol, view: &View, chance: &mut Chance) -> Vec<u8> {
    let mut grey = background(chance);
    let extent = (symbol.columns.max(symbol.rows) + 2 * symbol.quiet) as f32 * view.module;
    let room = |edge: usize| ((edge as f32 - extent) / 2.0).max(0.0).min(edge as f32 / 5.0);
    let middle = (
        WIDTH as f32 / 2.0 + chance.within(-1.0, 1.0) * room(WIDTH),
        HEIGHT as f32 / 2.0 + chance.within(-1.0, 1.0) * room(HEIGHT),
    );
    paint(symbol, view, middle, &mut grey);
    let (light, softness, direction) = view.shadow;
    let (sin, cos) = direction.to_radians().sin_cos();
    let offset = chance.within(-0.25, 0.25) * extent;
    let (moire, period, angle) = view.moire;
    let (msin, mcos) = angle.to_radians().sin_cos();
    let (glare, radius, gx, gy) = view.glare;
    each(&mut grey, |x, y, value| {
        let (dx, dy) = (x - middle.0, y - middle.1);
        if light < 1.0 {
            let lit = (((dx * cos + dy * sin - offset) / softness) + 0.5).clamp(0.0, 1.0);
            *value *= light + (1.0 - light) * lit;
        }
        if moire > 0.0 {
            let phase = (dx * mcos + dy * msin) / period * std::f32::consts::TAU;
            *value += moire * phase.sin();
        }
        if glare > 0.0 {
            let (u, v) = (dx / extent - gx, dy / extent - gy);
            *value += glare * (-(u * u + v * v) / (radius * radius)).exp();
        }
    });
    if view.blur > 0.0 {
        gauss(&mut grey, view.blur);
    }
    if view.motion.0 > 0.0 {
        smear(&mut grey, view.motion.0, view.motion.1);
    }
    exposed(&grey, view.noise, chance)
}

/// A picture with no code in it: halls, papers with lines of print, grids, stripes, plain noise.
pub(crate) fn without(chance: &mut Chance) -> Vec<u8> {
    let mut grey = background(chance);
    let kind = chance.count(0, 5);
    let (sin, cos) = chance.within(-0.4, 0.4).sin_cos();
    let pitch = chance.within(6.0, 40.0);
    let seed = chance.bits();
    let (left, top) = (chance.within(100.0, 500.0), chance.within(50.0, 250.0));
    let (across, down) = (chance.within(300.0, 700.0), chance.within(200.0, 420.0));
    each(&mut grey, |x, y, value| {
        if x < left || y < top || x > left + across || y > top + down {
            return;
        }
        let (u, v) =
            (((x - left) * cos + (y - top) * sin) / pitch, ((y - top) * cos - (x - left) * sin) / pitch);
        let bit = |u: f32, v: f32| {
            let place = (u.floor() as i64 as u64).wrapping_mul(0x9E37_79B9)
                ^ (v.floor() as i64 as u64).wrapping_mul(0x85EB_CA6B);
            (place ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 0
        };
        let dark = match kind {
            // Lines of print: strokes in rows.
            0 => v.rem_euclid(2.0) < 1.2 && u.rem_euclid(1.0) < 0.8 && bit(u * 6.0, v * 6.0),
            1 => (u.floor() + v.floor()).rem_euclid(2.0) < 1.0,
            2 => bit(u, 0.0),
            3 => bit(u, v),
            4 => u.rem_euclid(1.0) < 0.1 || v.rem_euclid(1.0) < 0.1,
            _ => return,
        };
        *value = if dark { 40.0 } else { 220.0 };
    });
    gauss(&mut grey, chance.within(0.4, 1.5));
    let noise = if kind == 5 { chance.within(10.0, 40.0) } else { chance.within(1.0, 8.0) };
    exposed(&grey, noise, chance)
}

/// A wall, furniture, a shelf of things: soft and hard edges that are no code.
fn background(chance: &mut Chance) -> Vec<f32> {
    let wall = chance.within(70.0, 190.0);
    let (slope_x, slope_y) = (chance.within(-40.0, 40.0), chance.within(-40.0, 40.0));
    let mut grey = vec![0.0; WIDTH * HEIGHT];
    each(&mut grey, |x, y, value| {
        *value = wall + slope_x * (x / WIDTH as f32 - 0.5) + slope_y * (y / HEIGHT as f32 - 0.5);
    });
    for _ in 0..chance.count(6, 22) {
        let (x, y) = (chance.within(0.0, WIDTH as f32), chance.within(0.0, HEIGHT as f32));
        let (w, h) = (chance.within(8.0, 260.0), chance.within(8.0, 200.0));
        let (tone, turn) = (chance.within(20.0, 235.0), chance.within(-0.5, 0.5));
        let (sin, cos) = f32::sin_cos(turn);
        let reach = w.hypot(h) / 2.0;
        let columns = ((x - reach).max(0.0) as usize)..((x + reach).min(WIDTH as f32) as usize);
        for row in ((y - reach).max(0.0) as usize)..((y + reach).min(HEIGHT as f32) as usize) {
            for column in columns.clone() {
                let (dx, dy) = (column as f32 - x, row as f32 - y);
                let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
                if u.abs() < w / 2.0 && v.abs() < h / 2.0 {
                    grey[row * WIDTH + column] = tone;
                }
            }
        }
    }
    grey
}

/// Draws the code's plane, gathering four by four places in each pixel as a sensor does.
fn paint(symbol: &Symbol, view: &View, middle: (f32, f32), grey: &mut [f32]) {
    const EYE: f32 = 1100.0;
    let turned = |v: [f32; 3]| {
        let (s, c) = view.roll.to_radians().sin_cos();
        let v = [v[0] * c - v[1] * s, v[0] * s + v[1] * c, v[2]];
        let (s, c) = view.yaw.to_radians().sin_cos();
        let v = [v[0] * c + v[2] * s, v[1], v[2] * c - v[0] * s];
        let (s, c) = view.pitch.to_radians().sin_cos();
        [v[0], v[1] * c - v[2] * s, v[1] * s + v[2] * c]
    };
    let (across, down, normal) = (turned([1.0, 0.0, 0.0]), turned([0.0, 1.0, 0.0]), turned([0.0, 0.0, 1.0]));
    let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let origin = [middle.0 - WIDTH as f32 / 2.0, middle.1 - HEIGHT as f32 / 2.0, EYE];
    let towards = dot(origin, normal);
    let reach = (symbol.columns.max(symbol.rows) + 2 * symbol.quiet) as f32 * view.module * 0.95;
    let columns = ((middle.0 - reach).max(0.0) as usize)..((middle.0 + reach).min(WIDTH as f32) as usize);
    for row in ((middle.1 - reach).max(0.0) as usize)..((middle.1 + reach).min(HEIGHT as f32) as usize) {
        for column in columns.clone() {
            let behind = grey[row * WIDTH + column];
            let mut sum = 0.0;
            for sub in 0..16 {
                let x = column as f32 + (sub % 4) as f32 / 4.0 + 0.125 - WIDTH as f32 / 2.0;
                let y = row as f32 + (sub / 4) as f32 / 4.0 + 0.125 - HEIGHT as f32 / 2.0;
                let far = towards / dot([x, y, EYE], normal);
                let from = [x * far - origin[0], y * far - origin[1], EYE * far - origin[2]];
                let u = dot(from, across) / view.module + symbol.columns as f32 / 2.0;
                let v = dot(from, down) / view.module + symbol.rows as f32 / 2.0;
                sum += match symbol.is_dark(u, v) {
                    None => behind,
                    Some(dark) if dark != view.inverted => view.dark,
                    Some(_) => view.light,
                };
            }
            grey[row * WIDTH + column] = sum / 16.0;
        }
    }
}

fn each(grey: &mut [f32], mut visit: impl FnMut(f32, f32, &mut f32)) {
    for (i, value) in grey.iter_mut().enumerate() {
        visit((i % WIDTH) as f32 + 0.5, (i / WIDTH) as f32 + 0.5, value);
    }
}

fn gauss(grey: &mut [f32], deviation: f32) {
    let reach = (deviation * 3.0).ceil() as usize;
    let weight = |i: usize| (-((i * i) as f32) / (2.0 * deviation * deviation)).exp();
    let whole: f32 = weight(0) + 2.0 * (1..=reach).map(weight).sum::<f32>();
    let weights: Vec<f32> = (0..=reach).map(|i| weight(i) / whole).collect();
    let mut line = Vec::new();
    let mut along = |grey: &mut [f32], begin: usize, step: usize, count: usize| {
        line.clear();
        line.extend((0..count).map(|i| grey[begin + i * step]));
        for i in 0..count {
            let mut sum = line[i] * weights[0];
            for (k, weight) in weights.iter().enumerate().skip(1) {
                sum += weight * (line[i.saturating_sub(k)] + line[(i + k).min(count - 1)]);
            }
            grey[begin + i * step] = sum;
        }
    };
    for y in 0..HEIGHT {
        along(grey, y * WIDTH, 1, WIDTH);
    }
    for x in 0..WIDTH {
        along(grey, x, WIDTH, HEIGHT);
    }
}

/// The mean along a line of that length.
fn smear(grey: &mut [f32], length: f32, direction: f32) {
    let (sin, cos) = direction.to_radians().sin_cos();
    let steps = (length * 2.0).ceil().max(2.0) as usize;
    let source = grey.to_vec();
    let at = |x: f32, y: f32| {
        let (x, y) = (x.clamp(0.0, WIDTH as f32 - 1.001), y.clamp(0.0, HEIGHT as f32 - 1.001));
        let (i, j) = (x as usize, y as usize);
        let (u, v) = (x - i as f32, y - j as f32);
        let row = |j: usize| source[j * WIDTH + i] * (1.0 - u) + source[j * WIDTH + i + 1] * u;
        row(j) * (1.0 - v) + row(j + 1) * v
    };
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let mean: f32 = (0..=steps)
                .map(|i| {
                    let t = (i as f32 / steps as f32 - 0.5) * length;
                    at(x as f32 + t * cos, y as f32 + t * sin)
                })
                .sum();
            grey[y * WIDTH + x] = mean / (steps + 1) as f32;
        }
    }
}

fn exposed(grey: &[f32], noise: f32, chance: &mut Chance) -> Vec<u8> {
    grey.iter().map(|value| (value + chance.normal() * noise).round().clamp(0.0, 255.0) as u8).collect()
}
