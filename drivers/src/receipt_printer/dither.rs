//! Grey pictures as dots.

use domain::paper::document::GreyPicture;

use super::raster::Bits;

/// The picture in black and white, its greys as patterns (Floyd and Steinberg, 1976, from left to right).
pub(super) fn dithered(picture: &GreyPicture) -> Bits {
    let width = picture.width();
    let mut bits = Bits::new(width);
    // Errors in sixteenths of a grey, of this row and the next, with a place beside each edge.
    let mut this = vec![0i32; width + 2];
    let mut next = vec![0i32; width + 2];
    for row in picture.pixels().chunks_exact(width) {
        next.fill(0);
        let mut blacks = Vec::with_capacity(width);
        for (x, pixel) in row.iter().enumerate() {
            let wanted = i32::from(*pixel) + (this[x + 1] >> 4);
            let black = wanted < 128;
            blacks.push(black);
            let error = if black { wanted } else { wanted - 255 };
            this[x + 2] += error * 7;
            next[x] += error * 3;
            next[x + 1] += error * 5;
            next[x + 2] += error;
        }
        bits.push_row(blacks.into_iter());
        std::mem::swap(&mut this, &mut next);
    }
    bits
}

/// The picture no wider than so many dots: as it is, or each dot the mean of the pixels that it covers.
pub(super) fn fitted(picture: &GreyPicture, most: usize) -> Option<GreyPicture> {
    let (width, height) = (picture.width(), picture.height());
    if width <= most {
        return Some(picture.clone());
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
    GreyPicture::new(most, new_height, pixels).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::paper::document::Align;

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
