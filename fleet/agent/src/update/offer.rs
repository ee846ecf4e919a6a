//! Whether what the update server offers is to be installed here.
//!
//! Duty: the release manager's word before the server's: manifest, machine, time, version. Never: take a name or a size
//! from the server where the manifest has one.

use super::ddi;
use super::record::Target;
use crate::config::Manifest;
use fleet_api::Timestamp;
use fleet_api::ddi::{Artifact, Chunk, DeploymentBase};
use fleet_api::keys::KeyRing;
use fleet_api::release::{METADATA_KEY, ReleaseError, ReleaseManifest, ReleaseVersion};
use fleet_api::signed::{Signed, SignedError};

/// The largest bundle, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024 * 1024;

/// What this machine is.
pub(super) struct Here<'a> {
    pub(super) compatible: &'a str,
    pub(super) running: Option<ReleaseVersion>,
    /// The highest version that was good here.
    pub(super) highest: Option<ReleaseVersion>,
    pub(super) manifest: Manifest,
    pub(super) now: Timestamp,
}

/// What came of the look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Offer {
    /// It is to be installed, from that address.
    Install(Target, String),
    /// It runs already.
    RunsAlready(Target),
    /// It is not to be installed, ever.
    Refuse(Option<Target>, String),
    /// Not yet.
    NotYet(String),
    /// Its key is not known; a newer ring may know it.
    UnknownKey(String),
}

/// Looks at a deployment.
pub(super) fn examine(base: &DeploymentBase, ring: &KeyRing, here: &Here<'_>) -> Offer {
    let (chunk, artifact, link) = match ddi::bundle(base) {
        Ok(bundle) => bundle,
        Err(why) => return Offer::Refuse(None, why.to_owned()),
    };
    let signed = chunk.metadata.iter().find(|entry| entry.key == METADATA_KEY);
    let target = match signed {
        Some(entry) => match signed_target(&entry.value, artifact, ring, here) {
            Ok(target) => target,
            Err(offer) => return offer,
        },
        None if here.manifest == Manifest::Optional => match plain_target(chunk, artifact, here) {
            Ok(target) => target,
            Err(offer) => return offer,
        },
        None => return Offer::Refuse(None, "the release manager's manifest is missing".to_owned()),
    };
    if target.size > LARGEST {
        return Offer::Refuse(Some(target), format!("a bundle is not larger than {LARGEST} bytes"));
    }
    if here.running == Some(target.version) {
        return Offer::RunsAlready(target);
    }
    Offer::Install(target, link.to_owned())
}

/// Checks a manifest by itself: of the offer's chunk, or of a stick.
pub(super) fn trusted(
    signed: &Signed<ReleaseManifest>,
    ring: &KeyRing,
    here: &Here<'_>,
) -> Result<(ReleaseManifest, Target), Offer> {
    let manifest = signed.open(ring).map_err(|error| match error {
        SignedError::UnknownKey(_) => Offer::UnknownKey(error.to_string()),
        error => Offer::Refuse(None, crate::error::chain(&error)),
    })?;
    let target = Target { version: manifest.version, size: manifest.size, sha256: manifest.sha256.clone() };
    if !is_sha256(&target.sha256) {
        return Err(Offer::Refuse(Some(target), "the manifest's SHA-256 is none".to_owned()));
    }
    // What runs is not installed again, whatever the versions before it were.
    if here.running == Some(manifest.version) && here.compatible == manifest.compatible {
        return Ok((manifest, target));
    }
    match manifest.check(here.compatible, here.highest, here.now) {
        Ok(()) => Ok((manifest, target)),
        Err(error @ ReleaseError::TooEarly(_)) => Err(Offer::NotYet(error.to_string())),
        Err(error) => Err(Offer::Refuse(Some(target), error.to_string())),
    }
}

fn signed_target(value: &str, artifact: &Artifact, ring: &KeyRing, here: &Here<'_>) -> Result<Target, Offer> {
    let signed: Signed<ReleaseManifest> = serde_json::from_str(value)
        .map_err(|error| Offer::Refuse(None, format!("the manifest cannot be read: {error}")))?;
    let (manifest, target) = trusted(&signed, ring, here)?;
    let fits = artifact.filename == manifest.filename
        && artifact.size == manifest.size
        && (artifact.hashes.sha256.is_empty()
            || artifact.hashes.sha256.eq_ignore_ascii_case(&manifest.sha256));
    if fits {
        Ok(target)
    } else {
        Err(Offer::Refuse(Some(target), "the file is not the one of the manifest".to_owned()))
    }
}

fn plain_target(chunk: &Chunk, artifact: &Artifact, here: &Here<'_>) -> Result<Target, Offer> {
    let version: ReleaseVersion = chunk
        .version
        .parse()
        .map_err(|error| Offer::Refuse(None, format!("the chunk's version: {error}")))?;
    let target = Target { version, size: artifact.size, sha256: artifact.hashes.sha256.to_ascii_lowercase() };
    if !is_sha256(&target.sha256) {
        return Err(Offer::Refuse(Some(target), "the file has no SHA-256".to_owned()));
    }
    match here.highest {
        Some(known) if version <= known && here.running != Some(version) => {
            let why = ReleaseError::Older { offered: version, known }.to_string();
            Err(Offer::Refuse(Some(target), why))
        }
        _ => Ok(target),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use fleet_api::ddi::{Deployment, Hashes, Link, Metadata};
    use fleet_api::keys::{PublicKey, Role, key_id};
    use ring::signature::{Ed25519KeyPair, KeyPair as _};
    use time::macros::datetime;

    const SHA: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn keys() -> KeyRing {
        let public = |(seed, role): (u8, Role)| {
            let bytes = key(seed).public_key().as_ref().to_vec();
            PublicKey { id: key_id(&bytes), role, public_key: STANDARD.encode(bytes) }
        };
        let keys = [(1, Role::Release), (2, Role::Commands)].map(public).to_vec();
        KeyRing { number: 1, at: Timestamp::UNIX_EPOCH, keys }
    }

    fn manifest() -> ReleaseManifest {
        ReleaseManifest {
            version: "1.2.0".parse().unwrap(),
            compatible: "k1".into(),
            filename: "k1.raucb".into(),
            size: 10,
            sha256: SHA.into(),
            not_before: datetime!(2026-11-01 0:00 UTC),
            may_replace_down_to: None,
        }
    }

    fn base(metadata: Option<(ReleaseManifest, u8)>) -> DeploymentBase {
        let metadata = metadata.map(|(manifest, signer)| {
            let key = key(signer);
            let signed = Signed::new(&manifest, key_id(key.public_key().as_ref()), |bytes| {
                Ok::<_, SignedError>(key.sign(bytes).as_ref().try_into().unwrap())
            });
            Metadata { key: METADATA_KEY.into(), value: serde_json::to_string(&signed.unwrap()).unwrap() }
        });
        let artifact = Artifact {
            filename: "k1.raucb".into(),
            size: 10,
            hashes: Hashes { sha1: String::new(), md5: String::new(), sha256: SHA.into() },
            links: [("download".to_owned(), Link { href: "/a".into() })].into(),
        };
        let chunk = Chunk {
            part: "os".into(),
            name: "k1".into(),
            version: "1.2.0".into(),
            artifacts: vec![artifact],
            metadata: metadata.into_iter().collect(),
        };
        let deployment = Deployment {
            download: "forced".into(),
            update: "forced".into(),
            maintenance_window: None,
            chunks: vec![chunk],
        };
        DeploymentBase { id: "1".into(), deployment }
    }

    fn here(running: &str, highest: &str, manifest: Manifest) -> Here<'static> {
        Here {
            compatible: "k1",
            running: running.parse().ok(),
            highest: highest.parse().ok(),
            manifest,
            now: datetime!(2026-11-28 0:00 UTC),
        }
    }

    fn check(base: &DeploymentBase, here: &Here<'_>, expected: &str) {
        let found = match examine(base, &keys(), here) {
            Offer::Install(..) => "install".to_owned(),
            Offer::RunsAlready(_) => "runs".to_owned(),
            Offer::Refuse(_, why) => why,
            Offer::NotYet(_) => "not yet".to_owned(),
            Offer::UnknownKey(_) => "unknown key".to_owned(),
        };
        assert!(found.contains(expected), "{found} | {expected}");
    }

    #[test]
    fn what_is_installed_and_what_is_not() {
        let required = Manifest::Required;
        let with = |change: fn(&mut ReleaseManifest), signer| {
            let mut manifest = manifest();
            change(&mut manifest);
            base(Some((manifest, signer)))
        };
        let good = with(|_| {}, 1);
        check(&good, &here("1.1.0", "1.1.0", required), "install");
        check(&good, &here("1.2.0", "1.2.0", required), "runs");
        check(&good, &here("1.3.0", "1.3.0", required), "not newer");
        // It was good once and fell out of use: the same version does not come back by itself.
        check(&good, &here("1.1.0", "1.2.0", required), "not newer");
        let rollback = with(|m| m.may_replace_down_to = "1.2.0".parse().ok(), 1);
        check(&rollback, &here("1.3.0", "1.3.0", required), "install");
        check(&with(|_| {}, 2), &here("1.1.0", "1.1.0", required), "may sign for commands");
        check(&with(|_| {}, 3), &here("1.1.0", "1.1.0", required), "unknown key");
        check(&with(|m| m.compatible = "k2".into(), 1), &here("1.1.0", "1.1.0", required), "is for `k2`");
        check(&with(|m| m.size = 11, 1), &here("1.1.0", "1.1.0", required), "not the one of the manifest");
        check(&with(|m| m.sha256 = "../x".into(), 1), &here("1.1.0", "1.1.0", required), "SHA-256 is none");
        let later = with(|m| m.not_before = datetime!(2027-01-01 0:00 UTC), 1);
        check(&later, &here("1.1.0", "1.1.0", required), "not yet");
        check(&base(None), &here("1.1.0", "1.1.0", required), "manifest is missing");
    }

    #[test]
    fn a_plain_hawkbit_where_the_file_allows_it() {
        let optional = Manifest::Optional;
        check(&base(None), &here("1.1.0", "1.1.0", optional), "install");
        check(&base(None), &here("1.3.0", "1.3.0", optional), "not newer");
        check(&base(None), &here("1.2.0", "1.2.0", optional), "runs");
        let mut two = base(None);
        let more = two.deployment.chunks[0].artifacts[0].clone();
        two.deployment.chunks[0].artifacts.push(more);
        check(&two, &here("1.1.0", "1.1.0", optional), "more than one file");
        let mut nameless = base(None);
        nameless.deployment.chunks[0].artifacts[0].hashes.sha256.clear();
        check(&nameless, &here("1.1.0", "1.1.0", optional), "no SHA-256");
        // A manifest that is there counts, also where none is needed.
        check(&base(Some((manifest(), 2))), &here("1.1.0", "1.1.0", optional), "may sign for commands");
    }
}
