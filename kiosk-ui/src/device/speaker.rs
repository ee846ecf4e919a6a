//! The loudspeaker's thread: its volume is as configured at the start of each visit.

use super::Watch;
use crate::chain::Chain;
use domain::device::{Cause, DeviceCondition, TerminalDevice};
use drivers::speaker::{Speaker, SpeakerError, Volume};
use drivers::supervisor::Attendant;
use drivers::tone::{self, Side};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How often it is looked after.
const CHECK: Duration = Duration::from_secs(60);
/// The longest that the mixer takes.
const LIMIT: Duration = Duration::from_secs(5);

/// The longest that a tone takes.
const TONE: Duration = Duration::from_secs(10);

/// The way to the loudspeaker's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct SpeakerDesk {
    wishes: Sender<Wish>,
    configured: u8,
}

/// What the loudspeaker's thread is asked for.
#[derive(Debug, Clone, Copy)]
enum Wish {
    /// As loud as a visit begins.
    Reset,
    /// A visit begins as loud as this from now on, per cent.
    Begin(u8),
    /// A tone from one side.
    Tone(Side),
}

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
        Ok(Self { wishes: sender, configured: percent })
    }

    /// The visit is over: as loud as ever.
    pub fn reset(&self) {
        // The thread ends only with this sender.
        let _gone = self.wishes.send(Wish::Reset);
    }

    /// Each visit begins as loud as this from now on, per cent.
    pub fn set(&self, percent: u8) {
        let _gone = self.wishes.send(Wish::Begin(percent));
    }

    /// How loud a visit begins by the terminal's file, per cent.
    pub fn configured(&self) -> u8 {
        self.configured
    }

    /// A tone is heard from one side.
    pub fn tone(&self, side: Side) {
        let _gone = self.wishes.send(Wish::Tone(side));
    }
}

fn run(speaker: &Speaker, mut percent: u8, attendant: &Attendant, wishes: &Receiver<Wish>) {
    let mut found = attendant.call(LIMIT, || speaker.set(percent));
    loop {
        attendant.report(condition(&found));
        found = match wishes.recv_timeout(CHECK) {
            Ok(wish) => {
                match wish {
                    Wish::Begin(wanted) => percent = wanted,
                    Wish::Tone(side) => attendant.call(TONE, || sound(speaker, side)),
                    Wish::Reset => {}
                }
                attendant.call(LIMIT, || speaker.set(percent))
            }
            Err(RecvTimeoutError::Timeout) => attendant.call(LIMIT, || speaker.volume()),
            Err(RecvTimeoutError::Disconnected) => return,
        };
    }
}

fn sound(speaker: &Speaker, side: Side) {
    if let Err(error) = tone::play(tone::APLAY, speaker.card(), side) {
        tracing::warn!(error = %Chain(&error), "no tone");
    }
}

fn condition(found: &Result<Volume, SpeakerError>) -> DeviceCondition {
    let cause = match found {
        Ok(volume) => (volume.muted || volume.percent == 0).then_some(Cause::Muted),
        Err(error) => Some(error.cause()),
    };
    DeviceCondition::of(TerminalDevice::Speaker, cause)
}
