//! Which endpoint of the split layout is next.
//!
//! Duty: heads of seven bytes and bodies as long as their heads say. Never: refuse a byte; what is no head is passed on,
//! and whoever reads the stream judges it.

/// Bytes of a head: preamble and Len.
const HEAD: usize = 7;
const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// A body is no shorter than a request's (CMD, PARA, check byte), and what is longer is noise.
const BODY: std::ops::RangeInclusive<usize> = 3..=4096;

/// What comes next, and of how many bytes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toward {
    Head(usize),
    Body(usize),
}

/// One direction of the split layout.
#[derive(Debug)]
pub(super) struct Split {
    /// The last bytes of what passed as a head.
    window: [u8; HEAD],
    /// How many of them are this head's.
    filled: usize,
    /// What is left of the body.
    body: usize,
}

impl Split {
    pub(super) const fn new() -> Self {
        Self { window: [0; HEAD], filled: 0, body: 0 }
    }

    pub(super) const fn next(&self) -> Toward {
        match self.body {
            0 => Toward::Head(HEAD - self.filled),
            body => Toward::Body(body),
        }
    }

    /// These bytes have gone to, or come from, the endpoint that was next; how many of them belong to the stream: what a
    /// reader adds to fill a packet does not.
    pub(super) fn passed(&mut self, bytes: &[u8]) -> usize {
        if self.body > 0 {
            let count = bytes.len().min(self.body);
            self.body -= count;
            return count;
        }
        for (index, byte) in bytes.iter().enumerate() {
            self.window.rotate_left(1);
            self.window[HEAD - 1] = *byte;
            self.filled = (self.filled + 1) % HEAD;
            if let Some(body) = self.body_of_head() {
                self.body = body;
                self.filled = 0;
                return index + 1;
            }
        }
        bytes.len()
    }

    fn body_of_head(&mut self) -> Option<usize> {
        let [preamble @ .., high, low] = self.window;
        let length = usize::from(u16::from_be_bytes([high, low]));
        (preamble == PREAMBLE && BODY.contains(&length)).then(|| {
            self.window = [0; HEAD];
            length
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_bodies_take_turns() {
        let check = |pieces: &[&[u8]], want: Toward| {
            let mut split = Split::new();
            for piece in pieces {
                split.passed(piece);
            }
            assert_eq!(split.next(), want, "{pieces:02X?}");
        };
        let head = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x05, 0x08];
        check(&[], Toward::Head(7));
        check(&[&head[..3]], Toward::Head(4));
        check(&[&head], Toward::Body(0x0508));
        check(&[&head[..6], &head[6..]], Toward::Body(0x0508));
        check(&[&head, &[0; 64]], Toward::Body(0x0508 - 64));
        check(&[&head, &[0; 0x0508]], Toward::Head(7));
        // The last packet may be filled up.
        check(&[&head, &[0; 0x0540]], Toward::Head(7));
        // Noise before a head is looked past.
        check(&[&[0x13, 0xAA], &head], Toward::Body(0x0508));
        // What cannot be a length has no body.
        check(&[&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x02]], Toward::Head(7));
        check(&[&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x10, 0x01]], Toward::Head(7));
        // A filled packet of 64 bytes with a head at its beginning.
        check(&[&[&head[..], &[0; 57]].concat()], Toward::Body(0x0508));
    }

    #[test]
    fn the_filling_of_a_packet_is_none_of_the_stream() {
        let mut split = Split::new();
        let head = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04];
        assert_eq!(split.passed(&[&head[..], &[0; 57]].concat()), 7);
        assert_eq!(split.passed(&[0x5A; 64]), 4);
        assert_eq!(split.passed(&[0x13; 3]), 3);
    }
}
