//! The loudspeaker's volume.
//!
//! Duty: read and set one control of a sound card through `amixer`. Never: play anything.
//!
//! Why a program: docs/decisions/dependencies-devices.md.

use std::path::Path;
use std::time::{Duration, Instant};

use domain::device::Cause;

use crate::limited_program::{LimitedProgram, ProgramError, ProgramLimits, ProgramRedaction, Run};
use crate::transport::{PortAddress, RecordingError, recorded_port};

/// A mixer answers at once or not at all.
const PATIENCE: Duration = Duration::from_secs(2);
/// A control with eight channels says less.
const LONGEST: usize = 8 * 1024;
const LIMITS: ProgramLimits = ProgramLimits { memory_bytes: 128 << 20, processor_seconds: 2, file_bytes: 0 };
/// A mixer is told numbers and names of controls, and tells the same.
const ALL: ProgramRedaction = ProgramRedaction { input: <[u8]>::to_vec, output: <[u8]>::to_vec };
/// Its messages in English, as they are parsed here.
const ENGLISH: (&str, &str) = ("LC_ALL", "C");
/// Where it is found on a terminal.
pub const AMIXER: &str = "/usr/bin/amixer";

/// How loud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Volume {
    /// Per cent of what the card can, as loud as ears hear it (`amixer -M`).
    pub percent: u8,
    /// Switched to silent.
    pub muted: bool,
}

/// One control of one card.
#[derive(Debug, Clone)]
pub struct Speaker {
    program: String,
    card: String,
    control: String,
    run: Run,
}

impl Speaker {
    /// The control behind an `alsa:` port, or its recording.
    ///
    /// # Errors
    /// [`SpeakerError::Unsupported`] for any other port, [`SpeakerError::Recording`] for a file that is no recording of one.
    pub fn new(address: &PortAddress) -> Result<Self, SpeakerError> {
        match address {
            PortAddress::Replay { path } => {
                let recorded = recorded_port(path).map_err(SpeakerError::Recording)?;
                let PortAddress::Alsa { .. } = &recorded else {
                    return Err(SpeakerError::Recording(RecordingError::OtherPort(recorded)));
                };
                let run = Run::replayed(path, ALL).map_err(SpeakerError::Recording)?;
                Ok(Self { run, ..Self::new(&recorded)? })
            }
            PortAddress::Alsa { card, control } => Ok(Self {
                program: AMIXER.to_owned(),
                card: card.clone(),
                control: control.clone(),
                run: Run::Now,
            }),
            _ => Err(SpeakerError::Unsupported { port: address.to_string() }),
        }
    }

    /// The same, and what its mixer is asked and answers is written into a new file.
    ///
    /// # Errors
    /// As [`new`](Self::new), or the file is there already or cannot be made.
    pub fn recorded(address: &PortAddress, file: &Path) -> Result<Self, SpeakerError> {
        let speaker = Self::new(address)?;
        let run = Run::recorded(address, ALL, file).map_err(SpeakerError::Recording)?;
        Ok(Self { run, ..speaker })
    }

    /// The card, as its port names it.
    pub fn card(&self) -> &str {
        &self.card
    }

    /// The same with another program that speaks as amixer does.
    #[must_use]
    pub fn asking(self, program: impl Into<String>) -> Self {
        Self { program: program.into(), ..self }
    }

    /// How loud it is.
    ///
    /// # Errors
    /// Why that is not known.
    pub fn volume(&self) -> Result<Volume, SpeakerError> {
        self.ask(&["sget", &self.control])
    }

    /// Makes it so loud, and no longer silent; what the card made of it.
    ///
    /// # Errors
    /// Why it was not set.
    pub fn set(&self, percent: u8) -> Result<Volume, SpeakerError> {
        self.ask(&["sset", &self.control, &format!("{}%", percent.min(100)), "unmute"])
    }

    fn ask(&self, command: &[&str]) -> Result<Volume, SpeakerError> {
        let arguments = ["-M", "-c", &self.card].into_iter().chain(command.iter().copied());
        let program = LimitedProgram {
            program: (&self.program).into(),
            arguments: arguments.map(Into::into).collect(),
            limits: LIMITS,
            environment: ENGLISH,
        };
        let deadline = Instant::now() + PATIENCE;
        let ended = self.run.run(&program, &[], LONGEST, deadline).map_err(|error| match error {
            ProgramError::Timeout => SpeakerError::Timeout,
            ProgramError::Flooded => SpeakerError::Garbled,
            ProgramError::NotStarted { source, .. } | ProgramError::Io(source) => {
                SpeakerError::NoProgram { program: self.program.clone(), source }
            }
        })?;
        if !ended.status.success() {
            return Err(SpeakerError::NoControl { card: self.card.clone(), control: self.control.clone() });
        }
        parse(&String::from_utf8_lossy(&ended.output)).ok_or(SpeakerError::Garbled)
    }
}

/// The first channel with a volume: `  Mono: Playback 45 [70%] [-21.00dB] [on]`. Cards without a switch leave the last
/// bracket out.
pub fn parse(text: &str) -> Option<Volume> {
    text.lines().find_map(|line| {
        let (channel, said) = line.split_once(": ")?;
        // The line of the limits begins in the same way and has no per cent.
        channel.starts_with("  ").then_some(())?;
        let mut words = said.split_whitespace().filter_map(|w| w.strip_prefix('[')?.strip_suffix(']'));
        let percent = words.clone().find_map(|word| word.strip_suffix('%')?.parse().ok())?;
        (percent <= 100).then(|| Volume { percent, muted: words.any(|word| word == "off") })
    })
}

/// Why the volume is not known or not set.
#[derive(Debug, thiserror::Error)]
pub enum SpeakerError {
    /// Such a port has no volume.
    #[error("{port} has no volume: write alsa:0/Master")]
    Unsupported {
        /// As it was asked for.
        port: String,
    },
    /// It is not recorded, or its recording cannot be played.
    #[error("the mixer's recording failed")]
    Recording(#[source] RecordingError),
    /// The program is not there.
    #[error("{program} cannot be started")]
    NoProgram {
        /// Its path.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// There is no such card, or it has no such control.
    #[error("card {card} has no control {control}")]
    NoControl {
        /// As it was asked for.
        card: String,
        /// As it was asked for.
        control: String,
    },
    /// It did not answer in time.
    #[error("the mixer does not answer")]
    Timeout,
    /// It answered something else.
    #[error("the mixer answers something unknown")]
    Garbled,
}

impl SpeakerError {
    /// What it says of the loudspeaker.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Unsupported { .. } => Cause::NotSupported,
            Self::Recording(error) => error.cause(),
            Self::NoProgram { .. } => Cause::NotStarted,
            Self::NoControl { .. } => Cause::NoMixer,
            Self::Timeout => Cause::Wedged,
            Self::Garbled => Cause::InvalidAnswer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `show_selem` of alsa-utils' amixer.c writes it.
    const STEREO: &str = "Simple mixer control 'Master',0\n  Capabilities: pvolume pswitch\n  Playback channels: Front \
                          Left - Front Right\n  Limits: Playback 0 - 65536\n  Mono:\n  Front Left: Playback 45875 \
                          [70%] [-6.00dB] [on]\n  Front Right: Playback 45875 [70%] [-6.00dB] [on]\n";

    #[test]
    fn the_first_channel_tells() {
        let check = |text: &str, volume| assert_eq!(parse(text), volume, "{text}");
        let volume = |percent, muted| Some(Volume { percent, muted });
        check(STEREO, volume(70, false));
        check(&STEREO.replace("[on]", "[off]"), volume(70, true));
        check("  Mono: Playback 20 [31%] [-20.00dB]\n", volume(31, false));
        check("  Mono: Playback 20 [300%]\n", None);
        check("  Limits: Playback 0 - 65536\n", None);
        check("", None);
    }
}
