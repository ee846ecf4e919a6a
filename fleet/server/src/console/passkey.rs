//! Passkeys (WebAuthn level 3), by webauthn_rp: added on one's own page, then enough by themselves, since the authenticator
//! asks for a finger or a PIN.

use super::own;
use super::sign_in::{begin, own_path};
use super::tokens;
use super::trouble::Trouble;
use super::visitor::{Act, Guest, GuestForm};
use crate::store::accounts::{self, Passkey};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle64,
    Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// The relying party: the host of the console's address. None where it is an address of numbers, which has no passkeys.
fn relying_party(origin: &str) -> Option<RpId> {
    let host = origin.split_once("://")?.1.split(':').next()?;
    AsciiDomain::try_from(host.to_owned()).ok().map(RpId::Domain)
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// What the browser asks the authenticator at sign-in.
pub(super) async fn sign_in_options(GuestForm { guest, .. }: GuestForm) -> Result<Response, Trouble> {
    let console = &guest.console;
    let rp = relying_party(&console.own().origin).ok_or(Trouble::Missing)?;
    let (server, client) = DiscoverableCredentialRequestOptions::passkey(&rp)
        .start_ceremony()
        .map_err(|_| Trouble::Bad("passkey"))?;
    let state = server.encode().map_err(|_| Trouble::Bad("passkey"))?;
    let mut tx = console.store.write().await?;
    let state = URL_SAFE_NO_PAD.encode(state);
    keep(&mut tx, &guest.visitor, "sign_in", &state, console.clock.millis()).await?;
    tx.commit().await?;
    Ok(json(serde_json::to_vec(&client).map_err(|_| Trouble::Bad("passkey"))?))
}

async fn keep(
    tx: &mut crate::store::Write,
    visitor: &str,
    kind: &str,
    state: &str,
    now: crate::store::Millis,
) -> Result<(), Trouble> {
    Ok(accounts::challenge(tx, &tokens::token(), &tokens::hash(visitor), kind, state, now).await?)
}

/// The authenticator's answer: a session begins.
pub(super) async fn sign_in(GuestForm { guest, form }: GuestForm) -> Result<Response, Trouble> {
    match proved(&guest, form.raw("answer")).await? {
        Some((tx, account)) => {
            let next = own_path(form.raw("next"));
            begin(&guest.console, tx, &account, guest.session.as_deref(), next, "passkey").await
        }
        None => {
            tracing::warn!(address = guest.address, "a passkey was refused");
            Ok(Redirect::to("/sign-in?failed=passkey").into_response())
        }
    }
}

async fn proved(
    guest: &Guest,
    answer: &str,
) -> Result<Option<(crate::store::Write, accounts::Account)>, Trouble> {
    let console = &guest.console;
    let now = console.clock.millis();
    let rp = relying_party(&console.own().origin).ok_or(Trouble::Missing)?;
    let mut tx = console.store.write().await?;
    let state = accounts::take_challenge(&mut tx, &tokens::hash(&guest.visitor), "sign_in", now).await?;
    tx.commit().await?;
    let Some(state) = state.and_then(|state| URL_SAFE_NO_PAD.decode(state).ok()) else { return Ok(None) };
    let Ok(server) = DiscoverableAuthenticationServerState::decode(state.as_slice()) else { return Ok(None) };
    let Ok(answer) = DiscoverableAuthentication64::from_json_relaxed(answer.as_bytes()) else {
        return Ok(None);
    };
    let id = URL_SAFE_NO_PAD.encode(answer.raw_id().inner());
    let Some((key, account)) = console.store.passkey(&id).await? else { return Ok(None) };
    let parts = (
        URL_SAFE_NO_PAD.decode(&key.static_state).ok(),
        decoded::<7>(&key.dynamic_state),
        decoded::<64>(&account.handle),
    );
    let (Some(fixed), Some(dynamic), Some(handle)) = parts else { return Ok(None) };
    let handle = UserHandle64::decode(handle);
    let (Ok(fixed), Ok(dynamic), Ok(handle)) =
        (StaticState::<Key>::decode(fixed.as_slice()), DynamicState::decode(dynamic), handle)
    else {
        return Ok(None);
    };
    let Ok(mut credential) = AuthenticatedCredential::new(answer.raw_id(), &handle, fixed, dynamic) else {
        return Ok(None);
    };
    let origins = [console.own().origin.as_str()];
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        ..AuthenticationVerificationOptions::default()
    };
    if server.verify(&rp, &answer, &mut credential, &options).is_err() {
        return Ok(None);
    }
    let Ok(dynamic) = credential.dynamic_state().encode();
    let mut tx = console.store.write().await?;
    accounts::passkey_used(&mut tx, &id, &URL_SAFE_NO_PAD.encode(dynamic), now).await?;
    Ok(Some((tx, account)))
}

/// What the browser asks a new authenticator.
pub(super) async fn add_options(Act { desk, form }: Act) -> Result<Response, Trouble> {
    // An authenticator that whoever finds the page open brings along would be a way in for good.
    if !own::is_proved(&desk, &form).await? {
        return Err(Trouble::Bad("current"));
    }
    let console = &desk.console;
    let rp = relying_party(&console.own().origin).ok_or(Trouble::Missing)?;
    let bad = || Trouble::Bad("passkey");
    let account = &desk.session.account;
    let handle = UserHandle64::decode(decoded::<64>(&account.handle).ok_or_else(bad)?).map_err(|_| bad())?;
    let known = console.store.passkeys(account.id).await?;
    let transports = AuthTransports::decode(0).map_err(|_| bad())?;
    let exclude = known
        .iter()
        .filter_map(|key| {
            let id = CredentialId::<Vec<u8>>::decode(URL_SAFE_NO_PAD.decode(&key.credential).ok()?).ok()?;
            Some(PublicKeyCredentialDescriptor { id, transports })
        })
        .collect();
    let user = PublicKeyCredentialUserEntity {
        name: Username::try_from(account.name.as_str()).map_err(|_| bad())?,
        id: &handle,
        display_name: Nickname::try_from(account.shown.as_str()).ok(),
    };
    let mut options = PublicKeyCredentialCreationOptions::passkey(&rp, user, exclude);
    // Not every authenticator knows credProtect, and an enforced one would refuse. The user is verified in any case.
    options.extensions.cred_protect = CredProtect::None;
    let (server, client) = options.start_ceremony().map_err(|_| bad())?;
    let state = URL_SAFE_NO_PAD.encode(server.encode().map_err(|_| bad())?);
    let mut tx = console.store.write().await?;
    keep(&mut tx, &desk.session.token_sha256, "add", &state, console.clock.millis()).await?;
    tx.commit().await?;
    Ok(json(serde_json::to_vec(&client).map_err(|_| bad())?))
}

/// The new authenticator's answer: the passkey is kept.
pub(super) async fn add(Act { desk, form }: Act) -> Result<Response, Trouble> {
    let console = &desk.console;
    let now = console.clock.millis();
    let bad = || Trouble::Bad("passkey");
    let label = form.needed("label", 40)?;
    let rp = relying_party(&console.own().origin).ok_or(Trouble::Missing)?;
    let mut tx = console.store.write().await?;
    let visitor = tokens::hash(&desk.session.token_sha256);
    let state = accounts::take_challenge(&mut tx, &visitor, "add", now).await?.ok_or_else(bad)?;
    let state = URL_SAFE_NO_PAD.decode(state).map_err(|_| bad())?;
    let server = RegistrationServerState::<64>::decode(state.as_slice()).map_err(|_| bad())?;
    let answer = Registration::from_json_relaxed(form.raw("answer").as_bytes()).map_err(|_| bad())?;
    let origins = [console.own().origin.as_str()];
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        ..RegistrationVerificationOptions::default()
    };
    let made = server.verify(&rp, &answer, &options).map_err(|_| bad())?;
    let key = Passkey {
        credential: URL_SAFE_NO_PAD.encode(made.id().inner()),
        account: desk.session.account.id,
        label: label.clone(),
        static_state: URL_SAFE_NO_PAD.encode(made.static_state().encode().map_err(|_| bad())?),
        dynamic_state: URL_SAFE_NO_PAD.encode(made.dynamic_state().encode().map_err(|_| bad())?),
        added_at: now,
        used_at: None,
    };
    if !accounts::add_passkey(&mut tx, &key).await? {
        return Err(bad());
    }
    own::note(&desk, &mut tx, "passkey.add", &label).await?;
    tx.commit().await?;
    Ok(Redirect::to("/me").into_response())
}

/// Takes one's own passkey away.
pub(super) async fn remove(Act { desk, form }: Act) -> Result<Response, Trouble> {
    let mut tx = desk.console.store.write().await?;
    if !accounts::remove_passkey(&mut tx, desk.session.account.id, form.raw("credential")).await? {
        return Err(Trouble::Missing);
    }
    own::note(&desk, &mut tx, "passkey.remove", "").await?;
    tx.commit().await?;
    Ok(Redirect::to("/me").into_response())
}
