//! Who the terminal is for the fleet: key, certificate and whom it trusts, in one file.
//!
//! Duty: keep them together, so that key and certificate always fit, and no loss of power leaves half of them. Never: let
//! the key leave this machine.

use crate::whole_file;
use fleet_api::Timestamp;
use fleet_api::enrolment::Enrolled;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The longest file.
const LONGEST: u64 = 256 * 1024;
const FILE: &str = "identity.json";
const PENDING: &str = "pending.key";

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read or written.
    #[error("{file}: cannot be read or written")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// Others than the owner may read the key.
    #[error("{0}: others than the owner may read the key in it; set its mode to 0600")]
    OpenToOthers(PathBuf),
    /// It is no such file.
    #[error("{file}: no identity in it: remove it and enrol this terminal again")]
    Content {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// A key or a request for a certificate cannot be made.
    #[error("no key or certificate request can be made")]
    Key(#[source] rcgen::Error),
    /// Certificates or key are not PEM, or do not fit together.
    #[error("certificate, key and authorities cannot be used together: {0}")]
    Unusable(String),
}

/// Key, certificate, trust.
#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    /// The private key, PKCS #8 PEM.
    key: String,
    /// What the server answered.
    pub enrolled: Enrolled,
    /// When, by the terminal's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub obtained_at: Timestamp,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("terminal", &self.enrolled.terminal).finish_non_exhaustive()
    }
}

/// A key that waits for its certificate.
pub(crate) struct Pending {
    key: rcgen::KeyPair,
}

impl Pending {
    /// The key of a request that was begun before, or a new one; on disk before it is used, so that a request whose answer
    /// was lost is the same request again.
    ///
    /// # Errors
    /// It cannot be made, read or written.
    pub(crate) fn begin(folder: &Path) -> Result<Self, IdentityError> {
        let file = folder.join(PENDING);
        let io = |cause| IdentityError::Io { file: file.clone(), cause };
        let before = whole_file::read(&file, LONGEST).map_err(io)?;
        let before = before.and_then(|pem| String::from_utf8(pem).ok());
        if let Some(key) = before.and_then(|pem| rcgen::KeyPair::from_pem(&pem).ok()) {
            return Ok(Self { key });
        }
        let key = rcgen::KeyPair::generate().map_err(IdentityError::Key)?;
        whole_file::replace(&file, key.serialize_pem().as_bytes(), 0o600).map_err(io)?;
        Ok(Self { key })
    }

    /// PKCS #10, PEM. The subject is empty: the server says who the terminal is.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn request(&self) -> Result<String, IdentityError> {
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).map_err(IdentityError::Key)?;
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        let request = parameters.serialize_request(&self.key).map_err(IdentityError::Key)?;
        request.pem().map_err(IdentityError::Key)
    }

    /// The identity that it became, on disk.
    ///
    /// # Errors
    /// The answer does not fit the key, or cannot be written; what was before stays.
    pub(crate) fn complete(
        self,
        folder: &Path,
        enrolled: Enrolled,
        now: Timestamp,
    ) -> Result<Identity, IdentityError> {
        let identity = Identity { key: self.key.serialize_pem(), enrolled, obtained_at: now };
        identity.tls()?;
        identity.write(folder)?;
        let pending = folder.join(PENDING);
        std::fs::remove_file(&pending).map_err(|cause| IdentityError::Io { file: pending, cause })?;
        Ok(identity)
    }
}

impl Identity {
    /// The identity in `folder`; none before the enrolment.
    ///
    /// # Errors
    /// There is one that cannot be used.
    pub fn read(folder: &Path) -> Result<Option<Self>, IdentityError> {
        let file = folder.join(FILE);
        let io = |cause| IdentityError::Io { file: file.clone(), cause };
        let Some(bytes) = whole_file::read(&file, LONGEST).map_err(io)? else { return Ok(None) };
        if std::fs::metadata(&file).map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(IdentityError::OpenToOthers(file));
        }
        serde_json::from_slice(&bytes).map(Some).map_err(|cause| IdentityError::Content { file, cause })
    }

    /// Writes it, and beside it the three PEM files that RAUC's streaming reads.
    fn write(&self, folder: &Path) -> Result<(), IdentityError> {
        let write = |name: &str, bytes: &[u8], mode| {
            let file = folder.join(name);
            whole_file::replace(&file, bytes, mode).map_err(|cause| IdentityError::Io { file, cause })
        };
        let json = serde_json::to_vec_pretty(self)
            .map_err(|cause| IdentityError::Content { file: folder.join(FILE), cause })?;
        write(FILE, &json, 0o600)?;
        self.write_copies(folder)
    }

    /// Writes the PEM files again, which a loss of power may have left older than the identity.
    ///
    /// # Errors
    /// One cannot be written.
    pub fn write_copies(&self, folder: &Path) -> Result<(), IdentityError> {
        let copies = [
            ("terminal.key", self.key.as_bytes(), 0o600),
            ("terminal.pem", self.enrolled.certificate_chain.as_bytes(), 0o644),
            ("ca.pem", self.enrolled.server_authorities.as_bytes(), 0o644),
        ];
        for (name, bytes, mode) in copies {
            let file = folder.join(name);
            let same = whole_file::read(&file, LONGEST).is_ok_and(|there| there.as_deref() == Some(bytes));
            if !same {
                whole_file::replace(&file, bytes, mode).map_err(|cause| IdentityError::Io { file, cause })?;
            }
        }
        Ok(())
    }

    /// Whether a third of the certificate's life or less is left.
    pub fn wants_renewal(&self, now: Timestamp) -> bool {
        let life = self.enrolled.valid_until - self.obtained_at;
        self.enrolled.valid_until - now <= life / 3
    }

    /// A TLS client that shows this certificate and trusts the fleet's authorities alone.
    ///
    /// # Errors
    /// The certificates cannot be used.
    pub fn tls(&self) -> Result<rustls::ClientConfig, IdentityError> {
        let unusable = |what: &dyn std::fmt::Display| IdentityError::Unusable(what.to_string());
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(self.enrolled.certificate_chain.as_bytes())
                .collect::<Result<_, _>>()
                .map_err(|e| unusable(&e))?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|e| unusable(&e))?;
        builder(&self.enrolled.server_authorities)?
            .with_client_auth_cert(chain, key)
            .map_err(|e| unusable(&e))
    }
}

/// A TLS client without a certificate, for the enrolment.
///
/// # Errors
/// `authorities` holds no certificate.
pub(crate) fn tls_without_certificate(authorities: &str) -> Result<rustls::ClientConfig, IdentityError> {
    Ok(builder(authorities)?.with_no_client_auth())
}

fn builder(
    authorities: &str,
) -> Result<rustls::ConfigBuilder<rustls::ClientConfig, rustls::client::WantsClientCert>, IdentityError> {
    let unusable = |what: &dyn std::fmt::Display| IdentityError::Unusable(what.to_string());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authorities.as_bytes()) {
        roots.add(certificate.map_err(|e| unusable(&e))?).map_err(|e| unusable(&e))?;
    }
    if roots.is_empty() {
        return Err(unusable(&"there is no authority for the server"));
    }
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|e| unusable(&e))
        .map(|builder| builder.with_root_certificates(roots))
}
