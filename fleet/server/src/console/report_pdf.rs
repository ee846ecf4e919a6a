//! A report as a file: A4, PDF/A-2u (ISO 19005-2), with the characters that it uses embedded.
//!
//! Duty: place a title, paragraphs and a table with its head on every page. Never: reckon anything.

use ab_glyph::{Font as _, FontRef, ScaleFont as _};
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use time::OffsetDateTime;

/// The typeface of the terminal's papers, of which a file has the characters that it uses.
static TYPEFACE: &[u8] = include_bytes!("../../../../assets/fonts/YilinSans-Regular.otf");

/// A4 in points (1/72 inch).
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
/// 20 mm at each edge.
const EDGE: f32 = 56.7;
const TITLE: f32 = 18.0;
const TEXT: f32 = 10.0;
const SMALL: f32 = 8.5;
/// A line of the table.
const ROW: f32 = 22.0;

/// What is told.
pub(super) struct Report<'r> {
    /// What it is.
    pub(super) title: &'r str,
    /// `zh-CN` or `en`.
    pub(super) language: &'r str,
    /// When it is made, in the city's time.
    pub(super) made: OffsetDateTime,
    /// Sentences under the title.
    pub(super) paragraphs: Vec<String>,
    /// The table's head; the first column is of names, the others of figures.
    pub(super) head: Vec<String>,
    /// Its lines, each as long as the head; the last one is the sum.
    pub(super) rows: Vec<Vec<String>>,
    /// At the foot of a page: its number and how many there are.
    pub(super) foot: &'r dyn Fn(usize, usize) -> String,
}

/// The library could not write it.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written as PDF/A: {0}")]
pub(super) struct PdfError(String);

/// The file.
///
/// # Errors
/// The library refused, or the typeface is none.
pub(super) fn write(report: &Report<'_>) -> Result<Vec<u8>, PdfError> {
    let wrong = |what: &dyn std::fmt::Debug| PdfError(format!("{what:?}"));
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| wrong(&error))?;
    let pen = Pen::new()?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..Default::default() });
    document.set_metadata(metadata(report));
    let paragraphs: Vec<Vec<&str>> =
        report.paragraphs.iter().map(|text| pen.wrap(text, TEXT, WIDTH - 2.0 * EDGE)).collect();
    let lines: usize = paragraphs.iter().map(Vec::len).sum();
    let above = EDGE + TITLE * 1.6 + lines as f32 * TEXT * 1.6 + paragraphs.len() as f32 * 4.0 + 10.0;
    let pages = pages(report.rows.len(), above);
    for (number, rows) in pages.iter().enumerate() {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| wrong(&"no page"))?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        let mut top = EDGE;
        if number == 0 {
            pen.write(&mut surface, report.title, EDGE, top + TITLE, TITLE);
            top += TITLE * 1.6;
            for paragraph in &paragraphs {
                for line in paragraph {
                    pen.write(&mut surface, line, EDGE, top + TEXT, TEXT);
                    top += TEXT * 1.6;
                }
                top += 4.0;
            }
            top += 10.0;
        }
        pen.row(&mut surface, &report.head, top, SMALL);
        rule(&mut surface, top + ROW, 1.0);
        top += ROW;
        for at in rows.clone() {
            if at + 1 == report.rows.len() {
                rule(&mut surface, top, 1.0);
            }
            pen.row(&mut surface, &report.rows[at], top, TEXT);
            top += ROW;
            rule(&mut surface, top, 0.3);
        }
        let foot = (report.foot)(number + 1, pages.len());
        let left = WIDTH - EDGE - pen.width(&foot, SMALL);
        pen.write(&mut surface, &foot, left, HEIGHT - EDGE / 2.0, SMALL);
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| wrong(&error))
}

/// Which lines stand on which page; the first begins lower. A page has at least one line.
fn pages(rows: usize, above: f32) -> Vec<std::ops::Range<usize>> {
    let fits = |top: f32| {
        let mut lines = 0;
        while top + ROW * (lines as f32 + 2.0) <= HEIGHT - EDGE {
            lines += 1;
        }
        lines.max(1)
    };
    let mut pages = Vec::new();
    let (mut top, mut from) = (above, 0);
    loop {
        let end = rows.min(from + fits(top));
        pages.push(from..end);
        if end == rows {
            return pages;
        }
        (top, from) = (EDGE, end);
    }
}

fn metadata(report: &Report<'_>) -> Metadata {
    let at = report.made;
    let made = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month() as u8)
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(at.offset().whole_hours())
        .utc_offset_minute(at.offset().minutes_past_hour().unsigned_abs());
    Metadata::new().title(report.title.to_owned()).language(report.language.to_owned()).creation_date(made)
}

/// A line across, its middle at `y`.
fn rule(surface: &mut Surface<'_>, y: f32, thick: f32) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(EDGE, y - thick / 2.0, WIDTH - 2.0 * EDGE, thick) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Whether a line never begins with it: commas, stops and full-width signs.
const fn ends_a_part(c: char) -> bool {
    matches!(c, '\u{3001}' | '\u{3002}' | '\u{FF01}'..='\u{FF5E}')
}

/// Writes in the typeface.
struct Pen {
    font: Font,
    shapes: FontRef<'static>,
}

impl Pen {
    fn new() -> Result<Self, PdfError> {
        let none = || PdfError("the typeface is no OpenType font".to_owned());
        let font = Font::new(TYPEFACE.to_vec().into(), 0).ok_or_else(none)?;
        let shapes = FontRef::try_from_slice(TYPEFACE).map_err(|_| none())?;
        Ok(Self { font, shapes })
    }

    /// How far a character reaches, in ems.
    fn advance(&self, c: char) -> f32 {
        let units = self.shapes.units_per_em().unwrap_or(1000.0);
        self.shapes.as_scaled(self.shapes.height_unscaled()).h_advance(self.shapes.glyph_id(c)) / units
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size
    }

    /// Lines that are no wider; a line breaks at a space or at a Chinese character.
    fn wrap<'t>(&self, text: &'t str, size: f32, wide: f32) -> Vec<&'t str> {
        let mut lines = Vec::new();
        let (mut begin, mut room) = (0, None);
        let mut reach = 0.0;
        for (at, c) in text.char_indices() {
            if c == ' ' || !(c.is_ascii() || ends_a_part(c)) {
                room = Some(at);
            }
            reach += self.advance(c) * size;
            if reach > wide
                && let Some(end) = room.filter(|end| *end > begin)
            {
                lines.push(text[begin..end].trim());
                begin = end;
                reach = self.width(&text[begin..at + c.len_utf8()], size);
            }
        }
        lines.push(text[begin..].trim());
        lines
    }

    /// A line of the table: the first cell from the left, the others to the right edge of their column.
    fn row(&self, surface: &mut Surface<'_>, cells: &[String], top: f32, size: f32) {
        let all = WIDTH - 2.0 * EDGE;
        let first = all * 0.28;
        let each = (all - first) / (cells.len().saturating_sub(1).max(1)) as f32;
        let line = top + ROW / 2.0 + size * 0.36;
        for (at, cell) in cells.iter().enumerate() {
            let left = match at {
                0 => EDGE,
                at => EDGE + first + each * at as f32 - self.width(cell, size),
            };
            self.write(surface, cell, left, line, size);
        }
    }

    /// A text whose foot is at `line`.
    fn write(&self, surface: &mut Surface<'_>, text: &str, left: f32, line: f32, size: f32) {
        let glyphs: Vec<KrillaGlyph> = text
            .char_indices()
            .map(|(at, c)| {
                let id = GlyphId::new(u32::from(self.shapes.glyph_id(c).0));
                KrillaGlyph::new(id, self.advance(c), 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
            })
            .collect();
        surface.draw_glyphs(Point::from_xy(left, line), &glyphs, self.font.clone(), text, size, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_on_one_page_and_in_its_order() {
        for rows in [0, 1, 27, 28, 60, 500] {
            let pages = pages(rows, 200.0);
            assert_eq!(
                pages.iter().flat_map(Clone::clone).collect::<Vec<_>>(),
                (0..rows).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn no_line_is_wider_than_the_paper() {
        let pen = Pen::new().expect("the typeface is a font");
        for text in
            ["城市社区中至少有一台通用终端的数量".repeat(9), "communities with a terminal ".repeat(20)]
        {
            let lines = pen.wrap(&text, TEXT, 400.0);
            assert!(lines.iter().all(|line| pen.width(line, TEXT) <= 400.0), "{lines:?}");
            let kept: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            assert_eq!(kept, text.chars().filter(|c| *c != ' ').collect::<String>());
        }
    }
}
