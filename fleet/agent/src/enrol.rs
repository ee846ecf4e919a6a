//! Enrolment and renewal: a one-time code for a certificate, a certificate for its successor.

use crate::agent::Shared;
use crate::backoff::Backoff;
use crate::identity::{Identity, IdentityError, Pending, tls_without_certificate};
use crate::server::{CallError, Server};
use fleet_api::Timestamp;
use fleet_api::enrolment::{EnrolRequest, Enrolled, RenewRequest};
use fleet_api::path;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How often it is looked whether the certificate wants renewal.
const LOOK: Duration = Duration::from_secs(3600);

/// Why a terminal is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The server or the line.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Keys and files.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The authorities' file cannot be read.
    #[error("{file}: cannot be read")]
    Authorities {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// What the server told is not signed by the root that it told.
    #[error("the server's key ring is not signed by the server's root key: nothing was kept")]
    KeyRing(#[source] fleet_api::signed::SignedError),
}

/// Enrols this terminal: a key is made here, the code says who it is.
///
/// # Errors
/// Nothing was kept, but the key that the same code is tried with again.
pub async fn enrol(
    url: &str,
    authorities: &Path,
    folder: &Path,
    code: &str,
    hardware: String,
    now: Timestamp,
) -> Result<Identity, EnrolError> {
    let pem = std::fs::read_to_string(authorities)
        .map_err(|cause| EnrolError::Authorities { file: authorities.to_owned(), cause })?;
    std::fs::create_dir_all(folder).map_err(|cause| IdentityError::Io { file: folder.to_owned(), cause })?;
    let server = Server::new(url, tls_without_certificate(&pem)?)?;
    let pending = Pending::begin(folder)?;
    let request = EnrolRequest {
        code: code.to_owned(),
        certificate_request: pending.request()?,
        hardware,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let enrolled: Enrolled = server.post("enrolment", path::ENROL, &request).await?;
    enrolled.key_ring.open_with(&enrolled.root_key).map_err(EnrolError::KeyRing)?;
    Ok(pending.complete(folder, enrolled, now)?)
}

/// What is in trouble where the certificate is not renewed.
const RENEWED: &str = "the certificate's renewal";

/// Renews the certificate when a third of its life is left.
pub(crate) async fn renew_in_time(shared: Arc<Shared>) {
    let mut backoff = Backoff::from(shared.times.first_retry);
    loop {
        let due = shared.identity().wants_renewal(shared.clock.now());
        let wait = if due {
            match renew(&shared).await {
                Ok(()) => {
                    shared.troubles.over(RENEWED);
                    LOOK
                }
                Err(error) => {
                    shared.troubles.say(RENEWED, &crate::error::chain(&error));
                    backoff.next()
                }
            }
        } else {
            backoff.reset();
            LOOK
        };
        tokio::time::sleep(wait).await;
    }
}

async fn renew(shared: &Shared) -> Result<(), EnrolError> {
    let folder = &shared.config.data;
    let pending = Pending::begin(folder)?;
    let request = RenewRequest { certificate_request: pending.request()? };
    let mut enrolled: Enrolled = shared.server().post("renewal", path::RENEW, &request).await?;
    // Whose word counts was told at the enrolment; rings change by rings alone.
    let before = shared.identity().enrolled;
    enrolled.root_key = before.root_key;
    enrolled.key_ring = before.key_ring;
    let url = shared.config.server.as_deref().unwrap_or_default();
    let identity = pending.complete(folder, enrolled, shared.clock.now())?;
    let server = Server::new(url, identity.tls()?)?;
    tracing::info!(until = %identity.enrolled.valid_until, "the certificate is renewed");
    *shared.identity.write().unwrap_or_else(PoisonError::into_inner) = identity;
    *shared.server.write().unwrap_or_else(PoisonError::into_inner) = server;
    Ok(())
}
