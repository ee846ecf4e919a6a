//! `sim photo-decoder`: the program that a terminal's photo decoder would be, for trying the rest without the maker's.

use std::process::ExitCode;

use drivers::sim::photo_decoder::{self, PhotoDecoderFault};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What it does wrong: hang, crash, flood, garbage, memory, refuse
    #[arg(long, value_name = "FAULT")]
    fault: Option<PhotoDecoderFault>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    match photo_decoder::run(args.fault, std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::FAILURE,
    }
}
