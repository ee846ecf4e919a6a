//! The fleet server, call by call.
//!
//! Duty: one exchange over mutual TLS with bounds on time and length. Never: retry, decide, follow to another scheme.

use fleet_api::enrolment::{Refusal, RefusalKind};
use fleet_api::version;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The longest body that is read as a message.
const BODY_BYTES: usize = 2 * 1024 * 1024;
/// How long one exchange may take; a long poll waits less.
const CALL: Duration = Duration::from_secs(90);
const CONNECT: Duration = Duration::from_secs(15);

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The address of the configuration is none.
    #[error("`{0}` is no https address")]
    Address(String),
    /// No client can be made.
    #[error("no TLS client can be made")]
    Client(#[source] reqwest::Error),
    /// The server was not reached, or the line broke.
    #[error("{doing}: the fleet server cannot be reached")]
    Line {
        /// What was asked.
        doing: &'static str,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
    /// It refused.
    #[error("{doing}: the fleet server refused with {status}: {message}")]
    Refused {
        /// What was asked.
        doing: &'static str,
        /// The HTTP status.
        status: StatusCode,
        /// Its word, where it said one.
        kind: Option<RefusalKind>,
        /// Its sentence, bounded.
        message: String,
        /// When to ask again, where it said so.
        retry_after: Option<Duration>,
    },
    /// What it said is too long.
    #[error("{doing}: the answer is longer than {BODY_BYTES} bytes")]
    TooLong {
        /// What was asked.
        doing: &'static str,
    },
    /// What it said is no such message.
    #[error("{doing}: the answer is not understood")]
    Answer {
        /// What was asked.
        doing: &'static str,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// It speaks another version.
    #[error("{doing}: the answer is of another version")]
    Version {
        /// What was asked.
        doing: &'static str,
        /// Why.
        #[source]
        cause: version::VersionError,
    },
}

impl CallError {
    /// What was asked.
    pub fn doing(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::Client(_) => "the fleet server's address",
            Self::Line { doing, .. }
            | Self::Refused { doing, .. }
            | Self::TooLong { doing }
            | Self::Answer { doing, .. }
            | Self::Version { doing, .. } => doing,
        }
    }

    /// Whether the server itself answered.
    pub fn answered(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. } | Self::Answer { .. } | Self::TooLong { .. } | Self::Version { .. }
        )
    }

    /// The status of a refusal.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// When the server asked to be asked again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The error and its causes in one line, for log and technician.
    pub fn chain(&self) -> String {
        crate::error::chain(self)
    }
}

/// A connection to the fleet server; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    base: Url,
    client: reqwest::Client,
}

impl Server {
    /// The server at `url`.
    ///
    /// # Errors
    /// `url` is no https address, or no client can be made.
    pub(crate) fn new(url: &str, tls: rustls::ClientConfig) -> Result<Self, CallError> {
        let base = Url::parse(url).ok().filter(|url| url.scheme() == "https" && url.host_str().is_some());
        let base = base.ok_or_else(|| CallError::Address(url.chars().take(200).collect()))?;
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&version::this()) {
            headers.insert(HeaderName::from_static(version::HEADER), value);
        }
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .default_headers(headers)
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .pool_idle_timeout(Duration::from_secs(120))
            .pool_max_idle_per_host(2)
            .referer(false)
            .build()
            .map_err(CallError::Client)?;
        Ok(Self { base, client })
    }

    /// The address of a path or of a link that the server gave, absolute or not.
    pub(crate) fn address(&self, link: &str) -> Result<Url, CallError> {
        let bad = || CallError::Address(link.chars().take(200).collect());
        let url = self.base.join(link).map_err(|_| bad())?;
        if url.scheme() == "https" { Ok(url) } else { Err(bad()) }
    }

    /// `GET`, read as JSON.
    pub(crate) async fn get<A: DeserializeOwned>(
        &self,
        doing: &'static str,
        link: &str,
    ) -> Result<A, CallError> {
        let request = self.client.request(Method::GET, self.address(link)?);
        read(doing, send(doing, request).await?).await
    }

    /// `POST` JSON, read JSON.
    pub(crate) async fn post<A: DeserializeOwned>(
        &self,
        doing: &'static str,
        link: &str,
        body: &impl Serialize,
    ) -> Result<A, CallError> {
        let request = self.with_json(doing, Method::POST, link, body)?;
        read(doing, send(doing, request).await?).await
    }

    /// `POST` or `PUT` JSON whose answer is not read.
    pub(crate) async fn send(
        &self,
        doing: &'static str,
        method: Method,
        link: &str,
        body: &impl Serialize,
    ) -> Result<(), CallError> {
        let request = self.with_json(doing, method, link, body)?;
        send(doing, request).await.map(drop)
    }

    /// `PUT` bytes.
    pub(crate) async fn put_bytes(
        &self,
        doing: &'static str,
        link: &str,
        bytes: Vec<u8>,
    ) -> Result<(), CallError> {
        let request = self.client.request(Method::PUT, self.address(link)?);
        let request = request.header("content-type", "application/octet-stream").body(bytes);
        send(doing, request).await.map(drop)
    }

    /// `GET` of a file from byte `from` on; the body is read by the caller.
    pub(crate) async fn open(
        &self,
        doing: &'static str,
        link: &str,
        from: u64,
    ) -> Result<reqwest::Response, CallError> {
        // A slow line is no dead one: how long the whole may take is the caller's to say.
        let request =
            self.client.request(Method::GET, self.address(link)?).timeout(Duration::from_secs(24 * 3600));
        let request = if from > 0 { request.header("range", format!("bytes={from}-")) } else { request };
        send(doing, request).await
    }

    fn with_json(
        &self,
        doing: &'static str,
        method: Method,
        link: &str,
        body: &impl Serialize,
    ) -> Result<reqwest::RequestBuilder, CallError> {
        let bytes = serde_json::to_vec(body).map_err(|cause| CallError::Answer { doing, cause })?;
        let request = self.client.request(method, self.address(link)?);
        Ok(request.header("content-type", "application/json").body(bytes))
    }
}

/// Sends, and takes every status from 400 on as a refusal.
async fn send(doing: &'static str, request: reqwest::RequestBuilder) -> Result<reqwest::Response, CallError> {
    let response = request.send().await.map_err(|cause| CallError::Line { doing, cause })?;
    let theirs = response.headers().get(version::HEADER).and_then(|value| value.to_str().ok());
    version::check(theirs).map_err(|cause| CallError::Version { doing, cause })?;
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|text| text.parse().ok()).map(Duration::from_secs);
    let body = bounded(doing, response).await.unwrap_or_default();
    let refusal: Option<Refusal> = serde_json::from_slice(&body).ok();
    let message = refusal.as_ref().map_or_else(String::new, |refusal| refusal.message.clone());
    let message = message.chars().filter(|c| !c.is_control()).take(300).collect();
    Err(CallError::Refused {
        doing,
        status,
        kind: refusal.map(|refusal| refusal.error),
        message,
        retry_after,
    })
}

async fn read<A: DeserializeOwned>(doing: &'static str, response: reqwest::Response) -> Result<A, CallError> {
    let body = bounded(doing, response).await?;
    serde_json::from_slice(&body).map_err(|cause| CallError::Answer { doing, cause })
}

async fn bounded(doing: &'static str, mut response: reqwest::Response) -> Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|cause| CallError::Line { doing, cause })? {
        if body.len() + piece.len() > BODY_BYTES {
            return Err(CallError::TooLong { doing });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
