//! In which form the office seals, and what can be wrong with a seal on purpose.

use std::str::FromStr;

use domain::terminal::Timestamp;
use image::GrayImage;
use ring::digest::{SHA256, digest};
use time::Duration;

use super::{cms, ofd, page, pdf};
use crate::contract::bytes::FileBytes;
use crate::contract::item::SealedFile;
use crate::sim::authority::{Authority, AuthorityError, Suite};
use crate::sim::store::hex;

/// The form of the sealed file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SealKind {
    /// PDF with a signature in SM2.
    #[default]
    Pdf,
    /// PDF with a signature in ECDSA P-256, which programs of others check as well.
    PdfP256,
    /// OFD with a seal after GB/T 38540, in SM2.
    Ofd,
}

/// The word is no form of a seal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no form of a seal: write pdf, pdf-p256 or ofd")]
pub struct UnknownSealKind(pub String);

impl FromStr for SealKind {
    type Err = UnknownSealKind;

    fn from_str(text: &str) -> Result<Self, UnknownSealKind> {
        match text {
            "pdf" => Ok(Self::Pdf),
            "pdf-p256" => Ok(Self::PdfP256),
            "ofd" => Ok(Self::Ofd),
            _ => Err(UnknownSealKind(text.to_owned())),
        }
    }
}

impl SealKind {
    pub(crate) const fn suite(self) -> Suite {
        match self {
            Self::Pdf | Self::Ofd => Suite::Sm2,
            Self::PdfP256 => Suite::P256,
        }
    }
}

/// What is wrong with a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The content was changed after it was sealed.
    Altered,
    /// What it was sealed with had ended the day before.
    Expired,
    /// An authority that nobody trusts answers for it.
    UnknownIssuer,
    /// There is none.
    Missing,
}

/// Who seals, how, and what goes wrong.
pub(crate) struct Sealing<'a> {
    pub(crate) kind: SealKind,
    pub(crate) authority: &'a Authority,
    pub(crate) flaw: Option<Flaw>,
}

impl Sealing<'_> {
    /// The sealed file of a page, with its digest; its name holds nothing of the person.
    pub(super) fn sealed(
        &self,
        plain: &GrayImage,
        name: &str,
        number: &str,
        now: Timestamp,
    ) -> Result<SealedFile, SealingError> {
        let file = self.file(plain, number, now)?;
        let ending = match self.kind {
            SealKind::Pdf | SealKind::PdfP256 => "pdf",
            SealKind::Ofd => "ofd",
        };
        Ok(SealedFile {
            name: format!("{name}.{ending}"),
            media_type: self.media_type().to_owned(),
            sha256: hex(digest(&SHA256, &file).as_ref()),
            bytes: FileBytes(file),
        })
    }

    const fn media_type(&self) -> &'static str {
        match self.kind {
            SealKind::Pdf | SealKind::PdfP256 => "application/pdf",
            SealKind::Ofd => "application/ofd",
        }
    }

    /// The page as a file under the seal.
    pub(super) fn file(
        &self,
        picture: &GrayImage,
        number: &str,
        now: Timestamp,
    ) -> Result<Vec<u8>, SealingError> {
        let foreign = match self.flaw {
            Some(Flaw::UnknownIssuer) => Some(Authority::foreign(self.kind.suite())?),
            _ => None,
        };
        let authority = foreign.as_ref().unwrap_or(self.authority);
        let yesterday = now - Duration::days(1);
        match self.kind {
            SealKind::Pdf | SealKind::PdfP256 => {
                if self.flaw == Some(Flaw::Missing) {
                    return Ok(pdf::plain(picture, number, now));
                }
                let lapsed = match self.flaw {
                    Some(Flaw::Expired) => Some(authority.lapsed(yesterday)?),
                    _ => None,
                };
                let certificate = lapsed.as_ref().unwrap_or(&authority.office.certificate);
                let unsigned = pdf::unsigned(picture, number, now);
                let signature = cms::sign(&authority.office, certificate, &unsigned.parts(), now)?;
                let mut file = unsigned.signed(&signature);
                if self.flaw == Some(Flaw::Altered) {
                    // A digit of the number in the title.
                    let at = file.windows(number.len()).position(|w| w == number.as_bytes());
                    if let Some(digit) = at.and_then(|at| file.get_mut(at + number.len() - 1)) {
                        *digit ^= 1;
                    }
                }
                Ok(file)
            }
            SealKind::Ofd => {
                let png = page::png(picture)?;
                let mut package = ofd::unsealed(png, number, now);
                if self.flaw != Some(Flaw::Missing) {
                    let until = if self.flaw == Some(Flaw::Expired) { Some(yesterday) } else { None };
                    ofd::seal(&mut package, authority, now, until)?;
                }
                if self.flaw == Some(Flaw::Altered) {
                    ofd::alter(&mut package);
                }
                Ok(ofd::packed(&package)?)
            }
        }
    }
}

/// Why there is no sealed file.
#[derive(Debug, thiserror::Error)]
pub(super) enum SealingError {
    #[error("the authority")]
    Authority(#[from] AuthorityError),
    #[error("the picture")]
    Picture(#[from] image::ImageError),
    #[error("the package")]
    Package(#[from] zip::result::ZipError),
}
