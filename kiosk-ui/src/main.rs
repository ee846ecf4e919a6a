//! `yilin-terminal`: the screen of a terminal, and what a person does with it from the command line.
//!
//! Duty: turn a command line into one call of the library, and its end into an exit code.

#[cfg(not(feature = "sim"))]
mod kiosk;
#[cfg(feature = "sim")]
mod simulated;

use clap::Parser;
use kiosk_ui::catalogue_command;
use kiosk_ui::cli::{CatalogueCommand, Cli, Command};
use kiosk_ui::outbox_command;
use kiosk_ui::output::{Format, Output};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Asked for help or version: no mistake.
        Err(words) if !words.use_stderr() => {
            return words.print().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
        }
        Err(mistake) => {
            let json = std::env::args_os().any(|word| word == "--json");
            let format = if json { Format::Json } else { Format::Words };
            return Output::new(format).wrong_usage(mistake.to_string().trim_end());
        }
    };
    let output = Output::new(cli.format());
    log_to_stderr(&cli);
    let config = match cli.config() {
        Ok(config) => config,
        Err(error) => return output.wrong_usage(&error.to_string()),
    };
    match cli.command.take() {
        Some(Command::Outbox(command)) => {
            outbox_command::run(&command, &cli.data(&config), config.offset, output)
        }
        Some(Command::Catalogue(CatalogueCommand::Check { folder })) => {
            catalogue_command::check(&folder, output)
        }
        #[cfg(feature = "sim")]
        Some(Command::Catalogue(CatalogueCommand::Preview { item, catalogue, out })) => {
            simulated::preview(item, catalogue, out, output)
        }
        #[cfg(feature = "sim")]
        Some(Command::Visit(flags)) => simulated::visit(flags, cli.data.clone(), output),
        #[cfg(feature = "sim")]
        Some(Command::Gallery(flags)) => simulated::gallery(flags, output),
        #[cfg(feature = "sim")]
        None => simulated::screen(&cli, config, output),
        #[cfg(not(feature = "sim"))]
        None => kiosk::screen(&cli, config, output),
    }
}

/// Results stay alone on standard output.
fn log_to_stderr(cli: &Cli) {
    kiosk_ui::log::to_stderr(if cli.command.is_some() { "error" } else { "info,winit=error" });
}
