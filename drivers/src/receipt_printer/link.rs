//! A port with a printer at its other end.
//!
//! Duty: send whole commands and obey the printer's flow control, ask for status, hand on what comes by itself. Never:
//! judge a job.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::escpos::real_time_status;
use super::reply::{Reply, ReplyParser};
use super::status::{RawStatus, automatic_tells_trouble};
use crate::transport::{Transport, TransportError, TransportErrorKind};

/// An open port to a printer.
pub struct Link {
    port: Box<dyn Transport>,
    parser: ReplyParser,
    input: [u8; 256],
    /// The part of `input` that is not parsed yet.
    unread: std::ops::Range<usize>,
    /// Replies that came while another was waited for.
    kept: VecDeque<Reply>,
    stopped: bool,
    trouble_told: bool,
}

/// Replies that are kept at most: more come only from a line full of noise.
const MOST_KEPT: usize = 16;

/// Bytes that go out before the printer's voice is listened for again.
const BURST: usize = 512;

impl Link {
    /// A link over an open port.
    pub const fn new(port: Box<dyn Transport>) -> Self {
        let parser = ReplyParser::new();
        let kept = VecDeque::new();
        Self { port, parser, input: [0; 256], unread: 0..0, kept, stopped: false, trouble_told: false }
    }

    /// Bits a second, where the port has a speed.
    pub fn baud(&self) -> Option<u32> {
        self.port.baud()
    }

    /// Forgets what has come and nobody asked for.
    ///
    /// # Errors
    /// The port broke.
    pub fn discard_input(&mut self) -> Result<(), TransportError> {
        self.unread = 0..0;
        self.kept.clear();
        self.parser = ReplyParser::new();
        self.stopped = false;
        self.trouble_told = false;
        self.port.discard_input()
    }

    /// Whether the printer told by itself of trouble since this was last asked.
    pub const fn take_trouble(&mut self) -> bool {
        std::mem::replace(&mut self.trouble_told, false)
    }

    /// Sends bytes, stopping while the printer says XOFF.
    ///
    /// # Errors
    /// The port broke, or not all had gone before the deadline; the count is what had.
    pub fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), (usize, TransportError)> {
        let mut sent = 0;
        while let Some(burst) = bytes.get(sent..).filter(|rest| !rest.is_empty()) {
            let burst = &burst[..burst.len().min(BURST)];
            self.listen().map_err(|e| (sent, e))?;
            while self.stopped {
                self.await_go_on(deadline).map_err(|e| (sent, e))?;
            }
            sent += self.port.write(burst, deadline).map_err(|e| (sent, e))?;
        }
        Ok(())
    }

    /// The next reply that is no flow control and no automatic status; none when the deadline passes.
    ///
    /// # Errors
    /// The port broke.
    pub fn reply(&mut self, deadline: Instant) -> Result<Option<Reply>, TransportError> {
        match self.kept.pop_front() {
            Some(reply) => Ok(Some(reply)),
            None => self.fresh_reply(deadline),
        }
    }

    /// Asks `DLE EOT n`; none when the printer does not answer within `limit`. Other replies that come meanwhile are
    /// kept for [`reply`](Self::reply).
    ///
    /// # Errors
    /// The port broke.
    pub fn ask(&mut self, n: u8, limit: Duration) -> Result<Option<u8>, TransportError> {
        let deadline = Instant::now() + limit;
        // An answer that comes before the question is a late one to another.
        self.listen()?;
        match self.port.write_all(&real_time_status(n), deadline) {
            Ok(()) => {}
            Err(e) if e.kind() == TransportErrorKind::TimedOut => return Ok(None),
            Err(e) => return Err(e),
        }
        while let Some(reply) = self.fresh_reply(deadline)? {
            match reply {
                Reply::RealTime(byte) => return Ok(Some(byte)),
                other => self.keep(other),
            }
        }
        Ok(None)
    }

    /// Asks `DLE EOT` 1 to 4. After one that is not answered the others are not asked: a late answer would be taken for
    /// theirs.
    ///
    /// # Errors
    /// The port broke.
    pub fn ask_all(&mut self, limit: Duration) -> Result<RawStatus, TransportError> {
        let mut raw = RawStatus::default();
        for (n, byte) in (1..).zip([&mut raw.printer, &mut raw.offline, &mut raw.error, &mut raw.paper]) {
            *byte = self.ask(n, limit)?;
            if byte.is_none() {
                break;
            }
        }
        Ok(raw)
    }

    fn fresh_reply(&mut self, deadline: Instant) -> Result<Option<Reply>, TransportError> {
        loop {
            if let Some(reply) = self.parse() {
                return Ok(Some(reply));
            }
            if !self.fill(deadline)? {
                return Ok(None);
            }
        }
    }

    /// Takes in what has come until now.
    fn listen(&mut self) -> Result<(), TransportError> {
        while let Some(reply) = self.fresh_reply(Instant::now())? {
            self.keep(reply);
        }
        Ok(())
    }

    /// Keeps a reply for whoever asks; an answer to `DLE EOT` is nobody's by then.
    fn keep(&mut self, reply: Reply) {
        if !matches!(reply, Reply::RealTime(_)) && self.kept.len() < MOST_KEPT {
            self.kept.push_back(reply);
        }
    }

    fn await_go_on(&mut self, deadline: Instant) -> Result<(), TransportError> {
        if self.fill(deadline)? {
            return self.listen();
        }
        Err(TransportError::TimedOut { port: self.port.name().to_owned() })
    }

    /// Reads more; false when nothing came before the deadline.
    fn fill(&mut self, deadline: Instant) -> Result<bool, TransportError> {
        match self.port.read(&mut self.input, deadline) {
            Ok(count) => {
                self.unread = 0..count;
                Ok(true)
            }
            Err(e) if e.kind() == TransportErrorKind::TimedOut => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// The next whole reply among the bytes that are here; flow control and automatic status are noted on the way.
    fn parse(&mut self) -> Option<Reply> {
        for at in self.unread.clone() {
            self.unread.start = at + 1;
            match self.parser.push(self.input[at]) {
                Some(Reply::Xoff) => self.stopped = true,
                Some(Reply::Xon) => self.stopped = false,
                Some(Reply::Automatic(bytes)) => self.trouble_told |= automatic_tells_trouble(bytes),
                Some(reply) => return Some(reply),
                None => {}
            }
        }
        None
    }
}
