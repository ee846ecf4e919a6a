//! The printer's buffered bytes → commands.
//!
//! Duty: where one command ends and the next begins, whatever the bytes. Never: act on one.

/// What stands at the front of the buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Front {
    /// A command is not whole yet.
    Incomplete,
    /// A command of so many bytes.
    Whole(Command, usize),
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// A character in the printer's codes: one byte, or two or four in Chinese mode.
    Character(Vec<u8>),
    /// LF.
    LineFeed,
    /// ESC J: so many motion units.
    FeedUnits(u8),
    /// ESC d: so many lines.
    FeedLines(u8),
    /// ESC @.
    Initialise,
    /// ESC 3, in motion units; none is ESC 2.
    LineSpacing(Option<u8>),
    /// GS P: horizontal, vertical.
    MotionUnits(u8, u8),
    /// GS !, or ESC ! and FS ! in its terms: times wide and high.
    Size(usize, usize),
    /// ESC E.
    Bold(bool),
    /// ESC a: 0 left, 1 middle, 2 right.
    Align(u8),
    /// FS & and FS .
    Chinese(bool),
    /// GS a.
    AutomaticStatus(u8),
    /// GS r.
    TransmitStatus(u8),
    /// GS ( H fn 48.
    ProcessId([u8; 4]),
    /// GS v 0: mode, bytes of a row, rows, dots.
    Raster {
        mode: u8,
        row_bytes: usize,
        rows: usize,
        dots: Vec<u8>,
    },
    /// GS ( k fn 67, 69, 80, 81.
    CodeModule(u8),
    CodeLevel(u8),
    CodeStore(Vec<u8>),
    CodePrint,
    /// GS V; the feed is absent for the plain forms.
    Cut {
        feed: Option<u8>,
    },
    /// GS e: what the presenter does with the paper.
    Presenter(Move),
    /// A command that changes nothing here.
    Ignored,
    /// A byte that begins nothing known.
    Unknown(u8),
}

/// What a presenter can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// GS e 2.
    Retract,
    /// GS e 3 m.
    Present,
    /// GS e 5.
    Eject,
}

const ESC: u8 = 0x1B;
const FS: u8 = 0x1C;
const GS: u8 = 0x1D;

/// Reads the command at the front; `chinese` tells whether FS & is in force.
pub(super) fn front(bytes: &[u8], chinese: bool) -> Front {
    match parse(bytes, chinese) {
        Some((command, length)) => Front::Whole(command, length),
        None => Front::Incomplete,
    }
}

fn parse(b: &[u8], chinese: bool) -> Option<(Command, usize)> {
    match *b.first()? {
        ESC => escape(b),
        FS => file_separator(b),
        GS => group_separator(b),
        b'\n' => Some((Command::LineFeed, 1)),
        b'\r' | 0x00 => Some((Command::Ignored, 1)),
        0x81..=0xFE if chinese => {
            let second = *b.get(1)?;
            let length = if second.is_ascii_digit() { 4 } else { 2 };
            Some((Command::Character(b.get(..length)?.to_vec()), length))
        }
        byte @ 0x20..=0x7E => Some((Command::Character(vec![byte]), 1)),
        byte => Some((Command::Unknown(byte), 1)),
    }
}

fn escape(b: &[u8]) -> Option<(Command, usize)> {
    let n = || b.get(2).copied();
    let one = |command: Command| Some((command, 3));
    match *b.get(1)? {
        b'@' => Some((Command::Initialise, 2)),
        b'i' | b'm' => Some((Command::Cut { feed: None }, 2)),
        b'2' => Some((Command::LineSpacing(None), 2)),
        b'3' => one(Command::LineSpacing(Some(n()?))),
        b'J' => one(Command::FeedUnits(n()?)),
        b'd' => one(Command::FeedLines(n()?)),
        b'E' => one(Command::Bold(n()? & 1 == 1)),
        b'a' => one(Command::Align(n()? % 48 % 3)),
        b'!' => one(size_of_mode(n()?, 0x20, 0x10)),
        b'-' | b' ' | b'M' | b'R' | b't' | b'{' | b'G' | b'V' | b'=' => n().and(one(Command::Ignored)),
        b'$' | b'\\' => b.get(3).and(Some((Command::Ignored, 4))),
        b'p' => b.get(4).and(Some((Command::Ignored, 5))),
        _ => Some((Command::Unknown(ESC), 1)),
    }
}

fn file_separator(b: &[u8]) -> Option<(Command, usize)> {
    match *b.get(1)? {
        b'&' => Some((Command::Chinese(true), 2)),
        b'.' => Some((Command::Chinese(false), 2)),
        b'!' => Some((size_of_mode(*b.get(2)?, 0x04, 0x08), 3)),
        b'W' => {
            let times = 1 + usize::from(b.get(2)? & 1);
            Some((Command::Size(times, times), 3))
        }
        b'-' => b.get(2).and(Some((Command::Ignored, 3))),
        b'S' => b.get(3).and(Some((Command::Ignored, 4))),
        _ => Some((Command::Unknown(FS), 1)),
    }
}

fn group_separator(b: &[u8]) -> Option<(Command, usize)> {
    let n = || b.get(2).copied();
    match *b.get(1)? {
        b'!' => {
            let n = n()?;
            Some((Command::Size(1 + usize::from(n >> 4 & 7), 1 + usize::from(n & 7)), 3))
        }
        b'a' => Some((Command::AutomaticStatus(n()?), 3)),
        b'r' => Some((Command::TransmitStatus(n()?), 3)),
        b'P' => Some((Command::MotionUnits(n()?, *b.get(3)?), 4)),
        b'B' | b'b' => n().and(Some((Command::Ignored, 3))),
        b'L' | b'W' => b.get(3).and(Some((Command::Ignored, 4))),
        b'V' => match n()? {
            65 | 66 => Some((Command::Cut { feed: Some(*b.get(3)?) }, 4)),
            _ => Some((Command::Cut { feed: None }, 3)),
        },
        b'e' => match n()? {
            2 => Some((Command::Presenter(Move::Retract), 3)),
            3 => b.get(3).and(Some((Command::Presenter(Move::Present), 4))),
            5 => Some((Command::Presenter(Move::Eject), 3)),
            _ => Some((Command::Ignored, 3)),
        },
        b'v' => raster(b),
        b'(' => function(b),
        _ => Some((Command::Unknown(GS), 1)),
    }
}

/// `GS v 0 m xL xH yL yH d…`
fn raster(b: &[u8]) -> Option<(Command, usize)> {
    let head: [u8; 8] = b.get(..8)?.try_into().ok()?;
    let [_, _, _, mode, xl, xh, yl, yh] = head;
    let (row_bytes, rows) = (length(xl, xh), length(yl, yh));
    let end = 8 + row_bytes * rows;
    let dots = b.get(8..end)?.to_vec();
    Some((Command::Raster { mode, row_bytes, rows, dots }, end))
}

/// `GS ( x pL pH …`
fn function(b: &[u8]) -> Option<(Command, usize)> {
    let end = 5 + length(*b.get(3)?, *b.get(4)?);
    let parameters = b.get(5..end)?;
    let command = match (b[2], parameters) {
        (b'H', [48, 48, id @ ..]) => id.try_into().map_or(Command::Ignored, Command::ProcessId),
        (b'k', [49, 67, n]) => Command::CodeModule(*n),
        (b'k', [49, 69, n]) => Command::CodeLevel(*n),
        (b'k', [49, 80, 48, data @ ..]) => Command::CodeStore(data.to_vec()),
        (b'k', [49, 81, 48]) => Command::CodePrint,
        _ => Command::Ignored,
    };
    Some((command, end))
}

fn size_of_mode(n: u8, wide: u8, high: u8) -> Command {
    let times = |bit| if n & bit == 0 { 1 } else { 2 };
    Command::Size(times(wide), times(high))
}

fn length(low: u8, high: u8) -> usize {
    usize::from(u16::from_le_bytes([low, high]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_where_they_end() {
        let check = |bytes: &[u8], command: Command| {
            for cut in 0..bytes.len() {
                assert_eq!(front(&bytes[..cut], true), Front::Incomplete, "{:02x?}", &bytes[..cut]);
            }
            let mut more = bytes.to_vec();
            more.extend_from_slice(b"\x1b@x");
            assert_eq!(front(&more, true), Front::Whole(command, bytes.len()), "{bytes:02x?}");
        };
        check(b"A", Command::Character(b"A".to_vec()));
        check(&[0xD6, 0xD0], Command::Character(vec![0xD6, 0xD0]));
        check(&[0x81, 0x39, 0xEF, 0x31], Command::Character(vec![0x81, 0x39, 0xEF, 0x31]));
        check(b"\n", Command::LineFeed);
        check(b"\x1b@", Command::Initialise);
        check(b"\x1b3\x20", Command::LineSpacing(Some(32)));
        check(b"\x1bJ\xff", Command::FeedUnits(255));
        check(b"\x1ba1", Command::Align(1));
        check(b"\x1d!\x12", Command::Size(2, 3));
        check(b"\x1b!\x30", Command::Size(2, 2));
        check(b"\x1c!\x0c", Command::Size(2, 2));
        check(b"\x1dP\xcb\xcb", Command::MotionUnits(203, 203));
        check(b"\x1da\x0e", Command::AutomaticStatus(14));
        check(b"\x1dr\x01", Command::TransmitStatus(1));
        check(b"\x1dV\x42\x20", Command::Cut { feed: Some(32) });
        check(b"\x1dV\x00", Command::Cut { feed: None });
        check(b"\x1bi", Command::Cut { feed: None });
        check(b"\x1de\x02", Command::Presenter(Move::Retract));
        check(b"\x1de\x03\x0c", Command::Presenter(Move::Present));
        check(b"\x1de\x05", Command::Presenter(Move::Eject));
        check(b"\0", Command::Ignored);
        check(b"\x1d(H\x06\x00\x30\x30A017", Command::ProcessId(*b"A017"));
        check(b"\x1d(k\x06\x00\x31\x50\x30WH1", Command::CodeStore(b"WH1".to_vec()));
        check(b"\x1d(k\x03\x00\x31\x51\x30", Command::CodePrint);
        let raster = Command::Raster { mode: 3, row_bytes: 2, rows: 2, dots: vec![1, 2, 3, 4] };
        check(&[0x1D, b'v', b'0', 3, 2, 0, 2, 0, 1, 2, 3, 4], raster);
    }

    #[test]
    fn without_chinese_mode_a_high_byte_is_nothing() {
        assert_eq!(front(&[0xD6, 0xD0], false), Front::Whole(Command::Unknown(0xD6), 1));
    }
}
