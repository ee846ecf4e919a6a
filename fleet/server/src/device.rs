//! What terminals call, but for updates.
//!
//! Duty: who calls, what may be said and how much of it, and the answer. Never: take a terminal's number from anywhere but
//! its certificate.

mod assist;
pub(crate) mod caller;
mod commands;
mod configuration;
mod enrolment;
mod events;
pub(crate) mod health;
mod instance;
mod operations;
pub(crate) mod refusal;
mod shell;
pub(crate) mod timed;
pub(crate) mod wire;

use crate::beside;
use crate::state::Server;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use fleet_api::{command, event, path};

/// The longest heartbeat.
const HEARTBEAT_BYTES: usize = 64 * 1024;
/// The longest of the small bodies.
const SMALL_BYTES: usize = 32 * 1024;
/// The longest page without its values, or turn of a shell.
const TURN_BYTES: usize = 256 * 1024;

/// Every path that a terminal calls, updates with them, and the one of other instances.
pub fn router(server: Server) -> Router {
    let limited = |bytes| DefaultBodyLimit::max(bytes);
    Router::new()
        .route(path::ENROL, post(enrolment::enrol).layer(limited(SMALL_BYTES)))
        .route(path::RENEW, post(enrolment::renew).layer(limited(SMALL_BYTES)))
        .route(path::HEARTBEAT, post(health::heartbeat).layer(limited(HEARTBEAT_BYTES)))
        .route(path::EVENTS, post(events::take).layer(limited(event::BATCH_BYTES)))
        .route(path::COMMANDS, get(commands::list))
        .route(path::COMMAND_RESULT, post(commands::result).layer(limited(SMALL_BYTES)))
        .route(path::COMMAND_ATTACHMENT, put(commands::attachment).layer(limited(command::ATTACHMENT_BYTES)))
        .route(path::CONFIGURATION, get(configuration::configuration))
        .route(path::KEYS, get(configuration::keys))
        .route(path::SHELL, post(shell::turn).layer(limited(TURN_BYTES)))
        .route(path::ASSIST, post(assist::turn).layer(limited(TURN_BYTES)))
        .route(beside::PATH, post(instance::ask).layer(limited(TURN_BYTES)))
        .route("/healthz", get(operations::alive))
        .route("/readyz", get(operations::ready))
        .merge(crate::ddi::routes())
        .fallback(refusal::nowhere)
        .method_not_allowed_fallback(refusal::not_so)
        .with_state(server)
}

/// What only the machine itself may ask: counters.
pub fn operations_router(server: Server) -> Router {
    Router::new()
        .route("/metrics", get(operations::metrics))
        .route("/healthz", get(operations::alive))
        .route("/readyz", get(operations::ready))
        .with_state(server)
}
