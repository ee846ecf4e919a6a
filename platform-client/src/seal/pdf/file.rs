//! A PDF as far as its signatures need it: objects by number, and the fields of its form.

use super::object::{Dictionary, Object, Reader, Reference};
use super::stream;
use super::table::{Place, Table};
use crate::seal::error::{SealError, Unreadable, Unsupported};
use std::cell::Cell;
use std::collections::BTreeSet;

/// How many fields a form may have.
const MOST_FIELDS: usize = 2_000;
/// How deep fields may nest.
const DEEPEST: usize = 16;
/// How many objects are looked up.
const MOST_LOOKUPS: usize = 20_000;
/// How many streams of objects are unpacked.
const MOST_UNPACKED: usize = 200;

/// The file and its table.
pub(super) struct Pdf<'f> {
    file: &'f [u8],
    table: Table,
    lookups: Cell<usize>,
    unpacked: Cell<usize>,
}

impl<'f> Pdf<'f> {
    /// Reads the table of a file.
    pub(super) fn read(file: &'f [u8]) -> Result<Self, SealError> {
        let table = Table::read(file)?;
        if table.trailer.has("Encrypt") {
            return Err(Unsupported::EncryptedPdf.into());
        }
        Ok(Self { file, table, lookups: Cell::new(0), unpacked: Cell::new(0) })
    }

    pub(super) fn bytes(&self) -> &'f [u8] {
        self.file
    }

    /// The dictionary of each signature field that is signed (12.7.5.5).
    pub(super) fn signatures(&self) -> Result<Vec<Dictionary>, Unreadable> {
        let bad = Unreadable::PdfObject;
        let root = self.table.trailer.get("Root").ok_or(Unreadable::PdfTable)?;
        let catalogue = self.dictionary(root)?.ok_or(bad)?;
        let Some(form) = catalogue.get("AcroForm") else { return Ok(Vec::new()) };
        let form = self.dictionary(form)?.ok_or(bad)?;
        let Some(fields) = form.get("Fields") else { return Ok(Vec::new()) };
        let mut walk = Walk { signatures: Vec::new(), seen: BTreeSet::new(), fields: 0 };
        self.walk(fields, false, 0, &mut walk)?;
        Ok(walk.signatures)
    }

    fn walk(
        &self,
        fields: &Object,
        inherited: bool,
        depth: usize,
        walk: &mut Walk,
    ) -> Result<(), Unreadable> {
        if depth > DEEPEST {
            return Err(Unreadable::PdfBounds);
        }
        let Object::Array(fields) = self.resolved(fields)? else { return Err(Unreadable::PdfObject) };
        for field in &fields {
            walk.fields += 1;
            if walk.fields > MOST_FIELDS {
                return Err(Unreadable::PdfBounds);
            }
            if let Object::Reference(reference) = field
                && !walk.seen.insert(*reference)
            {
                return Err(Unreadable::PdfBounds);
            }
            let Some(field) = self.dictionary(field)? else { return Err(Unreadable::PdfObject) };
            let signs = match field.get("FT") {
                Some(kind) => self.resolved(kind)?.name() == Some(b"Sig"),
                None => inherited,
            };
            if signs && let Some(value) = field.get("V") {
                walk.signatures.push(self.dictionary(value)?.ok_or(Unreadable::PdfSignature)?);
            }
            if let Some(kids) = field.get("Kids") {
                self.walk(kids, signs, depth + 1, walk)?;
            }
        }
        Ok(())
    }

    fn dictionary(&self, object: &Object) -> Result<Option<Dictionary>, Unreadable> {
        match self.resolved(object)? {
            Object::Dictionary(dictionary) => Ok(Some(dictionary)),
            _ => Ok(None),
        }
    }

    /// The object itself, or the one that it refers to; a reference to nothing is null (7.3.10).
    fn resolved(&self, object: &Object) -> Result<Object, Unreadable> {
        let mut object = object.clone();
        for _ in 0..DEEPEST {
            match object {
                Object::Reference(reference) => object = self.look_up(reference)?,
                other => return Ok(other),
            }
        }
        Err(Unreadable::PdfBounds)
    }

    fn look_up(&self, reference: Reference) -> Result<Object, Unreadable> {
        bounded(&self.lookups, MOST_LOOKUPS)?;
        match self.table.place(reference.number) {
            Place::Free => Ok(Object::Null),
            Place::At(_, generation) if generation != reference.generation => Ok(Object::Null),
            Place::At(offset, generation) => {
                let mut reader = Reader::new(self.file, offset);
                let found = (reader.number(), reader.number());
                if found != (Some(u64::from(reference.number)), Some(u64::from(generation)))
                    || !reader.word("obj")
                {
                    return Err(Unreadable::PdfTable);
                }
                reader.object()
            }
            Place::Inside(stream, nth) if reference.generation == 0 => {
                self.unpack(stream, nth, reference.number)
            }
            Place::Inside(..) => Ok(Object::Null),
        }
    }

    /// An object of an object stream (7.5.7).
    fn unpack(&self, stream: u32, nth: usize, number: u32) -> Result<Object, Unreadable> {
        bounded(&self.unpacked, MOST_UNPACKED)?;
        let bad = Unreadable::PdfStream;
        let Place::At(offset, _) = self.table.place(stream) else { return Err(bad) };
        let (dictionary, from) = stream::head(self.file, offset, Some(stream))?;
        if dictionary.get("Type").and_then(Object::name) != Some(b"ObjStm") {
            return Err(bad);
        }
        let length = match dictionary.get("Length").ok_or(bad)? {
            // One that lay in a stream itself would have no end.
            Object::Reference(r) if !matches!(self.table.place(r.number), Place::At(..)) => return Err(bad),
            Object::Reference(r) => self.look_up(*r)?.size().ok_or(bad)?,
            other => other.size().ok_or(bad)?,
        };
        let bytes = stream::decoded(&dictionary, self.file, from, length)?;
        let size = |key: &str| dictionary.get(key).and_then(Object::size).ok_or(bad);
        let (count, first) = (size("N")?, size("First")?);
        if nth >= count {
            return Err(bad);
        }
        let mut head = Reader::new(&bytes, 0);
        let mut found = (0, 0);
        for _ in 0..=nth {
            found = (head.number().ok_or(bad)?, head.number().ok_or(bad)?);
        }
        let at = usize::try_from(found.1).ok().and_then(|o| o.checked_add(first)).ok_or(bad)?;
        if found.0 != u64::from(number) || at >= bytes.len() {
            return Err(bad);
        }
        let mut object = Reader::new(&bytes, at).object()?;
        // A place in unpacked bytes is none in the file: no signature of such an object covers anything.
        forget_places(&mut object);
        Ok(object)
    }
}

struct Walk {
    signatures: Vec<Dictionary>,
    seen: BTreeSet<Reference>,
    fields: usize,
}

fn bounded(count: &Cell<usize>, most: usize) -> Result<(), Unreadable> {
    count.set(count.get() + 1);
    if count.get() > most { Err(Unreadable::PdfBounds) } else { Ok(()) }
}

fn forget_places(object: &mut Object) {
    match object {
        Object::Text(text) => text.at = 0..0,
        Object::Array(array) => array.iter_mut().for_each(forget_places),
        Object::Dictionary(dictionary) => dictionary.values_mut().for_each(forget_places),
        _ => {}
    }
}
