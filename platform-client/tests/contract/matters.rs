//! A case from its draft to its result, and ways off that road.

use domain::case::ApplicationNumber;
use domain::personal::Personal;
use domain::rating::RatingLevel;
use domain::service_item::ItemId;
use domain::terminal::TerminalId;
use platform_client::contract::case::{CaseOutcome, CaseState, MaterialReference};
use platform_client::contract::material::MaterialId;
use platform_client::contract::progress::{CaseDraft, Decision, Supplement, Withdrawal};
use platform_client::contract::rating::{RatingOccasion, RatingRequest};

use crate::fixture::{Fixture, NOW, TERMINAL, appeal, code, id};

fn terminal() -> TerminalId {
    TerminalId(TERMINAL.into())
}

async fn filed(fixture: &Fixture, key: u8) -> ApplicationNumber {
    match fixture.province.file(&appeal(key)).await.unwrap().outcome {
        CaseOutcome::Received { application_number } => application_number,
        other => panic!("{other:?}"),
    }
}

fn withdrawal(key: u8) -> Withdrawal {
    Withdrawal {
        withdrawal_id: id(key),
        terminal_id: terminal(),
        withdrawn_at: NOW,
        reason: Some("不用办了".into()),
    }
}

fn supplement(key: u8) -> Supplement {
    Supplement {
        supplement_id: id(key),
        terminal_id: terminal(),
        supplied_at: NOW,
        answers: appeal(1).answers,
        materials: Vec::new(),
    }
}

#[tokio::test]
async fn a_draft_goes_on_elsewhere_and_ends_with_its_case() {
    let fixture = Fixture::begin();
    let session = fixture.session("zhang-shili").await;
    let province = &fixture.province;
    let draft = CaseDraft {
        draft_id: id(1),
        item_id: ItemId("appeal-12345".into()),
        item_version: "2026.11.1".into(),
        terminal_id: terminal(),
        answers: appeal(1).answers[..1].to_vec(),
    };
    assert_eq!(province.save_draft(&session, &draft).await.unwrap().draft_id, id(1));
    let more = CaseDraft { answers: appeal(1).answers[..2].to_vec(), ..draft };
    province.save_draft(&session, &more).await.unwrap();
    // The same person at another terminal.
    let later = fixture.session("zhang-shili").await;
    let mine = province.my_cases(&later).await.unwrap();
    assert_eq!((mine.len(), mine[0].state, mine[0].draft_id.clone()), (1, CaseState::Draft, Some(id(1))));
    assert_eq!(province.draft(&later, &id(1)).await.unwrap(), more);
    // Nobody else sees it, or takes its key.
    let other = fixture.session("wang-ceshi").await;
    assert_eq!(code(province.draft(&other, &id(1)).await), "not_found");
    assert_eq!(code(province.save_draft(&other, &more).await), "key_reused");
    assert!(province.my_cases(&other).await.unwrap().is_empty());
    filed(&fixture, 1).await;
    let mine = province.my_cases(&later).await.unwrap();
    assert_eq!((mine.len(), mine[0].state, mine[0].draft_id.clone()), (1, CaseState::Submitted, None));
    assert_eq!(code(province.draft(&later, &id(1)).await), "not_found");
    assert_eq!(code(province.save_draft(&later, &more).await), "key_reused", "it is filed by now");
}

#[tokio::test]
async fn every_state_is_reached_and_said() {
    let fixture = Fixture::begin();
    let (province, admin) = (&fixture.province, fixture.platform.admin());
    let session = fixture.session("zhang-shili").await;
    let number = filed(&fixture, 1).await;
    let state = async || province.case_status(&number).await.unwrap().state;
    assert_eq!(state().await, CaseState::Submitted);
    assert_eq!(code(province.supplement(&session, &number, &supplement(2)).await), "state_refused");
    admin.ask_supplement(&number).unwrap();
    assert_eq!(state().await, CaseState::SupplementRequired);
    let given = province.supplement(&session, &number, &supplement(3)).await.unwrap();
    assert_eq!((given.state, given.note.clone()), (CaseState::Submitted, None));
    assert_eq!(
        province.supplement(&session, &number, &supplement(3)).await.unwrap(),
        given,
        "the same again"
    );
    let mut other = supplement(3);
    other.answers.clear();
    assert_eq!(code(province.supplement(&session, &number, &other).await), "key_reused");
    admin.accept(&number).unwrap();
    assert_eq!(state().await, CaseState::Accepted);
    admin.begin_work(&number).unwrap();
    assert_eq!(state().await, CaseState::InProgress);
    assert_eq!(code(province.case_result(&session, &number).await), "state_refused");
    admin.conclude(&number).unwrap();
    assert_eq!(state().await, CaseState::Concluded);
    let result = province.case_result(&session, &number).await.unwrap();
    assert_eq!(
        (result.decision, Some(result.case_number)),
        (Decision::Granted, province.case_status(&number).await.unwrap().case_number)
    );
    assert_eq!(code(province.withdraw(&session, &number, &withdrawal(4)).await), "state_refused");
    let refused = filed(&fixture, 5).await;
    admin.refuse(&refused).unwrap();
    assert_eq!(province.case_status(&refused).await.unwrap().state, CaseState::NotAccepted);
    let states: Vec<_> = province.my_cases(&session).await.unwrap().into_iter().map(|c| c.state).collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&CaseState::NotAccepted) && states.contains(&CaseState::Concluded));
}

#[tokio::test]
async fn a_supplement_names_only_what_was_handed_in() {
    let fixture = Fixture::begin();
    let session = fixture.session("zhang-shili").await;
    let number = filed(&fixture, 1).await;
    fixture.platform.admin().ask_supplement(&number).unwrap();
    let mut missing = supplement(2);
    missing.materials = vec![MaterialReference {
        id: MaterialId("m-1".into()),
        sha256: "0".repeat(64),
        media_type: "image/png".into(),
    }];
    assert_eq!(code(fixture.province.supplement(&session, &number, &missing).await), "material_missing");
}

#[tokio::test]
async fn a_case_is_taken_back_by_its_person_only() {
    let fixture = Fixture::begin();
    let province = &fixture.province;
    let number = filed(&fixture, 1).await;
    let other = fixture.session("wang-ceshi").await;
    assert_eq!(code(province.withdraw(&other, &number, &withdrawal(2)).await), "not_found");
    assert_eq!(code(province.case_result(&other, &number).await), "not_found");
    let session = fixture.session("zhang-shili").await;
    let gone = province.withdraw(&session, &number, &withdrawal(2)).await.unwrap();
    assert_eq!(gone.state, CaseState::Withdrawn);
    assert_eq!(province.withdraw(&session, &number, &withdrawal(2)).await.unwrap(), gone, "the same again");
    assert_eq!(code(province.withdraw(&session, &number, &withdrawal(3)).await), "state_refused", "once");
    assert_eq!(fixture.platform.admin().accept(&number).unwrap(), None, "no department accepts it any more");
    // What was filed stays found under its key.
    assert!(province.find(&id(1)).await.unwrap().is_some());
}

fn rating(key: u8, occasion: RatingOccasion, level: RatingLevel, text: Option<&str>) -> RatingRequest {
    RatingRequest {
        rating_id: id(key),
        item_id: ItemId("appeal-12345".into()),
        submission_id: Some(id(1)),
        terminal_id: terminal(),
        rated_at: NOW,
        level,
        occasion,
        text: text.map(Personal::new),
        reasons: Vec::new(),
    }
}

/// GB/T 39735 as the contract's page has it.
#[tokio::test]
async fn a_visit_is_rated_once_and_its_conclusion_once_more() {
    use RatingLevel::{BasicallySatisfied, Dissatisfied, Satisfied, VeryDissatisfied, VerySatisfied};
    use RatingOccasion::{Conclusion, Visit};
    let fixture = Fixture::begin();
    let province = &fixture.province;
    let rate = async |r: RatingRequest| province.rate(&r).await;
    let number = filed(&fixture, 1).await;
    for level in [Dissatisfied, VeryDissatisfied] {
        assert_eq!(code(rate(rating(2, Visit, level, None)).await), "form_refused");
        assert_eq!(code(rate(rating(2, Visit, level, Some(" "))).await), "form_refused");
    }
    rate(rating(2, Visit, Dissatisfied, Some("等得太久"))).await.unwrap();
    for level in [VerySatisfied, Satisfied, BasicallySatisfied] {
        assert_eq!(code(rate(rating(3, Visit, level, None)).await), "already_rated");
    }
    assert_eq!(code(rate(rating(4, Conclusion, Satisfied, None)).await), "state_refused");
    let admin = fixture.platform.admin();
    admin.accept(&number).unwrap();
    admin.conclude(&number).unwrap();
    rate(rating(4, Conclusion, Satisfied, None)).await.unwrap();
    assert_eq!(code(rate(rating(5, Conclusion, Satisfied, None)).await), "already_rated");
}
