//! How a word is typed: the letters that the pinyin pad turns into it.

use crate::terminal::{LANGUAGE_WORDS, SITE_WORDS};

/// A word and its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is written.
    pub(super) text: String,
    /// As it is typed, without the spaces between syllables.
    pub(super) letters: String,
}

/// The longest word that a text begins with; the most usual reading where there are several.
pub(super) fn word_at(text: &str) -> Option<Word> {
    let lines = SITE_WORDS.lines().chain(LANGUAGE_WORDS.lines());
    let words = lines.filter_map(|line| {
        let mut parts = line.split('\t');
        let (letters, word, weight) = (parts.next()?, parts.next()?, parts.next()?);
        text.starts_with(word).then(|| (word.len(), weight.parse::<u64>().unwrap_or(0), word, letters))
    });
    let (_, _, word, letters) = words.max_by_key(|(length, weight, ..)| (*length, *weight))?;
    Some(Word { text: word.to_owned(), letters: letters.replace(' ', "") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_found() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let word = word_at(text).map(|w| (w.text, w.letters));
            assert_eq!(word, expected.map(|(t, l)| (t.to_owned(), l.to_owned())), "{text}");
        };
        check("路灯坏了", Some(("路灯", "ludeng")));
        check("芜湖市里", Some(("芜湖市", "wuhushi")));
        check("8号", None);
    }
}
