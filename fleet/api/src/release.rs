//! What a terminal may install.
//!
//! RAUC proves that a bundle is ours; this says which bundle, from when on, and that no older one follows a newer. It
//! travels with the update as the chunk's metadata [`METADATA_KEY`], so that any hawkBit can carry it.

use crate::Timestamp;
use crate::keys::Role;
use crate::signed::Ordered;
use serde::{Deserialize, Serialize};

/// The key of the chunk's metadata whose value is a [`crate::signed::Signed`] [`ReleaseManifest`] as JSON.
pub const METADATA_KEY: &str = "yilin-release";
/// The file on a technician's stick that holds the same; beside it lies the bundle under its [`ReleaseManifest::filename`].
pub const STICK_MANIFEST: &str = "yilin-release.json";

/// One release for one kind of machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReleaseManifest {
    /// Its version, `MAJOR.MINOR.PATCH`.
    pub version: ReleaseVersion,
    /// What it is built for; equal to RAUC's `compatible`.
    pub compatible: String,
    /// The file.
    pub filename: String,
    /// Its size, in bytes.
    pub size: u64,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Not to be installed before.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub not_before: Timestamp,
    /// A rollback that a release manager ordered: the version may be lower than the one that runs, down to this one.
    pub may_replace_down_to: Option<ReleaseVersion>,
}

impl Ordered for ReleaseManifest {
    const ROLE: Role = Role::Release;
}

/// `MAJOR.MINOR.PATCH`, compared by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, with = "String", extend("pattern" = r"^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$")))]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number.
    pub patch: u32,
}

/// Why a text is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version: write MAJOR.MINOR.PATCH")]
pub struct BadVersion(pub String);

impl std::str::FromStr for ReleaseVersion {
    type Err = BadVersion;

    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let number = |part: &str| -> Option<u32> {
            let plain = (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse().ok()).flatten()
        };
        let mut parts = text.split('.').map(number);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) => {
                Ok(Self { major, minor, patch })
            }
            _ => Err(BadVersion(text.chars().take(32).collect())),
        }
    }
}

impl TryFrom<String> for ReleaseVersion {
    type Error = BadVersion;

    fn try_from(text: String) -> Result<Self, BadVersion> {
        text.parse()
    }
}

impl From<ReleaseVersion> for String {
    fn from(version: ReleaseVersion) -> Self {
        version.to_string()
    }
}

impl std::fmt::Display for ReleaseVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why a release is not installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Built for something else.
    #[error("the release is for `{theirs}`, this machine is `{ours}`")]
    Compatible {
        /// What the release is for.
        theirs: String,
        /// What this machine is.
        ours: String,
    },
    /// Not yet.
    #[error("the release is not to be installed before {0}")]
    TooEarly(Timestamp),
    /// An old one again.
    #[error("version {offered} is not newer than {known}, which this machine has had")]
    Older {
        /// The version of the release.
        offered: ReleaseVersion,
        /// The highest version that was good here.
        known: ReleaseVersion,
    },
}

impl ReleaseManifest {
    /// Whether it may be installed on a machine of that kind, whose highest good version is `known`, at `now`.
    ///
    /// # Errors
    /// Why not.
    pub fn check(
        &self,
        compatible: &str,
        known: Option<ReleaseVersion>,
        now: Timestamp,
    ) -> Result<(), ReleaseError> {
        if self.compatible != compatible {
            return Err(ReleaseError::Compatible {
                theirs: self.compatible.clone(),
                ours: compatible.to_owned(),
            });
        }
        if now < self.not_before {
            return Err(ReleaseError::TooEarly(self.not_before));
        }
        match known {
            Some(known) if self.version <= known => {
                let ordered = self.may_replace_down_to.is_some_and(|floor| self.version >= floor);
                if ordered { Ok(()) } else { Err(ReleaseError::Older { offered: self.version, known }) }
            }
            _ => Ok(()),
        }
    }
}
