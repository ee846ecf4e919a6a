//! The command line of `yilin-terminal`: what may be said, and as which values it is understood.
//!
//! Duty: flags over file over defaults; every flag checked before anything begins. Never: do anything.

use crate::config::{Config, ConfigError};
use crate::output::Format;
use crate::profile::ScreenProfile;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::case::SubmissionId;
use std::path::PathBuf;

#[cfg(feature = "sim")]
pub use simulated::{
    CardChoice, FaultArgument, GalleryFlags, GalleryOptions, MissingFlag, VisitFlags, VisitOptions,
    VisitSummary,
};

/// The terminal: without a command the screen, with the simulators' dock beside it where they are built in
#[derive(Debug, Parser)]
#[command(name = "yilin-terminal", version)]
pub struct Cli {
    /// Where the terminal stands and what it is connected to (TOML); a flag wins over it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON object a line on standard output, errors too
    #[arg(long, global = true)]
    pub json: bool,
    /// The terminal's folder: outbox, keys, last good catalogue
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The screen, when no command is given
    #[command(flatten)]
    pub screen: ScreenFlags,
    /// What to do instead
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How the screen is shown.
#[derive(Debug, Clone, Copy, Args)]
pub struct ScreenFlags {
    /// Pixels of the screen [default: that of the file, else 1080x1920]
    #[arg(long, value_name = "WxH")]
    pub size: Option<ScreenProfile>,
    /// How large it is shown on a desk
    #[cfg(feature = "sim")]
    #[arg(long, value_name = "FACTOR", default_value = "0.5", value_parser = simulated::scale)]
    pub scale: f32,
}

/// What to do instead of showing the screen.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One visit without a display, by pointer and keys on the elements of the pages
    #[cfg(feature = "sim")]
    Visit(VisitFlags),
    /// A picture of every page, with its elements
    #[cfg(feature = "sim")]
    Gallery(GalleryFlags),
    /// What waits in the outbox, beside a running terminal
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Service items as files
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
}

/// What to do with the outbox.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// Every entry, oldest first
    List,
    /// One entry with its content, masked
    Show {
        /// The entry
        #[arg(value_name = "SUBMISSION", value_parser = submission)]
        id: SubmissionId,
        /// Unmasked; that somebody looked is put on record
        #[arg(long)]
        reveal: bool,
    },
    /// Decides about an entry that was set aside
    Retry {
        /// The entry
        #[arg(value_name = "SUBMISSION", value_parser = submission)]
        id: SubmissionId,
        /// What to do with it
        #[arg(long, value_enum, default_value = "ask")]
        decision: Decision,
    },
    /// Makes a new key for what waits; a running terminal takes it up by itself
    RotateKey,
    /// Copies what waits, sealed as it is, into a folder
    Export {
        /// The folder
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// What a person decides about an entry that was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Decision {
    /// Ask the province, and send if it is not there
    Ask,
    /// Send: it is certain that the province does not have it
    Send,
    /// Wipe it: it is done elsewhere, or not wanted
    Withdraw,
}

/// What to do with item files.
#[derive(Debug, Subcommand)]
pub enum CatalogueCommand {
    /// Checks a folder with catalogue.toml and items/; names every mistake with its line and remedy
    Check {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Pictures of an item's pages, from a visit with its sample answers
    #[cfg(feature = "sim")]
    Preview {
        /// The item's id
        #[arg(value_name = "ITEM")]
        item: String,
        /// The folder with catalogue.toml and items/ [default: the catalogue that is built in]
        #[arg(long, value_name = "DIR")]
        catalogue: Option<PathBuf>,
        /// Where the pictures go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Cli {
    /// The format of results.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Words }
    }

    /// The file of `--config`, or the defaults.
    ///
    /// # Errors
    /// The file's mistakes.
    pub fn config(&self) -> Result<Config, ConfigError> {
        self.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)
    }

    /// The terminal's folder: flag, file, or this user's own place for such things.
    pub fn data(&self, config: &Config) -> PathBuf {
        self.data.clone().or_else(|| config.data.clone()).unwrap_or_else(usual_data)
    }

    /// The screen: flag, file, or a 21.5-inch one upright.
    pub fn screen(&self, config: &Config) -> ScreenProfile {
        let configured = config.screen.unwrap_or(ScreenProfile::UPRIGHT);
        self.screen.size.map_or(configured, |size| ScreenProfile { turned: configured.turned, ..size })
    }
}

/// `$XDG_STATE_HOME/yilin-terminal` (XDG Base Directory Specification 0.8), else below the home or the temporary folder.
fn usual_data() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_STATE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".local/state")))
        .unwrap_or_else(std::env::temp_dir)
        .join("yilin-terminal")
}

fn submission(text: &str) -> Result<SubmissionId, String> {
    SubmissionId::try_from(text.to_owned()).map_err(|error| error.to_string())
}

#[cfg(feature = "sim")]
mod simulated;

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_the_defaults() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' ')).unwrap();
        let file = Config {
            data: Some("/from/file".into()),
            screen: Some(ScreenProfile::of(800, 1280)),
            ..Config::default()
        };
        let flags = parse("yilin-terminal --data /from/flag --size 1920x1080");
        assert_eq!(flags.data(&file), PathBuf::from("/from/flag"));
        assert_eq!(flags.screen(&file), ScreenProfile::of(1920, 1080));
        let none = parse("yilin-terminal");
        assert_eq!(none.data(&file), PathBuf::from("/from/file"));
        assert_eq!(none.screen(&file), ScreenProfile::of(800, 1280));
        assert_eq!(none.screen(&Config::default()), ScreenProfile::UPRIGHT);
        assert!(none.data(&Config::default()).ends_with("yilin-terminal"));
    }
}
