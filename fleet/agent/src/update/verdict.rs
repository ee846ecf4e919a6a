//! Whether a new version has proved itself.
//!
//! Duty: the rule of mark-good, as a function of what was seen since the start. Never: look by itself.

use std::time::Duration;

/// How long a new version may take, from the machine's start.
pub const TRIAL: Duration = Duration::from_secs(10 * 60);
/// How long a silent network is waited for where it was silent before.
pub const NETWORK_GRACE: Duration = Duration::from_secs(2 * 60);
/// How recently the old version must have heard the server for the new one's silence to count.
pub const HEARD_BEFORE: Duration = Duration::from_secs(24 * 3600);

/// What was seen of a new version since the machine started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Since the machine's start.
    pub uptime: Duration,
    /// The screen painted a frame.
    pub painted: bool,
    /// The screen opened its database.
    pub database_open: bool,
    /// The fleet server answered.
    pub server_answered: bool,
    /// The old version had heard the fleet server within [`HEARD_BEFORE`].
    pub server_was_heard: bool,
}

/// The times of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialTimes {
    /// [`TRIAL`].
    pub trial: Duration,
    /// [`NETWORK_GRACE`].
    pub network_grace: Duration,
}

/// What follows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is good.
    Good,
    /// Not known yet.
    Wait,
    /// It is bad: what it did not do.
    Bad(&'static str),
}

/// The rule: a painted frame, an open database, an answer of the fleet server. The network's silence counts against the
/// new version only if the old one was heard in the day before.
pub fn judge(seen: Seen, times: TrialTimes) -> Verdict {
    let late = seen.uptime >= times.trial;
    if !seen.painted {
        return if late { Verdict::Bad("no frame was painted") } else { Verdict::Wait };
    }
    if !seen.database_open {
        return if late { Verdict::Bad("the terminal's database did not open") } else { Verdict::Wait };
    }
    if seen.server_answered || (!seen.server_was_heard && seen.uptime >= times.network_grace) {
        return Verdict::Good;
    }
    if late {
        Verdict::Bad("the fleet server, which the old version heard, did not answer")
    } else {
        Verdict::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: TrialTimes = TrialTimes { trial: TRIAL, network_grace: NETWORK_GRACE };

    fn check(minutes: u64, bits: [bool; 4], expected: Verdict) {
        let [painted, database_open, server_answered, server_was_heard] = bits;
        let uptime = Duration::from_secs(minutes * 60);
        let seen = Seen { uptime, painted, database_open, server_answered, server_was_heard };
        assert_eq!(judge(seen, TIMES), expected, "{seen:?}");
    }

    #[test]
    fn the_rule() {
        let silent = "the fleet server, which the old version heard, did not answer";
        check(0, [true, true, true, true], Verdict::Good);
        check(0, [true, true, true, false], Verdict::Good);
        check(0, [true, true, false, true], Verdict::Wait);
        check(9, [true, true, false, true], Verdict::Wait);
        check(10, [true, true, false, true], Verdict::Bad(silent));
        check(1, [true, true, false, false], Verdict::Wait);
        check(2, [true, true, false, false], Verdict::Good);
        check(9, [false, true, true, true], Verdict::Wait);
        check(10, [false, true, true, true], Verdict::Bad("no frame was painted"));
        check(10, [true, false, true, true], Verdict::Bad("the terminal's database did not open"));
        check(2, [false, false, false, false], Verdict::Wait);
    }
}
