//! What is wrong in a file, where, and what to do about it.

/// A mistake in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{line}:{column}: {what}: {remedy}")]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Mistake {
    /// The mistake with the file it is in.
    pub fn in_file(self, path: &str) -> FileMistake {
        FileMistake { path: path.to_owned(), mistake: self }
    }
}

/// A mistake with the file it is in: `catalogue/items/x.toml:12:1: what: remedy`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("{path}:{mistake}")]
pub struct FileMistake {
    /// The path as the caller named it.
    pub path: String,
    /// The mistake.
    pub mistake: Mistake,
}

/// Collects the mistakes of one text.
pub(super) struct Findings<'t> {
    text: &'t str,
    found: Vec<Mistake>,
}

impl<'t> Findings<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Notes a mistake at a byte offset of the text.
    pub(super) fn note(&mut self, at: usize, what: impl Into<String>, remedy: impl Into<String>) {
        let (line, column) = position(self.text, at);
        self.found.push(Mistake { line, column, what: what.into(), remedy: remedy.into() });
    }

    /// The mistakes in the order of the file, each once.
    pub(super) fn into_mistakes(mut self) -> Vec<Mistake> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}

fn position(text: &str, at: usize) -> (usize, usize) {
    let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let text = "名 = 1\nb\n";
        for (at, expected) in
            [(0, (1, 1)), (1, (1, 1)), (3, (1, 2)), (8, (2, 1)), (9, (2, 2)), (10, (3, 1)), (99, (3, 1))]
        {
            assert_eq!(position(text, at), expected, "{at}");
        }
        assert_eq!(position("", 5), (1, 1));
    }
}
