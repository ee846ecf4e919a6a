//! The face engine: whether it starts, and who it is. No picture is shown to it.

use std::time::{Duration, Instant};

use domain::device::{Cause, TerminalDevice};

use super::{TestReport, Trial};
use crate::face::FaceMatcher;

/// An engine loads its models within this.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tests an engine.
pub fn face_engine(engine: &mut dyn FaceMatcher) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::FaceEngine);
    match trial.step("identify", || engine.identify(Instant::now() + PATIENCE)) {
        Ok(identity) => {
            let certificate = identity.certificate.as_deref().unwrap_or("none");
            let detail = format!("{} {}, certificate {certificate}", identity.name, identity.version);
            trial.end(None, Some(detail))
        }
        Err(error) => {
            // It was given no picture to find fault with.
            let cause = error.cause().unwrap_or(Cause::InvalidAnswer);
            trial.failed(cause, &error)
        }
    }
}
