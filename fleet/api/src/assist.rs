//! The masked page that a worker sees, and what they may do: point and write, press nothing.
//!
//! Made only after the resident's tap, thrown away with the visit, recorded nowhere. An element carries the fixed words of
//! the page or nothing; what a resident typed, chose or was told is a grey bar of its length.

use serde::{Deserialize, Serialize};

/// The most elements of one page.
pub const ELEMENTS: usize = 200;
/// The longest message of a worker, in characters.
pub const MESSAGE_CHARACTERS: usize = 80;

/// The body of [`crate::path::ASSIST`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssistTurn {
    /// Counts up by one from 0.
    pub number: u64,
    /// The page; null when it is as it was.
    pub page: Option<MirrorPage>,
    /// Whether the resident or the visit ended the call.
    pub ended: bool,
}

/// A page without its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MirrorPage {
    /// The page, by its name.
    pub page: String,
    /// The item, by its name in the catalogue.
    pub item: Option<String>,
    /// The screen's width, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
    /// What stands on it, in reading order.
    pub elements: Vec<MirrorElement>,
}

/// One element, in pixels from the top left corner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MirrorElement {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
    /// `button`, `text`, `text_input`, …
    pub role: String,
    /// The fixed words; null where a value stands, which is not told.
    pub words: Option<String>,
}

/// The answer to an [`AssistTurn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssistReply {
    /// Who answers, as a resident may read it; null while nobody has taken the call.
    pub worker: Option<String>,
    /// What the worker did since the last turn, in order.
    pub actions: Vec<WorkerAction>,
    /// Whether the worker ended the call.
    pub ended: bool,
}

/// What a worker may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum WorkerAction {
    /// A ring on the resident's screen.
    Point {
        /// Pixels from the left.
        x: f32,
        /// Pixels from the top.
        y: f32,
    },
    /// A sentence, shown large and spoken.
    Write {
        /// At most [`MESSAGE_CHARACTERS`].
        text: String,
    },
    /// Takes ring and sentence away.
    Clear,
    /// A word of a later version: ignored.
    #[serde(other)]
    Unrecognised,
}
