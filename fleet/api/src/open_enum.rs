//! A closed list of words that a later version may lengthen.

/// Declares an enum whose words are snake_case on the wire and which reads every word that it does not know as
/// `Unrecognised`.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+
            /// A word of a later version.
            #[serde(rename = "unrecognised", other)]
            Unrecognised,
        }

        impl $name {
            /// Every word of this version.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word on the wire.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Unrecognised => "unrecognised",
                }
            }

            /// The value of a word; none for one that this version does not know.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

/// Reads a word of the domain's lists; one that this version does not know as the value of who says nothing.
pub(crate) fn lenient<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned + Default,
{
    let word: String = serde::Deserialize::deserialize(from)?;
    Ok(serde_json::from_value(serde_json::Value::String(word)).unwrap_or_default())
}
