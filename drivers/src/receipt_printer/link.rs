//! A port with a printer at its other end.
//!
//! Duty: send whole commands and obey the printer's flow control, ask for status, hand on what comes by itself. Never:
//! judge a job.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::escpos::real_time_status;
use super::profile::{AnswerForm, PrinterProfile, StatusExtension};
use super::reply::{ExpectedBlock, Reply, ReplyParser};
use super::status::{RawStatus, automatic_tells_trouble};
use crate::transport::{PortTrouble, Transport, TransportError, TransportErrorKind};

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
    stray: u32,
}

/// Replies that are kept at most: more come only from a line full of noise.
const MOST_KEPT: usize = 16;

/// Readings of a status that keeps changing.
const MOST_READINGS: u32 = 4;

/// Bytes that go out before the printer's voice is listened for again.
const BURST: usize = 512;

impl Link {
    /// A link over an open port.
    pub const fn new(port: Box<dyn Transport>) -> Self {
        let parser = ReplyParser::new();
        let kept = VecDeque::new();
        let unread = 0..0;
        Self { port, parser, input: [0; 256], unread, kept, stopped: false, trouble_told: false, stray: 0 }
    }

    /// Bytes that can belong to no reply, since the port was opened.
    pub const fn stray_bytes(&self) -> u32 {
        self.stray
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

    /// What the port itself says is wrong with the printer; none is no word, not well.
    pub fn port_trouble(&mut self) -> Option<PortTrouble> {
        self.port.trouble()
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

    /// Asks `DLE EOT n`, once more if no answer comes within `limit`; none when none comes then either. Other replies that
    /// come meanwhile are kept for [`reply`](Self::reply).
    ///
    /// # Errors
    /// The port broke.
    pub fn ask(&mut self, n: u8, limit: Duration) -> Result<Option<u8>, TransportError> {
        let question = real_time_status(n);
        match self.one_byte(&question, limit)? {
            None => self.one_byte(&question, limit),
            answer => Ok(answer),
        }
    }

    /// Asks the maker's own question as [`ask`](Self::ask) asks the others.
    ///
    /// # Errors
    /// The port broke.
    pub fn ask_extension(
        &mut self,
        extension: &StatusExtension,
        limit: Duration,
    ) -> Result<Option<[u8; 4]>, TransportError> {
        match self.extension_once(extension, limit)? {
            None => self.extension_once(extension, limit),
            answer => Ok(answer),
        }
    }

    /// Asks `DLE EOT` 1 to 4, then the maker's own question. After one that is not answered the others are not asked: a
    /// late answer would be taken for theirs. The answers are not of one moment, so what tells of trouble is asked until
    /// it says the same twice.
    ///
    /// # Errors
    /// The port broke.
    pub fn ask_all(&mut self, profile: &PrinterProfile) -> Result<RawStatus, TransportError> {
        let mut raw = self.ask_each(profile)?;
        for _ in 1..MOST_READINGS {
            if raw.printer.is_none() || !raw.tells_trouble(&profile.status) {
                break;
            }
            let again = self.ask_each(profile)?;
            let settled = again == raw;
            raw = again;
            if settled {
                break;
            }
        }
        Ok(raw)
    }

    fn ask_each(&mut self, profile: &PrinterProfile) -> Result<RawStatus, TransportError> {
        let mut raw = RawStatus::default();
        for (n, byte) in (1..).zip([&mut raw.printer, &mut raw.offline, &mut raw.error, &mut raw.paper]) {
            *byte = self.ask(n, profile.reply_limit)?;
            if byte.is_none() {
                break;
            }
        }
        if let (Some(_), Some(extension)) = (raw.paper, &profile.status.extension) {
            raw.extension = self.ask_extension(extension, profile.reply_limit)?;
        }
        Ok(raw)
    }

    fn one_byte(&mut self, question: &[u8], limit: Duration) -> Result<Option<u8>, TransportError> {
        self.exchange(question, limit, |reply| match reply {
            Reply::RealTime(byte) => Some(byte),
            _ => None,
        })
    }

    fn extension_once(
        &mut self,
        extension: &StatusExtension,
        limit: Duration,
    ) -> Result<Option<[u8; 4]>, TransportError> {
        let AnswerForm::Block { head, bytes } = extension.form else {
            return Ok(self.one_byte(&extension.ask, limit)?.map(|byte| [byte, 0, 0, 0]));
        };
        self.parser.expect(Some(ExpectedBlock { head, bytes }));
        let answer = self.exchange(&extension.ask, limit, |reply| match reply {
            Reply::Block(bytes) => Some(bytes),
            _ => None,
        });
        self.parser.expect(None);
        answer
    }

    fn exchange<T>(
        &mut self,
        question: &[u8],
        limit: Duration,
        wanted: impl Fn(Reply) -> Option<T>,
    ) -> Result<Option<T>, TransportError> {
        let deadline = Instant::now() + limit;
        // An answer that comes before the question is a late one to another.
        self.listen()?;
        match self.port.write_all(question, deadline) {
            Ok(()) => {}
            Err(e) if e.kind() == TransportErrorKind::TimedOut => return Ok(None),
            Err(e) => return Err(e),
        }
        while let Some(reply) = self.fresh_reply(deadline)? {
            match wanted(reply) {
                Some(answer) => return Ok(Some(answer)),
                None => self.keep(reply),
            }
        }
        Ok(None)
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

    /// Keeps a reply for whoever asks; a real-time answer is nobody's by then.
    fn keep(&mut self, reply: Reply) {
        if !matches!(reply, Reply::RealTime(_) | Reply::Block(_)) && self.kept.len() < MOST_KEPT {
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
            // Only in a maker's block has a byte the eighth bit (`reply`), and only where one is asked for.
            if self.input[at] & 0x80 != 0 {
                self.stray = self.stray.saturating_add(1);
            }
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A port that says something whenever so many bytes have been written to it, at once and in one piece.
    struct Scripted {
        says: VecDeque<(usize, Vec<u8>)>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Transport for Scripted {
        fn read(&mut self, buffer: &mut [u8], _deadline: Instant) -> Result<usize, TransportError> {
            let written = self.written.lock().unwrap().len();
            let due = self.says.front().is_some_and(|(after, _)| *after <= written);
            let Some((_, said)) = due.then(|| self.says.pop_front()).flatten() else {
                return Err(TransportError::TimedOut { port: "scripted".to_owned() });
            };
            buffer[..said.len()].copy_from_slice(&said);
            Ok(said.len())
        }

        fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<usize, TransportError> {
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn discard_input(&mut self) -> Result<(), TransportError> {
            Ok(())
        }

        fn name(&self) -> &str {
            "scripted"
        }
    }

    fn link(says: &[(usize, &[u8])]) -> (Link, Arc<Mutex<Vec<u8>>>) {
        let written = Arc::new(Mutex::new(Vec::new()));
        let says = says.iter().map(|(after, bytes)| (*after, bytes.to_vec())).collect();
        (Link::new(Box::new(Scripted { says, written: Arc::clone(&written) })), written)
    }

    const LIMIT: Duration = Duration::from_secs(1);

    fn profile(name: &str) -> PrinterProfile {
        PrinterProfile { reply_limit: LIMIT, ..PrinterProfile::built_in(name).unwrap() }
    }

    #[test]
    fn a_printer_that_says_stop_is_sent_no_more() {
        let (mut silent, written) = link(&[(512, &[0x13])]);
        let (sent, error) = silent.send(&[b'x'; 2000], Instant::now() + LIMIT).unwrap_err();
        assert_eq!((sent, error.kind()), (512, TransportErrorKind::TimedOut));
        assert_eq!(written.lock().unwrap().len(), 512);

        let (mut obliging, written) = link(&[(512, &[0x13]), (512, &[0x11])]);
        obliging.send(&[b'x'; 2000], Instant::now() + LIMIT).unwrap();
        assert_eq!(written.lock().unwrap().len(), 2000);
    }

    #[test]
    fn each_question_gets_its_own_answer() {
        // A late answer before the first question; then well, and the paper low.
        let says: &[(usize, &[u8])] =
            &[(0, &[0x7E]), (3, &[0x12]), (6, &[0x12]), (9, &[0x12]), (12, &[0x1E])];
        let (mut link, written) = link(says);
        let raw = link.ask_all(&profile("epson_80")).unwrap();
        let all = [raw.printer, raw.offline, raw.error, raw.paper];
        assert_eq!(all, [Some(0x12), Some(0x12), Some(0x12), Some(0x1E)]);
        assert_eq!(*written.lock().unwrap(), [0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4]);
    }

    #[test]
    fn trouble_is_believed_when_it_is_said_twice() {
        let check = |readings: &[[u8; 4]], settled: [u8; 4]| {
            let bytes: Vec<u8> = readings.concat();
            let says: Vec<(usize, Vec<u8>)> =
                bytes.iter().enumerate().map(|(i, b)| (3 * (i + 1), vec![*b])).collect();
            let says: Vec<(usize, &[u8])> = says.iter().map(|(after, b)| (*after, b.as_slice())).collect();
            let (mut link, written) = link(&says);
            let raw = link.ask_all(&profile("epson_80")).unwrap();
            assert_eq!(
                [raw.printer, raw.offline, raw.error, raw.paper],
                settled.map(Some),
                "{readings:02x?}"
            );
            assert_eq!(written.lock().unwrap().len(), bytes.len() * 3, "{readings:02x?}");
        };
        let (well, cover_open) = ([0x12; 4], [0x1A, 0x16, 0x12, 0x12]);
        check(&[well], well);
        check(&[cover_open, cover_open], cover_open);
        // It recovered, or fell ill, between two answers.
        check(&[[0x1A, 0x52, 0x12, 0x12], well], well);
        check(&[[0x12, 0x16, 0x12, 0x12], cover_open, cover_open], cover_open);
        // It never settles: the last word counts.
        let other = [0x1A, 0x32, 0x12, 0x7E];
        check(&[cover_open, other, cover_open, other], other);
    }

    #[test]
    fn a_makers_own_question_is_asked_last() {
        let well: Vec<(usize, &[u8])> = (1..=4).map(|n| (3 * n, [0x12].as_slice())).collect();
        let check = |name: &str, answer: &[u8], extension: [u8; 4], question: [u8; 3]| {
            let says = [well.as_slice(), &[(15, answer)]].concat();
            let (mut link, written) = link(&says);
            let raw = link.ask_all(&profile(name)).unwrap();
            assert_eq!((raw.paper, raw.extension), (Some(0x12), Some(extension)), "{name}");
            assert_eq!(written.lock().unwrap()[12..], question, "{name}");
        };
        // Reference page: DLE EOT 20 and DLE EOT 5. A paper in the exit is no trouble.
        check("custom_vkp80", &[0x10, 0x0F, 0x20, 0, 0, 0], [0x20, 0, 0, 0], [0x10, 0x04, 0x14]);
        check("seiko_80", &[0x32], [0x32, 0, 0, 0], [0x10, 0x04, 0x05]);
    }

    #[test]
    fn a_lost_question_is_asked_again_and_after_a_missing_answer_no_other_is() {
        let (mut patient, written) = link(&[(6, &[0x12])]);
        assert_eq!(patient.ask(1, LIMIT).unwrap(), Some(0x12));
        assert_eq!(*written.lock().unwrap(), [0x10, 4, 1, 0x10, 4, 1]);

        let (mut link, written) = link(&[(3, &[0x12])]);
        let raw = link.ask_all(&profile("epson_80")).unwrap();
        assert_eq!((raw.printer, raw.offline, raw.paper), (Some(0x12), None, None));
        assert_eq!(*written.lock().unwrap(), [0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 2]);
    }

    #[test]
    fn what_comes_while_a_status_is_waited_for_is_not_lost() {
        // A job's number, then trouble told by itself, then the answer.
        let said = [&[0x37, 0x22][..], b"A017", &[0x00, 0x18, 0x00, 0x0C, 0x0F, 0x1A]].concat();
        let (mut link, _) = link(&[(3, &said)]);
        assert!(!link.take_trouble());
        assert_eq!(link.ask(1, LIMIT).unwrap(), Some(0x1A));
        assert!(link.take_trouble() && !link.take_trouble());
        assert_eq!(link.reply(Instant::now()).unwrap(), Some(Reply::ProcessId(*b"A017")));
        assert_eq!(link.reply(Instant::now()).unwrap(), None);
    }
}
