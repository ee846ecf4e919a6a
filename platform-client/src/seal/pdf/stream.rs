//! Streams of a PDF (ISO 32000-2, 7.3.8) as far as its structure lies in them: plain or deflated, with PNG's predictors.

use super::object::{Dictionary, Object, Reader};
use crate::seal::error::Unreadable;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// No table or object stream of a certificate is longer.
const LONGEST: usize = 8 << 20;

/// The dictionary of a stream that begins at this offset, and where its bytes begin. `number` is the object that is to
/// stand there.
pub(super) fn head(file: &[u8], at: usize, number: Option<u32>) -> Result<(Dictionary, usize), Unreadable> {
    let bad = Unreadable::PdfStream;
    let mut reader = Reader::new(file, at);
    let found = reader.number().ok_or(bad)?;
    reader.number().ok_or(bad)?;
    if !reader.word("obj") || number.is_some_and(|n| u64::from(n) != found) {
        return Err(bad);
    }
    let Object::Dictionary(dictionary) = reader.object()? else { return Err(bad) };
    if !reader.word("stream") || !reader.stream_break() {
        return Err(bad);
    }
    Ok((dictionary, reader.at()))
}

/// The bytes of a stream.
pub(super) fn decoded(
    dictionary: &Dictionary,
    file: &[u8],
    from: usize,
    length: usize,
) -> Result<Vec<u8>, Unreadable> {
    let bad = Unreadable::PdfStream;
    let raw = from.checked_add(length).and_then(|to| file.get(from..to)).ok_or(bad)?;
    let filter = match dictionary.get("Filter") {
        None => None,
        Some(Object::Name(name)) => Some(name.as_slice()),
        Some(Object::Array(names)) => match names.as_slice() {
            [Object::Name(name)] => Some(name.as_slice()),
            _ => return Err(bad),
        },
        Some(_) => return Err(bad),
    };
    let bytes = match filter {
        None if raw.len() <= LONGEST => raw.to_vec(),
        Some(b"FlateDecode") => decompress_to_vec_zlib_with_limit(raw, LONGEST).map_err(|_| bad)?,
        _ => return Err(bad),
    };
    let parameters = match dictionary.get("DecodeParms") {
        None => return Ok(bytes),
        Some(Object::Dictionary(parameters)) => parameters,
        Some(Object::Array(all)) => match all.as_slice() {
            [Object::Dictionary(parameters)] => parameters,
            _ => return Err(bad),
        },
        Some(_) => return Err(bad),
    };
    let number = |key: &str, default: usize| parameters.get(key).map_or(Some(default), Object::size);
    match number("Predictor", 1).ok_or(bad)? {
        1 => Ok(bytes),
        10..=15 => {
            if number("Colors", 1) != Some(1) || number("BitsPerComponent", 8) != Some(8) {
                return Err(bad);
            }
            let columns = number("Columns", 1).filter(|c| (1..=1024).contains(c)).ok_or(bad)?;
            unpredicted(&bytes, columns).ok_or(bad)
        }
        _ => Err(bad),
    }
}

/// Takes away PNG's filters (ISO/IEC 15948, 9.2), one byte a column.
fn unpredicted(bytes: &[u8], columns: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; columns];
    for row in bytes.chunks(columns + 1) {
        let (&filter, row) = row.split_first()?;
        if row.len() != columns {
            return None;
        }
        let mut line = vec![0_u8; columns];
        for at in 0..columns {
            let left = if at == 0 { 0 } else { line[at - 1] };
            let corner = if at == 0 { 0 } else { above[at - 1] };
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => left.midpoint(above[at]),
                4 => paeth(left, above[at], corner),
                _ => return None,
            };
            line[at] = row[at].wrapping_add(guess);
        }
        out.extend_from_slice(&line);
        above = line;
    }
    Some(out)
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |byte: u8| (estimate - i16::from(byte)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}
