//! A photo decoder that decodes nothing: it draws somebody who does not exist.
//!
//! Duty: the decoder's side of the agreement in `id_card_reader::photo`, and its faults. Never: look like a real person,
//! or pretend to know the format.

use std::io::{self, Read, Write};
use std::str::FromStr;
use std::time::Duration;

/// Bytes of a photo on a chip.
const PHOTO: usize = 1024;
/// Pixels of a portrait.
const SIZE: (i32, i32) = (102, 126);
/// More than any limit that makes sense.
const MUCH: usize = 2 << 30;

/// A fault of the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoDecoderFault {
    /// Reads the photo and never answers.
    Hang,
    /// Ends in the middle of the portrait with code 1.
    Crash,
    /// Writes without end.
    Flood,
    /// Writes something else.
    Garbage,
    /// Wants two gigabytes, and ends with code 1 where it does not get them.
    Memory,
    /// Says that the photo cannot be decoded.
    Refuse,
}

const WORDS: [(&str, PhotoDecoderFault); 6] = [
    ("hang", PhotoDecoderFault::Hang),
    ("crash", PhotoDecoderFault::Crash),
    ("flood", PhotoDecoderFault::Flood),
    ("garbage", PhotoDecoderFault::Garbage),
    ("memory", PhotoDecoderFault::Memory),
    ("refuse", PhotoDecoderFault::Refuse),
];

impl FromStr for PhotoDecoderFault {
    type Err = UnknownPhotoDecoderFault;

    fn from_str(word: &str) -> Result<Self, UnknownPhotoDecoderFault> {
        let found = WORDS.iter().find(|(w, _)| *w == word);
        found.map(|(_, fault)| *fault).ok_or_else(|| UnknownPhotoDecoderFault(word.to_owned()))
    }
}

/// The word is no fault of a photo decoder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none: write hang, crash, flood, garbage, memory or refuse")]
pub struct UnknownPhotoDecoderFault(pub String);

/// Decodes one photo; the exit code.
///
/// # Errors
/// The host has gone.
pub fn run(fault: Option<PhotoDecoderFault>, mut photo: impl Read, mut output: impl Write) -> io::Result<u8> {
    let mut bytes = Vec::with_capacity(PHOTO);
    photo.read_to_end(&mut bytes)?;
    if bytes.len() != PHOTO || !bytes.starts_with(b"WLf\0") || fault == Some(PhotoDecoderFault::Refuse) {
        return Ok(3);
    }
    match fault {
        Some(PhotoDecoderFault::Hang) => loop {
            std::thread::sleep(Duration::from_secs(3600));
        },
        Some(PhotoDecoderFault::Flood) => loop {
            output.write_all(&[0x55; 4096])?;
        },
        Some(PhotoDecoderFault::Garbage) => {
            output.write_all(b"BM: this is another format\n")?;
            return Ok(0);
        }
        Some(PhotoDecoderFault::Memory) if Vec::<u8>::new().try_reserve_exact(MUCH).is_err() => return Ok(1),
        _ => {}
    }
    let portrait = portrait(&bytes);
    if fault == Some(PhotoDecoderFault::Crash) {
        output.write_all(&portrait[..portrait.len() / 2])?;
        return Ok(1);
    }
    output.write_all(&portrait)?;
    output.flush()?;
    Ok(0)
}

/// A figure on a pale ground, its colours out of the photo's last bytes.
fn portrait(photo: &[u8]) -> Vec<u8> {
    let (width, height) = SIZE;
    let shade = photo[PHOTO - 1] / 4;
    let mut picture = format!("P6\n{width} {height}\n255\n").into_bytes();
    for y in 0..height {
        for x in 0..width {
            let (across, down) = (x - width / 2, y - 50);
            let head = across * across * 9 + down * down * 6 < 6 * 900;
            let shoulders = y > 84 && across.abs() < 20 + (y - 84);
            picture.extend(match (head, shoulders) {
                (true, _) => [200 - shade, 170 - shade, 150 - shade],
                (false, true) => [60, 70, 90 + shade],
                (false, false) => [225, 232, 238],
            });
        }
    }
    picture
}
