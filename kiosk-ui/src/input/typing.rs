//! One text being typed: which pad, which letters wait, what they may mean.
//!
//! Duty: keys in, text and candidates out. Never: keep a text longer than its field is open, or learn from it.

use super::pinyin::{Candidate, Pinyin};
use zeroize::Zeroizing;

/// More letters than this are not waited for.
const MOST_LETTERS: usize = 30;

/// A pad of keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Pad {
    /// No typing here.
    #[default]
    None,
    /// 0 to 9.
    Digits,
    /// 0 to 9 and a point.
    Decimal,
    /// 0 to 9 and X.
    IdNumber,
    /// Latin letters, digits, punctuation.
    Latin,
    /// Letters that become Chinese.
    Pinyin,
}

/// A text being typed. Wiped when dropped.
#[derive(Debug)]
pub struct Typing<'d> {
    text: Zeroizing<String>,
    pad: Pad,
    offered: Vec<Pad>,
    longest: usize,
    letters: Zeroizing<String>,
    candidates: Vec<Candidate>,
    first: usize,
    capitals: Capitals,
    method: Pinyin<'d>,
}

/// Whether the Latin pad gives capitals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Capitals {
    /// Small letters.
    #[default]
    Off,
    /// The next letter is a capital.
    On,
}

impl<'d> Typing<'d> {
    /// Opens a text; `offered` are the pads to switch between, the first is shown. At most `longest` characters.
    pub fn open(text: &str, offered: Vec<Pad>, longest: usize, method: Pinyin<'d>) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            pad: offered.first().copied().unwrap_or_default(),
            offered,
            longest,
            letters: Zeroizing::new(String::new()),
            candidates: Vec::new(),
            first: 0,
            capitals: Capitals::Off,
            method,
        }
    }

    /// The text so far, without the letters that wait.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pad that is shown.
    pub fn pad(&self) -> Pad {
        self.pad
    }

    /// The pads to switch between.
    pub fn offered(&self) -> &[Pad] {
        &self.offered
    }

    /// The letters that wait to become Chinese.
    pub fn letters(&self) -> &str {
        &self.letters
    }

    /// Whether the Latin pad shows capitals.
    pub fn capitals(&self) -> Capitals {
        self.capitals
    }

    /// The candidates of the present page, at most `fit`.
    pub fn candidates(&self, fit: usize) -> &[Candidate] {
        let end = (self.first + fit).min(self.candidates.len());
        &self.candidates[self.first.min(end)..end]
    }

    /// Whether there are candidates after the present page of `fit`.
    pub fn has_more(&self, fit: usize) -> bool {
        self.first + fit < self.candidates.len()
    }

    /// Whether there are candidates before the present page.
    pub fn has_earlier(&self) -> bool {
        self.first > 0
    }

    /// A key of the pad, or of a keyboard.
    pub fn key(&mut self, key: char) {
        match (self.pad, key) {
            (Pad::Digits, '0'..='9') => self.push(key),
            (Pad::Decimal, '0'..='9') => self.push(key),
            (Pad::Decimal, '.') if !self.text.contains('.') && !self.text.is_empty() => self.push('.'),
            (Pad::IdNumber, '0'..='9' | 'A'..='Z') => self.push(key),
            (Pad::IdNumber, 'a'..='z') => self.push(key.to_ascii_uppercase()),
            (Pad::Latin, key) if !key.is_control() => {
                let capital = self.capitals == Capitals::On;
                self.push(if capital { key.to_ascii_uppercase() } else { key });
                self.capitals = Capitals::Off;
            }
            // A sentence is written word by word; more letters than this are a mistake.
            (Pad::Pinyin, 'a'..='z') if self.letters.len() >= MOST_LETTERS => {}
            (Pad::Pinyin, 'a'..='z') => {
                self.letters.push(key);
                self.look_up();
            }
            (Pad::Pinyin, ' ') if !self.letters.is_empty() => self.pick(0),
            // A keyboard or an input method may give what the pad's letters would have become.
            (Pad::Pinyin, key) if !key.is_control() => {
                self.take_letters();
                self.push(key);
            }
            _ => {}
        }
    }

    /// Takes back the last letter that waits, else the last character.
    pub fn backspace(&mut self) {
        if self.letters.pop().is_some() {
            self.look_up();
        } else {
            self.text.pop();
        }
    }

    /// Empties the text.
    pub fn clear(&mut self) {
        self.text.clear();
        self.letters.clear();
        self.look_up();
    }

    /// Takes a candidate of the present page.
    pub fn pick(&mut self, index: usize) {
        let Some(candidate) = self.candidates.get(self.first + index).cloned() else { return };
        candidate.text.chars().for_each(|c| self.push(c));
        let used = candidate.letters.min(self.letters.len());
        let rest = self.letters.split_off(used);
        self.letters = Zeroizing::new(rest);
        self.look_up();
    }

    /// The next page of candidates.
    pub fn next_candidates(&mut self, fit: usize) {
        if self.has_more(fit) {
            self.first += fit;
        }
    }

    /// The page of candidates before.
    pub fn previous_candidates(&mut self, fit: usize) {
        self.first = self.first.saturating_sub(fit);
    }

    /// Capitals on or off.
    pub fn shift(&mut self) {
        self.capitals = match self.capitals {
            Capitals::Off => Capitals::On,
            Capitals::On => Capitals::Off,
        };
    }

    /// Another of the offered pads. Letters that wait become text as they are.
    pub fn switch(&mut self, pad: Pad) {
        if self.offered.contains(&pad) {
            self.take_letters();
            self.pad = pad;
        }
    }

    /// Ends the typing: letters that wait become text as they are.
    pub fn finish(&mut self) -> &str {
        self.take_letters();
        &self.text
    }

    fn take_letters(&mut self) {
        let letters = std::mem::take(&mut *self.letters);
        letters.chars().for_each(|c| self.push(c));
        self.look_up();
    }

    fn push(&mut self, character: char) {
        if self.text.chars().count() < self.longest {
            self.text.push(character);
        }
    }

    fn look_up(&mut self) {
        self.first = 0;
        self.candidates = self.method.candidates(&self.letters);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pinyin::Dictionary;
    use super::*;

    const WORDS: &str = "lou\t楼\t5\nlou dao\t楼道\t9\nshi\t是\t9\nshi\t市\t7\n";

    fn typing(pads: &[Pad], longest: usize) -> Typing<'static> {
        let method = Pinyin::new(Dictionary::unsorted(""), Dictionary::sorted(WORDS));
        Typing::open("", pads.to_vec(), longest, method)
    }

    fn check(pad: Pad, keys: &str, expected: &str) {
        let mut typing = typing(&[pad], 18);
        keys.chars().for_each(|k| typing.key(k));
        assert_eq!(typing.text(), expected, "{pad:?} {keys}");
    }

    #[test]
    fn a_pad_takes_only_its_keys() {
        check(Pad::Digits, "1a2.3", "123");
        check(Pad::Decimal, ".1.2.3", "1.23");
        check(Pad::IdNumber, "12x-", "12X");
        check(Pad::Latin, "a B", "a B");
        check(Pad::None, "abc", "");
        check(Pad::Digits, "1234567890123456789", "123456789012345678");
    }

    #[test]
    fn letters_become_words() {
        let mut typing = typing(&[Pad::Pinyin, Pad::Latin], 18);
        "loudaoshi".chars().for_each(|k| typing.key(k));
        assert_eq!(typing.text(), "");
        assert_eq!(typing.candidates(1)[0].text, "楼道是");
        let market = typing.candidates(9).iter().position(|c| c.text == "楼道").expect("the first word");
        typing.pick(market);
        assert_eq!((typing.text(), typing.letters()), ("楼道", "shi"));
        typing.pick(1);
        assert_eq!((typing.text(), typing.letters()), ("楼道市", ""));
        typing.backspace();
        assert_eq!(typing.text(), "楼道");
        typing.key('x');
        typing.switch(Pad::Latin);
        assert_eq!((typing.text(), typing.pad()), ("楼道x", Pad::Latin));
    }

    #[test]
    fn candidates_come_in_pages() {
        let mut typing = typing(&[Pad::Pinyin], 18);
        "shi".chars().for_each(|k| typing.key(k));
        assert!(typing.has_more(1) && !typing.has_earlier());
        typing.next_candidates(1);
        assert_eq!(typing.candidates(1)[0].text, "市");
        assert!(!typing.has_more(1) && typing.has_earlier());
        typing.previous_candidates(1);
        assert_eq!(typing.candidates(1)[0].text, "是");
    }

    #[test]
    fn what_a_keyboard_gives_is_taken_as_it_is() {
        check(Pad::Pinyin, "王𠅤", "王𠅤");
    }
}
