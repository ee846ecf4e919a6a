//! The fleet's agent beside the terminal: what the screen tells it, and what it may ask.
//!
//! Duty: health, counts, calls and settings between the session and the agent's socket. Never: hold the screen up, decide
//! what a visit does, or let anything of a resident through.

mod export;
mod health;
mod line;
mod mirror;
mod self_test;
mod settings;
mod stops;

pub use settings::{Backlight, UnitSettings};

use crate::device::printer::Printer;
use crate::elements::Element;
use crate::machine::MachineWords;
use crate::outbox_desk::OutboxDesk;
use domain::device::DeviceCondition;
use domain::locale::Localized;
use domain::session::Session;
use domain::session::effect::HelpContext;
use domain::session::event::{DeskEvent, EventKind, Network, SelfTest, TerminalEvent};
use domain::session::state::Place;
use domain::terminal::Timestamp;
use fleet_api::assist::{MESSAGE_CHARACTERS, MirrorPage, WorkerAction};
use fleet_api::configuration::{MaintenanceWindow, Settings};
use fleet_api::health::{ScreenHealth, ScreenPhase, SelfTestSummary};
use fleet_api::ui::{AgentStatus, Answer, FromAgent, FromScreen, Refused, TechnicianAsk, TechnicianOutcome};
use platform_client::entropy::{Entropy as _, SystemEntropy};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
pub(crate) use stops::Whereabouts;
use tokio::sync::mpsc;

/// Health is told so often at least.
const HEALTH_EVERY: time::Duration = time::Duration::seconds(30);
/// When the unit tries and restarts itself where the desk says nothing: 02:00 to 05:00.
const NIGHT: MaintenanceWindow = MaintenanceWindow { from_minute: 2 * 60, minutes: 3 * 60 };

/// How the devices are, as far as the fleet may know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Looked<'a> {
    /// What each says of itself.
    pub(crate) conditions: &'a [DeviceCondition],
    /// The receipt printer, where there is one.
    pub(crate) printer: Option<&'a Printer>,
}

/// Where the agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentAddress {
    /// Its socket.
    pub socket: PathBuf,
    /// The number of the user that it runs as: nobody else is believed.
    pub user: u32,
}

/// What the terminal's file says of the fleet, and of the system around the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fleet {
    /// Where the agent is; none where this terminal has none.
    pub agent: Option<AgentAddress>,
    /// The unit's page that everybody may open: a code on the idle page leads there.
    pub open_state_url: Option<String>,
    /// The screen's light.
    pub backlight: Backlight,
    /// Where a sealed outbox is left for the agent; in the terminal's folder where it is none.
    pub exports: Option<PathBuf>,
    /// What the system says of clock and disk.
    pub machine: MachineWords,
}

/// The screen's side of the agent. It is there without an agent, too: then nobody hears it.
pub struct Agent {
    words: Option<mpsc::Sender<FromScreen>>,
    heard: Receiver<FromAgent>,
    connected: Arc<AtomicBool>,
    was_connected: bool,
    outbox: OutboxDesk,
    line: Option<JoinHandle<()>>,
    data: PathBuf,
    exports: PathBuf,
    stops: stops::Stops,
    told: Option<(ScreenHealth, Timestamp)>,
    self_test: Option<SelfTestSummary>,
    status: Option<AgentStatus>,
    technician: Option<(TechnicianOutcome, Vec<String>)>,
    asking: bool,
    settings: Settings,
    unit: UnitSettings,
    backlight: Backlight,
    open_state_url: Option<String>,
    call: Option<String>,
    mirrored: Option<MirrorPage>,
}

/// How many words wait for an agent that stands still; the agent takes what is lost for no answer.
const WORDS: usize = 256;

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Agent")
    }
}

impl Agent {
    /// Begins to look for the agent, where there is one; `wake` is called from any thread when it says something.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(fleet: Fleet, data: &Path, wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let Fleet { agent: address, open_state_url, backlight, exports, machine: _ } = fleet;
        let (said, heard) = channel();
        let connected = Arc::new(AtomicBool::new(false));
        let (mut words, mut line) = (None, None);
        if let Some(address) = address {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let (sender, receiver) = mpsc::channel(WORDS);
            let run =
                line::Line { address, words: receiver, heard: said, wake, connected: Arc::clone(&connected) };
            let spawn = std::thread::Builder::new().name("agent".to_owned());
            line = Some(spawn.spawn(move || runtime.block_on(run.run()))?);
            words = Some(sender);
        }
        Ok(Self {
            words,
            heard,
            connected,
            was_connected: false,
            outbox: OutboxDesk::start(data)?,
            line,
            data: data.to_owned(),
            exports: exports.unwrap_or_else(|| data.to_owned()),
            stops: stops::Stops::open(data),
            told: None,
            self_test: self_test::kept(data),
            status: None,
            technician: None,
            asking: false,
            settings: Settings::default(),
            unit: UnitSettings::kept(data),
            backlight,
            open_state_url,
            call: None,
            mirrored: None,
        })
    }

    /// What the agent said next.
    pub(crate) fn next(&self) -> Option<FromAgent> {
        self.heard.try_recv().ok()
    }

    /// What changed of the line itself, for the session.
    pub(crate) fn news(&mut self) -> Option<EventKind> {
        let now = self.connected.load(Ordering::Acquire);
        if now == self.was_connected {
            return None;
        }
        self.was_connected = now;
        self.told = None;
        if !now {
            self.status = None;
        }
        Some(self.desk_reachable())
    }

    fn desk_reachable(&self) -> EventKind {
        let away =
            self.status.as_ref().is_some_and(|status| !status.enrolled || status.server_error.is_some());
        let desk = if self.was_connected && !away { Network::Online } else { Network::Offline };
        EventKind::Terminal(TerminalEvent::DeskReachable(desk))
    }

    /// How the agent is now; what follows for the session.
    pub(crate) fn take_status(&mut self, status: AgentStatus) -> EventKind {
        self.status = Some(status);
        self.desk_reachable()
    }

    /// How the agent is, as it said last; none while it is not connected.
    pub(crate) fn status(&self) -> Option<&AgentStatus> {
        self.status.as_ref()
    }

    /// Whether the agent is connected.
    pub(crate) fn is_connected(&self) -> bool {
        self.was_connected
    }

    /// What waits for the province.
    pub(crate) fn outbox(&self) -> &OutboxDesk {
        &self.outbox
    }

    /// The terminal's folder.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    fn say(&self, word: FromScreen) {
        if let Some(words) = &self.words {
            // The thread ends only with this sender.
            let _gone = words.try_send(word);
        }
    }

    /// Answers a question.
    pub(crate) fn answer(&self, id: u64, answer: Answer) {
        self.say(FromScreen::Answer { id, answer });
    }

    /// Answers a question with the sealed outbox, when it is written.
    pub(crate) fn export(&self, id: u64) {
        let (data, exports, words) = (self.data.clone(), self.exports.clone(), self.words.clone());
        let spawned = std::thread::Builder::new().name("outbox-export".to_owned()).spawn(move || {
            let answer = export::sealed(&data, &exports).unwrap_or_else(|error| {
                tracing::error!(error = %crate::chain::Chain(&error), "the outbox cannot be exported");
                Answer::Failed { detail: error.to_string() }
            });
            if let Some(words) = words {
                let _gone = words.try_send(FromScreen::Answer { id, answer });
            }
        });
        if let Err(error) = spawned {
            self.answer(id, Answer::Failed { detail: error.to_string() });
        }
    }

    /// Why nothing may be done to the unit now; none while nobody is there.
    pub(crate) fn refuses(session: &Session) -> Option<Refused> {
        match health::phase(session.place()) {
            ScreenPhase::Visit => Some(Refused::Visit),
            ScreenPhase::Upkeep => Some(Refused::Upkeep),
            _ => None,
        }
    }

    /// An event was taken: counts where people stop, and tells health when it changed.
    pub(crate) fn note(
        &mut self,
        kind: &EventKind,
        before: Option<Whereabouts>,
        session: &Session,
        devices: Looked<'_>,
        painted_at: Option<Timestamp>,
    ) {
        let now = session.facts().now;
        self.stops.note(kind, before, session, now);
        if !self.was_connected {
            return;
        }
        let idle = !matches!(session.place(), Place::Visit(_));
        let over = if idle { self.stops.take_finished(now) } else { Vec::new() };
        if !over.is_empty() {
            for hour in over {
                self.say(FromScreen::Stops { hour: hour.hour, counts: hour.counts });
            }
            self.stops.save();
        }
        let health = health::of(session, devices, painted_at, self.outbox.depth(), self.self_test.clone());
        let changed = self.told.as_mut().is_none_or(|(told, at)| {
            // That the screen was painted again is no news.
            told.painted_at = health.painted_at;
            *told != health || now - *at >= HEALTH_EVERY
        });
        if changed {
            self.told = Some((health.clone(), now));
            self.say(FromScreen::Health(health));
        }
    }

    /// The devices were tried: what the session and the idle page are told of it.
    pub(crate) fn self_tested(&mut self, conditions: &[DeviceCondition], at: Timestamp) -> SelfTest {
        let summary = self_test::of(conditions, at);
        let test = self_test::event(&summary);
        self_test::keep(&self.data, &summary);
        self.self_test = Some(summary);
        test
    }

    /// The last self-test, as the session knows it.
    pub(crate) fn self_tested_at_last(&self) -> Option<SelfTest> {
        self.self_test.as_ref().map(self_test::event)
    }

    /// The last self-test.
    pub(crate) fn self_test(&self) -> Option<&SelfTestSummary> {
        self.self_test.as_ref()
    }

    /// Somebody did something to the unit.
    pub(crate) fn upkeep(&self, action: &str, badge: &str) {
        self.say(FromScreen::Upkeep { action: action.to_owned(), badge: badge.to_owned() });
    }

    /// A technician asks the agent for something.
    pub(crate) fn ask(&mut self, ask: TechnicianAsk) {
        self.technician = None;
        if self.was_connected {
            self.asking = true;
            self.say(FromScreen::Technician(ask));
        } else {
            self.technician = Some((TechnicianOutcome::Failed, Vec::new()));
        }
    }

    /// What came of it.
    pub(crate) fn take_outcome(&mut self, outcome: TechnicianOutcome, lines: Vec<String>) {
        self.asking = false;
        self.technician = Some((outcome, lines));
    }

    /// What came of a technician's wish; none while nothing was asked, or the answer is not there yet.
    pub(crate) fn outcome(&self) -> Option<&(TechnicianOutcome, Vec<String>)> {
        self.technician.as_ref()
    }

    /// Whether the agent has not answered a technician yet.
    pub(crate) fn is_asking(&self) -> bool {
        self.asking
    }

    /// The technician went.
    pub(crate) fn forget_technician(&mut self) {
        self.technician = None;
        self.asking = false;
    }

    /// Takes settings of the desk, all or none; what the session has to know of them.
    ///
    /// # Errors
    /// Why they do not fit this unit, one sentence.
    pub(crate) fn take_settings(
        &mut self,
        settings: Settings,
        speaker: Option<&crate::device::speaker::SpeakerDesk>,
    ) -> Result<EventKind, String> {
        let after = settings::apply(&settings, self.unit, speaker, &self.backlight)?;
        self.settings = settings;
        Ok(EventKind::Terminal(TerminalEvent::StillThereAfter(after)))
    }

    /// What a technician set at the unit.
    pub(crate) fn unit(&self) -> UnitSettings {
        self.unit
    }

    /// Follows what a technician set before this start.
    pub(crate) fn follow_unit(&self, speaker: Option<&crate::device::speaker::SpeakerDesk>) {
        if let Some((percent, speaker)) = self.unit.volume_percent.zip(speaker) {
            speaker.set(percent);
        }
        if let Some(percent) = self.unit.brightness_percent {
            self.backlight.light(Some(percent));
        }
    }

    /// Takes and keeps what a technician set; whether the desk has not set the same otherwise.
    pub(crate) fn change_unit(
        &mut self,
        unit: UnitSettings,
        speaker: Option<&crate::device::speaker::SpeakerDesk>,
    ) -> bool {
        let of_desk = self.settings.volume_percent.is_some()
            && unit.volume_percent != self.unit.volume_percent
            || self.settings.brightness_percent.is_some()
                && unit.brightness_percent != self.unit.brightness_percent;
        if of_desk {
            return false;
        }
        self.unit = unit;
        self.follow_unit(speaker);
        unit.keep(&self.data);
        true
    }

    /// How loud a visit begins, per cent, where the file says `configured`.
    pub(crate) fn volume(&self, configured: u8) -> u8 {
        self.settings.volume_percent.or(self.unit.volume_percent).unwrap_or(configured)
    }

    /// How bright the screen is, per cent; none where it cannot be set.
    pub(crate) fn brightness(&self) -> Option<u8> {
        let percent = self.settings.brightness_percent.or(self.unit.brightness_percent);
        self.backlight.is_there().then(|| percent.unwrap_or(settings::BRIGHT))
    }

    /// When the unit tries and restarts itself.
    pub(crate) fn maintenance_window(&self) -> MaintenanceWindow {
        self.settings.maintenance_window.clone().unwrap_or(NIGHT)
    }

    /// Tells what became of settings.
    pub(crate) fn settings_taken(&self, error: Option<String>) {
        self.say(FromScreen::SettingsTaken { error });
    }

    /// The sentence of the desk on the idle page.
    pub(crate) fn idle_notice(&self) -> Option<&Localized> {
        self.settings.idle_notice.as_ref()
    }

    /// The unit's page that everybody may open.
    pub(crate) fn open_state_url(&self) -> Option<&str> {
        self.open_state_url.as_deref()
    }

    /// Whether the screen is dark outside the opening hours.
    pub(crate) fn dark_outside_hours(&self) -> bool {
        self.settings.dark_outside_hours == Some(true)
    }

    /// Takes the light off the screen, or gives it back.
    pub(crate) fn light(&self, on: bool) {
        self.backlight.light(on.then(|| self.brightness().unwrap_or(settings::BRIGHT)));
    }

    /// Calls the district's desk; what the session is told at once where nobody can be called.
    pub(crate) fn call(&mut self, context: HelpContext) -> Option<EventKind> {
        let mut bytes = [0; 16];
        if !self.was_connected || SystemEntropy::new().fill(&mut bytes).is_err() {
            return Some(EventKind::Desk(DeskEvent::Ended));
        }
        let call: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.call = Some(call.clone());
        self.say(FromScreen::Help {
            call,
            page: context.page.name().to_owned(),
            item: context.item,
            urgent: false,
        });
        None
    }

    /// The resident's call is over; nothing of it stays.
    pub(crate) fn end_call(&mut self) {
        self.mirrored = None;
        if let Some(call) = self.call.take() {
            self.say(FromScreen::HelpEnded { call });
        }
    }

    /// What a worker did, for the session; nothing where it is of another call.
    pub(crate) fn worker_did(
        &mut self,
        call: &str,
        worker: Option<String>,
        actions: Vec<WorkerAction>,
        ended: bool,
    ) -> Vec<EventKind> {
        if self.call.as_deref() != Some(call) {
            return Vec::new();
        }
        let mut events: Vec<DeskEvent> = worker.map(DeskEvent::Taken).into_iter().collect();
        events.extend(actions.into_iter().filter_map(|action| match action {
            WorkerAction::Point { x, y } => Some(DeskEvent::Pointed(x, y)),
            WorkerAction::Write { text } => Some(DeskEvent::Wrote(
                text.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARACTERS).collect(),
            )),
            WorkerAction::Clear => Some(DeskEvent::Cleared),
            WorkerAction::Unrecognised => None,
        }));
        if ended {
            self.call = None;
            self.mirrored = None;
            events.push(DeskEvent::Ended);
        }
        events.into_iter().map(EventKind::Desk).collect()
    }

    /// Shows the worker the page without its values, when it is another than before.
    pub(crate) fn mirror(&mut self, session: &Session, elements: &[Element], width: u32, height: u32) {
        let Some(call) = &self.call else { return };
        let Some(page) = mirror::page(session, elements, width, height) else { return };
        if self.mirrored.as_ref() != Some(&page) {
            self.say(FromScreen::Mirror { call: call.clone(), page: page.clone() });
            self.mirrored = Some(page);
        }
    }

    /// The resident takes the sight away: the next one begins anew.
    pub(crate) fn hide(&mut self) {
        self.mirrored = None;
    }
}

/// A page without its values, as a worker of the desk would see it; none without a visit.
pub fn masked(session: &Session, elements: &[Element], width: u32, height: u32) -> Option<MirrorPage> {
    mirror::page(session, elements, width, height)
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.stops.save();
        // The thread says what is left, then ends.
        self.words = None;
        if let Some(line) = self.line.take() {
            let _ended = line.join();
        }
    }
}
