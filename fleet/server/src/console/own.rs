//! One's own page: the password, where one is signed in, the passkeys. What changes them asks for the password again.

use super::Page;
use super::form::Form;
use super::frame::{self, Frame};
use super::proof;
use super::trouble::Trouble;
use super::visitor::{Act, Desk};
use crate::store::{Write, accounts, audit, sessions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};

#[derive(Template)]
#[template(path = "me.html")]
struct Me {
    f: Frame,
    name: String,
    district: String,
    failed: Option<String>,
    places: Vec<Place>,
    keys: Vec<Key>,
}

struct Place {
    began: String,
    seen: String,
    here: bool,
}

struct Key {
    credential: String,
    label: String,
    added: String,
    used: String,
}

/// The page.
pub(super) async fn page(desk: Desk) -> Page {
    show(&desk, None).await
}

async fn show(desk: &Desk, failed: Option<&str>) -> Page {
    let (w, store, account) = (desk.w, &desk.console.store, &desk.session.account);
    let keys = store.passkeys(account.id).await?;
    let places = store.sessions_of(account.id, desk.console.clock.millis()).await?;
    let page = Me {
        f: Frame::new(desk, "me", w.me_title),
        name: desk.name().to_owned(),
        district: account.district.clone().unwrap_or_else(|| w.accounts_all_districts.to_owned()),
        failed: failed.map(|failed| w.of("me_failed", failed).to_owned()),
        places: places
            .into_iter()
            .map(|place| Place {
                began: frame::moment(place.began_at),
                seen: frame::moment(place.seen_at),
                here: place.token_sha256 == desk.session.token_sha256,
            })
            .collect(),
        keys: keys
            .into_iter()
            .map(|key| Key {
                credential: key.credential,
                label: key.label,
                added: frame::moment(key.added_at),
                used: key.used_at.map_or_else(|| w.me_never.to_owned(), frame::moment),
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// Whether the form holds the present password; a wrong one counts as it does at the sign-in.
pub(super) async fn is_proved(desk: &Desk, form: &Form) -> Result<bool, Trouble> {
    let console = &desk.console;
    let now = console.clock.millis();
    let proofs = console.store.proofs(desk.name()).await?.ok_or(Trouble::Forbidden)?;
    if proofs.locked_until > now {
        return Ok(false);
    }
    if proof::is_password(form.raw("current").to_owned(), proofs.password).await {
        return Ok(true);
    }
    let mut tx = console.store.write().await?;
    accounts::failed(&mut tx, proofs.account.id, now).await?;
    note(desk, &mut tx, "session.refused", "password").await?;
    tx.commit().await?;
    Ok(false)
}

async fn refused(desk: &Desk, why: &str) -> Result<Response, Trouble> {
    Ok((StatusCode::BAD_REQUEST, show(desk, Some(why)).await?).into_response())
}

/// Sets another password: who is signed in elsewhere is so no more.
pub(super) async fn password(Act { desk, form }: Act) -> Result<Response, Trouble> {
    if !is_proved(&desk, &form).await? {
        return refused(&desk, "current").await;
    }
    let new = form.raw("password").to_owned();
    if !proof::is_acceptable(&new, desk.name()) {
        return refused(&desk, "password").await;
    }
    let hash = proof::hash(new).await;
    let mut tx = desk.console.store.write().await?;
    accounts::set_password(&mut tx, desk.session.account.id, &hash).await?;
    end(&desk, tx, "account.password").await
}

/// Ends one's other sessions.
pub(super) async fn end_others(Act { desk, form }: Act) -> Result<Response, Trouble> {
    if !is_proved(&desk, &form).await? {
        return refused(&desk, "current").await;
    }
    let tx = desk.console.store.write().await?;
    end(&desk, tx, "session.end_others").await
}

async fn end(desk: &Desk, mut tx: Write, what: &str) -> Result<Response, Trouble> {
    sessions::end_others(&mut tx, desk.session.account.id, &desk.session.token_sha256).await?;
    note(desk, &mut tx, what, "").await?;
    tx.commit().await?;
    Ok(Redirect::to("/me").into_response())
}

/// Notes what somebody did to their own account.
pub(super) async fn note(desk: &Desk, tx: &mut Write, what: &str, detail: &str) -> Result<(), Trouble> {
    let entry = desk.did(what, format!("account:{}", desk.name()), detail.to_owned());
    audit::append(tx, &entry, desk.console.clock.millis()).await?;
    Ok(())
}
