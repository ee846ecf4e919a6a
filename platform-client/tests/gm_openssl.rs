//! National cryptography beside another implementation: Debian's `openssl`, both ways.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on shows where, and says when it compared nothing"
)]

use platform_client::entropy::{Entropy as _, SeededEntropy};
use platform_client::gm::sm2::{Signature, Signer as _, SigningKey, VerifyingKey};
use platform_client::gm::{sm3, sm4};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

/// Whether openssl is there; without it a test says so and passes, save where peers are required.
fn is_there() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "openssl is not installed");
        eprintln!("openssl is not installed: nothing was compared with it");
    }
    there
}

/// Runs `openssl` with these words and this on its input.
fn openssl(words: &[&str], folder: &Path, input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    output.status.success().then_some(output.stdout)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Lengths around the edges of blocks, and a long one.
const LENGTHS: [usize; 12] = [0, 1, 15, 16, 17, 31, 55, 56, 63, 64, 65, 100_003];

fn message(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededEntropy::new(seed).fill(&mut bytes).unwrap();
    bytes
}

#[test]
fn sm3_and_its_mac_are_openssls() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (n, length) in LENGTHS.into_iter().enumerate() {
        let message = message(n as u64, length);
        let theirs = openssl(&["dgst", "-sm3", "-binary"], folder.path(), &message).unwrap();
        assert_eq!(sm3::digest(&message)[..], theirs, "{length} bytes");
        let key = &message[..length.min(80)];
        let option = format!("hexkey:{}", hex(key));
        let words = ["mac", "-digest", "SM3", "-macopt", &option, "-binary", "HMAC"];
        // openssl takes no empty key by this command.
        if !key.is_empty() {
            let theirs = openssl(&words, folder.path(), &message).unwrap();
            let ours = sm3::HmacKey::new(Zeroizing::new(key.to_vec())).mac(&[&message]);
            assert_eq!(ours[..], theirs, "{length} bytes");
        }
    }
}

#[test]
fn sm2_signatures_hold_both_ways() {
    if !is_there() {
        return;
    }
    let entropy = SeededEntropy::new(7);
    for (n, id) in ["1234567812345678", "91340000123456789A"].into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let distid = format!("distid:{id}");
        let sign = ["pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", "key.pem", "-in", "message"];
        let verify = ["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pubin", "-inkey", "public.pem"];
        let verify = [&verify[..], &["-in", "message", "-sigfile", "ours.der", "-pkeyopt", &distid]].concat();
        let sign = [&sign[..], &["-pkeyopt", &distid]].concat();

        // Their key in our hands.
        let pem = openssl(&["genpkey", "-algorithm", "SM2"], folder.path(), b"").unwrap();
        let pem = String::from_utf8(pem).unwrap();
        std::fs::write(file("key.pem"), &pem).unwrap();
        let public = openssl(&["pkey", "-in", "key.pem", "-pubout"], folder.path(), b"").unwrap();
        let public = VerifyingKey::from_pem(&String::from_utf8(public).unwrap()).unwrap();
        let key = SigningKey::from_pem(&pem).unwrap();
        assert_eq!(key.verifying_key(), &public);
        let public = public.with_id(id).unwrap();
        for (m, length) in LENGTHS.into_iter().enumerate() {
            let message = message((n * 100 + m) as u64, length);
            std::fs::write(file("message"), &message).unwrap();
            let theirs = Signature::from_der(&openssl(&sign, folder.path(), b"").unwrap()).unwrap();
            public.verify(&message, &theirs).unwrap();
            assert!(public.verify(b"another", &theirs).is_err());
        }

        // Our key in theirs, in both of our encodings.
        let ours = SigningKey::generate(&entropy).unwrap().with_id(id).unwrap();
        std::fs::write(file("public.pem"), ours.verifying_key().to_pem()).unwrap();
        for pem in [ours.to_pkcs8_pem(), ours.to_sec1_pem()] {
            std::fs::write(file("ours.pem"), pem.as_bytes()).unwrap();
            let public = openssl(&["pkey", "-in", "ours.pem", "-pubout"], folder.path(), b"").unwrap();
            assert_eq!(String::from_utf8(public).unwrap(), ours.verifying_key().to_pem());
        }
        for (m, length) in LENGTHS.into_iter().enumerate() {
            let message = message((n * 100 + m) as u64, length);
            std::fs::write(file("message"), &message).unwrap();
            let signature = ours.sign(&message, &entropy).unwrap();
            std::fs::write(file("ours.der"), signature.to_der()).unwrap();
            assert!(openssl(&verify, folder.path(), b"").is_some(), "{length} bytes");
        }
        std::fs::write(file("message"), "another").unwrap();
        assert!(openssl(&verify, folder.path(), b"").is_none());
    }
}

#[test]
fn sm4_cbc_is_openssls_both_ways() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (n, length) in LENGTHS.into_iter().enumerate() {
        let message = message(n as u64, length);
        let (mut key, mut iv) = ([0; 16], [0; 16]);
        let entropy = SeededEntropy::new(900 + n as u64);
        entropy.fill(&mut key).unwrap();
        entropy.fill(&mut iv).unwrap();
        let (key_hex, iv_hex) = (hex(&key), hex(&iv));
        let key = sm4::Key::new(&mut key);
        let words = ["enc", "-sm4-cbc", "-K", &key_hex, "-iv", &iv_hex];
        let ours = sm4::cbc::encrypt(&key, &iv, &message);
        assert_eq!(openssl(&words, folder.path(), &message).unwrap(), ours, "{length} bytes");
        let theirs = openssl(&[&words[..], &["-d"]].concat(), folder.path(), &ours).unwrap();
        assert_eq!(theirs, message);
        assert_eq!(*sm4::cbc::decrypt(&key, &iv, &ours).unwrap(), message);
    }
}

/// Debian's openssl 3.0 has no SM4-GCM: a second crate stands in.
#[test]
fn sm4_gcm_is_another_crates_both_ways() {
    use sm4_gcm::{Sm4Key, sm4_gcm_aad_decrypt, sm4_gcm_aad_encrypt};
    for (n, length) in LENGTHS.into_iter().enumerate() {
        let message = message(n as u64, length);
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        let entropy = SeededEntropy::new(700 + n as u64);
        entropy.fill(&mut key).unwrap();
        entropy.fill(&mut nonce).unwrap();
        let theirs_key = Sm4Key::from_slice(&key).unwrap();
        let key = sm4::Key::new(&mut key);
        let with = &message[..length.min(40)];
        let ours = sm4::gcm::seal(&key, &nonce, with, &message);
        assert_eq!(sm4_gcm_aad_encrypt(&theirs_key, &nonce, with, &message), ours, "{length} bytes");
        assert_eq!(sm4_gcm_aad_decrypt(&theirs_key, &nonce, with, &ours).unwrap(), message);
        assert_eq!(*sm4::gcm::open(&key, &nonce, with, &ours).unwrap(), message);
    }
}
