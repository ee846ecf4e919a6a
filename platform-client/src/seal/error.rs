//! What is wrong with a seal, by name.

use domain::seal::SealProblem;

/// Why a file is not shown: one of the six answers, and what in the file gave it. Nothing of a resident is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Nobody sealed it.
    #[error("the file bears no seal")]
    Missing,
    /// It is no file of these formats, or damaged in a way that lets nobody say more.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] Unreadable),
    /// It is sealed in a way that this program cannot check.
    #[error("the seal cannot be checked here: {0}")]
    Unsupported(#[from] Unsupported),
    /// File, seal or signature are not what was sealed.
    #[error("the file was altered: {0}")]
    Altered(#[from] Altered),
    /// No configured authority answers for it.
    #[error("nobody known answers for the seal: {0}")]
    UnknownIssuer(#[from] UnknownIssuer),
    /// Seal or certificate were not valid then, or are not now.
    #[error("the seal has expired: {0}")]
    Expired(#[from] Expired),
}

impl SealError {
    /// Which of the answers it is.
    pub const fn problem(self) -> SealProblem {
        match self {
            Self::Missing => SealProblem::Missing,
            Self::Unreadable(_) => SealProblem::Unreadable,
            Self::Unsupported(_) => SealProblem::Unsupported,
            Self::Altered(_) => SealProblem::Altered,
            Self::UnknownIssuer(_) => SealProblem::UnknownIssuer,
            Self::Expired(_) => SealProblem::Expired,
        }
    }
}

/// What cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each one's words say it")]
pub enum Unreadable {
    #[error("it is neither PDF nor OFD")]
    Format,
    #[error("it is longer than a certificate may be")]
    TooLong,
    #[error("the PDF's table of objects")]
    PdfTable,
    #[error("an object of the PDF")]
    PdfObject,
    #[error("a compressed stream of the PDF")]
    PdfStream,
    #[error("the PDF goes round in circles or nests too deep")]
    PdfBounds,
    #[error("the signature's dictionary in the PDF")]
    PdfSignature,
    #[error("the signature's bytes (CMS)")]
    Cms,
    #[error("a certificate in the seal")]
    Certificate,
    #[error("the package's directory")]
    ZipDirectory,
    #[error("a file of the package is not where the package's directory says")]
    ZipEntry,
    #[error("a compressed file of the package")]
    ZipData,
    #[error("too many files in the package")]
    ZipCount,
    #[error("the package unpacks to more than a certificate may be")]
    ZipBomb,
    #[error("a name in the package leads out of it")]
    ZipPath,
    #[error("two files of the package have one name")]
    ZipDuplicate,
    #[error("an XML file of the package")]
    Xml,
    #[error("an XML file of the package declares entities")]
    XmlEntities,
    #[error("an XML file of the package is too long or nests too deep")]
    XmlBounds,
    #[error("the package's list of documents (OFD.xml)")]
    OfdRoot,
    #[error("the package's list of seals (Signatures.xml)")]
    OfdSignatures,
    #[error("the description of a seal (Signature.xml)")]
    OfdSignature,
    #[error("the seal's own bytes (GB/T 38540)")]
    Ses,
}

/// What cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each one's words say it")]
pub enum Unsupported {
    #[error("an encrypted PDF")]
    EncryptedPdf,
    #[error("a signature of a PDF that is neither adbe.pkcs7.detached nor ETSI.CAdES.detached")]
    SubFilter,
    #[error("a digest other than SHA-256 and SM3")]
    Digest,
    #[error("an algorithm other than RSA or ECDSA P-256 with SHA-256, and SM2 with SM3")]
    Algorithm,
    #[error("a signature of more than one signer in one place")]
    Signers,
    #[error("a certificate with a critical extension that is not known here")]
    CriticalExtension,
    #[error("a package of another kind (ZIP64, encrypted, split, or compressed otherwise than by deflate)")]
    ZipKind,
    #[error("an OFD of another version")]
    OfdVersion,
    #[error("an OFD with several documents")]
    OfdDocuments,
    #[error("an OFD that is signed without a seal")]
    PlainSignature,
    #[error("a seal of another version than 4")]
    SealVersion,
    #[error("a seal with a critical extension")]
    SealExtension,
}

/// What was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each one's words say it")]
pub enum Altered {
    #[error("something was added after it was sealed")]
    AddedAfterwards,
    #[error("the seal does not cover the whole file")]
    NotCovered,
    #[error("its content has another digest than the seal says")]
    Digest,
    #[error("the signature is not that of the certificate beside it")]
    Signature,
    #[error("the signature names another certificate than the one beside it")]
    OtherCertificate,
    #[error("there is more in the signature's place than the signature")]
    HoleNotClean,
    #[error("a file that was sealed is no longer in the package")]
    FileMissing,
    #[error("a file of the package is outside of the seal")]
    FileOutside,
    #[error("the seal beside the signature is another than the one in it")]
    OtherSeal,
    #[error("the seal's maker did not sign it")]
    SealSignature,
    #[error("whoever sealed it is not among those who may use this seal")]
    NotTheSealsUser,
}

/// Why nobody answers for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each one's words say it")]
pub enum UnknownIssuer {
    #[error("no authority is configured")]
    NoAuthorities,
    #[error("no configured authority signed the certificate")]
    NotFound,
    #[error("the certificate may not be used for signing")]
    NotForSigning,
    #[error("a certificate between is no authority's")]
    NotAnAuthority,
}

/// What was not valid, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each one's words say it")]
pub enum Expired {
    #[error("a certificate was not valid when it was sealed")]
    CertificateThen,
    #[error("a certificate is not valid now")]
    CertificateNow,
    #[error("the seal was not valid when it was used")]
    SealThen,
    #[error("the seal is not valid now")]
    SealNow,
    #[error("it says that it was sealed later than now: this clock or that one is wrong")]
    Future,
}
