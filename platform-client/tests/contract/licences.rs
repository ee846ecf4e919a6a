//! 电子证照: only what the citizen allowed, for the purpose that was said.

use domain::division::DivisionCode;
use domain::licence::LicenceId;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::service_item::ItemId;
use platform_client::contract::licence::{AuthorisationId, AuthorisationProof, LicenceState};
use platform_client::province::ResidentSession;
use platform_client::sim::CodeKind;
use time::Duration;

use crate::fixture::{Fixture, code};

fn purpose() -> Localized {
    Localized::new("申请高龄津贴", "To apply for the old-age allowance")
}

async fn authorise(
    fixture: &Fixture,
    session: &ResidentSession,
    proof: AuthorisationProof,
) -> Result<AuthorisationId, platform_client::error::CallError> {
    let place = DivisionCode::try_from("990001001001".to_owned()).unwrap();
    let item = ItemId("old-age-allowance".into());
    let allowed = fixture.province.authorise_licences(session, &item, &place, &purpose(), proof).await?;
    Ok(allowed.authorisation_id)
}

fn qr(fixture: &Fixture, person: &str) -> AuthorisationProof {
    let code = fixture.platform.admin().fresh_code(CodeKind::Licences, person).unwrap();
    AuthorisationProof::ProvinceQr { code: Personal::new(code) }
}

#[tokio::test]
async fn allowed_by_qr_listed_and_shown_with_its_purpose() {
    let fixture = Fixture::begin();
    let session = fixture.session("zhang-shili").await;
    let allowed = authorise(&fixture, &session, qr(&fixture, "zhang-shili")).await.unwrap();
    let all = fixture.province.licences(&session, &allowed).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|l| l.state == LicenceState::Valid && l.holder.reveal() == "张示例"));
    let shown = fixture.province.render_licence(&session, &allowed, &all[0].licence_id).await.unwrap();
    assert!(shown.watermark.contains("申请高龄津贴") && shown.watermark.contains("990001001001"));
    assert!(shown.pages[0].0.starts_with(b"\x89PNG"));
    let nobodys = LicenceId::new("99000000000000000001A", "11990000MB9900021N", "1", "001").unwrap();
    assert_eq!(code(fixture.province.render_licence(&session, &allowed, &nobodys).await), "not_found");
}

#[tokio::test]
async fn allowed_by_a_code_that_was_sent_once() {
    let fixture = Fixture::begin();
    let session = fixture.session("zhang-shili").await;
    let sms = |code: String| AuthorisationProof::Sms { code: Personal::new(code) };
    assert_eq!(code(authorise(&fixture, &session, sms("000000".into())).await), "identity_refused");
    let phone = fixture.province.send_licence_sms(&session, &purpose()).await.unwrap();
    assert!(phone.reveal().contains("****"));
    let digits = fixture.platform.admin().last_sms().unwrap();
    // The code of a session is another one.
    let other = fixture.platform.admin().sms_code("zhang-shili").unwrap();
    assert_eq!(code(authorise(&fixture, &session, sms(other)).await), "identity_refused");
    authorise(&fixture, &session, sms(digits.clone())).await.unwrap();
    assert_eq!(code(authorise(&fixture, &session, sms(digits)).await), "identity_refused", "once");
}

#[tokio::test]
async fn nobody_is_shown_anothers() {
    let fixture = Fixture::begin();
    let session = fixture.session("zhang-shili").await;
    let other = fixture.session("wang-ceshi").await;
    assert_eq!(code(authorise(&fixture, &session, qr(&fixture, "wang-ceshi")).await), "identity_refused");
    let allowed = authorise(&fixture, &session, qr(&fixture, "zhang-shili")).await.unwrap();
    assert_eq!(code(fixture.province.licences(&other, &allowed).await), "not_found");
    fixture.platform.admin().advance_clock(Duration::minutes(11));
    assert_eq!(code(fixture.province.licences(&session, &allowed).await), "not_found", "its time is over");
}
