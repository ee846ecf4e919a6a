//! A dictionary as the text of its file: `KEY<tab>WORD<tab>FREQUENCY`, a line an entry.

use super::nine::Index;
use std::sync::OnceLock;

/// The words of a file; the text stays where it is.
#[derive(Debug)]
pub struct Dictionary<'d> {
    text: &'d [u8],
    order: Order,
    /// Made when somebody types on nine keys, and only then.
    by_keys: OnceLock<Index>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// By key, in bytes.
    Sorted,
    /// A short file in any order: read through.
    Unsorted,
}

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'d> {
    /// How it is typed: its syllables, parted by blanks.
    pub key: &'d str,
    /// As it is written.
    pub word: &'d str,
    /// How often it is met, against others of the file.
    pub frequency: u32,
}

impl<'d> Dictionary<'d> {
    /// A file whose lines are sorted by key, in bytes.
    pub const fn sorted(text: &'d [u8]) -> Self {
        Self { text, order: Order::Sorted, by_keys: OnceLock::new() }
    }

    /// A short file in any order.
    pub const fn unsorted(text: &'d [u8]) -> Self {
        Self { text, order: Order::Unsorted, by_keys: OnceLock::new() }
    }

    /// The words with this key.
    pub(super) fn exact(&self, key: &str) -> Vec<Entry<'d>> {
        self.from(key)
            .take_while(|e| self.order == Order::Unsorted || e.key == key)
            .filter(|e| e.key == key)
            .collect()
    }

    /// The words whose key begins with this one and is longer.
    pub(super) fn beginning(&self, key: &str) -> Vec<Entry<'d>> {
        self.from(key)
            .take_while(|e| self.order == Order::Unsorted || e.key.starts_with(key))
            .filter(|e| e.key.len() > key.len() && e.key.starts_with(key))
            .collect()
    }

    /// Its words by the keys of nine that they are typed with.
    pub(super) fn by_keys(&self) -> &Index {
        self.by_keys.get_or_init(|| Index::of(self.text))
    }

    /// The word whose line begins at this byte.
    pub(super) fn entry_at(&self, start: usize) -> Option<Entry<'d>> {
        lines(self.text.get(start..)?).next().and_then(entry)
    }

    /// Its words, as they stand in the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'d>> + use<'d> {
        lines(self.text).filter_map(entry)
    }

    /// The entries from the first that is not before the key.
    fn from(&self, key: &str) -> impl Iterator<Item = Entry<'d>> + use<'d> {
        let start = match self.order {
            Order::Sorted => self.lower_bound(key),
            Order::Unsorted => 0,
        };
        lines(&self.text[start..]).filter_map(entry)
    }

    /// The byte at which the first line begins whose key is not before this one.
    fn lower_bound(&self, key: &str) -> usize {
        let bytes = self.text;
        let line_start = |at: usize| bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line_end =
            |at: usize| bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i + 1);
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let middle = line_start(low + (high - low) / 2);
            let end = line_end(middle);
            let before = key_of(&bytes[middle..end]) < key.as_bytes();
            if before {
                low = end;
            } else {
                high = middle;
            }
        }
        low
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| *b == b'\n')
}

/// The key of a line.
pub(super) fn key_of(line: &[u8]) -> &[u8] {
    line.split(|b| *b == b'\t').next().unwrap_or_default()
}

/// A line that is no text has no word.
fn entry(line: &[u8]) -> Option<Entry<'_>> {
    let mut parts = str::from_utf8(line).ok()?.split('\t');
    Some(Entry { key: parts.next()?, word: parts.next()?, frequency: parts.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[u8] = "a\t啊\t9\na\t阿\t5\nai\t爱\t7\nai hao\t爱好\t3\nba\t八\t8\n".as_bytes();

    #[test]
    fn a_binary_search_finds_what_reading_through_finds() {
        for key in ["", "a", "ai", "ai hao", "ai h", "b", "ba", "c"] {
            let sorted = Dictionary::sorted(SMALL);
            let unsorted = Dictionary::unsorted(SMALL);
            assert_eq!(sorted.exact(key), unsorted.exact(key), "{key}");
            assert_eq!(sorted.beginning(key), unsorted.beginning(key), "{key}");
        }
        assert_eq!(Dictionary::sorted(SMALL).exact("a").len(), 2);
        assert_eq!(Dictionary::sorted(SMALL).exact("ba").first().map(|e| e.word), Some("八"));
    }

    #[test]
    fn an_empty_file_has_nothing() {
        assert_eq!(Dictionary::sorted(b"").exact("a"), []);
    }
}
