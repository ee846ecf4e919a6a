//! `yilin-device`: every device of a terminal, from the command line.
//!
//! Duty: turn a command line into one call of the library and its result into one line of JSON or words. Never: know a
//! protocol. Each subcommand is a file of its own.

mod card;
mod output;
#[cfg(feature = "sim")]
mod sim;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Output;

/// Reads, prints and looks through the devices of a terminal
#[derive(Parser)]
#[command(name = "yilin-device", version)]
struct Cli {
    /// One JSON object a line on standard output, errors too
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Identity-card reader
    #[command(subcommand)]
    Card(card::Command),
    /// Simulated devices that speak the real bytes
    #[cfg(feature = "sim")]
    #[command(subcommand)]
    Sim(sim::Command),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    match cli.command {
        Command::Card(command) => card::run(command, &output),
        #[cfg(feature = "sim")]
        Command::Sim(command) => sim::run(command, &output),
    }
}
