//! What the province can do wrong.
//!
//! Duty: `province.KIND[_once][@STEP]` ↔ value, and the list of all. Never: act; the gate and the rules do that.

use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Connections are closed without a word.
    Down,
    /// An honest 503.
    Unavailable,
    /// An honest 429 with `Retry-After: 2`.
    RateLimited429,
    /// Every answer comes two seconds late.
    Slow,
    /// Every answer comes twelve seconds late: longer than a resident waits without a word.
    VerySlow,
    /// The request is taken and never answered.
    Silent,
    /// The connection breaks before anything was done.
    DropBeforeCommit,
    /// All is done, then the connection breaks before the answer.
    DropAfterCommit,
    /// All is done, then half of the answer comes.
    HalfAnswer,
    /// Nothing is done; HTTP says 200, the envelope says `internal`.
    Error200,
    /// Nothing is done; HTTP says 200 and sends a web page, as a captive portal does.
    WrongContentType,
    /// The department does not accept the case.
    Refuse,
    /// The department wants a paper that is missing.
    Supplement,
    /// One file of the catalogue is cut short.
    CatalogueBroken,
    /// A certificate was changed after it was sealed.
    SealAltered,
    /// What a certificate was sealed with had ended.
    SealExpired,
    /// An authority that nobody trusts answers for a certificate's seal.
    SealUnknownIssuer,
    /// A certificate comes without a seal.
    SealMissing,
}

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

/// How long a fault stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repeat {
    /// Until it is taken away.
    Always,
    /// For the next call that it concerns.
    Once,
}

/// A fault: what, at which call, how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// At this call only; `None` is every call that the kind can concern.
    pub step: Option<Step>,
    /// How often.
    pub repeat: Repeat,
}

/// A fault as a command line names it, and what then happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultName {
    /// `province.drop_after_commit`.
    pub name: &'static str,
    /// What the province does then, one line.
    pub meaning: &'static str,
}

const KINDS: [(FaultKind, FaultName); 18] = [
    named(FaultKind::Down, "province.down", "connections are closed without a word"),
    named(FaultKind::Unavailable, "province.unavailable", "every call is answered with 503"),
    named(
        FaultKind::RateLimited429,
        "province.rate_limited_429",
        "every call is answered with 429 and Retry-After",
    ),
    named(FaultKind::Slow, "province.slow", "every answer comes two seconds late"),
    named(FaultKind::VerySlow, "province.very_slow", "every answer comes twelve seconds late"),
    named(FaultKind::Silent, "province.silent", "requests are taken and never answered"),
    named(
        FaultKind::DropBeforeCommit,
        "province.drop_before_commit",
        "the connection breaks before a case is kept",
    ),
    named(
        FaultKind::DropAfterCommit,
        "province.drop_after_commit",
        "a case is kept, then the connection breaks",
    ),
    named(FaultKind::HalfAnswer, "province.half_answer", "a case is kept, then half of the answer comes"),
    named(FaultKind::Error200, "province.error_200", "HTTP says 200, the envelope says error"),
    named(
        FaultKind::WrongContentType,
        "province.wrong_content_type",
        "a web page comes instead of an answer",
    ),
    named(FaultKind::Refuse, "province.refuse", "the department does not accept a case"),
    named(FaultKind::Supplement, "province.supplement", "the department wants a missing paper"),
    named(FaultKind::CatalogueBroken, "province.catalogue_broken", "one file of the catalogue is cut short"),
    named(FaultKind::SealAltered, "province.seal_altered", "a certificate was changed after it was sealed"),
    named(FaultKind::SealExpired, "province.seal_expired", "what a certificate was sealed with had ended"),
    named(
        FaultKind::SealUnknownIssuer,
        "province.seal_unknown_issuer",
        "an authority that nobody trusts answers for a certificate's seal",
    ),
    named(FaultKind::SealMissing, "province.seal_missing", "a certificate comes without a seal"),
];

const fn named(kind: FaultKind, name: &'static str, meaning: &'static str) -> (FaultKind, FaultName) {
    (kind, FaultName { name, meaning })
}

const STEPS: [(Step, &str); 24] = [
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

/// Every fault: what `--fault list` prints. Each name may end in `_once` (the next call only) and in `@STEP`
/// ([`step_names`]).
pub fn list() -> impl Iterator<Item = FaultName> {
    KINDS.into_iter().map(|(_, name)| name)
}

/// The names of the steps that may follow `@`.
pub fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().map(|(_, name)| name)
}

impl FaultKind {
    /// The call that the kind concerns when none is named; `None` is every call.
    const fn usual_step(self) -> Option<Step> {
        match self {
            Self::DropBeforeCommit
            | Self::DropAfterCommit
            | Self::HalfAnswer
            | Self::Refuse
            | Self::Supplement => Some(Step::Submit),
            Self::CatalogueBroken => Some(Step::Catalogue),
            Self::SealAltered | Self::SealExpired | Self::SealUnknownIssuer | Self::SealMissing => {
                Some(Step::Certificate)
            }
            _ => None,
        }
    }
}

impl Fault {
    /// A fault that stays, at the calls that its kind usually concerns.
    pub const fn always(kind: FaultKind) -> Self {
        Self { kind, step: None, repeat: Repeat::Always }
    }

    /// A fault of the next call that its kind usually concerns.
    pub const fn once(kind: FaultKind) -> Self {
        Self { kind, step: None, repeat: Repeat::Once }
    }

    /// The same fault at one call only.
    pub const fn at(self, step: Step) -> Self {
        Self { step: Some(step), ..self }
    }

    /// Whether it concerns a call.
    pub fn concerns(self, step: Step) -> bool {
        self.step.or(self.kind.usual_step()).is_none_or(|at| at == step)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = KINDS.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, n)| n.name);
        f.write_str(name)?;
        if self.repeat == Repeat::Once {
            f.write_str("_once")?;
        }
        match self.step.and_then(|step| STEPS.iter().find(|(s, _)| *s == step)) {
            Some((_, step)) => write!(f, "@{step}"),
            None => Ok(()),
        }
    }
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn set(&self, fault: Fault) {
        let mut faults = self.lock();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }

    pub(crate) fn clear(&self, fault: Option<Fault>) {
        self.lock().retain(|f| fault.is_some_and(|gone| gone != *f));
    }

    pub(crate) fn in_force(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Whether a fault of this kind strikes the call now; one that strikes once is then gone.
    pub(crate) fn strikes(&self, kind: FaultKind, step: Step) -> bool {
        let mut faults = self.lock();
        let Some(at) = faults.iter().position(|f| f.kind == kind && f.concerns(step)) else { return false };
        if faults[at].repeat == Repeat::Once {
            faults.remove(at);
        }
        true
    }

    /// Whether connections are to be closed before a byte of TLS: the province is down at every call, until that is
    /// taken away.
    pub(crate) fn shut_the_door(&self) -> bool {
        self.lock().contains(&Fault::always(FaultKind::Down))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fault of the province: `--fault list` prints them all")]
pub struct UnknownFault(pub String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let unknown = || UnknownFault(text.to_owned());
        let (name, step) = match text.split_once('@') {
            None => (text, None),
            Some((name, step)) => {
                let known = STEPS.iter().find(|(_, s)| *s == step).ok_or_else(unknown)?;
                (name, Some(known.0))
            }
        };
        let (name, repeat) = match name.strip_suffix("_once") {
            Some(name) => (name, Repeat::Once),
            None => (name, Repeat::Always),
        };
        let (kind, _) = KINDS.iter().find(|(_, n)| n.name == name).ok_or_else(unknown)?;
        Ok(Self { kind: *kind, step, repeat })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_comes_back() {
        let mut seen = BTreeSet::new();
        for FaultName { name, meaning } in list() {
            assert!(!meaning.is_empty() && seen.insert(name), "{name}");
            for text in
                step_names().map(|s| format!("{name}@{s}")).chain([name.to_owned(), format!("{name}_once")])
            {
                assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
            }
        }
    }

    #[test]
    fn what_is_not_listed_is_refused() {
        for text in [
            "",
            "province",
            "province.",
            "province.down@",
            "province.down@moon",
            "printer.down",
            "province.down@submit_once",
        ] {
            assert_eq!(text.parse::<Fault>(), Err(UnknownFault(text.to_owned())));
        }
    }

    #[test]
    fn once_is_once() {
        let faults = Faults::default();
        faults.set(Fault::once(FaultKind::Down));
        faults.set(Fault::always(FaultKind::Slow).at(Step::Submit));
        assert!(!faults.shut_the_door());
        assert!(faults.strikes(FaultKind::Down, Step::Session));
        assert!(!faults.strikes(FaultKind::Down, Step::Session));
        assert!(
            faults.strikes(FaultKind::Slow, Step::Submit) && faults.strikes(FaultKind::Slow, Step::Submit)
        );
        assert!(!faults.strikes(FaultKind::Slow, Step::Session));
        faults.clear(None);
        assert_eq!(faults.in_force(), []);
    }

    #[test]
    fn a_commit_is_that_of_a_case_unless_a_step_is_named() {
        let check = |text: &str, step, want| {
            assert_eq!(text.parse::<Fault>().unwrap().concerns(step), want, "{text}");
        };
        check("province.drop_after_commit", Step::Submit, true);
        check("province.drop_after_commit", Step::Session, false);
        check("province.drop_after_commit@rating", Step::Rating, true);
        check("province.drop_after_commit@rating", Step::Submit, false);
        check("province.down", Step::LookUp, true);
        check("province.down@submit", Step::LookUp, false);
    }
}
