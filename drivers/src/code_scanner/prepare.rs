//! Pictures made easier for a decoder.

use crate::camera::{GreyPicture, Size};

/// Each pixel the mean of its 3 × 3 neighbourhood; the edge's own pixels go on beyond the edge.
pub(super) fn smoothed(picture: &GreyPicture) -> GreyPicture {
    let size = picture.size();
    let width = size.width as usize;
    let rows: Vec<&[u8]> = picture.luma().chunks_exact(width).collect();
    let mut luma = Vec::with_capacity(size.pixels());
    let mut sums = vec![0_u16; width];
    for y in 0..rows.len() {
        let (above, below) = (rows[y.saturating_sub(1)], rows[(y + 1).min(rows.len() - 1)]);
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = u16::from(above[x]) + u16::from(rows[y][x]) + u16::from(below[x]);
        }
        for x in 0..width {
            let (left, right) = (sums[x.saturating_sub(1)], sums[(x + 1).min(width - 1)]);
            luma.push(((left + sums[x] + right + 4) / 9).min(255) as u8);
        }
    }
    GreyPicture::filled(size, luma)
}

/// Twice as wide and high, bilinear; nothing when that would be too large for a frame.
pub(super) fn doubled(picture: &GreyPicture) -> Option<GreyPicture> {
    let size = picture.size();
    let to = Size::new(size.width * 2, size.height * 2);
    if to.width.max(to.height) > Size::LARGEST_EDGE {
        return None;
    }
    let width = size.width as usize;
    let rows: Vec<&[u8]> = picture.luma().chunks_exact(width).collect();
    let mut luma = Vec::with_capacity(to.pixels());
    let mut mixed = vec![0_u16; width];
    for y in 0..to.height as usize {
        // A new pixel lies a quarter of a pixel from the nearer old one, three quarters from the farther.
        let near = y / 2;
        let far = if y % 2 == 0 { near.saturating_sub(1) } else { (near + 1).min(rows.len() - 1) };
        for ((sum, near), far) in mixed.iter_mut().zip(rows[near]).zip(rows[far]) {
            *sum = 3 * u16::from(*near) + u16::from(*far);
        }
        for x in 0..width {
            let (left, right) = (mixed[x.saturating_sub(1)], mixed[(x + 1).min(width - 1)]);
            luma.push(((3 * mixed[x] + left + 8) / 16).min(255) as u8);
            luma.push(((3 * mixed[x] + right + 8) / 16).min(255) as u8);
        }
    }
    Some(GreyPicture::filled(to, luma))
}
