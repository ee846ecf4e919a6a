//! How a word is typed: the letters that the pinyin pad turns into it.

use crate::input::pinyin::Pinyin;

/// A word and its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is written.
    pub(super) text: String,
    /// As it is typed, without the spaces between syllables.
    pub(super) letters: String,
}

/// The longest word that a text begins with; the most usual reading where there are several.
pub(super) fn word_at(pinyin: &Pinyin<'_>, text: &str) -> Option<Word> {
    let words = pinyin.entries().filter(|entry| text.starts_with(entry.word));
    let word = words.max_by_key(|entry| (entry.word.len(), entry.frequency))?;
    Some(Word { text: word.word.to_owned(), letters: word.key.replace(' ', "") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Shipped;

    #[test]
    fn the_longest_word_is_found() {
        let pinyin = Shipped::open().unwrap().pinyin;
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let word = word_at(&pinyin, text).map(|w| (w.text, w.letters));
            assert_eq!(word, expected.map(|(t, l)| (t.to_owned(), l.to_owned())), "{text}");
        };
        check("路灯坏了", Some(("路灯", "ludeng")));
        check("芜湖市里", Some(("芜湖市", "wuhushi")));
        check("8号", None);
    }
}
