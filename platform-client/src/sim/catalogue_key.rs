//! The province's catalogue key: what signs a catalogue, and what tells two of them apart.
//!
//! Duty: the text, digest, signature and difference as `contract::catalogue` says. Never: use the terminal's reading of the
//! same page, or give the key away.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use time::format_description::well_known::Rfc3339;

use super::store::hex;
use crate::contract::bytes::FileBytes;
use crate::contract::catalogue::{CatalogueDelta, CatalogueFiles, CatalogueSignature, SignatureAlgorithm};
use crate::entropy::MessageEntropy;
use crate::gm::sm2::{Signer as _, SigningKey};

/// Why a file gives no catalogue key.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueKeyError {
    /// It cannot be read, or cannot be made.
    #[error("{0} cannot be read or made")]
    File(std::path::PathBuf, #[source] io::Error),
    /// It holds something else.
    #[error("{0} holds no catalogue key: write `sm2_sm3` or `ed25519`, and 64 hexadecimal digits")]
    NoKey(std::path::PathBuf),
    /// The machine gives no randomness.
    #[error("the machine gives no randomness")]
    Randomness,
}

/// What signs catalogues: SM2 where nothing else is wanted.
pub struct CatalogueSigner(Key);

enum Key {
    Sm2(Box<SigningKey>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl std::fmt::Debug for CatalogueSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CatalogueSigner({})", self.key_id())
    }
}

impl CatalogueSigner {
    /// The key in this file: one line, `sm2_sm3` and 64 hexadecimal digits of the private number, or `ed25519` and those of the
    /// seed.
    ///
    /// # Errors
    /// The file cannot be read, or holds no key.
    pub fn read(file: &Path) -> Result<Self, CatalogueKeyError> {
        let text = fs::read_to_string(file).map_err(|e| CatalogueKeyError::File(file.to_owned(), e))?;
        Self::parse(text.trim()).ok_or_else(|| CatalogueKeyError::NoKey(file.to_owned()))
    }

    fn parse(line: &str) -> Option<Self> {
        let (word, digits) = line.split_once(' ')?;
        let bytes = crate::digest::from_hex(digits)?;
        Some(Self(match word {
            "sm2_sm3" => Key::Sm2(Box::new(SigningKey::from_bytes(&bytes.try_into().ok()?).ok()?)),
            "ed25519" => Key::Ed25519(Box::new(Ed25519KeyPair::from_seed_unchecked(&bytes).ok()?)),
            _ => return None,
        }))
    }

    /// The same; a file that is not there is made with a new key, for its owner only.
    pub(crate) fn read_or_make(file: &Path) -> Result<Self, CatalogueKeyError> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        if !file.exists() {
            let mut seed = [0; 32];
            SystemRandom::new().fill(&mut seed).map_err(|_| CatalogueKeyError::Randomness)?;
            let mut open = fs::OpenOptions::new();
            open.write(true).create_new(true).mode(0o600);
            open.open(file)
                .and_then(|mut f| writeln!(f, "sm2_sm3 {}", hex(&seed)))
                .map_err(|e| CatalogueKeyError::File(file.to_owned(), e))?;
        }
        Self::read(file)
    }

    /// The line of `catalogue.pub`.
    pub fn public_line(&self) -> String {
        let word = match &self.0 {
            Key::Sm2(_) => "sm2_sm3",
            Key::Ed25519(_) => "ed25519",
        };
        format!("{word} {}\n", hex(&self.public()))
    }

    fn public(&self) -> Vec<u8> {
        match &self.0 {
            Key::Sm2(key) => key.verifying_key().to_point().to_vec(),
            Key::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    fn key_id(&self) -> String {
        hex(&digest(&SHA256, &self.public()).as_ref()[..8])
    }

    /// The catalogue with its signature; what it takes back (`rolls_back`) stays as it was said.
    pub fn signed(&self, mut files: CatalogueFiles) -> CatalogueFiles {
        let mut signature = CatalogueSignature {
            algorithm: match &self.0 {
                Key::Sm2(_) => SignatureAlgorithm::Sm2Sm3,
                Key::Ed25519(_) => SignatureAlgorithm::Ed25519,
            },
            key_id: self.key_id(),
            rolls_back: files.signature.take().and_then(|s| s.rolls_back),
            value: FileBytes::default(),
        };
        files.signature = Some(signature.clone());
        let text = text(&files);
        signature.value = FileBytes(match &self.0 {
            Key::Sm2(key) => {
                // The same catalogue has the same signature, whenever the platform begins.
                let entropy = MessageEntropy::new(key.to_pkcs8_pem().as_bytes(), text.as_bytes());
                let signed = key.sign(text.as_bytes(), &entropy);
                signed.map(|value| value.to_raw().to_vec()).unwrap_or_default()
            }
            Key::Ed25519(pair) => pair.sign(text.as_bytes()).as_ref().to_vec(),
        });
        files.signature = Some(signature);
        files
    }
}

/// What is signed.
fn text(files: &CatalogueFiles) -> String {
    let rolls_back = files.signature.as_ref().and_then(|s| s.rolls_back.clone());
    let site = files.site.as_ref().map(ToString::to_string);
    let mut lines = vec![
        "yilin catalogue 1".to_owned(),
        format!("version {}", files.version),
        format!("published {}", files.published_at.format(&Rfc3339).unwrap_or_default()),
        format!("site {}", site.as_deref().unwrap_or("-")),
        format!("rolls-back {}", rolls_back.as_deref().unwrap_or("-")),
    ];
    lines.extend(
        files
            .items
            .iter()
            .map(|f| format!("item {} {}", f.name, hex(digest(&SHA256, f.toml.as_bytes()).as_ref()))),
    );
    lines.push(String::new());
    lines.join("\n")
}

/// The digest of a catalogue.
pub fn catalogue_digest(files: &CatalogueFiles) -> String {
    hex(digest(&SHA256, text(files).as_bytes()).as_ref())
}

/// What makes the older catalogue the newer one.
pub fn difference(old: &CatalogueFiles, new: &CatalogueFiles) -> CatalogueDelta {
    let before: BTreeMap<&str, &str> = old.items.iter().map(|f| (f.name.as_str(), f.toml.as_str())).collect();
    let order: Vec<String> = new.items.iter().map(|f| f.name.clone()).collect();
    CatalogueDelta {
        from: old.version.clone(),
        version: new.version.clone(),
        published_at: new.published_at,
        site: new.site.clone(),
        changed: new
            .items
            .iter()
            .filter(|f| before.get(f.name.as_str()) != Some(&f.toml.as_str()))
            .cloned()
            .collect(),
        removed: old.items.iter().filter(|f| !order.contains(&f.name)).map(|f| f.name.clone()).collect(),
        order,
        digest: catalogue_digest(new),
        signature: new.signature.clone(),
    }
}
