//! A P-256 key in a token: its public half as SubjectPublicKeyInfo, its signatures as TLS wants them.

use super::TokenError;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use der::asn1::{OctetStringRef, SequenceOf, UintRef};
use der::{Decode as _, Encode as _};
use ring::digest::{SHA256, digest};
use rustls::pki_types::{SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey, public_key_to_spki};
use rustls::{SignatureAlgorithm, SignatureScheme};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// `terminal.token`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenFile {
    /// The maker's library.
    module: PathBuf,
    /// The token's label.
    token: String,
    /// The label of the pair of keys.
    key: String,
    /// The user's PIN.
    pin: String,
}

/// The key, and how to come to it again when the token was away.
pub(super) struct TokenKey {
    held: Arc<Held>,
    public: SubjectPublicKeyInfoDer<'static>,
}

struct Held {
    module: Pkcs11,
    token: String,
    key: String,
    pin: AuthPin,
    /// The session that is logged in, and the private half in it.
    open: Mutex<Option<(Session, ObjectHandle)>>,
}

impl TokenKey {
    pub(super) fn open(file: &Path) -> Result<Self, TokenError> {
        let text = std::fs::read_to_string(file).map_err(|error| TokenError::File(error.to_string()))?;
        let text = Zeroizing::new(text);
        // A message of the parser may quote the line that holds the PIN.
        let TokenFile { module, token, key, pin } = toml::from_str(&text)
            .map_err(|_| TokenError::File("a key is missing, unknown or no text".to_owned()))?;
        let module = Pkcs11::new(module)?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Credentials are read again when they change; the module is initialised once for a process.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let held = Held { module, token, key, pin: AuthPin::from(pin), open: Mutex::new(None) };
        let (session, private) = held.enter()?;
        let public = public(&session, &held.key)?;
        *held.open.lock().unwrap_or_else(PoisonError::into_inner) = Some((session, private));
        Ok(Self { held: Arc::new(held), public })
    }
}

/// The public half as SubjectPublicKeyInfo (RFC 5480).
fn public(session: &Session, label: &str) -> Result<SubjectPublicKeyInfoDer<'static>, TokenError> {
    let handle = find(session, label, ObjectClass::PUBLIC_KEY)?;
    let attributes = session.get_attributes(handle, &[AttributeType::EcPoint])?;
    let Some(Attribute::EcPoint(point)) = attributes.into_iter().next() else {
        return Err(TokenError::NotP256);
    };
    // PKCS #11 2.40, 2.3.3: a DER OCTET STRING around the point of SEC 1.
    let point = OctetStringRef::from_der(&point).map_err(|_| TokenError::NotP256)?;
    match point.as_bytes() {
        uncompressed if uncompressed.len() == 65 && uncompressed[0] == 4 => {
            Ok(public_key_to_spki(&alg_id::ECDSA_P256, uncompressed))
        }
        _ => Err(TokenError::NotP256),
    }
}

fn find(session: &Session, label: &str, class: ObjectClass) -> Result<ObjectHandle, TokenError> {
    let template = [Attribute::Class(class), Attribute::KeyType(KeyType::EC), Attribute::Label(label.into())];
    let found = session.find_objects(&template)?;
    found.first().copied().ok_or_else(|| TokenError::NoKey(label.to_owned()))
}

impl Held {
    /// Opens a session at the token and logs in.
    fn enter(&self) -> Result<(Session, ObjectHandle), TokenError> {
        for slot in self.module.get_slots_with_token()? {
            if self.module.get_token_info(slot)?.label() != self.token {
                continue;
            }
            let session = self.module.open_ro_session(slot)?;
            match session.login(UserType::User, Some(&self.pin)) {
                // Every session of a process at a token is logged in with the first.
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(error) => return Err(error.into()),
            }
            let private = find(&session, &self.key, ObjectClass::PRIVATE_KEY)?;
            return Ok((session, private));
        }
        Err(TokenError::NoToken(self.token.clone()))
    }

    /// Signs a digest: r and s, 32 bytes each. A token that was pulled out and put in again is entered anew, once.
    fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, TokenError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((session, private)) = open.as_ref()
            && let Ok(signature) = session.sign(&Mechanism::Ecdsa, *private, digest)
        {
            return Ok(signature);
        }
        *open = None;
        let (session, private) = self.enter()?;
        let signature = session.sign(&Mechanism::Ecdsa, private, digest)?;
        *open = Some((session, private));
        Ok(signature)
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey").field("token", &self.held.token).finish_non_exhaustive()
    }
}

impl SigningKey for TokenKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let right = offered.contains(&SignatureScheme::ECDSA_NISTP256_SHA256);
        right.then(|| Box::new(TokenSigner(Arc::clone(&self.held))) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(self.public.clone())
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

struct TokenSigner(Arc<Held>);

impl std::fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenSigner")
    }
}

impl Signer for TokenSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let digest = digest(&SHA256, message);
        let signature = self.0.sign(digest.as_ref()).map_err(|error| {
            tracing::error!(%error, token = %self.0.token, "the token does not sign");
            rustls::Error::General("the token does not sign".to_owned())
        })?;
        der_signature(&signature)
            .ok_or_else(|| rustls::Error::General("the token's signature is none".to_owned()))
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

/// Ecdsa-Sig-Value (RFC 3279, 2.2.3) of r and s as a token gives them: half the bytes each.
fn der_signature(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.len() != 64 {
        return None;
    }
    let mut values = SequenceOf::<UintRef<'_>, 2>::new();
    for half in raw.chunks_exact(32) {
        values.add(UintRef::new(half).ok()?).ok()?;
    }
    values.to_der().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X.690, 8.3: a number whose first bit is set has a nought before it, noughts that are not needed go.
    #[test]
    fn a_signature_is_two_numbers() {
        let mut raw = [0; 64];
        (raw[0], raw[31], raw[63]) = (0x80, 1, 0x7f);
        let signature = der_signature(&raw).unwrap();
        assert_eq!(signature[..5], [0x30, 2 + 33 + 3, 0x02, 33, 0x00]);
        assert_eq!(signature[5], 0x80);
        assert_eq!(signature[37..], [0x02, 1, 0x7f]);
        assert_eq!(der_signature(&raw[1..]), None);
    }
}
