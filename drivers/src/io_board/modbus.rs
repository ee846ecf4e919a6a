//! A serial board of inputs and relays that speaks Modbus RTU.
//!
//! Duty: Read Coils, Read Discrete Inputs, Write Single Coil, Write Multiple Coils (Modbus Application Protocol V1.1b3,
//! 6.1, 6.2, 6.5, 6.11; frame and check bytes: Modbus over Serial Line V1.02, 2.5.1). Never: any other function.
//!
//! Behind `tcp:` the same frames travel over a socket, as serial servers pass them on; that is not Modbus TCP.

mod frame;

use std::path::Path;
use std::time::{Duration, Instant};

pub use frame::{Answer, Reply, Request, crc};

use super::{Contacts, IoBoard, IoBoardError, Light, Lit, Wiring};
use crate::transport::{self, NothingPersonal, PortAddress, RecordingError, Transport, TransportErrorKind};

/// What a board may take before it answers (2.4.1: a response time-out of 1 s and more at 9600 bits a second; boards answer
/// within a few ms, but this terminal may be busy).
const PATIENCE: Duration = Duration::from_secs(1);
/// An answer that stops for so long is not going on.
const SILENCE: Duration = Duration::from_millis(100);
/// The board does something else for a moment (exception 06).
const BUSY: u8 = 6;
/// More than this is no answer any more: what a line may bring before one, and one.
const MOST: usize = 2 * frame::LONGEST;
/// The speed of a board of which nobody said otherwise (2.3.1: 9600 must be implemented).
const USUAL_BAUD: u32 = 9600;

/// A board at a port.
pub struct ModbusBoard {
    port: Box<dyn Transport>,
    wiring: Wiring,
    disturbed: u32,
}

impl ModbusBoard {
    /// Opens the port; the board is first asked when it is used.
    ///
    /// # Errors
    /// The port cannot be opened.
    pub fn open(address: &PortAddress, wiring: Wiring) -> Result<Self, IoBoardError> {
        Self::over(transport::open(address).map_err(IoBoardError::Port)?, address, wiring)
    }

    /// The same, and what goes over the line is written into a new file: a board knows nothing of anybody, so all of it.
    ///
    /// # Errors
    /// The port cannot be opened ([`RecordingError::Opening`]), or the file is there already or cannot be made.
    pub fn open_recorded(address: &PortAddress, wiring: Wiring, path: &Path) -> Result<Self, RecordingError> {
        let port = transport::open_recorded(address, Box::new(NothingPersonal), path)?;
        Self::over(port, address, wiring).map_err(|error| match error {
            IoBoardError::Port(error) => RecordingError::Opening(error),
            other => RecordingError::Io(std::io::Error::other(other)),
        })
    }

    fn over(
        mut port: Box<dyn Transport>,
        address: &PortAddress,
        wiring: Wiring,
    ) -> Result<Self, IoBoardError> {
        match address {
            PortAddress::Serial { baud: None, .. } => {
                port.set_baud(USUAL_BAUD).map_err(IoBoardError::Port)?;
            }
            // A recording has the speed where it was set, and goes on without where it was not.
            PortAddress::Replay { .. } => drop(port.set_baud(USUAL_BAUD)),
            _ => {}
        }
        Ok(Self { port, wiring, disturbed: 0 })
    }

    /// Writes several outputs at once, from number `first` on.
    ///
    /// # Errors
    /// What broke.
    pub fn write_coils(&mut self, first: u16, coils: &[bool]) -> Result<(), IoBoardError> {
        self.ask(&Request::WriteCoils { first, coils: coils.to_vec() }).map(drop)
    }

    /// Reads several outputs back, from number `first` on.
    ///
    /// # Errors
    /// What broke.
    pub fn read_coils(&mut self, first: u16, count: u16) -> Result<Vec<bool>, IoBoardError> {
        self.bits(&Request::ReadCoils { first, count })
    }

    fn bits(&mut self, request: &Request) -> Result<Vec<bool>, IoBoardError> {
        match self.ask(request)? {
            Answer::Bits(bits) => Ok(bits),
            Answer::Written => Err(IoBoardError::Garbled),
        }
    }

    /// Asks, and once more where the answer was lost or garbled, or the board was busy: every request can be repeated without
    /// harm.
    fn ask(&mut self, request: &Request) -> Result<Answer, IoBoardError> {
        match self.once(request) {
            Err(IoBoardError::Refused { exception: BUSY, .. }) => {
                std::thread::sleep(SILENCE);
                self.once(request)
            }
            Err(IoBoardError::NoAnswer | IoBoardError::Garbled) => {
                self.disturbed += 1;
                self.once(request)
            }
            other => other,
        }
    }

    fn once(&mut self, request: &Request) -> Result<Answer, IoBoardError> {
        self.port.discard_input().map_err(IoBoardError::Port)?;
        let deadline = Instant::now() + PATIENCE;
        self.port.write_all(&request.frame(self.wiring.unit), deadline).map_err(IoBoardError::Port)?;
        let mut frame = Vec::new();
        let mut chunk = [0; frame::LONGEST];
        loop {
            let pause = if frame.is_empty() { deadline } else { Instant::now() + SILENCE };
            match self.port.read(&mut chunk, pause.min(deadline)) {
                Ok(count) => frame.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == TransportErrorKind::TimedOut => {
                    return Err(if frame.is_empty() {
                        IoBoardError::NoAnswer
                    } else {
                        IoBoardError::Garbled
                    });
                }
                Err(error) => return Err(IoBoardError::Port(error)),
            }
            if let Some((at, reply)) = request.found(self.wiring.unit, &frame) {
                self.disturbed += u32::from(at > 0);
                return match reply {
                    Reply::Answer(answer) => Ok(answer),
                    Reply::Exception(exception) => {
                        Err(IoBoardError::Refused { function: request.function(), exception })
                    }
                };
            }
            if frame.len() > MOST {
                return Err(IoBoardError::Garbled);
            }
        }
    }
}

impl IoBoard for ModbusBoard {
    fn contacts(&mut self) -> Result<Contacts, IoBoardError> {
        let pins: Vec<_> = self.wiring.contacts().collect();
        let mut contacts = Contacts::default();
        let numbers = pins.iter().map(|(_, pin)| pin.number);
        let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else {
            // Nothing is wired: one coil is read, so that a board that is away is still noticed.
            return self.read_coils(0, 1).map(|_| contacts);
        };
        let bits = self.bits(&Request::ReadInputs { first, count: last - first + 1 })?;
        for (contact, pin) in pins {
            let closed = bits.get(usize::from(pin.number - first)).ok_or(IoBoardError::Garbled)?;
            contacts.note(contact, closed ^ pin.inverted);
        }
        Ok(contacts)
    }

    fn light(&mut self, light: Light, lit: Lit) -> Result<(), IoBoardError> {
        let Some(pin) = self.wiring.light(light) else { return Ok(()) };
        let on = (lit == Lit::On) ^ pin.inverted;
        self.ask(&Request::WriteCoil { number: pin.number, on }).map(drop)
    }

    fn disturbed(&self) -> u32 {
        self.disturbed
    }
}

#[cfg(test)]
mod tests;
