//! What must hold for any bytes: an issuer's file, and what a document printer answers.

use std::collections::VecDeque;
use std::time::Instant;

use drivers::document_printer::document::{LARGEST, MOST_PAGES};
use drivers::document_printer::http;
use drivers::document_printer::message::{Answer, Group};
use drivers::document_printer::{Document, Format};
use drivers::transport::{Transport, TransportError};

/// A file that may be printed is what it was, byte for byte, and within its limits.
pub(crate) fn file(bytes: &[u8]) {
    match Document::inspect(bytes.to_vec()) {
        Ok(document) => {
            assert_eq!(document.bytes(), bytes);
            assert!(bytes.len() <= LARGEST);
            let head: &[u8] = match document.format() {
                Format::Pdf => b"%PDF-",
                Format::Ofd => b"PK\x03\x04",
            };
            assert!(bytes.starts_with(head));
            assert!(document.pages().is_none_or(|pages| (1..=MOST_PAGES).contains(&pages)));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// An answer's attributes have names and values; one more byte behind it changes nothing.
pub(crate) fn answer(bytes: &[u8]) {
    let Ok(answer) = Answer::parse(bytes) else { return };
    assert!(answer.attributes.iter().all(|attribute| !attribute.values.is_empty()));
    assert!(answer.attributes.len() <= bytes.len() / 5);
    let _ = answer.number(Group::Job, "job-state");
    assert_eq!(Answer::parse(&[bytes, &[0]].concat()), Ok(answer));
}

/// Bytes that a printer's web server sends in pieces: a body is no longer than what came.
pub(crate) fn http(bytes: &[u8]) {
    let Some((size, bytes)) = bytes.split_first() else { return };
    let pieces = bytes.chunks(usize::from(*size).max(1)).map(<[u8]>::to_vec).collect();
    let mut line = Line(pieces);
    if let Ok(body) = http::answer(&mut line, Instant::now()) {
        assert!(body.len() <= bytes.len());
    }
}

/// A document printer's recording: what is taken for one begins with its head.
pub(crate) fn recording(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if drivers::document_printer::recording::check(text).is_ok() {
        assert!(text.trim_start().starts_with('{'));
    }
}

struct Line(VecDeque<Vec<u8>>);

impl Line {
    fn gone() -> TransportError {
        TransportError::Gone { port: String::new() }
    }
}

impl Transport for Line {
    fn read(&mut self, buffer: &mut [u8], _: Instant) -> Result<usize, TransportError> {
        let piece = self.0.pop_front().ok_or_else(Self::gone)?;
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }

    fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, TransportError> {
        Ok(bytes.len())
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        Ok(())
    }

    fn name(&self) -> &str {
        "line"
    }
}
