//! Digests and signatures of seals: RSA and ECDSA P-256 with SHA-256 (RFC 8017, FIPS 186-5), SM2 with SM3 (GB/T 32918.2,
//! GB/T 32905).
//!
//! Duty: know these by their identifiers, exactly. Never: accept an algorithm's parameters that it does not have.

use super::error::{SealError, Unsupported};
use crate::gm;
use der::asn1::ObjectIdentifier;
use ring::signature as rfc;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// GM/T 0006.
const SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// The curve of SM2 (GM/T 0006).
const SM2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
/// SM2 as a signature without its digest, as GM/T 0010 writes it beside the digest.
const SM2_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.1");
/// SM2 with SM3 (GM/T 0006).
pub(super) const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");

/// A digest that seals use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sm3,
}

impl Digest {
    pub(super) fn of_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, SealError> {
        match identifier.oid {
            SHA256 if no_parameters(identifier) => Ok(Self::Sha256),
            SM3 if no_parameters(identifier) => Ok(Self::Sm3),
            _ => Err(Unsupported::Digest.into()),
        }
    }

    /// The digest of these parts in a row: 32 bytes.
    pub(super) fn over(self, parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Self::Sha256 => {
                let mut context = ring::digest::Context::new(&ring::digest::SHA256);
                parts.iter().for_each(|part| context.update(part));
                let mut digest = [0; 32];
                digest.copy_from_slice(context.finish().as_ref());
                digest
            }
            Self::Sm3 => gm::sm3::digest_of(parts),
        }
    }
}

/// A way to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    RsaSha256,
    EcdsaSha256,
    Sm2Sm3,
}

impl Algorithm {
    /// As a certificate names it: digest and signature in one.
    pub(super) fn of_certificate(identifier: &AlgorithmIdentifierOwned) -> Result<Self, SealError> {
        match identifier.oid {
            SHA256_WITH_RSA if no_parameters(identifier) => Ok(Self::RsaSha256),
            ECDSA_WITH_SHA256 if identifier.parameters.is_none() => Ok(Self::EcdsaSha256),
            SM2_WITH_SM3 if no_parameters(identifier) => Ok(Self::Sm2Sm3),
            _ => Err(Unsupported::Algorithm.into()),
        }
    }

    /// As CMS names it, beside the digest (RFC 3370, 3.2; RFC 5753, 7.1.3; GM/T 0010).
    pub(super) fn of_signer(
        identifier: &AlgorithmIdentifierOwned,
        digest: Digest,
    ) -> Result<Self, SealError> {
        match (identifier.oid, digest) {
            (RSA, Digest::Sha256) if no_parameters(identifier) => Ok(Self::RsaSha256),
            (SM2_SIGNATURE, Digest::Sm3) if no_parameters(identifier) => Ok(Self::Sm2Sm3),
            _ => {
                let algorithm = Self::of_certificate(identifier)?;
                if algorithm.digest() == digest { Ok(algorithm) } else { Err(Unsupported::Digest.into()) }
            }
        }
    }

    const fn digest(self) -> Digest {
        match self {
            Self::RsaSha256 | Self::EcdsaSha256 => Digest::Sha256,
            Self::Sm2Sm3 => Digest::Sm3,
        }
    }
}

/// Parameters are absent or NULL.
fn no_parameters(identifier: &AlgorithmIdentifierOwned) -> bool {
    identifier.parameters.as_ref().is_none_or(|p| p.is_null() && p.value().is_empty())
}

/// A key that proves signatures.
#[derive(Debug, Clone)]
pub(super) enum PublicKey {
    /// RSAPublicKey in DER (RFC 8017, A.1.1).
    Rsa(Vec<u8>),
    /// A point of P-256, uncompressed (SEC 1, 2.3.3).
    P256(Vec<u8>),
    /// A point of SM2's curve.
    Sm2(gm::sm2::VerifyingKey),
}

impl PublicKey {
    /// The key of a certificate.
    pub(super) fn of(info: &SubjectPublicKeyInfoOwned) -> Result<Self, SealError> {
        let unsupported = Unsupported::Algorithm;
        let bytes = info.subject_public_key.as_bytes().ok_or(unsupported)?;
        if info.algorithm.oid == RSA && no_parameters(&info.algorithm) {
            return Ok(Self::Rsa(bytes.to_vec()));
        }
        if info.algorithm.oid != EC_PUBLIC_KEY {
            return Err(unsupported.into());
        }
        let curve = info.algorithm.parameters.as_ref();
        match curve.and_then(|c| c.decode_as::<ObjectIdentifier>().ok()) {
            Some(P256) => Ok(Self::P256(bytes.to_vec())),
            Some(SM2) => Ok(Self::Sm2(gm::sm2::VerifyingKey::from_point(bytes).map_err(|_| unsupported)?)),
            _ => Err(unsupported.into()),
        }
    }

    /// Whether this key signed these parts in a row.
    pub(super) fn verify(&self, algorithm: Algorithm, parts: &[&[u8]], signature: &[u8]) -> bool {
        let message = parts.concat();
        match (self, algorithm) {
            (Self::Rsa(key), Algorithm::RsaSha256) => {
                rfc::UnparsedPublicKey::new(&rfc::RSA_PKCS1_2048_8192_SHA256, key)
                    .verify(&message, signature)
                    .is_ok()
            }
            (Self::P256(key), Algorithm::EcdsaSha256) => {
                rfc::UnparsedPublicKey::new(&rfc::ECDSA_P256_SHA256_ASN1, key)
                    .verify(&message, signature)
                    .is_ok()
            }
            (Self::Sm2(key), Algorithm::Sm2Sm3) => {
                let signature = gm::sm2::Signature::from_der(signature);
                signature.is_ok_and(|signature| key.verify(&message, &signature).is_ok())
            }
            _ => false,
        }
    }
}
