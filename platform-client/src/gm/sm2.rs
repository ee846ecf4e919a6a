//! SM2 signatures (GB/T 32918.2-2016) on the recommended curve (GB/T 32918.5-2017), with SM3.
//!
//! Duty: keys, their files, signing, verifying, both encodings of a signature. Never: sign a message without the signer's
//! id in front (Z_A); tell why a signature is wrong.

mod key_file;
mod signature;
mod signing;
mod verifying;

#[cfg(test)]
mod tests;

pub use key_file::KeyFileError;
pub use signature::Signature;
pub use signing::{SignError, Signer, SigningKey};
pub use verifying::VerifyingKey;

/// The signer's id where nothing else was agreed on (GM/T 0009-2012, clause 10).
pub const DEFAULT_ID: &str = "1234567812345678";

/// These bytes are no key of the curve, or no key that this module reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of the SM2 curve")]
pub struct NotAKey;

/// The signer's id is longer than 8,191 bytes: its length in bits would not fit into the two bytes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signer's id has at most 8191 bytes")]
pub struct IdTooLong;

/// These bytes are no signature: not two numbers of 1 to n-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an SM2 signature")]
pub struct NotASignature;

/// The signature is not this key's for this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is wrong")]
pub struct WrongSignature;
