//! Something that was ordered, and who ordered it.
//!
//! The payload travels as the bytes that were signed, so that no two writers of JSON have to agree on spaces. The bytes
//! under the signature are `yilin-fleet ‖ 0 ‖ ROLE ‖ 0 ‖ payload`: a document of one role is never one of another.

use crate::keys::{KeyRing, Role};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// The longest payload, in bytes.
pub const PAYLOAD_BYTES: usize = 256 * 1024;

/// A `T` as JSON, signed by Ed25519 (RFC 8032).
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(bound = "")]
pub struct Signed<T> {
    /// The JSON that was signed, base64 (RFC 4648, 4).
    pub payload: String,
    /// Which key signed it: [`crate::keys::PublicKey::id`].
    pub key_id: String,
    /// 64 bytes, base64.
    pub signature: String,
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self {
            payload: self.payload.clone(),
            key_id: self.key_id.clone(),
            signature: self.signature.clone(),
            of: PhantomData,
        }
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        (&self.payload, &self.key_id, &self.signature) == (&other.payload, &other.key_id, &other.signature)
    }
}

impl<T> std::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// What a role signs: the one place that says which.
pub trait Ordered: Serialize + DeserializeOwned {
    /// Whose signature counts.
    const ROLE: Role;
}

/// Why a signed document is not obeyed.
#[derive(Debug, thiserror::Error)]
pub enum SignedError {
    /// The payload, or what it would become, is longer than [`PAYLOAD_BYTES`].
    #[error("the document has {0} bytes; {PAYLOAD_BYTES} is the most")]
    TooLong(usize),
    /// Payload or signature is no base64.
    #[error("the document is not base64")]
    Encoding(#[source] base64::DecodeError),
    /// The key is not in the ring.
    #[error("the key {0} is not known here")]
    UnknownKey(String),
    /// The key is in the ring, for something else.
    #[error("the key {key} may sign for {has}, not for {wants}")]
    WrongRole {
        /// The key's id.
        key: String,
        /// The role that it has.
        has: Role,
        /// The role that the document wants.
        wants: Role,
    },
    /// Not the signature of these bytes by that key.
    #[error("the signature of key {0} does not fit the document")]
    BadSignature(String),
    /// Well signed, and not what was expected.
    #[error("the signed document cannot be read")]
    Content(#[source] serde_json::Error),
}

impl<T: Ordered> Signed<T> {
    /// Signs `value` with `sign`, which is given the bytes to sign and returns the 64 of the signature.
    ///
    /// # Errors
    /// The document is too long, cannot be written as JSON, or `sign` failed.
    pub fn new<E: From<SignedError>>(
        value: &T,
        key_id: impl Into<String>,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Self, E> {
        let payload = serde_json::to_vec(value).map_err(SignedError::Content)?;
        if payload.len() > PAYLOAD_BYTES {
            return Err(SignedError::TooLong(payload.len()).into());
        }
        let signature = sign(&message(T::ROLE, &payload))?;
        Ok(Self {
            payload: STANDARD.encode(payload),
            key_id: key_id.into(),
            signature: STANDARD.encode(signature),
            of: PhantomData,
        })
    }

    /// The document, if a key of its role in `ring` signed it.
    ///
    /// # Errors
    /// Every way in which it is not to be obeyed.
    pub fn open(&self, ring: &KeyRing) -> Result<T, SignedError> {
        let key = ring.key(&self.key_id).ok_or_else(|| SignedError::UnknownKey(bounded(&self.key_id)))?;
        if key.role != T::ROLE {
            return Err(SignedError::WrongRole { key: bounded(&self.key_id), has: key.role, wants: T::ROLE });
        }
        self.open_with(&key.public_key)
    }

    /// The document, if the holder of `public_key` (32 bytes, base64) signed it: for the ring itself, whose key is told
    /// at enrolment.
    ///
    /// # Errors
    /// As [`Self::open`], but that the key is given.
    pub fn open_with(&self, public_key: &str) -> Result<T, SignedError> {
        if self.payload.len() > PAYLOAD_BYTES / 3 * 4 + 4 {
            return Err(SignedError::TooLong(self.payload.len()));
        }
        let payload = STANDARD.decode(&self.payload).map_err(SignedError::Encoding)?;
        let signature = STANDARD.decode(&self.signature).map_err(SignedError::Encoding)?;
        let public_key = STANDARD.decode(public_key).map_err(SignedError::Encoding)?;
        ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, public_key)
            .verify(&message(T::ROLE, &payload), &signature)
            .map_err(|_| SignedError::BadSignature(bounded(&self.key_id)))?;
        serde_json::from_slice(&payload).map_err(SignedError::Content)
    }
}

fn message(role: Role, payload: &[u8]) -> Vec<u8> {
    [b"yilin-fleet\0", role.word().as_bytes(), b"\0", payload].concat()
}

/// A foreign text as short as a log line wants it.
fn bounded(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(64).collect()
}
