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
}

pub(super) const STEPS: [(Step, &str); 24] = [
    (Step::Activate, "activate"),
    (Step::Heartbeat, "heartbeat"),
    (Step::Events, "events"),
    (Step::Catalogue, "catalogue"),
    (Step::Divisions, "divisions"),
    (Step::Session, "session"),
    (Step::Sms, "sms"),
    (Step::Face, "face"),
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
];

/// The names of the steps that may follow `@`.
pub fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().map(|(_, name)| name)
}
