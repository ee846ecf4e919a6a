//! Inputs and outputs of the machine itself: a GPIO chip of the kernel, `gpio:/dev/gpiochip0`.
//!
//! Duty: lines by their numbers, through the character device (version 2 of its interface). Never: keep a line that is not
//! wired; the kernel gives a line to one program only.

mod uapi;

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use super::{Contact, Contacts, IoBoard, IoBoardError, Light, Lit, Pin, Wiring};
use crate::transport::TransportError;

/// Lines of a chip, held as long as this lives.
pub struct GpioChip {
    contacts: Vec<(Contact, OwnedFd)>,
    lights: Vec<(Light, OwnedFd)>,
    path: String,
}

impl GpioChip {
    /// Takes every line that is wired. Lights begin dark.
    ///
    /// # Errors
    /// There is no such chip, it may not be used, or it has no such line or has given it away.
    pub fn open(path: &Path, wiring: Wiring) -> Result<Self, IoBoardError> {
        let name = path.display().to_string();
        let port = |error: io::Error| IoBoardError::Port(TransportError::from_io(&name, error));
        let chip = File::options().read(true).write(true).open(path).map_err(port)?;
        // What is no chip says so here, before a line is blamed.
        uapi::chip_info(&chip).map_err(port)?;
        let take = |pin: Pin, direction| {
            let flags = direction | if pin.inverted { uapi::ACTIVE_LOW } else { 0 };
            uapi::take_line(&chip, u32::from(pin.number), flags).map_err(|source| IoBoardError::Line {
                path: name.clone(),
                line: pin.number,
                source,
            })
        };
        let contacts = wiring.contacts().map(|(contact, pin)| Ok((contact, take(pin, uapi::INPUT)?)));
        let lights = Light::ALL.into_iter().filter_map(|light| Some((light, wiring.light(light)?)));
        let lights = lights.map(|(light, pin)| Ok((light, take(pin, uapi::OUTPUT)?)));
        Ok(Self {
            contacts: contacts.collect::<Result<_, IoBoardError>>()?,
            lights: lights.collect::<Result<_, IoBoardError>>()?,
            path: name.clone(),
        })
    }

    fn failed(&self, error: io::Error) -> IoBoardError {
        IoBoardError::Port(TransportError::from_io(&self.path, error))
    }
}

impl IoBoard for GpioChip {
    fn contacts(&mut self) -> Result<Contacts, IoBoardError> {
        let mut contacts = Contacts::default();
        for (contact, line) in &self.contacts {
            contacts.note(*contact, uapi::read(line).map_err(|error| self.failed(error))?);
        }
        Ok(contacts)
    }

    fn light(&mut self, light: Light, lit: Lit) -> Result<(), IoBoardError> {
        let Some((_, line)) = self.lights.iter().find(|(wired, _)| *wired == light) else { return Ok(()) };
        uapi::write(line, lit == Lit::On).map_err(|error| self.failed(error))
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
