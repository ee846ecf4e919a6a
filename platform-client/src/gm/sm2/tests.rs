//! The standards' example: GB/T 32918.5-2017, annex A (GM/T 0003.5-2012, annex A), and what must be refused.

use super::*;
use crate::digest::{from_hex, hex};
use crate::entropy::{Entropy, NoEntropy, SeededEntropy, SystemEntropy};
use std::os::unix::fs::PermissionsExt as _;

const D: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const X: &str = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
const Y: &str = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const MESSAGE: &[u8] = b"message digest";
const E: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
const R: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
const S: &str = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

fn number(text: &str) -> [u8; 32] {
    from_hex(text).unwrap().try_into().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&number(D)).unwrap()
}

fn public() -> VerifyingKey {
    VerifyingKey::from_point(&from_hex(&format!("04{X}{Y}")).unwrap()).unwrap()
}

#[test]
fn the_standards_example() {
    assert_eq!(hex(&key().verifying_key().to_point()), format!("04{X}{Y}"));
    assert_eq!(hex(&public().digest(MESSAGE)), E, "Z_A stands before the message");
    let signature = Signature::from_raw(&from_hex(&format!("{R}{S}")).unwrap()).unwrap();
    public().verify(MESSAGE, &signature).unwrap();
    // 30 46 02 21 00 r 02 21 00 s: both have their first bit set.
    assert_eq!(hex(&signature.to_der()), format!("3046022100{R}022100{S}"));
    assert_eq!(Signature::from_der(&signature.to_der()), Ok(signature));
}

#[test]
fn what_is_signed_is_proved_and_nothing_else_is() {
    let entropy = SeededEntropy::new(3);
    let other = SigningKey::generate(&entropy).unwrap();
    let mut seen = Vec::new();
    for n in 0..40_u8 {
        let message = vec![n; usize::from(n) * 7];
        let signature = key().sign(&message, &entropy).unwrap();
        public().verify(&message, &signature).unwrap();
        assert_eq!(Signature::from_raw(&signature.to_raw()), Ok(signature));
        assert_eq!(Signature::from_der(&signature.to_der()), Ok(signature));
        assert_eq!(public().verify(&[&message[..], b"."].concat(), &signature), Err(WrongSignature));
        assert_eq!(other.verifying_key().verify(&message, &signature), Err(WrongSignature));
        let bit = usize::from(n) * 12;
        let mut bytes = signature.to_raw();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = Signature::from_raw(&bytes).map(|s| public().verify(&message, &s));
        assert!(matches!(changed, Err(NotASignature) | Ok(Err(WrongSignature))), "bit {bit}");
        seen.push(signature.to_raw());
    }
    let again = key().sign(b"", &entropy).unwrap();
    assert!(!seen.contains(&again.to_raw()), "k is another every time");
}

#[test]
fn an_id_is_part_of_what_is_signed() {
    let entropy = SystemEntropy::new();
    assert_eq!((key().verifying_key().id(), public().id()), (DEFAULT_ID, DEFAULT_ID));
    let alice = "ALICE123@YAHOO.COM";
    let signature = key().with_id(alice).unwrap().sign(MESSAGE, &entropy).unwrap();
    assert_eq!(public().verify(MESSAGE, &signature), Err(WrongSignature));
    public().with_id(alice).unwrap().verify(MESSAGE, &signature).unwrap();
    assert_ne!(public(), public().with_id(alice).unwrap());
    assert!(public().with_id(&"x".repeat(8191)).is_ok());
    assert_eq!(public().with_id(&"x".repeat(8192)).err(), Some(IdTooLong));
    assert_eq!(key().with_id(&"x".repeat(8192)).err(), Some(IdTooLong));
}

#[test]
fn what_is_no_key_and_no_signature_is_refused() {
    let less = |by: u8| {
        let mut bytes = number(N);
        bytes[31] -= by;
        bytes
    };
    for d in [[0; 32], less(1), less(0), [0xff; 32]] {
        assert_eq!(SigningKey::from_bytes(&d).err(), Some(NotAKey), "{}", hex(&d));
    }
    assert!(SigningKey::from_bytes(&less(2)).is_ok());
    let point = public().to_point();
    let mut off_the_curve = point;
    off_the_curve[64] ^= 1;
    for bytes in [&[][..], &[0], &point[..64], &off_the_curve, &[&point[..], &[0]].concat()] {
        assert_eq!(VerifyingKey::from_point(bytes).err(), Some(NotAKey), "{}", hex(bytes));
    }
    let compressed = [&[0x03][..], &point[1..33]].concat();
    assert_eq!(VerifyingKey::from_point(&compressed), Ok(public()), "y is odd");
    let [zero, one, n] = [[0; 32], less(1), number(N)];
    for (r, s) in [(zero, one), (one, zero), (n, one), (one, n)] {
        assert_eq!(Signature::from_raw(&[r, s].concat()), Err(NotASignature));
    }
    assert_eq!(Signature::from_raw(&[1; 63]), Err(NotASignature));
    let der = Signature::from_raw(&[1; 64]).unwrap().to_der();
    let padded = [&[0x30, 0x45, 0x02, 0x21, 0x00][..], &der[4..]].concat();
    for bytes in [&der[..der.len() - 1], &[&der[..], &[0]].concat(), &padded, b"", &[0x30; 80]] {
        assert_eq!(Signature::from_der(bytes), Err(NotASignature), "{}", hex(bytes));
    }
}

#[test]
fn keys_in_pem_and_in_files() {
    let key = key();
    for pem in [key.to_pkcs8_pem(), key.to_sec1_pem()] {
        assert_eq!(SigningKey::from_pem(&pem).unwrap().verifying_key(), key.verifying_key());
        assert!(SigningKey::from_pem(&pem.replace("SM2", "").replace('M', "N")).is_err());
    }
    assert_eq!(VerifyingKey::from_pem(&public().to_pem()), Ok(public()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys/signing.pem");
    let made = SigningKey::read_or_make(&file, &SeededEntropy::new(1)).unwrap();
    let again = SigningKey::read_or_make(&file, &SeededEntropy::new(2)).unwrap();
    assert_eq!(made.verifying_key(), again.verifying_key());
    let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    mode(0o644);
    let refused = SigningKey::read(&file).unwrap_err();
    assert!(refused.to_string().contains("0600") && refused.to_string().contains("signing.pem"), "{refused}");
    mode(0o600);
    std::fs::write(&file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    assert!(matches!(SigningKey::read(&file), Err(KeyFileError::NotAKey(_))));
    std::fs::write(&file, "x".repeat(5000)).unwrap();
    assert!(matches!(SigningKey::read(&file), Err(KeyFileError::File(_))));
}

#[test]
fn nothing_secret_is_printed_and_no_entropy_is_said() {
    struct Dry;
    impl Entropy for Dry {
        fn fill(&self, _bytes: &mut [u8]) -> Result<(), NoEntropy> {
            Err(NoEntropy)
        }
    }
    assert!(!format!("{:?}", key()).contains(&D[..16]));
    assert_eq!(key().sign(MESSAGE, &Dry).err(), Some(SignError::NoEntropy(NoEntropy)));
    assert_eq!(SigningKey::generate(&Dry).err(), Some(NoEntropy));
}

/// Seeded changes of encodings: no panic, and what is taken is a key or a signature as any other.
#[test]
fn any_encoding_is_read_or_refused() {
    let entropy = SeededEntropy::new(20_261_124);
    let random = |below: usize| {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes).unwrap();
        usize::try_from(u64::from_be_bytes(bytes) % below.max(1) as u64).unwrap()
    };
    let signature = Signature::from_raw(&from_hex(&format!("{R}{S}")).unwrap()).unwrap();
    let seeds = [
        signature.to_der(),
        public().to_point().to_vec(),
        public().to_pem().into_bytes(),
        key().to_pkcs8_pem().as_bytes().to_vec(),
        key().to_sec1_pem().as_bytes().to_vec(),
    ];
    for turn in 0..5_000 {
        let mut bytes = seeds[turn % seeds.len()].clone();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            match random(4) {
                0 if !bytes.is_empty() => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 => bytes.truncate(at),
                2 => bytes.insert(at, u8::try_from(random(256)).unwrap()),
                _ if !bytes.is_empty() => _ = bytes.remove(at),
                _ => {}
            }
        }
        if let Ok(read) = Signature::from_der(&bytes) {
            assert_eq!(read.to_der(), bytes, "DER has one encoding");
        }
        drop((VerifyingKey::from_point(&bytes), VerifyingKey::from_der(&bytes)));
        if let Ok(text) = std::str::from_utf8(&bytes) {
            drop((VerifyingKey::from_pem(text), SigningKey::from_pem(text)));
        }
    }
}
