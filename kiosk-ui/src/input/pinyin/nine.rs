//! Nine keys that each stand for several letters, as on a telephone: 2 is abc … 9 is wxyz.
//!
//! Duty: which words a row of such keys may mean. Never: guess where a person said that a syllable ends.
//!
//! Words are found by their keys alone, not by the letters that those keys may be: `64426` is one look-up, though it
//! could be cut and read in dozens of ways.

use super::dictionary::{self, Dictionary, Entry};
use super::{BREAK, Found, MOST_BEGINNINGS, Meaning, Pinyin, rarity};
use zeroize::Zeroizing;

/// No word has more keys: the longest has 20 letters.
const LONGEST_WORD: usize = 24;
/// Bits of a key in a code.
const KEY_BITS: usize = 4;
/// Keys that a code holds.
const CODE_KEYS: usize = 32;

/// Whether it is one of the keys with letters.
pub(super) const fn is_key(typed: char) -> bool {
    matches!(typed, '2'..='9')
}

/// The key that a letter is on.
const fn key_of(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a'..=b'c' => 2,
        b'd'..=b'f' => 3,
        b'g'..=b'i' => 4,
        b'j'..=b'l' => 5,
        b'm'..=b'o' => 6,
        b'p'..=b's' => 7,
        b't'..=b'v' => 8,
        b'w'..=b'z' => 9,
        b'2'..=b'9' => letter - b'0',
        _ => return None,
    })
}

/// A row of keys as one number, the first key in the highest bits: rows that begin alike lie side by side.
fn code(keys: impl Iterator<Item = u8>) -> u128 {
    keys.take(CODE_KEYS)
        .zip((0..CODE_KEYS).rev())
        .fold(0, |code, (key, place)| code | u128::from(key) << (place * KEY_BITS))
}

fn code_of(pinyin: &[u8]) -> u128 {
    code(pinyin.iter().copied().filter_map(key_of))
}

/// The words of a dictionary in the order of their codes: where the line of each begins.
#[derive(Debug)]
pub(super) struct Index(Vec<u32>);

impl Index {
    /// Reads the whole text once: some milliseconds, when the first key is touched.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut at = 0;
        let mut lines = Vec::new();
        for line in text.split_inclusive(|b| *b == b'\n') {
            if let Ok(start) = u32::try_from(at) {
                lines.push((code_of(dictionary::key_of(line)), start));
            }
            at += line.len();
        }
        lines.sort_unstable();
        Self(lines.into_iter().map(|(_, start)| start).collect())
    }

    /// The entries whose code is not below `low` and not above `high`.
    fn between<'d>(
        &self,
        dictionary: &Dictionary<'d>,
        low: u128,
        high: u128,
    ) -> impl Iterator<Item = Entry<'d>> {
        let entry = |start: u32| dictionary.entry_at(usize::try_from(start).ok()?);
        let code_at = |start: u32| entry(start).map_or(0, |e| code_of(e.key.as_bytes()));
        let first = self.0.partition_point(|start| code_at(*start) < low);
        let last = self.0.partition_point(|start| code_at(*start) <= high).max(first);
        let entries: Vec<Entry<'d>> = self.0[first..last].iter().filter_map(|start| entry(*start)).collect();
        entries.into_iter()
    }
}

/// What was typed: the keys, and how many of them stand before each break.
struct Row {
    keys: Vec<u8>,
    breaks: Vec<usize>,
}

impl Row {
    fn of(typed: &str) -> Self {
        let mut row = Self { keys: Vec::new(), breaks: Vec::new() };
        for c in typed.bytes() {
            match key_of(c) {
                Some(key) => row.keys.push(key),
                None => row.breaks.push(row.keys.len()),
            }
        }
        row
    }

    /// How many characters of what was typed the first keys are, with the break after them.
    fn typed(&self, keys: usize) -> usize {
        keys + self.breaks.iter().filter(|b| **b <= keys).count()
    }

    /// Whether a word on the keys from `start` on has a syllable's end wherever there is a break.
    fn suits(&self, start: usize, pinyin: &str) -> bool {
        let mut at = start;
        let mut ends = vec![start];
        for syllable in pinyin.split(' ') {
            at += syllable.len();
            ends.push(at);
        }
        self.breaks.iter().filter(|b| (start..at).contains(b)).all(|b| ends.contains(b))
    }
}

/// A syllable needs a vowel: 嗯 as `n` would be in every row of keys.
fn is_spoken(entry: &Entry<'_>) -> bool {
    entry.key.split(' ').all(|s| s.contains(['a', 'e', 'i', 'o', 'u', 'v']))
}

impl<'d> Pinyin<'d> {
    /// What is meant by keys of nine.
    pub(super) fn of_keys(&self, typed: &str) -> Meaning {
        let row = Row::of(typed);
        let all = row.keys.len();
        let mut found = Found::default();
        let mut reading = None;
        let whole = self.on_keys(&row, 0, all);
        for entry in &whole {
            reading.get_or_insert_with(|| shown(entry.key, all));
            found.add(entry.word, typed.len());
        }
        if let Some((text, pinyin)) = self.row_of_words(&row) {
            reading.get_or_insert(pinyin);
            found.add(&text, typed.len());
        }
        for entry in self.going_on(&row) {
            reading.get_or_insert_with(|| shown(entry.key, all));
            found.add(entry.word, typed.len());
        }
        for keys in (1..all).rev() {
            for entry in self.on_keys(&row, 0, keys) {
                reading.get_or_insert_with(|| {
                    let rest: String = typed.chars().skip(row.typed(keys)).map(first_letter).collect();
                    format!("{}{BREAK}{rest}", shown(entry.key, keys))
                });
                found.add(entry.word, row.typed(keys));
            }
        }
        let reading = reading.unwrap_or_else(|| typed.chars().map(first_letter).collect());
        Meaning { reading: Zeroizing::new(reading), candidates: found.candidates }
    }

    /// The words on just these keys, the most frequent first.
    fn on_keys(&self, row: &Row, start: usize, end: usize) -> Vec<Entry<'d>> {
        let code = code(row.keys[start..end].iter().copied());
        self.ranked(row, start, code, code)
    }

    /// Words that begin with all the keys and have more.
    fn going_on(&self, row: &Row) -> Vec<Entry<'d>> {
        let keys = row.keys.len();
        if keys == 0 || keys >= CODE_KEYS {
            return Vec::new();
        }
        let low = code(row.keys.iter().copied());
        let high = low | ((1 << ((CODE_KEYS - keys) * KEY_BITS)) - 1);
        let mut entries = self.ranked(row, 0, low + 1, high);
        entries.truncate(MOST_BEGINNINGS);
        entries
    }

    fn ranked(&self, row: &Row, start: usize, low: u128, high: u128) -> Vec<Entry<'d>> {
        let mut entries: Vec<Entry<'d>> = self
            .dictionaries
            .iter()
            .flat_map(|d| d.by_keys().between(d, low, high))
            .filter(|e| is_spoken(e) && row.suits(start, e.key))
            .collect();
        entries.sort_by_key(|e| std::cmp::Reverse(e.frequency));
        entries
    }

    /// The likeliest row of words on all the keys, and its pinyin.
    fn row_of_words(&self, row: &Row) -> Option<(String, String)> {
        let all = row.keys.len();
        let mut best: Vec<Option<(f64, Vec<Entry<'d>>)>> = vec![None; all + 1];
        best[0] = Some((0.0, Vec::new()));
        for start in 0..all {
            let Some((cost, words)) = best[start].clone() else { continue };
            let last = all.min(start + LONGEST_WORD);
            for (end, best) in best.iter_mut().enumerate().take(last + 1).skip(start + 1) {
                let Some(word) = self.on_keys(row, start, end).into_iter().next() else { continue };
                let cost = cost + rarity(word);
                if best.as_ref().is_none_or(|(c, _)| cost < *c) {
                    *best = Some((cost, words.iter().copied().chain([word]).collect()));
                }
            }
        }
        let (_, words) = best.pop().flatten()?;
        let text = words.iter().map(|w| w.word).collect();
        let keys: Vec<String> = words.iter().map(|w| w.key.replace(' ', "'")).collect();
        Some((text, keys.join("'")))
    }
}

/// The first letters of a pinyin, its syllables parted by breaks.
fn shown(pinyin: &str, letters: usize) -> String {
    let mut left = letters;
    let shown = pinyin.chars().take_while(|c| {
        let more = left > 0;
        left -= usize::from(more && *c != ' ');
        more
    });
    shown.map(|c| if c == ' ' { BREAK } else { c }).collect()
}

/// What is shown of a key that is no pinyin yet.
fn first_letter(typed: char) -> char {
    match typed {
        '2' => 'a',
        '3' => 'd',
        '4' => 'g',
        '5' => 'j',
        '6' => 'm',
        '7' => 'p',
        '8' => 't',
        '9' => 'w',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::*;
    use crate::assets;

    fn keys(letters: &str) -> String {
        letters.bytes().map(|b| key_of(b).map_or(BREAK, |k| char::from(b'0' + k))).collect()
    }

    fn candidates(typed: &str) -> Vec<Candidate> {
        assets::pinyin().unwrap().meaning(typed).candidates
    }

    fn check(typed: &str, reading: &str, first: &str) {
        let meaning = assets::pinyin().unwrap().meaning(typed);
        assert_eq!(*meaning.reading, reading, "{typed}");
        assert_eq!(meaning.candidates.first().map(|c| c.text.as_str()), Some(first), "{typed}");
    }

    #[test]
    fn keys_become_pinyin_and_words() {
        check("64", "ni", "你");
        check("64426", "ni'hao", "你好");
        check("9848744", "wu'hu'shi", "芜湖市");
        check("94664486", "zhong'guo", "中国");
        check("7432265", "she'bao'k", "社保卡");
        check("74322652", "she'bao'ka", "社保卡");
        check("94'26", "yi'an", "议案");
        check("94264", "xiang", "向");
    }

    #[test]
    fn whole_sentences_are_found() {
        check(&keys("wodeshebaoka"), "wo'de'she'bao'ka", "我的社保卡");
    }

    #[test]
    fn every_word_can_be_reached_by_its_keys() {
        for (letters, word) in
            [("zhang", "张"), ("shili", "示例"), ("li", "李"), ("yan", "䶮"), ("yangben", "样本")]
        {
            let found = candidates(&keys(letters));
            assert!(found.iter().any(|c| c.text == word && c.typed == letters.len()), "{letters} {word}");
        }
    }

    #[test]
    fn the_first_syllable_alone_is_offered_and_leaves_the_rest() {
        let found = candidates(&keys("zhangshili"));
        let zhang = found.iter().find(|c| c.text == "张").expect("the surname");
        assert_eq!(zhang.typed, "zhang".len());
    }

    #[test]
    fn a_break_is_kept_and_used_up() {
        let found = candidates("94'26");
        assert!(found.iter().any(|c| c.text == "西安"), "xi an");
        assert!(!found.iter().any(|c| c.text == "先"), "xian has no end after xi");
        assert_eq!(found.iter().find(|c| c.text == "西").map(|c| c.typed), Some(3));
    }

    #[test]
    fn keys_that_are_no_pinyin_are_still_shown() {
        let meaning = assets::pinyin().unwrap().meaning("555");
        assert_eq!((meaning.reading.as_str(), meaning.candidates.len()), ("jjj", 0));
    }

    #[test]
    fn letters_among_keys_are_their_keys() {
        check("n4", "ni", "你");
    }

    #[test]
    fn the_index_finds_what_reading_through_finds() {
        const TEXT: &str = "a\t啊\t9\nmi\t米\t5\nni\t你\t7\nni hao\t你好\t3\nnihao\t无\t0\n";
        let dictionary = Dictionary::sorted(TEXT.as_bytes());
        for typed in ["2", "64", "64426", "6", "9"] {
            let code = code(typed.bytes().map(|b| b - b'0'));
            let found: Vec<&str> =
                dictionary.by_keys().between(&dictionary, code, code).map(|e| e.word).collect();
            let mut expected: Vec<&str> = Vec::new();
            for line in TEXT.lines() {
                let mut parts = line.split('\t');
                let (key, word) = (parts.next().unwrap(), parts.next().unwrap());
                if keys(&key.replace(' ', "")) == typed {
                    expected.push(word);
                }
            }
            assert_eq!(found, expected, "{typed}");
        }
    }

    #[test]
    fn a_long_row_ends() {
        assert!(!candidates(&keys(&"xian".repeat(7))).is_empty());
    }
}
