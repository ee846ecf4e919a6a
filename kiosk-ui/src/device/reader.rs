//! The card reader's thread.

use super::BackOff;
use crate::inbox::Post;
use domain::device::{DeviceClass, DeviceState};
use domain::session::effect::ReaderUse;
use domain::session::event::{CardProblem, DeviceEvent, EventKind};
use drivers::id_card_reader::{self, CardReaderError, CardReaderErrorKind, Content, IdCardReader, Media};
use drivers::transport::PortAddress;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long one look for a card lasts before a new wish is heard.
const LOOK: Duration = Duration::from_millis(300);
/// How often an idle reader is asked how it is.
const CHECK: Duration = Duration::from_secs(10);

/// The way to the card reader's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Reader(Sender<ReaderUse>);

impl Reader {
    /// Starts the thread for the reader behind a port.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(port: PortAddress, post: Post) -> std::io::Result<Self> {
        let (sender, wishes) = channel();
        std::thread::Builder::new()
            .name("id-card-reader".to_owned())
            .spawn(move || Worker::new(port, post).run(&wishes))?;
        Ok(Self(sender))
    }

    /// What the reader is for from now on.
    pub fn set(&self, wish: ReaderUse) {
        // The thread ends only with this sender.
        let _gone = self.0.send(wish);
    }
}

struct Worker {
    port: PortAddress,
    post: Post,
    reader: Option<Box<dyn IdCardReader>>,
    state: Option<DeviceState>,
    wish: ReaderUse,
    card: Option<Media>,
    /// A card was read or failed, and lies there: it is not read again until it was lifted.
    done: bool,
    back_off: BackOff,
}

impl Worker {
    fn new(port: PortAddress, post: Post) -> Self {
        Self {
            port,
            post,
            reader: None,
            state: None,
            wish: ReaderUse::Off,
            card: None,
            done: false,
            back_off: BackOff::new(),
        }
    }

    fn run(mut self, wishes: &Receiver<ReaderUse>) {
        loop {
            let wait = match (self.reader.is_some(), self.wish) {
                (false, _) => self.open(),
                (true, ReaderUse::Off) => CHECK,
                (true, _) => Duration::ZERO,
            };
            match wishes.recv_timeout(wait) {
                Ok(wish) => {
                    if wish == ReaderUse::Read {
                        self.done = false;
                    }
                    self.wish = wish;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            match self.wish {
                ReaderUse::Off => self.check(),
                ReaderUse::Watch => self.watch(),
                ReaderUse::Read if self.done => self.watch(),
                ReaderUse::Read => self.read(),
            }
        }
    }

    /// Opens the reader if it is closed; how long to wait before the next try.
    fn open(&mut self) -> Duration {
        match id_card_reader::open(&self.port) {
            Ok(reader) => {
                self.reader = Some(reader);
                self.back_off = BackOff::new();
                self.say_state(DeviceState::Online);
                Duration::ZERO
            }
            Err(error) => {
                self.lost(&error);
                self.back_off.next()
            }
        }
    }

    fn check(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        let status = reader.status();
        match status.trouble {
            Some(error) => self.lost(&error),
            None => self.say_state(status.state),
        }
    }

    fn watch(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        match reader.media() {
            Ok(media) => self.say_media(media),
            Err(error) => self.lost(&error),
        }
    }

    fn read(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        let read = reader.read(Content::TextPhoto, Instant::now() + LOOK);
        let error = match read {
            Ok(read) => {
                self.done = true;
                self.card = Some(Media::Present);
                return self.say(DeviceEvent::CardRead(Box::new(read.card)));
            }
            Err(error) => error,
        };
        let problem = match error.kind() {
            CardReaderErrorKind::NoCard => return self.say_media(Media::NotPresent),
            CardReaderErrorKind::CardRemoved => CardProblem::Removed,
            CardReaderErrorKind::InvalidCard => CardProblem::Invalid,
            CardReaderErrorKind::Security => CardProblem::Security,
            CardReaderErrorKind::InvalidData => CardProblem::Unreadable,
            // One bad line is the card's or the cable's; a silent or defective reader is away.
            CardReaderErrorKind::Communication => CardProblem::Unreadable,
            CardReaderErrorKind::Hardware | CardReaderErrorKind::Timeout | CardReaderErrorKind::Port => {
                return self.lost(&error);
            }
        };
        tracing::warn!(device = "id_card_reader", kind = error.kind().word(), "a card could not be read");
        // A card that was taken away may come back at once; another must be lifted before the reader sees it again.
        self.done = problem != CardProblem::Removed;
        self.say(DeviceEvent::CardFailed(problem));
    }

    fn say_media(&mut self, media: Media) {
        let before = self.card.replace(media);
        match (before, media) {
            (Some(Media::Present), Media::NotPresent) => {
                self.done = false;
                self.say(DeviceEvent::CardRemoved);
            }
            (before, Media::Present) if before != Some(Media::Present) => self.say(DeviceEvent::CardPlaced),
            _ => {}
        }
    }

    fn say_state(&mut self, state: DeviceState) {
        if self.state.replace(state) != Some(state) {
            self.say(DeviceEvent::State(DeviceClass::IdCardReader, state));
        }
    }

    fn lost(&mut self, error: &CardReaderError) {
        self.reader = None;
        self.card = None;
        let state = match error.kind() {
            CardReaderErrorKind::Hardware => DeviceState::HardwareError,
            _ => DeviceState::Offline,
        };
        if self.state != Some(state) {
            tracing::warn!(device = "id_card_reader", kind = error.kind().word(), %error, "the reader is away");
        }
        self.say_state(state);
    }

    fn say(&self, event: DeviceEvent) {
        self.post.put(EventKind::Device(event));
    }
}
