//! 电子证照: only what the citizen allowed, for the purpose that was said.

use domain::case::Submission;
use domain::division::DivisionCode;
use domain::form::answer::{Answer, YesNo};
use domain::licence::LicenceId;
use domain::licence::LicenceKind;
use domain::locale::Localized;
use domain::material::{MaterialRequirement, MaterialSource, Necessity, Picture, Provided, ShownLicence};
use domain::personal::Personal;
use domain::seal::SealProblem;
use domain::service_item::{ItemId, Queueing};
use domain::terminal::TerminalId;
use platform_client::case_request;
use platform_client::contract::case::CaseRequest;
use platform_client::contract::licence::{
    AuthorisationId, AuthorisationProof, LicenceRendering, LicenceState,
};
use platform_client::province::{LicenceAnswer, ResidentSession};
use platform_client::sim::CodeKind;
use time::Duration;

use crate::fixture::{Fixture, NOW, TERMINAL, code, id};
use crate::plain_case::plain_case;

fn purpose() -> Localized {
    Localized::new("申请高龄津贴", "To apply for the old-age allowance")
}

/// The kind of the reference platform's disability certificates.
const DISABILITY: &str = "99000000000000000003C";

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

async fn look(
    fixture: &Fixture,
    session: &ResidentSession,
    allowed: &AuthorisationId,
    licence: &LicenceId,
) -> (LicenceRendering, ShownLicence) {
    match fixture.province.render_licence(session, allowed, licence).await.unwrap() {
        LicenceAnswer::Shown(rendering, named) => (*rendering, named),
        LicenceAnswer::BadSeal(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn allowed_by_qr_listed_and_shown_with_its_purpose() {
    let fixture = Fixture::begin();
    let session = fixture.session("zhang-shili").await;
    let allowed = authorise(&fixture, &session, qr(&fixture, "zhang-shili")).await.unwrap();
    let all = fixture.province.licences(&session, &allowed).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|l| l.state == LicenceState::Valid && l.holder.reveal() == "张示例"));
    let (shown, _) = look(&fixture, &session, &allowed, &all[0].licence_id).await;
    assert!(shown.watermark.contains("申请高龄津贴") && shown.watermark.contains("990001001001"));
    assert!(shown.pages[0].0.starts_with(b"\x89PNG"));
    let nobodys = LicenceId::new("99000000000000000001A", "11990000MB9900021N", "1", "001").unwrap();
    assert_eq!(code(fixture.province.render_licence(&session, &allowed, &nobodys).await), "not_found");
}

/// A case brings a certificate by its number, the digest of what was shown, and what allowed it; of the same picture the
/// platform and the terminal reckon the same digest, each by itself.
#[tokio::test]
async fn a_case_brings_what_was_shown_and_nothing_else() {
    let fixture = Fixture::begin();
    let session = fixture.session("wang-ceshi").await;
    let allowed = authorise(&fixture, &session, qr(&fixture, "wang-ceshi")).await.unwrap();
    let all = fixture.province.licences(&session, &allowed).await.unwrap();
    let of_kind = |kind: &str| all.iter().find(|l| l.licence_id.kind() == kind).unwrap().licence_id.clone();
    let (_, shown) = look(&fixture, &session, &allowed, &of_kind(DISABILITY)).await;
    let requirement = paper("disability-certificate-elsewhere");
    let case = |key: u8, licence: ShownLicence| {
        let answers = from_elsewhere();
        let terminal = TerminalId(TERMINAL.into());
        let mut case =
            plain_case(id(key), "disability-subsidies", Queueing::MayQueue, NOW, terminal, answers);
        case.applicant.name = session.person().name.clone();
        case.applicant.number = session.person().number.clone();
        case.provided.push(Provided::from_library(&requirement, licence));
        case
    };
    let right = handed_in(&fixture, &case(1, shown.clone())).await;
    assert_eq!(right.provided[0].authorisation.as_ref(), Some(&allowed));
    assert!(!format!("{right:?}").contains(shown.number.as_str()), "its number prints itself nowhere");
    let (_, identity_card) = look(&fixture, &session, &allowed, &of_kind("99000000000000000001A")).await;
    // It waited until nobody may look any more: what was shown then is as good as it was.
    fixture.platform.admin().advance_clock(Duration::hours(30));
    fixture.province.file(&right).await.unwrap();

    let other = |change: fn(&mut ShownLicence)| {
        let mut licence = shown.clone();
        change(&mut licence);
        licence
    };
    for (key, wrong) in (2..).zip([
        other(|l| l.sha256 = "0".repeat(64)),
        other(|l| l.authorisation = "another".into()),
        other(|l| {
            l.number = LicenceId::new(DISABILITY, "11990000MB9900021N", "1", "001").unwrap();
        }),
        // One that was shown, and of another kind than the item asks for.
        identity_card.clone(),
    ]) {
        let request = handed_in(&fixture, &case(key, wrong)).await;
        assert_eq!(code(fixture.province.file(&request).await), "content_refused");
    }
    let mut anothers = case(9, shown.clone());
    anothers.applicant.number = Personal::new("990000199001010017");
    assert_eq!(code(fixture.province.file(&handed_in(&fixture, &anothers).await).await), "content_refused");
    let mut unasked = case(10, shown.clone());
    unasked.provided = vec![Provided::from_library(&paper("identity-card"), shown.clone())];
    assert_eq!(code(fixture.province.file(&handed_in(&fixture, &unasked).await).await), "content_refused");
    // Without it and without a picture the paper is missing.
    let mut bare = case(11, shown.clone());
    bare.provided.clear();
    assert_eq!(code(fixture.province.file(&handed_in(&fixture, &bare).await).await), "form_refused");
    let mut nameless = handed_in(&fixture, &case(8, shown)).await;
    nameless.provided[0].licence = None;
    assert_eq!(code(fixture.province.file(&nameless).await), "content_refused");
}

/// The subsidies for somebody of another province, whose certificate cannot be looked up here.
fn from_elsewhere() -> Vec<(&'static str, Answer)> {
    let choice = |word: &str| Answer::Choice(word.to_owned());
    let text = |text: &str| Answer::Text(Personal::new(text));
    vec![
        ("subsidy", choice("care")),
        ("household", choice("other_province")),
        ("household_address", text("异省样本市示范县样本街道4号")),
        ("certificate_number", text("99000019500101002742")),
        ("long_term_care", Answer::YesNo(YesNo::Yes)),
        ("phone", text("11100000003")),
        ("bank_card", text("9900000000000000036")),
        ("signature", Answer::Signature(Picture::new(b"\x89PNG\r\n\x1a\nink".to_vec()))),
    ]
}

/// The request of a case whose pictures are there.
async fn handed_in(fixture: &Fixture, case: &Submission) -> CaseRequest {
    let (request, materials) = case_request(case);
    for material in materials {
        fixture.province.hand_in(material.into()).await.unwrap();
    }
    request
}

fn paper(id: &str) -> MaterialRequirement {
    MaterialRequirement {
        id: id.to_owned(),
        name: Localized::new("证件", "Certificate"),
        source: MaterialSource::LicenceLibrary,
        field: None,
        licence: Some(LicenceKind::try_from(DISABILITY.to_owned()).unwrap()),
        necessity: Necessity::Required,
    }
}

/// GB/T 38540 and ISO 32000-2, 12.8: nothing is shown of a file that is not as it was sealed.
#[tokio::test]
async fn nothing_is_shown_whose_seal_is_not_valid() {
    let fixture = Fixture::begin();
    let session = fixture.session("wang-ceshi").await;
    let allowed = authorise(&fixture, &session, qr(&fixture, "wang-ceshi")).await.unwrap();
    let all = fixture.province.licences(&session, &allowed).await.unwrap();
    for (fault, problem) in [
        ("province.seal_altered@render", SealProblem::Altered),
        ("province.seal_expired@render", SealProblem::Expired),
        ("province.seal_unknown_issuer@render", SealProblem::UnknownIssuer),
        ("province.seal_missing@render", SealProblem::Missing),
    ] {
        let admin = fixture.platform.admin();
        admin.clear_faults();
        admin.set_fault(fault.parse().unwrap());
        match fixture.province.render_licence(&session, &allowed, &all[0].licence_id).await.unwrap() {
            LicenceAnswer::BadSeal(error) => assert_eq!(error.problem(), problem, "{fault}: {error}"),
            LicenceAnswer::Shown(..) => panic!("{fault}: shown"),
        }
    }
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
