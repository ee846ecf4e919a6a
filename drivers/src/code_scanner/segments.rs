//! What the data of a QR code says (ISO/IEC 18004:2015, 7.4).
//!
//! Duty: data codewords → text. Never: say a part of what is there, or say it otherwise: data that is not understood to its
//! end says nothing.

use std::borrow::Cow;

use encoding_rs::{BIG5, Encoding, GB18030, SHIFT_JIS, UTF_8};

/// The characters of the alphanumeric mode in the order of their values (7.4.4, table 5).
const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/// What `%` stands for once FNC1 has come, while `%%` is a `%` (7.4.8.2).
const SEPARATOR: char = '\u{1D}';

/// The text of the data codewords of a code of that version, 1 to 40; nothing when they say none, a part of one that goes on in
/// another code, or anything that is not known here.
pub(super) fn text(data: &[u8], version: usize) -> Option<String> {
    let mut reader = Reader {
        bits: Bits { data, at: 0 },
        group: usize::from(version > 9) + usize::from(version > 26),
        said: String::new(),
        bytes: Vec::new(),
        charset: Charset::NotSaid,
        fnc1: false,
    };
    reader.read()?;
    (!reader.said.is_empty()).then_some(reader.said)
}

/// How bytes are characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    /// The code does not say. The standard's ISO 8859-1 is what hardly anybody in China means: it is UTF-8, or the country's own
    /// where it cannot be ISO 8859-1.
    NotSaid,
    Latin1,
    Of(&'static Encoding),
}

impl Charset {
    /// By its ECI designator (AIM ITS/04-023).
    fn of(eci: u32) -> Option<Self> {
        Some(match eci {
            1 | 3 => Self::Latin1,
            20 => Self::Of(SHIFT_JIS),
            // ASCII is a part of UTF-8.
            26 | 27 | 170 => Self::Of(UTF_8),
            28 => Self::Of(BIG5),
            // GB 2312 is a part of GB 18030.
            29 | 32 => Self::Of(GB18030),
            _ => return None,
        })
    }

    fn decoded(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        let as_written =
            |encoding: &'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes);
        match self {
            Self::NotSaid => {
                as_written(UTF_8).or_else(|| as_written(GB18030).filter(|_| !may_be_latin(bytes)))
            }
            Self::Latin1 => Some(encoding_rs::mem::decode_latin1(bytes)),
            Self::Of(encoding) => as_written(encoding),
        }
    }
}

/// Whether bytes that GB 18030 knows may as well be ISO 8859-1, as `M\xFCller` may: letters follow what would be a first byte, and
/// nothing has a byte that no Latin letter has.
fn may_be_latin(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut letters_follow = false;
    while let [first, tail @ ..] = rest {
        if (0x80..0xA0).contains(first) {
            return false;
        }
        rest = match tail {
            [second, tail @ ..] if !first.is_ascii() => {
                if (0x80..0xA0).contains(second) {
                    return false;
                }
                letters_follow |= second.is_ascii();
                tail
            }
            _ => tail,
        };
    }
    letters_follow
}

struct Reader<'d> {
    bits: Bits<'d>,
    /// Which of the three lengths a segment's count has (7.4.1, table 3).
    group: usize,
    said: String,
    /// Of segments of bytes that follow each other: a character may begin in one and end in the next.
    bytes: Vec<u8>,
    charset: Charset,
    fnc1: bool,
}

impl Reader<'_> {
    /// Segment after segment until the terminator, which may be cut short or missing where the code is full (7.4.9).
    fn read(&mut self) -> Option<()> {
        while self.bits.left() >= 4 {
            let mode = self.bits.take(4)?;
            if mode != 0b0100 {
                self.say_bytes()?;
            }
            match mode {
                0b0000 => break,
                0b0001 => self.digits()?,
                0b0010 => self.alphanumeric()?,
                0b0100 => self.byte_segment()?,
                0b1000 => self.kanji()?,
                0b1101 => self.hanzi()?,
                0b0111 => self.charset = Charset::of(self.designator()?)?,
                0b0101 => self.fnc1 = true,
                0b0011 => self.append()?,
                // FNC1 in the second position among them, which industries of their own have.
                _ => return None,
            }
        }
        self.say_bytes()
    }

    fn count(&mut self, lengths: [u32; 3]) -> Option<usize> {
        usize::try_from(self.bits.take(lengths[self.group])?).ok()
    }

    /// Three digits in ten bits, two in seven, one in four (7.4.3).
    fn digits(&mut self) -> Option<()> {
        let mut count = self.count([10, 12, 14])?;
        while count > 0 {
            let (digits, bits, below) = [(1, 4, 10), (2, 7, 100), (3, 10, 1000)][count.min(3) - 1];
            let value = self.bits.take(bits).filter(|value| *value < below)?;
            self.said.push_str(&format!("{value:0digits$}"));
            count -= digits;
        }
        Some(())
    }

    /// Two characters in eleven bits, one in six (7.4.4).
    fn alphanumeric(&mut self) -> Option<()> {
        let count = self.count([9, 11, 13])?;
        let mut values = Vec::new();
        for _ in 0..count / 2 {
            let pair = self.bits.take(11)?;
            values.extend([pair / 45, pair % 45]);
        }
        if count % 2 == 1 {
            values.push(self.bits.take(6)?);
        }
        let mut values = values.into_iter().peekable();
        while let Some(value) = values.next() {
            let said = char::from(*ALPHANUMERIC.get(usize::try_from(value).ok()?)?);
            let doubled = self.fnc1 && said == '%' && values.next_if_eq(&value).is_some();
            self.said.push(if self.fnc1 && said == '%' && !doubled { SEPARATOR } else { said });
        }
        Some(())
    }

    fn byte_segment(&mut self) -> Option<()> {
        for _ in 0..self.count([8, 16, 16])? {
            self.bytes.push(u8::try_from(self.bits.take(8)?).ok()?);
        }
        Some(())
    }

    /// Japanese characters (7.4.6).
    fn kanji(&mut self) -> Option<()> {
        let count = self.count([8, 10, 12])?;
        self.pairs(count, 0xC0, |pair| pair + if pair < 0x1F00 { 0x8140 } else { 0xC140 }, SHIFT_JIS)
    }

    /// Chinese characters (GB/T 18284-2000, 6.4.6): only the subset of GB 2312 is defined.
    fn hanzi(&mut self) -> Option<()> {
        if self.bits.take(4)? != 1 {
            return None;
        }
        let count = self.count([8, 10, 12])?;
        self.pairs(count, 0x60, |pair| pair + if pair < 0x0A00 { 0xA1A1 } else { 0xA6A1 }, GB18030)
    }

    /// Characters of two bytes in thirteen bits.
    fn pairs(
        &mut self,
        count: usize,
        radix: u32,
        placed: impl Fn(u32) -> u32,
        encoding: &'static Encoding,
    ) -> Option<()> {
        for _ in 0..count {
            let packed = self.bits.take(13)?;
            let pair = u16::try_from(placed(((packed / radix) << 8) | (packed % radix))).ok()?;
            self.said.push_str(&Charset::Of(encoding).decoded(&pair.to_be_bytes())?);
        }
        Some(())
    }

    /// One of several codes (8): its place, how many there are less one, the check byte of all.
    fn append(&mut self) -> Option<()> {
        let others = self.bits.take(16)? >> 8 & 0xF;
        (others == 0).then_some(())
    }

    /// One to three bytes, as the first bits of the first say (7.4.2.2, table 4).
    fn designator(&mut self) -> Option<u32> {
        match self.bits.take(8)? {
            value @ 0..=0x7F => Some(value),
            first @ 0x80..=0xBF => Some((first & 0x3F) << 8 | self.bits.take(8)?),
            first @ 0xC0..=0xDF => Some((first & 0x1F) << 16 | self.bits.take(16)?),
            _ => None,
        }
    }

    fn say_bytes(&mut self) -> Option<()> {
        self.said.push_str(&self.charset.decoded(&self.bytes)?);
        self.bytes.clear();
        Some(())
    }
}

/// Bits, the highest of each byte first.
struct Bits<'d> {
    data: &'d [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.data.len() * 8 - self.at
    }

    /// The next `count` bits, at most 32, as a number; nothing when there are fewer.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.data.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests;
