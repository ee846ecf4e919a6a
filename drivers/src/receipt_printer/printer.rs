//! The ESC/POS printer at a port.
//!
//! Duty: the order of a job (reference page "receipt printer", section "Status") and an honest report of it. Never: begin
//! a job on a printer that has something left of another.

mod copies;
mod job;
mod marks;
mod presenter;
mod recovery;

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::device::PaperSupply;
use domain::paper::document::PaperDocument;

use super::escpos::{DocumentError, PrintJob};
use super::font::PaperFonts;
use super::link::Link;
use super::profile::PrinterProfile;
use super::status::{Cause, Media, PrinterStatus};
use super::{Evidence, Outcome, PrintProgress, PrintReport, PrintedAs, ReceiptPrinter, Recovery, Remainder};
use crate::transport::{
    OutgoingHidden, PortAddress, PortTrouble, RecordingError, TransportError, open, open_recorded,
};
use copies::BegunPapers;
use job::Running;
use recovery::Unfinished;

/// A receipt printer that speaks ESC/POS.
pub struct EscPosPrinter<'f> {
    address: PortAddress,
    opening: Opening,
    profile: PrinterProfile,
    fonts: PaperFonts<'f>,
    link: Option<Link>,
    next_job: u32,
    unfinished: Option<Unfinished>,
    begun: BegunPapers,
}

/// How often the port is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// Whenever it is needed.
    AsNeeded,
    /// Not again: a recording is of one opening.
    Over,
}

impl<'f> EscPosPrinter<'f> {
    /// A printer at a port, which is opened when it is first needed and again after it was lost.
    ///
    /// Jobs are numbered from a place that the clock chooses, so that a late answer to another program's job is not taken
    /// for ours.
    pub fn new(address: PortAddress, profile: PrinterProfile, fonts: PaperFonts<'f>) -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let next_job = u32::try_from(seconds % u64::from(JOB_NUMBERS)).unwrap_or(0);
        let begun = BegunPapers::default();
        let opening = Opening::AsNeeded;
        Self { address, opening, profile, fonts, link: None, next_job, unfinished: None, begun }
    }

    /// Opens the port now and writes everything that goes over it into a new file: what is printed only by its length, what
    /// the printer says as it is. The port is not opened again once it is lost, or where it could not be opened.
    ///
    /// # Errors
    /// [`RecordingError::Opening`] where the port cannot be opened, else why the file cannot be made.
    pub fn record(&mut self, path: &Path) -> Result<(), RecordingError> {
        self.opening = Opening::Over;
        self.link = Some(Link::new(open_recorded(&self.address, Box::new(OutgoingHidden), path)?));
        Ok(())
    }

    /// The same with a first job number of the caller's choice: equal documents then make equal bytes.
    #[must_use]
    pub const fn numbered_from(mut self, first: u32) -> Self {
        self.next_job = first % JOB_NUMBERS;
        self
    }

    /// The same with another time than the profile's until a paper that is held out counts as forgotten. A printer that
    /// holds no papers out has no use for it.
    #[must_use]
    pub fn forgotten_after(mut self, wait: Duration) -> Self {
        if let Some(presenter) = &mut self.profile.presenter {
            presenter.wait = wait;
        }
        self
    }

    /// What this printer can do.
    pub const fn profile(&self) -> &PrinterProfile {
        &self.profile
    }

    /// The link, opened if need be.
    fn connected(&mut self) -> Result<&mut Link, TransportError> {
        if self.link.is_none() && self.opening == Opening::AsNeeded {
            self.link = Some(Link::new(open(&self.address)?));
            if let PortAddress::Replay { .. } = self.address {
                self.opening = Opening::Over;
            }
        }
        self.link.as_mut().ok_or(TransportError::Gone { port: self.address.to_string() })
    }

    /// Asks for the status. A link that breaks is opened anew once: a network printer that was switched off and on has
    /// forgotten the old one.
    fn asked(&mut self) -> PrinterStatus {
        match self.asked_once() {
            Ok(status) => status,
            Err(_) => {
                self.link = None;
                self.asked_once().unwrap_or_else(|_| {
                    self.link = None;
                    PrinterStatus::unreachable(Cause::NoAnswer)
                })
            }
        }
    }

    fn asked_once(&mut self) -> Result<PrinterStatus, TransportError> {
        if self.connected().is_err() {
            return Ok(PrinterStatus::unreachable(Cause::Port));
        }
        let Some(link) = &mut self.link else { return Ok(PrinterStatus::unreachable(Cause::Port)) };
        let raw = link.ask_all(&self.profile)?;
        // A printer that is silent may still have a port that knows why.
        if raw.printer.is_none() && link.port_trouble() == Some(PortTrouble::PaperEmpty) {
            let unreachable = PrinterStatus::unreachable(Cause::PaperOut);
            return Ok(PrinterStatus { paper: PaperSupply::Out, ..unreachable });
        }
        Ok(PrinterStatus::of(raw, &self.profile))
    }

    fn job_number(&mut self) -> [u8; 4] {
        let mut number = self.next_job;
        self.next_job = (self.next_job + 1) % JOB_NUMBERS;
        let mut id = [b'0'; 4];
        for digit in id.iter_mut().rev() {
            *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(number % 36) as usize];
            number /= 36;
        }
        id
    }

    /// The document as a job; one that was begun before and not proved gets 补打 on top.
    fn encoded(
        &self,
        document: &PaperDocument,
        id: [u8; 4],
    ) -> Result<(PrintJob, u64, PrintedAs), DocumentError> {
        let encode = |document: &PaperDocument| PrintJob::encode(document, &self.profile, &self.fonts, id);
        let job = encode(document)?;
        let fingerprint = self.begun.fingerprint(&job);
        if !self.begun.contains(fingerprint) {
            return Ok((job, fingerprint, PrintedAs::Given));
        }
        Ok((encode(&copies::marked(document))?, fingerprint, PrintedAs::Reprint))
    }

    /// A printer that is ready for a job, or why it is not.
    fn ready(&mut self) -> PrinterStatus {
        let status = match self.unfinished {
            Some(_) => self.recover().status,
            None => {
                if self.connected().is_ok_and(|link| link.discard_input().is_err()) {
                    self.link = None;
                }
                self.asked()
            }
        };
        match (status.cause, status.media) {
            (None, Media::Present) => self.clear_exit(status),
            _ => status,
        }
    }

    fn refused(&self, cause: Cause, status: PrinterStatus) -> PrintReport {
        PrintReport {
            outcome: Outcome::NotPrinted,
            evidence: Evidence::None,
            cause: Some(cause),
            status,
            bytes: 0,
            head_bound: Duration::ZERO,
            remainder: self.unfinished.as_ref().map_or(Remainder::Nothing, |u| u.remainder),
            presented: None,
            copy: PrintedAs::Given,
        }
    }
}

/// Job numbers are four digits to the base 36.
const JOB_NUMBERS: u32 = 36 * 36 * 36 * 36;

impl ReceiptPrinter for EscPosPrinter<'_> {
    fn status(&mut self) -> PrinterStatus {
        self.asked()
    }

    fn print(&mut self, document: &PaperDocument, progress: &mut dyn FnMut(PrintProgress)) -> PrintReport {
        let id = self.job_number();
        let Ok((job, fingerprint, copy)) = self.encoded(document, id) else {
            let status = self.asked();
            return self.refused(Cause::Document, status);
        };
        let status = self.ready();
        if let Some(cause) = status.cause {
            return self.refused(cause, status);
        }
        let Some(link) = self.link.as_mut() else { return self.refused(Cause::Port, status) };
        let mut running = Running::begin(&job, id, &self.profile, link, status, progress);
        let end = running.run();
        let mut report = running.report(end);
        report.copy = copy;
        if report.outcome != Outcome::Printed {
            let unfinished = running.unfinished(report.outcome);
            self.begun.note(fingerprint);
            self.unfinished = Some(unfinished);
            report.remainder = self.clear();
            if report.status.cause == Some(Cause::NoAnswer) {
                self.link = None;
            }
        }
        report
    }

    fn recover(&mut self) -> Recovery {
        self.recovered()
    }

    fn stray_bytes(&self) -> u32 {
        self.link.as_ref().map_or(0, Link::stray_bytes)
    }
}

impl EscPosPrinter<'_> {
    /// The latest moment at which what the printer has to do by itself is done.
    fn soon(&self) -> Instant {
        Instant::now() + self.profile.finish_limit
    }
}
