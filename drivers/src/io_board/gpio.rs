//! Inputs and outputs of the machine itself: a GPIO chip of the kernel, `gpio:/dev/gpiochip0`.
//!
//! Duty: lines by their numbers, through the character device (version 2 of its interface). Never: keep a line that is not
//! wired; the kernel gives a line to one program only.

mod chip;
pub mod recording;
mod uapi;

use std::fs::File;
use std::io;
use std::path::Path;

use chip::{Chip, KernelChip};
use recording::{Recorder, Replay};

use super::{Contacts, IoBoard, IoBoardError, Light, Lit, Pin, Wiring};
use crate::transport::{PortAddress, TransportError};

/// Lines of a chip, held as long as this lives.
pub struct GpioChip {
    chip: Box<dyn Chip>,
    wiring: Wiring,
    name: String,
}

impl GpioChip {
    /// Takes every line that is wired. Lights begin dark.
    ///
    /// # Errors
    /// There is no such chip, it may not be used, or it has no such line or has given it away.
    pub fn open(path: &Path, wiring: Wiring) -> Result<Self, IoBoardError> {
        Self::over(kernel_chip(path)?, path.display().to_string(), wiring)
    }

    /// The same, and every call is written into a new file: a chip knows nothing of anybody, so all of it.
    ///
    /// # Errors
    /// As [`open`](Self::open), or the file is there already or cannot be made.
    pub fn open_recorded(path: &Path, wiring: Wiring, file: &Path) -> Result<Self, IoBoardError> {
        let port = PortAddress::Gpio { path: path.to_owned() };
        let recorder = Recorder::create(kernel_chip(path)?, &port, file).map_err(IoBoardError::Recording)?;
        Self::over(Box::new(recorder), path.display().to_string(), wiring)
    }

    /// Plays the recording of a chip that was wired like this.
    ///
    /// # Errors
    /// The file is no recording of a chip, or is about other lines; and what the recorded chip answered.
    pub fn replayed(file: &Path, wiring: Wiring) -> Result<Self, IoBoardError> {
        let replay = Replay::open(file).map_err(IoBoardError::Recording)?;
        Self::over(Box::new(replay), file.display().to_string(), wiring)
    }

    fn over(chip: Box<dyn Chip>, name: String, wiring: Wiring) -> Result<Self, IoBoardError> {
        let mut taken = Self { chip, wiring, name };
        // What is no chip says so here, before a line is blamed.
        taken.chip.lines().map_err(|error| taken.failed(error))?;
        for (_, pin) in wiring.contacts() {
            taken.take(pin, uapi::INPUT)?;
        }
        for pin in Light::ALL.into_iter().filter_map(|light| wiring.light(light)) {
            taken.take(pin, uapi::OUTPUT)?;
        }
        Ok(taken)
    }

    fn take(&mut self, pin: Pin, direction: u64) -> Result<(), IoBoardError> {
        let flags = direction | if pin.inverted { uapi::ACTIVE_LOW } else { 0 };
        let line = pin.number;
        let taken = self.chip.take(line, flags);
        taken.map_err(|source| IoBoardError::Line { path: self.name.clone(), line, source })
    }

    fn failed(&self, error: io::Error) -> IoBoardError {
        IoBoardError::Port(TransportError::from_io(&self.name, error))
    }
}

fn kernel_chip(path: &Path) -> Result<Box<dyn Chip>, IoBoardError> {
    let file = File::options().read(true).write(true).open(path);
    let file = file
        .map_err(|error| IoBoardError::Port(TransportError::from_io(&path.display().to_string(), error)))?;
    Ok(Box::new(KernelChip::new(file)))
}

impl IoBoard for GpioChip {
    fn contacts(&mut self) -> Result<Contacts, IoBoardError> {
        let mut contacts = Contacts::default();
        for (contact, pin) in self.wiring.contacts() {
            let active = self.chip.read(pin.number).map_err(|error| self.failed(error))?;
            contacts.note(contact, active);
        }
        Ok(contacts)
    }

    fn light(&mut self, light: Light, lit: Lit) -> Result<(), IoBoardError> {
        let Some(pin) = self.wiring.light(light) else { return Ok(()) };
        self.chip.write(pin.number, lit == Lit::On).map_err(|error| self.failed(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::device::Cause;

    #[test]
    fn what_is_no_chip_is_refused() {
        let check = |path: &str, cause: Cause| {
            let error = GpioChip::open(Path::new(path), Wiring::default()).err().unwrap();
            assert_eq!(error.cause(), cause, "{path}: {error:?}");
        };
        check("/dev/no-such-chip", Cause::Port);
        // A file of another kind refuses the question.
        check("/dev/null", Cause::Port);
    }
}
