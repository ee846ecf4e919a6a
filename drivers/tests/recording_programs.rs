//! Recordings of programs of others, face engines, photo decoders and mixers: a replay runs none of them and is the same
//! result, and nothing of a picture is in the file.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::material::Picture;
use drivers::face::{EngineIdentity, FaceMatcher, FaceProgram, MatchResult, MatcherError};
use drivers::id_card_reader::{
    DecodedPhoto, PhotoDecoder as _, PhotoDecoderError, PhotoProgram, blank_photo,
};
use drivers::sim::face_engine;
use drivers::speaker::{Speaker, SpeakerError, Volume};
use drivers::transport::{PortAddress, RecordingError, recorded_whole};

#[path = "../../tests/programs/script.rs"]
mod script;

/// What hangs is given up after this; the others have time on any machine.
const GIVEN_UP: Duration = Duration::from_millis(1500);
const ENOUGH: Duration = Duration::from_secs(60);

fn patience(fault: &str) -> Duration {
    if fault.ends_with("hang") { GIVEN_UP } else { ENOUGH }
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_yilin-device")
}

fn arguments(simulator: &str, fault: &str) -> Vec<OsString> {
    let fault = if fault.is_empty() { vec![] } else { vec!["--fault", fault] };
    ["sim", simulator].into_iter().chain(fault).map(Into::into).collect()
}

/// A picture of one colour.
fn plain(level: u8) -> Picture {
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(96, 96, image::Rgb([level, 40, 90]));
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    Picture::new(file.into_inner())
}

type Asked = (Result<EngineIdentity, MatcherError>, Result<MatchResult, MatcherError>);

fn asked(engine: &mut FaceProgram, other: u8, patience: Duration) -> Asked {
    let identity = engine.identify(Instant::now() + patience);
    (identity, engine.compare(&plain(200), &plain(other), Instant::now() + patience))
}

/// Whether it is one person, the threshold, and the word of the attack.
type Compared = (bool, f32, &'static str);

/// What may be told of both: an error by its words, a comparison without its score.
fn told((identity, compared): &Asked) -> (Result<EngineIdentity, String>, Result<Compared, String>) {
    let identity = identity.as_ref().cloned().map_err(ToString::to_string);
    let compared = compared.as_ref().map_err(ToString::to_string);
    (
        identity,
        compared.map(|found| (found.is_same_person(), found.threshold, found.presentation_attack.word())),
    )
}

/// No eight bytes of these stand in a file.
fn holds_nothing_of(file: &Path, bytes: &[u8]) {
    let text = std::fs::read_to_string(file).unwrap().to_ascii_lowercase();
    for run in bytes.chunks_exact(8).filter(|run| run.iter().any(|byte| *byte != run[0])) {
        let hex: String = run.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!text.contains(&hex), "{hex} in {}", file.display());
    }
}

#[test]
fn a_replay_is_the_same_face_engine() {
    let folder = tempfile::tempdir().unwrap();
    let faults = face_engine::FAULTS.iter().map(|(name, ..)| *name);
    // Another person, and the same.
    let plays = [("", 200), ("", 10)].into_iter().chain(faults.map(|fault| (fault, 200)));
    for (index, (fault, other)) in plays.enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let arguments = arguments("face-engine", fault);
        let mut engine = FaceProgram::new(program(), arguments.clone()).recorded(&file).unwrap();
        let seen = asked(&mut engine, other, patience(fault));
        drop(engine);
        recorded_whole(&file).unwrap();
        holds_nothing_of(&file, plain(200).bytes());
        if let Ok(found) = &seen.1 {
            let text = std::fs::read_to_string(&file).unwrap();
            let score: String =
                format!("{:?}", found.score).bytes().map(|byte| format!("{byte:02X}")).collect();
            assert!(found.score == found.threshold || !text.contains(&score), "the score in {text}");
        }

        let mut again = FaceProgram::replayed(&file, arguments.clone()).unwrap();
        assert_eq!(told(&asked(&mut again, other, Duration::ZERO)), told(&seen), "{fault} {other}");
        // It has no more to say.
        let ended = again.identify(Instant::now()).unwrap_err();
        assert!(std::error::Error::source(&ended).unwrap().to_string().contains("line"), "{ended:?}");
    }
}

#[test]
fn a_replay_is_the_same_photo_decoder() {
    let folder = tempfile::tempdir().unwrap();
    let faults = ["", "hang", "crash", "flood", "garbage", "memory", "refuse"];
    for (index, fault) in faults.into_iter().enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let arguments = arguments("photo-decoder", fault);
        let decode = |mut decoder: PhotoProgram, patience| {
            let decoded: Result<_, PhotoDecoderError> =
                decoder.decode(&blank_photo(), Instant::now() + patience);
            match decoded {
                Ok(DecodedPhoto::Portrait(_)) => Ok("a portrait"),
                Ok(DecodedPhoto::NotDecodable) => Ok("not decodable"),
                Ok(DecodedPhoto::NoDecoder) => Ok("no decoder"),
                Err(error) => Err(error.to_string()),
            }
        };
        let recorded = PhotoProgram::new(program(), arguments.clone()).recorded(&file).unwrap();
        let seen = decode(recorded, patience(fault));
        recorded_whole(&file).unwrap();
        let replayed = PhotoProgram::replayed(&file, arguments).unwrap();
        assert_eq!(decode(replayed, Duration::ZERO), seen, "{fault}");
    }
}

/// A mixer as a line of shell stands in for amixer: no machine that builds has a sound card. The last one is a control that
/// was renamed between two questions.
#[test]
fn a_replay_is_the_same_mixer() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        "echo '  Mono: Playback 45 [70%] [-6.00dB] [on]'",
        "echo '  Mono: Playback 45 [70%] [-6.00dB] [off]'",
        "echo hello",
        "exit 1",
        "kill -9 $$",
        "sleep 600",
    ];
    for (index, line) in lines.into_iter().enumerate() {
        let (file, mixer) =
            (folder.path().join(format!("{index}.jsonl")), folder.path().join(index.to_string()));
        script::made(&mixer, line);
        let port: PortAddress = "alsa:0/Master".parse().unwrap();
        let asked = |speaker: &Speaker| -> [Result<Volume, String>; 2] {
            let words = |error: SpeakerError| format!("{:?} {error}", error.cause());
            [speaker.volume().map_err(words), speaker.set(70).map_err(words)]
        };
        let speaker = Speaker::recorded(&port, &file).unwrap().asking(mixer.to_str().unwrap());
        let seen = asked(&speaker);
        drop(speaker);
        recorded_whole(&file).unwrap();
        let replay = PortAddress::Replay { path: file };
        assert_eq!(asked(&Speaker::new(&replay).unwrap()), seen, "{line}");
        // Another volume was not asked for then.
        let other = Speaker::new(&replay).unwrap().set(71).unwrap_err();
        assert!(std::error::Error::source(&other).unwrap().to_string().contains("line 2"), "{other:?}");
    }
}

#[test]
fn what_is_another_recording_or_is_there_already_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.jsonl");
    std::fs::write(&file, "{\"recording\":1,\"port\":\"serial:/dev/ttyS0\",\"outgoing\":\"kept\"}\n")
        .unwrap();
    let replay = PortAddress::Replay { path: file.clone() };
    assert!(matches!(Speaker::new(&replay), Err(SpeakerError::Recording(RecordingError::OtherPort(_)))));
    assert!(matches!(FaceProgram::replayed(&file, vec![]), Err(RecordingError::OtherPort(_))));
    assert!(matches!(PhotoProgram::replayed(&file, vec![]), Err(RecordingError::OtherPort(_))));
    let mixer = Speaker::recorded(&"alsa:0/Master".parse().unwrap(), &file);
    assert!(matches!(mixer, Err(SpeakerError::Recording(RecordingError::Io(_)))));
    assert!(matches!(FaceProgram::new("/bin/true", vec![]).recorded(&file), Err(RecordingError::Io(_))));
}
