//! The face engine's thread: a certified vendor's engine, and before it the decoder of the card's photo, each a program of
//! others in a process of its own.
//!
//! Duty: one comparison at a time within a bounded time; how both programs are. Never: decide what a comparison is good for,
//! or keep a picture.

use super::Watch;
use super::watch::circuit;
use crate::chain::Chain;
use crate::config::FaceEngineConfig;
use domain::device::{Cause, DeviceCondition, TerminalDevice};
use domain::material::Picture;
use domain::resident_id::CardPhoto;
use drivers::face::{FaceMatcher as _, FaceProgram, MatchResult};
use drivers::id_card_reader::{DecodedPhoto, PhotoDecoder as _, PhotoProgram, blank_photo};
use drivers::supervisor::{Attendant, Circuit, CircuitState};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A photo is decoded within this.
const DECODING: Duration = Duration::from_secs(3);
/// Two pictures are compared within this, the engine's models loaded.
const COMPARING: Duration = Duration::from_secs(5);
/// A visit waits at most so long: there is time left to ask the province.
const ANSWER: Duration = Duration::from_secs(9);
/// What a program may take before it counts as wedged: it is killed at its own limit, and that takes a moment.
const LIMIT: Duration = Duration::from_secs(10);
/// How often a program that nobody asks is looked after: starting a vendor's models is work.
const CHECK: Duration = Duration::from_secs(600);

/// The way to the engine's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct FaceEngine(Sender<Comparison>);

/// A question and where its answer goes.
struct Comparison {
    live: Picture,
    photo: CardPhoto,
    answer: oneshot::Sender<MatchResult>,
}

impl FaceEngine {
    /// Starts the thread for the programs of the configuration; both are tried at once, without a person's picture.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(config: FaceEngineConfig, watch: &Watch) -> std::io::Result<Self> {
        let (sender, questions) = channel();
        let worker = Worker {
            decoder: PhotoProgram::new(config.photo_decoder.program, config.photo_decoder.arguments),
            engine: FaceProgram::new(config.engine.program, config.engine.arguments),
            decoding: Side::new(TerminalDevice::PhotoDecoder, watch),
            comparing: Side::new(TerminalDevice::FaceEngine, watch),
        };
        std::thread::Builder::new().name("face-engine".to_owned()).spawn(move || worker.run(&questions))?;
        Ok(Self(sender))
    }

    /// Compares the picture of who stands here with the photo of their card; none, after nine seconds at the latest, where
    /// there is no result, for whatever reason. That is never the same as "not this person".
    pub async fn compare(&self, live: &Picture, photo: &CardPhoto) -> Option<MatchResult> {
        let (answer, hear) = oneshot::channel();
        self.0.send(Comparison { live: live.clone(), photo: photo.clone(), answer }).ok()?;
        tokio::time::timeout(ANSWER, hear).await.ok()?.ok()
    }
}

struct Worker {
    decoder: PhotoProgram,
    engine: FaceProgram,
    decoding: Side,
    comparing: Side,
}

impl Worker {
    fn run(mut self, questions: &Receiver<Comparison>) {
        let mut wait = Duration::ZERO;
        loop {
            match questions.recv_timeout(wait) {
                // Whoever asked has gone on without.
                Ok(question) if question.answer.is_closed() => {}
                Ok(question) => {
                    if let Some(result) = self.compare(&question) {
                        // Nobody may wait for it any more.
                        let _gone = question.answer.send(result);
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.check(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            wait = self.decoding.next_check().min(self.comparing.next_check());
        }
    }

    /// Starts the program that is due as a self-test does: a photo of nobody, and the question who the engine is.
    fn check(&mut self) {
        if self.decoding.next_check().is_zero() {
            let blank = blank_photo();
            let decoder = &mut self.decoder;
            let decoded = self.decoding.call(|| decoder.decode(&blank, Instant::now() + DECODING));
            match decoded {
                Ok(_) => self.decoding.well(),
                Err(error) => self.decoding.failed(error.cause(), &error),
            }
        }
        if self.comparing.next_check().is_zero() {
            let engine = &mut self.engine;
            match self.comparing.call(|| engine.identify(Instant::now() + COMPARING)) {
                Ok(_) => self.comparing.well(),
                // It was given no picture to find fault with.
                Err(error) => self.comparing.failed(error.cause().unwrap_or(Cause::InvalidAnswer), &error),
            }
        }
    }

    fn compare(&mut self, question: &Comparison) -> Option<MatchResult> {
        // A program that failed a moment ago makes nobody wait.
        if !self.decoding.may_start() || !self.comparing.may_start() {
            return None;
        }
        let decoder = &mut self.decoder;
        let decoded = self.decoding.call(|| decoder.decode(&question.photo, Instant::now() + DECODING));
        let reference = match decoded {
            Ok(decoded) => {
                self.decoding.well();
                match decoded {
                    DecodedPhoto::Portrait(portrait) => portrait.picture(),
                    DecodedPhoto::NotDecodable | DecodedPhoto::NoDecoder => {
                        tracing::warn!("a card's photo cannot be decoded");
                        return None;
                    }
                }
            }
            Err(error) => {
                self.decoding.failed(error.cause(), &error);
                return None;
            }
        };
        let engine = &mut self.engine;
        let compared =
            self.comparing.call(|| engine.compare(&question.live, &reference, Instant::now() + COMPARING));
        match compared {
            Ok(result) => {
                self.comparing.well();
                Some(result)
            }
            Err(error) => {
                match error.cause() {
                    Some(cause) => self.comparing.failed(cause, &error),
                    // The pictures are to blame: the engine is well.
                    None => {
                        self.comparing.well();
                        tracing::info!(%error, "the face engine has no result");
                    }
                }
                None
            }
        }
    }
}

/// One of the two programs, as the technician sees it.
struct Side {
    device: TerminalDevice,
    attendant: Attendant,
    circuit: Circuit,
    /// What is wrong, where something is: said once in the log.
    trouble: Option<Cause>,
    checked: Option<Instant>,
}

impl Side {
    fn new(device: TerminalDevice, watch: &Watch) -> Self {
        Self {
            device,
            attendant: watch.attend(device),
            circuit: circuit(device),
            trouble: None,
            checked: None,
        }
    }

    /// Whether it may be started now.
    fn may_start(&self) -> bool {
        !matches!(self.circuit.state(Instant::now()), CircuitState::Open { .. })
    }

    /// How long until it is looked after.
    fn next_check(&self) -> Duration {
        let now = Instant::now();
        match self.circuit.state(now) {
            CircuitState::Open { until } => until.saturating_duration_since(now),
            CircuitState::HalfOpen => Duration::ZERO,
            CircuitState::Closed => {
                self.checked.map_or(Duration::ZERO, |at| (at + CHECK).saturating_duration_since(now))
            }
        }
    }

    fn call<T>(&mut self, program: impl FnOnce() -> T) -> T {
        self.checked = Some(Instant::now());
        self.attendant.call(LIMIT, program)
    }

    fn well(&mut self) {
        self.circuit.succeeded();
        self.report(None);
    }

    fn failed(&mut self, cause: Cause, error: &(dyn std::error::Error + 'static)) {
        self.circuit.failed(Instant::now());
        if self.trouble != Some(cause) {
            tracing::warn!(device = self.device.word(), error = %Chain(error), "faces are compared by the province");
        }
        self.report(Some(cause));
    }

    fn report(&mut self, cause: Option<Cause>) {
        self.trouble = cause;
        self.attendant.report(DeviceCondition::of(self.device, cause));
    }
}
