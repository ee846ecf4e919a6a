//! A drawn person: head, hair, shoulders, a friendly neutral face. Obviously a drawing; nobody in particular.
//!
//! Duty: enough of a face that a detector of faces finds it, with what a quality gate looks at: distance, place, turn.
//! Lengths inside are in heads: the height of the head from chin to crown.

use super::canvas::{Canvas, Chance, Colour, Ellipse, between};

/// A person in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Who it is: skin, hair, glasses, clothes.
    pub seed: u64,
    /// Height of the face, forehead to chin, in parts of the frame's height.
    pub face: f32,
    /// Middle of the face from the frame's left edge, in parts of its width, as the camera sees it.
    pub x: f32,
    /// Middle of the face from the frame's upper edge, in parts of its height.
    pub y: f32,
    /// Head turned to the picture's right, degrees; negative to its left.
    pub turn: f32,
    /// Face's own lengths that it moves from one frame to the next, to and fro; 0 stands still.
    pub sway: f32,
}

impl Figure {
    /// Someone at a good distance, in the middle, looking straight.
    pub const fn new(seed: u64) -> Self {
        Self { seed, face: 0.42, x: 0.5, y: 0.5, turn: 0.0, sway: 0.0 }
    }

    /// Where the face, forehead to chin and ear to ear, is in a frame of that size and number: x, y, width, height in
    /// pixels.
    pub fn face_area(&self, width: u32, height: u32, sequence: u64) -> [f32; 4] {
        let (x, y) = self.place(width, height, sequence);
        let tall = self.face * height as f32;
        let wide = tall * FACE_WIDTH / FACE_HEIGHT;
        [x - wide / 2.0, y - tall / 2.0, wide, tall]
    }

    fn place(&self, width: u32, height: u32, sequence: u64) -> (f32, f32) {
        // A zigzag of a dozen frames: as fast at its ends as in between.
        let phase = (sequence % 12) as f32 / 12.0;
        let zigzag = (phase * 4.0 - 2.0).abs() - 1.0;
        let reach = self.sway * 3.0 * self.face * height as f32;
        (self.x * width as f32 + zigzag * reach, self.y * height as f32)
    }
}

/// Middle of the forehead to chin, heads.
const FACE_HEIGHT: f32 = 0.75;
/// Ear to ear, heads.
const FACE_WIDTH: f32 = 0.80;
/// From the middle of the head down to the middle of the face, heads.
const FACE_BELOW_MIDDLE: f32 = 0.125;
/// Half the width of the head, heads.
const HEAD_ACROSS: f32 = 0.40;

struct Looks {
    skin: Colour,
    hair: Colour,
    clothes: Colour,
    iris: Colour,
    lips: Colour,
    fringe: f32,
    long_hair: bool,
    glasses: bool,
    /// Where the light comes from: −1 the picture's left, 1 its right.
    light: f32,
    smile: f32,
}

impl Looks {
    fn of(seed: u64) -> Self {
        let mut chance = Chance::new(seed, 1);
        let skin =
            chance.pick(&[[0.93, 0.76, 0.64], [0.88, 0.70, 0.57], [0.82, 0.63, 0.49], [0.70, 0.52, 0.39]]);
        Self {
            skin,
            hair: chance.pick(&[
                [0.10, 0.09, 0.09],
                [0.16, 0.12, 0.10],
                [0.24, 0.17, 0.12],
                [0.62, 0.62, 0.63],
            ]),
            clothes: chance.pick(&[
                [0.24, 0.36, 0.50],
                [0.50, 0.28, 0.27],
                [0.28, 0.42, 0.33],
                [0.44, 0.42, 0.46],
            ]),
            iris: chance.pick(&[[0.22, 0.14, 0.09], [0.28, 0.18, 0.11], [0.16, 0.11, 0.08]]),
            lips: between(skin, [0.68, 0.24, 0.24], 0.55),
            fringe: chance.within(0.30, 0.46),
            long_hair: chance.bits() & 1 == 0,
            glasses: chance.bits().is_multiple_of(3),
            light: chance.within(-0.45, 0.45),
            smile: chance.within(0.30, 0.55),
        }
    }
}

/// Draws a figure as it is in the frame of that number.
pub(super) fn draw(figure: &Figure, sequence: u64, canvas: &mut Canvas) {
    let (width, height) = (canvas.width, canvas.height);
    let side = |edge: usize| u32::try_from(edge).unwrap_or(u32::MAX);
    let (x, y) = figure.place(side(width), side(height), sequence);
    let head = figure.face * height as f32 / FACE_HEIGHT;
    let pen = Pen {
        x,
        y: y - FACE_BELOW_MIDDLE * head,
        head,
        turn: figure.turn.to_radians(),
        looks: Looks::of(figure.seed),
    };
    pen.body(canvas);
    pen.skull(canvas);
    pen.eyes(canvas);
    pen.nose(canvas);
    pen.mouth(canvas);
    pen.hair(canvas);
}

struct Pen {
    x: f32,
    y: f32,
    head: f32,
    turn: f32,
    looks: Looks,
}

impl Pen {
    /// An ellipse on the paper, in heads from the middle of the head.
    fn flat(&self, x: f32, y: f32, across: f32, down: f32) -> Ellipse {
        let h = self.head;
        Ellipse { x: self.x + x * h, y: self.y + y * h, across: across * h, down: down * h, turn: 0.0 }
    }

    /// An ellipse on the face, which goes round with the head; nothing once it is behind.
    fn on_face(&self, x: f32, y: f32, across: f32, down: f32) -> Option<Ellipse> {
        let at = (x / HEAD_ACROSS).clamp(-1.0, 1.0).asin();
        let turned = at + self.turn;
        let narrower = turned.cos() / at.cos().max(0.2);
        (narrower > 0.12).then(|| self.flat(HEAD_ACROSS * turned.sin(), y, across * narrower.min(1.2), down))
    }

    fn lit(&self, colour: Colour, u: f32, v: f32) -> Colour {
        let depth = (1.0 - u * u - v * v).max(0.0).sqrt();
        let light = 0.50 + 0.49 * depth + 0.16 * self.looks.light * u - 0.09 * v;
        colour.map(|c| (c * light).clamp(0.0, 1.0))
    }

    fn body(&self, canvas: &mut Canvas) {
        let looks = &self.looks;
        if looks.long_hair {
            canvas.ellipse(self.flat(0.0, 0.15, 0.50, 0.62), looks.hair.map(|c| c * 0.8), 1.0);
        }
        canvas.shape(self.flat(0.0, 2.60, 0.92, 1.90), |u, v| (self.lit(looks.clothes, u, v), 1.0));
        canvas.shape(self.flat(0.0, 1.45, 1.02, 0.86), |u, v| (self.lit(looks.clothes, u, v), 1.0));
        canvas.shape(self.flat(0.0, 0.55, 0.19, 0.30), |u, v| {
            (self.lit(looks.skin.map(|c| c * 0.82), u, v), 1.0)
        });
        for side in [-1.0, 1.0] {
            let collar = Ellipse { turn: side * 0.6, ..self.flat(side * 0.15, 0.80, 0.17, 0.07) };
            canvas.ellipse(collar, looks.clothes.map(|c| (c * 1.5).min(1.0)), 1.0);
        }
    }

    fn skull(&self, canvas: &mut Canvas) {
        let looks = &self.looks;
        for side in [-1.0_f32, 1.0] {
            let ear = side * HEAD_ACROSS * self.turn.cos() - 0.10 * self.turn.sin();
            canvas.ellipse(self.flat(ear, 0.08, 0.06, 0.10), looks.skin.map(|c| c * 0.85), 1.0);
        }
        canvas.shape(self.flat(0.0, 0.0, HEAD_ACROSS, 0.50), |u, v| (self.lit(looks.skin, u, v), 1.0));
        for side in [-1.0, 1.0] {
            if let Some(cheek) = self.on_face(side * 0.20, 0.22, 0.10, 0.07) {
                let rosy = between(looks.skin, [0.90, 0.42, 0.38], 0.6);
                canvas.shape(cheek, |u, v| (rosy, 0.30 * (1.0 - u * u - v * v).max(0.0)));
            }
        }
    }

    fn eyes(&self, canvas: &mut Canvas) {
        let looks = &self.looks;
        for side in [-1.0, 1.0] {
            let x = side * 0.185;
            if let Some(socket) = self.on_face(x, 0.022, 0.11, 0.075) {
                let shade = looks.skin.map(|c| c * 0.84);
                canvas.shape(socket, |u, v| (shade, 0.55 * (1.0 - u * u - v * v).max(0.0)));
            }
            if let Some(white) = self.on_face(x, 0.032, 0.075, 0.036) {
                canvas.ellipse(white, [0.95, 0.94, 0.92], 1.0);
            }
            if let Some(iris) = self.on_face(x, 0.032, 0.036, 0.036) {
                canvas.ellipse(iris, looks.iris, 1.0);
                canvas.ellipse(
                    Ellipse { across: iris.across * 0.5, down: iris.down * 0.5, ..iris },
                    [0.03; 3],
                    1.0,
                );
                let glint = Ellipse { across: iris.across * 0.25, down: iris.down * 0.25, ..iris };
                canvas.ellipse(
                    Ellipse { x: glint.x - glint.across, y: glint.y - glint.down, ..glint },
                    [1.0; 3],
                    0.9,
                );
            }
            if let Some(lid) = self.on_face(x, 0.017, 0.085, 0.05) {
                let line = looks.skin.map(|c| c * 0.30);
                canvas.shape(lid, |u, v| (line, band(v + 0.55 - 0.45 * u * u, 0.16)));
            }
            if let Some(brow) = self.on_face(x, -0.083, 0.105, 0.05) {
                let line = between(looks.hair, looks.skin, 0.15);
                canvas.shape(brow, |u, v| (line, 0.9 * band(v - 0.35 * u * u, 0.38)));
            }
        }
        if looks.glasses {
            for side in [-1.0, 1.0] {
                if let Some(lens) = self.on_face(side * 0.185, 0.037, 0.135, 0.105) {
                    canvas.shape(lens, |u, v| ([0.14, 0.14, 0.16], band(u.hypot(v) - 0.90, 0.09)));
                }
            }
            if let Some(bridge) = self.on_face(0.0, 0.012, 0.055, 0.02) {
                canvas.shape(bridge, |_, v| ([0.14, 0.14, 0.16], band(v, 0.5)));
            }
        }
    }

    fn nose(&self, canvas: &mut Canvas) {
        let dark = self.looks.skin.map(|c| c * 0.62);
        // The tip stands out of the head, so it goes further than what lies on it.
        let tip = 0.13 * self.turn.sin();
        let side = if self.looks.light > 0.0 { -1.0 } else { 1.0 };
        if let Some(ridge) = self.on_face(0.0, 0.12, 0.05, 0.13) {
            let ridge = Ellipse { x: ridge.x + tip * 0.6 * self.head, ..ridge };
            canvas.shape(ridge, |u, v| (dark, 0.5 * band(u - side * (0.3 + 0.3 * v), 0.5)));
        }
        if let Some(round) = self.on_face(0.0, 0.20, 0.062, 0.05) {
            let round = Ellipse { x: round.x + tip * self.head, ..round };
            canvas.shape(round, |u, v| {
                (dark, 0.45 * band(u.hypot(v) - 0.80, 0.30) * (v + 0.3).clamp(0.0, 1.0))
            });
            for side in [-1.0, 1.0] {
                let hole = Ellipse {
                    x: round.x + side * 0.45 * round.across,
                    y: round.y + 0.35 * round.down,
                    across: round.across * 0.25,
                    down: round.down * 0.18,
                    turn: 0.0,
                };
                canvas.ellipse(hole, self.looks.skin.map(|c| c * 0.35), 0.9);
            }
        }
    }

    fn mouth(&self, canvas: &mut Canvas) {
        let looks = &self.looks;
        let Some(mouth) = self.on_face(0.0, 0.315, 0.125, 0.065) else { return };
        let mouth = Ellipse { x: mouth.x + 0.05 * self.turn.sin() * self.head, ..mouth };
        let smile = looks.smile;
        // Corners of a smile are above its middle.
        let bend = |u: f32| 0.25 - smile * 1.4 * u * u;
        let thin = |u: f32| (1.0 - u * u).max(0.0);
        canvas.shape(mouth, |u, v| (looks.lips, band(v - bend(u), 0.50 * thin(u))));
        canvas.shape(mouth, |u, v| (looks.lips.map(|c| c * 0.35), band(v - bend(u), 0.12)));
        if let Some(chin) = self.on_face(0.0, 0.405, 0.08, 0.02) {
            canvas.shape(chin, |u, v| (looks.skin.map(|c| c * 0.75), 0.4 * (1.0 - u * u - v * v).max(0.0)));
        }
    }

    fn hair(&self, canvas: &mut Canvas) {
        let looks = &self.looks;
        let fringe = looks.fringe;
        let shift = 0.25 * self.turn.sin();
        canvas.shape(self.flat(0.0, -0.05, HEAD_ACROSS + 0.045, 0.53), |u, v| {
            // Above a line that is highest over the forehead and runs down at the temples.
            let across = u - shift;
            let line = -0.42 - fringe * 0.55 + 1.05 * across * across;
            let strand = 1.0 + 0.10 * (across * 46.0).sin() * (v * 5.0).cos();
            let shine = 1.0 + 0.35 * band(v + 0.78, 0.12);
            (looks.hair.map(|c| c * strand * shine), ((line - v) * 14.0 + 0.5).clamp(0.0, 1.0))
        });
    }
}

/// 1 where the distance is 0, 0 from `width` on either side, soft in between.
fn band(distance: f32, width: f32) -> f32 {
    ((1.0 - distance.abs() / width.max(1e-3)) * 2.0).clamp(0.0, 1.0)
}
