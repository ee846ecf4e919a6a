//! The three squares in a QR code's corners: 1 : 1 : 3 : 1 : 1 along any line through their middle (ISO/IEC 18004, 6.3.3).
//!
//! Duty: middles of squares in a picture, and threes of them that may be one code. Never: look at what is between them.

use super::corners::{Corners, Square, threes};
use super::relief::Relief;

/// A square, and how many lines crossed it.
struct Finder {
    x: f32,
    y: f32,
    length: f32,
    seen: u32,
}

/// Squares that are looked at, those that were crossed by most lines.
const MOST_FINDERS: usize = 10;

/// The likeliest threes, the best first.
pub(super) fn corners(relief: &Relief) -> Vec<Corners> {
    let dark: Vec<bool> = relief.dark.iter().map(|value| *value > 0.0).collect();
    let map = Map { width: relief.width, height: relief.height, dark: &dark };
    let squares = map.finders().into_iter().map(|finder| Square {
        x: finder.x,
        y: finder.y,
        length: finder.length,
        doubt: 1.0 / finder.seen as f32,
    });
    threes(&squares.collect::<Vec<_>>())
}

struct Map<'a> {
    width: usize,
    height: usize,
    dark: &'a [bool],
}

impl Map<'_> {
    fn finders(&self) -> Vec<Finder> {
        let mut found: Vec<Finder> = Vec::new();
        for y in 0..self.height {
            let row = &self.dark[y * self.width..][..self.width];
            let mut runs = [0_usize; 5];
            let (mut colour, mut length) = (false, 0);
            // The row's end ends a run, too.
            for x in 0..=self.width {
                if row.get(x) == Some(&colour) {
                    length += 1;
                    continue;
                }
                runs.rotate_left(1);
                runs[4] = length;
                // A dark run has ended: the five may be a square's, from dark to dark.
                if colour && is_square(runs) {
                    let middle = x as f32 - runs[4] as f32 - runs[3] as f32 - runs[2] as f32 / 2.0;
                    if let Some(finder) = self.crossed(middle, y) {
                        add(&mut found, finder);
                    }
                }
                (colour, length) = (!colour, 1);
            }
        }
        found.retain(|finder| finder.seen >= 2);
        found.sort_by_key(|finder| std::cmp::Reverse(finder.seen));
        found.truncate(MOST_FINDERS);
        found
    }

    /// The same down and across again, through the middle that was found.
    #[allow(clippy::cast_possible_truncation, reason = "places inside the picture")]
    fn crossed(&self, x: f32, y: usize) -> Option<Finder> {
        let column = (x as usize).min(self.width - 1);
        let (down, up) = (self.runs(column, y, 0, 1)?, self.runs(column, y, 0, -1)?);
        let (runs, middle_y) = joined(up, down, y);
        if !is_square(runs) {
            return None;
        }
        let row = (middle_y as usize).min(self.height - 1);
        let (right, left) = (self.runs(column, row, 1, 0)?, self.runs(column, row, -1, 0)?);
        let (across, middle_x) = joined(left, right, column);
        if !is_square(across) {
            return None;
        }
        let (a, b) = (runs.iter().sum::<usize>() as f32, across.iter().sum::<usize>() as f32);
        (a < 2.5 * b && b < 2.5 * a).then_some(Finder {
            x: middle_x,
            y: middle_y,
            length: (a + b) / 2.0,
            seen: 1,
        })
    }

    /// Three runs from a dark place on: the rest of the middle, the light, the dark.
    fn runs(&self, x: usize, y: usize, dx: isize, dy: isize) -> Option<[usize; 3]> {
        let mut runs = [0; 3];
        let (mut at, mut run) = ((x, y), 0);
        loop {
            let dark = self.dark[at.1 * self.width + at.0];
            if dark == (run % 2 == 0) {
                runs[run] += 1;
            } else {
                run += 1;
                if run == 3 {
                    break;
                }
                runs[run] = 1;
            }
            let next = at.0.checked_add_signed(dx).zip(at.1.checked_add_signed(dy));
            match next.filter(|(x, y)| *x < self.width && *y < self.height) {
                Some(next) => at = next,
                None => break,
            }
        }
        (runs[0] > 0 && runs[1] > 0 && runs[2] > 0).then_some(runs)
    }
}

/// Both ways from a place joined to five runs, and the middle of the third.
fn joined(before: [usize; 3], after: [usize; 3], at: usize) -> ([usize; 5], f32) {
    let runs = [before[2], before[1], before[0] + after[0] - 1, after[1], after[2]];
    let middle = at as f32 + 0.5 + (after[0] as f32 - before[0] as f32) / 2.0;
    (runs, middle)
}

/// Whether five runs are 1 : 1 : 3 : 1 : 1; blur makes dark wider or narrower, so that each may be off by most of a module.
fn is_square(runs: [usize; 5]) -> bool {
    let whole: usize = runs.iter().sum();
    if whole < 7 || runs.contains(&0) {
        return false;
    }
    let module = whole as f32 / 7.0;
    let near =
        |run: usize, modules: f32, off: f32| (run as f32 - modules * module).abs() < off * module + 0.6;
    near(runs[2], 3.0, 1.2) && [0, 1, 3, 4].into_iter().all(|i| near(runs[i], 1.0, 0.75))
}

fn add(found: &mut Vec<Finder>, new: Finder) {
    let same = |old: &&mut Finder| (old.x - new.x).hypot(old.y - new.y) < old.length / 4.0;
    match found.iter_mut().find(same) {
        Some(old) => {
            let share = 1.0 / (old.seen + 1) as f32;
            old.x += (new.x - old.x) * share;
            old.y += (new.y - old.y) * share;
            old.length += (new.length - old.length) * share;
            old.seen += 1;
        }
        None => found.push(new),
    }
}
