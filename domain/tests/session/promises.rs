//! Single promises of a visit that a random walk would not tell from chance.

use super::fixture::{START, World, card};
use domain::device::{DeviceClass, DeviceState, Lights, PowerSource, Presence, SlipPrinter};
use domain::display_mode::DisplayMode;
use domain::identity::{FaceConsent, SharedDataConsent};
use domain::locale::Locale;
use domain::paper::{Copy, Paper};
use domain::personal::Personal;
use domain::rating::{RatingLevel, ServiceRating};
use domain::session::Session;
use domain::session::effect::Effect;
use domain::session::event::{
    ClockTrust, DataPartition, DeskEvent, DeviceEvent, Event, EventKind, Network, PrintOutcome, Storage, Tap,
    TerminalEvent,
};
use domain::session::page::Page;
use domain::session::state::{Overlay, PrintPhase, Step, Trouble};
use time::Duration;

/// A session that has been through these events, and what the last of them made it do.
fn after(events: impl IntoIterator<Item = EventKind>) -> (Session, Vec<Effect>) {
    let start = (Session::new(World::new().facts()), Vec::new());
    events.into_iter().fold(start, |(session, _), kind| session.handle(Event { at: START, kind }))
}

fn item(id: &str) -> Vec<EventKind> {
    let id = domain::service_item::ItemId(id.to_owned());
    [Tap::Anywhere, Tap::Item(id)].into_iter().map(EventKind::Tap).collect()
}

fn refuse() -> EventKind {
    EventKind::Tap(Tap::Agree { face: FaceConsent::Refused, shared_data: SharedDataConsent::Refused })
}

#[test]
fn what_may_not_wait_is_refused_before_the_card_while_the_province_is_known_to_be_away() {
    let mut events = vec![EventKind::Terminal(TerminalEvent::Network(Network::Offline))];
    events.extend(item("empty"));
    events.push(EventKind::Tap(Tap::Start));
    let (session, _) = after(events.clone());
    assert_eq!(session.page(), Page::Trouble);
    events.push(EventKind::Tap(Tap::Close));
    assert_eq!(after(events.clone()).0.page(), Page::Guide, "and what was looked at is still there");
    events.push(EventKind::Terminal(TerminalEvent::Network(Network::Online)));
    events.push(EventKind::Tap(Tap::Start));
    assert_eq!(after(events).0.page(), Page::Consent);
}

#[test]
fn without_its_data_partition_guides_and_directories_are_read_and_nothing_is_taken() {
    for partition in [DataPartition::ReadOnly, DataPartition::Volatile] {
        let broken = [
            EventKind::Terminal(TerminalEvent::Storage(Storage::Failed)),
            EventKind::Terminal(TerminalEvent::DataPartition(partition)),
            EventKind::Tick,
        ];
        assert_eq!(after(broken.clone()).0.page(), Page::Idle, "it is not out of service: {partition:?}");
        let begun = |id: &str| {
            let start = [EventKind::Tap(Tap::Start)];
            after(broken.clone().into_iter().chain(item(id)).chain(start)).0
        };
        for id in ["short", "certificate", "empty"] {
            let session = begun(id);
            let overlay = session.visit().and_then(|visit| visit.overlay.clone());
            assert!(matches!(overlay, Some(Overlay::Trouble(Trouble::NothingKept))), "{id}: {overlay:?}");
        }
        assert_eq!(begun("directory").page(), Page::Directory);
    }
    let full = [EventKind::Terminal(TerminalEvent::Storage(Storage::Failed)), EventKind::Tick];
    assert_eq!(after(full).0.page(), Page::OutOfService, "a disk that fails under a whole partition");
}

#[test]
fn nothing_is_taken_that_neither_the_clock_nor_the_province_can_date() {
    let begun = |clock, network| {
        let known = [
            EventKind::Terminal(TerminalEvent::Clock(clock)),
            EventKind::Terminal(TerminalEvent::Network(network)),
        ];
        after(known.into_iter().chain(item("short")).chain([EventKind::Tap(Tap::Start)])).0.page()
    };
    let rows = [
        (ClockTrust::Unsure, Network::Offline, Page::Trouble),
        (ClockTrust::Unsure, Network::Online, Page::Consent),
        (ClockTrust::Held, Network::Offline, Page::Consent),
        (ClockTrust::Kept, Network::Offline, Page::Consent),
    ];
    for (clock, network, page) in rows {
        assert_eq!(begun(clock, network), page, "{clock:?} {network:?}");
    }
}

#[test]
fn what_the_worker_writes_is_said_and_falls_silent_with_the_call() {
    let call = || {
        let taps = [Tap::Anywhere, Tap::Help, Tap::CallDesk].map(EventKind::Tap);
        taps.into_iter().chain([EventKind::Desk(DeskEvent::Taken("示例".to_owned()))])
    };
    let wrote = || call().chain([EventKind::Desk(DeskEvent::Wrote("请点这里".to_owned()))]);
    let (_, said) = after(wrote());
    assert_eq!(said, [Effect::Say(Personal::new("请点这里"))]);
    let silenced =
        [EventKind::Desk(DeskEvent::Cleared), EventKind::Desk(DeskEvent::Ended), EventKind::Tap(Tap::Close)];
    for end in silenced {
        let (_, effects) = after(wrote().chain([end.clone()]));
        assert!(effects.contains(&Effect::Hush), "{end:?}: {effects:?}");
    }
    // Nobody called: nobody speaks.
    let unasked = [EventKind::Tap(Tap::Anywhere), EventKind::Desk(DeskEvent::Wrote("假的".to_owned()))];
    assert_eq!(after(unasked).1, []);
}

#[test]
fn without_consent_no_record_is_asked_for() {
    let mut events = item("empty");
    events.extend([EventKind::Tap(Tap::Start), refuse(), EventKind::Device(DeviceEvent::CardRead(card()))]);
    let (session, effects) = after(events);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Ask(..))), "{effects:?}");
    assert_eq!(session.page(), Page::Review, "an empty form is reviewed at once");
}

#[test]
fn where_the_record_is_the_service_a_refusal_ends_it() {
    let mut events = item("certificate");
    events.extend([EventKind::Tap(Tap::Start), refuse()]);
    assert_eq!(after(events).0.page(), Page::Guide);
}

/// Up to the places of a directory, of which there are none.
fn to_a_directory() -> Vec<EventKind> {
    let mut events = item("directory");
    events.push(EventKind::Tap(Tap::Start));
    let (session, asked) = after(events.clone());
    assert_eq!(session.page(), Page::Directory);
    let ticket = asked.iter().find_map(|effect| match effect {
        Effect::Ask(ticket, _) => Some(*ticket),
        _ => None,
    });
    let entries = domain::session::event::ProvinceEvent::Directory(ticket.unwrap(), Ok(Vec::new()));
    events.push(EventKind::Province(entries));
    events
}

/// Nobody took the paper and the printer has it again: the next one says that it is the second.
#[test]
fn a_paper_that_was_taken_back_can_be_printed_again() {
    let mut events = to_a_directory();
    events.push(EventKind::Tap(Tap::PrintPlaces(String::new())));
    let (_, effects) = after(events.clone());
    let printed = effects.iter().find_map(|effect| match effect {
        Effect::Print(ticket, paper) => Some((*ticket, paper.clone())),
        _ => None,
    });
    let (ticket, paper) = printed.unwrap();
    assert!(matches!(*paper, Paper::DirectorySlip { .. }));
    events.push(EventKind::Device(DeviceEvent::PrintEnded(ticket, PrintOutcome::TakenBack)));
    let (session, _) = after(events.clone());
    let Some(Step::Printing(printing)) = session.visit().map(|v| &v.step) else {
        panic!("{}", session.page())
    };
    assert_eq!(printing.phase, PrintPhase::Ended(PrintOutcome::TakenBack));
    events.push(EventKind::Tap(Tap::Print));
    let (_, effects) = after(events);
    let again = effects.iter().any(|effect| matches!(effect, Effect::Print(_, paper) if paper.head().is_none_or(|h| h.copy == Copy::Reprint)));
    assert!(again, "{effects:?}");
}

fn state(class: DeviceClass, state: DeviceState) -> EventKind {
    EventKind::Device(DeviceEvent::State(class, state))
}

#[test]
fn a_slip_goes_to_a4_where_the_receipt_printer_cannot() {
    let slips = |events: Vec<EventKind>| after(events).0.facts().devices.slip_printer();
    let out = || EventKind::Device(DeviceEvent::Paper(domain::device::PaperSupply::Out));
    assert_eq!(slips(vec![]), Some(SlipPrinter::Receipt));
    assert_eq!(slips(vec![out()]), Some(SlipPrinter::Document));
    assert_eq!(
        slips(vec![state(DeviceClass::ReceiptPrinter, DeviceState::NoDevice)]),
        Some(SlipPrinter::Document)
    );
    assert_eq!(slips(vec![out(), state(DeviceClass::DocumentPrinter, DeviceState::Offline)]), None);
}

#[test]
fn a_code_is_read_by_whatever_reads_codes() {
    let can = |events: Vec<EventKind>| after(events).0.facts().devices.can_read_codes();
    let no_camera = || state(DeviceClass::Camera, DeviceState::Offline);
    assert!(can(vec![no_camera()]));
    assert!(!can(vec![no_camera(), state(DeviceClass::CodeScanner, DeviceState::Offline)]));
}

#[test]
fn with_an_empty_battery_nobody_begins_and_who_has_begun_goes_on() {
    let low = || EventKind::Device(DeviceEvent::Power(PowerSource::BatteryLow));
    let mains = || EventKind::Device(DeviceEvent::Power(PowerSource::Mains));
    assert_eq!(after([low()]).0.page(), Page::OutOfService);
    assert_eq!(after([low(), mains()]).0.page(), Page::Idle);
    assert_eq!(after([EventKind::Tap(Tap::Anywhere), low()]).0.page(), Page::Home);
    let battery = EventKind::Device(DeviceEvent::Power(PowerSource::Battery));
    assert_eq!(after([battery]).0.page(), Page::Idle, "a battery is there to be used");
}

/// The page some seconds after these events, a tick each second.
fn page_after(events: Vec<EventKind>, seconds: i64) -> Page {
    let (mut session, _) = after(events);
    for second in 1..=seconds {
        let at = START + Duration::seconds(second);
        session = session.handle(Event { at, kind: EventKind::Tick }).0;
    }
    session.page()
}

#[test]
fn where_a_sensor_sees_nobody_the_page_asks_sooner() {
    let presence = |presence| EventKind::Device(DeviceEvent::Presence(presence));
    let touch = || EventKind::Tap(Tap::Anywhere);
    let left = || vec![touch(), presence(Presence::NotPresent)];
    assert_eq!(page_after(left(), 29), Page::Home, "a step aside");
    assert_eq!(page_after(left(), 30), Page::StillThere);
    assert_eq!(page_after(left(), 90), Page::Forgetting);
    let mut back = left();
    back.push(presence(Presence::Present));
    assert_eq!(page_after(back, 119), Page::Home);
    // Who touches is there, whatever the sensor says.
    let mut touched = left();
    touched.push(touch());
    assert_eq!(page_after(touched, 119), Page::Home);
    assert_eq!(page_after(vec![touch()], 119), Page::Home, "a terminal without a sensor");
}

#[test]
fn lights_show_where_the_card_goes_and_where_paper_comes() {
    let dark = Lights::default();
    let card = Lights { card_area: true, paper_exit: false };
    let mut events = item("empty");
    assert_eq!(after(events.clone()).0.lights(), dark);
    events.extend([EventKind::Tap(Tap::Start), refuse()]);
    let (session, effects) = after(events.clone());
    assert_eq!((session.page(), session.lights()), (Page::IdentifyCard, card));
    assert!(effects.contains(&Effect::Lights(card)), "{effects:?}");
    events.push(EventKind::Tap(Tap::Help));
    assert_eq!(after(events).0.lights(), dark, "under another page nobody is asked for a card");
    let lies = [EventKind::Device(DeviceEvent::CardPlaced), EventKind::Tap(Tap::Leave)];
    let (session, _) = after(lies);
    assert_eq!((session.page(), session.lights()), (Page::Forgetting, card), "a card that was left behind");
}

/// The words of a low rating are kept while their page is left and come again, go with the rating, and are no more where the
/// level says that nothing was wrong.
#[test]
fn a_low_rating_can_be_given_in_own_words_alone() {
    let mut events = to_a_directory();
    events.push(EventKind::Tap(Tap::Finish));
    let rated = |taps: &[Tap]| after(events.iter().cloned().chain(taps.iter().cloned().map(EventKind::Tap)));
    let sent = |taps: &[Tap]| {
        rated(taps).1.into_iter().find_map(|effect| match effect {
            Effect::Rate(rating) => Some(rating.rating.words().map(|words| words.reveal().to_owned())),
            _ => None,
        })
    };
    let words = |text: &str| Tap::RatingWords(Personal::new(text));
    let low = Tap::Rate(RatingLevel::Dissatisfied);
    let said = "等了两个小时𠮷";

    assert_eq!(sent(&[low.clone(), Tap::SendRating]), None, "neither reason nor words");
    let wrote = [low.clone(), Tap::WriteRating, words(said)];
    assert_eq!(rated(&wrote).0.page(), Page::RatingWords);
    for done in [Tap::Next, Tap::Back] {
        let taps = [&wrote[..], &[done]].concat();
        assert_eq!(rated(&taps).0.page(), Page::Rating);
        assert_eq!(sent(&[&taps[..], &[Tap::SendRating]].concat()), Some(Some(said.to_owned())));
    }
    let longest = "字".repeat(ServiceRating::LONGEST_WORDS);
    let too_long = format!("{longest}字");
    let taps = [low.clone(), Tap::WriteRating, words(&longest), words(&too_long), Tap::Next, Tap::SendRating];
    assert_eq!(sent(&taps), Some(Some(longest)));
    // White space says nothing; and where all is well there is nothing to write.
    assert_eq!(sent(&[low.clone(), Tap::WriteRating, words(" \u{3000}"), Tap::Next, Tap::SendRating]), None);
    let better = [&wrote[..], &[Tap::Next, Tap::Rate(RatingLevel::Satisfied), Tap::SendRating]].concat();
    assert_eq!(sent(&better), Some(None));
    assert_eq!(rated(&[Tap::Rate(RatingLevel::Satisfied), Tap::WriteRating]).0.page(), Page::Rating);
}

#[test]
fn whoever_has_no_visit_chooses_language_and_type_too_and_leaves_neither_behind() {
    let large: DisplayMode = "large".parse().unwrap();
    let chosen = [Tap::Language(Locale::En), Tap::Mode(large)].map(EventKind::Tap);
    let look = |session: &Session| (session.locale(), session.mode());
    let usual = (Locale::default(), DisplayMode::default());

    let staff: Vec<_> = [EventKind::Tap(Tap::Staff)].into_iter().chain(chosen.clone()).collect();
    let (session, _) = after(staff.clone());
    assert_eq!((session.page(), look(&session)), (Page::StaffSignIn, (Locale::En, large)));
    let (session, _) = after(staff.into_iter().chain([EventKind::Tap(Tap::Back)]));
    assert_eq!((session.page(), look(&session)), (Page::Idle, usual));

    let low = EventKind::Device(DeviceEvent::Power(PowerSource::BatteryLow));
    let (session, _) = after([low].into_iter().chain(chosen));
    assert_eq!((session.page(), look(&session)), (Page::OutOfService, (Locale::En, large)));
    let tick = |session: &Session, seconds| {
        let at = START + Duration::seconds(seconds);
        session.clone().handle(Event { at, kind: EventKind::Tick }).0
    };
    assert_eq!(look(&tick(&session, 59)), (Locale::En, large), "who reads it has time");
    assert_eq!(look(&tick(&session, 60)), usual, "the next one finds it as it was");
}
