//! Settings to dialects, every mistake named.

use super::Setting;
use crate::dialect::anhui::{Anhui, Signing};
use crate::dialect::bare::Bare;
use crate::dialect::keyed_nonce::KeyedNonce;
use crate::dialect::national_rating::NationalRating;
use crate::dialect::{Dialect, Dialects};
use crate::digest::from_hex;
use crate::gm::sm2::SigningKey;
use crate::gm::sm3::HmacKey;
use crate::gm::sm4;
use crate::operation::Interface;
use crate::private_file;
use domain::personal::Personal;
use domain::terminal::TerminalId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A mistake and its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Mistake {
    /// `cases.secret`.
    pub place: String,
    /// What is wrong and what would be right; no secret.
    pub what: String,
}

const WORDS: [&str; 5] = ["canonical", "anhui", "national_rating", "keyed_nonce", "bare"];
/// No file of a secret is longer.
const LONGEST: usize = 4096;

pub(super) fn dialects(
    settings: &BTreeMap<String, BTreeMap<String, Setting>>,
    folder: &Path,
    terminal: &TerminalId,
) -> Result<Dialects, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut dialects = Dialects::default();
    for (word, section) in settings {
        let mut section = Section { word, section, folder, asked: BTreeSet::new(), mistakes: &mut mistakes };
        let Some(interface) = Interface::ALL.into_iter().find(|i| i.word() == word) else {
            let known = Interface::ALL.map(Interface::word).join(", ");
            section.wrong("", format!("no such interface: {known}"));
            continue;
        };
        if let Some(dialect) = section.dialect(interface, terminal) {
            dialects = dialects.with(interface, dialect);
        }
    }
    if mistakes.is_empty() { Ok(dialects) } else { Err(mistakes) }
}

struct Section<'a> {
    word: &'a str,
    section: &'a BTreeMap<String, Setting>,
    folder: &'a Path,
    /// Settings that the dialect has.
    asked: BTreeSet<&'static str>,
    mistakes: &'a mut Vec<Mistake>,
}

impl Section<'_> {
    fn dialect(&mut self, interface: Interface, terminal: &TerminalId) -> Option<Arc<dyn Dialect>> {
        let word = self.text("dialect")?;
        let dialect: Option<Arc<dyn Dialect>> = match word.as_str() {
            // What is not set otherwise speaks it.
            "canonical" => None,
            "bare" => Some(Arc::new(Bare)),
            "anhui" => self.anhui(terminal),
            "keyed_nonce" => self.keyed_nonce(),
            "national_rating" if interface == NationalRating::INTERFACE => self.national_rating(),
            "national_rating" => {
                self.wrong("dialect", "national_rating can say ratings and nothing else".to_owned());
                return None;
            }
            _ => {
                self.wrong("dialect", format!("no such dialect: {}", WORDS.join(", ")));
                return None;
            }
        };
        for key in self.section.keys().filter(|key| !self.asked.contains(key.as_str())) {
            let what = format!("{word} has no such setting");
            self.mistakes.push(Mistake { place: format!("{}.{key}", self.word), what });
        }
        dialect
    }

    fn anhui(&mut self, terminal: &TerminalId) -> Option<Arc<dyn Dialect>> {
        let (app_id, secret) = (self.plain("app_id"), self.secret("secret"));
        let signing = self.signing();
        let secret = HmacKey::new(Zeroizing::new(secret?.reveal().as_bytes().to_vec()));
        Some(Arc::new(Anhui::new(app_id?, secret, terminal.clone(), signing?)))
    }

    fn keyed_nonce(&mut self) -> Option<Arc<dyn Dialect>> {
        let (app_key, mac, body) = (self.plain("app_key"), self.secret("mac_key"), self.sm4_key("body_key"));
        let mac = HmacKey::new(Zeroizing::new(mac?.reveal().as_bytes().to_vec()));
        Some(Arc::new(KeyedNonce::new(app_key?, mac, body?)))
    }

    fn national_rating(&mut self) -> Option<Arc<dyn Dialect>> {
        let (app_mark, app_word) = (self.plain("app_mark"), self.secret("app_word"));
        let (key, body) = (self.signing_key("signing_key"), self.sm4_key("body_key"));
        Some(Arc::new(NationalRating::new(app_mark?, app_word?, Box::new(key?), body?)))
    }

    /// Calls that are signed otherwise than usual; an absent table is an empty one.
    fn signing(&mut self) -> Option<BTreeMap<String, Signing>> {
        self.asked.insert("signing");
        let table = match self.section.get("signing") {
            None => return Some(BTreeMap::new()),
            Some(Setting::Table(table)) => table,
            Some(Setting::Text(_)) => {
                self.wrong("signing", "write a table: { case-by-key = \"sm3\" }".to_owned());
                return None;
            }
        };
        let mut signing = BTreeMap::new();
        for (call, word) in table {
            let name = call.bytes().all(|b| matches!(b, b'a'..=b'z' | b'-'));
            let way = match word.as_str() {
                "token" => Some(Signing::Token),
                "sm3" => Some(Signing::Sm3),
                "hmac_sm3" => Some(Signing::HmacSm3),
                _ => None,
            };
            match way {
                Some(way) if name => _ = signing.insert(call.clone(), way),
                _ => {
                    let what = "a call's name with hyphens, and token, sm3 or hmac_sm3".to_owned();
                    self.mistakes.push(Mistake { place: format!("{}.signing.{call}", self.word), what });
                }
            }
        }
        (signing.len() == table.len()).then_some(signing)
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        self.asked.insert(key);
        match self.section.get(key) {
            Some(Setting::Text(text)) => Some(text.clone()),
            Some(Setting::Table(_)) => {
                self.wrong(key, "write a text".to_owned());
                None
            }
            None => {
                self.wrong(key, "is missing".to_owned());
                None
            }
        }
    }

    /// A text that can stand in a header and between others: 1 to 64 of letters, digits, `-`, `_` and `.`.
    fn plain(&mut self, key: &'static str) -> Option<String> {
        let text = self.text(key)?;
        let right = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !right {
            self.wrong(key, "write 1 to 64 of letters, digits, - _ .".to_owned());
        }
        right.then_some(text)
    }

    fn file(&mut self, key: &'static str) -> Option<PathBuf> {
        self.text(key).map(|name| self.folder.join(name))
    }

    /// A secret: the first line of a file.
    fn secret(&mut self, key: &'static str) -> Option<Personal> {
        let file = self.file(key)?;
        let bytes = match private_file::read_text(&file, LONGEST) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.wrong(key, error.to_string());
                return None;
            }
        };
        let text = std::str::from_utf8(&bytes).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let right = !text.is_empty() && !text.contains(['\r', '\n']);
        if !right {
            self.wrong(key, format!("{}: write the secret as one line", file.display()));
        }
        right.then(|| Personal::new(text))
    }

    /// A key of SM4: 32 hexadecimal digits in a file.
    fn sm4_key(&mut self, key: &'static str) -> Option<sm4::Key> {
        let text = self.secret(key)?;
        let bytes = from_hex(text.reveal()).map(Zeroizing::new);
        let Some(mut bytes) = bytes.and_then(|b| <[u8; 16]>::try_from(&b[..]).ok()) else {
            self.wrong(key, "a key of SM4 has 32 hexadecimal digits".to_owned());
            return None;
        };
        Some(sm4::Key::new(&mut bytes))
    }

    fn signing_key(&mut self, key: &'static str) -> Option<SigningKey> {
        let file = self.file(key)?;
        SigningKey::read(&file).map_err(|error| self.wrong(key, error.to_string())).ok()
    }

    fn wrong(&mut self, key: &str, what: String) {
        let place = if key.is_empty() { self.word.to_owned() } else { format!("{}.{key}", self.word) };
        self.mistakes.push(Mistake { place, what });
    }
}
