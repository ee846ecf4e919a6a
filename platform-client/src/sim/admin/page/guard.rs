//! Who may see the page and press its buttons, and what a browser may do with it.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Nothing but its own style, script and address.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Its own buttons tell where they were pressed; nobody else hears.
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

/// Refuses what a page of another origin, or a name that leads here from elsewhere, would do.
pub(super) async fn only_from_here(request: Request, next: Next) -> Response {
    let mut response = if is_from_here(request.method(), request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    let header = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let host = header(HOST).unwrap_or_default();
    let here = matches!(host.split(':').next(), Some("127.0.0.1" | "localhost"));
    let foreign = header(ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") != Some(host));
    here && (*method == Method::GET || !foreign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_its_own_page_presses_the_buttons() {
        let check = |method: Method, host: &'static str, origin: Option<&'static str>, want| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_from_here(&method, &headers), want, "{method} {host} {origin:?}");
        };
        check(Method::GET, "127.0.0.1:8000", None, true);
        check(Method::POST, "127.0.0.1:8000", None, true);
        check(Method::POST, "127.0.0.1:8000", Some("http://127.0.0.1:8000"), true);
        check(Method::POST, "127.0.0.1:8000", Some("http://127.0.0.1:9000"), false);
        check(Method::POST, "127.0.0.1:8000", Some("null"), false);
        check(Method::GET, "rebound.example:8000", None, false);
    }
}
