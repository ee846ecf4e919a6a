//! The seal of an issuer's file, where it is not valid: which of the answers, and the words for it.
//!
//! Duty: one list for session, terminal and platform. Never: check a seal; that is `platform_client::seal`.

use crate::locale::{Locale, Localized};
use crate::messages::MessageId as M;

/// Why an issuer's file is neither shown nor printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealProblem {
    /// The file is not as it was sealed.
    Altered,
    /// Nobody whom the terminal trusts answers for the seal.
    UnknownIssuer,
    /// Seal or certificate are not valid any more, or not yet.
    Expired,
    /// There is no seal.
    Missing,
    /// The file is damaged, or of another format.
    Unreadable,
    /// The seal is of a kind that this program does not check.
    Unsupported,
}

impl SealProblem {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Altered,
        Self::UnknownIssuer,
        Self::Expired,
        Self::Missing,
        Self::Unreadable,
        Self::Unsupported,
    ];

    /// Its word in events: `unknown_issuer`.
    pub const fn word(self) -> &'static str {
        self.words().0
    }

    /// What the resident reads: calm, with the next step.
    pub fn sentence(self) -> Localized {
        let message = self.words().1;
        Localized::new(message.text(Locale::ZhCn), message.text(Locale::En))
    }

    /// What a technician does about it.
    pub const fn remedy(self) -> M {
        self.words().2
    }

    const fn words(self) -> (&'static str, M, M) {
        match self {
            Self::Altered => ("altered", M::SealAltered, M::SealRemedyAltered),
            Self::UnknownIssuer => ("unknown_issuer", M::SealUnknownIssuer, M::SealRemedyUnknownIssuer),
            Self::Expired => ("expired", M::SealExpired, M::SealRemedyExpired),
            Self::Missing => ("missing", M::SealMissing, M::SealRemedyMissing),
            Self::Unreadable => ("unreadable", M::SealUnreadable, M::SealRemedyUnreadable),
            Self::Unsupported => ("unsupported", M::SealUnsupported, M::SealRemedyUnsupported),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_answer_has_its_own_words() {
        let words: [fn(SealProblem) -> String; 3] =
            [|p| p.word().to_owned(), |p| p.sentence().en, |p| p.sentence().zh_cn];
        for of in words {
            assert_eq!(SealProblem::ALL.into_iter().map(of).collect::<BTreeSet<_>>().len(), 6);
        }
        let remedies: BTreeSet<_> = SealProblem::ALL.into_iter().map(SealProblem::remedy).collect();
        assert_eq!(remedies.len(), 6);
    }
}
