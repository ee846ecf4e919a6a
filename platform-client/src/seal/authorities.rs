//! The authorities whose certificates a terminal trusts for seals: a folder of PEM files (RFC 7468).

use super::certificate::Certificate;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::{Path, PathBuf};

/// No folder of a province holds more.
const MOST: usize = 256;

/// Whom a terminal trusts. With none, every seal is of an unknown issuer.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<Certificate>);

/// Why a folder gives no authorities.
#[derive(Debug, thiserror::Error)]
pub enum AuthoritiesError {
    /// The folder or a file cannot be read.
    #[error("{path}: cannot be read")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A file is not PEM with certificates.
    #[error("{0}: no PEM with certificates in it")]
    NoCertificate(PathBuf),
    /// A certificate cannot be read.
    #[error("{0}: a certificate in it cannot be read")]
    Certificate(PathBuf),
    /// There are too many.
    #[error("{0}: more than 256 certificates")]
    TooMany(PathBuf),
}

impl Authorities {
    /// Nobody.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Those in the files `*.pem` and `*.crt` of a folder.
    ///
    /// # Errors
    /// The folder cannot be read, or one of those files is no PEM with certificates: a list that is not whole is worse
    /// than none, because nobody sees what is missing.
    pub fn read(folder: &Path) -> Result<Self, AuthoritiesError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            |cause| AuthoritiesError::Io { path, cause }
        };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(io(folder))? {
            let path = entry.map_err(io(folder))?.path();
            if path.extension().is_some_and(|e| e == "pem" || e == "crt") {
                files.push(path);
            }
        }
        files.sort();
        let mut all = Vec::new();
        for path in files {
            let before = all.len();
            let text = std::fs::read(&path).map_err(io(&path))?;
            for der in CertificateDer::pem_slice_iter(&text) {
                let der = der.map_err(|_| AuthoritiesError::NoCertificate(path.clone()))?;
                let parsed = Certificate::from_der(&der);
                all.push(parsed.map_err(|_| AuthoritiesError::Certificate(path.clone()))?);
                if all.len() > MOST {
                    return Err(AuthoritiesError::TooMany(folder.to_owned()));
                }
            }
            if all.len() == before {
                return Err(AuthoritiesError::NoCertificate(path));
            }
        }
        Ok(Self(all))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn all(&self) -> &[Certificate] {
        &self.0
    }
}
