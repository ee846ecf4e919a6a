//! `scan`: waits for a code that is shown to a camera or to a scanner.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::personal::Personal;
use drivers::code_scanner::{self, Code, ScanError};
use drivers::transport::PortAddress;
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
}

pub(crate) fn run(args: &Args, config: &Config, output: &Output) -> ExitCode {
    let Some(port) = args.port.as_ref().or_else(|| config.port("scanner")).or_else(|| config.port("camera"))
    else {
        return output::wrong_usage(NO_PORT);
    };
    let timeout = Duration::from_secs_f64(args.timeout.unwrap_or(TIMEOUT_SECONDS));
    match scan(port, Instant::now() + timeout) {
        Ok(code) => output.done(&CodeReport { text: code.text, format: code.format.as_str() }),
        Err(error) => output.failed(&failure(error.kind(), &error)),
    }
}

fn scan(port: &PortAddress, deadline: Instant) -> Result<Code, ScanError> {
    code_scanner::open(port)?.scan(deadline)
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
