//! A program of others in a process of its own: a photo decoder, a face engine, a mixer, a voice.
//!
//! Duty: start it, limit it, feed it, hear it, end it. Never: wait longer than the deadline, leave a process behind, or
//! keep what went through.

pub mod recording;

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, Signal, kill_process_group, pidfd_open, prlimit};
use zeroize::Zeroizing;

pub(crate) use recording::{ProgramRedaction, Run};

/// So often it is looked whether a program may go on.
const SLICE: Duration = Duration::from_millis(50);

/// What a program may use besides the caller's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgramLimits {
    /// Bytes of address space, everything it is linked with included.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub processor_seconds: u64,
    /// Bytes of the longest file that it may write.
    pub file_bytes: u64,
}

/// A program, its arguments, its limits, and the one variable that its environment holds.
#[derive(Debug, Clone)]
pub(crate) struct LimitedProgram {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) limits: ProgramLimits,
    /// The agreement's name and version.
    pub(crate) environment: (&'static str, &'static str),
}

/// Why a program gave no output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    /// It does not start.
    #[error("{program} cannot be started")]
    NotStarted { program: String, source: io::Error },
    /// It was not done in time, and was killed.
    #[error("not done in time")]
    Timeout,
    /// It wrote more than it may, and was killed.
    #[error("more output than agreed")]
    Flooded,
    /// The system failed between us and it.
    #[error("it could not be spoken to")]
    Io(#[source] io::Error),
}

/// What a program wrote, wiped when dropped, and how it ended.
pub(crate) struct Ended {
    pub(crate) output: Zeroizing<Vec<u8>>,
    pub(crate) status: ExitStatus,
}

impl LimitedProgram {
    /// Feeds `input` and its end, takes at most `most_output` bytes, and waits for the program's own end.
    pub(crate) fn run(
        &self,
        input: &[u8],
        most_output: usize,
        deadline: Instant,
    ) -> Result<Ended, ProgramError> {
        let mut running = self.start()?;
        let output = running.converse(input, most_output, deadline)?;
        let status = running.end(deadline)?;
        Ok(Ended { output, status })
    }

    /// Feeds `input`, which a pipe holds as a whole, to a program that answers by its end alone; none where `goes_on` said no
    /// before that, and the program was ended.
    pub(crate) fn run_while(
        &self,
        input: &[u8],
        deadline: Instant,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<ExitStatus>, ProgramError> {
        let mut running = self.start()?;
        // What it writes is heard by nobody.
        drop(running.0.stdout.take());
        let mut sink = running.0.stdin.take();
        match sink.as_mut().map_or(Ok(()), |sink| sink.write_all(input)) {
            // It ended without reading: its exit code says why.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(ProgramError::Io(error)),
            _ => drop(sink),
        }
        while goes_on() {
            match running.end(deadline.min(Instant::now() + SLICE)) {
                Err(ProgramError::Timeout) if Instant::now() < deadline => {}
                ended => return ended.map(Some),
            }
        }
        Ok(None)
    }

    /// Its path, for people.
    pub(crate) fn path(&self) -> &Path {
        &self.program
    }

    fn start(&self) -> Result<Running, ProgramError> {
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .env(self.environment.0, self.environment.1)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It could hold what went in.
            .stderr(Stdio::null())
            // A group of its own, so that what it starts ends with it.
            .process_group(0)
            .spawn()
            .map_err(|source| ProgramError::NotStarted {
                program: self.program.display().to_string(),
                source,
            })?;
        let running = Running(child);
        running.limit(self.limits).map_err(ProgramError::Io)?;
        Ok(running)
    }
}

/// A program that runs; dropping it ends it and all that it started.
struct Running(Child);

impl Running {
    /// The child waits for its input meanwhile: nothing has reached it.
    fn limit(&self, limits: ProgramLimits) -> io::Result<()> {
        for (resource, most) in [
            (Resource::As, limits.memory_bytes),
            (Resource::Cpu, limits.processor_seconds),
            (Resource::Fsize, limits.file_bytes),
            // A core file would be what went in, on the disk.
            (Resource::Core, 0),
        ] {
            let limit = Rlimit { current: Some(most), maximum: Some(most) };
            prlimit(Some(self.pid()), resource, limit)?;
        }
        Ok(())
    }

    /// Writes and reads by turns: a program may answer before it has read all, and a pipe holds 64 KiB.
    fn converse(
        &mut self,
        mut input: &[u8],
        most_output: usize,
        deadline: Instant,
    ) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
        // Never grows: growing would leave an unwiped copy behind. One byte more tells a flood.
        let mut output = Zeroizing::new(vec![0; most_output + 1]);
        let mut filled = 0;
        let mut sink = self.0.stdin.take();
        let Some(mut source) = self.0.stdout.take() else { return Ok(output) };
        if let Some(sink) = &sink {
            let flags = fcntl_getfl(sink).map_err(|error| ProgramError::Io(error.into()))?;
            fcntl_setfl(sink, flags | OFlags::NONBLOCK).map_err(|error| ProgramError::Io(error.into()))?;
        }
        loop {
            sink = sink.and_then(|pipe| fed(pipe, &mut input).transpose()).transpose()?;
            if !wait(&source, sink.as_ref(), deadline)? {
                continue;
            }
            let Some(room) = output.get_mut(filled..).filter(|room| !room.is_empty()) else {
                return Err(ProgramError::Flooded);
            };
            match source.read(room) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ProgramError::Io(error)),
            }
        }
        if filled > most_output {
            return Err(ProgramError::Flooded);
        }
        output.truncate(filled);
        Ok(output)
    }

    /// Waits for the end of the program itself: closing its output is not ending.
    fn end(&mut self, deadline: Instant) -> Result<ExitStatus, ProgramError> {
        let process = pidfd_open(self.pid(), PidfdFlags::empty());
        let process = process.map_err(|error| ProgramError::Io(error.into()))?;
        while !wait(&process, None::<&ChildStdin>, deadline)? {}
        self.0.wait().map_err(ProgramError::Io)
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

/// Hands over what the pipe takes; gives the pipe back while there is more to write, else closes it.
fn fed(mut pipe: ChildStdin, input: &mut &[u8]) -> Result<Option<ChildStdin>, ProgramError> {
    while !input.is_empty() {
        match pipe.write(input) {
            Ok(count) => *input = input.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Some(pipe)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // It ended without reading: its exit code says why.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => return Err(ProgramError::Io(error)),
        }
    }
    Ok(None)
}

/// Waits until `source` has something or its end (true), or `sink` takes more (false).
fn wait(source: impl AsFd, sink: Option<impl AsFd>, deadline: Instant) -> Result<bool, ProgramError> {
    let failed = |error: rustix::io::Errno| ProgramError::Io(error.into());
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(|error| ProgramError::Io(io::Error::other(error)))?;
        let source = PollFd::new(&source, PollFlags::IN);
        let ready = match &sink {
            Some(sink) => {
                let mut fds = [source, PollFd::new(sink, PollFlags::OUT)];
                poll(&mut fds, Some(&left)).map(|count| (count, !fds[0].revents().is_empty()))
            }
            None => {
                let mut fds = [source];
                poll(&mut fds, Some(&left)).map(|count| (count, !fds[0].revents().is_empty()))
            }
        };
        match ready {
            Ok((0, _)) => return Err(ProgramError::Timeout),
            Ok((_, readable)) => return Ok(readable),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(failed(error)),
        }
    }
}
