//! `selftest`: device by device, what was tried, how it is, and what to do.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use domain::device::{ConditionKind, DeviceCondition, DeviceState, MediaState, PaperSupply, TerminalDevice};
use domain::locale::Locale;
use drivers::document_printer::IppPrinter;
use drivers::document_printer::ipp::Limits;
use drivers::face::FaceProgram;
use drivers::id_card_reader::PhotoProgram;
use drivers::receipt_printer::PrinterProfile;
use drivers::self_test::{self, TestReport};
use drivers::speaker::Speaker;
use drivers::transport::{PortAddress, RecordingError, recorded_whole};
use drivers::{camera, io_board, power_supply};
use serde::Serialize;
use time::OffsetDateTime;

use crate::config::Config;
use crate::output::{Output, Report, chain, to_stderr, word, wrong_usage};
use crate::print;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Tests this device only, as often as wanted [default: every device that the configuration names]
    #[arg(long, value_enum, value_name = "D")]
    device: Vec<Named>,
    /// Where it is, with one --device
    #[arg(long)]
    port: Option<PortAddress>,
    /// What the printer can do [default: the configuration's, or epson_80]
    #[arg(long, value_parser = print::given_profile, value_name = "NAME")]
    profile: Option<Box<PrinterProfile>>,
    /// Prints a test page as well, which finds what only shows while paper moves
    #[arg(long)]
    print: bool,
    /// Seconds until a page that is held out counts as forgotten [default: the profile's]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u16).range(1..=600))]
    forgotten: Option<u16>,
    /// Seconds until a document printer that does not answer counts as gone [default: what laser printers need]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u16).range(1..=600))]
    patience: Option<u16>,
    /// Writes what the device is asked and answers to a new file, with what is anybody's replaced, with one --device that has no
    /// command of its own for it; `--port replay:FILE` plays it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Language of the remedies
    #[arg(long, value_enum, default_value = "zh-CN")]
    locale: Language,
}

/// A device by its word.
#[derive(Clone, Copy)]
struct Named(TerminalDevice);

impl ValueEnum for Named {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Named; TerminalDevice::ALL.len()] = {
            let mut all = [Named(TerminalDevice::Camera); TerminalDevice::ALL.len()];
            let mut i = 0;
            while i < all.len() {
                all[i] = Named(TerminalDevice::ALL[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.word()))
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    #[value(name = "zh-CN")]
    Chinese,
    #[value(name = "en")]
    English,
}

impl Language {
    const fn locale(self) -> Locale {
        match self {
            Self::Chinese => Locale::ZhCn,
            Self::English => Locale::En,
        }
    }
}

/// The configuration's section of a device.
const fn section(device: TerminalDevice) -> &'static str {
    match device {
        TerminalDevice::IdCardReader => "card_reader",
        TerminalDevice::ReceiptPrinter => "printer",
        TerminalDevice::DocumentPrinter => "document_printer",
        TerminalDevice::Camera => "camera",
        TerminalDevice::CodeScanner => "scanner",
        TerminalDevice::FaceEngine => "face_engine",
        TerminalDevice::PhotoDecoder => "photo_decoder",
        TerminalDevice::IoBoard => "io_board",
        TerminalDevice::PowerSupply => "power",
        TerminalDevice::Speaker => "speaker",
    }
}

pub(crate) fn run(args: &Args, config: &Config, output: &Output) -> ExitCode {
    if args.port.is_some() && args.device.len() != 1 {
        return wrong_usage("--port belongs to one --device");
    }
    if args.record.is_some() {
        match args.device.as_slice() {
            [Named(device)] => {
                if let Some(command) = recorded_by(*device) {
                    return wrong_usage(&format!(
                        "the {} is recorded by `{command} --record`",
                        device.word()
                    ));
                }
            }
            _ => return wrong_usage("--record belongs to one --device"),
        }
    }
    let devices: Vec<TerminalDevice> = match args.device.as_slice() {
        [] => TerminalDevice::ALL.into_iter().filter(|device| config.names(section(*device))).collect(),
        named => named.iter().map(|named| named.0).collect(),
    };
    if devices.is_empty() {
        return wrong_usage("no device: give --config, or --device and --port");
    }
    let mut all_passed = true;
    for device in devices {
        let Some((port, report)) = test(device, args, config) else {
            return wrong_usage(&format!(
                "no {}: give --port, or a --config with [{}]",
                device.word(),
                section(device)
            ));
        };
        all_passed &= report.passed();
        output.line(&Tested::new(&port, &report, args.locale.locale()));
        // A disk that was full is said here: what was asked for was the recording. One that was not begun is in the report.
        if let Some(file) = args.record.as_deref().filter(|file| file.exists())
            && let Err(error) = recorded_whole(file)
        {
            to_stderr(&chain(&error));
            all_passed = false;
        }
    }
    if all_passed { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The command that records a device whose test says less than its use.
const fn recorded_by(device: TerminalDevice) -> Option<&'static str> {
    match device {
        TerminalDevice::IdCardReader => Some("card read"),
        TerminalDevice::ReceiptPrinter => Some("print"),
        TerminalDevice::CodeScanner => Some("scan"),
        TerminalDevice::DocumentPrinter
        | TerminalDevice::Camera
        | TerminalDevice::FaceEngine
        | TerminalDevice::PhotoDecoder
        | TerminalDevice::IoBoard
        | TerminalDevice::PowerSupply
        | TerminalDevice::Speaker => None,
    }
}

/// A program of others by its path, with the configuration's arguments; or the recording of one.
fn program(device: TerminalDevice, args: &Args, config: &Config) -> Option<(String, TestReport)> {
    let configured =
        || config.word(section(device), "program").map(|path| PortAddress::Program { path: path.into() });
    let port = args.port.clone().or_else(configured)?;
    let arguments = config.words(section(device), "arguments").iter().map(Into::into).collect();
    let recorded = |error: RecordingError| (error.cause(), chain(&error));
    let report = if device == TerminalDevice::FaceEngine {
        let engine = match &port {
            PortAddress::Program { path } => Ok(FaceProgram::new(path, arguments)),
            PortAddress::Replay { path } => FaceProgram::replayed(path, arguments),
            _ => return None,
        };
        let engine = engine.and_then(|engine| match &args.record {
            Some(file) => engine.recorded(file),
            None => Ok(engine),
        });
        engine.map(|mut engine| self_test::face_engine(&mut engine)).map_err(recorded)
    } else {
        let decoder = match &port {
            PortAddress::Program { path } => Ok(PhotoProgram::new(path, arguments)),
            PortAddress::Replay { path } => PhotoProgram::replayed(path, arguments),
            _ => return None,
        };
        let decoder = decoder.and_then(|decoder| match &args.record {
            Some(file) => decoder.recorded(file),
            None => Ok(decoder),
        });
        decoder.map(|mut decoder| self_test::photo_decoder(&mut decoder)).map_err(recorded)
    };
    let report = report.unwrap_or_else(|(cause, detail)| TestReport {
        steps: Vec::new(),
        condition: DeviceCondition::of(device, Some(cause)),
        detail: Some(detail),
    });
    let named = match port {
        PortAddress::Program { path } => path.display().to_string(),
        other => other.to_string(),
    };
    Some((named, report))
}

/// Where the device is, and its test; none where nobody says where it is.
fn test(device: TerminalDevice, args: &Args, config: &Config) -> Option<(String, TestReport)> {
    if let TerminalDevice::FaceEngine | TerminalDevice::PhotoDecoder = device {
        return program(device, args, config);
    }
    let port = args.port.as_ref().or_else(|| config.port(section(device)))?;
    let report = match device {
        TerminalDevice::IdCardReader => self_test::card_reader(port),
        TerminalDevice::ReceiptPrinter => {
            let profile = args.profile.as_deref().or_else(|| config.profile()).cloned();
            let mut printer = print::printer_or_said(port, profile.or_else(print::default_profile)?)?;
            if let Some(seconds) = args.forgotten {
                printer = printer.forgotten_after(Duration::from_secs(seconds.into()));
            }
            let page = args.print.then(|| print::page(OffsetDateTime::now_utc()));
            self_test::receipt_printer(&mut printer, page.as_ref())
        }
        TerminalDevice::DocumentPrinter => {
            // A recording that cannot be made or played is a printer that has no such port.
            let opened = print::document::opened(port, args.record.as_deref());
            let mut printer = opened.unwrap_or_else(|error| {
                to_stderr(&chain(&error));
                IppPrinter::absent()
            });
            if let Some(seconds) = args.patience {
                printer = printer.limits(Limits::USUAL.answering_within(Duration::from_secs(seconds.into())));
            }
            let page = if args.print { Some(print::document::sample_form().ok()?) } else { None };
            self_test::document_printer(&mut printer, page.as_ref())
        }
        TerminalDevice::Camera => match &args.record {
            None => self_test::camera(|| camera::open(port)),
            Some(file) => self_test::camera(|| camera::open_recorded(port, camera::USUAL_SIZE, file)),
        },
        TerminalDevice::CodeScanner => self_test::code_scanner(port),
        TerminalDevice::IoBoard => {
            let wiring = config.wiring();
            match &args.record {
                None => self_test::io_board(wiring, || io_board::open(port, wiring)),
                Some(file) => self_test::io_board(wiring, || io_board::open_recorded(port, wiring, file)),
            }
        }
        TerminalDevice::PowerSupply => self_test::power_supply(|| match &args.record {
            None => power_supply::status(port),
            Some(file) => power_supply::status_recorded(port, file),
        }),
        TerminalDevice::Speaker => self_test::speaker(match &args.record {
            None => Speaker::new(port),
            Some(file) => Speaker::recorded(port, file),
        }),
        TerminalDevice::FaceEngine | TerminalDevice::PhotoDecoder => return None,
    };
    Some((port.to_string(), report))
}

/// One device; the keys are a contract (docs/technicians.md).
#[derive(Serialize)]
struct Tested {
    device: &'static str,
    name: &'static str,
    port: String,
    passed: bool,
    state: DeviceState,
    kind: ConditionKind,
    cause: Option<&'static str>,
    paper: Option<PaperSupply>,
    media: Option<MediaState>,
    steps: Vec<StepLine>,
    remedy: Option<String>,
    detail: Option<String>,
}

#[derive(Serialize)]
struct StepLine {
    step: &'static str,
    outcome: &'static str,
    ms: u64,
}

impl Tested {
    fn new(port: &str, report: &TestReport, locale: Locale) -> Self {
        let condition = &report.condition;
        Self {
            device: condition.device.word(),
            name: condition.device.name().text(locale),
            port: port.to_owned(),
            passed: report.passed(),
            state: condition.state,
            kind: condition.kind(),
            cause: condition.cause.map(domain::device::Cause::word),
            paper: condition.paper,
            media: condition.media,
            steps: report
                .steps
                .iter()
                .map(|step| StepLine {
                    step: step.name,
                    outcome: step.outcome.word(),
                    ms: u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
                })
                .collect(),
            remedy: condition.remedy(locale),
            detail: report.detail.clone(),
        }
    }
}

impl Report for Tested {
    fn words(&self) -> String {
        // Signs that printers and the paper's typeface have.
        let mark = match (self.passed, self.cause) {
            (false, _) => "×",
            (true, Some(_)) => "!",
            (true, None) => "√",
        };
        let mut text = format!("{mark} {}  {}\n", self.name, self.port);
        for step in &self.steps {
            text.push_str(&format!("    {:<12} {:<8} {:>6} ms\n", step.step, step.outcome, step.ms));
        }
        text.push_str(&format!("    {}", word(&self.state)));
        for (name, said) in [
            ("paper", self.paper.as_ref().map(word)),
            ("media", self.media.as_ref().map(word)),
            ("cause", self.cause.map(str::to_owned)),
        ] {
            if let Some(said) = said {
                text.push_str(&format!(", {name}: {said}"));
            }
        }
        if let Some(detail) = &self.detail {
            text.push_str(&format!("\n    {detail}"));
        }
        if let Some(remedy) = &self.remedy {
            text.push_str(&format!("\n  → {remedy}"));
        }
        text
    }
}
