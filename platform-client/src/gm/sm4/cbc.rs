//! SM4-CBC (GB/T 17964-2021, clause 7) with the padding of PKCS #7 (RFC 5652, section 6.3).

use super::{Key, LENGTH, NotDecrypted};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use sm4::Sm4;
use zeroize::Zeroizing;

/// What the first block is mixed with: 16 fresh random bytes for each message, no secret.
pub type Iv = [u8; LENGTH];

/// The ciphertext: the next whole number of blocks that is longer than the message.
pub fn encrypt(key: &Key, iv: &Iv, message: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<Sm4>::new(&key.0.into(), &(*iv).into()).encrypt_padded_vec::<Pkcs7>(message)
}

/// The message.
///
/// # Errors
/// The ciphertext is no whole number of blocks, at least one, or its end is no padding.
pub fn decrypt(key: &Key, iv: &Iv, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotDecrypted> {
    let mut bytes = Zeroizing::new(ciphertext.to_vec());
    let mode = cbc::Decryptor::<Sm4>::new(&key.0.into(), &(*iv).into());
    let length = mode.decrypt_padded::<Pkcs7>(&mut bytes).map_err(|_| NotDecrypted)?.len();
    bytes.truncate(length);
    Ok(bytes)
}
