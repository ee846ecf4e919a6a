//! Answers of the reader, cut out of a stream of bytes.
//!
//! Duty: find the frames in whatever comes: pieces of any size, stray bytes before and inside the preamble, zeros after
//! the end, pseudo-frames that are no frame. Never: IO, waiting, a panic, or more memory than two of the longest frames.
//!
//! Source: the reference page on card readers, section "Frame".

use zeroize::{Zeroize, Zeroizing};

use super::request::PREAMBLE;
use super::sw3::Sw3;

/// Len counts SW1, SW2, SW3 and the check byte at least.
const SHORTEST: usize = 4;
/// The longest that a reader sends is 0x090A; more than this is noise.
const LONGEST: usize = 4096;
/// Bytes of a frame before what Len counts: the last byte of the preamble is taken off, then two bytes of Len.
const LEN_BYTES: usize = 2;
/// Between two bytes of a preamble so many stray ones are looked past.
const STRAY: usize = 4;
/// Older bytes than this cannot belong to a frame that is still to come.
const KEPT: usize = 2 * LONGEST;

/// One answer: status bytes and data; the data is wiped when dropped and not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    card_status: [u8; 2],
    sw3: Sw3,
    data: Zeroizing<Vec<u8>>,
}

impl Response {
    /// SW1 SW2, the card's own status.
    pub fn card_status(&self) -> [u8; 2] {
        self.card_status
    }

    /// SW3, the reader's status.
    pub fn sw3(&self) -> Sw3 {
        self.sw3
    }

    /// What follows the status.
    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [sw1, sw2] = self.card_status;
        write!(f, "Response({sw1:02X} {sw2:02X} {}, {} bytes)", self.sw3, self.data.len())
    }
}

/// Cuts [`Response`]s out of a stream. All that it holds is wiped when it is emptied and dropped.
pub struct FrameParser {
    buffer: Zeroizing<Vec<u8>>,
    /// Bytes before this have been judged.
    judged: usize,
    broken: u32,
}

impl Default for FrameParser {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameParser {
    /// A parser that has seen nothing.
    pub fn new() -> Self {
        // Never grows: growing would leave an unwiped copy behind.
        Self { buffer: Zeroizing::new(Vec::with_capacity(KEPT + LONGEST)), judged: 0, broken: 0 }
    }

    /// Forgets everything, wiped.
    pub fn clear(&mut self) {
        // What lies behind the end was wiped when it was cut off.
        self.buffer[..].zeroize();
        self.buffer.truncate(0);
        self.judged = 0;
        self.broken = 0;
    }

    /// Frames seen whose check byte was wrong or that were cut short, since the last [`clear`](Self::clear).
    pub fn broken(&self) -> u32 {
        self.broken
    }

    /// Whether any byte has come since the last [`clear`](Self::clear) or answer.
    pub fn has_bytes(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Takes what came and gives the first whole answer, if there is one; call again with nothing for the next.
    pub fn push(&mut self, mut bytes: &[u8]) -> Option<Response> {
        loop {
            let room = self.buffer.capacity() - self.buffer.len();
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if let Some(response) = self.next() {
                // The rest of this burst waits in the buffer as far as it fits; a reader sends one answer a request.
                let room = self.buffer.capacity() - self.buffer.len();
                self.buffer.extend_from_slice(&bytes[..bytes.len().min(room)]);
                return Some(response);
            }
            if self.buffer.len() > KEPT {
                self.drop_front(self.buffer.len() - KEPT);
            }
            if bytes.is_empty() {
                return None;
            }
        }
    }

    /// The line fell silent: a frame that is not whole by now never will be, so what lies inside it is looked at.
    pub fn line_is_silent(&mut self) -> Option<Response> {
        while let Some(start) = exact_preamble(&self.buffer[self.judged..]) {
            self.judged += start;
            if matches!(judge(&self.buffer[self.judged + PREAMBLE.len()..]), Judgement::Incomplete) {
                self.broken += 1;
            }
            self.judged += 1;
            if let Some(response) = self.next() {
                return Some(response);
            }
        }
        None
    }

    fn next(&mut self) -> Option<Response> {
        let mut at = self.judged;
        while at < self.buffer.len() {
            let rest = &self.buffer[at..];
            if rest.starts_with(&PREAMBLE) {
                match judge(&rest[PREAMBLE.len()..]) {
                    Judgement::Answer(response, used) => {
                        self.drop_front(at + PREAMBLE.len() + used);
                        return Some(response);
                    }
                    // Whatever follows may lie inside this frame: wait for its end.
                    Judgement::Incomplete => {
                        self.judged = at;
                        return None;
                    }
                    Judgement::Broken => {
                        self.broken += 1;
                        self.judged = at + 1;
                    }
                    Judgement::None => {}
                }
            } else if let Some(body) = strayed_preamble(rest)
                && let Judgement::Answer(response, used) = judge(&rest[body..])
            {
                self.drop_front(at + body + used);
                return Some(response);
            }
            at += 1;
        }
        None
    }

    fn drop_front(&mut self, count: usize) {
        let end = self.buffer.len();
        self.buffer.copy_within(count.min(end).., 0);
        let kept = end.saturating_sub(count);
        self.buffer[kept..].zeroize();
        self.buffer.truncate(kept);
        self.judged = self.judged.saturating_sub(count);
    }
}

enum Judgement {
    Answer(Response, usize),
    Incomplete,
    Broken,
    None,
}

/// Looks at what follows a preamble: Len, status, data, check byte.
fn judge(body: &[u8]) -> Judgement {
    let [high, low, counted @ ..] = body else { return Judgement::Incomplete };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Judgement::None;
    }
    let Some(frame) = counted.get(..length) else { return Judgement::Incomplete };
    let check = frame.iter().fold(high ^ low, |sum, byte| sum ^ byte);
    match frame {
        // The check byte XORed with itself gives zero.
        [sw1, sw2, sw3, data @ .., _] if check == 0 => {
            let response = Response {
                card_status: [*sw1, *sw2],
                sw3: Sw3::from(*sw3),
                data: Zeroizing::new(data.to_vec()),
            };
            Judgement::Answer(response, LEN_BYTES + length)
        }
        _ => Judgement::Broken,
    }
}

fn exact_preamble(bytes: &[u8]) -> Option<usize> {
    bytes.windows(PREAMBLE.len()).position(|window| window == PREAMBLE)
}

/// A preamble that begins here with stray bytes between its own: where what follows it begins.
fn strayed_preamble(bytes: &[u8]) -> Option<usize> {
    let (first, _) = bytes.split_first()?;
    if *first != PREAMBLE[0] {
        return None;
    }
    let mut at = 1;
    for wanted in &PREAMBLE[1..] {
        let window = bytes.get(at..)?;
        at += window.iter().take(STRAY + 1).position(|b| b == wanted)? + 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests;
