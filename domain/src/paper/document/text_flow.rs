//! How wide characters are and where a line may end.
//!
//! Duty: width in half columns (Unicode UAX #11, ambiguous ones wide as in Chinese fonts) and breaks (UAX #14: no
//! closing mark at the beginning of a line, no opening one at its end, no word cut that fits on a line).
//! Never: drop a character that can be seen.

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::UnicodeWidthChar;
use zeroize::Zeroizing;

/// Half columns that a character takes: 2 full width, 1 half width, 0 what is laid over the character before it.
///
/// Latin, Greek and Cyrillic letters are half width, with or without marks. A control character takes two: it is shown
/// as a box, because it has no business on a paper.
pub fn columns_of_char(c: char) -> usize {
    match c {
        '\u{200B}'..='\u{200F}'
        | '\u{2060}'
        | '\u{FEFF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0100}'..='\u{E01EF}' => 0,
        _ => c.width_cjk().unwrap_or(2).min(2),
    }
}

/// Half columns that a text takes on one line.
pub fn columns_of(text: &str) -> usize {
    text.chars().map(columns_of_char).sum()
}

/// The text as it goes on paper: '¥' as '￥' (the only one that a Chinese printer has), every blank as a space, and
/// between Latin letters and digits the narrow marks, which are full width in a Chinese font.
pub(super) fn for_paper(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() + 8));
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let between_latin = latin(before) && latin(chars.peek().copied());
        match c {
            '\r' => {}
            '\u{A5}' => out.push('\u{FFE5}'),
            '\t' | '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => out.push(' '),
            '\u{2019}' if between_latin => out.push('\''),
            '\u{2013}' if between_latin => out.push('-'),
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Whether every word of the text fits on a line of so many half columns.
pub(super) fn words_fit(text: &str, columns: usize) -> bool {
    let mut begin = 0;
    linebreaks(text).all(|(end, _)| {
        let word = &text[begin..end];
        begin = end;
        columns_of(word.trim_end()) <= columns
    })
}

/// The text's lines of at most so many half columns, each without blanks at its end.
///
/// A word wider than a whole line is cut where the line is full.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut line_begin = 0;
    let mut word_begin = 0;
    for (word_end, kind) in linebreaks(text) {
        let fits = columns_of(text[line_begin..word_end].trim_end()) <= columns;
        if !fits && line_begin < word_begin {
            lines.push(text[line_begin..word_begin].trim_end());
            line_begin = word_begin;
        }
        while let Some(cut) = first_too_wide(text[line_begin..word_end].trim_end(), columns) {
            lines.push(&text[line_begin..line_begin + cut]);
            line_begin += cut;
        }
        if kind == BreakOpportunity::Mandatory {
            lines.push(text[line_begin..word_end].trim_end());
            line_begin = word_end;
        }
        word_begin = word_end;
    }
    lines
}

/// The byte at which a text leaves the line; at least one character stays on it.
fn first_too_wide(text: &str, columns: usize) -> Option<usize> {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += columns_of_char(c);
        if used > columns && at > 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn widths() {
        let cases = [
            ('a', 1),
            ('~', 1),
            ('中', 2),
            ('䶮', 2),
            ('𠅤', 2),
            ('\u{E863}', 2),
            ('。', 2),
            ('“', 2),
            ('·', 2),
            ('…', 2),
            ('￥', 2),
            ('　', 2),
            ('ö', 1),
            ('é', 1),
            ('α', 1),
            ('Я', 1),
            ('\u{301}', 0),
            ('\u{FE0F}', 0),
            ('\u{7}', 2),
        ];
        for (c, columns) in cases {
            assert_eq!(columns_of_char(c), columns, "{c:?}");
        }
    }

    #[test]
    fn marks_for_paper() {
        let cases = [
            ("¥30", "￥30"),
            ("9:00–17:00", "9:00-17:00"),
            ("the resident’s", "the resident's"),
            ("他说“好”", "他说“好”"),
            ("a\tb\u{A0}c\r\n", "a b c\n"),
        ];
        for (text, paper) in cases {
            assert_eq!(for_paper(text).as_str(), paper);
        }
    }

    #[test]
    fn lines() {
        let cases: &[(&str, usize, &[&str])] = &[
            ("", 10, &[]),
            ("一二三四五", 10, &["一二三四五"]),
            ("一二三四五六", 10, &["一二三四五", "六"]),
            // The full stop may not begin a line: it takes its character along.
            ("一二三四五。", 10, &["一二三四", "五。"]),
            ("一二三四《五六》", 10, &["一二三四", "《五六》"]),
            ("请于 2026-03-31 前来", 12, &["请于", "2026-03-31", "前来"]),
            ("two words", 5, &["two", "words"]),
            ("上\n下", 10, &["上", "下"]),
            ("上\n\n下", 10, &["上", "", "下"]),
            ("ABCDEFGHIJKL", 5, &["ABCDE", "FGHIJ", "KL"]),
            ("中", 1, &["中"]),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(&wrap(text, *columns), expected, "{text:?} in {columns}");
        }
    }

    #[test]
    fn words() {
        assert!(words_fit("办件编号 WH2026", 6));
        assert!(!words_fit("办件编号 WH2026", 5));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_is_too_wide(text in "[ -~一-龥。，（）“”䶮𠅤\n]{0,80}", columns in 2usize..50) {
            let lines = wrap(&text, columns);
            for line in &lines {
                prop_assert!(columns_of(line) <= columns, "{line:?}");
            }
            let seen: String = lines.concat().chars().filter(|c| !c.is_whitespace()).collect();
            let given: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert_eq!(seen, given);
        }
    }
}
