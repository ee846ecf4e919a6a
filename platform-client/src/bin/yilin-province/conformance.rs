//! `conformance`: the pack against any implementation of the contract.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use domain::terminal::TerminalId;
use platform_client::conformance_wire::InDialects;
use platform_client::dialect::config::DialectsConfig;
use platform_client::sim::conformance::{Https, Outcome, Pack, PointReport, Prepared, Target, points};
use serde_json::json;

use crate::Failure;
use crate::config::Usage;
use crate::output::Output;

/// What the pack is held against, and where its report goes.
#[derive(Args)]
pub(crate) struct Conformance {
    /// The platform: https://host:port
    url: String,
    /// The folder with ca.pem, terminal.pem and terminal.key, and dialects.toml where an interface speaks one.
    #[arg(long, value_name = "DIR")]
    credentials: PathBuf,
    /// Write the report as a page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the report as JUnit's XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// What makes the keys: a seed counts once at each platform. [default: the time]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A TOML file with what the platform's own people prepared: resident, insured, expired_token.
    #[arg(long, value_name = "FILE")]
    prepared: Option<PathBuf>,
    /// A group or a point; `list` prints them all.
    #[arg(long, value_name = "GROUP|POINT")]
    only: Vec<String>,
}

/// Runs the pack; `false` when a point failed.
pub(crate) fn run(asked: &Conformance, output: &Output) -> Result<bool, Failure> {
    if asked.only.iter().any(|only| only == "list") {
        for point in points() {
            let words = format!("{:<36} {}", point.id, point.title.en);
            output.line(&words, &json!({"id": point.id, "group": point.group, "title": point.title.en}));
        }
        return Ok(true);
    }
    let known = |only: &&String| points().iter().any(|p| p.id == **only || p.group == **only);
    if let Some(unknown) = asked.only.iter().find(|only| !known(only)) {
        return Err(
            Usage(format!("`{unknown}` is no group and no point: --only list prints them all")).into()
        );
    }
    // Whoever waits for a report hears at once that it cannot be written.
    let (html, junit) = (begun(asked.html.as_deref())?, begun(asked.junit.as_deref())?);
    let usage = |error: &dyn std::error::Error| Usage(crate::with_sources(error));
    let prepared = asked.prepared.as_deref().map(Prepared::read).transpose().map_err(|e| usage(&e))?;
    let target = Target::open(&asked.url, &asked.credentials).map_err(|e| usage(&e))?;
    let https = Https::new(&target).map_err(|e| usage(&e))?;
    let dialects = DialectsConfig::read_beside(&asked.credentials, &TerminalId(target.terminal.clone()));
    let wire = Arc::new(InDialects::new(https, dialects.map_err(|e| usage(&e))?));
    // A key that came before would be the same case: another seed for every run.
    let seed =
        asked.seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_secs()));
    let pack = Pack::new(target, wire, prepared.unwrap_or_default(), seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let wanted =
        |id: &str, group: &str| asked.only.is_empty() || asked.only.iter().any(|o| o == id || o == group);
    let report = runtime.block_on(pack.run_where(|point| wanted(&point.id, &point.group)));
    for point in &report.points {
        output.line(&words(point), &point.json());
    }
    write(html, &report.html()?)?;
    write(junit, &report.junit()?)?;
    let [passed, failed, not_applicable] = ["pass", "fail", "not_applicable"].map(|word| report.count(word));
    output.line(
        &format!("{passed} passed, {failed} failed, {not_applicable} not applicable (seed {seed})"),
        &json!({"passed": passed, "failed": failed, "not_applicable": not_applicable, "seed": seed}),
    );
    Ok(report.is_clean())
}

fn words(point: &PointReport) -> String {
    let head = format!("{:<14} {:<36} {}", point.outcome.word(), point.point.id, point.point.title.en);
    match &point.outcome {
        Outcome::Pass => head,
        Outcome::NotApplicable(reason) => format!("{head}\n    {}", reason.en),
        Outcome::Fail(finding) => format!(
            "{head}\n    {}\n    expected: {}\n    got:      {}\n    remedy:   {}\n    clause:   {}",
            finding.what, finding.expected, finding.got, point.point.remedy.en, point.point.clause
        ),
    }
}

fn begun(file: Option<&Path>) -> Result<Option<File>, Usage> {
    let create = |file: &Path| File::create(file).map_err(|e| Usage(format!("{}: {e}", file.display())));
    file.map(create).transpose()
}

fn write(file: Option<File>, text: &str) -> Result<(), Failure> {
    if let Some(mut file) = file {
        file.write_all(text.as_bytes())?;
    }
    Ok(())
}
