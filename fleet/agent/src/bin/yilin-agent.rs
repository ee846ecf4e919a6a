//! `yilin-agent`: a terminal's agent. Its commands: docs/fleet-agent.md.

use clap::{Parser, Subcommand};
use fleet_agent::machine::{LinuxMachine, MachineProbe};
use fleet_agent::update::installer::Installer;
use fleet_agent::{
    Agent, AgentError, Config, Ended, Notifier, Parts, Power, Rauc, ScreenAt, SystemClock, Times, enrol,
    error, from_disk,
};
use serde_json::json;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// The terminal's side of the fleet: health, orders, configuration and updates.
#[derive(Parser)]
#[command(name = "yilin-agent", version)]
struct Arguments {
    /// The configuration.
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/yilin/agent.toml")]
    config: PathBuf,
    /// One JSON object a line on stdout.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs until SIGTERM, or until the machine is started again.
    Run,
    /// How this terminal's agent is, from what it keeps.
    Status,
    /// Enrols this terminal with a one-time code, which is read from standard input.
    Enrol {
        /// Enrols again, in the place of what was enrolled before.
        #[arg(long)]
        again: bool,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // Help and version are no mistakes.
            let code = if usage.use_stderr() { 2 } else { 0 };
            // What was not understood may have asked for JSON all the same.
            if code != 0 && std::env::args_os().any(|argument| argument == "--json") {
                complain(true, "usage", &usage.to_string());
            } else {
                let _ = usage.print();
            }
            return ExitCode::from(code);
        }
    };
    let config = match Config::read(&arguments.config) {
        Ok(config) => config,
        Err(mistakes) => {
            complain(arguments.json, "configuration", &error::chain(&mistakes));
            return ExitCode::from(2);
        }
    };
    log_to_stderr();
    let runtime =
        match tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(8).build() {
            Ok(runtime) => runtime,
            Err(broken) => {
                complain(arguments.json, "system", &error::chain(&broken));
                return ExitCode::FAILURE;
            }
        };
    let done = match arguments.command {
        Command::Run => runtime.block_on(run(config)),
        Command::Status => status(&config, arguments.json),
        Command::Enrol { again } => runtime.block_on(enrol_here(&config, arguments.json, again)),
    };
    // A slot that is being written is RAUC's work, which goes on without us: nobody waits for it here.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(arguments.json, failure.kind, &failure.message);
            ExitCode::FAILURE
        }
    }
}

/// Why a command failed.
struct Failure {
    /// A word for programs.
    kind: &'static str,
    message: String,
}

impl Failure {
    fn new(kind: &'static str, cause: &dyn std::error::Error) -> Self {
        Self { kind, message: error::chain(cause) }
    }
}

async fn run(config: Config) -> Result<(), Failure> {
    let user = config.screen_user().map_err(|cause| Failure::new("configuration", &cause))?;
    let screen = ScreenAt::Listen { socket: config.screen.socket.clone(), user };
    let (machine, installer, times, power) = stage(&config);
    let parts = Parts {
        config,
        clock: Arc::new(SystemClock),
        machine: Arc::clone(&machine),
        installer,
        screen,
        times,
        notifier: Notifier::from_environment(),
        power,
    };
    let mut terminated = signal(SignalKind::terminate()).map_err(|cause| Failure::new("system", &cause))?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|cause| Failure::new("system", &cause))?;
    let stop = async move {
        tokio::select! { _ = terminated.recv() => {}, _ = interrupted.recv() => {} }
    };
    let ended = Agent::run(parts, stop).await.map_err(|cause| {
        let kind = if matches!(cause, AgentError::NotEnrolled) { "not_enrolled" } else { "agent" };
        Failure::new(kind, &cause)
    })?;
    match ended {
        Ended::Stopped => Ok(()),
        Ended::Reboot => machine.reboot().map_err(|cause| Failure::new("machine", &cause)),
    }
}

type Stage = (Arc<dyn MachineProbe>, Arc<dyn Installer>, Times, Power);

/// Machine and installer: the real ones, or those of a folder where the program has them and the file says so.
fn stage(config: &Config) -> Stage {
    #[cfg(feature = "sim")]
    if let Some(folder) = &config.simulated {
        use fleet_agent::sim::{FolderInstaller, FolderMachine, power::Supply};
        let power = Power::from_supply(Supply::from_environment());
        let installer = FolderInstaller::new(folder, power.clone());
        return (Arc::new(FolderMachine::new(folder)), Arc::new(installer), Times::hurried(), power);
    }
    (Arc::new(LinuxMachine::new(&config.data)), Arc::new(Rauc::default()), Times::default(), Power::default())
}

fn status(config: &Config, as_json: bool) -> Result<(), Failure> {
    let (machine, ..) = stage(config);
    let status = from_disk(config, machine.as_ref());
    if as_json {
        let line = serde_json::to_string(&status).map_err(|cause| Failure::new("status", &cause))?;
        say(&line);
        return Ok(());
    }
    let moment =
        |at: Option<fleet_api::Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    say(&format!("enrolled: {}", if status.enrolled { "yes" } else { "no" }));
    say(&format!("certificate until: {}", moment(status.certificate_until)));
    say(&format!("server last heard: {}", moment(status.server_answered_at)));
    say(&format!("image: {}", status.image));
    if let Some(update) = &status.update {
        say(&format!("update: {} {}", update.version, update.state));
    }
    if let Some(last) = &status.last_update {
        say(&format!("last update: {last}"));
    }
    say(&format!("configuration: {}", status.configuration));
    say(&format!("events waiting: {}", status.events_waiting));
    for line in &status.network {
        say(line);
    }
    Ok(())
}

async fn enrol_here(config: &Config, as_json: bool, again: bool) -> Result<(), Failure> {
    let missing =
        |what: &str| Failure { kind: "configuration", message: format!("the configuration names no {what}") };
    let url = config.server.as_deref().ok_or_else(|| missing("server: set [server] url"))?;
    let authorities =
        config.authorities.as_deref().ok_or_else(|| missing("authorities: set [server] authorities"))?;
    let before = fleet_agent::Identity::read(&config.data).map_err(|cause| Failure::new("identity", &cause));
    match before {
        Ok(Some(identity)) if !again => {
            let terminal = &identity.enrolled.terminal;
            let message = format!("this terminal is enrolled as {terminal} already: --again enrols it anew");
            return Err(Failure { kind: "enrolled", message });
        }
        Err(failure) if !again => return Err(failure),
        _ => {}
    }
    if std::io::stdin().is_terminal() && !as_json {
        say("code from the console:");
    }
    let mut code = String::new();
    let mut typed = std::io::stdin().lock();
    // A line is enough for who types it, the end of the file for who pipes it.
    let mut byte = [0];
    while code.len() < 256 && matches!(typed.read(&mut byte), Ok(1)) && byte[0] != b'\n' {
        code.push(char::from(byte[0]));
    }
    let code = code.trim();
    if code.is_empty() {
        return Err(Failure { kind: "code", message: "no code came on standard input".to_owned() });
    }
    let (machine, ..) = stage(config);
    let now = fleet_api::Timestamp::now_utc();
    let identity = enrol(url, authorities, &config.data, code, machine.hardware(), now)
        .await
        .map_err(|cause| Failure::new("enrolment", &cause))?;
    let enrolled = &identity.enrolled;
    if as_json {
        let until = enrolled.valid_until.unix_timestamp();
        say(&json!({ "terminal": enrolled.terminal, "certificate_until_seconds": until }).to_string());
    } else {
        say(&format!("enrolled as {}, certificate until {}", enrolled.terminal, enrolled.valid_until));
    }
    Ok(())
}

/// A line on stdout; a reader who went away is no trouble of ours.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn complain(as_json: bool, kind: &str, message: &str) {
    if as_json {
        say(&json!({ "error": { "kind": kind, "message": message } }).to_string());
    } else {
        let _ = writeln!(std::io::stderr(), "yilin-agent: {message}");
    }
}

fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
