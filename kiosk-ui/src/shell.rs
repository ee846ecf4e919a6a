//! The session in its world: events in, effects out, on one thread.
//!
//! Duty: stamp events with the time, hand effects to whoever performs them. Never: decide what follows what (that is the
//! session), or draw.

use crate::clock::TerminalClock;
use crate::device::camera::CameraDesk;
use crate::device::document_printer::Slip;
use crate::device::scanner::Wanted;
use crate::device::{Devices, Watch};
use crate::journal::Journal;
use crate::province::ProvinceDesk;
use domain::case::SubmissionId;
use domain::device::{DeviceCondition, SlipPrinter};
use domain::paper::Paper;
use domain::paper::compose::compose;
use domain::paper::document::PaperDocument;
use domain::session::Session;
use domain::session::effect::{CameraUse, Effect};
use domain::session::event::{
    DeviceEvent, Event, EventKind, PhotoProblem, PrintOutcome, PrintProblem, Ticket, Upkeep,
};
use domain::session::state::Finished;
use domain::terminal::Timestamp;
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
}

impl Shell {
    /// Puts a session into its world and tells the devices what they are for.
    pub fn new(session: Session, clock: TerminalClock, world: World, journal: Journal) -> Self {
        let mut shell = Self { session, clock, world, journal, paper: None };
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
        let (session, effects) = self.session.clone().handle(event);
        self.session = session;
        self.world.province.note_devices(self.session.facts().devices);
        let signals = effects.into_iter().filter_map(|effect| self.perform(effect)).collect();
        self.journal.note(before, &self.session);
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
                return Some(Signal::Forget);
            }
            Effect::RemindOfCard => return Some(Signal::RemindOfCard),
            Effect::ReportForgottenCard => self.journal.forgotten_card(self.clock.now()),
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

    fn upkeep(&mut self, action: Upkeep) {
        let site = &self.session.facts().site;
        match action {
            Upkeep::TestPrint => {
                let page = Paper::TestPage {
                    site: site.name.clone(),
                    terminal: site.terminal.clone(),
                    at: self.clock.now(),
                };
                let document = compose(&page, None);
                if let Some(printer) = &self.world.devices.printer {
                    printer.print_test(document.clone());
                }
                if let Some(printer) = &self.world.devices.document_printer {
                    printer.print_test(slip(&page, document, self.clock.now()));
                }
            }
            Upkeep::SignDailyCheck | Upkeep::ReportFault | Upkeep::SelfTest => {
                self.journal.upkeep(action, self.clock.now());
            }
        }
    }
}

/// A paper of our own for A4; the file's name of it says nothing of a resident.
fn slip(paper: &Paper, document: PaperDocument, at: Timestamp) -> Slip {
    Slip { document, title: paper.title().to_owned(), locale: paper.locale(), at }
}
