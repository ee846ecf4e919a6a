//! The console's key, random tokens, and what is made of both.
//!
//! Duty: cookies' tokens, CSRF tokens, sealed second factors. The key is a file beside the database, not in it: whoever
//! copies the database cannot sign in with what is there.

use crate::private_file::{self, PrivateFileError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};
use std::path::{Path, PathBuf};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be used.
    #[error("the console's key cannot be used")]
    File(#[from] PrivateFileError),
    /// It holds something else.
    #[error("{0}: no key of the console; it has 32 bytes in base64url")]
    Content(PathBuf),
}

/// The key. It does not print itself.
#[derive(Clone)]
pub struct Secret {
    csrf: hmac::Key,
    seal: LessSafeKey,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// The key of 32 bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, key);
        let csrf = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"yilin console csrf").as_ref());
        let sealing = hmac::sign(&root, b"yilin console second factor");
        let seal = match UnboundKey::new(&AES_256_GCM, sealing.as_ref()) {
            Ok(key) => LessSafeKey::new(key),
            Err(_) => unreachable!("an HMAC of SHA-256 has the 32 bytes of an AES-256 key"),
        };
        Self { csrf, seal }
    }

    /// Reads the key from `file`; makes it where there is none.
    ///
    /// # Errors
    /// It cannot be read or made, others may read it, or it is no key.
    pub fn read_or_make(file: &Path) -> Result<Self, KeyFileError> {
        let Some(text) = private_file::read(file)? else {
            let key: [u8; 32] = random();
            private_file::write(file, &URL_SAFE_NO_PAD.encode(key))?;
            return Ok(Self::new(&key));
        };
        let key = URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        Ok(Self::new(&key.ok_or_else(|| KeyFileError::Content(file.to_owned()))?))
    }

    /// The CSRF token that belongs to a cookie's value.
    pub fn csrf(&self, cookie: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.csrf, cookie.as_bytes()))
    }

    /// Whether `token` belongs to the cookie's value, in constant time.
    pub fn is_csrf(&self, cookie: &str, token: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(token)
            .is_ok_and(|token| hmac::verify(&self.csrf, cookie.as_bytes(), &token).is_ok())
    }

    /// Seals a secret for the database; only `of` (an account's handle) opens it again.
    pub fn seal(&self, of: &str, plain: &[u8]) -> String {
        let nonce: [u8; NONCE_LEN] = random();
        let mut sealed = plain.to_vec();
        let aad = Aad::from(of.as_bytes());
        if self.seal.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).is_err()
        {
            unreachable!("twenty bytes are not too long for AES-GCM");
        }
        URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Self::seal`] made; none of anything else.
    pub fn open(&self, of: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let plain = self.seal.open_in_place(nonce, Aad::from(of.as_bytes()), &mut sealed).ok()?;
        Some(plain.to_vec())
    }
}

/// Random bytes of the system.
pub fn random<const N: usize>() -> [u8; N] {
    match crate::secret::random() {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("the machine gives random bytes: it began with some"),
    }
}

/// A token of 256 random bits for a cookie or a link.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What the database keeps of a token.
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_seal_opens_for_its_owner_only() {
        let secret = Secret::new(&[7; 32]);
        let sealed = secret.seal("one", b"12345678901234567890");
        assert_eq!(secret.open("one", &sealed).as_deref(), Some(&b"12345678901234567890"[..]));
        assert_eq!(secret.open("other", &sealed), None);
        assert_eq!(Secret::new(&[8; 32]).open("one", &sealed), None);
        for bad in ["", "AAAA", "!", &sealed[1..]] {
            assert_eq!(secret.open("one", bad), None, "{bad}");
        }
    }

    #[test]
    fn a_csrf_token_belongs_to_one_cookie() {
        let secret = Secret::new(&[7; 32]);
        assert!(secret.is_csrf("a", &secret.csrf("a")));
        assert!(!secret.is_csrf("b", &secret.csrf("a")));
        assert!(!secret.is_csrf("a", ""));
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("console.key");
        let made = Secret::read_or_make(&file).unwrap().csrf("a");
        assert_eq!(Secret::read_or_make(&file).unwrap().csrf("a"), made, "the same key again");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Secret::read_or_make(&file), Err(KeyFileError::File(_))));
    }
}
