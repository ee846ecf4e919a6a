//! Whether two pictures show one person: the shape of the question and of the answer.
//!
//! Duty: a trait for the engine of a certified vendor. Never: an engine of our own; the province decides, or an engine
//! that somebody answers for.

use std::time::Instant;

use domain::device::Cause;
use domain::material::Picture;
use thiserror::Error;

/// An engine that compares faces.
pub trait FaceMatcher: Send {
    /// Asks the engine who it is, without a picture: whether it could compare now.
    ///
    /// # Errors
    /// Why it could not.
    fn identify(&mut self, deadline: Instant) -> Result<EngineIdentity, MatcherError>;

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

/// Which engine answered, for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineIdentity {
    /// Vendor and product.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The certificate that it was tested under; none where it names none. Whether it is valid is the operator's to check.
    pub certificate: Option<String>,
}

/// What an engine found.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchResult {
    /// How alike, on the engine's own scale; higher is more alike. Finite.
    pub score: f32,
    /// From this score on the engine calls it the same person. Finite.
    pub threshold: f32,
    /// What it says of a mask, a photo or a screen before the camera.
    pub presentation_attack: PresentationAttack,
    /// Which engine says so.
    pub engine: EngineIdentity,
}

impl MatchResult {
    /// Whether the engine calls it the same person, and suspects no attack. Where an attack must have been looked for, ask
    /// [`presentation_attack`](Self::presentation_attack) as well: "not checked" says nothing.
    pub fn is_same_person(&self) -> bool {
        self.score >= self.threshold && self.presentation_attack != PresentationAttack::Attack
    }
}

/// Presentation-attack detection in the words of ISO/IEC 30107-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PresentationAttack {
    /// The engine does not look for it: nothing may be concluded.
    NotChecked,
    /// Looked for, and the presentation is bona fide as far as the engine can tell.
    BonaFide,
    /// Taken for a mask, a photo or a screen.
    Attack,
    /// Looked for without a result.
    Inconclusive,
}

impl PresentationAttack {
    /// Every word.
    pub const ALL: [Self; 4] = [Self::NotChecked, Self::BonaFide, Self::Attack, Self::Inconclusive];

    /// The word of the agreement with engines, and of journals.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotChecked => "not_checked",
            Self::BonaFide => "bona_fide",
            Self::Attack => "attack",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// The condition of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatcherErrorKind {
    /// It is not there or does not start.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// It crashed.
    Crashed,
    /// It finds no face in one of the pictures.
    NoFace,
    /// It refuses these pictures.
    Refused,
    /// It speaks another version of the agreement.
    WrongVersion,
    /// It answers what the agreement does not know.
    InvalidData,
}

/// Why there is no result.
#[derive(Debug, Error)]
pub enum MatcherError {
    /// It is not there or does not start.
    #[error("the face engine {program} is not available")]
    Unavailable {
        /// Its path.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It did not answer in time, and was ended.
    #[error("the face engine did not answer in time")]
    Timeout,
    /// It ended with a code or a signal that the agreement does not know.
    #[error("the face engine crashed: {0}")]
    Crashed(std::process::ExitStatus),
    /// It finds no face in one of the pictures.
    #[error("the face engine finds no face in the {0} picture")]
    NoFace(&'static str),
    /// It refuses these pictures: too small, of another format.
    #[error("the face engine refuses the pictures")]
    Refused,
    /// It speaks another version of the agreement.
    #[error("the face engine speaks version {0} of the agreement")]
    WrongVersion(u64),
    /// It answers what the agreement with it does not know.
    #[error("the face engine answers something unknown: {0}")]
    InvalidData(&'static str),
}

impl MatcherError {
    /// The condition that this error reports.
    pub const fn kind(&self) -> MatcherErrorKind {
        match self {
            Self::Unavailable { .. } => MatcherErrorKind::Unavailable,
            Self::Timeout => MatcherErrorKind::Timeout,
            Self::Crashed(_) => MatcherErrorKind::Crashed,
            Self::NoFace(_) => MatcherErrorKind::NoFace,
            Self::Refused => MatcherErrorKind::Refused,
            Self::WrongVersion(_) => MatcherErrorKind::WrongVersion,
            Self::InvalidData(_) => MatcherErrorKind::InvalidData,
        }
    }

    /// What it says of the engine; none where the pictures are to blame.
    pub const fn cause(&self) -> Option<Cause> {
        match self.kind() {
            MatcherErrorKind::Unavailable => Some(Cause::NotStarted),
            MatcherErrorKind::Timeout => Some(Cause::Timeout),
            MatcherErrorKind::Crashed => Some(Cause::Crashed),
            MatcherErrorKind::WrongVersion => Some(Cause::WrongVersion),
            MatcherErrorKind::InvalidData => Some(Cause::InvalidAnswer),
            MatcherErrorKind::NoFace | MatcherErrorKind::Refused => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_is_never_the_same_person_and_not_checked_is_not_an_attack() {
        let check = |score: f32, presentation_attack, want: bool| {
            let engine = EngineIdentity { name: String::new(), version: String::new(), certificate: None };
            let result = MatchResult { score, threshold: 0.7, presentation_attack, engine };
            assert_eq!(result.is_same_person(), want, "{result:?}");
        };
        check(0.70, PresentationAttack::NotChecked, true);
        check(0.69, PresentationAttack::NotChecked, false);
        check(0.99, PresentationAttack::Attack, false);
        check(0.99, PresentationAttack::BonaFide, true);
        check(0.99, PresentationAttack::Inconclusive, true);
        check(f32::NAN, PresentationAttack::BonaFide, false);
    }
}
