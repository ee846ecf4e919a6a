//! Doing what was ordered.
//!
//! An order that was begun in an earlier life and has no result is done again where that does no harm, is known by its
//! evidence where there is some (the machine was started again), and is unknown otherwise.

use super::shell;
use crate::agent::{Ended, Shared};
use crate::backoff::Backoff;
use crate::logs;
use crate::screen::{AskError, NotAllowed};
use crate::store::StoreError;
use crate::store::commands::Kept;
use crate::update::installer::{self, InstallerError};
use crate::whole_file;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::command::{ATTACHMENT_BYTES, Command, CommandId, Order, Outcome};
use fleet_api::ui::{Answer, Ask, LogLines, Refused};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What came of an order.
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) detail: Option<String>,
    pub(super) attachment: Option<Vec<u8>>,
}

impl Done {
    pub(super) fn new(outcome: Outcome, detail: impl Into<Option<String>>) -> Self {
        Self { outcome, detail: detail.into(), attachment: None }
    }

    fn made(bytes: Vec<u8>, detail: Option<String>) -> Self {
        if bytes.len() > ATTACHMENT_BYTES {
            let detail = format!("it made {} bytes; {ATTACHMENT_BYTES} is the most", bytes.len());
            return Self::new(Outcome::Failed, detail);
        }
        Self { outcome: Outcome::Done, detail, attachment: Some(bytes) }
    }
}

/// Does it. Where the machine is started again for it, the result comes in the agent's next life.
pub(super) async fn carry_out(shared: &Arc<Shared>, kept: &Kept) -> Result<Done, StoreError> {
    let command = &kept.command;
    if let Some(boot) = &kept.begun_in
        && let Some(done) = begun_before(shared, command, boot).await?
    {
        return Ok(done);
    }
    if let Order::GoBack { reason } = &command.order {
        tracing::warn!(reason = logs::scrub(reason), "the desk orders the other slot");
    }
    loop {
        let now = shared.trust.not_earlier(shared.clock.now());
        if now >= command.expires_at {
            let outcome = if kept.begun_in.is_some() { Outcome::Busy } else { Outcome::Expired };
            return Ok(Done::new(outcome, None));
        }
        shared.store.begin_command(&command.id, &shared.boot_id)?;
        shared.power.point("command.begun");
        match attempt(shared, &command.id, &command.order).await {
            Attempt::Done(done) => return Ok(done),
            Attempt::Ending => std::future::pending().await,
            Attempt::NotNow => {}
        }
        // Until the visit is over, or the order's last moment.
        let left = Duration::try_from(command.expires_at - now).unwrap_or_default();
        if left <= shared.times.not_now {
            tokio::time::sleep(left).await;
            return Ok(Done::new(Outcome::Busy, None));
        }
        tokio::time::sleep(shared.times.not_now).await;
    }
}

/// What is known of an order that was begun before this life; none where it can be begun again.
async fn begun_before(
    shared: &Arc<Shared>,
    command: &Command,
    boot: &str,
) -> Result<Option<Done>, StoreError> {
    let other_boot = boot != shared.boot_id;
    Ok(match &command.order {
        Order::Reboot if other_boot => {
            Some(Done::new(Outcome::Done, "the machine was started again".to_owned()))
        }
        Order::GoBack { .. } if other_boot => went_back(shared, &command.id).await?,
        // Asking once more does what asking once did.
        Order::Reboot
        | Order::GoBack { .. }
        | Order::SelfTest { .. }
        | Order::Logs { .. }
        | Order::ScreenPicture
        | Order::OutboxExport
        | Order::Unrecognised => None,
        Order::RestartProgram | Order::TestPrint | Order::Shell { .. } => {
            Some(Done::new(Outcome::Unknown, "the agent ended in the middle of it".to_owned()))
        }
    })
}

/// The order to go back, and the slot that ran then.
const LEFT: &str = "slot_left_by_order";
/// How often the installer is asked which slot runs, before that is unknown.
const ASKED: u32 = 5;

/// What came of an order to go back, now that the machine was started again: which slot runs says it, not the start. None where
/// the other one was not chosen yet.
async fn went_back(shared: &Arc<Shared>, id: &CommandId) -> Result<Option<Done>, StoreError> {
    let left = shared.store.value::<(CommandId, String)>(LEFT)?.filter(|(order, _)| order == id);
    let Some((_, left)) = left else { return Ok(None) };
    let mut backoff = Backoff::from(shared.times.first_retry);
    for _ in 0..ASKED {
        let installer = Arc::clone(&shared.installer);
        let slots = tokio::task::spawn_blocking(move || installer.slots()).await;
        if let Ok(Ok(slots)) = slots {
            let running = slots.running;
            return Ok(Some(if running == left {
                Done::new(Outcome::Failed, format!("slot {running} runs again: the other one did not start"))
            } else {
                Done::new(Outcome::Done, format!("slot {running} runs"))
            }));
        }
        tokio::time::sleep(backoff.next()).await;
    }
    Ok(Some(Done::new(Outcome::Unknown, "which slot runs cannot be told".to_owned())))
}

/// Why the other slot is not the next one.
#[derive(Debug, thiserror::Error)]
enum GoBackError {
    #[error(transparent)]
    Installer(#[from] InstallerError),
    #[error("the slot that runs cannot be noted")]
    Store(#[from] StoreError),
}

/// The other slot next, and which one was left for it.
fn go_back(shared: &Shared, id: &CommandId) -> Result<(), GoBackError> {
    let slots = installer::that_may_leave(shared.installer.as_ref())?;
    shared.store.set_value(LEFT, &(id, &slots.running))?;
    Ok(shared.installer.go_back()?)
}

enum Attempt {
    Done(Done),
    /// Somebody is there.
    NotNow,
    /// The agent ends for it; the result comes in its next life.
    Ending,
}

async fn attempt(shared: &Arc<Shared>, id: &CommandId, order: &Order) -> Attempt {
    match order {
        Order::RestartProgram => match shared.screen.allows(Ask::Restart, shared.times.screen_absent).await {
            Ok(()) => {
                blocking(shared, |shared| match shared.machine.restart_program() {
                    Ok(()) => Done::new(Outcome::Done, None),
                    Err(error) => Done::new(Outcome::Failed, crate::error::chain(&error)),
                })
                .await
            }
            Err(why) => refused(why),
        },
        Order::Reboot => match shared.screen.allows(Ask::Reboot, shared.times.screen_absent).await {
            Ok(()) => {
                shared.end(Ended::Reboot);
                Attempt::Ending
            }
            Err(why) => refused(why),
        },
        Order::GoBack { .. } => {
            match shared.screen.allows(Ask::Reboot, shared.times.screen_absent).await {
                Ok(()) => {
                    let went = tokio::task::spawn_blocking({
                        let (shared, id) = (Arc::clone(shared), id.clone());
                        move || go_back(&shared, &id)
                    })
                    .await;
                    match went {
                        Ok(Ok(())) => {
                            shared.end(Ended::Reboot);
                            Attempt::Ending
                        }
                        Ok(Err(error)) => {
                            // The screen is out of service for it.
                            let _ = shared.screen.ask(Ask::Resume).await;
                            Attempt::Done(Done::new(Outcome::Failed, crate::error::chain(&error)))
                        }
                        Err(error) => Attempt::Done(Done::new(Outcome::Failed, error.to_string())),
                    }
                }
                Err(why) => refused(why),
            }
        }
        Order::Logs { lines } => {
            let lines = *lines;
            blocking(shared, move |shared| {
                Done::made(logs::gather(&shared.config.logs, lines, LogLines::All).into_bytes(), None)
            })
            .await
        }
        Order::Shell { seconds, .. } => match shell::run(shared, id, *seconds).await {
            Some(done) => Attempt::Done(done),
            None => Attempt::NotNow,
        },
        Order::SelfTest { device } => asked(shared, Ask::SelfTest { device: device.clone() }).await,
        Order::TestPrint => asked(shared, Ask::TestPrint).await,
        Order::ScreenPicture => asked(shared, Ask::Picture).await,
        Order::OutboxExport => asked(shared, Ask::OutboxExport).await,
        Order::Unrecognised => Attempt::Done(Done::new(Outcome::NotSupported, None)),
    }
}

async fn blocking(shared: &Arc<Shared>, work: impl FnOnce(&Shared) -> Done + Send + 'static) -> Attempt {
    let shared = Arc::clone(shared);
    match tokio::task::spawn_blocking(move || work(&shared)).await {
        Ok(done) => Attempt::Done(done),
        Err(error) => Attempt::Done(Done::new(Outcome::Failed, error.to_string())),
    }
}

fn refused(why: NotAllowed) -> Attempt {
    match why {
        NotAllowed::Refused(Refused::NotSupported | Refused::Unrecognised) => {
            Attempt::Done(Done::new(Outcome::NotSupported, None))
        }
        NotAllowed::Refused(_) | NotAllowed::NoAnswer => Attempt::NotNow,
    }
}

/// What the screen does itself.
async fn asked(shared: &Arc<Shared>, ask: Ask) -> Attempt {
    let answer = match shared.screen.ask(ask.clone()).await {
        Ok(answer) => answer,
        Err(AskError::NotConnected) => return Attempt::NotNow,
        // It may have been done.
        Err(error @ AskError::NoAnswer) => {
            return Attempt::Done(Done::new(Outcome::Unknown, error.to_string()));
        }
    };
    Attempt::Done(match (ask, answer) {
        (_, Answer::Refused { why }) => return refused(NotAllowed::Refused(why)),
        (_, Answer::Failed { detail }) => Done::new(Outcome::Failed, logs::scrub(&detail)),
        (Ask::TestPrint, Answer::Done) => Done::new(Outcome::Done, None),
        (Ask::SelfTest { .. }, Answer::SelfTest(summary)) => {
            let detail = if summary.failed.is_empty() {
                "every device passed".to_owned()
            } else {
                format!("did not pass: {}", summary.failed.join(", "))
            };
            Done::new(Outcome::Done, detail)
        }
        (Ask::Picture, Answer::Picture { png }) => match STANDARD.decode(png) {
            Ok(png) if png.starts_with(b"\x89PNG\r\n\x1a\n") => Done::made(png, None),
            _ => Done::new(Outcome::Failed, "the screen's answer is no picture".to_owned()),
        },
        (Ask::OutboxExport, Answer::File { path }) => exported(shared, Path::new(&path)),
        _ => Done::new(Outcome::Failed, "the screen's answer does not fit the question".to_owned()),
    })
}

/// The sealed file that the screen left; only from the folder where it may leave some.
fn exported(shared: &Shared, path: &Path) -> Done {
    let Some(folder) = &shared.config.screen.exports else {
        return Done::new(
            Outcome::NotSupported,
            "the configuration names no folder: [screen] exports".to_owned(),
        );
    };
    let within = path.parent().is_some_and(|parent| parent == folder) && path.file_name().is_some();
    let plain = std::fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    if !within || !plain {
        return Done::new(Outcome::Failed, "the export is not where exports are left".to_owned());
    }
    match whole_file::read(path, ATTACHMENT_BYTES as u64) {
        Ok(Some(bytes)) => Done::made(bytes, None),
        Ok(None) => Done::new(Outcome::Failed, "the export is gone".to_owned()),
        Err(error) => Done::new(Outcome::Failed, format!("the export cannot be read: {error}")),
    }
}

fn attachments(shared: &Shared) -> PathBuf {
    shared.config.data.join("attachments")
}

/// Keeps what an order made until the server has it; the file's name is the order's id.
pub(super) fn keep_attachment(shared: &Shared, id: &CommandId, bytes: &[u8]) -> std::io::Result<String> {
    let folder = attachments(shared);
    std::fs::create_dir_all(&folder)?;
    whole_file::replace(&folder.join(&id.0), bytes, 0o600)?;
    Ok(id.0.clone())
}

pub(super) fn read_attachment(shared: &Shared, file: &str) -> std::io::Result<Vec<u8>> {
    let read = whole_file::read(&attachments(shared).join(file), ATTACHMENT_BYTES as u64)?;
    read.ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

pub(super) fn drop_attachment(shared: &Shared, file: &str) {
    if let Err(error) = std::fs::remove_file(attachments(shared).join(file)) {
        tracing::warn!(%error, "an attachment stays on disk");
    }
}
