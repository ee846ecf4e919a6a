//! A certified vendor's engine in its own process: the agreement that vendors write to, version 1.
//!
//! Duty: frames out and one frame in. Never: judge a face, or take an answer for more than it says. The agreement in words,
//! for vendors: `docs/face-engine.md`.

mod redaction;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::material::Picture;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::matcher::{EngineIdentity, FaceMatcher, MatchResult, MatcherError, PresentationAttack};
use crate::limited_program::{LimitedProgram, ProgramError, ProgramLimits, Run};
use crate::transport::{PortAddress, RecordingError, recorded_port};

/// The agreement's version, in frames and in this variable.
const VERSION: u64 = 1;
const ENVIRONMENT: (&str, &str) = ("YILIN_FACE_ENGINE", "1");
/// The longest answer, bytes, its length not counted.
pub const LONGEST_ANSWER: usize = 4096;
/// Names and versions longer than this are cut, characters.
const LONGEST_NAME: usize = 100;
/// Bytes of a frame's length.
const LENGTH: usize = 4;
/// Models of a vendor and what they are run with.
const LIMITS: ProgramLimits =
    ProgramLimits { memory_bytes: 2 << 30, processor_seconds: 20, file_bytes: 1 << 20 };

/// An engine behind a command; started for each question, so that no picture outlives it.
#[derive(Debug, Clone)]
pub struct FaceProgram {
    program: LimitedProgram,
    run: Run,
}

impl FaceProgram {
    /// An engine at this path: 2 GiB, 20 s of processor time, files of 1 MiB.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        let program =
            LimitedProgram { program: program.into(), arguments, limits: LIMITS, environment: ENVIRONMENT };
        Self { program, run: Run::Now }
    }

    /// The same, and each question and its answer are written into a new file: of pictures only their length, of a comparison
    /// only whether it reached the threshold.
    ///
    /// # Errors
    /// The file is there already, or cannot be made.
    pub fn recorded(self, file: &Path) -> Result<Self, RecordingError> {
        let port = PortAddress::Program { path: self.program.path().to_owned() };
        let run = Run::recorded(&port, redaction::REDACTION, file)?;
        Ok(Self { run, ..self })
    }

    /// The engine of a recording, asked with the arguments that it was asked with.
    ///
    /// # Errors
    /// There is no such file, or it is no recording of a program.
    pub fn replayed(file: &Path, arguments: Vec<OsString>) -> Result<Self, RecordingError> {
        match recorded_port(file)? {
            PortAddress::Program { path } => {
                Ok(Self { run: Run::replayed(file, redaction::REDACTION)?, ..Self::new(path, arguments) })
            }
            other => Err(RecordingError::OtherPort(other)),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: ProgramLimits) -> Self {
        self.program.limits = limits;
        self
    }

    fn ask(&self, question: &Question<'_>, deadline: Instant) -> Result<Answer, MatcherError> {
        let input = question.frames();
        let ended = self.run.run(&self.program, &input, LENGTH + LONGEST_ANSWER, deadline);
        let ended = ended.map_err(|error| match error {
            ProgramError::Timeout => MatcherError::Timeout,
            ProgramError::Flooded => MatcherError::InvalidData("longer than agreed"),
            ProgramError::NotStarted { source, .. } | ProgramError::Io(source) => {
                MatcherError::Unavailable { program: self.program.path().display().to_string(), source }
            }
        })?;
        // An answer is believed only of a program that ended well.
        if !ended.status.success() {
            return Err(MatcherError::Crashed(ended.status));
        }
        Answer::parse(&ended.output)
    }
}

impl FaceMatcher for FaceProgram {
    fn identify(&mut self, deadline: Instant) -> Result<EngineIdentity, MatcherError> {
        match self.ask(&Question::Identify, deadline)? {
            Answer::Ready(engine) => Ok(engine),
            Answer::Compared(_) => Err(MatcherError::InvalidData("compared what it was not given")),
        }
    }

    fn compare(
        &mut self,
        live: &Picture,
        reference: &Picture,
        deadline: Instant,
    ) -> Result<MatchResult, MatcherError> {
        match self.ask(&Question::Compare { live, reference }, deadline)? {
            Answer::Compared(result) => Ok(result),
            Answer::Ready(_) => Err(MatcherError::InvalidData("ready is no comparison")),
        }
    }
}

enum Question<'p> {
    Identify,
    Compare { live: &'p Picture, reference: &'p Picture },
}

#[derive(Serialize)]
struct Header {
    version: u64,
    operation: &'static str,
    pictures: Vec<&'static str>,
}

impl Question<'_> {
    /// The header as one frame, then each picture as one.
    fn frames(&self) -> Zeroizing<Vec<u8>> {
        let (operation, pictures) = match self {
            Self::Identify => ("identify", vec![]),
            Self::Compare { live, reference } => ("compare", vec![*live, *reference]),
        };
        let header = Header {
            version: VERSION,
            operation,
            pictures: pictures.iter().map(|picture| picture.media_type()).collect(),
        };
        // A structure of plain words has no reason to fail.
        let header = serde_json::to_vec(&header).unwrap_or_default();
        let parts: Vec<&[u8]> =
            std::iter::once(header.as_slice()).chain(pictures.iter().map(|p| p.bytes())).collect();
        // Room for all at once: growing would leave an unwiped copy behind.
        let room = parts.iter().map(|part| LENGTH + part.len()).sum();
        let mut frames = Zeroizing::new(Vec::with_capacity(room));
        for part in parts {
            frames.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            frames.extend_from_slice(part);
        }
        frames
    }
}

/// What an engine answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To "identify": it could compare.
    Ready(EngineIdentity),
    /// To "compare".
    Compared(MatchResult),
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

#[derive(Deserialize)]
struct Said {
    engine: SaidEngine,
    result: String,
    score: Option<f32>,
    threshold: Option<f32>,
    presentation_attack: Option<String>,
}

#[derive(Deserialize)]
struct SaidEngine {
    name: String,
    version: String,
    certificate: Option<String>,
}

impl Answer {
    /// Takes what an engine wrote; any bytes are answered.
    ///
    /// # Errors
    /// It is not what the agreement says, or says that there is no result.
    pub fn parse(output: &[u8]) -> Result<Self, MatcherError> {
        let invalid = MatcherError::InvalidData;
        let (length, text) = output.split_first_chunk::<LENGTH>().ok_or(invalid("no frame"))?;
        if usize::try_from(u32::from_be_bytes(*length)) != Ok(text.len()) {
            return Err(invalid("a frame of another length"));
        }
        // The version first: what else there is depends on it.
        let Version { version } = serde_json::from_slice(text).map_err(|_| invalid("no version"))?;
        if version != VERSION {
            return Err(MatcherError::WrongVersion(version));
        }
        let said: Said =
            serde_json::from_slice(text).map_err(|_| invalid("a key that is absent or of another kind"))?;
        let engine = said.engine.identity();
        match said.result.as_str() {
            "ready" => Ok(Self::Ready(engine)),
            "no_face_live" => Err(MatcherError::NoFace("live")),
            "no_face_reference" => Err(MatcherError::NoFace("reference")),
            "refused" => Err(MatcherError::Refused),
            "compared" => {
                let finite = |number: Option<f32>| number.filter(|n| n.is_finite());
                let score = finite(said.score).ok_or(invalid("no score"))?;
                let threshold = finite(said.threshold).ok_or(invalid("no threshold"))?;
                let word = said.presentation_attack.ok_or(invalid("no presentation_attack"))?;
                let presentation_attack = PresentationAttack::ALL.into_iter().find(|a| a.word() == word);
                let presentation_attack =
                    presentation_attack.ok_or(invalid("an unknown presentation_attack"))?;
                Ok(Self::Compared(MatchResult { score, threshold, presentation_attack, engine }))
            }
            _ => Err(invalid("an unknown result")),
        }
    }
}

impl SaidEngine {
    /// Names go into journals: one line, not too long.
    fn identity(self) -> EngineIdentity {
        let plain = |text: String| text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        EngineIdentity {
            name: plain(self.name),
            version: plain(self.version),
            certificate: self.certificate.map(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::MatcherErrorKind as Kind;

    fn frame(text: &str) -> Vec<u8> {
        [&u32::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat()
    }

    fn compared(keys: &str) -> Vec<u8> {
        let engine = r#""engine":{"name":"E","version":"1","certificate":null}"#;
        frame(&format!(r#"{{"version":1,{engine},"result":"compared",{keys}}}"#))
    }

    #[test]
    fn a_question_is_a_header_and_its_pictures() {
        let (live, reference) =
            (Picture::new(b"\x89PNG\r\n\x1a\nl".to_vec()), Picture::new(vec![0xFF, 0xD8, 0xFF]));
        let frames = Question::Compare { live: &live, reference: &reference }.frames();
        let header = br#"{"version":1,"operation":"compare","pictures":["image/png","image/jpeg"]}"#;
        let want = [
            &u32::try_from(header.len()).unwrap().to_be_bytes()[..],
            header,
            &[0, 0, 0, 9],
            b"\x89PNG\r\n\x1a\nl",
            &[0, 0, 0, 3],
            &[0xFF, 0xD8, 0xFF],
        ]
        .concat();
        assert_eq!(*frames, want);
    }

    #[test]
    fn an_answer_has_score_threshold_and_attack() {
        let bytes = compared(r#""score":0.8,"threshold":0.7,"presentation_attack":"not_checked""#);
        let Ok(Answer::Compared(result)) = Answer::parse(&bytes) else { panic!("no result") };
        assert_eq!((result.score, result.threshold), (0.8, 0.7));
        assert_eq!(result.presentation_attack, PresentationAttack::NotChecked);
        assert_eq!((result.engine.name.as_str(), result.engine.certificate), ("E", None));
    }

    #[test]
    fn nothing_that_is_absent_is_assumed() {
        let check = |bytes: &[u8], kind| {
            let error = Answer::parse(bytes).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        };
        check(b"", Kind::InvalidData);
        check(b"{}", Kind::InvalidData);
        check(&frame("{}"), Kind::InvalidData);
        check(&frame("no json"), Kind::InvalidData);
        check(&frame(r#"{"version":2}"#), Kind::WrongVersion);
        check(&frame(r#"{"version":1}"#), Kind::InvalidData);
        check(&compared(r#""score":0.8,"threshold":0.7"#), Kind::InvalidData);
        check(&compared(r#""score":0.8,"threshold":0.7,"presentation_attack":null"#), Kind::InvalidData);
        check(&compared(r#""score":0.8,"threshold":0.7,"presentation_attack":"fine""#), Kind::InvalidData);
        check(&compared(r#""threshold":0.7,"presentation_attack":"attack""#), Kind::InvalidData);
        check(
            &compared(r#""score":1e300,"threshold":0.7,"presentation_attack":"attack""#),
            Kind::InvalidData,
        );
        let mut trailing = compared(r#""score":0.8,"threshold":0.7,"presentation_attack":"attack""#);
        trailing.push(b' ');
        check(&trailing, Kind::InvalidData);
    }
}
