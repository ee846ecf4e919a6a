//! What a sealed entry holds: the request as it will be sent, word for word, in every attempt.

use crate::contract::case::CaseRequest;
use crate::contract::rating::RatingRequest;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The content of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Payload {
    /// A case.
    Case(Box<CaseRequest>),
    /// A rating.
    Rating(Box<RatingRequest>),
}

/// What an entry is, readable without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A case.
    Case,
    /// A rating.
    Rating,
}

impl EntryKind {
    /// The word in the table and in lists.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Rating => "rating",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        [Self::Case, Self::Rating].into_iter().find(|k| k.word() == word)
    }
}

impl Payload {
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(64 << 10));
        // Writing to memory fails only for values that JSON cannot hold; the contract has none.
        if let Err(error) = serde_json::to_writer(&mut *bytes, self) {
            unreachable!("a value of the contract is JSON: {error}");
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; an error says nothing of the content.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
