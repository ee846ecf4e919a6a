//! What a visit leaves in its folder: pictures of the pages, papers.

use super::VisitError;
use crate::headless::Booth;
use domain::session::page::Page;
use drivers::sim::document_printer::OnDocument;
use drivers::sim::printer::{OnPaper, SimulatedPaper};
use image::GrayImage;
use std::path::{Path, PathBuf};

/// The pictures of a visit, numbered as they were taken.
pub(super) struct Record {
    out: PathBuf,
    taken: usize,
}

impl Record {
    pub(super) fn new(out: PathBuf) -> Self {
        Self { out, taken: 0 }
    }

    /// Takes `NN-PAGE.png`.
    pub(super) fn picture(&mut self, booth: &Booth, page: Page) -> Result<(), VisitError> {
        self.picture_named(booth, page.name())
    }

    /// Takes a picture of something that lies on a page.
    pub(super) fn picture_named(&mut self, booth: &Booth, name: &str) -> Result<(), VisitError> {
        self.taken += 1;
        let path = self.out.join(format!("{:02}-{name}.png", self.taken));
        booth
            .stage()
            .picture()
            .save(&path)
            .map_err(|error| VisitError::File { path, cause: error.to_string() })
    }
}

/// Keeps each paper as `paper-N.png` and `paper-N.bin`.
pub(super) fn paper_taker(out: PathBuf) -> OnPaper {
    let mut count = 0;
    Box::new(move |paper| {
        count += 1;
        if let Err(error) = keep(paper, &out, count) {
            tracing::error!(%error, "a paper cannot be kept");
        }
    })
}

/// Keeps each document of the document printer as it came: `document-N.pdf` or `document-N.ofd`.
pub(super) fn document_taker(out: PathBuf) -> OnDocument {
    let mut count = 0;
    Box::new(move |document| {
        count += 1;
        let ending = if document.format == "application/ofd" { "ofd" } else { "pdf" };
        if let Err(error) = std::fs::write(out.join(format!("document-{count}.{ending}")), &document.bytes) {
            tracing::error!(%error, "a document cannot be kept");
        }
    })
}

fn keep(paper: &SimulatedPaper, out: &Path, number: usize) -> Result<(), image::ImageError> {
    std::fs::write(out.join(format!("paper-{number}.bin")), &paper.bytes)?;
    let side = |dots: usize| u32::try_from(dots).unwrap_or(u32::MAX);
    if let Some(picture) = GrayImage::from_raw(side(paper.width), side(paper.height), paper.pixels.clone()) {
        picture.save(out.join(format!("paper-{number}.png")))?;
    }
    Ok(())
}
