//! What developers run: `cargo xtask …`. It starts programs and reads files, and knows no crate of ours.

mod bench;
mod crash;
mod fonts;
mod guest;
mod layers;
mod pictures;
mod release_clean;
mod schemathesis;
mod workspace;

use clap::{Parser, Subcommand};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// What developers run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Checks who may know whom, what the domain may use, and that words and sizes stand where they belong.
    Layers,
    /// Makes the typeface in assets/fonts again from Noto Sans CJK. Needs python3 with fontTools.
    Fonts {
        /// The folder of NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc.
        #[arg(default_value = fonts::DEBIAN)]
        source: PathBuf,
    },
    /// Takes the pictures of docs/pictures again, with the release programs.
    Pictures,
    /// Checks that a kiosk's build has no simulator in it.
    ReleaseClean {
        /// A kiosk's program, to be searched for simulators.
        #[arg(long, requires = "developer")]
        release: Option<PathBuf>,
        /// The same program with simulators: the search must find them there, or it proves nothing.
        #[arg(long)]
        developer: Option<PathBuf>,
    },
    /// Runs the drivers of camera and typing scanner on a kernel's own devices, in QEMU. Needs Debian's qemu-system-x86,
    /// busybox-static, kmod and cpio.
    Guest,
    /// Kills the outbox, and takes its power, many times in a program of its own, and keeps what that brought in
    /// docs/measured/crash.json. Needs strace.
    Crash {
        /// How many runs.
        #[arg(long, default_value_t = 2000)]
        runs: u64,
        /// Which runs: a seed has the same ones every time.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Has schemathesis ask the reference platform everything that the contract's document allows, and what it does not. Needs
    /// python3 with venv, and its package registry at the first run.
    Schemathesis {
        /// Where its dice begin.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many bodies of each call it makes up.
        #[arg(long)]
        examples: Option<u32>,
    },
    /// Measures, prints ours beside the anchor's, and leaves the samples in docs/measured.
    Bench {
        /// One of the names that `--list` prints, or of the crates behind them; every one of them when left out.
        name: Option<String>,
        /// Prints the names.
        #[arg(long)]
        list: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Box<dyn Error>> {
    match task {
        Task::Layers => layers::check()?,
        Task::Fonts { source } => fonts::make(&source)?,
        Task::Pictures => pictures::take()?,
        Task::ReleaseClean { release, developer } => {
            release_clean::check(release.as_deref(), developer.as_deref())?;
        }
        Task::Guest => guest::prove()?,
        Task::Crash { runs, seed } => crash::run(runs, seed)?,
        Task::Schemathesis { seed, examples } => schemathesis::ask(seed, examples)?,
        Task::Bench { list: true, .. } => bench::list()?,
        Task::Bench { name, list: false } => bench::run(name.as_deref())?,
    }
    Ok(())
}

/// An error and what caused it, outermost first.
#[allow(clippy::print_stderr, reason = "a program for developers talks on the terminal")]
fn say_error(error: &dyn Error) {
    eprintln!("xtask: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because {error}");
        cause = error.source();
    }
}

/// One line for the developer.
#[allow(clippy::print_stdout, reason = "a program for developers talks on the terminal")]
fn say(line: &str) {
    println!("{line}");
}
