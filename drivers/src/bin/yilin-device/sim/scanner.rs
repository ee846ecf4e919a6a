//! `sim scanner`: a code scanner on a pty that reads the same code again and again.

use std::process::ExitCode;
use std::time::Duration;

use drivers::sim::code_scanner::{SimScanner, Suffix};
use drivers::transport::PortAddress;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{Ready, failed};
use crate::output::Output;

/// How often the code is held to it.
const AGAIN: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the code says
    #[arg(long, default_value = "BJ-20261124-0000012")]
    text: String,
}

pub(crate) fn run(args: &Args, output: &Output) -> ExitCode {
    match read(args, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed("no simulated scanner", &error),
    }
}

fn read(args: &Args, output: &Output) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let scanner = SimScanner::open()?;
    output.line(&Ready {
        port: PortAddress::Serial { path: scanner.path().to_owned(), baud: None }.to_string(),
    });
    let text = args.text.clone();
    // It waits where nobody reads; the end is not to wait for that.
    std::thread::spawn(move || {
        while scanner.read_code(text.as_bytes(), Suffix::Cr).is_ok() {
            std::thread::sleep(AGAIN);
        }
    });
    signals.forever().next();
    Ok(())
}
