//! The typeface of the screen, which comes with the program: a page has the same pixels on every machine.
//!
//! Duty: hand the shipped faces to the user interface, and tell which characters they lack.
//! Never: let a font of the machine in, or let a character be drawn as nothing (docs/decisions/fonts.md).

use ab_glyph::{Font, FontRef};
use shipped::{AssetError, Typeface};
use slint::fontique_011::fontique::{Blob, FamilyId, GenericFamily};
use slint::fontique_011::shared_collection;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// The family's name, for `default-font-family`. It has the weights 400 and 700.
pub const FAMILY: &str = "Yilin Sans";

/// A frame for every character of Unicode that leaves a mark.
static MISSING: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Missing.ttf");

/// Makes the shipped typeface the only one of this thread's user interface, whatever family a text asks for.
///
/// Once for each thread, after its platform is set and before its first component: without it the first text panics.
///
/// # Errors
/// The typeface is not where it belongs.
pub fn install() -> Result<(), AssetError> {
    let Typeface { regular, bold } = shipped::typeface()?;
    let mut collection = shared_collection();
    let mut families: Vec<FamilyId> = Vec::new();
    for face in [regular, bold, MISSING] {
        for (family, _) in collection.register_fonts(Blob::new(Arc::new(face)), None) {
            if !families.contains(&family) {
                families.push(family);
            }
        }
    }
    // Every text asks for these two after its own family.
    for generic in [GenericFamily::SansSerif, GenericFamily::SystemUi] {
        collection.set_generic_families(generic, families.iter().copied());
    }
    Ok(())
}

/// Whether the typeface, in both weights, draws this character or the character leaves no mark anyway.
pub fn covers(character: char) -> bool {
    static FACES: LazyLock<Option<[FontRef<'static>; 2]>> = LazyLock::new(|| {
        Some([
            FontRef::try_from_slice(shipped::typeface().ok()?.regular).ok()?,
            FontRef::try_from_slice(MISSING).ok()?,
        ])
    });
    let has = |face: &FontRef<'_>| face.glyph_id(character).0 != 0;
    FACES.as_ref().is_some_and(|[regular, missing]| has(regular) || !has(missing))
}

/// The text with each character that the typeface lacks as its code point, `〔U+2A6A5〕`: for names and addresses,
/// where an empty frame would not tell one person from another. The value itself stays what it is.
pub fn with_code_points(text: &str) -> Cow<'_, str> {
    if text.chars().all(covers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if covers(character) {
            shown.push(character);
        } else {
            shown.push_str(&format!("〔U+{:04X}〕", u32::from(character)));
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType, Rgb565Pixel};
    use slint::platform::{Platform, WindowAdapter};
    use slint::{ComponentHandle, PhysicalSize, PlatformError, SharedString};
    use std::rc::Rc;

    slint::slint! {
        export component Line inherits Window {
            in property <string> words;
            in property <string> family;
            in property <int> weight;
            background: white;
            Text { text: root.words; font-family: root.family; font-weight: root.weight; font-size: 40px; color: black; }
        }
    }

    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 80;

    struct InMemory(Rc<MinimalSoftwareWindow>);

    impl Platform for InMemory {
        fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
            Ok(Rc::clone(&self.0) as Rc<dyn WindowAdapter>)
        }
    }

    /// A window with one line of text; each test has a thread, hence a user interface, of its own.
    struct Sheet {
        window: Rc<MinimalSoftwareWindow>,
        line: Line,
    }

    impl Sheet {
        fn new() -> Self {
            let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
            slint::platform::set_platform(Box::new(InMemory(Rc::clone(&window)))).unwrap();
            install().unwrap();
            let line = Line::new().unwrap();
            line.show().unwrap();
            window.set_size(PhysicalSize::new(WIDTH, HEIGHT));
            Self { window, line }
        }

        fn draw(&self, words: &str, family: &str, weight: i32) -> Vec<u16> {
            self.line.set_words(SharedString::from(words));
            self.line.set_family(SharedString::from(family));
            self.line.set_weight(weight);
            self.window.request_redraw();
            let mut pixels = vec![Rgb565Pixel::default(); WIDTH as usize * HEIGHT as usize];
            self.window.draw_if_needed(|renderer| {
                renderer.render(&mut pixels, WIDTH as usize);
            });
            pixels.into_iter().map(|pixel| pixel.0).collect()
        }

        fn ink(&self, words: &str, weight: i32) -> usize {
            self.draw(words, FAMILY, weight).into_iter().filter(|pixel| *pixel != u16::MAX).count()
        }
    }

    #[test]
    fn bold_is_bold() {
        let sheet = Sheet::new();
        for words in ["请把身份证放在读卡区", "Place your card", "王测试䶮𠅤", "2026 ￥ ①⑳ → ✓ ●○"]
        {
            let (regular, bold) = (sheet.ink(words, 400), sheet.ink(words, 700));
            assert!(bold * 100 > regular * 110, "{words}: {regular} pixels regular, {bold} bold");
        }
    }

    #[test]
    fn no_family_lets_a_font_of_the_machine_in() {
        let sheet = Sheet::new();
        for words in ["宜邻 Yilin", "䶮", "한국"] {
            let ours = sheet.draw(words, FAMILY, 400);
            for family in ["", "DejaVu Sans", "sans-serif", "Noto Sans CJK SC"] {
                assert!(sheet.draw(words, family, 400) == ours, "{words} in `{family}`");
            }
        }
    }

    #[test]
    fn no_character_is_drawn_as_nothing() {
        let sheet = Sheet::new();
        let nothing = sheet.ink("", 400);
        // Latin; BMP Han; extensions A to H; private use; Arabic, Thai, Hangul; emoji; the last code point.
        for character in "a汉䶮𠅤𪚥𫝀𫠠𬺰𰀀𱍐\u{E863}بไ한📷\u{1FAE8}\u{10FFFD}".chars()
        {
            for weight in [400, 700] {
                let ink = sheet.ink(&character.to_string(), weight);
                assert!(ink > nothing + 20, "U+{:04X} at {weight}: {ink} pixels", u32::from(character));
            }
        }
    }

    #[test]
    fn what_is_covered() {
        for character in "a汉䶮𠅤￥·①⑳→✓●○ǚ\n\t\u{3000}\u{200D}\u{FE0F}".chars() {
            assert!(covers(character), "U+{:04X}", u32::from(character));
        }
        for character in "𪚥한📷\u{E863}".chars() {
            assert!(!covers(character), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn both_weights_have_all_of_gb_2312_and_the_same_characters() {
        let Typeface { regular, bold } = shipped::typeface().unwrap();
        let faces = [regular, bold].map(|face| FontRef::try_from_slice(face).unwrap());
        let characters = |face: &FontRef<'_>| {
            let mut all: Vec<char> = face.codepoint_ids().map(|(_, character)| character).collect();
            all.sort_unstable();
            all
        };
        assert!(characters(&faces[0]) == characters(&faces[1]));
        // GB/T 2312-1980: symbols and letters in rows 1 to 9, Han in 16 to 87.
        let mut found = 0;
        for row in 0xA1..=0xF7_u8 {
            for cell in 0xA1..=0xFE_u8 {
                let pair = [row, cell];
                let (text, _, unknown) = encoding_rs::GBK.decode(&pair);
                let Some(character) = text.chars().next().filter(|_| !unknown) else { continue };
                if ('\u{E000}'..='\u{F8FF}').contains(&character) {
                    continue;
                }
                found += 1;
                assert!(faces.iter().all(|face| face.glyph_id(character).0 != 0), "{character}");
            }
        }
        assert!(found >= 7_445, "{found} of GB 2312's 7,445");
    }

    #[test]
    fn what_the_typeface_lacks_is_written_as_its_code_point() {
        assert!(matches!(with_code_points("王测试䶮𠅤"), Cow::Borrowed("王测试䶮𠅤")));
        assert_eq!(with_code_points("王𪚥\u{E863}"), "王〔U+2A6A5〕〔U+E863〕");
    }

    #[test]
    fn two_weights_fit_in_sixteen_megabytes() {
        let Typeface { regular, bold } = shipped::typeface().unwrap();
        assert!(regular.len() + bold.len() + MISSING.len() <= 16_000_000);
    }
}
