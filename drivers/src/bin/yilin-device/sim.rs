//! `sim card|printer|camera`: each a file of its own under `sim/`.

mod card;

use std::process::ExitCode;

use clap::Subcommand;

use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Identity-card reader on a pty
    Card(card::Args),
}

pub(crate) fn run(command: Command, output: &Output) -> ExitCode {
    match command {
        Command::Card(args) => card::run(args, output),
    }
}
