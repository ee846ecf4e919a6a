//! `sim power`: a power supply behind a service on a TCP port.

use std::process::ExitCode;

use drivers::sim::fault::Fault;
use drivers::sim::power_supply;

use super::{FaultArgument, failed, print_faults, serve};
use crate::output::{self, Output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A fault to begin with; `list` prints all
    #[arg(long, value_name = "FAULT")]
    fault: Option<FaultArgument>,
}

pub(crate) fn run(args: &Args, output: &Output) -> ExitCode {
    let fault = match args.fault {
        None => None,
        Some(FaultArgument::List) => return print_faults(output),
        Some(FaultArgument::Fault(Fault::Power(fault))) => Some(fault),
        Some(FaultArgument::Fault(_)) => {
            return output::wrong_usage("a power supply has the faults that begin with `power.`");
        }
    };
    match power_supply::start(fault) {
        Ok(port) => serve(port, output),
        Err(error) => failed("no port for a power supply", &error),
    }
}
