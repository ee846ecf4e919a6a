//! The calls of the contract at which a fault can strike.

/// One call of the contract, by the name that a fault gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A terminal begins its service.
    Activate,
    /// How the terminal is.
    Heartbeat,
    /// What happened at the terminal.
    Events,
    /// The items.
    Catalogue,
    /// Districts, streets, communities.
    Divisions,
    /// Who stands at the terminal.
    Session,
    /// A code by SMS.
    Sms,
    /// Does the face fit.
    Face,
    /// What a face engine at the terminal said.
    FaceVerdict,
    /// Staff sign in.
    Staff,
    /// Is there anything to do.
    Inquiry,
    /// What the province already knows.
    Prefill,
    /// The issuer's file.
    Certificate,
    /// A list to read.
    Directory,
    /// 您还能办.
    Suggestions,
    /// A material.
    Material,
    /// A case.
    Submit,
    /// What became of a submission.
    LookUp,
    /// How far a case is.
    Status,
    /// Reasons for a low rating.
    RatingOptions,
    /// A rating.
    Rating,
    /// Policy cards.
    Notices,
    /// Warnings.
    Warnings,
    /// A call for a human.
    Assist,
    /// Please call back.
    Callback,
    /// What the terminal runs out of.
    Supplies,
    /// What is broken.
    FaultReport,
    /// How the terminal is set.
    Configuration,
    /// What differs from an older catalogue.
    Delta,
    /// The items as a list.
    Items,
    /// The guide of an item.
    Guide,
    /// The form of an item.
    Form,
    /// A material in pieces is announced.
    Upload,
    /// A piece of it, or how far it is.
    Piece,
    /// What a person has begun and filed.
    MyCases,
    /// A draft is kept.
    SaveDraft,
    /// A draft comes back.
    Draft,
    /// What was missing.
    Supplement,
    /// A case is taken back.
    Withdrawal,
    /// What was decided.
    Result,
    /// A code by SMS that allows a look at certificates.
    LicenceSms,
    /// A look at certificates is allowed.
    Authorise,
    /// Which certificates there are.
    Licences,
    /// One of them as a picture.
    Render,
    /// A matter of the neighbourhood.
    Appeal,
    /// How far it is.
    AppealStatus,
    /// How its answer was found.
    Feedback,
    /// Times that can be booked.
    Slots,
    /// One is booked.
    Book,
    /// It is taken back.
    Cancel,
    /// What can be helped with.
    Activities,
    /// Somebody helps with it.
    SignUp,
}

pub(super) const STEPS: [(Step, &str); 52] = [
    (Step::Activate, "activate"),
    (Step::Heartbeat, "heartbeat"),
    (Step::Events, "events"),
    (Step::Catalogue, "catalogue"),
    (Step::Divisions, "divisions"),
    (Step::Session, "session"),
    (Step::Sms, "sms"),
    (Step::Face, "face"),
    (Step::FaceVerdict, "face_verdict"),
    (Step::Staff, "staff"),
    (Step::Inquiry, "inquiry"),
    (Step::Prefill, "prefill"),
    (Step::Certificate, "certificate"),
    (Step::Directory, "directory"),
    (Step::Suggestions, "suggestions"),
    (Step::Material, "material"),
    (Step::Submit, "submit"),
    (Step::LookUp, "look_up"),
    (Step::Status, "status"),
    (Step::RatingOptions, "rating_options"),
    (Step::Rating, "rating"),
    (Step::Notices, "notices"),
    (Step::Warnings, "warnings"),
    (Step::Assist, "assist"),
    (Step::Callback, "callback"),
    (Step::Supplies, "supplies"),
    (Step::FaultReport, "fault_report"),
    (Step::Configuration, "configuration"),
    (Step::Delta, "catalogue_delta"),
    (Step::Items, "items"),
    (Step::Guide, "guide"),
    (Step::Form, "form"),
    (Step::Upload, "upload"),
    (Step::Piece, "piece"),
    (Step::MyCases, "my_cases"),
    (Step::SaveDraft, "save_draft"),
    (Step::Draft, "draft"),
    (Step::Supplement, "supplement"),
    (Step::Withdrawal, "withdrawal"),
    (Step::Result, "result"),
    (Step::LicenceSms, "licence_sms"),
    (Step::Authorise, "authorise"),
    (Step::Licences, "licences"),
    (Step::Render, "render"),
    (Step::Appeal, "appeal"),
    (Step::AppealStatus, "appeal_status"),
    (Step::Feedback, "feedback"),
    (Step::Slots, "slots"),
    (Step::Book, "book"),
    (Step::Cancel, "cancel"),
    (Step::Activities, "activities"),
    (Step::SignUp, "sign_up"),
];

/// The names of the steps that may follow `@`.
pub fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().map(|(_, name)| name)
}
