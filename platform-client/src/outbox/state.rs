//! The states of an entry as a table: what is not in it is refused.
//!
//! | state | step | next |
//! |---|---|---|
//! | saved | send | sending |
//! | sending | answer | delivered |
//! | sending | not there | saved |
//! | sending | lose | unknown |
//! | unknown | send | sending |
//! | unknown | answer | delivered |
//! | unknown | not there | saved |
//! | unknown | lose | unknown |
//! | saved, sending, unknown | set aside | poison |
//! | saved, sending, unknown, poison | withdraw | withdrawn |
//! | poison | retry asking | unknown |
//! | poison | retry sending | saved |
//!
//! `unknown` + `send` is taken only where the key makes a second sending the same as the first (ratings); a case in
//! `unknown` is asked for, and asking changes no state.

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On disk; the province does not have it.
    Saved,
    /// An attempt may have begun.
    Sending,
    /// Sent; nobody can say whether it arrived.
    Unknown,
    /// The province has it and said so; the resident's data is wiped here.
    Delivered,
    /// Set aside for a person.
    Poison,
    /// Taken back: the province does not have it and will not get it; the resident's data is wiped here.
    Withdrawn,
}

/// What happens to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// An attempt begins.
    Send,
    /// The province said what became of it.
    Answer,
    /// It is certain that the province does not have it.
    NotThere,
    /// Sent without an answer.
    Lose,
    /// A person has to look at it.
    SetAside,
    /// It is not wanted any more, and the province does not have it.
    Withdraw,
    /// A person lets it be asked for, then sent if it is not there.
    RetryAsking,
    /// A person answers for it that the province does not have it.
    RetrySending,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Saved, Self::Sending, Self::Unknown, Self::Delivered, Self::Poison, Self::Withdrawn];

    /// The state after a step, or `None` where the table has none.
    pub const fn after(self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Saved | Self::Unknown, Step::Send) => Self::Sending,
            (Self::Sending | Self::Unknown, Step::Answer) => Self::Delivered,
            (Self::Sending | Self::Unknown, Step::NotThere) => Self::Saved,
            (Self::Sending | Self::Unknown, Step::Lose) => Self::Unknown,
            (Self::Saved | Self::Sending | Self::Unknown, Step::SetAside) => Self::Poison,
            (Self::Saved | Self::Sending | Self::Unknown | Self::Poison, Step::Withdraw) => Self::Withdrawn,
            (Self::Poison, Step::RetryAsking) => Self::Unknown,
            (Self::Poison, Step::RetrySending) => Self::Saved,
            _ => return None,
        })
    }

    /// Whether anything is left to do by the terminal itself.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Saved | Self::Sending | Self::Unknown)
    }

    /// Whether the resident's data is still in the entry.
    pub const fn holds_payload(self) -> bool {
        !matches!(self, Self::Delivered | Self::Withdrawn)
    }

    /// The word in the table and in lists.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Delivered => "delivered",
            Self::Poison => "poison",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 8] = [
        Step::Send,
        Step::Answer,
        Step::NotThere,
        Step::Lose,
        Step::SetAside,
        Step::Withdraw,
        Step::RetryAsking,
        Step::RetrySending,
    ];

    #[test]
    fn what_is_delivered_or_withdrawn_stays_so() {
        for state in [State::Delivered, State::Withdrawn] {
            for step in STEPS {
                assert_eq!(state.after(step), None, "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_every_open_one_has_a_way_out() {
        let reached = |state: State| {
            State::ALL.iter().any(|s| STEPS.iter().any(|&step| *s != state && s.after(step) == Some(state)))
        };
        assert!(State::ALL.into_iter().all(reached));
        for state in State::ALL.into_iter().filter(|s| s.holds_payload()) {
            assert!(state.after(Step::Withdraw).is_some(), "{state:?}");
        }
    }

    #[test]
    fn words_are_read_back() {
        assert!(State::ALL.into_iter().all(|s| State::of_word(s.word()) == Some(s)));
    }
}
