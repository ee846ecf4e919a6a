//! Commands and answers of ISO/IEC 7816-4, as far as public files need them.
//!
//! Duty: one command until its whole answer is there: 61xx is fetched, 6Cxx is asked again. Never: go on for ever.

use zeroize::Zeroizing;

use super::SocialSecurityCardError;

/// The longest answer to a short command: 256 bytes and the status word.
pub const LONGEST_REPLY: usize = 258;
/// So often a card may say "more" or "another length" for one command.
const TURNS: u8 = 8;

/// SW1 and SW2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(pub u16);

impl std::fmt::Display for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// A command whose answer is not whole yet.
pub(super) struct Exchange {
    /// What goes to the card now.
    command: Vec<u8>,
    /// What a repeated command begins from.
    original: Vec<u8>,
    data: Zeroizing<Vec<u8>>,
    turns: u8,
}

/// What an answer led to.
pub(super) enum Turn {
    /// The card is to be asked again.
    Again(Exchange),
    /// The data before the last status word, which said this.
    Whole(Zeroizing<Vec<u8>>, StatusWord),
}

impl Exchange {
    pub(super) fn new(command: Vec<u8>) -> Self {
        Self { original: command.clone(), command, data: Zeroizing::new(Vec::new()), turns: 0 }
    }

    pub(super) fn command(&self) -> &[u8] {
        &self.command
    }

    pub(super) fn answer(mut self, reply: &[u8]) -> Result<Turn, SocialSecurityCardError> {
        let (data, status) = parted(reply).ok_or(SocialSecurityCardError::Garbled)?;
        // Never grows in place: what a vector leaves behind when it grows is not wiped.
        self.data = Zeroizing::new([&self.data[..], data].concat());
        self.turns += 1;
        let [sw1, sw2] = status.0.to_be_bytes();
        match sw1 {
            // SELECT has no data that is needed: only what was asked with Le is fetched.
            0x61 if self.wants_data() && self.turns < TURNS => {
                self.command = vec![0x00, 0xC0, 0x00, 0x00, sw2];
                Ok(Turn::Again(self))
            }
            0x61 if !self.wants_data() => Ok(Turn::Whole(self.data, StatusWord(0x9000))),
            0x6C if self.wants_data() && self.turns < TURNS => {
                self.command.clone_from(&self.original);
                if let Some(length) = self.command.last_mut() {
                    *length = sw2;
                }
                self.data = Zeroizing::new(Vec::new());
                Ok(Turn::Again(self))
            }
            0x61 | 0x6C => Err(SocialSecurityCardError::Garbled),
            _ => Ok(Turn::Whole(self.data, status)),
        }
    }

    /// A command of five bytes ends with Le.
    fn wants_data(&self) -> bool {
        self.original.len() == 5
    }
}

fn parted(reply: &[u8]) -> Option<(&[u8], StatusWord)> {
    let (data, status) = reply.split_last_chunk::<2>()?;
    (reply.len() <= LONGEST_REPLY).then_some((data, StatusWord(u16::from_be_bytes(*status))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Data and status.
    type Whole = (Vec<u8>, u16);

    /// Commands that went out, and what came of them.
    fn play(command: &[u8], replies: &[&[u8]]) -> (Vec<Vec<u8>>, Option<Whole>) {
        let mut exchange = Exchange::new(command.to_vec());
        let mut sent = Vec::new();
        for reply in replies {
            sent.push(exchange.command().to_vec());
            match exchange.answer(reply) {
                Ok(Turn::Again(next)) => exchange = next,
                Ok(Turn::Whole(data, status)) => return (sent, Some((data.to_vec(), status.0))),
                Err(_) => return (sent, None),
            }
        }
        panic!("the replies ended first");
    }

    #[test]
    fn an_answer_is_made_whole() {
        let read: &[u8] = &[0x00, 0xB2, 0x08, 0x00, 0x14];
        let check = |replies: &[&[u8]], commands: &[&[u8]], want: Option<(&[u8], u16)>| {
            let (sent, whole) = play(read, replies);
            assert_eq!(sent, commands, "{replies:02X?}");
            assert_eq!(whole, want.map(|(data, status)| (data.to_vec(), status)), "{replies:02X?}");
        };
        check(&[&[1, 2, 0x90, 0x00]], &[read], Some((&[1, 2], 0x9000)));
        check(&[&[0x6A, 0x83]], &[read], Some((&[], 0x6A83)));
        check(&[&[0x61, 0x02], &[1, 2, 0x90, 0x00]], &[read, &[0, 0xC0, 0, 0, 2]], Some((&[1, 2], 0x9000)));
        check(
            &[&[0x61, 0x02], &[1, 2, 0x61, 0x01], &[3, 0x90, 0x00]],
            &[read, &[0, 0xC0, 0, 0, 2], &[0, 0xC0, 0, 0, 1]],
            Some((&[1, 2, 3], 0x9000)),
        );
        check(
            &[&[0x6C, 0x02], &[1, 2, 0x90, 0x00]],
            &[read, &[0x00, 0xB2, 0x08, 0x00, 0x02]],
            Some((&[1, 2], 0x9000)),
        );
        check(&[&[0x90]], &[read], None);
        check(&[&[]], &[read], None);
        check(&[&[0; 259]], &[read], None);
        // A card that never ends.
        let (sent, whole) = play(read, &[&[0x61, 0x01][..]; 9]);
        assert_eq!((sent.len(), whole), (8, None));
        let (sent, whole) = play(read, &[&[0x6C, 0x01][..]; 9]);
        assert_eq!((sent.len(), whole), (8, None));
    }

    #[test]
    fn what_a_select_has_to_say_is_not_fetched() {
        let select = [0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, 0x05];
        assert_eq!(play(&select, &[&[0x61, 0x10]]), (vec![select.to_vec()], Some((vec![], 0x9000))));
    }
}
