//! The process of its own: a terminal's outbox and calls, with marks in every field, in every kind of trouble.

use crate::gateway::{Gateway, Sky};
use crate::marks;
use domain::case::{Submission, SubmissionId};
use domain::form::FieldId;
use domain::form::answer::{Answer, AnswerSource, Answered};
use domain::identity::{Consent, FaceConsent, SharedDataConsent};
use domain::material::Picture;
use domain::personal::Personal;
use domain::rating::{RatingLevel, RatingReason, ServiceRating};
use domain::service_item::{ItemId, Queueing};
use domain::session::effect::RatingToSend;
use platform_client::clock::{Clock as _, SystemClock};
use platform_client::contract::case::CaseReceipt;
use platform_client::contract::case::CaseRequest;
use platform_client::contract::rating::RatingRequest;
use platform_client::contract::session::{FaceEngine, PresentationAttack};
use platform_client::credentials::Credentials;
use platform_client::dialect::{Dialects, Recovery};
use platform_client::entropy::SystemEntropy;
use platform_client::error::CallError;
use platform_client::http::Timeouts;
use platform_client::operation::Operation;
use platform_client::outbox::inspect::{Inspector, Reveal};
use platform_client::outbox::{Backoff, Courier, Outbox, OutboxConfig, Pace};
use platform_client::province::{EngineVerdict, Province, ProvinceConfig};
use platform_client::sim::fault::{Fault, list};
use platform_client::sim::{CodeKind, Options, ReferencePlatform};
use platform_client::{MaterialUpload, Shown, case_request};
use std::error::Error;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::macros::offset;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");

/// Whatever a library logs through `log`, on stderr.
struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        eprintln!("{} {} {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

pub(crate) fn work(folder: &Path) {
    log::set_logger(&Everything).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // The gateway has a runtime of its own, which cannot end inside another.
    drop(runtime.block_on(live(folder)));
}

struct Terminal {
    platform: ReferencePlatform,
    gateway: Gateway,
    province: Province,
    outbox: Outbox,
    config: OutboxConfig,
    clock: Arc<SystemClock>,
    next: u64,
}

async fn live(folder: &Path) -> Terminal {
    let platform = ReferencePlatform::start(Options::new(folder.join("platform"), FONT)).unwrap();
    // A thread of its own: it has a runtime of its own.
    let (data, url) = (folder.join("platform"), platform.url().to_owned());
    let gateway = std::thread::spawn(move || Gateway::start(&data, &url)).join().unwrap();
    gateway.keep_bodies();
    let terminal = platform.admin().site().terminal.clone();
    let (clock, entropy) = (Arc::new(SystemClock::new(offset!(+8))), Arc::new(SystemEntropy::new()));
    let province = ProvinceConfig {
        url: gateway.url.clone(),
        credentials: Credentials::read(platform.credentials()).unwrap(),
        terminal: terminal.clone(),
        dialects: Dialects::default(),
        timeouts: Timeouts { connect: Duration::from_millis(400), call: Duration::from_millis(600) },
    };
    let province = Province::new(province, clock.clone(), entropy.clone()).unwrap();
    let pace = Pace {
        backoff: Backoff { first: Duration::from_millis(10), longest: Duration::from_millis(50) },
        settling: Duration::from_millis(50),
        ..Pace::default()
    };
    let config = OutboxConfig { pace, ..OutboxConfig::in_folder(&folder.join("terminal"), terminal) };
    let outbox = Outbox::open(config.clone(), clock.clone(), entropy).unwrap();
    let mut terminal = Terminal { platform, gateway, province, outbox, config, clock, next: 0 };
    terminal.a_courier_that_breaks().await;
    let delivery = tokio::spawn({
        let (outbox, province) = (terminal.outbox.clone(), terminal.province.clone());
        async move { outbox.deliver(province).await }
    });
    terminal.in_every_trouble().await;
    for sky in [Sky::Away, Sky::Storm, Sky::Clear] {
        terminal.gateway.set(sky, 3);
        terminal.visit().await;
        terminal.session().await;
    }
    // On a slow machine each session so far may have ended in a time-out before it came to the face.
    let began = Instant::now();
    while terminal.verdicts() == 0 && began.elapsed() < Duration::from_secs(60) {
        terminal.session().await;
    }
    terminal.changes_of_the_outbox();
    // Some waits when the end comes: sealed files and rows are there to be searched.
    terminal.gateway.set(Sky::Away, 3);
    terminal.visit().await;
    delivery.abort();
    std::fs::write(folder.join("heads"), terminal.gateway.heads()).unwrap();
    let bodies = terminal.gateway.bodies_with(marks::NAME.as_bytes());
    assert!(bodies > 0 && terminal.verdicts() > 0, "the marks did travel");
    say("BODIES", &bodies);
    assert!(terminal.outbox.room().rows > 0);
    // As it is now: at the end the log is emptied and gone.
    let copy = folder.join("running");
    std::fs::create_dir(&copy).unwrap();
    for file in std::fs::read_dir(terminal.config.folder.join("current")).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
    }
    assert!(copy.join("outbox.sqlite-wal").exists());
    terminal
}

fn say(what: &str, value: &impl Debug) {
    eprintln!("{what}: {value:?} {value:#?}");
}

fn say_error(error: &(dyn Error + 'static)) {
    eprintln!("error: {error} {error:?} {error:#?}");
    if let Some(cause) = error.source() {
        say_error(cause);
    }
}

fn say_result<T: Debug>(what: &str, result: Result<T, CallError>) -> Option<T> {
    match result {
        Ok(value) => {
            say(what, &value);
            Some(value)
        }
        Err(error) => {
            say_error(&error);
            None
        }
    }
}

impl Terminal {
    /// How many calls have told a face's likeness.
    fn verdicts(&self) -> usize {
        self.gateway.bodies_with(marks::LIKENESS.to_string().as_bytes())
    }

    /// With a mark in every field that a resident fills.
    fn submission(&mut self) -> Submission {
        self.next += 1;
        let n = self.next;
        let now = self.clock.now();
        let terminal = self.platform.admin().site().terminal.clone();
        let mut submission = crate::cases::submission(1, 1000 + n, now, &terminal);
        submission.id = SubmissionId::from_random((u128::from(n) << 64 | 0xabcd).to_be_bytes());
        submission.item = ItemId("appeal-12345".to_owned());
        submission.queueing = if n.is_multiple_of(3) { Queueing::LiveOnly } else { Queueing::MayQueue };
        submission.applicant.name = Personal::new(marks::NAME);
        submission.applicant.number = Personal::new(marks::NUMBER);
        submission.answers = Default::default();
        let mut picture = b"\xff\xd8\xff".to_vec();
        (0..9000).for_each(|_| picture.extend(marks::PICTURE.bytes()));
        let area = self.platform.admin().site().division.clone();
        for (field, answer) in [
            ("topic", Answer::Choice("roads".to_owned())),
            ("area", Answer::Division(area)),
            ("place", Answer::Text(Personal::new(marks::PLACE))),
            ("what", Answer::Text(Personal::new(marks::WHAT))),
            ("photo", Answer::Photo(Picture::new(picture))),
            ("answer_by_phone", Answer::YesNo(domain::form::answer::YesNo::Yes)),
            ("phone", Answer::Text(Personal::new(marks::PHONE))),
        ] {
            submission.answers.set(FieldId::from(field), Answered { answer, source: AnswerSource::Resident });
        }
        if n.is_multiple_of(4) {
            // The platform refuses it: this item has no such field.
            let person =
                Answer::Person { name: Personal::new(marks::AGENT), number: Personal::new(marks::NUMBER) };
            submission
                .answers
                .set(FieldId::from("agent"), Answered { answer: person, source: AnswerSource::Resident });
        }
        submission
    }

    async fn visit(&mut self) {
        let submission = self.submission();
        say("submission", &submission);
        let (request, materials) = case_request(&submission);
        say("request", &request);
        say("materials", &materials);
        say("uploads", &materials.iter().cloned().map(MaterialUpload::from).collect::<Vec<_>>());
        let id = submission.id.clone();
        let item = submission.item.clone();
        match self.outbox.submit_now(submission, Duration::from_millis(700)).await {
            Ok(outcome) => say("outcome", &outcome),
            Err(error) => say_error(&error),
        }
        let reason = RatingReason("slow".to_owned());
        let words = Personal::new(marks::WHAT);
        let rating = RatingToSend {
            submission: Some(id),
            item,
            rating: ServiceRating::with_words(RatingLevel::Dissatisfied, vec![reason], Some(words)).unwrap(),
            at: self.clock.now(),
        };
        say("rating", &self.outbox.rate(&rating).unwrap());
    }

    /// Everything that a resident's session asks.
    async fn session(&mut self) {
        let number = Personal::new(marks::NUMBER);
        say_result("sms", self.province.send_sms(&number).await);
        say_result("call back", self.province.call_back(&Personal::new(marks::PHONE), None).await);
        let nobody = Personal::new(marks::NETWORK_ID);
        say_result("nobody", self.province.open_session(Shown::NetworkId(&nobody)).await);
        let code = self.platform.admin().fresh_code(CodeKind::ProvinceQr, "zhang-shili").map(Personal::new);
        let Some(code) = code else { return };
        let opened = self.province.open_session(Shown::ProvinceQr(&code)).await;
        let Some(mut session) = say_result("session", opened) else { return };
        let item = ItemId("old-age-allowance".to_owned());
        say_result("inquiry", self.province.inquiry(&session, &item).await);
        let keys = vec!["shared.phone".to_owned()];
        let consent = Consent {
            item_version: "2026.11.1".to_owned(),
            at: self.clock.now(),
            face: FaceConsent::NotAsked,
            shared_data: SharedDataConsent::Given,
        };
        say_result("prefill", self.province.prefill(&session, &item, &consent, keys).await);
        say_result("suggestions", self.province.suggestions(&session).await);
        let face = Picture::new([b"\xff\xd8\xff", marks::PICTURE.as_bytes()].concat());
        say_result("face", self.province.match_face(&mut session, &face).await);
        let said = EngineVerdict {
            engine: FaceEngine { name: "sample".to_owned(), version: "1".to_owned(), certificate: None },
            score: marks::LIKENESS,
            threshold: 0.5,
            presentation_attack: PresentationAttack::NotDetected,
        };
        say_result("verdict", self.province.tell_face_verdict(&mut session, &said).await);
        let submission = self.submission();
        let (request, _) = case_request(&submission);
        say_result("filed", self.province.file(&request).await);
        say_result("found", self.province.find(&submission.id).await);
    }

    async fn in_every_trouble(&mut self) {
        for name in list() {
            self.platform.admin().clear_faults();
            let fault: Fault = name.name.parse().unwrap();
            self.platform.admin().set_fault(fault);
            self.visit().await;
            self.session().await;
        }
        self.platform.admin().clear_faults();
    }

    /// A mistake of ours in the middle of a delivery: what a panic says.
    async fn a_courier_that_breaks(&mut self) {
        let delivery = tokio::spawn({
            let outbox = self.outbox.clone();
            async move { outbox.deliver(Breaks).await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.visit().await;
        delivery.abort();
        let _ = delivery.await;
    }

    fn changes_of_the_outbox(&mut self) {
        say("new key", &self.outbox.new_key().unwrap());
        say("resealed", &self.outbox.reseal().unwrap());
        say("outbox", &self.outbox);
        let inspector = Inspector::open(&self.config, self.clock.clone(), &SystemEntropy::new()).unwrap();
        say("inspector", &inspector);
        for entry in inspector.list().unwrap() {
            say("entry", &entry);
            let id = SubmissionId::try_from(entry.submission_id).unwrap();
            // Masked, as a technician sees it: the number's ends and the name's first character.
            let shown = inspector.show(&id, Reveal::Masked).unwrap();
            say("shown", &shown);
        }
    }
}

struct Breaks;

impl Courier for Breaks {
    fn recovery(&self, _: Operation) -> Recovery {
        Recovery::AskThenSend
    }

    async fn hand_in(&self, _: MaterialUpload) -> Result<(), CallError> {
        Ok(())
    }

    async fn file(&self, request: &CaseRequest) -> Result<CaseReceipt, CallError> {
        panic!("MALFUNCTION with {request:?}");
    }

    async fn find(&self, id: &SubmissionId) -> Result<Option<CaseReceipt>, CallError> {
        panic!("MALFUNCTION with {id:?}");
    }

    async fn rate(&self, request: &RatingRequest) -> Result<(), CallError> {
        panic!("MALFUNCTION with {request:?}");
    }
}
