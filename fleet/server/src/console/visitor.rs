//! Who asks: the session behind a request, its permission, and the form that came with it.
//!
//! A page is reached through [`read`] or [`act`] only, which carry the permission that it needs; an extractor that finds
//! none refuses, so a route that was added without one opens to nobody.

use super::form::{BYTES, Form};
use super::limit::Kind;
use super::refusals::Account;
use super::role::{Permission, Role};
use super::sign_in::own_path;
use super::tokens;
use super::trouble::Trouble;
use super::words::{Language, Words};
use super::{Console, Setup};
use crate::state::Server;
use crate::store::audit::AuditEntry;
use crate::store::sessions::Session;
use crate::tls::Peer;
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use axum::routing::{MethodRouter, get, post};

/// The cookie of a session.
pub(super) const SESSION: &str = "__Host-yilin";
/// The cookie of a browser before it signs in: what its CSRF token belongs to.
pub(super) const VISITOR: &str = "__Host-yilin-visitor";
/// The cookie of the language.
pub(super) const LANGUAGE: &str = "yilin-language";

#[derive(Debug, Clone, Copy)]
struct Needs(Permission);

/// A page that is read by whoever has `permission`.
pub(super) fn read<H: Handler<T, Server>, T: 'static>(
    permission: Permission,
    page: H,
) -> MethodRouter<Server> {
    get(page).layer(Extension(Needs(permission)))
}

/// A thing that is done by whoever has `permission`.
pub(super) fn act<H: Handler<T, Server>, T: 'static>(
    permission: Permission,
    page: H,
) -> MethodRouter<Server> {
    post(page).layer(Extension(Needs(permission)))
}

/// The value of a cookie, where it looks like one of ours.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = pairs
        .flat_map(|pairs| pairs.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)?;
    (value.len() <= 64 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
        .then_some(value)
}

fn language(headers: &HeaderMap, account: Option<&str>) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    cookie(headers, LANGUAGE)
        .and_then(Language::of_tag)
        .or_else(|| account.and_then(Language::of_tag))
        .unwrap_or_else(|| Language::preferred(accepted))
}

/// A server without a console's setup has no console.
fn console(parts: &Parts, server: &Server) -> Result<Console, Trouble> {
    let setup = parts.extensions.get::<Setup>().cloned().ok_or(Trouble::Missing)?;
    Ok(Console { server: server.clone(), setup })
}

/// The address that asks, as far as the listener tells.
pub(super) fn address_of(extensions: &Extensions) -> String {
    extensions.get::<ConnectInfo<Peer>>().map_or_else(String::new, |from| from.0.address.ip().to_string())
}

/// What stands in an address: one that holds no such thing leads nowhere, and is told so as every other is.
pub(super) struct Path<T>(pub(super) T);

impl<T: serde::de::DeserializeOwned + Send> FromRequestParts<Server> for Path<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Trouble> {
        let found = axum::extract::Path::from_request_parts(parts, server).await;
        found.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Trouble::Missing)
    }
}

/// Whoever asks, signed in or not.
pub(super) struct Guest {
    /// The console.
    pub(super) console: Console,
    /// The texts of their language.
    pub(super) w: &'static Words,
    /// The browser's own cookie; new where it had none.
    pub(super) visitor: String,
    /// Their address.
    pub(super) address: String,
    /// The path that was asked.
    pub(super) path: String,
    /// The cookie of a session that is still there.
    pub(super) session: Option<String>,
}

impl FromRequestParts<Server> for Guest {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Trouble> {
        let console = &console(parts, server)?;
        let address = address_of(&parts.extensions);
        if !console.own().limits.allow(Kind::Public, &address, console.clock.millis()) {
            return Err(Trouble::TooMany);
        }
        let visitor = cookie(&parts.headers, VISITOR).map_or_else(tokens::token, str::to_owned);
        Ok(Self {
            console: console.clone(),
            w: language(&parts.headers, None).words(),
            visitor,
            address,
            path: path(parts),
            session: cookie(&parts.headers, SESSION).map(str::to_owned),
        })
    }
}

/// A form of somebody who is not signed in; its token was checked, and the address may still try.
pub(super) struct GuestForm {
    /// Who.
    pub(super) guest: Guest,
    /// What.
    pub(super) form: Form,
}

impl FromRequest<Server> for GuestForm {
    type Rejection = Trouble;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let console = &console(&parts, server)?;
        let guest = Guest::from_request_parts(&mut parts, server).await?;
        same_origin(&parts.headers, console)?;
        let form = body_form(body).await?;
        let cookie = cookie(&parts.headers, VISITOR).ok_or(Trouble::Csrf)?;
        if !console.own().secret.is_csrf(cookie, form.raw("csrf")) {
            return Err(Trouble::Csrf);
        }
        if !console.own().limits.allow(Kind::Proof, &guest.address, console.clock.millis()) {
            return Err(Trouble::TooMany);
        }
        Ok(Self { guest, form })
    }
}

/// Somebody who is signed in and has the permission that the page needs.
pub(super) struct Desk {
    /// The console.
    pub(super) console: Console,
    /// The texts of their language.
    pub(super) w: &'static Words,
    /// Their session.
    pub(super) session: Session,
    /// Their role.
    pub(super) role: Role,
    /// The CSRF token of their forms.
    pub(super) csrf: String,
    /// The path that was asked.
    pub(super) path: String,
}

impl Desk {
    /// Whether they may.
    pub(super) const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// The account's name, as the audit has it.
    pub(super) fn name(&self) -> &str {
        &self.session.account.name
    }

    /// What they did, for the audit, where nobody asks why.
    pub(super) fn did(&self, what: &str, subject: String, detail: String) -> AuditEntry {
        AuditEntry { who: self.name().to_owned(), what: what.to_owned(), subject, why: String::new(), detail }
    }
}

impl FromRequestParts<Server> for Desk {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Trouble> {
        let path = path(parts);
        let Some(Needs(permission)) = parts.extensions.get::<Needs>().copied() else {
            return Err(Trouble::Forbidden);
        };
        let console = &console(parts, server)?;
        let now = console.clock.millis();
        let token = cookie(&parts.headers, SESSION).ok_or_else(|| Trouble::SignIn(next(parts)))?;
        let hash = tokens::hash(token);
        if !console.own().limits.allow(Kind::Page, &hash, now) {
            return Err(Trouble::TooMany);
        }
        let session = console.store.session(&hash, now).await?.ok_or_else(|| Trouble::SignIn(next(parts)))?;
        if let Some(account) = parts.extensions.get::<Account>() {
            account.is(&session.account.name);
        }
        let role = Role::of_word(&session.account.role).ok_or(Trouble::Forbidden)?;
        if !role.may(permission) {
            return Err(Trouble::Forbidden);
        }
        Ok(Self {
            console: console.clone(),
            w: language(&parts.headers, Some(&session.account.language)).words(),
            csrf: console.own().secret.csrf(token),
            session,
            role,
            path,
        })
    }
}

/// A form of somebody who is signed in, may do this, and sent it from a page of ours.
pub(super) struct Act {
    /// Who.
    pub(super) desk: Desk,
    /// What.
    pub(super) form: Form,
}

impl FromRequest<Server> for Act {
    type Rejection = Trouble;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let console = &console(&parts, server)?;
        same_origin(&parts.headers, console)?;
        let desk = Desk::from_request_parts(&mut parts, server).await?;
        let form = body_form(body).await?;
        let token = cookie(&parts.headers, SESSION).ok_or(Trouble::Csrf)?;
        if !console.own().secret.is_csrf(token, form.raw("csrf")) {
            return Err(Trouble::Csrf);
        }
        Ok(Self { desk, form })
    }
}

/// A browser says where a form came from; another place is refused before anything is read.
fn same_origin(headers: &HeaderMap, console: &Console) -> Result<(), Trouble> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if said("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Trouble::Csrf);
    }
    match said("origin") {
        Some(origin) if origin != console.own().origin => Err(Trouble::Csrf),
        _ => Ok(()),
    }
}

async fn body_form(body: axum::body::Body) -> Result<Form, Trouble> {
    let bytes = axum::body::to_bytes(body, BYTES).await.map_err(|_| Trouble::Bad("form"))?;
    Form::parse(&bytes)
}

fn path(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// Where to go after signing in: a page that is read, with what was asked of it where that is not too long to be taken along.
fn next(parts: &Parts) -> String {
    if parts.method != axum::http::Method::GET {
        return "/".to_owned();
    }
    let asked = path(parts);
    if own_path(&asked) == asked { asked } else { parts.uri.path().to_owned() }
}
