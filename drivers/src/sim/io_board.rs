//! A board of eight inputs and eight relays on a pty.
//!
//! Duty: answer Modbus RTU (functions 01, 02, 05, 0F) as the standard says, with the faults it is given. Never: import the
//! driver.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::fault::FaultName;
use super::pty::Pty;

/// How often the thread looks whether it shall end.
const LOOK: Duration = Duration::from_millis(20);
/// The unit number of the board.
const UNIT: u8 = 1;
/// Inputs, and relays.
const LINES: usize = 8;

/// A fault of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IoBoardFault {
    /// Answers nothing.
    Silent,
    /// The first answer is lost.
    LostOnce,
    /// Every answer has wrong check bytes.
    Checksum,
    /// The first answer has.
    ChecksumOnce,
    /// Refuses every request (exception 02, illegal data address).
    Refused,
    /// Another unit answers.
    WrongUnit,
    /// The cable is pulled with the first request.
    Unplugged,
    /// The cabinet's contact says that it stands open.
    DoorOpen,
    /// The power supply's contact says that mains are away.
    OnBattery,
    /// Both contacts of the power supply are closed.
    BatteryLow,
}

const NAMED: [(FaultName, IoBoardFault); 10] = [
    named("io_board.silent", "the board answers nothing", IoBoardFault::Silent),
    named("io_board.lost_once", "the board's first answer is lost", IoBoardFault::LostOnce),
    named("io_board.checksum", "every answer of the board has wrong check bytes", IoBoardFault::Checksum),
    named(
        "io_board.checksum_once",
        "the board's first answer has wrong check bytes",
        IoBoardFault::ChecksumOnce,
    ),
    named("io_board.refused", "the board refuses every request", IoBoardFault::Refused),
    named("io_board.wrong_unit", "another unit answers in the board's place", IoBoardFault::WrongUnit),
    named(
        "io_board.unplugged",
        "the board's cable is pulled with the first request",
        IoBoardFault::Unplugged,
    ),
    named("io_board.door_open", "the cabinet stands open", IoBoardFault::DoorOpen),
    named(
        "io_board.on_battery",
        "the power supply's contact says that mains are away",
        IoBoardFault::OnBattery,
    ),
    named("io_board.battery_low", "and that its battery is nearly empty", IoBoardFault::BatteryLow),
];

const fn named(name: &'static str, meaning: &'static str, fault: IoBoardFault) -> (FaultName, IoBoardFault) {
    (FaultName { name, meaning }, fault)
}

/// The names, for `--fault list`.
pub fn fault_names() -> impl Iterator<Item = FaultName> {
    NAMED.into_iter().map(|(name, _)| name)
}

impl IoBoardFault {
    /// The fault of that full name, `io_board.silent`.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMED.iter().find(|(n, _)| n.name == name).map(|(_, fault)| *fault)
    }
}

/// How the simulated board's inputs are wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// 0
    Presence = 0,
    /// 1
    Door = 1,
    /// 2
    OnBattery = 2,
    /// 3
    BatteryLow = 3,
}

#[derive(Default)]
struct Board {
    inputs: [bool; LINES],
    relays: [bool; LINES],
    fault: Option<IoBoardFault>,
    unplugged: bool,
}

/// The board; ends when dropped.
pub struct SimulatedIoBoard {
    board: Arc<Mutex<Board>>,
    ends: Arc<AtomicBool>,
    port: String,
    thread: Option<JoinHandle<()>>,
}

impl SimulatedIoBoard {
    /// Opens a pty and begins to answer.
    ///
    /// # Errors
    /// The system has no more ptys or threads.
    pub fn start(fault: Option<IoBoardFault>) -> io::Result<Self> {
        let pty = Pty::open()?;
        let port = format!("serial:{}", pty.path().display());
        let board = Arc::new(Mutex::new(Board { fault, ..Board::default() }));
        let ends = Arc::new(AtomicBool::new(false));
        let (answering, ending) = (Arc::clone(&board), Arc::clone(&ends));
        let thread = std::thread::Builder::new()
            .name("simulated io board".to_owned())
            .spawn(move || run(&pty, &answering, &ending))?;
        let simulated = Self { board, ends, port, thread: Some(thread) };
        for (when, input) in [
            (IoBoardFault::DoorOpen, Input::Door),
            (IoBoardFault::OnBattery, Input::OnBattery),
            (IoBoardFault::BatteryLow, Input::OnBattery),
            (IoBoardFault::BatteryLow, Input::BatteryLow),
        ] {
            if fault == Some(when) {
                simulated.set(input, true);
            }
        }
        Ok(simulated)
    }

    /// The port as command lines write it.
    pub fn port(&self) -> &str {
        &self.port
    }

    /// Closes or opens an input.
    pub fn set(&self, input: Input, closed: bool) {
        lock(&self.board).inputs[input as usize] = closed;
    }

    /// Gives it a fault from now on, or mends it.
    pub fn set_fault(&self, fault: Option<IoBoardFault>) {
        lock(&self.board).fault = fault;
    }

    /// Which relays are closed; 0 is the light over the card area, 1 the one over the paper's exit.
    pub fn relays(&self) -> [bool; LINES] {
        lock(&self.board).relays
    }
}

impl Drop for SimulatedIoBoard {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn lock(board: &Mutex<Board>) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(pty: &Pty, board: &Mutex<Board>, ends: &AtomicBool) {
    let mut heard = Vec::new();
    let mut chunk = [0; 256];
    while !ends.load(Ordering::Relaxed) {
        match pty.read(&mut chunk, LOOK) {
            // A pause ends a frame.
            Ok(0) => heard.clear(),
            Ok(count) => heard.extend_from_slice(&chunk[..count]),
            Err(_) => return,
        }
        let Some(length) = request_length(&heard) else { continue };
        if heard.len() < length {
            continue;
        }
        let request: Vec<u8> = heard.drain(..length).collect();
        let mut board = lock(board);
        if let Some(answer) = board.answer(&request)
            && pty.write_all(&answer).is_err()
        {
            return;
        }
        if board.unplugged {
            return;
        }
    }
}

/// How long the request is that begins so.
fn request_length(heard: &[u8]) -> Option<usize> {
    match heard.get(1)? {
        0x0F => Some(9 + usize::from(*heard.get(6)?)),
        _ => Some(8),
    }
}

impl Board {
    fn answer(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        let (said, check) = request.split_at(request.len() - 2);
        if said[0] != UNIT || check != check_bytes(said) {
            return None;
        }
        let fault = self.fault;
        let once = matches!(fault, Some(IoBoardFault::LostOnce | IoBoardFault::ChecksumOnce));
        if once {
            self.fault = None;
        }
        let pdu = match fault {
            Some(IoBoardFault::Silent | IoBoardFault::LostOnce) => return None,
            Some(IoBoardFault::Unplugged) => {
                self.unplugged = true;
                return None;
            }
            Some(IoBoardFault::Refused) => Err(2),
            _ => self.serve(&said[1..]),
        };
        let pdu = pdu.unwrap_or_else(|exception| vec![said[1] | 0x80, exception]);
        let unit = if fault == Some(IoBoardFault::WrongUnit) { UNIT + 1 } else { UNIT };
        let mut frame = [&[unit], pdu.as_slice()].concat();
        let mut check = check_bytes(&frame);
        if matches!(fault, Some(IoBoardFault::Checksum | IoBoardFault::ChecksumOnce)) {
            check[0] ^= 0xFF;
        }
        frame.extend(check);
        Some(frame)
    }

    /// What a request does; else the exception's code.
    fn serve(&mut self, pdu: &[u8]) -> Result<Vec<u8>, u8> {
        let number = |at: usize| usize::from(u16::from_be_bytes([pdu[at], pdu[at + 1]]));
        let (first, second) = (number(1), number(3));
        match pdu[0] {
            function @ (0x01 | 0x02) => {
                let lines = if function == 1 { &self.relays } else { &self.inputs };
                let asked = lines.get(first..first + second).filter(|asked| !asked.is_empty()).ok_or(2)?;
                let byte = asked.iter().rev().fold(0, |byte, line| byte << 1 | u8::from(*line));
                Ok(vec![function, 1, byte])
            }
            0x05 => {
                let relay = self.relays.get_mut(first).ok_or(2)?;
                *relay = match second {
                    0xFF00 => true,
                    0 => false,
                    _ => return Err(3),
                };
                Ok(pdu.to_vec())
            }
            0x0F => {
                let relays = self.relays.get_mut(first..first + second).ok_or(2)?;
                for (i, relay) in relays.iter_mut().enumerate() {
                    *relay = pdu[6 + i / 8] >> (i % 8) & 1 == 1;
                }
                Ok(pdu[..5].to_vec())
            }
            _ => Err(1),
        }
    }
}

/// The check bytes, least significant first: division by x^16 + x^15 + x^2 + 1, bit by bit.
fn check_bytes(bytes: &[u8]) -> [u8; 2] {
    let mut register: u16 = 0xFFFF;
    for byte in bytes {
        register ^= u16::from(*byte);
        for _ in 0..8 {
            let carry = register & 1;
            register >>= 1;
            if carry == 1 {
                register ^= 0b1010_0000_0000_0001;
            }
        }
    }
    register.to_le_bytes()
}
