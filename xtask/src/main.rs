//! What developers run: `cargo xtask …`. It starts programs and reads files, and knows no crate of ours.

mod bench;
mod boot;
mod crash;
mod firmware;
mod fonts;
mod fuzz;
mod guest;
mod image;
mod layers;
mod pictures;
mod program;
mod prove;
mod release_clean;
mod running;
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
    /// Makes the reference image of Debian's packages and our release programs: disk, root, bundle. Needs Debian's mmdebstrap,
    /// squashfs-tools, cryptsetup-bin, rauc, genimage, mtools, dosfstools, cpio, zstd, kmod, openssl, and root.
    Image(image::Options),
    /// Boots the reference image in QEMU, and does a visit on it by touches. Needs Debian's qemu-system-x86, ovmf,
    /// e2fsprogs, fdisk, sqlite3.
    Boot(boot::Options),
    /// Cuts the power of the booted image, in updates and visits, and adds up what came of it in docs/measured/power-cuts.json. Needs
    /// what `boot` needs.
    PowerCuts(boot::cuts::Options),
    /// Runs the drivers of camera and typing scanner on a kernel's own devices, in QEMU. Needs Debian's qemu-system-x86,
    /// busybox-static, kmod and cpio.
    Guest,
    /// Checks the firmware's files: units, rules, scripts, and with a Buildroot tree its configurations.
    Firmware {
        #[command(subcommand)]
        task: firmware::Task,
    },
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
    /// Has real agents go through a good and a flawed release at a real server, and keeps what became of them in
    /// docs/measured/fleet-prove.json. Needs 10,000 open files (ulimit -Hn).
    Prove {
        /// How many.
        #[arg(long, default_value_t = 2000)]
        terminals: usize,
    },
    /// Has libFuzzer try every parser of outside bytes, and adds up how long in docs/measured/fuzz.json. Needs cargo-fuzz and a
    /// nightly toolchain.
    Fuzz {
        /// Which; all when left out.
        targets: Vec<String>,
        /// Processor time of each over all its runs, seconds.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
    },
    /// Has schemathesis ask the reference platform and the fleet server everything that their documents allow, and what they
    /// do not. Needs python3 with venv, and its package registry at the first run; openssl.
    Schemathesis {
        /// Which of them; both when left out.
        #[arg(long)]
        of: Option<schemathesis::Server>,
        /// Where its dice begin.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many bodies of each call it makes up.
        #[arg(long)]
        examples: Option<u32>,
        /// A folder with both programs; built when left out.
        #[arg(long)]
        programs: Option<PathBuf>,
    },
    /// Measures, prints ours beside the anchor's, and leaves the samples in docs/measured.
    Bench {
        /// One of the names that `--list` prints, or of the crates behind them; every one of them when left out.
        name: Option<String>,
        /// Prints the names.
        #[arg(long)]
        list: bool,
        /// Runs some parts of it, which its own page names, and keeps nothing: of `fleet` these are `lines`, `list`, `year`, `agent`.
        #[arg(long, value_name = "PART", value_delimiter = ',', requires = "name")]
        only: Vec<String>,
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
        Task::Image(options) => image::make(&options)?,
        Task::Boot(options) => boot::run(&options)?,
        Task::PowerCuts(options) => boot::cuts::run(&options)?,
        Task::Guest => guest::prove()?,
        Task::Firmware { task } => firmware::run(&task)?,
        Task::Crash { runs, seed } => crash::run(runs, seed)?,
        Task::Prove { terminals } => prove::run(terminals)?,
        Task::Fuzz { targets, seconds } => fuzz::run(seconds, &targets)?,
        Task::Schemathesis { of, seed, examples, programs } => {
            schemathesis::ask(of, seed, examples, programs.as_deref())?;
        }
        Task::Bench { list: true, .. } => bench::list()?,
        Task::Bench { name, list: false, only } => bench::run(name.as_deref(), &only)?,
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
