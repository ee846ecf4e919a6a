//! `cargo xtask bench`: measures, prints ours beside the anchor's, leaves the samples in docs/measured.
//!
//! Duty: run what measures and keep what it saw. Never: choose samples.
//!
//! A benchmark is an example of any crate whose name begins with `bench-`: built in release, it prints a line of JSON for
//! each metric on stdout ([`Metric`]) and anything else on stderr. `first-frame` is our own, since it starts programs.

mod first_frame;
mod goal;
pub(crate) mod machine;
mod screen;

use crate::say;
use crate::workspace::{CargoError, Metadata, cargo, root};
use goal::{Goal, GoalError};
use machine::Machine;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

/// What a benchmark says of one thing that it measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    /// What was measured, in words: `exec to first frame`.
    pub(crate) metric: String,
    /// The unit of all samples: `ms`, `MiB`, `bytes`.
    pub(crate) unit: String,
    /// Ours, in the order in which they were taken.
    pub(crate) ours: Vec<f64>,
    /// What it is compared with, from the same run.
    pub(crate) anchor: Option<Anchor>,
    /// `≤ 2` or `≥ 2` in the unit, `≤ 1/5 ×`, `≥ 0.7 ×` or `≤ 1.5 × + 1` of the anchor, or `≤ anchor − 12`; of the medians. None where the
    /// figure is only to be known.
    pub(crate) goal: Option<String>,
}

/// What ours is compared with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Anchor {
    /// With its version.
    pub(crate) name: String,
    pub(crate) samples: Vec<f64>,
}

/// What is left in docs/measured.
#[derive(Debug, Serialize)]
struct Measured<'a> {
    name: &'a str,
    date: String,
    commit: String,
    machine: Machine,
    results: Vec<Measurement>,
}

#[derive(Debug, Serialize)]
struct Measurement {
    #[serde(flatten)]
    metric: Metric,
    median: f64,
    anchor_median: Option<f64>,
    /// Ours over the anchor's, of the medians.
    ratio: Option<f64>,
    /// None where there is no goal.
    met: Option<bool>,
}

/// Why nothing, or too much, was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error("the workspace's benchmarks cannot be read")]
    Cargo(#[from] CargoError),
    #[error("no benchmark is called {0}: `cargo xtask bench --list`")]
    Unknown(String),
    #[error("{0} could not be started")]
    Start(String, #[source] std::io::Error),
    #[error("{0} ended with {1}")]
    Failed(String, ExitStatus),
    #[error("{0} printed what is no metric: {1}")]
    Line(String, String, #[source] serde_json::Error),
    #[error("{0} measured nothing")]
    Nothing(String),
    #[error(transparent)]
    Goal(#[from] GoalError),
    #[error(transparent)]
    FirstFrame(#[from] first_frame::FirstFrameError),
    #[error("{0} cannot be written")]
    Write(PathBuf, #[source] std::io::Error),
    #[error("name one benchmark of a crate: only those have parts")]
    Parts,
    #[error("{0} goals missed")]
    Missed(usize),
}

const FIRST_FRAME: &str = "first-frame";

/// Prints the benchmarks' names.
pub(crate) fn list() -> Result<(), BenchError> {
    say(FIRST_FRAME);
    for (name, package) in examples()? {
        say(&format!("{name} ({package})"));
    }
    Ok(())
}

/// Runs one benchmark, those of one crate, or all. With `parts`, which one benchmark knows, only these of it; what is not the
/// whole is printed and not kept.
pub(crate) fn run(only: Option<&str>, parts: &[String]) -> Result<(), BenchError> {
    let examples = examples()?;
    let known = |name: &str| {
        name == FIRST_FRAME || examples.iter().any(|(example, package)| example == name || package == name)
    };
    if let Some(name) = only.filter(|name| !known(name)) {
        return Err(BenchError::Unknown(name.to_owned()));
    }
    if !parts.is_empty() {
        let (name, package) =
            examples.iter().find(|(name, _)| Some(name.as_str()) == only).ok_or(BenchError::Parts)?;
        return ended(print(name, &judged(name, measure_example(name, package, parts)?)?));
    }
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut missed = 0;
    if wanted(FIRST_FRAME) {
        missed += keep(FIRST_FRAME, first_frame::measure()?)?;
    }
    for (name, package) in examples.iter().filter(|(name, package)| wanted(name) || wanted(package)) {
        missed += keep(name, measure_example(name, package, &[])?)?;
    }
    ended(missed)
}

/// An error where goals were missed.
pub(crate) const fn ended(missed: usize) -> Result<(), BenchError> {
    if missed == 0 { Ok(()) } else { Err(BenchError::Missed(missed)) }
}

/// Benchmark and package, of every example that is one.
fn examples() -> Result<Vec<(String, String)>, BenchError> {
    let metadata = Metadata::read()?;
    let mut found: Vec<(String, String)> = metadata
        .members()
        .flat_map(|package| package.targets.iter().map(move |target| (target, package)))
        .filter(|(target, _)| target.kind.iter().any(|kind| kind == "example"))
        .filter_map(|(target, package)| {
            Some((target.name.strip_prefix("bench-")?.to_owned(), package.name.clone()))
        })
        .collect();
    found.sort();
    Ok(found)
}

fn measure_example(name: &str, package: &str, parts: &[String]) -> Result<Vec<Metric>, BenchError> {
    let example = format!("bench-{name}");
    let output = cargo()
        .args(["run", "--quiet", "--locked", "--release", "--package", package, "--example", &example, "--"])
        .args(parts)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| BenchError::Start(example.clone(), error))?;
    if !output.status.success() {
        return Err(BenchError::Failed(example, output.status));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    metrics(&example, &lines)
}

fn metrics(example: &str, lines: &str) -> Result<Vec<Metric>, BenchError> {
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            serde_json::from_str(line)
                .map_err(|error| BenchError::Line(example.to_owned(), line.to_owned(), error))
        })
        .collect()
}

fn judged(name: &str, metrics: Vec<Metric>) -> Result<Vec<Measurement>, BenchError> {
    if metrics.is_empty() || metrics.iter().any(|metric| metric.ours.is_empty()) {
        return Err(BenchError::Nothing(name.to_owned()));
    }
    Ok(metrics.into_iter().map(judge).collect::<Result<_, _>>()?)
}

/// Prints; gives the number of goals that were missed.
fn print(name: &str, results: &[Measurement]) -> usize {
    say(&format!("{name}:"));
    for result in results {
        say(&format!("  {}", line(result)));
    }
    results.iter().filter(|result| result.met == Some(false)).count()
}

/// Prints and writes; gives the number of goals that were missed.
pub(crate) fn keep(name: &str, metrics: Vec<Metric>) -> Result<usize, BenchError> {
    let results = judged(name, metrics)?;
    let missed = print(name, &results);
    let measured =
        Measured { name, date: machine::now(), commit: machine::commit(), machine: Machine::this(), results };
    let path = root().join(format!("docs/measured/{name}.json"));
    let mut text = serde_json::to_string_pretty(&measured).unwrap_or_default();
    text.push('\n');
    let folder = path.parent().unwrap_or(&path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| BenchError::Write(path, error))?;
    Ok(missed)
}

fn judge(metric: Metric) -> Result<Measurement, GoalError> {
    let goal = metric.goal.as_deref().map(str::parse::<Goal>).transpose()?;
    let ours = median(&metric.ours);
    let anchor_median = metric.anchor.as_ref().map(|anchor| median(&anchor.samples));
    let met = goal.map(|goal| goal.is_met(ours, anchor_median));
    Ok(Measurement {
        median: ours,
        anchor_median,
        ratio: anchor_median.map(|anchor| ours / anchor),
        met,
        metric,
    })
}

fn line(result: &Measurement) -> String {
    let Metric { metric, unit, ours, anchor, goal } = &result.metric;
    let beside = match (anchor, result.anchor_median, result.ratio) {
        (Some(anchor), Some(median), Some(ratio)) => {
            format!(", {} {median:.2} {unit}, ratio {ratio:.3} (1/{:.1})", anchor.name, 1.0 / ratio)
        }
        _ => String::new(),
    };
    let (least, most) =
        (ours.iter().copied().fold(f64::MAX, f64::min), ours.iter().copied().fold(f64::MIN, f64::max));
    let verdict = match (goal, result.met) {
        (Some(goal), Some(true)) => format!("goal {goal}: met"),
        (Some(goal), _) => format!("goal {goal}: MISSED"),
        (None, _) => "no goal".to_owned(),
    };
    format!(
        "{metric}: {:.2} {unit} ({least:.2}–{most:.2}, n = {}){beside}; {verdict}",
        result.median,
        ours.len()
    )
}

/// The middle one, or the mean of the two in the middle.
fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len() / 2, sorted.len() % 2) {
        (_, _) if sorted.is_empty() => f64::NAN,
        (middle, 0) => f64::midpoint(sorted[middle - 1], sorted[middle]),
        (middle, _) => sorted[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_sample() {
        for (samples, expected) in [(&[3.0, 1.0, 2.0][..], 2.0), (&[4.0, 1.0, 2.0, 3.0], 2.5), (&[7.0], 7.0)]
        {
            assert!((median(samples) - expected).abs() < 1e-9, "{samples:?}");
        }
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_benchmarks_lines() {
        let alone = r#"{"metric":"a","unit":"ms","ours":[1.0,2.0,3.5],"anchor":null,"goal":"≤ 2"}"#;
        let beside = r#"{"metric":"b","unit":"MiB","ours":[10.0],"anchor":{"name":"X 1.0","samples":[40.0]},"goal":"≤ 1/5 ×"}"#;
        let known = r#"{"metric":"c","unit":"MB","ours":[7.0],"anchor":null,"goal":null}"#;
        let read = metrics("bench-a", &format!("{alone}\n\n{beside}\n{known}\n")).unwrap();
        let lines: Vec<String> = read.into_iter().map(|metric| line(&judge(metric).unwrap())).collect();
        assert_eq!(
            lines,
            [
                "a: 2.00 ms (1.00–3.50, n = 3); goal ≤ 2: met",
                "b: 10.00 MiB (10.00–10.00, n = 1), X 1.0 40.00 MiB, ratio 0.250 (1/4.0); goal ≤ 1/5 ×: MISSED",
                "c: 7.00 MB (7.00–7.00, n = 1); no goal",
            ]
        );
        assert!(metrics("bench-a", "done").is_err());
        assert!(metrics("bench-a", r#"{"metric":"a","unit":"ms","ours":[],"goal":"≤ 2","n":1}"#).is_err());
    }
}
