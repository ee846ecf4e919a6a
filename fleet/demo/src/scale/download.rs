//! Downloads of each night's wave: who is downloading shares what the servers can send.

use super::{Plan, Wave};
use sample_city::{Dice, Seed};
use std::collections::VecDeque;

/// Night after night until every terminal has the update.
pub(super) fn waves(plan: &Plan, seed: Seed) -> Vec<Wave> {
    let mut dice = Dice::new(seed, "downloads");
    let mut nights = Vec::new();
    let mut shares = plan.waves_permille.iter();
    let mut planned = 0;
    // What is left of each download that the window cut off.
    let mut rest: Vec<f64> = Vec::new();
    loop {
        let fresh = match shares.next() {
            Some(share) => {
                let last = shares.len() == 0;
                let share = u64::from(plan.terminals) * u64::from(*share) / 1000;
                let left = plan.terminals - planned;
                if last { left } else { u32::try_from(share).unwrap_or(left).min(left) }
            }
            None if rest.is_empty() => return nights,
            None => 0,
        };
        planned += fresh;
        rest.extend((0..fresh).map(|_| plan.update_bytes as f64));
        let (wave, cut) = night(plan, std::mem::take(&mut rest), &mut dice);
        // Nothing can be sent at all: the plan never ends.
        let hopeless = wave.finished == 0 && wave.egress_peak == 0;
        rest = cut;
        nights.push(wave);
        if hopeless {
            return nights;
        }
    }
}

/// One night: `wanted` are the bytes that each terminal still wants. Returns those that were cut off.
fn night(plan: &Plan, wanted: Vec<f64>, dice: &mut Dice) -> (Wave, Vec<f64>) {
    let mut wave = Wave {
        terminals: u32::try_from(wanted.len()).unwrap_or(u32::MAX),
        finished: 0,
        concurrent_peak: 0,
        egress_peak: 0,
        median_seconds: 0,
    };
    let half = (plan.window_seconds / 2).max(1);
    let mut starts: Vec<(u32, f64)> = wanted.into_iter().map(|bytes| (dice.below(half), bytes)).collect();
    starts.sort_unstable_by(|a, b| (b.0, b.1).partial_cmp(&(a.0, a.1)).unwrap_or(std::cmp::Ordering::Equal));
    // All who download get the same at each moment, so one sum tells how much a terminal has had since its start.
    let mut given = 0.0;
    let mut active: VecDeque<f64> = VecDeque::new();
    let mut ended_at = Vec::new();
    for second in 0..plan.window_seconds {
        while starts.last().is_some_and(|(start, _)| *start <= second) {
            let Some((_, bytes)) = starts.pop() else { break };
            let until = given + bytes;
            let place = active.partition_point(|other| *other <= until);
            active.insert(place, until);
        }
        let concurrent = u32::try_from(active.len()).unwrap_or(u32::MAX);
        wave.concurrent_peak = wave.concurrent_peak.max(concurrent);
        if concurrent == 0 {
            continue;
        }
        let fair = plan.egress_bytes_per_second as f64 / f64::from(concurrent);
        let rate = fair.min(plan.terminal_bytes_per_second as f64);
        wave.egress_peak = wave.egress_peak.max(bytes_of(rate * f64::from(concurrent)));
        given += rate;
        while active.front().is_some_and(|until| *until <= given) {
            active.pop_front();
            ended_at.push(second + 1);
        }
    }
    wave.finished = u32::try_from(ended_at.len()).unwrap_or(u32::MAX);
    wave.median_seconds = ended_at.get(ended_at.len() / 2).copied().unwrap_or(0);
    (wave, active.into_iter().map(|until| until - given).collect())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate in bytes, far below 2^53")]
fn bytes_of(rate: f64) -> u64 {
    rate as u64
}
