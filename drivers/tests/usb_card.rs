//! The card reader over USB: the driver and its two layouts of endpoints against a simulated function, transfer by
//! transfer. What `nusb` does with a kernel is not in it: docs/testing.md says what of that is proved where.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use domain::device::DeviceState;
use drivers::id_card_reader::{CardReaderErrorKind as Kind, Content, IdCardReader as _, SamReader, Speed};
use drivers::sim::id_card::{CardFault, SampleCard, SimulatedUsbCardReader, Step, UsbModel};
use drivers::transport::{TransportError, UsbLayout, UsbPipes, UsbTransport};

const MODELS: [UsbModel; 3] = [UsbModel::Split, UsbModel::SplitFilled, UsbModel::Stream];

/// The bus between host and function; a function that was pulled is none.
#[derive(Clone)]
struct Bus {
    function: Arc<Mutex<Option<SimulatedUsbCardReader>>>,
    /// What a transfer brought and was not taken, by endpoint.
    come: Vec<(u8, VecDeque<u8>)>,
    /// No more than so much is taken at once.
    lot: usize,
}

impl Bus {
    fn with(function: SimulatedUsbCardReader, lot: usize) -> Self {
        Self { function: Arc::new(Mutex::new(Some(function))), come: Vec::new(), lot }
    }

    fn open(&self) -> SamReader {
        let endpoints = self.function.lock().unwrap().as_ref().unwrap().endpoints();
        let layout = UsbLayout::of(endpoints).unwrap();
        let transport = UsbTransport::new(self.clone(), layout, "usb:0400:c35a");
        SamReader::open(Box::new(transport), Speed::OfThePort).unwrap()
    }
}

fn gone() -> TransportError {
    TransportError::Gone { port: "usb:0400:c35a".to_owned() }
}

impl UsbPipes for Bus {
    fn send(&mut self, endpoint: u8, bytes: &[u8], _deadline: Instant) -> Result<usize, TransportError> {
        self.function.lock().unwrap().as_mut().ok_or_else(gone)?.transfer_out(endpoint, bytes);
        Ok(bytes.len())
    }

    fn receive(&mut self, endpoint: u8, buffer: &mut [u8], _: Instant) -> Result<usize, TransportError> {
        let packet = self.function.lock().unwrap().as_mut().ok_or_else(gone)?.packet_in(endpoint);
        if !self.come.iter().any(|(of, _)| *of == endpoint) {
            self.come.push((endpoint, VecDeque::new()));
        }
        let (_, come) = self.come.iter_mut().find(|(of, _)| *of == endpoint).unwrap();
        come.extend(packet.unwrap_or_default());
        if come.is_empty() {
            return Err(TransportError::TimedOut { port: "usb:0400:c35a".to_owned() });
        }
        let count = come.len().min(buffer.len()).min(self.lot);
        buffer.iter_mut().zip(come.drain(..count)).for_each(|(place, byte)| *place = byte);
        Ok(count)
    }
}

fn function(model: UsbModel, sample: SampleCard, fault: Option<CardFault>) -> SimulatedUsbCardReader {
    let mut function = SimulatedUsbCardReader::new(model, 7);
    function.place(sample.card());
    fault.into_iter().for_each(|fault| function.inject(fault));
    function
}

#[test]
fn every_sample_is_read_over_both_layouts() {
    for model in MODELS {
        for (sample, lot) in SampleCard::ALL.into_iter().zip([4096, 64, 1, 3, 7].into_iter().cycle()) {
            let bus = Bus::with(function(model, sample, None), lot);
            let mut reader = bus.open();
            let read = reader.read(Content::TextPhotoFingerprints, Instant::now()).unwrap();
            let what = format!("{model:?} {} by {lot}", sample.word());
            assert_eq!(read.card.number().personal().reveal(), sample.card().number, "{what}");
            assert_eq!(read.card.name_units(), sample.card().name, "{what}");
            assert_eq!(read.photo.bytes(), sample.card().photo(), "{what}");
            assert_eq!(read.fingerprints.len(), usize::from(sample.card().fingerprints), "{what}");
            assert_eq!(reader.status().baud, None, "{what}");
        }
    }
}

#[test]
fn a_request_goes_to_the_endpoints_that_the_page_names() {
    let check = |model: UsbModel, want: &[(u8, &[u8])]| {
        let bus = Bus::with(function(model, SampleCard::Resident, None), 64);
        let mut reader = bus.open();
        reader.media().unwrap();
        let guard = bus.function.lock().unwrap();
        let heard = guard.as_ref().unwrap().heard();
        let want: Vec<(u8, Vec<u8>)> = want.iter().map(|(at, bytes)| (*at, bytes.to_vec())).collect();
        assert_eq!(heard[heard.len() - want.len()..], want, "{model:?}");
    };
    let find: [(u8, &[u8]); 2] =
        [(0x02, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03]), (0x06, &[0x20, 0x01, 0x22])];
    check(UsbModel::Split, &find);
    check(UsbModel::SplitFilled, &find);
    check(UsbModel::Stream, &[(0x01, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22])]);
}

#[test]
fn a_bad_line_gives_the_same_card() {
    for model in MODELS {
        for fault in [
            CardFault::Noisy,
            CardFault::ChecksumOnce,
            CardFault::CutOnce,
            CardFault::LostOnce(Step::Find),
            CardFault::LostOnce(Step::Select),
            CardFault::LostOnce(Step::Read),
        ] {
            let bus = Bus::with(function(model, SampleCard::Resident, Some(fault)), 64);
            let read = bus.open().read(Content::TextPhoto, Instant::now());
            let read = read.unwrap_or_else(|e| panic!("{model:?} {fault:?}: {e}"));
            assert_eq!(read.card.name().reveal(), "张示例", "{model:?} {fault:?}");
            assert_eq!(read.photo.bytes(), SampleCard::Resident.card().photo(), "{model:?} {fault:?}");
        }
    }
}

#[test]
fn every_fault_has_its_kind() {
    for model in MODELS {
        for (fault, kind) in [
            (CardFault::Removed(Step::Find), Kind::NoCard),
            (CardFault::Removed(Step::Read), Kind::CardRemoved),
            (CardFault::WrongCard, Kind::InvalidCard),
            (CardFault::Security, Kind::Security),
            (CardFault::BadText, Kind::InvalidData),
        ] {
            let bus = Bus::with(function(model, SampleCard::Resident, Some(fault)), 64);
            let error = bus.open().read(Content::TextPhoto, Instant::now()).unwrap_err();
            assert_eq!(error.kind(), kind, "{model:?} {fault:?}");
        }
        let bus = Bus::with(function(model, SampleCard::Resident, None), 64);
        let mut reader = bus.open();
        bus.function.lock().unwrap().as_mut().unwrap().inject(CardFault::Silent);
        let status = reader.status();
        assert_eq!(
            (status.state, status.trouble.map(|e| e.kind())),
            (DeviceState::Offline, Some(Kind::Timeout)),
            "{model:?}"
        );
    }
}

#[test]
fn a_function_that_is_pulled_is_a_port_that_is_gone() {
    for model in MODELS {
        let bus = Bus::with(function(model, SampleCard::Resident, None), 64);
        let mut reader = bus.open();
        *bus.function.lock().unwrap() = None;
        for _ in 0..2 {
            let error = reader.read(Content::TextPhoto, Instant::now()).unwrap_err();
            assert_eq!((error.kind(), error.device_state()), (Kind::Port, DeviceState::Offline), "{model:?}");
        }
    }
}
