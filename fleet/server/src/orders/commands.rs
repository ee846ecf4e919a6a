//! Commands: ordered, approved where two people are needed, withdrawn.

use super::{OrderError, unknown};
use crate::clock::{millis, moment};
use crate::news::NewsItem;
use crate::secret;
use crate::state::{Actor, Server};
use crate::store::Write;
use crate::store::commands::{self, NewCommand};
use fleet_api::TerminalId;
use fleet_api::command::{Command, CommandId, LONGEST_LIFE_SECONDS, Order};
use time::Duration;

/// How long a command may wait for its terminal when nobody says so.
pub const LIFE: Duration = Duration::hours(24);
/// A shell waits for a shorter time: who approved it expects it now.
pub const SHELL_LIFE: Duration = Duration::minutes(30);
/// The longest shell, in seconds.
const LONGEST_SHELL: u32 = 3600;
/// The most lines of a log.
const MOST_LINES: u32 = 20_000;

/// Orders something of one terminal; a shell waits until [`approve`].
///
/// # Errors
/// There is no such terminal in service, the order makes no sense, or it cannot be written down.
pub async fn order(
    server: &Server,
    terminal: &TerminalId,
    order: Order,
    life: Duration,
    by: &Actor,
    why: &str,
) -> Result<CommandId, OrderError> {
    let mut tx = server.store.write().await?;
    let id = write_down(server, &mut tx, terminal, order, life, (by, why)).await?;
    let news = NewsItem::Terminal(terminal.0.clone());
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.tell(news).await?;
    Ok(id)
}

/// An order in the transaction of something that it is a part of. The caller notes the news and tells them.
pub(super) async fn write_down(
    server: &Server,
    tx: &mut Write,
    terminal: &TerminalId,
    mut order: Order,
    life: Duration,
    (by, why): (&Actor, &str),
) -> Result<CommandId, OrderError> {
    let live = server.live.get(&terminal.0).filter(|live| live.row().state == "enrolled");
    live.ok_or_else(|| unknown("terminal in service", terminal))?;
    if why.trim().is_empty() {
        return Err(OrderError::Wrong("say why: the reason is kept with the command".to_owned()));
    }
    if !(Duration::minutes(1)..=Duration::seconds(LONGEST_LIFE_SECONDS)).contains(&life) {
        return Err(OrderError::Wrong("a command lives for a minute to seven days".to_owned()));
    }
    match &mut order {
        Order::Shell { seconds, asked_by, approved_by } => {
            if !(60..=LONGEST_SHELL).contains(seconds) {
                return Err(OrderError::Wrong(format!("a shell lasts 60 to {LONGEST_SHELL} s")));
            }
            asked_by.clone_from(&by.0);
            approved_by.clear();
        }
        Order::Logs { lines } if !(1..=MOST_LINES).contains(lines) => {
            return Err(OrderError::Wrong(format!("1 to {MOST_LINES} lines of a log at a time")));
        }
        Order::Unrecognised => return Err(OrderError::Wrong("there is no such order".to_owned())),
        _ => {}
    }
    let now = server.clock.now();
    let command = Command {
        id: CommandId(secret::hex(&secret::random::<16>()?)),
        terminal: terminal.clone(),
        issued_at: now,
        expires_at: now + life,
        order,
    };
    let waits = matches!(command.order, Order::Shell { .. });
    let signed = if waits { None } else { Some(server.keys.commands().sign(&command)?) };
    commands::add(
        tx,
        &NewCommand {
            id: &command.id.0,
            terminal: &terminal.0,
            order: &command.order,
            issued_at: millis(now),
            expires_at: millis(command.expires_at),
            by: &by.0,
            why,
            signed: signed.as_ref(),
        },
    )
    .await?;
    Ok(command.id)
}

/// A second person approves a shell; from here on the terminal may open it.
///
/// # Errors
/// It is the first person, or nothing waits.
pub async fn approve(server: &Server, id: &CommandId, by: &Actor) -> Result<(), OrderError> {
    let waiting = server.store.command(&id.0).await?.ok_or_else(|| unknown("command", id))?;
    if waiting.ordered_by == by.0 {
        return Err(OrderError::SamePerson);
    }
    let Order::Shell { seconds, asked_by, .. } = waiting.order else { return Err(OrderError::Over) };
    if waiting.state != "waits_for_approval" || server.clock.millis() >= waiting.expires_at {
        return Err(OrderError::Over);
    }
    let command = Command {
        id: id.clone(),
        terminal: TerminalId(waiting.terminal),
        issued_at: moment(waiting.issued_at),
        expires_at: moment(waiting.expires_at),
        order: Order::Shell { seconds, asked_by, approved_by: by.0.clone() },
    };
    let signed = server.keys.commands().sign(&command)?;
    let mut tx = server.store.write().await?;
    if !commands::approve(&mut tx, &command, &signed, &by.0).await? {
        return Err(OrderError::Over);
    }
    let news = NewsItem::Terminal(command.terminal.0);
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.tell(news).await?;
    Ok(())
}

/// Takes a command back that has no result. What the terminal has begun it ends.
///
/// # Errors
/// It has one.
pub async fn withdraw(server: &Server, id: &CommandId, by: &Actor) -> Result<(), OrderError> {
    let command = server.store.command(&id.0).await?.ok_or_else(|| unknown("command", id))?;
    let mut tx = server.store.write().await?;
    if !commands::withdraw(&mut tx, &id.0, &by.0, server.clock.millis()).await? {
        return Err(OrderError::Over);
    }
    let news = NewsItem::Terminal(command.terminal);
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.end_shell(&id.0).await;
    server.tell(news).await?;
    Ok(())
}
