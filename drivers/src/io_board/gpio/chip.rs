//! The calls that a chip is asked with, whoever answers them.
//!
//! Duty: the seam between the driver and the kernel, at which recordings are made and played. Never: decide what to ask.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use super::uapi;

/// A chip as the kernel has it.
pub(super) trait Chip: Send {
    /// How many lines it has.
    fn lines(&mut self) -> io::Result<u32>;

    /// Takes a line.
    fn take(&mut self, line: u16, flags: u64) -> io::Result<()>;

    /// Whether a line that was taken is active.
    fn read(&mut self, line: u16) -> io::Result<bool>;

    /// Makes a line that was taken active or inactive.
    fn write(&mut self, line: u16, active: bool) -> io::Result<()>;
}

/// The kernel's own; lines are held as long as this lives.
pub(super) struct KernelChip {
    file: File,
    taken: Vec<(u16, OwnedFd)>,
}

impl KernelChip {
    pub(super) const fn new(file: File) -> Self {
        Self { file, taken: Vec::new() }
    }

    fn line(&self, line: u16) -> io::Result<&OwnedFd> {
        let taken = self.taken.iter().find(|(number, _)| *number == line);
        taken.map(|(_, file)| file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Chip for KernelChip {
    fn lines(&mut self) -> io::Result<u32> {
        uapi::chip_info(&self.file)
    }

    fn take(&mut self, line: u16, flags: u64) -> io::Result<()> {
        let taken = uapi::take_line(&self.file, u32::from(line), flags)?;
        self.taken.push((line, taken));
        Ok(())
    }

    fn read(&mut self, line: u16) -> io::Result<bool> {
        uapi::read(self.line(line)?)
    }

    fn write(&mut self, line: u16, active: bool) -> io::Result<()> {
        uapi::write(self.line(line)?, active)
    }
}
