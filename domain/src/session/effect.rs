//! What the session asks of the world.

use super::event::{IssuedCertificate, ListedLicence, Ticket};
use crate::case::Submission;
use crate::device::Lights;
use crate::division::DivisionCode;
use crate::form::PhotoSubject;
use crate::identity::{Consent, Identity, IdentityWay};
use crate::licence::LicenceKind;
use crate::locale::Localized;
use crate::material::Picture;
use crate::paper::Paper;
use crate::personal::Personal;
use crate::rating::ServiceRating;
use crate::service_item::{ItemId, ServiceItem};
use std::sync::Arc;

/// What the session asks of the world. An answer comes back as an event with the same ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// What the card reader is for from now on.
    Reader(ReaderUse),
    /// What the camera is for from now on.
    Camera(CameraUse),
    /// Which lights are lit from now on.
    Lights(Lights),
    /// Takes one picture for a field.
    TakePhoto(Ticket, PhotoSubject),
    /// Prints a paper of the terminal's own.
    Print(Ticket, Box<Paper>),
    /// Prints an issuer's file, unchanged.
    PrintCertificate(Ticket, Box<IssuedCertificate>),
    /// Asks the province.
    Ask(Ticket, Box<Question>),
    /// Saves the submission, then delivers it.
    Submit(Ticket, Box<Submission>),
    /// Leaves a submission to later delivery: nobody waits for it any more.
    DeliverLater(crate::case::SubmissionId),
    /// Calls the district's desk.
    CallDesk(HelpContext),
    /// The call of the desk is over for the resident.
    EndDesk,
    /// Says this aloud, in the language of the visit; what is being said breaks off.
    Say(Personal),
    /// Nothing is said any more.
    Hush,
    /// Keeps a rating and delivers it when the province answers.
    Rate(Box<RatingToSend>),
    /// Wipes everything of the resident outside the session: typed text, pictures, clips, timers.
    ForgetResident,
    /// A sound that insists: a card lies on the reader.
    RemindOfCard,
    /// The card was left on the reader; the keeper is told. Nothing of the card is in this.
    ReportForgottenCard,
    /// A keeper's or technician's action.
    Upkeep(super::event::Upkeep),
}

/// What the card reader is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ReaderUse {
    /// Nothing.
    #[default]
    Off,
    /// Says that a card came or went, and reads nothing.
    Watch,
    /// Reads the card that is placed.
    Read,
}

/// What the camera is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CameraUse {
    /// Nothing: it is dark.
    #[default]
    Off,
    /// Looks for a face, with hints.
    Face,
    /// Looks for a code.
    Code,
    /// Shows what a photo would show.
    Photo,
}

/// What is asked of the province.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Who shows this code.
    IdentifyByCode(IdentityWay, Personal),
    /// Send a code by SMS to the person with this number.
    SendSms(Personal),
    /// Who has this number and this code.
    IdentifyBySms {
        /// The number of the identity card.
        number: Personal,
        /// The code that came.
        code: Personal,
    },
    /// Who has this number; a worker vouches for the person.
    IdentifyByWorker {
        /// The number of the identity card.
        number: Personal,
        /// Who vouches.
        worker: crate::identity::Worker,
    },
    /// Whether the face fits the person.
    MatchFace(Identity, Picture),
    /// What is known before the form.
    WhatIsKnown {
        /// The item.
        item: Arc<ServiceItem>,
        /// Who.
        identity: Identity,
        /// By which consent: shared data are read with it and kept beside it.
        consent: Consent,
    },
    /// Send the person a code that allows a look at their certificates; the message says what for.
    SendLicenceSms {
        /// Who.
        identity: Identity,
        /// What for.
        purpose: Localized,
    },
    /// Allow a look at the person's certificates, and say which there are.
    Licences(Box<LicencesRequest>),
    /// Show one of them.
    Licence {
        /// Whose.
        identity: Identity,
        /// What allows it.
        authorisation: String,
        /// Which.
        licence: Box<ListedLicence>,
    },
    /// What is probably due.
    Suggestions(Identity),
    /// The issuer's file, for a reviewed form.
    Certificate(Box<CertificateRequest>),
    /// The list of a directory around the terminal's division.
    Directory(ItemId, DivisionCode),
    /// Who signs in with this badge and PIN.
    SignIn {
        /// The badge.
        badge: String,
        /// The PIN.
        pin: Personal,
    },
    /// A helper is asked to come to this page.
    CallHelp(HelpContext),
    /// Somebody is asked to call this number.
    CallBack(Personal, HelpContext),
}

/// A look at certificates of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct LicencesRequest {
    /// Whose.
    pub identity: Identity,
    /// The item that needs one.
    pub item: ItemId,
    /// What for: stands in the watermark.
    pub purpose: Localized,
    /// Where.
    pub place: DivisionCode,
    /// Which kind; none where any will do.
    pub kind: Option<LicenceKind>,
    /// How the person allows it.
    pub proof: LicenceProof,
}

/// How a person allows a look at their certificates.
#[derive(Debug, Clone, PartialEq)]
pub enum LicenceProof {
    /// The code that the province's app shows for it.
    ProvinceQr(Personal),
    /// The code that came by SMS.
    Sms(Personal),
}

/// What is asked of an issuer.
#[derive(Debug, Clone, PartialEq)]
pub struct CertificateRequest {
    /// For whom.
    pub identity: Identity,
    /// What for: stands in the watermark.
    pub purpose: Localized,
    /// The reviewed form.
    pub submission: Submission,
}

/// Where a resident asked for help: nothing of the resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpContext {
    /// The page below the help page.
    pub page: super::page::Page,
    /// The item, if one was chosen.
    pub item: Option<ItemId>,
}

/// A rating on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct RatingToSend {
    /// The submission or, where nothing was filed, the item alone.
    pub submission: Option<crate::case::SubmissionId>,
    /// The item.
    pub item: ItemId,
    /// The rating.
    pub rating: ServiceRating,
    /// When it was given.
    pub at: crate::terminal::Timestamp,
}
