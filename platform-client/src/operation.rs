//! The calls of the contract by name: method, path, and the interface to which each belongs.

use crate::contract::path;
use crate::http::Method;

/// One call of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// A terminal begins its service.
    Activate,
    /// How the terminal is.
    Heartbeat,
    /// What happened at the terminal.
    Events,
    /// What it runs out of.
    Supplies,
    /// What is broken.
    Faults,
    /// How it is set.
    Configuration,
    /// The items of the site.
    Catalogue,
    /// What differs from an older catalogue.
    CatalogueDelta,
    /// The divisions inside a division.
    Divisions,
    /// The items as a list.
    Items,
    /// The guide of an item.
    ItemGuide,
    /// The form of an item.
    ItemForm,
    /// Who stands at the terminal.
    OpenSession,
    /// Send a code by SMS.
    SendSms,
    /// Does the face fit.
    MatchFace,
    /// What a face engine at the terminal said.
    FaceVerdict,
    /// Who signs in with badge and PIN.
    StaffSignIn,
    /// Is there anything to do.
    Inquiry,
    /// What the province knows.
    Prefill,
    /// 您还能办.
    Suggestions,
    /// The issuer's file.
    Certificate,
    /// A list to read.
    Directory,
    /// Hand in a material.
    Material,
    /// Announce a material in pieces.
    BeginUpload,
    /// How far an upload is.
    UploadState,
    /// Hand in a piece.
    UploadPiece,
    /// File a case.
    Case,
    /// What became of a submission.
    CaseByKey,
    /// How far a case is.
    CaseStatus,
    /// What a person has begun and filed.
    MyCases,
    /// Keep a case that is not filed yet.
    SaveDraft,
    /// Go on with a draft.
    Draft,
    /// Hand in what was missing.
    Supplement,
    /// Take a case back.
    Withdraw,
    /// What was decided.
    CaseResult,
    /// Send a code that allows a look at certificates.
    LicenceSms,
    /// Allow a look at certificates.
    AuthoriseLicences,
    /// Which certificates there are.
    Licences,
    /// One certificate as a picture.
    RenderLicence,
    /// Reasons for a low rating.
    RatingOptions,
    /// Rate.
    Rating,
    /// Policy cards.
    Notices,
    /// Warnings in force.
    Warnings,
    /// Call a human.
    AssistCall,
    /// Ask for a call back.
    Callback,
    /// Tell a matter of the neighbourhood.
    Appeal,
    /// How far an appeal is.
    AppealStatus,
    /// Say how an answer was found.
    AppealFeedback,
    /// Times that can be booked.
    Slots,
    /// Book one.
    Book,
    /// Take an appointment back.
    CancelAppointment,
    /// What can be helped with.
    Activities,
    /// Help with it.
    SignUp,
}

/// A group of calls that one department answers; each can have a dialect of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interface {
    /// Terminals: activate, heartbeat, events, supplies, faults, configuration.
    Terminals,
    /// Catalogue, divisions, guides.
    Catalogue,
    /// Sessions and staff.
    Sessions,
    /// Inquiry, prefill, suggestions, certificate, directory.
    Items,
    /// Materials and cases.
    Cases,
    /// 电子证照.
    Licences,
    /// 好差评.
    Ratings,
    /// Notices and warnings.
    Board,
    /// Calls for a human.
    Assist,
    /// Appeals, appointments, volunteers.
    Community,
}

impl Interface {
    /// Every interface.
    pub const ALL: [Self; 10] = [
        Self::Terminals,
        Self::Catalogue,
        Self::Sessions,
        Self::Items,
        Self::Cases,
        Self::Licences,
        Self::Ratings,
        Self::Board,
        Self::Assist,
        Self::Community,
    ];

    /// The word of configuration files and command lines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Terminals => "terminals",
            Self::Catalogue => "catalogue",
            Self::Sessions => "sessions",
            Self::Items => "items",
            Self::Cases => "cases",
            Self::Licences => "licences",
            Self::Ratings => "ratings",
            Self::Board => "board",
            Self::Assist => "assist",
            Self::Community => "community",
        }
    }
}

/// Whether a call needs the resident's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionNeed {
    /// It does: `Authorization: Bearer …`.
    Needed,
    /// It does not.
    NotNeeded,
}

/// Whether a call has an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyNeed {
    /// It does: `Idempotency-Key`, which stands in the body too.
    Needed,
    /// It does not.
    NotNeeded,
}

/// What is fixed of a call.
struct Shape {
    interface: Interface,
    method: Method,
    path: &'static str,
    word: &'static str,
}

const fn shape(interface: Interface, method: Method, path: &'static str, word: &'static str) -> Shape {
    Shape { interface, method, path, word }
}

impl Operation {
    /// Every call, in the order of the contract's page.
    pub const ALL: [Self; 53] = [
        Self::Activate,
        Self::Heartbeat,
        Self::Events,
        Self::Supplies,
        Self::Faults,
        Self::Configuration,
        Self::Catalogue,
        Self::CatalogueDelta,
        Self::Divisions,
        Self::Items,
        Self::ItemGuide,
        Self::ItemForm,
        Self::OpenSession,
        Self::SendSms,
        Self::MatchFace,
        Self::FaceVerdict,
        Self::StaffSignIn,
        Self::Inquiry,
        Self::Prefill,
        Self::Suggestions,
        Self::Certificate,
        Self::Directory,
        Self::Material,
        Self::BeginUpload,
        Self::UploadState,
        Self::UploadPiece,
        Self::Case,
        Self::CaseByKey,
        Self::CaseStatus,
        Self::MyCases,
        Self::SaveDraft,
        Self::Draft,
        Self::Supplement,
        Self::Withdraw,
        Self::CaseResult,
        Self::LicenceSms,
        Self::AuthoriseLicences,
        Self::Licences,
        Self::RenderLicence,
        Self::RatingOptions,
        Self::Rating,
        Self::Notices,
        Self::Warnings,
        Self::AssistCall,
        Self::Callback,
        Self::Appeal,
        Self::AppealStatus,
        Self::AppealFeedback,
        Self::Slots,
        Self::Book,
        Self::CancelAppointment,
        Self::Activities,
        Self::SignUp,
    ];

    const fn shape(self) -> Shape {
        use Interface::{
            Assist, Board, Cases, Catalogue, Community, Items, Licences, Ratings, Sessions, Terminals,
        };
        use Method::{Get, Post};
        match self {
            Self::Activate => shape(Terminals, Post, path::ACTIVATE, "activate"),
            Self::Heartbeat => shape(Terminals, Post, path::HEARTBEAT, "heartbeat"),
            Self::Events => shape(Terminals, Post, path::EVENTS, "events"),
            Self::Supplies => shape(Terminals, Post, path::SUPPLIES, "supplies"),
            Self::Faults => shape(Terminals, Post, path::FAULTS, "faults"),
            Self::Configuration => shape(Terminals, Get, path::CONFIGURATION, "configuration"),
            Self::Catalogue => shape(Catalogue, Get, path::CATALOGUE, "catalogue"),
            Self::CatalogueDelta => shape(Catalogue, Get, path::CATALOGUE_DELTA, "catalogue delta"),
            Self::Divisions => shape(Catalogue, Get, path::DIVISIONS, "divisions"),
            Self::Items => shape(Catalogue, Get, path::ITEMS, "items"),
            Self::ItemGuide => shape(Catalogue, Get, path::ITEM, "item guide"),
            Self::ItemForm => shape(Catalogue, Get, path::ITEM_FORM, "item form"),
            Self::OpenSession => shape(Sessions, Post, path::SESSIONS, "session"),
            Self::SendSms => shape(Sessions, Post, path::SESSION_SMS, "sms"),
            Self::MatchFace => shape(Sessions, Post, path::SESSION_FACE, "face"),
            Self::FaceVerdict => shape(Sessions, Post, path::SESSION_FACE_VERDICT, "face verdict"),
            Self::StaffSignIn => shape(Sessions, Post, path::STAFF_SIGN_INS, "staff sign-in"),
            Self::Inquiry => shape(Items, Post, path::ITEM_INQUIRY, "inquiry"),
            Self::Prefill => shape(Items, Post, path::ITEM_PREFILL, "prefill"),
            Self::Suggestions => shape(Items, Post, path::SUGGESTIONS, "suggestions"),
            Self::Certificate => shape(Items, Post, path::ITEM_CERTIFICATE, "certificate"),
            Self::Directory => shape(Items, Get, path::ITEM_DIRECTORY, "directory"),
            Self::Material => shape(Cases, Post, path::MATERIALS, "material"),
            Self::BeginUpload => shape(Cases, Post, path::UPLOADS, "upload"),
            Self::UploadState => shape(Cases, Get, path::UPLOAD, "upload state"),
            Self::UploadPiece => shape(Cases, Post, path::UPLOAD, "upload piece"),
            Self::Case => shape(Cases, Post, path::CASES, "case"),
            Self::CaseByKey => shape(Cases, Get, path::CASE_BY_KEY, "case by key"),
            Self::CaseStatus => shape(Cases, Get, path::CASE_STATUS, "case status"),
            Self::MyCases => shape(Cases, Get, path::MY_CASES, "my cases"),
            Self::SaveDraft => shape(Cases, Post, path::DRAFTS, "draft"),
            Self::Draft => shape(Cases, Get, path::DRAFT, "kept draft"),
            Self::Supplement => shape(Cases, Post, path::SUPPLEMENTS, "supplement"),
            Self::Withdraw => shape(Cases, Post, path::WITHDRAWALS, "withdrawal"),
            Self::CaseResult => shape(Cases, Get, path::CASE_RESULT, "case result"),
            Self::LicenceSms => shape(Licences, Post, path::LICENCE_SMS, "licence sms"),
            Self::AuthoriseLicences => {
                shape(Licences, Post, path::LICENCE_AUTHORISATIONS, "licence authorisation")
            }
            Self::Licences => shape(Licences, Post, path::LICENCE_LIST, "licences"),
            Self::RenderLicence => shape(Licences, Post, path::LICENCE_RENDERINGS, "licence rendering"),
            Self::RatingOptions => shape(Ratings, Get, path::RATING_OPTIONS, "rating options"),
            Self::Rating => shape(Ratings, Post, path::RATINGS, "rating"),
            Self::Notices => shape(Board, Get, path::NOTICES, "notices"),
            Self::Warnings => shape(Board, Get, path::WARNINGS, "warnings"),
            Self::AssistCall => shape(Assist, Post, path::ASSIST_CALLS, "assist call"),
            Self::Callback => shape(Assist, Post, path::CALLBACKS, "callback"),
            Self::Appeal => shape(Community, Post, path::APPEALS, "appeal"),
            Self::AppealStatus => shape(Community, Get, path::APPEAL, "appeal status"),
            Self::AppealFeedback => shape(Community, Post, path::APPEAL_FEEDBACK, "appeal feedback"),
            Self::Slots => shape(Community, Get, path::SLOTS, "slots"),
            Self::Book => shape(Community, Post, path::APPOINTMENTS, "appointment"),
            Self::CancelAppointment => {
                shape(Community, Post, path::APPOINTMENT_CANCELLATIONS, "appointment cancellation")
            }
            Self::Activities => shape(Community, Get, path::VOLUNTEER_ACTIVITIES, "volunteer activities"),
            Self::SignUp => shape(Community, Post, path::VOLUNTEER_SIGN_UPS, "volunteer sign-up"),
        }
    }

    /// The interface to which it belongs.
    pub const fn interface(self) -> Interface {
        self.shape().interface
    }

    /// Its method.
    pub const fn method(self) -> Method {
        self.shape().method
    }

    /// Its path, a pattern of [`path`].
    pub const fn path(self) -> &'static str {
        self.shape().path
    }

    /// Its name in errors and journals.
    pub const fn word(self) -> &'static str {
        self.shape().word
    }

    /// Whether it needs the resident's session.
    pub const fn session(self) -> SessionNeed {
        match self {
            Self::MatchFace
            | Self::FaceVerdict
            | Self::Inquiry
            | Self::Prefill
            | Self::Suggestions
            | Self::Certificate
            | Self::MyCases
            | Self::SaveDraft
            | Self::Draft
            | Self::Supplement
            | Self::Withdraw
            | Self::CaseResult
            | Self::LicenceSms
            | Self::AuthoriseLicences
            | Self::Licences
            | Self::RenderLicence
            | Self::Book
            | Self::CancelAppointment
            | Self::SignUp => SessionNeed::Needed,
            _ => SessionNeed::NotNeeded,
        }
    }

    /// Whether it has an idempotency key.
    pub const fn key(self) -> KeyNeed {
        match self {
            Self::Case
            | Self::SaveDraft
            | Self::Supplement
            | Self::Withdraw
            | Self::Rating
            | Self::Appeal
            | Self::AppealFeedback
            | Self::Book
            | Self::CancelAppointment
            | Self::SignUp => KeyNeed::Needed,
            _ => KeyNeed::NotNeeded,
        }
    }

    /// The longest answer in bytes: files come with few calls.
    pub(crate) const fn longest_answer(self) -> usize {
        match self {
            Self::Certificate
            | Self::Catalogue
            | Self::CatalogueDelta
            | Self::CaseResult
            | Self::RenderLicence => 16 << 20,
            _ => 1 << 20,
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}
