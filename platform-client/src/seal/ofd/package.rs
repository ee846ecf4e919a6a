//! The package of an OFD: a ZIP file (APPNOTE 6.3.9) as strictly as two readers of it must agree.
//!
//! Duty: every file once, under a name inside the package, where directory and file say the same, nothing between them.
//! Never: unpack more than a certificate may be.

use crate::seal::error::{SealError, Unreadable, Unsupported};
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use std::collections::BTreeMap;
use std::ops::Range;

/// How many files.
const MOST: usize = 1_000;
/// How long all of them are together when unpacked, in bytes.
const LONGEST: usize = 64 << 20;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// Sizes follow the data (4.4.4, bit 3).
const SIZES_FOLLOW: u16 = 1 << 3;
/// How hard it was compressed (bits 1 and 2), sizes that follow, and UTF-8 (bit 11): the others are another kind of file.
const KNOWN_FLAGS: u16 = 0b110 | SIZES_FOLLOW | 1 << 11;

/// The files of a package, by name.
#[derive(Debug)]
pub(in crate::seal) struct Package(BTreeMap<String, Vec<u8>>);

/// A row of the directory at the end (4.3.12).
struct Row {
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    size: usize,
    name: String,
    at: usize,
}

impl Package {
    /// Unpacks a package.
    pub(in crate::seal) fn read(bytes: &[u8]) -> Result<Self, SealError> {
        let bad = Unreadable::ZipDirectory;
        // 4.3.16 without a comment: what follows the directory would be outside of it.
        let end_at = bytes.len().checked_sub(22).ok_or(bad)?;
        let end = Fields(&bytes[end_at..]);
        if end.0[..4] != END || end.two(20)? != 0 {
            return Err(bad.into());
        }
        if end.two(4)? != 0 || end.two(6)? != 0 || end.two(8)? != end.two(10)? {
            return Err(Unsupported::ZipKind.into());
        }
        let (count, size, from) = (usize::from(end.two(10)?), end.size(12)?, end.size(16)?);
        if count > MOST {
            return Err(Unreadable::ZipCount.into());
        }
        if from.checked_add(size) != Some(end_at) {
            return Err(bad.into());
        }
        let rows = rows(&bytes[from..end_at], count)?;
        let mut places = Vec::with_capacity(count);
        let (mut files, mut left) = (BTreeMap::new(), LONGEST);
        let mut names = std::collections::BTreeSet::new();
        for row in rows {
            // Some readers do not tell capital letters from small ones.
            if !names.insert(row.name.trim_end_matches('/').to_lowercase()) {
                return Err(Unreadable::ZipDuplicate.into());
            }
            let (place, data) = row.place(bytes, from)?;
            places.push(place);
            let Some(remaining) = left.checked_sub(row.size) else { return Err(Unreadable::ZipBomb.into()) };
            left = remaining;
            let file = row.unpacked(data)?;
            if row.name.ends_with('/') {
                if !file.is_empty() {
                    return Err(Unreadable::ZipEntry.into());
                }
            } else {
                files.insert(row.name, file);
            }
        }
        places.sort_by_key(|place| place.start);
        let mut at = 0;
        for place in places {
            if place.start != at {
                return Err(Unreadable::ZipEntry.into());
            }
            at = place.end;
        }
        if at == from { Ok(Self(files)) } else { Err(Unreadable::ZipEntry.into()) }
    }

    pub(in crate::seal) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    pub(in crate::seal) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn rows(directory: &[u8], count: usize) -> Result<Vec<Row>, SealError> {
    let bad = Unreadable::ZipDirectory;
    let mut rest = directory;
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        let fields = Fields(rest);
        if rest.get(..4) != Some(&CENTRAL) {
            return Err(bad.into());
        }
        let (name, extra, comment) = (fields.length(28)?, fields.length(30)?, fields.length(32)?);
        let (flags, method) = (fields.two(8)?, fields.two(10)?);
        let name_bytes = rest.get(46..46 + name).ok_or(bad)?;
        let row = Row {
            flags,
            method,
            crc: fields.four(16)?,
            packed: fields.size(20)?,
            size: fields.size(24)?,
            name: checked_name(name_bytes)?,
            at: fields.size(42)?,
        };
        let is_zip64 = [fields.four(20)?, fields.four(24)?, fields.four(42)?].contains(&u32::MAX);
        if flags & !KNOWN_FLAGS != 0 || !matches!(method, 0 | 8) || fields.two(34)? != 0 || is_zip64 {
            return Err(Unsupported::ZipKind.into());
        }
        rows.push(row);
        rest = rest.get(46 + name + extra + comment..).ok_or(bad)?;
    }
    if rest.is_empty() { Ok(rows) } else { Err(bad.into()) }
}

/// A name that stays in the package: parts of its path, none of them empty, `.` or `..`, no backslash, no colon.
fn checked_name(bytes: &[u8]) -> Result<String, SealError> {
    let bad = Unreadable::ZipPath;
    let name = std::str::from_utf8(bytes).map_err(|_| bad)?;
    let path = name.strip_suffix('/').unwrap_or(name);
    let parts_stay = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let plain = !path.chars().any(|c| c.is_control() || matches!(c, '\\' | ':'));
    if parts_stay && plain { Ok(name.to_owned()) } else { Err(bad.into()) }
}

impl Row {
    /// Where the file stands with all that belongs to it (4.3.7 to 4.3.9), and its data.
    fn place<'b>(&self, bytes: &'b [u8], directory: usize) -> Result<(Range<usize>, &'b [u8]), SealError> {
        let bad = Unreadable::ZipEntry;
        let local = bytes.get(self.at..directory).ok_or(bad)?;
        let fields = Fields(local);
        if local.get(..4) != Some(&LOCAL) || fields.two(6)? != self.flags || fields.two(8)? != self.method {
            return Err(bad.into());
        }
        let (name, extra) = (fields.length(26)?, fields.length(28)?);
        if local.get(30..30 + name) != Some(self.name.as_bytes()) {
            return Err(bad.into());
        }
        let from = 30 + name + extra;
        let to = from.checked_add(self.packed).ok_or(bad)?;
        let data = local.get(from..to).ok_or(bad)?;
        let said = (fields.four(14)?, fields.size(18)?, fields.size(22)?);
        let end = if self.flags & SIZES_FOLLOW == 0 {
            if said != (self.crc, self.packed, self.size) {
                return Err(bad.into());
            }
            to
        } else {
            let signature = if local.get(to..to + 4) == Some(&DESCRIPTOR) { 4 } else { 0 };
            let after = Fields(local.get(to + signature..).ok_or(bad)?);
            if (after.four(0)?, after.size(4)?, after.size(8)?) != (self.crc, self.packed, self.size) {
                return Err(bad.into());
            }
            to + signature + 12
        };
        Ok((self.at..self.at + end, data))
    }

    fn unpacked(&self, data: &[u8]) -> Result<Vec<u8>, SealError> {
        let file = match self.method {
            0 => data.to_vec(),
            _ => decompress_to_vec_with_limit(data, self.size).map_err(|_| Unreadable::ZipData)?,
        };
        if file.len() == self.size { Ok(file) } else { Err(Unreadable::ZipData.into()) }
    }
}

/// Numbers at fixed places, the least byte first.
struct Fields<'b>(&'b [u8]);

impl Fields<'_> {
    fn two(&self, at: usize) -> Result<u16, Unreadable> {
        let bytes = self.0.get(at..at + 2).ok_or(Unreadable::ZipDirectory)?;
        Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn four(&self, at: usize) -> Result<u32, Unreadable> {
        let bytes = self.0.get(at..at + 4).ok_or(Unreadable::ZipDirectory)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn length(&self, at: usize) -> Result<usize, Unreadable> {
        self.two(at).map(usize::from)
    }

    fn size(&self, at: usize) -> Result<usize, Unreadable> {
        self.four(at).and_then(|size| usize::try_from(size).map_err(|_| Unreadable::ZipDirectory))
    }
}
