//! The terminal's desk at the province: every question answered once and in time, every submission kept before it is
//! promised, nothing of a resident held after the visit. Against the reference platform, over HTTPS.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "desk/world.rs"]
mod world;

use domain::case::{SubmissionId, SubmitOutcome};
use domain::identity::{Consent, Evidence, FaceConsent, Identity, IdentityWay, SharedDataConsent};
use domain::material::Picture;
use domain::paper::{Claim, ClaimState};
use domain::personal::Personal;
use domain::rating::{RatingLevel, ServiceRating};
use domain::resident_id::ResidentIdCard;
use domain::service_item::{ItemId, Queueing};
use domain::session::effect::{CertificateRequest, HelpContext, Question, RatingToSend};
use domain::session::event::{
    AskFailure, CertificateFailure, FaceVerdict, InquiryAnswer, Network, ProvinceEvent as E, StaffRole,
    Storage, TerminalEvent,
};
use domain::session::page::Page;
use drivers::id_card_reader::parse;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::province::{DeskError, News, Randomness};
use platform_client::sim::fault::{Fault, FaultKind};
use platform_client::sim::{CodeKind, KeptState};
use platform_client::slip::{SlipSigner, verify};
use std::time::{Duration, Instant};
use world::{START, World, submission};

fn card(sample: SampleCard) -> ResidentIdCard {
    ResidentIdCard::new(parse(&sample.card().text_block()).unwrap())
}

fn by_card(sample: SampleCard) -> Identity {
    Identity::new(Evidence::Card(Box::new(card(sample))))
}

fn known(item: &ItemId, world: &World, identity: Identity) -> Question {
    let item = world
        .desk
        .kept_catalogue()
        .expect("the catalogue was loaded")
        .catalogue
        .item(item)
        .expect("an item of it")
        .clone();
    let consent = Consent {
        item_version: item.version.clone(),
        at: START,
        face: FaceConsent::NotAsked,
        shared_data: SharedDataConsent::Given,
    };
    Question::WhatIsKnown { item, identity, consent }
}

fn item(id: &str) -> ItemId {
    ItemId(id.to_owned())
}

#[test]
fn what_the_idle_terminal_needs_is_there_after_the_first_round() {
    let world = World::start();
    let events = world.terminal_events();
    let has = |wanted: &dyn Fn(&TerminalEvent) -> bool| events.iter().any(wanted);
    assert!(has(&|e| matches!(e, TerminalEvent::Storage(Storage::Ready))), "{events:?}");
    assert!(has(&|e| matches!(e, TerminalEvent::Network(Network::Online))));
    assert!(has(&|e| matches!(e, TerminalEvent::Catalogue(c) if c.items.len() == 7)));
    assert!(has(&|e| matches!(e, TerminalEvent::Warning(None))));
    assert!(has(&|e| matches!(e, TerminalEvent::Notices(cards) if cards.len() >= 4)));
    let divisions = events.iter().find_map(|e| match e {
        TerminalEvent::Divisions(all) => Some(all.clone()),
        _ => None,
    });
    let divisions = divisions.unwrap();
    for length in [6, 9, 12] {
        assert!(divisions.iter().any(|d| d.code.as_str().len() == length), "level of {length} digits");
    }
    assert!(divisions.is_sorted_by(|a, b| a.code < b.code));
}

#[test]
fn what_was_loaded_once_is_there_when_the_province_is_away() {
    let world = World::start();
    let world = world.restart_with(&[Fault::always(FaultKind::Down)]);
    assert_eq!(world.desk.kept_catalogue().unwrap().catalogue.items.len(), 7);
    let events = world.terminal_events();
    assert!(events.iter().any(|e| matches!(e, TerminalEvent::Divisions(all) if all.len() > 100)));
    assert!(events.iter().any(|e| matches!(e, TerminalEvent::Network(Network::Offline))));
}

#[test]
fn every_way_leads_to_a_person_and_their_session() {
    let world = World::start();
    let admin = world.admin();
    let holder = world.rig.holder(SampleCard::Resident).unwrap();
    let number = || holder.person.number.clone();
    let code = |kind| Personal::new(admin.fresh_code(kind, holder.key).unwrap());
    world.ask(Question::SendSms(number()));
    assert!(matches!(world.answer(), E::SmsSent(_, Ok(end)) if end == "0001"));
    let worker = admin.staff()[0].worker.clone();
    for (way, question) in [
        (
            IdentityWay::ProvinceQr,
            Question::IdentifyByCode(IdentityWay::ProvinceQr, code(CodeKind::ProvinceQr)),
        ),
        (IdentityWay::NetworkId, Question::IdentifyByCode(IdentityWay::NetworkId, code(CodeKind::NetworkId))),
        (
            IdentityWay::Sms,
            Question::IdentifyBySms { number: number(), code: Personal::new(holder.sms_code.clone()) },
        ),
        (IdentityWay::Worker, Question::IdentifyByWorker { number: number(), worker }),
    ] {
        world.ask(question);
        let E::Identified(_, Ok(identity)) = world.answer() else { panic!("{way:?}") };
        assert_eq!((identity.way(), identity.name()), (way, &holder.person.name));
        world.ask(known(&item("pension-certification"), &world, identity.clone()));
        let E::Known(_, Ok(facts)) = world.answer() else { panic!("{way:?}") };
        assert_eq!(facts.inquiry, Some(InquiryAnswer::Open));
        assert!(
            facts.prefill.iter().any(|v| v.key == "phone" && v.value.reveal() == "11100000001"),
            "{way:?}"
        );
        // After the visit nothing opens that session again.
        world.desk.forget();
        world.ask(Question::Suggestions(identity));
        assert!(matches!(world.answer(), E::Suggestions(_, Err(AskFailure::Refused))), "{way:?}");
    }
    world.ask(Question::IdentifyByCode(IdentityWay::ProvinceQr, Personal::new("yilin-app:1:0")));
    assert!(matches!(world.answer(), E::Identified(_, Err(AskFailure::Refused))));
}

#[test]
fn a_card_opens_a_session_when_it_is_needed_and_again_when_it_is_over() {
    let world = World::start();
    let identity = by_card(SampleCard::Resident);
    for _ in 0..2 {
        world.ask(Question::Suggestions(identity.clone()));
        assert!(matches!(world.answer(), E::Suggestions(_, Ok(_))));
        world.ask(Question::MatchFace(identity.clone(), Picture::new(b"\x89PNG\r\n\x1a\n face".to_vec())));
        assert!(matches!(world.answer(), E::FaceMatched(_, Ok(FaceVerdict::Matched))));
        // Half an hour later the province has closed it.
        world.rig.forward(Duration::from_secs(31 * 60));
    }
    let other = by_card(SampleCard::LongTerm);
    world.ask(known(&item("pension-certification"), &world, other));
    let E::Known(_, Ok(facts)) = world.answer() else { panic!("the session is the other person's") };
    assert!(matches!(facts.inquiry, Some(InquiryAnswer::NothingToDo { .. })));
    assert!(facts.prefill.is_empty(), "what is not needed is not read");
}

#[test]
fn a_certificate_needs_no_question_before_it() {
    let world = World::start();
    let request = |identity: Identity| {
        let submission = submission(&world, "participation-certificate", 1, Queueing::LiveOnly, &identity);
        let purpose = domain::locale::Localized::new("参保证明", "Certificate");
        Question::Certificate(Box::new(CertificateRequest { identity, purpose, submission }))
    };
    world.ask(request(by_card(SampleCard::Resident)));
    let E::Certificate(_, Ok(certificate)) = world.answer() else { panic!("no certificate") };
    assert!(certificate.file.bytes().starts_with(b"%PDF") && !certificate.pages.is_empty());
    // Somebody who is not insured.
    world.ask(request(by_card(SampleCard::NameBeyondBmp)));
    let answer = world.answer();
    assert!(matches!(answer, E::Certificate(_, Err(CertificateFailure::Refused(_)))), "{answer:?}");
}

#[test]
fn a_certificate_whose_seal_is_not_valid_never_comes() {
    use domain::seal::SealProblem as P;
    for (fault, problem) in [
        (FaultKind::SealAltered, P::Altered),
        (FaultKind::SealExpired, P::Expired),
        (FaultKind::SealUnknownIssuer, P::UnknownIssuer),
        (FaultKind::SealMissing, P::Missing),
    ] {
        let world = World::start();
        world.admin().set_fault(Fault::always(fault));
        let identity = by_card(SampleCard::Resident);
        let submission = submission(&world, "participation-certificate", 1, Queueing::LiveOnly, &identity);
        let purpose = domain::locale::Localized::new("参保证明", "Certificate");
        world.ask(Question::Certificate(Box::new(CertificateRequest { identity, purpose, submission })));
        let answer = world.answer();
        let E::Certificate(_, Err(CertificateFailure::Seal(found))) = answer else { panic!("{answer:?}") };
        assert_eq!(found, problem);
    }
}

#[test]
fn lists_staff_and_help() {
    let world = World::start();
    world.ask(Question::Directory(item("convenience-directory"), world.rig.site().division.clone()));
    assert!(matches!(world.answer(), E::Directory(_, Ok(places)) if places.len() >= 10));
    let sign_in = |pin: &str| Question::SignIn { badge: "990102".into(), pin: Personal::new(pin) };
    world.ask(sign_in("135790"));
    assert!(matches!(world.answer(), E::SignedIn(_, Ok(staff)) if staff.role == StaffRole::Keeper));
    world.ask(sign_in("000000"));
    assert!(matches!(world.answer(), E::SignedIn(_, Err(AskFailure::Refused))));
    let context = HelpContext { page: Page::Home, item: None };
    world.ask(Question::CallHelp(context.clone()));
    assert!(matches!(world.answer(), E::HelpAnswered(_, Ok(()))));
    world.ask(Question::CallBack(Personal::new("11100000001"), context));
    assert!(matches!(world.answer(), E::HelpAnswered(_, Ok(()))));
}

#[test]
fn a_province_that_is_away_leaves_no_question_open() {
    let world = World::start();
    world.admin().set_fault(Fault::always(FaultKind::Down));
    let identity = by_card(SampleCard::Resident);
    world.ask(Question::Suggestions(identity.clone()));
    assert!(matches!(world.answer(), E::Suggestions(_, Err(AskFailure::Unreachable))));
    world.ask(Question::SendSms(identity.number().clone()));
    assert!(matches!(world.answer(), E::SmsSent(_, Err(AskFailure::Unreachable))));
    world.ask(known(&item("old-age-allowance"), &world, identity));
    assert!(matches!(world.answer(), E::Known(_, Err(AskFailure::Unreachable))));
}

#[test]
fn the_end_of_a_visit_ends_its_questions_each_with_its_one_answer() {
    let world = World::start();
    world.admin().set_fault(Fault::always(FaultKind::Silent));
    let asked = Instant::now();
    world.ask(Question::Suggestions(by_card(SampleCard::Resident)));
    world.desk.forget();
    assert!(matches!(world.answer(), E::Suggestions(_, Err(AskFailure::Unreachable))));
    assert!(asked.elapsed() < Duration::from_secs(10), "it did not wait for the silent province");
    assert!(world.no_more_answers());
}

#[test]
fn a_submission_is_saved_then_received_and_stands_in_the_provinces_table_once() {
    let world = World::start();
    let identity = by_card(SampleCard::PrivateUseName);
    let filed = submission(&world, "appeal-12345", 1, Queueing::MayQueue, &identity);
    let id = filed.id.clone();
    world.submit(filed);
    assert!(matches!(world.answer(), E::Saved(_)));
    let E::Outcome(_, SubmitOutcome::Received { application }) = world.answer() else {
        panic!("not received")
    };
    let cases = world.admin().cases().unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!((&cases[0].submission_id, &cases[0].application_number), (&id, &application));
    assert_eq!((cases[0].state, cases[0].filed_at), (KeptState::Submitted, START));
    let level = RatingLevel::VerySatisfied;
    world.desk.rate(RatingToSend {
        submission: Some(id),
        item: item("appeal-12345"),
        rating: ServiceRating::new(level, vec![]).unwrap(),
        at: START,
    });
    assert!(world.no_more_answers(), "nobody waits for a rating");
}

#[test]
fn a_submission_waits_for_a_province_that_is_away_and_arrives_once() {
    let world = World::start();
    world.admin().set_fault(Fault::always(FaultKind::Down));
    let identity = by_card(SampleCard::Resident);
    world.submit(submission(&world, "old-age-allowance", 1, Queueing::MayQueue, &identity));
    assert!(matches!(world.answer(), E::Saved(_)));
    assert!(matches!(world.answer(), E::Outcome(_, SubmitOutcome::Queued)));
    world.submit(submission(&world, "meal-booking", 2, Queueing::LiveOnly, &identity));
    assert!(matches!(world.answer(), E::Saved(_)));
    assert!(matches!(world.answer(), E::Outcome(_, SubmitOutcome::NotSent)), "it needs the province at once");
    assert_eq!(world.admin().cases().unwrap(), vec![]);
    world.admin().clear_faults();
    let cases = world.cases_when(1);
    assert_eq!((cases[0].item.0.as_str(), cases[0].filed_at), ("old-age-allowance", START));
}

#[test]
fn an_answer_that_is_lost_is_asked_for_and_not_sent_again() {
    let world = World::start();
    world.admin().set_fault(Fault::once(FaultKind::DropAfterCommit));
    world.submit(submission(&world, "appeal-12345", 1, Queueing::MayQueue, &by_card(SampleCard::Resident)));
    assert!(matches!(world.answer(), E::Saved(_)));
    let outcome = world.answer();
    assert!(matches!(outcome, E::Outcome(_, SubmitOutcome::Received { .. })), "{outcome:?}");
    assert_eq!(world.admin().cases().unwrap().len(), 1);
}

#[test]
fn without_a_disk_nothing_is_promised_and_with_one_again_everything_is() {
    let world = World::with(News::Every(Duration::from_millis(50)), |data| {
        // A file stands where the outbox's folder should be.
        std::fs::write(data.join("outbox"), b"").unwrap();
    });
    world.terminal_event(|e| matches!(e, TerminalEvent::Storage(Storage::Failed)));
    let identity = by_card(SampleCard::Resident);
    world.submit(submission(&world, "appeal-12345", 1, Queueing::MayQueue, &identity));
    assert!(matches!(world.answer(), E::NotSaved(_)));
    std::fs::remove_file(world.data().join("outbox")).unwrap();
    world.terminal_event(|e| matches!(e, TerminalEvent::Storage(Storage::Ready)));
    world.submit(submission(&world, "appeal-12345", 1, Queueing::MayQueue, &identity));
    assert!(matches!(world.answer(), E::Saved(_)));
}

#[test]
fn news_are_told_as_they_come() {
    let world = World::with(News::Every(Duration::from_millis(50)), |_| {});
    world.terminal_event(|e| matches!(e, TerminalEvent::Warning(None)));
    let level = platform_client::contract::board::WarningLevel::Red;
    world.admin().set_warning(Some(level));
    world.terminal_event(|e| matches!(e, TerminalEvent::Warning(Some(_))));
    world.admin().set_warning(None);
    world.terminal_event(|e| matches!(e, TerminalEvent::Warning(None)));
    world.admin().set_fault(Fault::always(FaultKind::Down));
    world.terminal_event(|e| matches!(e, TerminalEvent::Network(Network::Offline)));
    world.admin().clear_faults();
    world.terminal_event(|e| matches!(e, TerminalEvent::Network(Network::Online)));
}

#[test]
fn a_broken_catalogue_is_refused_as_a_whole() {
    let world = World::start();
    let world = world.restart_with(&[Fault::always(FaultKind::CatalogueBroken)]);
    assert_eq!(world.desk.kept_catalogue().unwrap().catalogue.items.len(), 7, "the last good one stays");
    let events = world.terminal_events();
    let catalogues = events.iter().filter(|e| matches!(e, TerminalEvent::Catalogue(_)));
    assert_eq!(catalogues.count(), 0);
}

#[test]
fn a_seed_gives_the_same_ids_and_the_same_slips_and_a_slip_proves_itself() {
    let claim = |world: &World| Claim {
        number: "示例-0001".to_owned(),
        filed_at: START,
        state: ClaimState::Received,
        terminal: world.rig.site().terminal.clone(),
    };
    let run = || {
        let world = World::start();
        let ids: Vec<SubmissionId> = (0..3).filter_map(|_| world.desk.fresh_submission_id()).collect();
        let slip = world.desk.sign(&claim(&world)).unwrap();
        let key_file = world.data().join("slip.keys");
        let entropy = platform_client::entropy::SystemEntropy::new();
        let keys = SlipSigner::open(&key_file, &entropy, START).unwrap().public_keys();
        assert_eq!(verify(&slip, &keys).unwrap(), claim(&world));
        (ids, slip)
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    assert_eq!(first.0.len(), 3);
    assert!(first.0[0] != first.0[1] && first.0[1] != first.0[2]);
}

#[test]
fn one_terminal_for_a_folder() {
    let world = World::start();
    let second = world.second_desk();
    assert!(matches!(second, Err(DeskError::InUse(_))), "{second:?}");
    assert_eq!(world::RANDOMNESS, Randomness::Seeded(7));
}
