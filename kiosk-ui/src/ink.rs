//! A signature: lines drawn with a finger in a box of 1000 × 400.

use image::{GrayImage, ImageFormat, Luma};
use std::fmt::Write as _;
use std::io::Cursor;

/// Width of the box.
const WIDTH: u32 = 1000;
/// Height of the box.
const HEIGHT: u32 = 400;
/// Half the width of a line.
const PEN: f32 = 5.0;

/// The lines as commands of a path.
pub(crate) fn commands(lines: &[Vec<(f32, f32)>]) -> String {
    let mut out = String::new();
    for line in lines {
        for (i, (x, y)) in line.iter().enumerate() {
            let _ = write!(out, "{}{x:.0} {y:.0}", if i == 0 { 'M' } else { 'L' });
        }
        // A dot is a line to itself.
        if let [(x, y)] = line.as_slice() {
            let _ = write!(out, "L{x:.0} {y:.0}");
        }
    }
    out
}

/// The lines as a PNG, black on white; none where nothing was drawn.
pub(crate) fn png(lines: &[Vec<(f32, f32)>]) -> Option<Vec<u8>> {
    lines.iter().find(|l| !l.is_empty())?;
    let mut picture = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([255]));
    for line in lines {
        let mut from = line.first().copied();
        for to in line {
            if let Some(from) = from {
                stroke(&mut picture, from, *to);
            }
            from = Some(*to);
        }
    }
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).ok()?;
    Some(file.into_inner())
}

fn stroke(picture: &mut GrayImage, (x0, y0): (f32, f32), (x1, y1): (f32, f32)) {
    let steps = (x1 - x0).abs().max((y1 - y0).abs()).clamp(1.0, 2000.0);
    let mut at = 0.0;
    while at <= steps {
        let t = at / steps;
        dot(picture, x0 + (x1 - x0) * t, y0 + (y1 - y0) * t);
        at += 1.0;
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture before")]
fn dot(picture: &mut GrayImage, x: f32, y: f32) {
    let range = |centre: f32, size: u32| {
        let last = (size - 1) as f32;
        ((centre - PEN).clamp(0.0, last) as u32)..=((centre + PEN).clamp(0.0, last) as u32)
    };
    for py in range(y, HEIGHT) {
        for px in range(x, WIDTH) {
            let (dx, dy) = (px as f32 - x, py as f32 - y);
            if dx * dx + dy * dy <= PEN * PEN {
                picture.put_pixel(px, py, Luma([0]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_a_path_and_a_picture() {
        let lines = vec![vec![(10.0, 10.0), (990.0, 390.0)], vec![(500.0, 20.0)]];
        assert_eq!(commands(&lines), "M10 10L990 390M500 20L500 20");
        let picture = image::load_from_memory(&png(&lines).unwrap()).unwrap().to_luma8();
        assert_eq!(picture.dimensions(), (1000, 400));
        assert_eq!(picture.get_pixel(500, 200).0, [0]);
        assert_eq!(picture.get_pixel(100, 390).0, [255]);
    }

    #[test]
    fn nothing_drawn_is_no_signature() {
        assert_eq!(png(&[]), None);
        assert_eq!(png(&[vec![]]), None);
    }

    #[test]
    fn a_finger_outside_the_box_draws_at_its_edge() {
        assert!(png(&[vec![(-50.0, -50.0), (5000.0, 900.0)]]).is_some());
    }
}
