//! From the certificate of a seal to an authority that the terminal trusts (RFC 5280, 6.1, without revocation).

use super::authorities::Authorities;
use super::certificate::Certificate;
use super::error::{Expired, SealError, UnknownIssuer};
use domain::terminal::Timestamp;

/// A province's tree has a root, one or two authorities below it, and offices.
const DEEPEST: u8 = 5;

/// At which times a chain is to be valid.
#[derive(Debug, Clone, Copy)]
pub(super) enum ValidAt {
    /// When it was sealed.
    Then(Timestamp),
    /// When it was sealed, and now.
    ThenAndNow(Timestamp, Timestamp),
}

/// Whether an authority answers for a certificate, by way of `others` where needed, and each was valid.
pub(super) fn check(
    signer: &Certificate,
    others: &[Certificate],
    authorities: &Authorities,
    valid: ValidAt,
) -> Result<(), SealError> {
    if authorities.all().is_empty() {
        return Err(UnknownIssuer::NoAuthorities.into());
    }
    if !signer.may_seal() {
        return Err(UnknownIssuer::NotForSigning.into());
    }
    let mut way = vec![signer];
    for below in 0..DEEPEST {
        let Some(&last) = way.last() else { break };
        if authorities.all().iter().any(|anchor| anchor.der() == last.der()) {
            return valid_all(&way, valid);
        }
        let anchor = authorities.all().iter().find(|anchor| last.is_signed_by(anchor));
        let next = anchor.or_else(|| {
            let fresh = |c: &&Certificate| way.iter().all(|w| w.der() != c.der());
            others.iter().filter(fresh).find(|other| last.is_signed_by(other))
        });
        let next = next.ok_or(UnknownIssuer::NotFound)?;
        if next.authority().is_none_or(|authorities_below| authorities_below < below) {
            return Err(UnknownIssuer::NotAnAuthority.into());
        }
        way.push(next);
        if anchor.is_some() {
            return valid_all(&way, valid);
        }
    }
    Err(UnknownIssuer::NotFound.into())
}

fn valid_all(way: &[&Certificate], valid: ValidAt) -> Result<(), SealError> {
    let (ValidAt::Then(then) | ValidAt::ThenAndNow(then, _)) = valid;
    if !way.iter().all(|c| c.is_valid_at(then)) {
        return Err(Expired::CertificateThen.into());
    }
    match valid {
        ValidAt::ThenAndNow(_, now) if !way.iter().all(|c| c.is_valid_at(now)) => {
            Err(Expired::CertificateNow.into())
        }
        _ => Ok(()),
    }
}
