//! One text being typed: which pad, which letters wait, what they may mean.
//!
//! Duty: keys in, text and candidates out. Never: keep a text longer than its field is open, or learn from it.

use super::pinyin::{BREAK, Candidate, Meaning, Pinyin};
use zeroize::Zeroizing;

/// More letters or keys of nine than this are not waited for.
const MOST_WAITING: usize = 30;

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
    /// Letters, keys of nine as digits, and breaks.
    waiting: Zeroizing<String>,
    meaning: Meaning,
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
            waiting: Zeroizing::new(String::new()),
            meaning: Meaning::default(),
            first: 0,
            capitals: Capitals::Off,
            method,
        }
    }

    /// The text so far, without what waits.
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

    /// What waits to become Chinese, as pinyin with a break after each syllable.
    pub fn composing(&self) -> &str {
        &self.meaning.reading
    }

    /// Whether the Latin pad shows capitals.
    pub fn capitals(&self) -> Capitals {
        self.capitals
    }

    /// The candidates of the present page, at most `fit`.
    pub fn candidates(&self, fit: usize) -> &[Candidate] {
        let all = &self.meaning.candidates;
        let end = (self.first + fit).min(all.len());
        &all[self.first.min(end)..end]
    }

    /// Whether there are candidates after the present page of `fit`.
    pub fn has_more(&self, fit: usize) -> bool {
        self.first + fit < self.meaning.candidates.len()
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
            (Pad::Pinyin, 'a'..='z') => self.wait(key),
            (Pad::Pinyin, BREAK) => self.end_syllable(),
            (Pad::Pinyin, ' ') if !self.waiting.is_empty() => self.pick(0),
            // A keyboard or an input method may give what the pad's letters would have become.
            (Pad::Pinyin, key) if !key.is_control() => {
                self.take_waiting();
                self.push(key);
            }
            _ => {}
        }
    }

    /// A key of nine: 2 to 9 stand for their letters, 1 ends a syllable. On another pad it is the digit.
    pub fn nine_key(&mut self, key: char) {
        match (self.pad, key) {
            (Pad::Pinyin, '2'..='9') => self.wait(key),
            (Pad::Pinyin, '1') => self.end_syllable(),
            (Pad::Pinyin, _) => {}
            (_, key) => self.key(key),
        }
    }

    /// Takes back the last letter or key that waits, else the last character.
    pub fn backspace(&mut self) {
        if self.waiting.pop().is_some() {
            self.look_up();
        } else {
            self.text.pop();
        }
    }

    /// Empties the text.
    pub fn clear(&mut self) {
        self.text.clear();
        self.waiting.clear();
        self.look_up();
    }

    /// Takes a candidate of the present page.
    pub fn pick(&mut self, index: usize) {
        let Some(candidate) = self.meaning.candidates.get(self.first + index).cloned() else { return };
        candidate.text.chars().for_each(|c| self.push(c));
        let used = candidate.typed.min(self.waiting.len());
        self.waiting = Zeroizing::new(self.waiting.split_off(used));
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

    /// Another of the offered pads. What waits becomes text.
    pub fn switch(&mut self, pad: Pad) {
        if self.offered.contains(&pad) {
            self.take_waiting();
            self.pad = pad;
        }
    }

    /// Ends the typing: what waits becomes text.
    pub fn finish(&mut self) -> &str {
        self.take_waiting();
        &self.text
    }

    /// A sentence is written word by word; more than this is a mistake.
    fn wait(&mut self, key: char) {
        if self.waiting.len() < MOST_WAITING {
            self.waiting.push(key);
            self.look_up();
        }
    }

    fn end_syllable(&mut self) {
        if !self.waiting.is_empty() && !self.waiting.ends_with(BREAK) {
            self.wait(BREAK);
        }
    }

    /// What waits becomes what it most likely means; letters that mean nothing stay letters.
    fn take_waiting(&mut self) {
        self.first = 0;
        while !self.waiting.is_empty() && !self.meaning.candidates.is_empty() {
            self.pick(0);
        }
        let letters = std::mem::take(&mut *self.meaning.reading);
        letters.chars().filter(|c| *c != BREAK).for_each(|c| self.push(c));
        self.waiting.clear();
        self.look_up();
    }

    fn push(&mut self, character: char) {
        if self.text.chars().count() < self.longest {
            self.text.push(character);
        }
    }

    fn look_up(&mut self) {
        self.first = 0;
        self.meaning = self.method.meaning(&self.waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pinyin::Dictionary;
    use super::*;

    static NONE: Dictionary<'static> = Dictionary::unsorted(b"");
    static WORDS: Dictionary<'static> =
        Dictionary::sorted("lou\t楼\t5\nlou dao\t楼道\t9\nshi\t是\t9\nshi\t市\t7\n".as_bytes());

    fn typing(pads: &[Pad], longest: usize) -> Typing<'static> {
        Typing::open("", pads.to_vec(), longest, Pinyin::new(&NONE, &WORDS))
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
        assert_eq!((typing.text(), typing.composing()), ("楼道", "shi"));
        typing.pick(1);
        assert_eq!((typing.text(), typing.composing()), ("楼道市", ""));
        typing.backspace();
        assert_eq!(typing.text(), "楼道");
        typing.key('x');
        typing.switch(Pad::Latin);
        assert_eq!((typing.text(), typing.pad()), ("楼道x", Pad::Latin));
    }

    #[test]
    fn nine_keys_become_words() {
        let mut typing = typing(&[Pad::Pinyin, Pad::Digits], 18);
        let press = |typing: &mut Typing<'_>, keys: &str| keys.chars().for_each(|k| typing.nine_key(k));
        press(&mut typing, "568326");
        assert_eq!((typing.text(), typing.composing()), ("", "lou'dao"));
        assert_eq!(typing.candidates(1)[0].text, "楼道");
        typing.backspace();
        assert_eq!(typing.composing(), "lou'da", "one key back");
        press(&mut typing, "6");
        typing.pick(0);
        press(&mut typing, "744");
        typing.pick(1);
        assert_eq!((typing.text(), typing.composing()), ("楼道市", ""));
        typing.backspace();
        assert_eq!(typing.text(), "楼道");
        // 1 ends a syllable, once, and never begins one; 0 is on no key of nine.
        press(&mut typing, "1056811");
        assert_eq!(typing.composing(), "lou");
        typing.switch(Pad::Digits);
        assert_eq!(typing.text(), "楼道楼");
        press(&mut typing, "109");
        assert_eq!(typing.text(), "楼道楼109");
    }

    #[test]
    fn a_break_is_no_character() {
        check(Pad::Pinyin, "'lou'", "");
        let mut typing = typing(&[Pad::Pinyin], 18);
        "lou'shi".chars().for_each(|k| typing.key(k));
        assert_eq!(typing.candidates(1)[0].text, "楼是");
        assert_eq!(typing.finish(), "楼是");
        check(Pad::Latin, "it's", "it's");
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
