//! The session in its world: events in, effects out, on one thread.
//!
//! Duty: stamp events with the time, hand effects to whoever performs them. Never: decide what follows what (that is the
//! session), or draw.

use crate::agent::{Agent, Looked, UnitSettings, Whereabouts};
use crate::clock::TerminalClock;
use crate::device::camera::CameraDesk;
use crate::device::document_printer::Slip;
use crate::device::scanner::Wanted;
use crate::device::{Devices, Watch};
use crate::journal::Journal;
use crate::machine::MachineWords;
use crate::province::ProvinceDesk;
use crate::ruler;
use crate::touch::Matrix;
use domain::case::SubmissionId;
use domain::device::{DeviceCondition, SlipPrinter};
use domain::paper::Paper;
use domain::paper::compose::compose;
use domain::paper::document::PaperDocument;
use domain::session::Session;
use domain::session::effect::{CameraUse, Effect};
use domain::session::event::{
    ClockTrust, DeviceEvent, Event, EventKind, PhotoProblem, PrintOutcome, PrintProblem, TerminalEvent,
    Ticket, Upkeep,
};
use domain::session::state::{Finished, Place};
use domain::terminal::Timestamp;
use drivers::tone::Side;
use platform_client::clock::Clock;

/// Who performs the effects.
#[derive(Debug)]
pub struct World {
    /// Watches the devices' threads as long as they are there.
    pub watch: Watch,
    /// The devices at ports.
    pub devices: Devices,
    /// The camera.
    pub camera: Option<CameraDesk>,
    /// The province, and the outbox before it.
    pub province: ProvinceDesk,
    /// The fleet's agent.
    pub agent: Agent,
    /// What the system says.
    pub machine: MachineWords,
}

/// A paper as it was composed.
#[derive(Debug)]
pub struct Composed {
    ticket: Ticket,
    /// Its lines.
    pub document: PaperDocument,
    /// What prints it.
    pub by: SlipPrinter,
}

/// What happened besides a new state, for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Everything of the resident must go from the screen and the input methods.
    Forget,
    /// A sound that insists: a card lies on the reader.
    RemindOfCard,
}

/// The session in its world.
#[derive(Debug)]
pub struct Shell {
    session: Session,
    clock: TerminalClock,
    world: World,
    journal: Journal,
    /// The paper that was composed last, for its picture on the screen.
    paper: Option<Composed>,
    /// When the screen was last painted.
    painted_at: Option<Timestamp>,
}

impl Shell {
    /// Puts a session into its world and tells the devices what they are for.
    pub fn new(session: Session, clock: TerminalClock, world: World, journal: Journal) -> Self {
        let mut shell = Self { session, clock, world, journal, paper: None, painted_at: None };
        for effect in shell.session.opening_effects() {
            shell.perform(effect);
        }
        shell
    }

    /// The session as it is.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The clock.
    pub fn clock(&self) -> &TerminalClock {
        &self.clock
    }

    /// The paper that is being printed, as it was composed.
    pub fn paper(&self, ticket: Ticket) -> Option<&Composed> {
        self.paper.as_ref().filter(|paper| paper.ticket == ticket)
    }

    /// How every device is, for a technician.
    pub fn conditions(&self) -> Vec<DeviceCondition> {
        self.world.watch.conditions()
    }

    /// The signed code of a paper, where it has one.
    pub fn code_of_paper(&self, paper: &Paper) -> Option<String> {
        // A date that nobody vouches for is not signed.
        if self.session.facts().clock == ClockTrust::Unsure {
            return None;
        }
        self.world.province.sign(&paper.claim()?)
    }

    /// The signed code of a result, where it has one: what a resident takes along who takes no paper.
    pub fn code_of(&self, finished: &Finished) -> Option<String> {
        self.code_of_paper(&self.session.paper_of(finished)?)
    }

    /// A fresh id for a submission; none where the machine gives no random bytes.
    pub fn fresh_submission_id(&self) -> Option<SubmissionId> {
        self.world.province.fresh_submission_id()
    }

    /// Takes an event now; what the screen must do besides drawing the new state.
    pub fn handle(&mut self, kind: EventKind) -> Vec<Signal> {
        if let EventKind::Device(DeviceEvent::PrintEnded(_, outcome)) = &kind {
            self.journal.print_ended(*outcome, self.clock.now());
        }
        let event = Event { at: self.clock.now(), kind };
        let before = self.session.page();
        let whereabouts = Whereabouts::of(&self.session);
        let kind = event.kind.clone();
        let (session, effects) = self.session.clone().handle(event);
        self.session = session;
        self.world.province.note_devices(self.session.facts().devices);
        let signals = effects.into_iter().filter_map(|effect| self.perform(effect)).collect();
        self.journal.note(before, &self.session);
        let conditions = self.world.watch.conditions();
        let looked = Looked { conditions: &conditions, printer: self.world.devices.printer.as_ref() };
        self.world.agent.note(&kind, whereabouts, &self.session, looked, self.painted_at);
        signals
    }

    fn perform(&mut self, effect: Effect) -> Option<Signal> {
        match effect {
            Effect::Reader(wish) => {
                if let Some(reader) = &self.world.devices.reader {
                    reader.set(wish);
                }
            }
            Effect::Camera(wish) => {
                if let Some(camera) = &self.world.camera {
                    camera.set(wish);
                }
                if let Some(scanner) = &self.world.devices.scanner {
                    scanner.set(if wish == CameraUse::Code { Wanted::Yes } else { Wanted::No });
                }
            }
            Effect::Lights(lights) => {
                if let Some(board) = &self.world.devices.io_board {
                    board.set(lights);
                }
            }
            Effect::TakePhoto(ticket, subject) => match &self.world.camera {
                Some(camera) => camera.take_photo(ticket, subject),
                None => return self.at_once(DeviceEvent::PhotoFailed(ticket, PhotoProblem::NoCamera)),
            },
            Effect::Print(ticket, paper) => return self.print(ticket, &paper),
            Effect::PrintCertificate(ticket, certificate) => match &self.world.devices.document_printer {
                Some(printer) => printer.print(ticket, certificate.file),
                None => return self.no_printer(ticket),
            },
            Effect::Ask(ticket, question) => self.world.province.ask(ticket, *question),
            Effect::Submit(ticket, submission) => self.world.province.submit(ticket, *submission),
            Effect::DeliverLater(id) => self.world.province.deliver_later(&id),
            Effect::CallDesk(context) => {
                if let Some(ended) = self.world.agent.call(context) {
                    return self.handle(ended).into_iter().next();
                }
            }
            Effect::EndDesk => self.world.agent.end_call(),
            Effect::Rate(rating) => self.world.province.rate(*rating),
            Effect::ForgetResident => {
                self.paper = None;
                self.world.province.forget();
                if let Some(camera) = &self.world.camera {
                    camera.forget();
                }
                if let Some(speaker) = &self.world.devices.speaker {
                    speaker.reset();
                }
                if let Some(speech) = &self.world.devices.speech {
                    speech.hush();
                }
                return Some(Signal::Forget);
            }
            Effect::RemindOfCard => return Some(Signal::RemindOfCard),
            Effect::ReportForgottenCard => self.journal.forgotten_card(self.clock.now()),
            Effect::Say(words) => {
                if let Some(speech) = &self.world.devices.speech {
                    speech.say(self.session.locale(), words);
                }
            }
            Effect::Hush => {
                if let Some(speech) = &self.world.devices.speech {
                    speech.hush();
                }
            }
            Effect::Upkeep(action) => self.upkeep(action),
        }
        None
    }

    fn print(&mut self, ticket: Ticket, paper: &Paper) -> Option<Signal> {
        let code = self.code_of_paper(paper);
        let document = compose(paper, code.as_deref());
        let devices = &self.world.devices;
        // What says that it waits for a hand may have had it by now: then the receipt printer itself says whether it can.
        let by = self.session.facts().devices.slip_printer().unwrap_or(SlipPrinter::Receipt);
        match (by, &devices.printer, &devices.document_printer) {
            (SlipPrinter::Receipt, Some(printer), _) => printer.print(ticket, document.clone()),
            (_, _, Some(printer)) => {
                printer.print_slip(ticket, slip(paper, document.clone(), self.clock.now()));
            }
            _ => return self.no_printer(ticket),
        }
        self.paper = Some(Composed { ticket, document, by });
        None
    }

    fn no_printer(&mut self, ticket: Ticket) -> Option<Signal> {
        let outcome = PrintOutcome::NotPrinted(PrintProblem::NoAnswer);
        self.at_once(DeviceEvent::PrintEnded(ticket, outcome))
    }

    /// Answers for a device that this terminal does not have.
    fn at_once(&mut self, event: DeviceEvent) -> Option<Signal> {
        // The answers end the waiting for a device; none of them forgets or reminds.
        self.handle(EventKind::Device(event)).into_iter().next()
    }

    /// Tries what waits in the outbox now.
    pub(crate) fn try_outbox_now(&self) {
        self.world.province.try_now();
    }

    /// How the touch screen is calibrated; none where nobody did.
    pub(crate) fn touch_matrix(&self) -> Option<Matrix> {
        Matrix::kept(self.world.agent.data())
    }

    /// Keeps a calibration for the next start; whether that could be done.
    pub(crate) fn keep_touch_matrix(&self, matrix: Matrix) -> bool {
        let kept = matrix.keep(self.world.agent.data());
        if let Err(error) = &kept {
            tracing::error!(%error, "the calibration is not kept");
        }
        kept.is_ok()
    }

    /// How loud a visit begins, per cent; none without a loudspeaker.
    pub(crate) fn volume(&self) -> Option<u8> {
        let speaker = self.world.devices.speaker.as_ref()?;
        Some(self.world.agent.volume(speaker.configured()))
    }

    /// How bright the screen is, per cent; none where it cannot be set.
    pub(crate) fn brightness(&self) -> Option<u8> {
        self.world.agent.brightness()
    }

    /// A tone from one side of the loudspeaker.
    pub(crate) fn play_tone(&self, side: Side) {
        if let Some(speaker) = &self.world.devices.speaker {
            speaker.tone(side);
        }
    }

    /// Takes and keeps what a technician set; whether the desk has not set the same otherwise.
    pub(crate) fn change_unit(&mut self, unit: UnitSettings) -> bool {
        self.world.agent.change_unit(unit, self.world.devices.speaker.as_ref())
    }

    /// What the system says, where it is another word than before.
    pub(crate) fn machine_news(&self) -> Vec<EventKind> {
        let events = self.world.machine.events().into_iter().map(EventKind::Terminal);
        events.filter(|event| !self.session.knows(event)).collect()
    }

    /// The agent.
    pub(crate) fn agent(&mut self) -> &mut Agent {
        &mut self.world.agent
    }

    /// The agent, to look at.
    pub(crate) fn agent_now(&self) -> &Agent {
        &self.world.agent
    }

    /// The screen was painted.
    pub(crate) fn painted(&mut self, at: Option<Timestamp>) {
        self.painted_at = at;
    }

    /// The loudspeaker and the agent, for settings.
    pub(crate) fn take_settings(
        &mut self,
        settings: fleet_api::configuration::Settings,
    ) -> Result<EventKind, String> {
        self.world.agent.take_settings(settings, self.world.devices.speaker.as_ref())
    }

    /// Tries every device; the session is told.
    pub(crate) fn self_test(&mut self) -> Vec<Signal> {
        let conditions = self.conditions();
        let test = self.world.agent.self_tested(&conditions, self.clock.now());
        self.handle(EventKind::Terminal(TerminalEvent::SelfTest(test)))
    }

    fn test_page(&self) -> Paper {
        let site = &self.session.facts().site;
        Paper::TestPage { site: site.name.clone(), terminal: site.terminal.clone(), at: self.clock.now() }
    }

    /// Prints rulers and steps of grey on the receipt printer.
    fn print_rulers(&self) {
        if let Some(printer) = &self.world.devices.printer {
            let model = printer.model();
            printer.print_test(ruler::add_to(compose(&self.test_page(), None), model.dots, model.dpi));
        }
    }

    /// Prints the test page on every printer; whether there is one that can.
    pub(crate) fn print_test(&mut self) -> bool {
        let page = self.test_page();
        let document = compose(&page, None);
        if let Some(printer) = &self.world.devices.printer {
            printer.print_test(document.clone());
        }
        if let Some(printer) = &self.world.devices.document_printer {
            printer.print_test(slip(&page, document, self.clock.now()));
        }
        self.session.facts().devices.can_print()
    }

    fn upkeep(&mut self, action: Upkeep) {
        let badge = match self.session.place() {
            Place::Upkeep(upkeep) => upkeep.staff.worker.badge.clone(),
            _ => String::new(),
        };
        self.journal.upkeep(action, self.clock.now());
        self.world.agent.upkeep(action.word(), &badge);
        match action {
            Upkeep::TestPrint => {
                self.print_test();
            }
            Upkeep::SelfTest => {
                self.self_test();
            }
            Upkeep::RulerPage => self.print_rulers(),
            Upkeep::RollChanged => {
                if let Some(printer) = &self.world.devices.printer {
                    printer.count().roll_changed();
                }
            }
            Upkeep::SignDailyCheck
            | Upkeep::ReportFault
            | Upkeep::ReaderWiped
            | Upkeep::OutboxTried
            | Upkeep::OutboxDecided
            | Upkeep::OtherSlotChosen
            | Upkeep::Calibrated
            | Upkeep::SettingsChanged
            | Upkeep::CameraShown
            | Upkeep::CameraHidden => {}
        }
    }
}

/// A paper of our own for A4; the file's name of it says nothing of a resident.
fn slip(paper: &Paper, document: PaperDocument, at: Timestamp) -> Slip {
    Slip { document, title: paper.title().to_owned(), locale: paper.locale(), at }
}
