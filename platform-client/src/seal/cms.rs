//! A detached signature in CMS (RFC 5652; with SM2 GM/T 0010): the signature of a PDF.
//!
//! Duty: say who signed these bytes and when they say so. Never: look into what nobody signed (unsigned attributes).

use super::certificate::Certificate;
use super::error::{Altered, SealError, Unreadable, Unsupported};
use super::nested::{self, Element};
use super::signature::{Algorithm, Digest};
use super::time;
use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{SignedAttributes, SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Encode as _, Tag, TagNumber};
use domain::terminal::Timestamp;

/// No office's chain is longer.
const MOST_CERTIFICATES: usize = 16;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// The same two in GM/T 0010.
const GM_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.1");
const GM_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
/// RFC 5035: which certificate the signer meant.
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Who signed.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) signer: Certificate,
    pub(super) others: Vec<Certificate>,
    /// When, as the signer says; none where the signature says nothing of it.
    pub(super) at: Option<Timestamp>,
}

/// Checks a signature over these parts in a row: digest, signature, and that the certificate is the one meant.
pub(super) fn check(bytes: &[u8], parts: &[&[u8]]) -> Result<Signed, SealError> {
    let bad = Unreadable::Cms;
    let info = ContentInfo::from_der(bytes).map_err(|_| bad)?;
    let data_type = match info.content_type {
        SIGNED_DATA => DATA,
        GM_SIGNED_DATA => GM_DATA,
        _ => return Err(bad.into()),
    };
    let data: SignedData = info.content.decode_as().map_err(|_| bad)?;
    if data.encap_content_info.econtent_type != data_type || data.encap_content_info.econtent.is_some() {
        return Err(bad.into());
    }
    let [signer] = data.signer_infos.0.as_slice() else { return Err(Unsupported::Signers.into()) };
    check_versions(&data, signer)?;
    let digest = Digest::of_identifier(&signer.digest_alg)?;
    if !data.digest_algorithms.iter().all(|d| d == &signer.digest_alg) || data.digest_algorithms.is_empty() {
        return Err(bad.into());
    }
    let algorithm = Algorithm::of_signer(&signer.signature_algorithm, digest)?;
    let (mut others, unknown) = certificates(bytes)?;
    let at = others.iter().position(|c| is_meant(&signer.sid, c));
    let at = at.ok_or(unknown.unwrap_or(Altered::OtherCertificate.into()))?;
    let certificate = others.swap_remove(at);

    let signature = signer.signature.as_bytes();
    let time = match &signer.signed_attrs {
        None => {
            if !certificate.key().verify(algorithm, parts, signature) {
                return Err(Altered::Signature.into());
            }
            None
        }
        Some(attributes) => {
            // RFC 5652, 5.4: signed is the SET OF, whatever its tag in the file.
            let signed = attributes.to_der().map_err(|_| bad)?;
            if !certificate.key().verify(algorithm, &[&signed], signature) {
                return Err(Altered::Signature.into());
            }
            check_attributes(attributes, data_type, &digest.over(parts), &certificate)?
        }
    };
    Ok(Signed { signer: certificate, others, at: time })
}

/// The versions that follow from what is inside (RFC 5652, 5.1 and 5.3).
fn check_versions(data: &SignedData, signer: &SignerInfo) -> Result<(), SealError> {
    let of_signer = match signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(_) => CmsVersion::V1,
        SignerIdentifier::SubjectKeyIdentifier(_) => CmsVersion::V3,
    };
    if signer.version != of_signer || data.version != of_signer {
        return Err(Unreadable::Cms.into());
    }
    Ok(())
}

fn is_meant(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
    let body = &certificate.parsed().tbs_certificate;
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber { issuer, serial_number }) => {
            *issuer == body.issuer && *serial_number == body.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(wanted) => {
            let mut found = body.extensions.iter().flatten();
            let wanted = wanted.0.as_bytes();
            found.any(|e| {
                let value = OctetStringRef::from_der(e.extn_value.as_bytes());
                e.extn_id == SUBJECT_KEY_IDENTIFIER && value.is_ok_and(|v| v.as_bytes() == wanted)
            })
        }
    }
}

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// What the signed attributes say (RFC 5652, 11): each once, with one value.
fn check_attributes(
    attributes: &SignedAttributes,
    data_type: ObjectIdentifier,
    digest: &[u8; 32],
    certificate: &Certificate,
) -> Result<Option<Timestamp>, SealError> {
    let bad = Unreadable::Cms;
    let one = |oid: ObjectIdentifier| -> Result<Option<&der::Any>, SealError> {
        let mut found = attributes.iter().filter(|a| a.oid == oid);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(attribute), None) if attribute.values.len() == 1 => Ok(attribute.values.get(0)),
            _ => Err(bad.into()),
        }
    };
    let content_type = one(CONTENT_TYPE)?.ok_or(bad)?;
    if content_type.decode_as::<ObjectIdentifier>().map_err(|_| bad)? != data_type {
        return Err(bad.into());
    }
    let said = one(MESSAGE_DIGEST)?.ok_or(bad)?;
    if said.decode_as::<OctetStringRef<'_>>().map_err(|_| bad)?.as_bytes() != digest {
        return Err(Altered::Digest.into());
    }
    if let Some(meant) = one(SIGNING_CERTIFICATE_V2)? {
        let meant = meant.to_der().map_err(|_| bad)?;
        if !names(&meant, certificate).ok_or(bad)? {
            return Err(Altered::OtherCertificate.into());
        }
    }
    match one(SIGNING_TIME)? {
        None => Ok(None),
        Some(at) => {
            let at = at.to_der().and_then(|der| x509_cert::time::Time::from_der(&der)).map_err(|_| bad)?;
            Ok(Some(time::of(at).ok_or(bad)?))
        }
    }
}

/// Whether SigningCertificateV2 (RFC 5035, 4) names this certificate first.
fn names(attribute: &[u8], certificate: &Certificate) -> Option<bool> {
    let list = nested::only(attribute)?.inside(2)?;
    let first = *list.first()?.inside(MOST_CERTIFICATES)?.first()?;
    let parts = first.inside(3)?;
    // The digest is SHA-256 where nothing is said (DEFAULT).
    let (digest, hash): (Digest, &Element<'_>) = match parts.as_slice() {
        [hash, ..] if hash.tag == Tag::OctetString => (Digest::Sha256, hash),
        [identifier, hash, ..] => {
            let identifier = der::Decode::from_der(identifier.whole).ok()?;
            (Digest::of_identifier(&identifier).ok()?, hash)
        }
        _ => return None,
    };
    Some(hash.tagged(Tag::OctetString)? == digest.over(&[certificate.der()]))
}

/// The certificates as they came: ContentInfo, its content, SignedData, its fourth field. One that is of another kind may
/// be there for other programs, such as an old root: what is wrong with the last of these is given too.
fn certificates(bytes: &[u8]) -> Result<(Vec<Certificate>, Option<SealError>), SealError> {
    let constructed = |number| Tag::ContextSpecific { constructed: true, number };
    let find = || -> Option<Vec<Element<'_>>> {
        let info = nested::only(bytes)?.inside(2)?;
        let content = nested::only(info.get(1)?.tagged(constructed(TagNumber::N0))?)?;
        let fields = content.inside(6)?;
        let set = fields.into_iter().find(|f| f.tag == constructed(TagNumber::N0));
        set.map_or(Some(Vec::new()), |set| set.inside(MOST_CERTIFICATES))
    };
    let (mut known, mut unknown) = (Vec::new(), None);
    for element in find().ok_or(Unreadable::Cms)? {
        match Certificate::from_der(element.whole) {
            Ok(certificate) => known.push(certificate),
            Err(error) => unknown = Some(error),
        }
    }
    Ok((known, unknown))
}
