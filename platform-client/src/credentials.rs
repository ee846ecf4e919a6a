//! The terminal's certificate and key, and whom it trusts.
//!
//! Duty: read the folder `{ca.pem, terminal.pem, terminal.key or terminal.token, catalogue.pub}` and make a TLS client of it.
//! Never: trust anybody whom `ca.pem` does not name; the machine's own list of authorities is not read.

use crate::catalogue_trust::{CatalogueKeys, KEY_FILE};
use crate::token::{self, TOKEN_FILE, TokenError};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
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
    /// The key in a token cannot be used.
    #[error("{file}: the key in the token cannot be used")]
    Token {
        /// The file that names it.
        file: PathBuf,
        /// Why.
        #[source]
        cause: TokenError,
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

/// The oldest TLS that is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OldestTls {
    /// TLS 1.2 (RFC 5246), for a province or proxy that has nothing newer; TLS 1.3 where both ends have it.
    V1_2,
    /// TLS 1.3 (RFC 8446) alone.
    #[default]
    V1_3,
}

/// Who the terminal is and whom it trusts.
#[derive(Debug, Clone)]
pub struct Credentials {
    config: ClientConfig,
    folder: PathBuf,
    oldest: OldestTls,
    /// The files as they were before they were read.
    files: Files,
    catalogue_keys: CatalogueKeys,
}

impl Credentials {
    /// Reads `ca.pem`, `terminal.pem` and the key from a folder, for TLS 1.3. The key is in `terminal.key`, or in the token
    /// that `terminal.token` names, which goes before; that file must be readable by its owner only.
    pub fn read(folder: &Path) -> Result<Self, CredentialsError> {
        Self::read_for(folder, OldestTls::default())
    }

    /// As [`Self::read`], for the TLS that the configuration names.
    pub fn read_for(folder: &Path, oldest: OldestTls) -> Result<Self, CredentialsError> {
        let files = Files::of(folder);
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&folder.join("ca.pem"))? {
            roots
                .add(certificate)
                .map_err(|cause| CredentialsError::Unusable { folder: folder.to_owned(), cause })?;
        }
        let chain = certificates(&folder.join("terminal.pem"))?;
        let unusable = |cause| CredentialsError::Unusable { folder: folder.to_owned(), cause };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions: &[&SupportedProtocolVersion] = match oldest {
            OldestTls::V1_2 => &[&TLS13, &TLS12],
            OldestTls::V1_3 => &[&TLS13],
        };
        let key = certified_key(folder, chain, &provider)?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(unusable)?
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // What arrives before the handshake is done could be played again by somebody in between.
        config.enable_early_data = false;
        let catalogue_keys = CatalogueKeys::read(folder)
            .map_err(|cause| CredentialsError::Io { file: folder.join(KEY_FILE), cause })?;
        Ok(Self { config, folder: folder.to_owned(), oldest, files, catalogue_keys })
    }

    /// Whose catalogues the terminal takes.
    pub(crate) fn catalogue_keys(&self) -> &CatalogueKeys {
        &self.catalogue_keys
    }

    /// What lies in the folder now, if that is something else than was read.
    pub(crate) fn changed(&self) -> Option<Result<Self, CredentialsError>> {
        (Files::of(&self.folder) != self.files).then(|| Self::read_for(&self.folder, self.oldest))
    }

    pub(crate) fn config(&self) -> ClientConfig {
        self.config.clone()
    }
}

/// By what a changed file is known: a file that is written in place or replaced has another of these.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Files([Option<(u64, u64, i64, i64)>; 4]);

impl Files {
    fn of(folder: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(["ca.pem", "terminal.pem", "terminal.key", TOKEN_FILE].map(|name| {
            let file = std::fs::metadata(folder.join(name)).ok()?;
            Some((file.ino(), file.len(), file.ctime(), file.ctime_nsec()))
        }))
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

/// The certificate with its key, from a token or a file, once it is seen that they belong together.
fn certified_key(
    folder: &Path,
    chain: Vec<CertificateDer<'static>>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, CredentialsError> {
    let unusable = |cause| CredentialsError::Unusable { folder: folder.to_owned(), cause };
    let file = folder.join(TOKEN_FILE);
    if !file.exists() {
        let key = private_key(&folder.join("terminal.key"))?;
        return CertifiedKey::from_der(chain, key, provider).map_err(unusable);
    }
    seen_by_its_owner_only(&file)?;
    let key = token::signing_key(&file).map_err(|cause| CredentialsError::Token { file, cause })?;
    let key = CertifiedKey::new(chain, key);
    key.keys_match().map_err(unusable)?;
    Ok(key)
}

fn seen_by_its_owner_only(file: &Path) -> Result<(), CredentialsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let io = |cause| CredentialsError::Io { file: file.to_owned(), cause };
    let mode = std::fs::metadata(file).map_err(io)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(CredentialsError::KeyOpenToOthers(file.to_owned())) }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, CredentialsError> {
    seen_by_its_owner_only(file)?;
    PrivateKeyDer::from_pem_file(file)
        .map_err(|cause| CredentialsError::Unreadable { file: file.to_owned(), cause })
}
