//! `sim face-engine`: the program that a terminal's face engine would be, for trying the rest without a vendor's.

use std::process::ExitCode;

use drivers::sim::face_engine::{self, FaceEngineFault};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What it does wrong: the names of `--fault list` that begin with `face_engine.`
    #[arg(long, value_name = "FAULT")]
    fault: Option<FaceEngineFault>,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    match face_engine::run(args.fault, std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::FAILURE,
    }
}
