//! What the province, or the outbox before it, says.

use super::{AllowedLicences, LicenceFailure, Ticket};
use crate::case::SubmitOutcome;
use crate::identity::Identity;
use crate::locale::Localized;
use crate::material::{LicencePaper, Picture};
use crate::personal::Personal;
use crate::seal::SealProblem;
use crate::service_item::ItemId;

/// What the province said.
#[derive(Debug, Clone)]
pub enum ProvinceEvent {
    /// Who the code, the number or the network identity belongs to.
    Identified(Ticket, Result<Identity, AskFailure>),
    /// A code was sent by SMS to the end of this number.
    SmsSent(Ticket, Result<String, AskFailure>),
    /// What the matcher said of the face.
    FaceMatched(Ticket, Result<FaceVerdict, AskFailure>),
    /// What the province knows before the form.
    Known(Ticket, Result<KnownFacts, AskFailure>),
    /// The certificates of the library that a look is allowed at.
    Licences(Ticket, Result<AllowedLicences, AskFailure>),
    /// One of them, to look at.
    Licence(Ticket, Result<Box<LicencePaper>, LicenceFailure>),
    /// What is probably due.
    Suggestions(Ticket, Result<Vec<Suggestion>, AskFailure>),
    /// The issuer's file.
    Certificate(Ticket, Result<IssuedCertificate, CertificateFailure>),
    /// The list of a directory.
    Directory(Ticket, Result<Vec<DirectoryEntry>, AskFailure>),
    /// The submission is on disk, synced.
    Saved(Ticket),
    /// It could not be put on disk: nothing was sent.
    NotSaved(Ticket),
    /// What became of it.
    Outcome(Ticket, SubmitOutcome),
    /// The staff member who signed in.
    SignedIn(Ticket, Result<Staff, AskFailure>),
    /// A helper answered, or the call-back was noted.
    HelpAnswered(Ticket, Result<(), AskFailure>),
}

/// Why the province gave no answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskFailure {
    /// It cannot be reached now.
    Unreachable,
    /// It says no: wrong code, unknown person, expired.
    Refused,
}

/// Why there is no certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateFailure {
    /// It could not be asked for.
    Ask(AskFailure),
    /// The issuer says no, and why.
    Refused(Localized),
    /// A file came whose seal is not valid.
    Seal(SealProblem),
}

/// What the matcher said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaceVerdict {
    /// The face fits the card.
    Matched,
    /// It does not.
    NotMatched,
}

/// What the province knows before the form.
#[derive(Debug, Clone, Default)]
pub struct KnownFacts {
    /// The answer to "is there anything to do?", where it was asked.
    pub inquiry: Option<InquiryAnswer>,
    /// Values for the form.
    pub prefill: Vec<SharedValue>,
}

/// The answer to "is there anything to do?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InquiryAnswer {
    /// Go on.
    Open,
    /// Nothing needs to be done.
    NothingToDo {
        /// Until when.
        until: Option<time::Date>,
        /// The department's words.
        message: Localized,
    },
}

/// One value that the province shares.
#[derive(Debug, Clone)]
pub struct SharedValue {
    /// The key that a field's `shared.KEY` names.
    pub key: String,
    /// The value as text; its field's kind tells how it is read.
    pub value: Personal,
    /// The department that holds it.
    pub source: Localized,
}

/// Something that is probably due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The item.
    pub item: ItemId,
    /// Why.
    pub reason: Localized,
}

/// A file as its issuer made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// Its title.
    pub title: Localized,
    /// Its number, where it has one.
    pub number: Option<Personal>,
    /// The file, unchanged.
    pub file: Picture,
    /// Pictures of its pages.
    pub pages: Vec<Picture>,
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its name.
    pub name: Localized,
    /// What it is.
    pub kind: Localized,
    /// Where it is.
    pub address: Localized,
    /// How far from the terminal, on foot.
    pub metres: u32,
    /// When it is open.
    pub hours: Localized,
    /// Its telephone.
    pub phone: String,
}

/// A member of staff who signed in at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Badge and name.
    pub worker: crate::identity::Worker,
    /// What they may do here.
    pub role: StaffRole,
}

/// What a member of staff may do at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffRole {
    /// Acts for residents.
    Worker,
    /// Looks after the unit, and acts for residents.
    Keeper,
    /// Maintains the unit.
    Technician,
}
