//! A picture of every page, in every mode, language and size, with what stands on it.
//!
//! Duty: walk the session from page to page with real devices' and province's answers, and hold it on each while it is
//! drawn. Never: make up a page's state; a page that cannot be reached is an error.

mod easel;
mod sampler;
mod tour;

use crate::cli::GalleryOptions;
use crate::headless::{Booth, BoothError, BoothOptions, Unreached};
use crate::output::Output;
use crate::pages::technician::Tab;
use domain::session::page::Page;
use easel::Easel;
use serde_json::json;
use std::path::PathBuf;

/// Why there is no gallery.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// There is no such page.
    #[error("`{0}` is no page: `gallery --list` prints them")]
    NoPage(String),
    /// The terminal.
    #[error(transparent)]
    Booth(#[from] BoothError),
    /// A file cannot be written.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The tour did not come to a page.
    #[error(transparent)]
    Unreached(#[from] Unreached),
    /// The thread ended.
    #[error("the gallery's thread has ended")]
    Thread,
}

impl GalleryError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NoPage(_) => "no_page",
            Self::Booth(error) => error.kind(),
            Self::File { .. } => "file",
            Self::Unreached(_) => "unreached",
            Self::Thread => "thread",
        }
    }
}

/// The page of the rating once a low level is chosen, when it asks for more.
const RATING_REASONS: &str = "rating-reasons";
/// A field that takes a picture or an electronic certificate.
const PHOTO_OR_LICENCE: &str = "form-photo-or-licence";

/// The name of every page, and of each of the several that some of them are.
fn names() -> impl Iterator<Item = String> {
    let technician = Tab::ALL.into_iter().map(|tab| format!("{}-{}", Page::Technician, tab.name()));
    let several = [RATING_REASONS, PHOTO_OR_LICENCE].map(str::to_owned);
    Page::all().map(|page| page.name().to_owned()).chain(several).chain(technician)
}

/// Draws it, on a thread of its own; names of pages or files go to the output.
///
/// # Errors
/// Why there is none.
pub fn run(options: GalleryOptions, output: Output) -> Result<(), GalleryError> {
    if let Some(name) = &options.page
        && names().all(|known| known != *name)
    {
        return Err(GalleryError::NoPage(name.clone()));
    }
    let Some(out) = options.out.clone() else {
        for name in names() {
            output.line(&name, &json!({"page": name}));
        }
        return Ok(());
    };
    let drawn = std::thread::spawn(move || draw(options, out, output));
    drawn.join().unwrap_or(Err(GalleryError::Thread))
}

fn draw(options: GalleryOptions, out: PathBuf, output: Output) -> Result<(), GalleryError> {
    let file = |cause: std::io::Error| GalleryError::File { path: out.clone(), cause: cause.to_string() };
    std::fs::create_dir_all(&out).map_err(file)?;
    let scratch = tempfile::tempdir().map_err(file)?;
    let easel = Easel::new(&options, out.clone(), output);
    let booth =
        Booth::open(BoothOptions { screen: easel.first_screen(), ..BoothOptions::usual(scratch.path()) })?;
    tour::Tour::new(&booth, easel).walk()?.hang()
}
