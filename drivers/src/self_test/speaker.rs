//! The loudspeaker: whether its control is there, and whether it is silent. Nothing is played.

use domain::device::{Cause, TerminalDevice};

use super::{TestReport, Trial};
use crate::speaker::{Speaker, SpeakerError};

/// Tests a control that was found.
pub fn speaker(found: Result<Speaker, SpeakerError>) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::Speaker);
    let volume = found.and_then(|speaker| trial.step("volume", || speaker.volume()));
    match volume {
        Ok(volume) => {
            let silent = volume.muted || volume.percent == 0;
            trial.end(silent.then_some(Cause::Muted), Some(format!("{} %", volume.percent)))
        }
        Err(error) => {
            let cause = SpeakerError::cause(&error);
            trial.failed(cause, &error)
        }
    }
}
