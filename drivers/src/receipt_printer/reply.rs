//! What a printer sends back, byte by byte.
//!
//! Duty: sort the bytes of one stream into replies, allocating nothing, never panicking, and finding its place again after
//! noise. Never: judge what a reply means for a job. Classes: reference page "receipt printer", section "Status".

/// One reply of the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Answer to `DLE EOT n`; which n is known only from the question. Fixed bits `0xx1xx10`.
    RealTime(u8),
    /// Automatic status, four bytes, sent whenever something changes (`GS a`).
    Automatic([u8; 4]),
    /// Answer to `GS r`. Fixed bits `0xx0xxxx`.
    Transmitted(u8),
    /// The job of this number is printed (`GS ( H` fn 48): `37 22 d1 d2 d3 d4 00`.
    ProcessId([u8; 4]),
    /// The buffers are empty (`DLE DC4` fn 8): `37 25 00`.
    Cleared,
    /// The block that was [expected](ReplyParser::expect): what followed its known bytes, the rest 0.
    Block([u8; 4]),
    /// Go on sending: `11`.
    Xon,
    /// Stop sending: `13`.
    Xoff,
}

/// Sorts a printer's bytes. A fresh one, or one after any byte, may be given any byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReplyParser {
    pending: Pending,
    expected: Option<ExpectedBlock>,
}

/// A block that begins like an automatic status, and so is one only while it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedBlock {
    /// Its known bytes, the first of them `10`.
    pub head: [u8; 2],
    /// How many follow, 1 to 4; bit 4 is set in none of them.
    pub bytes: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pending {
    #[default]
    Nothing,
    /// Bytes of an automatic status.
    Automatic { bytes: [u8; 4], have: usize },
    /// `37` came.
    Header,
    /// `37 22` and so many of a job's number.
    ProcessId { id: [u8; 4], have: usize },
    /// `37 25` came.
    Cleared,
    /// The first known byte of the expected block came.
    BlockHead(ExpectedBlock),
    /// Bytes of it.
    Block { block: ExpectedBlock, bytes: [u8; 4], have: u8 },
}

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const BLOCK_HEADER: u8 = 0x37;

impl ReplyParser {
    /// One that has seen nothing.
    pub const fn new() -> Self {
        Self { pending: Pending::Nothing, expected: None }
    }

    /// From now on a block may come, until it has, or nothing is expected any more.
    pub const fn expect(&mut self, block: Option<ExpectedBlock>) {
        self.expected = block;
    }

    /// Takes the next byte; the reply that it completes, if any.
    pub fn push(&mut self, byte: u8) -> Option<Reply> {
        // These two may stand inside any reply, and no reply's own byte has their value.
        match byte {
            XON => return Some(Reply::Xon),
            XOFF => return Some(Reply::Xoff),
            _ => {}
        }
        // No reply has the eighth bit, save for an expected block: such a byte is noise, and what is pending goes on.
        let in_block = matches!(self.pending, Pending::Block { .. });
        if byte & 0x80 != 0 && (!in_block || byte & 0x10 != 0) {
            return None;
        }
        match std::mem::take(&mut self.pending) {
            Pending::Automatic { mut bytes, have } if byte & 0x90 == 0 => {
                bytes[have] = byte;
                if have == 3 {
                    return Some(Reply::Automatic(bytes));
                }
                self.pending = Pending::Automatic { bytes, have: have + 1 };
                None
            }
            Pending::Header if byte == 0x22 => {
                self.pending = Pending::ProcessId { id: [0; 4], have: 0 };
                None
            }
            Pending::Header if byte == 0x25 => {
                self.pending = Pending::Cleared;
                None
            }
            Pending::ProcessId { mut id, have } if have < 4 && (0x20..=0x7E).contains(&byte) => {
                id[have] = byte;
                self.pending = Pending::ProcessId { id, have: have + 1 };
                None
            }
            Pending::ProcessId { id, have: 4 } if byte == 0 => Some(Reply::ProcessId(id)),
            Pending::Cleared if byte == 0 => Some(Reply::Cleared),
            Pending::BlockHead(block) if byte == block.head[1] => {
                self.pending = Pending::Block { block, bytes: [0; 4], have: 0 };
                None
            }
            // It began like the block and is an automatic status.
            Pending::BlockHead(block) => {
                self.pending = Pending::Automatic { bytes: [block.head[0], 0, 0, 0], have: 1 };
                self.push(byte)
            }
            Pending::Block { block, mut bytes, have } if byte & 0x10 == 0 => {
                if let Some(place) = bytes.get_mut(usize::from(have)) {
                    *place = byte;
                }
                if have + 1 >= block.bytes {
                    self.expected = None;
                    return Some(Reply::Block(bytes));
                }
                self.pending = Pending::Block { block, bytes, have: have + 1 };
                None
            }
            // Nothing was pending, or what was pending broke off: the byte stands for itself.
            _ => self.begin(byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Reply> {
        if byte == BLOCK_HEADER {
            self.pending = Pending::Header;
            return None;
        }
        if let Some(block) = self.expected.filter(|block| byte == block.head[0]) {
            self.pending = Pending::BlockHead(block);
            return None;
        }
        match byte & 0x93 {
            0x12 => return Some(Reply::RealTime(byte)),
            0x10 => {
                self.pending = Pending::Automatic { bytes: [byte, 0, 0, 0], have: 1 };
                return None;
            }
            _ => {}
        }
        (byte & 0x90 == 0).then_some(Reply::Transmitted(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(bytes: &[u8]) -> Vec<Reply> {
        let mut parser = ReplyParser::default();
        bytes.iter().filter_map(|b| parser.push(*b)).collect()
    }

    #[test]
    fn replies() {
        use Reply::*;
        let cases: &[(&[u8], &[Reply])] = &[
            (&[0x12], &[RealTime(0x12)]),
            (&[0x1A, 0x32, 0x72], &[RealTime(0x1A), RealTime(0x32), RealTime(0x72)]),
            (&[0x10, 0, 0, 0x0F], &[Automatic([0x10, 0, 0, 0x0F])]),
            (&[0x38, 0x08, 0x0C, 0], &[Automatic([0x38, 0x08, 0x0C, 0])]),
            (&[0x00], &[Transmitted(0)]),
            (&[0x0C], &[Transmitted(0x0C)]),
            (&[0x37, 0x22, b'A', b'0', b'1', b'7', 0], &[ProcessId(*b"A017")]),
            // A job's number may be made of bytes that would be other replies by themselves.
            (&[0x37, 0x22, 0x37, 0x22, 0x32, 0x20, 0], &[ProcessId([0x37, 0x22, 0x32, 0x20])]),
            (&[0x37, 0x25, 0], &[Cleared]),
            (&[0x11, 0x13], &[Xon, Xoff]),
            // Flow control inside a reply.
            (&[0x10, 0x13, 0, 0x11, 0, 0], &[Xoff, Xon, Automatic([0x10, 0, 0, 0])]),
            (&[0x37, 0x13, 0x22, b'1', b'2', b'3', b'4', 0], &[Xoff, ProcessId(*b"1234")]),
            // A broken reply is dropped, the byte that broke it counts.
            (&[0x10, 0, 0x12], &[RealTime(0x12)]),
            (&[0x37, 0x12], &[RealTime(0x12)]),
            (&[0x37, 0x22, b'1', 0x12], &[RealTime(0x12)]),
            (&[0x37, 0x22, b'1', b'2', b'3', b'4', b'5', 0], &[Transmitted(0)]),
            (&[0x37, 0x37, 0x25, 0], &[Cleared]),
            // Noise with the eighth bit is nothing, wherever it stands.
            (&[0xFF, 0x80, 0x9A, 0xB2], &[]),
            (&[0x10, 0xFF, 0x08, 0x80, 0x00, 0x0F], &[Automatic([0x10, 0x08, 0, 0x0F])]),
            (&[0x37, 0x9A, 0x22, b'A', 0xB2, b'0', b'1', b'7', 0xFF, 0], &[ProcessId(*b"A017")]),
        ];
        for (bytes, replies) in cases {
            assert_eq!(&parse(bytes), replies, "{bytes:02x?}");
        }
    }

    #[test]
    fn an_expected_block_is_told_from_an_automatic_status() {
        use Reply::*;
        let check = |bytes: &[u8], replies: &[Reply]| {
            let mut parser = ReplyParser::new();
            parser.expect(Some(ExpectedBlock { head: [0x10, 0x0F], bytes: 4 }));
            let got: Vec<Reply> = bytes.iter().filter_map(|b| parser.push(*b)).collect();
            assert_eq!(got, replies, "{bytes:02x?}");
        };
        // Reference page: DLE EOT 20 → 10 0F paper user recoverable unrecoverable.
        check(&[0x10, 0x0F, 0x20, 0, 0, 1], &[Block([0x20, 0, 0, 1])]);
        check(&[0x10, 0x0F, 0x81, 0x02, 0x40, 0], &[Block([0x81, 0x02, 0x40, 0])]);
        // Flow control and noise inside it.
        check(&[0x10, 0x13, 0x0F, 0x20, 0xFF, 0, 0x11, 0, 1], &[Xoff, Xon, Block([0x20, 0, 0, 1])]);
        // An automatic status before it, and once it has come.
        check(&[0x10, 0, 0, 0, 0x10, 0x0F, 0, 0, 0, 0], &[Automatic([0x10, 0, 0, 0]), Block([0; 4])]);
        check(&[0x10, 0x0F, 0, 0, 0, 0, 0x10, 0x0F, 0, 0], &[Block([0; 4]), Automatic([0x10, 0x0F, 0, 0])]);
        // Broken off by an answer.
        check(&[0x10, 0x0F, 0x20, 0x12], &[RealTime(0x12)]);
        check(&[0x10, 0x12], &[RealTime(0x12)]);
    }

    proptest! {
        #[test]
        fn any_bytes_at_any_split(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..200) {
            let whole = parse(&bytes);
            let cut = cut.min(bytes.len());
            let mut parser = ReplyParser::default();
            let mut parts: Vec<Reply> = bytes[..cut].iter().filter_map(|b| parser.push(*b)).collect();
            let mut carried = parser;
            parts.extend(bytes[cut..].iter().filter_map(|b| carried.push(*b)));
            prop_assert_eq!(parts, whole);
        }

        #[test]
        fn after_noise_a_whole_status_is_read(noise in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut bytes = noise;
            // One answer to DLE EOT ends whatever the noise had begun.
            bytes.extend([0x12, 0x10, 0x08, 0x00, 0x0F]);
            let replies = parse(&bytes);
            prop_assert!(replies.ends_with(&[Reply::RealTime(0x12), Reply::Automatic([0x10, 0x08, 0, 0x0F])]));
        }
    }
}
