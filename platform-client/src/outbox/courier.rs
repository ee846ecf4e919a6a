//! Who carries entries to the province: the real one over HTTPS, another in tests.

use crate::contract::case::{CaseReceipt, CaseRequest};
use crate::contract::rating::RatingRequest;
use crate::dialect::Recovery;
use crate::edge::upload::MaterialUpload;
use crate::error::CallError;
use crate::operation::Operation;
use crate::province::Province;
use domain::case::SubmissionId;
use std::future::Future;

/// Carries entries to the province. Each method asks once.
pub trait Courier: Send + Sync + 'static {
    /// How an unknown outcome of a case ([`Operation::Case`]) or rating ([`Operation::Rating`]) is cleared up.
    fn recovery(&self, operation: Operation) -> Recovery;

    /// Hands in a material; the same one any number of times.
    fn hand_in(&self, material: MaterialUpload) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Files a case.
    fn file(&self, request: &CaseRequest) -> impl Future<Output = Result<CaseReceipt, CallError>> + Send;

    /// Asks for a case by its key; `None` only when the province itself says that it has none.
    fn find(&self, id: &SubmissionId) -> impl Future<Output = Result<Option<CaseReceipt>, CallError>> + Send;

    /// Sends a rating.
    fn rate(&self, request: &RatingRequest) -> impl Future<Output = Result<(), CallError>> + Send;
}

impl Courier for Province {
    fn recovery(&self, operation: Operation) -> Recovery {
        Self::recovery(self, operation)
    }

    async fn hand_in(&self, material: MaterialUpload) -> Result<(), CallError> {
        Self::hand_in(self, material).await
    }

    async fn file(&self, request: &CaseRequest) -> Result<CaseReceipt, CallError> {
        Self::file(self, request).await
    }

    async fn find(&self, id: &SubmissionId) -> Result<Option<CaseReceipt>, CallError> {
        Self::find(self, id).await
    }

    async fn rate(&self, request: &RatingRequest) -> Result<(), CallError> {
        Self::rate(self, request).await.map(|_| ())
    }
}
