//! What is right for a text that a resident reads, in both languages.

use super::mistake::Findings;
use super::node::Node;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

/// Where a text stands, which says how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The question or name of a page: two lines at the most, in title type.
    Title,
    /// On a button or beside a field: one line on a 21.5-inch unit.
    Label,
    /// One calm sentence: two lines of body type.
    Sentence,
    /// A line of a guide, which may break.
    Line,
}

impl Role {
    /// At most so many columns; a Chinese character has two (design of sizes: body 10 mm, title 16 mm, column 268 mm).
    const fn columns(self) -> usize {
        match self {
            Self::Title => 40,
            Self::Label => 32,
            Self::Sentence => 100,
            Self::Line => 180,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Title => "a title",
            Self::Label => "a label",
            Self::Sentence => "a sentence",
            Self::Line => "a line",
        }
    }
}

/// Checks the two texts of a `{ zh-CN = …, en = … }`; that they exist is the shape's business.
pub(super) fn check(node: Node<'_>, role: Role, findings: &mut Findings<'_>) {
    let (chinese, english) = (node.get("zh-CN"), node.get("en"));
    for (text, at) in [chinese, english].into_iter().flatten().filter_map(|n| Some((n.text()?, n.at()))) {
        if text.trim().is_empty() {
            findings.note(at, "the text is empty", "write it, in both languages");
        } else if text.trim() != text || text.contains(['\n', '\t']) {
            findings.note(at, "the text has a line break or begins or ends with a space", "take them away");
        }
        if text.contains(['!', '\u{FF01}']) {
            findings.note(at, "the text has an exclamation mark", "end it with a full stop or with nothing");
        }
        if text.width() > role.columns() {
            let what =
                format!("{} of {} columns is longer than {}", role.name(), text.width(), role.columns());
            findings.note(at, what, "say it in fewer words; a Chinese character counts as two columns");
        }
    }
    if let Some((text, at)) = chinese.and_then(|n| Some((n.text()?, n.at())))
        && !text.trim().is_empty()
        && !text.chars().any(is_han)
    {
        findings.note(at, "the Chinese text has no Chinese character", "write it in Chinese");
    }
    if let Some((text, at)) = chinese.and_then(|n| Some((n.text()?, n.at()))) {
        check_punctuation(text, at, findings);
    }
    let Some((english, at)) = english.and_then(|n| Some((n.text()?, n.at()))) else { return };
    if english.chars().any(is_han) {
        findings.note(at, "the English text has Chinese characters", "write it in English");
    }
    if let Some(chinese) = chinese.and_then(Node::text)
        && arguments(chinese) != arguments(english)
    {
        findings.note(at, "the two languages have different {arguments}", "use the same ones in both");
    }
}

/// Punctuation beside a Chinese character is Chinese and as wide as one; GB/T 15834. Times and numbers keep theirs.
fn check_punctuation(text: &str, at: usize, findings: &mut Findings<'_>) {
    const MARKS: [(char, char); 6] = [
        (',', '\u{FF0C}'),
        (':', '\u{FF1A}'),
        (';', '\u{FF1B}'),
        ('?', '\u{FF1F}'),
        ('(', '\u{FF08}'),
        (')', '\u{FF09}'),
    ];
    for (latin, chinese) in MARKS {
        let beside_han = |(i, _): (usize, &str)| {
            let before = text[..i].trim_end().chars().next_back();
            let after = text[i + 1..].trim_start().chars().next();
            before.is_some_and(is_han) || after.is_some_and(is_han)
        };
        if text.match_indices(latin).any(beside_han) {
            let what = format!("`{latin}` of Latin text in the Chinese text");
            findings.note(at, what, format!("write `{chinese}`"));
        }
    }
}

/// Unified ideographs, those of the supplementary planes among them.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn arguments(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}
