//! `face`: looks for a face until its picture would be good, and says what was seen last.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use drivers::camera::{self, CameraError, Size};
use drivers::face::{
    Face, FaceDetector, GateRules, Look, PictureState, PoseEstimator, QualityGate, Search, WeightsError,
};
use drivers::transport::PortAddress;
use serde::Serialize;
use shipped::{AssetError, Model};

use crate::camera::{NO_PORT, camera_failure};
use crate::config::Config;
use crate::output::{self, Output, Report};

/// How long a good picture is waited for when nobody says.
const TIMEOUT_SECONDS: f64 = 5.0;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// `v4l:/dev/video0`, `frames:DIR`
    #[arg(long)]
    port: Option<PortAddress>,
    /// Seconds to wait for a good picture [default: 5]
    #[arg(long, value_parser = output::seconds, value_name = "S")]
    timeout: Option<f64>,
}

pub(crate) fn run(args: &Args, config: &Config, output: &Output) -> ExitCode {
    let Some(port) = args.port.as_ref().or_else(|| config.port("camera")) else {
        return output::wrong_usage(NO_PORT);
    };
    let (mut detector, mut gate) = match eyes() {
        Ok(eyes) => eyes,
        Err(error) => return output::wrong_usage(&output::chain(&error)),
    };
    let timeout = Duration::from_secs_f64(args.timeout.unwrap_or(TIMEOUT_SECONDS));
    match watch(port, &mut detector, &mut gate, Instant::now() + timeout) {
        Ok(report) => output.done(&report),
        Err(error) => output.failed(&camera_failure(&error)),
    }
}

/// Why nothing can be looked at.
#[derive(Debug, thiserror::Error)]
enum EyesError {
    #[error(transparent)]
    Absent(#[from] AssetError),
    #[error(transparent)]
    Damaged(#[from] WeightsError),
}

fn eyes() -> Result<(FaceDetector, QualityGate), EyesError> {
    let Model { manifest, weights } = shipped::face_detector()?;
    let detector = FaceDetector::new(manifest, weights, Search::Thorough)?;
    let Model { manifest, weights } = shipped::face_landmarks()?;
    let pose = PoseEstimator::new(manifest, weights)?;
    Ok((detector, QualityGate::new(GateRules::default(), Some(pose))))
}

/// Looks at frames until a picture is good or the time is over; at one frame at least.
fn watch(
    port: &PortAddress,
    detector: &mut FaceDetector,
    gate: &mut QualityGate,
    deadline: Instant,
) -> Result<FaceReport, CameraError> {
    let mut camera = camera::open(port)?;
    let mut seen: Option<FaceReport> = None;
    loop {
        let frame = match (crate::camera::whole_frame(camera.as_mut(), deadline), seen) {
            (Ok(frame), _) => frame,
            (Err(CameraError::Timeout), Some(report)) => return Ok(report),
            (Err(error), _) => return Err(error),
        };
        let begun = Instant::now();
        let faces = detector.detect(&frame);
        let detect_ms = begun.elapsed().as_secs_f64() * 1000.0;
        let look = gate.look(&frame, &faces);
        let report = FaceReport::new(frame.size(), &faces, &look, detect_ms);
        if report.captured || Instant::now() >= deadline {
            return Ok(report);
        }
        seen = Some(report);
    }
}

/// What was seen last.
#[derive(Serialize)]
struct FaceReport {
    width: u32,
    height: u32,
    faces: Vec<FaceLine>,
    hint: &'static str,
    progress: f32,
    captured: bool,
    /// The advice that was overruled by patience.
    despite: Option<&'static str>,
    picture: &'static str,
    /// In parts of the frame's shorter edge.
    face_height: Option<f32>,
    luma: Option<f32>,
    burnt: Option<f32>,
    sharpness: Option<f32>,
    turn: Option<f32>,
    tilt_deg: Option<f32>,
    eye_distance_px: Option<f32>,
    detect_ms: f64,
}

#[derive(Serialize)]
struct FaceLine {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
    confidence: f32,
}

impl FaceReport {
    fn new(size: Size, faces: &[Face], look: &Look, detect_ms: f64) -> Self {
        let measures = look.person.map(|person| person.measures);
        let pose = look.person.and_then(|person| person.pose);
        let line = |Face { area, confidence }: &Face| FaceLine {
            x: area.x,
            y: area.y,
            width: area.width,
            height: area.height,
            confidence: *confidence,
        };
        Self {
            width: size.width,
            height: size.height,
            faces: faces.iter().map(line).collect(),
            hint: look.hint.as_str(),
            progress: look.progress,
            captured: look.capture.is_some(),
            despite: look.capture.as_ref().and_then(|c| c.despite).map(|hint| hint.as_str()),
            picture: match look.picture {
                PictureState::Live => "live",
                PictureState::Frozen => "frozen",
            },
            face_height: measures.map(|m| m.height),
            luma: measures.map(|m| m.luma),
            burnt: measures.map(|m| m.burnt),
            sharpness: measures.map(|m| m.sharpness),
            turn: pose.map(|p| p.turn),
            tilt_deg: pose.map(|p| p.tilt),
            eye_distance_px: pose.map(|p| p.eye_distance),
            detect_ms,
        }
    }
}

impl Report for FaceReport {
    fn words(&self) -> String {
        let number = |value: Option<f32>| value.map(|v| format!("{v:.2}"));
        output::lines(&[
            ("faces", Some(self.faces.len().to_string())),
            ("hint", Some(self.hint.to_owned())),
            ("good picture", Some(if self.captured { "yes" } else { "no" }.to_owned())),
            ("taken despite", self.despite.map(str::to_owned)),
            ("camera", Some(self.picture.to_owned())),
            ("face height", number(self.face_height)),
            ("luma", number(self.luma)),
            ("burnt out", number(self.burnt)),
            ("sharpness", number(self.sharpness)),
            ("turn", number(self.turn)),
            ("tilt in degrees", number(self.tilt_deg)),
            ("pixels between the eyes", number(self.eye_distance_px)),
            ("detection in ms", Some(format!("{:.1}", self.detect_ms))),
        ])
    }
}
