//! `yilin-fleet`: the fleet server and what an operator does on its machine. Its flags: docs/fleet-server.md.

mod fleet_cli;

use clap::Parser as _;
use fleet_cli::{Answers, Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // What was not understood may have asked for JSON all the same.
        Err(mistake) if mistake.use_stderr() && std::env::args_os().any(|arg| arg == "--json") => {
            return Answers { json: true }.wrong("usage", &mistake.to_string());
        }
        Err(error) => {
            // clap prints help to stdout and mistakes to stderr; a closed stream changes nothing.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    run(cli)
}
