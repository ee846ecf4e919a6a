//! Characters as ink.
//!
//! Duty: draw each character of a text into its cells, with the font that the caller hands in. Never: draw a character
//! as nothing: what the font lacks becomes a box with its code point.

mod code_point_box;

use ab_glyph::{Font as _, FontRef, GlyphId, OutlinedGlyph, PxScaleFactor, point};
use domain::paper::document::{Weight, columns_of, columns_of_char};

use super::raster::Canvas;

/// The typeface of the paper in its two weights.
pub struct PaperFonts<'f> {
    regular: FontRef<'f>,
    bold: FontRef<'f>,
}

/// The bytes are no font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {weight:?} font of the paper is no OpenType font")]
pub struct FontError {
    /// Which of the two.
    pub weight: Weight,
}

/// Half-width characters of a proportional font are set a little narrow, so that a row of digits fills its cells as in
/// a printer's own font.
const LATIN_WIDTH: f32 = 0.92;
/// Height of the em square above the baseline in Chinese fonts.
const ASCENT: f32 = 0.88;

impl<'f> PaperFonts<'f> {
    /// Both weights as OpenType files (TrueType or CFF outlines).
    ///
    /// # Errors
    /// One of them is no font.
    pub fn new(regular: &'f [u8], bold: &'f [u8]) -> Result<Self, FontError> {
        let font = |bytes, weight| FontRef::try_from_slice(bytes).map_err(|_| FontError { weight });
        Ok(Self { regular: font(regular, Weight::Regular)?, bold: font(bold, Weight::Bold)? })
    }

    /// Draws a text whose first cell begins at `left`; `cell` is the width of half a column in dots, the em is twice it.
    pub(crate) fn draw(&self, text: &str, style: Style, left: f32, top: f32, canvas: &mut Canvas) {
        let em = style.cell * 2.0;
        let font = self.of(style.weight);
        let (baseline, vertical) = (baseline(top, em), per_unit(font, em));
        self.place(text, style, left, |placed| match placed {
            Placed::Missing { c, x, width } => code_point_box::draw(c, x, top, width, em, canvas),
            Placed::Glyph { id, x, squeeze, .. } => {
                let Some(outline) = font.outline(id) else { return };
                let factor = PxScaleFactor { horizontal: vertical * squeeze, vertical };
                let glyph = id.with_scale_and_position(em, point(x, baseline));
                let outlined = OutlinedGlyph::new(glyph, outline, factor);
                let corner = outlined.px_bounds().min;
                outlined.draw(|dx, dy, coverage| canvas.add(corner.x, corner.y, (dx, dy), coverage));
            }
        });
    }

    fn of(&self, weight: Weight) -> &FontRef<'f> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Where each character of a text stands, one after the other.
    ///
    /// Full-width characters stand in the middle of their cells. A run of half-width ones is set in its own
    /// proportions within the cells of the run; a text of nothing else may take all the room that its style gives.
    pub(crate) fn place(&self, text: &str, style: Style, left: f32, mut put: impl FnMut(Placed)) {
        let pen = Pen { font: self.of(style.weight), em: style.cell * 2.0 };
        if text.chars().all(|c| columns_of_char(c) < 2) {
            let begin = match style.edge {
                Edge::Left => left,
                Edge::Middle => left + (style.cell * cells(columns_of(text)) - style.room) / 2.0,
                Edge::Right => left + style.cell * cells(columns_of(text)) - style.room,
            };
            return pen.narrow_run(text, begin, style.room, style.edge, &mut put);
        }
        let mut x = left;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let narrow = columns_of_char(first) < 2;
            let end = match narrow {
                true => rest.find(|c| columns_of_char(c) == 2).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            let (run, after) = rest.split_at(end);
            let columns: usize = run.chars().map(columns_of_char).sum();
            let cells = style.cell * cells(columns);
            match narrow {
                true => {
                    let (at_begin, at_end) = (rest.len() == text.len(), after.is_empty());
                    pen.narrow_run(run, x, cells, style.anchor_of(at_begin, at_end), &mut put);
                }
                false => pen.full_width(first, x, cells, &mut put),
            }
            x += cells;
            rest = after;
        }
    }
}

/// A character in its place on the line, lengths in dots.
#[derive(Clone, Copy)]
pub(crate) enum Placed {
    /// One that the font has.
    Glyph {
        /// Its number in the font.
        id: GlyphId,
        /// The character.
        c: char,
        /// Where its advance begins.
        x: f32,
        /// How much narrower than the font has it.
        squeeze: f32,
    },
    /// One that it has not.
    Missing {
        /// The character.
        c: char,
        /// Left edge of its box.
        x: f32,
        /// Width of its box.
        width: f32,
    },
}

/// The box of a character that no font has, as high as its em, on a canvas of its own.
pub(crate) fn code_point(c: char, width: f32, em: f32, canvas: &mut Canvas) {
    code_point_box::draw(c, 0.0, 0.0, width, em, canvas);
}

/// Where the baseline of a line is whose em square begins at `top`.
pub(crate) fn baseline(top: f32, em: f32) -> f32 {
    (top + em * ASCENT).round()
}

fn per_unit(font: &FontRef<'_>, em: f32) -> f32 {
    em / font.units_per_em().unwrap_or(1000.0)
}

/// How a text is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// How dark.
    pub(crate) weight: Weight,
    /// Width of half a column in dots.
    pub(crate) cell: f32,
    /// Dots that the text may take without touching another; at least its cells.
    pub(crate) room: f32,
    /// Which edge of the text is an edge of the paper's layout.
    pub(crate) edge: Edge,
}

/// The edge that the ends of a text line up with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    Left,
    Middle,
    Right,
}

impl Style {
    fn anchor_of(self, at_begin: bool, at_end: bool) -> Edge {
        match (self.edge, at_begin, at_end) {
            (Edge::Left, true, _) => Edge::Left,
            (Edge::Right, _, true) => Edge::Right,
            _ => Edge::Middle,
        }
    }
}

fn cells(columns: usize) -> f32 {
    f32::from(u16::try_from(columns).unwrap_or(u16::MAX))
}

struct Pen<'a, 'f> {
    font: &'a FontRef<'f>,
    em: f32,
}

impl Pen<'_, '_> {
    fn full_width(&self, c: char, x: f32, cells: f32, put: &mut impl FnMut(Placed)) {
        let id = self.font.glyph_id(c);
        if id.0 == 0 {
            return put(Placed::Missing { c, x, width: cells });
        }
        let advance = self.font.h_advance_unscaled(id) * per_unit(self.font, self.em);
        let squeeze = (cells / advance).min(1.0);
        put(Placed::Glyph { id, c, x: x + (cells - advance * squeeze) / 2.0, squeeze });
    }

    fn narrow_run(&self, run: &str, x: f32, cells: f32, anchor: Edge, put: &mut impl FnMut(Placed)) {
        let (half, per_unit) = (self.em / 2.0, per_unit(self.font, self.em));
        let ids: Vec<(char, GlyphId)> = run.chars().map(|c| (c, self.font.glyph_id(c))).collect();
        let advance = |(c, id): (char, GlyphId)| match (id.0, columns_of_char(c)) {
            (_, 0) => 0.0,
            (0, _) => half / LATIN_WIDTH,
            (_, _) => self.font.h_advance_unscaled(id) * per_unit,
        };
        let natural: f32 = ids.iter().map(|g| advance(*g)).sum();
        if natural <= 0.0 {
            return;
        }
        let squeeze = (cells / natural).min(LATIN_WIDTH);
        let free = cells - natural * squeeze;
        let mut pen = match anchor {
            Edge::Left => x,
            Edge::Middle => x + free / 2.0,
            Edge::Right => x + free,
        };
        for (c, id) in ids {
            let step = advance((c, id)) * squeeze;
            match (id.0, columns_of_char(c)) {
                (0, 0) => {}
                (0, _) => put(Placed::Missing { c, x: pen, width: step }),
                // A mark without a width of its own stands over the character before it.
                (_, _) => put(Placed::Glyph { id, c, x: pen, squeeze }),
            }
            pen += step;
        }
    }
}
