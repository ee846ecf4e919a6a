//! Administrative divisions: GB/T 2260 down to the county, national statistical codes below it.

use serde::{Deserialize, Serialize};

/// A division code of 6 (county), 9 (street or town) or 12 digits (community or village).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")))]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(String);

/// Why a text is no division code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no division code: 6, 9 or 12 digits")]
pub struct BadDivisionCode(pub String);

impl DivisionCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code filled up to 12 digits with zeros, as rating platforms want it.
    pub fn twelve_digits(&self) -> String {
        format!("{:0<12}", self.0)
    }

    /// Whether `self` is `other` or lies inside it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = BadDivisionCode;

    fn try_from(text: String) -> Result<Self, BadDivisionCode> {
        let right = matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit());
        if right { Ok(Self(text)) } else { Err(BadDivisionCode(text)) }
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.0
    }
}

impl std::fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_nine_or_twelve_digits() {
        for good in ["990001", "990001002", "990001002003"] {
            assert!(DivisionCode::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "99000", "9900012", "99000a", "9900010020030"] {
            assert!(DivisionCode::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn within_and_filled() {
        let code = |t: &str| DivisionCode::try_from(t.to_owned()).unwrap();
        assert!(code("990001002003").is_within(&code("990001")));
        assert!(!code("990001").is_within(&code("990001002")));
        assert_eq!(code("990001").twelve_digits(), "990001000000");
    }
}
