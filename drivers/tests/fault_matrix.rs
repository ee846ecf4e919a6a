//! Device × fault × moment: each with its condition, what a resident is told, and what a technician is to do.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

#[path = "fault_matrix/document_printer.rs"]
mod document_printer;
#[path = "../../tests/programs/script.rs"]
mod script;
#[path = "fault_matrix/truth.rs"]
mod truth;

use std::ffi::OsString;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use domain::device::{Cause, DeviceCondition, TerminalDevice as Device};
use domain::locale::Locale;
use domain::material::Picture;
use domain::paper::document::PaperDocument;
use drivers::camera::{Pace, Size};
use drivers::face::{FaceMatcher as _, FaceProgram};
use drivers::id_card_reader::{self, CardReaderError, Content};
use drivers::io_board::{Contact, Light, Lit, Pin, Wiring};
use drivers::receipt_printer::{EscPosPrinter, PaperFonts, PrinterProfile, ReceiptPrinter as _};
use drivers::self_test;
use drivers::sim::camera::{CameraFault, Scene, SimCamera};
use drivers::sim::code_scanner::{SimScanner, Suffix};
use drivers::sim::face_engine;
use drivers::sim::fault::Fault;
use drivers::sim::id_card::{self, CardFault, ReaderOptions, SampleCard, SimulatedCardReader};
use drivers::sim::io_board::{Input, IoBoardFault, SimulatedIoBoard};
use drivers::sim::power_supply::{self, PowerFault};
use drivers::sim::printer::{Moment, PrinterFault, PrinterSimulator, RunningPrinter};
use drivers::speaker::Speaker;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");

/// One row: where it comes from, and what must be found.
struct Row {
    device: Device,
    fault: String,
    moment: &'static str,
    cause: Option<Cause>,
    /// Makes the fault happen at its moment and says how the device is then.
    happen: Box<dyn Fn() -> DeviceCondition + Send + Sync>,
}

impl Row {
    fn new(
        device: Device,
        fault: impl Into<String>,
        moment: &'static str,
        cause: Option<Cause>,
        happen: impl Fn() -> DeviceCondition + Send + Sync + 'static,
    ) -> Self {
        Self { device, fault: fault.into(), moment, cause, happen: Box::new(happen) }
    }

    /// What is wrong with the row.
    fn mistake(&self) -> Option<String> {
        let condition = (self.happen)();
        let remedy = condition.remedy(Locale::En);
        let resident = condition.resident().map(|id| id.text(Locale::En));
        let right = condition.device == self.device
            && condition.cause == self.cause
            && truth::holds(self.device, self.cause, condition.state, condition.kind())
            && truth::tells_a_technician(self.cause, remedy.as_deref())
            && truth::tells_a_resident(self.device, self.cause, resident);
        (!right).then(|| {
            format!(
                "{} {} {}: want {:?}, got {condition:?}, resident {resident:?}, remedy {remedy:?}",
                self.device.word(),
                self.fault,
                self.moment,
                self.cause
            )
        })
    }
}

fn condition(device: Device, cause: Option<Cause>) -> DeviceCondition {
    cause.map_or(DeviceCondition::ready(device), |cause| DeviceCondition::troubled(device, cause))
}

fn every_row() -> Vec<Row> {
    let devices = [
        card(),
        printer(),
        document_printer::rows(),
        camera(),
        code_scanner(),
        io_board(),
        power_supply(),
        face_engine(),
        speaker(),
    ];
    devices.into_iter().flatten().collect()
}

#[test]
fn every_fault_at_every_moment_has_its_condition_its_sentence_and_its_remedy() {
    let rows = every_row();
    assert!(rows.len() >= 350, "{} rows", rows.len());
    let left = Mutex::new(rows.iter());
    let wrong = Mutex::new(Vec::new());
    // Most of the time is spent waiting for devices that say nothing.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(row) = { left.lock().unwrap().next() } {
                    if let Some(mistake) = row.mistake() {
                        wrong.lock().unwrap().push(mistake);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// What each fault is while a card is looked for and read.
fn cause_of_card(fault: CardFault) -> Option<Cause> {
    use CardFault as F;
    use id_card::Step;
    Some(match fault {
        // Every answer comes whole and in time.
        F::Split => return None,
        // A card that is gone before it was found is no card.
        F::Removed(Step::Find) => return None,
        F::Slow => Cause::Slow,
        F::Noisy | F::LostOnce(_) | F::ChecksumOnce | F::CutOnce => Cause::UnsteadyLine,
        F::Silent => Cause::NoAnswer,
        F::Checksum => Cause::BadLine,
        F::Removed(_) => Cause::CardRemoved,
        F::Unplugged(_) => Cause::Unplugged,
        F::Security => Cause::CardSecurity,
        F::WrongCard => Cause::InvalidCard,
        F::ReadFailed | F::BadText => Cause::CardUnreadable,
        F::SelfTest | F::Unauthorised => Cause::SecurityModule,
    })
}

/// What each fault is once a card was read and the visit goes on: only what has to do with line and module matters.
fn cause_after_card(fault: CardFault) -> Option<Cause> {
    match fault {
        CardFault::Noisy | CardFault::Silent | CardFault::Checksum => cause_of_card(fault),
        CardFault::SelfTest | CardFault::Unauthorised => Some(Cause::SecurityModule),
        _ => None,
    }
}

fn card() -> Vec<Row> {
    let device = Device::IdCardReader;
    let faults = id_card::FAULTS.iter().map(|name| (name.name, CardFault::from_name(name.name).unwrap()));
    faults
        .flat_map(|(name, fault)| {
            let reader = move |with: Option<CardFault>| {
                let reader = SimulatedCardReader::start(ReaderOptions::default()).unwrap();
                reader.place(SampleCard::Resident.card());
                if let Some(fault) = with {
                    reader.inject(fault);
                }
                reader
            };
            [
                Row::new(device, name, "before the reader is opened", cause_of_card(fault), move || {
                    let reader = reader(Some(fault));
                    self_test::card_reader(&reader.port().parse().unwrap()).condition
                }),
                Row::new(device, name, "before the second card", cause_of_card(fault), move || {
                    read_again(&reader(None), fault)
                }),
                Row::new(device, name, "after a card was read", cause_after_card(fault), move || {
                    go_on(&reader(None), fault)
                }),
            ]
        })
        .collect()
}

fn read_again(reader: &SimulatedCardReader, fault: CardFault) -> DeviceCondition {
    let soon = || Instant::now() + Duration::from_secs(3);
    let mut driver = id_card_reader::open(&reader.port().parse().unwrap()).unwrap();
    driver.read(Content::TextPhoto, soon()).unwrap();
    reader.take();
    while driver.media().unwrap() == id_card_reader::Media::Present {}
    reader.place(SampleCard::Resident.card());
    reader.inject(fault);
    let read = driver.status().trouble.map_or(Ok(()), Err);
    let read = read.and_then(|()| driver.read(Content::TextPhoto, soon()).map(drop));
    condition(Device::IdCardReader, read.map_or_else(|e| e.cause(), |()| driver.line().cause()))
}

fn go_on(reader: &SimulatedCardReader, fault: CardFault) -> DeviceCondition {
    let mut driver = id_card_reader::open(&reader.port().parse().unwrap()).unwrap();
    driver.read(Content::TextPhoto, Instant::now() + Duration::from_secs(3)).unwrap();
    reader.inject(fault);
    let known: Result<(), CardReaderError> = driver.status().trouble.map_or(Ok(()), Err);
    condition(Device::IdCardReader, known.map_or_else(|e| e.cause(), |()| driver.line().cause()))
}

const MOMENTS: [(&str, Moment); 6] = [
    ("before the job", Moment::Before),
    ("at line 1", Moment::Line(1)),
    ("at line 3", Moment::Line(3)),
    ("at line 5", Moment::Line(5)),
    ("at the cut", Moment::Cut),
    ("at byte 40", Moment::Byte(40)),
];

fn printer() -> Vec<Row> {
    type Make = fn(Moment) -> PrinterFault;
    let device = Device::ReceiptPrinter;
    let faults: [(&str, Make, Cause); 10] = [
        ("paper_out", PrinterFault::PaperOut, Cause::PaperOut),
        ("cover_open", PrinterFault::CoverOpen, Cause::CoverOpen),
        ("paper_jam", PrinterFault::PaperJam, Cause::PaperJam),
        // Epson's third status has one bit for both.
        ("exit_blocked", PrinterFault::ExitBlocked, Cause::PaperJam),
        ("hardware", PrinterFault::Hardware, Cause::Hardware),
        ("overheated", PrinterFault::Overheated, Cause::Overheated),
        ("offline", PrinterFault::Offline, Cause::Offline),
        ("feed_button", PrinterFault::FeedButton, Cause::FeedButton),
        ("no_answer", PrinterFault::NoAnswer, Cause::NoAnswer),
        ("unplugged", PrinterFault::Unplugged, Cause::NoAnswer),
    ];
    let at_moments = faults.into_iter().flat_map(|(name, make, cause)| {
        let job = MOMENTS.map(|(moment, at)| {
            Row::new(device, name, moment, Some(cause), move || print(&printer_with(Some(make(at)))))
        });
        let after = Row::new(device, name, "after the job", Some(cause), move || {
            let device = printer_with(None);
            let mut driver = driver(&device);
            assert_eq!(driver.print(&five_lines(), &mut |_| {}).cause, None);
            device.set_fault(make(Moment::Before));
            self_test::status_condition(&driver.status())
        });
        job.into_iter().chain([after])
    });
    let always = [
        ("paper_low", PrinterFault::PaperLow, Cause::PaperLow),
        ("cutter", PrinterFault::Cutter, Cause::Cutter),
        ("mute", PrinterFault::Mute, Cause::NoAnswer),
        ("noise", PrinterFault::Noise, Cause::UnsteadyLine),
        ("held", PrinterFault::Held(Moment::Line(3)), Cause::Offline),
    ];
    let always = always.into_iter().map(|(name, fault, cause)| {
        Row::new(device, name, "during the job", Some(cause), move || print(&printer_with(Some(fault))))
    });
    at_moments.chain(always).collect()
}

fn printer_with(fault: Option<PrinterFault>) -> RunningPrinter {
    PrinterSimulator { faults: fault.into_iter().collect(), ..PrinterSimulator::new(REGULAR, BOLD) }
        .start()
        .unwrap()
}

/// Limits that a loaded machine keeps; a silent printer is asked twice.
fn driver(device: &RunningPrinter) -> EscPosPrinter<'static> {
    let profile = PrinterProfile {
        head_mm_per_s: 5000,
        reply_limit: Duration::from_millis(500),
        finish_limit: Duration::from_secs(1),
        ..PrinterProfile::built_in("epson_80").unwrap()
    };
    EscPosPrinter::new(device.address().parse().unwrap(), profile, PaperFonts::new(REGULAR, BOLD).unwrap())
}

fn five_lines() -> PaperDocument {
    ["一", "二", "三", "四", "五"].into_iter().fold(PaperDocument::new(), PaperDocument::paragraph)
}

fn print(device: &RunningPrinter) -> DeviceCondition {
    self_test::receipt_printer(&mut driver(device), Some(&five_lines())).condition
}

fn camera() -> Vec<Row> {
    let device = Device::Camera;
    let live = || SimCamera::new(Size::new(320, 240), Pace::PerSecond(15.0), Scene::face(1));
    let faults = [
        ("unplugged", "before it is opened", CameraFault::Unplugged { from: 0 }, Cause::Unplugged),
        ("unplugged", "at frame 1", CameraFault::Unplugged { from: 1 }, Cause::Unplugged),
        ("unplugged", "at frame 8", CameraFault::Unplugged { from: 8 }, Cause::Unplugged),
        ("frozen", "from the first frame", CameraFault::Frozen { from: 0 }, Cause::Frozen),
        ("frozen", "from frame 4", CameraFault::Frozen { from: 4 }, Cause::Frozen),
        ("dark", "from the first frame", CameraFault::Dark, Cause::Dark),
        ("slow", "from the first frame", CameraFault::Slow, Cause::Slow),
    ];
    let begun = faults.map(|(name, moment, fault, cause)| {
        Row::new(device, name, moment, Some(cause), move || {
            let camera = live();
            camera.set_fault(Some(fault));
            self_test::camera(|| camera.open()).condition
        })
    });
    let later = [
        ("unplugged", CameraFault::Unplugged { from: 1 }, Cause::Unplugged),
        ("frozen", CameraFault::Frozen { from: 0 }, Cause::Frozen),
        ("dark", CameraFault::Dark, Cause::Dark),
        ("slow", CameraFault::Slow, Cause::Slow),
    ];
    let later = later.map(|(name, fault, cause)| {
        Row::new(device, name, "after it was used", Some(cause), move || {
            let camera = live();
            let mut open = camera.open().unwrap();
            for _ in 0..3 {
                open.frame(Instant::now() + Duration::from_secs(5)).unwrap();
            }
            camera.set_fault(Some(fault));
            self_test::camera(|| Ok(open)).condition
        })
    });
    begun.into_iter().chain(later).collect()
}

fn code_scanner() -> Vec<Row> {
    let device = Device::CodeScanner;
    let test = |port: &str| self_test::code_scanner(&port.parse().unwrap()).condition;
    let absent = ["serial:/dev/no-such-port", "input:/dev/input/no-such-event"];
    let absent = absent
        .map(|port| Row::new(device, port, "before it is opened", Some(Cause::Port), move || test(port)));
    let other =
        Row::new(device, "no keyboard", "before it is opened", Some(Cause::NotSupported), move || {
            test("input:/dev/null")
        });
    let pulled = Row::new(device, "unplugged", "after it was used", Some(Cause::Unplugged), move || {
        let scanner = SimScanner::open().unwrap();
        let port = format!("serial:{}", scanner.path().display()).parse().unwrap();
        let mut driver = drivers::code_scanner::open(&port).unwrap();
        scanner.read_code(b"BJ-0001", Suffix::Cr).unwrap();
        driver.scan(Instant::now() + Duration::from_secs(5)).unwrap();
        drop(scanner);
        let lost = driver.scan(Instant::now() + Duration::from_secs(5)).unwrap_err();
        condition(device, Some(lost.cause()))
    });
    let well = Row::new(device, "none", "when it is opened", None, move || {
        let scanner = SimScanner::open().unwrap();
        test(&format!("serial:{}", scanner.path().display()))
    });
    absent.into_iter().chain([other, pulled, well]).collect()
}

fn wiring() -> Wiring {
    let pin = |number| Pin { number, inverted: false };
    Wiring::default()
        .with_light(Light::CardArea, pin(0))
        .with_contact(Contact::Presence, pin(Input::Presence as u16))
        .with_contact(Contact::DoorOpen, pin(Input::Door as u16))
        .with_contact(Contact::OnBattery, pin(Input::OnBattery as u16))
        .with_contact(Contact::BatteryLow, pin(Input::BatteryLow as u16))
}

fn io_board() -> Vec<Row> {
    let device = Device::IoBoard;
    let faults = [
        ("io_board.silent", Cause::NoAnswer),
        ("io_board.lost_once", Cause::UnsteadyLine),
        ("io_board.checksum", Cause::BadLine),
        ("io_board.checksum_once", Cause::UnsteadyLine),
        ("io_board.refused", Cause::Refused),
        ("io_board.wrong_unit", Cause::BadLine),
        ("io_board.unplugged", Cause::Unplugged),
        ("io_board.door_open", Cause::DoorOpen),
        ("io_board.on_battery", Cause::OnBattery),
        ("io_board.battery_low", Cause::BatteryLow),
    ];
    faults
        .into_iter()
        .flat_map(|(name, cause)| {
            let fault = IoBoardFault::from_name(name).unwrap();
            let before = Row::new(device, name, "before it is opened", Some(cause), move || {
                let board = SimulatedIoBoard::start(Some(fault)).unwrap();
                let port = board.port().parse().unwrap();
                self_test::io_board(wiring(), || drivers::io_board::open(&port, wiring())).condition
            });
            let after = Row::new(device, name, "after it was used", Some(cause), move || {
                let board = SimulatedIoBoard::start(None).unwrap();
                let mut driver = drivers::io_board::open(&board.port().parse().unwrap(), wiring()).unwrap();
                driver.light(Light::CardArea, Lit::On).unwrap();
                match fault {
                    IoBoardFault::DoorOpen => board.set(Input::Door, true),
                    IoBoardFault::OnBattery => board.set(Input::OnBattery, true),
                    IoBoardFault::BatteryLow => {
                        board.set(Input::OnBattery, true);
                        board.set(Input::BatteryLow, true);
                    }
                    line => board.set_fault(Some(line)),
                }
                let cause = match driver.contacts() {
                    Err(error) => Some(error.cause()),
                    Ok(contacts) => {
                        contacts.cause().or((driver.disturbed() > 0).then_some(Cause::UnsteadyLine))
                    }
                };
                condition(device, cause)
            });
            [before, after]
        })
        .collect()
}

fn power_supply() -> Vec<Row> {
    let faults = [
        ("power.on_battery", Cause::OnBattery),
        ("power.battery_low", Cause::BatteryLow),
        ("power.replace_battery", Cause::ReplaceBattery),
        ("power.stale", Cause::DataStale),
        ("power.unknown_name", Cause::UnknownName),
        ("power.refused", Cause::Permission),
        ("power.silent", Cause::NoAnswer),
        ("power.garbage", Cause::InvalidAnswer),
    ];
    let row = |(name, cause): (&'static str, Cause)| {
        let fault = PowerFault::from_name(name).unwrap();
        Row::new(Device::PowerSupply, name, "when it is asked", Some(cause), move || {
            let port = power_supply::start(Some(fault)).unwrap().parse().unwrap();
            self_test::power_supply(|| drivers::power_supply::status(&port)).condition
        })
    };
    let absent = Row::new(Device::PowerSupply, "no service", "when it is asked", Some(Cause::Port), || {
        let port = "nut:ups@127.0.0.1:1".parse().unwrap();
        self_test::power_supply(|| drivers::power_supply::status(&port)).condition
    });
    faults.into_iter().map(row).chain([absent]).collect()
}

fn face_engine() -> Vec<Row> {
    let device = Device::FaceEngine;
    let engine = |fault: &str| {
        let arguments: [OsString; 4] = ["sim", "face-engine", "--fault", fault].map(Into::into);
        FaceProgram::new(env!("CARGO_BIN_EXE_yilin-device"), arguments.to_vec())
    };
    face_engine::FAULTS
        .into_iter()
        .flat_map(|(name, ..)| {
            let cause = match name {
                "face_engine.hang" => Some(Cause::Timeout),
                "face_engine.crash" | "face_engine.memory" => Some(Cause::Crashed),
                "face_engine.garbage" | "face_engine.flood" => Some(Cause::InvalidAnswer),
                "face_engine.wrong_version" => Some(Cause::WrongVersion),
                // What it says of a picture says nothing of the engine.
                _ => None,
            };
            let identify = Row::new(device, name, "when it is asked who it is", cause, move || {
                self_test::face_engine(&mut engine(name)).condition
            });
            let compare = Row::new(device, name, "when it compares", cause, move || {
                let picture = Picture::new(include_bytes!("fault_matrix/grey.png").to_vec());
                let deadline = Instant::now() + Duration::from_secs(5);
                let compared = engine(name).compare(&picture, &picture, deadline);
                condition(device, compared.err().and_then(|error| error.cause()))
            });
            [identify, compare]
        })
        .collect()
}

/// A mixer as a line of shell stands in for amixer: no machine that builds has a sound card.
fn speaker() -> Vec<Row> {
    let rows = [
        ("no control", "exit 1", Some(Cause::NoMixer)),
        ("muted", "echo '  Mono: Playback 45 [70%] [-6.00dB] [off]'", Some(Cause::Muted)),
        ("other words", "echo hello", Some(Cause::InvalidAnswer)),
        ("hangs", "sleep 600", Some(Cause::Wedged)),
        ("well", "echo '  Mono: Playback 45 [70%] [-6.00dB] [on]'", None),
    ];
    let row = |(name, line, cause): (&'static str, &'static str, Option<Cause>)| {
        Row::new(Device::Speaker, name, "when it is asked", cause, move || {
            let folder = tempfile::tempdir().unwrap();
            let program = folder.path().join("mixer");
            script::made(&program, line);
            let speaker = Speaker::new(&"alsa:0/Master".parse().unwrap()).unwrap();
            let volume = speaker.asking(program.to_str().unwrap()).volume();
            let cause = volume.map_or_else(|e| Some(e.cause()), |v| v.muted.then_some(Cause::Muted));
            condition(Device::Speaker, cause)
        })
    };
    rows.into_iter().map(row).collect()
}

/// A fault that is added to a simulator and not to this table is missed here.
#[test]
fn every_fault_of_every_simulator_is_in_the_matrix() {
    let rows = every_row();
    // Held out papers have a file of their own.
    let elsewhere = ["printer.not_taken"];
    for fault in drivers::sim::fault::list() {
        assert!(fault.name.replace('N', "3").parse::<Fault>().is_ok());
        let whole = fault.name;
        let (prefix, rest) = whole.split_once('.').unwrap();
        let device = match prefix {
            "card" => Device::IdCardReader,
            "printer" => Device::ReceiptPrinter,
            "document_printer" => Device::DocumentPrinter,
            "camera" => Device::Camera,
            "io_board" => Device::IoBoard,
            "power" => Device::PowerSupply,
            "face_engine" => Device::FaceEngine,
            _ => panic!("{whole}: a new device's faults need rows"),
        };
        let plain = rest.split('@').next().unwrap();
        let found = rows.iter().any(|row| row.device == device && (row.fault == whole || row.fault == plain));
        assert!(found || elsewhere.contains(&whole), "{whole}");
    }
}
