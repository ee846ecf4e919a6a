//! The card reader's driver against the simulated reader, over a real pty.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::device::DeviceState;
use domain::resident_id::{CardKind, CardWarning};
use drivers::id_card_reader::{
    self, CardRead, CardReaderError, CardReaderErrorKind as Kind, Content, IdCardReader, Media, SamReader,
    Speed,
};
use drivers::sim::id_card::{CardFault, ReaderOptions, SampleCard, SimulatedCardReader, Step};
use drivers::transport::{self, Transport, TransportError, TransportErrorKind};

fn simulator() -> SimulatedCardReader {
    SimulatedCardReader::start(ReaderOptions::default()).unwrap()
}

fn open(simulator: &SimulatedCardReader) -> Box<dyn IdCardReader> {
    id_card_reader::open(&simulator.port().parse().unwrap()).unwrap()
}

fn read(reader: &mut dyn IdCardReader) -> Result<CardRead, CardReaderError> {
    reader.read(Content::TextPhoto, Instant::now())
}

/// Reads a sample with a fault on the line.
fn read_sample(sample: SampleCard, fault: Option<CardFault>) -> Result<CardRead, CardReaderError> {
    let simulator = simulator();
    simulator.place(sample.card());
    if let Some(fault) = fault {
        simulator.inject(fault);
    }
    let mut reader = id_card_reader::open(&simulator.port().parse().unwrap())?;
    read(reader.as_mut())
}

#[test]
fn every_sample_is_read_as_it_is() {
    for sample in SampleCard::ALL {
        let expected = sample.card();
        let read = read_sample(sample, None).unwrap_or_else(|e| panic!("{}: {e}", sample.word()));
        assert_eq!(read.card.kind(), expected.kind, "{}", sample.word());
        assert_eq!(read.card.name_units(), expected.name, "{}", sample.word());
        assert_eq!(read.card.number().personal().reveal(), expected.number, "{}", sample.word());
        assert_eq!(read.photo.bytes(), expected.photo(), "{}", sample.word());
        assert_eq!(
            read.card.newest_address().map(|a| a.reveal()),
            expected.later_addresses.last().map(String::as_str)
        );
        assert_eq!(read.chip_number.unwrap().reveal(), "C1".repeat(28));
        assert_eq!(read.sam_id.to_string(), "05.01-20150101-0000000001-0000000002");
    }
}

#[test]
fn what_is_odd_about_a_card_is_said() {
    let check = |sample: SampleCard, name: &str, warnings: &[CardWarning]| {
        let card = read_sample(sample, None).unwrap().card;
        assert_eq!(card.name().reveal(), name);
        assert_eq!(card.warnings(), warnings);
        card
    };
    check(SampleCard::PrivateUseName, "王测试\u{4DAE}", &[CardWarning::UnknownRegion]);
    check(SampleCard::NameBeyondBmp, "李\u{20164}样本", &[CardWarning::UnknownRegion]);
    check(SampleCard::WrongNumber, "孙错号", &[CardWarning::NumberChecksum]);
    check(SampleCard::HmtResidence, "陈样本", &[]);
    let expired = check(SampleCard::Expired, "赵过期", &[CardWarning::UnknownRegion]);
    assert!(expired.is_expired_on(time::macros::date!(2010 - 01 - 02)));
    let long = check(SampleCard::LongTerm, "钱长期", &[CardWarning::UnknownRegion]);
    assert_eq!(long.valid_to(), None);
    let foreign = check(SampleCard::PermanentResidence2023, "样例人", &[CardWarning::UnknownRegion]);
    assert_eq!(foreign.english_name().unwrap().reveal(), "SAMPLE, TEST PERSON WITH A LONG NAME");
}

#[test]
fn a_bad_line_gives_the_same_card() {
    let faults = [
        CardFault::Slow,
        CardFault::Noisy,
        CardFault::Split,
        CardFault::ChecksumOnce,
        CardFault::CutOnce,
        CardFault::LostOnce(Step::Find),
        CardFault::LostOnce(Step::Select),
    ];
    for fault in faults {
        let read =
            read_sample(SampleCard::Resident, Some(fault)).unwrap_or_else(|e| panic!("{fault:?}: {e}"));
        assert_eq!(read.card.name().reveal(), "张示例", "{fault:?}");
        assert_eq!(read.photo.bytes(), SampleCard::Resident.card().photo(), "{fault:?}");
    }
}

#[test]
fn every_fault_has_its_kind() {
    let check = |fault: CardFault, kind: Kind, sw3: Option<u8>| {
        let error = read_sample(SampleCard::Resident, Some(fault)).unwrap_err();
        assert_eq!((error.kind(), error.sw3().map(|s| s.byte())), (kind, sw3), "{fault:?}: {error}");
    };
    check(CardFault::Removed(Step::Find), Kind::NoCard, Some(0x80));
    check(CardFault::Removed(Step::Select), Kind::CardRemoved, Some(0x81));
    check(CardFault::Removed(Step::Read), Kind::CardRemoved, Some(0x41));
    check(CardFault::WrongCard, Kind::InvalidCard, Some(0x40));
    check(CardFault::Security, Kind::Security, Some(0x31));
    check(CardFault::ReadFailed, Kind::InvalidData, Some(0x41));
    check(CardFault::BadText, Kind::InvalidData, None);
    check(CardFault::SelfTest, Kind::Hardware, Some(0x60));
    check(CardFault::Unauthorised, Kind::Hardware, Some(0x66));
    check(CardFault::Checksum, Kind::Communication, None);
    check(CardFault::Silent, Kind::Timeout, None);
}

#[test]
fn a_fault_that_begins_later_shows_in_the_status_and_goes_with_it() {
    let simulator = simulator();
    let mut reader = open(&simulator);
    let mut check = |fault: Option<CardFault>, state: DeviceState, kind: Option<Kind>| {
        simulator.clear_faults();
        fault.into_iter().for_each(|fault| simulator.inject(fault));
        let status = reader.status();
        assert_eq!((status.state, status.trouble.map(|e| e.kind())), (state, kind), "{fault:?}");
        assert_eq!(status.baud, Some(115_200));
    };
    check(None, DeviceState::Online, None);
    check(Some(CardFault::SelfTest), DeviceState::HardwareError, Some(Kind::Hardware));
    check(Some(CardFault::Silent), DeviceState::Offline, Some(Kind::Timeout));
    check(Some(CardFault::Noisy), DeviceState::Online, None);
    check(None, DeviceState::Online, None);
}

#[test]
fn the_speed_is_found() {
    for baud in [57_600, 38_400, 19_200, 9_600] {
        let simulator =
            SimulatedCardReader::start(ReaderOptions { baud, ..ReaderOptions::default() }).unwrap();
        assert_eq!(open(&simulator).status().baud, Some(baud));
    }
    // One that is told is not looked for.
    let simulator = simulator();
    let error =
        id_card_reader::open(&format!("{}?baud=9600", simulator.port()).parse().unwrap()).err().unwrap();
    assert_eq!(error.kind(), Kind::Timeout);
}

#[test]
fn a_slow_line_has_time_enough() {
    let options = ReaderOptions { baud: 9_600, work: Duration::from_millis(100), ..ReaderOptions::default() };
    let simulator = SimulatedCardReader::start(options).unwrap();
    simulator.place(SampleCard::WithFingerprints.card());
    let read = open(&simulator).read(Content::TextPhotoFingerprints, Instant::now()).unwrap();
    assert_eq!(read.fingerprints.len(), 2);
}

#[test]
fn a_card_is_waited_for_without_hurry() {
    let simulator = simulator();
    let mut reader = open(&simulator);
    let started = Instant::now();
    let error = reader.read(Content::TextPhoto, started + Duration::from_secs(3)).unwrap_err();
    let took = started.elapsed();
    assert_eq!(error.kind(), Kind::NoCard);
    assert!(took < Duration::from_secs(60), "{took:?}");
    // Three a second and one at once, however late each of them came.
    let looks = simulator.asked().iter().filter(|asked| asked.code == [0x20, 0x01]).count();
    let most = 2 + usize::try_from(took.as_millis() / 300).unwrap();
    assert!((2..=most).contains(&looks), "{looks} looks in {took:?}");
}

#[test]
fn a_card_that_comes_while_it_is_waited_for_is_read() {
    let simulator = simulator();
    let mut reader = open(&simulator);
    std::thread::scope(|scope| {
        let waiting =
            scope.spawn(|| reader.read(Content::TextPhoto, Instant::now() + Duration::from_secs(20)));
        while !simulator.asked().iter().any(|a| a.code == [0x20, 0x01]) {
            std::thread::yield_now();
        }
        simulator.place(SampleCard::HmtResidence.card());
        assert_eq!(waiting.join().unwrap().unwrap().card.kind(), CardKind::HmtResidence);
    });
}

#[test]
fn a_forgotten_card_is_seen_until_it_is_taken() {
    let simulator = simulator();
    let mut reader = open(&simulator);
    assert_eq!(reader.media().unwrap(), Media::NotPresent);
    simulator.place(SampleCard::Resident.card());
    assert_eq!(reader.media().unwrap(), Media::Present);
    read(reader.as_mut()).unwrap();
    for _ in 0..3 {
        assert_eq!(reader.media().unwrap(), Media::Present);
    }
    // Find itself does not see a card that was read.
    assert_eq!(read(reader.as_mut()).unwrap_err().kind(), Kind::NoCard);
    assert_eq!(reader.media().unwrap(), Media::Present);
    simulator.take();
    assert_eq!(reader.media().unwrap(), Media::NotPresent);
    simulator.place(SampleCard::LongTerm.card());
    assert_eq!(reader.media().unwrap(), Media::Present);
    assert_eq!(read(reader.as_mut()).unwrap().card.name().reveal(), "钱长期");
}

#[test]
fn after_a_failed_read_the_next_card_is_read() {
    for fault in
        [CardFault::ReadFailed, CardFault::BadText, CardFault::WrongCard, CardFault::Removed(Step::Read)]
    {
        let simulator = simulator();
        simulator.place(SampleCard::Resident.card());
        simulator.inject(fault);
        let mut reader = open(&simulator);
        read(reader.as_mut()).unwrap_err();
        simulator.take();
        simulator.clear_faults();
        simulator.place(SampleCard::LongTerm.card());
        assert_eq!(read(reader.as_mut()).unwrap().card.name().reveal(), "钱长期", "{fault:?}");
    }
}

#[test]
fn an_unplugged_reader_is_a_port_that_is_gone() {
    let simulator = simulator();
    let mut reader = open(&simulator);
    drop(simulator);
    assert_eq!(read(reader.as_mut()).unwrap_err().kind(), Kind::Port);
    assert_eq!(reader.status().state, DeviceState::Offline);
}

#[test]
fn a_reader_that_comes_back_is_opened_under_its_name_and_works() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let simulator = SimulatedCardReader::start_linked(&link, ReaderOptions::default()).unwrap();
    let port = simulator.port().parse().unwrap();
    simulator.place(SampleCard::Resident.card());
    let mut reader = id_card_reader::open(&port).unwrap();
    for _ in 0..3 {
        read(reader.as_mut()).unwrap();
        simulator.unplug();
        assert_eq!(reader.status().state, DeviceState::Offline);
        // What has no reader behind it says so each time, and never waits for one.
        for _ in 0..2 {
            assert_eq!(read(reader.as_mut()).unwrap_err().kind(), Kind::Port);
        }
        let away = id_card_reader::open(&port).err().unwrap();
        assert!(
            matches!(&away, CardReaderError::Port(e) if e.kind() == TransportErrorKind::NotFound),
            "{away:?}"
        );
        simulator.plug_in().unwrap();
        reader = id_card_reader::open(&port).unwrap();
        assert_eq!(reader.status().baud, Some(115_200));
    }
    assert_eq!(read(reader.as_mut()).unwrap().card.name().reveal(), "张示例");
    drop(simulator);
    assert!(!link.is_symlink());
}

#[test]
fn a_plug_that_is_pulled_at_a_step_is_a_port_that_is_gone() {
    for step in [Step::Find, Step::Select, Step::Read] {
        let error = read_sample(SampleCard::Resident, Some(CardFault::Unplugged(step))).unwrap_err();
        assert_eq!((error.kind(), error.device_state()), (Kind::Port, DeviceState::Offline), "{step:?}");
    }
}

/// The bytes of a visit, both ways, at 115200 bits a second and ten bits a byte: find 10 + 15, select 10 + 19, read
/// 10 + 1295, newest address 10 + 81, chip number 10 + 39. What the driver adds of its own time `cargo xtask bench card-read`
/// measures.
#[test]
fn a_read_takes_what_its_bytes_take() {
    let (asked, answered) = (5 * 10, 15 + 19 + 1295 + 81 + 39);
    let wire = Duration::from_secs(10) * (asked + answered) / 115_200;
    let simulator = simulator();
    let counted = Arc::new(Mutex::new((0, 0)));
    let port = transport::open(&simulator.port().parse().unwrap()).unwrap();
    let port = Counted { port, bytes: Arc::clone(&counted) };
    let mut reader = SamReader::open(Box::new(port), Speed::Probe).unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        simulator.take();
        simulator.place(SampleCard::Resident.card());
        let repeated = reader.line().repeated;
        *counted.lock().unwrap() = (0, 0);
        let started = Instant::now();
        let result = read(&mut reader);
        let took = started.elapsed();
        // Where other programs had the processor for too long an answer came late, and was asked for again.
        if reader.line().repeated == repeated && result.is_ok() {
            assert_eq!(*counted.lock().unwrap(), (asked, answered));
            assert!(took >= wire, "quicker than the line: {took:?}, the simulator does not keep the pace");
            break;
        }
        assert!(Instant::now() < end, "no reading without a repeated request: {result:?}");
    }
}

/// A port that counts the bytes that went and came.
struct Counted {
    port: Box<dyn Transport>,
    bytes: Arc<Mutex<(u32, u32)>>,
}

impl Transport for Counted {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        let count = self.port.read(buffer, deadline)?;
        self.bytes.lock().unwrap().1 += u32::try_from(count).unwrap();
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        let count = self.port.write(bytes, deadline)?;
        self.bytes.lock().unwrap().0 += u32::try_from(count).unwrap();
        Ok(count)
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.port.discard_input()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.port.set_baud(baud)
    }

    fn baud(&self) -> Option<u32> {
        self.port.baud()
    }

    fn name(&self) -> &str {
        self.port.name()
    }
}
