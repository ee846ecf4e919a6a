//! What the province can do wrong.
//!
//! Duty: `province.KIND[_once|_every_N|~P][@STEP]` ↔ value, the list of all, and whose turn it is. Never: act; the gate,
//! the listener and the rules do that.

mod force;
mod kind;
mod step;

use std::num::NonZeroU32;
use std::str::FromStr;

pub(crate) use force::Faults;
pub use kind::{FaultKind, FaultName, list};
pub use step::{Step, step_names};

use kind::{KINDS, Reach};
use step::STEPS;

/// How long a fault stays, and how often it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Repeat {
    /// Until it is taken away.
    Always,
    /// `_once`: for the next call that it concerns.
    Once,
    /// `_every_N`: at every Nth call that it concerns.
    Every(NonZeroU32),
    /// `~0.1`: at about one call in ten that it concerns; which ones, the seed says.
    Sometimes(Chance),
}

/// A probability from 0 to 1 in steps of 0.0001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chance(u16);

impl Chance {
    /// So many of 10,000.
    pub(crate) const fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// `0`, `1`, or `0.` with one to four digits, the last of them not 0.
    fn parse(text: &str) -> Option<Self> {
        match (text, text.strip_prefix("0.")) {
            ("0", _) => Some(Self(0)),
            ("1", _) => Some(Self(10_000)),
            (_, Some(digits))
                if (1..=4).contains(&digits.len())
                    && digits.bytes().all(|b| b.is_ascii_digit())
                    && !digits.ends_with('0') =>
            {
                format!("{digits:0<4}").parse().ok().map(Self)
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => f.write_str("0"),
            10_000 => f.write_str("1"),
            part => f.write_str(format!("0.{part:04}").trim_end_matches('0')),
        }
    }
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
        match (self.kind.reach(), self.step) {
            (Reach::Handshake, _) => false,
            (_, Some(at)) | (Reach::Usually(at), None) => at == step,
            (Reach::Calls, None) => true,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.name())?;
        match self.repeat {
            Repeat::Always => {}
            Repeat::Once => f.write_str("_once")?,
            Repeat::Every(n) => write!(f, "_every_{n}")?,
            Repeat::Sometimes(chance) => write!(f, "~{chance}")?,
        }
        match self.step.and_then(|step| STEPS.iter().find(|(s, _)| *s == step)) {
            Some((_, step)) => write!(f, "@{step}"),
            None => Ok(()),
        }
    }
}

/// The name is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fault of the province: `--fault list` prints them all")]
pub struct UnknownFault(pub String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        parse(text).ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Fault> {
    let (name, step) = match text.split_once('@') {
        None => (text, None),
        Some((name, step)) => (name, Some(STEPS.iter().find(|(_, s)| *s == step)?.0)),
    };
    let (name, repeat) = if let Some((name, chance)) = name.split_once('~') {
        (name, Repeat::Sometimes(Chance::parse(chance)?))
    } else if let Some((name, n)) = name.split_once("_every_") {
        // `+3` and `03` are no way to write 3: a fault has one name.
        let plain = !n.starts_with(['+', '0']);
        (name, Repeat::Every(n.parse().ok().filter(|_| plain)?))
    } else if let Some(name) = name.strip_suffix("_once") {
        (name, Repeat::Once)
    } else {
        (name, Repeat::Always)
    };
    let (kind, reach, _) = KINDS.iter().find(|(.., n)| n.name == name)?;
    // In the handshake nobody knows yet what will be asked.
    let fits = step.is_none() || *reach != Reach::Handshake;
    fits.then_some(Fault { kind: *kind, step, repeat })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_comes_back() {
        let mut seen = BTreeSet::new();
        for (kind, reach, FaultName { name, meaning }) in KINDS {
            assert!(!meaning.is_empty() && seen.insert(name), "{name}");
            let often =
                ["", "_once", "_every_3", "~0.1", "~0.0005", "~0", "~1"].map(|s| format!("{name}{s}"));
            let at = step_names().map(|s| format!("{name}@{s}"));
            for text in often.into_iter().chain(at.filter(|_| reach != Reach::Handshake)) {
                assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
            }
            assert_eq!(reach == Reach::Handshake, FaultKind::HANDSHAKE.contains(&kind), "{name}");
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
            "province.down_every_0",
            "province.down_every_",
            "province.down_every_03",
            "province.down_every_-1",
            "province.down~",
            "province.down~2",
            "province.down~0.10",
            "province.down~0.00001",
            "province.down~.5",
            "province.down_once~0.5",
            "province.tls_expired@submit",
        ] {
            assert_eq!(text.parse::<Fault>(), Err(UnknownFault(text.to_owned())));
        }
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
        check("province.tls_expired", Step::LookUp, false);
    }
}
