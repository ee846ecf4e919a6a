//! A certificate of a seal (X.509, RFC 5280; with SM2 GB/T 20518): its bytes as they came, and what is read from them.

use super::error::{SealError, Unreadable, Unsupported};
use super::nested;
use super::signature::{Algorithm, PublicKey};
use super::time;
use der::asn1::ObjectIdentifier;
use der::{Decode as _, Tag};
use domain::terminal::Timestamp;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};

/// No certificate of an office is longer.
const LONGEST: usize = 64 << 10;

/// commonName (X.520).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
/// What may be critical and needs no heed here: what a certificate is for besides, and under which policy it was issued.
const HARMLESS: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("2.5.29.37"), ObjectIdentifier::new_unwrap("2.5.29.32")];

/// A certificate.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    der: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
    algorithm: Algorithm,
    key: PublicKey,
    parsed: x509_cert::Certificate,
    from: Timestamp,
    until: Timestamp,
    authority: Option<u8>,
    usage: Option<KeyUsage>,
}

impl Certificate {
    /// Reads a certificate.
    pub(super) fn from_der(der: &[u8]) -> Result<Self, SealError> {
        let bad = Unreadable::Certificate;
        if der.len() > LONGEST {
            return Err(bad.into());
        }
        let outer = nested::only(der).filter(|e| e.tag == Tag::Sequence).ok_or(bad)?;
        let [signed, _, _] = outer.inside(3).ok_or(bad)?[..] else { return Err(bad.into()) };
        let parsed = x509_cert::Certificate::from_der(der).map_err(|_| bad)?;
        let body = &parsed.tbs_certificate;
        // RFC 5280, 4.1.1.2: the one inside is signed, and the one outside must be the same.
        if body.signature != parsed.signature_algorithm {
            return Err(bad.into());
        }
        let mut authority = None;
        let mut usage = None;
        for extension in body.extensions.iter().flatten() {
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                BASIC_CONSTRAINTS => {
                    let constraints = BasicConstraints::from_der(value).map_err(|_| bad)?;
                    authority = constraints.ca.then_some(constraints.path_len_constraint.unwrap_or(u8::MAX));
                }
                KEY_USAGE => usage = Some(KeyUsage::from_der(value).map_err(|_| bad)?),
                other if extension.critical && !HARMLESS.contains(&other) => {
                    return Err(Unsupported::CriticalExtension.into());
                }
                _ => {}
            }
        }
        Ok(Self {
            der: der.to_vec(),
            signed: signed.whole.to_vec(),
            signature: parsed.signature.as_bytes().ok_or(bad)?.to_vec(),
            algorithm: Algorithm::of_certificate(&parsed.signature_algorithm)?,
            key: PublicKey::of(&body.subject_public_key_info)?,
            from: time::of(body.validity.not_before).ok_or(bad)?,
            until: time::of(body.validity.not_after).ok_or(bad)?,
            authority,
            usage,
            parsed,
        })
    }

    /// Its bytes as they came.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn key(&self) -> &PublicKey {
        &self.key
    }

    pub(super) fn parsed(&self) -> &x509_cert::Certificate {
        &self.parsed
    }

    /// The subject's common name, or the whole subject.
    pub(super) fn name(&self) -> String {
        let subject = &self.parsed.tbs_certificate.subject;
        let parts = subject.0.iter().flat_map(|set| set.0.iter());
        let common = parts.filter(|part| part.oid == COMMON_NAME).find_map(|part| {
            let text = std::str::from_utf8(part.value.value()).ok()?;
            Some(text.chars().filter(|c| !c.is_control()).collect())
        });
        common.unwrap_or_else(|| subject.to_string())
    }

    /// Whether it was valid at this time.
    pub(super) fn is_valid_at(&self, at: Timestamp) -> bool {
        (self.from..=self.until).contains(&at)
    }

    /// Whether its issuer's name is that of `issuer`, and `issuer`'s key signed it.
    pub(super) fn is_signed_by(&self, issuer: &Self) -> bool {
        self.parsed.tbs_certificate.issuer == issuer.parsed.tbs_certificate.subject
            && issuer.key.verify(self.algorithm, &[&self.signed], &self.signature)
    }

    /// How many authorities may stand below it; none where it is none.
    pub(super) fn authority(&self) -> Option<u8> {
        let signs = self.usage.is_none_or(|usage| usage.key_cert_sign());
        self.authority.filter(|_| signs)
    }

    /// Whether its key may seal.
    pub(super) fn may_seal(&self) -> bool {
        self.usage.is_none_or(|usage| usage.digital_signature() || usage.non_repudiation())
    }
}
