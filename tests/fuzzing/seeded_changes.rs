//! Fuzz entries over their corpus and over seeded changes of it: what a test run has of the fuzzing, without its toolchain.
//!
//! Taken by path into the test of each package that has a folder `fuzz`: packages that must not know each other run their
//! entries alike.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// A parser of outside bytes, which must end well whatever they are.
pub(crate) type Entry = fn(&[u8]);

/// Runs each entry over its folder in `corpus` and over so many changes of it.
///
/// # Panics
/// An entry panicked: the bytes are in the message; or it has no corpus.
pub(crate) fn check(corpus: &Path, entries: &[(&str, Entry)], changes: u32) {
    for (name, entry) in entries {
        let folder = corpus.join(name);
        let mut files: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let corpus: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
        assert!(!corpus.is_empty(), "{name} has no corpus");
        let check = |bytes: &[u8], what: &str| {
            if catch_unwind(AssertUnwindSafe(|| entry(bytes))).is_err() {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                panic!("{name}, {what}: keep these bytes as a file of its corpus: {hex}");
            }
        };
        for (file, bytes) in files.iter().zip(&corpus) {
            check(bytes, &file.display().to_string());
        }
        let mut chance = Chance(0x5EED_0001);
        for index in 0..changes {
            check(&changed(&corpus, &mut chance), &format!("change {index}"));
        }
    }
}

/// Marsaglia's xorshift, 64 bits.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.below(256).to_le_bytes()[0]
    }
}

/// One to four small changes: a byte, a bit, a piece cut out, doubled, moved in from another input, the end cut off.
fn changed(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        let piece = at..(at + 1 + chance.below(16)).min(bytes.len());
        match chance.below(6) {
            0 if !bytes.is_empty() => bytes[at] = chance.byte(),
            1 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            2 if piece.start < piece.end => drop(bytes.drain(piece)),
            3 if piece.start < piece.end => {
                let doubled = bytes[piece].to_vec();
                bytes.splice(at..at, doubled);
            }
            4 => {
                let other = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len());
                let taken = other[from..(from + chance.below(64)).min(other.len())].to_vec();
                bytes.splice(at..at, taken);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}
