//! The public key.

use super::{DEFAULT_ID, IdTooLong, NotAKey, Signature, WrongSignature};
use crate::gm::sm3::{Digest, digest_of};
use sm2::PublicKey;
use sm2::dsa;
use sm2::dsa::signature::hazmat::PrehashVerifier as _;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::pkcs8::{DecodePublicKey as _, EncodePublicKey as _, LineEnding};

/// a, b, x_G and y_G of GB/T 32918.5-2017, clause 2, as they stand in Z_A.
const CURVE: [[u8; 32]; 4] = [
    [
        0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    ],
    [
        0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7, 0xf3,
        0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    ],
    [
        0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94, 0x8f,
        0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    ],
    [
        0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53, 0xd0,
        0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
    ],
];

/// A public key with the id of its holder, under which every message is signed.
#[derive(Clone)]
pub struct VerifyingKey {
    key: dsa::VerifyingKey,
    z_a: Digest,
}

impl VerifyingKey {
    /// A point of the curve under [`DEFAULT_ID`]: 04 ‖ x ‖ y, or 02 or 03 ‖ x (GB/T 32918.1-2016, clause 4.2.9).
    pub fn from_point(bytes: &[u8]) -> Result<Self, NotAKey> {
        Self::new(PublicKey::from_sec1_bytes(bytes).map_err(|_| NotAKey)?)
    }

    /// `SubjectPublicKeyInfo` in DER (RFC 5480; GM/T 0009-2012, clause 7.1), as certificates hold it.
    pub fn from_der(der: &[u8]) -> Result<Self, NotAKey> {
        Self::new(PublicKey::from_public_key_der(der).map_err(|_| NotAKey)?)
    }

    /// The same in PEM: `-----BEGIN PUBLIC KEY-----`.
    pub fn from_pem(pem: &str) -> Result<Self, NotAKey> {
        Self::new(PublicKey::from_public_key_pem(pem).map_err(|_| NotAKey)?)
    }

    /// The same key of a holder with another id.
    pub fn with_id(self, id: &str) -> Result<Self, IdTooLong> {
        Self::under(self.key.into(), id)
    }

    fn new(key: PublicKey) -> Result<Self, NotAKey> {
        Self::under(key, DEFAULT_ID).map_err(|_| NotAKey)
    }

    pub(super) fn under(key: PublicKey, id: &str) -> Result<Self, IdTooLong> {
        let z_a = z_a(&key, id)?;
        Ok(Self { key: dsa::VerifyingKey::new(id, key).map_err(|_| IdTooLong)?, z_a })
    }

    /// 04 ‖ x ‖ y.
    pub fn to_point(&self) -> [u8; 65] {
        point(&self.key.clone().into())
    }

    /// `-----BEGIN PUBLIC KEY-----`.
    pub fn to_pem(&self) -> String {
        match self.key.to_public_key_pem(LineEnding::LF) {
            Ok(pem) => pem,
            Err(error) => unreachable!("a point of the curve has an encoding: {error}"),
        }
    }

    /// The holder's id.
    pub fn id(&self) -> &str {
        self.key.distid()
    }

    /// What is signed for a message: e = SM3(Z_A ‖ M), of GB/T 32918.2-2016, clause 6.1, A1 and A2.
    pub fn digest(&self, message: &[u8]) -> Digest {
        digest_of(&[&self.z_a, message])
    }

    /// Whether the signature is this key's for this message (GB/T 32918.2-2016, clause 7.1).
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), WrongSignature> {
        self.key.verify_prehash(&self.digest(message), &signature.0).map_err(|_| WrongSignature)
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        // Z_A is a digest over the id and the point.
        self.z_a == other.z_a
    }
}

impl Eq for VerifyingKey {}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifyingKey({})", crate::digest::hex(&self.to_point()))
    }
}

fn point(key: &PublicKey) -> [u8; 65] {
    let mut bytes = [0; 65];
    bytes.copy_from_slice(key.to_sec1_point(false).as_bytes());
    bytes
}

/// Z_A = SM3(ENTL_A ‖ ID_A ‖ a ‖ b ‖ x_G ‖ y_G ‖ x_A ‖ y_A), of GB/T 32918.2-2016, clause 5.5; ENTL_A is the id's length
/// in bits, in two bytes.
fn z_a(key: &PublicKey, id: &str) -> Result<Digest, IdTooLong> {
    let bits = id.len().checked_mul(8).and_then(|n| u16::try_from(n).ok()).ok_or(IdTooLong)?;
    let [a, b, x_g, y_g] = &CURVE;
    Ok(digest_of(&[&bits.to_be_bytes(), id.as_bytes(), a, b, x_g, y_g, &point(key)[1..]]))
}
