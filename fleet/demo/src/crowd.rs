//! Terminals in processes of their own: one process may have only so many files open, and a fleet of thousands needs more.
//!
//! Duty: hand a process its terminals, start and end it. Never: anything that a terminal does; that is the kiosk's.

use crate::fleet::FIRST;
use crate::kiosk::{Flaw, Kiosk, KioskError, Surroundings};
use crate::screen::Pace;
use sample_city::Seed;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

/// What a process says when all of its terminals run.
const READY: &str = "ready";
/// How many terminals of a process are enrolled at the same time.
const AT_ONCE: usize = 8;

/// Where terminals run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Crowd {
    /// In the process of the server.
    Here,
    /// So many in each of other processes.
    Processes {
        /// A program that calls [`serve`] when it is started with [`COMMAND`].
        program: PathBuf,
        /// Terminals of one process.
        each: usize,
    },
}

/// The argument with which a program becomes a crowd.
pub const COMMAND: &str = "crowd";

/// A terminal of a roster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) folder: PathBuf,
    pub(crate) code: String,
}

/// What a process is told: the surroundings of all, and who they are.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Roster {
    server: String,
    authorities: PathBuf,
    flaw: Option<Flaw>,
    trial: Duration,
    seed: u64,
    terminals: Vec<Member>,
}

/// Why a crowd does not run.
#[derive(Debug, thiserror::Error)]
pub enum CrowdError {
    /// The program cannot be started or heard.
    #[error("{program}: cannot be started or heard")]
    Program {
        /// Which.
        program: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It ended by itself, or badly.
    #[error("a process of terminals ended with {status}: {said}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// Its last words.
        said: String,
    },
    /// What it was told is no roster.
    #[error("the roster cannot be read")]
    Roster(#[from] serde_json::Error),
    /// Standard input or output.
    #[error("the line to the fleet broke")]
    Line(#[source] std::io::Error),
    /// A terminal.
    #[error(transparent)]
    Kiosk(#[from] KioskError),
    /// A task ended against all expectation.
    #[error("a task of a process of terminals failed")]
    Task(#[from] tokio::task::JoinError),
    /// Lively terminals are for who looks at them, and run where the server does.
    #[error("terminals of other processes stand still")]
    Lively,
}

impl Roster {
    pub(crate) fn new(around: &Surroundings, terminals: Vec<Member>) -> Result<Self, CrowdError> {
        if around.pace != Pace::still() {
            return Err(CrowdError::Lively);
        }
        Ok(Self {
            server: around.server.clone(),
            authorities: around.authorities.clone(),
            flaw: around.flaw.as_deref().cloned(),
            trial: around.trial,
            seed: around.seed.0,
            terminals,
        })
    }
}

/// A process of terminals, from the fleet's side. It ends when `stop` says so, and comes back early only when it failed.
/// `ready` hears when all of its terminals run.
pub(crate) fn watch_over(
    program: PathBuf,
    roster: &Roster,
    stop: watch::Receiver<bool>,
) -> Result<(oneshot::Receiver<()>, impl Future<Output = Result<(), CrowdError>> + use<>), CrowdError> {
    let failed = |cause| CrowdError::Program { program: program.clone(), cause };
    let mut told = serde_json::to_vec(roster)?;
    told.push(b'\n');
    let mut child = Command::new(&program)
        .arg(COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut line = child.stdin.take();
    let child = Arc::new(Mutex::new(child));
    let (say_ready, ready) = oneshot::channel();
    let (say_ended, ended) = oneshot::channel();
    // Its end is waited for on a thread: a process is no task.
    let attended = Arc::clone(&child);
    let attending = std::thread::spawn(move || {
        // Who asked may be gone.
        let _ = say_ended.send(attend(&attended, say_ready));
    });
    let guard = Guard { child, attending: Some(attending) };
    if let Some(line) = &mut line {
        line.write_all(&told).map_err(failed)?;
    }
    let watched = async move {
        let _guard = guard;
        let mut stop = stop;
        let mut ended = ended;
        let early = tokio::select! {
            outcome = &mut ended => Some(outcome),
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let outcome = match early {
            Some(outcome) => outcome,
            None => {
                // Its end of input is its word to end.
                drop(line);
                ended.await
            }
        };
        let stopping = *stop.borrow();
        match outcome {
            Ok(Ok((status, _))) if status.success() && stopping => Ok(()),
            Ok(Ok((status, said))) => Err(CrowdError::Ended { status, said }),
            Ok(Err(cause)) => Err(CrowdError::Program { program, cause }),
            Err(_) => Err(CrowdError::Line(std::io::ErrorKind::BrokenPipe.into())),
        }
    };
    Ok((ready, watched))
}

/// A process that nobody waits for any more is not left behind.
struct Guard {
    child: Arc<Mutex<Child>>,
    attending: Option<JoinHandle<()>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
        if let Some(attending) = self.attending.take() {
            // Its last words have nobody who hears them.
            let _ = attending.join();
        }
    }
}

/// Hears a process until it ended.
fn attend(child: &Mutex<Child>, ready: oneshot::Sender<()>) -> std::io::Result<(ExitStatus, String)> {
    let child = || child.lock().unwrap_or_else(PoisonError::into_inner);
    let (out, errors) = {
        let mut child = child();
        (child.stdout.take(), child.stderr.take())
    };
    let errors = errors.map(|mut errors| {
        std::thread::spawn(move || {
            let mut said = String::new();
            // What cannot be read is not said.
            let _ = errors.read_to_string(&mut said);
            said
        })
    });
    let mut said = String::new();
    if let Some(out) = out {
        let mut ready = Some(ready);
        for line in BufReader::new(out).lines() {
            let line = line?;
            match ready.take() {
                // Who waits may be gone.
                Some(ready) if line == READY => drop(ready.send(())),
                _ => said = line,
            }
        }
    }
    let status = child().wait()?;
    let errors = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();
    let last = errors.lines().last().unwrap_or_default();
    Ok((status, format!("{said} {last}").trim().to_owned()))
}

/// The process of a crowd: reads its roster from standard input, runs its terminals, and ends with its standard input.
///
/// # Errors
/// A terminal cannot be set up, or ended by itself.
pub async fn serve() -> Result<(), CrowdError> {
    let (roster, input_ended) = hear()?;
    let around = Surroundings {
        server: roster.server,
        authorities: roster.authorities,
        pace: Pace::still(),
        flaw: roster.flaw.map(Arc::new),
        trial: roster.trial,
        seed: Seed(roster.seed),
    };
    let (stop, stopped) = watch::channel(false);
    let mut kiosks = JoinSet::new();
    let mut beginning: JoinSet<Result<Kiosk, KioskError>> = JoinSet::new();
    for member in roster.terminals {
        if beginning.len() >= AT_ONCE
            && let Some(kiosk) = beginning.join_next().await
        {
            kiosks.spawn(Kiosk::run(kiosk??, stopped.clone()));
        }
        let around = around.clone();
        beginning.spawn(async move {
            Kiosk::set_up(&member.id, member.folder, FIRST, &member.code, &around).await
        });
    }
    while let Some(kiosk) = beginning.join_next().await {
        kiosks.spawn(Kiosk::run(kiosk??, stopped.clone()));
    }
    say(READY)?;
    let asked = tokio::select! {
        _ = input_ended => true,
        // None should end by itself: the fleet hears of it by the end of this process.
        Some(ended) = kiosks.join_next() => {
            ended??;
            false
        }
    };
    stop.send_replace(true);
    while let Some(ended) = kiosks.join_next().await {
        ended??;
    }
    if asked { Ok(()) } else { Err(CrowdError::Line(std::io::ErrorKind::UnexpectedEof.into())) }
}

/// The roster, and what hears of the end of standard input.
fn hear() -> Result<(Roster, oneshot::Receiver<()>), CrowdError> {
    let mut first = String::new();
    std::io::stdin().lock().read_line(&mut first).map_err(CrowdError::Line)?;
    let roster = serde_json::from_str(&first)?;
    let (ended, hears) = oneshot::channel();
    std::thread::spawn(move || {
        // An input that breaks has ended.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    Ok((roster, hears))
}

fn say(line: &str) -> Result<(), CrowdError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(CrowdError::Line)
}
