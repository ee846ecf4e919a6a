//! `verify`: what a slip claims, checked without a network.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use domain::paper::ClaimState;
use platform_client::sim;
use platform_client::slip::{self, SlipPublicKey};
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
    /// A file with the public keys of terminals, 64 hexadecimal digits a line.
    #[arg(long, value_name = "FILE", required_unless_present = "data")]
    key: Option<PathBuf>,
    /// The folder given to `serve`: the keys of the terminals that began their service there.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(crate) fn verify(asked: &Verify, output: &Output) -> Result<(), Failure> {
    let mut keys = Vec::new();
    if let Some(file) = &asked.key {
        let text = fs::read_to_string(file).map_err(|e| Usage(format!("{}: {e}", file.display())))?;
        for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let bad = || Usage(format!("{}:{}: no key of 64 hexadecimal digits", file.display(), nth + 1));
            keys.push(SlipPublicKey::from_hex(line).ok_or_else(bad)?);
        }
    }
    if let Some(data) = &asked.data {
        keys.extend(sim::kept_slip_keys(data)?.iter().filter_map(|key| SlipPublicKey::from_hex(key)));
    }
    let claim = slip::verify(&asked.slip, &keys)?;
    output.object(&json!({
        "number": claim.number,
        "filed_at": claim.filed_at.format(&Rfc3339)?,
        "state": word(claim.state),
        "terminal": claim.terminal.0,
    }));
    Ok(())
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
