//! A desk at the reference platform, with an inbox that a test reads.

use domain::case::{Applicant, Submission, SubmissionId};
use domain::form::answer::{AnswerSource, Answered, FormAnswers};
use domain::identity::{Consent, FaceConsent, Identity, SharedDataConsent};
use domain::locale::Locale;
use domain::material::Picture;
use domain::personal::Personal;
use domain::service_item::sample::read_answers;
use domain::service_item::{Catalogue, ItemId, Queueing};
use domain::session::effect::{Effect, Question};
use domain::session::event::{AskFailure, Event, EventKind, ProvinceEvent, Tap, TerminalEvent, Ticket};
use domain::session::{Facts, Session};
use domain::terminal::Timestamp;
use kiosk_ui::clock::TerminalClock;
use kiosk_ui::device::face_engine::FaceEngine;
use kiosk_ui::inbox::{Inbox, Post};
use kiosk_ui::province::{DeskError, DeskOptions, News, ProvinceDesk, Randomness};
use kiosk_ui::rig::{Rig, RigOptions, RigPace, RigProvince};
use platform_client::credentials::Credentials;
use platform_client::dialect::Dialects;
use platform_client::http::Timeouts;
use platform_client::province::ProvinceConfig;
use platform_client::seal::Authorities;
use platform_client::sim::fault::Fault;
use platform_client::sim::{Admin, CaseRow, CatalogueSource, TimeSource};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use time::macros::datetime;

pub(crate) const START: Timestamp = datetime!(2026-11-24 10:24 +8);
pub(crate) const RANDOMNESS: Randomness = Randomness::Seeded(7);
/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) desk: ProvinceDesk,
    pub(crate) rig: Rig,
    inbox: Inbox,
    clock: TerminalClock,
    session: RefCell<Session>,
    /// Events of the terminal that came while an answer was waited for.
    seen: RefCell<Vec<TerminalEvent>>,
    folder: TempDir,
}

impl World {
    /// A desk that has asked for everything once.
    pub(crate) fn start() -> Self {
        Self::comparing(None)
    }

    /// The same with an engine that compares faces.
    pub(crate) fn comparing(face_engine: Option<FaceEngine>) -> Self {
        let world = Self::of(News::Once, face_engine, |_| {});
        assert!(world.desk.wait_until_loaded(LIMIT));
        world
    }

    pub(crate) fn with(news: News, prepare: impl FnOnce(&Path)) -> Self {
        Self::of(news, None, prepare)
    }

    fn of(news: News, face_engine: Option<FaceEngine>, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = TerminalClock::standing(START);
        let rig = Rig::start(RigOptions {
            data: folder.path().to_owned(),
            seed: 1,
            clock: clock.clone(),
            time: TimeSource::Fixed(START),
            pace: RigPace::AtOnce,
            province: RigProvince::Here(CatalogueSource::Embedded),
            on_paper: None,
            on_document: None,
        })
        .unwrap();
        prepare(folder.path());
        Self::over(folder, rig, clock, news, face_engine)
    }

    fn over(
        folder: TempDir,
        rig: Rig,
        clock: TerminalClock,
        news: News,
        face_engine: Option<FaceEngine>,
    ) -> Self {
        let (inbox, post) = Inbox::new(|| {});
        let desk = desk(&rig, folder.path(), &clock, news, face_engine, post).unwrap();
        let facts = Facts::new(Arc::new(rig.site().clone()), Arc::new(Catalogue::default()), START);
        let (session, _) = Session::new(facts).handle(Event { at: START, kind: EventKind::Tap(Tap::Staff) });
        let session = RefCell::new(session);
        Self { desk, rig, inbox, clock, session, seen: RefCell::default(), folder }
    }

    /// The same terminal switched off and on, with faults of the province from the first call on.
    pub(crate) fn restart_with(self, faults: &[Fault]) -> Self {
        let Self { desk, rig, clock, folder, .. } = self;
        drop(desk);
        faults.iter().for_each(|fault| rig.admin().unwrap().set_fault(*fault));
        let world = Self::over(folder, rig, clock, News::Once, None);
        assert!(world.desk.wait_until_loaded(LIMIT));
        world
    }

    pub(crate) fn second_desk(&self) -> Result<ProvinceDesk, DeskError> {
        let (_inbox, post) = Inbox::new(|| {});
        desk(&self.rig, self.folder.path(), &self.clock, News::Once, None, post)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) fn admin(&self) -> &Admin {
        self.rig.admin().unwrap()
    }

    pub(crate) fn ask(&self, question: Question) {
        self.desk.ask(self.ticket(), question);
    }

    pub(crate) fn submit(&self, submission: Submission) {
        self.desk.submit(self.ticket(), submission);
    }

    /// The next thing that the province says to a visit.
    pub(crate) fn answer(&self) -> ProvinceEvent {
        let until = Instant::now() + LIMIT;
        loop {
            match self.inbox.wait(until.saturating_duration_since(Instant::now())) {
                Some(EventKind::Province(event)) => return event,
                Some(EventKind::Terminal(event)) => self.seen.borrow_mut().push(event),
                Some(other) => panic!("a desk does not say {other:?}"),
                None => panic!("no answer came"),
            }
        }
    }

    /// Whether nothing more is said to a visit for a moment.
    pub(crate) fn no_more_answers(&self) -> bool {
        let until = Instant::now() + Duration::from_millis(500);
        while let Some(event) = self.inbox.wait(until.saturating_duration_since(Instant::now())) {
            match event {
                EventKind::Terminal(event) => self.seen.borrow_mut().push(event),
                _ => return false,
            }
        }
        true
    }

    /// What was said of the terminal so far.
    pub(crate) fn terminal_events(&self) -> Vec<TerminalEvent> {
        while let Some(event) = self.inbox.next() {
            match event {
                EventKind::Terminal(event) => self.seen.borrow_mut().push(event),
                other => panic!("nobody asked for {other:?}"),
            }
        }
        self.seen.borrow().clone()
    }

    /// Waits until something is said of the terminal.
    pub(crate) fn terminal_event(&self, wanted: impl Fn(&TerminalEvent) -> bool) {
        let until = Instant::now() + LIMIT;
        loop {
            match self.inbox.wait(until.saturating_duration_since(Instant::now())) {
                Some(EventKind::Terminal(event)) if wanted(&event) => return,
                Some(_) => {}
                None => panic!("it was not said"),
            }
        }
    }

    /// The province's table, as soon as it has so many rows.
    pub(crate) fn cases_when(&self, count: usize) -> Vec<CaseRow> {
        let until = Instant::now() + LIMIT;
        loop {
            let cases = self.admin().cases().unwrap();
            if cases.len() >= count || Instant::now() > until {
                assert_eq!(cases.len(), count);
                return cases;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Only a session gives tickets: each sign-in of staff costs one.
    fn ticket(&self) -> Ticket {
        let happen = |kind| {
            let (next, effects) = self.session.borrow().clone().handle(Event { at: START, kind });
            self.session.replace(next);
            effects
        };
        let sign_in = Tap::StaffSignIn { badge: "0".into(), pin: Personal::new("0") };
        let effects = happen(EventKind::Tap(sign_in));
        let ticket = effects.iter().find_map(|effect| match effect {
            Effect::Ask(ticket, _) => Some(*ticket),
            _ => None,
        });
        let ticket = ticket.unwrap();
        happen(EventKind::Province(ProvinceEvent::SignedIn(ticket, Err(AskFailure::Refused))));
        ticket
    }
}

fn desk(
    rig: &Rig,
    data: &Path,
    clock: &TerminalClock,
    news: News,
    face_engine: Option<FaceEngine>,
    post: Post,
) -> Result<ProvinceDesk, DeskError> {
    let options = DeskOptions {
        division: rig.site().division.clone(),
        province: ProvinceConfig {
            url: rig.province().url.clone(),
            credentials: Credentials::read(&rig.province().credentials).unwrap(),
            terminal: rig.site().terminal.clone(),
            dialects: Dialects::default(),
            timeouts: Timeouts::default(),
        },
        seal_authorities: Authorities::read(rig.province().seal_authorities.as_deref().unwrap()).unwrap(),
        data: data.to_owned(),
        randomness: RANDOMNESS,
        news,
        face_engine,
    };
    ProvinceDesk::start(options, Arc::new(clock.clone()), post)
}

/// An item's sample answers as a submission of a person.
pub(crate) fn submission(
    world: &World,
    id: &str,
    n: u8,
    queueing: Queueing,
    identity: &Identity,
) -> Submission {
    let catalogue = world.admin().catalogue();
    let file = catalogue.items.iter().find(|f| f.name == format!("{id}.toml")).unwrap();
    let item = domain::service_item::source::read_item(&file.toml).unwrap();
    let picture = Picture::new(b"\x89PNG\r\n\x1a\n sample".to_vec());
    let mut answers = FormAnswers::default();
    for (field, sample) in read_answers(&item, &item.sample).unwrap() {
        let answer = sample.answer(START.date(), &picture);
        answers.set(field, Answered { answer, source: AnswerSource::Resident });
    }
    answers.prune(&item.form);
    Submission {
        id: SubmissionId::from_random([n; 16]),
        item: ItemId(id.to_owned()),
        item_version: item.version,
        filed_at: START,
        terminal: world.rig.site().terminal.clone(),
        locale: Locale::ZhCn,
        applicant: Applicant {
            name: identity.name().clone(),
            number: identity.number().clone(),
            way: identity.way(),
            assurance: identity.assurance(),
            face: None,
        },
        agent: None,
        consent: Consent {
            item_version: "2026.11.1".to_owned(),
            at: START,
            face: FaceConsent::NotAsked,
            shared_data: SharedDataConsent::Given,
        },
        answers,
        provided: Vec::new(),
        queueing,
    }
}
