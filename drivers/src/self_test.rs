//! What a technician asks of one device after another: does it work, and if not, what is to be done.
//!
//! Duty: the steps of each device's test and the condition that they end in. Never: print where nobody asked for paper,
//! show or keep anything of a card or a face, or leave a light burning.
//!
//! A new class of device adds a file here, a word to [`TerminalDevice`], and a line to the program's list.

mod camera;
mod card;
mod code_scanner;
mod document_printer;
mod face_engine;
mod io_board;
mod photo_decoder;
mod power_supply;
mod printer;
mod speaker;

use std::time::{Duration, Instant};

use domain::device::{Cause, DeviceCondition, TerminalDevice};

pub use camera::camera;
pub use card::card_reader;
pub use code_scanner::code_scanner;
pub use document_printer::{document_condition, document_printer};
pub use face_engine::face_engine;
pub use io_board::io_board;
pub use photo_decoder::photo_decoder;
pub use power_supply::power_supply;
pub use printer::{receipt_printer, status_condition};
pub use speaker::speaker;

/// One thing that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its word: `open`, `status`, `read`.
    pub name: &'static str,
    /// What came of it.
    pub outcome: StepOutcome,
    /// How long it took.
    pub took: Duration,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepOutcome {
    /// It works.
    Passed,
    /// It does not.
    Failed,
    /// It could not be tried: no card lies there, nothing is wired.
    Skipped,
}

impl StepOutcome {
    /// The word of command lines and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The end of a device's test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// What was tried, in order; the last may have failed.
    pub steps: Vec<Step>,
    /// How the device is.
    pub condition: DeviceCondition,
    /// What else a technician wants to know, or what the system said; nothing of a person.
    pub detail: Option<String>,
}

impl TestReport {
    /// Whether the device can be used.
    pub const fn passed(&self) -> bool {
        self.condition.kind().is_usable()
    }
}

/// The steps so far.
struct Trial {
    device: TerminalDevice,
    steps: Vec<Step>,
}

impl Trial {
    const fn of(device: TerminalDevice) -> Self {
        Self { device, steps: Vec::new() }
    }

    /// Tries one step and notes how it ended.
    fn step<T, E>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let begun = Instant::now();
        let result = work();
        let outcome = if result.is_ok() { StepOutcome::Passed } else { StepOutcome::Failed };
        self.steps.push(Step { name, outcome, took: begun.elapsed() });
        result
    }

    fn skip(&mut self, name: &'static str) {
        self.steps.push(Step { name, outcome: StepOutcome::Skipped, took: Duration::ZERO });
    }

    fn end(self, cause: Option<Cause>, detail: Option<String>) -> TestReport {
        let condition = DeviceCondition::of(self.device, cause);
        self.with(condition, detail)
    }

    fn with(self, condition: DeviceCondition, detail: Option<String>) -> TestReport {
        TestReport { steps: self.steps, condition, detail }
    }

    fn failed(self, cause: Cause, error: &dyn std::error::Error) -> TestReport {
        let detail = chain(error);
        self.end(Some(cause), Some(detail))
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}
