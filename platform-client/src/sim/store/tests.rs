use domain::case::SubmissionId;
use domain::identity::{Assurance, FaceConsent, IdentityWay, SharedDataConsent};
use domain::locale::{Locale, Localized};
use domain::personal::Personal;
use domain::rating::{RatingLevel, RatingReason};
use domain::service_item::ItemId;
use domain::terminal::TerminalId;
use time::macros::{date, datetime};

use super::*;
use crate::contract::case::{Applicant, CaseOutcome, CaseRequest, ConsentRecord};
use crate::contract::rating::{RatingOccasion, RatingRequest};
use crate::contract::terminal::{EventBatch, TerminalEvent};

const NOW: Timestamp = datetime!(2026-11-24 10:24:00 +8);

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), Seed(1), NOW.date()).unwrap();
    (folder, store)
}

fn request(key: u8, filed_at: Timestamp) -> CaseRequest {
    CaseRequest {
        submission_id: SubmissionId::from_random([key; 16]),
        item_id: ItemId("old-age-allowance".into()),
        item_version: "1".into(),
        filed_at,
        terminal_id: TerminalId("T-1".into()),
        locale: Locale::ZhCn,
        applicant: Applicant {
            name: Personal::new("张示例"),
            number: Personal::new("990000194001010014"),
            way: IdentityWay::Card,
            assurance: Assurance::CardOrQr,
            face: None,
        },
        agent: None,
        consent: ConsentRecord {
            item_version: "1".into(),
            at: filed_at,
            face: FaceConsent::NotAsked,
            shared_data: SharedDataConsent::Given,
        },
        answers: Vec::new(),
        provided: Vec::new(),
        materials: Vec::new(),
    }
}

fn file(store: &Store, request: &CaseRequest, verdict: Verdict) -> Keyed<CaseRow> {
    let filing = Filing { request, subject: Some("whole".into()), verdict, decided_by: None, now: NOW };
    store.file(&filing).unwrap()
}

fn kept(store: &Store, request: &CaseRequest, verdict: Verdict) -> CaseRow {
    match file(store, request, verdict) {
        Keyed::Kept(row) => row,
        Keyed::Reused => panic!("the key was new"),
    }
}

#[test]
fn a_key_is_one_row_however_often_it_comes() {
    let (_folder, store) = store();
    let first = kept(&store, &request(1, NOW), Verdict::Receive);
    // The second look changes nothing, whatever the department would say now.
    assert_eq!(kept(&store, &request(1, NOW), Verdict::Accept), first);
    let mut other = request(1, NOW);
    other.item_version = "2".into();
    assert_eq!(file(&store, &other, Verdict::Receive), Keyed::Reused);
    assert_eq!(store.cases().unwrap(), [first]);
}

#[test]
fn the_same_person_item_and_month_is_the_same_application() {
    let (_folder, store) = store();
    let first = kept(&store, &request(1, NOW), Verdict::Receive);
    let again = kept(&store, &request(2, NOW), Verdict::Receive);
    assert_eq!(again.state, KeptState::AlreadyApplied);
    assert_eq!(again.application_number, first.application_number);
    assert_eq!(
        again.receipt().outcome,
        CaseOutcome::AlreadyApplied { application_number: first.application_number.clone() }
    );
    assert_eq!(store.case_by_application(&first.application_number).unwrap(), Some(first.clone()));
    let next_month = kept(&store, &request(3, datetime!(2026-12-01 00:00 +8)), Verdict::Receive);
    assert_eq!(next_month.state, KeptState::Submitted);
    // What was refused does not stand in the way.
    store.act(&first.application_number, &Verdict::NotAccept(Localized::new("否", "no")), NOW).unwrap();
    assert_eq!(kept(&store, &request(4, NOW), Verdict::Receive).state, KeptState::Submitted);
}

#[test]
fn later_acts_follow_their_order() {
    let (_folder, store) = store();
    let number = kept(&store, &request(1, NOW), Verdict::Receive).application_number;
    let what = Localized::new("缺", "missing");
    assert_eq!(store.conclude(&number, NOW).unwrap(), None, "not before it was accepted");
    let row = store.act(&number, &Verdict::Supplement(what.clone()), NOW).unwrap().unwrap();
    assert_eq!((row.state, row.note), (KeptState::SupplementRequired, Some(what)));
    let row = store.act(&number, &Verdict::Accept, NOW).unwrap().unwrap();
    assert!(row.case_number.is_some() && row.note.is_none());
    assert_eq!(store.act(&number, &Verdict::Accept, NOW).unwrap(), None, "once");
    assert_eq!(store.conclude(&number, NOW).unwrap().unwrap().state, KeptState::Concluded);
    assert!(matches!(
        store.case_by_key(&SubmissionId::from_random([1; 16])).unwrap().unwrap().receipt().outcome,
        CaseOutcome::Accepted { .. }
    ));
}

#[test]
fn a_service_is_rated_once() {
    let (_folder, store) = store();
    let rating = |key: u8, submission: Option<u8>, level| RatingRequest {
        rating_id: SubmissionId::from_random([key; 16]),
        item_id: ItemId("x".into()),
        submission_id: submission.map(|s| SubmissionId::from_random([s; 16])),
        terminal_id: TerminalId("T-1".into()),
        rated_at: NOW,
        level,
        occasion: RatingOccasion::Visit,
        text: None,
        reasons: vec![RatingReason("took_too_long".into())],
    };
    let rate = |r: &RatingRequest| store.rate(r, NOW).unwrap();
    let good = rating(1, Some(9), RatingLevel::Satisfied);
    assert_eq!(rate(&good), Keyed::Kept(KeptRating::Kept(NOW)));
    assert_eq!(rate(&good), Keyed::Kept(KeptRating::Kept(NOW)));
    assert_eq!(rate(&rating(1, Some(9), RatingLevel::Dissatisfied)), Keyed::Reused);
    assert_eq!(rate(&rating(2, Some(9), RatingLevel::Satisfied)), Keyed::Kept(KeptRating::AlreadyRated));
    // Where nothing was filed, each visit has its own.
    assert_eq!(rate(&rating(3, None, RatingLevel::Satisfied)), Keyed::Kept(KeptRating::Kept(NOW)));
    assert_eq!(rate(&rating(4, None, RatingLevel::Satisfied)), Keyed::Kept(KeptRating::Kept(NOW)));
    assert_eq!(store.ratings().unwrap().len(), 3);
}

#[test]
fn events_are_kept_without_gaps_and_once() {
    let (_folder, store) = store();
    let batch = |numbers: &[u64]| EventBatch {
        terminal_id: TerminalId("T-1".into()),
        events: numbers
            .iter()
            .map(|n| TerminalEvent {
                number: *n,
                at: NOW,
                kind: "started".into(),
                item_id: None,
                details: std::collections::BTreeMap::new(),
            })
            .collect(),
    };
    let check =
        |numbers: &[u64], want| assert_eq!(store.keep_events(&batch(numbers)).unwrap(), want, "{numbers:?}");
    check(&[], 0);
    check(&[5, 6], 6);
    check(&[6, 7], 7);
    check(&[9], 7);
    check(&[8, 9, 11], 9);
    assert_eq!(store.events(100).unwrap().len(), 5);
}

#[test]
fn the_founding_day_and_the_seed_stay_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = |seed, day| Store::open(folder.path(), Seed(seed), day);
    assert_eq!(open(1, date!(2026 - 11 - 24)).unwrap().1, date!(2026 - 11 - 24));
    assert_eq!(open(1, date!(2027 - 05 - 01)).unwrap().1, date!(2026 - 11 - 24));
    assert!(matches!(open(2, date!(2027 - 05 - 01)), Err(StoreError::OtherSeed { kept: 1 })));
}

#[test]
fn the_table_can_be_read_beside_a_running_platform() {
    let (folder, store) = store();
    let row = kept(&store, &request(1, NOW), Verdict::Accept);
    assert_eq!(Store::open_for_reading(folder.path()).unwrap().cases().unwrap(), [row]);
    assert!(Store::open_for_reading(&folder.path().join("elsewhere")).is_err());
}
