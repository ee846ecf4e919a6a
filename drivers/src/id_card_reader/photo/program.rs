//! The maker's program in its own process.
//!
//! Duty: the agreement's input, output and exit codes. Never: start or end a process by itself; that is
//! `limited_program`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::resident_id::CardPhoto;

use super::{DecodedPhoto, HEAD, PHOTO_BYTES, PIXELS, PhotoDecoder, PhotoDecoderError, Portrait};
use crate::limited_program::{LimitedProgram, ProgramError, ProgramLimits, ProgramRedaction, Run};
use crate::transport::{PortAddress, RecordingError, recorded_port};

/// The agreement's version, in this variable.
const VERSION: (&str, &str) = ("YILIN_PHOTO_DECODER", "1");
/// The exit code of a photo that cannot be decoded.
const NOT_DECODABLE: i32 = 3;
/// A portrait is 38 kB: 512 MiB are room for a maker's libraries, and a second of work is much.
const LIMITS: ProgramLimits =
    ProgramLimits { memory_bytes: 512 << 20, processor_seconds: 5, file_bytes: 1 << 20 };

/// Of a photo there is its length, of a portrait its head.
const REDACTION: ProgramRedaction = ProgramRedaction { input: |_| Vec::new(), output: grey };
/// What stands for a pixel's colours.
const GREY: u8 = 0x80;

/// A decoder behind a command.
#[derive(Debug, Clone)]
pub struct PhotoProgram {
    program: LimitedProgram,
    run: Run,
}

impl PhotoProgram {
    /// A decoder at this path: 512 MiB, 5 s of processor time, files of 1 MiB; it is started with the first photo.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        let program =
            LimitedProgram { program: program.into(), arguments, limits: LIMITS, environment: VERSION };
        Self { program, run: Run::Now }
    }

    /// The same, and each photo's and portrait's length, and how the program ended, are written into a new file.
    ///
    /// # Errors
    /// The file is there already, or cannot be made.
    pub fn recorded(self, file: &Path) -> Result<Self, RecordingError> {
        let port = PortAddress::Program { path: self.program.path().to_owned() };
        let run = Run::recorded(&port, REDACTION, file)?;
        Ok(Self { run, ..self })
    }

    /// The decoder of a recording, whose portraits are grey.
    ///
    /// # Errors
    /// There is no such file, or it is no recording of a program.
    pub fn replayed(file: &Path, arguments: Vec<OsString>) -> Result<Self, RecordingError> {
        match recorded_port(file)? {
            PortAddress::Program { path } => {
                Ok(Self { run: Run::replayed(file, REDACTION)?, ..Self::new(path, arguments) })
            }
            other => Err(RecordingError::OtherPort(other)),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: ProgramLimits) -> Self {
        self.program.limits = limits;
        self
    }
}

impl PhotoDecoder for PhotoProgram {
    fn decode(&mut self, photo: &CardPhoto, deadline: Instant) -> Result<DecodedPhoto, PhotoDecoderError> {
        if photo.bytes().len() != PHOTO_BYTES {
            return Ok(DecodedPhoto::NotDecodable);
        }
        let ended = self.run.run(&self.program, photo.bytes(), HEAD.len() + PIXELS, deadline)?;
        match ended.status.code() {
            Some(0) => Portrait::from_output(&ended.output).map(DecodedPhoto::Portrait),
            Some(NOT_DECODABLE) => Ok(DecodedPhoto::NotDecodable),
            _ => Err(PhotoDecoderError::Crashed(ended.status)),
        }
    }
}

/// As long as the output, and headed like a portrait where it was.
fn grey(output: &[u8]) -> Vec<u8> {
    let head = if output.starts_with(HEAD) { HEAD } else { &[] };
    head.iter().copied().chain(std::iter::repeat(GREY)).take(output.len()).collect()
}

impl From<ProgramError> for PhotoDecoderError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::NotStarted { program, source } => Self::Unavailable { program, source },
            ProgramError::Timeout => Self::Timeout,
            ProgramError::Flooded => Self::Flooded,
            ProgramError::Io(source) => Self::Io(source),
        }
    }
}
