//! The seal and its signature as bytes (GB/T 38540-2020, version 4): ASN.1 in DER.
//!
//! Duty: take SES_Signature and SES_Seal apart and keep the bytes that were signed. Never: judge them.

use crate::seal::error::{SealError, Unreadable, Unsupported};
use crate::seal::nested::{self, Element};
use crate::seal::signature::SM2_WITH_SM3;
use crate::seal::time;
use der::asn1::{
    BitStringRef, GeneralizedTime, Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef,
};
use der::{Decode, Tag, TagNumber};
use domain::terminal::Timestamp;

/// Nobody allows more people to use one seal.
const MOST_USERS: usize = 256;
/// No seal has more extensions.
const MOST_EXTENSIONS: usize = 64;

/// SES_Signature.
pub(super) struct Signature<'b> {
    /// toSign, the bytes that `signature` is over.
    pub(super) signed: &'b [u8],
    pub(super) seal: Seal<'b>,
    /// When it was sealed.
    pub(super) at: Timestamp,
    /// The digest of the description.
    pub(super) data_hash: &'b [u8],
    /// The certificate of whoever sealed.
    pub(super) certificate: &'b [u8],
    pub(super) signature: &'b [u8],
}

/// SES_Seal.
pub(super) struct Seal<'b> {
    /// All of it.
    pub(super) whole: &'b [u8],
    /// eSealInfo, the bytes that `signature` is over.
    pub(super) signed: &'b [u8],
    pub(super) users: Users<'b>,
    pub(super) made: Timestamp,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// The certificate of the seal's maker.
    pub(super) maker: &'b [u8],
    pub(super) signature: &'b [u8],
}

/// SES_CertList: who may use the seal.
pub(super) enum Users<'b> {
    /// Certificates.
    Certificates(Vec<&'b [u8]>),
    /// Their digests.
    Digests(Vec<&'b [u8]>),
}

/// Takes the bytes of `SignedValue.dat` apart.
pub(super) fn signature(bytes: &[u8]) -> Result<Signature<'_>, SealError> {
    let bad = Unreadable::Ses;
    let outer = sequence(nested::only(bytes), 5)?;
    let (to_sign, certificate, algorithm, value) = match outer[..] {
        [a, b, c, d] => (a, b, c, d),
        // A time stamp of the signature: not needed for what is checked here, and not checked.
        [a, b, c, d, stamp] if stamp.tag == context(TagNumber::N0) => (a, b, c, d),
        _ => return Err(bad.into()),
    };
    is_sm2(algorithm)?;
    let fields = sequence(Some(to_sign), 6)?;
    let (version, seal, time, hash, about) = match fields[..] {
        [a, b, c, d, e] => (a, b, c, d, e),
        [a, b, c, d, e, extensions] if extensions.tag == context(TagNumber::N0) => {
            check_extensions(extensions)?;
            (a, b, c, d, e)
        }
        _ => return Err(bad.into()),
    };
    is_version_4(version)?;
    decoded::<Ia5StringRef<'_>>(about)?;
    Ok(Signature {
        signed: to_sign.whole,
        seal: self::seal(seal)?,
        at: moment(time)?,
        data_hash: bits(hash)?,
        certificate: certificate.tagged(Tag::OctetString).ok_or(bad)?,
        signature: bits(value)?,
    })
}

fn seal(element: Element<'_>) -> Result<Seal<'_>, SealError> {
    let bad = Unreadable::Ses;
    let [info, maker, algorithm, value] = sequence(Some(element), 4)?[..] else { return Err(bad.into()) };
    is_sm2(algorithm)?;
    let fields = sequence(Some(info), 5)?;
    let (header, id, property, picture) = match fields[..] {
        [a, b, c, d] => (a, b, c, d),
        [a, b, c, d, extensions] if extensions.tag == context(TagNumber::N0) => {
            check_extensions(extensions)?;
            (a, b, c, d)
        }
        _ => return Err(bad.into()),
    };
    let [kind, version, maker_id] = sequence(Some(header), 3)?[..] else { return Err(bad.into()) };
    if decoded::<Ia5StringRef<'_>>(kind)?.as_str() != "ES" {
        return Err(bad.into());
    }
    is_version_4(version)?;
    decoded::<Ia5StringRef<'_>>(maker_id)?;
    decoded::<Ia5StringRef<'_>>(id)?;
    sequence(Some(picture), 4)?;
    let [kind, name, list_kind, list, made, from, until] = sequence(Some(property), 7)?[..] else {
        return Err(bad.into());
    };
    decoded::<u32>(kind)?;
    decoded::<Utf8StringRef<'_>>(name)?;
    Ok(Seal {
        whole: element.whole,
        signed: info.whole,
        users: users(decoded::<u32>(list_kind)?, list)?,
        made: moment(made)?,
        from: moment(from)?,
        until: moment(until)?,
        maker: maker.tagged(Tag::OctetString).ok_or(bad)?,
        signature: bits(value)?,
    })
}

/// 1: certificates; 2: digests of certificates.
fn users(kind: u32, list: Element<'_>) -> Result<Users<'_>, SealError> {
    let bad = Unreadable::Ses;
    let entries = sequence(Some(list), MOST_USERS)?;
    match kind {
        1 => {
            let all = entries.iter().map(|e| e.tagged(Tag::OctetString)).collect::<Option<_>>();
            Ok(Users::Certificates(all.ok_or(bad)?))
        }
        2 => {
            let mut all = Vec::new();
            for entry in entries {
                let [kind, value] = sequence(Some(entry), 2)?[..] else { return Err(bad.into()) };
                decoded::<PrintableStringRef<'_>>(kind)?;
                all.push(value.tagged(Tag::OctetString).ok_or(bad)?);
            }
            Ok(Users::Digests(all))
        }
        _ => Err(Unsupported::SealVersion.into()),
    }
}

/// Extensions may be there; one that has to be understood is not.
fn check_extensions(element: Element<'_>) -> Result<(), SealError> {
    for extension in sequence(nested::only(element.value), MOST_EXTENSIONS)? {
        let [id, critical, _] = sequence(Some(extension), 3)?[..] else { continue };
        decoded::<ObjectIdentifier>(id)?;
        if decoded::<bool>(critical)? {
            return Err(Unsupported::SealExtension.into());
        }
    }
    Ok(())
}

fn sequence(element: Option<Element<'_>>, at_most: usize) -> Result<Vec<Element<'_>>, SealError> {
    let element = element.filter(|e| e.tag == Tag::Sequence).ok_or(Unreadable::Ses)?;
    Ok(element.inside(at_most).ok_or(Unreadable::Ses)?)
}

fn decoded<'b, T: Decode<'b>>(element: Element<'b>) -> Result<T, SealError> {
    Ok(T::from_der(element.whole).map_err(|_| Unreadable::Ses)?)
}

fn bits(element: Element<'_>) -> Result<&[u8], SealError> {
    let bits = BitStringRef::from_der(element.whole).map_err(|_| Unreadable::Ses)?;
    Ok(bits.as_bytes().ok_or(Unreadable::Ses)?)
}

fn moment(element: Element<'_>) -> Result<Timestamp, SealError> {
    let moment = decoded::<GeneralizedTime>(element)?.to_unix_duration();
    Ok(time::of_unix(moment).ok_or(Unreadable::Ses)?)
}

fn is_sm2(element: Element<'_>) -> Result<(), SealError> {
    if decoded::<ObjectIdentifier>(element)? == SM2_WITH_SM3 {
        Ok(())
    } else {
        Err(Unsupported::Algorithm.into())
    }
}

fn is_version_4(element: Element<'_>) -> Result<(), SealError> {
    if decoded::<u32>(element)? == 4 { Ok(()) } else { Err(Unsupported::SealVersion.into()) }
}

const fn context(number: TagNumber) -> Tag {
    Tag::ContextSpecific { constructed: true, number }
}
