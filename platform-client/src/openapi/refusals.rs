//! By which codes each call may be refused.

use crate::contract::envelope::{ErrorClass, code};
use crate::http::Method;
use crate::operation::{KeyNeed, Operation, SessionNeed};
use std::collections::BTreeMap;

/// The codes of a call by their HTTP status.
pub(super) fn by_status(operation: Operation) -> BTreeMap<u16, Vec<(&'static str, ErrorClass)>> {
    let mut by_status: BTreeMap<u16, Vec<_>> = BTreeMap::new();
    for named in codes(operation) {
        if let Some((code, status, class)) = code::ALL.iter().find(|(code, _, _)| *code == named) {
            by_status.entry(*status).or_default().push((*code, *class));
        }
    }
    // A body of another media type is a bad request under its own status.
    if operation.method() == Method::Post {
        by_status.insert(415, vec![(code::BAD_REQUEST, ErrorClass::Fatal)]);
    }
    by_status
}

fn codes(operation: Operation) -> Vec<&'static str> {
    use Operation as O;
    let mut codes = vec![code::TOO_MANY_REQUESTS, code::INTERNAL, code::UNAVAILABLE];
    if operation.method() == Method::Post {
        codes.extend([code::BAD_REQUEST, code::TOO_LARGE, code::CONTENT_REFUSED]);
    }
    if operation.session() == SessionNeed::Needed {
        codes.push(code::SESSION_REQUIRED);
    }
    // A draft's later answers replace the earlier ones; what is told of an appeal's answer is told once.
    if operation.key() == KeyNeed::Needed {
        codes.push(code::KEY_REUSED);
    }
    codes.extend_from_slice(match operation {
        O::CatalogueDelta | O::Divisions | O::Directory => &[code::BAD_REQUEST, code::NOT_FOUND],
        O::Items | O::Slots => &[code::BAD_REQUEST],
        O::ItemGuide | O::ItemForm | O::UploadState | O::CaseStatus | O::AppealStatus | O::Draft => {
            &[code::NOT_FOUND]
        }
        O::OpenSession | O::SendSms | O::StaffSignIn | O::LicenceSms => &[code::IDENTITY_REFUSED],
        O::Inquiry | O::Prefill | O::Certificate => &[code::NOT_FOUND],
        O::Material | O::BeginUpload => &[code::KEY_REUSED],
        O::UploadPiece => &[code::NOT_FOUND, code::OFFSET_WRONG],
        O::Case => &[code::NOT_ADMITTED, code::FORM_REFUSED, code::MATERIAL_MISSING],
        O::CaseByKey => &[code::BAD_REQUEST, code::CASE_NOT_FOUND],
        O::SaveDraft | O::FaceVerdict => &[code::NOT_ADMITTED],
        O::Supplement => &[code::NOT_FOUND, code::STATE_REFUSED, code::MATERIAL_MISSING],
        O::Withdraw | O::CancelAppointment => &[code::NOT_FOUND, code::STATE_REFUSED],
        O::CaseResult => &[code::NOT_FOUND, code::STATE_REFUSED],
        O::AuthoriseLicences => &[code::NOT_ADMITTED, code::IDENTITY_REFUSED],
        O::Licences | O::RenderLicence => &[code::NOT_FOUND, code::IDENTITY_REFUSED],
        O::Rating => &[code::FORM_REFUSED, code::STATE_REFUSED, code::ALREADY_RATED],
        O::Callback => &[code::FORM_REFUSED],
        O::Appeal => &[code::MATERIAL_MISSING],
        O::AppealFeedback => &[code::NOT_FOUND, code::STATE_REFUSED, code::ALREADY_RATED],
        O::Book | O::SignUp => &[code::NOT_FOUND, code::SLOT_TAKEN],
        O::Activate
        | O::Events
        | O::MatchFace
        | O::Heartbeat
        | O::Supplies
        | O::Faults
        | O::Configuration
        | O::Catalogue
        | O::Suggestions
        | O::MyCases
        | O::RatingOptions
        | O::Notices
        | O::Warnings
        | O::AssistCall
        | O::Activities => &[],
    });
    codes
}
