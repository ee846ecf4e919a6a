//! Which words the two ends of a line share.
//!
//! One number for the whole of this crate. It rises with every addition; what is only added needs no new [`MAJOR`]. A
//! server answers every terminal of its own [`MAJOR`], the older and the newer ones; a terminal likewise.

/// Rises when an old reader would misunderstand a message. The first part of every path.
pub const MAJOR: u32 = 1;
/// Rises with every addition.
pub const MINOR: u32 = 0;
/// The header with which each side says its version: `1.0`.
pub const HEADER: &str = "yilin-fleet-api";

/// The version of this build, as [`HEADER`] carries it.
pub fn this() -> String {
    format!("{MAJOR}.{MINOR}")
}

/// Why the other side is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// No `MAJOR.MINOR`.
    #[error("`{0}` is no version of the fleet's messages: write MAJOR.MINOR")]
    Malformed(String),
    /// The other side speaks another major version.
    #[error("the other side speaks version {0} of the fleet's messages, this one {MAJOR}")]
    Major(u32),
}

/// Checks what the other side says of itself; a side that says nothing is taken as of the first version.
///
/// # Errors
/// The text is no version, or its major part is another.
pub fn check(theirs: Option<&str>) -> Result<(), VersionError> {
    let Some(theirs) = theirs else { return Ok(()) };
    let major = theirs.split_once('.').and_then(|(major, minor)| {
        let numeric = !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit());
        numeric.then(|| major.parse().ok()).flatten()
    });
    match major {
        None => Err(VersionError::Malformed(theirs.chars().take(16).collect())),
        Some(MAJOR) => Ok(()),
        Some(other) => Err(VersionError::Major(other)),
    }
}
