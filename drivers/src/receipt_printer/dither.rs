//! Grey pictures as dots.

use std::borrow::Cow;

use domain::paper::document::GreyPicture;

use super::raster::Bits;

/// The picture in black and white, its greys as patterns (Floyd and Steinberg, 1976, from left to right). What is white
/// stays so and hands no error on: no dots stray into the paper around a grey, and white rows can be left out.
pub(super) fn dithered(picture: &GreyPicture) -> Bits {
    let width = picture.width();
    let mut bits = Bits::new(width);
    // Errors in sixteenths of a grey, each one place to the right of its pixel, so that the first has a left neighbour.
    let mut above = vec![0i32; width + 1];
    let mut between = vec![0i32; width + 1];
    let mut below = vec![0i32; width + 1];
    let mut packed = [vec![0u8; width.div_ceil(8)], vec![0u8; width.div_ceil(8)]];
    let mut rows = picture.pixels().chunks_exact(width);
    while let Some(row) = rows.next() {
        let [upper, lower] = &mut packed;
        if is_white(row) {
            above.fill(0);
            upper.fill(0);
            bits.push_packed(upper);
        } else if let Some(next) = rows.next() {
            dither_pair([row, next], &above, &mut between, &mut below, [upper, lower]);
            std::mem::swap(&mut above, &mut below);
            bits.push_packed(upper);
            bits.push_packed(lower);
        } else {
            dither_row(row, &above, &mut below, upper);
            bits.push_packed(upper);
        }
    }
    bits
}

/// Looks at all pixels, which is faster than to stop at the first: they go by many at once.
fn is_white(row: &[u8]) -> bool {
    row.iter().fold(255, |all, pixel| all & pixel) == 255
}

/// What goes from pixel to pixel along a row: what the next one gets, and what the place below the last has got so far.
#[derive(Default)]
struct Pen {
    right: i32,
    under: i32,
    before: i32,
}

impl Pen {
    /// Draws a pixel with the error that it gets from above: 1 for black, and all that the place below its left neighbour
    /// gets.
    #[inline(always)]
    const fn draw(&mut self, pixel: u8, given: i32) -> (u8, i32) {
        let is_grey = -((pixel != 255) as i32);
        let wanted = pixel as i32 + (((given + self.right) >> 4) & is_grey);
        // All ones for white: no branch, since nobody can foresee it.
        let white = (127 - wanted) >> 31;
        let error = wanted - (white & 255);
        self.right = wanted * 7 - (white & (255 * 7));
        let below_left = self.under + error * 3;
        self.under = error * 5 + self.before;
        self.before = error;
        ((white == 0) as u8, below_left)
    }

    /// Draws up to eight pixels; the first is the highest bit.
    fn draw_byte(&mut self, pixels: &[u8], above: &[i32], below: &mut [i32]) -> u8 {
        let mut blacks = 0;
        for ((pixel, given), place) in pixels.iter().zip(above).zip(below) {
            let (black, below_left) = self.draw(*pixel, *given);
            *place = below_left;
            blacks = blacks << 1 | black;
        }
        blacks << (8 - pixels.len())
    }
}

fn dither_row(row: &[u8], above: &[i32], below: &mut [i32], packed: &mut [u8]) {
    let (Some((_, above)), Some((last, below))) = (above.split_first(), below.split_last_mut()) else {
        return;
    };
    let mut pen = Pen::default();
    let eights = row.chunks(8).zip(above.chunks(8)).zip(below.chunks_mut(8)).zip(packed);
    for (((pixels, above), below), byte) in eights {
        *byte = pen.draw_byte(pixels, above, below);
    }
    *last = pen.under;
}

/// Two rows, the lower eight pixels behind the upper: each pixel waits for its left neighbour, and while one row waits
/// the other is drawn.
fn dither_pair(
    [upper, lower]: [&[u8]; 2],
    above: &[i32],
    between: &mut [i32],
    below: &mut [i32],
    [upper_packed, lower_packed]: [&mut [u8]; 2],
) {
    let width = upper.len();
    if !width.is_multiple_of(8) {
        dither_row(upper, above, between, upper_packed);
        return dither_row(lower, between, below, lower_packed);
    }
    let (mut first, mut second) = (Pen::default(), Pen::default());
    upper_packed[0] = first.draw_byte(&upper[..8], &above[1..9], &mut between[..8]);
    for at in (8..width).step_by(8) {
        let (pixels, given) = (&upper[at..at + 8], &above[at + 1..at + 9]);
        let (pixels_behind, places_behind) = (&lower[at - 8..at], &mut below[at - 8..at]);
        // The upper row writes to places 7 to 14 of these, the lower reads 0 to 7, the last of them just written.
        let shared = &mut between[at - 7..at + 8];
        let (mut blacks, mut blacks_behind) = (0, 0);
        for i in 0..8 {
            let (black, below_left) = first.draw(pixels[i], given[i]);
            shared[7 + i] = below_left;
            blacks = blacks << 1 | black;
            let (black, below_left) = second.draw(pixels_behind[i], shared[i]);
            places_behind[i] = below_left;
            blacks_behind = blacks_behind << 1 | black;
        }
        upper_packed[at / 8] = blacks;
        lower_packed[at / 8 - 1] = blacks_behind;
    }
    between[width] = first.under;
    let behind = width - 8;
    lower_packed[behind / 8] =
        second.draw_byte(&lower[behind..], &between[behind + 1..], &mut below[behind..width]);
    below[width] = second.under;
}

/// The picture no wider than so many dots: as it is, or each dot the mean of the pixels that it covers.
pub(super) fn fitted(picture: &GreyPicture, most: usize) -> Option<Cow<'_, GreyPicture>> {
    let (width, height) = (picture.width(), picture.height());
    if width <= most {
        return Some(Cow::Borrowed(picture));
    }
    let new_height = (height * most / width).max(1);
    let span = |at: usize, from: usize, to: usize| (at * from / to, ((at + 1) * from).div_ceil(to).min(from));
    let mut pixels = Vec::with_capacity(most * new_height);
    for y in 0..new_height {
        let (top, bottom) = span(y, height, new_height);
        for x in 0..most {
            let (left, right) = span(x, width, most);
            let rows = picture.pixels().chunks_exact(width).skip(top).take(bottom - top);
            let sum: usize = rows.flat_map(|r| &r[left..right]).map(|p| usize::from(*p)).sum();
            let mean = sum / ((bottom - top) * (right - left));
            pixels.push(u8::try_from(mean).unwrap_or(u8::MAX));
        }
    }
    GreyPicture::new(most, new_height, pixels).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::paper::document::Align;

    /// The rule, without any haste.
    fn by_the_rule(picture: &GreyPicture) -> Vec<bool> {
        let (width, height) = (picture.width(), picture.height());
        let mut errors = vec![0i32; width * height];
        let mut black = vec![false; width * height];
        for y in 0..height {
            for x in 0..width {
                let pixel = i32::from(picture.pixels()[y * width + x]);
                let wanted = if pixel == 255 { 255 } else { pixel + (errors[y * width + x] >> 4) };
                black[y * width + x] = wanted < 128;
                let error = if wanted < 128 { wanted } else { wanted - 255 };
                for (dx, dy, part) in [(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)] {
                    let (x, y) = (x.wrapping_add_signed(dx), y + dy);
                    if x < width && y < height {
                        errors[y * width + x] += error * part;
                    }
                }
            }
        }
        black
    }

    proptest::proptest! {
        #[test]
        fn dots_are_as_the_rule_says(
            width in 1usize..40,
            pixels in proptest::collection::vec(
                proptest::prop_oneof![2 => proptest::prelude::Just(255u8), 3 => proptest::prelude::any::<u8>()],
                40..400,
            ),
        ) {
            let height = pixels.len() / width;
            let picture = GreyPicture::new(width, height, pixels[..width * height].to_vec()).unwrap();
            let rows = dithered(&picture);
            let row_bytes = width.div_ceil(8);
            let dots: Vec<bool> = (0..width * height)
                .map(|i| rows.packed()[i / width * row_bytes + i % width / 8] & (0x80 >> (i % width % 8)) != 0)
                .collect();
            proptest::prop_assert_eq!(dots, by_the_rule(&picture));
        }
    }

    fn black_share(grey: u8) -> f64 {
        let picture = GreyPicture::new(64, 64, vec![grey; 64 * 64]).unwrap();
        let bands = dithered(&picture).bands(Align::Left);
        let black: u32 = bands.iter().flat_map(|b| &b.bytes).map(|b| b.count_ones()).sum();
        f64::from(black) / 4096.0
    }

    #[test]
    fn as_dark_as_the_picture() {
        for grey in [0u8, 32, 64, 128, 192, 224, 255] {
            let wanted = 1.0 - f64::from(grey) / 255.0;
            let got = black_share(grey);
            assert!((got - wanted).abs() < 0.03, "{grey}: {got} and not {wanted}");
        }
    }

    #[test]
    fn a_wide_picture_fits_and_keeps_its_mean() {
        let pixels = (0..200 * 100).map(|i| if i % 200 < 100 { 0 } else { 200 }).collect();
        let picture = GreyPicture::new(200, 100, pixels).unwrap();
        let small = fitted(&picture, 50).unwrap();
        assert_eq!((small.width(), small.height()), (50, 25));
        assert_eq!((small.pixels()[0], small.pixels()[49]), (0, 200));
        assert_eq!(fitted(&small, 50).unwrap().width(), 50);
    }
}
