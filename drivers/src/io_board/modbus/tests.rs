//! Whole exchanges over a line that splits and dirties what the board says, at every byte of it.

use std::collections::VecDeque;

use super::*;
use crate::transport::TransportError;

/// What the line does at one byte of the first answer.
#[derive(Debug, Clone, Copy)]
enum Line {
    Good,
    /// A read ends before that byte.
    Split(usize),
    /// This comes before that byte, once.
    Noise(usize, u8),
}

/// A board that says the same to every request.
struct Answering {
    answer: Vec<u8>,
    line: Line,
    pieces: VecDeque<Vec<u8>>,
}

impl Answering {
    fn gone(&self) -> TransportError {
        TransportError::TimedOut { port: self.name().to_owned() }
    }
}

impl Transport for Answering {
    fn read(&mut self, buffer: &mut [u8], _: Instant) -> Result<usize, TransportError> {
        let piece = self.pieces.pop_front().ok_or_else(|| self.gone())?;
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }

    fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, TransportError> {
        let pieces = match std::mem::replace(&mut self.line, Line::Good) {
            Line::Good => vec![self.answer.clone()],
            Line::Split(at) => vec![self.answer[..at].to_vec(), self.answer[at..].to_vec()],
            Line::Noise(at, noise) => vec![[&self.answer[..at], &[noise], &self.answer[at..]].concat()],
        };
        self.pieces = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        Ok(bytes.len())
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.pieces.clear();
        Ok(())
    }

    fn name(&self) -> &str {
        "line"
    }
}

/// As [`frame`]'s examples of the standard, of unit 1.
fn framed(pdu: &[u8]) -> Vec<u8> {
    let mut frame = [&[1], pdu].concat();
    frame.extend(crc(&frame).to_le_bytes());
    frame
}

#[test]
fn every_split_and_noise_before_every_byte_change_nothing() {
    let exchanges = [
        (Request::ReadCoils { first: 0x13, count: 0x13 }, framed(&[0x01, 0x03, 0xCD, 0x6B, 0x05])),
        (Request::ReadInputs { first: 0xC4, count: 0x16 }, framed(&[0x02, 0x03, 0xAC, 0xDB, 0x35])),
        (Request::WriteCoil { number: 0xAC, on: true }, framed(&[0x05, 0x00, 0xAC, 0xFF, 0x00])),
        (Request::WriteCoils { first: 0x13, coils: vec![true; 10] }, framed(&[0x0F, 0x00, 0x13, 0x00, 0x0A])),
    ];
    for (request, answer) in exchanges {
        let asked = |line| {
            let port = Answering { answer: answer.clone(), line, pieces: VecDeque::new() };
            let mut board = ModbusBoard { port: Box::new(port), wiring: Wiring::default(), disturbed: 0 };
            (board.ask(&request).unwrap(), board.disturbed)
        };
        let (want, _) = asked(Line::Good);
        for at in 0..=answer.len() {
            assert_eq!(asked(Line::Split(at)), (want.clone(), 0), "{request:?} split at {at}");
            for noise in [0x00, 0x01, 0x55, 0x80, 0xFF] {
                // Behind the answer nobody hears it.
                let disturbed = u32::from(at < answer.len());
                let got = asked(Line::Noise(at, noise));
                assert_eq!(got, (want.clone(), disturbed), "{request:?}, {noise:#04x} before {at}");
            }
        }
    }
}
