//! One visit without a display.

use crate::cli::{VisitOptions, VisitSummary};

/// Why a visit did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// This build does not play visits yet.
    #[error("this build does not play visits yet")]
    NotBuilt,
}

impl VisitError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotBuilt => "not_built",
        }
    }
}

/// Plays a visit.
///
/// # Errors
/// Why it did not come to an end.
pub fn run(_options: VisitOptions) -> Result<VisitSummary, VisitError> {
    Err(VisitError::NotBuilt)
}
