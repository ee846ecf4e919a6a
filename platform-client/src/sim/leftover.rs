//! What a caller still sends when its call is refused already.
//!
//! Duty: reads it off, up to a bound, before the refusal goes out. A connection that is closed over bytes that nobody read
//! is reset, and the caller does not see the answer (RFC 9112, section 9.6). Never: keep what it reads.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};

/// More than this is not read off: who sends it is no terminal.
const MOST: usize = 64 << 20;
/// Who sends slower than that is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body that stays here when whoever reads it stops.
#[derive(Clone)]
struct Lent(Arc<Mutex<Body>>);

impl Lent {
    fn body(&self) -> MutexGuard<'_, Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read_off(&self) {
        let mut read = 0;
        while read <= MOST && !self.body().is_end_stream() {
            match poll_fn(|cx| Pin::new(&mut *self.body()).poll_frame(cx)).await {
                Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => return,
            }
        }
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut *self.body()).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}

/// Answers; a refusal only when the whole of the call was read, or enough of it.
pub(super) async fn read_off(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let lent = Lent(Arc::new(Mutex::new(body)));
    let response = next.run(Request::from_parts(parts, Body::new(lent.clone()))).await;
    if !response.status().is_success() {
        // The time is up, and it is answered all the same.
        let _ = tokio::time::timeout(PATIENCE, lent.read_off()).await;
    }
    response
}
