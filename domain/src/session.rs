//! The whole visit as a pure state machine: an event in, a new session and effects out.
//!
//! Duty: what may follow what, and what must be asked of the world. Never: IO, a clock, randomness; words or looks.
//!
//! Invariants (each held by a random test in `tests/session_invariants.rs`): after [`Effect::ForgetResident`] nothing of a
//! resident is reachable; a submission exists only with a reviewed form and a consent; an acceptance receipt exists only
//! with a case number; every state has a way to help and a way out.

pub mod effect;
pub mod event;
pub mod page;
pub mod state;

mod ask;
mod browse;
pub mod face;
mod fill;
mod finish;
mod identify;
mod licence;
mod overlay;
mod staff;
pub mod submit;
pub mod timeout;
mod visit;

use crate::device::{DeviceState, Devices, Lights, PowerSource};
use crate::display_mode::DisplayMode;
use crate::form::DivisionName;
use crate::locale::Locale;
use crate::service_item::Catalogue;
use crate::terminal::{Site, Timestamp};
use effect::{CameraUse, Effect, ReaderUse};
use event::{
    ClockTrust, DataPartition, DeviceEvent, Event, EventKind, Network, Notice, Restarting, SelfTest, Storage,
    Tap, TerminalEvent, Ticket, Warning,
};
use page::Page;
use state::{CardOnReader, Forgetting, OutOfService, OutOfServiceReason, Place, SignIn, Visit};
use std::sync::Arc;

/// What is known of the terminal itself: nothing of a resident.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Where it stands.
    pub site: Arc<Site>,
    /// What it serves.
    pub catalogue: Arc<Catalogue>,
    /// When the province last said that this is the newest; none before it ever did.
    pub catalogue_current_at: Option<Timestamp>,
    /// Its devices.
    pub devices: Devices,
    /// Whether the province can be reached.
    pub network: Network,
    /// Whether a case can be kept safely.
    pub storage: Storage,
    /// What the data partition is.
    pub data_partition: DataPartition,
    /// Whether the clock can be believed.
    pub clock: ClockTrust,
    /// The divisions of the city, of every level.
    pub divisions: Arc<[DivisionName]>,
    /// The policy cards of the idle page.
    pub notices: Vec<Notice>,
    /// The warning that is in force.
    pub warning: Option<Warning>,
    /// The last self-test.
    pub self_test: Option<SelfTest>,
    /// Whether the machine is about to start again.
    pub restarting: Restarting,
    /// Without a touch for so long, a visit asks whether somebody is there.
    pub still_there_after: time::Duration,
    /// Whether the district's desk can be called from here.
    pub desk: Network,
    /// The moment of the last event.
    pub now: Timestamp,
}

impl Facts {
    /// A terminal of which only place and catalogue are known yet.
    pub fn new(site: Arc<Site>, catalogue: Arc<Catalogue>, now: Timestamp) -> Self {
        Self {
            site,
            catalogue,
            catalogue_current_at: None,
            devices: Devices::default(),
            network: Network::default(),
            storage: Storage::default(),
            data_partition: DataPartition::default(),
            clock: ClockTrust::default(),
            divisions: Arc::from([]),
            notices: Vec::new(),
            warning: None,
            self_test: None,
            restarting: Restarting::default(),
            still_there_after: timeout::ASK_AFTER,
            desk: Network::Offline,
            now,
        }
    }
}

/// The terminal and, while somebody is there, the visit.
#[derive(Debug, Clone)]
pub struct Session {
    facts: Facts,
    place: Place,
    /// How a page is shown that belongs to no visit.
    manner: Manner,
    tickets: u64,
}

/// The language and the look that somebody chose who has no visit: keeper, technician, or who reads why nothing is served.
#[derive(Debug, Clone, Copy, Default)]
struct Manner {
    locale: Locale,
    mode: DisplayMode,
    /// When it was chosen; none: nobody did.
    since: Option<Timestamp>,
}

impl Manner {
    /// On the page that says why nothing is served, the next one to come finds the usual manner after so long.
    const KEPT: time::Duration = time::Duration::seconds(60);

    fn choose(&mut self, kind: &EventKind, now: Timestamp) {
        match kind {
            EventKind::Tap(Tap::Language(locale)) => self.locale = *locale,
            EventKind::Tap(Tap::Mode(mode)) => self.mode = *mode,
            _ => return,
        }
        self.since = Some(now);
    }

    /// It goes with whoever chose it.
    fn keep_on(&mut self, place: &Place, now: Timestamp) {
        let stays = match place {
            Place::StaffSignIn(_) | Place::Upkeep(_) => true,
            Place::OutOfService(_) => self.since.is_some_and(|since| now - since < Self::KEPT),
            Place::Idle | Place::Visit(_) | Place::Forgetting(_) => false,
        };
        if !stays {
            *self = Self::default();
        }
    }
}

/// What a transition can see and ask for.
struct Context<'a> {
    facts: &'a Facts,
    tickets: &'a mut u64,
    effects: &'a mut Vec<Effect>,
}

impl Context<'_> {
    fn now(&self) -> Timestamp {
        self.facts.now
    }

    fn ticket(&mut self) -> Ticket {
        *self.tickets += 1;
        Ticket(*self.tickets)
    }

    fn ask(&mut self, question: effect::Question) -> Ticket {
        let ticket = self.ticket();
        self.effects.push(Effect::Ask(ticket, Box::new(question)));
        ticket
    }
}

impl Session {
    /// A terminal that was just switched on.
    pub fn new(facts: Facts) -> Self {
        let place = rest(&facts);
        Self { facts, place, manner: Manner::default(), tickets: 0 }
    }

    /// What is known of the terminal.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether an event says of the terminal only what is known: the province and the agent are heard every few seconds, and what
    /// they say again changes nothing that is shown.
    pub fn knows(&self, kind: &EventKind) -> bool {
        let facts = &self.facts;
        let EventKind::Terminal(event) = kind else { return false };
        match event {
            TerminalEvent::Network(network) => *network == facts.network,
            TerminalEvent::Storage(storage) => *storage == facts.storage,
            TerminalEvent::DataPartition(partition) => *partition == facts.data_partition,
            TerminalEvent::Clock(clock) => *clock == facts.clock,
            // Only a later moment; who is shown it is a technician, or one who meets a province that is away.
            TerminalEvent::CatalogueCurrent(_) => facts.catalogue_current_at.is_some(),
            TerminalEvent::Notices(notices) => *notices == facts.notices,
            TerminalEvent::Warning(warning) => *warning == facts.warning,
            TerminalEvent::Restarting(restarting) => *restarting == facts.restarting,
            TerminalEvent::StillThereAfter(after) => *after == facts.still_there_after,
            TerminalEvent::DeskReachable(desk) => *desk == facts.desk,
            TerminalEvent::Catalogue(_) | TerminalEvent::Divisions(_) | TerminalEvent::SelfTest(_) => false,
        }
    }

    /// Where the terminal is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The visit, while there is one.
    pub fn visit(&self) -> Option<&Visit> {
        match &self.place {
            Place::Visit(visit) => Some(visit),
            _ => None,
        }
    }

    /// The language of the screen: that of the visit, until its last words are said; elsewhere what was chosen there.
    pub fn locale(&self) -> Locale {
        match &self.place {
            Place::Visit(visit) => visit.locale,
            Place::Forgetting(forgetting) => forgetting.locale,
            _ => self.manner.locale,
        }
    }

    /// How the screen is drawn.
    pub fn mode(&self) -> DisplayMode {
        match &self.place {
            Place::Visit(visit) => visit.mode,
            Place::Forgetting(forgetting) => forgetting.mode,
            _ => self.manner.mode,
        }
    }

    /// The page that the screen shows.
    pub fn page(&self) -> Page {
        match &self.place {
            Place::Idle => Page::Idle,
            Place::OutOfService(_) => Page::OutOfService,
            Place::Visit(visit) => visit.page(),
            Place::Forgetting(_) => Page::Forgetting,
            Place::StaffSignIn(_) => Page::StaffSignIn,
            Place::Upkeep(upkeep) => match upkeep.staff.role {
                event::StaffRole::Technician => Page::Technician,
                event::StaffRole::Keeper | event::StaffRole::Worker => Page::Keeper,
            },
        }
    }

    /// What the card reader is for.
    pub fn reader_use(&self) -> ReaderUse {
        match &self.place {
            Place::Visit(visit) => visit.reader_use(),
            Place::Idle | Place::Forgetting(_) => ReaderUse::Watch,
            Place::OutOfService(_) | Place::StaffSignIn(_) | Place::Upkeep(_) => ReaderUse::Off,
        }
    }

    /// What the camera is for.
    pub fn camera_use(&self) -> CameraUse {
        match &self.place {
            Place::Visit(visit) => visit.camera_use(),
            Place::Upkeep(upkeep) => upkeep.camera,
            _ => CameraUse::Off,
        }
    }

    /// Which lights are lit.
    pub fn lights(&self) -> Lights {
        match &self.place {
            Place::Visit(visit) => visit.lights(),
            Place::Forgetting(forgetting) => {
                Lights { card_area: forgetting.card == CardOnReader::Yes, paper_exit: false }
            }
            _ => Lights::default(),
        }
    }

    /// Takes an event: the session after it, and what is asked of the world.
    #[must_use]
    pub fn handle(mut self, event: Event) -> (Self, Vec<Effect>) {
        let (reader, camera, lights) = (self.reader_use(), self.camera_use(), self.lights());
        let mut effects = Vec::new();
        // Time never runs backwards inside a visit: a clock that was set back must not stretch a time-out.
        self.facts.now = self.facts.now.max(event.at);
        note(&mut self.facts, &event.kind);
        self.manner.choose(&event.kind, self.facts.now);
        let mut context = Context { facts: &self.facts, tickets: &mut self.tickets, effects: &mut effects };
        self.place = match self.place {
            Place::Idle => idle(event.kind, &mut context),
            Place::OutOfService(out) => out_of_service(out, event.kind, &mut context),
            Place::Visit(visit) => visit.on(event.kind, &mut context),
            Place::Forgetting(forgetting) => forgetting.on(event.kind, &mut context),
            Place::StaffSignIn(sign_in) => staff::on_sign_in(sign_in, event.kind, &mut context),
            Place::Upkeep(upkeep) => staff::on_upkeep(upkeep, event.kind, &mut context),
        };
        self.manner.keep_on(&self.place, self.facts.now);
        if self.reader_use() != reader {
            effects.push(Effect::Reader(self.reader_use()));
        }
        if self.camera_use() != camera {
            effects.push(Effect::Camera(self.camera_use()));
        }
        if self.lights() != lights {
            effects.push(Effect::Lights(self.lights()));
        }
        (self, effects)
    }

    /// What must be asked of the world once, at switch-on: the uses of the devices.
    pub fn opening_effects(&self) -> Vec<Effect> {
        vec![
            Effect::Reader(self.reader_use()),
            Effect::Camera(self.camera_use()),
            Effect::Lights(self.lights()),
        ]
    }
}

/// Notes what an event says of the terminal itself, whatever the place.
fn note(facts: &mut Facts, kind: &EventKind) {
    match kind {
        EventKind::Device(DeviceEvent::State(class, state)) => facts.devices.set(*class, *state),
        EventKind::Device(DeviceEvent::Paper(supply)) => facts.devices.paper = *supply,
        EventKind::Device(DeviceEvent::Power(source)) => facts.devices.power = *source,
        EventKind::Terminal(TerminalEvent::Network(network)) => facts.network = *network,
        EventKind::Terminal(TerminalEvent::Storage(storage)) => facts.storage = *storage,
        EventKind::Terminal(TerminalEvent::DataPartition(partition)) => facts.data_partition = *partition,
        EventKind::Terminal(TerminalEvent::Clock(clock)) => facts.clock = *clock,
        EventKind::Terminal(TerminalEvent::Catalogue(catalogue)) => facts.catalogue = Arc::clone(catalogue),
        EventKind::Terminal(TerminalEvent::CatalogueCurrent(at)) => facts.catalogue_current_at = Some(*at),
        EventKind::Terminal(TerminalEvent::Divisions(divisions)) => facts.divisions = Arc::clone(divisions),
        EventKind::Terminal(TerminalEvent::Notices(notices)) => facts.notices.clone_from(notices),
        EventKind::Terminal(TerminalEvent::Warning(warning)) => facts.warning.clone_from(warning),
        EventKind::Terminal(TerminalEvent::SelfTest(test)) => facts.self_test = Some(*test),
        EventKind::Terminal(TerminalEvent::Restarting(restarting)) => facts.restarting = *restarting,
        EventKind::Terminal(TerminalEvent::StillThereAfter(after)) => facts.still_there_after = *after,
        EventKind::Terminal(TerminalEvent::DeskReachable(desk)) => facts.desk = *desk,
        _ => {}
    }
}

/// Where the terminal is while nobody is there.
fn rest(facts: &Facts) -> Place {
    // Without its data partition the terminal keeps nothing and takes nothing; what is only looked up goes on.
    let keeps = facts.data_partition == DataPartition::Kept;
    let reason = if keeps && facts.storage != Storage::Ready {
        OutOfServiceReason::Storage
    } else if facts.restarting == Restarting::Soon {
        OutOfServiceReason::Restarting
    } else if facts.devices.power == PowerSource::BatteryLow {
        OutOfServiceReason::Power
    } else if facts.catalogue.items.is_empty() {
        OutOfServiceReason::NoCatalogue
    } else if !facts.site.hours.is_open(facts.now) {
        OutOfServiceReason::Closed
    } else {
        return Place::Idle;
    };
    Place::OutOfService(OutOfService { reason, since: facts.now })
}

fn idle(kind: EventKind, context: &mut Context<'_>) -> Place {
    let begin = |context: &Context<'_>| Place::Visit(Box::new(Visit::begin(context.now())));
    match kind {
        EventKind::Tap(Tap::Staff) => {
            Place::StaffSignIn(SignIn::Entering { problem: None, since: context.now() })
        }
        EventKind::Tap(Tap::Help) => {
            let mut visit = Visit::begin(context.now());
            visit.overlay = Some(state::Overlay::Help(state::Help::Offered));
            Place::Visit(Box::new(visit))
        }
        EventKind::Tap(Tap::Language(locale)) => {
            Place::Visit(Box::new(Visit { locale, ..Visit::begin(context.now()) }))
        }
        EventKind::Tap(Tap::Mode(mode)) => {
            Place::Visit(Box::new(Visit { mode, ..Visit::begin(context.now()) }))
        }
        EventKind::Tap(_) => begin(context),
        EventKind::Device(DeviceEvent::CardPlaced) => {
            Place::Visit(Box::new(Visit { card: CardOnReader::Yes, ..Visit::begin(context.now()) }))
        }
        _ => rest(context.facts),
    }
}

fn out_of_service(out: OutOfService, kind: EventKind, context: &mut Context<'_>) -> Place {
    if matches!(kind, EventKind::Tap(Tap::Staff)) {
        return Place::StaffSignIn(SignIn::Entering { problem: None, since: context.now() });
    }
    match rest(context.facts) {
        Place::OutOfService(next) if next.reason == out.reason => Place::OutOfService(out),
        next => next,
    }
}

impl Forgetting {
    /// The page stays for so long.
    const SHOWN: time::Duration = time::Duration::seconds(2);
    /// A forgotten card is announced again after so long.
    const REMIND_EVERY: time::Duration = time::Duration::seconds(5);
    /// After so long the terminal is free again, and the keeper knows.
    const GIVE_UP: time::Duration = time::Duration::seconds(120);

    fn on(mut self, kind: EventKind, context: &mut Context<'_>) -> Place {
        match kind {
            EventKind::Device(DeviceEvent::CardRemoved) => {
                self.card = CardOnReader::No;
                // That everything is gone has to be seen, too.
                self.since = context.now();
            }
            EventKind::Device(DeviceEvent::State(crate::device::DeviceClass::IdCardReader, state))
                if state != DeviceState::Online =>
            {
                self.card = CardOnReader::No;
            }
            EventKind::Tap(Tap::Language(locale)) => self.locale = locale,
            EventKind::Tap(Tap::Mode(mode)) => self.mode = mode,
            EventKind::Tap(_) if self.card == CardOnReader::No => return rest(context.facts),
            _ => {}
        }
        let passed = context.now() - self.since;
        match self.card {
            CardOnReader::No if passed >= Self::SHOWN => rest(context.facts),
            CardOnReader::Yes if passed >= Self::GIVE_UP => {
                context.effects.push(Effect::ReportForgottenCard);
                rest(context.facts)
            }
            CardOnReader::Yes if context.now() - self.reminded >= Self::REMIND_EVERY => {
                context.effects.push(Effect::RemindOfCard);
                self.reminded = context.now();
                Place::Forgetting(self)
            }
            _ => Place::Forgetting(self),
        }
    }
}
