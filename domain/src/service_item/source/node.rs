//! A forgiving view of a parsed file: what is absent is simply not there, and every part knows its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One value with its place.
#[derive(Clone, Copy)]
pub(super) struct Node<'t>(&'t Spanned<DeValue<'t>>);

impl<'t> Node<'t> {
    pub(super) fn new(value: &'t Spanned<DeValue<'t>>) -> Self {
        Self(value)
    }

    /// The byte offset where it begins.
    pub(super) fn at(self) -> usize {
        self.0.span().start
    }

    pub(super) fn value(self) -> &'t DeValue<'t> {
        self.0.get_ref()
    }

    pub(super) fn table(self) -> Option<&'t DeTable<'t>> {
        self.value().as_table()
    }

    pub(super) fn text(self) -> Option<&'t str> {
        self.value().as_str()
    }

    /// A whole number that fits `i64`.
    pub(super) fn whole(self) -> Option<i64> {
        let number = self.value().as_integer()?;
        i64::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// The value of a key.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.table()?.get(key).map(Self)
    }

    /// The text of a key.
    pub(super) fn text_of(self, key: &str) -> Option<&'t str> {
        self.get(key)?.text()
    }

    /// The values of a list, none where there is no list.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        self.value().as_array().into_iter().flat_map(|array| array.iter()).map(Self)
    }

    /// The values of the list of a key.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = Self> {
        self.get(key).into_iter().flat_map(Self::items)
    }

    /// The value read by serde.
    pub(super) fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, toml::de::Error> {
        T::deserialize(toml::de::ValueDeserializer::from(self.0.clone()))
    }
}
