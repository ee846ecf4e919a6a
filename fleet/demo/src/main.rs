//! `fleet-demo`: a city's terminals and their console, alive in one command.

use clap::{Args, Parser, Subcommand};
use fleet_demo::crowd::{self, Crowd};
use fleet_demo::fleet::{Fleet, Plan};
use fleet_demo::past::Past;
use fleet_demo::prove::{self, FLAWED, GOOD, Proof};
use fleet_demo::scale;
use fleet_demo::screen::Pace;
use fleet_server::console::{self, accounts, role::Role, tokens::Secret};
use fleet_server::rollout::State;
use fleet_server::serve::{Console, Options};
use fleet_server::state::{Actor, Policy};
use sample_city::Seed;
use std::error::Error;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

/// How long work that is in hand may last at the end.
const LAST_WORK: Duration = Duration::from_secs(10);

/// How long a new version may take to prove itself.
const TRIAL: Duration = Duration::from_secs(20);

/// A fleet of simulated terminals in the sample city: real agents and a real server over real TLS.
#[derive(Parser)]
#[command(name = "fleet-demo", version)]
struct Cli {
    #[command(flatten)]
    show: Show,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Shows the console with terminals that live, until Ctrl-C or SIGTERM: a good release goes out, then one that some units cannot paint.
#[derive(Args)]
struct Show {
    /// How many terminals.
    #[arg(long, default_value_t = 200)]
    terminals: usize,
    /// Where everything is kept; left out: a folder that is deleted at the end.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where the console is.
    #[arg(long, default_value = "127.0.0.1:8443")]
    console: SocketAddr,
    /// The seed of the city and of all that happens.
    #[arg(long, global = true, default_value_t = Seed::DEMONSTRATION.0)]
    seed: u64,
}

/// Who looks, by the account's name.
const ACCOUNTS: [(&str, Role); 5] = [
    ("admin", Role::Admin),
    ("release-manager", Role::ReleaseManager),
    ("technician", Role::Technician),
    ("technician-2", Role::Technician),
    ("auditor", Role::Auditor),
];

#[derive(Subcommand)]
enum Command {
    /// Rolls a good and a flawed release out and looks at every promise; exit 1 when one was broken.
    Prove {
        /// How many terminals.
        #[arg(long, default_value_t = 2000)]
        terminals: usize,
        /// On how many of a thousand units the second release paints nothing.
        #[arg(long, default_value_t = 30)]
        failing_permille: u32,
        /// The rollout's threshold, in thousandths of a wave.
        #[arg(long, default_value_t = 20)]
        error_permille: i64,
        /// Seconds that a new version may take to prove itself; more on a slow machine.
        #[arg(long, default_value_t = 120)]
        trial_seconds: u64,
        /// The size of a release, in bytes.
        #[arg(long, default_value_t = 65_536)]
        bytes: usize,
        /// How many terminals share a process; the server has its own.
        #[arg(long, default_value_t = 500)]
        each: usize,
    },
    /// A process of terminals, for `prove`: reads who they are from standard input.
    #[command(name = crowd::COMMAND, hide = true)]
    Crowd,
    /// Simulates the requests and downloads of a whole country's terminals (docs/scale.md).
    Scale,
}

#[allow(clippy::print_stdout, reason = "a program for people at a terminal")]
fn say(line: &str) {
    println!("{line}");
}

/// As many open files as the system lets a program have: each terminal has some ten.
fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Without it smaller fleets run all the same.
    let _ = setrlimit(Resource::Nofile, rustix::process::Rlimit { current: limit.maximum, ..limit });
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    raise_open_files();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let mut folder = None;
    let done = runtime.block_on(run(cli, &mut folder));
    // Nobody writes into the folder any more when it is deleted.
    runtime.shutdown_timeout(LAST_WORK);
    if let Some(folder) = folder
        && let Err(error) = delete(folder)
    {
        return failed(&error);
    }
    match done {
        Ok(code) => code,
        Err(error) => failed(error.as_ref()),
    }
}

fn failed(error: &dyn Error) -> ExitCode {
    say(&format!("fleet-demo: {error}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        say(&format!("  because {error}"));
        cause = error.source();
    }
    ExitCode::FAILURE
}

/// The end that somebody asks for from now on: Ctrl-C or SIGTERM.
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Deletes the folder. A thread of the database, which the runtime does not know, may be at its last write.
fn delete(folder: TempDir) -> std::io::Result<()> {
    let folder = folder.keep();
    let until = Instant::now() + LAST_WORK;
    loop {
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                if Instant::now() > until {
                    return Err(error);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            _ => return Ok(()),
        }
    }
}

/// A folder that is deleted when all has ended.
fn temporary(folder: &mut Option<TempDir>) -> std::io::Result<PathBuf> {
    Ok(folder.insert(tempfile::tempdir()?).path().to_owned())
}

async fn run(cli: Cli, folder: &mut Option<TempDir>) -> Result<ExitCode, Box<dyn Error>> {
    let seed = Seed(cli.show.seed);
    match cli.command {
        None => show(cli.show, seed, folder).await,
        Some(Command::Scale) => {
            say(&serde_json::to_string_pretty(&scale::Plan::country().load(seed))?);
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Crowd) => {
            crowd::serve().await?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Prove { terminals, failing_permille, error_permille, trial_seconds, bytes, each }) => {
            let data = temporary(folder)?;
            let crowd = Crowd::Processes { program: std::env::current_exe()?, each };
            let trial = Duration::from_secs(trial_seconds);
            let proof =
                Proof { data, terminals, failing_permille, error_permille, trial, bytes, seed, crowd };
            let Some(outcome) = prove::run(&proof, ended()?).await? else { return Ok(ExitCode::FAILURE) };
            say(&serde_json::to_string_pretty(&outcome)?);
            Ok(if outcome.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

async fn show(show: Show, seed: Seed, folder: &mut Option<TempDir>) -> Result<ExitCode, Box<dyn Error>> {
    let mut end = std::pin::pin!(ended()?);
    let data = match show.data {
        Some(data) => data,
        None => temporary(folder)?,
    };
    std::fs::create_dir_all(&data)?;
    let setup = console::Setup::new(
        format!("https://localhost:{}", show.console.port()),
        Secret::read_or_make(&data.join("console.key"))?,
    );
    let options = Options {
        console: Some(Console { listen: show.console, pages: console::pages(setup.clone()) }),
        policy: Policy { heartbeat_seconds: 10, poll_seconds: 10, ..Policy::default() },
        ..Options::local(&data)
    };
    say(&format!("{} terminals are enrolled …", show.terminals));
    let past = if data.join("fleet.db").exists() { Past::None } else { Past::FourWeeks };
    let plan = Plan {
        data,
        terminals: show.terminals,
        pace: Pace::lively(),
        flaw: Some((FLAWED, 120)),
        trial: TRIAL,
        past,
        seed,
    };
    let mut fleet = tokio::select! {
        fleet = Fleet::start(plan, options) => fleet?,
        () = &mut end => return Ok(ExitCode::SUCCESS),
    };
    let server = fleet.server().clone();
    let now = server.clock.millis();
    say(
        "The console; each account signs up once by its link (the browser does not know the certificate's authority):",
    );
    for (name, role) in ACCOUNTS {
        let by = (&Actor("demo".to_owned()), "the demonstration");
        let link = accounts::add_by_command_line(&setup, &server.store, name, name, role, by, now).await?;
        say(&format!("  {name:16} {}", link.as_deref().unwrap_or("was made before")));
    }
    say(&format!("{} (Ctrl-C ends it)", fleet.console_url().unwrap_or_default()));
    let ended = tokio::select! {
        ended = releases(&mut fleet) => ended,
        () = &mut end => Ok(()),
    };
    // A hold on the server is one on its store, which waits for the last.
    drop(server);
    fleet.stop().await?;
    ended.map(|()| ExitCode::SUCCESS)
}

/// A good release, then a flawed one; then the fleet lives on until somebody ends it.
async fn releases(fleet: &mut Fleet) -> Result<(), Box<dyn Error>> {
    // Time to sign up and look at the city before anything moves.
    tokio::time::sleep(Duration::from_secs(30)).await;
    let configuration = fleet.configure().await?;
    fleet.push(configuration, 25).await?;
    for (name, version) in [("good", GOOD), ("flawed", FLAWED)] {
        let release = fleet.release(version, 256 * 1024).await?;
        let rollout = fleet.roll_out(&format!("{version} · {name}"), release, 50).await?;
        say(&format!("{name} {version} goes out"));
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let (state, counts) = fleet.progress(rollout).await?;
            if state != Some(State::Running) && counts.open == 0 {
                let state = state.map_or("gone", State::word);
                say(&format!("{version}: {state}, {} good, {} failed", counts.succeeded, counts.failed));
                break;
            }
        }
    }
    std::future::pending().await
}
