//! A picture of every page, in every mode, language and size, with what stands on it.
//!
//! Duty: walk the session from page to page with real devices' and province's answers, and hold it on each while it is
//! drawn. Never: make up a page's state; a page that cannot be reached is an error.

mod easel;
mod sampler;
mod tour;

use crate::cli::GalleryOptions;
use crate::headless::{Booth, BoothError, BoothOptions, Unreached};
use crate::journal::Journal;
use crate::output::Output;
use crate::rig::RigProvince;
use domain::session::page::Page;
use easel::Easel;
use platform_client::sim::CatalogueSource;
use serde_json::json;
use std::path::PathBuf;
use time::macros::datetime;

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

/// Draws it, on a thread of its own; names of pages or files go to the output.
///
/// # Errors
/// Why there is none.
pub fn run(options: GalleryOptions, output: Output) -> Result<(), GalleryError> {
    if let Some(name) = &options.page
        && Page::all().all(|page| page.name() != name)
    {
        return Err(GalleryError::NoPage(name.clone()));
    }
    let Some(out) = options.out.clone() else {
        for page in Page::all() {
            output.line(page.name(), &json!({"page": page.name()}));
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
    let booth = Booth::open(BoothOptions {
        screen: easel.first_screen(),
        seed: 1,
        time: datetime!(2026-11-24 10:24 +8),
        province: RigProvince::Here(CatalogueSource::Embedded),
        data: scratch.path().to_owned(),
        journal: Journal::none(),
        on_paper: None,
        on_document: None,
    })?;
    tour::Tour::new(&booth, easel).walk()?.hang()
}
