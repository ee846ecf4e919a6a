//! Which input and which output is what.
//!
//! Duty: text ↔ value. Never: ask a board.

use std::str::FromStr;

use super::{Contact, Light};

/// One input or output: its number on the board, and whether it is wired the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// Number, from 0, as the board's manual or `gpioinfo` counts.
    pub number: u16,
    /// A contact that opens when it means yes, a lamp that goes dark when it is switched on.
    pub inverted: bool,
}

impl FromStr for Pin {
    type Err = WiringError;

    /// `3`, or `!3` for one that is wired the other way round.
    fn from_str(text: &str) -> Result<Self, WiringError> {
        let (inverted, number) = match text.strip_prefix('!') {
            Some(number) => (true, number),
            None => (false, text),
        };
        match number.parse() {
            Ok(number) if number <= Self::LAST => Ok(Self { number, inverted }),
            _ => Err(WiringError(text.to_owned())),
        }
    }
}

impl Pin {
    /// The last number: no board of a kiosk has more.
    pub const LAST: u16 = 511;
}

/// The text names no input or output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no input or output: write its number from 0 to 511, with ! before it where it is wired the other way round"
)]
pub struct WiringError(pub String);

/// What is wired, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiring {
    /// The board's unit number on its line (Modbus: 1 to 247); a GPIO chip has none.
    pub unit: u8,
    lights: [Option<Pin>; Light::ALL.len()],
    contacts: [Option<Pin>; Contact::ALL.len()],
}

impl Default for Wiring {
    /// Unit 1 with nothing wired.
    fn default() -> Self {
        Self { unit: 1, lights: [None; Light::ALL.len()], contacts: [None; Contact::ALL.len()] }
    }
}

impl Wiring {
    /// The same with a light.
    #[must_use]
    pub const fn with_light(mut self, light: Light, pin: Pin) -> Self {
        self.lights[light as usize] = Some(pin);
        self
    }

    /// The same with a contact.
    #[must_use]
    pub const fn with_contact(mut self, contact: Contact, pin: Pin) -> Self {
        self.contacts[contact as usize] = Some(pin);
        self
    }

    /// Where a light is.
    pub const fn light(&self, light: Light) -> Option<Pin> {
        self.lights[light as usize]
    }

    /// Every contact that is wired.
    pub fn contacts(&self) -> impl Iterator<Item = (Contact, Pin)> + '_ {
        Contact::ALL.into_iter().filter_map(|contact| Some((contact, self.contacts[contact as usize]?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_a_number_that_may_be_inverted() {
        assert_eq!("3".parse(), Ok(Pin { number: 3, inverted: false }));
        assert_eq!("!0".parse(), Ok(Pin { number: 0, inverted: true }));
        for wrong in ["", "!", "-1", "512", "3!", "three"] {
            assert_eq!(wrong.parse::<Pin>(), Err(WiringError(wrong.to_owned())));
        }
    }
}
