//! The operations of IPP that printing needs (RFC 8011, 4), each one request and its answer.
//!
//! Duty: ask, and give what the printer says as values. Never: decide what a job's end means.

use std::time::Duration;

use super::super::Format;
use super::super::carrier::Carrier;
use super::super::http::{Patience, PostError, Sent};
use super::super::message::{Answer, Group, MessageError, Request, StringKind, Value};
use super::super::status::{Cause, PrinterState, PrinterStatus};
use crate::transport::TransportErrorKind;

/// Operations (RFC 8011, 5.4.15).
const PRINT_JOB: u16 = 0x0002;
const VALIDATE_JOB: u16 = 0x0004;
const CREATE_JOB: u16 = 0x0005;
const SEND_DOCUMENT: u16 = 0x0006;
const CANCEL_JOB: u16 = 0x0008;
const GET_JOB_ATTRIBUTES: u16 = 0x0009;
const GET_JOBS: u16 = 0x000A;
const GET_PRINTER_ATTRIBUTES: u16 = 0x000B;

/// Status codes (RFC 8011, appendix B).
const NOT_POSSIBLE: u16 = 0x0404;
const NOT_FOUND: u16 = 0x0406;
const GONE: u16 = 0x0407;
const FORMAT_NOT_SUPPORTED: u16 = 0x040A;
const VERSION_NOT_SUPPORTED: u16 = 0x0503;
const DEVICE_ERROR: u16 = 0x0504;
const NOT_ACCEPTING: u16 = 0x0506;
const BUSY: u16 = 0x0507;

/// The versions that are spoken, the newer first: 2.0 is asked, a printer that knows 1.1 only says so.
const VERSIONS: [(u8, u8); 2] = [(2, 0), (1, 1)];

/// Who asks; never a resident.
pub(super) const USER: &str = "yilin";

/// Why an operation gave nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    /// No answer.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The answer is none.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The printer refuses.
    #[error("the printer refuses with status {0:#06x}")]
    Refused(u16),
}

impl AskError {
    pub(super) fn cause(&self) -> Cause {
        match self {
            Self::Post(PostError::Transport(e)) => match e.kind() {
                TransportErrorKind::TimedOut | TransportErrorKind::Gone => Cause::NoAnswer,
                _ => Cause::Port,
            },
            Self::Post(_) | Self::Message(_) => Cause::Protocol,
            Self::Refused(FORMAT_NOT_SUPPORTED) => Cause::Format,
            Self::Refused(BUSY | NOT_ACCEPTING) => Cause::Busy,
            Self::Refused(DEVICE_ERROR) => Cause::Hardware,
            Self::Refused(_) => Cause::Refused,
        }
    }

    /// Whether the printer answered, and so did not do what it was asked.
    pub(super) const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// Whether the printer knows no such job.
    pub(super) const fn is_unknown_job(&self) -> bool {
        matches!(self, Self::Refused(NOT_FOUND | GONE))
    }

    /// Whether the job had ended before it could be cancelled.
    pub(super) const fn is_not_possible(&self) -> bool {
        matches!(self, Self::Refused(NOT_POSSIBLE))
    }
}

/// What a printer takes.
#[derive(Debug, Clone)]
pub(super) struct Abilities {
    pub(super) formats: Vec<String>,
    /// Whether a job can be made before its document is sent, so that its number is known in any case.
    pub(super) creates_jobs: bool,
    pub(super) accepts_jobs: bool,
    one_sided: bool,
    a4: bool,
    unscaled: bool,
}

/// `job-state` (RFC 8011, 5.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JobState {
    /// Waiting, held or being printed.
    Active,
    /// Stopped in the middle.
    Stopped,
    Canceled,
    Aborted,
    Completed,
}

/// Reasons (RFC 8011, 5.3.8; PWG 5100.3 and 5100.13) that no job has which is out as it should be, whatever its state is called.
const DOUBTS: [(&str, Cause); 30] = [
    ("job-canceled-by-user", Cause::Canceled),
    ("job-canceled-by-operator", Cause::Canceled),
    ("job-canceled-at-device", Cause::Canceled),
    ("job-canceled-after-timeout", Cause::Canceled),
    ("aborted-by-system", Cause::Aborted),
    ("unsupported-document-format", Cause::Format),
    ("unsupported-compression", Cause::Format),
    ("unsupported-attributes-or-values", Cause::Aborted),
    ("document-format-error", Cause::Aborted),
    ("document-unprintable-error", Cause::Aborted),
    ("document-access-error", Cause::Aborted),
    ("document-password-error", Cause::Aborted),
    ("document-permission-error", Cause::Aborted),
    ("document-security-error", Cause::Aborted),
    ("compression-error", Cause::Aborted),
    ("digital-signature-did-not-verify", Cause::Aborted),
    ("resources-are-not-supported", Cause::Aborted),
    ("submission-interrupted", Cause::Aborted),
    ("errors-detected", Cause::Aborted),
    ("job-completed-with-errors", Cause::Aborted),
    // Handed on to what prints, of which nothing more is known (RFC 8011, 5.3.7.1).
    ("queued-in-device", Cause::JobLost),
    ("queued-for-marker", Cause::JobLost),
    ("job-incoming", Cause::Stalled),
    ("job-data-insufficient", Cause::Stalled),
    ("job-interpreting", Cause::Stalled),
    ("job-transforming", Cause::Stalled),
    ("job-queued", Cause::Stalled),
    ("job-printing", Cause::Stalled),
    ("job-suspended", Cause::Stalled),
    ("printer-stopped", Cause::Offline),
];

/// What the printer says of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) state: JobState,
    /// What its reasons say against a state of completed.
    pub(super) doubt: Option<Cause>,
    pub(super) impressions: Option<u32>,
    pub(super) sheets: Option<u32>,
}

/// A printer that is asked.
pub(super) struct Client {
    pub(super) carrier: Box<dyn Carrier>,
    version: (u8, u8),
    number: u32,
    pub(super) patience: Patience,
    /// Until the printer has said that it has a document: it may take its time to read it.
    pub(super) swallow: Duration,
}

impl Client {
    pub(super) fn new(carrier: Box<dyn Carrier>, patience: Patience, swallow: Duration) -> Self {
        Self { carrier, version: VERSIONS[0], number: 0, patience, swallow }
    }

    fn request(&mut self, operation: u16) -> Request {
        self.number = self.number.wrapping_add(1);
        Request::new(self.version, operation, self.number).string(
            StringKind::Uri,
            "printer-uri",
            self.carrier.uri(),
        )
    }

    fn ask(&mut self, request: Request) -> Result<Answer, AskError> {
        let (_, answer) = self.carrier.post(&request.end(), &[], self.patience, &mut |_| {});
        understood(&answer?, self.number)
    }

    /// How the printer is and what it takes.
    pub(super) fn printer(&mut self) -> Result<(PrinterStatus, Abilities), AskError> {
        let wanted = [
            "printer-state",
            "printer-state-reasons",
            "printer-is-accepting-jobs",
            "document-format-supported",
            "operations-supported",
            "sides-supported",
            "media-supported",
            "print-scaling-supported",
        ];
        let mut refusal = AskError::Refused(VERSION_NOT_SUPPORTED);
        for version in VERSIONS {
            self.version = version;
            let request = self.request(GET_PRINTER_ATTRIBUTES);
            let request = request.string(StringKind::Name, "requesting-user-name", USER);
            match self.ask(request.keywords("requested-attributes", &wanted)) {
                // Some refuse a version that they do not know as bad HTTP (ippeveprinter of CUPS 2.4 does).
                Err(
                    error @ (AskError::Refused(VERSION_NOT_SUPPORTED) | AskError::Post(PostError::Status(_))),
                ) => {
                    refusal = error;
                }
                Err(error) => return Err(error),
                Ok(answer) => return printer(&answer),
            }
        }
        Err(refusal)
    }

    /// Asks whether such a job would be taken; no error where it would, or where the printer has no such question.
    pub(super) fn validate(
        &mut self,
        name: &str,
        format: Format,
        abilities: &Abilities,
    ) -> Result<(), AskError> {
        /// server-error-operation-not-supported
        const NO_SUCH_OPERATION: u16 = 0x0501;
        let request = self.job_request(VALIDATE_JOB, name, Some(format), abilities);
        match self.ask(request) {
            Ok(_) | Err(AskError::Refused(NO_SUCH_OPERATION)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes a job without a document; its number.
    pub(super) fn create_job(&mut self, name: &str, abilities: &Abilities) -> Result<i32, AskError> {
        let request = self.job_request(CREATE_JOB, name, None, abilities);
        job_number(&self.ask(request)?)
    }

    /// Sends a job's only document.
    pub(super) fn send_document(
        &mut self,
        job: i32,
        format: Format,
        document: &[u8],
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<(), AskError>) {
        let request = self
            .request(SEND_DOCUMENT)
            .integer("job-id", job)
            .string(StringKind::Name, "requesting-user-name", USER)
            .string(StringKind::MediaType, "document-format", format.media_type())
            .yes("last-document");
        let (sent, answer) = self.with_document(request, document, progress);
        (sent, answer.map(drop))
    }

    /// Makes a job with its document; its number.
    pub(super) fn print_job(
        &mut self,
        name: &str,
        format: Format,
        document: &[u8],
        abilities: &Abilities,
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<i32, AskError>) {
        let request = self.job_request(PRINT_JOB, name, Some(format), abilities);
        let (sent, answer) = self.with_document(request, document, progress);
        (sent, answer.and_then(|answer| job_number(&answer)))
    }

    /// How a job is.
    pub(super) fn job(&mut self, job: i32) -> Result<Job, AskError> {
        let wanted =
            ["job-state", "job-state-reasons", "job-impressions-completed", "job-media-sheets-completed"];
        let request = self
            .request(GET_JOB_ATTRIBUTES)
            .integer("job-id", job)
            .string(StringKind::Name, "requesting-user-name", USER)
            .keywords("requested-attributes", &wanted);
        let answer = self.ask(request)?;
        let number = answer.number(Group::Job, "job-state").ok_or(MessageError::Malformed)?;
        let reason = |word: &str| answer.texts(Group::Job, "job-state-reasons").any(|said| said == word);
        let state = match number {
            // It has ended, and pages are still on their way (RFC 8011, 5.3.8).
            7..=9 if reason("processing-to-stop-point") => JobState::Active,
            3..=5 => JobState::Active,
            6 => JobState::Stopped,
            7 => JobState::Canceled,
            8 => JobState::Aborted,
            9 => JobState::Completed,
            _ => return Err(MessageError::Malformed.into()),
        };
        let count = |name| answer.number(Group::Job, name).and_then(|count| u32::try_from(count).ok());
        Ok(Job {
            state,
            doubt: DOUBTS.into_iter().find_map(|(word, cause)| reason(word).then_some(cause)),
            impressions: count("job-impressions-completed"),
            sheets: count("job-media-sheets-completed"),
        })
    }

    /// Asks the printer to drop a job.
    pub(super) fn cancel(&mut self, job: i32) -> Result<(), AskError> {
        let request = self.request(CANCEL_JOB).integer("job-id", job);
        self.ask(request.string(StringKind::Name, "requesting-user-name", USER)).map(drop)
    }

    /// The number of the job of that name, unfinished or ended; none where the printer knows none.
    pub(super) fn find_job(&mut self, name: &str) -> Result<Option<i32>, AskError> {
        for which in ["not-completed", "completed"] {
            let request = self
                .request(GET_JOBS)
                .string(StringKind::Name, "requesting-user-name", USER)
                .keywords("requested-attributes", &["job-id", "job-name"])
                .string(StringKind::Keyword, "which-jobs", which);
            let found = job_called(name, &self.ask(request)?);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Waits, but not beyond the deadline; whether there is time left.
    pub(super) fn pause(&mut self, length: Duration, deadline: Duration) -> bool {
        let left = deadline.saturating_sub(self.carrier.time());
        self.carrier.pause(length.min(left));
        left > length
    }

    fn job_request(
        &mut self,
        operation: u16,
        name: &str,
        format: Option<Format>,
        abilities: &Abilities,
    ) -> Request {
        let mut request = self
            .request(operation)
            .string(StringKind::Name, "requesting-user-name", USER)
            .string(StringKind::Name, "job-name", name);
        if let Some(format) = format {
            request = request.string(StringKind::MediaType, "document-format", format.media_type());
        }
        let wishes = [
            (abilities.a4, "media", "iso_a4_210x297mm"),
            (abilities.unscaled, "print-scaling", "none"),
            (abilities.one_sided, "sides", "one-sided"),
        ];
        request = request.job_attributes();
        for (_, name, value) in wishes.into_iter().filter(|(taken, ..)| *taken) {
            request = request.string(StringKind::Keyword, name, value);
        }
        request
    }

    fn with_document(
        &mut self,
        request: Request,
        document: &[u8],
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<Answer, AskError>) {
        let patience = Patience { answer: self.swallow, ..self.patience };
        let (sent, answer) = self.carrier.post(&request.end(), document, patience, progress);
        (sent, answer.map_err(AskError::from).and_then(|answer| understood(&answer, self.number)))
    }
}

/// The answer to this request, if the printer did what it was asked.
fn understood(bytes: &[u8], number: u32) -> Result<Answer, AskError> {
    let answer = Answer::parse(bytes)?;
    match answer.status {
        _ if answer.request != number => Err(MessageError::Malformed.into()),
        // successful-*
        0x0000..=0x00FF => Ok(answer),
        refused => Err(AskError::Refused(refused)),
    }
}

/// In a list of jobs each begins with its number.
fn job_called(name: &str, answer: &Answer) -> Option<i32> {
    let mut number = None;
    for attribute in answer.attributes.iter().filter(|a| a.group == Group::Job) {
        match (attribute.name.as_str(), attribute.values.first()) {
            ("job-id", Some(Value::Integer(id))) => number = Some(*id),
            ("job-name", Some(Value::Text(text))) if text == name => return number,
            _ => {}
        }
    }
    None
}

fn job_number(answer: &Answer) -> Result<i32, AskError> {
    Ok(answer.number(Group::Job, "job-id").ok_or(MessageError::Malformed)?)
}

fn printer(answer: &Answer) -> Result<(PrinterStatus, Abilities), AskError> {
    let state = answer.number(Group::Printer, "printer-state").and_then(PrinterState::of);
    let state = state.ok_or(MessageError::Malformed)?;
    let has = |name: &str, word: &str| answer.texts(Group::Printer, name).any(|said| said == word);
    let operation = |wanted: u16| {
        let list = answer.values(Group::Printer, "operations-supported");
        list.iter().any(|said| matches!(said, Value::Enum(number) if *number == i32::from(wanted)))
    };
    let formats = answer.texts(Group::Printer, "document-format-supported").map(str::to_ascii_lowercase);
    let abilities = Abilities {
        formats: formats.collect(),
        creates_jobs: operation(CREATE_JOB) && operation(SEND_DOCUMENT),
        accepts_jobs: answer.boolean(Group::Printer, "printer-is-accepting-jobs") != Some(false),
        one_sided: has("sides-supported", "one-sided"),
        a4: has("media-supported", "iso_a4_210x297mm"),
        unscaled: has("print-scaling-supported", "none"),
    };
    let reasons = answer.texts(Group::Printer, "printer-state-reasons");
    Ok((PrinterStatus::of(state, reasons), abilities))
}
