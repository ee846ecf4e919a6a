//! Requests, answers and their check bytes.
//!
//! Duty: value ↔ bytes, any bytes answered. Never: wait, or send.

/// The longest frame of Modbus RTU, bytes (Modbus over Serial Line V1.02, 2.5.1).
pub(super) const LONGEST: usize = 256;
/// Unit number and function before what a reply holds.
const HEAD: usize = 2;

/// What is asked of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// 01: outputs, read back. At most 2000.
    ReadCoils {
        /// The first, from 0.
        first: u16,
        /// How many.
        count: u16,
    },
    /// 02: inputs. At most 2000.
    ReadInputs {
        /// The first, from 0.
        first: u16,
        /// How many.
        count: u16,
    },
    /// 05: one output.
    WriteCoil {
        /// Which, from 0.
        number: u16,
        /// Whether it is switched on.
        on: bool,
    },
    /// 0F: outputs next to each other. At most 1968.
    WriteCoils {
        /// The first, from 0.
        first: u16,
        /// Whether each is switched on.
        coils: Vec<bool>,
    },
}

/// What a board says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The inputs or outputs that were asked for, in their order.
    Bits(Vec<bool>),
    /// Done.
    Written,
}

/// What a board sends back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer(Answer),
    /// The board refuses, with this code.
    Exception(u8),
}

impl Request {
    /// The function's number.
    pub const fn function(&self) -> u8 {
        match self {
            Self::ReadCoils { .. } => 0x01,
            Self::ReadInputs { .. } => 0x02,
            Self::WriteCoil { .. } => 0x05,
            Self::WriteCoils { .. } => 0x0F,
        }
    }

    /// The frame for a unit, check bytes included.
    pub fn frame(&self, unit: u8) -> Vec<u8> {
        let mut frame = vec![unit, self.function()];
        let (first, second) = self.numbers();
        frame.extend(first.to_be_bytes());
        frame.extend(second.to_be_bytes());
        if let Self::WriteCoils { coils, .. } = self {
            let bytes = packed(coils);
            frame.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
            frame.extend(bytes);
        }
        frame.extend(crc(&frame).to_le_bytes());
        frame
    }

    /// The two numbers that every request begins with, and that an answer to a write repeats.
    fn numbers(&self) -> (u16, u16) {
        match self {
            Self::ReadCoils { first, count } | Self::ReadInputs { first, count } => (*first, *count),
            Self::WriteCoil { number, on } => (*number, if *on { 0xFF00 } else { 0 }),
            Self::WriteCoils { first, coils } => (*first, u16::try_from(coils.len()).unwrap_or(u16::MAX)),
        }
    }

    /// The first reply of `unit` among what came, and where it begins: before it a line may have brought noise, the request
    /// itself, or an earlier answer once more.
    pub fn found(&self, unit: u8, came: &[u8]) -> Option<(usize, Reply)> {
        (0..came.len()).find_map(|at| Some((at, self.reply(unit, came.get(at..)?)?)))
    }

    /// What `came` begins with, if that is a whole reply of `unit` to this request.
    pub fn reply(&self, unit: u8, came: &[u8]) -> Option<Reply> {
        let refused = *came.get(1)? == self.function() | 0x80;
        let content = if refused { 1 } else { self.content_length() };
        let (said, rest) = came.split_at_checked(HEAD + content)?;
        if !rest.starts_with(&crc(said).to_le_bytes()) {
            return None;
        }
        match said {
            [from, _, code] if refused && *from == unit => Some(Reply::Exception(*code)),
            [from, function, content @ ..] if *from == unit && *function == self.function() => {
                self.answer(content).map(Reply::Answer)
            }
            _ => None,
        }
    }

    /// Bytes between function and check bytes.
    fn content_length(&self) -> usize {
        match self {
            Self::ReadCoils { count, .. } | Self::ReadInputs { count, .. } => {
                1 + usize::from(*count).div_ceil(8)
            }
            Self::WriteCoil { .. } | Self::WriteCoils { .. } => 4,
        }
    }

    fn answer(&self, content: &[u8]) -> Option<Answer> {
        match self {
            Self::ReadCoils { count, .. } | Self::ReadInputs { count, .. } => {
                let (length, bytes) = content.split_first()?;
                (usize::from(*length) == bytes.len()).then_some(())?;
                let bit = |i: u16| bytes.get(usize::from(i / 8)).map(|byte| byte >> (i % 8) & 1 == 1);
                (0..*count).map(bit).collect::<Option<_>>().map(Answer::Bits)
            }
            Self::WriteCoil { .. } | Self::WriteCoils { .. } => {
                let (first, second) = self.numbers();
                let same = content == [first.to_be_bytes(), second.to_be_bytes()].concat();
                same.then_some(Answer::Written)
            }
        }
    }
}

/// Eight to a byte, the first in the lowest bit.
fn packed(bits: &[bool]) -> Vec<u8> {
    bits.chunks(8)
        .map(|eight| eight.iter().enumerate().fold(0, |byte, (i, bit)| byte | (u8::from(*bit) << i)))
        .collect()
}

/// CRC-16 with the polynomial A001h, begun at FFFFh; its low byte is sent first (V1.02, 6.2.2).
pub fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xA001 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The PDU of the standard's example, as unit 17, with check bytes.
    fn framed(pdu: &[u8]) -> Vec<u8> {
        let mut frame = [&[17], pdu].concat();
        frame.extend(crc(&frame).to_le_bytes());
        frame
    }

    #[test]
    fn the_check_bytes_of_the_standard() {
        // Modbus over Serial Line V1.02, appendix B: the frame 02 07 has the check bytes 41 12.
        assert_eq!(crc(&[0x02, 0x07]).to_le_bytes(), [0x41, 0x12]);
    }

    /// The examples of Modbus Application Protocol V1.1b3: 6.1, 6.2, 6.5, 6.11.
    #[test]
    fn the_examples_of_the_standard() {
        let check = |request: Request, asked: &[u8], answered: &[u8], answer: Answer| {
            assert_eq!(request.frame(17), framed(asked));
            let reply = framed(answered);
            assert_eq!(request.reply(17, &reply), Some(Reply::Answer(answer)));
            for part in 0..reply.len() {
                assert_eq!(request.reply(17, &reply[..part]), None, "{part} bytes");
            }
            for i in 0..reply.len() {
                let mut wrong = reply.clone();
                wrong[i] ^= 0x10;
                assert_ne!(request.reply(17, &wrong), request.reply(17, &reply), "byte {i}");
            }
        };
        let bits = |bytes: &[u8], count: usize| {
            let all = bytes.iter().flat_map(|byte| (0..8).map(move |i| byte >> i & 1 == 1));
            Answer::Bits(all.take(count).collect())
        };
        // Coils 20 to 38.
        check(
            Request::ReadCoils { first: 0x13, count: 0x13 },
            &[0x01, 0x00, 0x13, 0x00, 0x13],
            &[0x01, 0x03, 0xCD, 0x6B, 0x05],
            bits(&[0xCD, 0x6B, 0x05], 19),
        );
        // Discrete inputs 197 to 218.
        check(
            Request::ReadInputs { first: 0xC4, count: 0x16 },
            &[0x02, 0x00, 0xC4, 0x00, 0x16],
            &[0x02, 0x03, 0xAC, 0xDB, 0x35],
            bits(&[0xAC, 0xDB, 0x35], 22),
        );
        // Coil 173 on.
        check(
            Request::WriteCoil { number: 0xAC, on: true },
            &[0x05, 0x00, 0xAC, 0xFF, 0x00],
            &[0x05, 0x00, 0xAC, 0xFF, 0x00],
            Answer::Written,
        );
        // Ten coils from 20 on.
        let coils = [true, false, true, true, false, false, true, true, true, false];
        check(
            Request::WriteCoils { first: 0x13, coils: coils.to_vec() },
            &[0x0F, 0x00, 0x13, 0x00, 0x0A, 0x02, 0xCD, 0x01],
            &[0x0F, 0x00, 0x13, 0x00, 0x0A],
            Answer::Written,
        );
    }

    #[test]
    fn a_refusal_has_its_code_and_another_unit_is_no_answer() {
        let request = Request::ReadCoils { first: 0, count: 8 };
        assert_eq!(request.reply(17, &framed(&[0x81, 0x02])), Some(Reply::Exception(2)));
        assert_eq!(request.reply(18, &framed(&[0x01, 0x01, 0x00])), None);
        assert_eq!(request.reply(17, &framed(&[0x02, 0x01, 0x00])), None);
        assert_eq!(request.reply(17, &framed(&[0x01, 0x02, 0x00])), None);
    }

    #[test]
    fn an_answer_is_found_behind_what_is_none() {
        let request = Request::WriteCoil { number: 1, on: true };
        let (earlier, answer) = (framed(&[0x05, 0, 0, 0xFF, 0]), framed(&[0x05, 0, 1, 0xFF, 0]));
        let check = |before: &[u8]| {
            let came = [before, &answer, &[0]].concat();
            assert_eq!(request.found(17, &came), Some((before.len(), Reply::Answer(Answer::Written))));
        };
        check(&[]);
        check(&[0xFF]);
        check(&[17, 0x05, 0]);
        check(&earlier);
        assert_eq!(request.found(17, &earlier), None);
    }
}
