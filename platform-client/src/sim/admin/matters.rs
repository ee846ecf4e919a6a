//! What departments do about cases under way and about appeals.

use super::Admin;
use crate::sim::store::{CaseRow, StoreError};
use domain::case::ApplicationNumber;

impl Admin {
    /// 办理中: somebody works on an accepted case; `None` where there is none.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_work(&self, application: &ApplicationNumber) -> Result<Option<CaseRow>, StoreError> {
        self.0.store.begin_work(application, self.now())
    }

    /// Brings an appeal one stage further; whether there was one to bring further.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn advance_appeal(&self, number: &str) -> Result<bool, StoreError> {
        self.0.store.advance_appeal(number, self.now())
    }
}
