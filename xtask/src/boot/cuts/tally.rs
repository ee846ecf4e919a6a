//! What all shards brought, in docs/measured/power-cuts.json.

use crate::bench::machine::{self, Machine};
use crate::boot::writes::Lost;
use crate::workspace::root;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Why it is not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TallyError {
    #[error("{0} cannot be read or written")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0} is no tally of cuts")]
    Content(PathBuf, #[source] serde_json::Error),
    #[error("seed {0} was counted before: take another")]
    Counted(u64),
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tally {
    name: String,
    /// Of the last cut.
    date: String,
    machine: Machine,
    cuts: u64,
    cuts_in: BTreeMap<String, u64>,
    writes: Writes,
    updates: Updates,
    /// From power to a page, after each cut.
    seconds_to_page: Vec<u64>,
    shards: Vec<Shard>,
    violations: Vec<Violation>,
}

/// Writes since the last flush before a cut.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Writes {
    unflushed: u64,
    dropped: u64,
    torn: u64,
}

/// How updates ended that were cut.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Updates {
    succeeded: u64,
    failed_and_said_so: u64,
}

/// What one command did.
#[derive(Debug, Serialize, Deserialize)]
struct Shard {
    seed: u64,
    commit: String,
    cuts: u64,
    /// That the province had at the end.
    cases: usize,
}

/// What must not be.
#[derive(Debug, Serialize, Deserialize)]
struct Violation {
    seed: u64,
    cut_in: String,
    what: String,
}

impl Tally {
    /// What was counted until now, and a shard more.
    pub(super) fn open(seed: u64) -> Result<Self, TallyError> {
        let path = path();
        let mut tally = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(|e| TallyError::Content(path, e))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self {
                name: "power-cuts".to_owned(),
                date: String::new(),
                machine: Machine::this(),
                cuts: 0,
                cuts_in: BTreeMap::new(),
                writes: Writes::default(),
                updates: Updates::default(),
                seconds_to_page: Vec::new(),
                shards: Vec::new(),
                violations: Vec::new(),
            },
            Err(error) => return Err(TallyError::File(path, error)),
        };
        if tally.shards.iter().any(|shard| shard.seed == seed) {
            return Err(TallyError::Counted(seed));
        }
        tally.shards.push(Shard { seed, commit: machine::commit(), cuts: 0, cases: 0 });
        Ok(tally)
    }

    /// A cut whose end was seen.
    pub(super) fn cut(
        &mut self,
        what: &str,
        lost: Lost,
        seconds: u64,
        cases: usize,
    ) -> Result<(), TallyError> {
        self.cuts += 1;
        *self.cuts_in.entry(what.to_owned()).or_default() += 1;
        self.writes.unflushed += lost.unflushed;
        self.writes.dropped += lost.dropped;
        self.writes.torn += lost.torn;
        self.seconds_to_page.push(seconds);
        if let Some(shard) = self.shards.last_mut() {
            shard.cuts += 1;
            shard.cases = cases;
        }
        self.keep()
    }

    /// An update's end.
    pub(super) fn update(&mut self, succeeded: bool) -> Result<(), TallyError> {
        if succeeded {
            self.updates.succeeded += 1;
        } else {
            self.updates.failed_and_said_so += 1;
        }
        self.keep()
    }

    /// What must not be.
    pub(super) fn violated(&mut self, cut_in: &str, what: &str) -> Result<(), TallyError> {
        let seed = self.shards.last().map_or(0, |shard| shard.seed);
        self.violations.push(Violation { seed, cut_in: cut_in.to_owned(), what: what.to_owned() });
        self.keep()
    }

    /// A line for the developer.
    pub(super) fn words(&self) -> String {
        let Self { cuts, updates, violations, .. } = self;
        format!(
            "{cuts} cuts in all: {} updates succeeded, {} failed and said so, {} violations",
            updates.succeeded,
            updates.failed_and_said_so,
            violations.len()
        )
    }

    fn keep(&mut self) -> Result<(), TallyError> {
        self.date = machine::now();
        let path = path();
        let mut text =
            serde_json::to_string_pretty(self).map_err(|e| TallyError::Content(path.clone(), e))?;
        text.push('\n');
        std::fs::write(&path, text).map_err(|e| TallyError::File(path, e))
    }
}

fn path() -> PathBuf {
    root().join("docs/measured/power-cuts.json")
}
