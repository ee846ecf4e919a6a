//! The keys of the authority, and how each algorithm is named in certificates and signatures.

use std::path::Path;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SigningKey as _};
use zeroize::Zeroizing;

use super::AuthorityError;
use super::der;
use crate::entropy::{MessageEntropy, SystemEntropy};
use crate::gm::sm2::{Signer as _, SigningKey};
use crate::gm::sm3;

/// Which algorithms an authority signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// SM2 with SM3 (GM/T 0006).
    Sm2,
    /// ECDSA P-256 with SHA-256 (RFC 5758).
    P256,
}

impl Suite {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sm2 => "sm2",
            Self::P256 => "p256",
        }
    }

    /// AlgorithmIdentifier of signatures.
    pub(crate) fn signature(self) -> Vec<u8> {
        der::sequence(&[&der::identifier(match self {
            Self::Sm2 => "1.2.156.10197.1.501",
            Self::P256 => "1.2.840.10045.4.3.2",
        })])
    }

    /// AlgorithmIdentifier of digests.
    pub(crate) fn digest(self) -> Vec<u8> {
        der::sequence(&[&der::identifier(match self {
            Self::Sm2 => "1.2.156.10197.1.401",
            Self::P256 => "2.16.840.1.101.3.4.2.1",
        })])
    }

    pub(crate) fn digest_of(self, parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Self::Sm2 => sm3::digest_of(parts),
            Self::P256 => {
                let mut digest = [0; 32];
                let all = parts.concat();
                digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, &all).as_ref());
                digest
            }
        }
    }
}

/// A private key.
pub(crate) enum Key {
    Sm2(Box<SigningKey>),
    P256(Box<KeyPair>),
}

impl Key {
    /// A key of nobody else.
    pub(crate) fn fresh(suite: Suite) -> Result<Self, AuthorityError> {
        Ok(match suite {
            Suite::Sm2 => Self::Sm2(Box::new(SigningKey::generate(&SystemEntropy::new())?)),
            Suite::P256 => Self::P256(Box::new(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?)),
        })
    }

    /// The key in this file, which is made if it is not there yet (mode 0600).
    pub(crate) fn read_or_make(suite: Suite, file: &Path) -> Result<Self, AuthorityError> {
        match suite {
            Suite::Sm2 => Ok(Self::Sm2(Box::new(SigningKey::read_or_make(file, &SystemEntropy::new())?))),
            Suite::P256 => {
                if !file.exists() {
                    let fresh = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
                    let pem = Zeroizing::new(fresh.serialize_pem());
                    crate::private_file::keep(file, pem.as_bytes())?;
                }
                let pem = crate::private_file::read_text(file, 4096)?;
                let pem = String::from_utf8_lossy(&pem);
                Ok(Self::P256(Box::new(KeyPair::from_pem(&pem)?)))
            }
        }
    }

    pub(crate) const fn suite(&self) -> Suite {
        match self {
            Self::Sm2(_) => Suite::Sm2,
            Self::P256(_) => Suite::P256,
        }
    }

    /// SubjectPublicKeyInfo (RFC 5480; with SM2 GM/T 0009).
    pub(crate) fn public(&self) -> Vec<u8> {
        let curve = match self.suite() {
            Suite::Sm2 => "1.2.156.10197.1.301",
            Suite::P256 => "1.2.840.10045.3.1.7",
        };
        let algorithm = der::sequence(&[&der::identifier("1.2.840.10045.2.1"), &der::identifier(curve)]);
        let point = match self {
            Self::Sm2(key) => key.verifying_key().to_point().to_vec(),
            Self::P256(key) => key.der_bytes().to_vec(),
        };
        der::sequence(&[&algorithm, &der::bits(&point)])
    }

    /// Signs a message: `SEQUENCE { r, s }`. With SM2 the same each time, as the platform's answers are.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthorityError> {
        match self {
            Self::Sm2(key) => {
                let entropy = MessageEntropy::new(key.to_pkcs8_pem().as_bytes(), message);
                Ok(key.sign(message, &entropy)?.to_der())
            }
            Self::P256(key) => Ok(key.sign(message)?),
        }
    }
}
