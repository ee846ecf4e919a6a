//! A debug shell on a terminal of its own.
//!
//! Duty: carry bytes between shell and desk, keep the same transcript as the desk, and end it with time, visit or network.
//! Never: let it outlive any of them.

use super::carry::Done;
use crate::agent::Shared;
use crate::screen::ScreenState;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::command::{ATTACHMENT_BYTES, CommandId, Outcome};
use fleet_api::health::ScreenPhase;
use fleet_api::path;
use fleet_api::shell::{ShellEnd, ShellReply, ShellTurn, TURN_BYTES};
use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How long output is gathered before it goes.
const GATHER: Duration = Duration::from_millis(100);

/// Runs it to its end; none while somebody is there.
pub(super) async fn run(shared: &Arc<Shared>, id: &CommandId, seconds: u32) -> Option<Done> {
    let Some(program) = shared.config.shell.clone() else {
        return Some(Done::new(
            Outcome::NotSupported,
            "the configuration allows no shell: [shell] program".to_owned(),
        ));
    };
    if is_attended(&shared.screen.watch().borrow()) {
        return None;
    }
    let mut shell = match Shell::start(&program) {
        Ok(shell) => shell,
        Err(error) => {
            return Some(Done::new(Outcome::Failed, format!("the shell cannot be started: {error}")));
        }
    };
    tracing::warn!(%id, seconds, "a debug shell is open");
    let end = converse(shared, id, Duration::from_secs(seconds.into()), &mut shell).await;
    shell.end();
    tracing::warn!(%id, why = end.word(), "the debug shell is closed");
    let mut done = Done::new(Outcome::Done, format!("ended: {end}"));
    done.attachment = Some(std::mem::take(&mut shell.transcript));
    Some(done)
}

/// Somebody stands there, or may: nobody looks into a terminal then.
fn is_attended(state: &ScreenState) -> bool {
    state.health().is_some_and(|health| matches!(health.phase, ScreenPhase::Visit))
}

async fn converse(shared: &Arc<Shared>, id: &CommandId, life: Duration, shell: &mut Shell) -> ShellEnd {
    let link = path::SHELL.replace("{id}", &id.0);
    let until = Instant::now() + life;
    let mut heard = Instant::now();
    let mut screen = shared.screen.watch();
    let (mut number, mut output): (u64, Vec<u8>) = (0, Vec::new());
    let mut over = None;
    loop {
        // Output since the last turn, a little of it together.
        if output.is_empty() && over.is_none() {
            tokio::select! {
                piece = shell.output.recv() => match piece {
                    Some(piece) => output = piece,
                    None => over = Some(ShellEnd::Exited),
                },
                () = tokio::time::sleep(GATHER) => {}
            }
        }
        while over.is_none() && output.len() < TURN_BYTES {
            match shell.output.try_recv() {
                Ok(piece) => output.extend(piece),
                Err(mpsc::error::TryRecvError::Empty) => break,
                Err(mpsc::error::TryRecvError::Disconnected) => over = Some(ShellEnd::Exited),
            }
        }
        let sent: Vec<u8> = output.drain(..output.len().min(TURN_BYTES)).collect();
        let ended = over.filter(|_| output.is_empty());
        let turn = ShellTurn { number, output: STANDARD.encode(&sent), ended };
        shell.note("out", &sent);
        let server = shared.server();
        let reply = loop {
            let asking = server.post::<ShellReply>("shell", &link, &turn);
            tokio::select! {
                reply = asking => match reply {
                    Ok(reply) => break Some(reply),
                    Err(error) if error.status().is_some_and(|status| status.is_client_error()) => return ShellEnd::Desk,
                    Err(_) if ended.is_some() => break None,
                    Err(error) => {
                        tracing::warn!(error = %error.chain(), "a turn of the shell");
                        if heard.elapsed() >= shared.times.shell_silence {
                            return ShellEnd::Network;
                        }
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                },
                () = tokio::time::sleep_until(until), if over.is_none() => { over = Some(ShellEnd::Time); break None; }
                () = tokio::time::sleep_until(heard + shared.times.shell_silence + Duration::from_secs(20)) => return ShellEnd::Network,
                () = visited(&mut screen), if over.is_none() => { over = Some(ShellEnd::Visit); break None; }
            }
        };
        if let Some(end) = ended {
            return end;
        }
        if let Some(reply) = reply {
            heard = Instant::now();
            number += 1;
            if reply.end {
                over = Some(ShellEnd::Desk);
            }
            let Ok(input) = STANDARD.decode(&reply.input) else { continue };
            if !input.is_empty() && over.is_none() {
                shell.note("in", &input);
                if !shell.write(input) {
                    over = Some(ShellEnd::Exited);
                }
            }
        } else {
            // Not known whether the desk has it: the same output again, in the last turn.
            output.splice(0..0, sent);
        }
        if over.is_some() {
            // What it says dying still belongs to the transcript.
            shell.kill();
        }
    }
}

async fn visited(screen: &mut tokio::sync::watch::Receiver<ScreenState>) {
    loop {
        if is_attended(&screen.borrow_and_update()) {
            return;
        }
        if screen.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

struct Shell {
    child: Child,
    input: mpsc::Sender<Vec<u8>>,
    output: mpsc::Receiver<Vec<u8>>,
    /// JSON lines of direction and bytes.
    transcript: Vec<u8>,
}

impl Shell {
    fn start(program: &std::path::Path) -> std::io::Result<Self> {
        let (ours, theirs) = pty()?;
        // setsid(1) makes the pty the session's own, so that a hang-up ends everything in it.
        let child = Command::new("setsid")
            .args(["--ctty", "--wait"])
            .arg(program)
            .env_clear()
            .envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("TERM", "vt100"), ("LANG", "C.UTF-8")])
            .current_dir("/")
            .stdin(Stdio::from(theirs.try_clone()?))
            .stdout(Stdio::from(theirs.try_clone()?))
            .stderr(Stdio::from(theirs))
            .spawn()?;
        let mut to = File::from(ours);
        let mut from = to.try_clone()?;
        let (input, mut typed) = mpsc::channel::<Vec<u8>>(16);
        std::thread::Builder::new().name("shell-in".to_owned()).spawn(move || {
            while let Some(piece) = typed.blocking_recv() {
                if to.write_all(&piece).is_err() {
                    break;
                }
            }
        })?;
        let (pieces, output) = mpsc::channel(16);
        std::thread::Builder::new().name("shell".to_owned()).spawn(move || {
            let mut piece = vec![0; 4096];
            // The end of the session reads as an error.
            while let Ok(length @ 1..) = from.read(&mut piece) {
                if pieces.blocking_send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { child, input, output, transcript: Vec::new() })
    }

    /// Whether it took the input. A shell that does not read must not hold the agent: what it has no room for is lost, as
    /// on a full line.
    fn write(&mut self, input: Vec<u8>) -> bool {
        !matches!(self.input.try_send(input), Err(mpsc::error::TrySendError::Closed(_)))
    }

    fn note(&mut self, direction: &str, bytes: &[u8]) {
        if bytes.is_empty() || self.transcript.len() + bytes.len() * 2 > ATTACHMENT_BYTES {
            return;
        }
        let line = serde_json::json!({ "direction": direction, "bytes": STANDARD.encode(bytes) });
        self.transcript.extend_from_slice(line.to_string().as_bytes());
        self.transcript.push(b'\n');
    }

    /// Ends everything in the session; what hangs on the pty besides hears the hang-up.
    fn kill(&mut self) {
        let session = self.child.id();
        for process in processes_of(session) {
            let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
    }

    fn end(&mut self) {
        self.kill();
        let _ = self.child.wait();
        while let Ok(piece) = self.output.try_recv() {
            self.note("out", &piece);
        }
        self.output.close();
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.end();
    }
}

/// The processes of a session, by /proc (proc_pid_stat(5): the sixth field, after the name in brackets).
fn processes_of(session: u32) -> Vec<rustix::process::Pid> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let theirs = numbers.filter(|number| {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        after_name.split_whitespace().nth(3).and_then(|text| text.parse().ok()) == Some(session)
    });
    theirs.filter_map(rustix::process::Pid::from_raw).collect()
}

/// A pseudo-terminal: our end, and the shell's.
fn pty() -> std::io::Result<(OwnedFd, OwnedFd)> {
    let ours = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    rustix::pty::grantpt(&ours)?;
    rustix::pty::unlockpt(&ours)?;
    let name = rustix::pty::ptsname(&ours, Vec::new())?;
    let theirs = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    Ok((ours, theirs))
}
