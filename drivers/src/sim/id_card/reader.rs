//! The simulated reader as others use it: a pty, a thread that answers, and a hand that places cards.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::answer::answer;
use super::chance::Chance;
use super::device::Device;
use super::fault::CardFault;
use super::fictitious_card::FictitiousCard;
use super::line::{self, Incoming};
use super::plug::Plug;
use crate::sim::pty::{Pace, Pty};

/// How often the thread looks whether it shall end.
const LOOK: Duration = Duration::from_millis(20);
/// A UART hands bytes on in small lots.
const LOT: usize = 16;
/// Bytes of a request without parameters.
const SHORTEST_REQUEST: u32 = 10;
/// How much slower a slow reader is.
const SLOWER: u32 = 8;
/// How long a reader whose plug a fault pulled stays away.
const AWAY: Duration = Duration::from_secs(1);

/// How the reader is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderOptions {
    /// Speed of its line, bits a second; it answers at no other.
    pub baud: u32,
    /// What its noise grows from.
    pub seed: u64,
    /// Time that the radio to the card takes, at each request that needs the card.
    pub work: Duration,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self { baud: 115_200, seed: 1, work: Duration::ZERO }
    }
}

/// A request that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When its last byte was there.
    pub at: Instant,
    /// CMD and PARA.
    pub code: [u8; 2],
}

/// A reader on a pty; ends when it is dropped, and the host then finds its port gone, as when it is unplugged.
pub struct SimulatedCardReader {
    plug: Arc<Plug>,
    state: Arc<Mutex<State>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// So many requests are remembered.
const REMEMBERED: usize = 4096;

struct State {
    device: Device,
    asked: VecDeque<Asked>,
}

impl SimulatedCardReader {
    /// Opens a pty and begins to answer.
    ///
    /// # Errors
    /// The system has no more ptys or threads.
    pub fn start(options: ReaderOptions) -> io::Result<Self> {
        Self::on(Plug::new(None)?, options)
    }

    /// The same behind a name that stays: `link` leads to the pty, is away while the reader is unplugged, and leads to a
    /// new pty once it is back, as a rule of udev does it.
    ///
    /// # Errors
    /// The system has no more ptys or threads, or the link cannot be made.
    pub fn start_linked(link: &Path, options: ReaderOptions) -> io::Result<Self> {
        Self::on(Plug::new(Some(link.to_owned()))?, options)
    }

    fn on(plug: Plug, options: ReaderOptions) -> io::Result<Self> {
        let plug = Arc::new(plug);
        let state = Arc::new(Mutex::new(State { device: Device::new(options.baud), asked: VecDeque::new() }));
        let ends = Arc::new(AtomicBool::new(false));
        let answering = Answering {
            plug: Arc::clone(&plug),
            state: Arc::clone(&state),
            ends: Arc::clone(&ends),
            chance: Chance::new(options.seed),
            work: options.work,
        };
        let thread =
            std::thread::Builder::new().name("simulated card reader".to_owned()).spawn(|| answering.run())?;
        Ok(Self { plug, state, ends, thread: Some(thread) })
    }

    /// The device file that the host opens: the link where there is one, else the pty, and nothing while it is unplugged.
    pub fn path(&self) -> PathBuf {
        self.plug.path()
    }

    /// The port as command lines write it: `serial:/dev/pts/3`.
    pub fn port(&self) -> String {
        format!("serial:{}", self.path().display())
    }

    /// Lays a card on the reader, in place of one that may lie there.
    pub fn place(&self, card: FictitiousCard) {
        self.state().device.place(card);
    }

    /// Takes the card away.
    pub fn take(&self) {
        self.state().device.take();
    }

    /// Whether a card lies there.
    pub fn has_card(&self) -> bool {
        self.state().device.has_card()
    }

    /// Pulls the plug: the host finds its port gone, and no new one.
    pub fn unplug(&self) {
        self.plug.pull();
    }

    /// Plugs the reader in again; what lies on it still lies there, unread.
    ///
    /// # Errors
    /// The system has no more ptys, or the link cannot be made.
    pub fn plug_in(&self) -> io::Result<()> {
        self.state().device.restarts();
        self.plug.insert()
    }

    /// Lets a fault begin.
    pub fn inject(&self, fault: CardFault) {
        self.state().device.inject(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.state().device.clear_faults();
    }

    /// For how long the card that lies there has been a read one, which find no longer sees; none while it was not read.
    pub fn read_since(&self) -> Option<Duration> {
        let state = self.state();
        let read = state.asked.iter().rev().find(|asked| matches!(asked.code, [0x30, 0x01 | 0x10]))?;
        state.device.has_read_card().then(|| read.at.elapsed())
    }

    /// The requests that came, oldest first, the last 4096 of them.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.iter().copied().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for SimulatedCardReader {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed where it happened.
            let _ = thread.join();
        }
    }
}

/// A thread that panicked leaves the state as it was, which is good enough for a simulator.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Answering {
    plug: Arc<Plug>,
    state: Arc<Mutex<State>>,
    ends: Arc<AtomicBool>,
    chance: Chance,
    work: Duration,
}

/// Whether the host can still hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Plugged,
    Pulled,
}

/// How an answer goes out.
struct Delivery {
    bytes: Vec<u8>,
    lot: usize,
    pace: Pace,
}

impl Answering {
    fn run(mut self) {
        let mut received = Vec::new();
        let mut back_at = None;
        while !self.ends.load(Ordering::Relaxed) {
            match self.plug.pty() {
                Some(pty) => {
                    if self.listen(&pty, &mut received) == Line::Pulled {
                        drop(pty);
                        self.plug.pull();
                        received.clear();
                        back_at = Some(Instant::now() + AWAY);
                    }
                }
                None => {
                    std::thread::sleep(LOOK);
                    if back_at.is_some_and(|at| at <= Instant::now()) {
                        back_at = None;
                        lock(&self.state).device.restarts();
                        // A system without ptys leaves it unplugged.
                        let _ = self.plug.insert();
                    }
                }
            }
        }
    }

    /// One look at what the host sends, and the answers to it.
    fn listen(&mut self, pty: &Pty, received: &mut Vec<u8>) -> Line {
        let mut chunk = [0; 256];
        // A pty that fails is one whose system is going down.
        let Ok(count) = pty.read(&mut chunk, LOOK) else { return Line::Plugged };
        let started = Instant::now();
        let baud = lock(&self.state).device.baud();
        if pty.host_baud().ok() != Some(baud) {
            // At another speed the bits make other bytes, none of which mean anything.
            received.clear();
            return Line::Plugged;
        }
        received.extend_from_slice(&chunk[..count]);
        while let Some(incoming) = line::take_request(received) {
            if let Some(step) = incoming.step()
                && lock(&self.state).device.takes(CardFault::Unplugged(step))
            {
                return Line::Pulled;
            }
            let Some(delivery) = self.answer(&incoming, started) else { continue };
            if Self::deliver(pty, delivery).is_err() {
                return Line::Plugged;
            }
            lock(&self.state).device.answer_has_gone();
        }
        Line::Plugged
    }

    fn answer(&mut self, incoming: &Incoming, started: Instant) -> Option<Delivery> {
        let mut state = lock(&self.state);
        let State { device, asked } = &mut *state;
        let (code, request_bytes) = match incoming {
            Incoming::Request { code, bytes, .. } => (*code, *bytes),
            Incoming::WrongCheck | Incoming::WrongLength => ([0, 0], SHORTEST_REQUEST),
        };
        if code != [0, 0] {
            if asked.len() == REMEMBERED {
                asked.pop_front();
            }
            asked.push_back(Asked { at: started, code });
        }
        let bytes = answer(device, &mut self.chance, incoming)?;
        let baud = if device.has(CardFault::Slow) { device.baud() / SLOWER } else { device.baud() };
        let mut pace = Pace::since(started, baud);
        pace.after(request_bytes);
        if matches!(code, [0x20 | 0x30, _]) {
            pace.wait(self.work);
        }
        Some(Delivery { bytes, lot: if device.has(CardFault::Split) { 1 } else { LOT }, pace })
    }

    fn deliver(pty: &Pty, Delivery { bytes, lot, mut pace }: Delivery) -> io::Result<()> {
        for lot in bytes.chunks(lot) {
            let there = pace.after(u32::try_from(lot.len()).unwrap_or(u32::MAX));
            std::thread::sleep(there.saturating_duration_since(Instant::now()));
            pty.write_all(lot)?;
        }
        Ok(())
    }
}
