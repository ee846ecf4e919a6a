//! What stands before the simulated camera.
//!
//! Duty: a scene as data, and its picture for each frame number. Never: depend on anything but the scene and the number.

use super::canvas::{Canvas, Chance, Ellipse, between};
use super::figure::{self, Figure};
use super::held_code::{self, HeldCode};
use super::sheet::{self, Sheet};

/// Everything that the camera sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// The hall behind, and the grain of the sensor.
    pub seed: u64,
    /// From the farthest to the nearest.
    pub figures: Vec<Figure>,
    /// A code held to the camera, before everyone.
    pub code: Option<HeldCode>,
    /// A sheet of paper on a table, instead of the hall and whoever is in it.
    pub sheet: Option<Sheet>,
    /// 1 as in a well-lit hall; 0.1 is dusk, 2 the sun in the lens.
    pub light: f32,
    /// How sharp the lens is.
    pub focus: Focus,
}

/// How sharp a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// As it should be.
    Sharp,
    /// A greasy or badly set lens.
    Soft,
}

/// Scenes that have a name: for a dock's buttons and a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SceneName {
    /// Nobody.
    Empty,
    /// One person as one should stand.
    Face,
    /// Too far away.
    Far,
    /// Too near.
    Near,
    /// In the left part of the camera's picture, which is the right of a mirror.
    Left,
    /// In the right part of the camera's picture, which is the left of a mirror.
    Right,
    /// In the upper part.
    High,
    /// In the lower part.
    Low,
    /// Looking to the side.
    Turned,
    /// Walking to and fro.
    Moving,
    /// Too little light.
    Dark,
    /// Too much light.
    Bright,
    /// Out of focus.
    Soft,
    /// Two persons side by side.
    TwoFaces,
    /// One person, and somebody far behind.
    Passer,
    /// A sheet of paper on the table.
    Paper,
}

impl SceneName {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Empty,
        Self::Face,
        Self::Far,
        Self::Near,
        Self::Left,
        Self::Right,
        Self::High,
        Self::Low,
        Self::Turned,
        Self::Moving,
        Self::Dark,
        Self::Bright,
        Self::Soft,
        Self::TwoFaces,
        Self::Passer,
        Self::Paper,
    ];

    /// The word on a command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Face => "face",
            Self::Far => "far",
            Self::Near => "near",
            Self::Left => "left",
            Self::Right => "right",
            Self::High => "high",
            Self::Low => "low",
            Self::Turned => "turned",
            Self::Moving => "moving",
            Self::Dark => "dark",
            Self::Bright => "bright",
            Self::Soft => "soft",
            Self::TwoFaces => "two-faces",
            Self::Passer => "passer",
            Self::Paper => "paper",
        }
    }
}

impl Scene {
    /// Nobody there.
    pub const fn empty(seed: u64) -> Self {
        Self { seed, figures: Vec::new(), code: None, sheet: None, light: 1.0, focus: Focus::Sharp }
    }

    /// One person as one should stand; who it is comes from the seed.
    pub fn face(seed: u64) -> Self {
        Self { figures: vec![Figure::new(seed)], ..Self::empty(seed) }
    }

    /// A code held to the camera, with the holder behind it.
    pub fn code(seed: u64, text: impl Into<String>) -> Self {
        let mut holder = Figure::new(seed);
        (holder.face, holder.x, holder.y) = (0.30, 0.5, 0.28);
        let mut code = HeldCode::new(text);
        code.y = 0.56;
        Self { code: Some(code), figures: vec![holder], ..Self::empty(seed) }
    }

    /// A sheet of paper on the table.
    pub fn paper(seed: u64) -> Self {
        Self { sheet: Some(Sheet::new(seed)), ..Self::empty(seed) }
    }

    /// The scene of that name.
    pub fn named(name: SceneName, seed: u64) -> Self {
        let mut scene = Self::face(seed);
        let mut person = Figure::new(seed);
        match name {
            SceneName::Empty => return Self::empty(seed),
            SceneName::Paper => return Self::paper(seed),
            SceneName::Face => {}
            SceneName::Far => person.face = 0.17,
            SceneName::Near => person.face = 0.86,
            SceneName::Left => person.x = 0.30,
            SceneName::Right => person.x = 0.70,
            SceneName::High => person.y = 0.27,
            SceneName::Low => person.y = 0.73,
            SceneName::Turned => person.turn = 30.0,
            SceneName::Moving => person.sway = 0.10,
            SceneName::Dark => scene.light = 0.14,
            SceneName::Bright => scene.light = 2.3,
            SceneName::Soft => scene.focus = Focus::Soft,
            SceneName::TwoFaces => {
                let mut other = Figure::new(seed.wrapping_add(1));
                (other.face, other.x, person.x) = (0.38, 0.68, 0.34);
                scene.figures.insert(0, other);
            }
            SceneName::Passer => {
                let mut other = Figure::new(seed.wrapping_add(1));
                (other.face, other.x, other.y) = (0.13, 0.80, 0.40);
                scene.figures.insert(0, other);
            }
        }
        if let Some(last) = scene.figures.last_mut() {
            *last = person;
        }
        scene
    }

    /// The picture of frame `sequence`: red, green, blue, rows from the top.
    pub fn draw(&self, width: u32, height: u32, sequence: u64) -> Vec<u8> {
        let mut canvas = Canvas::new(width, height);
        match &self.sheet {
            Some(sheet) => sheet::draw(sheet, &mut canvas),
            None => {
                hall(self.seed, &mut canvas);
                for figure in &self.figures {
                    figure::draw(figure, sequence, &mut canvas);
                }
            }
        }
        if let Some(code) = &self.code {
            held_code::draw(code, &mut canvas);
        }
        if self.focus == Focus::Soft {
            canvas.soften((canvas.height / 75).max(2));
        }
        canvas.expose(self.light, GRAIN, Chance::new(self.seed, sequence.wrapping_add(1000)))
    }
}

/// Noise of a sensor indoors, steps of 255 either way.
const GRAIN: f32 = 5.0;

/// A community hall out of focus: wall, window, notice board, plant, all soft.
fn hall(seed: u64, canvas: &mut Canvas) {
    let mut chance = Chance::new(seed, 2);
    let wall = chance.pick(&[[0.78, 0.77, 0.72], [0.70, 0.75, 0.76], [0.80, 0.76, 0.70], [0.66, 0.68, 0.66]]);
    let (window, board) = (chance.within(0.05, 0.30), chance.within(0.62, 0.88));
    let (plant, floor) = (chance.within(0.08, 0.92), chance.within(0.78, 0.92));
    canvas.fill(|x, y| {
        let mut colour = wall.map(|c| c * (1.05 - 0.25 * y));
        let inside = |at: f32, half: f32, softness: f32| ((half - at.abs()) / softness + 0.5).clamp(0.0, 1.0);
        let pane = inside(x - window, 0.11, 0.03) * inside(y - 0.30, 0.22, 0.04);
        colour = between(colour, [0.93, 0.96, 0.98], 0.8 * pane);
        let notice = inside(x - board, 0.10, 0.02) * inside(y - 0.33, 0.14, 0.03);
        colour = between(colour, [0.55, 0.40, 0.30], 0.7 * notice);
        between(colour, [0.42, 0.40, 0.38], ((y - floor) / 0.03 + 0.5).clamp(0.0, 1.0))
    });
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    for _ in 0..9 {
        let leaf = Ellipse {
            x: (plant + chance.within(-0.06, 0.06)) * width,
            y: (0.72 + chance.within(-0.14, 0.10)) * height,
            across: chance.within(0.02, 0.06) * height,
            down: chance.within(0.05, 0.13) * height,
            turn: chance.within(-0.9, 0.9),
        };
        let green = [0.22, chance.within(0.34, 0.48), 0.24];
        canvas.shape(leaf, |u, v| (green, (1.0 - u * u - v * v).max(0.0).sqrt()));
    }
}
