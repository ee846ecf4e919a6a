//! Secrets of the doors: made once, beside the terminal's certificate, with the settings that a terminal reads.
//!
//! Never: a secret that others can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Spoken;
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::gm::sm2::{KeyFileError, Signer as _, SigningKey, VerifyingKey};
use crate::gm::sm3::HmacKey;
use crate::gm::sm4::{self, cbc};
use crate::operation::Interface;
use crate::private_file::{self, PrivateFileError};
use crate::sim::store::hex;

/// Why the doors have no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file of a secret.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The terminal's signing key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// It is not what this platform wrote.
    #[error("{0}: not what this platform wrote there")]
    Foreign(PathBuf),
    /// The settings for a terminal.
    #[error("{file}: cannot be written")]
    Settings {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

pub(super) struct AnhuiKeys {
    pub(super) app_id: String,
    pub(super) secret: String,
    pub(super) mac: HmacKey,
}

pub(super) struct KeyedNonceKeys {
    pub(super) app_key: String,
    pub(super) mac: HmacKey,
    pub(super) body: sm4::Key,
}

pub(super) struct NationalKeys {
    pub(super) app_mark: String,
    pub(super) app_word: String,
    pub(super) terminal: VerifyingKey,
    pub(super) body: sm4::Key,
}

/// The keys of the dialects that are spoken.
#[derive(Default)]
pub(crate) struct Keys {
    pub(super) anhui: Option<AnhuiKeys>,
    pub(super) keyed_nonce: Option<KeyedNonceKeys>,
    pub(super) national: Option<NationalKeys>,
}

impl Keys {
    pub(super) fn open(folder: &Path, spoken: &BTreeMap<Interface, Spoken>) -> Result<Self, KeysError> {
        let mut keys = Self::default();
        let mut settings =
            String::from("# How this platform's interfaces are spoken to; secrets lie beside this file.\n");
        for (interface, dialect) in spoken {
            let _ = write!(settings, "\n[{}]\ndialect = \"{}\"\n", interface.word(), dialect.word());
            settings.push_str(match dialect {
                Spoken::Canonical | Spoken::Bare => "",
                Spoken::Anhui => "app_id = \"yilin-terminal\"\nsecret = \"anhui.secret\"\n",
                Spoken::KeyedNonce => {
                    "app_key = \"yilin-terminal\"\nmac_key = \"keyed-nonce.secret\"\nbody_key = \"keyed-nonce.key\"\n"
                }
                Spoken::NationalRating => {
                    "app_mark = \"yilin-terminal\"\napp_word = \"national-rating.secret\"\n\
                     signing_key = \"national-rating.pem\"\nbody_key = \"national-rating.key\"\n"
                }
            });
        }
        let uses = |wanted| spoken.values().any(|dialect| *dialect == wanted);
        if uses(Spoken::Anhui) {
            let secret = secret(&folder.join("anhui.secret"))?;
            let mac = HmacKey::new(Zeroizing::new(secret.as_bytes().to_vec()));
            keys.anhui = Some(AnhuiKeys { app_id: "yilin-terminal".to_owned(), secret, mac });
        }
        if uses(Spoken::KeyedNonce) {
            let mac = secret(&folder.join("keyed-nonce.secret"))?;
            let mac = HmacKey::new(Zeroizing::new(mac.into_bytes()));
            let body = sm4_key(&folder.join("keyed-nonce.key"))?;
            keys.keyed_nonce = Some(KeyedNonceKeys { app_key: "yilin-terminal".to_owned(), mac, body });
        }
        if uses(Spoken::NationalRating) {
            let app_word = secret(&folder.join("national-rating.secret"))?;
            let body = sm4_key(&folder.join("national-rating.key"))?;
            let own = SigningKey::read_or_make(&folder.join("national-rating.pem"), &SystemEntropy::new())?;
            let terminal = own.verifying_key().clone();
            keys.national =
                Some(NationalKeys { app_mark: "yilin-terminal".to_owned(), app_word, terminal, body });
        }
        let file = folder.join("dialects.toml");
        let written = if spoken.is_empty() {
            match std::fs::remove_file(&file) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
                _ => Ok(()),
            }
        } else {
            std::fs::write(&file, settings)
        };
        written.map_err(|source| KeysError::Settings { file, source })?;
        Ok(keys)
    }
}

/// 32 hexadecimal digits in a file, made at the first time.
fn secret(file: &Path) -> Result<String, KeysError> {
    let mut bytes = [0; 16];
    SystemEntropy::new().fill(&mut bytes).map_err(PrivateFileError::from)?;
    private_file::keep(file, format!("{}\n", hex(&bytes)).as_bytes())?;
    let text = private_file::read_text(file, 64)?;
    let text = std::str::from_utf8(&text).unwrap_or_default().trim_end();
    let right = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if right { Ok(text.to_owned()) } else { Err(KeysError::Foreign(file.to_owned())) }
}

fn sm4_key(file: &Path) -> Result<sm4::Key, KeysError> {
    let text = secret(file)?;
    let mut bytes = [0; 16];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).map_err(|_| KeysError::Foreign(file.to_owned()))?;
    }
    Ok(sm4::Key::new(&mut bytes))
}

/// What Base64 of IV ‖ SM4-CBC holds.
pub(super) fn decrypted(key: &sm4::Key, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD.decode(text).ok()?;
    let (iv, ciphertext) = bytes.split_first_chunk()?;
    cbc::decrypt(key, iv, ciphertext).ok()
}
