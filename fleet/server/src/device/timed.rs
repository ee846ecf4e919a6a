//! How long calls take.

use crate::state::Server;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::time::Instant;

/// Notes how long the call takes whose first parameter it is, refused ones too. What waits until there is something to say has
/// none: how long tells nothing of the server. A layer would cost each poll two boxes and two copies.
pub(crate) struct Timed {
    server: Server,
    began: Instant,
}

impl FromRequestParts<Server> for Timed {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        Ok(Self { server: server.clone(), began: Instant::now() })
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.server.metrics.calls.note(self.began.elapsed());
    }
}
