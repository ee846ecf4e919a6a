//! The detached signature of a PDF in CMS (RFC 5652), with the attributes that PAdES asks for (ETSI EN 319 122-1).

use domain::terminal::Timestamp;

use crate::sim::authority::{Authority, AuthorityError, Holder, Suite, der, serial};

/// Signs all before and all after the signature's place.
pub(super) fn sign(
    office: &Holder,
    certificate: &[u8],
    parts: &[&[u8]],
    at: Timestamp,
) -> Result<Vec<u8>, AuthorityError> {
    let suite = office.key.suite();
    let attribute = |id: &str, value: Vec<u8>| der::sequence(&[&der::identifier(id), &der::set(vec![value])]);
    let data = der::identifier("1.2.840.113549.1.7.1");
    // SigningCertificateV2 (RFC 5035): which digest where it is not SHA-256 (DEFAULT), the digest of the certificate.
    let which = match suite {
        Suite::Sm2 => suite.digest(),
        Suite::P256 => Vec::new(),
    };
    let meant = der::sequence(&[&which, &der::octets(&suite.digest_of(&[certificate]))]);
    let attributes = vec![
        attribute("1.2.840.113549.1.9.3", data.clone()),
        attribute("1.2.840.113549.1.9.4", der::octets(&suite.digest_of(parts))),
        attribute("1.2.840.113549.1.9.5", der::time(at)),
        attribute("1.2.840.113549.1.9.16.2.47", der::sequence(&[&der::sequence(&[&meant])])),
    ];
    let attributes = der::set(attributes);
    let signature = office.key.sign(&attributes)?;
    // [0] IMPLICIT: the same with another tag.
    let mut implicit = attributes;
    implicit[0] = 0xa0;
    let signer = der::sequence(&[
        &der::small(1),
        &der::sequence(&[&Authority::issuer_name(), &serial(&office.key)]),
        &suite.digest(),
        &implicit,
        &suite.signature(),
        &der::octets(&signature),
    ]);
    let signed = der::sequence(&[
        &der::small(1),
        &der::set(vec![suite.digest()]),
        &der::sequence(&[&data]),
        &der::context(0, certificate),
        &der::set(vec![signer]),
    ]);
    Ok(der::sequence(&[&der::identifier("1.2.840.113549.1.7.2"), &der::context(0, &signed)]))
}
