//! Appeals, appointments, volunteers.

use domain::personal::Personal;
use domain::rating::RatingLevel;
use domain::terminal::TerminalId;
use platform_client::contract::appeal::{Appeal, AppealFeedback, AppealNumber, AppealStage, Resolution};
use platform_client::contract::appointment::{AppointmentState, SlotId, Subject};
use platform_client::contract::material::MaterialId;
use platform_client::contract::volunteer::ActivityId;
use time::macros::date;

use crate::fixture::{Fixture, NOW, TERMINAL, code, id};

fn appeal(key: u8) -> Appeal {
    Appeal {
        appeal_id: id(key),
        terminal_id: TerminalId(TERMINAL.into()),
        told_at: NOW,
        topic: "roads".into(),
        division: "990001001001".to_owned().try_into().unwrap(),
        place: "东门路口".into(),
        text: Personal::new("路灯坏了三天"),
        photos: Vec::new(),
        phone: None,
    }
}

#[tokio::test]
async fn an_appeal_goes_through_its_five_stages_and_is_rated_once() {
    let fixture = Fixture::begin();
    let province = &fixture.province;
    let told = province.appeal(&appeal(1)).await.unwrap();
    assert_eq!((told.stage, told.answer.clone()), (AppealStage::Collected, None));
    assert_eq!(province.appeal(&appeal(1)).await.unwrap(), told, "the same again");
    assert_eq!(code(province.appeal(&Appeal { topic: "noise".into(), ..appeal(1) }).await), "key_reused");
    let photo = Appeal { photos: vec![MaterialId("m-9".into())], ..appeal(2) };
    assert_eq!(code(province.appeal(&photo).await), "material_missing");
    let feedback = |key: u8| AppealFeedback {
        feedback_id: id(key),
        terminal_id: TerminalId(TERMINAL.into()),
        resolution: Resolution::Resolved,
        level: RatingLevel::Satisfied,
    };
    assert_eq!(code(province.appeal_feedback(&told.number, &feedback(3)).await), "state_refused");
    use AppealStage::{Answered, Assigned, Found, Handled};
    for stage in [Found, Assigned, Handled, Answered] {
        assert!(fixture.platform.admin().advance_appeal(&told.number.0).unwrap());
        assert_eq!(province.appeal_status(&told.number).await.unwrap().stage, stage);
    }
    assert!(!fixture.platform.admin().advance_appeal(&told.number.0).unwrap(), "the last one");
    assert!(province.appeal_status(&told.number).await.unwrap().answer.is_some());
    province.appeal_feedback(&told.number, &feedback(3)).await.unwrap();
    province.appeal_feedback(&told.number, &feedback(3)).await.unwrap();
    assert_eq!(code(province.appeal_feedback(&told.number, &feedback(4)).await), "already_rated");
    let unknown = AppealNumber("SJ-1".into());
    assert_eq!(code(province.appeal_status(&unknown).await), "not_found");
}

#[tokio::test]
async fn a_time_has_so_many_places_and_gets_one_back() {
    let fixture = Fixture::begin();
    let province = &fixture.province;
    let day = date!(2026 - 11 - 25);
    let free = async || province.slots(Subject::LegalAdvice, day).await.unwrap()[0].free;
    let slot = province.slots(Subject::LegalAdvice, day).await.unwrap()[0].slot_id.clone();
    assert_eq!(free().await, 2);
    let one = fixture.session("zhang-shili").await;
    let two = fixture.session("wang-ceshi").await;
    let booked = province.book(&one, &id(1), &slot).await.unwrap();
    assert_eq!(province.book(&one, &id(1), &slot).await.unwrap(), booked, "the same again");
    assert_eq!(free().await, 1);
    province.book(&two, &id(2), &slot).await.unwrap();
    assert_eq!(code(province.book(&two, &id(3), &slot).await), "slot_taken");
    assert_eq!(
        code(province.cancel_appointment(&two, &id(4), &booked.number).await),
        "not_found",
        "another's"
    );
    let gone = province.cancel_appointment(&one, &id(4), &booked.number).await.unwrap();
    assert_eq!(gone.state, AppointmentState::Cancelled);
    assert_eq!(free().await, 1);
    province.book(&two, &id(3), &slot).await.unwrap();
    assert_eq!(code(province.book(&one, &id(5), &SlotId("cellar-20261125-0900".into())).await), "not_found");
    assert!(province.slots(Subject::Room, date!(2026 - 11 - 01)).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_helps_signs_up() {
    let fixture = Fixture::begin();
    let province = &fixture.province;
    let session = fixture.session("zhou-zhiwen").await;
    let all = province.activities().await.unwrap();
    let phone = Personal::new("11100000001");
    let first = &all[0];
    for key in 0..u8::try_from(first.free).unwrap() {
        province.sign_up(&session, &id(key), &first.activity_id, &phone).await.unwrap();
    }
    assert_eq!(code(province.sign_up(&session, &id(90), &first.activity_id, &phone).await), "slot_taken");
    assert_eq!(province.activities().await.unwrap().len(), all.len() - 1, "nobody more is looked for");
    let none = ActivityId("none".into());
    assert_eq!(code(province.sign_up(&session, &id(91), &none, &phone).await), "not_found");
}
