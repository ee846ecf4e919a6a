//! Item files: text in, a [`ServiceItem`] or every mistake out.
//!
//! Duty: a mistake names its line and column, what is wrong and what to do; all of them at once, not the first. Never:
//! read a disk. The schema for people is `docs/catalogue.md`.
//!
//! A file passes three gates: the text is TOML; every key and value has its shape (`schema`, `shape`, `language`); the
//! rules between keys hold (`item_rules`, `form_rules`, `sample_rules`). Text that is no TOML is told alone, since what
//! follows from it would only confuse; the two other gates run together.

mod folder;
mod form_rules;
mod item_rules;
mod language;
mod mistake;
mod node;
mod sample_rules;
mod schema;
mod shape;

pub use folder::{AdmittedCatalogue, AdmittedItem, CATALOGUE_FILE, read_folder, read_items};
pub use mistake::{FileMistake, Mistake};

use super::ServiceItem;
use mistake::Findings;
use node::Node;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads one item file.
pub fn read_item(text: &str) -> Result<ServiceItem, Vec<Mistake>> {
    let root = parse(text)?;
    let node = Node::new(&root);
    let mut findings = Findings::new(text);
    shape::check_section(node, &schema::ITEM, &mut findings);
    item_rules::check(node, &mut findings);
    form_rules::check(node, &mut findings);
    sample_rules::check(node, &mut findings);
    if !findings.is_empty() {
        return Err(findings.into_mistakes());
    }
    node.read().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        findings.note(at, error.message(), "see docs/catalogue.md for what may stand there");
        findings.into_mistakes()
    })
}

/// Parses TOML; each thing that is none is a mistake.
fn parse(text: &str) -> Result<Spanned<DeValue<'_>>, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let span = table.span();
        return Ok(Spanned::new(span, DeValue::Table(table.into_inner())));
    }
    let mut findings = Findings::new(text);
    for error in errors {
        let remedy = if error.message().contains("duplicate key") {
            "keep one of the two, or write each in two brackets, such as [[form]], if it is a list"
        } else {
            "write `key = \"text\"`, each text in one pair of quotes on its own line, each list and table closed"
        };
        let at = error.span().map_or(0, |span| span.start);
        findings.note(at, format!("this is no TOML: {}", error.message()), remedy);
    }
    Err(findings.into_mistakes())
}
