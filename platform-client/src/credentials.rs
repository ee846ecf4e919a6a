//! The terminal's certificate and key, and whom it trusts.
//!
//! Duty: read the folder `{ca.pem, terminal.pem, terminal.key, catalogue.pub}` and make a TLS client of it. Never: trust anybody whom
//! `ca.pem` does not name; the machine's own list of authorities is not read.

use crate::catalogue_trust::{CatalogueKeys, KEY_FILE};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a folder gives no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A file cannot be read as PEM.
    #[error("{file}: no PEM with a certificate or key in it")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: rustls::pki_types::pem::Error,
    },
    /// A file holds no certificate.
    #[error("{0}: no certificate in it")]
    Empty(PathBuf),
    /// The key can be read by others than its owner.
    #[error("{0}: others than the owner may read this key; set its mode to 0600")]
    KeyOpenToOthers(PathBuf),
    /// The file is not there, or may not be read.
    #[error("{file}: cannot be read")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// Certificate and key do not fit together, or cannot be used.
    #[error("{folder}: certificate and key cannot be used together")]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: rustls::Error,
    },
}

/// Who the terminal is and whom it trusts.
#[derive(Debug, Clone)]
pub struct Credentials {
    config: ClientConfig,
    catalogue_keys: CatalogueKeys,
}

impl Credentials {
    /// Reads `ca.pem`, `terminal.pem` and `terminal.key` from a folder. The key must be readable by its owner only.
    pub fn read(folder: &Path) -> Result<Self, CredentialsError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&folder.join("ca.pem"))? {
            roots
                .add(certificate)
                .map_err(|cause| CredentialsError::Unusable { folder: folder.to_owned(), cause })?;
        }
        let chain = certificates(&folder.join("terminal.pem"))?;
        let key = private_key(&folder.join("terminal.key"))?;
        let unusable = |cause| CredentialsError::Unusable { folder: folder.to_owned(), cause };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // What arrives before the handshake is done could be played again by somebody in between.
        config.enable_early_data = false;
        let catalogue_keys = CatalogueKeys::read(folder)
            .map_err(|cause| CredentialsError::Io { file: folder.join(KEY_FILE), cause })?;
        Ok(Self { config, catalogue_keys })
    }

    /// Whose catalogues the terminal takes.
    pub(crate) fn catalogue_keys(&self) -> &CatalogueKeys {
        &self.catalogue_keys
    }

    pub(crate) fn into_config(self) -> ClientConfig {
        self.config
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let unreadable = |cause| CredentialsError::Unreadable { file: file.to_owned(), cause };
    let all: Vec<_> = CertificateDer::pem_file_iter(file)
        .map_err(unreadable)?
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    if all.is_empty() { Err(CredentialsError::Empty(file.to_owned())) } else { Ok(all) }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, CredentialsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let io = |cause| CredentialsError::Io { file: file.to_owned(), cause };
    let mode = std::fs::metadata(file).map_err(io)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(CredentialsError::KeyOpenToOthers(file.to_owned()));
    }
    PrivateKeyDer::from_pem_file(file)
        .map_err(|cause| CredentialsError::Unreadable { file: file.to_owned(), cause })
}
