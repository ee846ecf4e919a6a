//! What the simulated camera can do wrong.

use crate::sim::fault::FaultName;

/// A fault of the camera; `from` is the first frame, counted from 0, that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraFault {
    /// The cable is out.
    Unplugged {
        /// Frames that still come.
        from: u64,
    },
    /// The same picture again and again.
    Frozen {
        /// Frames that still change.
        from: u64,
    },
    /// Something covers the lens.
    Dark,
    /// Each frame comes most of a second late.
    Slow,
}

/// Their names, for `--fault list`.
pub const FAULTS: &[FaultName] = &[
    FaultName { name: "camera.unplugged", meaning: "the camera is not there" },
    FaultName {
        name: "camera.unplugged@frameN",
        meaning: "the camera is gone from frame N on, counted from 0",
    },
    FaultName { name: "camera.frozen", meaning: "the camera gives its first picture again and again" },
    FaultName { name: "camera.frozen@frameN", meaning: "the camera gives picture N again and again" },
    FaultName { name: "camera.dark", meaning: "something covers the lens" },
    FaultName { name: "camera.slow", meaning: "each frame comes 0.7 s late" },
];

impl CameraFault {
    /// The fault of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let (fault, step) = match name.split_once('@') {
            None => (name, None),
            Some((fault, step)) => (fault, Some(step.strip_prefix("frame")?.parse().ok()?)),
        };
        let from = step.unwrap_or(0);
        match (fault, step) {
            ("camera.unplugged", _) => Some(Self::Unplugged { from }),
            ("camera.frozen", _) => Some(Self::Frozen { from }),
            ("camera.dark", None) => Some(Self::Dark),
            ("camera.slow", None) => Some(Self::Slow),
            _ => None,
        }
    }
}
