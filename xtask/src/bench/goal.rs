//! What a median is held to.

use std::str::FromStr;

/// At most so much, or at least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// `≤ 2`: ours, in the metric's unit.
    Value(f64),
    /// `≥ 2`: ours, in the metric's unit.
    LeastValue(f64),
    /// `≤ 1/5 ×`: ours over the anchor's.
    Ratio(f64),
    /// `≤ 1.5 × + 1`: so many times the anchor's, and so much more in the metric's unit.
    RatioAnd(f64, f64),
    /// `≥ 0.7 ×`: ours over the anchor's.
    LeastRatio(f64),
    /// `≤ anchor − 12`: ours below the anchor's by so much, in the metric's unit.
    Below(f64),
}

/// The text is no goal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no goal: write `≤ 2` or `≥ 2` for the unit, `≤ 1/5 ×` or `≥ 0.7 ×` for a part of the anchor, `≤ 1.5 × + 1` for so much more than it, `≤ anchor − 12` for less than the anchor"
)]
pub(crate) struct GoalError(String);

impl FromStr for Goal {
    type Err = GoalError;

    fn from_str(text: &str) -> Result<Self, GoalError> {
        let failed = || GoalError(text.to_owned());
        let (rest, least) = match text.strip_prefix('≥') {
            Some(rest) => (rest.trim(), true),
            None => (text.strip_prefix('≤').ok_or_else(failed)?.trim(), false),
        };
        if !least && let Some(number) = rest.strip_prefix("anchor −") {
            let below = number.trim().parse().ok().filter(|number: &f64| number.is_finite());
            return below.map(Self::Below).ok_or_else(failed);
        }
        if !least && let Some((times, more)) = rest.split_once("× +") {
            let number = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
            let both = number(times).zip(number(more));
            return both.map(|(times, more)| Self::RatioAnd(times, more)).ok_or_else(failed);
        }
        let (number, ratio) = match rest.strip_suffix('×') {
            Some(number) => (number.trim(), true),
            None => (rest, false),
        };
        let value = match number.split_once('/') {
            Some((above, below)) => {
                above.parse::<f64>().ok().zip(below.parse::<f64>().ok()).map(|(a, b)| a / b)
            }
            None => number.parse().ok(),
        };
        let value = value.filter(|value: &f64| value.is_finite()).ok_or_else(failed)?;
        Ok(match (ratio, least) {
            (false, false) => Self::Value(value),
            (false, true) => Self::LeastValue(value),
            (true, false) => Self::Ratio(value),
            (true, true) => Self::LeastRatio(value),
        })
    }
}

impl Goal {
    /// Whether the medians reach it; what needs an anchor does not without one.
    pub(super) fn is_met(self, ours: f64, anchor: Option<f64>) -> bool {
        match self {
            Self::Value(most) => ours <= most,
            Self::LeastValue(least) => ours >= least,
            Self::Ratio(most) => anchor.is_some_and(|anchor| ours / anchor <= most),
            Self::RatioAnd(times, more) => anchor.is_some_and(|anchor| ours <= times.mul_add(anchor, more)),
            Self::LeastRatio(least) => anchor.is_some_and(|anchor| ours / anchor >= least),
            Self::Below(least) => anchor.is_some_and(|anchor| anchor - ours >= least),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_read() {
        for (text, goal) in [
            ("≤ 2", Goal::Value(2.0)),
            ("≤2000", Goal::Value(2000.0)),
            ("≤ 1/5 ×", Goal::Ratio(0.2)),
            ("≤ 1.05 ×", Goal::Ratio(1.05)),
            ("≤ 1.5 × + 1", Goal::RatioAnd(1.5, 1.0)),
            ("≥ 20000", Goal::LeastValue(20000.0)),
            ("≥ 0.7 ×", Goal::LeastRatio(0.7)),
            ("≤ anchor − 12", Goal::Below(12.0)),
        ] {
            assert_eq!(text.parse(), Ok(goal), "{text}");
        }
        for text in [
            "",
            "2",
            "< 2",
            "≤ fast",
            "≤ 1/0",
            "≤ 2 ms",
            "≤ anchor",
            "≤ anchor − x",
            "≥ anchor − 12",
            "≥",
            "≤ 1.5 × +",
        ] {
            assert_eq!(text.parse::<Goal>(), Err(GoalError(text.to_owned())));
        }
    }

    #[test]
    fn goals_are_met_or_not() {
        assert!(Goal::Value(2.0).is_met(2.0, None));
        assert!(!Goal::Value(2.0).is_met(2.1, None));
        assert!(Goal::Ratio(0.2).is_met(1.0, Some(5.0)));
        assert!(!Goal::Ratio(0.2).is_met(1.1, Some(5.0)));
        assert!(!Goal::Ratio(0.2).is_met(1.0, None));
        assert!(Goal::RatioAnd(1.5, 1.0).is_met(7.0, Some(4.0)));
        assert!(!Goal::RatioAnd(1.5, 1.0).is_met(7.1, Some(4.0)));
        assert!(!Goal::RatioAnd(1.5, 1.0).is_met(0.0, None));
        assert!(Goal::LeastValue(2.0).is_met(2.0, None));
        assert!(!Goal::LeastValue(2.0).is_met(1.9, None));
        assert!(Goal::LeastRatio(0.7).is_met(3.5, Some(5.0)));
        assert!(!Goal::LeastRatio(0.7).is_met(3.4, Some(5.0)));
        assert!(!Goal::LeastRatio(0.7).is_met(3.5, None));
        assert!(Goal::Below(12.0).is_met(8.0, Some(20.0)));
        assert!(!Goal::Below(12.0).is_met(9.0, Some(20.0)));
        assert!(!Goal::Below(12.0).is_met(0.0, None));
    }
}
