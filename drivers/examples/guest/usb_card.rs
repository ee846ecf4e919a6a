//! The card reader behind the kernel's own USB: the simulated function sits behind FunctionFS, our transport claims it
//! through usbfs.

use domain::device::DeviceState;
use drivers::id_card_reader::{self, CardReaderErrorKind as Kind, Content, IdCardReader};
use drivers::sim::id_card::{CardFault, SampleCard, Step, UsbGadgetCardReader, UsbModel};
use drivers::transport::PortAddress;
use std::path::Path;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);

pub(crate) fn prove() {
    for model in [UsbModel::Split, UsbModel::SplitFilled, UsbModel::Stream] {
        let device = UsbGadgetCardReader::start(model, 7).unwrap();
        let port: PortAddress = device.port().parse().unwrap();
        let mut reader = opened(&port);
        if model != UsbModel::Stream {
            endpoints();
        }
        samples(model, &device, &mut *reader);
        second_program(&port);
        unplugged(model, &device, reader, &port);
    }
}

/// The kernel takes a moment to make a device known.
fn opened(port: &PortAddress) -> Box<dyn IdCardReader> {
    let until = Instant::now() + SOON;
    loop {
        match id_card_reader::open(port) {
            Ok(reader) => return reader,
            Err(error) => assert!(Instant::now() < until, "{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The addresses of the reference page, as the host sees them.
fn endpoints() {
    let interface = Path::new("/sys/bus/usb/devices/1-1:1.0");
    for endpoint in ["ep_02", "ep_06", "ep_81", "ep_85"] {
        assert!(interface.join(endpoint).exists(), "{endpoint}");
    }
}

fn samples(model: UsbModel, device: &UsbGadgetCardReader, reader: &mut dyn IdCardReader) {
    let mut times = Vec::new();
    for sample in SampleCard::ALL {
        let card = sample.card();
        device.place(card.clone());
        let begun = Instant::now();
        let read = reader.read(Content::TextPhotoFingerprints, begun + SOON);
        let read = read.unwrap_or_else(|e| panic!("{model:?} {}: {e:?}", sample.word()));
        times.push(begun.elapsed());
        let what = format!("{model:?} {}", sample.word());
        assert_eq!(read.card.number().personal().reveal(), card.number, "{what}");
        assert_eq!(read.card.name_units(), card.name, "{what}");
        assert_eq!(read.photo.bytes(), card.photo(), "{what}");
        assert_eq!(read.fingerprints.len(), usize::from(card.fingerprints), "{what}");
    }
    device.inject(CardFault::ChecksumOnce);
    device.place(SampleCard::Resident.card());
    let read = reader.read(Content::TextPhoto, Instant::now() + SOON).unwrap();
    assert_eq!(read.card.name_units(), SampleCard::Resident.card().name);
    times.sort();
    let (count, median) = (times.len(), times[times.len() / 2].as_millis());
    println!(
        "usb card reader, {model:?}: {count} kinds of card read through usbfs, median {median} ms; a broken answer mended"
    );
}

fn second_program(port: &PortAddress) {
    let second = id_card_reader::open(port).err().unwrap();
    assert_eq!(second.kind(), Kind::Port, "{second:?}");
}

/// Pulled in the middle of a read, gone, and back.
fn unplugged(
    model: UsbModel,
    device: &UsbGadgetCardReader,
    mut reader: Box<dyn IdCardReader>,
    port: &PortAddress,
) {
    device.place(SampleCard::Resident.card());
    device.inject(CardFault::Unplugged(Step::Read));
    let error = reader.read(Content::TextPhoto, Instant::now() + SOON).unwrap_err();
    assert_eq!((error.kind(), error.device_state()), (Kind::Port, DeviceState::Offline), "{error:?}");
    drop(reader);
    let mut reader = opened(port);
    let read = reader.read(Content::TextPhoto, Instant::now() + SOON).unwrap();
    assert_eq!(read.card.name_units(), SampleCard::Resident.card().name);
    device.unplug();
    let gone = reader.media().unwrap_err();
    assert_eq!(gone.kind(), Kind::Port, "{gone:?}");
    drop(reader);
    let absent = id_card_reader::open(port).err().unwrap();
    assert_eq!(absent.kind(), Kind::Port, "{absent:?}");
    device.plug_in().unwrap();
    assert!(opened(port).media().is_ok());
    println!(
        "usb card reader, {model:?}: pulled in a read: {error}; back: read; pulled while idle: {gone}; then: {absent}"
    );
}
