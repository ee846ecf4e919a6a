//! The certificates of the reference platform: an authority of its own, made at the first run and kept.
//!
//! Never: a key that others can read, or one that leaves the folder.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue_key::{CatalogueKeyError, CatalogueSigner};
use domain::terminal::TerminalId;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// Why there are no usable certificates.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A file cannot be read or written.
    #[error("{path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The key that signs catalogues cannot be had.
    #[error("the catalogue's key cannot be had")]
    Catalogue(#[from] CatalogueKeyError),
    /// A certificate cannot be made.
    #[error("a certificate could not be made")]
    Make(#[from] rcgen::Error),
    /// A stored file is none of ours.
    #[error("{path} holds no certificate or key")]
    Pem {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: rustls::pki_types::pem::Error,
    },
    /// The certificates do not fit together.
    #[error("the certificates do not fit together")]
    Tls(#[from] rustls::Error),
    /// The authority cannot check clients.
    #[error("the authority cannot check a client's certificate")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// The files of one platform.
pub(crate) struct Credentials {
    /// What a terminal is given: `ca.pem`, `terminal.pem`, `terminal.key`, `catalogue.pub`.
    pub(crate) for_terminals: PathBuf,
    own: PathBuf,
}

impl Credentials {
    /// Takes the stored files, or makes them all.
    pub(crate) fn open(data: &Path, terminal: &TerminalId) -> Result<Self, CredentialsError> {
        // Absolute: whoever reads the path may stand in another folder.
        let data = std::path::absolute(data)
            .map_err(|source| CredentialsError::File { path: data.to_owned(), source })?;
        let files = Self { for_terminals: data.join("credentials"), own: data.join("authority") };
        // The terminal's key is written last: with it, everything is there.
        if !files.for_terminals.join("terminal.key").exists() {
            files.make(terminal)?;
        }
        Ok(files)
    }

    /// What signs catalogues; terminals are given `catalogue.pub`.
    pub(crate) fn catalogue_signer(&self) -> Result<CatalogueSigner, CredentialsError> {
        let signer = CatalogueSigner::read_or_make(&self.own.join("catalogue.key"))?;
        let public = self.for_terminals.join("catalogue.pub");
        if fs::read_to_string(&public).ok().as_deref() != Some(&signer.public_line()) {
            write(&public, &signer.public_line(), 0o644)?;
        }
        Ok(signer)
    }

    fn make(&self, terminal: &TerminalId) -> Result<(), CredentialsError> {
        for folder in [&self.for_terminals, &self.own] {
            fs::create_dir_all(folder)
                .map_err(|source| CredentialsError::File { path: folder.clone(), source })?;
        }
        let mut params = params("宜邻参考平台 证书颁发 (only for tests)", &[])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let ca = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);

        let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let (server, server_key) = issued(&issuer, "localhost", &names, ExtendedKeyUsagePurpose::ServerAuth)?;
        let (client, client_key) = issued(&issuer, &terminal.0, &[], ExtendedKeyUsagePurpose::ClientAuth)?;
        write(&self.own.join("server.pem"), &server, 0o644)?;
        write(&self.own.join("server.key"), &server_key, 0o600)?;
        write(&self.for_terminals.join("ca.pem"), &ca.pem(), 0o644)?;
        write(&self.for_terminals.join("terminal.pem"), &client, 0o644)?;
        write(&self.for_terminals.join("terminal.key"), &client_key, 0o600)
    }

    /// TLS that lets nobody in without a certificate of this authority.
    pub(crate) fn server_config(&self) -> Result<ServerConfig, CredentialsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.for_terminals.join("ca.pem"))? {
            roots.add(certificate)?;
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?;
        let chain = certificates(&self.own.join("server.pem"))?;
        let path = self.own.join("server.key");
        let key =
            PrivateKeyDer::from_pem_file(&path).map_err(|source| CredentialsError::Pem { path, source })?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let bad = |source| CredentialsError::Pem { path: path.to_owned(), source };
    CertificateDer::pem_file_iter(path).map_err(bad)?.collect::<Result<_, _>>().map_err(bad)
}

fn params(name: &str, subject_alternatives: &[String]) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(subject_alternatives)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    // A test authority outlives every clock that a demonstration sets.
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2099, 12, 31);
    Ok(params)
}

fn issued(
    issuer: &Issuer<'_, KeyPair>,
    name: &str,
    subject_alternatives: &[String],
    purpose: ExtendedKeyUsagePurpose,
) -> Result<(String, String), rcgen::Error> {
    let mut params = params(name, subject_alternatives)?;
    params.extended_key_usages = vec![purpose];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, issuer)?.pem(), key.serialize_pem()))
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), CredentialsError> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path);
    file.and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .map_err(|source| CredentialsError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn keys_are_for_their_owner_and_are_kept() {
        let data = tempfile::tempdir().unwrap();
        let terminal = TerminalId("T-1".into());
        let files = Credentials::open(data.path(), &terminal).unwrap();
        files.server_config().unwrap();
        let read = |name: &str| fs::read_to_string(data.path().join(name)).unwrap();
        let before: Vec<String> =
            ["credentials/ca.pem", "credentials/terminal.pem", "credentials/terminal.key"].map(read).into();
        for key in ["credentials/terminal.key", "authority/server.key"] {
            let mode = fs::metadata(data.path().join(key)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{key}");
        }
        Credentials::open(data.path(), &terminal).unwrap();
        let after: Vec<String> =
            ["credentials/ca.pem", "credentials/terminal.pem", "credentials/terminal.key"].map(read).into();
        assert_eq!(before, after);
    }
}
