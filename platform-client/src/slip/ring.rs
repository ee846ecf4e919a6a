//! The keys with which one terminal signs its slips: one after the other, each made and published before its turn.
//!
//! Duty: keep the private keys in a file of mode 0600, whole or as it was; sign with the key whose time it is. Never:
//! sign with a key outside of its time, or keep one that has served.

use super::{SIGNED, SlipKey, body, written};
use crate::entropy::{Entropy, MessageEntropy, NoEntropy};
use crate::gm::sm2::{Signer as _, SigningKey};
use crate::private_file::{self, PrivateFileError};
use domain::paper::Claim;
use domain::terminal::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::Duration;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

/// How long a key is in use.
const TERM: Duration = Duration::days(365);
/// How long before its end the next one is made: time enough for the province to hear of it.
const AHEAD: Duration = Duration::days(30);
/// A first key holds for as long before it was made: a clock may be put right.
const BEFORE: Duration = Duration::days(1);
/// How long a key that has served is kept, for papers that are printed once more.
const AFTER: Duration = Duration::days(30);
/// No ring's file is longer, in bytes.
const LONGEST: usize = 8192;

/// Signs the slips of one terminal.
pub struct SlipSigner {
    file: PathBuf,
    keys: Mutex<Vec<Held>>,
}

/// A private key and its time.
struct Held {
    secret: Zeroizing<[u8; 32]>,
    key: SigningKey,
    public: SlipKey,
}

impl std::fmt::Debug for SlipSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlipSigner").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Why there are no keys to sign with.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The file is not one of keys.
    #[error("{file}: line {line} is no key of slips")]
    NotAKey {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There are no random bytes to make one of.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// Why a claim is not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignSlipError {
    /// It does not fit.
    #[error("a number, a terminal or a time is beyond what a slip can hold")]
    TooLong,
    /// Its time is that of no key: the clock was put far.
    #[error("there is no key for the time of this slip")]
    NoKey,
}

impl SlipSigner {
    /// With the keys of this file, which is made at first use (mode 0600); makes the key that is due.
    ///
    /// # Errors
    /// File or entropy.
    pub fn open(file: &Path, entropy: &dyn Entropy, now: Timestamp) -> Result<Self, KeyRingError> {
        let keys = if file.exists() { read(file)? } else { Vec::new() };
        let signer = Self { file: file.to_owned(), keys: Mutex::new(keys) };
        signer.renew(entropy, now)?;
        Ok(signer)
    }

    /// Makes the next key when the present one ends soon, and drops what has served; whether there is another key to
    /// publish. To be asked each day.
    ///
    /// # Errors
    /// File or entropy: the keys are as they were.
    pub fn renew(&self, entropy: &dyn Entropy, now: Timestamp) -> Result<bool, KeyRingError> {
        let mut keys = self.lock();
        // Whole seconds: the file holds no less.
        let now = now.replace_nanosecond(0).unwrap_or(now);
        let present = keys.iter().filter(|k| k.public.is_in_use_at(now)).map(|k| k.public.until()).max();
        let from = match present {
            None => now - BEFORE,
            Some(end) if end - now > AHEAD || keys.iter().any(|k| k.public.from() == end) => {
                return Ok(false);
            }
            Some(end) => end,
        };
        let made = make(entropy, from, if present.is_some() { from } else { now } + TERM)?;
        let kept = |key: &&Held| key.public.until() + AFTER > now;
        let lines: String = keys.iter().filter(kept).chain([&made]).map(line).collect();
        private_file::replace(&self.file, Zeroizing::new(lines).as_bytes())?;
        keys.retain(|key| kept(&key));
        keys.push(made);
        Ok(true)
    }

    /// The keys that prove its slips: what the province is told.
    pub fn public_keys(&self) -> Vec<SlipKey> {
        self.lock().iter().map(|key| key.public.clone()).collect()
    }

    /// The text of the QR code for a claim: the same for the same keys and claim.
    ///
    /// # Errors
    /// The claim does not fit, or no key is for its time.
    pub fn sign(&self, claim: &Claim) -> Result<String, SignSlipError> {
        let keys = self.lock();
        let held =
            keys.iter().rev().find(|k| k.public.is_in_use_at(claim.filed_at)).ok_or(SignSlipError::NoKey)?;
        let body = body(claim, held.public.hint()).ok_or(SignSlipError::TooLong)?;
        let message = [SIGNED, &body].concat();
        let entropy = MessageEntropy::new(held.secret.as_slice(), &message);
        let signature = held.key.sign(&message, &entropy).map_err(|_| SignSlipError::NoKey)?;
        Ok(written(body, signature.to_raw()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make(entropy: &dyn Entropy, from: Timestamp, until: Timestamp) -> Result<Held, NoEntropy> {
    loop {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(secret.as_mut_slice())?;
        // One number in 2³² is none.
        if let Some(held) = hold(secret, from, until) {
            return Ok(held);
        }
    }
}

fn hold(secret: Zeroizing<[u8; 32]>, from: Timestamp, until: Timestamp) -> Option<Held> {
    let key = SigningKey::from_bytes(&secret).ok()?;
    let public = SlipKey::new(key.verifying_key().clone(), from, until);
    Some(Held { secret, key, public })
}

/// A key in the file: the number d in hexadecimal digits, from when, until when.
fn line(held: &Held) -> String {
    let time = |at: Timestamp| at.format(&Rfc3339).unwrap_or_default();
    let secret = Zeroizing::new(crate::digest::hex(held.secret.as_slice()));
    format!("{} {} {}\n", *secret, time(held.public.from()), time(held.public.until()))
}

fn read(file: &Path) -> Result<Vec<Held>, KeyRingError> {
    let bytes = private_file::read_text(file, LONGEST)?;
    let parse = |line: &str| -> Option<Held> {
        let mut parts = line.split(' ');
        let secret = Zeroizing::new(crate::digest::from_hex(parts.next()?)?);
        let time = |text: &str| Timestamp::parse(text, &Rfc3339).ok();
        let (from, until) = (time(parts.next()?)?, time(parts.next()?)?);
        hold(Zeroizing::new(secret.as_slice().try_into().ok()?), from, until)
    };
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let lines = text.lines().enumerate();
    let held = lines.map(|(nth, line)| {
        parse(line).ok_or_else(|| KeyRingError::NotAKey { file: file.to_owned(), line: nth + 1 })
    });
    held.collect()
}
