//! Private keys as PEM, and their files.

use super::{NotAKey, SigningKey};
use crate::entropy::Entropy;
use crate::private_file::{self, PrivateFileError};
use sm2::SecretKey;
use sm2::pkcs8::{EncodePrivateKey as _, LineEnding};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// No key's file is longer.
const LONGEST: usize = 4096;

/// Why a file gives no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// What stands in it.
    #[error("{0}: no SM2 key in PEM (PRIVATE KEY or EC PRIVATE KEY)")]
    NotAKey(PathBuf),
}

impl SigningKey {
    /// A key in PEM, under [`super::DEFAULT_ID`]: PKCS#8 (RFC 5958), `-----BEGIN PRIVATE KEY-----`, or `ECPrivateKey`
    /// (RFC 5915, SEC 1), `-----BEGIN EC PRIVATE KEY-----`.
    pub fn from_pem(pem: &str) -> Result<Self, NotAKey> {
        Self::of(&SecretKey::from_pem(pem).map_err(|_| NotAKey)?)
    }

    /// PKCS#8 in PEM.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        written(self.secret().to_pkcs8_pem(LineEnding::LF))
    }

    /// `ECPrivateKey` in PEM, as older programs want it.
    pub fn to_sec1_pem(&self) -> Zeroizing<String> {
        written(self.secret().to_sec1_pem(LineEnding::LF))
    }

    /// The key in a file that its owner alone may read.
    pub fn read(file: &Path) -> Result<Self, KeyFileError> {
        let bytes = private_file::read_text(file, LONGEST)?;
        let pem = std::str::from_utf8(&bytes).map_err(|_| KeyFileError::NotAKey(file.to_owned()))?;
        Self::from_pem(pem).map_err(|NotAKey| KeyFileError::NotAKey(file.to_owned()))
    }

    /// The key in this file, which is made with a new key if it is not there yet.
    pub fn read_or_make(file: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        if !file.exists() {
            let key = Self::generate(entropy).map_err(PrivateFileError::from)?;
            private_file::keep(file, key.to_pkcs8_pem().as_bytes())?;
        }
        // Another process may have been first: what is there counts.
        Self::read(file)
    }
}

fn written<E: std::fmt::Debug>(pem: Result<Zeroizing<String>, E>) -> Zeroizing<String> {
    match pem {
        Ok(pem) => pem,
        Err(error) => unreachable!("a key of the curve has an encoding: {error:?}"),
    }
}
