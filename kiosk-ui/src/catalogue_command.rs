//! `catalogue check`: item files as the terminal would take them, all of them or none.

use crate::output::Output;
use domain::service_item::source::{CATALOGUE_FILE, read_folder};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {cause}")]
struct Unreadable {
    file: PathBuf,
    cause: std::io::Error,
}

/// Checks `catalogue.toml` and `items/*.toml` of a folder.
pub fn check(folder: &Path, output: Output) -> ExitCode {
    let files = match files(folder) {
        Ok(files) => files,
        Err(error) => return output.failed("unreadable", &error.to_string()),
    };
    match read_folder(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))) {
        Ok(catalogue) => {
            let items: Vec<_> = catalogue.entries.iter().map(|entry| entry.item.id.0.as_str()).collect();
            let words = format!("{}: {} items, no mistake", catalogue.version, items.len());
            output.line(&words, &json!({"version": catalogue.version, "items": items}));
            ExitCode::SUCCESS
        }
        Err(mistakes) => {
            for mistake in &mistakes {
                let at = &mistake.mistake;
                let object = json!({
                    "path": mistake.path, "line": at.line, "column": at.column,
                    "what": at.what, "remedy": at.remedy,
                });
                output.line(&mistake.to_string(), &object);
            }
            output.failed("mistakes", &format!("{}: {} mistakes", folder.display(), mistakes.len()))
        }
    }
}

/// Path → text, the items in the order of their names.
fn files(folder: &Path) -> Result<Vec<(String, String)>, Unreadable> {
    let read = |file: PathBuf| match std::fs::read_to_string(&file) {
        Ok(text) => Ok((file.display().to_string(), text)),
        Err(cause) => Err(Unreadable { file, cause }),
    };
    let items = folder.join("items");
    let unreadable = |cause| Unreadable { file: items.clone(), cause };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&items).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    std::iter::once(folder.join(CATALOGUE_FILE)).chain(paths).map(read).collect()
}
