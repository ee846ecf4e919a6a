//! A day on the wire, `YYYY-MM-DD`: `#[serde(with = "day")]`, and `day::option` where it may be null.

use serde::{Deserialize, Deserializer, Serializer};
use time::Date;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// Writes the day.
pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&day.format(&DAY).map_err(serde::ser::Error::custom)?)
}

/// Reads a day.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

// The parser's own error may quote its input, and a day can be a day of birth.
fn parse(text: &str) -> Result<Date, &'static str> {
    Date::parse(text, &DAY).map_err(|_| "not a day: YYYY-MM-DD")
}

/// A day that may be null.
pub mod option {
    use super::{DAY, parse};
    use serde::{Deserialize, Deserializer, Serializer};
    use time::Date;

    /// Writes the day or null.
    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.serialize_some(&day.format(&DAY).map_err(serde::ser::Error::custom)?),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a day or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| parse(&text).map_err(serde::de::Error::custom))
            .transpose()
    }
}
