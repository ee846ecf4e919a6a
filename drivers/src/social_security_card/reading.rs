//! The order in which a card is asked.
//!
//! Duty: application, file, record, file, record; what a refusal means. Never: IO.

use super::SocialSecurityCardError;
use super::apdu::{Exchange, StatusWord, Turn};
use super::card::{Records, SocialSecurityCard};

/// `sx1.sh.` and 社会保障 in GBK.
const APPLICATION: [u8; 15] =
    [0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF];

/// One step: which command, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Application,
    File(u8),
    /// Tag, and bytes of its value.
    Record(u8, u8),
}

const STEPS: [Step; 16] = [
    Step::Application,
    Step::File(0x05),
    Step::Record(0x01, 16),
    Step::Record(0x02, 1),
    Step::Record(0x03, 4),
    Step::Record(0x04, 12),
    Step::Record(0x05, 4),
    Step::Record(0x06, 4),
    Step::Record(0x07, 9),
    Step::File(0x06),
    Step::Record(0x08, 18),
    Step::Record(0x09, 30),
    Step::Record(0x0A, 1),
    Step::Record(0x0B, 1),
    Step::Record(0x0C, 3),
    Step::Record(0x0D, 4),
];

/// A reading that goes on. It holds what the card has said so far, and wipes it when it is dropped.
pub struct Reading {
    step: usize,
    exchange: Exchange,
    records: Records,
}

/// What an answer led to.
pub enum Answered {
    /// The card is to be asked on.
    Ask(Reading),
    /// All is read.
    Read(Box<SocialSecurityCard>),
}

impl Reading {
    /// A reading whose first command selects the application.
    pub fn begin() -> Self {
        Self { step: 0, exchange: Exchange::new(command(STEPS[0])), records: Records::default() }
    }

    /// What goes to the card next.
    pub fn command(&self) -> &[u8] {
        self.exchange.command()
    }

    /// Takes the card's answer to it.
    ///
    /// # Errors
    /// The card refuses, or what it says cannot be.
    pub fn answer(mut self, reply: &[u8]) -> Result<Answered, SocialSecurityCardError> {
        let (data, status) = match self.exchange.answer(reply)? {
            Turn::Again(exchange) => return Ok(Answered::Ask(Self { exchange, ..self })),
            Turn::Whole(data, status) => (data, status),
        };
        match (STEPS[self.step], status.0) {
            (Step::Application | Step::File(_), 0x9000) => {}
            (Step::Record(tag, _), 0x9000) => self.records.take(tag, &data)?,
            // Not every card has every record, and which it must have is the card's own question.
            (Step::Record(..), 0x6A82 | 0x6A83 | 0x6A88) => {}
            (step, _) => return Err(refused(step, status)),
        }
        self.step += 1;
        match STEPS.get(self.step) {
            Some(step) => {
                let exchange = Exchange::new(command(*step));
                Ok(Answered::Ask(Self { exchange, ..self }))
            }
            None => self.records.card().map(|card| Answered::Read(Box::new(card))),
        }
    }
}

fn command(step: Step) -> Vec<u8> {
    match step {
        Step::Application => [&[0x00, 0xA4, 0x04, 0x00, 0x0F], &APPLICATION[..]].concat(),
        Step::File(file) => vec![0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, file],
        // Tag and length come before the value.
        Step::Record(tag, length) => vec![0x00, 0xB2, tag, 0x00, length + 2],
    }
}

fn refused(step: Step, status: StatusWord) -> SocialSecurityCardError {
    match (step, status.0) {
        (_, 0x6982 | 0x6985) => SocialSecurityCardError::Security(status),
        (Step::Application | Step::File(_), _) => SocialSecurityCardError::InvalidCard(status),
        (Step::Record(..), _) => SocialSecurityCardError::Refused(status),
    }
}

#[cfg(test)]
mod tests;
