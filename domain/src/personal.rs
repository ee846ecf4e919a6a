//! Text that belongs to a resident.
//!
//! Duty: hold it, mask it, wipe it. Never: print it by accident (`Debug` shows nothing, there is no `Display`).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A resident's text: wiped when dropped, shown only where a caller asks for it by name.
///
/// Serialising it is how it reaches the sealed outbox and the province; a log never serialises a case.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("maxLength" = 4000)))]
pub struct Personal(String);

impl Personal {
    /// Takes ownership, so that no second copy stays with the caller.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the screen of the person it belongs to, their paper, and the province.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First character and `*` for each of the others: `张示例` → `张**`.
    pub fn masked_name(&self) -> String {
        let mut chars = self.0.chars();
        let first = chars.next();
        first.into_iter().chain(chars.map(|_| '*')).collect()
    }

    /// First four and last two characters, `*` for the rest; shorter than eight is masked whole.
    pub fn masked_number(&self) -> String {
        let count = self.0.chars().count();
        let shown = |i: usize| count >= 8 && (i < 4 || i + 2 >= count);
        self.0.chars().enumerate().map(|(i, c)| if shown(i) { c } else { '*' }).collect()
    }

    /// An address down to its district (区, 县 or 市 after the city), `***` for the rest.
    pub fn masked_address(&self) -> String {
        let cut = self
            .0
            .char_indices()
            .filter(|(i, c)| matches!(c, '区' | '县') && *i > 0)
            .map(|(i, c)| i + c.len_utf8())
            .next();
        match cut {
            Some(end) => format!("{}***", &self.0[..end]),
            None => "***".to_owned(),
        }
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(…)")
    }
}

impl Serialize for Personal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Personal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Personal::new("张示例")), "Personal(…)");
    }

    #[test]
    fn masks() {
        assert_eq!(Personal::new("张示例").masked_name(), "张**");
        assert_eq!(Personal::new("").masked_name(), "");
        assert_eq!(Personal::new("王𠅤").masked_name(), "王*");
        assert_eq!(Personal::new("990000194001010015").masked_number(), "9900************15");
        assert_eq!(Personal::new("1234567").masked_number(), "*******");
        assert_eq!(Personal::new("示例省样本市测试区一号").masked_address(), "示例省样本市测试区***");
        assert_eq!(Personal::new("无处").masked_address(), "***");
    }
}
