//! A tone from one side of the loudspeaker, to hear whether left and right are where they should be.
//!
//! Duty: make the sound and hand it to `aplay` of alsa-utils. Never: say anything, or wait longer than the limit.

use std::time::{Duration, Instant};

use crate::limited_program::{LimitedProgram, ProgramError, ProgramLimits};

/// Where it is found on a terminal.
pub const APLAY: &str = "/usr/bin/aplay";
/// A card that takes longer for a second of sound stands still.
const PATIENCE: Duration = Duration::from_secs(5);
const LIMITS: ProgramLimits = ProgramLimits { memory_bytes: 256 << 20, processor_seconds: 2, file_bytes: 0 };
const ENGLISH: (&str, &str) = ("LC_ALL", "C");

/// Samples a second of each side.
const RATE: u32 = 16_000;
/// So many samples: less than a second, and with two sides still less than a pipe holds.
const SAMPLES: u16 = 12_000;
/// Half a wave of 500 Hz.
const HALF_WAVE: u16 = 16;
/// A quarter of the loudest: the control's volume makes it loud.
const LOUD: i16 = i16::MAX / 4;

/// A side of the loudspeaker, as one stands before the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// Why no tone was heard.
#[derive(Debug, thiserror::Error)]
pub enum ToneError {
    /// The program is not there.
    #[error("{program} cannot be started")]
    NoProgram {
        /// Its path.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The card did not play it.
    #[error("the sound card does not play")]
    NotPlayed,
    /// The system failed between us and it.
    #[error("the player could not be spoken to")]
    Io(#[source] std::io::Error),
}

/// Plays it on a card, by the player at `program`.
///
/// # Errors
/// Why it was not played.
pub fn play(program: &str, card: &str, side: Side) -> Result<(), ToneError> {
    let device = format!("plughw:{card}");
    let arguments = ["-q", "-D", &device, "-t", "wav", "-"];
    let player = LimitedProgram {
        program: program.into(),
        arguments: arguments.map(Into::into).to_vec(),
        limits: LIMITS,
        environment: ENGLISH,
    };
    let ended = player.run_while(&wave(side), Instant::now() + PATIENCE, &|| true);
    match ended {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(_) | Err(ProgramError::Timeout | ProgramError::Flooded) => Err(ToneError::NotPlayed),
        Err(ProgramError::NotStarted { program, source }) => Err(ToneError::NoProgram { program, source }),
        Err(ProgramError::Io(source)) => Err(ToneError::Io(source)),
    }
}

/// RIFF/WAVE, two sides of 16 bits each ("Multimedia Programming Interface and Data Specifications 1.0", 1991).
pub fn wave(side: Side) -> Vec<u8> {
    let data = u32::from(SAMPLES) * 4;
    let mut bytes = Vec::with_capacity(44 + usize::from(SAMPLES) * 4);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    // PCM, two channels.
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(2_u16.to_le_bytes());
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 4).to_le_bytes());
    bytes.extend(4_u16.to_le_bytes());
    bytes.extend(16_u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(data.to_le_bytes());
    for sample in 0..SAMPLES {
        let value = if (sample / HALF_WAVE).is_multiple_of(2) { LOUD } else { -LOUD };
        let (left, right) = match side {
            Side::Left => (value, 0),
            Side::Right => (0, value),
        };
        bytes.extend(left.to_le_bytes());
        bytes.extend(right.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_sounds_alone_and_a_pipe_holds_it() {
        for (side, silent) in [(Side::Left, 2), (Side::Right, 0)] {
            let wave = wave(side);
            assert!(wave.len() <= 65_536, "a pipe holds it as a whole");
            assert_eq!(&wave[..4], b"RIFF");
            assert_eq!(wave[4..8], u32::try_from(wave.len() - 8).expect("small").to_le_bytes());
            assert_eq!(wave[40..44], u32::try_from(wave.len() - 44).expect("small").to_le_bytes());
            let frames = wave[44..].chunks_exact(4);
            assert!(frames.clone().all(|frame| frame[silent..silent + 2] == [0, 0]), "{side:?}");
            assert!(frames.clone().any(|frame| frame != [0, 0, 0, 0]), "{side:?}");
        }
    }
}
