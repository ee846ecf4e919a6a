//! The loudspeaker's thread: its volume is as configured at the start of each visit.

use super::Watch;
use domain::device::{Cause, DeviceCondition, TerminalDevice};
use drivers::speaker::{Speaker, SpeakerError, Volume};
use drivers::supervisor::Attendant;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How often it is looked after.
const CHECK: Duration = Duration::from_secs(60);
/// The longest that the mixer takes.
const LIMIT: Duration = Duration::from_secs(5);

/// The way to the loudspeaker's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct SpeakerDesk(Sender<()>);

impl SpeakerDesk {
    /// Starts the thread; `percent` is how loud a visit begins.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(speaker: Speaker, percent: u8, watch: &Watch) -> std::io::Result<Self> {
        let (sender, wishes) = channel();
        let attendant = watch.attend(TerminalDevice::Speaker);
        std::thread::Builder::new()
            .name("speaker".to_owned())
            .spawn(move || run(&speaker, percent, &attendant, &wishes))?;
        Ok(Self(sender))
    }

    /// The visit is over: as loud as ever.
    pub fn reset(&self) {
        // The thread ends only with this sender.
        let _gone = self.0.send(());
    }
}

fn run(speaker: &Speaker, percent: u8, attendant: &Attendant, wishes: &Receiver<()>) {
    let mut found = attendant.call(LIMIT, || speaker.set(percent));
    loop {
        attendant.report(condition(&found));
        found = match wishes.recv_timeout(CHECK) {
            Ok(()) => attendant.call(LIMIT, || speaker.set(percent)),
            Err(RecvTimeoutError::Timeout) => attendant.call(LIMIT, || speaker.volume()),
            Err(RecvTimeoutError::Disconnected) => return,
        };
    }
}

fn condition(found: &Result<Volume, SpeakerError>) -> DeviceCondition {
    let cause = match found {
        Ok(volume) => (volume.muted || volume.percent == 0).then_some(Cause::Muted),
        Err(error) => Some(error.cause()),
    };
    match cause {
        Some(cause) => DeviceCondition::troubled(TerminalDevice::Speaker, cause),
        None => DeviceCondition::ready(TerminalDevice::Speaker),
    }
}
