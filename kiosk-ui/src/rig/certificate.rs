//! Which terminal a certificate is for, and where the province says that it stands.
//!
//! Duty: let a rig act for a terminal of a province that runs elsewhere, with nothing but its address and credentials.

use super::RigError;
use crate::clock::TerminalClock;
use crate::config::ProvinceAddress;
use domain::terminal::{Site, TerminalId};
use platform_client::credentials::Credentials;
use platform_client::dialect::config::DialectsConfig;
use platform_client::entropy::SystemEntropy;
use platform_client::http::Timeouts;
use platform_client::province::{Province, ProvinceConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a certificate names no terminal.
#[derive(Debug, thiserror::Error)]
pub enum TerminalNameError {
    /// The file cannot be read.
    #[error("{file}: cannot be read")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It has no subject with a common name.
    #[error("{0}: no certificate with a common name in it")]
    NoName(PathBuf),
}

/// Asks the province where the terminal of these credentials stands.
pub(super) fn site_of(province: &ProvinceAddress, clock: &TerminalClock) -> Result<Site, RigError> {
    let terminal = terminal_of(&province.credentials.join("terminal.pem"))?;
    let config = ProvinceConfig {
        url: province.url.clone(),
        credentials: Credentials::read_for(&province.credentials, province.oldest_tls)?,
        dialects: DialectsConfig::read_beside(&province.credentials, &terminal)?,
        terminal,
        timeouts: Timeouts::default(),
    };
    let entropy = Arc::new(SystemEntropy::new());
    let province = Province::new(config, Arc::new(clock.clone()), entropy)?;
    let other = |cause: Box<dyn std::error::Error + Send + Sync>| RigError::Site(cause);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| other(Box::new(cause)))?;
    // The terminal tells its own keys when it starts; until then nothing was signed.
    let activation = runtime.block_on(province.activate(env!("CARGO_PKG_VERSION"), &[]));
    Ok(activation.map_err(|cause| other(Box::new(cause)))?.site)
}

/// The common name of the first certificate of a PEM file.
fn terminal_of(file: &Path) -> Result<TerminalId, TerminalNameError> {
    let text = std::fs::read_to_string(file)
        .map_err(|cause| TerminalNameError::Unreadable { file: file.to_owned(), cause })?;
    let name = first_certificate(&text).and_then(|der| common_name(&der));
    name.map(TerminalId).ok_or_else(|| TerminalNameError::NoName(file.to_owned()))
}

/// The bytes between the first pair of lines of RFC 7468.
fn first_certificate(pem: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let body = pem.split_once("-----BEGIN CERTIFICATE-----")?.1.split_once("-----END")?.0;
    let digits: String = body.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(digits).ok()
}

/// Tags of DER (X.690): SEQUENCE, SET, OBJECT IDENTIFIER, and `[0]` of a certificate's version.
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_IDENTIFIER: u8 = 0x06;
const VERSION: u8 = 0xa0;
/// 2.5.4.3, commonName (X.520).
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];

/// The common name in the subject of a certificate (RFC 5280, 4.1).
fn common_name(certificate: &[u8]) -> Option<String> {
    let (body, _) = value(certificate, SEQUENCE)?;
    let (mut rest, _) = value(body, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = any(rest)?.2;
    }
    // Serial number, algorithm, issuer, validity.
    for _ in 0..4 {
        rest = any(rest)?.2;
    }
    let (mut subject, _) = value(rest, SEQUENCE)?;
    while !subject.is_empty() {
        let (set, next) = value(subject, SET)?;
        let (pair, _) = value(set, SEQUENCE)?;
        let (kind, text) = value(pair, OBJECT_IDENTIFIER)?;
        if kind == COMMON_NAME {
            return String::from_utf8(any(text)?.1.to_vec()).ok();
        }
        subject = next;
    }
    None
}

/// The content of the first element, which has this tag, and what follows it.
fn value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = any(bytes)?;
    (found == tag).then_some((content, rest))
}

/// Tag and content of the first element, and what follows it.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
            (digits.iter().fold(0, |sum, &digit| (sum << 8) | usize::from(digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Typed from X.690: a certificate with a version, one issuer and a subject of country and common name.
    #[test]
    fn the_name_is_the_subjects_and_not_the_issuers() {
        let element = |tag: u8, content: &[u8]| {
            let mut bytes = vec![tag, u8::try_from(content.len()).unwrap()];
            bytes.extend_from_slice(content);
            bytes
        };
        let named = |oid: [u8; 3], text: &str| {
            let pair = [element(OBJECT_IDENTIFIER, &oid), element(0x0c, text.as_bytes())].concat();
            element(SET, &element(SEQUENCE, &pair))
        };
        let issuer = element(SEQUENCE, &named(COMMON_NAME, "CA"));
        let subject = [named([0x55, 0x04, 0x06], "XX"), named(COMMON_NAME, "T-1")].concat();
        let body = [
            element(VERSION, &[0x02, 0x01, 0x02]),
            element(0x02, &[1]),
            element(SEQUENCE, &[]),
            issuer,
            element(SEQUENCE, &[]),
            element(SEQUENCE, &subject),
        ]
        .concat();
        let certificate = element(SEQUENCE, &element(SEQUENCE, &body));
        assert_eq!(common_name(&certificate).as_deref(), Some("T-1"));
        for end in 0..certificate.len() {
            assert_eq!(common_name(&certificate[..end]), None, "cut at {end}");
        }
    }
}
