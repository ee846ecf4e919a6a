//! What goes on without a visit: delivery, and what happens in the outbox.

use super::Shared;
use crate::chain::Chain;
use domain::session::event::Network;
use platform_client::outbox::{Line, Outbox, OutboxEvent};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// How long until the outbox is looked for again, or a stopped delivery is begun anew.
const AGAIN: Duration = Duration::from_secs(5);

/// Delivers what is in the outbox, for ever.
pub(super) async fn deliver(shared: Arc<Shared>) {
    loop {
        if let Some(outbox) = shared.stores.outbox().cloned() {
            tokio::select! {
                ended = outbox.deliver(shared.province.clone()) => match ended {
                    Ok(never) => match never {},
                    Err(error) => tracing::error!(error = %Chain(&error), "the outbox is not being delivered"),
                },
                () = listen(&shared, &outbox) => {}
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Tells the session what happens in the outbox.
async fn listen(shared: &Shared, outbox: &Outbox) {
    let mut events = outbox.events();
    loop {
        match events.recv().await {
            Ok(OutboxEvent::Line(line)) => {
                shared.say_network(match line {
                    Line::Up => Network::Online,
                    Line::Down => Network::Offline,
                });
            }
            Ok(OutboxEvent::Room(_)) => shared.say_storage(),
            Ok(OutboxEvent::Damaged { folder }) => {
                tracing::error!(folder = %folder.display(), "a damaged outbox needs a person");
                shared.say_storage();
            }
            Ok(OutboxEvent::SetAside { id, reason }) => {
                tracing::error!(submission = %id, reason = reason.word(), "a submission needs a person");
            }
            Ok(OutboxEvent::Outcome { id, outcome }) => {
                tracing::info!(submission = %id, outcome = ?outcome.word(), "a submission has its outcome");
            }
            Ok(OutboxEvent::Rated { .. }) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
