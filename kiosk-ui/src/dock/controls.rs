//! Each button of the dock as a value: its words, what it does, whether it is on.

use crate::rig::Rig;
use domain::device::PowerSource;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::resident_id::CardText;
use domain::session::page::Page;
use domain::terminal::Timestamp;
use drivers::sim::camera::{Scene, SceneName};
use drivers::sim::code_scanner::Suffix;
use drivers::sim::document_printer::{DocumentPrinterFault, Stop, When};
use drivers::sim::id_card::SampleCard;
use drivers::sim::io_board::{Input, SimulatedIoBoard};
use drivers::sim::printer::{Moment, PrinterFault};
use platform_client::contract::board::WarningLevel;
use platform_client::sim::fault::{Fault, FaultKind};
use platform_client::sim::{Admin, CastMember, CodeKind, KeptState};
use std::time::Duration;

/// What the dock remembers of what was pressed.
pub(super) struct State {
    /// Whose card, telephone and code it is.
    person: SampleCard,
    holder: Option<CastMember>,
    printer: Option<M>,
    document_printer: Option<M>,
    camera: M,
    weather: Option<WarningLevel>,
    present: bool,
    power: PowerSource,
}

/// Buttons about one thing.
pub(super) struct Group {
    pub(super) title: M,
    pub(super) controls: Vec<Control>,
}

/// A button.
#[derive(Debug, Clone)]
pub(super) enum Control {
    /// This card is placed.
    Place(SampleCard),
    /// The card is taken away.
    Take,
    /// The printer is as it should be.
    Refill,
    /// Something is wrong with the printer.
    Printer(M, PrinterFault),
    /// The document printer is as it should be.
    Mend,
    /// Something is wrong with the document printer.
    DocumentPrinter(M, DocumentPrinterFault),
    /// This stands before the camera.
    Camera(M, SceneName),
    /// The person holds a fresh code of the province's app, or of the network identity, to the camera.
    Code,
    /// The same, to the code scanner.
    Scan,
    /// Somebody stands before the terminal, or nobody does.
    Presence(M, bool),
    /// Where the current comes from.
    Power(M, PowerSource),
    /// The province is as it should be.
    ProvinceUp,
    /// Something is wrong with the province.
    Province(M, Fault),
    /// The departments accept what waits.
    Accept,
    /// The weather office.
    Weather(M, Option<WarningLevel>),
    /// The clocks go forward.
    Forward(M, Duration),
}

const MINUTE: Duration = Duration::from_secs(60);

/// Every button.
pub(super) fn groups() -> Vec<Group> {
    let cards = SampleCard::ALL.into_iter().map(Control::Place);
    let once = |label, kind| Control::Province(label, Fault::once(kind));
    let always = |label, kind| Control::Province(label, Fault::always(kind));
    let document = Control::DocumentPrinter;
    let warning = |label, level| Control::Weather(label, Some(level));
    vec![
        Group { title: M::DockCard, controls: cards.chain([Control::Take]).collect() },
        Group {
            title: M::DockPrinter,
            controls: vec![
                Control::Refill,
                Control::Printer(M::DockPaperLow, PrinterFault::PaperLow),
                Control::Printer(M::DockPaperOut, PrinterFault::PaperOut(Moment::Before)),
                Control::Printer(M::DockPaperOutMidway, PrinterFault::PaperOut(Moment::Line(6))),
                Control::Printer(M::DockCoverOpen, PrinterFault::CoverOpen(Moment::Before)),
                Control::Printer(M::DockCutter, PrinterFault::Cutter),
                Control::Printer(M::DockSilent, PrinterFault::Mute),
            ],
        },
        Group {
            title: M::DockDocumentPrinter,
            controls: vec![
                Control::Mend,
                document(M::DockPaperOut, DocumentPrinterFault::Stopped(Stop::PaperOut, When::Before)),
                document(M::DockCoverOpen, DocumentPrinterFault::Stopped(Stop::CoverOpen, When::Before)),
                document(M::DockPaperJam, DocumentPrinterFault::Stopped(Stop::PaperJam, When::Page(1))),
                document(M::DockSilent, DocumentPrinterFault::Off(When::Page(1))),
                document(M::DockClaimsCompleted, DocumentPrinterFault::ClaimsCompleted),
            ],
        },
        Group {
            title: M::DockCamera,
            controls: vec![
                Control::Camera(M::DockFace, SceneName::Face),
                Control::Camera(M::DockNoFace, SceneName::Empty),
                Control::Camera(M::DockDark, SceneName::Dark),
                Control::Camera(M::DockTwoFaces, SceneName::TwoFaces),
                Control::Code,
                Control::Scan,
            ],
        },
        Group {
            title: M::DockBoard,
            controls: vec![
                Control::Presence(M::DockPresent, true),
                Control::Presence(M::DockNobody, false),
                Control::Power(M::DockMains, PowerSource::Mains),
                Control::Power(M::DockBattery, PowerSource::Battery),
                Control::Power(M::DockBatteryLow, PowerSource::BatteryLow),
            ],
        },
        Group {
            title: M::DockProvince,
            controls: vec![
                Control::ProvinceUp,
                always(M::DockSlow, FaultKind::Slow),
                always(M::DockDown, FaultKind::Down),
                always(M::DockNetworkCut, FaultKind::Silent),
                once(M::DockDropAfterCommit, FaultKind::DropAfterCommit),
                once(M::DockSupplement, FaultKind::Supplement),
                once(M::DockRefuse, FaultKind::Refuse),
                Control::Accept,
            ],
        },
        Group {
            title: M::DockWeather,
            controls: vec![
                warning(M::DockBlue, WarningLevel::Blue),
                warning(M::DockYellow, WarningLevel::Yellow),
                warning(M::DockOrange, WarningLevel::Orange),
                warning(M::DockRed, WarningLevel::Red),
                Control::Weather(M::DockClear, None),
            ],
        },
        Group {
            title: M::DockClock,
            controls: vec![
                Control::Forward(M::DockMinute, MINUTE),
                Control::Forward(M::DockHour, 60 * MINUTE),
                Control::Forward(M::DockDay, 24 * 60 * MINUTE),
            ],
        },
    ]
}

impl State {
    pub(super) fn of(rig: &Rig) -> Self {
        let person = SampleCard::Resident;
        Self {
            person,
            holder: rig.holder(person),
            printer: None,
            document_printer: None,
            camera: M::DockFace,
            weather: None,
            present: true,
            power: PowerSource::Mains,
        }
    }
}

impl Group {
    /// What the thing says of itself.
    pub(super) fn state(&self, rig: &Rig, now: Timestamp, locale: Locale) -> String {
        match self.title {
            M::DockCard => match rig.admin().and_then(Admin::last_sms) {
                Some(code) => M::DockSmsCode.fill(locale, &[("code", &code)]),
                None => String::new(),
            },
            M::DockPrinter => rig.printer_port().to_string(),
            M::DockDocumentPrinter => rig.document_printer_port().to_string(),
            M::DockBoard => rig.io_board().map(|board| lights(board, locale)).unwrap_or_default(),
            M::DockProvince => rig.admin().map(waiting).unwrap_or_default().fill(locale),
            M::DockClock => {
                format!("{} {:02}:{:02}:{:02}", now.date(), now.hour(), now.minute(), now.second())
            }
            _ => String::new(),
        }
    }
}

fn lights(board: &SimulatedIoBoard, locale: Locale) -> String {
    let word = |lit: bool| if lit { M::DockLit } else { M::DockUnlit }.text(locale);
    let [card, paper, ..] = board.relays().map(word);
    M::DockLights.fill(locale, &[("card", card), ("paper", paper)])
}

/// How many cases there are, and how many of them wait for a department.
#[derive(Default)]
struct Waiting {
    all: usize,
    waiting: usize,
}

fn waiting(admin: &Admin) -> Waiting {
    let cases = admin.cases().unwrap_or_default();
    let waiting = cases.iter().filter(|case| case.state == KeptState::Submitted).count();
    Waiting { all: cases.len(), waiting }
}

impl Waiting {
    fn fill(&self, locale: Locale) -> String {
        let (all, waiting) = (self.all.to_string(), self.waiting.to_string());
        M::DockCases.fill(locale, &[("all", &all), ("waiting", &waiting)])
    }
}

/// The name as a person reads it; the year of the kind where cards of two years carry the same one.
fn name_on(card: SampleCard) -> String {
    let name = CardText::from_padded(&card.card().name).to_text();
    let name = crate::fonts::with_code_points(name.reveal());
    match card {
        SampleCard::PermanentResidence2017 => format!("{name} 2017"),
        SampleCard::PermanentResidence2023 => format!("{name} 2023"),
        _ => name.into_owned(),
    }
}

impl Control {
    /// The words on it.
    pub(super) fn label(&self, locale: Locale) -> String {
        let message = match self {
            Self::Place(card) => return name_on(*card),
            Self::Take => M::DockTake,
            Self::Refill | Self::Mend => M::DockRefill,
            Self::Code => M::DockQr,
            Self::Scan => M::DockScan,
            Self::ProvinceUp => M::DockUp,
            Self::Accept => M::DockAccept,
            Self::Printer(label, _)
            | Self::DocumentPrinter(label, _)
            | Self::Camera(label, _)
            | Self::Presence(label, _)
            | Self::Power(label, _)
            | Self::Province(label, _)
            | Self::Weather(label, _)
            | Self::Forward(label, _) => *label,
        };
        message.text(locale).to_owned()
    }

    /// Whether what it does is so now.
    pub(super) fn is_active(&self, rig: &Rig, state: &State) -> bool {
        let faults = || rig.admin().map(|admin| admin.faults()).unwrap_or_default();
        match self {
            Self::Place(card) => *card == state.person && rig.reader().has_card(),
            Self::Take => !rig.reader().has_card(),
            Self::Refill => state.printer.is_none(),
            Self::Printer(label, _) => state.printer == Some(*label),
            Self::Mend => state.document_printer.is_none(),
            Self::DocumentPrinter(label, _) => state.document_printer == Some(*label),
            Self::Camera(label, _) => state.camera == *label,
            Self::Code => state.camera == M::DockQr,
            Self::Presence(_, there) => state.present == *there,
            Self::Power(_, source) => state.power == *source,
            Self::ProvinceUp => faults().is_empty(),
            Self::Province(_, fault) => faults().contains(fault),
            Self::Weather(_, level) => state.weather == *level,
            Self::Scan | Self::Accept | Self::Forward(..) => false,
        }
    }

    /// Does it; what the log shall say besides the button's words.
    pub(super) fn act(&self, rig: &Rig, state: &mut State, page: Page) -> Option<String> {
        match self {
            Self::Place(card) => {
                state.person = *card;
                state.holder = rig.holder(*card);
                rig.place(card.card());
            }
            Self::Take => rig.reader().take(),
            Self::Refill => {
                rig.printer().clear_faults();
                state.printer = None;
            }
            Self::Printer(label, fault) => {
                rig.printer().clear_faults();
                rig.printer().set_fault(*fault);
                state.printer = Some(*label);
            }
            Self::Mend => {
                rig.document_printer().mend();
                state.document_printer = None;
            }
            Self::DocumentPrinter(label, fault) => {
                rig.document_printer().mend();
                rig.document_printer().set_fault(*fault);
                state.document_printer = Some(*label);
            }
            Self::Camera(label, scene) => {
                rig.camera().show(Scene::named(*scene, rig.seed()));
                state.camera = *label;
            }
            Self::Code => {
                let code = code(rig, state, page)?;
                rig.camera().show(Scene::code(rig.seed(), code));
                state.camera = M::DockQr;
            }
            Self::Scan => {
                let code = code(rig, state, page)?;
                // A scanner whose line is gone reads nothing, as in the field.
                let _gone = rig.scanner()?.read_code(code.as_bytes(), Suffix::CrLf);
            }
            Self::Presence(_, there) => {
                rig.io_board()?.set(Input::Presence, *there);
                state.present = *there;
            }
            Self::Power(_, source) => {
                let board = rig.io_board()?;
                board.set(Input::OnBattery, *source != PowerSource::Mains);
                board.set(Input::BatteryLow, *source == PowerSource::BatteryLow);
                state.power = *source;
            }
            Self::ProvinceUp => rig.admin()?.clear_faults(),
            Self::Province(_, fault) => {
                rig.admin()?.clear_faults();
                rig.admin()?.set_fault(*fault);
            }
            Self::Accept => {
                let accepted = rig.admin()?.accept_pending().unwrap_or_default();
                let numbers =
                    accepted.iter().filter_map(|case| case.case_number.as_ref()).map(ToString::to_string);
                return Some(numbers.collect::<Vec<_>>().join(" ")).filter(|said| !said.is_empty());
            }
            Self::Weather(_, level) => {
                rig.admin()?.set_warning(*level);
                state.weather = *level;
            }
            Self::Forward(_, by) => rig.forward(*by),
        }
        None
    }
}

/// A fresh code of the person's, of the kind that the page asks for.
fn code(rig: &Rig, state: &State, page: Page) -> Option<String> {
    let kind = match page {
        Page::IdentifyNetworkId => CodeKind::NetworkId,
        Page::LicenceQr => CodeKind::Licences,
        _ => CodeKind::ProvinceQr,
    };
    rig.admin()?.fresh_code(kind, state.holder.as_ref()?.key)
}
