//! What can be told of a face's picture without knowing faces: light and sharpness.
//!
//! Duty: numbers that do not depend on how large the face is in the frame. Never: say what of it is good.

use super::Face;
use crate::camera::{Area, Frame, GreyPicture, Size};

/// Properties of one face in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceMeasures {
    /// Height of the face in parts of the frame's shorter edge.
    pub height: f32,
    /// Mean luma of the face, 0 to 255.
    pub luma: f32,
    /// Part of the face's pixels that are burnt out, 0 to 1.
    pub burnt: f32,
    /// The steepest edges in parts of the face's whole contrast, a face 96 pixels wide: 0.4 and more in focus, 0.2 and
    /// less when the eyes are smeared.
    pub sharpness: f32,
}

impl FaceMeasures {
    /// Measures a face.
    pub fn of(frame: &Frame, face: &Face) -> Self {
        let size = frame.size();
        let inner = inner(face.area);
        let picture = frame.grey_part(inner, Size::new(EDGE, EDGE));
        let luma = picture.luma();
        let count = luma.len() as f32;
        Self {
            height: face.area.height / size.width.min(size.height) as f32,
            luma: luma.iter().map(|l| f32::from(*l)).sum::<f32>() / count,
            burnt: luma.iter().filter(|l| **l >= BURNT).count() as f32 / count,
            sharpness: sharpness(&picture),
        }
    }
}

/// The edge of the square into which a face is brought, pixels.
const EDGE: u32 = 96;
/// From this luma on nothing can be told from it.
const BURNT: u8 = 250;

/// The part of a detector's box that is face on every side: without hair, ears and what is behind.
fn inner(area: Area) -> Area {
    let Area { x, y, width, height } = area;
    Area { x: x + 0.14 * width, y: y + 0.08 * height, width: 0.72 * width, height: 0.84 * height }
}

fn sharpness(picture: &GreyPicture) -> f32 {
    let width = picture.size().width as usize;
    let rows: Vec<&[u8]> = picture.luma().chunks_exact(width).collect();
    let mut steps = Vec::with_capacity(picture.luma().len());
    for pair in rows.windows(2) {
        for x in 0..width - 1 {
            let here = pair[0][x];
            steps.push(here.abs_diff(pair[0][x + 1]).max(here.abs_diff(pair[1][x])));
        }
    }
    let contrast = quantile(picture.luma(), 0.98) - quantile(picture.luma(), 0.02);
    // Under this contrast the grain of a sensor would pass for edges.
    if contrast < 12.0 { 0.0 } else { quantile(&steps, 0.985) / contrast }
}

fn quantile(bytes: &[u8], part: f32) -> f32 {
    let mut counts = [0_usize; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let wanted = part * bytes.len() as f32;
    let mut seen = 0;
    for (value, count) in counts.into_iter().enumerate() {
        seen += count;
        if seen as f32 >= wanted {
            return value as f32;
        }
    }
    255.0
}
