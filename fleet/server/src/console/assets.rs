//! Style, scripts and the mark: in the program, named by the page, kept by the browser.

use super::trouble::Trouble;
use super::visitor::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// A file of the console.
pub(super) async fn file(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, bytes): (&str, &'static [u8]) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/console.css")),
        "console.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/console.js")),
        "htmx.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/htmx-2.0.11.min.js")),
        "htmx-sse.js" => {
            ("text/javascript; charset=utf-8", include_bytes!("../../assets/htmx-sse-2.2.4.min.js"))
        }
        "mark.svg" => ("image/svg+xml", include_bytes!("../../assets/mark.svg")),
        _ => return Err(Trouble::Missing),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, bytes).into_response())
}
