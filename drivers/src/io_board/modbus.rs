//! A serial board of inputs and relays that speaks Modbus RTU.
//!
//! Duty: Read Coils, Read Discrete Inputs, Write Single Coil, Write Multiple Coils (Modbus Application Protocol V1.1b3,
//! 6.1, 6.2, 6.5, 6.11; frame and check bytes: Modbus over Serial Line V1.02, 2.5.1). Never: any other function.
//!
//! Behind `tcp:` the same frames travel over a socket, as serial servers pass them on; that is not Modbus TCP.

mod frame;

use std::time::{Duration, Instant};

pub use frame::{Answer, Reply, Request, crc};

use super::{Contacts, IoBoard, IoBoardError, Light, Lit, Wiring};
use crate::transport::{self, PortAddress, Transport, TransportErrorKind};

/// What a board may take before it answers (2.4.1: 1 s at most at 9600 bits a second; boards answer within a few ms).
const PATIENCE: Duration = Duration::from_millis(300);
/// An answer that stops for so long is not going on.
const SILENCE: Duration = Duration::from_millis(40);
/// The speed of a board of which nobody said otherwise (2.3.1: 9600 must be implemented).
const USUAL_BAUD: u32 = 9600;

/// A board at a port.
pub struct ModbusBoard {
    port: Box<dyn Transport>,
    wiring: Wiring,
    repeated: u32,
}

impl ModbusBoard {
    /// Opens the port; the board is first asked when it is used.
    ///
    /// # Errors
    /// The port cannot be opened.
    pub fn open(address: &PortAddress, wiring: Wiring) -> Result<Self, IoBoardError> {
        let mut port = transport::open(address).map_err(IoBoardError::Port)?;
        if matches!(address, PortAddress::Serial { baud: None, .. }) {
            port.set_baud(USUAL_BAUD).map_err(IoBoardError::Port)?;
        }
        Ok(Self { port, wiring, repeated: 0 })
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

    /// Asks, and once more where the answer was lost or garbled: every request can be repeated without harm.
    fn ask(&mut self, request: &Request) -> Result<Answer, IoBoardError> {
        match self.once(request) {
            Err(IoBoardError::NoAnswer | IoBoardError::Garbled) => {
                self.repeated += 1;
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
            match request.reply(self.wiring.unit, &frame) {
                Reply::Incomplete => {}
                Reply::Answer(answer) => return Ok(answer),
                Reply::Exception(exception) => {
                    return Err(IoBoardError::Refused { function: request.function(), exception });
                }
                Reply::Garbled => return Err(IoBoardError::Garbled),
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

    fn repeated(&self) -> u32 {
        self.repeated
    }
}
