//! Whether an answer is the answer to this request.
//!
//! On a kept-alive connection an answer that somebody sent twice would be taken for the answer to the next call: of the
//! same shape, and of another person. The envelope names the request, so that it is seen.

use crate::error::{AnswerProblem, CallError};
use crate::http::HttpAnswer;
use crate::operation::Operation;
use serde::Deserialize;

/// Refuses an answer that names another request; one that names none (304, another dialect) is for others to judge.
pub(super) fn is_ours(operation: Operation, request_id: &str, answer: &HttpAnswer) -> Result<(), CallError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        request_id: Option<String>,
    }
    // What cannot be read is said where the envelope is opened.
    let head: Option<Head> = serde_json::from_slice(&answer.body).ok();
    match head.and_then(|head| head.request_id) {
        Some(other) if other != request_id && !other.is_empty() => Err(CallError::BadAnswer {
            operation,
            status: answer.status,
            problem: AnswerProblem::AnotherQuestion,
        }),
        _ => Ok(()),
    }
}
