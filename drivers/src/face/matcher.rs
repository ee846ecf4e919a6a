//! Whether two pictures show one person: the shape of the question and of the answer.
//!
//! Duty: a trait for the engine of a certified vendor. Never: an engine of our own; the province decides, or an engine
//! that somebody answers for.

use std::time::Instant;

use thiserror::Error;

use domain::material::Picture;

/// An engine that compares faces.
pub trait FaceMatcher: Send {
    /// Vendor, product and version, for the journal.
    fn name(&self) -> &str;

    /// Compares a picture taken now with a person's reference (the photo in their card).
    ///
    /// # Errors
    /// When there is no result; that is never the same as "not this person".
    fn compare(
        &mut self,
        live: &Picture,
        reference: &Picture,
        deadline: Instant,
    ) -> Result<MatchResult, MatcherError>;
}

/// What an engine found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatchResult {
    /// How alike, on the engine's own scale; higher is more alike.
    pub score: f32,
    /// From this score on the engine calls it the same person.
    pub threshold: f32,
    /// What it says of a mask, a photo or a screen before the camera.
    pub presentation_attack: PresentationAttack,
}

impl MatchResult {
    /// Whether the engine calls it the same person, and suspects no attack.
    pub fn is_same_person(&self) -> bool {
        self.score >= self.threshold && self.presentation_attack != PresentationAttack::Suspected
    }
}

/// Presentation-attack detection in the sense of ISO/IEC 30107-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PresentationAttack {
    /// The engine does not look for it: nothing may be concluded.
    NotChecked,
    /// Looked for, nothing found ("bona fide" as far as the engine can tell).
    NotDetected,
    /// Taken for a mask, a photo or a screen.
    Suspected,
    /// Looked for without a result.
    NoResponse,
}

/// The condition of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatcherErrorKind {
    /// It is not there or does not start.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// It finds no face in one of the pictures.
    NoFace,
    /// It answers what the agreement with it does not know.
    InvalidData,
}

/// Why there is no result.
#[derive(Debug, Error)]
pub enum MatcherError {
    /// It is not there or does not start.
    #[error("the face engine {name} is not available")]
    Unavailable {
        /// The engine.
        name: String,
        /// What the system said.
        source: Option<std::io::Error>,
    },
    /// It did not answer in time.
    #[error("the face engine {name} did not answer in time")]
    Timeout {
        /// The engine.
        name: String,
    },
    /// It finds no face in one of the pictures.
    #[error("the face engine {name} finds no face")]
    NoFace {
        /// The engine.
        name: String,
    },
    /// It answers what the agreement with it does not know.
    #[error("the face engine {name} answers something unknown: {what}")]
    InvalidData {
        /// The engine.
        name: String,
        /// Which part of the answer.
        what: &'static str,
    },
}

impl MatcherError {
    /// The condition that this error reports.
    pub const fn kind(&self) -> MatcherErrorKind {
        match self {
            Self::Unavailable { .. } => MatcherErrorKind::Unavailable,
            Self::Timeout { .. } => MatcherErrorKind::Timeout,
            Self::NoFace { .. } => MatcherErrorKind::NoFace,
            Self::InvalidData { .. } => MatcherErrorKind::InvalidData,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_never_the_same_person_and_not_checked_is_not_an_attack() {
        let check = |score: f32, presentation_attack, want: bool| {
            let result = MatchResult { score, threshold: 0.7, presentation_attack };
            assert_eq!(result.is_same_person(), want, "{result:?}");
        };
        check(0.70, PresentationAttack::NotChecked, true);
        check(0.69, PresentationAttack::NotChecked, false);
        check(0.99, PresentationAttack::Suspected, false);
        check(0.99, PresentationAttack::NotDetected, true);
        check(0.99, PresentationAttack::NoResponse, true);
        check(f32::NAN, PresentationAttack::NotDetected, false);
    }
}
