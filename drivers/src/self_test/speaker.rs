//! The loudspeaker: whether its control is there, and whether it is silent. Nothing is played.

use domain::device::{Cause, TerminalDevice};

use super::{TestReport, Trial};
use crate::speaker::{Speaker, SpeakerError};
use crate::transport::PortAddress;

/// Tests the control behind an `alsa:` port.
pub fn speaker(port: &PortAddress) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::Speaker);
    let volume = Speaker::new(port).and_then(|speaker| trial.step("volume", || speaker.volume()));
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
