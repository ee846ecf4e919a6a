//! Notices a camera that gives the same picture again and again.
//!
//! Duty: keep the face of the person before from being taken for the person who stands there now.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::camera::Frame;

/// Whether the camera still looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureState {
    /// Frames differ, at least by the grain of the sensor.
    Live,
    /// The same frame came several times: the camera is stuck, no picture may be taken from it.
    Frozen,
}

/// Frames in a row that are the same to the last bit before the camera counts as stuck: no sensor does that.
const SAME: u32 = 4;
/// Every so many bytes are compared; a prime, so that no pattern of rows hides the rest.
const STEP: usize = 61;

/// Remembers a digest of the frame before, never the frame.
#[derive(Debug, Default)]
pub(super) struct StillnessWatch {
    last: Option<u64>,
    same: u32,
}

impl StillnessWatch {
    pub(super) fn see(&mut self, frame: &Frame) -> PictureState {
        let mut hasher = DefaultHasher::new();
        frame.pixels().iter().step_by(STEP).for_each(|byte| byte.hash(&mut hasher));
        let digest = hasher.finish();
        self.same = if self.last == Some(digest) { self.same + 1 } else { 1 };
        self.last = Some(digest);
        if self.same >= SAME { PictureState::Frozen } else { PictureState::Live }
    }
}
