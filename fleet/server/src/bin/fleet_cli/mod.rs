//! The command line.

mod answer;
mod backup;
mod config;
mod operator;
mod work;

pub(crate) use answer::Answers;
use clap::{Args, Parser, Subcommand};
use config::Config;
use fleet_server::period::Period;
use fleet_server::serve::{Console, Options};
use fleet_server::state::{Policy, Server};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The fleet server.
#[derive(Parser)]
#[command(name = "yilin-fleet", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    place: Place,
    /// A TOML file with the flags of `serve`, `data` and `database` by their names, `_` for `-`; a flag wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON object a line on stdout, errors too.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// Where everything is.
#[derive(Args)]
pub(crate) struct Place {
    /// Keys, artifacts and, where no other is named, the database [default: /var/lib/yilin/fleet].
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// sqlite:FILE or postgres://…; its password from PGPASSWORD or a password file.
    #[arg(long, global = true)]
    database: Option<String>,
}

/// A reason where none has to be given.
#[derive(Args, Default)]
pub(crate) struct Why {
    /// Why; kept in the audit.
    #[arg(long, default_value = "")]
    why: String,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serves terminals until SIGTERM.
    Serve(Serve),
    /// The city's districts, streets and communities.
    #[command(subcommand)]
    Division(Division),
    /// Terminals.
    #[command(subcommand)]
    Terminal(Terminal),
    /// Clients behind a gateway.
    #[command(subcommand)]
    Gateway(Gateway),
    /// Releases.
    #[command(subcommand)]
    Artifact(Artifact),
    /// Rollouts.
    #[command(subcommand)]
    Rollout(Rollout),
    /// Reports.
    #[command(subcommand)]
    Report(Report),
    /// Signing keys.
    #[command(subcommand)]
    Key(Key),
    /// Accounts of the console.
    #[command(subcommand)]
    User(User),
    /// Writes keys and database (SQLite) into a new folder, while the server runs. Artifacts are left out.
    Backup {
        /// A folder that is not there yet.
        out: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Makes a new data folder of a backup.
    Restore {
        /// The folder that `backup` wrote.
        from: PathBuf,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Where terminals call [default: 127.0.0.1:8444].
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Where people look [default: 127.0.0.1:8443].
    #[arg(long)]
    console: Option<SocketAddr>,
    /// The console's address as browsers show it; passkeys want a name, not a number. Left out: localhost and the port.
    #[arg(long)]
    console_origin: Option<String>,
    /// Where the machine's own counters are asked for, without TLS [default: 127.0.0.1:9464].
    #[arg(long)]
    metrics: Option<SocketAddr>,
    /// A name or address by which the server is called; several times [default: localhost 127.0.0.1].
    #[arg(long = "name")]
    names: Vec<String>,
    /// The tenant of the update paths [default: default].
    #[arg(long)]
    tenant: Option<String>,
    /// Seconds between heartbeats [default: 60].
    #[arg(long)]
    heartbeat_seconds: Option<u32>,
    /// Seconds between polls for updates [default: 300].
    #[arg(long)]
    poll_seconds: Option<u32>,
    /// Takes hawkBit's tokens too, for clients that know no certificates.
    #[arg(long)]
    allow_tokens: bool,
}

#[derive(Subcommand)]
pub(crate) enum Division {
    /// Takes the divisions of a file, a JSON object a line: all of them, or none where one has a mistake.
    Add {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Lists divisions.
    List,
}

#[derive(Subcommand)]
pub(crate) enum Terminal {
    /// Plans the terminals of a file, a JSON object a line.
    Add {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// Lists terminals.
    List {
        /// The last number of the page before.
        #[arg(long, default_value = "")]
        after: String,
        /// Rows.
        #[arg(long, default_value_t = 1000)]
        rows: u16,
    },
    /// A one-time code with which a terminal enrols.
    Code {
        /// Its number.
        terminal: String,
        #[command(flatten)]
        why: Why,
    },
    /// A hawkBit TargetToken; the older one ends.
    Token {
        /// Its number.
        terminal: String,
        #[command(flatten)]
        why: Why,
    },
    /// Takes a terminal's certificates away.
    Revoke {
        /// Its number.
        terminal: String,
        /// Why.
        #[arg(long)]
        why: String,
        /// For good.
        #[arg(long)]
        retire: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum Gateway {
    /// A hawkBit GatewayToken, which opens the updates of every terminal; the older one ends.
    Token {
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Subcommand)]
pub(crate) enum Artifact {
    /// Adds a release.
    Add {
        /// The bundle.
        file: PathBuf,
        /// Its version.
        #[arg(long)]
        version: String,
        /// What it is built for.
        #[arg(long)]
        compatible: String,
        /// What it is.
        #[arg(long, default_value = "yilin")]
        name: String,
        /// The release manager's key file, which signs the manifest.
        #[arg(long)]
        release_key: Option<PathBuf>,
        /// Lower versions, down to this one, may be replaced by it: a rollback.
        #[arg(long)]
        may_replace_down_to: Option<String>,
        #[command(flatten)]
        why: Why,
    },
    /// Lists releases.
    List,
    /// Writes a release and the release manager's word for it onto a technician's stick.
    Stick {
        /// The release's number.
        release: i64,
        /// The stick's folder; FAT, label YILIN.
        folder: PathBuf,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Subcommand)]
pub(crate) enum Rollout {
    /// Makes a rollout.
    Add(NewRollout),
    /// Starts it.
    Start(Decision),
    /// Holds it.
    Pause(Decision),
    /// Lets it go on.
    Resume(Decision),
    /// Gives it up.
    Abort(Decision),
    /// Gives it up; those that installed it start their other slot.
    Rollback(Decision),
    /// Lists rollouts and how far they are.
    List,
}

#[derive(Args)]
pub(crate) struct NewRollout {
    /// The release's number.
    #[arg(long)]
    release: i64,
    /// Its name.
    #[arg(long)]
    name: String,
    /// Waves in a hundred, the last one 100.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    waves: Vec<i64>,
    /// Seconds that a wave lasts at least.
    #[arg(long, default_value_t = 3600)]
    pause_seconds: i64,
    /// So many failures in a thousand of a wave, and it stops.
    #[arg(long, default_value_t = 10)]
    error_permille: i64,
    /// Districts by code.
    #[arg(long, value_delimiter = ',')]
    district: Vec<String>,
    /// Models.
    #[arg(long, value_delimiter = ',')]
    model: Vec<String>,
    /// Orders the terminals of the waves.
    #[arg(long, default_value_t = 1)]
    seed: i64,
    /// Why.
    #[arg(long)]
    why: String,
}

#[derive(Args)]
pub(crate) struct Decision {
    /// The rollout's number.
    id: i64,
    /// Why.
    #[arg(long)]
    why: String,
}

#[derive(Subcommand)]
pub(crate) enum Report {
    /// Communities with their terminals: installed, in service, met the service level.
    Coverage {
        /// The days before now that count.
        #[arg(long, default_value_t = 30)]
        days: i64,
        /// Instead: a month, 2026-11, or a quarter, 2026-Q4.
        #[arg(long, conflicts_with = "days")]
        period: Option<Period>,
        /// So many thousandths of the opening hours.
        #[arg(long, default_value_t = 950)]
        permille: i64,
    },
}

#[derive(Subcommand)]
pub(crate) enum Key {
    /// The keys that count now.
    List,
    /// A new key for a role, and the ring that names it.
    Rotate {
        /// `commands`, `configuration` or `release`.
        role: String,
        /// The root key's file, brought here for this.
        #[arg(long)]
        root_key: PathBuf,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Subcommand)]
pub(crate) enum User {
    /// Makes an account and prints the link by which its owner signs up, once.
    Add {
        /// Its name: lower-case letters, digits, `.`, `-`, `_`.
        name: String,
        /// `viewer`, `technician`, `release_manager`, `auditor` or `admin`.
        #[arg(long)]
        role: String,
        /// How it is shown; left out: its name.
        #[arg(long)]
        shown: Option<String>,
        /// The console's address as browsers show it. Left out: the file's, else localhost and the console's port.
        #[arg(long)]
        console_origin: Option<String>,
        #[command(flatten)]
        why: Why,
    },
}

/// Runs a command line.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let answers = Answers { json: cli.json };
    let config = match Config::read(cli.config.as_deref()) {
        Ok(config) => config,
        Err(mistakes) => return answers.wrong("configuration", &mistakes),
    };
    let place = cli.place.over(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return answers.failed(&error),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(flags) => work::serve(&place, flags.over(config), &answers).await,
            Command::Backup { out, why } => backup::backup(&place, &out, &why.why, &answers).await,
            Command::Restore { from, why } => backup::restore(&place, &from, &why.why, &answers).await,
            other => work::work(&place, other, &config, &answers).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => answers.failed(error.as_ref()),
    }
}

impl Place {
    /// These flags, then the file, then the default.
    fn over(self, config: &Config) -> Self {
        Self {
            data: self.data.or_else(|| config.data.clone()),
            database: self.database.or_else(|| config.database.clone()),
        }
    }

    /// The folder.
    fn data(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new("/var/lib/yilin/fleet"))
    }

    fn options(&self) -> Options {
        Options { database: self.database.clone(), ..Options::local(self.data()) }
    }
}

/// Where people look, where nothing else is said.
const CONSOLE_PORT: u16 = 8443;

/// The console's address in browsers: what was said, else localhost and the port on which it listens.
fn origin(said: Option<&str>, console: Option<SocketAddr>) -> String {
    let port = console.map_or(CONSOLE_PORT, |console| console.port());
    said.map_or_else(|| format!("https://localhost:{port}"), str::to_owned)
}

impl Serve {
    /// These flags, then the file.
    fn over(self, config: Config) -> Self {
        Self {
            listen: self.listen.or(config.listen),
            console: self.console.or(config.console),
            console_origin: self.console_origin.or(config.console_origin),
            metrics: self.metrics.or(config.metrics),
            names: if self.names.is_empty() { config.name.unwrap_or_default() } else { self.names },
            tenant: self.tenant.or(config.tenant),
            heartbeat_seconds: self.heartbeat_seconds.or(config.heartbeat_seconds),
            poll_seconds: self.poll_seconds.or(config.poll_seconds),
            allow_tokens: self.allow_tokens || config.allow_tokens == Some(true),
        }
    }

    fn console(&self) -> SocketAddr {
        self.console.unwrap_or(SocketAddr::from(([127, 0, 0, 1], CONSOLE_PORT)))
    }

    fn options(self, place: &Place, pages: axum::Router<Server>) -> Options {
        let here = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let local = place.options();
        let policy = Policy::default();
        Options {
            listen: self.listen.unwrap_or(here(8444)),
            console: Some(Console { listen: self.console(), pages }),
            metrics: Some(self.metrics.unwrap_or(here(9464))),
            names: if self.names.is_empty() { local.names.clone() } else { self.names },
            policy: Policy {
                tenant: self.tenant.unwrap_or(policy.tenant),
                heartbeat_seconds: self.heartbeat_seconds.unwrap_or(policy.heartbeat_seconds).clamp(5, 3600),
                poll_seconds: self.poll_seconds.unwrap_or(policy.poll_seconds).clamp(1, 86_399),
                tokens: self.allow_tokens,
                ..policy
            },
            ..local
        }
    }
}
