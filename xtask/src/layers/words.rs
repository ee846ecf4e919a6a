//! Words that people read stand in domain/messages, not in code.

use super::Breach;
use super::rust_source::{Part, RustSource};

/// Files whose Chinese is no text for a reader, and what it is.
const NOT_WORDS: &[(&str, &str)] = &[
    ("domain/src/resident_id/nation.rs", "the names of GB/T 3304, as cards and papers write them"),
    ("domain/src/service_item/sample.rs", "an example in a remedy for who writes a catalogue file"),
    ("domain/src/service_item/source/form_rules.rs", "what a catalogue file may not ask for"),
    ("drivers/src/bin/", "command lines for technicians, whose test print shows every kind of character"),
    (
        "drivers/src/id_card_reader/redaction/stand_in.rs",
        "what a recording has in place of what a chip holds",
    ),
    ("drivers/src/id_card_reader/text_block.rs", "what the chip writes"),
    ("platform-client/src/openapi", "the title and the fictitious examples of the contract's document"),
    ("kiosk-ui/src/fonts.rs", "the brackets around a code point"),
];

/// Every string literal of the product with Chinese in it.
pub(super) fn in_rust(path: &str, source: &RustSource) -> Vec<Breach> {
    if !is_product(path) || NOT_WORDS.iter().any(|(start, _)| path.starts_with(start)) {
        return Vec::new();
    }
    source
        .literals
        .iter()
        .filter(|said| said.part == Part::Product && said.text.chars().any(is_han))
        .map(|said| {
            Breach::at(path, said.line, format!("says {}: words belong in domain/messages", said.text))
        })
        .collect()
}

/// Whether a character belongs to Chinese text.
pub(super) fn is_han(character: char) -> bool {
    matches!(u32::from(character), 0x3001..=0x303F | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
}

/// Tests, simulators, samples and what developers run may speak for themselves.
fn is_product(path: &str) -> bool {
    let not_product = ["sim", "sim.rs", "tests", "tests.rs", "examples", "sample-city", "xtask", "build.rs"];
    !path.split('/').any(|part| not_product.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::super::rust_source::read;
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        in_rust(path, &read(text).unwrap()).len()
    }

    #[test]
    fn chinese_in_the_product_is_a_breach() {
        assert_eq!(count("kiosk-ui/src/a.rs", "const A: &str = \"请稍候\";"), 1);
        assert_eq!(count("drivers/src/a.rs", "fn f() { g(&format!(\"{}元\", 1)) }"), 1);
        assert_eq!(count("kiosk-ui/src/a.rs", "#[error(\"没有{0}\")] struct A;"), 1);
        assert_eq!(count("kiosk-ui/src/a.rs", "const A: &str = \"，\";"), 1);
    }

    #[test]
    fn other_text_is_none() {
        for (path, text) in [
            ("kiosk-ui/src/a.rs", "/// 请稍候\nconst A: &str = \"wait\"; // 请稍候"),
            ("kiosk-ui/src/a.rs", "#[cfg(test)] mod tests { const A: &str = \"请稍候\"; }"),
            ("kiosk-ui/src/a.rs", "const DISTRICT: char = '区';"),
            ("drivers/src/sim/a.rs", "const A: &str = \"张示例\";"),
            ("drivers/src/receipt_printer/tests.rs", "const A: &str = \"张示例\";"),
            ("sample-city/src/people.rs", "const A: &str = \"张示例\";"),
            ("tests/tests/visit.rs", "const A: &str = \"张示例\";"),
        ] {
            assert_eq!(count(path, text), 0, "{path}: {text}");
        }
    }
}
