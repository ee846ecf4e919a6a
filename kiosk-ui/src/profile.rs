//! The glass in front of the resident: how many pixels, and how large one is.

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenProfile {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pixels in a millimetre.
    pub px_per_mm: f32,
    /// How a kiosk's panel is mounted.
    pub turned: Turned,
}

/// How far the picture is turned clockwise, for a panel that is mounted so far the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turned {
    /// Not at all.
    #[default]
    No,
    /// By 90°.
    Right,
    /// By 180°.
    Over,
    /// By 270°.
    Left,
}

impl Turned {
    /// By its degrees; none of another angle.
    pub fn by(degrees: i64) -> Option<Self> {
        match degrees {
            0 => Some(Self::No),
            90 => Some(Self::Right),
            180 => Some(Self::Over),
            270 => Some(Self::Left),
            _ => None,
        }
    }
}

impl ScreenProfile {
    /// A 21.5-inch screen upright.
    pub const UPRIGHT: Self = Self { width: 1080, height: 1920, px_per_mm: 4.03, turned: Turned::No };

    /// The screen of so many pixels: one of the three that the pages are made for, else one of the same kind of glass.
    pub fn of(width: u32, height: u32) -> Self {
        // A small upright screen is a 10.1-inch one with its finer pixels.
        let px_per_mm = if width <= 800 && height > width { 5.88 } else { 4.03 };
        Self { width, height, px_per_mm, turned: Turned::No }
    }

    /// The same glass shown smaller, in a window on a desk.
    pub fn scaled(self, factor: f32) -> Self {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "pixels of a screen, times at most one"
        )]
        let scale = |pixels: u32| (f64::from(pixels) * f64::from(factor)).round() as u32;
        let (width, height) = (scale(self.width), scale(self.height));
        Self { width, height, px_per_mm: self.px_per_mm * factor, ..self }
    }
}

/// The text was no size of a screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no size of a screen: write 1080x1920")]
pub struct BadSize(pub String);

impl std::str::FromStr for ScreenProfile {
    type Err = BadSize;

    fn from_str(text: &str) -> Result<Self, BadSize> {
        let side = |part: &str| part.parse::<u32>().ok().filter(|n| (320..=4096).contains(n));
        text.split_once('x')
            .and_then(|(w, h)| Some(Self::of(side(w)?, side(h)?)))
            .ok_or_else(|| BadSize(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_refused() {
        assert_eq!("1080x1920".parse::<ScreenProfile>().unwrap(), ScreenProfile::UPRIGHT);
        assert_eq!("800x1280".parse::<ScreenProfile>().unwrap().px_per_mm, 5.88);
        for bad in ["", "1080", "1080x", "10x10", "1080X1920", "99999x99999"] {
            assert!(bad.parse::<ScreenProfile>().is_err(), "{bad}");
        }
        let half = ScreenProfile::UPRIGHT.scaled(0.5);
        assert_eq!((half.width, half.height), (540, 960));
    }
}
