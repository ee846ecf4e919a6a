//! A face engine that knows nothing of faces: it compares the colour in the middle of two drawn pictures.
//!
//! Duty: a vendor's side of the agreement of `docs/face-engine.md`, version 1, and its faults. Never: be used on a person;
//! its name says what it is, and it holds no certificate.

use std::io::{self, Read, Write};
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Value, json};

/// More at once than a question has.
const LONGEST: u64 = 64 << 20;
/// More than any limit that makes sense.
const MUCH: usize = 16 << 30;
/// From this likeness on it says that two drawings are of one figure.
const THRESHOLD: f64 = 0.9;

/// What it does wrong, or answers whatever it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaceEngineFault {
    /// Never answers.
    Hang,
    /// Ends in the middle of the answer with code 1.
    Crash,
    /// Answers something else.
    Garbage,
    /// Answers in version 2 of the agreement.
    WrongVersion,
    /// Answers without end.
    Flood,
    /// Wants sixteen gigabytes, and ends with code 1 where it does not get them.
    Memory,
    /// Finds no face in the live picture.
    NoFace,
    /// Takes the live picture for an attack.
    Attack,
    /// Looks for an attack without a result.
    Inconclusive,
    /// Calls it another person.
    NoMatch,
}

/// Every fault by its name, and what then happens.
pub const FAULTS: [(&str, &str, FaceEngineFault); 10] = [
    ("face_engine.hang", "the engine never answers", FaceEngineFault::Hang),
    ("face_engine.crash", "the engine ends in the middle of its answer", FaceEngineFault::Crash),
    ("face_engine.garbage", "the engine answers something else", FaceEngineFault::Garbage),
    ("face_engine.wrong_version", "the engine speaks version 2", FaceEngineFault::WrongVersion),
    ("face_engine.flood", "the engine answers without end", FaceEngineFault::Flood),
    ("face_engine.memory", "the engine wants more memory than it gets", FaceEngineFault::Memory),
    ("face_engine.no_face", "the engine finds no face", FaceEngineFault::NoFace),
    ("face_engine.attack", "the engine suspects an attack", FaceEngineFault::Attack),
    ("face_engine.inconclusive", "the engine looks for an attack in vain", FaceEngineFault::Inconclusive),
    ("face_engine.no_match", "the engine calls it another person", FaceEngineFault::NoMatch),
];

impl FaceEngineFault {
    /// The fault of that full name, `face_engine.hang`.
    pub fn from_name(name: &str) -> Option<Self> {
        FAULTS.iter().find(|(n, ..)| *n == name).map(|(.., fault)| *fault)
    }
}

impl FromStr for FaceEngineFault {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::from_name(name).ok_or_else(|| format!("`{name}` is no fault of a face engine"))
    }
}

/// Answers one question; the exit code.
///
/// # Errors
/// The host has gone.
pub fn run(fault: Option<FaceEngineFault>, question: impl Read, mut output: impl Write) -> io::Result<u8> {
    let mut bytes = Vec::new();
    question.take(LONGEST).read_to_end(&mut bytes)?;
    match fault {
        Some(FaceEngineFault::Hang) => loop {
            std::thread::sleep(Duration::from_secs(3600));
        },
        Some(FaceEngineFault::Flood) => loop {
            output.write_all(&[b' '; 4096])?;
        },
        Some(FaceEngineFault::Memory) if Vec::<u8>::new().try_reserve_exact(MUCH).is_err() => return Ok(1),
        Some(FaceEngineFault::Garbage) => {
            output.write_all(b"score=0.99\n")?;
            return Ok(0);
        }
        _ => {}
    }
    let answer = answer(fault, &frames(&bytes)).to_string().into_bytes();
    let frame = [&u32::try_from(answer.len()).unwrap_or(u32::MAX).to_be_bytes(), answer.as_slice()].concat();
    if fault == Some(FaceEngineFault::Crash) {
        output.write_all(&frame[..frame.len() / 2])?;
        return Ok(1);
    }
    output.write_all(&frame)?;
    output.flush()?;
    Ok(0)
}

/// Each frame's content; what is not whole is left out.
fn frames(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some(content) = rest.get(..length) else { break };
        found.push(content);
        bytes = &rest[length..];
    }
    found
}

fn answer(fault: Option<FaceEngineFault>, frames: &[&[u8]]) -> Value {
    let header: Value = frames.first().and_then(|f| serde_json::from_slice(f).ok()).unwrap_or(Value::Null);
    let version = if fault == Some(FaceEngineFault::WrongVersion) { 2 } else { 1 };
    let said = |result: &str, score: Option<f64>, attack: &str| {
        json!({
            "version": version,
            "engine": {"name": "Simulated engine, compares colours", "version": "1", "certificate": null},
            "result": result,
            "score": score,
            "threshold": score.map(|_| THRESHOLD),
            "presentation_attack": attack,
        })
    };
    match (header["operation"].as_str(), frames) {
        (Some("identify"), [_]) => said("ready", None, "not_checked"),
        (Some("compare"), [_, live, reference]) => {
            let attack = match fault {
                Some(FaceEngineFault::NoFace) => return said("no_face_live", None, "not_checked"),
                Some(FaceEngineFault::NoMatch) => return said("compared", Some(0.1), "not_checked"),
                Some(FaceEngineFault::Attack) => "attack",
                Some(FaceEngineFault::Inconclusive) => "inconclusive",
                _ => "not_checked",
            };
            match (middle(live), middle(reference)) {
                (None, _) => said("no_face_live", None, attack),
                (_, None) => said("no_face_reference", None, attack),
                (Some(one), Some(other)) => said("compared", Some(likeness(one, other)), attack),
            }
        }
        _ => said("refused", None, "not_checked"),
    }
}

/// The mean colour of a picture's middle ninth.
fn middle(picture: &[u8]) -> Option<[f64; 3]> {
    let picture = image::load_from_memory(picture).ok()?.into_rgb8();
    let (width, height) = (picture.width() / 3, picture.height() / 3);
    let part = image::imageops::crop_imm(&picture, width, height, width.max(1), height.max(1)).to_image();
    let count = f64::from(part.width()) * f64::from(part.height());
    let sum = part
        .pixels()
        .fold([0.0; 3], |sum: [f64; 3], pixel| [0, 1, 2].map(|i| sum[i] + f64::from(pixel.0[i])));
    Some(sum.map(|channel| channel / count))
}

/// 1 for one colour, 0 for black and white.
fn likeness(one: [f64; 3], other: [f64; 3]) -> f64 {
    let apart: f64 = one.into_iter().zip(other).map(|(a, b)| (a - b).abs()).sum();
    1.0 - apart / (3.0 * 255.0)
}
