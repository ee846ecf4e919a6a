//! Speech: a program of others that says a text aloud.
//!
//! Duty: hand one text to the program and hear when it is said. Never: wait longer than the limit, let a text be seen by
//! other processes (it goes in by the standard input, never as an argument), or keep one.
//!
//! The agreement is small: the text in UTF-8 on the standard input, exit code 0 when it was said. espeak-ng keeps it with
//! `--stdin`; a vendor's engine behind a script does, too.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::limited_program::{LimitedProgram, ProgramError, ProgramLimits};

/// The longest text, in bytes: more than a minute of speech, and less than a pipe holds.
pub const LONGEST: usize = 4096;
/// A text that is not said by then is given up.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// A neural voice needs room; what it may write is a sound of a text.
const LIMITS: ProgramLimits =
    ProgramLimits { memory_bytes: 2 << 30, processor_seconds: 60, file_bytes: 64 << 20 };
/// The text's encoding.
const UTF_8: (&str, &str) = ("LC_ALL", "C.UTF-8");

/// A voice: a program and what it is started with.
#[derive(Debug, Clone)]
pub struct Voice {
    program: LimitedProgram,
    patience: Duration,
}

/// How saying a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// To its end.
    Whole,
    /// It was stopped on the way.
    Stopped,
}

/// Why a text was not said.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// The program is not there.
    #[error("{program} cannot be started")]
    NotStarted {
        /// Its path.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It did not come to its end in time, and was ended.
    #[error("the voice was not done in time")]
    Timeout,
    /// It ended with an error.
    #[error("the voice failed: {0}")]
    Failed(ExitStatus),
    /// The text is longer than [`LONGEST`].
    #[error("a text of {0} bytes is too long to be said")]
    TooLong(usize),
    /// The system failed between us and it.
    #[error("the voice could not be spoken to")]
    Io(#[source] std::io::Error),
}

impl Voice {
    /// A voice behind a command: 2 GiB, 60 s of processor time, [`PATIENCE`] for a text.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        let program =
            LimitedProgram { program: program.into(), arguments, limits: LIMITS, environment: UTF_8 };
        Self { program, patience: PATIENCE }
    }

    /// The same with another limit for one text.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Says a text; returns when it is said, or soon after `goes_on` said no.
    ///
    /// # Errors
    /// Why it was not said.
    pub fn say(&self, text: &str, goes_on: &dyn Fn() -> bool) -> Result<Said, SpeechError> {
        if text.len() > LONGEST {
            return Err(SpeechError::TooLong(text.len()));
        }
        let ended = self.program.run_while(text.as_bytes(), Instant::now() + self.patience, goes_on);
        match ended.map_err(|error| match error {
            ProgramError::NotStarted { program, source } => SpeechError::NotStarted { program, source },
            ProgramError::Timeout | ProgramError::Flooded => SpeechError::Timeout,
            ProgramError::Io(source) => SpeechError::Io(source),
        })? {
            None => Ok(Said::Stopped),
            Some(status) if status.success() => Ok(Said::Whole),
            Some(status) => Err(SpeechError::Failed(status)),
        }
    }
}
