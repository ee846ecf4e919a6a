//! DER (X.690) as nested elements with their exact bytes: what was signed is taken as it came, never written anew.

use der::{Header, Reader as _, SliceReader, Tag};

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'b> {
    pub(super) tag: Tag,
    /// With tag and length.
    pub(super) whole: &'b [u8],
    /// Without.
    pub(super) value: &'b [u8],
}

/// The one element that these bytes are; none when anything follows it.
pub(super) fn only(bytes: &[u8]) -> Option<Element<'_>> {
    match first(bytes)? {
        (element, []) => Some(element),
        _ => None,
    }
}

/// The first element, and what follows it.
pub(super) fn first(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let value = reader.read_slice(header.length).ok()?;
    let (whole, rest) = bytes.split_at_checked(usize::try_from(reader.position()).ok()?)?;
    Some((Element { tag: header.tag, whole, value }, rest))
}

impl<'b> Element<'b> {
    /// The elements inside, for a SEQUENCE or a SET; at most so many.
    pub(super) fn inside(&self, at_most: usize) -> Option<Vec<Element<'b>>> {
        let mut rest = self.value;
        let mut all = Vec::new();
        while !rest.is_empty() {
            let (element, after) = first(rest)?;
            rest = after;
            all.push(element);
            if all.len() > at_most {
                return None;
            }
        }
        Some(all)
    }

    /// The value, if the element has this tag.
    pub(super) fn tagged(&self, tag: Tag) -> Option<&'b [u8]> {
        (self.tag == tag).then_some(self.value)
    }
}

use der::Decode as _;
