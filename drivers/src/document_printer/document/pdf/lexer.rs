//! Tokens and values of PDF (ISO 32000-1, 7.2 and 7.3).
//!
//! Duty: the next value, in bounded depth and number. Never: keep what it does not need: strings are skipped.

use std::borrow::Cow;

use super::{DocumentError, malformed};

/// A value or a keyword between them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'b> {
    Integer(i64),
    Name(Cow<'b, [u8]>),
    Reference(u32),
    Array(Vec<Value<'b>>),
    Dict(Dict<'b>),
    /// `obj`, `stream`, `true`, …
    Keyword(&'b [u8]),
    /// A string or a number with a point.
    Other,
}

/// A dictionary in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dict<'b>(Vec<(Cow<'b, [u8]>, Value<'b>)>);

impl<'b> Dict<'b> {
    pub(super) fn get(&self, key: &str) -> Option<&Value<'b>> {
        self.0.iter().find(|(name, _)| name.as_ref() == key.as_bytes()).map(|(_, value)| value)
    }

    /// Whether a key has that name for its value.
    pub(super) fn is(&self, key: &str, name: &[u8]) -> bool {
        matches!(self.get(key), Some(Value::Name(found)) if found.as_ref() == name)
    }

    pub(super) fn number(&self, key: &str) -> Option<usize> {
        match self.get(key) {
            Some(Value::Integer(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Value<'b>> {
        self.0.iter().map(|(_, value)| value)
    }
}

/// Values inside values.
const DEEPEST: usize = 64;

/// Reads values one after the other.
pub(super) struct Lexer<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Values that may still be read.
    pub(super) left: usize,
}

/// What one token is.
enum Token<'b> {
    Value(Value<'b>),
    OpenArray,
    CloseArray,
    OpenDict,
    CloseDict,
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'b> Lexer<'b> {
    pub(super) const fn new(bytes: &'b [u8], left: usize) -> Self {
        Self { bytes, at: 0, left }
    }

    /// How far it is.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The next value; none at the end. A bracket that closes nothing is passed over.
    pub(super) fn next(&mut self) -> Result<Option<Value<'b>>, DocumentError> {
        loop {
            match self.token()? {
                None => return Ok(None),
                Some(Token::CloseArray | Token::CloseDict) => {}
                Some(token) => return self.value(token, 0).map(Some),
            }
        }
    }

    /// The bytes of the stream that begins here, if one does (7.3.8).
    pub(super) fn stream(&mut self, dict: &Dict<'b>) -> Result<Option<&'b [u8]>, DocumentError> {
        let before = self.at;
        match self.token()? {
            Some(Token::Value(Value::Keyword(b"stream"))) => {}
            _ => {
                self.at = before;
                return Ok(None);
            }
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let start = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        let content = rest.get(start..).unwrap_or_default();
        let ends_at = |length: usize| {
            let tail = content.get(length..)?;
            let spaces = tail.iter().take(4).take_while(|byte| is_space(**byte)).count();
            tail.get(spaces..)?.starts_with(b"endstream").then_some(length)
        };
        let searched = || content.windows(b"endstream".len()).position(|found| found == b"endstream");
        let length = dict.number("Length").and_then(ends_at).or_else(searched);
        let length = length.ok_or(malformed("a stream has no end"))?;
        self.at += start + length;
        Ok(Some(&content[..length]))
    }

    fn value(&mut self, token: Token<'b>, depth: usize) -> Result<Value<'b>, DocumentError> {
        self.left = self.left.checked_sub(1).ok_or(malformed("it has more values than any certificate"))?;
        if depth > DEEPEST {
            return Err(malformed("its values are nested too deeply"));
        }
        match token {
            Token::Value(value) => Ok(value),
            Token::OpenArray => {
                let mut values = Vec::new();
                loop {
                    match self.token()?.ok_or(malformed("an array has no end"))? {
                        Token::CloseArray => return Ok(Value::Array(values)),
                        Token::CloseDict => return Err(malformed("an array has no end")),
                        token => {
                            let value = self.value(token, depth + 1)?;
                            push(&mut values, value);
                        }
                    }
                }
            }
            Token::OpenDict => {
                let mut values = Vec::new();
                loop {
                    match self.token()?.ok_or(malformed("a dictionary has no end"))? {
                        Token::CloseDict => return Ok(Value::Dict(paired(values)?)),
                        Token::CloseArray => return Err(malformed("a dictionary has no end")),
                        token => {
                            let value = self.value(token, depth + 1)?;
                            push(&mut values, value);
                        }
                    }
                }
            }
            Token::CloseArray | Token::CloseDict => Ok(Value::Other),
        }
    }

    fn token(&mut self) -> Result<Option<Token<'b>>, DocumentError> {
        self.skip_spaces();
        let Some(rest) = self.bytes.get(self.at..).filter(|rest| !rest.is_empty()) else { return Ok(None) };
        let (token, length) = match rest {
            [b'<', b'<', ..] => (Token::OpenDict, 2),
            [b'>', b'>', ..] => (Token::CloseDict, 2),
            [b'[', ..] => (Token::OpenArray, 1),
            [b']', ..] => (Token::CloseArray, 1),
            [b'(', ..] => (Token::Value(Value::Other), string(rest)?),
            [b'<', ..] => {
                let end = rest.iter().position(|byte| *byte == b'>');
                (Token::Value(Value::Other), end.ok_or(malformed("a string has no end"))? + 1)
            }
            [b'/', name @ ..] => {
                let length = regular(name);
                (Token::Value(Value::Name(plain(&name[..length]))), length + 1)
            }
            // A brace or a bracket that stands alone.
            [byte, ..] if !is_regular(*byte) => (Token::Value(Value::Other), 1),
            _ => {
                let word = &rest[..regular(rest)];
                (Token::Value(number_or_keyword(word)), word.len())
            }
        };
        self.at += length;
        Ok(Some(token))
    }

    /// White space and comments (7.2.3).
    fn skip_spaces(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            if *byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
            } else if is_space(*byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }
}

/// Adds a value; `12 0 R` becomes a reference.
fn push<'b>(values: &mut Vec<Value<'b>>, value: Value<'b>) {
    if value == Value::Keyword(b"R")
        && let [.., Value::Integer(number), Value::Integer(_)] = values.as_slice()
        && let Ok(number) = u32::try_from(*number)
    {
        values.truncate(values.len() - 2);
        values.push(Value::Reference(number));
    } else {
        values.push(value);
    }
}

fn paired(values: Vec<Value<'_>>) -> Result<Dict<'_>, DocumentError> {
    let mut pairs = Vec::with_capacity(values.len() / 2);
    let mut values = values.into_iter();
    while let Some(key) = values.next() {
        let (Value::Name(key), Some(value)) = (key, values.next()) else {
            return Err(malformed("a dictionary has a key that is no name"));
        };
        pairs.push((key, value));
    }
    Ok(Dict(pairs))
}

fn regular(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !is_regular(*byte)).unwrap_or(bytes.len())
}

fn number_or_keyword(word: &[u8]) -> Value<'_> {
    let text = std::str::from_utf8(word).unwrap_or_default();
    match text.parse() {
        Ok(number) => Value::Integer(number),
        Err(_) if matches!(word.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) => Value::Other,
        Err(_) => Value::Keyword(word),
    }
}

/// A name without its `#xx` (7.3.5): nothing hides behind another spelling.
fn plain(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let digit = |at: usize| name.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(name.len());
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'#'));
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// The length of a string in brackets, which may hold balanced ones (7.3.4.2).
fn string(bytes: &[u8]) -> Result<usize, DocumentError> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(at + 1);
        }
    }
    Err(malformed("a string has no end"))
}
