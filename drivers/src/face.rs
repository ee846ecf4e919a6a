//! Faces: found, judged for a picture worth comparing, and the value that a comparison gives.
//!
//! Duty: say where faces are and what a person could do so that their picture becomes good. Never: say whose face it
//! is. Comparing is for the province or for a certified vendor's engine behind [`FaceMatcher`]; there is no matcher here.

mod detector;
mod network;
mod product;
mod weights;

pub use detector::{Face, FaceDetector, Search};
pub use weights::WeightsError;
