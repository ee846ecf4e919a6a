//! What the province says of a resident's certificates in its library.

use super::AskFailure;
use crate::licence::LicenceId;
use crate::locale::Localized;
use crate::seal::SealProblem;
use time::Date;

/// What a resident allowed a look at, for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedLicences {
    /// What the authorisation is called.
    pub authorisation: String,
    /// Their certificates of the kind that was asked for.
    pub licences: Vec<ListedLicence>,
}

/// A certificate in the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLicence {
    /// Its number.
    pub number: LicenceId,
    /// What it is called.
    pub name: Localized,
    /// Who issued it.
    pub issuer: Localized,
    /// The last day on which it is valid; none when it does not end.
    pub valid_until: Option<Date>,
    /// Whether it counts.
    pub standing: LicenceStanding,
}

/// Whether a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LicenceStanding {
    /// It does.
    Valid,
    /// Its last day is over.
    Expired,
    /// Its issuer took it back.
    Revoked,
}

/// Why a certificate is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LicenceFailure {
    /// The province cannot be reached, or says no: the authorisation is over.
    Ask(AskFailure),
    /// A file came whose seal is not valid.
    Seal(SealProblem),
}
