//! Receipt printers: what they say of themselves, and papers that are proved to be out.
//!
//! Duty: print a [`PaperDocument`], and tell the truth about what became of it. Never: call a paper printed because its
//! bytes were sent.

pub mod escpos;
pub mod link;
pub mod painter;
pub mod printer;
pub mod profile;
pub mod reply;
pub mod rom_charset;
mod status;

mod dither;
pub(crate) mod font;
pub(crate) mod qr;
pub(crate) mod raster;

pub use font::{FontError, PaperFonts};
pub use printer::EscPosPrinter;
pub use profile::{PrinterProfile, ProfileError};
pub use status::{Cause, Media, PrinterStatus, RawStatus};

use std::time::Duration;

use domain::paper::document::PaperDocument;

/// A printer of receipts and slips.
pub trait ReceiptPrinter: Send {
    /// Asks the printer how it is. A printer that cannot be reached is a status too.
    fn status(&mut self) -> PrinterStatus;

    /// Prints a paper, cuts it, and waits until there is proof, trouble, or no more hope; where the printer holds papers
    /// out, also until it is taken or taken back.
    ///
    /// `progress` is called while bytes go out and paper moves. A job that ended early is never continued: the next one
    /// begins with [`recover`](Self::recover), and a paper that was begun and not proved is printed again only with
    /// 补打 on it: if the document does not say so itself, the driver adds it ([`PrintReport::copy`]).
    fn print(&mut self, document: &PaperDocument, progress: &mut dyn FnMut(PrintProgress)) -> PrintReport;

    /// Frees the printer from what an unfinished job left in it: its buffer is cleared or worked off, the leftover paper
    /// is cut off. Says what became of that job, as far as it can be known.
    fn recover(&mut self) -> Recovery;

    /// Bytes that belonged to no reply, since the port was opened: a line that is disturbed says so before it gets worse.
    fn stray_bytes(&self) -> u32;
}

/// How far a paper is. Rows are dots of paper length, as in the picture of [`painter::paint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintProgress {
    /// Rows that the head can have printed by now, by its speed and what it was sent.
    pub rows_out: u32,
    /// Rows of the whole paper.
    pub rows: u32,
    /// What is going on.
    pub stage: PrintStage,
}

/// What is going on with a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintStage {
    /// It is being printed.
    Printing,
    /// It is held out and waits for a hand.
    HeldOut,
}

/// What became of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Out, with [`Evidence`].
    Printed,
    /// Not out, or not whole.
    NotPrinted,
    /// All of it was sent, and neither its end nor its failure is proved.
    Unknown,
}

/// What proves that a paper is out (reference page "receipt printer", section "Status").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The printer answered the job's own number after all before it was printed (`GS ( H` fn 48).
    ProcessId,
    /// The printer worked off its buffer (`GS r`), not before the head can have done it, and is healthy.
    Drained,
    /// A sensor saw the paper come out.
    Sensor,
    /// Nothing.
    None,
}

/// What an unfinished job left in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Remainder {
    /// Nothing: it was finished, or nothing was sent, or the printer confirmed that its buffer is empty.
    Nothing,
    /// Lines of it may come out when the printer gets paper again.
    MayStillCome,
}

/// What became of a paper that a printer held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presented {
    /// A hand took it.
    Taken,
    /// Nobody took it in time, and the printer took it back.
    Retracted,
    /// Nobody took it in time, and it is still in the exit.
    Left,
    /// The printer no longer said, or never that the paper was out.
    Unknown,
}

/// Whether a paper says that it may not be the first of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintedAs {
    /// As the document was given.
    Given,
    /// 补打: the same document was begun before and not proved, so the driver wrote it on top.
    Reprint,
}

/// What became of a job that had ended without proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Earlier {
    /// There was none.
    Nothing,
    /// The printer is not ready: nothing can be said yet, and its lines may still come.
    StillThere,
    /// Its paper came out after all, proved so.
    CameOut(Evidence),
    /// It will not come out whole; a piece at most was cut off.
    Lost,
    /// It cannot be known whether its paper came out.
    Unknown,
}

/// The end of a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// How the printer is now.
    pub status: PrinterStatus,
    /// What became of the job that was unfinished.
    pub earlier: Earlier,
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
    /// Bytes of the job that were sent, status requests not counted.
    pub bytes: usize,
    /// The earliest moment after the beginning at which the head can have had the last row out.
    pub head_bound: Duration,
    /// What is left in the printer.
    pub remainder: Remainder,
    /// What became of the paper where the printer held it out; none where it has no such part, or did not come to it.
    pub presented: Option<Presented>,
    /// Whether the driver wrote 补打 on it.
    pub copy: PrintedAs,
}

impl Outcome {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::NotPrinted => "not_printed",
            Self::Unknown => "unknown",
        }
    }
}

impl Evidence {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ProcessId => "process_id",
            Self::Drained => "drained",
            Self::Sensor => "sensor",
            Self::None => "none",
        }
    }
}

impl Presented {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Retracted => "retracted",
            Self::Left => "left",
            Self::Unknown => "unknown",
        }
    }
}

impl PrintedAs {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Reprint => "reprint",
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
