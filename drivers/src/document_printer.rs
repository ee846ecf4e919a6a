//! Document printers: whole pages, above all the issuer's own files, proved to be out.
//!
//! Duty: print a [`Document`] byte for byte, and tell the truth about what became of it. Never: change an issuer's file,
//! draw what it cannot draw whole, or call a document printed because its bytes were sent.

pub mod document;
pub mod form;
pub mod http;
pub mod ipp;
pub mod message;
pub mod recording;

mod carrier;
mod status;

pub use document::{Document, DocumentError, Format};
pub use http::PrinterUri;
pub use ipp::IppPrinter;
pub use status::{Cause, PrinterState, PrinterStatus};

pub use crate::receipt_printer::{Outcome, Remainder};

/// A printer of whole pages.
pub trait DocumentPrinter: Send {
    /// Asks the printer how it is. A printer that cannot be reached is a status too.
    fn status(&mut self) -> PrinterStatus;

    /// Prints a document, and waits until there is proof, trouble, or no more hope. Trouble cancels the job, so that
    /// nothing comes out for whoever stands there next.
    ///
    /// An earlier job of which the end is not known is first [recovered](Self::recover); while that cannot be done,
    /// nothing is printed.
    fn print(&mut self, document: &Document, progress: &mut dyn FnMut(PrintProgress)) -> PrintReport;

    /// Cancels what an earlier job may have left in the printer, and says what became of it, as far as it can be known.
    fn recover(&mut self) -> Recovery;
}

/// How far a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintProgress {
    /// Bytes that have gone.
    pub bytes: usize,
    /// Pages that the printer says are out; none where it does not count or was not asked yet.
    pub pages_out: Option<u32>,
    /// Pages of the document, where they are known.
    pub pages: Option<u32>,
}

/// What proves that a document is out (RFC 8011, 5.3.7: `completed` is said only when all sheets are in the output tray).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The job is completed, and the printer counted as many printed page sides as the document has
    /// (`job-impressions-completed`).
    Impressions,
    /// The job is completed, and the printer, which counts no sides, counted the sheets (`job-media-sheets-completed`).
    Sheets,
    /// The job is completed, and the printer counts nothing: its word alone.
    JobCompleted,
    /// Nothing.
    None,
}

/// The truth about a print job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintReport {
    /// What became of it.
    pub outcome: Outcome,
    /// What proves it; only [`Outcome::Printed`] has other than none.
    pub evidence: Evidence,
    /// Why it was not printed, or is not known to be.
    pub cause: Option<Cause>,
    /// What the printer said last.
    pub status: PrinterStatus,
    /// Bytes of the document that were sent.
    pub bytes: usize,
    /// Pages of the document, where they are known.
    pub pages: Option<u32>,
    /// Pages that the printer says came out; none where it does not count.
    pub pages_out: Option<u32>,
    /// What may still come out of the printer.
    pub remainder: Remainder,
}

/// What became of a job that had ended without proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Earlier {
    /// There was none.
    Nothing,
    /// The printer cannot be asked, or is still at it: pages may still come.
    StillThere,
    /// It came out after all, proved so.
    CameOut(Evidence),
    /// It was cancelled or given up: it does not come out, or not whole.
    Lost,
    /// The printer no longer knows it.
    Unknown,
}

/// The end of a recovery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// How the printer is now.
    pub status: PrinterStatus,
    /// What became of the job that was unfinished.
    pub earlier: Earlier,
}

impl Evidence {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Impressions => "impressions",
            Self::Sheets => "sheets",
            Self::JobCompleted => "job_completed",
            Self::None => "none",
        }
    }
}

impl Earlier {
    /// The word for a journal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::StillThere => "still_there",
            Self::CameOut(_) => "came_out",
            Self::Lost => "lost",
            Self::Unknown => "unknown",
        }
    }
}
