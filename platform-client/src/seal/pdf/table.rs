//! The cross-reference of a PDF (ISO 32000-2, 7.5.4 to 7.5.8): tables, streams, and both in one file.

use super::object::{Dictionary, Object, Reader};
use super::stream;
use crate::seal::error::Unreadable;
use std::collections::{BTreeMap, BTreeSet};

/// How many sections, one for each time the file was added to.
const MOST_SECTIONS: usize = 64;
/// How many objects.
const MOST_OBJECTS: usize = 200_000;
/// Where `startxref` is looked for, from the end.
const TAIL: usize = 1024;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Free,
    /// At this offset, with this generation.
    At(usize, u16),
    /// In this object stream, the nth in it.
    Inside(u32, usize),
}

/// Which object is where, and the newest trailer.
#[derive(Debug, Default)]
pub(super) struct Table {
    places: BTreeMap<u32, Place>,
    pub(super) trailer: Dictionary,
}

impl Table {
    /// Reads it from the end of the file on, the newest section first.
    pub(super) fn read(file: &[u8]) -> Result<Self, Unreadable> {
        let bad = Unreadable::PdfTable;
        let tail = file.len().saturating_sub(TAIL);
        let word = b"startxref";
        let found = file[tail..].windows(word.len()).rposition(|w| w == word).ok_or(bad)?;
        let start = Reader::new(file, tail + found + word.len()).number().ok_or(bad)?;
        let mut table = Self::default();
        let mut next = vec![start];
        let mut seen = BTreeSet::new();
        while let Some(at) = next.pop() {
            let at = usize::try_from(at).ok().filter(|at| *at < file.len()).ok_or(bad)?;
            if !seen.insert(at) || seen.len() > MOST_SECTIONS {
                return Err(Unreadable::PdfBounds);
            }
            let trailer = table.section(file, at)?;
            // The stream of a hybrid file comes before what is older (7.5.8.4).
            for key in ["Prev", "XRefStm"] {
                if let Some(offset) = trailer.get(key) {
                    next.push(offset.size().and_then(|o| u64::try_from(o).ok()).ok_or(bad)?);
                }
            }
            if seen.len() == 1 {
                table.trailer = trailer;
            }
        }
        Ok(table)
    }

    pub(super) fn place(&self, number: u32) -> Place {
        self.places.get(&number).copied().unwrap_or(Place::Free)
    }

    fn section(&mut self, file: &[u8], at: usize) -> Result<Dictionary, Unreadable> {
        let mut reader = Reader::new(file, at);
        if reader.word("xref") { self.plain(&mut reader) } else { self.stream(file, at) }
    }

    /// 7.5.4
    fn plain(&mut self, reader: &mut Reader<'_>) -> Result<Dictionary, Unreadable> {
        let bad = Unreadable::PdfTable;
        while !reader.word("trailer") {
            let first = u32::try_from(reader.number().ok_or(bad)?).map_err(|_| bad)?;
            let count = u32::try_from(reader.number().ok_or(bad)?).map_err(|_| bad)?;
            for nth in 0..count {
                let offset = reader.number().and_then(|o| usize::try_from(o).ok()).ok_or(bad)?;
                let generation = reader.number().and_then(|g| u16::try_from(g).ok()).ok_or(bad)?;
                let place = if reader.word("n") {
                    Place::At(offset, generation)
                } else if reader.word("f") {
                    Place::Free
                } else {
                    return Err(bad);
                };
                self.add(first.checked_add(nth).ok_or(bad)?, place)?;
            }
        }
        match reader.object()? {
            Object::Dictionary(trailer) => Ok(trailer),
            _ => Err(bad),
        }
    }

    /// 7.5.8
    fn stream(&mut self, file: &[u8], at: usize) -> Result<Dictionary, Unreadable> {
        let bad = Unreadable::PdfTable;
        let (dictionary, from) = stream::head(file, at, None)?;
        if dictionary.get("Type").and_then(Object::name) != Some(b"XRef") {
            return Err(bad);
        }
        let length = dictionary.get("Length").and_then(Object::size).ok_or(bad)?;
        let rows = stream::decoded(&dictionary, file, from, length)?;
        let widths = dictionary.get("W").and_then(Object::array).ok_or(bad)?;
        let widths: Vec<usize> =
            widths.iter().map(|w| w.size().filter(|w| *w <= 8)).collect::<Option<_>>().ok_or(bad)?;
        let [kind, second, third] = widths[..] else { return Err(bad) };
        let width = kind + second + third;
        if width == 0 {
            return Err(bad);
        }
        let size = dictionary.get("Size").and_then(Object::size).ok_or(bad)?;
        let index: Vec<usize> = match dictionary.get("Index") {
            None => vec![0, size],
            Some(index) => {
                index.array().ok_or(bad)?.iter().map(Object::size).collect::<Option<_>>().ok_or(bad)?
            }
        };
        let mut rows = rows.chunks_exact(width);
        for pair in index.chunks_exact(2) {
            for nth in 0..pair[1] {
                let row = rows.next().ok_or(bad)?;
                let number = pair[0].checked_add(nth).and_then(|n| u32::try_from(n).ok()).ok_or(bad)?;
                let field = |from: usize, width: usize| {
                    row[from..from + width].iter().fold(0_u64, |sum, b| (sum << 8) | u64::from(*b))
                };
                let size_of = |value: u64| usize::try_from(value).map_err(|_| bad);
                let (a, b) = (field(kind, second), field(kind + second, third));
                let place = match if kind == 0 { 1 } else { field(0, kind) } {
                    1 => Place::At(size_of(a)?, u16::try_from(b).map_err(|_| bad)?),
                    2 => Place::Inside(u32::try_from(a).map_err(|_| bad)?, size_of(b)?),
                    _ => Place::Free,
                };
                self.add(number, place)?;
            }
        }
        Ok(dictionary)
    }

    /// The newest section has come first: what is there stays.
    fn add(&mut self, number: u32, place: Place) -> Result<(), Unreadable> {
        self.places.entry(number).or_insert(place);
        if self.places.len() > MOST_OBJECTS { Err(Unreadable::PdfBounds) } else { Ok(()) }
    }
}
