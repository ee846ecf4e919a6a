//! Single promises of a visit that a random walk would not tell from chance.

use super::fixture::{START, World, card};
use domain::identity::{FaceConsent, SharedDataConsent};
use domain::paper::{Copy, Paper};
use domain::session::Session;
use domain::session::effect::Effect;
use domain::session::event::{DeviceEvent, Event, EventKind, Network, PrintOutcome, Tap, TerminalEvent};
use domain::session::page::Page;
use domain::session::state::{PrintPhase, Step};

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

/// Nobody took the paper and the printer has it again: the next one says that it is the second.
#[test]
fn a_paper_that_was_taken_back_can_be_printed_again() {
    let mut events = item("directory");
    events.push(EventKind::Tap(Tap::Start));
    let (session, asked) = after(events.clone());
    assert_eq!(session.page(), Page::Directory);
    let ticket = asked.iter().find_map(|effect| match effect {
        Effect::Ask(ticket, _) => Some(*ticket),
        _ => None,
    });
    let entries = domain::session::event::ProvinceEvent::Directory(ticket.unwrap(), Ok(Vec::new()));
    events.extend([EventKind::Province(entries), EventKind::Tap(Tap::PrintPlaces(String::new()))]);
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
