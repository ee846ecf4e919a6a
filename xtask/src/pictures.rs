//! `cargo xtask pictures`: takes the pictures of docs/pictures again.
//!
//! Duty: start the terminal without a display and keep the pictures that the documents show. Never: draw.

use crate::say;
use crate::workspace::{CargoError, release_terminal, root};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Page, mode, language and size, as `yilin-terminal gallery` names its pictures.
const PAGES: &[[&str; 4]] = &[
    ["idle", "standard", "zh-CN", "1080x1920"],
    ["home", "standard", "zh-CN", "1080x1920"],
    ["home", "large", "zh-CN", "1080x1920"],
    ["home", "standard", "en", "1080x1920"],
    ["guide", "standard", "zh-CN", "1080x1920"],
    ["consent", "standard", "zh-CN", "1080x1920"],
    ["identify-card", "standard", "zh-CN", "1080x1920"],
    ["face", "standard", "zh-CN", "1080x1920"],
    ["review", "standard", "zh-CN", "1080x1920"],
    ["result", "standard", "zh-CN", "1080x1920"],
    ["idle", "standard", "zh-CN", "1920x1080"],
    ["home", "standard", "zh-CN", "800x1280"],
];

/// The visit whose papers are shown; time and seed make it the same each time.
const VISIT: &[&str] = &["--item", "old-age-allowance", "--seed", "1", "--time", "2026-11-24T10:24:00+08:00"];

/// Why there are no pictures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PicturesError {
    #[error("there is no terminal to take pictures of")]
    Cargo(#[from] CargoError),
    #[error("`yilin-terminal {0}` could not be started")]
    Start(String, #[source] std::io::Error),
    #[error("`yilin-terminal {0}` ended with {1}")]
    Failed(String, ExitStatus),
    #[error("{0} cannot be written")]
    Write(PathBuf, #[source] std::io::Error),
    #[error("the visit left no picture of a paper")]
    NoPaper,
}

/// Takes every picture of docs/pictures.
pub(crate) fn take() -> Result<(), PicturesError> {
    let terminal = release_terminal()?;
    let folder = std::env::temp_dir().join(format!("yilin-pictures-{}", std::process::id()));
    let taken = all(&terminal, &folder, &root().join("docs/pictures"));
    // What is left in the folder for temporary files is no reason to fail.
    let _ = std::fs::remove_dir_all(&folder);
    taken
}

fn all(terminal: &Path, folder: &Path, kept: &Path) -> Result<(), PicturesError> {
    std::fs::create_dir_all(kept).map_err(|error| PicturesError::Write(kept.to_owned(), error))?;
    let gallery = folder.join("gallery");
    for [page, mode, locale, size] in PAGES {
        let out = gallery.to_string_lossy();
        start(
            terminal,
            &["gallery", "--page", page, "--mode", mode, "--locale", locale, "--size", size, "--out", &out],
        )?;
        let name = format!("{page}.{mode}.{locale}.{size}.png");
        keep(&gallery.join(&name), &kept.join(&name))?;
    }
    let visit = folder.join("visit");
    let out = visit.to_string_lossy();
    start(terminal, &[&["visit"][..], VISIT, &["--out", &out]].concat())?;
    let papers: Vec<String> =
        (1..).map(|n| format!("paper-{n}.png")).take_while(|name| visit.join(name).is_file()).collect();
    if papers.is_empty() {
        return Err(PicturesError::NoPaper);
    }
    for name in papers {
        keep(&visit.join(&name), &kept.join(&name))?;
    }
    Ok(())
}

fn start(terminal: &Path, arguments: &[&str]) -> Result<(), PicturesError> {
    let line = || arguments.join(" ");
    let status = Command::new(terminal)
        .args(arguments)
        .status()
        .map_err(|error| PicturesError::Start(line(), error))?;
    if status.success() { Ok(()) } else { Err(PicturesError::Failed(line(), status)) }
}

fn keep(from: &Path, to: &Path) -> Result<(), PicturesError> {
    std::fs::copy(from, to).map_err(|error| PicturesError::Write(to.to_owned(), error))?;
    say(&to.display().to_string());
    Ok(())
}
