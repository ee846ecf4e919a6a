//! The reader as a USB function: what its endpoints take and give, packet by packet.
//!
//! Duty: both layouts of endpoints of the reference page. Never: a bus; whoever has one, or a test, moves the packets.

use std::collections::{BTreeMap, VecDeque};

use super::answer::answer;
use super::chance::Chance;
use super::device::Device;
use super::fault::CardFault;
use super::fictitious_card::FictitiousCard;
use super::line;

/// A full-speed endpoint's packet.
const PACKET: usize = 64;
/// Bytes of a frame that go through the endpoint of heads.
const HEAD: usize = 7;

/// How the function's endpoints carry frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbModel {
    /// OUT 02 and IN 81 for the first seven bytes, OUT 06 and IN 85 for the rest.
    Split,
    /// The same, every packet towards the host filled up to 64 bytes with zeros.
    SplitFilled,
    /// OUT 01 and IN 82 for the stream as it is.
    Stream,
}

/// A USB function with a reader in it.
pub struct SimulatedUsbCardReader {
    model: UsbModel,
    device: Device,
    chance: Chance,
    received: Vec<u8>,
    /// Packets that wait to be fetched, by endpoint.
    waiting: BTreeMap<u8, VecDeque<Vec<u8>>>,
    heard: Vec<(u8, Vec<u8>)>,
    pulled: bool,
}

impl SimulatedUsbCardReader {
    /// A function without a card.
    pub fn new(model: UsbModel, seed: u64) -> Self {
        Self {
            model,
            device: Device::new(115_200),
            chance: Chance::new(seed),
            received: Vec::new(),
            waiting: BTreeMap::new(),
            heard: Vec::new(),
            pulled: false,
        }
    }

    /// Addresses of its endpoints, in the order of its descriptor.
    pub fn endpoints(&self) -> &'static [u8] {
        match self.model {
            UsbModel::Split | UsbModel::SplitFilled => &[0x81, 0x02, 0x85, 0x06],
            UsbModel::Stream => &[0x01, 0x82],
        }
    }

    /// Lays a card on the reader.
    pub fn place(&mut self, card: FictitiousCard) {
        self.device.place(card);
    }

    /// Takes the card away.
    pub fn take(&mut self) {
        self.device.take();
    }

    /// Lets a fault begin.
    pub fn inject(&mut self, fault: CardFault) {
        self.device.inject(fault);
    }

    /// Everything that the host sent: endpoint and bytes of each transfer.
    pub fn heard(&self) -> &[(u8, Vec<u8>)] {
        &self.heard
    }

    /// Takes what the host sends to an endpoint.
    pub fn transfer_out(&mut self, endpoint: u8, bytes: &[u8]) {
        self.heard.push((endpoint, bytes.to_vec()));
        self.received.extend_from_slice(bytes);
        while let Some(incoming) = line::take_request(&mut self.received) {
            if let Some(step) = incoming.step()
                && self.device.takes(CardFault::Unplugged(step))
            {
                self.pulled = true;
                return;
            }
            if let Some(bytes) = answer(&mut self.device, &mut self.chance, &incoming) {
                self.give(&bytes);
            }
        }
    }

    /// Whether a fault has pulled the plug since this was last asked.
    pub fn takes_pulled(&mut self) -> bool {
        std::mem::replace(&mut self.pulled, false)
    }

    /// Power has come back: what lies there is a card that was just placed.
    pub fn restarts(&mut self) {
        self.received.clear();
        self.waiting.clear();
        self.device.restarts();
    }

    /// The next packet of an endpoint, if one waits there.
    pub fn packet_in(&mut self, endpoint: u8) -> Option<Vec<u8>> {
        self.waiting.get_mut(&endpoint)?.pop_front()
    }

    fn give(&mut self, bytes: &[u8]) {
        // A head is what the preamble begins, whatever noise comes before it.
        let head = bytes.windows(5).rposition(|w| w == [0xAA, 0xAA, 0xAA, 0x96, 0x69]).unwrap_or(0) + HEAD;
        match self.model {
            UsbModel::Split | UsbModel::SplitFilled => {
                let (head, body) = bytes.split_at(head.min(bytes.len()));
                self.queue(0x81, head);
                self.queue(0x85, body);
            }
            UsbModel::Stream => self.queue(0x82, bytes),
        }
    }

    fn queue(&mut self, endpoint: u8, bytes: &[u8]) {
        let filled = self.model == UsbModel::SplitFilled;
        let packets = bytes.chunks(PACKET).map(|packet| {
            let mut packet = packet.to_vec();
            if filled {
                packet.resize(PACKET, 0);
            }
            packet
        });
        self.waiting.entry(endpoint).or_default().extend(packets);
    }
}
