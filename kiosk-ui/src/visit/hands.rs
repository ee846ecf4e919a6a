//! What a hand can do: find a control by its label, touch it, turn a list, type, sign.

use super::VisitError;
use super::spelling;
use crate::headless::Booth;
use crate::headless::elements::Element;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::Write as _;

/// Screens of a list; more are a list that goes round.
const MOST_SCREENS: usize = 40;

/// A hand before the screen.
pub(super) struct Hands<'b> {
    booth: &'b Booth,
    taps: Cell<usize>,
    /// Where it touched, for whoever repeats the visit on another screen of the same size.
    touches: RefCell<File>,
}

impl<'b> Hands<'b> {
    pub(super) fn new(booth: &'b Booth, touches: File) -> Self {
        Self { booth, taps: Cell::new(0), touches: RefCell::new(touches) }
    }

    /// Counts a touch that comes, and keeps its points: one for a tap, a row for a stroke.
    fn touched(&self, points: &[(f32, f32)]) {
        self.taps.set(self.taps.get() + 1);
        let line = json!({"page": self.booth.page().name(), "points": points});
        if let Err(error) = writeln!(self.touches.borrow_mut(), "{line}") {
            tracing::error!(%error, "a touch cannot be kept");
        }
    }

    /// Touches and keys so far.
    pub(super) fn taps(&self) -> usize {
        self.taps.get()
    }

    fn locale(&self) -> Locale {
        self.booth.terminal().shell().session().locale()
    }

    /// Everything that can be touched now and says `label`.
    pub(super) fn all(&self, label: &str) -> Vec<Element> {
        let elements = self.booth.stage().elements().into_iter();
        elements.filter(|e| e.interactive && e.enabled && e.label == label).collect()
    }

    /// Whether a control with these words can be touched.
    pub(super) fn sees(&self, words: M) -> bool {
        !self.all(words.text(self.locale())).is_empty()
    }

    /// Touches the control with this label.
    pub(super) fn press(&self, label: &str) -> Result<(), VisitError> {
        self.press_nth(label, 0)
    }

    /// Touches the control with these words.
    pub(super) fn press_words(&self, words: M) -> Result<(), VisitError> {
        self.press(words.text(self.locale()))
    }

    /// Touches the control with these words if it is there; whether it was.
    pub(super) fn press_if(&self, words: M) -> bool {
        self.press_words(words).is_ok()
    }

    /// Touches the control that is the `nth` with this label.
    pub(super) fn press_nth(&self, label: &str, nth: usize) -> Result<(), VisitError> {
        let found = self.all(label).into_iter().nth(nth);
        let element = found.ok_or_else(|| self.missing(label))?;
        self.touch(&element);
        Ok(())
    }

    fn touch(&self, element: &Element) {
        let (x, y) = element.centre();
        self.touched(&[(x, y)]);
        self.booth.stage().tap(x, y);
    }

    /// Touches the control, turning the list to it where it is on a later screen.
    pub(super) fn seek(&self, label: &str) -> Result<(), VisitError> {
        for _ in 0..MOST_SCREENS {
            if !self.all(label).is_empty() {
                return self.press(label);
            }
            if !self.press_if(M::FrameNextScreen) && !self.press_if(M::FrameMore) {
                break;
            }
        }
        Err(self.missing(label))
    }

    fn missing(&self, label: &str) -> VisitError {
        let there = self.booth.stage().elements().into_iter().filter(|e| e.interactive && e.enabled);
        VisitError::NoControl {
            page: self.booth.page().name(),
            label: label.to_owned(),
            there: there.map(|e| e.label).collect(),
        }
    }

    /// Signs in the box with this label.
    pub(super) fn sign(&self, label: &str) -> Result<(), VisitError> {
        let elements = self.booth.stage().elements();
        let pad = elements.into_iter().find(|e| e.role == "groupbox" && e.label == label);
        let pad = pad.ok_or_else(|| self.missing(label))?;
        let stroke = |from: f32, to: f32| -> Vec<(f32, f32)> {
            let at = |i: u8| {
                let t = f32::from(i) / 24.0;
                let wave = (t * 9.0).sin() * 0.16 + 0.45;
                (pad.x + pad.w * (from + (to - from) * t), pad.y + pad.h * wave)
            };
            (0..=24).map(at).collect()
        };
        for line in [stroke(0.15, 0.45), stroke(0.5, 0.85)] {
            self.touched(&line);
            self.booth.stage().draw(&line);
        }
        Ok(())
    }

    /// Empties the text that is open and writes another on the pads.
    pub(super) fn write(&self, field: &str, before: usize, text: &str) -> Result<(), VisitError> {
        for _ in 0..before {
            self.press_words(M::KeyboardBackspace)?;
        }
        let unwritable = || VisitError::Unwritable { field: field.to_owned() };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if self.press(&first.to_string()).is_ok() || (first == ' ' && self.press_if(M::KeyboardSpace)) {
                rest = &rest[first.len_utf8()..];
                continue;
            }
            if let Some(word) = spelling::word_at(&self.booth.terminal().shipped.pinyin, rest)
                .filter(|_| self.to_pad(M::KeyboardPinyin))
            {
                self.spell(&word, &unwritable)?;
                rest = &rest[word.text.len()..];
                continue;
            }
            let pads = [M::KeyboardDigits, M::KeyboardLatin];
            let found =
                pads.into_iter().any(|pad| self.to_pad(pad) && !self.all(&first.to_string()).is_empty());
            if !found {
                return Err(unwritable());
            }
        }
        Ok(())
    }

    /// Changes to a pad; whether it is there now.
    fn to_pad(&self, pad: M) -> bool {
        self.press_if(pad) || self.booth.stage().elements().iter().any(|e| e.label == pad.text(self.locale()))
    }

    /// Types the letters of a word and takes it from what they may mean.
    fn spell(&self, word: &spelling::Word, unwritable: &dyn Fn() -> VisitError) -> Result<(), VisitError> {
        for letter in word.letters.chars() {
            self.press_key(letter).map_err(|_| unwritable())?;
        }
        for _ in 0..MOST_SCREENS {
            if self.press(&word.text).is_ok() {
                return Ok(());
            }
            if !self.press_if(M::KeyboardMore) {
                break;
            }
        }
        Err(unwritable())
    }

    /// A letter's own key, or the one of nine that it is on.
    fn press_key(&self, letter: char) -> Result<(), VisitError> {
        let own = letter.to_string();
        if self.press(&own).is_ok() {
            return Ok(());
        }
        let elements = self.booth.stage().elements().into_iter();
        let key = elements
            .filter(|e| e.interactive && e.enabled)
            .find(|e| (3..=4).contains(&e.label.len()) && e.label.is_ascii() && e.label.contains(letter));
        match key {
            Some(key) => {
                self.touch(&key);
                Ok(())
            }
            None => Err(self.missing(&own)),
        }
    }
}
