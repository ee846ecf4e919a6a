//! A receipt printer that is not there, on a pty, a TCP port or a USB cable of the kernel's own.
//!
//! Duty: obey ESC/POS byte by byte, draw the paper, answer, fail on demand. Never: share code with the driver; it is
//! written from the reference page "receipt printer".

mod command;
mod exit;
mod fault;
mod mechanism;
mod paper;
mod receiver;
mod usb_class;
mod wire;

pub use fault::{Moment, PrinterFault, fault_names};
pub use paper::SimulatedPaper;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mechanism::Mechanism;
use paper::RomFont;
use wire::Wire;

/// What a simulated printer can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrinterModel {
    /// Dots across.
    pub dots: usize,
    /// Answers `GS ( H` fn 48.
    pub process_id: bool,
    /// Obeys `DLE DC4` fn 8.
    pub clears_buffers: bool,
    /// Sees the end of the roll coming.
    pub near_end_sensor: bool,
    /// Has the four-byte characters of GB 18030.
    pub four_byte_characters: bool,
    /// Has a cutter; else a paper comes out when it has been fed to the tear bar and the printer is asked for `GS r`.
    pub cutter: bool,
    /// Counts feeds in half dots until `GS P` says otherwise.
    pub half_dot_units: bool,
    /// Tells changes by itself (`GS a`).
    pub tells_by_itself: bool,
    /// Bit 2 of the answer to `DLE EOT 3` is the exit's, not the paper path's.
    pub jam_bit_is_the_exits: bool,
    /// Holds papers out, and has a question about that.
    pub presenter: Option<PresenterQuestion>,
}

/// The question that a printer with a presenter answers about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresenterQuestion {
    /// `DLE EOT 20`: the full status of Custom's printers.
    FullStatus,
    /// `DLE EOT 5`, as Seiko's printers: bit 2 exit blocked, bit 5 paper held out.
    FifthStatus,
}

impl PrinterModel {
    /// Like Epson's 80 mm printers.
    pub const EPSON_80: Self = Self {
        dots: 576,
        process_id: true,
        clears_buffers: true,
        near_end_sensor: true,
        four_byte_characters: false,
        cutter: true,
        half_dot_units: true,
        tells_by_itself: true,
        jam_bit_is_the_exits: false,
        presenter: None,
    };
    /// The same for 58 mm, without the near-end sensor.
    pub const EPSON_58: Self = Self { dots: 384, near_end_sensor: false, ..Self::EPSON_80 };
    /// A cheap one for 80 mm.
    pub const CLONE_80: Self = Self {
        process_id: false,
        clears_buffers: false,
        near_end_sensor: false,
        half_dot_units: false,
        ..Self::EPSON_80
    };
    /// A cheap one for 58 mm, without a cutter.
    pub const CLONE_58: Self = Self { dots: 384, cutter: false, ..Self::CLONE_80 };

    /// Like Custom's VKP80: a total cut, a presenter, the full status, and nothing told by itself.
    pub const CUSTOM_VKP80: Self = Self {
        process_id: false,
        clears_buffers: false,
        tells_by_itself: false,
        presenter: Some(PresenterQuestion::FullStatus),
        ..Self::EPSON_80
    };
    /// Like SNBC's 80 mm printers.
    pub const SNBC_80: Self = Self {
        process_id: false,
        clears_buffers: false,
        four_byte_characters: true,
        jam_bit_is_the_exits: true,
        ..Self::EPSON_80
    };
    /// Like Seiko's kiosk printers.
    pub const SEIKO_80: Self = Self {
        process_id: false,
        clears_buffers: false,
        half_dot_units: false,
        presenter: Some(PresenterQuestion::FifthStatus),
        ..Self::EPSON_80
    };

    /// Dots of a vertical motion unit before any command, as a fraction.
    const fn unit(self) -> (usize, usize) {
        if self.half_dot_units { (1, 2) } else { (1, 1) }
    }
}

/// How fast paper moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// Without time.
    AtOnce,
    /// As a real head.
    MillimetresPerSecond(u16),
}

/// Where a simulated printer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A pty.
    Pty,
    /// A TCP port, as network printers have 9100; port 0 takes a free one.
    Tcp(SocketAddr),
    /// The USB printer class, `/dev/usb/lp0`: [`crate::sim::usb_gadget`] says what that needs.
    UsbClass,
}

/// What is called with each paper as it comes out, before the printer answers anything more.
pub type OnPaper = Box<dyn FnMut(&SimulatedPaper) + Send>;

/// A simulated printer to be switched on.
pub struct PrinterSimulator {
    /// What it can do.
    pub model: PrinterModel,
    /// Where it is.
    pub place: Place,
    /// How fast it is.
    pub speed: Speed,
    /// The typeface that stands for its own, an OpenType file.
    pub font: &'static [u8],
    /// The same, bold.
    pub bold_font: &'static [u8],
    /// Faults from the beginning, or waiting for their moment.
    pub faults: Vec<PrinterFault>,
    /// Called with each paper.
    pub on_paper: Option<OnPaper>,
}

/// A simulated printer that is running; dropping it switches it off.
pub struct RunningPrinter {
    shared: Arc<Shared>,
    address: String,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    mechanism: Mutex<Mechanism>,
    changed: Condvar,
    stop: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Mechanism> {
        self.mechanism.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the printer listens before it looks at its paper again: while it has something to print, and idle.
const BUSY_TICK: Duration = Duration::from_millis(2);
const IDLE_TICK: Duration = Duration::from_millis(20);

impl PrinterSimulator {
    /// An Epson-like printer on a pty, without faults, as fast as it can.
    pub fn new(font: &'static [u8], bold_font: &'static [u8]) -> Self {
        Self {
            model: PrinterModel::EPSON_80,
            place: Place::Pty,
            speed: Speed::AtOnce,
            font,
            bold_font,
            faults: Vec::new(),
            on_paper: None,
        }
    }

    /// Switches it on.
    ///
    /// # Errors
    /// No pty or port is free, or a font is none.
    pub fn start(self) -> io::Result<RunningPrinter> {
        let font = RomFont::new(self.font, self.bold_font).map_err(io::Error::other)?;
        let mut wire = Wire::open(self.place)?;
        let mut mechanism = Mechanism::new(self.model, self.speed, font);
        self.faults.into_iter().for_each(|fault| mechanism.set_fault(fault));
        let address = wire.address();
        let shared = Arc::new(Shared {
            mechanism: Mutex::new(mechanism),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
        });
        let (inside, mut on_paper) = (Arc::clone(&shared), self.on_paper);
        let thread = std::thread::Builder::new().name("simulated printer".to_owned()).spawn(move || {
            while !inside.stop.load(Ordering::Relaxed) {
                match turn(&inside, &mut wire, &mut on_paper) {
                    Ok(()) => {}
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    // A port that breaks ends the simulation; the driver sees a printer that is gone.
                    Err(_) => break,
                }
            }
        })?;
        Ok(RunningPrinter { shared, address, thread: Some(thread) })
    }
}

/// Listens, works, answers.
fn turn(shared: &Shared, wire: &mut Wire, on_paper: &mut Option<OnPaper>) -> io::Result<()> {
    let mut bytes = [0; 4096];
    let tick = if shared.lock().waiting() > 0 { BUSY_TICK } else { IDLE_TICK };
    let count = wire.read(&mut bytes, tick)?;
    let mut mechanism = shared.lock();
    let before = mechanism.papers.len();
    mechanism.receive(&bytes[..count]);
    mechanism.work(Instant::now());
    if let Some(call) = on_paper {
        mechanism.papers.iter().skip(before).for_each(call);
    }
    let replies = mechanism.take_replies();
    let (waiting, held, plug) = (mechanism.waiting(), mechanism.held(), mechanism.plug());
    let lines = mechanism.status_lines();
    drop(mechanism);
    shared.changed.notify_all();
    wire.plug(plug)?;
    wire.lines(lines);
    wire.flow(waiting, held)?;
    wire.write_all(&replies)
}

impl RunningPrinter {
    /// Its port as a command line names it: `serial:/dev/pts/3`, `tcp:127.0.0.1:41000`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Makes a fault happen.
    pub fn set_fault(&self, fault: PrinterFault) {
        self.shared.lock().set_fault(fault);
    }

    /// Makes everything well: power, head, cover, cutter, paper.
    pub fn clear_faults(&self) {
        self.shared.lock().clear_faults();
    }

    /// A new roll; the printer goes on with what is in its buffer.
    pub fn refill(&self) {
        self.shared.lock().refill();
    }

    /// Closes the cover.
    pub fn close_cover(&self) {
        self.shared.lock().close_cover();
    }

    /// Takes the paper that is held out, if one is.
    pub fn take_paper(&self) {
        self.shared.lock().take_paper();
        self.shared.changed.notify_all();
    }

    /// The papers that were held out and taken back, the oldest first.
    pub fn retracted(&self) -> Vec<SimulatedPaper> {
        self.shared.lock().retracted.iter().cloned().collect()
    }

    /// The papers that came out, the oldest first; of a printer with a presenter, those that were taken.
    pub fn papers(&self) -> Vec<SimulatedPaper> {
        self.shared.lock().papers.iter().cloned().collect()
    }

    /// What stands under the head, not cut off.
    pub fn paper_in_printer(&self) -> SimulatedPaper {
        self.shared.lock().paper_in_printer()
    }

    /// Waits for the paper of that number, counted from 0; none if it does not come in time.
    pub fn wait_for_paper(&self, number: usize, limit: Duration) -> Option<SimulatedPaper> {
        let waiting = |mechanism: &mut Mechanism| mechanism.papers.len() <= number;
        let guard = self.shared.lock();
        let result = self.shared.changed.wait_timeout_while(guard, limit, waiting);
        let (guard, _) = result.unwrap_or_else(PoisonError::into_inner);
        guard.papers.get(number).cloned()
    }
}

impl Drop for RunningPrinter {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic in the simulation has been printed by its thread.
            let _ = thread.join();
        }
    }
}
