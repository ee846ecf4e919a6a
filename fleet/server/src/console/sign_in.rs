//! Signing in with password and code, and signing out.

use super::Console;
use super::own;
use super::proof;
use super::tokens;
use super::trouble::Trouble;
use super::visitor::{Act, Guest, GuestForm, LANGUAGE, Path, SESSION, VISITOR};
use super::words::{Language, Words};
use crate::store::accounts::{self, Account};
use crate::store::audit::{self, AuditEntry};
use crate::store::sessions;
use askama::Template;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    w: &'static Words,
    csrf: String,
    path: String,
    next: String,
    failed: Option<&'static str>,
}

/// A path of our own to go to; `/` for anything else.
pub(super) fn own_path(next: &str) -> &str {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 512
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if plain { next } else { "/" }
}

/// Sets a cookie of the session kind: ends with the browser.
pub(super) fn cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// The page.
pub(super) async fn page(
    guest: Guest,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let next = query.get("next").map_or("/", |next| own_path(next)).to_owned();
    let failed = query.get("failed").filter(|by| *by == "passkey").map(|_| guest.w.sign_in_passkey_failed);
    form(&guest, next, StatusCode::OK, failed)
}

fn form(
    guest: &Guest,
    next: String,
    status: StatusCode,
    failed: Option<&'static str>,
) -> Result<Response, Trouble> {
    let page = SignIn {
        w: guest.w,
        csrf: guest.console.own().secret.csrf(&guest.visitor),
        path: guest.path.clone(),
        next,
        failed,
    };
    let cookies = [(header::SET_COOKIE, cookie(VISITOR, &guest.visitor))];
    Ok((status, cookies, Html(page.render()?)).into_response())
}

/// A password and a code. What of them was wrong is never told.
pub(super) async fn password(GuestForm { guest, form: sent }: GuestForm) -> Result<Response, Trouble> {
    let console = &guest.console;
    let next = own_path(sent.raw("next")).to_owned();
    let name = sent.text("name", 64)?.to_lowercase();
    let now = console.clock.millis();
    let proofs = console.store.proofs(&name).await?;
    let locked = proofs.as_ref().is_some_and(|proofs| proofs.locked_until > now);
    let phc = proofs.as_ref().and_then(|proofs| proofs.password.clone());
    let fits = proof::is_password(sent.raw("password").to_owned(), phc).await;
    let step = proofs.as_ref().and_then(|proofs| {
        let secret = console.own().secret.open(&proofs.account.handle, proofs.totp.as_deref()?)?;
        proof::step_of(&secret, sent.raw("code"), now / 1000)
    });
    let mut tx = console.store.write().await?;
    if let (Some(proofs), Some(step), true, false) = (&proofs, step, fits, locked)
        && accounts::use_step(&mut tx, proofs.account.id, step).await?
    {
        return begin(console, tx, &proofs.account, guest.session.as_deref(), &next, "password").await;
    }
    if let (Some(proofs), false) = (&proofs, locked) {
        accounts::failed(&mut tx, proofs.account.id, now).await?;
        let entry = AuditEntry {
            who: proofs.account.name.clone(),
            what: "session.refused".into(),
            subject: format!("account:{}", proofs.account.name),
            why: String::new(),
            detail: "password and code".into(),
        };
        audit::append(&mut tx, &entry, now).await?;
        tx.commit().await?;
    }
    let failed = guest.w.sign_in_failed;
    form(&guest, next, StatusCode::UNAUTHORIZED, Some(failed))
}

/// Begins a session under a new token, whatever the browser brought; the session that it had ends.
pub(super) async fn begin(
    console: &Console,
    mut tx: crate::store::Write,
    account: &Account,
    before: Option<&str>,
    next: &str,
    by: &str,
) -> Result<Response, Trouble> {
    let now = console.clock.millis();
    if let Some(before) = before {
        sessions::end(&mut tx, &tokens::hash(before)).await?;
    }
    let token = tokens::token();
    sessions::begin(&mut tx, &tokens::hash(&token), account.id, now).await?;
    let entry = AuditEntry {
        who: account.name.clone(),
        what: "session.begin".into(),
        subject: format!("account:{}", account.name),
        why: String::new(),
        detail: by.into(),
    };
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;
    // 200 and a link would leave the form in the history; 303 does not.
    Ok(([(header::SET_COOKIE, cookie(SESSION, &token))], Redirect::to(next)).into_response())
}

/// Ends the session, here and in the store.
pub(super) async fn out(Act { desk, .. }: Act) -> Result<Response, Trouble> {
    let mut tx = desk.console.store.write().await?;
    sessions::end(&mut tx, &desk.session.token_sha256).await?;
    own::note(&desk, &mut tx, "session.end", "").await?;
    tx.commit().await?;
    let gone = format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/sign-in")).into_response())
}

/// Another language, and back to the page. Who is signed in has it in every browser from now on.
pub(super) async fn language(
    guest: Guest,
    Path(tag): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Trouble> {
    let language = Language::of_tag(&tag).ok_or(Trouble::Missing)?;
    let back = query.get("back").map_or("/", |back| own_path(back)).to_owned();
    if let Some(token) = &guest.session {
        let (store, now) = (&guest.console.store, guest.console.clock.millis());
        let signed_in = store.session(&tokens::hash(token), now).await?;
        if let Some(account) = signed_in.map(|session| session.account)
            && account.language != language.tag()
        {
            let mut tx = store.write().await?;
            accounts::set_language(&mut tx, account.id, language.tag()).await?;
            tx.commit().await?;
        }
    }
    let set =
        format!("{LANGUAGE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", language.tag());
    Ok(([(header::SET_COOKIE, set)], Redirect::to(&back)).into_response())
}

#[derive(Template)]
#[template(path = "join.html")]
struct Join {
    w: &'static Words,
    csrf: String,
    path: String,
    role: &'static str,
    shown: String,
    name: String,
    size: usize,
    modules: String,
    base32: String,
    failed: Option<&'static str>,
}

/// The page of an invitation.
pub(super) async fn invitation(guest: Guest, Path(token): Path<String>) -> Result<Response, Trouble> {
    join_page(&guest, &token, None).await
}

async fn join_page(guest: &Guest, token: &str, failed: Option<&'static str>) -> Result<Response, Trouble> {
    let console = &guest.console;
    let offered = console.store.invitation(&tokens::hash(token), console.clock.millis()).await?;
    let (account, sealed) = offered.ok_or(Trouble::Missing)?;
    let second = console.own().secret.open(&account.handle, &sealed).ok_or(Trouble::Missing)?;
    let base32 = proof::base32(&second);
    let link = format!("otpauth://totp/Yilin:{}?secret={base32}&issuer=Yilin", account.name);
    let code = qrcode::QrCode::new(link.as_bytes()).map_err(|_| Trouble::Bad("name"))?;
    let width = code.width();
    let modules = code
        .to_colors()
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == qrcode::Color::Dark)
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4))
        .collect();
    let page = Join {
        w: guest.w,
        csrf: console.own().secret.csrf(&guest.visitor),
        path: guest.path.clone(),
        role: guest
            .w
            .of("role", super::role::Role::of_word(&account.role).map_or("viewer", super::role::Role::word)),
        shown: account.shown,
        name: account.name,
        size: width + 8,
        modules,
        base32,
        failed,
    };
    let status = if failed.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let cookies = [(header::SET_COOKIE, cookie(VISITOR, &guest.visitor))];
    Ok((status, cookies, Html(page.render()?)).into_response())
}

/// Sets password and second factor, once, and signs in.
pub(super) async fn accept(
    Path(token): Path<String>,
    GuestForm { guest, form }: GuestForm,
) -> Result<Response, Trouble> {
    let console = &guest.console;
    let now = console.clock.millis();
    let hash = tokens::hash(&token);
    let (account, sealed) = console.store.invitation(&hash, now).await?.ok_or(Trouble::Missing)?;
    let password = form.raw("password").to_owned();
    if !proof::is_acceptable(&password, &account.name) {
        return join_page(&guest, &token, Some("password")).await;
    }
    let second = console.own().secret.open(&account.handle, &sealed).ok_or(Trouble::Missing)?;
    let Some(step) = proof::step_of(&second, form.raw("code"), now / 1000) else {
        return join_page(&guest, &token, Some("code")).await;
    };
    let password = proof::hash(password).await;
    let mut tx = console.store.write().await?;
    if !accounts::accept(&mut tx, &hash, &password, step, now).await? {
        return Err(Trouble::Missing);
    }
    sessions::end_all(&mut tx, account.id).await?;
    let entry = AuditEntry {
        who: account.name.clone(),
        what: "account.join".into(),
        subject: format!("account:{}", account.name),
        why: String::new(),
        detail: String::new(),
    };
    audit::append(&mut tx, &entry, now).await?;
    begin(console, tx, &account, guest.session.as_deref(), "/", "invitation").await
}
