//! The ESC/POS printer at a port.
//!
//! Duty: the order of a job (reference page "receipt printer", section "Status") and an honest report of it. Never: begin
//! a job on a printer that has something left of another.

mod job;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::paper::document::PaperDocument;

use super::escpos::{CLEAR_BUFFERS, PrintJob, RECOVER_AND_CLEAR, cut};
use super::font::PaperFonts;
use super::link::Link;
use super::profile::{Buffer, PrinterProfile};
use super::reply::Reply;
use super::status::{Cause, PrinterStatus};
use super::{Evidence, Outcome, PrintProgress, PrintReport, ReceiptPrinter, Remainder};
use crate::transport::{PortAddress, TransportError, open};
use job::Running;

/// A receipt printer that speaks ESC/POS.
pub struct EscPosPrinter<'f> {
    address: PortAddress,
    profile: PrinterProfile,
    fonts: PaperFonts<'f>,
    link: Option<Link>,
    next_job: u32,
    leftover: Leftover,
}

/// What stands between the printer and a clean start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leftover {
    /// Nothing is known of.
    Nothing,
    /// A job ended early: its lines may be in the buffer, its paper under the cutter.
    OfAJob,
}

impl<'f> EscPosPrinter<'f> {
    /// A printer at a port, which is opened when it is first needed and again after it was lost.
    ///
    /// Jobs are numbered from a place that the clock chooses, so that a late answer to another program's job is not taken
    /// for ours.
    pub fn new(address: PortAddress, profile: PrinterProfile, fonts: PaperFonts<'f>) -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let next_job = u32::try_from(seconds % u64::from(JOB_NUMBERS)).unwrap_or(0);
        Self { address, profile, fonts, link: None, next_job, leftover: Leftover::Nothing }
    }

    /// The same with a first job number of the caller's choice: equal documents then make equal bytes.
    #[must_use]
    pub const fn numbered_from(mut self, first: u32) -> Self {
        self.next_job = first % JOB_NUMBERS;
        self
    }

    /// What this printer can do.
    pub const fn profile(&self) -> &PrinterProfile {
        &self.profile
    }

    /// The link, opened if need be.
    fn connected(&mut self) -> Result<&mut Link, TransportError> {
        if self.link.is_none() {
            self.link = Some(Link::new(open(&self.address)?));
        }
        self.link.as_mut().ok_or(TransportError::Gone { port: self.address.to_string() })
    }

    /// Asks for the status; a link that breaks is closed, so that the next question opens it anew.
    fn asked(&mut self) -> PrinterStatus {
        let (limit, near_end) = (self.profile.reply_limit, self.profile.near_end);
        let answer = match self.connected() {
            Ok(link) => link.ask_all(limit),
            Err(_) => return PrinterStatus::unreachable(Cause::Port),
        };
        match answer {
            Ok(raw) => PrinterStatus::of(raw, near_end),
            Err(_) => {
                self.link = None;
                PrinterStatus::unreachable(Cause::NoAnswer)
            }
        }
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

    /// Asks the printer to forget what it has; whether it said that it did.
    fn clear(&mut self) -> Remainder {
        let deadline = Instant::now() + self.profile.reply_limit;
        let clearable = self.profile.buffer == Buffer::Clearable;
        let Some(link) = self.link.as_mut() else { return Remainder::MayStillCome };
        let mut exchange = || -> Result<Remainder, TransportError> {
            link.send(&RECOVER_AND_CLEAR, deadline).map_err(|(_, e)| e)?;
            if clearable {
                link.send(&CLEAR_BUFFERS, deadline).map_err(|(_, e)| e)?;
                while let Some(reply) = link.reply(deadline)? {
                    if reply == Reply::Cleared {
                        return Ok(Remainder::Nothing);
                    }
                }
            }
            Ok(Remainder::MayStillCome)
        };
        exchange().unwrap_or(Remainder::MayStillCome)
    }

    fn refused(cause: Cause, status: PrinterStatus) -> PrintReport {
        PrintReport {
            outcome: Outcome::NotPrinted,
            evidence: Evidence::None,
            cause: Some(cause),
            status,
            bytes: 0,
            head_bound: Duration::ZERO,
            remainder: Remainder::Nothing,
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
        let Ok(job) = PrintJob::encode(document, &self.profile, &self.fonts, id) else {
            let status = self.asked();
            return Self::refused(Cause::Document, status);
        };
        if self.connected().is_ok_and(|link| link.discard_input().is_err()) {
            self.link = None;
        }
        let status = match self.leftover {
            Leftover::Nothing => self.asked(),
            Leftover::OfAJob => self.recover(),
        };
        if let Some(cause) = status.cause {
            return Self::refused(cause, status);
        }
        let Some(link) = self.link.as_mut() else { return Self::refused(Cause::Port, status) };
        let mut running = Running::begin(&job, id, &self.profile, link, status, progress);
        let end = running.run();
        let mut report = running.report(end);
        if report.outcome != Outcome::Printed {
            self.leftover = Leftover::OfAJob;
            report.remainder = self.clear();
            if report.status.cause == Some(Cause::NoAnswer) {
                self.link = None;
            }
        }
        report
    }

    fn recover(&mut self) -> PrinterStatus {
        if self.connected().is_ok() && self.leftover == Leftover::OfAJob {
            self.clear();
        }
        let status = self.asked();
        if status.cause.is_some() || self.leftover == Leftover::Nothing {
            return status;
        }
        let deadline = Instant::now() + self.profile.finish_limit;
        let freed = [&[0x1B, b'@'], cut(self.profile.cut).as_slice()].concat();
        let Some(link) = self.link.as_mut() else { return status };
        if link.send(&freed, deadline).is_err() {
            self.link = None;
            return PrinterStatus::unreachable(Cause::NoAnswer);
        }
        self.leftover = Leftover::Nothing;
        self.asked()
    }
}
