//! The camera's thread, looking at a camera that draws: previews, hints, a face, a code, a photo, a pulled plug.

use domain::device::{DeviceClass, DeviceState};
use domain::form::PhotoSubject;
use domain::session::effect::{CameraUse, Effect};
use domain::session::event::{
    AskFailure, DeviceEvent, Event, EventKind, FaceHint, PhotoProblem, ProvinceEvent, Tap, Ticket,
};
use domain::session::{Facts, Session};
use drivers::camera::{Camera, CameraError, Frame, Pace, Size};
use drivers::sim::camera::{CameraFault, Scene, SceneName, SimCamera};
use kiosk_ui::device::Watch;
use kiosk_ui::device::camera::CameraDesk;
use kiosk_ui::inbox::Inbox;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

struct Stand {
    camera: SimCamera,
    desk: CameraDesk,
    _watch: Watch,
    inbox: Inbox,
    shown: Arc<AtomicU32>,
}

impl Stand {
    fn with(scene: Scene) -> Self {
        let camera = SimCamera::new(Size::new(1280, 720), Pace::AsAsked, scene);
        let (inbox, post) = Inbox::new(|| {});
        let shown = Arc::new(AtomicU32::new(0));
        let (opened, counted) = (camera.clone(), Arc::clone(&shown));
        let watch = Watch::start(post).unwrap();
        let source = Box::new(move |size| opened.open_at(size));
        let count = move || {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        let desk = CameraDesk::start(source, &watch, count).unwrap();
        Self { camera, desk, _watch: watch, inbox, shown }
    }

    /// The next event that is wanted; others may come before it.
    fn wait<T>(&self, wanted: impl Fn(DeviceEvent) -> Option<T>) -> T {
        let until = Instant::now() + LIMIT;
        loop {
            match self.inbox.wait(until.saturating_duration_since(Instant::now())) {
                Some(EventKind::Device(event)) => {
                    if let Some(found) = wanted(event) {
                        return found;
                    }
                }
                Some(other) => panic!("a camera does not say {other:?}"),
                None => panic!("it was not said"),
            }
        }
    }

    fn wait_for_state(&self, state: DeviceState) {
        self.wait(|e| matches!(e, DeviceEvent::State(DeviceClass::Camera, s) if s == state).then_some(()));
    }

    /// What is said while so many more previews come.
    fn during(&self, previews: u32) -> Vec<DeviceEvent> {
        let until = self.shown.load(Ordering::SeqCst) + previews;
        let limit = Instant::now() + LIMIT;
        let mut said = Vec::new();
        while self.shown.load(Ordering::SeqCst) < until {
            assert!(Instant::now() < limit, "no more previews come");
            if let Some(EventKind::Device(event)) = self.inbox.wait(Duration::from_millis(20)) {
                said.push(event);
            }
        }
        said
    }
}

/// Only a session gives tickets.
fn ticket() -> Ticket {
    let at = time::macros::datetime!(2026-11-24 10:24 +8);
    let contact = || domain::terminal::Contact {
        name: domain::locale::Localized::new("示例", "Sample"),
        phone: "0000".into(),
        hours: domain::terminal::OpeningHours::always(),
    };
    let site = domain::terminal::Site {
        terminal: domain::terminal::TerminalId("T-1".into()),
        name: domain::locale::Localized::default(),
        address: domain::locale::Localized::default(),
        division: domain::division::DivisionCode::try_from("990001001001".to_owned()).unwrap(),
        hours: domain::terminal::OpeningHours::always(),
        keeper: contact(),
        helpers: vec![contact()],
        nearest: domain::locale::Localized::default(),
    };
    let session = Session::new(Facts::new(Arc::new(site), Arc::default(), at));
    let sign_in = Tap::StaffSignIn { badge: "0".into(), pin: domain::personal::Personal::new("0") };
    let (session, _) = session.handle(Event { at, kind: EventKind::Tap(Tap::Staff) });
    let (session, effects) = session.handle(Event { at, kind: EventKind::Tap(sign_in) });
    let ticket = effects.iter().find_map(|e| match e {
        Effect::Ask(ticket, _) => Some(*ticket),
        _ => None,
    });
    let ticket = ticket.unwrap();
    let refused = ProvinceEvent::SignedIn(ticket, Err(AskFailure::Refused));
    let (_, effects) = session.handle(Event { at, kind: EventKind::Province(refused) });
    assert!(effects.is_empty());
    ticket
}

#[test]
fn a_face_is_captured_once_and_what_is_missing_is_said_before() {
    let stand = Stand::with(Scene::named(SceneName::Empty, 3));
    stand.wait_for_state(DeviceState::Online);
    assert!(stand.desk.preview().take().is_none(), "dark while nobody needs it");
    stand.desk.set(CameraUse::Face);
    stand.wait(|e| matches!(e, DeviceEvent::FaceHint(FaceHint::NoFace)).then_some(()));
    stand.camera.show(Scene::named(SceneName::Far, 3));
    stand.wait(|e| matches!(e, DeviceEvent::FaceHint(FaceHint::ComeCloser)).then_some(()));
    stand.camera.show(Scene::named(SceneName::Face, 3));
    let picture = stand.wait(|e| match e {
        DeviceEvent::FaceCaptured(picture) => Some(picture),
        _ => None,
    });
    assert_eq!(picture.media_type(), "image/jpeg");
    assert!(picture.bytes().len() <= 500_000);
    let said = stand.during(10);
    assert!(!said.iter().any(|e| matches!(e, DeviceEvent::FaceCaptured(_))), "one picture for one wish");
    stand.desk.set(CameraUse::Face);
    stand.wait(|e| matches!(e, DeviceEvent::FaceCaptured(_)).then_some(()));
}

#[test]
fn the_newest_preview_lies_ready_and_goes_with_the_visit() {
    let stand = Stand::with(Scene::face(3));
    stand.desk.set(CameraUse::Photo);
    stand.during(3);
    let preview = stand.desk.preview().take().expect("a preview");
    assert_eq!((preview.width, preview.height), (480, 270));
    assert_eq!(preview.rgb.len(), 480 * 270 * 3);
    assert!(preview.rgb.iter().any(|p| *p != preview.rgb[0]), "a picture, not a colour");
    stand.desk.set(CameraUse::Off);
    stand.desk.forget();
    // Whatever was on its way is done when the thread has heard the next wish.
    stand.desk.take_photo(ticket(), PhotoSubject::Anything);
    stand.wait(|e| matches!(e, DeviceEvent::PhotoTaken(..)).then_some(()));
    stand.desk.forget();
    assert!(stand.desk.preview().take().is_none());
}

#[test]
fn a_code_is_read_once_while_it_is_held_and_again_when_it_is_shown_again() {
    let stand = Stand::with(Scene::code(3, "yilin-app:1:0123456789abcdef"));
    stand.desk.set(CameraUse::Code);
    let code = |e| match e {
        DeviceEvent::CodeRead(text) => Some(text),
        _ => None,
    };
    assert_eq!(stand.wait(code).reveal(), "yilin-app:1:0123456789abcdef");
    assert!(stand.during(8).is_empty(), "it is still the same one");
    stand.camera.show(Scene::code(3, "yilin-app:1:ffffffffffffffff"));
    assert_eq!(stand.wait(code).reveal(), "yilin-app:1:ffffffffffffffff");
    stand.camera.show(Scene::empty(3));
    // The frame after the one that was on its way has none.
    stand.during(2);
    let away = Instant::now();
    while away.elapsed() < Duration::from_millis(1500) {
        stand.during(1);
    }
    stand.camera.show(Scene::code(3, "yilin-app:1:ffffffffffffffff"));
    assert_eq!(stand.wait(code).reveal(), "yilin-app:1:ffffffffffffffff");
}

#[test]
fn a_photo_comes_with_its_ticket_and_a_pulled_plug_is_said() {
    let stand = Stand::with(Scene::face(3));
    stand.wait_for_state(DeviceState::Online);
    let mark = ticket();
    stand.desk.take_photo(mark, PhotoSubject::Anything);
    let (of, picture) = stand.wait(|e| match e {
        DeviceEvent::PhotoTaken(of, picture) => Some((of, picture)),
        _ => None,
    });
    assert_eq!(of, mark);
    assert!(picture.bytes().len() <= 500_000 && image::load_from_memory(picture.bytes()).is_ok());

    stand.desk.set(CameraUse::Photo);
    stand.during(2);
    stand.camera.set_fault(Some(CameraFault::Unplugged { from: 0 }));
    stand.wait_for_state(DeviceState::Offline);
    stand.desk.take_photo(mark, PhotoSubject::Anything);
    stand.wait(|e| {
        matches!(e, DeviceEvent::PhotoFailed(of, PhotoProblem::NoCamera) if of == mark).then_some(())
    });
    stand.camera.set_fault(None);
    stand.wait_for_state(DeviceState::Online);
}

#[test]
fn a_driver_that_does_not_come_back_is_said_while_it_is_away_and_once_it_is_back() {
    let camera = SimCamera::new(Size::new(320, 240), Pace::AsAsked, Scene::named(SceneName::Empty, 1));
    let (inbox, post) = Inbox::new(|| {});
    let watch = Watch::start(post).unwrap();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let opened = camera.clone();
    let source = Box::new(move |_| {
        // As an ioctl on a device whose kernel driver hangs.
        let _released = held.recv();
        opened.open()
    });
    let desk = CameraDesk::start(source, &watch, || {}).unwrap();
    let stand = Stand { camera, desk, _watch: watch, inbox, shown: Arc::default() };
    stand.wait_for_state(DeviceState::HardwareError);
    // Nobody waits for it: the desk takes wishes on.
    stand.desk.set(CameraUse::Face);
    drop(release);
    stand.wait_for_state(DeviceState::Online);
}

#[test]
fn a_paper_is_cut_out_and_straight_or_what_is_in_the_way_is_said() {
    let stand = Stand::with(Scene::face(3));
    let mark = ticket();
    stand.desk.set(CameraUse::Photo);
    stand.desk.take_photo(mark, PhotoSubject::Paper);
    let problem = stand.wait(|e| match e {
        DeviceEvent::PhotoFailed(of, problem) if of == mark => Some(problem),
        _ => None,
    });
    assert_eq!(problem, PhotoProblem::NoSheet, "a face is no sheet");
    stand.camera.show(Scene::paper(3));
    stand.desk.take_photo(mark, PhotoSubject::Paper);
    let picture = stand.wait(|e| match e {
        DeviceEvent::PhotoTaken(of, picture) if of == mark => Some(picture),
        DeviceEvent::PhotoFailed(_, problem) => panic!("{problem:?}"),
        _ => None,
    });
    let page = image::load_from_memory(picture.bytes()).unwrap();
    let shape = f64::from(page.height()) / f64::from(page.width());
    assert!((1.3..1.5).contains(&shape), "A4 is 1.41 high: {}x{}", page.width(), page.height());
}

/// It can be opened, and then it does not film.
struct Dark;

impl Camera for Dark {
    fn frame(&mut self, _: Instant) -> Result<Frame, CameraError> {
        Err(CameraError::HardwareError { port: "v4l:/dev/video0".to_owned(), source: None })
    }
}

#[test]
fn a_camera_that_opens_and_does_not_film_is_told_once_and_left_alone() {
    let (inbox, post) = Inbox::new(|| {});
    let watch = Watch::start(post).unwrap();
    let opened = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&opened);
    let source = Box::new(move |_: Size| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Dark) as Box<dyn Camera>)
    });
    let desk = CameraDesk::start(source, &watch, || {}).unwrap();
    desk.set(CameraUse::Face);
    let (begun, mut said) = (Instant::now(), Vec::new());
    while begun.elapsed() < Duration::from_secs(3) {
        if let Some(EventKind::Device(DeviceEvent::State(DeviceClass::Camera, state))) =
            inbox.wait(Duration::from_millis(20))
        {
            said.push(state);
        }
    }
    // Unused it looked well; then it is at fault, and stays so.
    assert_eq!(said.last(), Some(&DeviceState::HardwareError), "{said:?}");
    assert!(said.iter().filter(|state| **state == DeviceState::HardwareError).count() == 1, "{said:?}");
    let opened = opened.load(Ordering::SeqCst);
    assert!((2..=8).contains(&opened), "opened {opened} times");
}
