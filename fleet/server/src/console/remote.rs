//! What is asked of one terminal from its page: an order, a debug shell that two people approve, a code, a revocation.

use super::frame::{self, Frame};
use super::terminal::ORDERS;
use super::trouble::{Said, Trouble};
use super::visitor::{Act, Desk, Path};
use super::work::{Noted, actor, noted};
use crate::orders::{commands, enrolment};
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::TerminalId;
use fleet_api::command::{CommandId, Order};

fn back(id: &str) -> Response {
    Redirect::to(&format!("/terminals/{id}")).into_response()
}

/// An order.
pub(super) async fn order(Path(id): Path<String>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let device = Some(form.text("device", 40)?).filter(|device| !device.is_empty());
    let word = form.raw("order");
    if !ORDERS.contains(&word) {
        return Err(Trouble::Bad("order"));
    }
    let order = match word {
        "self_test" => Order::SelfTest { device },
        "test_print" => Order::TestPrint,
        "logs" => Order::Logs { lines: 2000 },
        "screen_picture" => Order::ScreenPicture,
        "outbox_export" => Order::OutboxExport,
        "restart_program" => Order::RestartProgram,
        "reboot" => Order::Reboot,
        _ => Order::GoBack { reason: why.clone() },
    };
    let note = Noted {
        what: "command.order",
        subject: format!("terminal:{id}"),
        why: &why,
        detail: order.word().to_owned(),
    };
    let terminal = TerminalId(id.clone());
    let by = actor(&desk);
    let work = commands::order(desk.console.server(), &terminal, order, commands::LIFE, &by, &why);
    noted(&desk, note, work).await?;
    Ok(back(&id))
}

/// Asks for a debug shell; it opens when a second person has approved it.
pub(super) async fn shell(Path(id): Path<String>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let minutes = form.number("minutes")?.filter(|minutes| (1..=60).contains(minutes));
    let minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok()).ok_or(Trouble::Bad("minutes"))?;
    let by = actor(&desk);
    let order = Order::Shell { seconds: minutes * 60, asked_by: by.0.clone(), approved_by: String::new() };
    let note = Noted {
        what: "command.order",
        subject: format!("terminal:{id}"),
        why: &why,
        detail: format!("shell, {minutes} min"),
    };
    let terminal = TerminalId(id.clone());
    let work = commands::order(desk.console.server(), &terminal, order, commands::SHELL_LIFE, &by, &why);
    noted(&desk, note, work).await?;
    Ok(back(&id))
}

/// A second person approves.
pub(super) async fn approve(Path(id): Path<String>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let command = CommandId(form.needed("command", 64)?);
    let asked = desk.console.store.command(&command.0).await?;
    asked.filter(|command| command.terminal == id).ok_or(Trouble::Missing)?;
    let note = Noted {
        what: "command.approve",
        subject: format!("terminal:{id}"),
        why: &why,
        detail: command.0.clone(),
    };
    let by = actor(&desk);
    noted(&desk, note, commands::approve(desk.console.server(), &command, &by)).await?;
    Ok(back(&id))
}

/// What a page shows of a transcript: its last turns, as far as they weigh no more than so many bytes of the page.
const SHOWN: usize = 64 * 1024;
const SHOWN_TURNS: i64 = 400;

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell {
    f: Frame,
    terminal: String,
    command: String,
    state: ShellState,
    mine: bool,
    /// There is more than what is shown.
    cut: bool,
    text: String,
}

/// Where a shell is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ShellState {
    /// The terminal has not begun it: what is typed would be lost.
    Waits,
    Open,
    Over,
}

/// A turn as text: what the shell said, and what it was told.
fn turn((at, output, input): (i64, String, String)) -> String {
    let plain = |text: String| -> String {
        let bytes = STANDARD.decode(text).unwrap_or_default();
        String::from_utf8_lossy(&bytes)
            .chars()
            .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
            .collect()
    };
    let (output, input) = (plain(output), plain(input));
    if input.is_empty() { output } else { format!("{output}[{}] $ {input}", frame::moment(at)) }
}

/// The end of a text that weighs no more than `most` bytes of a page, where `<` is five; and whether that is not all.
fn end(text: &str, most: usize) -> (&str, bool) {
    let mut weight = 0;
    for (at, c) in text.char_indices().rev() {
        weight += if matches!(c, '<' | '>' | '&' | '"' | '\'') { 5 } else { c.len_utf8() };
        if weight > most {
            return (&text[at + c.len_utf8()..], true);
        }
    }
    (text, false)
}

/// The transcript's end; while the shell is open, what is typed goes down from here.
pub(super) async fn transcript(
    desk: Desk,
    headers: HeaderMap,
    Path((id, command)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let store = &desk.console.store;
    let ordered = store.command(&command).await?.filter(|c| c.terminal == id).ok_or(Trouble::Missing)?;
    let turns = store.transcript_end(&command, SHOWN_TURNS).await?;
    let many = i64::try_from(turns.len()).is_ok_and(|turns| turns >= SHOWN_TURNS);
    let whole: String = turns.into_iter().map(turn).collect();
    let (text, cut) = end(&whole, SHOWN);
    let state = match ordered.state == "open" && ordered.outcome.is_none() {
        false => ShellState::Over,
        true if desk.console.server().is_shell_open(&command).await => ShellState::Open,
        true if whole.is_empty() && desk.console.clock.millis() < ordered.expires_at => ShellState::Waits,
        true => ShellState::Over,
    };
    let page = Shell {
        f: Frame::new(&desk, "terminals", desk.w.shell_title(&id)),
        state,
        mine: ordered.ordered_by == desk.name(),
        cut: cut || many,
        text: text.to_owned(),
        terminal: id,
        command,
    };
    let mut response = Html(page.render()?).into_response();
    // Who looked at an open shell asks for its transcript alone: the whole page, with its form, is another one now.
    if state == ShellState::Over && headers.contains_key("hx-request") {
        response.headers_mut().insert("hx-refresh", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The whole transcript as text.
pub(super) async fn whole_transcript(
    desk: Desk,
    Path((id, command)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let store = &desk.console.store;
    store.command(&command).await?.filter(|c| c.terminal == id).ok_or(Trouble::Missing)?;
    let text: String = store.transcript(&command).await?.into_iter().map(turn).collect();
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// Types into an open shell, or ends it: the one who asked for it only.
pub(super) async fn type_in(
    Path((id, command)): Path<(String, String)>,
    Act { desk, form }: Act,
) -> Result<Response, Trouble> {
    let ordered = desk.console.store.command(&command).await?;
    let ordered = ordered.filter(|c| c.terminal == id).ok_or(Trouble::Missing)?;
    if ordered.ordered_by != desk.name() {
        return Err(Trouble::Forbidden);
    }
    match form.raw("do") {
        "type" => {
            let line = format!("{}\n", form.text("line", 1000)?);
            if !desk.console.server().type_into_shell(&command, &line).await {
                return Err(Trouble::Conflict(Said::of(|w| w.shell_not_open)));
            }
        }
        "end" => {
            let note = Noted {
                what: "command.withdraw",
                subject: format!("terminal:{id}"),
                why: "",
                detail: command.clone(),
            };
            let (by, command) = (actor(&desk), CommandId(command.clone()));
            noted(&desk, note, commands::withdraw(desk.console.server(), &command, &by)).await?;
        }
        _ => return Err(Trouble::Bad("do")),
    }
    Ok(Redirect::to(&format!("/terminals/{id}/shells/{command}")).into_response())
}

#[derive(Template)]
#[template(path = "code.html")]
struct Code {
    f: Frame,
    id: String,
    code: String,
}

/// Gives an enrolment code, which is shown once, or shuts a terminal out.
pub(super) async fn trust(Path(id): Path<String>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    let why = form.why()?;
    let by = actor(&desk);
    let terminal = TerminalId(id.clone());
    let subject = format!("terminal:{id}");
    let server = desk.console.server();
    match form.raw("do") {
        "code" => {
            let note = Noted { what: "terminal.code", subject, why: &why, detail: String::new() };
            let code = noted(&desk, note, enrolment::code(server, &terminal, &by)).await?;
            let page = Code { f: Frame::new(&desk, "terminals", desk.w.code_title(&id)), id, code };
            Ok(Html(page.render()?).into_response())
        }
        "revoke" => {
            let note = Noted { what: "terminal.revoke", subject, why: &why, detail: String::new() };
            let work = enrolment::revoke(server, &terminal, enrolment::End::Revoked, &by, &why);
            noted(&desk, note, work).await?;
            Ok(back(&id))
        }
        _ => Err(Trouble::Bad("do")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_end_of_a_long_transcript() {
        assert_eq!(end("", 3), ("", false));
        assert_eq!(end("abc", 3), ("abc", false));
        assert_eq!(end("abcd", 3), ("bcd", true));
        assert_eq!(end("ab<", 5), ("<", true));
        assert_eq!(end("区县", 5), ("县", true));
    }
}
