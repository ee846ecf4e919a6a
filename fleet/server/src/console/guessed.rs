//! Whether a password is one that is tried first by whoever guesses.
//!
//! Two things make it one: it is among 12,059 known ones that are long enough here, or little is left of it once
//! everything is taken away that guessing programs put together by themselves: words of the product and of this trade, names
//! and years, walks over the keyboard, sequences, and what was there before.

use ring::digest::{SHA256, digest};

/// The first 12 hexadecimal digits of each one's SHA-256: what people have chosen somewhere is nobody's to read here. Where
/// they are from: docs/decisions/licences.md.
const COMMON: &str = include_str!("../../assets/common-passwords.txt");

/// Characters that must be left.
const LEFT: usize = 6;

/// Lower case, without l33t, a line each. The longest piece that fits is taken away, so their order does not count.
const WORDS: &str = include_str!("../../assets/guessed-words.txt");

/// Walks start and end anywhere on these, and go both ways.
const WALKS: [&str; 9] = [
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
    "qazwsxedcrfvtgbyhnujm",
];

/// Whether `password` is guessed early at an account of that name.
pub(super) fn is_guessed(password: &str, name: &str) -> bool {
    let lower = password.to_lowercase();
    let hash = digest(&SHA256, lower.as_bytes());
    let begins = crate::secret::hex(&hash.as_ref()[..6]);
    COMMON.lines().any(|known| known == begins) || left(&lower, name) < LEFT
}

/// How many characters are left. What is between words counts for nothing.
fn left(lower: &str, name: &str) -> usize {
    let typed: Vec<char> = lower.chars().collect();
    let meant: Vec<char> = typed.iter().copied().map(meant).collect();
    let (mut at, mut left) = (0, 0);
    while at < typed.len() {
        let word = WORDS.lines().chain([name]).map(|word| word_at(&meant[at..], word)).max().unwrap_or(0);
        let piece = word.max(walk_at(&typed[at..])).max(again_at(&typed, at)).max(year_at(&typed[at..]));
        if piece == 0 && !typed[at].is_whitespace() && !typed[at].is_ascii_punctuation() {
            left += 1;
        }
        at += piece.max(1);
    }
    left
}

/// The letter that is meant by a digit or a sign.
const fn meant(typed: char) -> char {
    match typed {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// The length of `word` where the text begins with it.
fn word_at(text: &[char], word: &str) -> usize {
    let length = word.chars().count();
    if length > 1 && text.len() >= length && word.chars().map(meant).eq(text[..length].iter().copied()) {
        length
    } else {
        0
    }
}

/// The length of a walk that the text begins with; three steps are the least.
fn walk_at(text: &[char]) -> usize {
    let longest = |walk: &[char]| {
        let from =
            (0..walk.len()).map(|from| walk[from..].iter().zip(text).take_while(|(a, b)| a == b).count());
        from.max().unwrap_or(0)
    };
    let both = |walk: &str| {
        let there: Vec<char> = walk.chars().collect();
        let back: Vec<char> = walk.chars().rev().collect();
        longest(&there).max(longest(&back))
    };
    WALKS.into_iter().map(both).max().filter(|length| *length >= 3).unwrap_or(0)
}

/// The length of what stands here and stood before: two characters are the least, one where it is the same as the last.
fn again_at(text: &[char], at: usize) -> usize {
    let same = |from: usize| text[from..].iter().zip(&text[at..]).take_while(|(a, b)| a == b).count();
    let longest = (0..at).map(same).max().unwrap_or(0);
    let last = at > 0 && text[at - 1] == text[at];
    if longest >= 2 || last { longest } else { 0 }
}

/// A year of the last century or this one.
fn year_at(text: &[char]) -> usize {
    let begins = matches!(text, ['1', '9', ..] | ['2', '0', ..]);
    if begins && text.len() >= 4 && text[2..4].iter().all(char::is_ascii_digit) { 4 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_ones_are_read() {
        assert_eq!(COMMON.lines().filter(|line| line.len() == 12).count(), 12_059);
        // Of the list, and by no rule: these fail when it is not read.
        for password in ["philadelphia", "Transformers", "leavemealone", "needforspeed"] {
            assert!(is_guessed(password, "liliang"), "{password}");
            assert!(left(&password.to_lowercase(), "liliang") >= LEFT, "{password} is no proof of the list");
        }
    }

    #[test]
    fn what_programs_put_together_is_guessed() {
        for password in [
            "Yilin-2026-kiosk!",
            "P@ssw0rd-P@ssw0rd",
            "admin123456789",
            "liliang20261128",
            "L1l1@ng!2026!!",
            "qwertyuiop[]asdfghjkl",
            "zxcvbnm,./zxcvbnm",
            "abcabcabcabcabc",
            "aaaaaaaaaaaaaaab",
            "宜邻政务服务密码2026宜邻",
            "woaini5201314woaini",
            "1qaz@WSX3edc1qaz",
            "98765432109876",
            "Welcome2Yilin2026",
            "ab12ab12ab12ab12",
        ] {
            assert!(
                is_guessed(password, "liliang"),
                "{password}: {}",
                left(&password.to_lowercase(), "liliang")
            );
        }
    }

    #[test]
    fn a_sentence_is_not_guessed() {
        for password in [
            "a quiet river",
            "a quiet river in spring",
            "correct horse battery staple",
            "春江潮水连海平海上明月共潮生",
            "vK7#qL0z!pW2",
            "the desk is by the window",
            "Привет, тихая река",
            "🍵🏮🚲🧵🎋🪁🌾🐟🥟🧧🎐🪷",
        ] {
            assert!(
                !is_guessed(password, "liliang"),
                "{password}: {}",
                left(&password.to_lowercase(), "liliang")
            );
        }
    }
}
