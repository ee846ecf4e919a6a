//! QR codes as modules.
//!
//! Duty: the symbol and how large it is printed. Never: resample it. Sizes: reference page "receipt printer", section "QR".

use qrcode::{EcLevel, QrCode};

use super::escpos::DocumentError;

/// White modules around a symbol (ISO/IEC 18004).
pub(crate) const QUIET: usize = 4;

/// The symbol of a text, level M, and its size on paper.
pub(crate) struct QrSymbol {
    /// Modules along a side.
    pub(crate) size: usize,
    /// Dots of a module: 4 or 6, so that a printer that doubles dots draws it as well.
    pub(crate) module: usize,
    dark: Vec<bool>,
}

impl QrSymbol {
    /// The symbol for a paper of so many dots.
    pub(crate) fn new(payload: &str, paper_dots: u16) -> Result<Self, DocumentError> {
        let code = QrCode::with_error_correction_level(payload, EcLevel::M)
            .map_err(|_| DocumentError::QrTooMuch { bytes: payload.len() })?;
        let size = code.width();
        let dark = code.into_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
        let fits = |module: usize, dots: usize| (size + 2 * QUIET) * module <= dots;
        let module = match usize::from(paper_dots) {
            // 256 dots are 32 mm: larger is no easier to read.
            dots if fits(6, dots.min(256)) => 6,
            dots if fits(4, dots) => 4,
            _ => return Err(DocumentError::QrTooWide { modules: size, dots: paper_dots }),
        };
        Ok(Self { size, module, dark })
    }

    /// Rows of dots that it takes on paper, its quiet zone included.
    pub(crate) const fn rows(&self) -> usize {
        (self.size + 2 * QUIET) * self.module
    }

    /// Whether a module is dark.
    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }
}
