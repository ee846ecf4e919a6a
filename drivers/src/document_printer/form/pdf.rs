//! A form as PDF/A-2u (ISO 19005-2), written by `krilla`, which checks it against the standard.
//!
//! Duty: every mark where the picture has it, every character readable again as text. Never: place anything.

use domain::paper::document::Weight;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::{
    COLUMN, Canvas, Form, FormError, FormProperties, HEIGHT, LEFT, Mark, POINT, Placed, Style, WIDTH,
    baseline, code_point, dots, line_texts,
};

pub(super) fn write(form: &Form<'_, '_>, properties: &FormProperties<'_>) -> Result<Vec<u8>, FormError> {
    let wrong = |error: &dyn std::fmt::Display| FormError::Pdf(error.to_string());
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| FormError::Pdf(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..Default::default() });
    document.set_metadata(metadata(properties));
    for page in &form.pages {
        let size = PageSettings::from_wh(dots(WIDTH) * POINT, dots(HEIGHT) * POINT);
        let mut sheet = document.start_page_with(size.ok_or(FormError::Pdf("no page".to_owned()))?);
        let mut surface = sheet.surface();
        // From here on a unit is a dot.
        surface.push_transform(&Transform::from_scale(POINT, POINT));
        for mark in page {
            match mark {
                Mark::Bar { left, top, width, height } => {
                    fill(&mut surface, &[(*left, *top, *width, *height)]);
                }
                Mark::Line { line, top } => line_texts(line, COLUMN, |text, left, style| {
                    Writer { form, style, top: *top }.write(text, left + dots(LEFT), &mut surface);
                }),
            }
        }
        surface.pop();
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| wrong(&error))
}

fn metadata(properties: &FormProperties<'_>) -> Metadata {
    let at = properties.created;
    let made = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month() as u8)
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(at.offset().whole_hours())
        .utc_offset_minute(at.offset().minutes_past_hour().unsigned_abs());
    Metadata::new()
        .title(properties.title.to_owned())
        .language(properties.language.to_owned())
        .creation_date(made)
}

fn fill(surface: &mut Surface<'_>, bars: &[(usize, usize, usize, usize)]) {
    let mut path = PathBuilder::new();
    for (left, top, width, height) in bars {
        if let Some(rect) = Rect::from_xywh(dots(*left), dots(*top), dots(*width), dots(*height)) {
            path.push_rect(rect);
        }
    }
    let path: Option<Path> = path.finish();
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

/// Writes the texts of one line.
struct Writer<'w> {
    form: &'w Form<'w, 'w>,
    style: Style,
    top: usize,
}

/// Characters side by side that are equally narrow.
struct Run {
    text: String,
    x: f32,
    squeeze: f32,
    glyphs: Vec<KrillaGlyph>,
    /// Where the last one begins.
    last: f32,
}

impl Writer<'_> {
    fn write(&self, text: &str, left: f32, surface: &mut Surface<'_>) {
        let mut run: Option<Run> = None;
        self.form.fonts.paper.place(text, self.style, left, |placed| match placed {
            Placed::Missing { c, x, width } => {
                self.end(run.take(), surface);
                self.missing(c, x, width, surface);
            }
            Placed::Glyph { id, c, x, squeeze } => {
                if run.as_ref().is_none_or(|run| (run.squeeze - squeeze).abs() > f32::EPSILON) {
                    self.end(run.take(), surface);
                }
                let run = run.get_or_insert_with(|| Run {
                    text: String::new(),
                    x,
                    squeeze,
                    glyphs: Vec::new(),
                    last: x,
                });
                // The one before reaches to this one; how far this one reaches shows with the next.
                if let Some(before) = run.glyphs.last_mut() {
                    before.x_advance = (x - run.last) / squeeze / self.em();
                }
                run.last = x;
                let from = run.text.len();
                run.text.push(c);
                let range = from..run.text.len();
                let id = GlyphId::new(u32::from(id.0));
                run.glyphs.push(KrillaGlyph::new(id, 0.0, 0.0, 0.0, 0.0, range, None));
            }
        });
        self.end(run, surface);
    }

    fn em(&self) -> f32 {
        self.style.cell * 2.0
    }

    fn end(&self, run: Option<Run>, surface: &mut Surface<'_>) {
        let Some(run) = run else { return };
        let font = match self.style.weight {
            Weight::Regular => &self.form.fonts.regular,
            Weight::Bold => &self.form.fonts.bold,
        };
        let place =
            Transform::from_row(run.squeeze, 0.0, 0.0, 1.0, run.x, baseline(dots(self.top), self.em()));
        surface.push_transform(&place);
        let start = Point::from_xy(0.0, 0.0);
        surface.draw_glyphs(start, &run.glyphs, font.clone(), &run.text, self.em(), false);
        surface.pop();
    }

    /// The box with the code point, as on every paper: never nothing.
    fn missing(&self, c: char, x: f32, width: f32, surface: &mut Surface<'_>) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on a page")]
        let (left, across, down) = (x.round() as usize, width.ceil() as usize + 1, self.em() as usize + 1);
        let mut canvas = Canvas::new(across, down);
        code_point(c, width, self.em(), &mut canvas);
        let bars = canvas.stretches().into_iter().map(|(y, x, length)| (left + x, self.top + y, length, 1));
        fill(surface, &bars.collect::<Vec<_>>());
    }
}
