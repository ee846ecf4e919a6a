//! The worker's desk: calls for help, the page without its values, a ring and a sentence. Nothing of it is written down but
//! that a call was taken.

use super::Page;
use super::frame::Frame;
use super::role::Permission;
use super::trouble::{Said, Trouble};
use super::visitor::{Act, Desk, Path};
use crate::assist::{AssistError, Call};
use crate::store::audit;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use fleet_api::TerminalId;
use fleet_api::assist::{ELEMENTS, MESSAGE_CHARACTERS, MirrorElement, WorkerAction};

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    f: Frame,
    calls: Vec<Row>,
}

struct Row {
    id: String,
    terminal: String,
    place: String,
    page: String,
    item: String,
    urgent: bool,
    worker: Option<String>,
    mine: bool,
}

#[derive(Template)]
#[template(path = "call.html")]
struct CallPage {
    f: Frame,
    id: String,
    /// The call is over, or was never: nothing of it is shown.
    over: bool,
    mine: bool,
    characters: usize,
    mirror: Option<Mirror>,
    /// What the worker wrote, while it stands on the resident's screen.
    sentence: Option<String>,
}

struct Mirror {
    width: u32,
    height: u32,
    elements: Vec<Element>,
    ring: Option<(i64, i64)>,
}

struct Element {
    kind: &'static str,
    x: i64,
    y: i64,
    w: i64,
    h: i64,
    words: String,
    size: i64,
}

fn trouble(error: AssistError) -> Trouble {
    Trouble::Conflict(Said::of(|w| match error {
        AssistError::Over => w.desk_over,
        AssistError::Taken => w.desk_taken,
        AssistError::TooMuch => w.desk_too_much,
    }))
}

/// Whether a call is of the worker's district.
async fn is_theirs(desk: &Desk, call: &Call) -> Result<Option<String>, Trouble> {
    let terminal = desk.console.store.terminal(&TerminalId(call.terminal.clone())).await?;
    let Some(terminal) = terminal else { return Ok(None) };
    let theirs = desk.session.account.district.as_ref().is_none_or(|district| *district == terminal.district);
    Ok(theirs.then(|| desk.w.language.of(&terminal.name_zh, &terminal.name_en).to_owned()))
}

/// A call that is open; none where it is over, of which the desk keeps nothing, so that one that never was looks the same.
async fn call(desk: &Desk, id: &str) -> Result<Option<Call>, Trouble> {
    let Some(call) = desk.console.server().call(id).await else { return Ok(None) };
    is_theirs(desk, &call).await?.ok_or(Trouble::Missing)?;
    Ok(Some(call))
}

/// The visit has ended: said in the place of the call's page, to whoever asks for it and to whoever acts too late. A page that
/// is open takes it in with its next question (`htmx-config` in `frame.html`), and asks no more.
fn over(desk: &Desk) -> Result<Response, Trouble> {
    let f = Frame::new(desk, "desk", desk.w.desk_over_title);
    let (id, mirror, sentence) = (String::new(), None, None);
    let page = CallPage { f, id, over: true, mine: false, characters: 0, mirror, sentence };
    Ok((StatusCode::GONE, Html(page.render()?)).into_response())
}

/// The calls that wait.
pub(super) async fn page(desk: Desk) -> Page {
    let w = desk.w;
    let mut calls = Vec::new();
    for call in desk.console.server().calls().await {
        let Some(place) = is_theirs(&desk, &call).await? else { continue };
        calls.push(Row {
            mine: call.worker.as_deref() == Some(&desk.session.account.shown),
            page: w.of("page", &call.page).to_owned(),
            item: call.item.map(|item| w.item(&item.0).to_owned()).unwrap_or_default(),
            id: call.id,
            terminal: call.terminal,
            place,
            urgent: call.urgent,
            worker: call.worker,
        });
    }
    calls.sort_by_key(|call| (!call.urgent, call.worker.is_some()));
    let page = DeskPage { f: Frame::new(&desk, "desk", w.of("menu", "desk")), calls };
    Ok(Html(page.render()?))
}

/// One call. The page is shown to the worker who took it, and to nobody else.
pub(super) async fn one(desk: Desk, Path(id): Path<String>) -> Result<Response, Trouble> {
    let Some(call) = call(&desk, &id).await? else { return over(&desk) };
    let mine = desk.may(Permission::Serve) && call.worker.as_deref() == Some(&desk.session.account.shown);
    #[allow(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    let pixel = |v: f32| (v.clamp(-100_000.0, 100_000.0)) as i64;
    let ring = call.pointed.ring.map(|(x, y)| (pixel(x), pixel(y)));
    let mirror = call.mirror.filter(|_| mine).map(|page| {
        let element = |element: MirrorElement| {
            let words: String = element.words.unwrap_or_default().chars().take(60).collect();
            let kind = match (element.role.as_str(), words.is_empty()) {
                (_, true) => "hidden",
                ("button", _) => "button",
                _ => "element",
            };
            let (w, h) = (pixel(element.w), pixel(element.h));
            let letters = i64::try_from(words.chars().count().max(1)).unwrap_or(60);
            let size = (h * 6 / 10).min(w / letters).clamp(14, 64);
            Element { kind, x: pixel(element.x), y: pixel(element.y), w, h, words, size }
        };
        let mut elements: Vec<Element> = page.elements.into_iter().take(ELEMENTS).map(element).collect();
        // What lies over the page at the terminal, the worker's own sentence too, hides no words here.
        elements.sort_by_key(|element| element.kind != "hidden");
        Mirror { width: page.width.min(10_000), height: page.height.min(10_000), elements, ring }
    });
    let sentence = call.pointed.sentence.filter(|_| mine);
    let title = desk.w.desk_call(&call.terminal);
    let f = Frame::new(&desk, "desk", title);
    let page = CallPage { f, id, over: false, mine, characters: MESSAGE_CHARACTERS, mirror, sentence };
    Ok(Html(page.render()?).into_response())
}

/// Takes a call: the one thing of it that the audit keeps.
pub(super) async fn take(Path(id): Path<String>, Act { desk, .. }: Act) -> Result<Response, Trouble> {
    let Some(call) = call(&desk, &id).await? else { return over(&desk) };
    match desk.console.server().take_call(&id, &desk.session.account.shown).await {
        Err(AssistError::Over) => return over(&desk),
        done => done.map_err(trouble)?,
    }
    let mut tx = desk.console.store.write().await?;
    let entry = desk.did("call.take", format!("terminal:{}", call.terminal), String::new());
    audit::append(&mut tx, &entry, desk.console.clock.millis()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/desk/{id}")).into_response())
}

/// Points, writes, takes both away, or hangs up.
pub(super) async fn act(Path(id): Path<String>, Act { desk, form }: Act) -> Result<Response, Trouble> {
    if call(&desk, &id).await?.is_none() {
        return over(&desk);
    }
    let worker = desk.session.account.shown.as_str();
    let number = |name: &'static str| -> Result<f32, Trouble> {
        let value: f32 = form.raw(name).parse().map_err(|_| Trouble::Bad(name))?;
        if (0.0..=10_000.0).contains(&value) { Ok(value) } else { Err(Trouble::Bad(name)) }
    };
    let action = match form.raw("do") {
        "point" => WorkerAction::Point { x: number("x")?, y: number("y")? },
        "write" => WorkerAction::Write { text: form.needed("text", MESSAGE_CHARACTERS)? },
        "clear" => WorkerAction::Clear,
        "hang_up" => {
            return match desk.console.server().hang_up_call(&id, worker).await {
                // Over is what was asked for.
                Ok(()) | Err(AssistError::Over) => Ok(Redirect::to("/desk").into_response()),
                Err(error) => Err(trouble(error)),
            };
        }
        _ => return Err(Trouble::Bad("do")),
    };
    match desk.console.server().act_in_call(&id, worker, action).await {
        Ok(()) => Ok(Redirect::to(&format!("/desk/{id}")).into_response()),
        Err(AssistError::Over) => over(&desk),
        Err(error) => Err(trouble(error)),
    }
}
