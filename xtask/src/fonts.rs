//! `cargo xtask fonts`: makes the typeface again.

use crate::workspace;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian's package fonts-noto-cjk puts them.
pub(crate) const DEBIAN: &str = "/usr/share/fonts/opentype/noto";

/// The version that made the files in the repository; another one may give other bytes.
const FONTTOOLS: &str = "4.68.0";

/// Why there is no typeface.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FontsError {
    #[error("python3 is not there: install it (Debian: apt-get install python3 python3-pip)")]
    NoPython(#[source] std::io::Error),
    #[error("python3 has no fontTools {FONTTOOLS}: python3 -m pip install fonttools=={FONTTOOLS}")]
    NoFontTools,
    #[error("no {0}: install Noto Sans CJK (Debian: apt-get install fonts-noto-cjk), or name its folder")]
    NoSource(PathBuf),
    #[error("the faces were not made: python3 ended with {0}")]
    NotMade(std::process::ExitStatus),
}

/// Writes the faces of assets/fonts.
pub(crate) fn make(source: &Path) -> Result<(), FontsError> {
    for weight in ["Regular", "Bold"] {
        let file = source.join(format!("NotoSansCJK-{weight}.ttc"));
        if !file.is_file() {
            return Err(FontsError::NoSource(file));
        }
    }
    let asks = format!("import fontTools, sys; sys.exit(fontTools.version != '{FONTTOOLS}')");
    let answer = Command::new("python3")
        .args(["-c", &asks])
        .stderr(Stdio::null())
        .status()
        .map_err(FontsError::NoPython)?;
    if !answer.success() {
        return Err(FontsError::NoFontTools);
    }
    let status = Command::new("python3")
        .arg(workspace::root().join("xtask/fonts/typeface.py"))
        .arg(source)
        .arg(workspace::root().join("assets/fonts"))
        .status()
        .map_err(FontsError::NoPython)?;
    if status.success() { Ok(()) } else { Err(FontsError::NotMade(status)) }
}
