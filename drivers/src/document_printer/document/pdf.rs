//! What stands in a PDF (ISO 32000-1, 7), as far as a printer's safety asks.
//!
//! Duty: go through the file from front to back once, objects in object streams too, count its pages and refuse what acts
//! or hides. Never: draw, or follow a reference out of the file.

mod lexer;

use std::collections::{BTreeMap, BTreeSet};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::{DocumentError, Format, MOST_PAGES};
use lexer::{Dict, Lexer, Value};

/// Most bytes that all object streams together may unpack to: they hold dictionaries, not pictures.
const UNPACKED: usize = 32 * 1024 * 1024;
/// Most values of all objects together.
const MOST_VALUES: usize = 1_000_000;
/// Pages inside pages inside pages.
const DEEPEST_TREE: usize = 32;

pub(super) const fn malformed(what: &'static str) -> DocumentError {
    DocumentError::Malformed { format: Format::Pdf, what }
}

pub(super) const fn refused(what: &'static str) -> DocumentError {
    DocumentError::Refused { format: Format::Pdf, what }
}

/// Looks at the whole file and counts its pages.
pub(super) fn pages(bytes: &[u8]) -> Result<u32, DocumentError> {
    let mut file = File { left: MOST_VALUES, unpacked: UNPACKED, packed: 2 * UNPACKED, ..File::default() };
    file.read(bytes)?;
    file.count()
}

/// What an object is in the tree of pages; a later one of the same number replaces an earlier (7.5.6).
enum Node {
    Catalog(Option<u32>),
    Pages(Vec<u32>),
    Page,
}

#[derive(Default)]
struct File {
    nodes: BTreeMap<u32, Node>,
    root: Option<u32>,
    /// Values that may still be read.
    left: usize,
    /// Bytes that object streams may still unpack to.
    unpacked: usize,
    /// Bytes of object streams that may still be read.
    packed: usize,
}

impl File {
    fn read(&mut self, bytes: &[u8]) -> Result<(), DocumentError> {
        let mut lexer = Lexer::new(bytes, self.left);
        // The numbers before `obj`.
        let mut numbers = [None, None];
        while let Some(value) = lexer.next()? {
            match value {
                Value::Integer(number) => numbers = [numbers[1], Some(number)],
                Value::Keyword(b"obj") => {
                    let number = numbers[0].and_then(|number| u32::try_from(number).ok());
                    numbers = [None, None];
                    if let (Some(number), Some(object)) = (number, lexer.next()?) {
                        self.left = lexer.left;
                        self.object(number, object, &mut lexer)?;
                        lexer.left = self.left;
                    }
                }
                Value::Keyword(b"trailer") => {
                    if let Some(Value::Dict(dict)) = lexer.next()? {
                        self.trailer(&dict)?;
                    }
                }
                _ => numbers = [None, None],
            }
        }
        self.left = lexer.left;
        Ok(())
    }

    fn object<'b>(
        &mut self,
        number: u32,
        object: Value<'b>,
        lexer: &mut Lexer<'b>,
    ) -> Result<(), DocumentError> {
        Self::look_at(&object)?;
        let Value::Dict(dict) = object else { return Ok(()) };
        match lexer.stream(&dict)? {
            None => self.note(number, &dict),
            Some(content) if dict.is("Type", b"ObjStm") => self.object_stream(&dict, content)?,
            Some(_) if dict.is("Type", b"XRef") => self.trailer(&dict)?,
            Some(_) => {}
        }
        Ok(())
    }

    fn trailer(&mut self, dict: &Dict<'_>) -> Result<(), DocumentError> {
        if dict.get("Encrypt").is_some() {
            return Err(refused("an encrypted file"));
        }
        if let Some(Value::Reference(root)) = dict.get("Root") {
            self.root = Some(*root);
        }
        Ok(())
    }

    /// The objects of an object stream (7.5.7).
    fn object_stream(&mut self, dict: &Dict<'_>, content: &[u8]) -> Result<(), DocumentError> {
        let unpacked;
        let content = match dict.get("Filter") {
            None => content,
            Some(filter) if is_flate(filter) && dict.get("DecodeParms").is_none() => {
                unpacked = decompress_to_vec_zlib_with_limit(content, self.unpacked)
                    .map_err(|_| malformed("an object stream does not unpack, or to too much"))?;
                self.unpacked -= unpacked.len();
                &unpacked
            }
            Some(_) => return Err(refused("an object stream of another filter than FlateDecode")),
        };
        let first = dict.number("First").ok_or(malformed("an object stream without First"))?;
        let objects = content.get(first..).ok_or(malformed("an object stream ends before First"))?;
        let mut index = Lexer::new(&content[..first], self.left);
        while let (Some(Value::Integer(number)), Some(Value::Integer(offset))) =
            (index.next()?, index.next()?)
        {
            let (Ok(number), Ok(offset)) = (u32::try_from(number), usize::try_from(offset)) else {
                return Err(malformed("an object stream with a wrong index"));
            };
            let object = objects.get(offset..).ok_or(malformed("an object stream with a wrong index"))?;
            let mut lexer = Lexer::new(object, index.left);
            let value = lexer.next()?;
            index.left = lexer.left;
            // Many entries may name one long object.
            self.packed =
                self.packed.checked_sub(lexer.at()).ok_or(malformed("an object stream names too much"))?;
            if let Some(value) = value {
                Self::look_at(&value)?;
                if let Value::Dict(dict) = &value {
                    self.note(number, dict);
                }
            }
        }
        self.left = index.left;
        Ok(())
    }

    /// Refuses what acts by itself or shows other than what is printed (12.6, 12.7.8, 13).
    fn look_at(value: &Value<'_>) -> Result<(), DocumentError> {
        match value {
            Value::Array(values) => values.iter().try_for_each(Self::look_at),
            Value::Dict(dict) => {
                let has = |key| dict.get(key).is_some();
                if has("JS") || has("JavaScript") || dict.is("S", b"JavaScript") {
                    return Err(refused("JavaScript"));
                }
                if dict.is("S", b"Launch") {
                    return Err(refused("a launch action"));
                }
                if dict.is("S", b"SubmitForm") || dict.is("S", b"ImportData") {
                    return Err(refused("a form that sends or fetches"));
                }
                if has("XFA") {
                    return Err(refused("a dynamic form (XFA)"));
                }
                if ["RichMedia", "Movie", "3D"].iter().any(|kind| dict.is("Subtype", kind.as_bytes())) {
                    return Err(refused("a moving picture"));
                }
                dict.values().try_for_each(Self::look_at)
            }
            _ => Ok(()),
        }
    }

    fn note(&mut self, number: u32, dict: &Dict<'_>) {
        let node = if dict.is("Type", b"Catalog") {
            Node::Catalog(match dict.get("Pages") {
                Some(Value::Reference(pages)) => Some(*pages),
                _ => None,
            })
        } else if dict.is("Type", b"Pages") {
            let kids = match dict.get("Kids") {
                Some(Value::Array(kids)) => kids.as_slice(),
                _ => &[],
            };
            let numbers = kids.iter().filter_map(|kid| match kid {
                Value::Reference(number) => Some(*number),
                _ => None,
            });
            Node::Pages(numbers.collect())
        } else if dict.is("Type", b"Page") {
            Node::Page
        } else {
            self.nodes.remove(&number);
            return;
        };
        self.nodes.insert(number, node);
    }

    fn count(&self) -> Result<u32, DocumentError> {
        let root = self.root.and_then(|root| self.nodes.get(&root));
        let Some(Node::Catalog(Some(pages))) = root else {
            return Err(malformed("it has no catalogue of pages"));
        };
        let mut seen = BTreeSet::new();
        match self.below(*pages, 0, &mut seen)? {
            0 => Err(malformed("it has no page")),
            count if count > MOST_PAGES => Err(refused("a document of more than 50 pages")),
            count => Ok(count),
        }
    }

    fn below(&self, number: u32, depth: usize, seen: &mut BTreeSet<u32>) -> Result<u32, DocumentError> {
        if depth > DEEPEST_TREE || !seen.insert(number) {
            return Err(malformed("its tree of pages goes in circles"));
        }
        match self.nodes.get(&number) {
            Some(Node::Page) => Ok(1),
            Some(Node::Pages(kids)) => kids
                .iter()
                .try_fold(0_u32, |count, kid| Ok(count.saturating_add(self.below(*kid, depth + 1, seen)?))),
            _ => Err(malformed("its tree of pages has a gap")),
        }
    }
}

/// One FlateDecode, alone or in an array.
fn is_flate(filter: &Value<'_>) -> bool {
    match filter {
        Value::Array(filters) => matches!(filters.as_slice(), [only] if is_flate(only)),
        Value::Name(name) => name.as_ref() == b"FlateDecode",
        _ => false,
    }
}

#[cfg(test)]
mod tests;
