//! Pictures for the screens.

use domain::paper::document::GreyPicture;
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// A PNG or JPEG file as a picture of the screen; none for what is no picture.
pub(crate) fn decode(file: &[u8]) -> Option<Image> {
    let picture = image::load_from_memory(file).ok()?.to_rgb8();
    let buffer =
        SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(picture.as_raw(), picture.width(), picture.height());
    Some(Image::from_rgb8(buffer))
}

/// A paper, as much of it as is out: rows from the top, of 100.
pub(crate) fn paper(grey: &GreyPicture, percent: u8) -> Image {
    let rows = (grey.height() * usize::from(percent.min(100)) / 100).max(1);
    let pixels: Vec<Rgb8Pixel> =
        grey.pixels()[..rows * grey.width()].iter().map(|g| Rgb8Pixel { r: *g, g: *g, b: *g }).collect();
    image_of(&pixels, grey.width(), rows)
}

/// A code to be photographed from the screen, four dots a module.
pub(crate) fn code(text: &str) -> Option<Image> {
    const MODULE: usize = 4;
    const QUIET: usize = 4;
    let code = qrcode::QrCode::with_error_correction_level(text.as_bytes(), qrcode::EcLevel::M).ok()?;
    let modules = code.width();
    let side = (modules + 2 * QUIET) * MODULE;
    let colours = code.to_colors();
    let dark = |x: usize, y: usize| {
        let (x, y) = ((x / MODULE).checked_sub(QUIET)?, (y / MODULE).checked_sub(QUIET)?);
        (x < modules && y < modules).then(|| colours[y * modules + x] == qrcode::Color::Dark)
    };
    let pixels: Vec<Rgb8Pixel> = (0..side * side)
        .map(|i| match dark(i % side, i / side) {
            Some(true) => Rgb8Pixel { r: 0, g: 0, b: 0 },
            _ => Rgb8Pixel { r: 255, g: 255, b: 255 },
        })
        .collect();
    Some(image_of(&pixels, side, side))
}

fn image_of(pixels: &[Rgb8Pixel], width: usize, height: usize) -> Image {
    let side = |n: usize| u32::try_from(n).unwrap_or(0);
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side(width), side(height));
    buffer.make_mut_slice().copy_from_slice(pixels);
    Image::from_rgb8(buffer)
}
