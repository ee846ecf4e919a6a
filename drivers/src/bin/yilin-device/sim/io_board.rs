//! `sim io-board`: a board of lights and contacts on a pty.

use std::process::ExitCode;

use drivers::sim::fault::Fault;
use drivers::sim::io_board::SimulatedIoBoard;

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
        Some(FaultArgument::Fault(Fault::IoBoard(fault))) => Some(fault),
        Some(FaultArgument::Fault(_)) => {
            return output::wrong_usage(
                "a board of lights and contacts has the faults that begin with `io_board.`",
            );
        }
    };
    match SimulatedIoBoard::start(fault) {
        Ok(board) => serve(board.port().to_owned(), output),
        Err(error) => failed("no port for a board of lights and contacts", &error),
    }
}
