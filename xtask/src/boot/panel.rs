//! How the machine's panel is mounted, and how the glass that is touched lies on it.

use super::screen::Picture;

/// The page, as a person sees it.
pub(super) const WIDTH: u32 = 1080;
pub(super) const HEIGHT: u32 = 1920;

/// What a person looks at and touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Panel {
    pub(super) mounted: Mounted,
    pub(super) glass: Glass,
}

/// Which way the panel's own head is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mounted {
    #[default]
    Up,
    /// To the left: the picture is to be turned clockwise.
    Left,
}

/// Whether touches are told where they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Glass {
    #[default]
    True,
    /// A glass that is larger than the picture, and not in its middle.
    Beside,
}

impl Panel {
    /// Its own size, in pixels.
    pub(super) fn size(self) -> (u32, u32) {
        match self.mounted {
            Mounted::Up => (WIDTH, HEIGHT),
            Mounted::Left => (HEIGHT, WIDTH),
        }
    }

    /// Degrees by which the terminal is to turn its picture clockwise.
    pub(super) fn turned(self) -> u32 {
        match self.mounted {
            Mounted::Up => 0,
            Mounted::Left => 90,
        }
    }

    /// Where a touch of a point of the page is told, in parts of the glass from its left and top.
    pub(super) fn told(self, (x, y): (f64, f64)) -> (f64, f64) {
        let (x, y) = (x / f64::from(WIDTH), y / f64::from(HEIGHT));
        let (x, y) = match self.mounted {
            Mounted::Up => (x, y),
            Mounted::Left => (1.0 - y, x),
        };
        match self.glass {
            Glass::True => (x, y),
            Glass::Beside => (0.05 + 0.88 * x, 0.02 + 0.93 * y),
        }
    }

    /// What a person sees of what the panel shows.
    pub(super) fn seen(self, shown: Picture) -> Picture {
        match self.mounted {
            Mounted::Up => shown,
            Mounted::Left => shown.turned_back(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_head_is_at_the_right_of_a_panel_that_lies_on_its_left() {
        let panel = Panel { mounted: Mounted::Left, glass: Glass::True };
        assert_eq!(panel.told((0.0, 0.0)), (1.0, 0.0));
        assert_eq!(panel.told((270.0, 0.0)), (1.0, 0.25));
        let panel = Panel { mounted: Mounted::Up, glass: Glass::Beside };
        assert_eq!(panel.told((0.0, 0.0)), (0.05, 0.02));
    }
}
