//! Bytes as they arrive: real-time commands are taken out at once, the rest waits in the buffer.
//!
//! As in real printers, a real-time command is seen wherever it stands, inside the dots of a picture as well.

/// A command that is obeyed as it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RealTime {
    /// `DLE EOT n`, n from 1 to 5, or 20.
    Status(u8),
    /// `DLE ENQ 1`: recover and print the line again.
    RecoverAndRepeat,
    /// `DLE ENQ 2`: recover and forget.
    RecoverAndClear,
    /// `DLE DC4` fn 8: forget.
    Clear,
}

/// What a byte turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Received {
    /// Part of something that is not whole yet.
    Nothing,
    /// For the buffer.
    Data(Vec<u8>),
    /// To be obeyed now.
    RealTime(RealTime),
}

/// Watches the stream for real-time commands.
#[derive(Debug, Clone, Default)]
pub(super) struct Receiver {
    held: Vec<u8>,
}

/// `DLE DC4` fn 8 with its fixed parameters.
const CLEAR: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

impl Receiver {
    pub(super) fn push(&mut self, byte: u8) -> Received {
        self.held.push(byte);
        match self.held.as_slice() {
            [0x10] | [0x10, 0x04 | 0x05 | 0x14] => Received::Nothing,
            [0x10, 0x04, n @ (1..=5 | 20)] => self.obey(RealTime::Status(*n)),
            [0x10, 0x05, 1] => self.obey(RealTime::RecoverAndRepeat),
            [0x10, 0x05, 2] => self.obey(RealTime::RecoverAndClear),
            held if held == CLEAR => self.obey(RealTime::Clear),
            held if CLEAR.starts_with(held) => Received::Nothing,
            // 10 10 04: the second may begin a command.
            [.., 0x10] => {
                self.held.pop();
                let data = std::mem::replace(&mut self.held, vec![0x10]);
                if data.is_empty() { Received::Nothing } else { Received::Data(data) }
            }
            _ => Received::Data(std::mem::take(&mut self.held)),
        }
    }

    fn obey(&mut self, command: RealTime) -> Received {
        self.held.clear();
        Received::RealTime(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], data: &[u8], commands: &[RealTime]) {
        let (mut got_data, mut got_commands) = (Vec::new(), Vec::new());
        let mut receiver = Receiver::default();
        for byte in bytes {
            match receiver.push(*byte) {
                Received::Nothing => {}
                Received::Data(part) => got_data.extend(part),
                Received::RealTime(command) => got_commands.push(command),
            }
        }
        assert_eq!((got_data.as_slice(), got_commands.as_slice()), (data, commands), "{bytes:02x?}");
    }

    #[test]
    fn commands_are_taken_out() {
        use RealTime::*;
        check(b"ab", b"ab", &[]);
        check(&[0x10, 4, 1, b'a', 0x10, 4, 4], b"a", &[Status(1), Status(4)]);
        check(&[0x10, 4, 5, 0x10, 4, 0x14], &[], &[Status(5), Status(20)]);
        check(&[0x10, 5, 1, 0x10, 5, 2], &[], &[RecoverAndRepeat, RecoverAndClear]);
        check(&CLEAR, &[], &[Clear]);
        // What only begins like one is data.
        check(&[0x10, 4, 9, 0x10, 7], &[0x10, 4, 9, 0x10, 7], &[]);
        check(&[0x10, 0x10, 4, 2], &[0x10], &[Status(2)]);
        check(&[0x10, 0x14, 1, 0, 3], &[0x10, 0x14, 1, 0, 3], &[]);
        // And what is one inside a picture is obeyed all the same.
        check(
            &[0x1D, b'v', b'0', 0, 3, 0, 1, 0, 0x10, 4, 1],
            &[0x1D, b'v', b'0', 0, 3, 0, 1, 0],
            &[Status(1)],
        );
    }
}
