//! What the guest's screen shows: pictures as QEMU takes them, and how far two are apart.

use super::BootError;
use std::path::Path;

/// A picture in colours of three bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pixels: Vec<u8>,
}

/// A page of ours is light, and has text: of its points so many are light, and there are so many colours.
const LIGHT: f64 = 0.5;
const COLOURS: usize = 12;

/// Red, green and blue of a test card's bars between white and black (ITU-R BT.471): yellow, cyan, green, magenta, red, blue.
const BARS: [[bool; 3]; 6] = [
    [true, true, false],
    [false, true, true],
    [false, true, false],
    [true, false, true],
    [true, false, false],
    [false, false, true],
];

impl Picture {
    /// Reads a portable pixmap (P6, 255), as `screendump` leaves it.
    pub(super) fn read(path: &Path) -> Result<Self, BootError> {
        let bytes = std::fs::read(path).map_err(|e| BootError::File(path.to_owned(), e))?;
        Self::parse(&bytes).ok_or_else(|| BootError::Picture(path.to_owned()))
    }

    /// Reads a PNG.
    pub(super) fn png(path: &Path) -> Result<Self, BootError> {
        let picture = image::open(path).map_err(|_| BootError::Picture(path.to_owned()))?.into_rgb8();
        let side = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
        Ok(Self { width: side(picture.width()), height: side(picture.height()), pixels: picture.into_raw() })
    }

    /// Writes it as PNG.
    pub(super) fn keep(&self, path: &Path) -> Result<(), BootError> {
        let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        let colours = image::ExtendedColorType::Rgb8;
        image::save_buffer(path, &self.pixels, side(self.width), side(self.height), colours)
            .map_err(|_| BootError::Picture(path.to_owned()))
    }

    /// The picture of a panel that lies on its left side, as one sees it who stands before it: a quarter against the clock.
    pub(super) fn turned_back(&self) -> Self {
        let (width, height) = (self.height, self.width);
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            for x in 0..width {
                let at = (x * self.width + (self.width - 1 - y)) * 3;
                pixels.extend_from_slice(self.pixels.get(at..at + 3).unwrap_or_default());
            }
        }
        Self { width, height, pixels }
    }

    /// Its upper part, of so many rows at most.
    pub(super) fn above(mut self, rows: usize) -> Self {
        self.height = self.height.min(rows);
        self.pixels.truncate(self.width * self.height * 3);
        self
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"P6")?;
        let mut number = || {
            rest = rest.trim_ascii_start();
            let end = rest.iter().position(|b| !b.is_ascii_digit())?;
            let (digits, after) = rest.split_at(end);
            rest = after;
            std::str::from_utf8(digits).ok()?.parse::<usize>().ok()
        };
        let (width, height, deepest) = (number()?, number()?, number()?);
        let pixels = rest.get(1..)?.to_vec();
        (deepest == 255 && pixels.len() == width * height * 3).then_some(Self { width, height, pixels })
    }

    /// Whether a page of ours stands there, and no console.
    pub(super) fn painted(&self) -> bool {
        let points: Vec<[u8; 3]> =
            self.pixels.chunks_exact(3).step_by(97).map(|p| [p[0], p[1], p[2]]).collect();
        let light = points.iter().filter(|p| p.iter().all(|c| *c > 170)).count();
        let colours: std::collections::BTreeSet<_> = points.iter().map(|p| p.map(|c| c >> 3)).collect();
        #[allow(clippy::cast_precision_loss, reason = "a share")]
        let share = light as f64 / points.len().max(1) as f64;
        share > LIGHT && colours.len() >= COLOURS
    }

    /// Whether a console with text stands there: nearly all is dark, and something is not; more than QEMU's own words for a display
    /// that is off.
    pub(super) fn has_text(&self) -> bool {
        let (mut dark, mut points) = (0_usize, 0_usize);
        for point in self.pixels.chunks_exact(3) {
            points += 1;
            dark += usize::from(point.iter().all(|c| *c < 40));
        }
        let lit = points - dark;
        lit * 1000 > points && lit * 100 < points * 3
    }

    /// Whether a camera's test card stands there: its bars in their order, or mirrored. Two colours that were exchanged on their way are
    /// two bars that stand in each other's place.
    pub(super) fn has_colour_bars(&self) -> bool {
        let width = self.width.max(1);
        let mut bars = [(0_usize, 0_usize); BARS.len()];
        for (number, point) in self.pixels.chunks_exact(3).enumerate() {
            let on = |channel: u8, bar: bool| if bar { channel > 120 } else { channel < 70 };
            for (bar, (points, columns)) in BARS.iter().zip(&mut bars) {
                if point.iter().zip(bar).all(|(channel, bar)| on(*channel, *bar)) {
                    *points += 1;
                    *columns += number % width;
                }
            }
        }
        let all = self.width * self.height;
        let middles = bars.map(|(points, columns)| columns / points.max(1));
        bars.iter().all(|(points, _)| points * 500 > all)
            && (middles.is_sorted_by(|a, b| a < b) || middles.is_sorted_by(|a, b| a > b))
    }

    /// The share of points that differ visibly; all of them where the sizes differ.
    pub(super) fn apart(&self, other: &Self) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 1.0;
        }
        let pairs = self.pixels.chunks_exact(3).zip(other.pixels.chunks_exact(3));
        let differ = pairs.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 24)).count();
        #[allow(clippy::cast_precision_loss, reason = "a share")]
        let share = differ as f64 / (self.width * self.height).max(1) as f64;
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixel: impl Fn(usize) -> [u8; 3]) -> Picture {
        Picture { width: 100, height: 100, pixels: (0..10_000).flat_map(pixel).collect() }
    }

    #[test]
    fn a_console_is_no_page() {
        assert!(!picture(|_| [0, 0, 0]).painted());
        assert!(!picture(|i| if i % 7 == 0 { [200, 200, 200] } else { [0, 0, 0] }).painted());
        assert!(!picture(|_| [255, 255, 255]).painted());
        assert!(picture(|i| if i % 70 == 0 { [200, 200, 200] } else { [0, 0, 0] }).has_text());
        assert!(!picture(|_| [0, 0, 0]).has_text());
        assert!(!picture(|_| [250, 248, 244]).has_text());
        let shade = |i: usize| u8::try_from(i / 97 % 100 * 2).unwrap_or(255);
        assert!(picture(|i| if i % 3 == 0 { [shade(i), 30, 90] } else { [250, 248, 244] }).painted());
    }

    #[test]
    fn a_panel_on_its_left_side_is_seen_upright() {
        // Its head is at the right.
        let panel = Picture { width: 2, height: 1, pixels: b"footed".to_vec() };
        assert_eq!(panel.turned_back(), Picture { width: 1, height: 2, pixels: b"tedfoo".to_vec() });
        let panel = Picture { width: 1, height: 2, pixels: b"onetwo".to_vec() };
        assert_eq!(panel.turned_back(), Picture { width: 2, height: 1, pixels: b"onetwo".to_vec() });
    }

    #[test]
    fn a_test_card_has_its_bars_in_their_order() {
        let card = |order: [usize; 6]| {
            picture(move |i| BARS[order[i % 100 * 6 / 100]].map(|on| if on { 191 } else { 16 }))
        };
        assert!(card([0, 1, 2, 3, 4, 5]).has_colour_bars());
        assert!(card([5, 4, 3, 2, 1, 0]).has_colour_bars());
        // Red and blue are exchanged.
        assert!(!card([1, 0, 2, 3, 5, 4]).has_colour_bars());
        assert!(!card([0, 1, 2, 3, 4, 4]).has_colour_bars());
        assert!(!picture(|_| [250, 248, 244]).has_colour_bars());
    }

    #[test]
    fn the_upper_part_has_its_rows() {
        let picture = Picture { width: 1, height: 3, pixels: b"onetwosix".to_vec() };
        let upper = Picture { width: 1, height: 2, pixels: b"onetwo".to_vec() };
        assert_eq!(picture.clone().above(2), upper);
        assert_eq!(picture.clone().above(9), picture);
    }

    #[test]
    fn pictures_are_apart_by_the_points_that_differ() {
        let white = picture(|_| [255, 255, 255]);
        let half = picture(|i| if i < 5_000 { [255, 250, 255] } else { [0, 0, 0] });
        assert!((white.apart(&half) - 0.5).abs() < 1e-9);
        assert!(Picture::parse(b"P6\n2 1\n255\nabcdef").is_some_and(|p| p.width == 2 && p.height == 1));
        assert!(Picture::parse(b"P6\n2 1\n255\nabcde").is_none());
    }
}
