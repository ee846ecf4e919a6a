//! One request over HTTPS and its bounded answer, as bytes.
//!
//! Duty: carry bytes with both ends proved, within time and size; say of a failure whether anything was sent.
//! Never: follow a redirect, use a proxy, unpack, or look into a body.

mod clock_check;
mod connection;
mod failure;
mod upload;

pub(crate) use connection::Connection;
pub use upload::Content;

use crate::credentials::CredentialsError;
use crate::error::{AnswerProblem, CallError};
use crate::operation::Operation;
use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, RETRY_AFTER};
use std::io::Read as _;
use std::time::Duration;
use upload::Upload;
use zeroize::Zeroizing;

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, the handshake included.
    pub connect: Duration,
    /// For the whole call, the connection included.
    pub call: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), call: Duration::from_secs(20) }
    }
}

/// A request as a dialect writes it.
#[derive(Debug)]
pub struct HttpRequest {
    /// GET or POST.
    pub method: Method,
    /// Path and query, beginning with `/`: nothing of a resident.
    pub path: String,
    /// Headers; a secret one is marked sensitive.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: HttpBody,
}

/// The methods that the contract uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes, or reads with a resident's data in the body.
    Post,
}

/// What is sent.
pub enum HttpBody {
    /// Nothing.
    Empty,
    /// Bytes of this media type.
    Bytes {
        /// The media type.
        media_type: &'static str,
        /// The bytes.
        bytes: Zeroizing<Vec<u8>>,
    },
    /// `multipart/form-data` (RFC 7578).
    Multipart(Vec<Part>),
}

impl std::fmt::Debug for HttpBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes { media_type, bytes } => write!(f, "Bytes({media_type}, {} bytes)", bytes.len()),
            Self::Multipart(parts) => write!(f, "Multipart({} parts)", parts.len()),
        }
    }
}

/// One part of a multipart body.
pub enum Part {
    /// A short text.
    Text {
        /// The part's name.
        name: &'static str,
        /// The text.
        text: String,
    },
    /// A file.
    File {
        /// The part's name.
        name: &'static str,
        /// The file's name: nothing of a resident.
        file_name: String,
        /// Its media type.
        media_type: String,
        /// Its bytes.
        bytes: Zeroizing<Vec<u8>>,
    },
    /// A file that is read while it is sent.
    Stream {
        /// The part's name.
        name: &'static str,
        /// The file's name: nothing of a resident.
        file_name: String,
        /// Its media type.
        media_type: String,
        /// How many bytes `content` gives.
        length: u64,
        /// Its bytes.
        content: Content,
    },
}

impl Part {
    /// The same with its bytes in memory; reading may wait for the disk.
    pub(crate) fn held(self) -> std::io::Result<Self> {
        let Self::Stream { name, file_name, media_type, length, content } = self else { return Ok(self) };
        let mut bytes = Zeroizing::new(vec![0; usize::try_from(length).map_err(std::io::Error::other)?]);
        content.open()?.read_exact(&mut bytes)?;
        Ok(Self::File { name, file_name, media_type, bytes })
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text { name, .. } => write!(f, "Text({name})"),
            Self::File { name, bytes, .. } => write!(f, "File({name}, {} bytes)", bytes.len()),
            Self::Stream { name, length, .. } => write!(f, "Stream({name}, {length} bytes)"),
        }
    }
}

/// An answer as it came: whole, and not longer than allowed.
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The media type without parameters, lower case; empty when there was none.
    pub media_type: String,
    /// The entity tag.
    pub etag: Option<String>,
    /// `Retry-After`, where it was given in seconds.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HttpAnswer({}, {}, {} bytes)", self.status, self.media_type, self.body.len())
    }
}

/// Why no way to the province can be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address is no `https://host[:port]`.
    #[error("`{0}` is no address of a province: write https://host:port")]
    Address(String),
    /// The HTTPS client cannot be built.
    #[error("the HTTPS client cannot be built")]
    Client(#[source] reqwest::Error),
    /// New credentials cannot be read; the earlier ones go on.
    #[error("new credentials cannot be taken up")]
    Credentials(#[from] CredentialsError),
}

async fn take_in(operation: Operation, mut response: reqwest::Response) -> Result<HttpAnswer, CallError> {
    let status = response.status().as_u16();
    let bad = |problem| CallError::BadAnswer { operation, status, problem };
    if response.status().is_redirection() && status != 304 {
        return Err(bad(AnswerProblem::Redirect));
    }
    let header = |name| response.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    if header(CONTENT_ENCODING).is_some_and(|e| !e.eq_ignore_ascii_case("identity")) {
        return Err(bad(AnswerProblem::Compressed));
    }
    let media_type = header(CONTENT_TYPE)
        .map(|v| v.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .unwrap_or_default();
    let etag = header(ETAG).map(str::to_owned);
    let retry_after = header(RETRY_AFTER).and_then(|v| v.parse().ok()).map(Duration::from_secs);
    let limit = operation.longest_answer();
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(bad(AnswerProblem::TooLong));
    }
    let mut body = Zeroizing::new(Vec::with_capacity(usize::try_from(announced).unwrap_or(0)));
    while let Some(chunk) = response.chunk().await.map_err(|e| failure::of_reading(operation, e))? {
        if body.len() + chunk.len() > limit {
            return Err(bad(AnswerProblem::TooLong));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpAnswer { status, media_type, etag, retry_after, body })
}

fn form(parts: Vec<Part>) -> reqwest::multipart::Form {
    use reqwest::multipart::{Form, Part as FormPart};
    let file = |part: FormPart, file_name: String, media_type: &str| {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(media_type) {
            headers.insert(CONTENT_TYPE, value);
        }
        part.file_name(file_name).headers(headers)
    };
    parts.into_iter().fold(Form::new(), |form, part| match part {
        Part::Text { name, text } => form.text(name, text),
        Part::File { name, file_name, media_type, bytes } => {
            let length = bytes.len() as u64;
            let body = reqwest::Body::from(Bytes::from_owner(bytes));
            form.part(name, file(FormPart::stream_with_length(body, length), file_name, &media_type))
        }
        Part::Stream { name, file_name, media_type, length, content } => {
            let body = reqwest::Body::wrap(Upload::begin(content, length));
            form.part(name, file(FormPart::stream_with_length(body, length), file_name, &media_type))
        }
    })
}
