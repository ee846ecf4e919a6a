//! 好差评: a resident's voluntary rating of one service (GB/T 39734, 39735).

use crate::personal::Personal;
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

/// A rating that may be sent: a low level has a reason, or the resident's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRating {
    level: RatingLevel,
    reasons: Vec<RatingReason>,
    words: Option<Personal>,
}

/// The two lowest levels need a reason or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rating of the two lowest levels needs a reason, or the resident's own words")]
pub struct ReasonMissing;

impl ServiceRating {
    /// The most characters that a resident's own words have (the contract's `text`).
    pub const LONGEST_WORDS: usize = 500;

    /// A rating with its reasons and no words; reasons of a good rating are dropped.
    ///
    /// # Errors
    /// A low level without a reason.
    pub fn new(level: RatingLevel, reasons: Vec<RatingReason>) -> Result<Self, ReasonMissing> {
        Self::with_words(level, reasons, None)
    }

    /// A rating with what the resident says of it, which stands for a reason of the list; white space says nothing.
    ///
    /// # Errors
    /// A low level with neither a reason nor words.
    pub fn with_words(
        level: RatingLevel,
        reasons: Vec<RatingReason>,
        words: Option<Personal>,
    ) -> Result<Self, ReasonMissing> {
        let words = words.filter(|words| !words.reveal().trim().is_empty());
        match level.needs_reason() {
            true if reasons.is_empty() && words.is_none() => Err(ReasonMissing),
            true => Ok(Self { level, reasons, words }),
            false => Ok(Self { level, reasons: Vec::new(), words }),
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

    /// The resident's own words, where there are any.
    pub fn words(&self) -> Option<&Personal> {
        self.words.as_ref()
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
            let said = |words: &str| ServiceRating::with_words(level, vec![], Some(Personal::new(words)));
            assert_eq!(said("等了两个小时").unwrap().words().unwrap().reveal(), "等了两个小时");
            assert_eq!(said(" \n").is_err(), level.needs_reason(), "{level:?}");
        }
    }
}
