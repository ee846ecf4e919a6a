//! Letters to Chinese words.
//!
//! Duty: what may be meant by some letters, or by keys of nine that each stand for several, best first. Never: remember
//! what anybody typed.
//!
//! The dictionary is a text sorted by key that stays where it is: a look-up is a binary search in it, so that neither
//! start-up nor memory pays for words that nobody types.

mod dictionary;
mod nine;
mod syllable;

pub use dictionary::{Dictionary, Entry};

use std::collections::HashSet;
use syllable::{Syllable, segmentations};
use zeroize::Zeroizing;

/// Between two syllables of what is typed, where a person says so.
pub const BREAK: char = '\'';

/// At most so many candidates are made: all characters of the richest syllable, rare ones of names among them.
const MOST: usize = 800;
/// At most so many words are offered that go on after what was typed.
const MOST_BEGINNINGS: usize = 30;

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The word.
    pub text: String,
    /// How many of the letters, keys and breaks it uses up.
    pub typed: usize,
}

/// What some letters or keys may mean.
#[derive(Default)]
pub struct Meaning {
    /// The likeliest pinyin, its syllables parted by breaks; as it was typed where it is no pinyin.
    pub reading: Zeroizing<String>,
    /// The words, best first.
    pub candidates: Vec<Candidate>,
}

impl std::fmt::Debug for Meaning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Meaning({} candidates)", self.candidates.len())
    }
}

/// The pinyin input method.
#[derive(Debug, Clone, Copy)]
pub struct Pinyin<'d> {
    /// Our own words first, then the language's.
    dictionaries: [&'d Dictionary<'d>; 2],
}

impl<'d> Pinyin<'d> {
    /// With the site's own words and the language's.
    pub const fn new(site: &'d Dictionary<'d>, language: &'d Dictionary<'d>) -> Self {
        Self { dictionaries: [site, language] }
    }

    /// Every word that can be typed.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'d>> {
        self.dictionaries.iter().flat_map(|dictionary| dictionary.entries())
    }

    /// What is meant by letters, or by the digits 2 to 9 of nine keys, with breaks among them.
    pub fn meaning(&self, typed: &str) -> Meaning {
        if typed.contains(nine::is_key) { self.of_keys(typed) } else { self.of_letters(typed) }
    }

    fn of_letters(&self, letters: &str) -> Meaning {
        let mut found = Found::default();
        let readings = segmentations(letters);
        // The whole of what was typed, as one word, however it is cut.
        let mut whole: Vec<Entry<'d>> = readings.iter().flat_map(|r| self.exact(r)).collect();
        whole.sort_by_key(|e| std::cmp::Reverse(e.frequency));
        for entry in whole {
            found.add(entry.word, letters.len());
        }
        for reading in &readings {
            if let Some(sentence) = self.sentence(reading) {
                found.add(&sentence, letters.len());
            }
        }
        for reading in &readings {
            for entry in self.beginnings(reading) {
                found.add(entry.word, letters.len());
            }
        }
        // Shorter and shorter beginnings, down to the first syllable alone: its characters are always offered.
        let longest = readings.iter().map(Vec::len).max().unwrap_or_default();
        for count in (1..longest).rev() {
            for reading in readings.iter().filter(|r| r.len() > count) {
                let mut entries = self.exact(&reading[..count]);
                entries.sort_by_key(|e| std::cmp::Reverse(e.frequency));
                for entry in entries {
                    found.add(entry.word, reading[count - 1].end);
                }
            }
        }
        let reading = readings.first().map_or_else(|| letters.to_owned(), |r| joined(r, "'"));
        Meaning { reading: Zeroizing::new(reading), candidates: found.candidates }
    }

    fn exact(&self, syllables: &[Syllable<'_>]) -> Vec<Entry<'d>> {
        let key = joined(syllables, " ");
        let mut entries: Vec<Entry<'d>> = self.dictionaries.iter().flat_map(|d| d.exact(&key)).collect();
        entries.sort_by_key(|e| std::cmp::Reverse(e.frequency));
        entries
    }

    /// Words that begin like this: the last syllable may be unfinished.
    fn beginnings(&self, syllables: &[Syllable<'_>]) -> Vec<Entry<'d>> {
        let key = joined(syllables, " ");
        let mut entries: Vec<Entry<'d>> = self.dictionaries.iter().flat_map(|d| d.beginning(&key)).collect();
        entries.sort_by_key(|e| std::cmp::Reverse(e.frequency));
        entries.truncate(MOST_BEGINNINGS);
        entries
    }

    /// The likeliest row of words for all syllables, by their frequencies alone.
    fn sentence(&self, syllables: &[Syllable<'_>]) -> Option<String> {
        const LONGEST_WORD: usize = 4;
        if syllables.len() < 2 {
            return None;
        }
        let mut best: Vec<Option<(f64, String)>> = vec![None; syllables.len() + 1];
        best[0] = Some((0.0, String::new()));
        for end in 1..=syllables.len() {
            for start in end.saturating_sub(LONGEST_WORD)..end {
                let Some((cost, text)) = best[start].clone() else { continue };
                let Some(word) = self.exact(&syllables[start..end]).into_iter().next() else { continue };
                let cost = cost + rarity(word);
                if best[end].as_ref().is_none_or(|(c, _)| cost < *c) {
                    best[end] = Some((cost, format!("{text}{}", word.word)));
                }
            }
        }
        best.pop().flatten().map(|(_, text)| text)
    }
}

/// What a word costs in a sentence: its rarity, and something for each word, so that longer words win.
fn rarity(word: Entry<'_>) -> f64 {
    16.0 - f64::from(word.frequency + 1).ln()
}

fn joined(syllables: &[Syllable<'_>], between: &str) -> String {
    let texts: Vec<&str> = syllables.iter().map(|s| s.text).collect();
    texts.join(between)
}

/// Candidates in the order in which they were found, each once.
#[derive(Default)]
struct Found {
    candidates: Vec<Candidate>,
    seen: HashSet<String>,
}

impl Found {
    fn add(&mut self, text: &str, typed: usize) {
        if self.candidates.len() < MOST && self.seen.insert(text.to_owned()) {
            self.candidates.push(Candidate { text: text.to_owned(), typed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets;

    fn candidates(letters: &str) -> Vec<Candidate> {
        assets::pinyin().unwrap().meaning(letters).candidates
    }

    fn check(letters: &str, first: &str) {
        let found = candidates(letters);
        assert_eq!(found.first().map(|c| c.text.as_str()), Some(first), "{letters}");
    }

    #[test]
    fn the_likely_word_comes_first() {
        for (letters, first) in [
            ("wuhushi", "芜湖市"),
            ("wanzhiqu", "湾沚区"),
            ("gaolingjintie", "高龄津贴"),
            ("shebaoka", "社保卡"),
            ("nihao", "你好"),
            ("zhongguo", "中国"),
            ("woyaobanshebaoka", "我要办社保卡"),
            ("lv", "率"),
            ("xian", "先"),
            ("xi'an", "西安"),
        ] {
            check(letters, first);
        }
    }

    #[test]
    fn the_reading_shows_where_syllables_end() {
        for (letters, reading) in
            [("wuhushi", "wu'hu'shi"), ("xi'an", "xi'an"), ("xi'", "xi"), ("qqq", "qqq")]
        {
            assert_eq!(*assets::pinyin().unwrap().meaning(letters).reading, reading, "{letters}");
        }
    }

    #[test]
    fn a_break_is_used_up_with_the_syllable_before_it() {
        let found = candidates("xi'anshi");
        let west = found.iter().find(|c| c.text == "西").expect("the first syllable");
        assert_eq!(west.typed, "xi'".len());
        assert!(!found.iter().any(|c| c.text == "先"), "xian is not what was typed");
    }

    #[test]
    fn an_unfinished_syllable_finds_words() {
        assert!(candidates("wuhus").iter().any(|c| c.text == "芜湖市"));
    }

    #[test]
    fn the_first_syllable_alone_is_always_offered() {
        let found = candidates("zhangshili");
        let zhang = found.iter().find(|c| c.text == "张").expect("the surname");
        assert_eq!(zhang.typed, "zhang".len());
    }

    #[test]
    fn two_ways_to_cut_are_both_offered() {
        let found = candidates("xian");
        assert!(found.iter().any(|c| c.text == "西安"), "xi an");
        assert!(found.iter().any(|c| c.text == "县"), "xian");
    }

    #[test]
    fn a_rare_character_of_names_can_be_typed() {
        assert!(candidates("yan").iter().any(|c| c.text == "䶮"));
    }

    #[test]
    fn what_is_no_pinyin_gives_nothing() {
        for letters in ["", "v", "qqq", "x1", "张", "'"] {
            assert_eq!(candidates(letters), [], "{letters}");
        }
    }
}
