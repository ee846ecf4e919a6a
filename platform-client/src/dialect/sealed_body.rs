//! A body under SM4-CBC: Base64 (RFC 4648, section 4) of IV ‖ ciphertext, the IV new for each.

use super::RequestProblem;
use crate::entropy::{Entropy, NoEntropy};
use crate::error::AnswerProblem;
use crate::gm::sm4::{self, cbc};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The text of a message.
pub(super) fn seal(key: &sm4::Key, message: &[u8], entropy: &dyn Entropy) -> Result<String, RequestProblem> {
    let mut iv = cbc::Iv::default();
    entropy.fill(&mut iv).map_err(|NoEntropy| NoEntropy)?;
    Ok(STANDARD.encode([&iv[..], &cbc::encrypt(key, &iv, message)].concat()))
}

/// The message of a text. Whatever is wrong with it is the same problem.
pub(super) fn open(key: &sm4::Key, text: &str) -> Result<Zeroizing<Vec<u8>>, AnswerProblem> {
    let unreadable = AnswerProblem::Unreadable { line: 0, column: 1 };
    let bytes = STANDARD.decode(text).map_err(|_| unreadable)?;
    let (iv, ciphertext) = bytes.split_first_chunk().ok_or(unreadable)?;
    cbc::decrypt(key, iv, ciphertext).map_err(|_| unreadable)
}
