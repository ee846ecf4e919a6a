//! The last paper of the simulated printer, on its way to the dock.

use drivers::sim::printer::{OnPaper, SimulatedPaper};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};
use std::sync::{Arc, Mutex, PoisonError};

/// Holds the newest paper until the dock has shown it. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct LastPaper(Arc<Mutex<Option<SimulatedPaper>>>);

impl LastPaper {
    /// What the printer calls with each paper.
    pub fn taker(&self) -> OnPaper {
        let place = Arc::clone(&self.0);
        Box::new(move |paper| *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(paper.clone()))
    }

    /// The newest paper, if it was not taken yet.
    pub(super) fn take_new(&self) -> Option<Image> {
        let paper = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let side = |n: usize| u32::try_from(n).ok();
        let grey = |g: &u8| Rgb8Pixel { r: *g, g: *g, b: *g };
        let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side(paper.width)?, side(paper.height)?);
        for (to, from) in buffer.make_mut_slice().iter_mut().zip(&paper.pixels) {
            *to = grey(from);
        }
        Some(Image::from_rgb8(buffer))
    }
}
