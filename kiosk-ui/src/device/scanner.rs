//! The code scanner's thread: what it reads counts only while the page asks for a code.

use super::Watch;
use super::watch::circuit;
use crate::inbox::Post;
use domain::device::{Cause, DeviceCondition, TerminalDevice};
use domain::session::event::{DeviceEvent, EventKind};
use drivers::code_scanner::{self, CodeScanner, ScanError};
use drivers::supervisor::{Attendant, Circuit};
use drivers::transport::PortAddress;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

/// How long one look takes before a new wish is heard.
const LOOK: Duration = Duration::from_millis(300);
/// The longest that opening or a look takes.
const LIMIT: Duration = Duration::from_secs(5);

/// The way to the scanner's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Scanner(Sender<Wanted>);

/// Whether the page asks for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It does.
    Yes,
    /// It does not: what is held to the scanner now is read and dropped.
    No,
}

impl Scanner {
    /// Starts the thread for the scanner behind a port.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(port: PortAddress, watch: &Watch) -> std::io::Result<Self> {
        let (sender, wishes) = channel();
        let worker = Worker {
            port,
            post: watch.post(),
            attendant: watch.attend(TerminalDevice::CodeScanner),
            scanner: None,
            wanted: Wanted::No,
            circuit: circuit(TerminalDevice::CodeScanner),
            away: Duration::ZERO,
            trouble: None,
        };
        std::thread::Builder::new().name("code-scanner".to_owned()).spawn(move || worker.run(&wishes))?;
        Ok(Self(sender))
    }

    /// Whether a code is wanted from now on.
    pub fn set(&self, wanted: Wanted) {
        // The thread ends only with this sender.
        let _gone = self.0.send(wanted);
    }
}

struct Worker {
    port: PortAddress,
    post: Post,
    attendant: Attendant,
    scanner: Option<Box<dyn CodeScanner>>,
    wanted: Wanted,
    circuit: Circuit,
    /// How long it is left alone while it is closed.
    away: Duration,
    /// What is wrong, where something is: said once in the log.
    trouble: Option<Cause>,
}

impl Worker {
    fn run(mut self, wishes: &Receiver<Wanted>) {
        loop {
            let heard = match self.scanner {
                Some(_) => wishes.try_recv().map_err(|error| error == TryRecvError::Disconnected),
                None => {
                    wishes.recv_timeout(self.away).map_err(|error| error == RecvTimeoutError::Disconnected)
                }
            };
            match heard {
                Ok(wanted) => self.wanted = wanted,
                Err(false) if self.scanner.is_none() => self.open(),
                Err(false) => {}
                Err(true) => return,
            }
            self.look();
        }
    }

    fn open(&mut self) {
        match self.attendant.call(LIMIT, || code_scanner::open(&self.port)) {
            Ok(scanner) => {
                self.scanner = Some(scanner);
                self.trouble = None;
                self.attendant.report(DeviceCondition::ready(TerminalDevice::CodeScanner));
            }
            Err(error) => self.lost(&error),
        }
    }

    fn look(&mut self) {
        let Some(scanner) = &mut self.scanner else { return };
        match self.attendant.call(LIMIT, || scanner.scan(Instant::now() + LOOK)) {
            Ok(code) if self.wanted == Wanted::Yes => {
                self.circuit.succeeded();
                self.post.put(EventKind::Device(DeviceEvent::CodeRead(code.text)));
            }
            // It can be looked at: only now is it well.
            Ok(_) | Err(ScanError::Nothing) => self.circuit.succeeded(),
            Err(error) => self.lost(&error),
        }
    }

    fn lost(&mut self, error: &ScanError) {
        self.scanner = None;
        self.away = self.circuit.failed(Instant::now());
        let cause = error.cause();
        if self.trouble.replace(cause) != Some(cause) {
            tracing::warn!(device = "code_scanner", cause = cause.word(), %error, "the scanner is away");
        }
        self.attendant.report(DeviceCondition::troubled(TerminalDevice::CodeScanner, cause));
    }
}
