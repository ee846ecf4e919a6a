//! `verify`: what a slip claims, checked without a network.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use domain::paper::ClaimState;
use platform_client::sim;
use platform_client::slip::{self, SlipError, SlipKey};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::Failure;
use crate::config::Usage;
use crate::output::Output;

/// A slip and the keys that may prove it.
#[derive(Args)]
pub(crate) struct Verify {
    /// The text of the slip's QR code: YILIN:….
    slip: String,
    /// A file with the public keys of terminals, a line each: key, from when, until when.
    #[arg(long, value_name = "FILE", required_unless_present = "data")]
    keys: Option<PathBuf>,
    /// The folder given to `serve`: the keys of the terminals that began their service there.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Says what the slip claims, or why it proves nothing; whether it is valid.
pub(crate) fn verify(asked: &Verify, output: &Output) -> Result<bool, Failure> {
    let mut keys = Vec::new();
    if let Some(file) = &asked.keys {
        let text = fs::read_to_string(file).map_err(|e| Usage(format!("{}: {e}", file.display())))?;
        for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let bad = || Usage(format!("{}:{}: no key with its two times", file.display(), nth + 1));
            keys.push(SlipKey::from_line(line).ok_or_else(bad)?);
        }
    }
    if let Some(data) = &asked.data {
        keys.extend(sim::kept_slip_keys(data)?.iter().filter_map(|line| SlipKey::from_line(line)));
    }
    match slip::verify(&asked.slip, &keys) {
        Ok(claim) => {
            let (filed_at, state) = (claim.filed_at.format(&Rfc3339)?, word(claim.state));
            let words =
                format!("valid: {} {} {state}, terminal {}", claim.number, filed_at, claim.terminal.0);
            output.line(
                &words,
                &json!({
                    "outcome": "valid",
                    "number": claim.number,
                    "filed_at": filed_at,
                    "state": state,
                    "terminal": claim.terminal.0,
                }),
            );
            Ok(true)
        }
        Err(error) => {
            proves_nothing(error, output);
            Ok(false)
        }
    }
}

fn proves_nothing(error: SlipError, output: &Output) {
    output.line(
        &format!("{}: {error}", error.word()),
        &json!({"outcome": error.word(), "number": null, "filed_at": null, "state": null, "terminal": null}),
    );
}

const fn word(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Received => "received",
        ClaimState::Accepted => "accepted",
        ClaimState::SupplementRequired => "supplement_required",
        ClaimState::NotAccepted => "not_accepted",
        ClaimState::Queued => "queued",
        ClaimState::Unknown => "unknown",
    }
}
