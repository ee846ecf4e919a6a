//! The signature of a PDF (ISO 32000-2, 12.8; PAdES, ETSI EN 319 142-1).
//!
//! Duty: find every signature field, and check that its signature covers the file. Never: call a file sealed that was
//! added to after its last signature, whatever was added: a certificate is printed as it was issued.

mod file;
mod object;
mod stream;
mod table;

use super::authorities::Authorities;
use super::chain::{self, ValidAt};
use super::cms;
use super::error::{Altered, Expired, SealError, Unreadable, Unsupported};
use super::nested;
use super::time::is_future;
use super::{Sealed, SealedFormat};
use domain::terminal::Timestamp;
use file::Pdf;
use object::{Dictionary, Object, Text};
use std::ops::Range;
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

/// Nobody seals a certificate more often.
const MOST_SIGNATURES: usize = 8;

/// One signature: which bytes it is about, and its own.
struct Signature<'f> {
    /// From the first byte to before its place, and from after its place on.
    parts: [&'f [u8]; 2],
    /// How far it reaches.
    end: usize,
    cms: Vec<u8>,
    /// When, as its dictionary says.
    at: Option<Timestamp>,
}

pub(super) fn check(file: &[u8], authorities: &Authorities, now: Timestamp) -> Result<Sealed, SealError> {
    let pdf = Pdf::read(file)?;
    let mut signatures = Vec::new();
    for dictionary in pdf.signatures()? {
        signatures.push(signature(&pdf, &dictionary)?);
        if signatures.len() > MOST_SIGNATURES {
            return Err(Unreadable::PdfBounds.into());
        }
    }
    signatures.sort_by_key(|s| s.end);
    let last = signatures.last().ok_or(SealError::Missing)?;
    if last.end < file.len() {
        return Err(Altered::AddedAfterwards.into());
    }
    let mut sealed = Err(SealError::Missing);
    for signature in &signatures {
        sealed = Ok(check_one(signature, authorities, now)?);
    }
    sealed
}

fn check_one(
    signature: &Signature<'_>,
    authorities: &Authorities,
    now: Timestamp,
) -> Result<Sealed, SealError> {
    let signed = cms::check(&signature.cms, &signature.parts)?;
    // Without a time of its own a signature is taken for one of now.
    let at = signed.at.or(signature.at).unwrap_or(now);
    if is_future(at, now) {
        return Err(Expired::Future.into());
    }
    chain::check(&signed.signer, &signed.others, authorities, ValidAt::ThenAndNow(at, now))?;
    Ok(Sealed { format: SealedFormat::Pdf, by: signed.signer.name(), at: at.to_offset(now.offset()) })
}

/// Reads a signature dictionary (table 255): `ByteRange` is all before and all after the string of `Contents`.
fn signature<'f>(pdf: &Pdf<'f>, dictionary: &Dictionary) -> Result<Signature<'f>, SealError> {
    let bad = Unreadable::PdfSignature;
    match dictionary.get("SubFilter").and_then(Object::name) {
        Some(b"adbe.pkcs7.detached" | b"ETSI.CAdES.detached") => {}
        _ => return Err(Unsupported::SubFilter.into()),
    }
    let range = dictionary.get("ByteRange").and_then(Object::array).ok_or(bad)?;
    let range: Vec<usize> = range.iter().map(Object::size).collect::<Option<_>>().ok_or(bad)?;
    let [0, before, after, length] = range[..] else { return Err(Altered::NotCovered.into()) };
    let Some(Object::Text(contents)) = dictionary.get("Contents") else { return Err(bad.into()) };
    if contents.at != (before..after) {
        return Err(Altered::NotCovered.into());
    }
    let file = pdf.bytes();
    let end = after.checked_add(length).filter(|end| *end <= file.len()).ok_or(Altered::NotCovered)?;
    let at = match dictionary.get("M") {
        Some(Object::Text(text)) => Some(date(&text.bytes).ok_or(bad)?),
        _ => None,
    };
    Ok(Signature { parts: [&file[..before], &file[after..end]], end, cms: hole(file, contents)?, at })
}

/// The signature out of its place: digits of one case, the signature, and noughts to the end. Nothing there is signed, so
/// nothing else may be there.
fn hole(file: &[u8], contents: &Text) -> Result<Vec<u8>, SealError> {
    let Range { start, end } = contents.at;
    let digits = file.get(start + 1..end - 1).ok_or(Unreadable::PdfSignature)?;
    let lower = digits.iter().any(|d| matches!(d, b'a'..=b'f'));
    let upper = digits.iter().any(|d| matches!(d, b'A'..=b'F'));
    if file[start] != b'<'
        || digits.len() % 2 == 1
        || digits.len() != contents.bytes.len() * 2
        || (lower && upper)
    {
        return Err(Altered::HoleNotClean.into());
    }
    let (element, rest) = nested::first(&contents.bytes).ok_or(Unreadable::Cms)?;
    if rest.iter().any(|byte| *byte != 0) {
        return Err(Altered::HoleNotClean.into());
    }
    Ok(element.whole.to_vec())
}

/// A date of PDF (7.9.4): `D:20261124102400+08'00'`.
fn date(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?;
    let (digits, offset) = text.split_at_checked(14)?;
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u8>().ok();
    let year = digits.get(..4)?.parse().ok()?;
    let day = Date::from_calendar_date(year, Month::try_from(number(4, 6)?).ok()?, number(6, 8)?).ok()?;
    let time = Time::from_hms(number(8, 10)?, number(10, 12)?, number(12, 14)?).ok()?;
    let offset = match offset.as_bytes() {
        [] | [b'Z', ..] => UtcOffset::UTC,
        [sign @ (b'+' | b'-'), ..] => {
            let plain: String = offset[1..].chars().filter(|c| *c != '\'').collect();
            let part = |from: usize| plain.get(from..from + 2).map_or(Some(0), |p| p.parse::<i8>().ok());
            let (hours, minutes) = (part(0)?, part(2)?);
            let signed = |n: i8| if *sign == b'-' { -n } else { n };
            UtcOffset::from_hms(signed(hours), signed(minutes), 0).ok()?
        }
        _ => return None,
    };
    Some(PrimitiveDateTime::new(day, time).assume_offset(offset))
}
