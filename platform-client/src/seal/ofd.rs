//! The seal of an OFD (GB/T 33190) after GB/T 38540.
//!
//! Duty: the six steps of GB/T 38540's check, and that no file of the package is outside of the seal. Never: look at a
//! page.

mod listing;
mod package;
mod ses;

use super::authorities::Authorities;
use super::certificate::Certificate;
use super::chain::{self, ValidAt};
use super::error::{Altered, Expired, SealError, Unreadable};
use super::signature::{Algorithm, Digest};
use super::time::is_future;
use super::{Sealed, SealedFormat};
use domain::terminal::Timestamp;
use listing::{Description, Listed};
use package::Package;
use ses::Users;
use std::collections::BTreeSet;

/// Nobody seals a certificate more often.
const MOST_SEALS: usize = 8;

pub(super) fn check(file: &[u8], authorities: &Authorities, now: Timestamp) -> Result<Sealed, SealError> {
    let package = Package::read(file)?;
    let Listed { list, descriptions } = listing::list(&package)?;
    if descriptions.len() > MOST_SEALS {
        return Err(Unreadable::OfdSignatures.into());
    }
    let mut read = Vec::new();
    for name in descriptions {
        let bytes = package.get(&name).ok_or(Altered::FileMissing)?;
        read.push((listing::description(&name, bytes)?, bytes, name));
    }
    // What belongs to a seal cannot be sealed by it, and the list grows with each.
    let mut own: BTreeSet<&str> = BTreeSet::from([list.as_str()]);
    for (description, _, name) in &read {
        own.extend([name.as_str(), description.value.as_str()]);
        own.extend(description.seal.as_deref());
    }
    let mut sealed = Err(SealError::Missing);
    for (description, bytes, _) in &read {
        check_references(&package, description, &own)?;
        sealed = Ok(check_one(&package, description, bytes, authorities, now)?);
    }
    sealed
}

/// Each file as it was sealed, and no file beside them.
fn check_references(
    package: &Package,
    description: &Description,
    own: &BTreeSet<&str>,
) -> Result<(), SealError> {
    for (name, digest) in &description.references {
        let bytes = package.get(name).ok_or(Altered::FileMissing)?;
        if Digest::Sm3.over(&[bytes]) != digest.as_slice() {
            return Err(Altered::Digest.into());
        }
    }
    let sealed = |name: &str| description.references.iter().any(|(reference, _)| reference == name);
    if package.names().all(|name| own.contains(name) || sealed(name)) {
        Ok(())
    } else {
        Err(Altered::FileOutside.into())
    }
}

fn check_one(
    package: &Package,
    description: &Description,
    bytes: &[u8],
    authorities: &Authorities,
    now: Timestamp,
) -> Result<Sealed, SealError> {
    let value = package.get(&description.value).ok_or(Altered::FileMissing)?;
    let signature = ses::signature(value)?;
    let seal = &signature.seal;
    if Digest::Sm3.over(&[bytes]) != signature.data_hash {
        return Err(Altered::Digest.into());
    }
    let signer = Certificate::from_der(signature.certificate)?;
    if !signer.key().verify(Algorithm::Sm2Sm3, &[signature.signed], signature.signature) {
        return Err(Altered::Signature.into());
    }
    let may_use = match &seal.users {
        Users::Certificates(all) => all.contains(&signature.certificate),
        Users::Digests(all) => all.contains(&Digest::Sm3.over(&[signature.certificate]).as_slice()),
    };
    if !may_use {
        return Err(Altered::NotTheSealsUser.into());
    }
    let maker = Certificate::from_der(seal.maker)?;
    if !maker.key().verify(Algorithm::Sm2Sm3, &[seal.signed], seal.signature) {
        return Err(Altered::SealSignature.into());
    }
    if let Some(second) = &description.seal
        && package.get(second).ok_or(Altered::FileMissing)? != seal.whole
    {
        return Err(Altered::OtherSeal.into());
    }
    // Certificates of authorities between are in no fixed place of such a file: they belong into the folder.
    chain::check(&signer, &[], authorities, ValidAt::ThenAndNow(signature.at, now))?;
    chain::check(&maker, &[], authorities, ValidAt::Then(seal.made))?;
    if is_future(signature.at, now) {
        return Err(Expired::Future.into());
    }
    let valid = seal.from..=seal.until;
    if !valid.contains(&signature.at) {
        return Err(Expired::SealThen.into());
    }
    if !valid.contains(&now) {
        return Err(Expired::SealNow.into());
    }
    let at = signature.at.to_offset(now.offset());
    Ok(Sealed { format: SealedFormat::Ofd, by: signer.name(), at })
}
