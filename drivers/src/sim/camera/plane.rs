//! Flat things in space, as a camera without lens faults sees them.

/// Distance from the eye to the picture, in heights of the frame.
const FOCUS: f32 = 1.3;

/// How a flat thing is held, lengths in parts of the frame's width or height, angles in degrees.
#[derive(Clone, Copy)]
pub(super) struct Pose {
    pub(super) width: f32,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) roll: f32,
    pub(super) yaw: f32,
    pub(super) pitch: f32,
}

/// A plane in space: where a ray through a pixel meets it.
pub(super) struct Plane {
    /// Middle of the thing in the picture, pixels.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Its width in the picture while it is held straight, pixels.
    pub(super) width: f32,
    /// Middle of the picture, and distance from the eye to it, pixels.
    eye: (f32, f32, f32),
    middle: [f32; 3],
    across: [f32; 3],
    down: [f32; 3],
    normal: [f32; 3],
}

impl Plane {
    pub(super) fn new(held: Pose, width: usize, height: usize) -> Self {
        let (w, h) = (width as f32, height as f32);
        let eye = (w / 2.0, h / 2.0, FOCUS * h);
        let (x, y) = (held.x * w, held.y * h);
        let turned = |v: [f32; 3]| {
            let v = about_z(v, held.roll.to_radians());
            let v = about_y(v, held.yaw.to_radians());
            about_x(v, held.pitch.to_radians())
        };
        let (across, down, normal) =
            (turned([1.0, 0.0, 0.0]), turned([0.0, 1.0, 0.0]), turned([0.0, 0.0, 1.0]));
        Self { x, y, width: held.width * h, eye, middle: [x - eye.0, y - eye.1, eye.2], across, down, normal }
    }

    /// The pixel that shows a place, in widths of the thing from its middle.
    pub(super) fn seen(&self, u: f32, v: f32) -> (f32, f32) {
        let [x, y, z] =
            [0, 1, 2].map(|i| self.middle[i] + (u * self.across[i] + v * self.down[i]) * self.width);
        (self.eye.0 + x * self.eye.2 / z, self.eye.1 + y * self.eye.2 / z)
    }

    /// The place that a pixel shows, in widths of the thing from its middle.
    pub(super) fn at(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let ray = [x - self.eye.0, y - self.eye.1, self.eye.2];
        let towards = dot(ray, self.normal);
        let far = dot(self.middle, self.normal) / towards;
        if !far.is_finite() || far <= 0.0 {
            return None;
        }
        let from_middle = [0, 1, 2].map(|i| ray[i] * far - self.middle[i]);
        Some((dot(from_middle, self.across) / self.width, dot(from_middle, self.down) / self.width))
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn about_x([x, y, z]: [f32; 3], angle: f32) -> [f32; 3] {
    let (sin, cos) = angle.sin_cos();
    [x, y * cos - z * sin, y * sin + z * cos]
}

fn about_y([x, y, z]: [f32; 3], angle: f32) -> [f32; 3] {
    let (sin, cos) = angle.sin_cos();
    [x * cos + z * sin, y, z * cos - x * sin]
}

fn about_z([x, y, z]: [f32; 3], angle: f32) -> [f32; 3] {
    let (sin, cos) = angle.sin_cos();
    [x * cos - y * sin, x * sin + y * cos, z]
}
