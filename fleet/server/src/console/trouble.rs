//! Why a page cannot be shown or a thing not be done, as a person reads it.

use super::programs::Sentence;
use super::report_pdf::PdfError;
use super::words::{Language, Words};
use crate::store::StoreError;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// Why.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is no such thing.
    Missing,
    /// The role does not have this permission.
    Forbidden,
    /// The form was not ours, or is too old.
    Csrf,
    /// Somebody has to sign in first; where to go afterwards.
    SignIn(String),
    /// A field does not fit; its name.
    Bad(&'static str),
    /// What is asked makes no sense as it is.
    Wrong(Said),
    /// What is asked does not fit how things are now.
    Conflict(Said),
    /// Too many requests.
    TooMany,
    /// The store failed.
    Store(StoreError),
    /// A page could not be made.
    Page(askama::Error),
    /// A report could not be written as a file.
    Pdf(PdfError),
}

/// What is said beside a trouble, in both languages.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    zh: String,
    en: String,
}

impl Said {
    /// A text of the tables.
    pub(super) fn of<T: Into<String>>(text: impl Fn(&'static Words) -> T) -> Self {
        Self { zh: text(Language::Chinese.words()).into(), en: text(Language::English.words()).into() }
    }

    /// What a program says.
    pub(super) fn program(text: &str) -> Self {
        let chinese = Language::Chinese.words();
        let mut zh = Sentence::of(chinese, text).words;
        if zh == chinese.told_unknown {
            zh.push_str(text);
        }
        Self { zh, en: text.to_owned() }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(StoreError::Statement(error))
    }
}

impl From<PdfError> for Trouble {
    fn from(error: PdfError) -> Self {
        Self::Pdf(error)
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        Self::Page(error)
    }
}

/// Both languages: who sees it may not have told us theirs.
#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    word: &'static str,
    said: Said,
    zh: &'static Words,
    en: &'static Words,
}

impl Trouble {
    const fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Forbidden => "forbidden",
            Self::Csrf => "csrf",
            Self::SignIn(_) => "sign_in",
            Self::Bad(_) | Self::Wrong(_) => "bad",
            Self::Conflict(_) => "conflict",
            Self::TooMany => "too_many",
            Self::Store(_) | Self::Page(_) | Self::Pdf(_) => "server",
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Csrf => StatusCode::FORBIDDEN,
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::Bad(_) | Self::Wrong(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Page(_) | Self::Pdf(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a page needs the store");
            }
            Self::Page(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a page cannot be made");
            }
            Self::Pdf(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a report cannot be written");
            }
            _ => {}
        }
        let status = self.status();
        let word = self.word();
        let said = match self {
            Self::SignIn(next) => {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                let to = HeaderValue::from_str(&format!("/sign-in?next={next}"))
                    .unwrap_or(HeaderValue::from_static("/sign-in"));
                return (status, [(header::LOCATION, to)]).into_response();
            }
            Self::Bad(field) => Said::of(|w| w.of("field", field)),
            Self::Conflict(said) | Self::Wrong(said) => said,
            _ => Said::default(),
        };
        let page = TroublePage { word, said, zh: Language::Chinese.words(), en: Language::English.words() };
        match page.render() {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => status.into_response(),
        }
    }
}
