//! The simulated printer's jobs and paper.

use std::time::{Duration, Instant};

use super::fault::{DocumentPrinterFault as Fault, Step, Stop, When};
use super::message::{Question, Reply};
use super::{Counts, PrintedDocument, PrinterModel};

/// Values of `job-state` (RFC 8011, 5.3.7).
const PENDING: i32 = 3;
const PROCESSING: i32 = 5;
const STOPPED: i32 = 6;
const CANCELED: i32 = 7;
const ABORTED: i32 = 8;
const COMPLETED: i32 = 9;

/// Status codes (RFC 8011, appendix B).
const OK: u16 = 0x0000;
const BAD_REQUEST: u16 = 0x0400;
const NOT_POSSIBLE: u16 = 0x0404;
const NOT_FOUND: u16 = 0x0406;
const FORMAT_NOT_SUPPORTED: u16 = 0x040A;
const OPERATION_NOT_SUPPORTED: u16 = 0x0501;
const VERSION_NOT_SUPPORTED: u16 = 0x0503;
const BUSY: u16 = 0x0507;

struct Job {
    id: i32,
    name: String,
    state: i32,
    format: String,
    bytes: Vec<u8>,
    pages: u32,
    out: u32,
    /// When the page that is under way is out.
    next: Option<Instant>,
}

impl Job {
    const fn is_open(&self) -> bool {
        self.state < CANCELED
    }
}

/// What the printer does with a question.
pub(super) enum Act {
    Answer(Vec<u8>),
    /// The question was taken, its answer goes nowhere and the connection is closed.
    Lost,
    /// The connection stays open and silent.
    Silence,
}

pub(super) struct Mechanism {
    model: PrinterModel,
    page_time: Duration,
    faults: Vec<Fault>,
    stops: Vec<Stop>,
    off: bool,
    jobs: Vec<Job>,
    last_id: i32,
    pub(super) documents: Vec<PrintedDocument>,
}

impl Mechanism {
    pub(super) fn new(model: PrinterModel, page_time: Duration) -> Self {
        let (faults, stops, jobs, documents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { model, page_time, faults, stops, off: false, jobs, last_id: 100, documents }
    }

    pub(super) fn set_fault(&mut self, fault: Fault) {
        match fault {
            Fault::Stopped(stop, When::Before) => self.stops.push(stop),
            Fault::Off(When::Before) => self.off = true,
            fault => self.faults.push(fault),
        }
    }

    /// A hand puts everything in order and the power on.
    pub(super) fn mend(&mut self) {
        self.faults.clear();
        self.stops.clear();
        self.off = false;
    }

    pub(super) const fn is_off(&self) -> bool {
        self.off
    }

    /// Whether the connection is to break in the middle of a document.
    pub(super) fn breaks_documents(&self) -> bool {
        self.has(Fault::Broken)
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Takes a fault that waits for this page; it happens once.
    fn take(&mut self, page: u32) -> Option<Fault> {
        let at = |fault: &Fault| match fault {
            Fault::Stopped(_, when) | Fault::Aborted(when) | Fault::Canceled(when) | Fault::Off(when) => {
                *when == When::Page(page) || (*when == When::Before && page == 1)
            }
            _ => false,
        };
        let found = self.faults.iter().position(at)?;
        Some(self.faults.remove(found))
    }

    /// Moves the paper to where it is now.
    pub(super) fn work(&mut self, now: Instant) {
        if self.off || !self.stops.is_empty() {
            for job in self.jobs.iter_mut().filter(|job| job.state == PROCESSING) {
                (job.state, job.next) = (STOPPED, None);
            }
            return;
        }
        let Some(at) = self.jobs.iter().position(|job| job.is_open() && !job.bytes.is_empty()) else {
            return;
        };
        if self.has(Fault::ClaimsCompleted) || self.has(Fault::HandsOn) {
            self.jobs[at].state = COMPLETED;
            return;
        }
        let page_time = self.page_time;
        let job = &mut self.jobs[at];
        job.state = PROCESSING;
        let due = *job.next.get_or_insert(now + page_time);
        if now < due {
            return;
        }
        let page = job.out + 1;
        let fault = self.take(page);
        let job = &mut self.jobs[at];
        job.next = None;
        match fault {
            Some(Fault::Stopped(stop, _)) => {
                self.stops.push(stop);
                self.jobs[at].state = STOPPED;
            }
            Some(Fault::Aborted(_)) => job.state = ABORTED,
            Some(Fault::Canceled(_)) => job.state = CANCELED,
            Some(Fault::Off(_)) => self.off = true,
            _ => {
                job.out = page;
                self.page_out(at);
            }
        }
    }

    fn page_out(&mut self, at: usize) {
        let job = &mut self.jobs[at];
        if job.out == job.pages {
            job.state = COMPLETED;
        }
        let printed = PrintedDocument {
            job: job.id,
            format: job.format.clone(),
            bytes: job.bytes.clone(),
            pages: job.pages,
            pages_out: job.out,
        };
        match self.documents.last_mut().filter(|last| last.job == printed.job) {
            Some(last) => *last = printed,
            None => self.documents.push(printed),
        }
    }

    /// Answers a question.
    pub(super) fn answer(&mut self, question: &Question) -> Act {
        let step = match question.operation {
            0x000B => Some(Step::Status),
            0x0004 => Some(Step::Validate),
            0x0005 => Some(Step::Create),
            0x0002 | 0x0006 => Some(Step::Document),
            0x0009 => Some(Step::Job),
            0x0008 => Some(Step::Cancel),
            _ => None,
        };
        if step.is_some_and(|step| self.has(Fault::Silent(step))) {
            return Act::Silence;
        }
        let reply = self.reply(question).finish();
        if step.is_some_and(|step| self.has(Fault::LostAnswer(step))) {
            Act::Lost
        } else {
            Act::Answer(reply)
        }
    }

    fn reply(&mut self, question: &Question) -> Reply {
        if question.version[0] > 1 && self.model.only_version_1_1 {
            return Reply::new(question, VERSION_NOT_SUPPORTED);
        }
        if !question.begins_right() {
            return Reply::new(question, BAD_REQUEST);
        }
        match question.operation {
            0x000B => self.printer(question),
            0x0004 => Reply::new(question, if self.takes(question) { OK } else { FORMAT_NOT_SUPPORTED }),
            0x0002 => self.print_job(question),
            0x0005 if self.model.creates_jobs => self.create(question),
            0x0006 if self.model.creates_jobs => self.document(question),
            0x0008 => self.cancel(question),
            0x0009 => match self.named(question) {
                Some(at) => self.job(question, at),
                None => Reply::new(question, NOT_FOUND),
            },
            0x000A => self.list(question),
            _ => Reply::new(question, OPERATION_NOT_SUPPORTED),
        }
    }

    fn formats(&self) -> Vec<&'static str> {
        let mut formats = vec!["application/octet-stream", "image/pwg-raster"];
        if !self.has(Fault::NoPdf) {
            formats.push("application/pdf");
        }
        if self.model.takes_ofd {
            formats.push("application/ofd");
        }
        formats
    }

    fn takes(&self, question: &Question) -> bool {
        let format = question.text("document-format");
        format.is_some_and(|format| self.formats().contains(&format.as_str()))
    }

    fn printer(&self, question: &Question) -> Reply {
        let mut reply = Reply::new(question, OK);
        reply.group(4);
        let busy = self.jobs.iter().any(|job| job.state == PROCESSING);
        let state = if !self.stops.is_empty() {
            5
        } else if busy {
            4
        } else {
            3
        };
        reply.enums("printer-state", &[state]);
        let mut reasons: Vec<&str> = self.stops.iter().map(|stop| stop.keyword()).collect();
        if self.has(Fault::PaperLow) {
            reasons.push("media-low-warning");
        }
        if reasons.is_empty() {
            reasons.push("none");
        }
        reply.words(0x44, "printer-state-reasons", &reasons);
        reply.boolean("printer-is-accepting-jobs", true);
        reply.words(0x49, "document-format-supported", &self.formats());
        let both: &[i32] = if self.model.creates_jobs { &[5, 6] } else { &[] };
        reply.enums("operations-supported", &[&[2, 4, 8, 9, 10, 11], both].concat());
        reply.words(0x44, "sides-supported", &["one-sided", "two-sided-long-edge"]);
        reply.words(0x44, "media-supported", &["iso_a4_210x297mm", "na_letter_8.5x11in"]);
        reply
    }

    fn open_job(&mut self, question: &Question) -> Result<usize, u16> {
        if self.has(Fault::Busy) || self.jobs.iter().any(Job::is_open) {
            return Err(BUSY);
        }
        self.last_id += 1;
        self.jobs.push(Job {
            id: self.last_id,
            name: question.text("job-name").unwrap_or_default(),
            state: PENDING,
            format: String::new(),
            bytes: Vec::new(),
            pages: 0,
            out: 0,
            next: None,
        });
        Ok(self.jobs.len() - 1)
    }

    fn create(&mut self, question: &Question) -> Reply {
        match self.open_job(question) {
            Ok(at) => self.job(question, at),
            Err(status) => Reply::new(question, status),
        }
    }

    fn print_job(&mut self, question: &Question) -> Reply {
        if !self.takes(question) {
            return Reply::new(question, FORMAT_NOT_SUPPORTED);
        }
        match self.open_job(question) {
            Ok(at) => {
                self.take_document(at, question);
                self.job(question, at)
            }
            Err(status) => Reply::new(question, status),
        }
    }

    fn document(&mut self, question: &Question) -> Reply {
        match self.named(question) {
            Some(at) if !self.jobs[at].is_open() => Reply::new(question, NOT_POSSIBLE),
            Some(at) if self.takes(question) => {
                self.take_document(at, question);
                self.job(question, at)
            }
            Some(_) => Reply::new(question, FORMAT_NOT_SUPPORTED),
            None => Reply::new(question, NOT_FOUND),
        }
    }

    fn take_document(&mut self, at: usize, question: &Question) {
        let job = &mut self.jobs[at];
        job.format = question.text("document-format").unwrap_or_default();
        job.bytes.clone_from(&question.data);
        job.pages = pages(&job.bytes);
    }

    fn cancel(&mut self, question: &Question) -> Reply {
        match self.named(question) {
            None => Reply::new(question, NOT_FOUND),
            Some(at) if !self.jobs[at].is_open() => Reply::new(question, NOT_POSSIBLE),
            Some(at) => {
                if !self.has(Fault::IgnoresCancel) {
                    self.jobs[at].state = CANCELED;
                }
                Reply::new(question, OK)
            }
        }
    }

    fn named(&self, question: &Question) -> Option<usize> {
        let id = question.integer("job-id")?;
        let forgets = self.has(Fault::ForgetsJobs);
        self.jobs.iter().position(|job| job.id == id && (job.is_open() || !forgets))
    }

    fn job(&self, question: &Question, at: usize) -> Reply {
        let mut reply = Reply::new(question, OK);
        let job = &self.jobs[at];
        reply.group(2);
        reply.integer("job-id", job.id);
        reply.enums("job-state", &[job.state]);
        let reason = match job.state {
            STOPPED => "printer-stopped",
            CANCELED => "job-canceled-by-user",
            ABORTED => "aborted-by-system",
            // A forwarding server that cannot follow what it forwards (RFC 8011, 5.3.7.1).
            COMPLETED if self.has(Fault::HandsOn) => "queued-in-device",
            COMPLETED => "job-completed-successfully",
            _ => "none",
        };
        reply.words(0x44, "job-state-reasons", &[reason]);
        let out = i32::try_from(job.out).unwrap_or(i32::MAX);
        match self.model.counts {
            Counts::Sides => reply.integer("job-impressions-completed", out),
            Counts::Sheets => reply.integer("job-media-sheets-completed", out),
            Counts::Nothing => {}
        }
        reply
    }

    fn list(&self, question: &Question) -> Reply {
        let mut reply = Reply::new(question, OK);
        let open = question.text("which-jobs").is_none_or(|which| which == "not-completed");
        let forgets = self.has(Fault::ForgetsJobs);
        for job in self.jobs.iter().filter(|job| job.is_open() == open && (open || !forgets)) {
            reply.group(2);
            reply.integer("job-id", job.id);
            reply.words(0x42, "job-name", &[&job.name]);
        }
        reply
    }
}

/// Pages as this printer sees them: page objects of a PDF that are not packed; any other file is one page.
fn pages(bytes: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(bytes).replace("/Type /", "/Type/");
    let pages = text
        .match_indices("/Type/Page")
        .filter(|(at, word)| !text[at + word.len()..].starts_with(|next: char| next.is_ascii_alphabetic()));
    u32::try_from(pages.count()).unwrap_or(u32::MAX).max(1)
}
