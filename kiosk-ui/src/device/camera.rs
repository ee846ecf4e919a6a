//! The camera's thread: preview, face, code, photo; dark while nobody needs it.
//!
//! Duty: look for what the visit wishes, and hand the newest preview to the screen. Never: keep a frame, or hand over a
//! picture of a face that the visit did not ask for.

mod photo;

use super::Watch;
use super::watch::circuit;
use crate::inbox::Post;
use domain::device::{Cause, DeviceCondition, TerminalDevice};
use domain::form::PhotoSubject;
use domain::session::effect::CameraUse;
use domain::session::event::{DeviceEvent, EventKind, FaceHint, PhotoProblem, Ticket};
use drivers::camera::{Camera, CameraError, CameraErrorKind, Frame, Mirror, PAPER_SIZE, Size, USUAL_SIZE};
use drivers::code_scanner::{CodeReader, Effort, LadderReader};
use drivers::face::{
    FaceDetector, FaceHint as Seen, GateRules, PoseEstimator, QualityGate, Search, WeightsError,
};
use drivers::supervisor::{Attendant, Circuit};
use drivers::transport::PortAddress;
use photo::fitted;
use shipped::{AssetError, Model};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long one frame may take to come before a new wish is heard.
const FRAME: Duration = Duration::from_millis(400);
/// The longest that opening or a frame takes, a device that wakes included.
const LIMIT: Duration = Duration::from_secs(10);
/// How often a camera that nobody uses is looked after.
const CHECK: Duration = Duration::from_secs(10);
/// So many frames that do not come, one after another, are a camera that is away.
const MISSES: u32 = 8;
/// The preview's longer edge, pixels.
const PREVIEW: u32 = 480;
/// A code that was out of sight for so long is shown anew.
const OUT_OF_SIGHT: Duration = Duration::from_secs(1);

/// Opens a camera for frames of about a size: by its port, or the simulated one.
pub type Source = Box<dyn FnMut(Size) -> Result<Box<dyn Camera>, CameraError> + Send>;

/// Opens the camera at a port.
pub fn by_port(port: PortAddress) -> Source {
    Box::new(move |size| drivers::camera::open_at(&port, size))
}

/// A preview for the screen; wiped when dropped.
pub struct Preview {
    /// Pixels across, at most 480.
    pub width: u32,
    /// Pixels down, at most 480.
    pub height: u32,
    /// Red, green, blue, row after row from the top.
    pub rgb: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Preview({} × {})", self.width, self.height)
    }
}

/// Where the newest preview lies until the screen takes it; an older one is dropped unseen. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct PreviewSlot(Arc<Mutex<Option<Preview>>>);

impl PreviewSlot {
    /// Takes the newest preview, if the screen has not had it.
    pub fn take(&self) -> Option<Preview> {
        self.lock().take()
    }

    fn put(&self, preview: Option<Preview>) {
        *self.lock() = preview;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Preview>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Wish {
    Use(CameraUse),
    Photo(Ticket, PhotoSubject),
    Forget,
}

/// The way to the camera's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct CameraDesk {
    wishes: Sender<Wish>,
    preview: PreviewSlot,
}

/// Why the camera's thread did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The models are not where they belong.
    #[error(transparent)]
    Absent(#[from] AssetError),
    /// The models are damaged.
    #[error("the models that look at faces are damaged")]
    Models(#[from] WeightsError),
    /// The machine gives no thread.
    #[error("the machine gives no thread")]
    Thread(#[from] std::io::Error),
}

impl CameraDesk {
    /// Starts the thread; `shown` is called after each new preview, on that thread.
    ///
    /// # Errors
    /// The models are damaged or not there, or there is no thread.
    pub fn start(
        source: Source,
        watch: &Watch,
        shown: impl Fn() + Send + 'static,
    ) -> Result<Self, StartError> {
        let Model { manifest, weights } = shipped::face_detector()?;
        let detector = FaceDetector::new(manifest, weights, Search::Thorough)?;
        // Read here once, so that damage shows at the start and not in a visit.
        pose_estimator()?;
        let (wishes, heard) = channel();
        let preview = PreviewSlot::default();
        let worker = Worker {
            source,
            post: watch.post(),
            attendant: watch.attend(TerminalDevice::Camera),
            shown: Box::new(shown),
            preview: preview.clone(),
            camera: None,
            films: false,
            misses: 0,
            circuit: circuit(TerminalDevice::Camera),
            trouble: None,
            next_check: Instant::now(),
            next_try: Instant::now(),
            wish: CameraUse::Off,
            photo: None,
            detector,
            seen: Seeing::default(),
        };
        std::thread::Builder::new().name("camera".to_owned()).spawn(move || worker.run(&heard))?;
        Ok(Self { wishes, preview })
    }

    /// What the camera is for from now on.
    pub fn set(&self, wish: CameraUse) {
        self.say(Wish::Use(wish));
    }

    /// Takes a photo of the next frame.
    pub fn take_photo(&self, ticket: Ticket, subject: PhotoSubject) {
        self.say(Wish::Photo(ticket, subject));
    }

    /// The visit is over: no picture stays.
    pub fn forget(&self) {
        self.say(Wish::Forget);
        self.preview.put(None);
    }

    /// Where the newest preview lies.
    pub fn preview(&self) -> PreviewSlot {
        self.preview.clone()
    }

    fn say(&self, wish: Wish) {
        // The thread ends only with this sender.
        let _gone = self.wishes.send(wish);
    }
}

fn pose_estimator() -> Result<PoseEstimator, StartError> {
    let Model { manifest, weights } = shipped::face_landmarks()?;
    Ok(PoseEstimator::new(manifest, weights)?)
}

struct Worker {
    source: Source,
    post: Post,
    attendant: Attendant,
    shown: Box<dyn Fn() + Send>,
    preview: PreviewSlot,
    camera: Option<Box<dyn Camera>>,
    /// A frame has come since it was opened.
    films: bool,
    misses: u32,
    circuit: Circuit,
    /// What is wrong, where something is: said once in the log.
    trouble: Option<Cause>,
    next_check: Instant,
    /// A camera that fails is left alone until then, unless somebody wishes anew.
    next_try: Instant,
    wish: CameraUse,
    photo: Option<(Ticket, PhotoSubject)>,
    detector: FaceDetector,
    seen: Seeing,
}

/// What was seen since the last wish.
#[derive(Default)]
struct Seeing {
    gate: Option<QualityGate>,
    hint: Option<FaceHint>,
    /// A face was handed over: the next one only after a new wish.
    captured: bool,
    reader: Option<LadderReader>,
    /// The code that was read last.
    code: Option<Zeroizing<String>>,
    /// Since when frames have not had it; none while it is in sight. By frames and not by the clock: on a slow machine a code that
    /// is held is looked at seldom.
    code_away: Option<Instant>,
}

impl Worker {
    fn run(mut self, wishes: &Receiver<Wish>) {
        loop {
            let wait = if self.is_idle() { self.check() } else { self.open() };
            match wishes.recv_timeout(wait) {
                // The camera is opened for it before anything is looked at.
                Ok(wish) => self.hear(wish),
                Err(RecvTimeoutError::Timeout) if self.is_idle() => {}
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.wish == CameraUse::Off && self.photo.is_none()
    }

    fn hear(&mut self, wish: Wish) {
        self.next_try = Instant::now();
        match wish {
            Wish::Use(wish) => {
                if size_for(wish) != size_for(self.wish) {
                    self.camera = None;
                }
                self.wish = wish;
                self.seen = Seeing::default();
                if wish == CameraUse::Off {
                    self.preview.put(None);
                }
            }
            Wish::Photo(ticket, subject) => self.photo = Some((ticket, subject)),
            Wish::Forget => {
                self.photo = None;
                self.seen = Seeing::default();
                self.preview.put(None);
            }
        }
    }

    /// Closes the camera, so that it is dark, and looks now and then whether it could be opened; how long until the next
    /// look.
    fn check(&mut self) -> Duration {
        self.camera = None;
        let now = Instant::now();
        if self.next_check <= now {
            let wait = self.open().max(CHECK);
            if self.camera.take().is_some() {
                self.works();
            }
            self.next_check = now + wait;
        }
        self.next_check - now
    }

    /// Opens the camera if it is closed; how long to wait before the next try.
    fn open(&mut self) -> Duration {
        if self.camera.is_some() {
            return Duration::ZERO;
        }
        let wait = self.next_try.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            return wait;
        }
        let size = size_for(self.wish);
        match self.attendant.call(LIMIT, || (self.source)(size)) {
            Ok(camera) => {
                self.camera = Some(camera);
                self.misses = 0;
                self.films = false;
            }
            Err(error) => self.lost(&error),
        }
        self.next_try.saturating_duration_since(Instant::now())
    }

    /// It is there, and as far as it was asked, it films.
    fn works(&mut self) {
        self.circuit.succeeded();
        self.trouble = None;
        self.attendant.report(DeviceCondition::ready(TerminalDevice::Camera));
    }

    fn look(&mut self) {
        let Some(camera) = &mut self.camera else {
            return self.no_photo();
        };
        let frame = match self.attendant.call(LIMIT, || camera.frame(Instant::now() + FRAME)) {
            Ok(frame) => frame,
            Err(error) => return self.missed(&error),
        };
        self.misses = 0;
        // It opens dark: whether it films is known by its first frame.
        if !std::mem::replace(&mut self.films, true) {
            self.works();
        }
        self.show(&frame);
        if let Some((ticket, subject)) = self.photo.take() {
            self.say(match photo::of(&frame, subject) {
                Ok(picture) => DeviceEvent::PhotoTaken(ticket, picture),
                Err(problem) => DeviceEvent::PhotoFailed(ticket, problem),
            });
        }
        match self.wish {
            CameraUse::Face => self.look_for_face(&frame),
            CameraUse::Code => self.look_for_code(&frame),
            CameraUse::Photo | CameraUse::Off => {}
        }
    }

    /// A late frame or a damaged one is no lost camera; many of them are.
    fn missed(&mut self, error: &CameraError) {
        self.misses += 1;
        let passing = matches!(error.kind(), CameraErrorKind::Timeout | CameraErrorKind::InvalidData);
        if !passing || self.misses >= MISSES {
            self.lost(error);
        }
    }

    fn show(&self, frame: &Frame) {
        let size = fitted(frame.size(), PREVIEW);
        let mut rgb = Zeroizing::new(vec![0; size.pixels() * 3]);
        // People know their face from mirrors, and move a code as they see it move; a paper is read as it is.
        let mirror = match self.wish {
            CameraUse::Face | CameraUse::Code => Mirror::AsInMirror,
            CameraUse::Photo | CameraUse::Off => Mirror::AsSeen,
        };
        frame.preview_into(size, mirror, &mut rgb);
        self.preview.put(Some(Preview { width: size.width, height: size.height, rgb }));
        (self.shown)();
    }

    fn look_for_face(&mut self, frame: &Frame) {
        if self.seen.captured {
            return;
        }
        let faces = self.detector.detect(frame);
        let gate = self
            .seen
            .gate
            .get_or_insert_with(|| QualityGate::new(GateRules::default(), pose_estimator().ok()));
        let look = gate.look(frame, &faces);
        let hint = hint(look.hint);
        if self.seen.hint.replace(hint) != Some(hint) {
            self.say(DeviceEvent::FaceHint(hint));
        }
        if let Some(capture) = look.capture {
            self.seen.captured = true;
            self.say(DeviceEvent::FaceCaptured(capture.picture));
        }
    }

    fn look_for_code(&mut self, frame: &Frame) {
        let reader = self.seen.reader.get_or_insert_with(|| LadderReader::new(Effort::Live));
        let Some(code) = reader.read(&frame.grey()) else {
            self.seen.code_away.get_or_insert_with(Instant::now);
            return;
        };
        let away = self.seen.code_away.take().is_some_and(|since| since.elapsed() >= OUT_OF_SIGHT);
        let before = self.seen.code.replace(Zeroizing::new(code.text.reveal().to_owned()));
        let held = !away && before.is_some_and(|text| text.as_str() == code.text.reveal());
        // A code that is simply still there says nothing new.
        if !held {
            self.say(DeviceEvent::CodeRead(code.text));
        }
    }

    fn lost(&mut self, error: &CameraError) {
        self.camera = None;
        self.seen = Seeing::default();
        self.preview.put(None);
        self.no_photo();
        let cause = error.cause();
        if self.trouble.replace(cause) != Some(cause) {
            tracing::warn!(device = "camera", kind = error.kind().as_str(), %error, "the camera is away");
        }
        self.attendant.report(DeviceCondition::troubled(TerminalDevice::Camera, cause));
        let now = Instant::now();
        self.next_try = now + self.circuit.failed(now);
    }

    fn no_photo(&mut self) {
        if let Some((ticket, _)) = self.photo.take() {
            self.say(DeviceEvent::PhotoFailed(ticket, PhotoProblem::NoCamera));
        }
    }

    fn say(&self, event: DeviceEvent) {
        self.post.put(EventKind::Device(event));
    }
}

/// Print is read from a photo: it is taken as fine as the camera can.
const fn size_for(wish: CameraUse) -> Size {
    match wish {
        CameraUse::Photo => PAPER_SIZE,
        CameraUse::Face | CameraUse::Code | CameraUse::Off => USUAL_SIZE,
    }
}

fn hint(seen: Seen) -> FaceHint {
    match seen {
        Seen::NoFace => FaceHint::NoFace,
        Seen::MoreThanOne => FaceHint::MoreThanOne,
        Seen::ComeCloser => FaceHint::ComeCloser,
        Seen::MoveBack => FaceHint::MoveBack,
        Seen::MoveLeft | Seen::MoveRight | Seen::MoveUp | Seen::MoveDown => FaceHint::Centre,
        Seen::MoreLight => FaceHint::MoreLight,
        Seen::LessLight => FaceHint::LessLight,
        Seen::HoldStill => FaceHint::HoldStill,
        Seen::LookStraight => FaceHint::LookStraight,
        Seen::Good => FaceHint::Good,
    }
}
