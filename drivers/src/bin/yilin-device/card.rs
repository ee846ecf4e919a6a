//! `card read|status`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Command {}

pub(crate) fn run(command: Command, _output: &Output) -> ExitCode {
    match command {}
}
