//! The calibration of the touch screen: from five touched crosses to the matrix that the input path uses.
//!
//! Duty: a matrix that is right, or a refusal. Never: know of devices: `kms` brings each touch where this says, from the
//! program's next start on.

use std::path::{Path, PathBuf};

/// The file in the terminal's folder: six numbers on one line.
const FILE: &str = "touch-calibration";
/// No file of it is longer.
const LONGEST: usize = 256;
/// Where the crosses stand, in parts of the screen's width and height.
pub const CROSSES: [(f32, f32); 5] = [(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9)];
/// A touch may lie so far from where the matrix brings it, in parts of the screen.
const STRAY: f64 = 0.02;
/// A screen that is turned or stretched more than this was not touched on its crosses.
const MOST: f64 = 3.0;

/// `x' = a x + b y + c`, `y' = d x + e y + f`, in parts of the screen from its left and top, as libinput's calibration matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix([f64; 6]);

/// Why there is no matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Uncalibrated {
    /// The touches lie on no screen that is merely shifted, stretched or turned.
    #[error("the crosses were not hit")]
    Missed,
    /// Two crosses were touched at one place.
    #[error("the touches lie on one line")]
    OnOneLine,
}

impl Matrix {
    /// A touch is where it is.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);

    /// The matrix by which the touches of the five crosses come to lie on them (least squares), after `before`, by which
    /// they were made.
    ///
    /// # Errors
    /// The crosses were not hit.
    pub fn fit(touches: &[(f32, f32); 5], before: Self) -> Result<Self, Uncalibrated> {
        let points: Vec<[f64; 3]> = touches.iter().map(|&(x, y)| [x.into(), y.into(), 1.0]).collect();
        // The normal equations: AᵀA p = Aᵀb, one for each line of the matrix.
        let product = |row: usize, column: usize| points.iter().map(|p| p[row] * p[column]).sum::<f64>();
        let normal: [[f64; 3]; 3] =
            std::array::from_fn(|row| std::array::from_fn(|column| product(row, column)));
        let line = |wanted: fn(&(f32, f32)) -> f32| {
            let right: [f64; 3] = std::array::from_fn(|row| {
                points.iter().zip(&CROSSES).map(|(p, cross)| p[row] * f64::from(wanted(cross))).sum()
            });
            solve(normal, right).ok_or(Uncalibrated::OnOneLine)
        };
        let ([a, b, c], [d, e, f]) = (line(|cross| cross.0)?, line(|cross| cross.1)?);
        let found = Self([a, b, c, d, e, f]);
        let strays = touches.iter().zip(&CROSSES).any(|(touch, cross)| {
            let (x, y) = found.apply((touch.0.into(), touch.1.into()));
            (x - f64::from(cross.0)).hypot(y - f64::from(cross.1)) > STRAY
        });
        let whole = found.after(before);
        if strays || whole.0.iter().any(|number| !number.is_finite() || number.abs() > MOST) {
            return Err(Uncalibrated::Missed);
        }
        Ok(whole)
    }

    /// Where a touch is brought.
    pub fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// First `before`, then this.
    fn after(self, before: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, before.0);
        Self([
            a * g + b * j,
            a * h + b * k,
            a * i + b * l + c,
            d * g + e * j,
            d * h + e * k,
            d * i + e * l + f,
        ])
    }

    /// The matrix of a terminal's folder; none where nobody calibrated.
    pub fn kept(data: &Path) -> Option<Self> {
        let bytes = std::fs::read(file(data)).ok()?;
        Self::parse(std::str::from_utf8(&bytes).ok()?)
    }

    /// Six numbers on a line, as [`Self::keep`] writes them.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        let numbers: [f64; 6] = numbers.try_into().ok()?;
        numbers.iter().all(|n| n.is_finite() && n.abs() <= MOST).then_some(Self(numbers))
    }

    /// Keeps it for the next start, whole or not at all.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn keep(self, data: &Path) -> std::io::Result<()> {
        let fresh = file(data).with_extension("new");
        std::fs::write(&fresh, format!("{self}\n"))?;
        std::fs::File::open(&fresh)?.sync_all()?;
        std::fs::rename(&fresh, file(data))
    }
}

impl std::fmt::Display for Matrix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers = self.0.map(|number| format!("{number:.6}"));
        f.write_str(&numbers.join(" "))
    }
}

fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Three equations, by Cramer's rule; none where they do not say enough.
fn solve(left: [[f64; 3]; 3], right: [f64; 3]) -> Option<[f64; 3]> {
    let whole = determinant(left);
    if whole.abs() < 1e-6 {
        return None;
    }
    Some(std::array::from_fn(|column| {
        let mut with = left;
        for (row, value) in with.iter_mut().zip(right) {
            row[column] = value;
        }
        determinant(with) / whole
    }))
}

fn determinant([[a, b, c], [d, e, f], [g, h, i]]: [[f64; 3]; 3]) -> f64 {
    a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a finger on each cross is reported by a screen that needs `matrix`: its inverse, typed by hand in each case.
    fn touched(reported: impl Fn(f32, f32) -> (f32, f32)) -> [(f32, f32); 5] {
        CROSSES.map(|(x, y)| reported(x, y))
    }

    fn close(found: Matrix, wanted: [f64; 6]) {
        let near = found.0.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near, "{found} is not {wanted:?}");
    }

    #[test]
    fn shifted_mirrored_and_turned_screens_come_right() {
        let fit = |reported: fn(f32, f32) -> (f32, f32)| {
            Matrix::fit(&touched(reported), Matrix::IDENTITY).expect("a matrix")
        };
        close(fit(|x, y| (x, y)), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        close(fit(|x, y| (x * 0.8 + 0.1, y)), [1.25, 0.0, -0.125, 0.0, 1.0, 0.0]);
        // The examples of libinput's documentation: turned by 90° and 180°.
        close(fit(|x, y| (y, 1.0 - x)), [0.0, -1.0, 1.0, 1.0, 0.0, 0.0]);
        close(fit(|x, y| (1.0 - x, 1.0 - y)), [-1.0, 0.0, 1.0, 0.0, -1.0, 1.0]);
    }

    #[test]
    fn a_second_calibration_goes_on_from_the_first() {
        let before = Matrix([1.25, 0.0, -0.125, 0.0, 1.0, 0.0]);
        // By the first one touches come 0.05 too far down.
        let found = Matrix::fit(&touched(|x, y| (x, y + 0.05)), before).expect("a matrix");
        close(found, [1.25, 0.0, -0.125, 0.0, 1.0, -0.05]);
    }

    #[test]
    fn a_cross_that_was_missed_is_no_calibration() {
        let mut touches = CROSSES;
        touches[2] = (0.8, 0.2);
        assert_eq!(Matrix::fit(&touches, Matrix::IDENTITY), Err(Uncalibrated::Missed));
        assert_eq!(Matrix::fit(&[(0.5, 0.5); 5], Matrix::IDENTITY), Err(Uncalibrated::OnOneLine));
        assert_eq!(Matrix::fit(&[(f32::NAN, 0.5); 5], Matrix::IDENTITY), Err(Uncalibrated::Missed));
    }

    #[test]
    fn it_is_kept_as_a_line_of_six_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Matrix::kept(folder.path()), None);
        let matrix = Matrix([0.0, -1.0, 1.0, 1.0, 0.0, 0.0]);
        matrix.keep(folder.path()).expect("kept");
        let text = std::fs::read_to_string(folder.path().join("touch-calibration")).expect("a file");
        assert_eq!(text, "0.000000 -1.000000 1.000000 1.000000 0.000000 0.000000\n");
        assert_eq!(Matrix::kept(folder.path()), Some(matrix));
        for text in ["", "1 0 0 0 1", "1 0 0 0 1 0 0", "1 0 0 0 1 x", "9 0 0 0 1 0", "NaN 0 0 0 1 0"] {
            assert_eq!(Matrix::parse(text), None, "{text:?}");
        }
    }
}
