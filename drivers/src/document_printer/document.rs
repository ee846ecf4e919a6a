//! A file that may be printed: an issuer's PDF or OFD, looked at and never changed.
//!
//! Duty: say what it is by its content, how many pages it has, and refuse by name what must not go to a printer. Never:
//! change a byte, or check a seal.

mod ofd;
mod pdf;

use zeroize::{Zeroize as _, ZeroizeOnDrop};

/// Largest file.
pub const LARGEST: usize = 16 * 1024 * 1024;
/// Most pages.
pub const MOST_PAGES: u32 = 50;

/// What kind of document a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// ISO 32000
    Pdf,
    /// GB/T 33190
    Ofd,
}

impl Format {
    /// The media type, as IPP's `document-format` has it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
        }
    }

    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
        }
    }
}

/// A document that may be printed. Wiped when dropped; it may hold a resident's data, and does not show it.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Document {
    #[zeroize(skip)]
    format: Format,
    bytes: Vec<u8>,
    #[zeroize(skip)]
    pages: Option<u32>,
}

/// Why a file is not printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DocumentError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// More than [`LARGEST`].
    #[error("the file is larger than 16 MiB")]
    TooLarge,
    /// Neither format.
    #[error("the file is neither PDF nor OFD")]
    UnknownFormat,
    /// It cannot be read as what it says it is.
    #[error("{}: {what}", .format.word().to_uppercase())]
    Malformed {
        /// What it says it is.
        format: Format,
        /// What is wrong.
        what: &'static str,
    },
    /// It has something in it that does not go to a printer.
    #[error("{}: {what} is not printed", .format.word().to_uppercase())]
    Refused {
        /// What it is.
        format: Format,
        /// What it has.
        what: &'static str,
    },
}

impl Document {
    /// Looks at a file as a whole, in time and memory bounded by its size.
    ///
    /// # Errors
    /// Why it is not printed; the bytes are wiped.
    pub fn inspect(mut bytes: Vec<u8>) -> Result<Self, DocumentError> {
        match inspected(&bytes) {
            Ok((format, pages)) => Ok(Self { format, bytes, pages }),
            Err(error) => {
                bytes.zeroize();
                Err(error)
            }
        }
    }

    /// What it is.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Its bytes, as they came.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its pages, where they could be counted.
    pub const fn pages(&self) -> Option<u32> {
        self.pages
    }
}

fn inspected(bytes: &[u8]) -> Result<(Format, Option<u32>), DocumentError> {
    if bytes.is_empty() {
        return Err(DocumentError::Empty);
    }
    if bytes.len() > LARGEST {
        return Err(DocumentError::TooLarge);
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf::pages(bytes).map(|pages| (Format::Pdf, Some(pages)));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return ofd::pages(bytes).map(|pages| (Format::Ofd, pages));
    }
    Err(DocumentError::UnknownFormat)
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({}, {} bytes)", self.format.word(), self.bytes.len())
    }
}
