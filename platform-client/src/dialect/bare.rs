//! A platform with neither an idempotency key nor a look-up: what was sent twice is there twice.
//!
//! Wire (docs/dialects.md, "bare"): the contract as it is written, but no `Idempotency-Key`, no member that says the key in
//! requests or answers, and no look-up by key.
//!
//! Never: send an unknown outcome again; it goes to a person.

use super::canonical::Canonical;
use super::{Body, Call, Dialect, Reading, Recovery, RequestProblem, Stamp, anhui::json};
use crate::error::AnswerProblem;
use crate::http::{HttpAnswer, HttpRequest};
use crate::operation::Operation;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The dialect.
#[derive(Debug, Clone, Copy)]
pub struct Bare;

/// A JSON object whose members are left as they are written.
type Members<'a> = BTreeMap<&'a str, &'a RawValue>;

/// The member that would name a call's key; the platform knows none. A draft's id is the draft's own, as a material's is:
/// the same may come any number of times.
const fn key_member(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::Case => Some("submissionId"),
        Operation::Supplement => Some("supplementId"),
        Operation::Withdraw => Some("withdrawalId"),
        Operation::Rating => Some("ratingId"),
        Operation::Appeal => Some("appealId"),
        Operation::AppealFeedback => Some("feedbackId"),
        Operation::Book => Some("appointmentId"),
        Operation::CancelAppointment => Some("cancellationId"),
        Operation::SignUp => Some("signUpId"),
        _ => None,
    }
}

/// Whether the contract's answer says the key.
const fn is_answered_with_its_key(operation: Operation) -> bool {
    matches!(operation, Operation::Case | Operation::Rating)
}

impl Dialect for Bare {
    fn recovery(&self, operation: Operation) -> Recovery {
        match operation {
            Operation::Material | Operation::BeginUpload | Operation::UploadPiece | Operation::SaveDraft => {
                Recovery::SendAgain
            }
            _ => Recovery::Person,
        }
    }

    fn request(&self, call: &mut Call, stamp: &Stamp<'_>) -> Result<HttpRequest, RequestProblem> {
        if call.operation == Operation::CaseByKey {
            return Err(RequestProblem::NotSpoken);
        }
        let key = call.key.take();
        if let (Some(name), Body::Json(bytes)) = (key_member(call.operation), &call.body) {
            let unreadable = |_| RequestProblem::Unreadable;
            let mut members: Members<'_> = serde_json::from_slice(bytes).map_err(unreadable)?;
            members.remove(name);
            let without = json(&members, bytes.len());
            call.body = Body::Json(without);
        }
        let request = Canonical.request(call, stamp);
        // The answer is told whose it is by what was asked.
        call.key = key;
        request
    }

    fn answer(&self, call: &Call, answer: HttpAnswer) -> Result<Reading, AnswerProblem> {
        let Reading::Answer(answer) = Canonical.answer(call, answer)? else { return Ok(Reading::NewAccess) };
        match (key_member(call.operation), &call.key) {
            (Some(name), Some(key)) if is_answered_with_its_key(call.operation) => {
                named(name, key.as_str(), answer)
            }
            _ => Ok(Reading::Answer(answer)),
        }
    }
}

/// The answer with the key that it is about.
fn named(name: &str, key: &str, answer: HttpAnswer) -> Result<Reading, AnswerProblem> {
    let unreadable = |e: serde_json::Error| AnswerProblem::unreadable(&e);
    let key = to_raw_value(key).map_err(unreadable)?;
    let body = {
        let mut envelope: BTreeMap<&str, &RawValue> =
            serde_json::from_slice(&answer.body).map_err(unreadable)?;
        let data: Option<Members<'_>> = match envelope.get("data") {
            Some(data) => serde_json::from_str(data.get()).map_err(unreadable)?,
            None => None,
        };
        let whole;
        if let Some(mut members) = data {
            members.insert(name, &key);
            let room = answer.body.len() + key.get().len() + name.len() + 8;
            let text = json(&members, room);
            whole = serde_json::from_slice::<Box<RawValue>>(&text).map_err(unreadable)?;
            envelope.insert("data", &whole);
            json(&envelope, room + 8)
        } else {
            Zeroizing::new(answer.body.to_vec())
        }
    };
    Ok(Reading::Answer(HttpAnswer { body, ..answer }))
}
