//! `printer-state` and `printer-state-reasons` (RFC 8011, 5.4.11 and 5.4.12) → what a person can be told.
//!
//! Duty: keywords to XFS4IoT words and one cause. Never: ask the printer.

use domain::device::{Cause as Trouble, DeviceState, PaperSupply};

/// Why a printer does not print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The port is no printer's address, or nobody listens there.
    Port,
    /// It does not answer, or no longer.
    NoAnswer,
    /// It answers what is no IPP.
    Protocol,
    /// A cover is open.
    CoverOpen,
    /// A door is open.
    DoorOpen,
    /// No paper.
    PaperOut,
    /// Paper is stuck.
    PaperJam,
    /// A tray is not where it belongs.
    TrayMissing,
    /// The output tray is full.
    OutputFull,
    /// No toner or ink.
    TonerOut,
    /// Too hot; it cools by itself.
    Overheated,
    /// A fault that needs a technician.
    Hardware,
    /// Somebody paused it.
    Paused,
    /// It stopped and does not say why, or is not connected to what prints.
    Offline,
    /// It works for somebody else, or takes no jobs now.
    Busy,
    /// It does not take this kind of document.
    Format,
    /// It refused the job, and gave no reason that has a word here.
    Refused,
    /// It gave the job up.
    Aborted,
    /// Somebody cancelled the job at the printer.
    Canceled,
    /// The job stood still for too long.
    Stalled,
    /// It says that the job is done and that fewer pages came out than it has.
    PagesMissing,
    /// It no longer knows the job.
    JobLost,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 22] = [
        Self::Port,
        Self::NoAnswer,
        Self::Protocol,
        Self::CoverOpen,
        Self::DoorOpen,
        Self::PaperOut,
        Self::PaperJam,
        Self::TrayMissing,
        Self::OutputFull,
        Self::TonerOut,
        Self::Overheated,
        Self::Hardware,
        Self::Paused,
        Self::Offline,
        Self::Busy,
        Self::Format,
        Self::Refused,
        Self::Aborted,
        Self::Canceled,
        Self::Stalled,
        Self::PagesMissing,
        Self::JobLost,
    ];

    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::NoAnswer => "no_answer",
            Self::Protocol => "protocol",
            Self::CoverOpen => "cover_open",
            Self::DoorOpen => "door_open",
            Self::PaperOut => "paper_out",
            Self::PaperJam => "paper_jam",
            Self::TrayMissing => "tray_missing",
            Self::OutputFull => "output_full",
            Self::TonerOut => "toner_out",
            Self::Overheated => "overheated",
            Self::Hardware => "hardware",
            Self::Paused => "paused",
            Self::Offline => "offline",
            Self::Busy => "busy",
            Self::Format => "format",
            Self::Refused => "refused",
            Self::Aborted => "aborted",
            Self::Canceled => "canceled",
            Self::Stalled => "stalled",
            Self::PagesMissing => "pages_missing",
            Self::JobLost => "job_lost",
        }
    }

    /// The same among the causes of all devices.
    pub const fn trouble(self) -> Trouble {
        match self {
            Self::Port => Trouble::Port,
            Self::NoAnswer | Self::Stalled | Self::JobLost => Trouble::NoAnswer,
            Self::Protocol => Trouble::InvalidAnswer,
            Self::CoverOpen | Self::DoorOpen => Trouble::CoverOpen,
            Self::PaperOut | Self::TrayMissing => Trouble::PaperOut,
            Self::PaperJam | Self::PagesMissing => Trouble::PaperJam,
            Self::OutputFull => Trouble::OutputFull,
            Self::TonerOut => Trouble::TonerOut,
            Self::Overheated => Trouble::Overheated,
            Self::Hardware | Self::Aborted => Trouble::Hardware,
            Self::Paused | Self::Canceled => Trouble::Paused,
            Self::Offline => Trouble::Offline,
            Self::Busy => Trouble::Busy,
            Self::Format => Trouble::Format,
            Self::Refused => Trouble::Refused,
        }
    }

    /// XFS4IoT's word for a printer in that condition.
    pub const fn device_state(self) -> DeviceState {
        match self {
            // What became of a job says nothing of the printer.
            Self::Busy
            | Self::Refused
            | Self::Aborted
            | Self::Canceled
            | Self::Stalled
            | Self::PagesMissing
            | Self::JobLost => DeviceState::Online,
            // Whatever answers there, it is no printer that could be defective.
            Self::Protocol => DeviceState::Offline,
            other => other.trouble().state(),
        }
    }
}

/// How a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterStatus {
    /// XFS4IoT `device`.
    pub state: DeviceState,
    /// XFS4IoT printer `paper`.
    pub paper: PaperSupply,
    /// What keeps it from printing; none when it is ready.
    pub cause: Option<Cause>,
    /// Its own keywords, `none` left out.
    pub reasons: Vec<String>,
}

/// `printer-state` (RFC 8011, 5.4.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrinterState {
    /// Ready for a job.
    Idle,
    /// At one.
    Processing,
    /// Waits for a hand.
    Stopped,
}

impl PrinterState {
    /// The state of that number.
    pub const fn of(number: i32) -> Option<Self> {
        match number {
            3 => Some(Self::Idle),
            4 => Some(Self::Processing),
            5 => Some(Self::Stopped),
            _ => None,
        }
    }
}

/// How bad a reason is. A keyword without an ending is taken for the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Report,
    Warning,
    Error,
}

fn severity(keyword: &str) -> (&str, Severity) {
    let endings =
        [("-report", Severity::Report), ("-warning", Severity::Warning), ("-error", Severity::Error)];
    let found = endings.iter().find_map(|(end, severity)| Some((keyword.strip_suffix(end)?, *severity)));
    found.unwrap_or((keyword, Severity::Error))
}

/// In the order in which a person has to deal with them. What is not here and ends in `-error` is [`Cause::Hardware`].
const CAUSES: [(&str, Cause); 24] = [
    ("cover-open", Cause::CoverOpen),
    ("door-open", Cause::DoorOpen),
    ("interlock-open", Cause::DoorOpen),
    ("media-jam", Cause::PaperJam),
    ("input-tray-missing", Cause::TrayMissing),
    ("output-tray-missing", Cause::TrayMissing),
    ("media-empty", Cause::PaperOut),
    ("media-needed", Cause::PaperOut),
    ("output-area-full", Cause::OutputFull),
    ("marker-supply-empty", Cause::TonerOut),
    ("toner-empty", Cause::TonerOut),
    ("developer-empty", Cause::TonerOut),
    ("marker-supply-missing", Cause::TonerOut),
    ("marker-waste-full", Cause::Hardware),
    ("opc-life-over", Cause::Hardware),
    ("fuser-over-temp", Cause::Overheated),
    ("paused", Cause::Paused),
    ("moving-to-paused", Cause::Paused),
    ("shutdown", Cause::Offline),
    ("offline", Cause::Offline),
    ("timed-out", Cause::Offline),
    ("connecting-to-device", Cause::Offline),
    ("spool-area-full", Cause::Busy),
    ("hold-new-jobs", Cause::Paused),
];

/// What stops every printer, however mildly it says so: ippeveprinter, for one, gives the ending by its own state and not
/// by the reason.
const ALWAYS: [&str; 5] = ["cover-open", "door-open", "interlock-open", "media-jam", "media-needed"];

/// Keywords that tell of supplies that end, of warming up and of the like: nothing that keeps a page from coming out.
const HARMLESS: [&str; 11] = [
    "none",
    "media-low",
    "toner-low",
    "developer-low",
    "marker-supply-low",
    "marker-waste-almost-full",
    "output-area-almost-full",
    "opc-near-eol",
    "fuser-under-temp",
    "stopped-partly",
    "resuming",
];

impl PrinterStatus {
    /// A printer that could not be asked.
    pub const fn unreachable(cause: Cause) -> Self {
        let state = cause.device_state();
        Self { state, paper: PaperSupply::Unknown, cause: Some(cause), reasons: Vec::new() }
    }

    /// What its answers mean.
    pub fn of<'a>(state: PrinterState, reasons: impl Iterator<Item = &'a str>) -> Self {
        let reasons: Vec<String> = reasons.filter(|word| *word != "none").map(str::to_owned).collect();
        // A warning says that one tray of several is empty; a printer that stopped means it.
        let bar = match state {
            PrinterState::Stopped => Severity::Report,
            PrinterState::Idle | PrinterState::Processing => Severity::Error,
        };
        let foreign = |name: &str| !HARMLESS.contains(&name) && !CAUSES.iter().any(|(word, _)| *word == name);
        let other = || {
            let named = reasons.iter().filter_map(|word| word.strip_suffix("-error"));
            named.into_iter().any(foreign).then_some(Cause::Hardware)
        };
        let stopped = || (state == PrinterState::Stopped).then_some(Cause::Offline);
        let cause = cause_of(&reasons, bar).or_else(other).or_else(stopped);
        let says = |word: &str| reasons.iter().any(|said| severity(said).0 == word);
        let paper = match () {
            () if says("media-jam") => PaperSupply::Jammed,
            () if cause == Some(Cause::PaperOut) || says("media-needed") => PaperSupply::Out,
            () if says("media-empty") && bar == Severity::Report => PaperSupply::Out,
            () if says("media-empty") || says("media-low") => PaperSupply::Low,
            () => PaperSupply::Full,
        };
        Self { state: cause.map_or(DeviceState::Online, Cause::device_state), paper, cause, reasons }
    }

    /// What its mildest words hint at, for a job that stands still.
    pub(super) fn suspicion(&self) -> Option<Cause> {
        self.cause.or_else(|| cause_of(&self.reasons, Severity::Report))
    }
}

/// The first cause that is said with at least this severity.
fn cause_of(reasons: &[String], bar: Severity) -> Option<Cause> {
    let says = |word: &str| {
        let bar = if ALWAYS.contains(&word) { Severity::Report } else { bar };
        reasons.iter().map(|said| severity(said)).any(|(name, severity)| name == word && severity >= bar)
    };
    CAUSES.iter().find(|(word, _)| says(word)).map(|(_, cause)| *cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_to_words() {
        use Cause::*;
        use DeviceState as D;
        use PaperSupply as P;
        use PrinterState::*;
        let check = |state, reasons: &[&str], cause, device, paper| {
            let status = PrinterStatus::of(state, reasons.iter().copied());
            assert_eq!(
                (status.cause, status.state, status.paper),
                (cause, device, paper),
                "{state:?} {reasons:?}"
            );
        };
        check(Idle, &["none"], None, D::Online, P::Full);
        check(Idle, &[], None, D::Online, P::Full);
        check(Idle, &["media-low-warning"], None, D::Online, P::Low);
        check(Idle, &["media-empty-warning"], None, D::Online, P::Low);
        check(Stopped, &["media-empty-warning"], Some(PaperOut), D::UserError, P::Out);
        check(Idle, &["media-empty"], Some(PaperOut), D::UserError, P::Out);
        check(Processing, &["media-needed-error"], Some(PaperOut), D::UserError, P::Out);
        check(Stopped, &["media-jam-error", "cover-open-error"], Some(CoverOpen), D::UserError, P::Jammed);
        check(Stopped, &["media-jam"], Some(PaperJam), D::UserError, P::Jammed);
        check(Stopped, &["door-open-report"], Some(DoorOpen), D::UserError, P::Full);
        check(Idle, &["door-open-report"], Some(DoorOpen), D::UserError, P::Full);
        check(Processing, &["media-jam-warning"], Some(PaperJam), D::UserError, P::Jammed);
        check(Processing, &["media-needed-report"], Some(PaperOut), D::UserError, P::Out);
        check(Idle, &["marker-supply-low-report"], None, D::Online, P::Full);
        check(Stopped, &["toner-empty-error"], Some(TonerOut), D::UserError, P::Full);
        check(Stopped, &["paused"], Some(Paused), D::UserError, P::Full);
        check(Stopped, &["fuser-over-temp-error"], Some(Overheated), D::Offline, P::Full);
        check(Stopped, &["none"], Some(Offline), D::Offline, P::Full);
        check(Stopped, &["com.example-belt-torn-error"], Some(Hardware), D::HardwareError, P::Full);
        // A maker's own word without a severity is no trouble while the printer runs.
        check(Idle, &["com.example-sleeping"], None, D::Online, P::Full);
        check(Processing, &["fuser-under-temp"], None, D::Online, P::Full);
    }

    #[test]
    fn every_cause_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.word()).collect();
        assert_eq!(words.len(), Cause::ALL.len());
    }
}
