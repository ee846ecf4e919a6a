//! The receipt printer's thread.

use super::Watch;
use super::paper_count::PaperCount;
use crate::inbox::Post;
use domain::device::TerminalDevice;
use domain::paper::document::PaperDocument;
use domain::session::event::{DeviceEvent, EventKind, PrintOutcome, PrintProblem, Ticket};
use drivers::receipt_printer::{
    Cause, Outcome, Presented, PrintProgress, PrintReport, PrinterStatus, ReceiptPrinter,
};
use drivers::self_test::status_condition;
use drivers::supervisor::Attendant;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// The longest that a status takes: a printer that is silent to each question, asked twice.
const STATUS: Duration = Duration::from_secs(20);
/// The longest that a paper takes, waiting for a hand included.
const PAPER: Duration = Duration::from_secs(300);
/// How often a printer without work is asked how it is.
const CHECK: Duration = Duration::from_secs(5);

/// The way to the printer's thread; dropping it ends the thread after the job that is under way.
#[derive(Debug)]
pub struct Printer {
    jobs: Sender<Job>,
    model: PrinterModel,
    count: PaperCount,
}

/// What a receipt printer is, as its profile says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterModel {
    /// What people call it.
    pub title: String,
    /// Dots of the head that print.
    pub dots: u16,
    /// Dots to the inch.
    pub dpi: u16,
}

#[derive(Debug)]
struct Job {
    ticket: Option<Ticket>,
    document: PaperDocument,
}

impl Printer {
    /// Starts the thread for a printer of a model, whose paper is counted.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(
        printer: Box<dyn ReceiptPrinter>,
        model: PrinterModel,
        count: PaperCount,
        watch: &Watch,
    ) -> std::io::Result<Self> {
        let (sender, jobs) = channel();
        let attendant = watch.attend(TerminalDevice::ReceiptPrinter);
        let worker = Worker {
            printer,
            count: count.clone(),
            post: watch.post(),
            attendant,
            status: None,
            tainted: false,
        };
        std::thread::Builder::new().name("receipt-printer".to_owned()).spawn(move || worker.run(&jobs))?;
        Ok(Self { jobs: sender, model, count })
    }

    /// What it is, as its profile says.
    pub fn model(&self) -> &PrinterModel {
        &self.model
    }

    /// How much paper went out.
    pub fn count(&self) -> &PaperCount {
        &self.count
    }

    /// Prints; the end comes as an event.
    pub fn print(&self, ticket: Ticket, document: PaperDocument) {
        let _gone = self.jobs.send(Job { ticket: Some(ticket), document });
    }

    /// Prints a keeper's page, for which nobody waits.
    pub fn print_test(&self, document: PaperDocument) {
        let _gone = self.jobs.send(Job { ticket: None, document });
    }
}

struct Worker {
    printer: Box<dyn ReceiptPrinter>,
    count: PaperCount,
    post: Post,
    attendant: Attendant,
    status: Option<PrinterStatus>,
    /// An unfinished job may have left lines in the printer: they are cleared before the next one.
    tainted: bool,
}

impl Worker {
    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let status = self.attendant.call(STATUS, || self.printer.status());
            self.say_status(status);
            match jobs.recv_timeout(CHECK) {
                Ok(job) => self.print(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn print(&mut self, Job { ticket, document }: Job) {
        if self.tainted {
            let recovery = self.attendant.call(PAPER, || self.printer.recover());
            tracing::info!(
                device = "receipt_printer",
                earlier = recovery.earlier.word(),
                "recovered after a job without proof"
            );
            self.say_status(recovery.status);
        }
        let post = self.post.clone();
        let (mut shown, mut rows) = (0, (0, 0));
        let mut shown_on = |progress: PrintProgress| {
            rows = (progress.rows_out, progress.rows);
            let percent = percent(progress);
            if let Some(ticket) = ticket
                && percent > shown
            {
                shown = percent;
                post.put(EventKind::Device(DeviceEvent::PrintProgress(ticket, percent)));
            }
        };
        let report = self.attendant.call(PAPER, || self.printer.print(&document, &mut shown_on));
        self.tainted = report.outcome != Outcome::Printed;
        // The last word on the way may be a little before the end.
        self.count.add_rows(if report.outcome == Outcome::Printed { rows.1 } else { rows.0 });
        tracing::info!(
            device = "receipt_printer",
            outcome = report.outcome.word(),
            evidence = report.evidence.word(),
            cause = report.cause.map(Cause::word),
            bytes = report.bytes,
            presented = report.presented.map(Presented::word),
            copy = report.copy.word(),
            "a print job ended"
        );
        self.say_status(report.status);
        if let Some(ticket) = ticket {
            self.post.put(EventKind::Device(DeviceEvent::PrintEnded(ticket, outcome(&report))));
        }
    }

    fn say_status(&mut self, status: PrinterStatus) {
        let before = self.status.replace(status);
        self.attendant.report(status_condition(&status));
        if before.map(|b| b.paper) != Some(status.paper) {
            self.post.put(EventKind::Device(DeviceEvent::Paper(status.paper)));
        }
    }
}

fn percent(progress: PrintProgress) -> u8 {
    let whole = progress.rows.max(1);
    u8::try_from((u64::from(progress.rows_out.min(whole)) * 100) / u64::from(whole)).unwrap_or(100)
}

fn outcome(report: &PrintReport) -> PrintOutcome {
    let problem = match report.cause {
        Some(Cause::PaperOut) => PrintProblem::PaperOut,
        Some(Cause::CoverOpen) => PrintProblem::CoverOpen,
        Some(Cause::PaperJam | Cause::ExitBlocked | Cause::Cutter) => PrintProblem::Jam,
        Some(Cause::Hardware | Cause::Overheated | Cause::Document) => PrintProblem::Defect,
        Some(Cause::NoAnswer | Cause::Port | Cause::Offline | Cause::FeedButton) | None => {
            PrintProblem::NoAnswer
        }
    };
    match report.outcome {
        Outcome::Printed if report.presented == Some(Presented::Retracted) => PrintOutcome::TakenBack,
        Outcome::Printed => PrintOutcome::Printed,
        Outcome::NotPrinted => PrintOutcome::NotPrinted(problem),
        Outcome::Unknown => PrintOutcome::Unknown(problem),
    }
}
