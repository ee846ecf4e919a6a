//! What the reader answers.
//!
//! Duty: the state of card and security module, request by request. Never: bytes on a line.
//!
//! Source: the reference page on card readers, section "Frame". What the page leaves open is decided here: a request for a
//! card's item without a card gets 41, and for the chip's number 80.

use super::fault::{CardFault, Step};
use super::fictitious_card::FictitiousCard;

/// SW3 and data.
pub(super) type Answer = (u8, Vec<u8>);

/// How far the visit of the card that lies there has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Placed,
    Found,
    Selected,
    /// Find does not see it again before it leaves.
    Read,
}

pub(super) struct Device {
    card: Option<(FictitiousCard, Phase)>,
    faults: Vec<CardFault>,
    baud: u32,
    next_baud: Option<u32>,
}

impl Device {
    pub(super) fn new(baud: u32) -> Self {
        Self { card: None, faults: Vec::new(), baud, next_baud: None }
    }

    pub(super) fn place(&mut self, card: FictitiousCard) {
        self.card = Some((card, Phase::Placed));
    }

    pub(super) fn take(&mut self) {
        self.card = None;
    }

    pub(super) fn has_card(&self) -> bool {
        self.card.is_some()
    }

    pub(super) fn has_read_card(&self) -> bool {
        matches!(self.card, Some((_, Phase::Read)))
    }

    /// Power has come back: what lies there is a card that was just placed.
    pub(super) fn restarts(&mut self) {
        self.next_baud = None;
        if let Some((_, phase)) = &mut self.card {
            *phase = Phase::Placed;
        }
    }

    pub(super) fn inject(&mut self, fault: CardFault) {
        self.faults.push(fault);
    }

    pub(super) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    pub(super) fn has(&self, fault: CardFault) -> bool {
        self.faults.contains(&fault)
    }

    /// Whether a fault that happens once is due; then it is over.
    pub(super) fn takes(&mut self, fault: CardFault) -> bool {
        let place = self.faults.iter().position(|f| *f == fault);
        place.map(|i| self.faults.swap_remove(i)).is_some()
    }

    /// The speed of the line, bits a second.
    pub(super) fn baud(&self) -> u32 {
        self.baud
    }

    /// The answer has gone at the old speed: a new one holds from here on.
    pub(super) fn answer_has_gone(&mut self) {
        self.baud = self.next_baud.take().unwrap_or(self.baud);
    }

    pub(super) fn answer(&mut self, code: [u8; 2], parameters: &[u8]) -> Answer {
        if self.has(CardFault::SelfTest) {
            return (0x60, vec![]);
        }
        if self.has(CardFault::Unauthorised) {
            return (0x66, vec![]);
        }
        match code {
            [0x10 | 0x11, 0xFF] => (0x90, vec![]),
            // 05.01-20150101-0000000001-0000000002.
            [0x12, 0xFF] => {
                let mut id = vec![0x05, 0x00, 0x01, 0x00];
                for word in [20_150_101_u32, 1, 2] {
                    id.extend(word.to_le_bytes());
                }
                (0x90, id)
            }
            [0x20, 0x01] => self.find(),
            [0x20, 0x02] => self.select(),
            [0x30, 0x01] => self.read(|card| vec![(1024, card.photo())]),
            [0x30, 0x10] => self.read(|card| {
                vec![(1024, card.photo()), (u16::from(card.fingerprints) * 512, card.fingerprint_bytes())]
            }),
            [0x30, 0x03] => match self.item(FictitiousCard::address_records) {
                None => (0x41, vec![]),
                Some(records) if records.is_empty() => (0x91, vec![]),
                Some(records) => (0x90, records),
            },
            [0x30, 0x05] => match self.item(|card| card.chip_number.to_vec()) {
                None => (0x80, vec![]),
                Some(number) => (0x90, number),
            },
            [0x60, choice @ 0..=4] => {
                self.next_baud = [115_200, 57_600, 38_400, 19_200, 9_600].get(usize::from(choice)).copied();
                (0x90, vec![])
            }
            [0x61, 0xFF] => match parameters {
                [24..=255] => (0x90, vec![]),
                _ => (0x24, vec![]),
            },
            _ => (0x21, vec![]),
        }
    }

    fn find(&mut self) -> Answer {
        if self.takes(CardFault::Removed(Step::Find)) {
            self.take();
        }
        match &mut self.card {
            Some((_, phase)) if *phase != Phase::Read => {
                *phase = Phase::Found;
                (0x9F, vec![0; 4])
            }
            _ => (0x80, vec![]),
        }
    }

    fn select(&mut self) -> Answer {
        if self.takes(CardFault::Removed(Step::Select)) {
            self.take();
        }
        if self.has(CardFault::WrongCard) {
            return (0x40, vec![]);
        }
        if self.has(CardFault::Security) {
            return (0x31, vec![]);
        }
        match &mut self.card {
            Some((_, phase @ Phase::Found)) => {
                *phase = Phase::Selected;
                (0x90, vec![0; 8])
            }
            _ => (0x81, vec![]),
        }
    }

    /// Text, then sections with their lengths: all length words come first.
    fn read(&mut self, sections: impl FnOnce(&FictitiousCard) -> Vec<(u16, Vec<u8>)>) -> Answer {
        if self.takes(CardFault::Removed(Step::Read)) {
            self.take();
        }
        let failed = self.has(CardFault::ReadFailed);
        let spoilt = self.has(CardFault::BadText);
        let Some((card, phase @ (Phase::Selected | Phase::Read))) = &mut self.card else {
            return (0x41, vec![]);
        };
        *phase = Phase::Read;
        if failed {
            return (0x41, vec![]);
        }
        let mut text = card.text_block();
        if spoilt {
            // The first digit of the last day (the same place in all layouts) becomes a letter.
            text[204] = b'x';
            text[205] = 0x00;
        }
        let sections = sections(card);
        let mut data = 256_u16.to_be_bytes().to_vec();
        data.extend(sections.iter().flat_map(|(length, _)| length.to_be_bytes()));
        data.extend(text);
        data.extend(sections.into_iter().flat_map(|(_, bytes)| bytes));
        (0x90, data)
    }

    fn item(&self, item: impl FnOnce(&FictitiousCard) -> Vec<u8>) -> Option<Vec<u8>> {
        match &self.card {
            Some((card, Phase::Selected | Phase::Read)) => Some(item(card)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::id_card::SampleCard;

    #[test]
    fn a_visit_goes_find_select_read_and_then_the_card_must_leave() {
        let mut device = Device::new(115_200);
        let check = |device: &mut Device, code: [u8; 2], sw3: u8, length: usize| {
            let answer = device.answer(code, &[]);
            assert_eq!((answer.0, answer.1.len()), (sw3, length), "{code:02X?}");
        };
        check(&mut device, [0x20, 0x01], 0x80, 0);
        check(&mut device, [0x20, 0x02], 0x81, 0);
        check(&mut device, [0x30, 0x01], 0x41, 0);
        device.place(SampleCard::Resident.card());
        check(&mut device, [0x20, 0x02], 0x81, 0);
        check(&mut device, [0x20, 0x01], 0x9F, 4);
        check(&mut device, [0x30, 0x05], 0x80, 0);
        check(&mut device, [0x20, 0x02], 0x90, 8);
        // 1295 bytes in all: preamble 5, Len 2, status 3, check byte 1.
        check(&mut device, [0x30, 0x01], 0x90, 1295 - 11);
        check(&mut device, [0x30, 0x03], 0x90, 70);
        check(&mut device, [0x30, 0x05], 0x90, 28);
        check(&mut device, [0x20, 0x01], 0x80, 0);
        check(&mut device, [0x30, 0x05], 0x90, 28);
        device.take();
        check(&mut device, [0x30, 0x05], 0x80, 0);
        device.place(SampleCard::HmtResidence.card());
        check(&mut device, [0x20, 0x01], 0x9F, 4);
        check(&mut device, [0x20, 0x02], 0x90, 8);
        check(&mut device, [0x30, 0x10], 0x90, 0x050A - 4);
        check(&mut device, [0x30, 0x03], 0x91, 0);
    }

    #[test]
    fn fingerprints_lengthen_the_answer() {
        for (fingerprints, length) in [(0, 0x050A), (1, 0x070A), (2, 0x090A)] {
            let mut device = Device::new(115_200);
            device.place(FictitiousCard { fingerprints, ..SampleCard::Resident.card() });
            device.answer([0x20, 0x01], &[]);
            device.answer([0x20, 0x02], &[]);
            assert_eq!(device.answer([0x30, 0x10], &[]).1.len() + 4, length);
        }
    }

    #[test]
    fn a_new_speed_holds_once_its_answer_has_gone() {
        let mut device = Device::new(115_200);
        assert_eq!(device.answer([0x60, 0x04], &[]).0, 0x90);
        assert_eq!(device.baud(), 115_200);
        device.answer_has_gone();
        assert_eq!(device.baud(), 9_600);
        assert_eq!(device.answer([0x60, 0x05], &[]).0, 0x21);
        assert_eq!(device.answer([0x61, 0xFF], &[23]).0, 0x24);
        assert_eq!(device.answer([0x61, 0xFF], &[24]).0, 0x90);
    }
}
