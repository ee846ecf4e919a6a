//! Lights, presence and contacts: the thread of the board.
//!
//! Duty: light what the visit wishes, say who came or went and where the current comes from. Never: decide what follows
//! from that.

use super::Watch;
use super::watch::circuit;
use crate::inbox::Post;
use domain::device::{Cause, DeviceCondition, Lights, PowerSource, Presence, TerminalDevice};
use domain::session::event::{DeviceEvent, EventKind};
use drivers::io_board::{self, Contact, Contacts, IoBoard, IoBoardError, Light, Lit, Wiring};
use drivers::supervisor::{Attendant, Circuit};
use drivers::transport::PortAddress;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often the contacts are read.
const LOOK: Duration = Duration::from_millis(250);
/// The longest that a look takes: each request twice, on a line that is silent.
const LIMIT: Duration = Duration::from_secs(5);

/// The way to the board's thread; dropping it puts the lights out and ends the thread.
#[derive(Debug)]
pub struct IoBoardDesk(Sender<Lights>);

impl IoBoardDesk {
    /// Starts the thread for the board behind a port.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(port: PortAddress, wiring: Wiring, watch: &Watch) -> std::io::Result<Self> {
        let (sender, wishes) = channel();
        let worker = Worker {
            port,
            wiring,
            post: watch.post(),
            attendant: watch.attend(TerminalDevice::IoBoard),
            board: None,
            wanted: Lights::default(),
            lit: None,
            presence: None,
            power: None,
            circuit: circuit(TerminalDevice::IoBoard),
            away: Duration::ZERO,
            trouble: None,
        };
        std::thread::Builder::new().name("io-board".to_owned()).spawn(move || worker.run(&wishes))?;
        Ok(Self(sender))
    }

    /// Which lights are lit from now on.
    pub fn set(&self, lights: Lights) {
        // The thread ends only with this sender.
        let _gone = self.0.send(lights);
    }
}

struct Worker {
    port: PortAddress,
    wiring: Wiring,
    post: Post,
    attendant: Attendant,
    board: Option<Box<dyn IoBoard>>,
    wanted: Lights,
    /// What was lit last; none after the board was opened.
    lit: Option<Lights>,
    presence: Option<Presence>,
    power: Option<PowerSource>,
    circuit: Circuit,
    /// How long it is left alone while it is closed.
    away: Duration,
    /// What is wrong, where something is: said once in the log.
    trouble: Option<Cause>,
}

impl Worker {
    fn run(mut self, wishes: &Receiver<Lights>) {
        loop {
            let wait = if self.board.is_some() { LOOK } else { self.away };
            match wishes.recv_timeout(wait) {
                Ok(lights) => self.wanted = lights,
                Err(RecvTimeoutError::Timeout) if self.board.is_none() => self.open(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.wanted = Lights::default();
                    self.look();
                    return;
                }
            }
            self.look();
        }
    }

    fn open(&mut self) {
        match self.attendant.call(LIMIT, || io_board::open(&self.port, self.wiring)) {
            Ok(board) => {
                self.board = Some(board);
                self.lit = None;
            }
            Err(error) => self.lost(&error),
        }
    }

    fn look(&mut self) {
        let Some(board) = &mut self.board else { return };
        let (wanted, lit) = (self.wanted, self.lit);
        let looked = self.attendant.call(LIMIT, || {
            light(board.as_mut(), wanted, lit)?;
            board.contacts()
        });
        match looked {
            Ok(contacts) => {
                self.lit = Some(wanted);
                self.circuit.succeeded();
                self.say(&contacts);
            }
            Err(error) => self.lost(&error),
        }
    }

    fn say(&mut self, contacts: &Contacts) {
        let presence = contacts.is(Contact::Presence).map(|there| match there {
            true => Presence::Present,
            false => Presence::NotPresent,
        });
        self.say_presence(presence);
        let power = match (contacts.is(Contact::OnBattery), contacts.is(Contact::BatteryLow)) {
            (None, None) => None,
            (_, Some(true)) => Some(PowerSource::BatteryLow),
            (Some(true), _) => Some(PowerSource::Battery),
            _ => Some(PowerSource::Mains),
        };
        if let Some(power) = power
            && self.power.replace(power) != Some(power)
        {
            self.post.put(EventKind::Device(DeviceEvent::Power(power)));
        }
        self.trouble = None;
        self.attendant.report(DeviceCondition::of(TerminalDevice::IoBoard, contacts.cause()));
    }

    fn say_presence(&mut self, presence: Option<Presence>) {
        if let Some(presence) = presence
            && self.presence.replace(presence) != Some(presence)
        {
            self.post.put(EventKind::Device(DeviceEvent::Presence(presence)));
        }
    }

    fn lost(&mut self, error: &IoBoardError) {
        self.board = None;
        // Also one that opens well and then fails is tried more and more seldom.
        self.away = self.circuit.failed(Instant::now());
        // A sensor that is away sends nobody away.
        if self.presence == Some(Presence::NotPresent) {
            self.say_presence(Some(Presence::Present));
        }
        let cause = error.cause();
        if self.trouble.replace(cause) != Some(cause) {
            tracing::warn!(device = "io_board", cause = cause.word(), %error, "the board is away");
        }
        self.attendant.report(DeviceCondition::troubled(TerminalDevice::IoBoard, cause));
    }
}

/// Lights what is to be lit and is not.
fn light(board: &mut dyn IoBoard, wanted: Lights, lit: Option<Lights>) -> Result<(), IoBoardError> {
    let lights = [
        (Light::CardArea, wanted.card_area, lit.map(|lit| lit.card_area)),
        (Light::PaperExit, wanted.paper_exit, lit.map(|lit| lit.paper_exit)),
    ];
    for (light, wanted, lit) in lights {
        if lit != Some(wanted) {
            board.light(light, if wanted { Lit::On } else { Lit::Off })?;
        }
    }
    Ok(())
}
