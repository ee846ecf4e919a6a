//! A certificate of the server's own, exchanged while it runs.
//!
//! Duty: hand each handshake the one of now, and take another well before its end. Never: end a connection.

use crate::authority::{AuthorityError, Own};
use crate::tls::{self, TlsError};
use fleet_api::Timestamp;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::sync::{Arc, PoisonError, RwLock};
use time::Duration;

/// So long before its end it is exchanged: time to see that it was not, and to do something.
const BEFORE: Duration = Duration::days(60);

/// Why it was not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// None was made.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// It cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// What this server shows who it is with.
#[derive(Debug)]
pub struct Identity(RwLock<Present>);

#[derive(Debug)]
struct Present {
    key: Arc<CertifiedKey>,
    until: Timestamp,
}

impl Present {
    fn of(own: &Own) -> Result<Self, TlsError> {
        Ok(Self { key: Arc::new(tls::certified(&own.chain, &own.key)?), until: own.until })
    }
}

impl Identity {
    /// Shows `own` from the beginning.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn new(own: &Own) -> Result<Self, TlsError> {
        Ok(Self(RwLock::new(Present::of(own)?)))
    }

    /// The last moment of the one of now.
    pub fn until(&self) -> Timestamp {
        self.0.read().unwrap_or_else(PoisonError::into_inner).until
    }

    /// Shows one that `make` makes from now on, where the end of the one of now is near; then its last moment.
    ///
    /// # Errors
    /// None was made, or it cannot be used: the one of now stays.
    pub fn renew(
        &self,
        now: Timestamp,
        make: impl FnOnce() -> Result<Own, AuthorityError>,
    ) -> Result<Option<Timestamp>, IdentityError> {
        if now < self.until() - BEFORE {
            return Ok(None);
        }
        let present = Present::of(&make()?)?;
        let until = present.until;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = present;
        Ok(Some(until))
    }

    fn key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).key)
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.key())
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.key())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Authority;

    #[test]
    fn it_is_exchanged_sixty_days_before_its_end_and_never_lost() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::now_utc();
        let authority = Authority::open(folder.path(), now).unwrap();
        let names = ["localhost".to_owned()];
        let identity = Identity::new(&authority.certify_server(&names, now).unwrap()).unwrap();
        let until = identity.until();
        let early = until - BEFORE - Duration::seconds(1);
        assert_eq!(identity.renew(early, || unreachable!("it is early")).unwrap(), None);
        let late = until - BEFORE;
        let wrong = ["不是域名".to_owned()];
        let shown = identity.key();
        let refused = identity.renew(late, || authority.certify_server(&wrong, late));
        assert!(matches!(refused, Err(IdentityError::Authority(_))), "{refused:?}");
        assert!(Arc::ptr_eq(&shown, &identity.key()), "the one of now stays");
        let renewed = identity.renew(late, || authority.certify_server(&names, late)).unwrap().unwrap();
        assert_eq!(renewed - until, Duration::days(337));
        assert_eq!(identity.until(), renewed);
        assert!(!Arc::ptr_eq(&shown, &identity.key()));
    }
}
