//! A newer catalogue out of an older one and what differs.
//!
//! Duty: the whole that the province means, or nothing. Never: trust a delta; the digest of the whole decides.

use crate::catalogue_trust::signed_text;
use crate::contract::catalogue::{CatalogueDelta, CatalogueFile, CatalogueFiles};
use crate::digest::sha256_hex;
use std::collections::BTreeMap;

/// Why a delta gives no catalogue; the whole is fetched then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeltaProblem {
    /// It is for another version than the one that is here.
    #[error("it is for version {0}")]
    OtherVersion(String),
    /// A file of the newer catalogue is neither here nor in it.
    #[error("{0} is neither here nor in it")]
    Missing(String),
    /// What comes of it is not what the province has.
    #[error("what comes of it has another digest")]
    Digest,
}

/// Applies a delta to the catalogue that it is for.
pub fn apply(old: &CatalogueFiles, delta: &CatalogueDelta) -> Result<CatalogueFiles, DeltaProblem> {
    if delta.from != old.version {
        return Err(DeltaProblem::OtherVersion(delta.from.clone()));
    }
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    for file in old.items.iter().filter(|f| !delta.removed.contains(&f.name)).chain(&delta.changed) {
        texts.insert(&file.name, &file.toml);
    }
    let items = delta.order.iter().map(|name| match texts.get(name.as_str()) {
        Some(toml) => Ok(CatalogueFile { name: name.clone(), toml: (*toml).to_owned() }),
        None => Err(DeltaProblem::Missing(name.clone())),
    });
    let whole = CatalogueFiles {
        version: delta.version.clone(),
        published_at: delta.published_at,
        site: delta.site.clone(),
        items: items.collect::<Result<_, _>>()?,
        signature: delta.signature.clone(),
    };
    let digest = signed_text(&whole).map(|text| sha256_hex(text.as_bytes()));
    if digest.as_ref() == Some(&delta.digest) { Ok(whole) } else { Err(DeltaProblem::Digest) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn file(name: &str, toml: &str) -> CatalogueFile {
        CatalogueFile { name: name.to_owned(), toml: toml.to_owned() }
    }

    fn files(version: &str, items: Vec<CatalogueFile>) -> CatalogueFiles {
        let published_at = datetime!(2026-11-24 10:24:00 +8);
        CatalogueFiles { version: version.to_owned(), published_at, site: None, items, signature: None }
    }

    fn delta(new: &CatalogueFiles, changed: Vec<CatalogueFile>, removed: &[&str]) -> CatalogueDelta {
        CatalogueDelta {
            from: "1".to_owned(),
            version: new.version.clone(),
            published_at: new.published_at,
            site: None,
            order: new.items.iter().map(|f| f.name.clone()).collect(),
            changed,
            removed: removed.iter().map(|name| (*name).to_owned()).collect(),
            digest: sha256_hex(signed_text(new).unwrap().as_bytes()),
            signature: None,
        }
    }

    #[test]
    fn the_newer_one_comes_out_whole_or_not_at_all() {
        let old = files("1", vec![file("a", "A"), file("b", "B"), file("c", "C")]);
        let new = files("2", vec![file("c", "C"), file("d", "D"), file("a", "A2")]);
        let right = delta(&new, vec![file("a", "A2"), file("d", "D")], &["b"]);
        assert_eq!(apply(&old, &right), Ok(new.clone()));
        let mut other = right.clone();
        other.from = "0".into();
        assert_eq!(apply(&old, &other), Err(DeltaProblem::OtherVersion("0".into())));
        let short = delta(&new, vec![file("a", "A2")], &["b"]);
        assert_eq!(apply(&old, &short), Err(DeltaProblem::Missing("d".into())));
        // The terminal's own copy is another than the province thinks.
        let damaged = files("1", vec![file("a", "A"), file("b", "B"), file("c", "c")]);
        assert_eq!(apply(&damaged, &right), Err(DeltaProblem::Digest));
        let reordered = CatalogueDelta { order: vec!["a".into(), "c".into(), "d".into()], ..right };
        assert_eq!(apply(&old, &reordered), Err(DeltaProblem::Digest));
    }
}
