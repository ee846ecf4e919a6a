//! Whose catalogue it is: the province's catalogue keys, and what they prove.
//!
//! Duty: say whether a catalogue was published by this province, unaltered. Never: look into an item.

use crate::contract::catalogue::{CatalogueFiles, CatalogueSignature, SignatureAlgorithm};
use crate::digest::{from_hex, hex, sha256_hex};
use crate::gm::sm2::{Signature, VerifyingKey};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use std::path::Path;
use time::format_description::well_known::Rfc3339;

/// The file in the folder of credentials with the keys, one a line: `sm2_sm3` and the point of the curve in 130 hexadecimal
/// digits (04, x, y), or `ed25519` and 64 of them.
pub const KEY_FILE: &str = "catalogue.pub";

/// The keys that prove catalogues.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueKeys(Vec<CatalogueKey>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct CatalogueKey {
    algorithm: SignatureAlgorithm,
    public: Vec<u8>,
}

/// Why a catalogue is not known to be the province's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureProblem {
    /// The terminal was given no key: its folder of credentials has no usable `catalogue.pub`.
    #[error("the terminal has no catalogue key of the province (catalogue.pub)")]
    NoKey,
    /// It bears no signature.
    #[error("it is not signed")]
    Unsigned,
    /// It was signed with a key that the terminal does not have, or by an algorithm that it does not know.
    #[error("it is signed with a key that is not the province's")]
    UnknownKey,
    /// The signature does not fit it.
    #[error("it was altered, or signed by somebody else")]
    Altered,
    /// A version or a name holds white space: what was signed would not be clear.
    #[error("its version or a file's name holds white space")]
    Ambiguous,
}

impl CatalogueKeys {
    /// Reads the keys of a folder of credentials; none where there is no such file.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        match std::fs::read_to_string(folder.join(KEY_FILE)) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// The keys of such a file's text. A line that is none, perhaps of a newer algorithm, is passed over: with what is
    /// left a catalogue is proved or not.
    pub fn parse(text: &str) -> Self {
        let key = |line: &str| {
            let (word, digits) = line.trim().split_once(' ')?;
            let public = from_hex(digits.trim())?;
            match (word, public.len()) {
                ("sm2_sm3", 65) => {
                    VerifyingKey::from_point(&public).ok()?;
                    Some(CatalogueKey { algorithm: SignatureAlgorithm::Sm2Sm3, public })
                }
                ("ed25519", 32) => Some(CatalogueKey { algorithm: SignatureAlgorithm::Ed25519, public }),
                _ => None,
            }
        };
        Self(text.lines().filter_map(key).collect())
    }

    /// Whether the catalogue was published by the holder of one of the keys.
    pub fn verify(&self, files: &CatalogueFiles) -> Result<(), SignatureProblem> {
        if self.0.is_empty() {
            return Err(SignatureProblem::NoKey);
        }
        let signature = files.signature.as_ref().ok_or(SignatureProblem::Unsigned)?;
        let text = signed_text(files).ok_or(SignatureProblem::Ambiguous)?;
        let mut named = self.0.iter().filter(|key| key.is_of(signature)).peekable();
        if named.peek().is_none() {
            return Err(SignatureProblem::UnknownKey);
        }
        if named.any(|key| key.proves(text.as_bytes(), &signature.value.0)) {
            Ok(())
        } else {
            Err(SignatureProblem::Altered)
        }
    }
}

impl CatalogueKey {
    fn is_of(&self, signature: &CatalogueSignature) -> bool {
        let id = hex(&digest(&SHA256, &self.public).as_ref()[..8]);
        self.algorithm == signature.algorithm && id == signature.key_id
    }

    fn proves(&self, text: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            SignatureAlgorithm::Ed25519 => {
                UnparsedPublicKey::new(&ED25519, &self.public).verify(text, signature).is_ok()
            }
            SignatureAlgorithm::Sm2Sm3 => {
                let (key, value) = (VerifyingKey::from_point(&self.public), Signature::from_raw(signature));
                key.is_ok_and(|key| value.is_ok_and(|value| key.verify(text, &value).is_ok()))
            }
        }
    }
}

/// What is signed; `None` where a value holds white space.
pub fn signed_text(files: &CatalogueFiles) -> Option<String> {
    let rolls_back = files.signature.as_ref().and_then(|s| s.rolls_back.as_deref());
    let site = files.site.as_ref().map_or("-", |site| site.as_str());
    let words = files.items.iter().map(|f| f.name.as_str()).chain([files.version.as_str()]).chain(rolls_back);
    for word in words {
        if word.is_empty() || word.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
    }
    let mut text = format!(
        "yilin catalogue 1\nversion {}\npublished {}\nsite {site}\nrolls-back {}\n",
        files.version,
        files.published_at.format(&Rfc3339).ok()?,
        rolls_back.unwrap_or("-"),
    );
    for file in &files.items {
        text.push_str(&format!("item {} {}\n", file.name, sha256_hex(file.toml.as_bytes())));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::bytes::FileBytes;
    use crate::contract::catalogue::CatalogueFile;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};
    use time::macros::datetime;

    fn files() -> CatalogueFiles {
        CatalogueFiles {
            version: "2026.11.1".into(),
            published_at: datetime!(2026-11-24 10:24:00 +8),
            site: Some("990001001001".to_owned().try_into().unwrap()),
            items: vec![CatalogueFile { name: "a.toml".into(), toml: "abc".into() }],
            signature: None,
        }
    }

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn keys(pair: &Ed25519KeyPair) -> CatalogueKeys {
        CatalogueKeys::parse(&format!("sm2_sm3 04ab\ned25519 {}\n", hex(pair.public_key().as_ref())))
    }

    fn signed(mut files: CatalogueFiles, pair: &Ed25519KeyPair) -> CatalogueFiles {
        files.signature = Some(CatalogueSignature {
            algorithm: SignatureAlgorithm::Ed25519,
            key_id: hex(&digest(&SHA256, pair.public_key().as_ref()).as_ref()[..8]),
            rolls_back: None,
            value: FileBytes::default(),
        });
        resigned(files, pair)
    }

    fn resigned(mut files: CatalogueFiles, pair: &Ed25519KeyPair) -> CatalogueFiles {
        let value = pair.sign(signed_text(&files).unwrap().as_bytes()).as_ref().to_vec();
        files.signature.as_mut().unwrap().value = FileBytes(value);
        files
    }

    /// The key is that of GB/T 32918.5-2017, annex A.
    #[test]
    fn sm2_proves_too() {
        use crate::entropy::SeededEntropy;
        use crate::gm::sm2::{Signer as _, SigningKey};
        let d = from_hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8").unwrap();
        let public = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                      ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
        let key = SigningKey::from_bytes(&d.try_into().unwrap()).unwrap();
        assert_eq!(hex(&key.verifying_key().to_point()), public);
        let mut files = files();
        files.signature = Some(CatalogueSignature {
            algorithm: SignatureAlgorithm::Sm2Sm3,
            key_id: hex(&digest(&SHA256, &from_hex(public).unwrap()).as_ref()[..8]),
            rolls_back: None,
            value: FileBytes::default(),
        });
        let text = signed_text(&files).unwrap();
        let value = key.sign(text.as_bytes(), &SeededEntropy::new(1)).unwrap().to_raw().to_vec();
        files.signature.as_mut().unwrap().value = FileBytes(value);
        let keys = CatalogueKeys::parse(&format!("sm2_sm3 {public}\n"));
        assert_eq!(keys.verify(&files), Ok(()));
        files.version.push('x');
        assert_eq!(keys.verify(&files), Err(SignatureProblem::Altered));
        // No point of the curve is no key.
        assert_eq!(CatalogueKeys::parse(&format!("sm2_sm3 04{}", "01".repeat(64))), CatalogueKeys::default());
    }

    /// The SHA-256 of "abc" is that of FIPS 180-2, appendix B.1.
    #[test]
    fn the_text_is_that_of_the_contract() {
        assert_eq!(
            signed_text(&files()).unwrap(),
            "yilin catalogue 1\nversion 2026.11.1\npublished 2026-11-24T10:24:00+08:00\nsite 990001001001\nrolls-back -\n\
             item a.toml ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
        );
    }

    #[test]
    fn what_the_key_signed_is_the_provinces_and_nothing_else_is() {
        let pair = pair(7);
        let good = signed(files(), &pair);
        assert_eq!(keys(&pair).verify(&good), Ok(()));
        let check = |files: CatalogueFiles, want| assert_eq!(keys(&pair).verify(&files), Err(want));
        let altered = |change: fn(&mut CatalogueFiles)| {
            let mut files = good.clone();
            change(&mut files);
            files
        };
        check(altered(|f| f.items[0].toml.push(' ')), SignatureProblem::Altered);
        check(altered(|f| f.items[0].name.push('x')), SignatureProblem::Altered);
        check(altered(|f| f.version = "2026.11.2".into()), SignatureProblem::Altered);
        check(altered(|f| f.site = None), SignatureProblem::Altered);
        check(altered(|f| f.published_at += time::Duration::SECOND), SignatureProblem::Altered);
        check(altered(|f| f.items.push(f.items[0].clone())), SignatureProblem::Altered);
        check(
            altered(|f| f.signature.as_mut().unwrap().rolls_back = Some("2026.12.1".into())),
            SignatureProblem::Altered,
        );
        check(altered(|f| f.signature = None), SignatureProblem::Unsigned);
        check(altered(|f| f.items[0].name = "a.toml x".into()), SignatureProblem::Ambiguous);
        check(signed(files(), &self::pair(8)), SignatureProblem::UnknownKey);
        let of_another =
            CatalogueSignature { value: FileBytes(vec![0; 64]), ..good.signature.clone().unwrap() };
        check(CatalogueFiles { signature: Some(of_another), ..files() }, SignatureProblem::Altered);
        assert_eq!(CatalogueKeys::default().verify(&good), Err(SignatureProblem::NoKey));
    }
}
