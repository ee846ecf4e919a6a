//! What the fleet's agent says, and what a second brings to the screen: its light, its rest, its mirror.
//!
//! Duty: answer the agent by what the session is doing. Never: let anything be done to the unit in a visit.

use super::Terminal;
use crate::agent::{Agent, UnitSettings};
use crate::elements;
use crate::screens::Tokens;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::session::event::{EventKind, Restarting, Sight, TerminalEvent};
use domain::session::page::Page;
use domain::session::state::{OutOfServiceReason, Place};
use domain::terminal::Timestamp;
use fleet_api::ui::{Answer, Ask, FromAgent, Refused, TechnicianAsk};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use platform_client::clock::Clock as _;
use slint::{Color, ComponentHandle, Timer};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A touch of the dark screen keeps it bright for so long.
const AWAKE: time::Duration = time::Duration::seconds(60);
/// Words on the page are read in so long.
const READ: time::Duration = time::Duration::seconds(3);
/// A program that runs for so long starts anew in the night.
const LONG: time::Duration = time::Duration::hours(12);
/// While nobody is there, the page moves by a few pixels, so that nothing burns in.
const MOVES_EVERY_MINUTES: i64 = 5;
const MOVES: [(f32, f32); 9] = [
    (0.0, 0.0),
    (4.0, 0.0),
    (4.0, 4.0),
    (0.0, 4.0),
    (-4.0, 4.0),
    (-4.0, 0.0),
    (-4.0, -4.0),
    (0.0, -4.0),
    (4.0, -4.0),
];

/// What a second brings that is no matter of the session.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Since when nobody is there.
    quiet_since: Cell<Option<Timestamp>>,
    /// Until when the dark screen stays bright.
    awake_until: Cell<Option<Timestamp>>,
    /// The program is to be started again.
    restart: Cell<bool>,
    /// And from when on: what is on the page is read before.
    restart_at: Cell<Option<Timestamp>>,
    /// Since when it runs.
    started: Cell<Option<Timestamp>>,
    /// Whether somebody starts it again who notices its end.
    is_looked_after: Cell<bool>,
    /// Whether the devices were tried this night.
    tested: Cell<bool>,
}

impl Terminal {
    /// Connects what is no page's.
    pub(super) fn connect_fleet(self: &Rc<Self>) {
        let navigation = self.navigation();
        let (painted, clock) = (self.painted.clone(), self.shell.borrow().clock().clone());
        let weak = Rc::downgrade(self);
        navigation.on_painted(move |_| {
            if painted.note(clock.now()) {
                // A timer's turn comes when the frame that is being painted was given to the display.
                let weak = weak.clone();
                Timer::single_shot(Duration::ZERO, move || {
                    let act = weak.upgrade().and_then(|terminal| terminal.at_first_frame.take());
                    if let Some(act) = act {
                        act();
                    }
                });
            }
            Color::from_argb_u8(0, 0, 0, 0)
        });
        let weak = Rc::downgrade(self);
        navigation.on_wake(move || {
            if let Some(terminal) = weak.upgrade() {
                terminal.rest.awake_until.set(Some(terminal.now() + AWAKE));
                terminal.second();
            }
        });
    }

    /// How many frames were painted since the start.
    pub fn frames(&self) -> u64 {
        self.painted.0.frames.get()
    }

    /// Whether the program is to be started again.
    pub fn wants_restart(&self) -> bool {
        self.rest.restart.get()
    }

    /// Who started the program starts it again: it may end by itself in the night.
    pub fn is_looked_after(&self) {
        self.rest.is_looked_after.set(true);
    }

    /// The program starts again as soon as its page was read.
    pub(crate) fn restart_soon(&self) {
        self.rest.restart_at.set(Some(self.now() + READ));
    }

    fn restart(&self) {
        self.rest.restart.set(true);
        // Without a loop there is nothing to be ended.
        let _none = slint::quit_event_loop();
    }

    /// Takes and keeps what a technician set; whether the desk has not set the same otherwise.
    pub(crate) fn change_unit(&self, unit: UnitSettings) -> bool {
        self.shell.borrow_mut().change_unit(unit)
    }

    /// In the night, while nobody is there, the devices are tried and the program starts anew.
    fn work_at_night(&self) {
        let now = self.now();
        let started = self.rest.started.get().unwrap_or(now);
        self.rest.started.set(Some(started));
        if self.rest.restart_at.get().is_some_and(|at| now >= at) {
            self.rest.restart_at.set(None);
            self.restart();
            return;
        }
        let window = self.shell.borrow().agent_now().maintenance_window();
        if !window.is_open(now, now.offset()) {
            self.rest.tested.set(false);
            return;
        }
        if self.refuses().is_some() {
            return;
        }
        if !self.rest.tested.replace(true) {
            self.shell.borrow_mut().self_test();
            self.refresh();
        } else if self.rest.is_looked_after.get() && now - started >= LONG {
            self.restart();
        }
    }

    /// Takes what the agent has said.
    pub fn hear_agent(&self) {
        let news = self.shell.borrow_mut().agent().news();
        if let Some(event) = news {
            self.happen(event);
        }
        loop {
            let word = self.shell.borrow().agent_now().next();
            match word {
                Some(word) => self.agent_said(word),
                None => return,
            }
        }
    }

    fn agent_said(&self, word: FromAgent) {
        match word {
            FromAgent::Ask { id, ask: Ask::OutboxExport } if self.refuses().is_none() => {
                self.shell.borrow().agent_now().export(id);
            }
            FromAgent::Ask { id, ask } => {
                let answer = self.answer(&ask);
                self.shell.borrow().agent_now().answer(id, answer);
                if self.wants_restart() {
                    self.restart();
                }
            }
            FromAgent::Status(status) => {
                let event = self.shell.borrow_mut().agent().take_status(status);
                self.happen(event);
            }
            FromAgent::Settings(settings) => {
                let taken = self.shell.borrow_mut().take_settings(settings);
                let error = match taken {
                    Ok(event) => {
                        // What the session knows nothing of is shown, too: a notice, a code on the idle page.
                        self.take(event, true);
                        self.refresh();
                        None
                    }
                    Err(error) => Some(error),
                };
                self.shell.borrow().agent_now().settings_taken(error);
            }
            FromAgent::Worker { call, worker, actions, ended } => {
                let events = self.shell.borrow_mut().agent().worker_did(&call, worker, actions, ended);
                for event in events {
                    self.happen(event);
                }
            }
            FromAgent::Technician { outcome, lines, .. } => {
                self.shell.borrow_mut().agent().take_outcome(outcome, lines);
                self.refresh();
            }
            FromAgent::Hello { .. } | FromAgent::Unrecognised => {}
        }
    }

    /// A technician at the terminal asks the agent for something.
    pub(crate) fn ask_agent(&self, ask: TechnicianAsk) {
        self.shell.borrow_mut().agent().ask(ask);
    }

    fn refuses(&self) -> Option<Refused> {
        Agent::refuses(self.shell.borrow().session())
    }

    fn answer(&self, ask: &Ask) -> Answer {
        if *ask == Ask::Resume {
            self.happen(EventKind::Terminal(TerminalEvent::Restarting(Restarting::No)));
            return Answer::Done;
        }
        if let Some(why) = self.refuses() {
            return Answer::Refused { why };
        }
        match ask {
            Ask::Install => Answer::Done,
            Ask::Reboot => {
                self.happen(EventKind::Terminal(TerminalEvent::Restarting(Restarting::Soon)));
                Answer::Done
            }
            Ask::Restart => {
                self.rest.restart.set(true);
                Answer::Done
            }
            Ask::SelfTest { device } => self.self_test(device.as_deref()),
            Ask::TestPrint => {
                let printed = self.shell.borrow_mut().print_test();
                if printed {
                    Answer::Done
                } else {
                    Answer::Failed { detail: "no printer can print".to_owned() }
                }
            }
            Ask::Picture => self.idle_picture(),
            Ask::OutboxExport | Ask::Resume | Ask::Unrecognised => {
                Answer::Refused { why: Refused::NotSupported }
            }
        }
    }

    fn self_test(&self, device: Option<&str>) -> Answer {
        let known = |word: &str| self.shell.borrow().conditions().iter().any(|c| c.device.word() == word);
        if device.is_some_and(|word| !known(word)) {
            return Answer::Refused { why: Refused::NotSupported };
        }
        self.shell.borrow_mut().self_test();
        self.refresh();
        match self.shell.borrow().agent_now().self_test().cloned() {
            Some(mut summary) => {
                summary.failed.retain(|failed| device.is_none_or(|word| failed == word));
                Answer::SelfTest(summary)
            }
            None => Answer::Refused { why: Refused::NotSupported },
        }
    }

    fn idle_picture(&self) -> Answer {
        if self.shell.borrow().session().page() != Page::Idle {
            return Answer::Refused { why: Refused::NotIdle };
        }
        let failed = |detail: String| Answer::Failed { detail };
        let picture = match self.window.window().take_snapshot() {
            Ok(picture) => picture,
            Err(error) => return failed(error.to_string()),
        };
        let mut png = Vec::new();
        let (width, height) = (picture.width(), picture.height());
        match PngEncoder::new(&mut png).write_image(
            picture.as_bytes(),
            width,
            height,
            ExtendedColorType::Rgba8,
        ) {
            Ok(()) => Answer::Picture { png: STANDARD.encode(png) },
            Err(error) => failed(error.to_string()),
        }
    }

    /// A second passed: light, rest and mirror of the screen.
    pub fn second(&self) {
        let news = self.shell.borrow().machine_news();
        for event in news {
            self.happen(event);
        }
        self.work_at_night();
        self.rest_a_little();
        self.mirror();
    }

    fn rest_a_little(&self) {
        let (now, page, closed, wanted) = {
            let shell = self.shell.borrow();
            let session = shell.session();
            let closed = matches!(session.place(), Place::OutOfService(out) if out.reason == OutOfServiceReason::Closed);
            (session.facts().now, session.page(), closed, shell.agent_now().dark_outside_hours())
        };
        let awake = self.rest.awake_until.get().is_some_and(|until| now < until);
        let dark = closed && wanted && !awake;
        let navigation = self.navigation();
        if navigation.get_dark() != dark {
            navigation.set_dark(dark);
            self.shell.borrow().agent_now().light(!dark);
        }
        let quiet = matches!(page, Page::Idle | Page::OutOfService);
        let since = quiet.then(|| self.rest.quiet_since.get().unwrap_or(now));
        self.rest.quiet_since.set(since);
        let steps = since.map_or(0, |since| (now - since).whole_minutes() / MOVES_EVERY_MINUTES);
        let (x, y) = MOVES[usize::try_from(steps).unwrap_or(0) % MOVES.len()];
        if (navigation.get_shift_x(), navigation.get_shift_y()) != (x, y) {
            navigation.set_shift_x(x);
            navigation.set_shift_y(y);
            self.renew();
        }
    }

    /// The worker of the desk sees the page as it is painted, where the resident lets them.
    fn mirror(&self) {
        let shown = {
            let shell = self.shell.borrow();
            shell.session().visit().and_then(|visit| visit.desk.as_ref()).map(|desk| desk.sight)
        };
        match shown {
            Some(Sight::Shown) => {
                let tokens = self.window.global::<Tokens<'_>>();
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "pixels of a screen"
                )]
                let (width, height) = (tokens.get_screen_width() as u32, tokens.get_screen_height() as u32);
                let elements = elements::visible(self.window.window());
                let mut shell = self.shell.borrow_mut();
                let session = shell.session().clone();
                shell.agent().mirror(&session, &elements, width, height);
            }
            Some(Sight::Hidden) => self.shell.borrow_mut().agent().hide(),
            None => {}
        }
    }
}
