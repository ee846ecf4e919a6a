//! The terminal's own papers on A4, for units that have only a document printer.
//!
//! Duty: one placing of every character and line, from which the PDF/A and the screen's picture are both made. Never: lay
//! out text: lines come from `domain::paper::document`, as for receipts, at A4's width.

mod pdf;

use domain::paper::document::{Columns, GreyPicture, LayoutItem, PaperDocument, PaperLine};
use domain::terminal::Timestamp;

use super::{Document, DocumentError};
use crate::receipt_printer::PaperFonts;
use crate::receipt_printer::font::{Placed, Style, baseline, code_point};
use crate::receipt_printer::painter::{RULE_TOP, line_texts};
use crate::receipt_printer::qr::{QUIET, QrSymbol};
use crate::receipt_printer::raster::Canvas;

/// Points (1/72 inch) of a dot. Running text, 24 dots, is 14 points: large print for older readers.
const POINT: f32 = 14.0 / 24.0;
/// A4 in dots, 595.28 × 841.89 points.
const WIDTH: usize = 1020;
const HEIGHT: usize = 1443;
/// Dots across that are written on: 168 mm, 68 columns.
pub const COLUMN: u16 = 816;
const LEFT: usize = 102;
/// Above and below: 20 mm.
const TOP: usize = 98;
const BOTTOM: usize = HEIGHT - TOP;

/// The typeface of the paper, embedded as far as it is used.
pub struct FormFonts<'f> {
    paper: PaperFonts<'f>,
    regular: krilla::text::Font,
    bold: krilla::text::Font,
}

/// Why there is no such form.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The bytes are no font.
    #[error("the typeface of the paper is no OpenType font")]
    Font,
    /// A code has too much in it.
    #[error("a QR code has too much in it")]
    Qr,
    /// A4 forms have no pictures.
    #[error("a picture is not drawn on an A4 form")]
    Picture,
    /// The library could not write it as PDF/A.
    #[error("the form cannot be written as PDF/A: {0}")]
    Pdf(String),
    /// What was written is not what may be printed.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

/// What the file says of itself beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormProperties<'p> {
    /// What it is; never a resident's data.
    pub title: &'p str,
    /// Its language, `zh-CN`.
    pub language: &'p str,
    /// When it is made.
    pub created: Timestamp,
}

impl<'f> FormFonts<'f> {
    /// Both weights as OpenType files.
    ///
    /// # Errors
    /// One of them is no font.
    pub fn new(regular: &'f [u8], bold: &'f [u8]) -> Result<Self, FormError> {
        let font = |bytes: &[u8]| krilla::text::Font::new(bytes.to_vec().into(), 0).ok_or(FormError::Font);
        let paper = PaperFonts::new(regular, bold).map_err(|_| FormError::Font)?;
        Ok(Self { paper, regular: font(regular)?, bold: font(bold)? })
    }
}

/// A paper on A4, placed: the pages of the file and their pictures are the same marks.
pub struct Form<'d, 'f> {
    fonts: &'f FormFonts<'f>,
    pages: Vec<Vec<Mark<'d>>>,
}

/// Something on a page; lengths in dots from the page's top left corner.
enum Mark<'d> {
    /// A line of text whose em square begins at `top`.
    Line { line: &'d PaperLine, top: usize },
    /// A black rectangle.
    Bar { left: usize, top: usize, width: usize, height: usize },
}

/// Lays a paper out on A4 and hands the form over while the lines live.
///
/// # Errors
/// The paper has something that no such form has.
pub fn with_form<T>(
    document: &PaperDocument,
    fonts: &FormFonts<'_>,
    work: impl FnOnce(&Form<'_, '_>) -> Result<T, FormError>,
) -> Result<T, FormError> {
    let items = document.layout(Columns::of_dots(COLUMN));
    work(&Form { fonts, pages: pages(&items)? })
}

fn pages<'d>(items: &'d [LayoutItem<'d>]) -> Result<Vec<Vec<Mark<'d>>>, FormError> {
    let mut pages = vec![Vec::new()];
    let mut top = TOP;
    for item in items {
        let symbol = match item {
            LayoutItem::Qr(payload) => {
                Some(QrSymbol::new(payload.reveal(), COLUMN).map_err(|_| FormError::Qr)?)
            }
            _ => None,
        };
        let height = match item {
            LayoutItem::Line(line) => usize::from(line.size.pitch()),
            LayoutItem::Rule => usize::from(domain::paper::document::TextSize::Normal.pitch()),
            LayoutItem::Space(rows) => usize::from(*rows),
            LayoutItem::Qr(_) => symbol.as_ref().map_or(0, QrSymbol::rows),
            LayoutItem::Picture(_) => return Err(FormError::Picture),
        };
        if top + height > BOTTOM {
            // Empty paper at the end of a page is left out.
            pages.push(Vec::new());
            top = TOP;
            if matches!(item, LayoutItem::Space(_)) {
                continue;
            }
        }
        let Some(page) = pages.last_mut() else { continue };
        match item {
            LayoutItem::Line(line) => page.push(Mark::Line { line, top }),
            LayoutItem::Rule => {
                page.push(Mark::Bar {
                    left: LEFT,
                    top: top + RULE_TOP,
                    width: usize::from(COLUMN),
                    height: 2,
                });
            }
            LayoutItem::Space(_) | LayoutItem::Picture(_) => {}
            LayoutItem::Qr(_) => page.extend(symbol.iter().flat_map(|symbol| bars(symbol, top))),
        }
        top += height;
    }
    Ok(pages)
}

/// A symbol in the middle, its dark modules side by side as one bar, so that no hair of white parts them.
fn bars<'d>(symbol: &QrSymbol, top: usize) -> Vec<Mark<'d>> {
    let side = symbol.module;
    let left = LEFT + (usize::from(COLUMN) - symbol.size * side) / 2;
    let mut bars = Vec::new();
    for y in 0..symbol.size {
        let mut x = 0;
        while x < symbol.size {
            let length = (x..symbol.size).take_while(|x| symbol.is_dark(*x, y)).count();
            if length > 0 {
                let (left, top) = (left + x * side, top + (QUIET + y) * side);
                bars.push(Mark::Bar { left, top, width: length * side, height: side });
            }
            x += length.max(1);
        }
    }
    bars
}

impl Form<'_, '_> {
    /// The file: PDF/A-2u, with the characters that it uses embedded.
    ///
    /// # Errors
    /// It cannot be written, or is not what may be printed.
    pub fn pdf(&self, properties: &FormProperties<'_>) -> Result<Document, FormError> {
        Ok(Document::inspect(pdf::write(self, properties)?)?)
    }

    /// The pages as grey pictures for the screen, a pixel a dot (123 to the inch).
    pub fn pictures(&self) -> Vec<GreyPicture> {
        let picture = |page: &Vec<Mark<'_>>| {
            let mut canvas = Canvas::new(WIDTH, HEIGHT);
            for mark in page {
                match mark {
                    Mark::Bar { left, top, width, height } => canvas.blacken(*left, *top, *width, *height),
                    Mark::Line { line, top } => {
                        let mut part = Canvas::new(WIDTH, usize::from(line.size.pitch()));
                        line_texts(line, COLUMN, |text, left, style| {
                            self.fonts.paper.draw(text, style, left + dots(LEFT), 0.0, &mut part);
                        });
                        canvas.lay(&part, 0, *top);
                    }
                }
            }
            canvas.into_picture()
        };
        self.pages.iter().filter_map(picture).collect()
    }
}

/// A length of a page, which is far below what a float holds exactly.
fn dots(length: usize) -> f32 {
    f32::from(u16::try_from(length).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests;
