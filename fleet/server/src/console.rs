//! The console: what people at the desk see and do, as pages that are made here.
//!
//! Duty: who may do what, the pages, the audit of what was done. Never: show anything of a resident, take a terminal's word
//! for markup, do something that the audit does not know.

pub mod accounts;
mod assets;
mod audit;
mod catalogue;
mod configurations;
mod desk;
mod forecast;
mod form;
mod frame;
mod guessed;
mod headers;
mod keys;
mod kiosk;
mod limit;
mod live;
mod map;
mod open_state;
mod overview;
mod own;
mod passkey;
mod programs;
pub mod proof;
mod refusals;
mod remote;
mod report_pdf;
mod reports;
pub mod role;
mod rollouts;
mod sign_in;
mod stops;
mod terminal;
mod terminals;
mod tickets;
pub mod tokens;
mod trouble;
mod typed;
mod visitor;
mod words;
mod work;

use crate::state::Server;
use axum::middleware::from_fn;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Extension, Router};
use limit::Limits;
use role::Permission as P;
use std::ops::Deref;
use std::sync::Arc;
use tokens::Secret;
use trouble::Trouble;
use visitor::{act, read};

/// What a page comes to.
type Page = Result<Html<String>, Trouble>;

/// What the console needs beside the server. Cheap to clone.
#[derive(Clone)]
pub struct Setup(Arc<Parts>);

struct Parts {
    /// `https://desk.example:8443`, no path. Forms from elsewhere are refused.
    origin: String,
    secret: Secret,
    limits: Limits,
}

impl Setup {
    /// The console that browsers reach at `origin`.
    pub fn new(origin: impl Into<String>, secret: Secret) -> Self {
        Self(Arc::new(Parts { origin: origin.into(), secret, limits: Limits::default() }))
    }
}

/// The server and the console's own, as pages have them in hand.
#[derive(Clone)]
struct Console {
    server: Server,
    setup: Setup,
}

impl Deref for Console {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Console {
    const fn server(&self) -> &Server {
        &self.server
    }

    fn own(&self) -> &Parts {
        &self.setup.0
    }
}

/// Every page, for [`crate::serve::Console::pages`].
pub fn pages(setup: Setup) -> Router<Server> {
    Router::new()
        .merge(doors())
        .merge(reading())
        .merge(orders())
        .fallback(|| async { Trouble::Missing })
        .layer(Extension(setup))
        .layer(from_fn(refusals::note))
        .layer(from_fn(headers::add))
}

/// What is open to whoever asks.
fn doors() -> Router<Server> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::password))
        .route("/sign-in/passkey", post(passkey::sign_in))
        .route("/sign-in/passkey/options", post(passkey::sign_in_options))
        .route("/join/{token}", get(sign_in::invitation).post(sign_in::accept))
        .route("/language/{tag}", get(sign_in::language))
        .route("/t/{terminal}", get(open_state::page))
        .route("/assets/{name}", get(assets::file))
}

/// What is read.
fn reading() -> Router<Server> {
    Router::new()
        .route("/", read(P::See, overview::city))
        .route("/places/{code}", read(P::See, overview::place))
        .route("/terminals", read(P::See, terminals::page))
        .route("/terminals/{id}", read(P::See, terminal::page))
        .route("/terminals/{id}/files/{command}", read(P::Order, terminal::file))
        .route("/terminals/{id}/shells/{command}", read(P::Transcript, remote::transcript))
        .route(
            "/terminals/{id}/shells/{command}/transcript.txt",
            read(P::Transcript, remote::whole_transcript),
        )
        .route("/tickets", read(P::See, tickets::page))
        .route("/tickets/{id}", read(P::See, tickets::one))
        .route("/desk", read(P::See, desk::page))
        .route("/desk/{id}", read(P::Serve, desk::one))
        .route("/rollouts", read(P::See, rollouts::page))
        .route("/rollouts/{id}", read(P::See, rollouts::one))
        .route("/live/rollouts/{id}", read(P::See, live::rollout))
        .route("/live/calls", read(P::See, live::calls))
        .route("/configurations", read(P::See, configurations::page))
        .route("/configurations/{number}", read(P::See, configurations::one))
        .route("/catalogue", read(P::See, catalogue::page))
        .route("/keys", read(P::See, keys::page))
        .route("/stops", read(P::See, stops::page))
        .route("/stops/counts.csv", read(P::See, stops::csv))
        .route("/reports", read(P::See, reports::page))
        .route("/reports/indicator-5.csv", read(P::See, reports::csv))
        .route("/reports/indicator-5.pdf", read(P::See, reports::pdf))
        .route("/audit", read(P::Audit, audit::page))
        .route("/audit/export", read(P::Audit, audit::export))
        .route("/accounts", read(P::Accounts, accounts::page))
        .route("/me", read(P::Own, own::page))
}

/// What is done.
fn orders() -> Router<Server> {
    Router::new()
        .route("/sign-out", act(P::Own, sign_in::out))
        .route("/me/password", act(P::Own, own::password))
        .route("/me/sessions", act(P::Own, own::end_others))
        .route("/me/passkeys", act(P::Own, passkey::add))
        .route("/me/passkeys/options", act(P::Own, passkey::add_options))
        .route("/me/passkeys/remove", act(P::Own, passkey::remove))
        .route("/terminals/{id}/orders", act(P::Order, remote::order))
        .route("/terminals/{id}/shells", act(P::Order, remote::shell))
        .route("/terminals/{id}/approve", act(P::Order, remote::approve))
        .route("/terminals/{id}/shells/{command}", act(P::Order, remote::type_in))
        .route("/terminals/{id}/trust", act(P::Trust, remote::trust))
        .route("/tickets/{id}", act(P::Serve, tickets::take))
        .route("/desk/{id}/take", act(P::Serve, desk::take))
        .route("/desk/{id}", act(P::Serve, desk::act))
        .route("/rollouts", act(P::Release, rollouts::add))
        .route("/rollouts/{id}", act(P::Release, rollouts::change))
        .route("/configurations", act(P::Configure, configurations::add))
        .route("/configurations/{number}", act(P::Configure, configurations::push))
        .route("/accounts", act(P::Accounts, accounts::add))
        .route("/accounts/{id}", act(P::Accounts, accounts::change))
}
