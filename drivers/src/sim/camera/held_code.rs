//! A QR code on a phone that someone holds to the camera.
//!
//! Duty: the code as a plane in space, seen by a camera without lens faults. Never: read one.

use qrcode::{Color, EcLevel, QrCode};

use super::canvas::{Canvas, Colour, Ellipse, between};
use super::plane::{Plane, Pose};

/// What is held, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldCode {
    /// What the code says; a text that fits no QR code shows an empty screen.
    pub text: String,
    /// Width of the code, quiet zone included, in parts of the frame's height.
    pub width: f32,
    /// Middle of the code from the frame's left edge, in parts of its width.
    pub x: f32,
    /// Middle of the code from the frame's upper edge, in parts of its height.
    pub y: f32,
    /// Turned in the picture's plane, clockwise, degrees.
    pub roll: f32,
    /// One side nearer than the other, degrees.
    pub yaw: f32,
    /// Upper edge nearer than the lower, degrees.
    pub pitch: f32,
    /// Light on dark instead of dark on light.
    pub colours: CodeColours,
}

/// Which modules are dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeColours {
    /// As printed.
    DarkOnLight,
    /// As some phones in dark mode.
    LightOnDark,
}

impl HeldCode {
    /// A code held straight in the middle, large enough to read.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            width: 0.55,
            x: 0.5,
            y: 0.5,
            roll: 0.0,
            yaw: 0.0,
            pitch: 0.0,
            colours: CodeColours::DarkOnLight,
        }
    }
}

/// Modules of light around a code (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;
/// The phone around the code, in widths of the code: half its width and height, and the frame around its screen.
const PHONE: (f32, f32, f32) = (0.60, 1.05, 0.05);
/// Draws a held code; it is sampled four times a pixel, as a sensor gathers light over its pixel.
pub(super) fn draw(held: &HeldCode, canvas: &mut Canvas) {
    let code = QrCode::with_error_correction_level(held.text.as_bytes(), EcLevel::M).ok();
    let HeldCode { width, x, y, roll, yaw, pitch, .. } = *held;
    let plane = Plane::new(Pose { width, x, y, roll, yaw, pitch }, canvas.width, canvas.height);
    hand(&plane, canvas);
    canvas.each_near(plane.x, plane.y, plane.width * 2.4, |x, y, pixel| {
        let behind = *pixel;
        let mut sum = [0.0; 3];
        for (dx, dy) in [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)] {
            let seen = plane.at(x + dx, y + dy).and_then(|(u, v)| phone(code.as_ref(), held.colours, u, v));
            let colour = seen.unwrap_or(behind);
            (0..3).for_each(|c| sum[c] += colour[c] / 4.0);
        }
        *pixel = sum;
    });
}

/// The colour of a phone at a place, in widths of the code from its middle; nothing beside it.
fn phone(code: Option<&QrCode>, colours: CodeColours, u: f32, v: f32) -> Option<Colour> {
    let (across, down, frame) = PHONE;
    let round = |reach: f32| {
        let corner = 0.10;
        let dx = (u.abs() - across * reach + corner).max(0.0);
        let dy = (v.abs() - down * reach + corner).max(0.0);
        dx.hypot(dy) <= corner
    };
    if !round(1.0) {
        return None;
    }
    let (light, dark) = ([0.92, 0.93, 0.94], [0.06, 0.06, 0.08]);
    if !round(1.0 - frame) {
        return Some([0.10, 0.10, 0.12]);
    }
    let (light, dark) = match colours {
        CodeColours::DarkOnLight => (light, dark),
        CodeColours::LightOnDark => (dark, light),
    };
    Some(if is_dark(code, u, v) { dark } else { light })
}

#[allow(clippy::cast_possible_truncation, reason = "negative and too large positions are sorted out before")]
fn is_dark(code: Option<&QrCode>, u: f32, v: f32) -> bool {
    let Some(code) = code else { return false };
    let modules = (code.width() + 2 * QUIET) as f32;
    let at = |place: f32| (place + 0.5) * modules - QUIET as f32;
    let (column, row) = (at(u), at(v));
    let inside = 0.0..code.width() as f32;
    inside.contains(&column) && inside.contains(&row) && code[(column as usize, row as usize)] == Color::Dark
}

/// Fingers behind the phone's edges: what holds it.
fn hand(plane: &Plane, canvas: &mut Canvas) {
    let skin = [0.86, 0.68, 0.55];
    for (side, from_middle) in [(-1.0, 0.05), (1.0, -0.12), (1.0, 0.06), (1.0, 0.24), (1.0, 0.42)] {
        let finger = Ellipse {
            x: plane.x + side * 0.62 * plane.width,
            y: plane.y + (from_middle + 0.25) * plane.width,
            across: 0.13 * plane.width,
            down: 0.075 * plane.width,
            turn: side * 0.25,
        };
        canvas.shape(finger, |u, v| (between(skin, skin.map(|c| c * 0.6), (u * u + v * v).min(1.0)), 1.0));
    }
}
