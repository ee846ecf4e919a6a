//! The authority of the fictitious province's seals: its own keys, made at the first run, and certificates that outlive
//! every clock of a demonstration.
//!
//! Duty: an authority, a maker of seals and an office that seals, in SM2 and in P-256. Never: share a line with what
//! checks seals; be taken for anybody real: every name says that it is for tests.

pub(crate) mod der;
mod key;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use domain::terminal::Timestamp;
use time::macros::datetime;

use crate::entropy::NoEntropy;
use crate::gm::sm2::{KeyFileError, SignError};
use crate::private_file::PrivateFileError;

pub(crate) use key::{Key, Suite};

const FROM: Timestamp = datetime!(2000-01-01 0:00 UTC);
const UNTIL: Timestamp = datetime!(2099-12-31 0:00 UTC);

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A key's file.
    #[error("a key of the seals' authority cannot be used")]
    Key(#[from] KeyFileError),
    /// The same.
    #[error("a key of the seals' authority cannot be used")]
    File(#[from] PrivateFileError),
    /// The certificate that terminals are given cannot be written.
    #[error("{path}: cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A P-256 key cannot be made, read or used.
    #[error("a P-256 key cannot be made or used")]
    P256(#[from] rcgen::Error),
    /// No random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// Nothing was signed.
    #[error("the authority cannot sign")]
    Sign(#[from] SignError),
}

/// Somebody with a key and a certificate.
pub(crate) struct Holder {
    pub(crate) key: Key,
    pub(crate) certificate: Vec<u8>,
}

/// The authority and the two whom it certified.
pub(crate) struct Authority {
    root: Holder,
    /// Who makes seals.
    pub(crate) maker: Holder,
    /// Who seals: the social-insurance office.
    pub(crate) office: Holder,
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Authority,
    Signing,
}

const ROOT: &str = "宜邻参考平台 印章颁发 (only for tests)";
const MAKER: &str = "样本市印章制作 (only for tests)";
const OFFICE: &str = "样本市社会保险经办机构 (only for tests)";

impl Authority {
    /// Takes the keys of this folder, or makes them; writes the root's certificate for the terminals.
    pub(crate) fn open(suite: Suite, own: &Path, for_terminals: &Path) -> Result<Self, AuthorityError> {
        let key =
            |name: &str| Key::read_or_make(suite, &own.join(format!("seal-{}-{name}.key", suite.word())));
        let authority = Self::of(key("root")?, key("maker")?, key("office")?, (FROM, UNTIL))?;
        let path = for_terminals.join(format!("{}.pem", suite.word()));
        let failed = |cause| AuthorityError::Write { path: path.clone(), cause };
        fs::create_dir_all(for_terminals).map_err(failed)?;
        fs::write(&path, pem(&authority.root.certificate)).map_err(failed)?;
        Ok(authority)
    }

    /// Another authority of the same names, whom nobody trusts.
    pub(crate) fn foreign(suite: Suite) -> Result<Self, AuthorityError> {
        Self::of(Key::fresh(suite)?, Key::fresh(suite)?, Key::fresh(suite)?, (FROM, UNTIL))
    }

    fn of(root: Key, maker: Key, office: Key, valid: (Timestamp, Timestamp)) -> Result<Self, AuthorityError> {
        let of_root = certificate((ROOT, &root), (ROOT, &root), Purpose::Authority, valid)?;
        let of_maker = certificate((ROOT, &root), (MAKER, &maker), Purpose::Signing, valid)?;
        let of_office = certificate((ROOT, &root), (OFFICE, &office), Purpose::Signing, valid)?;
        Ok(Self {
            root: Holder { key: root, certificate: of_root },
            maker: Holder { key: maker, certificate: of_maker },
            office: Holder { key: office, certificate: of_office },
        })
    }

    /// The office's certificate as it would be had it ended at `until`.
    pub(crate) fn lapsed(&self, until: Timestamp) -> Result<Vec<u8>, AuthorityError> {
        let root = (ROOT, &self.root.key);
        certificate(root, (OFFICE, &self.office.key), Purpose::Signing, (FROM, until))
    }

    /// The names in a certificate of this issuer: what CMS calls it by, with its serial number.
    pub(crate) fn issuer_name() -> Vec<u8> {
        name(ROOT)
    }
}

/// The serial number: 8 bytes of a digest of the subject's key, so that the same key has the same certificate.
pub(crate) fn serial(key: &Key) -> Vec<u8> {
    let mut bytes = key.suite().digest_of(&[&key.public()])[..8].to_vec();
    bytes[0] = bytes[0] & 0x7f | 0x40;
    der::integer(&bytes)
}

/// What a key is called in certificates (RFC 5280, 4.2.1.2): any name that no other has.
fn key_id(key: &Key) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&key.suite().digest_of(&[&key.public()])[..20]);
    id
}

/// RFC 5280, 4.1: version 3.
fn certificate(
    issuer: (&str, &Key),
    subject: (&str, &Key),
    purpose: Purpose,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<u8>, AuthorityError> {
    let algorithm = issuer.1.suite().signature();
    let usage: &[u8] = match purpose {
        // keyCertSign and cRLSign: bits 5 and 6, one bit unused.
        Purpose::Authority => &[0x03, 0x02, 0x01, 0x06],
        // digitalSignature and nonRepudiation: bits 0 and 1, six bits unused.
        Purpose::Signing => &[0x03, 0x02, 0x06, 0xc0],
    };
    let constraints = match purpose {
        Purpose::Authority => der::sequence(&[&der::truth(), &der::small(1)]),
        Purpose::Signing => der::sequence(&[]),
    };
    let critical =
        |id: &str, value: &[u8]| der::sequence(&[&der::identifier(id), &der::truth(), &der::octets(value)]);
    let plain = |id: &str, value: &[u8]| der::sequence(&[&der::identifier(id), &der::octets(value)]);
    let extensions = der::sequence(&[
        &critical("2.5.29.19", &constraints),
        &critical("2.5.29.15", usage),
        &plain("2.5.29.14", &der::octets(&key_id(subject.1))),
        // [0] IMPLICIT KeyIdentifier.
        &plain("2.5.29.35", &der::sequence(&[&der::element(0x80, &key_id(issuer.1))])),
    ]);
    let body = der::sequence(&[
        &der::context(0, &der::small(2)),
        &serial(subject.1),
        &algorithm,
        &name(issuer.0),
        &der::sequence(&[&der::time(from), &der::time(until)]),
        &name(subject.0),
        &subject.1.public(),
        &der::context(3, &extensions),
    ]);
    let signature = issuer.1.sign(&body)?;
    Ok(der::sequence(&[&body, &algorithm, &der::bits(&signature)]))
}

/// A name of one part, the common name.
fn name(common: &str) -> Vec<u8> {
    let part = der::sequence(&[&der::identifier("2.5.4.3"), &der::utf8(common)]);
    der::sequence(&[&der::set(vec![part])])
}

/// RFC 7468.
fn pem(certificate: &[u8]) -> String {
    let digits = base64::engine::general_purpose::STANDARD.encode(certificate);
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in digits.as_bytes().chunks(64) {
        text.extend(line.iter().map(|b| char::from(*b)));
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}
