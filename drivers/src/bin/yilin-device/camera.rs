//! `camera list|frame|page`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Subcommand;
use drivers::camera::{
    self, Camera, CameraError, CameraErrorKind, Frame, Mirror, PAPER_SIZE, Size, USUAL_SIZE,
};
use drivers::document_capture::{self, Point};
use drivers::transport::{PortAddress, recorded_whole};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::output::{self, Failure, Output, Report};

/// How long a frame is waited for.
const FRAME_WAIT: Duration = Duration::from_secs(3);
/// Without a port nothing can be looked through.
pub(crate) const NO_PORT: &str = "no port: give --port, or a --config with [camera] port";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The cameras of this machine
    List,
    /// Takes one frame and writes it as a picture
    Frame(FrameArgs),
    /// Takes the page of a sheet of paper that lies before the camera: straight, evenly lit, a JPEG of at most 500 kB
    Page(PageArgs),
}

#[derive(clap::Args)]
pub(crate) struct PageArgs {
    /// `v4l:/dev/video0`, `frames:DIR`, `replay:FILE`
    #[arg(long)]
    port: Option<PortAddress>,
    /// Where the picture goes: .jpg
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Writes what the camera is asked and answers to a new file, of its pictures only how they were; `--port replay:FILE`
    /// plays it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct FrameArgs {
    /// `v4l:/dev/video0`, `frames:DIR`, `replay:FILE`
    #[arg(long)]
    port: Option<PortAddress>,
    /// Where the picture goes: .png or .jpg
    #[arg(long, value_name = "FILE", value_parser = picture_file)]
    out: PathBuf,
    /// Writes what the camera is asked and answers to a new file, of its pictures only how they were; `--port replay:FILE`
    /// plays it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

fn picture_file(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match image::ImageFormat::from_path(&path) {
        Ok(image::ImageFormat::Png | image::ImageFormat::Jpeg) => Ok(path),
        _ => Err("a picture's name ends in .png or .jpg".to_owned()),
    }
}

pub(crate) fn run(command: &Command, config: &Config, output: &Output) -> ExitCode {
    match command {
        Command::List => {
            for camera in camera::list() {
                output.line(&Found { port: camera.port.to_string(), name: camera.name });
            }
            ExitCode::SUCCESS
        }
        Command::Page(args) => {
            let Some(port) = args.port.as_ref().or_else(|| config.port("camera")) else {
                return output::wrong_usage(NO_PORT);
            };
            match one_frame(port, PAPER_SIZE, args.record.as_deref()) {
                Ok(frame) => page(&frame, &args.out, output),
                Err(error) => output.failed(&camera_failure(&error)),
            }
        }
        Command::Frame(args) => {
            let Some(port) = args.port.as_ref().or_else(|| config.port("camera")) else {
                return output::wrong_usage(NO_PORT);
            };
            match one_frame(port, USUAL_SIZE, args.record.as_deref()) {
                Ok(frame) => keep(&frame, &args.out, output),
                Err(error) => output.failed(&camera_failure(&error)),
            }
        }
    }
}

fn page(frame: &Frame, file: &Path, output: &Output) -> ExitCode {
    let page = match document_capture::capture(frame) {
        Ok(page) => page,
        Err(problem) => {
            let error = Trouble { kind: problem.as_str(), message: problem.to_string() };
            return output.failed(&Failure::new(error, problem.to_string()));
        }
    };
    match std::fs::write(file, &page.jpeg) {
        Ok(()) => output.done(&Page {
            width: page.size.width,
            height: page.size.height,
            corners: page.corners,
            bytes: page.jpeg.len(),
            file: file.display().to_string(),
        }),
        Err(error) => {
            let message = format!("{} cannot be written: {error}", file.display());
            output.failed(&Failure::new(Trouble { kind: "file", message: message.clone() }, message))
        }
    }
}

fn one_frame(port: &PortAddress, size: Size, record: Option<&Path>) -> Result<Frame, CameraError> {
    let Some(file) = record else {
        return whole_frame(camera::open_at(port, size)?.as_mut(), Instant::now() + FRAME_WAIT);
    };
    let frame = whole_frame(camera::open_recorded(port, size, file)?.as_mut(), Instant::now() + FRAME_WAIT);
    // A disk that was full is said here: what was asked for was the recording.
    recorded_whole(file)?;
    frame
}

/// The next frame that is a whole picture: the first ones of many a webcam are not.
pub(crate) fn whole_frame(camera: &mut dyn Camera, deadline: Instant) -> Result<Frame, CameraError> {
    loop {
        match camera.frame(deadline) {
            Err(error) if error.kind() == CameraErrorKind::InvalidData && Instant::now() < deadline => {}
            done => return done,
        }
    }
}

fn keep(frame: &Frame, file: &Path, output: &Output) -> ExitCode {
    let size = frame.size();
    let mut rgb = Zeroizing::new(vec![0; size.pixels() * 3]);
    frame.preview_into(size, Mirror::AsSeen, &mut rgb);
    let colour = image::ExtendedColorType::Rgb8;
    match image::save_buffer(file, &rgb, size.width, size.height, colour) {
        Ok(()) => output.done(&Taken {
            width: size.width,
            height: size.height,
            sequence: frame.sequence(),
            taken_at_ms: frame.taken_at().as_secs_f64() * 1000.0,
            file: file.display().to_string(),
        }),
        Err(error) => {
            let message = format!("{} cannot be written: {}", file.display(), output::chain(&error));
            output.failed(&Failure::new(Trouble { kind: "file", message: message.clone() }, message))
        }
    }
}

/// Where this machine has cameras, for `list`.
pub(crate) fn ports() -> impl Iterator<Item = PortAddress> {
    camera::list().into_iter().map(|camera| camera.port)
}

/// What `list` says of a port on which a camera answers.
pub(crate) fn look(port: &PortAddress) -> Option<String> {
    let frame = one_frame(port, USUAL_SIZE, None).ok()?;
    Some(format!("{} × {}", frame.size().width, frame.size().height))
}

/// `{"error":{"kind","message"}}` of a camera.
pub(crate) fn camera_failure(error: &CameraError) -> Failure<impl Serialize + use<>> {
    failure(error.kind(), error)
}

/// The same of anything that a camera is looked through for.
pub(crate) fn failure(
    kind: CameraErrorKind,
    error: &dyn std::error::Error,
) -> Failure<impl Serialize + use<>> {
    let message = output::chain(error);
    Failure::new(Trouble { kind: kind.as_str(), message: message.clone() }, message)
}

#[derive(Serialize)]
struct Trouble {
    kind: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Found {
    port: String,
    name: String,
}

impl Report for Found {
    fn words(&self) -> String {
        format!("{}: {}", self.port, self.name)
    }
}

#[derive(Serialize)]
struct Taken {
    width: u32,
    height: u32,
    sequence: u64,
    taken_at_ms: f64,
    file: String,
}

impl Report for Taken {
    fn words(&self) -> String {
        format!("{}: {} × {}, frame {}", self.file, self.width, self.height, self.sequence)
    }
}

#[derive(Serialize)]
struct Page {
    width: u32,
    height: u32,
    /// In the frame's pixels, from the upper left one, clockwise.
    corners: [Point; 4],
    bytes: usize,
    file: String,
}

impl Report for Page {
    fn words(&self) -> String {
        format!("{}: {} × {}, {} bytes", self.file, self.width, self.height, self.bytes)
    }
}
