//! Filing: materials, cases, ratings, and what became of them. Called by the outbox's delivery, never by a visit.

use super::{Province, With, open};
use crate::contract::case::{CaseReceipt, CaseRequest, CaseStatus};
use crate::contract::envelope::code;
use crate::contract::material::{MaterialReceipt, part};
use crate::contract::path;
use crate::contract::rating::{RatingOptions, RatingReceipt, RatingRequest, ReasonOption};
use crate::dialect::{Body, Call, Recovery};
use crate::edge::upload::MaterialUpload;
use crate::error::{AnswerProblem, CallError};
use crate::http::Part;
use crate::operation::Operation;
use domain::case::{ApplicationNumber, SubmissionId};

impl Province {
    /// Hands in a material. The same material may come any number of times.
    pub async fn hand_in(&self, material: MaterialUpload) -> Result<(), CallError> {
        let operation = Operation::Material;
        let MaterialUpload { id, sha256, media_type, length, content } = material;
        let file_name = id.0.clone();
        let parts = vec![
            Part::Text { name: part::ID, text: id.0.clone() },
            Part::Text { name: part::SHA256, text: sha256.clone() },
            Part::Stream { name: part::FILE, file_name, media_type, length, content },
        ];
        let answer = self
            .exchange(Call {
                operation,
                path: path::MATERIALS.to_owned(),
                session: None,
                key: None,
                etag: None,
                body: Body::Multipart(parts),
            })
            .await?;
        let receipt: MaterialReceipt = open(operation, &answer)?;
        let bad = |problem| CallError::BadAnswer { operation, status: answer.status, problem };
        match (receipt.id == id, receipt.sha256 == sha256) {
            (true, true) => Ok(()),
            (true, false) => Err(bad(AnswerProblem::Digest)),
            (false, _) => Err(bad(AnswerProblem::AnotherQuestion)),
        }
    }

    /// Files a case under its key; once.
    pub async fn file(&self, request: &CaseRequest) -> Result<CaseReceipt, CallError> {
        let operation = Operation::Case;
        let with = With::Key(&request.submission_id);
        let receipt = self.post(operation, path::CASES.to_owned(), with, request).await?;
        about(operation, &request.submission_id, receipt)
    }

    /// Asks what became of a submission; `None` when the province itself says that it has no case under this key.
    pub async fn find(&self, id: &SubmissionId) -> Result<Option<CaseReceipt>, CallError> {
        let operation = Operation::CaseByKey;
        match self.get(operation, path::case_by_key(id)).await {
            Ok(receipt) => about(operation, id, receipt).map(Some),
            Err(error) if error.refusal().is_some_and(|r| r.code == code::CASE_NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks how far a case is.
    pub async fn case_status(&self, application: &ApplicationNumber) -> Result<CaseStatus, CallError> {
        self.get(Operation::CaseStatus, path::case_status(application)).await
    }

    /// Fetches the reasons for a low rating.
    pub async fn rating_options(&self) -> Result<Vec<ReasonOption>, CallError> {
        let options: RatingOptions =
            self.get(Operation::RatingOptions, path::RATING_OPTIONS.to_owned()).await?;
        Ok(options.reasons)
    }

    /// Sends a rating under its key; once.
    pub async fn rate(&self, request: &RatingRequest) -> Result<RatingReceipt, CallError> {
        let operation = Operation::Rating;
        let with = With::Key(&request.rating_id);
        let receipt: RatingReceipt = self.post(operation, path::RATINGS.to_owned(), with, request).await?;
        if receipt.rating_id == request.rating_id {
            Ok(receipt)
        } else {
            let problem = AnswerProblem::AnotherQuestion;
            Err(CallError::BadAnswer { operation, status: 200, problem })
        }
    }

    /// How an unknown outcome of a case or rating is cleared up with this province.
    pub fn recovery(&self, operation: Operation) -> Recovery {
        self.dialects.of(operation.interface()).recovery(operation)
    }
}

/// A receipt for another submission is worse than none.
fn about(operation: Operation, id: &SubmissionId, receipt: CaseReceipt) -> Result<CaseReceipt, CallError> {
    if receipt.submission_id == *id {
        Ok(receipt)
    } else {
        let problem = AnswerProblem::AnotherQuestion;
        Err(CallError::BadAnswer { operation, status: 200, problem })
    }
}
