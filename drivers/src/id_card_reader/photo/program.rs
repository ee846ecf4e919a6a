//! The maker's program in its own process.
//!
//! Duty: start it, limit it, feed it, hear it, end it. Never: wait longer than the deadline, or leave a process behind.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, Signal, kill_process_group, pidfd_open, prlimit};
use zeroize::Zeroizing;

use super::{DecodedPhoto, HEAD, PHOTO_BYTES, PIXELS, PhotoDecoder, PhotoDecoderError, Portrait};
use crate::id_card_reader::payload::Photo;

/// The agreement's version, in this variable.
const VERSION: (&str, &str) = ("YILIN_PHOTO_DECODER", "1");
/// The exit code of a photo that cannot be decoded.
const NOT_DECODABLE: i32 = 3;
/// One byte more than a portrait tells a flood.
const MOST_OUTPUT: usize = HEAD.len() + PIXELS + 1;

/// What a decoder may use besides the caller's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgramLimits {
    /// Bytes of address space, everything it is linked with included.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub processor_seconds: u64,
    /// Bytes of the longest file that it may write.
    pub file_bytes: u64,
}

impl Default for ProgramLimits {
    /// A portrait is 38 kB: 512 MiB are room for a maker's libraries, and a second of work is much.
    fn default() -> Self {
        Self { memory_bytes: 512 << 20, processor_seconds: 5, file_bytes: 1 << 20 }
    }
}

/// A decoder behind a command.
#[derive(Debug, Clone)]
pub struct PhotoProgram {
    program: PathBuf,
    arguments: Vec<OsString>,
    limits: ProgramLimits,
}

impl PhotoProgram {
    /// A decoder at this path, with the default limits; it is started with the first photo.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        Self { program: program.into(), arguments, limits: ProgramLimits::default() }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: ProgramLimits) -> Self {
        Self { limits, ..self }
    }

    fn start(&self) -> Result<Running, PhotoDecoderError> {
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .env(VERSION.0, VERSION.1)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A group of its own, so that what it starts ends with it.
            .process_group(0)
            .spawn()
            .map_err(|source| PhotoDecoderError::Unavailable {
                program: self.program.display().to_string(),
                source,
            })?;
        let running = Running(child);
        running.limit(self.limits).map_err(PhotoDecoderError::Io)?;
        Ok(running)
    }
}

impl PhotoDecoder for PhotoProgram {
    fn decode(&mut self, photo: &Photo, deadline: Instant) -> Result<DecodedPhoto, PhotoDecoderError> {
        if photo.bytes().len() != PHOTO_BYTES {
            return Ok(DecodedPhoto::NotDecodable);
        }
        let mut running = self.start()?;
        running.feed(photo.bytes())?;
        let output = running.output(deadline)?;
        let status = running.end(deadline)?;
        match status.code() {
            Some(0) => Portrait::from_output(&output).map(DecodedPhoto::Portrait),
            Some(NOT_DECODABLE) => Ok(DecodedPhoto::NotDecodable),
            _ => Err(PhotoDecoderError::Crashed(status)),
        }
    }
}

/// A decoder that runs; dropping it ends it and all that it started.
struct Running(Child);

impl Running {
    /// The child waits for its input meanwhile: nothing of a photo has reached it.
    fn limit(&self, limits: ProgramLimits) -> io::Result<()> {
        for (resource, most) in [
            (Resource::As, limits.memory_bytes),
            (Resource::Cpu, limits.processor_seconds),
            (Resource::Fsize, limits.file_bytes),
            // A core file would be a photo on the disk.
            (Resource::Core, 0),
        ] {
            let limit = Rlimit { current: Some(most), maximum: Some(most) };
            prlimit(Some(self.pid()), resource, limit)?;
        }
        Ok(())
    }

    /// A fresh pipe takes 1024 bytes at once, whether the child reads them or not.
    fn feed(&mut self, photo: &[u8]) -> Result<(), PhotoDecoderError> {
        let Some(mut input) = self.0.stdin.take() else { return Ok(()) };
        match input.write_all(photo) {
            // It ended without reading: its exit code says why.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(PhotoDecoderError::Io),
        }
    }

    fn output(&mut self, deadline: Instant) -> Result<Zeroizing<Vec<u8>>, PhotoDecoderError> {
        // Never grows: growing would leave an unwiped copy behind.
        let mut output = Zeroizing::new(vec![0; MOST_OUTPUT]);
        let mut filled = 0;
        let Some(mut pipe): Option<ChildStdout> = self.0.stdout.take() else { return Ok(output) };
        loop {
            wait_for(pipe.as_fd(), deadline)?;
            let Some(room) = output.get_mut(filled..).filter(|room| !room.is_empty()) else {
                return Err(PhotoDecoderError::Flooded);
            };
            match pipe.read(room) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PhotoDecoderError::Io(error)),
            }
        }
        output.truncate(filled);
        Ok(output)
    }

    /// Waits for the end of the program itself: closing its output is not ending.
    fn end(&mut self, deadline: Instant) -> Result<ExitStatus, PhotoDecoderError> {
        let process = pidfd_open(self.pid(), PidfdFlags::empty());
        wait_for(process.map_err(|error| PhotoDecoderError::Io(error.into()))?.as_fd(), deadline)?;
        self.0.wait().map_err(PhotoDecoderError::Io)
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A group that has ended by itself is gone already.
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let _ = self.0.wait();
    }
}

/// Waits until there is something to read or an end.
fn wait_for(fd: BorrowedFd<'_>, deadline: Instant) -> Result<(), PhotoDecoderError> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left =
            Timespec::try_from(left).map_err(|error| PhotoDecoderError::Io(io::Error::other(error)))?;
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], Some(&left)) {
            Ok(0) => return Err(PhotoDecoderError::Timeout),
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(PhotoDecoderError::Io(error.into())),
        }
    }
}
