//! What goes with each call and what comes back.

use super::{Day, examples};
use crate::contract::{
    appeal, appointment, assist, board, case, catalogue, guide, item, licence, material, progress, rating,
    session, terminal, upkeep, upload, volunteer,
};
use crate::operation::Operation;
use domain::division::DivisionCode;
use domain::service_item::Theme;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use Operation as O;

/// What a call does, in one line.
pub(super) const fn summary(operation: Operation) -> &'static str {
    match operation {
        O::Activate => "A terminal begins its service.",
        O::Heartbeat => "How the terminal is.",
        O::Events => "What happened at the terminal.",
        O::Supplies => "What it runs out of.",
        O::Faults => "What is broken.",
        O::Configuration => "How it is set.",
        O::Catalogue => "The items of the site.",
        O::CatalogueDelta => "What differs from an older catalogue.",
        O::Divisions => "The divisions inside a division.",
        O::Items => "The items as a list.",
        O::ItemGuide => "The guide of an item.",
        O::ItemForm => "The form of an item.",
        O::OpenSession => "Who stands at the terminal.",
        O::SendSms => "Send a code by SMS.",
        O::MatchFace => "Does the face fit.",
        O::FaceVerdict => "What a face engine at the terminal said.",
        O::StaffSignIn => "Who signs in with badge and PIN.",
        O::Inquiry => "Is there anything to do.",
        O::Prefill => "What the province knows.",
        O::Suggestions => "您还能办.",
        O::Certificate => "The issuer's file.",
        O::Directory => "A list to read.",
        O::Material => "Hand in a material.",
        O::BeginUpload => "Announce a material in pieces.",
        O::UploadState => "How far an upload is.",
        O::UploadPiece => "Hand in a piece.",
        O::Case => "File a case.",
        O::CaseByKey => "What became of a submission.",
        O::CaseStatus => "How far a case is.",
        O::MyCases => "What a person has begun and filed.",
        O::SaveDraft => "Keep a case that is not filed yet.",
        O::Draft => "Go on with a draft.",
        O::Supplement => "Hand in what was missing.",
        O::Withdraw => "Take a case back.",
        O::CaseResult => "What was decided.",
        O::LicenceSms => "Send a code that allows a look at certificates.",
        O::AuthoriseLicences => "Allow a look at certificates.",
        O::Licences => "Which certificates there are.",
        O::RenderLicence => "One certificate as a picture.",
        O::RatingOptions => "Reasons for a low rating.",
        O::Rating => "Rate.",
        O::Notices => "Policy cards.",
        O::Warnings => "Warnings in force.",
        O::AssistCall => "Call a human.",
        O::Callback => "Ask for a call back.",
        O::Appeal => "Tell a matter of the neighbourhood.",
        O::AppealStatus => "How far an appeal is.",
        O::AppealFeedback => "Say how an answer was found.",
        O::Slots => "Times that can be booked.",
        O::Book => "Book one.",
        O::CancelAppointment => "Take an appointment back.",
        O::Activities => "What can be helped with.",
        O::SignUp => "Help with it.",
    }
}

/// Whether the answer has an entity tag.
pub(super) const fn has_entity_tag(operation: Operation) -> bool {
    matches!(operation, O::Catalogue | O::CatalogueDelta | O::Configuration)
}

/// The body, where the call has one.
pub(super) fn request(operation: Operation, generator: &mut SchemaGenerator) -> Option<Value> {
    if let Some(form) = multipart(operation) {
        return Some(json!({"required": true, "content": {"multipart/form-data": form}}));
    }
    let schema = json(operation, generator)?;
    let content = json!({"schema": schema, "example": examples::body(operation)});
    Some(json!({"required": true, "content": {"application/json": content}}))
}

fn json(operation: Operation, generator: &mut SchemaGenerator) -> Option<Schema> {
    Some(match operation {
        O::Activate => generator.subschema_for::<terminal::ActivateRequest>(),
        O::Heartbeat => generator.subschema_for::<terminal::Heartbeat>(),
        O::Events => generator.subschema_for::<terminal::EventBatch>(),
        O::Supplies => generator.subschema_for::<upkeep::SuppliesReport>(),
        O::Faults => generator.subschema_for::<upkeep::FaultReport>(),
        O::OpenSession => generator.subschema_for::<session::SessionRequest>(),
        O::SendSms => generator.subschema_for::<session::SmsRequest>(),
        O::FaceVerdict => generator.subschema_for::<session::FaceVerdictReport>(),
        O::StaffSignIn => generator.subschema_for::<session::StaffSignIn>(),
        O::Inquiry | O::Suggestions => generator.subschema_for::<item::ItemQuestion>(),
        O::Prefill => generator.subschema_for::<item::PrefillRequest>(),
        O::Certificate => generator.subschema_for::<item::CertificateRequest>(),
        O::BeginUpload => generator.subschema_for::<upload::UploadRequest>(),
        O::Case => generator.subschema_for::<case::CaseRequest>(),
        O::SaveDraft => generator.subschema_for::<progress::CaseDraft>(),
        O::Supplement => generator.subschema_for::<progress::Supplement>(),
        O::Withdraw => generator.subschema_for::<progress::Withdrawal>(),
        O::LicenceSms => generator.subschema_for::<licence::LicenceSmsRequest>(),
        O::AuthoriseLicences => generator.subschema_for::<licence::AuthorisationRequest>(),
        O::Licences => generator.subschema_for::<licence::LicenceListRequest>(),
        O::RenderLicence => generator.subschema_for::<licence::RenderRequest>(),
        O::Rating => generator.subschema_for::<rating::RatingRequest>(),
        O::AssistCall => generator.subschema_for::<assist::AssistCall>(),
        O::Callback => generator.subschema_for::<assist::Callback>(),
        O::Appeal => generator.subschema_for::<appeal::Appeal>(),
        O::AppealFeedback => generator.subschema_for::<appeal::AppealFeedback>(),
        O::Book => generator.subschema_for::<appointment::AppointmentRequest>(),
        O::CancelAppointment => generator.subschema_for::<appointment::Cancellation>(),
        O::SignUp => generator.subschema_for::<volunteer::SignUp>(),
        _ => return None,
    })
}

/// The parts of a multipart body.
fn multipart(operation: Operation) -> Option<Value> {
    let digest = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    let file = json!({"type": "string", "contentMediaType": "application/octet-stream"});
    let pictures = "image/jpeg, image/png";
    Some(match operation {
        O::Material => json!({
            "schema": {
                "type": "object",
                "additionalProperties": false,
                "required": ["id", "sha256", "file"],
                "properties": {"id": {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}, "sha256": digest, "file": file},
            },
            "encoding": {"file": {"contentType": pictures}},
        }),
        O::UploadPiece => json!({
            "schema": {
                "type": "object",
                "additionalProperties": false,
                "required": ["offset", "sha256", "piece"],
                "properties": {
                    "offset": {"type": "integer", "minimum": 0, "maximum": upload::LONGEST_UPLOAD},
                    "sha256": digest,
                    "piece": file,
                },
            },
            "encoding": {"piece": {"contentType": "application/octet-stream"}},
        }),
        O::MatchFace => json!({
            "schema": {"type": "object", "additionalProperties": false, "required": ["picture"], "properties": {"picture": file}},
            "encoding": {"picture": {"contentType": pictures}},
        }),
        _ => return None,
    })
}

/// Name, whether it must be there, schema, example.
pub(super) type QueryParameter = (&'static str, bool, Schema, Value);

/// The members of the query.
pub(super) fn query(operation: Operation, generator: &mut SchemaGenerator) -> Vec<QueryParameter> {
    let division = generator.subschema_for::<DivisionCode>();
    match operation {
        O::CatalogueDelta => {
            let version = schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 64});
            vec![("from", true, version, json!("2026.11.1"))]
        }
        O::Divisions => vec![("parent", false, division, json!("990001"))],
        O::Directory => vec![("division", false, division, json!("990001001001"))],
        O::Items => {
            let words = schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 64});
            vec![
                ("theme", false, generator.subschema_for::<Theme>(), json!("elder_care")),
                ("words", false, words, json!("津贴")),
            ]
        }
        O::Slots => vec![
            ("subject", true, generator.subschema_for::<appointment::Subject>(), json!("legal_advice")),
            ("day", true, generator.subschema_for::<Day>(), json!("2026-11-25")),
        ],
        _ => Vec::new(),
    }
}

/// The answer's data.
pub(super) fn answer(operation: Operation, generator: &mut SchemaGenerator) -> Schema {
    match operation {
        O::Activate => generator.subschema_for::<terminal::Activation>(),
        O::Heartbeat => generator.subschema_for::<terminal::HeartbeatAnswer>(),
        O::Events => generator.subschema_for::<terminal::EventsAnswer>(),
        O::Supplies => generator.subschema_for::<upkeep::SuppliesAnswer>(),
        O::Faults => generator.subschema_for::<upkeep::FaultAnswer>(),
        O::Configuration => generator.subschema_for::<upkeep::TerminalConfiguration>(),
        O::Catalogue => generator.subschema_for::<catalogue::CatalogueFiles>(),
        O::CatalogueDelta => generator.subschema_for::<catalogue::CatalogueDelta>(),
        O::Divisions => generator.subschema_for::<catalogue::Divisions>(),
        O::Items => generator.subschema_for::<guide::Items>(),
        O::ItemGuide => generator.subschema_for::<guide::ItemGuide>(),
        O::ItemForm => generator.subschema_for::<guide::ItemForm>(),
        O::OpenSession => generator.subschema_for::<session::Session>(),
        O::SendSms | O::LicenceSms => generator.subschema_for::<session::SmsChallenge>(),
        O::MatchFace => generator.subschema_for::<session::FaceAnswer>(),
        O::FaceVerdict => generator.subschema_for::<session::FaceVerdictAnswer>(),
        O::StaffSignIn => generator.subschema_for::<session::StaffMember>(),
        O::Inquiry => generator.subschema_for::<item::Inquiry>(),
        O::Prefill => generator.subschema_for::<item::Prefill>(),
        O::Suggestions => generator.subschema_for::<item::Suggestions>(),
        O::Certificate => generator.subschema_for::<item::CertificateAnswer>(),
        O::Directory => generator.subschema_for::<item::Directory>(),
        O::Material => generator.subschema_for::<material::MaterialReceipt>(),
        O::BeginUpload | O::UploadState | O::UploadPiece => generator.subschema_for::<upload::Upload>(),
        O::Case | O::CaseByKey => generator.subschema_for::<case::CaseReceipt>(),
        O::CaseStatus | O::Supplement | O::Withdraw => generator.subschema_for::<case::CaseStatus>(),
        O::MyCases => generator.subschema_for::<progress::MyCases>(),
        O::SaveDraft => generator.subschema_for::<progress::DraftReceipt>(),
        O::Draft => generator.subschema_for::<progress::CaseDraft>(),
        O::CaseResult => generator.subschema_for::<progress::CaseResult>(),
        O::AuthoriseLicences => generator.subschema_for::<licence::Authorisation>(),
        O::Licences => generator.subschema_for::<licence::Licences>(),
        O::RenderLicence => generator.subschema_for::<licence::LicenceRendering>(),
        O::RatingOptions => generator.subschema_for::<rating::RatingOptions>(),
        O::Rating => generator.subschema_for::<rating::RatingReceipt>(),
        O::Notices => generator.subschema_for::<board::Notices>(),
        O::Warnings => generator.subschema_for::<board::Warnings>(),
        O::AssistCall => generator.subschema_for::<assist::AssistCallAnswer>(),
        O::Callback => generator.subschema_for::<assist::CallbackAnswer>(),
        O::Appeal | O::AppealStatus | O::AppealFeedback => generator.subschema_for::<appeal::AppealStatus>(),
        O::Slots => generator.subschema_for::<appointment::Slots>(),
        O::Book | O::CancelAppointment => generator.subschema_for::<appointment::Appointment>(),
        O::Activities => generator.subschema_for::<volunteer::Activities>(),
        O::SignUp => generator.subschema_for::<volunteer::SignUpReceipt>(),
    }
}
