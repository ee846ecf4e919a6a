//! Who stands at the terminal.

use std::sync::Arc;

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use sample_city::StaffDuty;

use crate::contract::envelope::code;
use crate::contract::material::part;
use crate::contract::session::{
    FaceVerdictAnswer, FaceVerdictReport, Person, Session, SessionId, SessionRequest, SessionToken,
    SmsChallenge, SmsRequest, StaffMember, StaffRole, StaffSignIn,
};
use crate::sim::answer::{Answer, Call, refusal, respond};
use crate::sim::desk;
use crate::sim::platform::Platform;
use domain::personal::Personal;

pub(super) fn open(platform: &Platform, _: &Call, request: SessionRequest) -> Answer<Session> {
    let (id, session) = platform.desk.open(&platform.city, &request.evidence, platform.now())?;
    Ok(Session {
        session_id: SessionId(id),
        token: SessionToken(Personal::new(session.token)),
        assurance: session.assurance,
        person: Person { name: session.person.name, number: session.person.number },
        expires_at: session.expires_at,
    })
}

pub(super) fn sms(platform: &Platform, _: &Call, request: SmsRequest) -> Answer<SmsChallenge> {
    let person = platform.city.person(request.number.reveal());
    let person = person.ok_or_else(|| refusal(code::IDENTITY_REFUSED, "no telephone is on record"))?;
    let expires_at = platform.desk.send_sms(person, platform.now());
    Ok(SmsChallenge { phone_masked: desk::masked_phone(&person.phone), expires_at })
}

pub(super) fn staff(platform: &Platform, _: &Call, request: StaffSignIn) -> Answer<StaffMember> {
    let member = desk::staff(&platform.city, &request.badge, &request.pin)?;
    let role = match member.duty {
        StaffDuty::Worker => StaffRole::Worker,
        StaffDuty::Keeper => StaffRole::Keeper,
        StaffDuty::Technician => StaffRole::Technician,
    };
    Ok(StaffMember { worker: member.worker.clone(), role })
}

pub(super) fn face_verdict(
    platform: &Platform,
    call: &Call,
    report: FaceVerdictReport,
) -> Answer<FaceVerdictAnswer> {
    let assurance = platform.desk.face_verdict(
        call.segment("sessionId"),
        call.token.as_deref(),
        &report,
        platform.now(),
    )?;
    Ok(FaceVerdictAnswer { assurance })
}

/// The picture is looked at only so far as to see that it is one, and is not kept.
pub(super) async fn face(State(platform): State<Arc<Platform>>, call: Call, request: Request) -> Response {
    let answer = async {
        // Whose face it would be comes first: nobody's picture is looked at.
        platform.desk.session(call.token.as_deref(), platform.now())?;
        picture(request).await?;
        platform.desk.face(call.segment("sessionId"), call.token.as_deref(), platform.now())
    };
    let answer = answer.await;
    respond(&platform, &call.request_id, answer)
}

async fn picture(request: Request) -> Answer<()> {
    let bad = |what: &str| refusal(code::BAD_REQUEST, what);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| super::not_multipart())?;
    let mut good = None;
    while let Some(field) = form.next_field().await.map_err(|_| bad("the parts did not arrive"))? {
        if field.name() != Some(part::PICTURE) {
            return Err(bad("a part is none of the contract's"));
        }
        let bytes = field.bytes().await.map_err(|_| refusal(code::TOO_LARGE, "the picture is too large"))?;
        let known =
            matches!(image::guess_format(&bytes), Ok(image::ImageFormat::Jpeg | image::ImageFormat::Png));
        good = Some(known);
    }
    match good {
        Some(true) => Ok(()),
        Some(false) => Err(refusal(code::CONTENT_REFUSED, "the picture is neither JPEG nor PNG")),
        None => Err(bad("the part `picture` is missing")),
    }
}
