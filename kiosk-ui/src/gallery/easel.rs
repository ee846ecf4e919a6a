//! Draws the page that is shown, as often as there are modes, languages and sizes.

use super::GalleryError;
use crate::cli::GalleryOptions;
use crate::headless::Booth;
use crate::headless::elements::Element;
use crate::output::Output;
use crate::profile::ScreenProfile;
use domain::display_mode::DisplayMode;
use domain::locale::Locale;
use domain::session::event::{EventKind, Tap};
use domain::session::page::Page;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The sizes that the pages are made for.
const SCREENS: [(u32, u32); 3] = [(1080, 1920), (800, 1280), (1920, 1080)];

pub(super) struct Easel {
    page: Option<String>,
    modes: Vec<DisplayMode>,
    locales: Vec<Locale>,
    screens: Vec<ScreenProfile>,
    out: PathBuf,
    output: Output,
    drawn: Vec<(Page, String)>,
}

impl Easel {
    pub(super) fn new(options: &GalleryOptions, out: PathBuf, output: Output) -> Self {
        let usual_modes = || ["standard", "large"].iter().filter_map(|mode| mode.parse().ok()).collect();
        let usual_screens = || SCREENS.iter().map(|(w, h)| ScreenProfile::of(*w, *h)).collect();
        Self {
            page: options.page.clone(),
            modes: options.mode.map_or_else(usual_modes, |mode| vec![mode]),
            locales: options.locale.map_or_else(|| vec![Locale::ZhCn, Locale::En], |locale| vec![locale]),
            screens: options.screen.map_or_else(usual_screens, |screen| vec![screen]),
            out,
            output,
            drawn: Vec::new(),
        }
    }

    pub(super) fn first_screen(&self) -> ScreenProfile {
        self.screens.first().copied().unwrap_or(ScreenProfile::UPRIGHT)
    }

    /// Draws the page under this name in every way that is wanted, and leaves it as it was.
    pub(super) fn draw(&mut self, booth: &Booth, page: Page, name: &str) -> Result<(), GalleryError> {
        if self.page.as_deref().is_some_and(|wanted| wanted != name) {
            return Ok(());
        }
        for screen in self.screens.clone() {
            booth.fit(screen);
            for locale in self.locales.clone() {
                for mode in self.modes.clone() {
                    dress(booth, locale, mode);
                    self.keep(booth, page, name, mode, locale, screen)?;
                }
            }
        }
        dress(booth, Locale::default(), DisplayMode::default());
        booth.fit(self.first_screen());
        Ok(())
    }

    fn keep(
        &mut self,
        booth: &Booth,
        page: Page,
        name: &str,
        mode: DisplayMode,
        locale: Locale,
        screen: ScreenProfile,
    ) -> Result<(), GalleryError> {
        let (width, height, px_per_mm) = (screen.width, screen.height, screen.px_per_mm);
        let name = format!("{name}.{mode}.{locale}.{width}x{height}");
        let failed = |path: &Path, cause: String| GalleryError::File { path: path.to_owned(), cause };
        let picture = self.out.join(format!("{name}.png"));
        booth.stage().picture().save(&picture).map_err(|error| failed(&picture, error.to_string()))?;
        let elements: Vec<Value> =
            booth.stage().elements().iter().map(|element| described(element, px_per_mm)).collect();
        let description = json!({
            "page": page.name(), "mode": mode.to_string(), "locale": locale.to_string(),
            "width": width, "height": height, "px_per_mm": px_per_mm, "elements": elements,
        });
        let path = self.out.join(format!("{name}.json"));
        std::fs::write(&path, format!("{description:#}\n"))
            .map_err(|error| failed(&path, error.to_string()))?;
        self.output.line(&name, &json!({"picture": picture}));
        self.drawn.push((page, name));
        Ok(())
    }

    /// Writes the page on which all of them hang.
    pub(super) fn hang(self) -> Result<(), GalleryError> {
        let mut html = String::from(
            "<!doctype html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n<style>\
             body{font:16px sans-serif;margin:2em}div{display:flex;flex-wrap:wrap;gap:1em}\
             figure{margin:0}img{height:480px;border:1px solid #999}figcaption{font-size:12px}</style>\n",
        );
        let mut last = None;
        for (page, name) in &self.drawn {
            if last != Some(*page) {
                // A string takes every line.
                let _ =
                    write!(html, "{}<h2>{page}</h2>\n<div>\n", if last.is_some() { "</div>\n" } else { "" });
                last = Some(*page);
            }
            let _ = writeln!(
                html,
                "<figure><a href=\"{name}.png\"><img src=\"{name}.png\" alt=\"{name}\" loading=\"lazy\"></a>\
                 <figcaption><a href=\"{name}.json\">{name}</a></figcaption></figure>"
            );
        }
        html.push_str(if last.is_some() { "</div>\n</html>\n" } else { "</html>\n" });
        let path = self.out.join("index.html");
        std::fs::write(&path, html).map_err(|error| GalleryError::File { path, cause: error.to_string() })
    }
}

/// Puts a page into a language and a mode. On the idle page whoever chooses one begins a visit.
fn dress(booth: &Booth, locale: Locale, mode: DisplayMode) {
    if booth.page() != Page::Idle {
        booth.happen(EventKind::Tap(Tap::Language(locale)));
        booth.happen(EventKind::Tap(Tap::Mode(mode)));
    }
    booth.stage().settle();
}

fn described(element: &Element, px_per_mm: f32) -> Value {
    let mut value = json!(element);
    value["em_mm"] = json!(element.em_px.map(|em| em / px_per_mm));
    value
}
