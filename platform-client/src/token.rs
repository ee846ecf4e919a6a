//! The terminal's TLS key in a PKCS #11 token instead of a file (OASIS PKCS #11 2.40): `terminal.token` beside
//! `terminal.pem` says in which.
//!
//! Duty: find the key, prove it in a handshake. Never: take the key out, or make one; that is done where the token is given
//! out.

#[cfg(feature = "pkcs11")]
mod key;

use rustls::sign::SigningKey;
use std::path::Path;
use std::sync::Arc;

/// The file of the credentials' folder that says where the key is.
pub(crate) const TOKEN_FILE: &str = "terminal.token";

/// Why the key in a token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// This program was built without tokens.
    #[error("this program was built without the feature pkcs11")]
    NotBuilt,
    /// The file is not as docs/terminal-config.md describes it.
    #[error("not a file of module, token, key and pin: {0}")]
    File(String),
    /// The token's own module failed.
    #[cfg(feature = "pkcs11")]
    #[error("the module of the token failed")]
    Module(#[from] cryptoki::error::Error),
    /// No slot has a token of this label.
    #[error("no token is called `{0}`; is it plugged in?")]
    NoToken(String),
    /// The token has no key of this label, or not both its halves.
    #[error("the token has no pair of keys called `{0}`")]
    NoKey(String),
    /// The key is of another kind.
    #[error("the key is no P-256 key (secp256r1)")]
    NotP256,
}

/// The key that the file names.
#[cfg(feature = "pkcs11")]
pub(crate) fn signing_key(file: &Path) -> Result<Arc<dyn SigningKey>, TokenError> {
    Ok(Arc::new(key::TokenKey::open(file)?))
}

/// The key that the file names.
#[cfg(not(feature = "pkcs11"))]
pub(crate) fn signing_key(_: &Path) -> Result<Arc<dyn SigningKey>, TokenError> {
    Err(TokenError::NotBuilt)
}
