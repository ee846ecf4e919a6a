//! Polls, heartbeats and questions for orders of one day, paced as the agent paces them (`fleet/agent/src/backoff.rs`).

use super::{DAY, Plan, Requests};
use sample_city::{Dice, Seed};

/// Draws every request of every terminal.
pub(super) fn requests(plan: &Plan, seed: Seed) -> Requests {
    let mut dice = Dice::new(seed, "requests");
    let mut day = Day { requests: vec![0; DAY], handshakes: vec![0; DAY] };
    for _ in 0..plan.terminals {
        for (pause, spread) in [
            (plan.poll_seconds, plan.spread_permille),
            (plan.heartbeat_seconds, plan.spread_permille),
            (plan.orders_seconds, 0),
        ] {
            day.line(plan, pause.max(1), spread, &mut dice);
        }
    }
    let total = day.requests.iter().map(|n| u64::from(*n)).sum::<u64>();
    let handshakes_peak = day.handshakes.iter().copied().max().unwrap_or(0);
    let mut sorted = day.requests;
    sorted.sort_unstable();
    let mean = total as f64 / DAY as f64;
    Requests { total, mean, p99: sorted[DAY * 99 / 100], peak: sorted[DAY - 1], handshakes_peak }
}

struct Day {
    requests: Vec<u32>,
    handshakes: Vec<u32>,
}

impl Day {
    /// One terminal's requests of one kind.
    fn line(&mut self, plan: &Plan, pause: u32, spread: u32, dice: &mut Dice) {
        // It was switched on at some moment before.
        let mut at = dice.below(pause);
        let mut failures = 0_u32;
        while let Some(second) = self.requests.get_mut(at as usize) {
            *second += 1;
            let away = plan.outage.is_some_and(|o| (o.from..o.from + o.seconds).contains(&at));
            at += if away {
                failures += 1;
                backoff(plan, failures, dice)
            } else {
                if failures > 0 {
                    self.handshakes[at as usize] += 1;
                    failures = 0;
                }
                spread_out(pause, spread, dice)
            };
        }
    }
}

/// The pause after the `failures`th failure: between half of the doubled bound and all of it, so that nobody comes back in
/// step.
fn backoff(plan: &Plan, failures: u32, dice: &mut Dice) -> u32 {
    let doubled = plan.backoff_first_seconds.saturating_mul(1 << (failures - 1).min(16));
    upper_half(doubled.min(plan.backoff_last_seconds).max(1), dice)
}

/// The pause and up to so many thousandths more.
fn spread_out(pause: u32, permille: u32, dice: &mut Dice) -> u32 {
    let more = u64::from(pause) * u64::from(permille) / 1000;
    pause + upper_half(u32::try_from(more).unwrap_or(u32::MAX), dice)
}

/// Between half of `whole` and `whole`.
fn upper_half(whole: u32, dice: &mut Dice) -> u32 {
    let half = whole / 2;
    whole - half + dice.below(half + 1)
}
