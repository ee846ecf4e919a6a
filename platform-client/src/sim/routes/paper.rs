//! Materials and cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use domain::case::{ApplicationNumber, SubmissionId};
use domain::form::FieldId;
use domain::form::answer::{Answer as Given, AnswerSource, Answered, FormAnswers, YesNo};
use domain::form::check::check_step;
use domain::identity::SharedDataConsent;
use domain::locale::Localized;
use domain::material::{MaterialSource, Picture};
use domain::resident_id::ResidentIdNumber;
use domain::service_item::ServiceItem;
use ring::digest::{SHA256, digest};
use time::Duration;

use crate::contract::case::{AnswerOrigin, AnswerValue, CaseReceipt, CaseRequest, CaseStatus, YesNoWord};
use crate::contract::envelope::code;
use crate::contract::material::{MaterialId, MaterialReceipt, part};
use crate::sim::answer::{Answer, Call, refusal};
use crate::sim::fault::{FaultKind, Step};
use crate::sim::platform::Platform;
use crate::sim::store::{Filing, KeptMaterial, Keyed, Verdict, hex};
use crate::sim::{rules, words};

pub(super) async fn material(
    State(platform): State<Arc<Platform>>,
    call: Call,
    request: Request,
) -> Response {
    match parts(request).await {
        Ok(parts) => super::at_work(platform, call, move |platform, _| keep(platform, &parts)).await,
        Err(refusal) => crate::sim::answer::respond(&platform, &call.request_id, Answer::<()>::Err(refusal)),
    }
}

struct Parts {
    id: MaterialId,
    sha256: String,
    media_type: String,
    bytes: Vec<u8>,
}

async fn parts(request: Request) -> Answer<Parts> {
    let bad = |what: &str| refusal(code::BAD_REQUEST, what);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| super::not_multipart())?;
    let mut texts = BTreeMap::new();
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(|_| bad("the parts did not arrive"))? {
        let name = field.name().unwrap_or_default().to_owned();
        let media_type = field.content_type().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_| refusal(code::TOO_LARGE, "the file is too large"))?;
        let twice = match name.as_str() {
            part::FILE => file.replace((media_type, bytes.to_vec())).is_some(),
            part::ID | part::SHA256 => {
                texts.insert(name, String::from_utf8_lossy(&bytes).into_owned()).is_some()
            }
            _ => return Err(bad("a part is none of the contract's")),
        };
        if twice {
            return Err(bad("a part is there twice"));
        }
    }
    let (media_type, bytes) = file.ok_or_else(|| bad("the part `file` is missing"))?;
    let id = texts.remove(part::ID).ok_or_else(|| bad("the part `id` is missing"))?;
    let sha256 = texts.remove(part::SHA256).ok_or_else(|| bad("the part `sha256` is missing"))?;
    let right =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !right {
        return Err(bad("an id has 1 to 64 of a-z 0-9 -"));
    }
    if !matches!(media_type.as_str(), "image/jpeg" | "image/png") {
        return Err(bad("a file must be image/jpeg or image/png"));
    }
    if bytes.is_empty() {
        return Err(refusal(code::CONTENT_REFUSED, "a file has at least one byte"));
    }
    Ok(Parts { id: MaterialId(id), sha256, media_type, bytes })
}

fn keep(platform: &Platform, parts: &Parts) -> Answer<MaterialReceipt> {
    let sha256 = hex(digest(&SHA256, &parts.bytes).as_ref());
    if sha256 != parts.sha256 {
        return Err(refusal(code::CONTENT_REFUSED, "the file is not what its digest says"));
    }
    let material = KeptMaterial { sha256: sha256.clone(), media_type: parts.media_type.clone() };
    match platform.store.keep_material(&parts.id, &material, &parts.bytes, platform.now())? {
        Keyed::Kept(()) => Ok(MaterialReceipt { id: parts.id.clone(), sha256 }),
        Keyed::Reused => Err(refusal(code::KEY_REUSED, "another file lies under this id")),
    }
}

pub(super) fn case(platform: &Platform, call: &Call, request: CaseRequest) -> Answer<CaseReceipt> {
    super::keyed(call, &request.submission_id)?;
    // A key that is known needs no second look at the form: rules may have changed meanwhile, the case has not.
    if platform.store.case_by_key(&request.submission_id)?.is_none() {
        check(platform, &request)?;
    }
    let standing = platform.standing(request.applicant.number.reveal())?;
    let verdict = if platform.faults.strikes(FaultKind::Refuse, Step::Submit) {
        Verdict::NotAccept(words::refused())
    } else if platform.faults.strikes(FaultKind::Supplement, Step::Submit) {
        Verdict::Supplement(words::supplement())
    } else {
        rules::verdict(&request, &standing)
    };
    let filing = Filing {
        subject: rules::once_a_month(&request),
        decided_by: rules::decided_by(&request.item_id, standing.person),
        verdict,
        now: platform.now(),
        request: &request,
    };
    match platform.store.file(&filing)? {
        Keyed::Kept(row) => {
            // What was begun is filed.
            platform.store.forget("draft", request.submission_id.as_str())?;
            Ok(row.receipt())
        }
        Keyed::Reused => Err(refusal(code::KEY_REUSED, "another case lies under this key")),
    }
}

/// So far a terminal's clock may be ahead before its day of filing is no day: what runs from that day must not be had by
/// a clock.
const CLOCKS_DIFFER: Duration = Duration::days(1);

/// Item, applicant, materials and answers.
fn check(platform: &Platform, request: &CaseRequest) -> Answer<()> {
    let offer = platform.offer();
    let item = offer.item(&request.item_id);
    let item = item.ok_or_else(|| refusal(code::NOT_ADMITTED, "this item is not admitted at this site"))?;
    if item.identity.is_needed() && ResidentIdNumber::parse(request.applicant.number.reveal()).is_err() {
        return Err(refusal(code::FORM_REFUSED, "the applicant's number is no number"));
    }
    if request.filed_at > platform.now() + CLOCKS_DIFFER {
        return Err(refusal(code::CONTENT_REFUSED, "the case is filed on a day that has not come"));
    }
    let name = request.applicant.name.reveal();
    if name.trim().is_empty() || name.contains(char::is_control) {
        return Err(refusal(code::FORM_REFUSED, "the applicant's name is no name"));
    }
    let shared = request.answers.iter().any(|answer| answer.source == AnswerOrigin::Shared)
        || request.provided.iter().any(|paper| paper.source == MaterialSource::DataSharing);
    if shared && request.consent.shared_data != SharedDataConsent::Given {
        return Err(refusal(
            code::CONTENT_REFUSED,
            "an answer or a paper is of shared data, to which nobody agreed",
        ));
    }
    super::licence::check_provided(platform, item, request)?;
    super::matters::handed_in(platform, &request.materials)?;
    let named = |id: &MaterialId| request.materials.iter().any(|m| m.id == *id);
    if request.provided.iter().any(|paper| paper.material.as_ref().is_some_and(|id| !named(id))) {
        return Err(refusal(code::MATERIAL_MISSING, "a paper names a material that the case does not"));
    }
    for answer in &request.answers {
        if let AnswerValue::Photo(id) | AnswerValue::Signature(id) = &answer.value
            && !named(id)
        {
            return Err(refusal(code::MATERIAL_MISSING, "an answer names a material that the case does not"));
        }
    }
    check_form(item, request)
}

fn check_form(item: &ServiceItem, request: &CaseRequest) -> Answer<()> {
    let mut answers = FormAnswers::default();
    for answer in &request.answers {
        let known = item.form.iter().flat_map(|s| &s.fields).any(|f| f.id == answer.field);
        if !known {
            // Its name is the caller's text, so it is not repeated.
            return Err(refusal(code::FORM_REFUSED, "an answer is to no field of this form"));
        }
        // Where it came from does not matter for whether it is right.
        let answered =
            Answered { answer: given(&answer.value), source: AnswerSource::Shared(Localized::default()) };
        answers.set(answer.field.clone(), answered);
    }
    // A certificate of the library stands in the place of a picture.
    for paper in request.provided.iter().filter(|paper| paper.source == MaterialSource::LicenceLibrary) {
        let asked = item.materials.iter().find(|asked| asked.id == paper.requirement);
        if let Some(field) = asked.and_then(|asked| asked.field.clone()) {
            let source = AnswerSource::Shared(Localized::default());
            answers.set(field, Answered { answer: Given::Photo(picture()), source });
        }
    }
    for step in &item.form {
        if let Some(mistake) = check_step(step, &answers, request.filed_at.date()).first() {
            return Err(form_refused(&mistake.field, "is not answered rightly"));
        }
    }
    Ok(())
}

fn form_refused(field: &FieldId, what: &str) -> crate::sim::answer::Refusal {
    refusal(code::FORM_REFUSED, format!("`{field}` {what}"))
}

/// In the place of one that was checked by itself: as a material, or as what was shown.
fn picture() -> Picture {
    Picture::new(b"\x89PNG".to_vec())
}

fn given(value: &AnswerValue) -> Given {
    match value {
        AnswerValue::Choice(value) => Given::Choice(value.clone()),
        AnswerValue::YesNo(YesNoWord::Yes) => Given::YesNo(YesNo::Yes),
        AnswerValue::YesNo(YesNoWord::No) => Given::YesNo(YesNo::No),
        AnswerValue::Text(text) => Given::Text(text.clone()),
        AnswerValue::Number(number) => Given::Number(*number),
        AnswerValue::Date(day) => Given::Date(*day),
        AnswerValue::Amount(fen) => Given::Amount(*fen),
        AnswerValue::Division(code) => Given::Division(code.clone()),
        AnswerValue::Person { name, number } => Given::Person { name: name.clone(), number: number.clone() },
        AnswerValue::Photo(_) => Given::Photo(picture()),
        AnswerValue::Signature(_) => Given::Signature(picture()),
    }
}

pub(super) fn look_up(platform: &Platform, call: &Call) -> Answer<CaseReceipt> {
    let unknown = || refusal(code::CASE_NOT_FOUND, "no case under this key");
    let id = SubmissionId::try_from(call.segment("submissionId").to_owned())
        .map_err(|_| refusal(code::BAD_REQUEST, "a key has 32 lower-case hexadecimal digits"))?;
    Ok(platform.store.case_by_key(&id)?.ok_or_else(unknown)?.receipt())
}

pub(super) fn status(platform: &Platform, call: &Call) -> Answer<CaseStatus> {
    let unknown = || refusal(code::NOT_FOUND, "no such application");
    let number =
        ApplicationNumber::try_from(call.segment("applicationNumber").to_owned()).map_err(|_| unknown())?;
    Ok(platform.store.case_by_application(&number)?.ok_or_else(unknown)?.status())
}
