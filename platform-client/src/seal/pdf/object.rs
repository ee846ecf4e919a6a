//! Objects of a PDF (ISO 32000-2, 7.3) and the reader of their syntax.
//!
//! Duty: read what is well-formed, within bounds, and say where a string stands. Never: look anything up.

use crate::seal::error::Unreadable;
use std::ops::Range;

/// How deep arrays and dictionaries may nest.
const DEEPEST: usize = 48;
/// How many objects one indirect object may hold.
const MOST: usize = 50_000;

/// One object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Null,
    Boolean,
    Integer(i64),
    Real,
    Name(Vec<u8>),
    Text(Text),
    Array(Vec<Self>),
    Dictionary(Dictionary),
    Reference(Reference),
}

/// A string, and where in the bytes it stands, with its brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) at: Range<usize>,
}

/// Which indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) number: u32,
    pub(super) generation: u16,
}

/// A dictionary in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dictionary(Vec<(Vec<u8>, Object)>);

impl Dictionary {
    /// The value of a key; none as well where the key stands twice, which readers take differently.
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        let mut found = self.0.iter().filter(|(name, _)| name == key.as_bytes());
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Every value.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Object> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key.as_bytes())
    }
}

impl Object {
    pub(super) fn integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    pub(super) fn size(&self) -> Option<usize> {
        self.integer().and_then(|value| usize::try_from(value).ok())
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Self]> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }
}

/// Reads objects out of bytes.
#[derive(Debug)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    left: usize,
}

impl<'b> Reader<'b> {
    /// Begins at this place.
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at, left: MOST }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// White space and comments (7.2.3, 7.2.4).
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    let end = self.rest().iter().position(|b| matches!(b, b'\r' | b'\n'));
                    self.at += end.unwrap_or(self.rest().len());
                }
                _ if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// Takes this word if it stands here as a whole.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let Some(after) = self.rest().strip_prefix(word.as_bytes()) else { return false };
        if after.first().is_some_and(|b| !is_space(*b) && !is_delimiter(*b)) {
            return false;
        }
        self.at += word.len();
        true
    }

    /// Takes a whole number without a sign.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.skip_space();
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        let text = std::str::from_utf8(self.rest().get(..digits)?).ok()?;
        let value = text.parse().ok()?;
        self.at += digits;
        Some(value)
    }

    /// The line break after `stream` (7.3.8.1).
    pub(super) fn stream_break(&mut self) -> bool {
        let length = match self.rest() {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return false,
        };
        self.at += length;
        true
    }

    /// The next object.
    pub(super) fn object(&mut self) -> Result<Object, Unreadable> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Result<Object, Unreadable> {
        self.left = self.left.checked_sub(1).ok_or(Unreadable::PdfBounds)?;
        if depth > DEEPEST {
            return Err(Unreadable::PdfBounds);
        }
        self.skip_space();
        let bad = Unreadable::PdfObject;
        match self.rest() {
            [b'<', b'<', ..] => self.dictionary(depth),
            [b'<', ..] => self.hexadecimal(),
            [b'(', ..] => self.literal(),
            [b'/', ..] => self.name().map(Object::Name),
            [b'[', ..] => {
                self.at += 1;
                let mut array = Vec::new();
                loop {
                    self.skip_space();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        return Ok(Object::Array(array));
                    }
                    array.push(self.nested(depth + 1)?);
                }
            }
            [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => self.numeric(),
            _ if self.word("true") || self.word("false") => Ok(Object::Boolean),
            _ if self.word("null") => Ok(Object::Null),
            _ => Err(bad),
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Object, Unreadable> {
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Ok(Object::Dictionary(Dictionary(entries)));
            }
            let key = self.name()?;
            entries.push((key, self.nested(depth + 1)?));
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, Unreadable> {
        let bad = Unreadable::PdfObject;
        if self.peek() != Some(b'/') {
            return Err(bad);
        }
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|b| !is_space(*b) && !is_delimiter(*b)) {
            self.at += 1;
            if byte == b'#' {
                let digits = self.rest().get(..2).ok_or(bad)?;
                name.push(hex_byte(digits[0], digits[1]).ok_or(bad)?);
                self.at += 2;
            } else {
                name.push(byte);
            }
        }
        Ok(name)
    }

    /// A number, or the reference `n g R`.
    fn numeric(&mut self) -> Result<Object, Unreadable> {
        let length = self.rest().iter().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.')).count();
        let text = self.rest().get(..length).and_then(|t| std::str::from_utf8(t).ok());
        let text = text.ok_or(Unreadable::PdfObject)?;
        self.at += length;
        if text.contains('.') {
            return text.parse::<f64>().map(|_| Object::Real).map_err(|_| Unreadable::PdfObject);
        }
        let value: i64 = text.parse().map_err(|_| Unreadable::PdfObject)?;
        let after = self.at;
        if let Ok(number) = u32::try_from(value)
            && let Some(Ok(generation)) = self.number().map(u16::try_from)
            && self.word("R")
        {
            return Ok(Object::Reference(Reference { number, generation }));
        }
        self.at = after;
        Ok(Object::Integer(value))
    }

    fn hexadecimal(&mut self) -> Result<Object, Unreadable> {
        let from = self.at;
        let end = self.rest().iter().position(|b| *b == b'>').ok_or(Unreadable::PdfObject)?;
        let mut digits: Vec<u8> = self.rest()[1..end].iter().copied().filter(|b| !is_space(*b)).collect();
        if digits.len() % 2 == 1 {
            digits.push(b'0');
        }
        let bytes =
            digits.chunks_exact(2).map(|pair| hex_byte(pair[0], pair[1]).ok_or(Unreadable::PdfObject));
        let bytes = bytes.collect::<Result<_, _>>()?;
        self.at += end + 1;
        Ok(Object::Text(Text { bytes, at: from..self.at }))
    }

    fn literal(&mut self) -> Result<Object, Unreadable> {
        let from = self.at;
        let (mut bytes, mut open) = (Vec::new(), 0_usize);
        loop {
            let byte = self.peek().ok_or(Unreadable::PdfObject)?;
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        bytes.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(Object::Text(Text { bytes, at: from..self.at }));
                    }
                    bytes.push(byte);
                }
                // What an escape means is of no use here: nothing that is looked at holds one.
                b'\\' => {
                    bytes.push(self.peek().ok_or(Unreadable::PdfObject)?);
                    self.at += 1;
                }
                _ => bytes.push(byte),
            }
        }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(digit(high)? * 16 + digit(low)?)
}
