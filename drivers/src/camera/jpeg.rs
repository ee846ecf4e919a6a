//! JPEG pictures, from files and from cameras that send nothing else (ITU-T T.81).
//!
//! Duty: whole pictures only, within limits. Never: pass on a picture of which a part is missing.

use std::borrow::Cow;
use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use super::Size;

/// What a decoder may take for itself, bytes: the largest frame in RGB with alpha, twice.
const DECODER_MEMORY: u64 = 2 * 4 * (Size::LARGEST_EDGE as u64 * Size::LARGEST_EDGE as u64);

/// Limits for a decoder of outside pictures.
pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(Size::LARGEST_EDGE);
    limits.max_image_height = Some(Size::LARGEST_EDGE);
    limits.max_alloc = Some(DECODER_MEMORY);
    limits
}

/// Red, green, blue of a whole JPEG picture, as a file holds it or as a camera sends it: with bytes of padding behind it, and
/// without the Huffman tables that everybody has.
///
/// # Errors
/// Nothing when the picture has no beginning or no end, else what the decoder said.
pub fn jpeg_pixels(bytes: &[u8]) -> Result<(Size, Vec<u8>), Option<image::ImageError>> {
    let whole = whole(bytes).ok_or(None)?;
    let complete = with_tables(whole).ok_or(None)?;
    let mut reader = ImageReader::with_format(Cursor::new(complete.as_ref()), ImageFormat::Jpeg);
    reader.limits(limits());
    let picture = reader.decode()?.into_rgb8();
    Ok((Size::new(picture.width(), picture.height()), picture.into_raw()))
}

/// From the start-of-image marker to the end-of-image marker (B.2.1): a JPEG cut in half decodes without complaint, its rest
/// grey, so its end is looked for here. Cameras fill their buffers up with zeros.
fn whole(bytes: &[u8]) -> Option<&[u8]> {
    let padding = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let bytes = &bytes[..bytes.len() - padding];
    (bytes.starts_with(&[0xFF, SOI]) && bytes.ends_with(&[0xFF, EOI])).then_some(bytes)
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;

/// The same picture with the usual Huffman tables before its scan, where it brings none of its own; nothing when its
/// segments do not hang together.
fn with_tables(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut at = 2;
    loop {
        let marker = match bytes.get(at..at + 2)? {
            // Any number of FF may stand before a marker (B.1.1.2).
            [0xFF, 0xFF] => {
                at += 1;
                continue;
            }
            [0xFF, marker] => *marker,
            _ => return None,
        };
        match marker {
            DHT => return Some(Cow::Borrowed(bytes)),
            SOS => {
                let mut complete = Vec::with_capacity(bytes.len() + 4 * 200);
                complete.extend_from_slice(&bytes[..at]);
                for (class_and_place, lengths, values) in TABLES {
                    let length = u16::try_from(2 + 1 + lengths.len() + values.len()).ok()?;
                    complete.extend_from_slice(&[0xFF, DHT]);
                    complete.extend_from_slice(&length.to_be_bytes());
                    complete.push(class_and_place);
                    complete.extend_from_slice(lengths);
                    complete.extend_from_slice(values);
                }
                complete.extend_from_slice(&bytes[at..]);
                return Some(Cow::Owned(complete));
            }
            _ => {
                let length = bytes.get(at + 2..at + 4)?;
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
            }
        }
    }
}

/// Class and place, how many codes there are of each length from 1 to 16, what they stand for: annex K.3, tables K.3 to K.6.
const TABLES: [(u8, &[u8; 16], &[u8]); 4] = [
    (0x00, &[0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &DIFFERENCES),
    (0x10, &[0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D], &LUMA),
    (0x01, &[0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &DIFFERENCES),
    (0x11, &[0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77], &CHROMA),
];

const DIFFERENCES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

#[rustfmt::skip]
const LUMA: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
    0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72,
    0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37,
    0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83,
    0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3,
    0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
];

#[rustfmt::skip]
const CHROMA: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
    0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1,
    0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36,
    0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
    0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
    0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
    0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
    0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
];

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;

    fn picture() -> Vec<u8> {
        let rgb: Vec<u8> =
            (0..48_u8).flat_map(|y| (0..64_u8).flat_map(move |x| [x * 3, y * 5, x ^ y])).collect();
        let mut file = Vec::new();
        let colour = image::ExtendedColorType::Rgb8;
        JpegEncoder::new_with_quality(&mut file, 80).encode(&rgb, 64, 48, colour).unwrap();
        file
    }

    /// The segments of that marker taken out: as cameras send their pictures.
    fn without(marker: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes[..2].to_vec();
        let mut at = 2;
        while bytes[at + 1] != SOS {
            let end = at + 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
            if bytes[at + 1] != marker {
                out.extend_from_slice(&bytes[at..end]);
            }
            at = end;
        }
        out.extend_from_slice(&bytes[at..]);
        out
    }

    #[test]
    fn a_camera_may_leave_the_usual_tables_out_and_pad_its_buffer() {
        let file = picture();
        let want = jpeg_pixels(&file).unwrap();
        assert_eq!(want.0, Size::new(64, 48));
        let mut sent = without(DHT, &file);
        assert!(sent.len() < file.len());
        assert!(image::load_from_memory(&sent).is_err(), "no decoder helps itself");
        sent.extend([0; 300]);
        assert_eq!(jpeg_pixels(&sent).unwrap(), want);
    }

    #[test]
    fn a_part_of_a_picture_is_none() {
        let file = picture();
        for end in [0, 1, 2, 20, file.len() / 2, file.len() - 1] {
            assert!(matches!(jpeg_pixels(&file[..end]), Err(None)), "{end} of {} bytes", file.len());
        }
        assert!(matches!(jpeg_pixels(&file[1..]), Err(None)));
        // Without a frame header there is nothing to decode.
        assert!(matches!(jpeg_pixels(&without(0xC0, &file)), Err(Some(_))));
    }
}
