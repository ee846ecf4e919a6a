//! The printer between its buffer and its paper.
//!
//! Duty: execute commands while nothing stops it, watch its sensors, answer. Never: touch a port or a thread; time is
//! handed in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use encoding_rs::GB18030;
use qrcode::{EcLevel, QrCode};

use super::command::{Command, Front, Move, front};
use super::exit::Exit;
use super::fault::{Moment, PrinterFault};
use super::paper::{HEAD_TO_CUTTER, Paper, Placed, RomFont, SimulatedPaper};
use super::receiver::{RealTime, Received, Receiver};
use super::{PresenterQuestion, PrinterModel, Speed};

/// The state of a simulated printer.
pub(super) struct Mechanism {
    model: PrinterModel,
    speed: Speed,
    font: RomFont,
    receiver: Receiver,
    buffer: Vec<u8>,
    replies: Vec<u8>,
    settings: Settings,
    line: Vec<Placed>,
    code: Code,
    paper: Paper,
    pub(super) papers: VecDeque<SimulatedPaper>,
    pub(super) retracted: VecDeque<SimulatedPaper>,
    exit: Exit,
    /// Bytes that came from the port.
    received: u32,
    lines_on_paper: u32,
    last_feed: usize,
    sensors: Sensors,
    armed: Vec<PrinterFault>,
    automatic: Option<[u8; 4]>,
    busy_until: Option<Instant>,
}

/// What `ESC @` sets back.
#[derive(Clone)]
struct Settings {
    chinese: bool,
    bold: bool,
    align: u8,
    wide: usize,
    high: usize,
    line_spacing: usize,
    /// Dots of a vertical motion unit, as a fraction.
    unit: (usize, usize),
}

/// The store of `GS ( k`.
struct Code {
    module: usize,
    level: EcLevel,
    data: Vec<u8>,
}

/// What is wrong now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sensors {
    paper_low: bool,
    paper_out: bool,
    cover_open: bool,
    jam: bool,
    exit_blocked: bool,
    cutter: bool,
    overheated: bool,
    hardware: bool,
    offline: bool,
    feed_button: bool,
    dead: bool,
    unplugged: bool,
    held: bool,
    mute: bool,
    noise: bool,
    not_taken: bool,
}

/// Whether the printer's cable is in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plug {
    In,
    Pulled,
}

impl Sensors {
    /// Whether paper stands still.
    const fn stopped(self) -> bool {
        let by_hand = self.cover_open || self.feed_button;
        self.paper_out || by_hand || self.error() || self.offline || self.dead || self.unplugged
    }

    const fn error(self) -> bool {
        self.jam || self.exit_blocked || self.cutter || self.overheated || self.hardware
    }
}

const fn bit(condition: bool, bits: u8) -> u8 {
    if condition { bits } else { 0 }
}

impl Mechanism {
    pub(super) fn new(model: PrinterModel, speed: Speed, font: RomFont) -> Self {
        Self {
            settings: Settings::initial(model),
            paper: Paper::new(model.dots),
            model,
            speed,
            font,
            receiver: Receiver::default(),
            buffer: Vec::new(),
            replies: Vec::new(),
            line: Vec::new(),
            code: Code { module: 3, level: EcLevel::L, data: Vec::new() },
            papers: VecDeque::new(),
            retracted: VecDeque::new(),
            exit: Exit::Empty,
            received: 0,
            lines_on_paper: 0,
            last_feed: 0,
            sensors: Sensors::default(),
            armed: Vec::new(),
            automatic: None,
            busy_until: None,
        }
    }

    /// Makes a fault happen now or when its moment comes.
    pub(super) fn set_fault(&mut self, fault: PrinterFault) {
        match fault.moment() {
            Moment::Before => self.happen(fault),
            _ => self.armed.push(fault),
        }
        self.tell_change();
    }

    /// Everything is well again; a printer that had lost its power has forgotten what it was sent.
    pub(super) fn clear_faults(&mut self) {
        self.armed.clear();
        if self.sensors.dead {
            self.forget();
        }
        self.sensors = Sensors::default();
        self.tell_change();
    }

    pub(super) fn refill(&mut self) {
        (self.sensors.paper_out, self.sensors.paper_low) = (false, false);
        self.tell_change();
    }

    pub(super) fn close_cover(&mut self) {
        self.sensors.cover_open = false;
        self.tell_change();
    }

    pub(super) fn paper_in_printer(&self) -> SimulatedPaper {
        self.paper.as_it_stands()
    }

    /// Bytes that wait to be printed.
    pub(super) fn waiting(&self) -> usize {
        self.buffer.len()
    }

    /// Takes bytes from the port.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.received = self.received.saturating_add(1);
            if !self.armed.is_empty() {
                self.fault_at_byte();
            }
            if self.sensors.dead || self.sensors.unplugged {
                continue;
            }
            match self.receiver.push(*byte) {
                Received::Nothing => {}
                Received::Data(data) => self.buffer.extend(data),
                Received::RealTime(command) => self.obey(command),
            }
        }
    }

    fn fault_at_byte(&mut self) {
        let now = self.received;
        let due = |fault: &PrinterFault| matches!(fault.moment(), Moment::Byte(n) if n <= now);
        while let Some(at) = self.armed.iter().position(due) {
            let fault = self.armed.remove(at);
            self.happen(fault);
            self.tell_change();
        }
    }

    /// Bytes for the port; a mute or dead printer has none.
    pub(super) fn take_replies(&mut self) -> Vec<u8> {
        let replies = std::mem::take(&mut self.replies);
        let s = self.sensors;
        match (s.dead || s.mute || s.unplugged, s.noise) {
            (true, _) => Vec::new(),
            (false, false) => replies,
            (false, true) => replies.into_iter().flat_map(|byte| [NOISE, byte]).collect(),
        }
    }

    /// Whether it says stop for good.
    pub(super) const fn held(&self) -> bool {
        self.sensors.held
    }

    pub(super) const fn plug(&self) -> Plug {
        if self.sensors.unplugged { Plug::Pulled } else { Plug::In }
    }

    /// The status lines of a parallel port: 08h no error, 10h selected, 20h paper empty.
    pub(super) const fn status_lines(&self) -> u8 {
        let s = self.sensors;
        bit(!s.error(), 0x08) | bit(!s.offline, 0x10) | bit(s.paper_out, 0x20)
    }

    /// A hand takes what is held out.
    pub(super) fn take_paper(&mut self) {
        self.papers.extend(self.exit.take());
    }

    /// Executes what is in the buffer, as far as faults and the head's speed allow.
    pub(super) fn work(&mut self, now: Instant) {
        while !self.sensors.stopped() && self.busy_until.is_none_or(|until| until <= now) {
            let Front::Whole(command, length) = front(&self.buffer, self.settings.chinese) else { return };
            if let Some(fault) = self.fault_at(&command) {
                self.happen(fault);
                self.tell_change();
                return;
            }
            let bytes: Vec<u8> = self.buffer.drain(..length).collect();
            let asks = matches!(
                command,
                Command::AutomaticStatus(_)
                    | Command::TransmitStatus(_)
                    | Command::ProcessId(_)
                    | Command::Presenter(_)
            );
            if !asks {
                self.paper.bytes.extend(bytes);
            }
            let rows = self.execute(command);
            if let Speed::MillimetresPerSecond(speed) = self.speed {
                let mm = f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) * 25.4 / 203.0;
                let begin = self.busy_until.unwrap_or(now).max(now);
                self.busy_until = Some(begin + Duration::from_secs_f64(mm / f64::from(speed.max(1))));
            }
        }
    }

    /// The fault that comes in place of this command.
    fn fault_at(&mut self, command: &Command) -> Option<PrinterFault> {
        let line = match command {
            Command::LineFeed if !self.line.is_empty() => Some(self.lines_on_paper + 1),
            Command::Raster { .. } | Command::CodePrint => Some(self.lines_on_paper + 1),
            _ => None,
        };
        let due = |fault: &PrinterFault| match fault.moment() {
            Moment::Line(n) => line == Some(n),
            Moment::Cut => matches!(command, Command::Cut { .. }),
            Moment::Present => *command == Command::Presenter(Move::Present),
            Moment::Retract => *command == Command::Presenter(Move::Retract),
            Moment::Before | Moment::Byte(_) => false,
        };
        let at = self.armed.iter().position(due)?;
        // A stuck cutter sticks at the next cut as well.
        match self.armed[at] {
            PrinterFault::Cutter => Some(PrinterFault::Cutter),
            _ => Some(self.armed.remove(at)),
        }
    }

    fn happen(&mut self, fault: PrinterFault) {
        let sensors = &mut self.sensors;
        match fault {
            PrinterFault::PaperLow => sensors.paper_low = true,
            PrinterFault::PaperOut(_) => (sensors.paper_low, sensors.paper_out) = (true, true),
            PrinterFault::CoverOpen(_) => sensors.cover_open = true,
            PrinterFault::PaperJam(_) => sensors.jam = true,
            PrinterFault::ExitBlocked(_) => sensors.exit_blocked = true,
            PrinterFault::Cutter => sensors.cutter = true,
            PrinterFault::Overheated(_) => sensors.overheated = true,
            PrinterFault::Offline(_) => sensors.offline = true,
            PrinterFault::Hardware(_) => sensors.hardware = true,
            PrinterFault::FeedButton(_) => sensors.feed_button = true,
            PrinterFault::NoAnswer(_) => sensors.dead = true,
            PrinterFault::Unplugged(_) => sensors.unplugged = true,
            PrinterFault::Held(_) => sensors.held = true,
            PrinterFault::Mute => sensors.mute = true,
            PrinterFault::Noise => sensors.noise = true,
            PrinterFault::NotTaken => sensors.not_taken = true,
        }
    }

    fn obey(&mut self, command: RealTime) {
        match command {
            RealTime::Status(n @ 1..=4) => self.replies.push(self.real_time_status(n)),
            RealTime::Status(n) => self.own_question(n),
            RealTime::RecoverAndRepeat => self.recover(),
            RealTime::RecoverAndClear => {
                if self.sensors.jam || self.sensors.cutter {
                    self.forget();
                }
                self.recover();
            }
            RealTime::Clear if self.model.clears_buffers => {
                self.forget();
                self.replies.extend([0x37, 0x25, 0x00]);
            }
            RealTime::Clear => {}
        }
    }

    /// From an error that a command can end.
    fn recover(&mut self) {
        (self.sensors.jam, self.sensors.cutter) = (false, false);
        self.tell_change();
    }

    fn forget(&mut self) {
        self.buffer.clear();
        self.line.clear();
        self.receiver = Receiver::default();
    }

    /// What a printer with a presenter answers about it; others do not know the question.
    fn own_question(&mut self, n: u8) {
        let (s, held_out) = (self.sensors, self.exit.is_held_out());
        match (self.model.presenter, n) {
            (Some(PresenterQuestion::FullStatus), 20) => self.replies.extend([
                0x10,
                0x0F,
                bit(s.paper_out, 0x01) | bit(s.paper_low, 0x04) | bit(held_out, 0x20),
                bit(s.cover_open, 0x02) | bit(s.feed_button, 0x20),
                bit(s.overheated, 0x01) | bit(s.jam || s.exit_blocked, 0x40),
                bit(s.cutter, 0x01) | bit(s.hardware, 0x08),
            ]),
            (Some(PresenterQuestion::FifthStatus), 5) => {
                self.replies.push(0x12 | bit(s.exit_blocked, 0x04) | bit(held_out, 0x20));
            }
            _ => return,
        }
        if !s.not_taken {
            self.papers.extend(self.exit.told());
        }
    }

    /// Whether bit 2 of the error status is set.
    const fn jam_bit(&self) -> bool {
        let s = self.sensors;
        match (self.model.jam_bit_is_the_exits, self.model.presenter) {
            (true, _) => s.exit_blocked,
            (false, None) => s.jam || s.exit_blocked,
            (false, Some(_)) => s.jam,
        }
    }

    fn real_time_status(&self, n: u8) -> u8 {
        let s = self.sensors;
        let low = s.paper_low && self.model.near_end_sensor;
        0x12 | match n {
            1 => bit(s.stopped(), 0x08) | bit(s.jam || s.cutter, 0x20) | bit(s.feed_button, 0x40),
            2 => {
                let by_hand = bit(s.cover_open, 0x04) | bit(s.feed_button, 0x08);
                by_hand | bit(s.paper_out, 0x20) | bit(s.error(), 0x40)
            }
            3 => {
                bit(self.jam_bit(), 0x04)
                    | bit(s.cutter, 0x08)
                    | bit(s.hardware, 0x20)
                    | bit(s.overheated, 0x40)
            }
            _ => bit(low, 0x0C) | bit(s.paper_out, 0x60),
        }
    }

    fn automatic_status(&self) -> [u8; 4] {
        let s = self.sensors;
        let low = s.paper_low && self.model.near_end_sensor;
        [
            0x10 | bit(s.stopped(), 0x08) | bit(s.cover_open, 0x20) | bit(s.feed_button, 0x40),
            bit(self.jam_bit(), 0x04) | bit(s.cutter, 0x08) | bit(s.hardware, 0x20) | bit(s.overheated, 0x40),
            bit(low, 0x03) | bit(s.paper_out, 0x0C),
            0x0F,
        ]
    }

    fn tell_change(&mut self) {
        let now = self.automatic_status();
        if let Some(before) = self.automatic.replace(now) {
            if before != now {
                self.replies.extend(now);
            }
        } else {
            self.automatic = None;
        }
    }

    /// Executes a command; the rows by which the paper moved.
    fn execute(&mut self, command: Command) -> usize {
        match command {
            Command::Character(code) => return self.character(&code),
            Command::LineFeed => return self.line_feed(),
            Command::FeedUnits(n) => {
                let (dots, units) = self.settings.unit;
                return self.flush_line() + self.feed(usize::from(n) * dots / units);
            }
            Command::FeedLines(n) => {
                return self.flush_line() + self.feed(usize::from(n) * self.settings.line_spacing);
            }
            Command::Raster { mode, row_bytes, rows, dots } => {
                return self.raster(mode, row_bytes, rows, &dots);
            }
            Command::CodePrint => return self.print_code(),
            Command::Cut { feed } => return self.cut(feed),
            Command::Initialise => self.settings = Settings::initial(self.model),
            Command::LineSpacing(n) => {
                let (dots, units) = self.settings.unit;
                self.settings.line_spacing = n.map_or(DEFAULT_SPACING, |n| usize::from(n) * dots / units);
            }
            Command::MotionUnits(_, y) => {
                self.settings.unit = if y == 0 { self.model.unit() } else { (203, usize::from(y)) };
            }
            Command::Size(wide, high) => (self.settings.wide, self.settings.high) = (wide, high),
            Command::Bold(bold) => self.settings.bold = bold,
            Command::Align(align) => self.settings.align = align,
            Command::Chinese(chinese) => self.settings.chinese = chinese,
            Command::AutomaticStatus(0) => self.automatic = None,
            Command::AutomaticStatus(_) if !self.model.tells_by_itself => {}
            Command::AutomaticStatus(_) => {
                let now = self.automatic_status();
                self.automatic = Some(now);
                self.replies.extend(now);
            }
            Command::TransmitStatus(_) => {
                self.tear_off();
                let low = self.sensors.paper_low && self.model.near_end_sensor;
                self.replies.push(bit(low, 0x03));
            }
            Command::ProcessId(id) if self.model.process_id => {
                self.replies.extend([0x37, 0x22]);
                self.replies.extend(id);
                self.replies.push(0x00);
            }
            Command::CodeModule(n) => self.code.module = usize::from(n).clamp(1, 16),
            Command::CodeLevel(n) => {
                self.code.level = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H][usize::from(n % 4)];
            }
            Command::CodeStore(data) => self.code.data = data,
            Command::Presenter(_) if self.model.presenter.is_none() => {}
            Command::Presenter(Move::Present) => self.exit.present(),
            Command::Presenter(Move::Retract) => self.retracted.extend(self.exit.empty()),
            Command::Presenter(Move::Eject) => self.papers.extend(self.exit.empty()),
            Command::Unknown(byte) => self.paper.transcript.push_str(&format!("[{byte:02x}?]")),
            Command::ProcessId(_) | Command::Ignored => {}
        }
        0
    }

    fn character(&mut self, code: &[u8]) -> usize {
        let (text, _, _) = GB18030.decode(code);
        let known = code.len() < 4 || self.model.four_byte_characters;
        let c = text.chars().next().filter(|_| known).unwrap_or('\u{FFFD}');
        let Settings { wide: times_wide, high: times_high, bold, .. } = self.settings;
        let placed = Placed { c, half_width: code.len() == 1, times_wide, times_high, bold };
        let used: usize = self.line.iter().map(|p| p.width()).sum();
        let rows = if used + placed.width() > self.paper.width() { self.line_feed() } else { 0 };
        self.line.push(placed);
        rows
    }

    fn line_feed(&mut self) -> usize {
        match self.flush_line() {
            0 => self.feed(self.settings.line_spacing),
            printed => printed,
        }
    }

    /// Prints what stands in the line; its feed is at least its height.
    fn flush_line(&mut self) -> usize {
        let line = std::mem::take(&mut self.line);
        let width: usize = line.iter().map(|p| p.width()).sum();
        let Some(height) = line.iter().map(|p| p.height()).max() else { return 0 };
        self.paper.print_line(&line, self.left_of(width), &self.font);
        let text: String = line.iter().map(|p| p.c).collect();
        self.note(text.trim_end());
        self.feed(self.settings.line_spacing.max(height))
    }

    fn raster(&mut self, mode: u8, row_bytes: usize, rows: usize, dots: &[u8]) -> usize {
        let flushed = self.flush_line();
        let (wide, high) = (1 + usize::from(mode & 1), 1 + usize::from(mode >> 1 & 1));
        let size = (row_bytes * 8 * wide, rows * high);
        self.paper.print(self.left_of(size.0), size, |x, y| {
            let (x, y) = (x / wide, y / high);
            dots[y * row_bytes + x / 8] & (0x80 >> (x % 8)) != 0
        });
        self.note(&format!("[dots {}×{}]", size.0, size.1));
        flushed + self.feed(size.1)
    }

    fn print_code(&mut self) -> usize {
        let flushed = self.flush_line();
        let Ok(code) = QrCode::with_error_correction_level(&self.code.data, self.code.level) else {
            return flushed;
        };
        let (modules, module) = (code.width(), self.code.module);
        let side = modules * module;
        self.paper.print(self.left_of(side), (side, side), |x, y| {
            code[(x / module, y / module)] == qrcode::Color::Dark
        });
        self.note(&format!("[code {}]", String::from_utf8_lossy(&self.code.data)));
        flushed + self.feed(side)
    }

    fn cut(&mut self, feed: Option<u8>) -> usize {
        let flushed = self.flush_line();
        let (dots, units) = self.settings.unit;
        let fed = feed.map_or(0, |n| self.feed(HEAD_TO_CUTTER + usize::from(n) * dots / units));
        self.come_out();
        flushed + fed
    }

    /// A printer without a cutter: somebody tears the paper off once it has been fed far enough.
    fn tear_off(&mut self) {
        if !self.model.cutter && self.last_feed > HEAD_TO_CUTTER {
            self.come_out();
        }
    }

    fn come_out(&mut self) {
        let paper = self.paper.cut();
        match self.model.presenter {
            // What is still in the exit is pushed out by what comes behind it.
            Some(_) => self.papers.extend(std::mem::replace(&mut self.exit, Exit::Inside(paper)).empty()),
            None => self.papers.push_back(paper),
        }
        self.lines_on_paper = 0;
        self.last_feed = 0;
    }

    fn feed(&mut self, rows: usize) -> usize {
        self.paper.feed(rows);
        self.last_feed = rows;
        rows
    }

    fn left_of(&self, width: usize) -> usize {
        let free = self.paper.width().saturating_sub(width);
        [0, free / 2, free][usize::from(self.settings.align)]
    }

    fn note(&mut self, line: &str) {
        self.lines_on_paper += 1;
        self.paper.transcript.push_str(line);
        self.paper.transcript.push('\n');
    }
}

/// What a bad line adds: it has the eighth bit, which no answer has.
const NOISE: u8 = 0xFF;

/// 1/6 inch at 203 dpi.
const DEFAULT_SPACING: usize = 34;

impl Settings {
    const fn initial(model: PrinterModel) -> Self {
        Self {
            chinese: false,
            bold: false,
            align: 0,
            wide: 1,
            high: 1,
            line_spacing: DEFAULT_SPACING,
            unit: model.unit(),
        }
    }
}
