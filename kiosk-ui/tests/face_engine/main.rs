//! A terminal with a face engine of its own: its verdict reaches the province, and whatever is wrong with it leads to the
//! province's matcher instead, with a word to the technician.
//!
//! This program is test and engine: the terminal starts it again as the two programs of others that it has.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stdout, reason = "a test without the usual harness says what it did")]

mod visit;
#[path = "../desk/world.rs"]
#[allow(dead_code, reason = "the desk's own test needs more of it")]
mod world;

use domain::device::{Cause, TerminalDevice};
use domain::identity::{Evidence, Identity};
use domain::material::Picture;
use domain::resident_id::ResidentIdCard;
use domain::session::effect::{Question, ReaderUse};
use domain::session::event::{AskFailure, DeviceEvent, EventKind, FaceVerdict, ProvinceEvent};
use drivers::id_card_reader::{DecodedPhoto, PhotoDecoder as _, PhotoProgram};
use drivers::sim::id_card::SampleCard;
use drivers::sim::{face_engine, photo_decoder};
use kiosk_ui::config::{FaceEngineConfig, ProgramConfig};
use kiosk_ui::device::Watch;
use kiosk_ui::device::face_engine::FaceEngine;
use kiosk_ui::device::reader::{PhotoUse, Reader};
use kiosk_ui::inbox::Inbox;
use platform_client::sim::{FaceEngines, FaceRule};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use world::World;

/// The first arguments of this program as one of the others.
const ENGINE: &str = "--as-engine";
const DECODER: &str = "--as-decoder";
/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A test and its name.
const TESTS: [(&str, fn()); 7] = [
    ("an_engines_verdict_counts_and_no_picture_is_asked_about", an_engines_verdict_counts),
    ("an_engine_that_is_not_admitted_leads_to_the_picture", not_admitted),
    ("each_fault_leads_to_the_province_and_to_the_technician", each_fault),
    ("pictures_without_a_result_are_no_fault_of_the_engine", no_result),
    ("a_province_that_is_away_lets_no_verdict_count", province_away),
    ("two_refusals_lead_another_way_in_a_whole_visit", visit::two_refusals_lead_another_way),
    ("a_card_keeps_its_photo_only_for_an_engine", photo_only_for_an_engine),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let role = arguments.first().map(String::as_str);
    if let Some(ENGINE | DECODER) = role {
        let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
        let fault = arguments.get(1).map(String::as_str);
        let ended = match role {
            Some(ENGINE) => face_engine::run(fault.map(|f| f.parse().unwrap()), input, output),
            _ => photo_decoder::run(fault.map(|f| f.parse().unwrap()), input, output),
        };
        return ended.map_or(ExitCode::FAILURE, ExitCode::from);
    }
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-'));
    let lists = arguments.iter().any(|argument| argument == "--list");
    for (name, test) in TESTS.into_iter().filter(|(name, _)| wanted.is_none_or(|w| name.contains(w.as_str())))
    {
        println!("{name}: test");
        if !lists {
            test();
        }
    }
    ExitCode::SUCCESS
}

/// This program in one of its other roles.
fn program(role: &str, fault: Option<&str>) -> ProgramConfig {
    let arguments = std::iter::once(role).chain(fault).map(Into::into).collect();
    ProgramConfig { program: std::env::current_exe().unwrap(), arguments }
}

/// Both, with their faults.
fn programs(engine: Option<&str>, decoder: Option<&str>) -> FaceEngineConfig {
    FaceEngineConfig { engine: program(ENGINE, engine), photo_decoder: program(DECODER, decoder) }
}

/// A terminal with its engine, a card that was read, and its holder before the camera.
struct Stand {
    world: World,
    watch: Watch,
    identity: Identity,
    live: Picture,
}

impl Stand {
    fn new(engine: Option<&str>, decoder: Option<&str>) -> Self {
        let (_inbox, post) = Inbox::new(|| {});
        let watch = Watch::start(post).unwrap();
        let engine = FaceEngine::start(programs(engine, decoder), &watch).unwrap();
        let world = World::comparing(Some(engine));
        let card = read_card(&world, PhotoUse::Kept);
        // The engine compares colours: who looks like the portrait is who it shows.
        let mut good = PhotoProgram::new(std::env::current_exe().unwrap(), vec![DECODER.into()]);
        let decoded = good.decode(card.photo().unwrap(), Instant::now() + LIMIT).unwrap();
        let DecodedPhoto::Portrait(portrait) = decoded else { panic!("no portrait") };
        let identity = Identity::new(Evidence::Card(Box::new(card)));
        Self { world, watch, identity, live: portrait.picture() }
    }

    fn province_says(&self, rule: FaceRule) {
        self.world.admin().set_face(rule);
    }

    fn verdict(&self) -> Result<FaceVerdict, AskFailure> {
        self.world.ask(Question::MatchFace(self.identity.clone(), self.live.clone()));
        match self.world.answer() {
            ProvinceEvent::FaceMatched(_, verdict) => verdict,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the technician is told so of a device.
    fn told(&self, device: TerminalDevice, cause: Option<Cause>) {
        let until = Instant::now() + LIMIT;
        let is = || {
            let known = self.watch.conditions();
            known
                .iter()
                .any(|c| c.device == device && c.cause == cause && (cause.is_some() || c.kind().is_usable()))
        };
        while !is() {
            assert!(Instant::now() < until, "{device:?} {cause:?}: {:?}", self.watch.conditions());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn read_card(world: &World, photo: PhotoUse) -> ResidentIdCard {
    let (inbox, post) = Inbox::new(|| {});
    let watch = Watch::start(post).unwrap();
    let reader = Reader::start(world.rig.devices().card_reader.unwrap(), photo, &watch).unwrap();
    world.rig.place(SampleCard::Resident.card());
    reader.set(ReaderUse::Read);
    let until = Instant::now() + LIMIT;
    loop {
        match inbox.wait(until.saturating_duration_since(Instant::now())) {
            Some(EventKind::Device(DeviceEvent::CardRead(card))) => return *card,
            Some(_) => {}
            None => panic!("no card was read"),
        }
    }
}

fn an_engines_verdict_counts() {
    let check = |fault, province, want| {
        let stand = Stand::new(fault, None);
        stand.province_says(province);
        assert_eq!(stand.verdict(), Ok(want), "{fault:?}");
        stand.told(TerminalDevice::FaceEngine, None);
        stand.told(TerminalDevice::PhotoDecoder, None);
    };
    // The province's own matcher would say the opposite each time.
    check(None, FaceRule::NoMatch, FaceVerdict::Matched);
    check(Some("face_engine.inconclusive"), FaceRule::NoMatch, FaceVerdict::Matched);
    check(Some("face_engine.no_match"), FaceRule::Match, FaceVerdict::NotMatched);
    check(Some("face_engine.attack"), FaceRule::Match, FaceVerdict::NotMatched);
}

fn not_admitted() {
    let stand = Stand::new(None, None);
    stand.world.admin().set_face_engines(FaceEngines::NotAdmitted);
    stand.province_says(FaceRule::NoMatch);
    assert_eq!(stand.verdict(), Ok(FaceVerdict::NotMatched));
    stand.province_says(FaceRule::Match);
    assert_eq!(stand.verdict(), Ok(FaceVerdict::Matched));
    stand.told(TerminalDevice::FaceEngine, None);
}

fn each_fault() {
    let check = |engine, decoder, device, cause| {
        let stand = Stand::new(engine, decoder);
        for (rule, want) in
            [(FaceRule::Match, FaceVerdict::Matched), (FaceRule::NoMatch, FaceVerdict::NotMatched)]
        {
            stand.province_says(rule);
            assert_eq!(stand.verdict(), Ok(want), "{engine:?} {decoder:?}");
        }
        stand.told(device, Some(cause));
    };
    let engine = |fault, cause| check(Some(fault), None, TerminalDevice::FaceEngine, cause);
    engine("face_engine.hang", Cause::Timeout);
    engine("face_engine.crash", Cause::Crashed);
    engine("face_engine.memory", Cause::Crashed);
    engine("face_engine.garbage", Cause::InvalidAnswer);
    engine("face_engine.flood", Cause::InvalidAnswer);
    engine("face_engine.wrong_version", Cause::WrongVersion);
    let decoder = |fault, cause| check(None, Some(fault), TerminalDevice::PhotoDecoder, cause);
    decoder("hang", Cause::Timeout);
    decoder("crash", Cause::Crashed);
    decoder("garbage", Cause::InvalidAnswer);
}

fn no_result() {
    for (engine, decoder) in [(Some("face_engine.no_face"), None), (None, Some("refuse"))] {
        let stand = Stand::new(engine, decoder);
        stand.province_says(FaceRule::Match);
        assert_eq!(stand.verdict(), Ok(FaceVerdict::Matched), "{engine:?} {decoder:?}");
        stand.told(TerminalDevice::FaceEngine, None);
        stand.told(TerminalDevice::PhotoDecoder, None);
    }
}

fn province_away() {
    let stand = Stand::new(None, None);
    stand.world.admin().set_fault("province.down".parse().unwrap());
    assert_eq!(stand.verdict(), Err(AskFailure::Unreachable));
}

fn photo_only_for_an_engine() {
    let world = World::start();
    assert_eq!(read_card(&world, PhotoUse::Dropped).photo(), None);
}
