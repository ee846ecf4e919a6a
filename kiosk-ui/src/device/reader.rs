//! The card reader's thread.

use super::Watch;
use super::watch::circuit;
use crate::inbox::Post;
use domain::device::{Cause, DeviceCondition, TerminalDevice};
use domain::session::effect::ReaderUse;
use domain::session::event::{CardProblem, DeviceEvent, EventKind};
use drivers::id_card_reader::{self, CardReaderError, CardReaderErrorKind, Content, IdCardReader, Media};
use drivers::supervisor::{Attendant, Circuit};
use drivers::transport::PortAddress;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long one look for a card lasts before a new wish is heard.
const LOOK: Duration = Duration::from_millis(300);
/// How often the card area is looked at while no page asks for a card, most of the day: soon enough for one who places it to begin.
const GLANCE: Duration = Duration::from_secs(1);
/// The longest that the driver takes: every speed tried, or one look with all its repeats.
const LIMIT: Duration = Duration::from_secs(20);
/// How often an idle reader is asked how it is.
const CHECK: Duration = Duration::from_secs(10);

/// What becomes of the photo of a card that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoUse {
    /// It goes with the card: this terminal compares faces by itself.
    Kept,
    /// It is wiped at once.
    Dropped,
}

/// The way to the card reader's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct Reader(Sender<ReaderUse>);

impl Reader {
    /// Starts the thread for the reader behind a port.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(port: PortAddress, photo: PhotoUse, watch: &Watch) -> std::io::Result<Self> {
        let (sender, wishes) = channel();
        let worker = Worker::new(port, photo, watch);
        std::thread::Builder::new().name("id-card-reader".to_owned()).spawn(move || worker.run(&wishes))?;
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
    photo: PhotoUse,
    post: Post,
    attendant: Attendant,
    reader: Option<Box<dyn IdCardReader>>,
    wish: ReaderUse,
    card: Option<Media>,
    /// A card was read or failed, and lies there: it is not read again until it was lifted.
    done: bool,
    circuit: Circuit,
    /// What is wrong, where something is: said once in the log.
    trouble: Option<Cause>,
}

impl Worker {
    fn new(port: PortAddress, photo: PhotoUse, watch: &Watch) -> Self {
        Self {
            port,
            photo,
            post: watch.post(),
            attendant: watch.attend(TerminalDevice::IdCardReader),
            reader: None,
            wish: ReaderUse::Off,
            card: None,
            done: false,
            circuit: circuit(TerminalDevice::IdCardReader),
            trouble: None,
        }
    }

    fn run(mut self, wishes: &Receiver<ReaderUse>) {
        loop {
            let wait = match (self.reader.is_some(), self.wish) {
                (false, _) => self.open(),
                (true, ReaderUse::Off) => CHECK,
                (true, ReaderUse::Watch) => GLANCE,
                (true, ReaderUse::Read) => Duration::ZERO,
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
        match self.attendant.call(LIMIT, || id_card_reader::open(&self.port)) {
            Ok(reader) => {
                self.reader = Some(reader);
                self.circuit.succeeded();
                self.well();
                Duration::ZERO
            }
            Err(error) => {
                self.lost(&error);
                self.circuit.failed(Instant::now())
            }
        }
    }

    fn check(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        match self.attendant.call(LIMIT, || reader.status()).trouble {
            Some(error) => self.lost(&error),
            None => self.well(),
        }
    }

    fn watch(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        match self.attendant.call(LIMIT, || reader.media()) {
            Ok(media) => self.say_media(media),
            Err(error) => self.lost(&error),
        }
    }

    fn read(&mut self) {
        let Some(reader) = &mut self.reader else { return };
        let look = || reader.read(Content::TextPhoto, Instant::now() + LOOK);
        let read = self.attendant.call(LIMIT, look);
        let error = match read {
            Ok(read) => {
                self.done = true;
                self.card = Some(Media::Present);
                let card = match self.photo {
                    PhotoUse::Kept => read.card.with_photo(read.photo),
                    PhotoUse::Dropped => read.card,
                };
                return self.say(DeviceEvent::CardRead(Box::new(card)));
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

    fn well(&mut self) {
        self.trouble = None;
        self.attendant.report(DeviceCondition::ready(TerminalDevice::IdCardReader));
    }

    fn lost(&mut self, error: &CardReaderError) {
        self.reader = None;
        self.card = None;
        // Only trouble with the reader itself comes here, and that has a cause.
        let cause = error.cause().unwrap_or(Cause::NoAnswer);
        if self.trouble.replace(cause) != Some(cause) {
            tracing::warn!(device = "id_card_reader", kind = error.kind().word(), %error, "the reader is away");
        }
        self.attendant.report(DeviceCondition::troubled(TerminalDevice::IdCardReader, cause));
    }

    fn say(&self, event: DeviceEvent) {
        self.post.put(EventKind::Device(event));
    }
}
