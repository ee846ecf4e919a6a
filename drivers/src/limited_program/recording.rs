//! What a program was asked and what it answered, as a file of JSON lines: face engines, photo decoders, mixers.
//!
//! Duty: making such a recording and playing it, as the program's driver says what of it may be written down. Never: let a
//! picture, or anything that was found in one, reach the disk.
//!
//! # The lines
//! Those of every recording of calls (`drivers/src/transport/recording`): a call is one run of the program. `input` is what of
//! its standard input may be written down and `bytes` how long all of it was, `output` what stands for its standard output,
//! both in hexadecimal; `code` is its exit code, `signal` what ended it otherwise.
//! ```text
//! {"recording":1,"port":"alsa:0/Master","outgoing":"hidden"}
//! {"us":18,"ask":{"arguments":["-M","-c","0","sget","Master"],"input":"","bytes":0},"told":{"ended":{"output":"53696D…","code":0}}}
//! {"us":2011874,"ask":{"arguments":[],"input":"0000…","bytes":48213},"told":"timed_out"}
//! {"us":2011902,"end":true}
//! ```

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Ended, LimitedProgram, ProgramError};
use crate::transport::{
    CallJournal, CallReplay, Outgoing, PortAddress, RecordingError, bytes_of, check_calls, hexadecimal,
};

/// What of a program's conversation may be written down.
#[derive(Clone, Copy)]
pub(crate) struct ProgramRedaction {
    /// The part of the input that is nobody's.
    pub(crate) input: fn(&[u8]) -> Vec<u8>,
    /// What stands for an output.
    pub(crate) output: fn(&[u8]) -> Vec<u8>,
}

/// How a program is run.
#[derive(Clone, Default)]
pub(crate) enum Run {
    /// As it is.
    #[default]
    Now,
    /// And written down.
    Recorded(Arc<Mutex<CallJournal>>, ProgramRedaction),
    /// It is not run: a recording answers.
    Replayed(Arc<Mutex<CallReplay<Ask, Told>>>, ProgramRedaction),
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    arguments: Vec<String>,
    input: String,
    /// Of all of the input; that of a replay may be another's.
    bytes: usize,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Told {
    Ended {
        output: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
    },
    TimedOut,
    Flooded,
    NotStarted {
        errno: i32,
    },
    Errno(i32),
}

/// Of an error without a number: `EIO`.
const IO: i32 = 5;

impl Run {
    /// Writes every run into a new file that only its owner may read; the program is what is behind `port`.
    pub(crate) fn recorded(
        port: &PortAddress,
        redaction: ProgramRedaction,
        file: &Path,
    ) -> Result<Self, RecordingError> {
        let journal = CallJournal::create(port, Outgoing::Hidden, file)?;
        Ok(Self::Recorded(Arc::new(Mutex::new(journal)), redaction))
    }

    /// Plays a recording, of which the caller knows that it is such a program's.
    pub(crate) fn replayed(file: &Path, redaction: ProgramRedaction) -> Result<Self, RecordingError> {
        Ok(Self::Replayed(Arc::new(Mutex::new(CallReplay::open(file)?)), redaction))
    }

    /// As [`LimitedProgram::run`].
    pub(crate) fn run(
        &self,
        program: &LimitedProgram,
        input: &[u8],
        most_output: usize,
        deadline: Instant,
    ) -> Result<Ended, ProgramError> {
        match self {
            Self::Now => program.run(input, most_output, deadline),
            Self::Recorded(journal, redaction) => {
                let ended = program.run(input, most_output, deadline);
                let told = Told::of(&ended, redaction.output);
                locked(journal).note(Ask::of(program, input, redaction.input), told);
                ended
            }
            Self::Replayed(replay, redaction) => {
                let mut replay = locked(replay);
                let ask = Ask::of(program, input, redaction.input);
                let told = replay.told_by(|recorded| recorded.is_as(&ask)).cloned();
                told.and_then(|told| told.ended(program)).unwrap_or_else(|| {
                    replay.disagrees();
                    let diverged = replay.diverged().unwrap_or(RecordingError::CutOff);
                    Err(ProgramError::Io(io::Error::other(diverged)))
                })
            }
        }
    }
}

/// What a thread that panicked left is as good as before: lines are whole.
fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ask {
    fn of(program: &LimitedProgram, input: &[u8], kept: fn(&[u8]) -> Vec<u8>) -> Self {
        let arguments = program.arguments.iter().map(|word| word.to_string_lossy().into_owned());
        Self { arguments: arguments.collect(), input: hexadecimal(&kept(input)), bytes: input.len() }
    }

    fn is_as(&self, other: &Self) -> bool {
        (&self.arguments, &self.input) == (&other.arguments, &other.input)
    }
}

impl Told {
    fn of(ended: &Result<Ended, ProgramError>, stands: fn(&[u8]) -> Vec<u8>) -> Self {
        let number = |error: &io::Error| error.raw_os_error().unwrap_or(IO);
        match ended {
            Ok(Ended { output, status }) => Self::Ended {
                output: hexadecimal(&stands(output)),
                code: status.code(),
                signal: status.signal(),
            },
            Err(ProgramError::Timeout) => Self::TimedOut,
            Err(ProgramError::Flooded) => Self::Flooded,
            Err(ProgramError::NotStarted { source, .. }) => Self::NotStarted { errno: number(source) },
            Err(ProgramError::Io(error)) => Self::Errno(number(error)),
        }
    }

    /// The same again; none where the line says nothing that can be.
    fn ended(self, program: &LimitedProgram) -> Option<Result<Ended, ProgramError>> {
        Some(match self {
            Self::Ended { output, code, signal } => {
                let output = if output.is_empty() { Vec::new() } else { bytes_of(&output).ok()? };
                // As wait(2) has it: the code in the second byte, the signal in the first.
                let status = match (code, signal) {
                    (Some(code @ 0..=255), None) => code << 8,
                    (None, Some(signal @ 1..=64)) => signal,
                    _ => return None,
                };
                Ok(Ended { output: Zeroizing::new(output), status: ExitStatus::from_raw(status) })
            }
            Self::TimedOut => Err(ProgramError::Timeout),
            Self::Flooded => Err(ProgramError::Flooded),
            Self::NotStarted { errno } => Err(ProgramError::NotStarted {
                program: program.path().display().to_string(),
                source: io::Error::from_raw_os_error(errno),
            }),
            Self::Errno(errno) => Err(ProgramError::Io(io::Error::from_raw_os_error(errno))),
        })
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "Now",
            Self::Recorded(..) => "Recorded",
            Self::Replayed(..) => "Replayed",
        })
    }
}

/// Whether a text is the recording of a program.
///
/// # Errors
/// The first line that is not as the format says.
pub fn check(text: &str) -> Result<(), RecordingError> {
    check_calls::<Ask, Told>(text)
}
