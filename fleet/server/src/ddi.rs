//! hawkBit's Direct Device Integration, version 1: any of its clients updates from here.
//!
//! Duty: what is to be installed, offered until it is closed, and what clients say of it. Never: decide which terminal gets
//! what: that is the rollout's.

mod action;
mod caller;
mod download;
mod poll;

use crate::state::Server;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};

/// The longest body of a client, in bytes.
const BODY_BYTES: usize = 64 * 1024;

/// The paths of updates.
pub(crate) fn routes() -> Router<Server> {
    Router::new()
        .route("/{tenant}/controller/v1/{id}", get(poll::poll))
        .route("/{tenant}/controller/v1/{id}/configData", put(poll::config_data))
        .route("/{tenant}/controller/v1/{id}/deploymentBase/{action}", get(action::deployment))
        .route("/{tenant}/controller/v1/{id}/deploymentBase/{action}/feedback", post(action::feedback))
        .route("/{tenant}/controller/v1/{id}/cancelAction/{action}", get(action::cancel))
        .route("/{tenant}/controller/v1/{id}/cancelAction/{action}/feedback", post(action::cancel_feedback))
        .route("/{tenant}/controller/v1/{id}/softwaremodules/{module}/artifacts", get(download::list))
        .route("/{tenant}/controller/v1/{id}/softwaremodules/{module}/artifacts/{file}", get(download::file))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}
