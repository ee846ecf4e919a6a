//! Grey pictures as dots.

use std::borrow::Cow;

use domain::paper::document::GreyPicture;

use super::raster::Bits;

/// The picture in black and white, its greys as patterns (Floyd and Steinberg, 1976, from left to right).
pub(super) fn dithered(picture: &GreyPicture) -> Bits {
    let width = picture.width();
    let mut bits = Bits::new(width);
    // Errors in sixteenths of a grey that this row gets from the one above, and gives to the one below.
    let mut above = vec![0i32; width + 1];
    let mut below = vec![0i32; width + 1];
    let mut packed = vec![0u8; width.div_ceil(8)];
    for row in picture.pixels().chunks_exact(width) {
        if row.iter().all(|pixel| *pixel == WHITE) && above.iter().all(|error| *error == 0) {
            packed.fill(0);
        } else {
            dither_row(row, &above, &mut below, &mut packed);
            std::mem::swap(&mut above, &mut below);
        }
        bits.push_packed(&packed);
    }
    bits
}

const WHITE: u8 = 255;

/// One row. Errors stand one place to the right of their pixel, so that the first pixel has a left neighbour.
fn dither_row(row: &[u8], above: &[i32], below: &mut [i32], packed: &mut [u8]) {
    let (Some((_, above)), Some((last, below))) = (above.split_first(), below.split_last_mut()) else {
        return;
    };
    // What goes to the right, and what the place below has got so far: in registers, since every pixel waits for the one
    // before it.
    let (mut right, mut under, mut before) = (0, 0, 0);
    let eights = row.chunks(8).zip(above.chunks(8)).zip(below.chunks_mut(8)).zip(packed);
    for (((pixels, above), below), byte) in eights {
        let mut blacks = 0;
        for ((pixel, given), place) in pixels.iter().zip(above).zip(below) {
            let wanted = i32::from(*pixel) + ((given + right) >> 4);
            // All ones for white: no branch, since nobody can foresee it.
            let white = (127 - wanted) >> 31;
            blacks = blacks << 1 | u8::from(white == 0);
            let error = wanted - (white & 255);
            right = wanted * 7 - (white & (255 * 7));
            *place = under + error * 3;
            under = error * 5 + before;
            before = error;
        }
        *byte = blacks << (8 - pixels.len());
    }
    *last = under;
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

    /// The rule of the paper, without any haste.
    fn by_the_rule(picture: &GreyPicture) -> Vec<bool> {
        let (width, height) = (picture.width(), picture.height());
        let mut errors = vec![0i32; width * height];
        let mut black = vec![false; width * height];
        for y in 0..height {
            for x in 0..width {
                let wanted = i32::from(picture.pixels()[y * width + x]) + (errors[y * width + x] >> 4);
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
