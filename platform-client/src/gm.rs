//! National cryptography: SM2 signatures, SM3 digests and their MAC, SM4 in two modes.
//!
//! Duty: a small typed face on maintained crates, so that a caller cannot take the wrong padding, id or encoding.
//! Never: an algorithm of our own (docs/decisions/dependencies-gm.md says whose each is); a secret in a message or in
//! `Debug`; a word on why a decryption failed.

pub mod sm2;
pub mod sm3;
pub mod sm4;
