//! The standards' examples, and what must be refused.

use super::*;
use crate::digest::{from_hex, hex};
use crate::entropy::SeededEntropy;
use sm4::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};

const KEY: &str = "0123456789abcdeffedcba9876543210";

fn key(text: &str) -> Key {
    Key::new(&mut from_hex(text).unwrap().try_into().unwrap())
}

/// GB/T 32907-2016, annex A.1 and A.2: a block that is its own key, once and a million times.
#[test]
fn the_standards_blocks() {
    let cipher = sm4::Sm4::new(&key(KEY).0.into());
    let mut block = key(KEY).0.into();
    cipher.encrypt_block(&mut block);
    assert_eq!(hex(&block), "681edf34d206965e86b3e94f536e4246");
    let mut back = block;
    cipher.decrypt_block(&mut back);
    assert_eq!(hex(&back), KEY);
    for _ in 1..1_000_000 {
        cipher.encrypt_block(&mut block);
    }
    assert_eq!(hex(&block), "595298c7c6fd271f0402f804c33d3f66");
}

/// RFC 8998, appendix A.1.
const NONCE: [u8; 12] = [0, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0xab, 0xcd];
const WITH: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
const PLAIN: &str = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
                     eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa";

#[test]
fn the_example_of_gcm() {
    let (with, plain) = (from_hex(WITH).unwrap(), from_hex(PLAIN).unwrap());
    let want = "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
                d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
                83de3541e4c2b58177e065a9bf7b62ec";
    let sealed = gcm::seal(&key(KEY), &NONCE, &with, &plain);
    assert_eq!(hex(&sealed), want);
    assert_eq!(*gcm::open(&key(KEY), &NONCE, &with, &sealed).unwrap(), plain);
}

/// RFC 8998, appendix A.2, on the same block cipher: no interface here speaks CCM.
#[test]
fn the_example_of_ccm() {
    use ccm::aead::{AeadInOut as _, consts::U12, consts::U16};
    let (with, plain) = (from_hex(WITH).unwrap(), from_hex(PLAIN).unwrap());
    let mut bytes = plain;
    let mode = ccm::Ccm::<sm4::Sm4, U16, U12>::new(&key(KEY).0.into());
    let tag = mode.encrypt_inout_detached(&NONCE.into(), &with, bytes.as_mut_slice().into()).unwrap();
    assert_eq!(
        hex(&bytes),
        "48af93501fa62adbcd414cce6034d895dda1bf8f132f042098661572e7483094\
         fd12e518ce062c98acee28d95df4416bed31a2f04476c18bb40c84a74b97dc5b"
    );
    assert_eq!(hex(&tag), "16842d4fa186f56ab33256971fa110f4");
}

#[test]
fn what_was_changed_is_not_opened() {
    let entropy = SeededEntropy::new(5);
    let (one, other) = (Key::generate(&entropy).unwrap(), Key::generate(&entropy).unwrap());
    for length in [0, 1, 15, 16, 17, 100] {
        let plain = vec![7; length];
        let sealed = gcm::seal(&one, &NONCE, b"with", &plain);
        assert_eq!(sealed.len(), length + gcm::TAG);
        assert_eq!(*gcm::open(&one, &NONCE, b"with", &sealed).unwrap(), plain);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(gcm::open(&one, &NONCE, b"with", &changed), Err(NotDecrypted));
            assert_eq!(gcm::open(&one, &NONCE, b"with", &sealed[..at]), Err(NotDecrypted));
        }
        assert_eq!(gcm::open(&one, &NONCE, b"With", &sealed), Err(NotDecrypted));
        assert_eq!(gcm::open(&one, &[0; 12], b"with", &sealed), Err(NotDecrypted));
        assert_eq!(gcm::open(&other, &NONCE, b"with", &sealed), Err(NotDecrypted));
    }
}

/// SP 800-38A, section 6.2, over the block of the standard's example: C₁ = E(P₁ ⊕ IV), C₂ = E(P₂ ⊕ C₁).
#[test]
fn cbc_is_chained_and_padded() {
    let cipher = sm4::Sm4::new(&key(KEY).0.into());
    let iv = [9; 16];
    for length in [0_usize, 1, 15, 16, 17, 33, 4096] {
        let plain: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let pad = 16 - length % 16;
        let mut padded = plain.clone();
        padded.resize(length + pad, u8::try_from(pad).unwrap());
        let (mut before, mut want) = (iv, Vec::new());
        for block in padded.chunks(16) {
            let mut mixed: [u8; 16] = std::array::from_fn(|n| block[n] ^ before[n]);
            let mut array = mixed.into();
            cipher.encrypt_block(&mut array);
            mixed = array.into();
            want.extend(mixed);
            before = mixed;
        }
        assert_eq!(cbc::encrypt(&key(KEY), &iv, &plain), want, "{length}");
        assert_eq!(*cbc::decrypt(&key(KEY), &iv, &want).unwrap(), plain);
    }
}

#[test]
fn every_way_to_fail_looks_the_same() {
    let iv = [0; 16];
    let cipher = sm4::Sm4::new(&key(KEY).0.into());
    let encrypted = |last: [u8; 16]| {
        let mut block = last.into();
        cipher.encrypt_block(&mut block);
        block.to_vec()
    };
    let padding = |n: u8| encrypted([n; 16]);
    let mixed = encrypted([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    for wrong in [vec![], vec![0; 15], vec![0; 17], padding(0), padding(17), padding(255), mixed] {
        let said = cbc::decrypt(&key(KEY), &iv, &wrong).unwrap_err();
        assert_eq!((said, said.to_string().as_str()), (NotDecrypted, "not to be decrypted"));
    }
    assert_eq!(cbc::decrypt(&key(KEY), &iv, &padding(16)).unwrap().len(), 0);
    assert_eq!(format!("{:?}", key(KEY)), "Key(…)");
}
