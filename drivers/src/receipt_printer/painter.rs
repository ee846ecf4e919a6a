//! A paper as dots.
//!
//! Duty: one drawing for the screen and for every line that a printer's own font cannot print. Never: lay out text: lines
//! come from `domain::paper::document`, so that all ways of showing a paper agree to the row.

use domain::paper::document::{
    Align, Columns, GreyPicture, LayoutItem, LineContent, PaperDocument, PaperLine, TextSize, columns_of,
};

use super::dither::fitted;
use super::escpos::DocumentError;
use super::font::{Edge, PaperFonts, Style};
use super::qr::{QUIET, QrSymbol};
use super::raster::Canvas;

/// The whole paper as a grey picture of so many dots across, without margins above and below; row for row what a
/// printer of that width puts out, in grey where it has only dots.
///
/// # Errors
/// The document has a code that no paper of that width holds.
pub fn paint(
    document: &PaperDocument,
    dots: u16,
    fonts: &PaperFonts<'_>,
) -> Result<GreyPicture, DocumentError> {
    let items = document.layout(Columns::of_dots(dots));
    let width = usize::from(dots);
    let mut parts = Vec::with_capacity(items.len());
    for item in &items {
        parts.push(match item {
            LayoutItem::Line(line) => line_canvas(line, dots, fonts),
            LayoutItem::Rule => rule_canvas(dots),
            LayoutItem::Space(rows) => Canvas::new(width, usize::from(*rows)),
            LayoutItem::Qr(payload) => symbol_canvas(&QrSymbol::new(payload.reveal(), dots)?, dots),
            LayoutItem::Picture(picture) => picture_canvas(picture, dots),
        });
    }
    let height = parts.iter().map(Canvas::height).sum();
    let mut paper = Canvas::new(width, height);
    let mut top = 0;
    for part in &parts {
        paper.lay(part, 0, top);
        top += part.height();
    }
    paper.into_picture().ok_or(DocumentError::Empty)
}

/// A line of text, as high as its pitch.
pub(super) fn line_canvas(line: &PaperLine, dots: u16, fonts: &PaperFonts<'_>) -> Canvas {
    let mut canvas = Canvas::new(usize::from(dots), usize::from(line.size.pitch()));
    line_texts(line, dots, |text, left, style| fonts.draw(text, style, left, 0.0, &mut canvas));
    canvas
}

/// Each text of a line: where its first cell begins, and how it is drawn.
pub(crate) fn line_texts(line: &PaperLine, dots: u16, mut draw: impl FnMut(&str, f32, Style)) {
    let cell = f32::from(line.size.dots()) / 2.0;
    let width = |text: &str| cell * f32::from(u16::try_from(columns_of(text)).unwrap_or(u16::MAX));
    let paper = f32::from(dots);
    let mut draw = |text: &str, left: f32, room: f32, edge| {
        draw(text, left, Style { weight: line.weight, cell, room, edge });
    };
    match &line.content {
        LineContent::Text { text, align, indent } => {
            let (text, indent) = (text.reveal(), cell * f32::from(*indent));
            match align {
                Align::Left => draw(text, indent, paper - indent, Edge::Left),
                Align::Centre => draw(text, ((paper - width(text)) / 2.0).floor(), paper, Edge::Middle),
                Align::Right => draw(text, paper - width(text), paper, Edge::Right),
            }
        }
        LineContent::Pair { label, value } => {
            let value = value.reveal();
            let free = (paper - width(label) - width(value) - cell * 2.0).max(0.0);
            draw(label, 0.0, width(label) + free / 2.0, Edge::Left);
            draw(value, paper - width(value), width(value) + free / 2.0, Edge::Right);
        }
    }
}

/// Rows above the ink of a rule: where a printer's own `─` has its stroke.
pub(crate) const RULE_TOP: usize = 11;

/// A rule, as high as a line of normal text.
pub(super) fn rule_canvas(dots: u16) -> Canvas {
    let mut canvas = Canvas::new(usize::from(dots), usize::from(TextSize::Normal.pitch()));
    canvas.blacken(0, RULE_TOP, usize::from(dots), 2);
    canvas
}

/// A code in the middle, its quiet zone above and below included.
fn symbol_canvas(symbol: &QrSymbol, dots: u16) -> Canvas {
    let width = usize::from(dots);
    let mut canvas = Canvas::new(width, symbol.rows());
    let left = (width - symbol.size * symbol.module) / 2;
    for (x, y) in (0..symbol.size * symbol.size).map(|i| (i % symbol.size, i / symbol.size)) {
        if symbol.is_dark(x, y) {
            let (x, y) = (left + x * symbol.module, (QUIET + y) * symbol.module);
            canvas.blacken(x, y, symbol.module, symbol.module);
        }
    }
    canvas
}

fn picture_canvas(picture: &GreyPicture, dots: u16) -> Canvas {
    let width = usize::from(dots);
    let Some(picture) = fitted(picture, width) else { return Canvas::new(width, 0) };
    let mut canvas = Canvas::new(width, picture.height());
    canvas.lay_picture(&picture, (width - picture.width()) / 2, 0);
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
    const BOLD: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Bold.otf");

    fn black(document: &PaperDocument, dots: u16) -> (usize, GreyPicture) {
        let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
        let picture = paint(document, dots, &fonts).unwrap();
        (picture.pixels().iter().filter(|p| **p < 128).count(), picture)
    }

    #[test]
    fn no_character_is_drawn_as_nothing() {
        // Common, rare, beyond the BMP, private, unassigned, of a script that the typeface lacks, a control character.
        for c in
            ['中', '䶮', '𠅤', '\u{2A6D6}', '\u{E863}', '\u{10FFFD}', 'ꜳ', 'ؼ', '한', '\u{1}', 'ö', '-', '.']
        {
            for size in [TextSize::Normal, TextSize::Large, TextSize::Title] {
                let text = domain::personal::Personal::new(c);
                let paper = PaperDocument::new().text(text, size, Align::Left, Default::default());
                let (ink, _) = black(&paper, 576);
                assert!(ink >= 3, "U+{:04X} at {size:?} leaves {ink} dots", u32::from(c));
            }
        }
    }

    #[test]
    fn two_code_points_make_two_boxes() {
        let of = |c: char| black(&PaperDocument::new().paragraph(String::from(c)), 576).1;
        assert_ne!(of('\u{E863}'), of('\u{E864}'));
        assert_ne!(of('\u{E863}'), of('\u{10E863}'));
    }

    #[test]
    fn a_value_ends_at_the_right_edge_and_a_label_begins_at_the_left() {
        let (_, picture) = black(&PaperDocument::new().pair("申请人", "张示例"), 384);
        let columns: Vec<usize> =
            (0..384).filter(|x| (0..picture.height()).any(|y| picture.pixels()[y * 384 + x] < 128)).collect();
        assert!(columns.first().is_some_and(|x| *x < 4), "{columns:?}");
        assert!(columns.last().is_some_and(|x| *x > 379), "{columns:?}");
    }
}
