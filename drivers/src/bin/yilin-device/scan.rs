//! `scan`: waits for a code that is shown to a camera or to a scanner.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::personal::Personal;
use drivers::code_scanner::{self, Code, ScanError};
use drivers::transport::{PortAddress, recorded_whole};
use serde::Serialize;

use crate::camera::{NO_PORT, failure};
use crate::config::Config;
use crate::output::{self, Output, Report};

/// How long a code is waited for when nobody says.
const TIMEOUT_SECONDS: f64 = 30.0;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A camera (`v4l:/dev/video0`, `frames:DIR`) or a scanner (`serial:/dev/ttyACM0`, `input:/dev/input/event0`)
    #[arg(long)]
    port: Option<PortAddress>,
    /// Seconds to wait for a code [default: 30]
    #[arg(long, value_parser = output::seconds, value_name = "S")]
    timeout: Option<f64>,
    /// Writes what comes to a new file, with a code of nobody in place of what was shown; `--port replay:FILE` plays it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, config: &Config, output: &Output) -> ExitCode {
    let Some(port) = args.port.as_ref().or_else(|| config.port("scanner")).or_else(|| config.port("camera"))
    else {
        return output::wrong_usage(NO_PORT);
    };
    let timeout = Duration::from_secs_f64(args.timeout.unwrap_or(TIMEOUT_SECONDS));
    match scan(port, args.record.as_deref(), Instant::now() + timeout) {
        Ok(code) => output.done(&CodeReport { text: code.text, format: code.format.as_str() }),
        Err(error) => output.failed(&failure(error.kind(), &error)),
    }
}

fn scan(port: &PortAddress, record: Option<&Path>, deadline: Instant) -> Result<Code, ScanError> {
    let Some(file) = record else { return code_scanner::open(port)?.scan(deadline) };
    let scanned = code_scanner::open_recorded(port, file)?.scan(deadline);
    // A disk that was full is said here: what was asked for was the recording.
    recorded_whole(file)?;
    scanned
}

/// The keys are a contract.
#[derive(Serialize)]
struct CodeReport {
    text: Personal,
    format: &'static str,
}

impl Report for CodeReport {
    fn words(&self) -> String {
        self.text.reveal().to_owned()
    }
}
