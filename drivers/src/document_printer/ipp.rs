//! A printer that speaks IPP 1.1 or 2.0 (RFC 8010, RFC 8011; PWG 5100.14).
//!
//! Duty: one job at a time, from the question whether it would be taken to the proof that it is out. Never: begin a job
//! while an earlier one may still come out.

mod client;
mod end;

use std::path::Path;
use std::time::Duration;

use domain::device::DeviceState;

use super::carrier::{Carrier, Network};
use super::http::{Patience, PrinterUri, Sent};
use super::recording::{Recorder, Replay};
use super::{
    Cause, Document, DocumentPrinter, Earlier, Evidence, Outcome, PrintProgress, PrintReport, PrinterStatus,
    Recovery, Remainder,
};
use crate::transport::{PortAddress, RecordingError};
use client::{AskError, Client, Job, JobState, USER};
use end::End;

/// How long a printer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To take a piece of a request, and to answer one.
    pub answer: Duration,
    /// To take the whole document after its last byte.
    pub swallow: Duration,
    /// Between two questions after a job.
    pub poll: Duration,
    /// Without an answer, until it counts as gone.
    pub silence: Duration,
    /// Without a page or any other progress, until the job is cancelled.
    pub standstill: Duration,
    /// To end a job that was cancelled.
    pub cancel: Duration,
}

impl Limits {
    /// What laser printers need: they warm up for most of a minute, and answer at once.
    pub const USUAL: Self = Self {
        answer: Duration::from_secs(5),
        swallow: Duration::from_secs(60),
        poll: Duration::from_millis(500),
        silence: Duration::from_secs(15),
        standstill: Duration::from_secs(90),
        cancel: Duration::from_secs(20),
    };

    /// The same for somebody who stands there: no answer is waited for longer than this. Pages keep their time, since a
    /// printer that warms up answers.
    #[must_use]
    pub fn answering_within(self, longest: Duration) -> Self {
        Self {
            answer: self.answer.min(longest),
            swallow: self.swallow.min(longest),
            silence: self.silence.min(longest),
            cancel: self.cancel.min(longest),
            ..self
        }
    }
}

/// A printer at an address `ipp://host:port/path`.
pub struct IppPrinter {
    client: Option<Client>,
    limits: Limits,
    unfinished: Option<Unfinished>,
}

/// A job of which the end is not known.
#[derive(Debug, Clone)]
struct Unfinished {
    /// Its number; none where the answer that had it was lost.
    number: Option<i32>,
    name: String,
    pages: Option<u32>,
}

impl IppPrinter {
    /// A printer, not asked yet. A port that is no such address is a printer that answers [`Cause::Port`].
    pub fn new(port: &PortAddress) -> Self {
        Self::over(network(port))
    }

    /// The same, everything that it is asked and answers being written into a new file that only its owner may read.
    ///
    /// # Errors
    /// The file is there already, or cannot be made. A port that is no such address makes none.
    pub fn recorded(port: &PortAddress, path: &Path) -> Result<Self, RecordingError> {
        let carrier = network(port).map(|carrier| Recorder::create(carrier, USER, path)).transpose()?;
        Ok(Self::over(carrier.map(|carrier| -> Box<dyn Carrier> { Box::new(carrier) })))
    }

    /// The printer of a recording. Its documents are nowhere: another one of as many pages stands for each.
    ///
    /// # Errors
    /// There is no such file, or it is no recording of a document printer.
    pub fn replayed(path: &Path) -> Result<Self, RecordingError> {
        Ok(Self::over(Some(Box::new(Replay::open(USER, path)?))))
    }

    /// No printer: every question is answered by [`Cause::Port`].
    pub fn absent() -> Self {
        Self::over(None)
    }

    fn over(carrier: Option<Box<dyn Carrier>>) -> Self {
        let limits = Limits::USUAL;
        Self {
            client: carrier.map(|carrier| Client::new(carrier, patience(limits), limits.swallow)),
            limits,
            unfinished: None,
        }
    }

    /// Lets the printer go; a recording is whole then.
    ///
    /// # Errors
    /// The recording could not be written, or a replay was asked something else than was recorded.
    pub fn finish(self) -> Result<(), RecordingError> {
        self.client.map_or(Ok(()), |client| client.carrier.finish())
    }

    /// The same with other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        if let Some(client) = &mut self.client {
            client.patience = patience(limits);
            client.swallow = limits.swallow;
        }
        self
    }

    /// The media types that the printer says it takes.
    pub fn formats(&mut self) -> Option<Vec<String>> {
        self.client.as_mut()?.printer().ok().map(|(_, abilities)| abilities.formats)
    }
}

fn network(port: &PortAddress) -> Option<Box<dyn Carrier>> {
    let PortAddress::Ipp { uri } = port else { return None };
    Some(Box::new(Network::new(PrinterUri::parse(uri)?)))
}

const fn patience(limits: Limits) -> Patience {
    Patience { piece: limits.answer, answer: limits.answer }
}

impl DocumentPrinter for IppPrinter {
    fn status(&mut self) -> PrinterStatus {
        let Some(client) = &mut self.client else { return PrinterStatus::unreachable(Cause::Port) };
        asked(client)
    }

    fn print(&mut self, document: &Document, progress: &mut dyn FnMut(PrintProgress)) -> PrintReport {
        let recovery = self.recover();
        let refused = |cause, status| not_begun(document, cause, status);
        if recovery.earlier == Earlier::StillThere {
            let cause = recovery.status.cause.unwrap_or(Cause::Busy);
            return refused(cause, recovery.status);
        }
        let Some(client) = &mut self.client else { return refused(Cause::Port, recovery.status) };
        let (status, abilities) = match client.printer() {
            Ok(found) => found,
            Err(error) => return refused(error.cause(), PrinterStatus::unreachable(error.cause())),
        };
        if let Some(cause) = status.cause {
            return refused(cause, status);
        }
        if !abilities.accepts_jobs {
            return refused(Cause::Busy, status);
        }
        if !abilities.formats.iter().any(|format| format == document.format().media_type()) {
            return refused(Cause::Format, status);
        }
        let name = client.carrier.job_name();
        if let Err(error) = client.validate(&name, document.format(), &abilities) {
            return refused(error.cause(), status);
        }
        let mut work = Work { client, limits: self.limits, document, progress, bytes: 0 };
        let (number, sent, error) = if abilities.creates_jobs {
            match work.client.create_job(&name, &abilities) {
                Ok(number) => {
                    let (sent, result) = work.send(number);
                    (Some(number), sent, result.err())
                }
                Err(error) => (None, Sent { bytes: 0, whole: false }, Some(error)),
            }
        } else {
            let (sent, result) = work.send_with_job(&name, &abilities);
            match result {
                Ok(number) => (Some(number), sent, None),
                Err(error) => (None, sent, Some(error)),
            }
        };
        work.bytes = sent.bytes;
        // A refused creation made no job; one whose answer is lost may have.
        if number.is_none() && error.as_ref().is_some_and(AskError::is_refusal) {
            let cause = error.map_or(Cause::Refused, |error| error.cause());
            return refused(cause, asked(work.client));
        }
        let mut job = Unfinished { number, name, pages: document.pages() };
        let end = match &error {
            None => work.follow(&job),
            Some(error) => work.give_up(&mut job, error.cause()),
        };
        let report = work.report(end, sent, error.as_ref());
        if report.remainder == Remainder::MayStillCome {
            self.unfinished = Some(job);
        }
        report
    }

    fn recover(&mut self) -> Recovery {
        let (Some(client), Some(mut job)) = (&mut self.client, self.unfinished.take()) else {
            return Recovery { status: self.status(), earlier: Earlier::Nothing };
        };
        // Somebody may be waiting for another paper: it is asked again with the next recovery.
        let limits = Limits { cancel: self.limits.cancel.min(self.limits.answer), ..self.limits };
        let end = drop_job(client, limits, &mut job);
        let status = asked(client);
        let earlier = match end {
            End::Finished(ended) => match end::proof(&ended, job.pages) {
                Some(evidence) => Earlier::CameOut(evidence),
                None if ended.state == JobState::Completed => Earlier::Unknown,
                None => Earlier::Lost,
            },
            End::Forgotten => Earlier::Unknown,
            End::Open(_) => {
                self.unfinished = Some(job);
                Earlier::StillThere
            }
        };
        Recovery { status, earlier }
    }
}

fn asked(client: &mut Client) -> PrinterStatus {
    client.printer().map_or_else(|error| PrinterStatus::unreachable(error.cause()), |(status, _)| status)
}

fn not_begun(document: &Document, cause: Cause, status: PrinterStatus) -> PrintReport {
    PrintReport {
        outcome: Outcome::NotPrinted,
        evidence: Evidence::None,
        cause: Some(cause),
        status,
        bytes: 0,
        pages: document.pages(),
        pages_out: None,
        remainder: Remainder::Nothing,
    }
}

/// A job that is under way.
struct Work<'w> {
    client: &'w mut Client,
    limits: Limits,
    document: &'w Document,
    progress: &'w mut dyn FnMut(PrintProgress),
    bytes: usize,
}

impl Work<'_> {
    fn send(&mut self, job: i32) -> (Sent, Result<(), AskError>) {
        let pages = self.document.pages();
        let mut told = |bytes| (self.progress)(PrintProgress { bytes, pages_out: None, pages });
        self.client.send_document(job, self.document.format(), self.document.bytes(), &mut told)
    }

    fn send_with_job(&mut self, name: &str, abilities: &client::Abilities) -> (Sent, Result<i32, AskError>) {
        let (pages, format) = (self.document.pages(), self.document.format());
        let mut told = |bytes| (self.progress)(PrintProgress { bytes, pages_out: None, pages });
        self.client.print_job(name, format, self.document.bytes(), abilities, &mut told)
    }

    /// Asks after the job until it has ended, or trouble, standstill or silence ends the waiting.
    fn follow(&mut self, job: &Unfinished) -> (End, Option<Cause>) {
        let mut job = job.clone();
        let Some(number) = job.number else { return (End::Open(Cause::NoAnswer), Some(Cause::NoAnswer)) };
        let mut heard = self.client.carrier.time();
        let mut moved = heard;
        let mut last: Option<Job> = None;
        let mut suspected = None;
        loop {
            match self.client.job(number) {
                Ok(seen) if seen.state.has_ended() => {
                    let cause = match seen.state {
                        JobState::Canceled => Some(Cause::Canceled),
                        JobState::Aborted => Some(Cause::Aborted),
                        JobState::Active | JobState::Stopped | JobState::Completed => None,
                    };
                    return (End::Finished(seen), cause);
                }
                Ok(seen) => {
                    heard = self.client.carrier.time();
                    if last.as_ref() != Some(&seen) {
                        moved = heard;
                        let (pages_out, pages) = (seen.impressions.or(seen.sheets), self.document.pages());
                        (self.progress)(PrintProgress { bytes: self.bytes, pages_out, pages });
                        last = Some(seen);
                    }
                }
                Err(error) if error.is_unknown_job() => return (End::Forgotten, Some(Cause::JobLost)),
                Err(error) if self.client.carrier.time() - heard > self.limits.silence => {
                    return (End::Open(error.cause()), Some(error.cause()));
                }
                Err(_) => {}
            }
            // A printer that asks for a hand twice means it: a cover may be closed again in between. What passes by
            // itself (heat, a print server that looks for its printer) has until the standstill.
            let status = self.client.printer().ok().map(|(status, _)| status);
            let trouble = status.as_ref().and_then(|status| status.cause);
            let cause = match trouble {
                Some(cause) if suspected == Some(cause) && needs_a_hand(cause) => Some(cause),
                _ if self.client.carrier.time() - moved > self.limits.standstill => {
                    status.and_then(|status| status.suspicion()).or(Some(Cause::Stalled))
                }
                _ => None,
            };
            suspected = trouble;
            if let Some(cause) = cause {
                return self.give_up(&mut job, cause);
            }
            self.client.carrier.pause(self.limits.poll);
        }
    }

    fn give_up(&mut self, job: &mut Unfinished, cause: Cause) -> (End, Option<Cause>) {
        (drop_job(self.client, self.limits, job), Some(cause))
    }

    fn report(
        &mut self,
        (end, cause): (End, Option<Cause>),
        sent: Sent,
        error: Option<&AskError>,
    ) -> PrintReport {
        let status = asked(self.client);
        let verdict = end::verdict(&end, self.document.pages(), &status, sent.whole, error);
        PrintReport {
            outcome: verdict.outcome,
            evidence: verdict.evidence,
            cause: match verdict.outcome {
                Outcome::Printed => None,
                Outcome::NotPrinted | Outcome::Unknown => verdict.cause.or(cause),
            },
            status,
            bytes: self.bytes,
            pages: self.document.pages(),
            pages_out: end.pages_out(),
            remainder: verdict.remainder,
        }
    }
}

fn needs_a_hand(cause: Cause) -> bool {
    matches!(cause.device_state(), DeviceState::UserError | DeviceState::HardwareError)
}

/// Cancels a job and waits until it has ended.
fn drop_job(client: &mut Client, limits: Limits, job: &mut Unfinished) -> End {
    let deadline = client.carrier.time() + limits.cancel;
    let mut asked_for = false;
    loop {
        let number = match job.number {
            Some(number) => Ok(Some(number)),
            None => client.find_job(&job.name),
        };
        let trouble = match number {
            Ok(None) => return End::Forgotten,
            Ok(Some(number)) => {
                job.number = Some(number);
                if !asked_for {
                    // One that had ended cannot be cancelled: its end is asked for next.
                    let cancelled = client.cancel(number);
                    asked_for = cancelled.as_ref().is_ok()
                        || cancelled.as_ref().is_err_and(AskError::is_not_possible);
                }
                match client.job(number) {
                    Ok(seen) if seen.state.has_ended() => return End::Finished(seen),
                    Ok(_) => Cause::Busy,
                    Err(error) if error.is_unknown_job() => return End::Forgotten,
                    Err(error) => error.cause(),
                }
            }
            Err(error) => error.cause(),
        };
        if !client.pause(limits.poll, deadline) {
            return End::Open(trouble);
        }
    }
}
