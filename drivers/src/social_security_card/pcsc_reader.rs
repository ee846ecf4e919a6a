//! A reader of PC/SC's service.
//!
//! Duty: wait for a card, connect, carry commands. Never: know what they ask.

use std::ffi::{CStr, CString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::device::DeviceState;
use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};
use zeroize::{Zeroize as _, Zeroizing};

use super::apdu::LONGEST_REPLY;
use super::{
    ApduChannel, RecordedChannel, SocialSecurityCard, SocialSecurityCardError, SocialSecurityCardReader,
    read_through,
};
use crate::id_card_reader::Media;
use crate::transport::{PortAddress, TransportError};

/// A reader behind PC/SC's service, by the name that the service gives it.
pub struct PcscReader {
    context: Context,
    reader: CString,
    /// Where the next reading is written down.
    record: Option<PathBuf>,
}

impl PcscReader {
    /// The names of all readers that the service has.
    ///
    /// # Errors
    /// There is no service.
    pub fn names() -> Result<Vec<String>, SocialSecurityCardError> {
        let context = Context::establish(Scope::User).map_err(|e| failed("pcsc", e))?;
        let names = context.list_readers_owned().map_err(|e| failed("pcsc", e))?;
        Ok(names.into_iter().map(|name| name.to_string_lossy().into_owned()).collect())
    }

    /// The reader of exactly this name.
    ///
    /// # Errors
    /// There is no service, or it has no such reader.
    pub fn open(reader: &str) -> Result<Self, SocialSecurityCardError> {
        let name = CString::new(reader).map_err(|_| failed(reader, Error::UnknownReader))?;
        let context = Context::establish(Scope::User).map_err(|e| failed(reader, e))?;
        let mut port = Self { context, reader: name, record: None };
        port.look(Duration::ZERO)?;
        Ok(port)
    }

    /// The same; its next reading is written to a new file.
    #[must_use]
    pub fn recorded(self, path: &Path) -> Self {
        Self { record: Some(path.to_owned()), ..self }
    }

    fn name(&self) -> String {
        format!("pcsc:{}", self.reader.to_string_lossy())
    }

    fn failed(&self, error: Error) -> SocialSecurityCardError {
        failed(&self.name(), error)
    }

    /// The reader's state now.
    fn look(&mut self, wait: Duration) -> Result<State, SocialSecurityCardError> {
        self.look_past(State::UNAWARE, wait)
    }

    /// The reader's state once it is another than `known`, or after `wait`.
    fn look_past(&mut self, known: State, wait: Duration) -> Result<State, SocialSecurityCardError> {
        let reader: &CStr = &self.reader;
        let mut states = [ReaderState::new(reader, known)];
        match self.context.get_status_change(wait, &mut states) {
            Ok(()) | Err(Error::Timeout) => {}
            Err(error) => return Err(self.failed(error)),
        }
        let state = states[0].event_state();
        if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
            return Err(self.failed(Error::UnknownReader));
        }
        Ok(state)
    }

    fn wait_for_card(&mut self, deadline: Instant) -> Result<(), SocialSecurityCardError> {
        let mut state = self.look(Duration::ZERO)?;
        while !state.contains(State::PRESENT) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(SocialSecurityCardError::NoCard);
            }
            state = self.look_past(state, left)?;
        }
        if state.contains(State::MUTE) { Err(SocialSecurityCardError::Mute) } else { Ok(()) }
    }
}

impl SocialSecurityCardReader for PcscReader {
    fn state(&mut self) -> DeviceState {
        match self.look(Duration::ZERO) {
            Ok(_) => DeviceState::Online,
            Err(_) => DeviceState::Offline,
        }
    }

    fn media(&mut self) -> Result<Media, SocialSecurityCardError> {
        let state = self.look(Duration::ZERO)?;
        Ok(if state.contains(State::PRESENT) { Media::Present } else { Media::NotPresent })
    }

    fn read(&mut self, deadline: Instant) -> Result<SocialSecurityCard, SocialSecurityCardError> {
        self.wait_for_card(deadline)?;
        let card = self
            .context
            .connect(&self.reader, ShareMode::Exclusive, Protocols::ANY)
            .map_err(|error| self.failed(error))?;
        let mut connection =
            Connection { card, name: self.name(), reply: Zeroizing::new([0; LONGEST_REPLY]) };
        let read = match self.record.take() {
            None => read_through(&mut connection),
            Some(path) => {
                let port = PortAddress::Pcsc { reader: self.reader.to_string_lossy().into_owned() };
                RecordedChannel::create(&mut connection, &port, &path)
                    .and_then(|mut channel| read_through(&mut channel))
            }
        };
        // A card that failed may be one that went: a service that is told to reset it no longer sees it go.
        let parting = if read.is_ok() { Disposition::ResetCard } else { Disposition::LeaveCard };
        // What a reader that has gone says of it is said by the next look.
        let _ = connection.card.disconnect(parting);
        read
    }
}

struct Connection {
    card: Card,
    name: String,
    reply: Zeroizing<[u8; LONGEST_REPLY]>,
}

impl ApduChannel for Connection {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, SocialSecurityCardError> {
        let answer = self.card.transmit(command, &mut *self.reply).map(<[u8]>::to_vec);
        let answer = answer.map(Zeroizing::new).map_err(|error| failed(&self.name, error));
        self.reply.zeroize();
        // A card always says a status: some readers' drivers give nothing at all for one that went meanwhile.
        answer.and_then(|answer| {
            if answer.is_empty() { Err(SocialSecurityCardError::CardRemoved) } else { Ok(answer) }
        })
    }
}

fn failed(name: &str, error: Error) -> SocialSecurityCardError {
    let port = name.to_owned();
    let source = |kind| io::Error::new(kind, error);
    SocialSecurityCardError::Port(match error {
        Error::NoSmartcard => return SocialSecurityCardError::NoCard,
        // "Not transacted" is what a card says that went in the middle of a command, before the service has seen it go.
        Error::RemovedCard | Error::ResetCard | Error::NotTransacted => {
            return SocialSecurityCardError::CardRemoved;
        }
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::UnsupportedCard => {
            return SocialSecurityCardError::Mute;
        }
        Error::NoService | Error::UnknownReader | Error::NoReadersAvailable => {
            TransportError::NotFound { port, source: source(io::ErrorKind::NotFound) }
        }
        Error::SharingViolation => TransportError::Busy { port, source: source(io::ErrorKind::ResourceBusy) },
        Error::SecurityViolation => {
            TransportError::Permission { port, source: source(io::ErrorKind::PermissionDenied) }
        }
        Error::ReaderUnavailable | Error::ServiceStopped => TransportError::Gone { port },
        _ => TransportError::Io { port, source: source(io::ErrorKind::Other) },
    })
}
