//! The weather of a week, by a seed.

use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// xorshift64*: the same numbers for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }
}

/// How the way to the province is for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sky {
    /// Everything comes through, in some tens of milliseconds.
    Clear,
    /// A third of the connections breaks, before or after the province has done its work.
    Loss,
    /// Answers take 2 to 30 seconds; a call is given up after 20.
    Slow,
    /// There and away in turns of so many seconds.
    Flapping(u64),
    /// No name is resolved.
    NoNames,
    /// A portal answers in the province's place; the handshake fails.
    Portal,
    /// A proxy shows another certificate; the handshake fails.
    Intruder,
    /// The province is overloaded: 503, and "in a minute".
    Overloaded,
    /// The province is switched off: connections end at once.
    Off,
}

impl Sky {
    /// Nothing at all comes through.
    pub(crate) const fn is_outage(self) -> bool {
        matches!(self, Self::NoNames | Self::Portal | Self::Intruder | Self::Off)
    }
}

/// What is from when on.
#[derive(Debug, Clone)]
pub(crate) struct Forecast {
    spells: Arc<Vec<(Instant, Sky)>>,
    end: Instant,
}

impl Forecast {
    pub(crate) fn new(seed: u64, begin: Instant, length: Duration) -> Self {
        let mut dice = Dice::new(seed);
        let (mut at, end) = (begin, begin + length);
        let mut spells = Vec::new();
        // Each sort of bad weather comes before chance decides.
        let mut first: Vec<u64> = (1..9).collect();
        while at < end {
            spells.push((at, Sky::Clear));
            at += Duration::from_secs(1800 + dice.throw(7200));
            let sort = first.pop().unwrap_or_else(|| 1 + dice.throw(8));
            let sky = match sort {
                1 => Sky::Loss,
                2 => Sky::Slow,
                3 => Sky::Flapping(5 + dice.throw(60)),
                4 => Sky::NoNames,
                5 => Sky::Portal,
                6 => Sky::Intruder,
                7 => Sky::Overloaded,
                _ => Sky::Off,
            };
            spells.push((at, sky));
            at += Duration::from_secs(300 + dice.throw(5 * 3600));
        }
        spells.push((end, Sky::Clear));
        Self { spells: Arc::new(spells), end }
    }

    pub(crate) fn at(&self, moment: Instant) -> Sky {
        if moment >= self.end {
            return Sky::Clear;
        }
        self.spells.iter().rev().find(|(from, _)| *from <= moment).map_or(Sky::Clear, |(_, sky)| *sky)
    }

    /// Of turns of so many seconds from the beginning on, whether this is the first, third, fifth …
    pub(crate) fn is_in_even_turn(&self, seconds: u64) -> bool {
        (self.spells[0].0.elapsed().as_secs() / seconds).is_multiple_of(2)
    }

    /// Every outage with its beginning and end.
    pub(crate) fn outages(&self) -> Vec<(Sky, Instant, Instant)> {
        let next = self.spells.iter().skip(1).map(|(from, _)| *from);
        let spells = self.spells.iter().zip(next).map(|((from, sky), to)| (*sky, *from, to));
        spells.filter(|(sky, ..)| sky.is_outage()).collect()
    }
}
