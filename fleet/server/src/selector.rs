//! Which terminals something is for, and in which order.
//!
//! Duty: districts, models and a share of the city as one value, and each terminal's place in a seeded order. Never: ask a
//! clock or a database.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// Which terminals. Empty lists: all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Selector {
    /// Codes of districts.
    pub districts: Vec<String>,
    /// Models of kiosks.
    pub models: Vec<String>,
    /// Terminals by number; where there are some, the lists above do not count.
    pub terminals: Vec<String>,
}

/// What a selector looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The terminal.
    pub id: String,
    /// Its district's code.
    pub district: String,
    /// Its model.
    pub model: String,
    /// What its image is built for.
    pub compatible: String,
}

impl Selector {
    /// Whether a terminal is meant.
    pub fn takes(&self, candidate: &Candidate) -> bool {
        if !self.terminals.is_empty() {
            return self.terminals.contains(&candidate.id);
        }
        (self.districts.is_empty() || self.districts.contains(&candidate.district))
            && (self.models.is_empty() || self.models.contains(&candidate.model))
    }
}

/// A terminal's place in the order of `seed`, 0 to 9,999: below `100 × percentage` it belongs to the first `percentage`.
///
/// The same for the same seed on every instance; another seed lets other terminals go first.
pub fn place(seed: i64, terminal: &str) -> u16 {
    let mut bytes = seed.to_be_bytes().to_vec();
    bytes.extend_from_slice(terminal.as_bytes());
    let digest = digest(&SHA256, &bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_ref()[..8]);
    u16::try_from(u64::from_be_bytes(first) % 10_000).unwrap_or(9_999)
}

/// Whether a terminal belongs to the first `percentage` of the order of `seed`.
pub fn within(seed: i64, terminal: &str, percentage: i64) -> bool {
    i64::from(place(seed, terminal)) < percentage.clamp(0, 100) * 100
}

/// Of those that are not in a rollout yet, the ones that a wave up to `percentage` takes, in the order of `seed`: at least one,
/// where there is any. A first wave without anybody would let the next one begin with nothing tried.
pub fn wave<'c>(seed: i64, rest: &[&'c Candidate], percentage: i64) -> Vec<&'c Candidate> {
    let mut order = rest.to_vec();
    order.sort_by_key(|candidate| (place(seed, &candidate.id), candidate.id.clone()));
    let within = order.iter().take_while(|candidate| within(seed, &candidate.id, percentage)).count();
    order.truncate(within.max(1));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_grow_and_never_lose_a_terminal() {
        let ids: Vec<String> = (0..2000).map(|n| format!("T{n:05}")).collect();
        let mut before = 0;
        for percentage in [0, 1, 5, 25, 50, 100] {
            let chosen: Vec<&String> = ids.iter().filter(|id| within(7, id, percentage)).collect();
            assert!(chosen.len() >= before);
            assert!(ids.iter().all(|id| !within(7, id, percentage) || within(7, id, percentage + 1)));
            let expected = ids.len() as f64 * percentage as f64 / 100.0;
            assert!((chosen.len() as f64 - expected).abs() <= 60.0, "{percentage}: {}", chosen.len());
            before = chosen.len();
        }
        assert_eq!(before, ids.len(), "the last stage is everybody");
        assert!(ids.iter().any(|id| place(7, id) != place(8, id)));
    }

    #[test]
    fn no_wave_is_empty_while_somebody_is_left() {
        let candidate = |n: u32| Candidate {
            id: format!("T-{n}"),
            district: String::new(),
            model: String::new(),
            compatible: String::new(),
        };
        for seed in 0..50 {
            let all: Vec<Candidate> = (0..3).map(candidate).collect();
            let mut rest: Vec<&Candidate> = all.iter().collect();
            for percentage in [1, 34, 100] {
                let taken = wave(seed, &rest, percentage);
                assert!(!taken.is_empty() || rest.is_empty(), "seed {seed}, {percentage} %");
                assert!(percentage > 1 || taken.len() == 1 || taken.iter().all(|c| within(seed, &c.id, 1)));
                rest.retain(|candidate| !taken.contains(candidate));
            }
            assert_eq!(rest, Vec::<&Candidate>::new(), "the last wave is everybody");
        }
        assert_eq!(wave(1, &[], 100), Vec::<&Candidate>::new());
    }

    #[test]
    fn a_list_of_terminals_counts_alone() {
        let candidate =
            Candidate { id: "A".into(), district: "9901".into(), model: "M".into(), compatible: "c".into() };
        let check = |selector: Selector, takes| assert_eq!(selector.takes(&candidate), takes, "{selector:?}");
        check(Selector::default(), true);
        check(Selector { districts: vec!["9902".into()], ..Selector::default() }, false);
        check(Selector { models: vec!["M".into()], ..Selector::default() }, true);
        let both =
            Selector { districts: vec!["9902".into()], terminals: vec!["A".into()], ..Selector::default() };
        check(both, true);
        check(Selector { terminals: vec!["B".into()], ..Selector::default() }, false);
    }
}
