//! Faces: found, judged for a picture worth comparing, and the value that a comparison gives.
//!
//! Duty: say where faces are and what a person could do so that their picture becomes good. Never: say whose face it
//! is. Comparing is for the province or for a certified vendor's engine behind [`FaceMatcher`]; there is no matcher here.

mod detector;
mod engine;
mod gate;
mod hint;
mod landmarks;
mod layers;
mod matcher;
mod measure;
mod network;
mod pose;
mod product;
mod stillness;
mod weights;

pub use detector::{Face, FaceDetector, Search};
pub use engine::{Answer, FaceProgram, LONGEST_ANSWER};
pub use gate::{Capture, GateRules, Look, Person, QualityGate};
pub use hint::FaceHint;
pub use matcher::{
    EngineIdentity, FaceMatcher, MatchResult, MatcherError, MatcherErrorKind, PresentationAttack,
};
pub use measure::FaceMeasures;
pub use pose::{Pose, PoseEstimator};
pub use stillness::PictureState;
pub use weights::WeightsError;
