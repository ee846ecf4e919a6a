//! SM4-GCM (RFC 8998, section 3.1; NIST SP 800-38D): encrypts and proves, with a nonce of 12 bytes and a tag of 16.

use super::{Key, NotDecrypted};
use aes_gcm::aead::consts::U12;
use aes_gcm::{AeadInOut as _, AesGcm, KeyInit as _};
use sm4::Sm4;
use zeroize::Zeroizing;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// Never twice with one key: two messages under one nonce give both away, and the key of the tags.
pub type Nonce = [u8; 12];

/// Bytes of a tag.
pub const TAG: usize = 16;

/// Ciphertext ‖ tag, over the message and what goes with it in the clear.
pub fn seal(key: &Key, nonce: &Nonce, with: &[u8], message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + TAG);
    bytes.extend_from_slice(message);
    match Sm4Gcm::new(&key.0.into()).encrypt_inout_detached(
        &(*nonce).into(),
        with,
        bytes.as_mut_slice().into(),
    ) {
        Ok(tag) => bytes.extend_from_slice(&tag),
        Err(error) => unreachable!("no message in memory is 64 GiB long: {error}"),
    }
    bytes
}

/// The message, if it, the nonce and what goes with it are what was sealed with this key.
///
/// # Errors
/// Anything of it is another.
pub fn open(
    key: &Key,
    nonce: &Nonce,
    with: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let (ciphertext, tag) = sealed.split_last_chunk::<TAG>().ok_or(NotDecrypted)?;
    let mut bytes = Zeroizing::new(ciphertext.to_vec());
    Sm4Gcm::new(&key.0.into())
        .decrypt_inout_detached(&(*nonce).into(), with, bytes.as_mut_slice().into(), &(*tag).into())
        .map_err(|_| NotDecrypted)?;
    Ok(bytes)
}
