//! Which files the rules look at.

use super::LayersError;
use std::path::Path;

/// A file and what is in it.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the repository's root, with `/`.
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// Its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rust,
    Slint,
}

/// Folders that hold nothing of ours.
const NOT_OURS: [&str; 3] = ["target", ".git", "node_modules"];

/// Every .rs and .slint file of the repository, in the order of their paths.
pub(super) fn sources(root: &Path) -> Result<Vec<Source>, LayersError> {
    let mut found = Vec::new();
    walk(root, "", &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<Source>) -> Result<(), LayersError> {
    let failed = |error| LayersError::File(folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        let file_type = entry.file_type().map_err(failed)?;
        if file_type.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                walk(&entry.path(), &format!("{path}/"), found)?;
            }
            continue;
        }
        let kind = match name.rsplit_once('.') {
            Some((_, "rs")) => Kind::Rust,
            Some((_, "slint")) => Kind::Slint,
            _ => continue,
        };
        let text =
            std::fs::read_to_string(entry.path()).map_err(|error| LayersError::File(entry.path(), error))?;
        found.push(Source { path, kind, text });
    }
    Ok(())
}
