//! The maker's program in its own process.
//!
//! Duty: the agreement's input, output and exit codes. Never: start or end a process by itself; that is
//! `limited_program`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use super::{DecodedPhoto, HEAD, PHOTO_BYTES, PIXELS, PhotoDecoder, PhotoDecoderError, Portrait};
use crate::id_card_reader::payload::Photo;
use crate::limited_program::{LimitedProgram, ProgramError, ProgramLimits};

/// The agreement's version, in this variable.
const VERSION: (&str, &str) = ("YILIN_PHOTO_DECODER", "1");
/// The exit code of a photo that cannot be decoded.
const NOT_DECODABLE: i32 = 3;
/// A portrait is 38 kB: 512 MiB are room for a maker's libraries, and a second of work is much.
const LIMITS: ProgramLimits =
    ProgramLimits { memory_bytes: 512 << 20, processor_seconds: 5, file_bytes: 1 << 20 };

/// A decoder behind a command.
#[derive(Debug, Clone)]
pub struct PhotoProgram(LimitedProgram);

impl PhotoProgram {
    /// A decoder at this path: 512 MiB, 5 s of processor time, files of 1 MiB; it is started with the first photo.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        Self(LimitedProgram { program: program.into(), arguments, limits: LIMITS, environment: VERSION })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: ProgramLimits) -> Self {
        self.0.limits = limits;
        self
    }
}

impl PhotoDecoder for PhotoProgram {
    fn decode(&mut self, photo: &Photo, deadline: Instant) -> Result<DecodedPhoto, PhotoDecoderError> {
        if photo.bytes().len() != PHOTO_BYTES {
            return Ok(DecodedPhoto::NotDecodable);
        }
        let ended = self.0.run(photo.bytes(), HEAD.len() + PIXELS, deadline)?;
        match ended.status.code() {
            Some(0) => Portrait::from_output(&ended.output).map(DecodedPhoto::Portrait),
            Some(NOT_DECODABLE) => Ok(DecodedPhoto::NotDecodable),
            _ => Err(PhotoDecoderError::Crashed(ended.status)),
        }
    }
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
