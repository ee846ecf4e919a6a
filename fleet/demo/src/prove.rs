//! A good and a flawed release go through a fleet, and everything that was promised is looked at.
//!
//! Duty: the figures of such a run and every promise that it broke. Never: decide that a broken one is well enough.

use crate::crowd::Crowd;
use crate::fleet::{Fleet, FleetError, Plan};
use crate::screen::Pace;
use fleet_api::release::ReleaseVersion;
use fleet_server::rollout::State;
use fleet_server::serve::Options;
use fleet_server::state::Policy;
use sample_city::Seed;
use serde::Serialize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The release that is good.
pub const GOOD: ReleaseVersion = ReleaseVersion { major: 1, minor: 1, patch: 0 };
/// The release that some units cannot paint.
pub const FLAWED: ReleaseVersion = ReleaseVersion { major: 1, minor: 2, patch: 0 };
/// A run that takes longer has failed.
const LONGEST: Duration = Duration::from_secs(3600);

/// What is to be proved.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Where everything is kept; empty at the start.
    pub data: PathBuf,
    /// How many terminals.
    pub terminals: usize,
    /// On how many of a thousand units the second release paints nothing, rounded up.
    pub failing_permille: u32,
    /// The rollout's threshold, in thousandths of a wave.
    pub error_permille: i64,
    /// How long a new version may take to prove itself. A machine under load starts thousands slowly, and what is only late is
    /// not flawed.
    pub trial: Duration,
    /// The size of a release, in bytes.
    pub bytes: usize,
    /// The seed.
    pub seed: Seed,
    /// Where the terminals run.
    pub crowd: Crowd,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Terminals.
    pub terminals: usize,
    /// Seconds until all were enrolled and started.
    pub start_seconds: f64,
    /// Seconds of the good rollout.
    pub good_seconds: f64,
    /// Terminals that run the good release after it.
    pub good: usize,
    /// Seconds of the flawed rollout, until the last failure came back.
    pub flawed_seconds: f64,
    /// Where the flawed rollout ended: `stopped`, by its threshold.
    pub flawed_state: String,
    /// Terminals on which the flawed release paints nothing.
    pub flawed_units: usize,
    /// Terminals that installed the flawed release and kept it.
    pub flawed_kept: i64,
    /// Terminals that tried it, failed, and said so.
    pub flawed_failed: i64,
    /// Terminals to which it was never offered.
    pub never_offered: i64,
    /// Promises that were broken, a sentence each.
    pub broken: Vec<String>,
}

/// Runs it; none where `end` came first. Either way nothing of it runs any more.
///
/// # Errors
/// The fleet cannot be set up.
pub async fn run(proof: &Proof, end: impl Future<Output = ()>) -> Result<Option<Outcome>, FleetError> {
    let mut end = std::pin::pin!(end);
    let mut options = Options::local(&proof.data);
    options.policy = Policy { heartbeat_seconds: 15, poll_seconds: 5, ..Policy::default() };
    let plan = Plan {
        data: proof.data.clone(),
        terminals: proof.terminals,
        pace: Pace::still(),
        flaw: Some((FLAWED, proof.failing_permille)),
        trial: proof.trial,
        past: crate::past::Past::None,
        seed: proof.seed,
    };
    let began = Instant::now();
    let mut fleet = tokio::select! {
        fleet = Fleet::start_in(&proof.crowd, plan, options) => fleet?,
        () = &mut end => return Ok(None),
    };
    let start_seconds = began.elapsed().as_secs_f64();
    let outcome = tokio::select! {
        outcome = both(proof, &mut fleet, start_seconds) => Some(outcome),
        () = &mut end => None,
    };
    let stopped = fleet.stop().await;
    // Ctrl-C reaches the processes of terminals too: how they end then tells nothing.
    let Some(outcome) = outcome else { return Ok(None) };
    stopped?;
    outcome.map(Some)
}

/// The good release, then the flawed one.
async fn both(proof: &Proof, fleet: &mut Fleet, start_seconds: f64) -> Result<Outcome, FleetError> {
    let mut broken = Vec::new();

    let good_began = Instant::now();
    let release = fleet.release(GOOD, proof.bytes).await?;
    let rollout = fleet.roll_out("good", release, proof.error_permille).await?;
    let (state, counts) = settled(fleet, rollout, &mut broken).await?;
    let good_seconds = good_began.elapsed().as_secs_f64();
    if state != State::Done || counts.failed > 0 {
        broken.push(format!("the good release ended {} with {} failures", state.word(), counts.failed));
    }
    let good = fleet.terminals().iter().filter(|terminal| fleet.runs(terminal) == Some(GOOD)).count();
    if good != proof.terminals {
        broken.push(format!("{good} of {} terminals run the good release", proof.terminals));
    }

    let flawed_began = Instant::now();
    let release = fleet.release(FLAWED, proof.bytes).await?;
    let rollout = fleet.roll_out("flawed", release, proof.error_permille).await?;
    let (state, counts) = settled(fleet, rollout, &mut broken).await?;
    let flawed_seconds = flawed_began.elapsed().as_secs_f64();
    let told = i64::try_from(proof.terminals).unwrap_or(i64::MAX);
    let (kept, failed) =
        (fleet.terminals_in(rollout, "succeeded").await?, fleet.terminals_in(rollout, "failed").await?);
    // A wave that was never begun has no rows.
    let never_offered = told - counts.total() + counts.waiting;
    if state != State::Stopped {
        broken.push(format!("the flawed rollout ended {} instead of at its threshold", state.word()));
    }
    if never_offered <= 0 {
        broken.push("the flawed rollout stopped only when everybody had been offered it".to_owned());
    }
    if counts.succeeded + counts.failed + never_offered != told {
        broken.push(format!(
            "{} good, {} failed and {never_offered} never offered are not {told}",
            counts.succeeded, counts.failed
        ));
    }
    for (terminals, flawed, version) in [(&failed, true, GOOD), (&kept, false, FLAWED)] {
        let right =
            |terminal: &&String| fleet.is_flawed(terminal) == flawed && fleet.runs(terminal) == Some(version);
        let wrong = terminals.iter().filter(|terminal| !right(terminal)).count();
        if wrong > 0 {
            let said = if flawed { "failed" } else { "kept it" };
            broken.push(format!(
                "{wrong} of {} that {said} are not the ones that should, or do not run {version}",
                terminals.len()
            ));
        }
    }
    let flawed_units = fleet.terminals().iter().filter(|terminal| fleet.is_flawed(terminal)).count();
    let on =
        |version| fleet.terminals().iter().filter(|terminal| fleet.runs(terminal) == Some(version)).count();
    let (old, new) = (on(GOOD), on(FLAWED));
    if new != kept.len() || old + new != proof.terminals {
        broken.push(format!("{old} run the old version and {new} the new one, {} kept it", kept.len()));
    }
    Ok(Outcome {
        terminals: proof.terminals,
        start_seconds,
        good_seconds,
        good,
        flawed_seconds,
        flawed_state: state.word().to_owned(),
        flawed_units,
        flawed_kept: counts.succeeded,
        flawed_failed: counts.failed,
        never_offered,
        broken,
    })
}

/// Waits until nothing of a rollout is in a terminal's hands and it is over or stopped.
async fn settled(
    fleet: &mut Fleet,
    rollout: i64,
    broken: &mut Vec<String>,
) -> Result<(State, fleet_server::store::actions::Counts), FleetError> {
    let began = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if let Some(ended) = fleet.lost() {
            broken.push(match ended {
                Ok(()) => "a terminal ended by itself".to_owned(),
                Err(error) => error.to_string(),
            });
        }
        let (state, counts) = fleet.progress(rollout).await?;
        let state = state.unwrap_or(State::Aborted);
        let at_rest = matches!(state, State::Done | State::Stopped | State::Aborted | State::RolledBack);
        if at_rest && counts.open == 0 {
            return Ok((state, counts));
        }
        if began.elapsed() > LONGEST {
            broken.push(format!("the rollout did not end: {} with {} open", state.word(), counts.open));
            return Ok((state, counts));
        }
    }
}
