//! The picture as it is painted, and what of it each of the display's buffers does not have yet.
//!
//! Duty: painting reads what is below (a shadow, a letter's edge), and a buffer of a display is read many times more slowly than
//! it is written: so it is done here, and only what changed is copied.

use slint::platform::software_renderer::{
    PhysicalRegion, PremultipliedRgbaColor, SoftwareRenderer, TargetPixel,
};
use slint::{PhysicalPosition, PhysicalSize};

/// The display's buffers.
pub(super) const BUFFERS: usize = 2;

/// A pixel as `XRGB8888` of drm_fourcc.h has it, which every driver of a display takes: blue in the lowest byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
struct Pixel(u32);

impl TargetPixel for Pixel {
    fn blend(&mut self, color: PremultipliedRgbaColor) {
        let through = u32::from(u8::MAX - color.alpha);
        let mix = |shift: u32, over: u8| {
            let under = (self.0 >> shift) & 0xff;
            (under * through / 255 + u32::from(over)).min(0xff) << shift
        };
        *self = Self(mix(16, color.red) | mix(8, color.green) | mix(0, color.blue));
    }

    fn from_rgb(red: u8, green: u8, blue: u8) -> Self {
        Self(u32::from(red) << 16 | u32::from(green) << 8 | u32::from(blue))
    }
}

/// A part of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

/// A picture in memory.
pub(super) struct Glass {
    pixels: Vec<Pixel>,
    width: usize,
    height: usize,
    /// What each buffer lacks.
    lacking: [Vec<Part>; BUFFERS],
}

impl Glass {
    /// A black one, as the display's buffers are at first.
    pub(super) fn of(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { pixels: vec![Pixel(0); width * height], width, height, lacking: Default::default() }
    }

    /// Paints what has changed, and brings a buffer up to date; `pitch` is the bytes from one of its lines to the next.
    pub(super) fn paint(
        &mut self,
        renderer: &SoftwareRenderer,
        buffer: usize,
        memory: &mut [u8],
        pitch: usize,
    ) {
        let paint = |pixels: &mut [Pixel], width| parts(&renderer.render(pixels, width));
        self.change(buffer, memory, pitch, paint);
    }

    /// The toolkit (slint 1.18.1) paints a path whole, over what lies above it, also where nothing changed. What it says to have
    /// changed is right in all its points, so each change is copied before the next one is painted.
    fn change(
        &mut self,
        buffer: usize,
        memory: &mut [u8],
        pitch: usize,
        paint: impl FnOnce(&mut [Pixel], usize) -> Vec<Part>,
    ) {
        self.copy(buffer, memory, pitch);
        let parts = paint(&mut self.pixels, self.width);
        for lacking in &mut self.lacking {
            lacking.extend(&parts);
        }
        self.copy(buffer, memory, pitch);
    }

    fn copy(&mut self, buffer: usize, memory: &mut [u8], pitch: usize) {
        for part in self.lacking[buffer].drain(..) {
            let right = (part.left + part.width).min(self.width);
            let bottom = (part.top + part.height).min(self.height);
            for line in part.top..bottom {
                let Some(from) = self.pixels.get(line * self.width + part.left..line * self.width + right)
                else {
                    continue;
                };
                let first = line * pitch + part.left * size_of::<Pixel>();
                let Some(to) = memory.get_mut(first..first + size_of_val(from)) else { continue };
                for (to, from) in to.chunks_exact_mut(size_of::<Pixel>()).zip(from) {
                    to.copy_from_slice(&from.0.to_le_bytes());
                }
            }
        }
    }
}

fn parts(changed: &PhysicalRegion) -> Vec<Part> {
    let part = |(origin, size): (PhysicalPosition, PhysicalSize)| {
        let (left, top) = (usize::try_from(origin.x).ok()?, usize::try_from(origin.y).ok()?);
        Some(Part { left, top, width: size.width as usize, height: size.height as usize })
    };
    changed.iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pixels: &mut [Pixel], width: usize, part: Part, pixel: Pixel) {
        for line in part.top..part.top + part.height {
            pixels[line * width + part.left..][..part.width].fill(pixel);
        }
    }

    /// Three by two pixels, in lines of 16 bytes: one more than three pixels need.
    #[test]
    fn each_buffer_gets_what_it_lacks_and_nothing_else() {
        let all = Part { left: 0, top: 0, width: 3, height: 2 };
        let one = Part { left: 1, top: 1, width: 1, height: 1 };
        let [dark, red] = [Pixel::from_rgb(0x11, 0x22, 0x33), Pixel::from_rgb(0xff, 0, 0)];
        let mut glass = Glass::of(3, 2);
        let mut buffers = [[7_u8; 32]; BUFFERS];
        glass.change(0, &mut buffers[0], 16, |pixels, width| {
            fill(pixels, width, all, dark);
            vec![all]
        });
        let line = [0x33, 0x22, 0x11, 0, 0x33, 0x22, 0x11, 0, 0x33, 0x22, 0x11, 0, 7, 7, 7, 7];
        assert_eq!(buffers[0], [line, line].concat()[..]);
        assert_eq!(buffers[1], [7; 32]);

        // The other one has the first change together with the second, and nothing of what was painted beside it.
        glass.change(1, &mut buffers[1], 16, |pixels, width| {
            fill(pixels, width, all, Pixel::from_rgb(1, 1, 1));
            fill(pixels, width, one, red);
            vec![one]
        });
        let changed = [0x33, 0x22, 0x11, 0, 0, 0, 0xff, 0, 0x33, 0x22, 0x11, 0, 7, 7, 7, 7];
        assert_eq!(buffers[1], [line, changed].concat()[..]);
        assert_eq!(buffers[0], [line, line].concat()[..]);

        buffers[0][..4].fill(9);
        let two = Part { left: 2, top: 0, width: 1, height: 1 };
        glass.change(0, &mut buffers[0], 16, |pixels, width| {
            fill(pixels, width, two, red);
            vec![two]
        });
        assert_eq!(buffers[0][..12], [9, 9, 9, 9, 0x33, 0x22, 0x11, 0, 0, 0, 0xff, 0]);
    }

    #[test]
    fn a_buffer_that_is_too_small_is_not_written_beyond_its_end() {
        let mut glass = Glass::of(4, 4);
        let mut memory = [1; 20];
        glass.change(0, &mut memory, 16, |_, width| vec![Part { left: 0, top: 0, width, height: 9 }]);
        assert_eq!(memory, [[0; 16].as_slice(), &[1; 4]].concat()[..]);
    }

    #[test]
    fn colours_are_laid_over_each_other() {
        let over = |alpha: u8, value: u8| PremultipliedRgbaColor { red: value, green: value, blue: 0, alpha };
        let mut pixel = Pixel::from_rgb(200, 100, 50);
        pixel.blend(over(0, 0));
        assert_eq!(pixel, Pixel::from_rgb(200, 100, 50), "nothing");
        pixel.blend(over(51, 40));
        assert_eq!(pixel, Pixel::from_rgb(200, 120, 40), "a fifth of it");
        pixel.blend(over(255, 9));
        assert_eq!(pixel, Pixel::from_rgb(9, 9, 0), "all of it");
    }
}
