//! The reference platform as a program, for anybody who tests a terminal.

mod catalogue;
mod config;
mod conformance;
mod output;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use platform_client::sim::{self, CatalogueSource, Options, ReferencePlatform, TimeSource, fault};
use serde_json::json;

use config::{Config, Usage};
use output::Output;

/// The fictitious province of 宜邻: a platform to test terminals against.
#[derive(Parser)]
#[command(name = "yilin-province", version)]
struct Cli {
    /// A TOML file with the same names as the flags; a flag wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON object a line on stdout, errors too.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM; the first line says where: url, credentials, admin_url.
    Serve(Serve),
    /// Every case that a data folder holds, a line each.
    Cases {
        /// The folder given to `serve`.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Hold the conformance pack against a platform; exit 1 when a point fails.
    Conformance(conformance::Conformance),
    /// The contract as an OpenAPI 3.1 document.
    Openapi,
    /// Signs a catalogue, or says what differs between two.
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    /// What a slip claims, if a terminal's key proves it; needs no network.
    Verify(verify::Verify),
}

/// What `serve` may be told.
#[derive(Args)]
struct Serve {
    /// Where terminals connect; port 0 takes a free one. [default: 127.0.0.1:0]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where cases and certificates are kept. [default: a folder that is removed at the end]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How an interface speaks: canonical, anhui, national_rating, keyed_nonce or bare. What a terminal needs for it is
    /// written beside its certificate. [default: canonical]
    #[arg(long, value_name = "INTERFACE=DIALECT")]
    dialect: Vec<String>,
    /// Which fictitious city. [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What goes wrong, `province.KIND[_once|_every_N|~P][@STEP]`; `list` prints them all.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,
    /// In which form certificates are sealed: pdf, pdf-p256 or ofd. [default: pdf]
    #[arg(long, value_name = "FORM")]
    seal: Option<String>,
    /// Break this point of the conformance pack whenever the pack asks it; `list` prints them all.
    #[arg(long, value_name = "POINT")]
    wrong: Option<String>,
    /// A folder with catalogue.toml and items/. [default: the catalogue that is built in]
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
    /// A clock that stands still at this moment. [default: the machine's]
    #[arg(long, value_name = "RFC3339")]
    time: Option<String>,
}

/// The typeface of certificates.
const FONT: &[u8] = include_bytes!("../../../../assets/fonts/YilinSans-Regular.otf");

/// Why a command did not do its work.
enum Failure {
    /// The command line or the file of settings is wrong: exit 2.
    Usage(Usage),
    /// It could not be done: exit 1.
    Failed(Box<dyn std::error::Error>),
}

impl From<Usage> for Failure {
    fn from(usage: Usage) -> Self {
        Self::Usage(usage)
    }
}

impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(Box::new(error))
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Asked for help or version: no mistake.
        Err(words) if !words.use_stderr() => {
            return words.print().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
        }
        Err(mistake) => {
            let json = std::env::args_os().any(|word| word == "--json");
            return wrong_usage(&Output::new(json), mistake.to_string().trim_end());
        }
    };
    let output = Output::new(cli.json);
    let config = match Config::read(cli.config.as_deref()) {
        Ok(config) => config,
        Err(usage) => return wrong_usage(&output, &usage.0),
    };
    let done = match cli.command {
        Command::Serve(flags) => serve(flags, config, &output),
        Command::Cases { data } => cases(&data, &output),
        Command::Openapi => openapi(),
        Command::Catalogue(asked) => catalogue::run(&asked, &output),
        Command::Conformance(asked) => match conformance::run(&asked, &output) {
            Ok(true) => Ok(()),
            // The report has said what.
            Ok(false) => return ExitCode::FAILURE,
            Err(failure) => Err(failure),
        },
        Command::Verify(slip) => match verify::verify(&slip, &output) {
            // What proves nothing was said: a script reads it from the exit.
            Ok(false) => return ExitCode::FAILURE,
            other => other.map(drop),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(usage)) => wrong_usage(&output, &usage.0),
        Err(Failure::Failed(error)) => {
            output.error("failed", &with_sources(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn wrong_usage(output: &Output, message: &str) -> ExitCode {
    output.error("usage", message);
    ExitCode::from(2)
}

fn serve(flags: Serve, config: Config, output: &Output) -> Result<(), Failure> {
    if flags.fault.iter().any(|f| f == "list") {
        for name in fault::list() {
            output.line(
                &format!("{:<32} {}", name.name, name.meaning),
                &json!({"fault": name.name, "meaning": name.meaning}),
            );
        }
        let steps: Vec<&str> = fault::step_names().collect();
        output.line(
            &format!(
                "each also as NAME_once (the next call only), NAME_every_3 (every third), NAME~0.1 (one in ten, by the \
                 seed), and, but for tls_*, with @STEP behind it, STEP one of: {}",
                steps.join(" ")
            ),
            &json!({"steps": steps}),
        );
        return Ok(());
    }
    if flags.wrong.as_deref() == Some("list") {
        for point in sim::conformance::points() {
            let words = format!("{:<36} {}", point.id, point.title.en);
            output.line(&words, &json!({"point": point.id, "title": point.title.en}));
        }
        return Ok(());
    }
    let config = config.overridden_by(flags.settings()?);
    let scratch = match &config.data {
        Some(_) => None,
        None => Some(Scratch(std::env::temp_dir().join(format!("yilin-province-{}", std::process::id())))),
    };
    let data = config.data.or_else(|| scratch.as_ref().map(|s| s.0.clone())).unwrap_or_default();
    let options = Options {
        listen: config.listen.unwrap_or_else(config::usual_address),
        seed: config.seed.unwrap_or(1),
        time: config.time.map_or(TimeSource::System, TimeSource::Fixed),
        faults: config.fault,
        dialects: config.dialect,
        seal: config.seal.unwrap_or_default(),
        wrong: config.wrong,
        catalogue: config.catalogue.map_or(CatalogueSource::Embedded, CatalogueSource::Folder),
        ..Options::new(data, FONT)
    };
    // Before the line that says it is ready: whoever reads it may send the signal at once.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut terminate = {
        let _inside = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?
    };
    let platform = ReferencePlatform::start(options)?;
    output.object(&json!({
        "url": platform.url(),
        "credentials": platform.credentials(),
        "admin_url": platform.admin_url(),
    }));
    runtime.block_on(async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    });
    drop(platform);
    drop(scratch);
    Ok(())
}

/// The document with its line breaks, as `docs/openapi.json` has it.
fn openapi() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&platform_client::openapi::document())?;
    std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes())?;
    Ok(())
}

fn cases(data: &std::path::Path, output: &Output) -> Result<(), Failure> {
    for case in sim::kept_cases(data)? {
        output.object(&serde_json::to_value(case)?);
    }
    Ok(())
}

/// A folder for one run.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own tidying.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
