//! One request and its answer.
//!
//! Duty: send, wait no longer than the line needs, send once more what was lost. Never: know what comes after what.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::super::frame::{FrameParser, Response};
use super::super::request::Request;
use super::super::sw3::Sw3;
use super::super::{CardReaderError, LineQuality};
use super::meaning;
use crate::transport::{Transport, TransportErrorKind};

/// What a reader may take for itself before it answers: the radio to the card is slower than the line.
pub(super) const WORK_MODULE: Duration = Duration::from_millis(400);
const WORK_CARD: Duration = Duration::from_millis(600);
const WORK_READ: Duration = Duration::from_millis(2000);
/// An answer that stops for so long is not going on: a slow USB adapter pauses for 16 ms, a serial server on a network for up to
/// 200 (it waits to fill a packet, RFC 896, while the other end delays its acknowledgement, RFC 1122, 4.2.3.2).
const SILENCE: Duration = Duration::from_millis(250);
/// An answer of so many bytes is long enough to tell how fast its bytes come.
const LONG: usize = 256;
/// So many times what the line's speed explains is slow, and so much more is a busy machine.
const SLOW: u32 = 3;
const BUSY: Duration = Duration::from_millis(100);
/// What a frame has around its data: head, length, three status bytes, check byte.
const FRAME: usize = 11;
/// A port without a speed is at least as quick as this.
const PORT_BAUD: u32 = 115_200;

/// A transport, and the frames that come over it.
pub(super) struct Exchanger {
    transport: Box<dyn Transport>,
    parser: FrameParser,
    line: LineQuality,
}

impl Exchanger {
    pub(super) fn new(transport: Box<dyn Transport>) -> Self {
        Self { transport, parser: FrameParser::new(), line: LineQuality::default() }
    }

    pub(super) const fn line(&self) -> LineQuality {
        self.line
    }

    pub(super) fn baud(&self) -> Option<u32> {
        self.transport.baud()
    }

    pub(super) fn set_baud(&mut self, baud: u32) -> Result<(), CardReaderError> {
        self.transport.set_baud(baud).map_err(CardReaderError::Port)
    }

    /// Sends a request and gives its answer; what was lost, garbled or refused as garbled is sent once more.
    pub(super) fn ask(&mut self, request: Request) -> Result<Response, CardReaderError> {
        match self.once(request) {
            Ok(answer) if is_line_trouble(answer.sw3()) => {}
            Err(CardReaderError::Garbled | CardReaderError::Timeout) => {}
            other => return other,
        }
        self.line.repeated += 1;
        self.once(request)
    }

    /// Whether the security module is well.
    pub(super) fn check_module(&mut self) -> Result<(), CardReaderError> {
        module_is_well(&self.ask(Request::SamStatus)?)
    }

    /// The same without a second try, for finding the speed; the module is given so long for itself.
    pub(super) fn try_module(&mut self, work: Duration) -> Result<(), CardReaderError> {
        let patience = work + self.wire(Request::SamStatus);
        module_is_well(&self.once_within(Request::SamStatus, patience)?)
    }

    fn once(&mut self, request: Request) -> Result<Response, CardReaderError> {
        self.once_within(request, self.patience(request))
    }

    fn once_within(&mut self, request: Request, patience: Duration) -> Result<Response, CardReaderError> {
        self.parser.clear();
        self.transport.discard_input().map_err(CardReaderError::Port)?;
        self.transport
            .write_all(&request.frame(), Instant::now() + patience)
            .map_err(CardReaderError::Port)?;
        let answer = self.receive(request, patience);
        // What is left may be a card's content.
        let (any, broken) = (self.parser.has_bytes(), self.parser.broken());
        self.parser.clear();
        match answer? {
            Some(answer) => Ok(answer),
            None if any || broken > 0 => Err(CardReaderError::Garbled),
            None => Err(CardReaderError::Timeout),
        }
    }

    fn receive(&mut self, request: Request, patience: Duration) -> Result<Option<Response>, CardReaderError> {
        let mut chunk = Zeroizing::new([0; 1024]);
        let deadline = Instant::now() + patience;
        let mut quiet = Duration::ZERO;
        let mut came = Came::default();
        loop {
            let pause = if self.parser.has_bytes() { SILENCE } else { patience };
            let mut next = match self.transport.read(&mut *chunk, deadline.min(Instant::now() + pause)) {
                Ok(count) => {
                    came.note(count);
                    self.parser.push(&chunk[..count])
                }
                Err(error) if error.kind() == TransportErrorKind::TimedOut => {
                    quiet += pause;
                    let found = self.parser.line_is_silent();
                    // A broken answer will not be mended by waiting, but noise alone says nothing yet.
                    if found.is_none() && (quiet >= patience || self.parser.broken() > 0) {
                        return Ok(None);
                    }
                    found
                }
                Err(error) => return Err(CardReaderError::Port(error)),
            };
            while let Some(answer) = next {
                if request.admits(&answer) {
                    self.note(came, FRAME + answer.data().len());
                    return Ok(Some(answer));
                }
                next = self.parser.push(&[]);
            }
        }
    }

    /// Notes what came besides an answer of so many bytes, and how fast that came.
    fn note(&mut self, came: Came, answer: usize) {
        let stray = came.bytes.saturating_sub(answer);
        self.line.stray_bytes =
            self.line.stray_bytes.saturating_add(u32::try_from(stray).unwrap_or(u32::MAX));
        let baud = self.transport.baud().unwrap_or(PORT_BAUD).max(1);
        let wire = Duration::from_secs(10) * u32::try_from(answer).unwrap_or(u32::MAX) / baud;
        if answer >= LONG && came.first.is_some_and(|first| first.elapsed() > wire * SLOW + BUSY) {
            self.line.slow += 1;
        }
    }

    /// The reader's own work, and the wire's.
    fn patience(&self, request: Request) -> Duration {
        let work = match request {
            Request::SamStatus | Request::SamId => WORK_MODULE,
            Request::Find | Request::Select | Request::ReadChipNumber => WORK_CARD,
            Request::ReadTextPhoto | Request::ReadTextPhotoFingerprints | Request::ReadNewestAddress => {
                WORK_READ
            }
        };
        work + self.wire(request)
    }

    /// One and a half times what the longest answer takes on the wire.
    fn wire(&self, request: Request) -> Duration {
        let baud = self.transport.baud().unwrap_or(PORT_BAUD).max(1);
        Duration::from_secs(10) * request.longest_answer() / baud * 3 / 2
    }
}

/// How many bytes came since a request, and when the first did.
#[derive(Clone, Copy, Default)]
struct Came {
    bytes: usize,
    first: Option<Instant>,
}

impl Came {
    fn note(&mut self, count: usize) {
        self.bytes += count;
        self.first.get_or_insert_with(Instant::now);
    }
}

/// Statuses that say "I did not get that", worth one more try (reference page, "Meaning for the terminal"); one that the
/// standard does not list may be noise.
fn is_line_trouble(sw3: Sw3) -> bool {
    matches!(sw3, Sw3::Checksum | Sw3::Length | Sw3::BadCommand | Sw3::UnknownError | Sw3::Unknown(_))
}

fn module_is_well(answer: &Response) -> Result<(), CardReaderError> {
    match answer.sw3() {
        Sw3::Done => Ok(()),
        other => Err(meaning(other)),
    }
}
