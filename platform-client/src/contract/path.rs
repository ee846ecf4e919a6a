//! Paths and headers. A constant is the pattern (as OpenAPI and axum write it), the function beside it fills it in.

use domain::case::{ApplicationNumber, SubmissionId};
use domain::division::DivisionCode;
use domain::service_item::ItemId;

/// POST: a terminal begins its service → [`super::terminal::Activation`].
pub const ACTIVATE: &str = "/v1/terminals/activate";
/// POST: how the terminal is → [`super::terminal::HeartbeatAnswer`].
pub const HEARTBEAT: &str = "/v1/terminals/heartbeat";
/// POST: what happened at the terminal, in batches → [`super::terminal::EventsAnswer`].
pub const EVENTS: &str = "/v1/terminals/events";
/// GET, `ETag` / `If-None-Match`: the items of this site → [`super::catalogue::CatalogueFiles`], or 304 without a body.
pub const CATALOGUE: &str = "/v1/catalogue";
/// GET `?parent=CODE` (without it the districts of the city) → [`super::catalogue::Divisions`].
pub const DIVISIONS: &str = "/v1/divisions";
/// GET `?from=VERSION`: what differs from that version → [`super::catalogue::CatalogueDelta`], or `not_found` where the
/// province no longer knows it.
pub const CATALOGUE_DELTA: &str = "/v1/catalogue/delta";
/// POST: what the terminal runs out of → [`super::upkeep::SuppliesAnswer`].
pub const SUPPLIES: &str = "/v1/terminals/supplies";
/// POST: what is broken → [`super::upkeep::FaultAnswer`].
pub const FAULTS: &str = "/v1/terminals/faults";
/// GET: how the terminal is set → [`super::upkeep::TerminalConfiguration`].
pub const CONFIGURATION: &str = "/v1/terminals/configuration";
/// POST: who stands at the terminal → [`super::session::Session`].
pub const SESSIONS: &str = "/v1/sessions";
/// POST: send a code by SMS → [`super::session::SmsChallenge`].
pub const SESSION_SMS: &str = "/v1/sessions/sms";
/// POST multipart, part `picture`: does the face fit → [`super::session::FaceAnswer`].
pub const SESSION_FACE: &str = "/v1/sessions/{sessionId}/face";
/// POST: what a face engine at the terminal said → [`super::session::FaceVerdictAnswer`], or `not_admitted` where that engine's
/// word does not count here.
pub const SESSION_FACE_VERDICT: &str = "/v1/sessions/{sessionId}/face-verdict";
/// POST: who signs in with this badge and PIN → [`super::session::StaffMember`], or `identity_refused`.
pub const STAFF_SIGN_INS: &str = "/v1/staff/sign-ins";
/// GET `?theme=…&words=…`: the items of the site → [`super::guide::Items`].
pub const ITEMS: &str = "/v1/items";
/// GET: the guide of an item → [`super::guide::ItemGuide`].
pub const ITEM: &str = "/v1/items/{itemId}";
/// GET: the form of an item → [`super::guide::ItemForm`].
pub const ITEM_FORM: &str = "/v1/items/{itemId}/form";
/// POST: is there anything to do → [`super::item::Inquiry`].
pub const ITEM_INQUIRY: &str = "/v1/items/{itemId}/inquiry";
/// POST: what the province already knows → [`super::item::Prefill`].
pub const ITEM_PREFILL: &str = "/v1/items/{itemId}/prefill";
/// POST: the issuer's sealed file → [`super::item::CertificateAnswer`].
pub const ITEM_CERTIFICATE: &str = "/v1/items/{itemId}/certificate";
/// GET `?division=CODE`: a list to read → [`super::item::Directory`].
pub const ITEM_DIRECTORY: &str = "/v1/items/{itemId}/directory";
/// POST: 您还能办 → [`super::item::Suggestions`].
pub const SUGGESTIONS: &str = "/v1/suggestions";
/// POST multipart, parts `id`, `sha256`, `file`: a material, before its case → [`super::material::MaterialReceipt`].
pub const MATERIALS: &str = "/v1/materials";
/// POST: announces a material in pieces → [`super::upload::Upload`].
pub const UPLOADS: &str = "/v1/uploads";
/// GET: how far it is; POST multipart, parts `offset`, `sha256`, `piece`: the next piece → [`super::upload::Upload`].
pub const UPLOAD: &str = "/v1/uploads/{materialId}";
/// POST with `Idempotency-Key`: a case → [`super::case::CaseReceipt`].
pub const CASES: &str = "/v1/cases";
/// GET: what became of a submission → [`super::case::CaseReceipt`], or 404 with code `case_not_found`.
pub const CASE_BY_KEY: &str = "/v1/cases/by-key/{submissionId}";
/// GET: how far a case is → [`super::case::CaseStatus`].
pub const CASE_STATUS: &str = "/v1/cases/{applicationNumber}";
/// GET with a session: what the person has begun and filed → [`super::progress::MyCases`].
pub const MY_CASES: &str = "/v1/my/cases";
/// POST with a session and `Idempotency-Key`: a case that is not filed yet → [`super::progress::DraftReceipt`].
pub const DRAFTS: &str = "/v1/my/drafts";
/// GET with a session: a draft, to go on with → [`super::progress::CaseDraft`].
pub const DRAFT: &str = "/v1/my/drafts/{draftId}";
/// POST with a session and `Idempotency-Key`: what was missing → [`super::case::CaseStatus`].
pub const SUPPLEMENTS: &str = "/v1/cases/{applicationNumber}/supplements";
/// POST with a session and `Idempotency-Key`: takes a case back → [`super::case::CaseStatus`].
pub const WITHDRAWALS: &str = "/v1/cases/{applicationNumber}/withdrawals";
/// GET with a session: what was decided → [`super::progress::CaseResult`].
pub const CASE_RESULT: &str = "/v1/cases/{applicationNumber}/result";
/// POST with a session: sends a code by SMS that allows a look at certificates → [`super::session::SmsChallenge`].
pub const LICENCE_SMS: &str = "/v1/licences/sms";
/// POST with a session: allows a look at certificates → [`super::licence::Authorisation`], or `identity_refused`.
pub const LICENCE_AUTHORISATIONS: &str = "/v1/licences/authorisations";
/// POST with a session: which there are → [`super::licence::Licences`].
pub const LICENCE_LIST: &str = "/v1/licences/list";
/// POST with a session: one as a picture → [`super::licence::LicenceRendering`].
pub const LICENCE_RENDERINGS: &str = "/v1/licences/renderings";
/// POST with `Idempotency-Key`: a matter of the neighbourhood → [`super::appeal::AppealStatus`].
pub const APPEALS: &str = "/v1/appeals";
/// GET: how far it is → [`super::appeal::AppealStatus`].
pub const APPEAL: &str = "/v1/appeals/{appealNumber}";
/// POST with `Idempotency-Key`: how the answer was found → [`super::appeal::AppealStatus`].
pub const APPEAL_FEEDBACK: &str = "/v1/appeals/{appealNumber}/feedback";
/// GET `?subject=…&day=…`: times that can be booked → [`super::appointment::Slots`].
pub const SLOTS: &str = "/v1/slots";
/// POST with a session and `Idempotency-Key`: books one → [`super::appointment::Appointment`].
pub const APPOINTMENTS: &str = "/v1/appointments";
/// POST with a session and `Idempotency-Key`: takes it back → [`super::appointment::Appointment`].
pub const APPOINTMENT_CANCELLATIONS: &str = "/v1/appointments/{appointmentNumber}/cancellations";
/// GET: what can be helped with → [`super::volunteer::Activities`].
pub const VOLUNTEER_ACTIVITIES: &str = "/v1/volunteer-activities";
/// POST with a session and `Idempotency-Key`: helps with it → [`super::volunteer::SignUpReceipt`].
pub const VOLUNTEER_SIGN_UPS: &str = "/v1/volunteer-activities/{activityId}/sign-ups";
/// GET: reasons for a low rating → [`super::rating::RatingOptions`].
pub const RATING_OPTIONS: &str = "/v1/ratings/options";
/// POST with `Idempotency-Key`: a rating → [`super::rating::RatingReceipt`].
pub const RATINGS: &str = "/v1/ratings";
/// GET: policy cards of the idle screen → [`super::board::Notices`].
pub const NOTICES: &str = "/v1/notices";
/// GET: warnings in force → [`super::board::Warnings`].
pub const WARNINGS: &str = "/v1/warnings";
/// POST: somebody at the terminal needs a human → [`super::assist::AssistCallAnswer`].
pub const ASSIST_CALLS: &str = "/v1/assist-calls";
/// POST: nobody answers now, please call back → [`super::assist::CallbackAnswer`].
pub const CALLBACKS: &str = "/v1/callbacks";

/// Request header: the submission's (or rating's) id, the same in every attempt.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Request header with every call: the terminal's own id for it, echoed as `requestId`.
pub const REQUEST_ID: &str = "yilin-request-id";

/// [`SESSION_FACE`] of one session.
pub fn session_face(session: &super::session::SessionId) -> String {
    SESSION_FACE.replace("{sessionId}", &segment(&session.0))
}

/// [`SESSION_FACE_VERDICT`] of one session.
pub fn session_face_verdict(session: &super::session::SessionId) -> String {
    SESSION_FACE_VERDICT.replace("{sessionId}", &segment(&session.0))
}

/// [`ITEM_INQUIRY`] of one item.
pub fn item_inquiry(item: &ItemId) -> String {
    ITEM_INQUIRY.replace("{itemId}", &segment(&item.0))
}

/// [`ITEM_PREFILL`] of one item.
pub fn item_prefill(item: &ItemId) -> String {
    ITEM_PREFILL.replace("{itemId}", &segment(&item.0))
}

/// [`ITEM_CERTIFICATE`] of one item.
pub fn item_certificate(item: &ItemId) -> String {
    ITEM_CERTIFICATE.replace("{itemId}", &segment(&item.0))
}

/// [`ITEM_DIRECTORY`] of one item around one division.
pub fn item_directory(item: &ItemId, division: &DivisionCode) -> String {
    format!("{}?division={division}", ITEM_DIRECTORY.replace("{itemId}", &segment(&item.0)))
}

/// [`DIVISIONS`] inside one division, or the districts of the city.
pub fn divisions(parent: Option<&DivisionCode>) -> String {
    match parent {
        Some(code) => format!("{DIVISIONS}?parent={code}"),
        None => DIVISIONS.to_owned(),
    }
}

/// [`CASE_BY_KEY`] of one submission.
pub fn case_by_key(id: &SubmissionId) -> String {
    CASE_BY_KEY.replace("{submissionId}", id.as_str())
}

/// [`CASE_STATUS`] of one application.
pub fn case_status(application: &ApplicationNumber) -> String {
    CASE_STATUS.replace("{applicationNumber}", &segment(application.as_str()))
}

/// A pattern with its only parameter filled in: [`ITEM`], [`UPLOAD`], [`APPEAL`], …
pub fn filled(pattern: &str, value: &str) -> String {
    match (pattern.find('{'), pattern.find('}')) {
        (Some(from), Some(to)) => format!("{}{}{}", &pattern[..from], segment(value), &pattern[to + 1..]),
        _ => pattern.to_owned(),
    }
}

/// [`CATALOGUE_DELTA`] from one version.
pub fn catalogue_delta(from: &str) -> String {
    format!("{CATALOGUE_DELTA}?from={}", segment(from))
}

/// [`ITEMS`] behind a door, found by words, or all.
pub fn items(theme: Option<&str>, words: Option<&str>) -> String {
    let asked = [("theme", theme), ("words", words)];
    let query: Vec<String> =
        asked.into_iter().filter_map(|(name, v)| v.map(|v| format!("{name}={}", segment(v)))).collect();
    if query.is_empty() { ITEMS.to_owned() } else { format!("{ITEMS}?{}", query.join("&")) }
}

/// [`SLOTS`] of a subject on a day.
pub fn slots(subject: &str, day: &str) -> String {
    format!("{SLOTS}?subject={}&day={}", segment(subject), segment(day))
}

/// Percent-encodes one path segment (RFC 3986 section 2.3: unreserved characters stay).
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    // A segment of dots alone would be taken for a relative reference and climb.
    if out.bytes().all(|b| b == b'.') { out.replace('.', "%2E") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_province_stay_one_segment() {
        let path = |number: &str| case_status(&ApplicationNumber::try_from(number.to_owned()).unwrap());
        assert_eq!(path("YL2026-0001"), "/v1/cases/YL2026-0001");
        assert_eq!(path("示/1?x#y"), "/v1/cases/%E7%A4%BA%2F1%3Fx%23y");
        assert_eq!(path(".."), "/v1/cases/%2E%2E");
    }

    #[test]
    fn a_pattern_and_a_query_are_filled_in() {
        assert_eq!(filled(APPEAL_FEEDBACK, "SQ/1"), "/v1/appeals/SQ%2F1/feedback");
        assert_eq!(filled(ITEMS, "x"), ITEMS);
        assert_eq!(items(None, Some("高龄&x")), "/v1/items?words=%E9%AB%98%E9%BE%84%26x");
        assert_eq!(items(Some("appeals"), None), "/v1/items?theme=appeals");
        assert_eq!(catalogue_delta("2026.11.1"), "/v1/catalogue/delta?from=2026.11.1");
    }
}
