//! Accounts: made by invitation, changed and closed with a reason, never removed (the audit names them).

use super::frame::{self, Frame, Mark};
use super::role::Role;
use super::tokens;
use super::trouble::{Said, Trouble};
use super::visitor::{Act, Desk, Path};
use super::{Page, Setup};
use crate::state::Actor;
use crate::store::accounts::{self, NewAccount};
use crate::store::audit::{self, AuditEntry};
use crate::store::{Millis, Store, StoreError, Write, sessions};
use askama::Template;
use axum::response::Html;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// An invitation lasts two days.
const INVITATION: Millis = 2 * 86_400_000;

#[derive(Template)]
#[template(path = "accounts.html")]
struct Accounts {
    f: Frame,
    link: Option<String>,
    roles: [Role; 5],
    /// The districts that are known, by code and name: what the box of one proposes.
    districts: Vec<(String, String)>,
    accounts: Vec<Row>,
}

struct Row {
    id: i64,
    name: String,
    shown: String,
    role: String,
    district: String,
    state: Mark,
    signed_in: String,
}

/// The list.
pub(super) async fn page(desk: Desk) -> Page {
    show(&desk, None).await
}

async fn show(desk: &Desk, link: Option<String>) -> Page {
    let w = desk.w;
    let accounts = desk.console.store.accounts().await?;
    let districts = desk.console.store.divisions("district").await?;
    let page = Accounts {
        f: Frame::new(desk, "accounts", w.of("menu", "accounts")),
        link,
        roles: Role::ALL,
        districts: districts
            .into_iter()
            .map(|d| (w.language.of(&d.name_zh, &d.name_en).to_owned(), d.code))
            .map(|(name, code)| (code, name))
            .collect(),
        accounts: accounts
            .into_iter()
            .map(|account| {
                let kind = match account.state.as_str() {
                    "active" => "good",
                    "invited" => "watch",
                    _ => "none",
                };
                Row {
                    id: account.id,
                    state: Mark::new(kind, w.of("account_state", &account.state)),
                    name: account.name,
                    shown: account.shown,
                    role: account.role,
                    district: account.district.unwrap_or_default(),
                    signed_in: account.signed_in_at.map_or_else(|| w.me_never.to_owned(), frame::moment),
                }
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// Makes an account and shows its link, once.
pub(super) async fn add(Act { desk, form }: Act) -> Page {
    let name = form.needed("name", 32)?;
    if !is_name(&name) {
        return Err(Trouble::Bad("name"));
    }
    let shown = form.needed("shown", 40)?;
    let role = Role::of_word(form.raw("role")).ok_or(Trouble::Bad("role"))?;
    let district = Some(form.text("district", 12)?).filter(|district| !district.is_empty());
    let why = form.why()?;
    let console = &desk.console;
    let mut tx = console.store.write().await?;
    let new =
        New { name: &name, shown: &shown, role, district: district.as_deref(), by: desk.name(), why: &why };
    let link = invite_new(&console.setup, &mut tx, &new, console.clock.millis())
        .await?
        .ok_or_else(|| Trouble::Conflict(Said::of(|w| w.refused_taken(&name))))?;
    tx.commit().await?;
    show(&desk, Some(link)).await
}

struct New<'a> {
    name: &'a str,
    shown: &'a str,
    role: Role,
    district: Option<&'a str>,
    by: &'a str,
    why: &'a str,
}

async fn invite_new(
    setup: &Setup,
    tx: &mut Write,
    new: &New<'_>,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    let handle = URL_SAFE_NO_PAD.encode(tokens::random::<64>());
    let row = NewAccount {
        name: new.name,
        shown: new.shown,
        role: new.role.word(),
        district: new.district,
        language: "zh-CN",
        handle: &handle,
        by: new.by,
    };
    let Some(id) = accounts::add(tx, &row, now).await? else { return Ok(None) };
    let entry = AuditEntry {
        who: new.by.to_owned(),
        what: "account.add".into(),
        subject: format!("account:{}", new.name),
        why: new.why.to_owned(),
        detail: new.role.word().into(),
    };
    audit::append(tx, &entry, now).await?;
    Ok(Some(invite(setup, tx, id, &handle, now).await?))
}

async fn invite(
    setup: &Setup,
    tx: &mut Write,
    account: i64,
    handle: &str,
    now: Millis,
) -> Result<String, StoreError> {
    let token = tokens::token();
    let sealed = setup.0.secret.seal(handle, &tokens::random::<20>());
    accounts::invite(tx, account, &tokens::hash(&token), &sealed, now + INVITATION).await?;
    Ok(format!("{}/join/{token}", setup.0.origin))
}

/// Whether a text can be an account's name.
pub fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-')
}

/// Makes an account from the command line, by whom and why, and returns its invitation; none where the name is taken or is
/// none ([`is_name`]). The first administrator begins so.
///
/// # Errors
/// The database refused.
pub async fn add_by_command_line(
    setup: &Setup,
    store: &Store,
    name: &str,
    shown: &str,
    role: Role,
    (by, why): (&Actor, &str),
    now: Millis,
) -> Result<Option<String>, StoreError> {
    if !is_name(name) {
        return Ok(None);
    }
    let mut tx = store.write().await?;
    let new = New { name, shown: shown.trim(), role, district: None, by: &by.0, why };
    let link = invite_new(setup, &mut tx, &new, now).await?;
    tx.commit().await?;
    Ok(link)
}

/// Changes, invites again or closes an account; its sessions end.
pub(super) async fn change(Path(id): Path<i64>, Act { desk, form }: Act) -> Page {
    let console = &desk.console;
    let account = console.store.account(id).await?.ok_or(Trouble::Missing)?;
    let role = Role::of_word(form.raw("role")).ok_or(Trouble::Bad("role"))?;
    let district = Some(form.text("district", 12)?).filter(|district| !district.is_empty());
    let why = form.why()?;
    if account.id == desk.session.account.id {
        // The last administrator would shut the door behind themselves.
        return Err(Trouble::Conflict(Said::of(|w| w.accounts_not_oneself)));
    }
    let (what, state) = match form.raw("do") {
        "change" => ("account.change", account.state.as_str()),
        "invite" => ("account.invite", account.state.as_str()),
        "close" => ("account.close", "closed"),
        _ => return Err(Trouble::Bad("do")),
    };
    let mut tx = console.store.write().await?;
    accounts::change(&mut tx, id, role.word(), state, district.as_deref()).await?;
    sessions::end_all(&mut tx, id).await?;
    let link = match what {
        "account.invite" => {
            Some(invite(&console.setup, &mut tx, id, &account.handle, console.clock.millis()).await?)
        }
        _ => None,
    };
    let entry = AuditEntry {
        who: desk.name().to_owned(),
        what: what.into(),
        subject: format!("account:{}", account.name),
        why,
        detail: format!("{} → {}", account.role, role.word()),
    };
    audit::append(&mut tx, &entry, console.clock.millis()).await?;
    tx.commit().await?;
    show(&desk, link).await
}
