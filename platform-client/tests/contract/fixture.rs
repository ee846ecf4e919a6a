//! A reference platform and a terminal of ours that speaks to it.

use std::sync::Arc;

use domain::case::SubmissionId;
use domain::personal::Personal;
use domain::service_item::Queueing;
use domain::terminal::{TerminalId, Timestamp};
use platform_client::Shown;
use platform_client::case_request;
use platform_client::clock::FixedClock;
use platform_client::contract::case::CaseRequest;
use platform_client::credentials::Credentials;
use platform_client::dialect::Dialects;
use platform_client::entropy::SeededEntropy;
use platform_client::error::CallError;
use platform_client::http::Timeouts;
use platform_client::province::{Province, ProvinceConfig, ResidentSession};
use platform_client::seal::Authorities;
use platform_client::sim::{CodeKind, Options, ReferencePlatform, TimeSource};
use tempfile::TempDir;
use time::macros::datetime;

use crate::answers;
use crate::plain_case::plain_case;

pub(crate) const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
pub(crate) const NOW: Timestamp = datetime!(2026-11-24 10:24:00 +8);
pub(crate) const TERMINAL: &str = "T99000100100101";

pub(crate) struct Fixture {
    pub(crate) platform: ReferencePlatform,
    pub(crate) province: Province,
    _folder: TempDir,
}

impl Fixture {
    pub(crate) fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { time: TimeSource::Fixed(NOW), ..Options::new(folder.path(), FONT) };
        let platform = ReferencePlatform::start(options).unwrap();
        let province = province(&platform);
        Self { platform, province, _folder: folder }
    }

    /// A session of one of the cast, by the QR of the province's app.
    pub(crate) async fn session(&self, person: &str) -> ResidentSession {
        let code = self.platform.admin().fresh_code(CodeKind::ProvinceQr, person).unwrap();
        self.province.open_session(Shown::ProvinceQr(&Personal::new(code))).await.unwrap()
    }
}

/// A terminal with the credentials that the platform gives.
pub(crate) fn province(platform: &ReferencePlatform) -> Province {
    let config = ProvinceConfig {
        url: platform.url().to_owned(),
        credentials: Credentials::read(platform.credentials()).unwrap(),
        terminal: TerminalId(TERMINAL.to_owned()),
        dialects: Dialects::default(),
        timeouts: Timeouts::default(),
    };
    let province = Province::new(config, Arc::new(FixedClock(NOW)), Arc::new(SeededEntropy::new(1))).unwrap();
    let seals = Authorities::read(&platform.credentials().join("seal-authorities")).unwrap();
    province.trusting_seals_of(seals)
}

pub(crate) fn id(byte: u8) -> SubmissionId {
    SubmissionId::from_random([byte; 16])
}

/// Status and code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(answer: Result<T, CallError>) -> String {
    answer.unwrap_err().refusal().unwrap().code.clone()
}

/// An appeal to 12345 as a case: received and waits.
pub(crate) fn appeal(key: u8) -> CaseRequest {
    let terminal = TerminalId(TERMINAL.into());
    case_request(&plain_case(id(key), "appeal-12345", Queueing::MayQueue, NOW, terminal, answers::appeal())).0
}

/// A client with the terminal's certificate that knows nothing else.
pub(crate) fn plain_client(platform: &ReferencePlatform) -> reqwest::Client {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let folder = platform.credentials();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    let chain = vec![CertificateDer::from_pem_file(folder.join("terminal.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.join("terminal.key")).unwrap();
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .unwrap();
    reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build().unwrap()
}
