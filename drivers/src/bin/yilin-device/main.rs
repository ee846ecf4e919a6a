//! `yilin-device`: every device of a terminal, from the command line.
//!
//! Duty: turn a command line into one call of the library and its result into one line of JSON or words. Never: know a
//! protocol. Each subcommand is a file of its own.

mod camera;
mod card;
mod config;
mod face;
mod list;
mod others;
mod output;
mod print;
mod scan;
mod selftest;
#[cfg(feature = "sim")]
mod sim;
mod social_security;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use config::Config;
use output::Output;

/// Reads, prints and looks through the devices of a terminal
#[derive(Parser)]
#[command(name = "yilin-device", version)]
struct Cli {
    /// One JSON object a line on standard output, errors too
    #[arg(long, global = true)]
    json: bool,
    /// Ports and the like of this terminal's devices (TOML); what the command line says goes first
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every port that answers, and what it is
    List(list::Args),
    /// Identity-card reader
    #[command(subcommand)]
    Card(card::Command),
    /// Receipt printer
    #[command(subcommand)]
    Print(print::Command),
    /// Cameras and their pictures
    #[command(subcommand)]
    Camera(camera::Command),
    /// Waits for a code that is shown to a camera or a scanner
    Scan(scan::Args),
    /// Looks for a face and says what its picture lacks
    Face(face::Args),
    /// Tries device by device and says what to do
    Selftest(selftest::Args),
    /// Simulated devices that speak the real bytes
    #[cfg(feature = "sim")]
    #[command(subcommand)]
    Sim(sim::Command),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) if usage.use_stderr() => {
            let words = usage.to_string();
            return output::wrong_usage(words.strip_prefix("error: ").unwrap_or(&words).trim_end());
        }
        // Help and version are no mistakes.
        Err(help) => help.exit(),
    };
    let output = Output::new(cli.json);
    let config = match cli.config.as_deref().map(Config::read).transpose() {
        Ok(config) => config.unwrap_or_default(),
        Err(mistakes) => return output::wrong_usage(&mistakes.to_string()),
    };
    match cli.command {
        Command::List(args) => list::run(&args, &config, &output),
        Command::Card(command) => card::run(&command, &config, &output),
        Command::Print(command) => print::run(&command, &config, &output),
        Command::Camera(command) => camera::run(&command, &config, &output),
        Command::Scan(args) => scan::run(&args, &config, &output),
        Command::Face(args) => face::run(&args, &config, &output),
        Command::Selftest(args) => selftest::run(&args, &config, &output),
        #[cfg(feature = "sim")]
        Command::Sim(command) => sim::run(command, &output),
    }
}
