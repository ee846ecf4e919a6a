//! The data of a good answer to a read: text, photo and fingerprints, parted by their length words.
//!
//! Duty: part them, refuse lengths that cannot be. Never: look into a photo or a fingerprint.
//!
//! Source: the reference page on card readers, sections "Frame" and "Photo and fingerprint".

use domain::resident_id::CardPhoto;
use zeroize::Zeroizing;

use super::text_block::TEXT_BLOCK_BYTES;

/// Bytes of one fingerprint template.
const FINGERPRINT_BYTES: usize = 512;
/// A chip holds at most so many.
const FINGERPRINTS: usize = 2;

/// A fingerprint template as the chip holds it: opaque, 512 bytes. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint(Zeroizing<Vec<u8>>);

impl Fingerprint {
    /// The bytes of the chip.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({} bytes)", self.0.len())
    }
}

/// What a read brought, parted.
pub(super) struct Payload<'a> {
    pub(super) text: &'a [u8; TEXT_BLOCK_BYTES],
    pub(super) photo: CardPhoto,
    pub(super) fingerprints: Vec<Fingerprint>,
}

/// Which length words an answer begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Text, photo: the answer to 30 01.
    TextPhoto,
    /// Text, photo, fingerprints: the answer to 30 10.
    TextPhotoFingerprints,
}

/// The length words contradict the data or the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {section} has an impossible length")]
pub struct PayloadError {
    /// Which part.
    pub section: &'static str,
}

/// Parts the data of an answer; bytes after the last section are looked past.
pub(super) fn part(layout: Layout, data: &[u8]) -> Result<Payload<'_>, PayloadError> {
    let mut rest = data;
    let text_length = word(&mut rest, "text")?;
    let photo_length = word(&mut rest, "photo")?;
    let fingerprint_length = match layout {
        Layout::TextPhoto => 0,
        Layout::TextPhotoFingerprints => word(&mut rest, "fingerprint")?,
    };
    let text = section(&mut rest, text_length, "text")?;
    let text = text.try_into().map_err(|_| PayloadError { section: "text" })?;
    let photo = section(&mut rest, photo_length, "photo")?;
    let fingerprints = section(&mut rest, fingerprint_length, "fingerprint")?;
    if !fingerprints.len().is_multiple_of(FINGERPRINT_BYTES)
        || fingerprints.len() > FINGERPRINTS * FINGERPRINT_BYTES
    {
        return Err(PayloadError { section: "fingerprint" });
    }
    Ok(Payload {
        text,
        photo: CardPhoto::new(photo.to_vec()),
        fingerprints: fingerprints
            .chunks(FINGERPRINT_BYTES)
            .map(|one| Fingerprint(Zeroizing::new(one.to_vec())))
            .collect(),
    })
}

fn word(rest: &mut &[u8], name: &'static str) -> Result<usize, PayloadError> {
    let (head, tail) = rest.split_first_chunk().ok_or(PayloadError { section: name })?;
    *rest = tail;
    Ok(usize::from(u16::from_be_bytes(*head)))
}

fn section<'a>(rest: &mut &'a [u8], length: usize, name: &'static str) -> Result<&'a [u8], PayloadError> {
    let (head, tail) = rest.split_at_checked(length).ok_or(PayloadError { section: name })?;
    *rest = tail;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn data(words: &[u8], bytes: usize) -> Vec<u8> {
        let mut data = words.to_vec();
        data.resize(words.len() + bytes, 0x5A);
        data
    }

    #[test]
    fn sections() {
        use Layout::*;
        let check = |layout, data: Vec<u8>, want: Result<(usize, usize), &'static str>| {
            let got = part(layout, &data).map(|p| (p.photo.bytes().len(), p.fingerprints.len()));
            assert_eq!(
                got,
                want.map_err(|section| PayloadError { section }),
                "{layout:?} {:02X?}",
                &data[..6.min(data.len())]
            );
        };
        check(TextPhoto, data(&[1, 0, 4, 0], 1280), Ok((1024, 0)));
        check(TextPhotoFingerprints, data(&[1, 0, 4, 0, 0, 0], 1280), Ok((1024, 0)));
        check(TextPhotoFingerprints, data(&[1, 0, 4, 0, 2, 0], 1792), Ok((1024, 1)));
        check(TextPhotoFingerprints, data(&[1, 0, 4, 0, 4, 0], 2304), Ok((1024, 2)));
        // By the words, never by the total.
        check(TextPhoto, data(&[1, 0, 4, 0], 1290), Ok((1024, 0)));
        check(TextPhoto, data(&[1, 0, 0, 0], 256), Ok((0, 0)));
        check(TextPhoto, data(&[1, 0, 4, 0], 1279), Err("photo"));
        check(TextPhoto, data(&[0, 255, 4, 0], 1280), Err("text"));
        check(TextPhoto, data(&[1, 1, 4, 0], 1281), Err("text"));
        check(TextPhoto, data(&[1, 0, 4, 0], 10), Err("text"));
        check(TextPhoto, data(&[1, 0, 4], 0), Err("photo"));
        check(TextPhoto, vec![], Err("text"));
        check(TextPhotoFingerprints, data(&[1, 0, 4, 0, 2, 1], 1793), Err("fingerprint"));
        check(TextPhotoFingerprints, data(&[1, 0, 4, 0, 6, 0], 2816), Err("fingerprint"));
        check(TextPhotoFingerprints, data(&[1, 0, 4, 0], 0), Err("fingerprint"));
    }

    #[test]
    fn debug_shows_no_content() {
        let fingerprint = Fingerprint(Zeroizing::new(vec![1, 2, 3]));
        assert_eq!(format!("{fingerprint:?}"), "Fingerprint(3 bytes)");
    }

    proptest! {
        #[test]
        fn any_data_is_answered(data in proptest::collection::vec(any::<u8>(), 0..2400)) {
            for layout in [Layout::TextPhoto, Layout::TextPhotoFingerprints] {
                let _ = part(layout, &data);
            }
        }
    }
}
