//! What comes with the program besides the pages, as its parts take it.

use crate::input::pinyin::{Dictionary, Pinyin};
use drivers::receipt_printer::{FontError, PaperFonts};
use shipped::{AssetError, Typeface};
use std::sync::OnceLock;

/// The city's own words, first among what pinyin may mean.
static SITE: Dictionary<'static> = Dictionary::unsorted(include_bytes!("../../assets/input/site-words.tsv"));

/// What a terminal is opened with.
pub struct Shipped {
    /// The typeface of papers, the same as that of the screen.
    pub fonts: PaperFonts<'static>,
    /// The pinyin input method.
    pub pinyin: Pinyin<'static>,
}

/// Why something that comes with the program cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShippedError {
    /// It is not where it belongs.
    #[error(transparent)]
    Absent(#[from] AssetError),
    /// The typeface is damaged.
    #[error(transparent)]
    Damaged(#[from] FontError),
}

impl Shipped {
    /// Opens all of it, so that what is missing shows at the start and not in a visit.
    ///
    /// # Errors
    /// Something is not where it belongs, or damaged.
    pub fn open() -> Result<Self, ShippedError> {
        Ok(Self { fonts: paper_fonts()?, pinyin: pinyin()? })
    }
}

/// The typeface of papers.
///
/// # Errors
/// It is not where it belongs, or damaged.
pub fn paper_fonts() -> Result<PaperFonts<'static>, ShippedError> {
    let Typeface { regular, bold } = shipped::typeface()?;
    Ok(PaperFonts::new(regular, bold)?)
}

/// The pinyin input method with the city's words and the language's; none of them is read yet.
pub(crate) fn pinyin() -> Result<Pinyin<'static>, AssetError> {
    static LANGUAGE: OnceLock<Dictionary<'static>> = OnceLock::new();
    let words = shipped::pinyin_words()?;
    Ok(Pinyin::new(&SITE, LANGUAGE.get_or_init(|| Dictionary::sorted(words))))
}
