//! Authorities and certificates for one test.

use platform_client::clock::SystemClock;
use platform_client::credentials::{Credentials, OldestTls};
use platform_client::dialect::Dialects;
use platform_client::entropy::SeededEntropy;
use platform_client::http::Timeouts;
use platform_client::province::{Province, ProvinceConfig};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::offset;

/// Somebody who issues certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) pem: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Valid for a day on either side of now.
    pub(crate) fn issue(&self, name: &str) -> Identity {
        self.issue_for(name, day(-1), day(1))
    }

    pub(crate) fn issue_for(&self, name: &str, from: OffsetDateTime, to: OffsetDateTime) -> Identity {
        let mut params = of(name);
        (params.not_before, params.not_after) = (from, to);
        self.sign(params)
    }

    /// A certificate that may answer for this use only (RFC 5280, section 4.2.1.12).
    pub(crate) fn issue_only_for(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = of(name);
        (params.not_before, params.not_after) = (day(-1), day(1));
        params.extended_key_usages = vec![usage];
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        Identity { pem: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }
}

fn of(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

pub(crate) fn day(from_now: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + time::Duration::days(from_now)
}

/// Puts a terminal's files where it looks for them, each replaced as an installer does.
pub(crate) fn install(folder: &Path, trusted: &[&Authority], identity: &Identity) {
    let trusted: String = trusted.iter().map(|a| a.pem.as_str()).collect();
    for (name, text) in
        [("ca.pem", &trusted), ("terminal.pem", &identity.pem), ("terminal.key", &identity.key)]
    {
        put(&folder.join(name), text);
    }
}

pub(crate) fn put(path: &Path, text: &str) {
    let draft = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    fs::rename(draft, path).unwrap();
}

pub(crate) fn province(url: &str, folder: &Path, oldest: OldestTls) -> Province {
    let config = ProvinceConfig {
        url: url.to_owned(),
        credentials: Credentials::read_for(folder, oldest).unwrap(),
        terminal: domain::terminal::TerminalId("YL-990001-01".to_owned()),
        dialects: Dialects::default(),
        timeouts: Timeouts { connect: Duration::from_secs(5), call: Duration::from_secs(10) },
    };
    Province::new(config, Arc::new(SystemClock::new(offset!(+8))), Arc::new(SeededEntropy::new(1))).unwrap()
}
