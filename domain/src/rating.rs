//! 好差评: a resident's voluntary rating of one service (GB/T 39734, 39735).

use serde::{Deserialize, Serialize};

/// The five levels of GB/T 39735.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RatingLevel {
    /// 非常满意
    VerySatisfied,
    /// 满意
    Satisfied,
    /// 基本满意
    BasicallySatisfied,
    /// 不满意
    Dissatisfied,
    /// 非常不满意
    VeryDissatisfied,
}

impl RatingLevel {
    /// Best first, as the standard lists them.
    pub const ALL: [Self; 5] = [
        Self::VerySatisfied,
        Self::Satisfied,
        Self::BasicallySatisfied,
        Self::Dissatisfied,
        Self::VeryDissatisfied,
    ];

    /// The two lowest need a reason from the list or a text.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Dissatisfied | Self::VeryDissatisfied)
    }
}

/// A reason from the platform's list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[a-z0-9_]{1,64}$")))]
#[serde(transparent)]
pub struct RatingReason(pub String);

/// A rating that may be sent: a low level has a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRating {
    level: RatingLevel,
    reasons: Vec<RatingReason>,
}

/// The two lowest levels need a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rating of the two lowest levels needs a reason")]
pub struct ReasonMissing;

impl ServiceRating {
    /// A rating with its reasons; reasons of a good rating are dropped.
    pub fn new(level: RatingLevel, reasons: Vec<RatingReason>) -> Result<Self, ReasonMissing> {
        match (level.needs_reason(), reasons.is_empty()) {
            (true, true) => Err(ReasonMissing),
            (true, false) => Ok(Self { level, reasons }),
            (false, _) => Ok(Self { level, reasons: Vec::new() }),
        }
    }

    /// The level.
    pub fn level(&self) -> RatingLevel {
        self.level
    }

    /// The reasons, none for the three upper levels.
    pub fn reasons(&self) -> &[RatingReason] {
        &self.reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_rating_needs_a_reason() {
        for level in RatingLevel::ALL {
            assert_eq!(ServiceRating::new(level, vec![]).is_err(), level.needs_reason(), "{level:?}");
            assert!(ServiceRating::new(level, vec![RatingReason("slow".into())]).is_ok());
        }
    }
}
