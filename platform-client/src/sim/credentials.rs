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
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::UnixTime;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    DigitallySignedStruct, DistinguishedName as DistinguishedNameOfIssuer, RootCertStore, ServerConfig,
    SignatureScheme,
};
use tokio_rustls::TlsAcceptor;

const SERVER: &str = "server.pem";
const EXPIRED: &str = "server-expired.pem";
const NOT_YET_VALID: &str = "server-not-yet-valid.pem";
const WRONG_NAME: &str = "server-wrong-name.pem";

/// First and last day of what is valid: year, month, day.
const LONG: [(i32, u8, u8); 2] = [(2000, 1, 1), (2099, 12, 31)];

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
    /// A new key cannot be used.
    #[error("a new key cannot be used: {0}")]
    Key(&'static str),
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
    /// What stays here: its own keys.
    pub(crate) own: PathBuf,
}

impl Credentials {
    /// Takes the stored files, or makes them all.
    pub(crate) fn open(data: &Path, terminal: &TerminalId) -> Result<Self, CredentialsError> {
        // Absolute: whoever reads the path may stand in another folder.
        let data = std::path::absolute(data)
            .map_err(|source| CredentialsError::File { path: data.to_owned(), source })?;
        let files = Self { for_terminals: data.join("credentials"), own: data.join("authority") };
        // The terminal's key is written last: with it, everything is there.
        let complete = [files.for_terminals.join("terminal.key"), files.own.join(EXPIRED)];
        if !complete.iter().all(|file| file.exists()) {
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
        let mut authority = params("宜邻参考平台 证书颁发 (only for tests)", &[])?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let ca = authority.self_signed(&key)?;
        let issuer = Issuer::new(authority, key);

        let names = server_names();
        let server_key = KeyPair::generate()?;
        let elsewhere = ["elsewhere.invalid".to_owned()];
        for (file, names, valid) in [
            (SERVER, &names[..], LONG),
            (EXPIRED, &names[..], [(2000, 1, 1), (2001, 1, 1)]),
            (NOT_YET_VALID, &names[..], [(2098, 1, 1), (2099, 12, 31)]),
            (WRONG_NAME, &elsewhere[..], LONG),
        ] {
            let mut params = params("localhost", names)?;
            let [from, to] = valid.map(|(year, month, day)| date_time_ymd(year, month, day));
            (params.not_before, params.not_after) = (from, to);
            let server = issued(&issuer, params, ExtendedKeyUsagePurpose::ServerAuth, &server_key)?;
            write(&self.own.join(file), &server, 0o644)?;
        }
        write(&self.own.join("server.key"), &server_key.serialize_pem(), 0o600)?;
        let client_key = KeyPair::generate()?;
        let client = params(&terminal.0, &[])?;
        let client = issued(&issuer, client, ExtendedKeyUsagePurpose::ClientAuth, &client_key)?;
        write(&self.for_terminals.join("ca.pem"), &ca.pem(), 0o644)?;
        write(&self.for_terminals.join("terminal.pem"), &client, 0o644)?;
        write(&self.for_terminals.join("terminal.key"), &client_key.serialize_pem(), 0o600)
    }

    /// What the server shows: its own certificate, and those that faults show instead.
    pub(crate) fn server_tls(&self, admits: Admits) -> Result<ServerTls, CredentialsError> {
        let path = self.own.join("server.key");
        let key =
            PrivateKeyDer::from_pem_file(&path).map_err(|source| CredentialsError::Pem { path, source })?;
        let own = |file: &str| -> Result<TlsAcceptor, CredentialsError> {
            self.acceptor(admits, certificates(&self.own.join(file))?, key.clone_key())
        };
        let (strange, strange_key) = of_a_stranger()?;
        Ok(ServerTls {
            usual: own(SERVER)?,
            expired: own(EXPIRED)?,
            not_yet_valid: own(NOT_YET_VALID)?,
            wrong_name: own(WRONG_NAME)?,
            unknown_issuer: self.acceptor(admits, vec![strange], strange_key)?,
        })
    }

    fn acceptor(
        &self,
        admits: Admits,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<TlsAcceptor, CredentialsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.for_terminals.join("ca.pem"))? {
            roots.add(certificate)?;
        }
        let known = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let verifier: Arc<dyn ClientCertVerifier> = match admits {
            Admits::Known => known.build()?,
            Admits::Nameless => known.allow_unauthenticated().build()?,
            Admits::Anybody => Arc::new(Anybody(known.build()?)),
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Whom the server lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admits {
    /// Terminals with a certificate of the platform's authority.
    Known,
    /// Those, and whoever shows none: only a platform that is wrong on purpose.
    Nameless,
    /// Whoever shows any certificate: only a platform that is wrong on purpose.
    Anybody,
}

/// The certificates that the server can show.
pub(crate) struct ServerTls {
    pub(crate) usual: TlsAcceptor,
    pub(crate) expired: TlsAcceptor,
    pub(crate) not_yet_valid: TlsAcceptor,
    pub(crate) wrong_name: TlsAcceptor,
    pub(crate) unknown_issuer: TlsAcceptor,
}

/// Takes every certificate for the right one, as a server does that asks for one and forgets to look.
#[derive(Debug)]
struct Anybody(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Anybody {
    fn root_hint_subjects(&self) -> &[DistinguishedNameOfIssuer] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// A certificate for the right name, of an authority that nobody knows.
fn of_a_stranger() -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), CredentialsError> {
    let key = KeyPair::generate()?;
    let certificate = params("localhost", &server_names())?.self_signed(&key)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(CredentialsError::Key)?;
    Ok((certificate.der().clone(), key))
}

fn server_names() -> [String; 3] {
    ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]
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
    let [from, to] = LONG.map(|(year, month, day)| date_time_ymd(year, month, day));
    (params.not_before, params.not_after) = (from, to);
    Ok(params)
}

fn issued(
    issuer: &Issuer<'_, KeyPair>,
    mut params: CertificateParams,
    purpose: ExtendedKeyUsagePurpose,
    key: &KeyPair,
) -> Result<String, rcgen::Error> {
    params.extended_key_usages = vec![purpose];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    Ok(params.signed_by(key, issuer)?.pem())
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
        files.server_tls(Admits::Known).unwrap();
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
