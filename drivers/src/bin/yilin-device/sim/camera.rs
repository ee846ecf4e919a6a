//! `sim camera`: a directory of drawn frames, there until SIGTERM.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use drivers::camera::{Size, USUAL_RATE};
use drivers::sim::camera::{CameraFault, Scene, SceneName, write_frames};
use drivers::sim::fault::Fault;
use drivers::transport::PortAddress;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{FaultArgument, Ready, failed, print_faults};
use crate::output::{self, Output};

const NO_FRAMES: &str = "no frames of the simulated camera";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What stands before it
    #[arg(long, value_enum, default_value = "face")]
    scene: SceneArgument,
    /// Someone holds a QR code that says this to it, instead of the scene
    #[arg(long)]
    text: Option<String>,
    /// Who, and where
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Width and height of a frame
    #[arg(long, default_value = "640x480", value_parser = size, value_name = "WxH")]
    size: Size,
    /// How many frames, before they begin again; what moves comes round in 12
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    frames: u32,
    /// Where the frames are written and stay [default: a folder of its own, removed at the end]
    #[arg(long)]
    out: Option<PathBuf>,
    /// A fault to begin with; `list` prints all
    #[arg(long, value_name = "FAULT")]
    fault: Option<FaultArgument>,
}

#[derive(Clone, Copy)]
struct SceneArgument(SceneName);

impl ValueEnum for SceneArgument {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [SceneArgument; SceneName::ALL.len()] = {
            let mut all = [SceneArgument(SceneName::Empty); SceneName::ALL.len()];
            let mut i = 0;
            while i < all.len() {
                all[i] = SceneArgument(SceneName::ALL[i]);
                i += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.as_str()))
    }
}

fn size(text: &str) -> Result<Size, String> {
    let edge = |part: &str| part.parse().ok().filter(|edge| (32..=Size::LARGEST_EDGE).contains(edge));
    let (width, height) = text.split_once('x').unwrap_or_default();
    match (edge(width), edge(height)) {
        (Some(width), Some(height)) => Ok(Size::new(width, height)),
        _ => Err(format!("`{text}` is no size like 640x480, from 32 to {} each", Size::LARGEST_EDGE)),
    }
}

pub(crate) fn run(args: Args, output: &Output) -> ExitCode {
    let fault = match args.fault {
        None => None,
        Some(FaultArgument::List) => return print_faults(output),
        Some(FaultArgument::Fault(Fault::Camera(fault))) => Some(fault),
        Some(FaultArgument::Fault(_)) => {
            return output::wrong_usage("a simulated camera has the faults that begin with `camera.`");
        }
    };
    let scene = match args.text {
        Some(text) => Scene::code(args.seed, text),
        None => Scene::named(args.scene.0, args.seed),
    };
    // Asked for before anything is on the disk, so that an early signal still finds someone to clear it away.
    let mut signals = match Signals::new([SIGINT, SIGTERM]) {
        Ok(signals) => signals,
        Err(error) => return failed(NO_FRAMES, &error),
    };
    let (dir, keep) = match args.out {
        Some(dir) => (dir, true),
        None => (std::env::temp_dir().join(format!("yilin-sim-camera-{}", std::process::id())), false),
    };
    if let Err(error) = std::fs::create_dir_all(&dir) {
        return failed(NO_FRAMES, &error);
    }
    let code = match write_frames(&dir, args.size, &scene, fault, args.frames) {
        Ok(()) => {
            let ready = Ready { port: PortAddress::Frames { dir: dir.clone() }.to_string() };
            match fault {
                // Gone before anybody is told where it would be.
                Some(CameraFault::Unplugged { from: 0 }) => {
                    pull_the_plug(&dir);
                    output.line(&ready);
                }
                Some(CameraFault::Unplugged { from }) => {
                    output.line(&ready);
                    std::thread::sleep(time_of(from));
                    pull_the_plug(&dir);
                }
                _ => output.line(&ready),
            }
            signals.forever().next();
            ExitCode::SUCCESS
        }
        Err(error) => failed(NO_FRAMES, &error),
    };
    if !keep {
        // Gone already when the plug was pulled.
        let _ = std::fs::remove_dir_all(&dir);
    }
    code
}

/// How long so many frames take.
fn time_of(frames: u64) -> Duration {
    let frames = u32::try_from(frames).unwrap_or(u32::MAX);
    Duration::from_secs_f32(1.0 / USUAL_RATE).saturating_mul(frames)
}

/// Removes the directory.
fn pull_the_plug(dir: &Path) {
    if let Err(error) = std::fs::remove_dir_all(dir) {
        output::to_stderr(&format!("error: {}: {error}", dir.display()));
    }
}
