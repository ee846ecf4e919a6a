//! The server's own certificates end while it runs, unless they are exchanged before.

use crate::clock::millis;
use crate::identity::{Identity, IdentityError};
use crate::state::Server;
use fleet_api::Timestamp;
use std::sync::atomic::Ordering;

/// Exchanges those whose end is near. Each instance has its own: no lease.
pub(super) fn step(server: &Server, identity: &Identity, names: &[String]) -> Result<(), IdentityError> {
    let (authority, now) = (&server.authority, server.clock.now());
    tell("server", identity.renew(now, || authority.certify_server(names, now))?);
    server.shown_until.store(millis(identity.until()), Ordering::Relaxed);
    tell("instance", server.beside.identity().renew(now, || authority.certify_instance(now))?);
    Ok(())
}

fn tell(of: &str, until: Option<Timestamp>) {
    if let Some(until) = until {
        tracing::info!(of, %until, "a certificate of the server's own was exchanged before its end");
    }
}
