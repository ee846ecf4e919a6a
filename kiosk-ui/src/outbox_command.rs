//! `outbox list|show|retry|rotate-key|export`: a person looks into the outbox, beside a running terminal.
//!
//! Duty: results as words or JSON; masked unless it is asked for by name, and then on record first. Never: deliver.

use crate::chain::Chain;
use crate::cli::{Decision, OutboxCommand};
use crate::output::Output;
use domain::case::SubmissionId;
use domain::terminal::TerminalId;
use platform_client::clock::{Clock, SystemClock};
use platform_client::entropy::SystemEntropy;
use platform_client::outbox::inspect::{self, EntryContent, EntrySummary, InspectError, Inspector, Reveal};
use platform_client::outbox::{KeyError, KeyId, OpenError, OutboxConfig};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the outbox cannot be opened")]
    Open(#[from] OpenError),
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error("no new key can be made; the present one goes on")]
    Key(#[from] KeyError),
    #[error("nothing is shown, since it could not be put on record")]
    Record(#[source] std::io::Error),
}

impl Failure {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Open(_) => "no_outbox",
            Self::Inspect(InspectError::NoSuchEntry(_)) => "no_such_entry",
            Self::Inspect(InspectError::NotSetAside { .. }) => "not_set_aside",
            Self::Inspect(InspectError::Unreadable(_)) => "unreadable",
            Self::Inspect(InspectError::Store(_) | InspectError::Io { .. }) => "disk",
            Self::Key(_) => "key",
            Self::Record(_) => "record",
        }
    }
}

/// Runs a command on the outbox of the terminal whose folder this is.
pub fn run(command: &OutboxCommand, data: &Path, offset: UtcOffset, output: Output) -> ExitCode {
    let clock = SystemClock::new(offset);
    match perform(command, data, clock, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.failed(failure.kind(), &Chain(&failure).to_string()),
    }
}

fn perform(command: &OutboxCommand, data: &Path, clock: SystemClock, output: Output) -> Result<(), Failure> {
    // The terminal's number stands in ratings, which are not made here.
    let config = OutboxConfig::in_folder(data, TerminalId(String::new()));
    let mut inspector = Inspector::open(&config, Arc::new(clock), &SystemEntropy::new())?;
    match command {
        OutboxCommand::List => {
            for entry in inspector.list()? {
                output.line(&summary(&entry), &entry);
            }
        }
        OutboxCommand::Show { id, reveal } => {
            let how = if *reveal { Reveal::Whole } else { Reveal::Masked };
            if how == Reveal::Whole {
                put_on_record(data, id, &clock).map_err(Failure::Record)?;
            }
            let entry = inspector.show(id, how)?;
            output.line(&content(&entry), &entry);
        }
        OutboxCommand::Retry { id, decision } => {
            let state = inspector.decide(
                id,
                match decision {
                    Decision::Ask => inspect::Decision::AskAgain,
                    Decision::Send => inspect::Decision::SendAgain,
                    Decision::Withdraw => inspect::Decision::Withdraw,
                },
            )?;
            output.line(&format!("{id} {}", state.word()), &json!({"submission_id": id, "state": state}));
        }
        OutboxCommand::RotateKey => {
            let current = inspector.new_key(&SystemEntropy::new())?;
            let keys: Vec<u8> = inspector.keys().into_iter().map(KeyId::get).collect();
            let words = format!(
                "key {} seals from now on; {} older, each until nothing is sealed with it",
                current.get(),
                keys.len().saturating_sub(1)
            );
            output.line(&words, &json!({"current": current.get(), "keys": keys}));
        }
        OutboxCommand::Export { out } => {
            let entries = inspector.export(out)?;
            output.line(
                &format!("{entries} entries in {}", out.display()),
                &json!({"folder": out, "entries": entries}),
            );
        }
    }
    Ok(())
}

/// That somebody looked at an entry unmasked, before they do: a line of `audit.jsonl`, synced.
fn put_on_record(data: &Path, id: &SubmissionId, clock: &SystemClock) -> std::io::Result<()> {
    let at = clock.now().format(&Rfc3339).map_err(std::io::Error::other)?;
    let line = json!({"at": at, "event": "outbox_reveal", "submission_id": id});
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(data.join("audit.jsonl"))?;
    writeln!(file, "{line}")?;
    file.sync_all()
}

fn summary(entry: &EntrySummary) -> String {
    let mut line = format!(
        "{}  {:<9}  {:<6}  {}  {}",
        entry.submission_id,
        entry.state.word(),
        entry.kind,
        entry.filed_at,
        entry.item
    );
    for (name, value) in [
        ("outcome", &entry.outcome),
        ("application", &entry.application_number),
        ("case", &entry.case_number),
        ("last error", &entry.last_error),
    ] {
        if let Some(value) = value {
            line.push_str(&format!("  {name}: {value}"));
        }
    }
    line
}

fn content(entry: &EntryContent) -> String {
    let mut lines = vec![summary(&entry.summary)];
    lines.extend(entry.name.iter().map(|name| format!("name: {name}")));
    lines.extend(entry.number.iter().map(|number| format!("number: {number}")));
    lines.extend(entry.answers.iter().map(|(field, answer)| format!("{field}: {answer}")));
    lines.push(format!("pictures: {}", entry.materials));
    lines.join("\n")
}
