//! The conformance pack: asks any implementation of the canonical contract and says, point by point, where it keeps to it.
//!
//! Duty: send requests, look at what comes back, and tell a department what to mend. It uses fictitious persons only and
//! says what it leaves behind. Never: name anything outside this module; it shares no code with the client that it stands
//! in for, nor with the reference platform that it can be held against.
//!
//! A point is written once, in terms of the contract: [`wire::Wire`] carries it. [`https::Https`] is the contract as it
//! stands on the wire; a dialect puts its own underneath.

mod card;
mod checks;
mod https;
mod item;
mod point;
mod report;
mod rule;
mod talk;
mod tls;
pub mod wire;

use std::sync::Arc;
use std::time::Instant;

pub use card::{Prepared, PreparedError, TestPerson};
pub use https::{Https, OpenError, Target};
pub use point::{Group, Need, Point, Scope, Words, points};
pub use report::{Exchange, Finding, Outcome, PointReport, Report};

use talk::{Bench, Stop, Talk};
use wire::Wire;

/// What the pack is to be held against.
pub struct Pack {
    bench: Arc<Bench>,
}

impl Pack {
    /// The pack for one platform: `target` says where it is and who is trusted, `wire` carries the calls, and the same
    /// `seed` makes the same keys and texts.
    pub fn new(target: Target, wire: Arc<dyn Wire>, prepared: Prepared, seed: u64) -> Self {
        Self { bench: Arc::new(Bench::new(target, wire, prepared, seed)) }
    }

    /// Asks every point, one after another, in the order of [`points`].
    pub async fn run(&self) -> Report {
        self.run_where(|_| true).await
    }

    /// Asks the points that are wanted, and whether there is a connection.
    pub async fn run_where(&self, is_wanted: impl Fn(&Point) -> bool) -> Report {
        let mut reports: Vec<PointReport> = Vec::new();
        let first = &points()[0];
        for point in points().iter().filter(|point| point.id == first.id || is_wanted(point)) {
            // Without a connection every point would fail for the same reason.
            let apart = reports.first().is_some_and(|first| matches!(first.outcome, Outcome::Fail(_)));
            let report = if apart {
                let outcome = Outcome::NotApplicable(point::reason("no_connection"));
                PointReport { point, outcome, exchanges: Vec::new(), took: std::time::Duration::ZERO }
            } else {
                self.ask(point).await
            };
            reports.push(report);
        }
        Report {
            url: self.bench.target.url.clone(),
            seed: self.bench.seed,
            began: self.bench.began,
            terminal: self.bench.target.terminal.clone(),
            points: reports,
        }
    }

    async fn ask(&self, point: &'static Point) -> PointReport {
        let began = Instant::now();
        let talk = Talk::new(&self.bench, point);
        let outcome = match checks::check(&point.id, &talk).await {
            Ok(()) => Outcome::Pass,
            Err(Stop::Fails(finding)) => Outcome::Fail(finding),
            Err(Stop::NotApplicable(reason)) => Outcome::NotApplicable(point::reason(reason)),
        };
        PointReport { point, outcome, exchanges: talk.exchanges(), took: began.elapsed() }
    }
}
