//! QR codes that are too blurred, moved, faint or small for a decoder that sees only black and white.
//!
//! Duty: squares → grid → equalized modules → text, on a part of a picture. Never: believe a text whose modules do not agree
//! with the picture.

use super::corners::Corners;
use super::equalizer::Equalizer;
use super::grid::Grid;
use super::payload::qr_text;
use super::relief::Relief;

/// Grids that fit worse than this are not read.
const LEAST_FIT: f32 = 0.55;
/// How often the equalizer learns from its own judgement.
const ROUNDS: usize = 3;

/// The text of a code in this part of a picture, with squares at one of those places.
pub(super) fn read(relief: &Relief, corners: &[Corners]) -> Option<String> {
    for corners in corners {
        for grid in Grid::fitted(relief, *corners).into_iter().take(2) {
            if grid.fit < LEAST_FIT {
                continue;
            }
            if let Some(text) = text(relief, &grid) {
                return Some(text);
            }
        }
    }
    None
}

fn text(relief: &Relief, grid: &Grid) -> Option<String> {
    let mut equalizer = Equalizer::new(relief, grid);
    let mut judged = equalizer.judged();
    let decoded = decoded(&judged, grid);
    if decoded.is_some() {
        return decoded;
    }
    equalizer.learn_known();
    judged = equalizer.judged();
    for _ in 0..ROUNDS {
        let decoded = self::decoded(&judged, grid);
        if decoded.is_some() {
            return decoded;
        }
        equalizer.learn_judged(&judged);
        judged = equalizer.judged();
    }
    self::decoded(&judged, grid)
}

fn decoded(judged: &[f32], grid: &Grid) -> Option<String> {
    let mut modules: Vec<Vec<bool>> = judged
        .chunks_exact(grid.dimension)
        .map(|row| row.iter().map(|value| *value > 0.0).collect())
        .collect();
    for (column, row, sign) in grid.known {
        modules[*row][*column] = *sign > 0.0;
    }
    qr_text(&modules)
}
