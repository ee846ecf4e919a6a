//! The contract as it stands on the wire: HTTP/1.1 over TLS with certificates on both sides.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use super::wire::{Ask, AskPart, Broken, Payload, Reply, Sending, Wire};

/// Where the platform is, whom the pack trusts, and who it is.
#[derive(Debug)]
pub struct Target {
    /// `https://host:port`, without a slash at the end.
    pub url: String,
    /// The host of the URL.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// The terminal's number: the common name of its certificate.
    pub terminal: String,
    pub(super) roots: RootCertStore,
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// Why the pack cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none.
    #[error("`{0}` is no address of a platform: write https://host:port")]
    Address(String),
    /// A file of the folder is missing or holds no PEM.
    #[error("{file}: no certificate or key can be read from it")]
    Pem {
        /// The file, with its folder.
        file: String,
        /// What is wrong.
        source: rustls::pki_types::pem::Error,
    },
    /// The terminal's certificate names no terminal.
    #[error("terminal.pem: the certificate has no common name, so nobody knows which terminal this is")]
    NoName,
    /// The certificates cannot be used.
    #[error("the certificates cannot be used together")]
    Tls(#[from] rustls::Error),
    /// The client cannot be built.
    #[error("the HTTPS client cannot be built")]
    Client(#[from] reqwest::Error),
}

impl Target {
    /// Reads `ca.pem`, `terminal.pem` and `terminal.key`.
    ///
    /// # Errors
    /// The address or a file is not as it should be.
    pub fn open(url: &str, credentials: &Path) -> Result<Self, OpenError> {
        let bad = || OpenError::Address(url.to_owned());
        let parsed = reqwest::Url::parse(url).map_err(|_| bad())?;
        let plain = parsed.scheme() == "https" && parsed.path() == "/" && parsed.query().is_none();
        let host = parsed.host_str().filter(|_| plain).ok_or_else(bad)?.to_owned();
        let port = parsed.port_or_known_default().ok_or_else(bad)?;
        let pem = |file: &str, source| {
            let file = credentials.join(file).display().to_string();
            OpenError::Pem { file, source }
        };
        let read = |file: &str| -> Result<Vec<CertificateDer<'static>>, OpenError> {
            CertificateDer::pem_file_iter(credentials.join(file))
                .and_then(Iterator::collect)
                .map_err(|source| pem(file, source))
        };
        let mut roots = RootCertStore::empty();
        for certificate in read("ca.pem")? {
            roots.add(certificate)?;
        }
        let chain = read("terminal.pem")?;
        let key = PrivateKeyDer::from_pem_file(credentials.join("terminal.key"))
            .map_err(|source| pem("terminal.key", source))?;
        let terminal = chain.first().and_then(|c| super::tls::common_name(c)).ok_or(OpenError::NoName)?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), host, port, terminal, roots, chain, key })
    }

    /// A client's TLS that shows the terminal's certificate.
    pub(super) fn tls(&self) -> Result<ClientConfig, rustls::Error> {
        self.builder()?.with_client_auth_cert(self.chain.clone(), self.key.clone_key())
    }

    pub(super) fn builder(
        &self,
    ) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(versions.with_root_certificates(self.roots.clone()))
    }
}

/// The canonical wire.
#[derive(Debug)]
pub struct Https {
    client: reqwest::Client,
    url: String,
}

/// Longer than a terminal waits, so that it is the platform that fails a point and not the pack.
const PATIENCE: Duration = Duration::from_secs(30);

impl Https {
    /// A way to the platform; nothing is sent yet.
    ///
    /// # Errors
    /// The certificates cannot be used.
    pub fn new(target: &Target) -> Result<Self, OpenError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(target.tls()?)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { client, url: target.url.clone() })
    }

    async fn exchange(&self, ask: Ask) -> Result<Reply, Broken> {
        let began = Instant::now();
        let method = reqwest::Method::from_bytes(ask.method.as_bytes()).unwrap_or(reqwest::Method::GET);
        let mut headers = HeaderMap::new();
        for (name, value) in &ask.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()))
            {
                headers.insert(name, value);
            }
        }
        let request = self.client.request(method, format!("{}{}", self.url, ask.path)).headers(headers);
        let request = match ask.payload {
            Payload::Nothing => request,
            Payload::Json(value) => {
                request.header("content-type", "application/json").body(value.to_string())
            }
            Payload::Raw(media_type, bytes) => request.header("content-type", media_type).body(bytes),
            Payload::Parts(parts) => request
                .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
                .body(multipart(&parts)),
        };
        let response = request.send().await.map_err(broken)?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let body = response.bytes().await.map_err(broken)?.to_vec();
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Reply { status, headers, body, json, took: began.elapsed() })
    }
}

impl Wire for Https {
    fn send(&self, ask: Ask) -> Sending<'_> {
        Box::pin(self.exchange(ask))
    }

    fn is_canonical(&self, _: &Ask) -> bool {
        true
    }

    fn keeps_keys(&self, _: &Ask) -> bool {
        true
    }
}

fn broken(error: reqwest::Error) -> Broken {
    let error = error.without_url();
    let mut said = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        said = format!("{said}: {cause}");
        source = cause.source();
    }
    match (error.is_timeout(), error.is_connect()) {
        (true, _) => Broken::Timeout,
        (_, true) => Broken::NoConnection(said),
        _ => Broken::Closed(said),
    }
}

/// Stands in no file that the pack sends.
const BOUNDARY: &str = "yilin-conformance-5b1f0c7e";

fn multipart(parts: &[AskPart]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let name = part.name;
        let head = match part.media_type {
            None => format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n"),
            Some(media_type) => format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\
                 content-type: {media_type}\r\n\r\n"
            ),
        };
        body.extend(head.as_bytes());
        body.extend(&part.bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}
