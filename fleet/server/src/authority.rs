//! The authority that certifies terminals and the server itself (RFC 5280).
//!
//! Duty: make the root once, sign what terminals ask for. Never: take a name from a request: the caller says whose it is.

use crate::private_file::{self, PrivateFileError};
use crate::secret::{self, NoEntropy};
use fleet_api::{TerminalId, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};
use std::path::Path;
use time::Duration;

/// The unit in the certificate by which an instance calls another; no terminal's certificate has one.
pub(crate) const INSTANCE_UNIT: &str = "instance";
/// How long a terminal's certificate lasts.
pub const TERMINAL_LIFE: Duration = Duration::days(90);
const SERVER_LIFE: Duration = Duration::days(397);
const ROOT_LIFE: Duration = Duration::days(20 * 365);
/// A terminal's clock may be behind.
const SLACK: Duration = Duration::hours(24);

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A key's file.
    #[error("a key of the authority cannot be used")]
    File(#[from] PrivateFileError),
    /// What was asked is no request that is understood (PKCS #10, its own signature, an algorithm).
    #[error("the certificate request cannot be used")]
    Request(#[source] rcgen::Error),
    /// Making it failed.
    #[error("a certificate cannot be made")]
    Make(#[from] rcgen::Error),
    /// No random bytes for a serial number.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// A certificate that was made.
#[derive(Debug, Clone)]
pub struct Certified {
    /// PEM.
    pub pem: String,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// Its last moment.
    pub until: Timestamp,
    /// The SHA-256 of the key that it is for.
    pub key_sha256: String,
}

/// A certificate of the server's own, and its key.
pub struct Own {
    /// The certificate and the root, PEM.
    pub chain: String,
    /// The key, PEM.
    pub key: String,
    /// The certificate's last moment.
    pub until: Timestamp,
}

/// The authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root_pem: String,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// The authority of this folder, made at the first run.
    ///
    /// # Errors
    /// Its files cannot be used or made.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Self, AuthorityError> {
        let (key_file, root_file) = (folder.join("authority.key"), folder.join("authority.pem"));
        if let (Some(key), Some(root_pem)) = (private_file::read(&key_file)?, private_file::read(&root_file)?)
        {
            let key = KeyPair::from_pem(&key)?;
            return Ok(Self { issuer: Issuer::from_ca_cert_pem(&root_pem, key)?, root_pem });
        }
        let key = KeyPair::generate()?;
        let mut root = CertificateParams::default();
        root.distinguished_name = name("Yilin fleet authority");
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        root.serial_number = Some(serial()?);
        root.not_before = now - SLACK;
        root.not_after = now + ROOT_LIFE;
        let root_pem = root.self_signed(&key)?.pem();
        private_file::write(&key_file, &key.serialize_pem())?;
        private_file::write(&root_file, &root_pem)?;
        Ok(Self { issuer: Issuer::new(root, key), root_pem })
    }

    /// The root, PEM.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The SHA-256 of the key of a request whose own signature is right.
    ///
    /// # Errors
    /// It is no such request.
    pub fn key_of(request: &str) -> Result<String, AuthorityError> {
        let request = CertificateSigningRequestParams::from_pem(request).map_err(AuthorityError::Request)?;
        Ok(key_sha256(&request))
    }

    /// A certificate for `terminal`; of the request only the key counts.
    ///
    /// # Errors
    /// It is no request, or nothing can be signed.
    pub fn certify(
        &self,
        terminal: &TerminalId,
        request: &str,
        now: Timestamp,
    ) -> Result<Certified, AuthorityError> {
        let mut request =
            CertificateSigningRequestParams::from_pem(request).map_err(AuthorityError::Request)?;
        let serial = serial()?;
        let until = now + TERMINAL_LIFE;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&terminal.0);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.serial_number = Some(serial.clone());
        params.not_before = now - SLACK;
        params.not_after = until;
        params.use_authority_key_identifier_extension = true;
        request.params = params;
        let key_sha256 = key_sha256(&request);
        let certificate = request.signed_by(&self.issuer)?;
        Ok(Certified { pem: certificate.pem(), serial: secret::hex(&serial.to_bytes()), until, key_sha256 })
    }

    /// A fresh key and certificate for the server.
    ///
    /// # Errors
    /// A name is none, or nothing can be signed.
    pub fn certify_server(&self, names: &[String], now: Timestamp) -> Result<Own, AuthorityError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("Yilin fleet server");
        params.subject_alt_names = names
            .iter()
            .map(|name| match name.parse() {
                Ok(address) => Ok(SanType::IpAddress(address)),
                Err(_) => name.as_str().try_into().map(SanType::DnsName),
            })
            .collect::<Result<_, _>>()?;
        self.own(params, ExtendedKeyUsagePurpose::ServerAuth, now)
    }

    /// A fresh key and certificate by which this instance calls the others.
    ///
    /// # Errors
    /// Nothing can be signed.
    pub fn certify_instance(&self, now: Timestamp) -> Result<Own, AuthorityError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("Yilin fleet server");
        params.distinguished_name.push(DnType::OrganizationalUnitName, INSTANCE_UNIT);
        self.own(params, ExtendedKeyUsagePurpose::ClientAuth, now)
    }

    /// A fresh key of the server's own and its certificate.
    fn own(
        &self,
        mut params: CertificateParams,
        purpose: ExtendedKeyUsagePurpose,
        now: Timestamp,
    ) -> Result<Own, AuthorityError> {
        let (key, until) = (KeyPair::generate()?, now + SERVER_LIFE);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.serial_number = Some(serial()?);
        params.not_before = now - SLACK;
        params.not_after = until;
        params.use_authority_key_identifier_extension = true;
        let chain = params.signed_by(&key, &self.issuer)?.pem() + &self.root_pem;
        Ok(Own { chain, key: key.serialize_pem(), until })
    }
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// 127 random bits: positive, and of 16 bytes (RFC 5280, 4.1.2.2).
fn serial() -> Result<SerialNumber, NoEntropy> {
    let mut bytes = secret::random::<16>()?;
    bytes[0] = bytes[0] & 0x7F | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn key_sha256(request: &CertificateSigningRequestParams) -> String {
    use rcgen::PublicKeyData as _;
    secret::sha256(request.public_key.der_bytes())
}
