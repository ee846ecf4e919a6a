//! What an OFD is (GB/T 33190): a ZIP archive with an `OFD.xml`.
//!
//! Duty: tell an OFD from other archives by the archive's directory. Never: unpack or draw it: it goes unchanged to a
//! printer that takes OFD, and to no other.

use super::{DocumentError, Format};

/// Signatures of the archive's directory and its end (APPNOTE 6.3, 4.3.12 and 4.3.16).
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ENTRY_BYTES: usize = 46;
/// A comment after the end has up to this many bytes.
const COMMENT: usize = 0xFFFF;
/// Most files in the archive: an OFD of 50 pages has some hundreds.
const MOST_ENTRIES: u16 = 4096;

const fn malformed(what: &'static str) -> DocumentError {
    DocumentError::Malformed { format: Format::Ofd, what }
}

/// Looks at the archive's directory. How many pages there are is not known without unpacking.
pub(super) fn pages(bytes: &[u8]) -> Result<Option<u32>, DocumentError> {
    let from = bytes.len().saturating_sub(END_BYTES + COMMENT);
    let tail = &bytes[from..];
    let at = tail.windows(END.len()).rposition(|found| found == END);
    let end = at.and_then(|at| tail.get(at..at + END_BYTES)).ok_or(malformed("the archive has no end"))?;
    let short = |at: usize, of: &[u8]| of.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let long = |at: usize, of: &[u8]| {
        let bytes = of.get(at..at + 4)?;
        usize::try_from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).ok()
    };
    let wrong = malformed("the archive's directory is wrong");
    let entries = short(10, end).filter(|count| *count <= MOST_ENTRIES).ok_or(wrong)?;
    let mut rest = long(16, end).and_then(|start| bytes.get(start..)).ok_or(wrong)?;
    let mut is_ofd = false;
    for _ in 0..entries {
        let head = rest.get(..ENTRY_BYTES).filter(|head| head.starts_with(ENTRY)).ok_or(wrong)?;
        if short(8, head).is_some_and(|flags| flags & 1 != 0) {
            return Err(DocumentError::Refused { format: Format::Ofd, what: "an encrypted file" });
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(short(at, head).unwrap_or_default()));
        let bytes = rest.get(ENTRY_BYTES..ENTRY_BYTES + name).ok_or(wrong)?;
        is_ofd |= bytes == b"OFD.xml";
        rest = rest.get(ENTRY_BYTES + name + extra + comment..).ok_or(wrong)?;
    }
    if is_ofd { Ok(None) } else { Err(DocumentError::UnknownFormat) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of empty files, stored, typed from APPNOTE 4.3.
    fn archive(names: &[&str], flags: u8) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for name in names {
            let offset = u32::try_from(bytes.len()).unwrap().to_le_bytes();
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            let common = [&[20, 0, flags, 0][..], &[0; 18], &length, &[0, 0]].concat();
            bytes.extend([b"PK\x03\x04", common.as_slice(), name.as_bytes()].concat());
            directory.extend(
                [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 10], &offset, name.as_bytes()].concat(),
            );
        }
        let count = u16::try_from(names.len()).unwrap().to_le_bytes();
        let [size, start] = [directory.len(), bytes.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes());
        bytes.extend(directory);
        bytes.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
        bytes
    }

    #[test]
    fn an_archive_is_an_ofd_by_its_directory() {
        assert_eq!(pages(&archive(&["OFD.xml", "Doc_0/Document.xml"], 0)), Ok(None));
        assert_eq!(pages(&archive(&["word/document.xml"], 0)), Err(DocumentError::UnknownFormat));
        let encrypted = pages(&archive(&["OFD.xml"], 1)).unwrap_err();
        assert_eq!(encrypted.to_string(), "OFD: an encrypted file is not printed");
        let whole = archive(&["OFD.xml"], 0);
        for end in 0..whole.len() {
            assert!(pages(&whole[..end]).is_err(), "cut at {end}");
        }
    }
}
