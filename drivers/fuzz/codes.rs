//! What must hold for any bytes: what a code says, what a scanner sends, a camera's compressed picture.

use drivers::camera::jpeg_pixels;
use drivers::code_scanner::{KeyRedaction, LineRedaction, ScannerLine, qr_text};
use drivers::transport::Redaction as _;
use qrcode::bits::Bits;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, Version, ec};

/// Any data behind right check bytes is a text or nothing: the first byte is the version, 1 to 6, the rest is what its code
/// says, filled up with zeros. A decoder that is handed modules of chance never comes so far.
pub(crate) fn payload(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let version = Version::Normal(i16::from(first % 6) + 1);
    let Ok(bits) = Bits::new(version).max_len(EcLevel::L) else { return };
    let data: Vec<u8> = bytes.iter().copied().chain(std::iter::repeat(0)).take(bits / 8).collect();
    let Ok((data, check)) = ec::construct_codewords(&data, version, EcLevel::L) else { return };
    let mut canvas = Canvas::new(version, EcLevel::L);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &check);
    canvas.apply_mask(MaskPattern::Checkerboard);
    let side = usize::from(version.width().unsigned_abs());
    let dark: Vec<bool> = canvas.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
    let modules: Vec<Vec<bool>> = dark.chunks_exact(side).map(<[bool]>::to_vec).collect();
    if let Some(text) = qr_text(&modules) {
        // Nothing is packed closer than three digits in ten bits.
        assert!(text.chars().count() <= data.len() * 8 * 3 / 10);
    }
}

/// What a scanner sends: codes that are no longer than what came, wherever the line was silent.
pub(crate) fn scanner_line(bytes: &[u8]) {
    let mut line = ScannerLine::new();
    let codes: Vec<_> = bytes.iter().filter_map(|byte| line.push(*byte)).collect();
    let length: usize = codes.iter().map(|code| code.text.reveal().len()).sum();
    // The byte 80 of GB 18030 as the web has it, the euro sign, has three in UTF-8.
    assert!(length <= bytes.len() * 3 && codes.iter().all(|code| !code.text.reveal().is_empty()));
    if let Some((last, before)) = bytes.split_last() {
        let mut line = ScannerLine::new();
        before.iter().for_each(|byte| drop(line.push(*byte)));
        let silent = line.line_is_silent();
        assert!(!line.has_begun());
        assert!(silent.is_none_or(|code| code.text.reveal().len() <= bytes.len() * 3));
        line.push(*last);
    }
}

/// A camera's recording: what is taken for one begins with its head.
pub(crate) fn camera_recording(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if drivers::camera::recording::check(text).is_ok() {
        assert!(text.trim_start().starts_with('{'));
    }
}

/// What stands for a scanner's codes in a recording is as long, and has as many codes.
pub(crate) fn scanner_redaction(bytes: &[u8]) {
    let codes = |bytes: &[u8]| {
        let mut line = ScannerLine::new();
        let whole =
            bytes.iter().filter_map(|byte| line.push(*byte)).map(|code| code.format).collect::<Vec<_>>();
        (whole, line.line_is_silent().map(|code| code.format))
    };
    let nobodys = LineRedaction.incoming(bytes);
    assert_eq!((nobodys.len(), codes(&nobodys)), (bytes.len(), codes(bytes)));
    assert_eq!(KeyRedaction::default().incoming(bytes).len(), bytes.len());
}

/// A camera's picture: pixels as many as its size needs, or none.
pub(crate) fn camera_jpeg(bytes: &[u8]) {
    if let Ok((size, rgb)) = jpeg_pixels(bytes) {
        assert_eq!(rgb.len(), size.pixels() * 3);
    }
}
