//! What the simulated document printer can do wrong.

use crate::sim::fault::FaultName;

/// When something stops the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// It is so from the beginning.
    Before,
    /// In place of the page of that number, counted from 1 in each document.
    Page(u32),
}

/// What stops the paper until a hand mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stop {
    /// The tray is empty.
    PaperOut,
    /// A sheet is stuck.
    PaperJam,
    /// A cover is open.
    CoverOpen,
    /// A door is open.
    DoorOpen,
    /// The output tray is full.
    OutputFull,
    /// There is no toner.
    TonerOut,
    /// Somebody pressed pause.
    Paused,
    /// The belt is torn: a maker's own word.
    Hardware,
}

impl Stop {
    /// Its keyword (RFC 8011, 5.4.12).
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::PaperOut => "media-empty-error",
            Self::PaperJam => "media-jam-error",
            Self::CoverOpen => "cover-open-error",
            Self::DoorOpen => "door-open-error",
            Self::OutputFull => "output-area-full-error",
            Self::TonerOut => "marker-supply-empty-error",
            Self::Paused => "paused",
            Self::Hardware => "com.example-belt-torn-error",
        }
    }
}

/// A moment of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Get-Printer-Attributes.
    Status,
    /// Validate-Job.
    Validate,
    /// Create-Job.
    Create,
    /// Send-Document or Print-Job.
    Document,
    /// Get-Job-Attributes.
    Job,
    /// Cancel-Job.
    Cancel,
}

/// A fault of the document printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentPrinterFault {
    /// The paper ends soon.
    PaperLow,
    /// The paper stops.
    Stopped(Stop, When),
    /// The job is given up.
    Aborted(When),
    /// Somebody cancels the job at the printer.
    Canceled(When),
    /// It loses its power.
    Off(When),
    /// It reads a question and never answers; everything else goes on.
    Silent(Step),
    /// It does what it is asked and its answer is lost.
    LostAnswer(Step),
    /// The connection breaks in the middle of the document.
    Broken,
    /// It takes no PDF.
    NoPdf,
    /// It works for somebody else.
    Busy,
    /// It says that the job is completed when nothing came out.
    ClaimsCompleted,
    /// It says that the job is completed when it was only handed on to something that does not print.
    HandsOn,
    /// It does not cancel.
    IgnoresCancel,
    /// It forgets a job as soon as it has ended.
    ForgetsJobs,
}

type Make = fn(When) -> DocumentPrinterFault;

macro_rules! whenever {
    ($name:literal, $what:literal) => {
        [
            FaultName { name: concat!("document_printer.", $name), meaning: $what },
            FaultName {
                name: concat!("document_printer.", $name, "@pageN"),
                meaning: concat!($what, " in place of page N"),
            },
        ]
    };
}

const WHENEVER: [(Make, [FaultName; 2]); 11] = [
    (|when| DocumentPrinterFault::Stopped(Stop::PaperOut, when), whenever!("paper_out", "the tray is empty")),
    (
        |when| DocumentPrinterFault::Stopped(Stop::PaperJam, when),
        whenever!("paper_jam", "a sheet gets stuck"),
    ),
    (
        |when| DocumentPrinterFault::Stopped(Stop::CoverOpen, when),
        whenever!("cover_open", "a cover is opened"),
    ),
    (|when| DocumentPrinterFault::Stopped(Stop::DoorOpen, when), whenever!("door_open", "a door is opened")),
    (
        |when| DocumentPrinterFault::Stopped(Stop::OutputFull, when),
        whenever!("output_full", "the output tray is full"),
    ),
    (|when| DocumentPrinterFault::Stopped(Stop::TonerOut, when), whenever!("toner_out", "there is no toner")),
    (|when| DocumentPrinterFault::Stopped(Stop::Paused, when), whenever!("paused", "somebody presses pause")),
    (
        |when| DocumentPrinterFault::Stopped(Stop::Hardware, when),
        whenever!("hardware", "a fault that only a technician clears"),
    ),
    (DocumentPrinterFault::Aborted, whenever!("aborted", "the printer gives the job up")),
    (DocumentPrinterFault::Canceled, whenever!("canceled", "somebody cancels the job at the printer")),
    (DocumentPrinterFault::Off, whenever!("off", "the printer loses its power")),
];

const ALWAYS: [(DocumentPrinterFault, FaultName); 18] = {
    use DocumentPrinterFault as F;
    const fn named(name: &'static str, meaning: &'static str) -> FaultName {
        FaultName { name, meaning }
    }
    [
        (F::PaperLow, named("document_printer.paper_low", "the paper ends soon")),
        (F::Silent(Step::Status), named("document_printer.silent@status", "no answer to how the printer is")),
        (
            F::Silent(Step::Validate),
            named("document_printer.silent@validate", "no answer to whether a job is taken"),
        ),
        (
            F::Silent(Step::Create),
            named("document_printer.silent@create", "no answer to a new job, and no job"),
        ),
        (
            F::Silent(Step::Document),
            named("document_printer.silent@document", "the document is read and lost"),
        ),
        (F::Silent(Step::Job), named("document_printer.silent@job", "no answer to how a job is")),
        (
            F::Silent(Step::Cancel),
            named("document_printer.silent@cancel", "no answer to a cancellation, and none"),
        ),
        (
            F::LostAnswer(Step::Create),
            named("document_printer.lost_answer@create", "a job is made and its number lost on the way"),
        ),
        (
            F::LostAnswer(Step::Document),
            named(
                "document_printer.lost_answer@document",
                "the document is taken and the answer lost on the way",
            ),
        ),
        (
            F::LostAnswer(Step::Cancel),
            named(
                "document_printer.lost_answer@cancel",
                "the job is cancelled and the answer lost on the way",
            ),
        ),
        (
            F::Broken,
            named("document_printer.broken@document", "the connection breaks in the middle of the document"),
        ),
        (F::NoPdf, named("document_printer.no_pdf", "the printer takes no PDF")),
        (F::Busy, named("document_printer.busy", "the printer works for somebody else")),
        (
            F::ClaimsCompleted,
            named(
                "document_printer.claims_completed",
                "the job is said to be completed and nothing comes out",
            ),
        ),
        (
            F::HandsOn,
            named(
                "document_printer.hands_on",
                "the job is handed on, called completed, and nothing comes out",
            ),
        ),
        (F::IgnoresCancel, named("document_printer.ignores_cancel", "a cancellation is taken and not done")),
        (
            F::ForgetsJobs,
            named("document_printer.forgets_jobs", "a job is forgotten as soon as it has ended"),
        ),
        (
            F::LostAnswer(Step::Job),
            named("document_printer.lost_answer@job", "every answer to how a job is breaks off"),
        ),
    ]
};

/// The names, for `--fault list`.
pub fn fault_names() -> impl Iterator<Item = FaultName> {
    ALWAYS.into_iter().map(|(_, name)| name).chain(WHENEVER.into_iter().flat_map(|(_, names)| names))
}

impl DocumentPrinterFault {
    /// The fault of that full name, `document_printer.paper_out@page2`.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some((fault, _)) = ALWAYS.iter().find(|(_, known)| known.name == name) {
            return Some(*fault);
        }
        let (fault, when) = match name.split_once('@') {
            None => (name, When::Before),
            Some((fault, at)) => {
                let page = at.strip_prefix("page")?.parse().ok().filter(|page| *page > 0)?;
                (fault, When::Page(page))
            }
        };
        WHENEVER.iter().find(|(_, names)| names[0].name == fault).map(|(make, _)| make(when))
    }
}
