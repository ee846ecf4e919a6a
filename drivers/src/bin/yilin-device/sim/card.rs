//! `sim card`.

use std::process::ExitCode;

use crate::output::Output;

#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: Args, _output: &Output) -> ExitCode {
    ExitCode::FAILURE
}
