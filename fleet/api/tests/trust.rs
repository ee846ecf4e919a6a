//! Whose signature counts, which ring follows which, which version is understood; and any bytes at all.

#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::command::{Command, CommandId, Order};
use fleet_api::configuration::ConfigurationDocument;
use fleet_api::keys::{KeyRing, PublicKey, RingError, Role, key_id};
use fleet_api::release::{ReleaseManifest, ReleaseVersion};
use fleet_api::signed::{Ordered, PAYLOAD_BYTES, Signed, SignedError};
use fleet_api::version::{self, VersionError};
use fleet_api::{TerminalId, Timestamp};
use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn public(seed: u8) -> Vec<u8> {
    key(seed).public_key().as_ref().to_vec()
}

fn sign<T: Ordered>(value: &T, seed: u8) -> Signed<T> {
    let key = key(seed);
    Signed::new(value, key_id(&public(seed)), |bytes| {
        Ok::<_, SignedError>(key.sign(bytes).as_ref().try_into().unwrap())
    })
    .unwrap()
}

fn ring_of(number: u64, keys: &[(u8, Role)]) -> KeyRing {
    let keys = keys.iter().map(|(seed, role)| PublicKey {
        id: key_id(&public(*seed)),
        role: *role,
        public_key: STANDARD.encode(public(*seed)),
    });
    KeyRing { number, at: Timestamp::UNIX_EPOCH, keys: keys.collect() }
}

fn command(reason: &str) -> Command {
    Command {
        id: CommandId("00".repeat(16)),
        terminal: TerminalId("T-1".into()),
        issued_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
        order: Order::GoBack { reason: reason.into() },
    }
}

#[test]
fn only_the_right_key_of_the_right_role_counts() {
    let ring = ring_of(1, &[(1, Role::Commands), (2, Role::Configuration), (3, Role::Unrecognised)]);
    let command = command("slow");
    assert_eq!(sign(&command, 1).open(&ring).unwrap(), command);
    assert!(matches!(sign(&command, 2).open(&ring), Err(SignedError::WrongRole { .. })));
    assert!(matches!(sign(&command, 3).open(&ring), Err(SignedError::WrongRole { .. })));
    assert!(matches!(sign(&command, 9).open(&ring), Err(SignedError::UnknownKey(_))));
    // Another's signature under a known name.
    let mut stolen = sign(&command, 9);
    stolen.key_id = key_id(&public(1));
    assert!(matches!(stolen.open(&ring), Err(SignedError::BadSignature(_))));
    // The same bytes for another role: the role is under the signature.
    let signed = sign(&command, 2);
    let as_configuration: Signed<ConfigurationDocument> =
        serde_json::from_str(&serde_json::to_string(&signed).unwrap()).unwrap();
    assert!(matches!(as_configuration.open(&ring), Err(SignedError::BadSignature(_))));
    // A changed payload.
    let mut changed = sign(&command, 1);
    let payload = STANDARD.decode(&changed.payload).unwrap();
    changed.payload = STANDARD.encode(String::from_utf8(payload).unwrap().replace("slow", "fast"));
    assert!(matches!(changed.open(&ring), Err(SignedError::BadSignature(_))));
    assert!(!format!("{:?}", sign(&command, 1)).contains("slow"));
}

#[test]
fn documents_have_an_end() {
    let long = command(&"x".repeat(PAYLOAD_BYTES));
    let signed = Signed::new(&long, "k", |_| Ok::<_, SignedError>([0; 64]));
    assert!(matches!(signed, Err(SignedError::TooLong(_))));
    let mut signed = sign(&command("a"), 1);
    signed.payload = "A".repeat(PAYLOAD_BYTES * 2);
    assert!(matches!(signed.open(&ring_of(1, &[(1, Role::Commands)])), Err(SignedError::TooLong(_))));
}

#[test]
fn rings_follow_each_other_upwards_by_the_root_alone() {
    let root = STANDARD.encode(public(1));
    let first = ring_of(5, &[(2, Role::Commands), (8, Role::Root)]);
    let next = ring_of(6, &[(3, Role::Commands)]);
    assert_eq!(first.successor(&root, &sign(&next, 1)).unwrap(), next, "by the root");
    assert_eq!(first.successor(&root, &sign(&next, 8)).unwrap(), next, "by the root that the ring names");
    assert!(matches!(first.successor(&root, &sign(&next, 2)), Err(RingError::Signature(_))));
    assert!(
        matches!(next.successor(&root, &sign(&next, 8)), Err(RingError::Signature(_))),
        "it is named no more"
    );
    assert_eq!(first.successor(&root, &sign(&first, 1)).unwrap(), first, "the same again");
    let old = first.successor(&root, &sign(&ring_of(4, &[]), 1));
    assert!(matches!(old, Err(RingError::Older { offered: 4, known: 5 })));
    let same_number = first.successor(&root, &sign(&ring_of(5, &[]), 1));
    assert!(matches!(same_number, Err(RingError::Older { .. })), "another ring of the same number");
}

#[test]
fn which_versions_are_understood() {
    assert_eq!(version::check(None), Ok(()));
    assert_eq!(version::check(Some(&version::this())), Ok(()));
    assert_eq!(version::check(Some("1.999")), Ok(()));
    assert_eq!(version::check(Some("2.0")), Err(VersionError::Major(2)));
    for text in ["", "1", "1.", ".1", "1.x", "x.1", "1.0.0", "99999999999.0"] {
        assert!(matches!(version::check(Some(text)), Err(VersionError::Malformed(_))), "{text}");
    }
}

#[test]
fn versions_of_releases_compare_by_their_numbers() {
    let version = |text: &str| text.parse::<ReleaseVersion>().unwrap();
    assert!(version("1.10.0") > version("1.9.9"));
    assert_eq!(version("01.2.3").to_string(), "1.2.3");
    for text in ["", "1.2", "1.2.3.4", "1.2.x", "-1.2.3", "1.2.3-rc", "1.2.9999999999", " 1.2.3"] {
        assert!(text.parse::<ReleaseVersion>().is_err(), "{text}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<Vec<u8>>().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "[{}\\[\\]\":,a-z_0-9.]{0,120}",
    ]
}

/// A message of the first version with one byte changed.
fn nearly_good() -> impl Strategy<Value = String> {
    let files = [
        include_str!("v1/heartbeat.json"),
        include_str!("v1/events.json"),
        include_str!("v1/deployment.json"),
        include_str!("v1/feedback.json"),
        include_str!("v1/configuration.json"),
        include_str!("v1/release.json"),
    ];
    (0..files.len(), any::<prop::sample::Index>(), any::<u8>()).prop_map(move |(file, at, byte)| {
        let mut bytes = files[file].as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #[test]
    fn any_text_is_answered(text in prop_oneof![any_text(), nearly_good()]) {
        fn read<T: serde::de::DeserializeOwned>(text: &str) {
            let _ = serde_json::from_str::<T>(text);
        }
        read::<fleet_api::health::Heartbeat>(&text);
        read::<fleet_api::event::EventBatch>(&text);
        read::<Signed<Command>>(&text);
        read::<fleet_api::ddi::DeploymentBase>(&text);
        read::<fleet_api::ddi::Feedback>(&text);
        read::<fleet_api::ui::FromScreen>(&text);
        read::<fleet_api::ui::FromAgent>(&text);
        read::<ReleaseManifest>(&text);
        if let Ok(document) = serde_json::from_str::<ConfigurationDocument>(&text) {
            let _ = document.settings.check();
        }
        let _ = (version::check(Some(&text)), text.parse::<ReleaseVersion>());
    }

    #[test]
    fn any_signature_is_answered(payload in any_text(), key_id in any_text(), signature in any_text()) {
        let text = serde_json::json!({ "payload": payload, "key_id": key_id, "signature": signature });
        let signed: Signed<Command> = serde_json::from_value(text).unwrap();
        prop_assert!(signed.open(&ring_of(1, &[(1, Role::Commands)])).is_err());
        prop_assert!(signed.open_with(&STANDARD.encode(public(1))).is_err());
    }

    #[test]
    fn a_version_is_read_as_it_is_written(major in 0..999_999_999u32, minor in 0..999_999_999u32, patch in 0..999_999_999u32) {
        let version = ReleaseVersion { major, minor, patch };
        prop_assert_eq!(version.to_string().parse::<ReleaseVersion>().unwrap(), version);
    }
}
