//! The way to one province: kept-alive connections with the credentials that lie in their folder now.
//!
//! Duty: send once, with both ends proved; change credentials without breaking what runs. Never: send again.

use super::clock_check::ClockCheck;
use super::{HttpAnswer, HttpBody, HttpRequest, Method, SetupError, Timeouts, failure, form, take_in};
use crate::credentials::Credentials;
use crate::error::CallError;
use crate::operation::Operation;
use bytes::Bytes;
use domain::terminal::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often it is looked whether other credentials lie in the folder.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// A kept-alive way to one province; clones are one.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    base: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    timeouts: Timeouts,
    current: Mutex<Current>,
    clocks: ClockCheck,
}

#[derive(Debug)]
struct Current {
    client: reqwest::Client,
    credentials: Credentials,
    next_look: Option<Instant>,
}

impl Connection {
    pub(crate) fn new(url: &str, credentials: Credentials, timeouts: Timeouts) -> Result<Self, SetupError> {
        let bad = || SetupError::Address(url.to_owned());
        let parsed = reqwest::Url::parse(url).map_err(|_| bad())?;
        let plain = parsed.path() == "/" && parsed.query().is_none() && parsed.username().is_empty();
        if parsed.scheme() != "https" || !plain {
            return Err(bad());
        }
        let client = client(&credentials, timeouts)?;
        let current = Mutex::new(Current { client, credentials, next_look: None });
        let shared = Shared { timeouts, current, clocks: ClockCheck::default() };
        Ok(Self { base: url.trim_end_matches('/').to_owned(), shared: Arc::new(shared) })
    }

    /// Sends the request once and takes the whole answer in.
    pub(crate) async fn exchange(
        &self,
        operation: Operation,
        request: HttpRequest,
    ) -> Result<HttpAnswer, CallError> {
        // Held to the end: a change of credentials closes the connections of the old ones only when nothing runs on them.
        let client = self.client();
        let url = format!("{}{}", self.base, request.path);
        let builder = match request.method {
            Method::Get => client.get(url),
            Method::Post => client.post(url),
        };
        let builder = builder.headers(request.headers);
        let builder = match request.body {
            HttpBody::Empty => builder,
            HttpBody::Bytes { media_type, bytes } => {
                // The network's own copy is wiped as ours is.
                let body = Bytes::from_owner(bytes);
                builder.header(CONTENT_TYPE, HeaderValue::from_static(media_type)).body(body)
            }
            HttpBody::Multipart(parts) => builder.multipart(form(parts)),
        };
        match builder.send().await {
            Ok(response) => take_in(operation, response).await,
            Err(error) => {
                let error = failure::of_sending(operation, error, self.clock_ahead());
                if matches!(error, CallError::Tls { .. }) {
                    // Perhaps new credentials lie there already.
                    self.lock().next_look = None;
                }
                Err(error)
            }
        }
    }

    /// Takes up new credentials; whether there were any.
    pub(crate) fn renew_credentials(&self) -> Result<bool, SetupError> {
        self.renew(&mut self.lock())
    }

    /// Takes the province's time from an answer.
    pub(crate) fn note_time(&self, answer: &HttpAnswer, at: Timestamp) {
        self.shared.clocks.note(&answer.body, at);
    }

    /// In seconds; negative: behind.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        self.shared.clocks.ahead()
    }

    fn client(&self) -> reqwest::Client {
        let mut current = self.lock();
        let now = Instant::now();
        if current.next_look.is_none_or(|t| t <= now) {
            current.next_look = Some(now + LOOK_EVERY);
            match self.renew(&mut current) {
                Ok(true) => tracing::info!("new credentials are taken up"),
                Ok(false) => {}
                // Half of them may be written; at the next look they may be whole.
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "the earlier credentials go on");
                }
            }
        }
        current.client.clone()
    }

    fn renew(&self, current: &mut Current) -> Result<bool, SetupError> {
        let Some(credentials) = current.credentials.changed() else { return Ok(false) };
        let credentials = credentials?;
        current.client = client(&credentials, self.shared.timeouts)?;
        current.credentials = credentials;
        Ok(true)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Current> {
        self.shared.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(credentials: &Credentials, timeouts: Timeouts) -> Result<reqwest::Client, SetupError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(credentials.config())
        .https_only(true)
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.call)
        .pool_idle_timeout(Duration::from_secs(60))
        .referer(false)
        .build()
        .map_err(SetupError::Client)
}
