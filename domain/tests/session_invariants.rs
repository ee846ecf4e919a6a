//! Whatever happens in whatever order: what must always hold of a visit.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

#[path = "session/fixture.rs"]
mod fixture;
#[path = "session/promises.rs"]
mod promises;

use domain::form::answer::Answer;
use domain::form::check::check_step;
use domain::material::MaterialSource;
use domain::paper::Paper;
use domain::session::Session;
use domain::session::effect::Effect;
use domain::session::event::{Event, EventKind, ProvinceEvent, Tap};
use domain::session::page::Page;
use domain::session::state::{Ending, Place, Step};
use fixture::{START, World};
use proptest::prelude::*;
use std::collections::BTreeSet;
use time::Duration;

/// One random walk. After every event each invariant is checked; the pages that were seen are returned.
fn walk(choices: &[u16]) -> BTreeSet<Page> {
    let mut world = World::new();
    let mut session = Session::new(world.facts());
    let mut at = START;
    let mut pages = BTreeSet::new();
    let mut case_numbers = BTreeSet::new();
    for choice in choices {
        let kind = world.choose(&session, *choice);
        at += Duration::seconds(if matches!(kind, EventKind::Tick) { i64::from(choice % 150) } else { 1 });
        if let EventKind::Province(ProvinceEvent::Outcome(_, outcome)) = &kind {
            case_numbers.extend(outcome.case().cloned());
        }
        let before = session.clone();
        let (after, effects) = session.handle(Event { at, kind });
        for effect in &effects {
            world.hear(effect);
            check_effect(effect, &before, &after, &case_numbers);
        }
        if effects.contains(&Effect::ForgetResident) {
            case_numbers.clear();
            world.forget();
        }
        check_state(&after, at, &effects, &before);
        pages.insert(after.page());
        session = after;
    }
    pages
}

fn check_effect(
    effect: &Effect,
    before: &Session,
    after: &Session,
    case_numbers: &BTreeSet<domain::case::CaseNumber>,
) {
    match effect {
        Effect::Submit(_, submission) => {
            let Some(Step::Review(file)) = before.visit().map(|v| &v.step) else {
                panic!("submitted from {} and not from a review", before.page());
            };
            assert_eq!(
                submission.consent.item_version, file.item.version,
                "the consent is to another version"
            );
            assert_eq!(submission.answers, file.answers, "what was reviewed is not what is sent");
            // A certificate is named where one was taken, and nowhere else; what it is called never is a picture's.
            for paper in &submission.provided {
                let requirement = file.item.materials.iter().find(|m| m.id == paper.requirement).unwrap();
                let field = requirement.field.as_ref().and_then(|field| file.answers.get(field));
                let taken = matches!(field.map(|a| &a.answer), Some(Answer::Licence(_)));
                assert_eq!(paper.licence.is_some(), taken, "{}", paper.requirement);
                assert_eq!(paper.source == MaterialSource::LicenceLibrary, taken, "{}", paper.requirement);
            }
            let today = submission.filed_at.date();
            for step in &file.item.form {
                assert_eq!(check_step(step, &submission.answers, today), [], "a wrong answer is sent");
            }
        }
        Effect::Print(_, paper) => {
            if let Paper::AcceptanceReceipt { case, .. } = paper.as_ref() {
                assert!(case_numbers.contains(case), "a receipt with a number that the province never gave");
            }
        }
        Effect::PrintCertificate(_, file) => {
            let Some(Step::Printing(printing)) = after.visit().map(|v| &v.step) else {
                panic!("a certificate is printed on {}", after.page());
            };
            let Ending::Certificate(given) = &printing.finished.ending else {
                panic!("a certificate is printed that nobody gave");
            };
            assert!(file.as_ref() == given && printing.paper.is_none(), "another file than the issuer's");
        }
        Effect::ForgetResident => {
            assert!(after.visit().is_none(), "the visit goes on after it was forgotten");
        }
        _ => {}
    }
}

fn check_state(session: &Session, at: time::OffsetDateTime, effects: &[Effect], before: &Session) {
    // A visit ends only by being forgotten.
    if before.visit().is_some() && session.visit().is_none() {
        assert!(effects.contains(&Effect::ForgetResident), "{} ended without forgetting", before.page());
    }
    if session.visit().is_some() {
        let (helped, _) = session.clone().handle(Event { at, kind: EventKind::Tap(Tap::Help) });
        let waits = matches!(session.page(), Page::StillThere);
        assert!(waits || helped.page() == Page::Help, "no way to help from {}", session.page());
        let (left, effects) = session.clone().handle(Event { at, kind: EventKind::Tap(Tap::Leave) });
        assert!(effects.contains(&Effect::ForgetResident), "no way out of {}", session.page());
        assert!(matches!(left.place(), Place::Forgetting(_)));
    }
}

/// With nobody there, whatever the state, the terminal comes to rest.
fn comes_to_rest(choices: &[u16]) {
    let mut world = World::new();
    let mut session = Session::new(world.facts());
    let mut at = START;
    for choice in choices {
        let kind = world.choose(&session, *choice);
        at += Duration::seconds(1);
        let (after, effects) = session.handle(Event { at, kind });
        effects.iter().for_each(|e| world.hear(e));
        session = after;
    }
    let stuck = session.page();
    for _ in 0..900 {
        at += Duration::seconds(1);
        session = session.handle(Event { at, kind: EventKind::Tick }).0;
    }
    assert!(
        matches!(session.page(), Page::Idle | Page::OutOfService),
        "from {stuck} it ended at {} and never rested",
        session.page()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_for_any_sequence(choices in prop::collection::vec(any::<u16>(), 1..250)) {
        walk(&choices);
    }

    #[test]
    fn every_state_comes_to_rest(choices in prop::collection::vec(any::<u16>(), 1..120)) {
        comes_to_rest(&choices);
    }
}

#[test]
fn every_page_is_reachable() {
    let mut seen = BTreeSet::new();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u16::try_from(state >> 48).unwrap()
    };
    for _ in 0..600 {
        let choices: Vec<u16> = (0..250).map(|_| next()).collect();
        seen.extend(walk(&choices));
    }
    let missing: Vec<Page> = Page::all().filter(|p| !seen.contains(p)).collect();
    assert_eq!(missing, [], "pages that no walk reached");
}
