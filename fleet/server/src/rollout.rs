//! A rollout as a table: (state, event) → (state, effects). What is not in it is refused.
//!
//! Duty: the states, what may follow what, and when a wave has failed or is over. Never: write anything.

use crate::store::actions::Counts;
use serde::{Deserialize, Serialize};

/// Where a rollout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Made, offered to nobody.
    Draft,
    /// Wave by wave.
    Running,
    /// Somebody holds it: what is in hand goes on, nothing new is offered.
    Paused,
    /// Too many failed: the same, until somebody decides.
    Stopped,
    /// Given up; what was not over was cancelled.
    Aborted,
    /// Given up, and those that had installed it were told to go back.
    RolledBack,
    /// Every wave is over.
    Done,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Running,
        Self::Paused,
        Self::Stopped,
        Self::Aborted,
        Self::RolledBack,
        Self::Done,
    ];

    /// The word in the store and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Aborted => "aborted",
            Self::RolledBack => "rolled_back",
            Self::Done => "done",
        }
    }

    /// Whether no update of it is offered any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Aborted | Self::RolledBack | Self::Done)
    }
}

/// What happens to a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Somebody starts it.
    Start,
    /// Somebody holds it.
    Pause,
    /// Somebody lets it go on.
    Resume,
    /// Somebody gives it up.
    Abort,
    /// Somebody wants it undone.
    Rollback,
    /// More of a wave failed than allowed.
    TooManyFailed,
    /// The last wave is over.
    LastWaveOver,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Pause,
        Self::Resume,
        Self::Abort,
        Self::Rollback,
        Self::TooManyFailed,
        Self::LastWaveOver,
    ];
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The first wave begins.
    BeginFirstWave,
    /// What nobody has looked at is taken back.
    HoldBack,
    /// What is not over is cancelled.
    Cancel,
    /// Those that installed it go back.
    GoBack,
}

/// Why nothing follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rollout that is {} does not take {event:?}", state.word())]
pub struct Refused {
    /// Where it is.
    pub state: State,
    /// What was wanted.
    pub event: Event,
}

/// The table.
///
/// # Errors
/// The event has no place in that state.
pub const fn next(state: State, event: Event) -> Result<(State, &'static [Effect]), Refused> {
    use Effect as F;
    use Event as E;
    use State as S;
    match (state, event) {
        (S::Draft, E::Start) => Ok((S::Running, &[F::BeginFirstWave])),
        (S::Draft, E::Abort) => Ok((S::Aborted, &[])),
        (S::Running, E::Pause) => Ok((S::Paused, &[F::HoldBack])),
        (S::Running, E::TooManyFailed) => Ok((S::Stopped, &[F::HoldBack])),
        (S::Running, E::LastWaveOver) => Ok((S::Done, &[])),
        (S::Paused | S::Stopped, E::Resume) => Ok((S::Running, &[])),
        (S::Running | S::Paused | S::Stopped, E::Abort) => Ok((S::Aborted, &[F::Cancel])),
        (S::Running | S::Paused | S::Stopped | S::Aborted | S::Done, E::Rollback) => {
            Ok((S::RolledBack, &[F::Cancel, F::GoBack]))
        }
        (state, event) => Err(Refused { state, event }),
    }
}

/// A part of the terminals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// The first so many in a hundred of the seeded order, those of the waves before with them.
    pub percentage: i64,
    /// So many in a thousand of the wave have to be good before the next one begins.
    #[serde(default = "most")]
    pub success_permille: i64,
    /// And so long after it began.
    #[serde(default)]
    pub pause_seconds: i64,
}

const fn most() -> i64 {
    900
}

/// Whether waves make sense: 1 to 20 of them, growing, the last one of 100 %.
pub fn in_order(waves: &[Wave]) -> bool {
    let grow = waves.windows(2).all(|pair| pair[0].percentage < pair[1].percentage);
    let bounded = waves.iter().all(|wave| {
        (1..=100).contains(&wave.percentage)
            && (0..=1000).contains(&wave.success_permille)
            && (0..=30 * 86_400).contains(&wave.pause_seconds)
    });
    grow && bounded && waves.len() <= 20 && waves.last().is_some_and(|wave| wave.percentage == 100)
}

/// Whether so many of a wave failed that the rollout stops: more than `error_permille` thousandths of it.
pub const fn failed(failures: i64, total: i64, error_permille: i64) -> bool {
    failures > 0 && failures * 1000 > total * error_permille
}

/// Whether the next wave may begin, `seconds` after this one did.
pub const fn next_may_begin(wave: &Wave, counts: &Counts, seconds: i64) -> bool {
    // What was given up by hand counts for neither side.
    let counted = counts.total() - counts.cancelled;
    seconds >= wave.pause_seconds && counts.succeeded * 1000 >= counted * wave.success_permille
}

/// Whether nothing of the last wave is in hand any more.
pub const fn is_over(counts: &Counts) -> bool {
    counts.waiting == 0 && counts.open == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_offered_no_more() {
        for state in State::ALL.into_iter().filter(|state| state.is_over()) {
            for event in Event::ALL {
                let after = next(state, event);
                assert!(
                    after.is_err() || event == Event::Rollback,
                    "{state:?} takes {event:?} and is {after:?} afterwards"
                );
            }
        }
    }

    #[test]
    fn every_state_that_is_not_over_can_be_given_up() {
        for state in State::ALL.into_iter().filter(|state| !state.is_over()) {
            assert_eq!(next(state, Event::Abort).map(|(after, _)| after), Ok(State::Aborted), "{state:?}");
        }
        assert_eq!(
            next(State::Draft, Event::Rollback),
            Err(Refused { state: State::Draft, event: Event::Rollback })
        );
    }

    #[test]
    fn one_failure_more_than_allowed_stops_a_wave() {
        for (failures, permille, stops) in
            [(0, 0, false), (1, 0, true), (3, 30, false), (4, 30, true), (4, 1000, false)]
        {
            assert_eq!(failed(failures, 100, permille), stops, "{failures} of 100 at {permille}");
        }
    }

    #[test]
    fn a_wave_waits_for_its_terminals_and_its_time() {
        let wave = Wave { percentage: 10, success_permille: 900, pause_seconds: 60 };
        let counts = |succeeded, open| Counts { succeeded, open, ..Counts::default() };
        for (succeeded, open, seconds, begins) in
            [(9, 1, 60, true), (9, 1, 59, false), (8, 2, 600, false), (0, 0, 60, true)]
        {
            assert_eq!(
                next_may_begin(&wave, &counts(succeeded, open), seconds),
                begins,
                "{succeeded} {open}"
            );
        }
    }

    #[test]
    fn waves_grow_to_everybody() {
        let wave = |percentage| Wave { percentage, success_permille: 900, pause_seconds: 0 };
        for (percentages, fine) in [
            (vec![1, 10, 100], true),
            (vec![100], true),
            (vec![10], false),
            (vec![], false),
            (vec![50, 50, 100], false),
            (vec![0, 100], false),
        ] {
            let waves: Vec<Wave> = percentages.iter().copied().map(wave).collect();
            assert_eq!(in_order(&waves), fine, "{percentages:?}");
        }
    }
}
