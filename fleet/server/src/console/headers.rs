//! What every answer of the console says to the browser.

use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// Scripts, styles and pictures of our own only, nothing inline, no frame around us, forms to us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// How long the open state of a terminal may be kept by whoever fetched it, in either language.
const OPEN_STATE: &str = "public, max-age=30";

/// Adds them.
pub(super) async fn add(request: Request, next: Next) -> Response {
    let asset = request.uri().path().starts_with("/assets/");
    let open_state = request.uri().path().starts_with("/t/");
    let mut response = next.run(request).await;
    let found = response.status().is_success();
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 8] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if open_state && found {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(OPEN_STATE));
        headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    } else if !asset {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
