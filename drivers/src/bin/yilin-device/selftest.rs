//! `selftest`: device by device, what was tried, how it is, and what to do.

use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use domain::device::{ConditionKind, DeviceState, MediaState, PaperSupply, TerminalDevice};
use domain::locale::Locale;
use drivers::camera;
use drivers::document_printer::IppPrinter;
use drivers::document_printer::ipp::Limits;
use drivers::face::FaceProgram;
use drivers::receipt_printer::PrinterProfile;
use drivers::self_test::{self, TestReport};
use drivers::transport::PortAddress;
use serde::Serialize;
use time::OffsetDateTime;

use crate::config::Config;
use crate::output::{Output, Report, word, wrong_usage};
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
    #[arg(long, value_parser = print::profile, value_name = "NAME")]
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
        TerminalDevice::IoBoard => "io_board",
        TerminalDevice::PowerSupply => "power",
        TerminalDevice::Speaker => "speaker",
    }
}

pub(crate) fn run(args: &Args, config: &Config, output: &Output) -> ExitCode {
    if args.port.is_some() && args.device.len() != 1 {
        return wrong_usage("--port belongs to one --device");
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
    }
    if all_passed { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Where the device is, and its test; none where nobody says where it is.
fn test(device: TerminalDevice, args: &Args, config: &Config) -> Option<(String, TestReport)> {
    if device == TerminalDevice::FaceEngine {
        let program = config.word("face_engine", "program")?;
        let arguments = config.words("face_engine", "arguments").iter().map(Into::into).collect();
        let report = self_test::face_engine(&mut FaceProgram::new(program, arguments));
        return Some((program.to_owned(), report));
    }
    let port = args.port.as_ref().or_else(|| config.port(section(device)))?;
    let report = match device {
        TerminalDevice::IdCardReader => self_test::card_reader(port),
        TerminalDevice::ReceiptPrinter => {
            let named = config.word("printer", "profile").and_then(|name| print::profile(name).ok());
            let profile = args.profile.clone().or(named).map(|profile| *profile);
            let mut printer = print::printer(port, profile.or_else(print::default_profile)?)?;
            if let Some(seconds) = args.forgotten {
                printer = printer.forgotten_after(Duration::from_secs(seconds.into()));
            }
            let page = args.print.then(|| print::page(OffsetDateTime::now_utc()));
            self_test::receipt_printer(&mut printer, page.as_ref())
        }
        TerminalDevice::DocumentPrinter => {
            let mut printer = IppPrinter::new(port);
            if let Some(seconds) = args.patience {
                printer = printer.limits(Limits::USUAL.answering_within(Duration::from_secs(seconds.into())));
            }
            let page = if args.print { Some(print::document::sample_form().ok()?) } else { None };
            self_test::document_printer(&mut printer, page.as_ref())
        }
        TerminalDevice::Camera => self_test::camera(|| camera::open(port)),
        TerminalDevice::CodeScanner => self_test::code_scanner(port),
        TerminalDevice::IoBoard => self_test::io_board(port, config.wiring()),
        TerminalDevice::PowerSupply => self_test::power_supply(port),
        TerminalDevice::Speaker => self_test::speaker(port),
        TerminalDevice::FaceEngine => return None,
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
