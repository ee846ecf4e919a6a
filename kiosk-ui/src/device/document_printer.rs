//! The document printer's thread.

use super::Watch;
use crate::inbox::Post;
use domain::device::TerminalDevice;
use domain::locale::Locale;
use domain::material::Picture;
use domain::paper::document::PaperDocument;
use domain::session::event::{DeviceEvent, EventKind, PrintOutcome, PrintProblem, Ticket};
use domain::terminal::Timestamp;
use drivers::document_printer::form::{FormError, FormFonts, FormProperties, with_form};
use drivers::document_printer::{
    Cause, Document, DocumentPrinter as Driver, Earlier, Outcome, PrintProgress, PrintReport,
};
use drivers::self_test::document_condition;
use drivers::supervisor::Attendant;
use shipped::Typeface;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// The longest that settling an earlier job takes: each of its questions with a printer that is silent.
const RECOVERY: Duration = Duration::from_secs(120);
/// The longest that a certificate takes.
const JOB: Duration = Duration::from_secs(900);
/// How often a printer without work is asked how it is.
const CHECK: Duration = Duration::from_secs(3);

/// The way to the printer's thread; dropping it ends the thread after the job that is under way.
#[derive(Debug)]
pub struct DocumentPrinter(Sender<Job>);

#[derive(Debug)]
enum Job {
    /// An issuer's file, as it is.
    File(Ticket, Picture),
    /// A paper of our own; nobody waits for one without a ticket.
    Slip(Option<Ticket>, Slip),
}

/// A paper of the terminal's own, for A4.
#[derive(Debug)]
pub struct Slip {
    /// Its lines.
    pub document: PaperDocument,
    /// What it is: stands in the file.
    pub title: String,
    /// Its language.
    pub locale: Locale,
    /// When it is made.
    pub at: Timestamp,
}

impl DocumentPrinter {
    /// Starts the thread for a printer.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(printer: Box<dyn Driver>, watch: &Watch) -> std::io::Result<Self> {
        let (sender, jobs) = channel();
        let attendant = watch.attend(TerminalDevice::DocumentPrinter);
        let worker = Worker { printer, post: watch.post(), attendant };
        std::thread::Builder::new().name("document-printer".to_owned()).spawn(move || worker.run(&jobs))?;
        Ok(Self(sender))
    }

    /// Prints an issuer's file as it is; the end comes as an event.
    pub fn print(&self, ticket: Ticket, file: Picture) {
        let _gone = self.0.send(Job::File(ticket, file));
    }

    /// Prints a paper of our own; the end comes as an event.
    pub fn print_slip(&self, ticket: Ticket, slip: Slip) {
        let _gone = self.0.send(Job::Slip(Some(ticket), slip));
    }

    /// Prints a keeper's page, for which nobody waits.
    pub fn print_test(&self, slip: Slip) {
        let _gone = self.0.send(Job::Slip(None, slip));
    }
}

impl Slip {
    /// As PDF/A. The typeface is opened for this file alone: it is too large to be kept for one that is seldom made.
    fn file(&self) -> Result<Document, FormError> {
        let Typeface { regular, bold } = shipped::typeface().map_err(|_| FormError::Font)?;
        let fonts = FormFonts::new(regular, bold)?;
        let properties = FormProperties { title: &self.title, language: self.locale.tag(), created: self.at };
        with_form(&self.document, &fonts, |form| form.pdf(&properties))
    }
}

struct Worker {
    printer: Box<dyn Driver>,
    post: Post,
    attendant: Attendant,
}

impl Worker {
    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            // What an earlier job left in a printer that is back is cancelled at once, not with the next job: it would come
            // out for whoever stands there then.
            let recovery = self.attendant.call(RECOVERY, || self.printer.recover());
            if recovery.earlier != Earlier::Nothing {
                let earlier = recovery.earlier.word();
                tracing::info!(device = "document_printer", earlier, "a job without proof");
            }
            self.attendant.report(document_condition(&recovery.status));
            match jobs.recv_timeout(CHECK) {
                Ok(job) => self.print(&job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn print(&mut self, job: &Job) {
        let (ticket, document) = match job {
            Job::File(ticket, file) => {
                (Some(*ticket), Document::inspect(file.bytes().to_vec()).map_err(|e| e.to_string()))
            }
            Job::Slip(ticket, slip) => (*ticket, slip.file().map_err(|e| e.to_string())),
        };
        let outcome = match document {
            Ok(document) => self.print_document(ticket, &document),
            Err(error) => {
                tracing::error!(device = "document_printer", %error, "a file is not printed");
                PrintOutcome::NotPrinted(PrintProblem::Defect)
            }
        };
        if let Some(ticket) = ticket {
            self.post.put(EventKind::Device(DeviceEvent::PrintEnded(ticket, outcome)));
        }
    }

    fn print_document(&mut self, ticket: Option<Ticket>, document: &Document) -> PrintOutcome {
        let (post, mut shown) = (self.post.clone(), 0);
        let size = document.bytes().len();
        let mut shown_on = |progress| {
            let percent = percent(progress, size);
            if let Some(ticket) = ticket
                && percent > shown
            {
                shown = percent;
                post.put(EventKind::Device(DeviceEvent::PrintProgress(ticket, percent)));
            }
        };
        let report = self.attendant.call(JOB, || self.printer.print(document, &mut shown_on));
        tracing::info!(
            device = "document_printer",
            outcome = report.outcome.word(),
            evidence = report.evidence.word(),
            cause = report.cause.map(Cause::word),
            bytes = report.bytes,
            pages = report.pages,
            pages_out = report.pages_out,
            "a print job ended"
        );
        self.attendant.report(document_condition(&report.status));
        outcome(&report)
    }
}

/// Half of the way is the file's, half the pages'; the end is told by the job's own end.
fn percent(progress: PrintProgress, size: usize) -> u8 {
    let part = |done: usize, whole: usize| (done.min(whole) * 49) / whole.max(1);
    let count = |pages: Option<u32>| pages.and_then(|pages| usize::try_from(pages).ok());
    let pages = count(progress.pages_out).zip(count(progress.pages)).map_or(0, |(out, all)| part(out, all));
    u8::try_from(part(progress.bytes, size) + pages).unwrap_or(0)
}

fn outcome(report: &PrintReport) -> PrintOutcome {
    let problem = match report.cause {
        Some(Cause::PaperOut | Cause::TrayMissing) => PrintProblem::PaperOut,
        Some(Cause::CoverOpen | Cause::DoorOpen) => PrintProblem::CoverOpen,
        Some(Cause::PaperJam) => PrintProblem::Jam,
        Some(
            Cause::OutputFull
            | Cause::TonerOut
            | Cause::Overheated
            | Cause::Hardware
            | Cause::Format
            | Cause::Refused
            | Cause::Aborted
            | Cause::PagesMissing,
        ) => PrintProblem::Defect,
        Some(
            Cause::Port
            | Cause::NoAnswer
            | Cause::Protocol
            | Cause::Paused
            | Cause::Offline
            | Cause::Busy
            | Cause::Canceled
            | Cause::Stalled
            | Cause::JobLost,
        )
        | None => PrintProblem::NoAnswer,
    };
    match report.outcome {
        Outcome::Printed => PrintOutcome::Printed,
        Outcome::NotPrinted => PrintOutcome::NotPrinted(problem),
        Outcome::Unknown => PrintOutcome::Unknown(problem),
    }
}
