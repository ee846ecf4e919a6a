//! A camera that is not there: draws what stands before it.
//!
//! Duty: frames through the same trait as a real camera, or a directory of pictures for `frames:DIR`; faults on demand.
//! Never: share a line with the detector or the reader that look at its pictures.

mod canvas;
mod fault;
mod figure;
mod held_code;
mod plane;
mod scene;
mod sheet;
mod uvc;
mod uvc_gadget;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use fault::{CameraFault, FAULTS};
pub use figure::Figure;
pub use held_code::{CodeColours, HeldCode};
pub use scene::{Focus, Scene, SceneName};
pub use sheet::{Fingers, Sheet, Table};
pub use uvc_gadget::UvcGadgetCamera;

use crate::camera::{Camera, CameraError, Frame, Pace, Pacer, PixelFormat, Size};

/// The simulated device: what stands before it and what is wrong with it. Clones are the same device.
#[derive(Clone, Debug)]
pub struct SimCamera {
    stage: Arc<Mutex<Stage>>,
}

#[derive(Debug)]
struct Stage {
    size: Size,
    pace: Pace,
    scene: Scene,
    fault: Option<CameraFault>,
}

impl SimCamera {
    /// A camera of that size, with nobody before it.
    pub fn new(size: Size, pace: Pace, scene: Scene) -> Self {
        Self { stage: Arc::new(Mutex::new(Stage { size, pace, scene, fault: None })) }
    }

    /// From the next frame on, this is before the camera.
    pub fn show(&self, scene: Scene) {
        self.stage().scene = scene;
    }

    /// From the next frame on, this is wrong with it; `None` mends it.
    pub fn set_fault(&self, fault: Option<CameraFault>) {
        self.stage().fault = fault;
    }

    /// Opens it as a program would that takes the size it has.
    ///
    /// # Errors
    /// While it is unplugged.
    pub fn open(&self) -> Result<Box<dyn Camera>, CameraError> {
        let size = self.stage().size;
        self.open_at(size)
    }

    /// Opens it as a program would that asks for a size: it has every size.
    ///
    /// # Errors
    /// While it is unplugged.
    pub fn open_at(&self, size: Size) -> Result<Box<dyn Camera>, CameraError> {
        let stage = self.stage();
        if matches!(stage.fault, Some(CameraFault::Unplugged { from: 0 })) {
            return Err(gone());
        }
        Ok(Box::new(OpenCamera { device: self.clone(), size, pacer: Pacer::new(stage.pace), frozen: None }))
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // What it holds is whole at every moment, so a panic elsewhere changes nothing.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> CameraError {
    CameraError::NoDevice { port: "sim:camera".to_owned() }
}

struct OpenCamera {
    device: SimCamera,
    size: Size,
    pacer: Pacer,
    frozen: Option<Vec<u8>>,
}

impl Camera for OpenCamera {
    fn frame(&mut self, deadline: Instant) -> Result<Frame, CameraError> {
        let size = self.size;
        let (mut scene, fault) = {
            let stage = self.device.stage();
            (stage.scene.clone(), stage.fault)
        };
        let late = match fault {
            Some(CameraFault::Slow) => SLOW,
            _ => Duration::ZERO,
        };
        let (sequence, taken_at) = self.pacer.next(late, deadline)?;
        match fault {
            Some(CameraFault::Unplugged { from }) if sequence >= from => return Err(gone()),
            Some(CameraFault::Dark) => scene.light = COVERED,
            _ => {}
        }
        let frozen = matches!(fault, Some(CameraFault::Frozen { from }) if sequence >= from);
        let pixels = match self.frozen.take().filter(|_| frozen) {
            Some(last) => last,
            None => scene.draw(size.width, size.height, sequence),
        };
        if frozen {
            self.frozen = Some(pixels.clone());
        }
        Ok(Frame::new(size, PixelFormat::Rgb, sequence, taken_at, pixels)?)
    }
}

/// How much later than it should each frame of a slow camera comes.
const SLOW: Duration = Duration::from_millis(700);
/// The light that is left when something covers the lens.
const COVERED: f32 = 0.02;

/// Writes the first `count` frames of a scene as `frame-0000.png` … into a directory that exists: what
/// `frames:DIR` then plays. To pull the plug of such a camera is to remove the directory.
///
/// # Errors
/// When a file cannot be written, or the fault is none of files (a slow camera).
pub fn write_frames(
    dir: &Path,
    size: Size,
    scene: &Scene,
    fault: Option<CameraFault>,
    count: u32,
) -> Result<(), WriteError> {
    let fault = match fault {
        Some(CameraFault::Slow) => return Err(WriteError::NotInFiles),
        Some(CameraFault::Unplugged { .. }) => None,
        other => other,
    };
    let device = SimCamera::new(size, Pace::AsAsked, scene.clone());
    device.set_fault(fault);
    let mut camera = device.open()?;
    for number in 0..count {
        let frame = camera.frame(Instant::now())?;
        let file = dir.join(format!("frame-{number:04}.png"));
        let colour = image::ExtendedColorType::Rgb8;
        image::save_buffer(&file, frame.pixels(), size.width, size.height, colour)
            .map_err(|source| WriteError::File { file, source })?;
    }
    Ok(())
}

/// Why a scene is not in a directory.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file cannot be written.
    #[error("{} cannot be written", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: image::ImageError,
    },
    /// The simulated camera gives no frame.
    #[error("the simulated camera gives no picture")]
    Camera(#[from] CameraError),
    /// Files come as fast as they are asked for.
    #[error("a directory of pictures cannot be slow: camera.slow is for the simulator within a program")]
    NotInFiles,
}
