//! The worker's desk and the other words of the screen.
//!
//! Duty: carry what the screen says to the desk, and a worker's pointing back; a call is in memory alone. Never: keep a page,
//! or carry one that the screen did not send for this call.

use crate::agent::Shared;
use crate::configuration;
use crate::technician::Desk;
use fleet_api::Timestamp;
use fleet_api::assist::{AssistReply, AssistTurn, MirrorPage};
use fleet_api::event::What;
use fleet_api::path;
use fleet_api::ui::{FromAgent, FromScreen};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// The pause between two turns, so that a server which answers at once is not pressed.
const PAUSE: Duration = Duration::from_millis(300);
/// How many turns may fail in a row before the resident is told that the desk cannot be reached.
const FAILURES: u32 = 3;

/// The call that is going on.
struct Call {
    id: String,
    page: watch::Sender<Option<MirrorPage>>,
    over: watch::Sender<bool>,
}

/// Hears the screen for ever.
pub(crate) async fn listen(shared: Arc<Shared>, desk: Desk, mut words: mpsc::Receiver<FromScreen>) {
    let mut calls = JoinSet::new();
    let mut call: Option<Call> = None;
    let mut screen = shared.screen.watch();
    loop {
        let word = tokio::select! {
            word = words.recv() => word,
            _ = screen.wait_for(|state| matches!(state, crate::screen::ScreenState::Away(_))), if call.is_some() => {
                // The screen ended, and with it the visit.
                end(&shared, call.take());
                continue;
            }
            Some(_) = calls.join_next() => continue,
        };
        let Some(word) = word else { return std::future::pending().await };
        match word {
            FromScreen::Hello { api, version } => {
                if let Err(error) = fleet_api::version::check(Some(&api)) {
                    tracing::error!(%error, version, "the screen");
                }
            }
            FromScreen::Stops { hour, counts } => match Timestamp::from_unix_timestamp(hour) {
                Ok(hour) => shared.note(&What::Stops { hour, counts }),
                Err(error) => tracing::warn!(%error, "an hour of stops"),
            },
            FromScreen::Help { call: id, page, item, urgent } => {
                end(&shared, call.take());
                shared.note(&What::Help { call: id.clone(), page, item, urgent });
                let (now, over) = (watch::Sender::new(None), watch::Sender::new(false));
                calls.spawn(turns(Arc::clone(&shared), id.clone(), now.subscribe(), over.subscribe()));
                call = Some(Call { id, page: now, over });
            }
            FromScreen::Mirror { call: id, page } => {
                if let Some(call) = call.as_ref().filter(|call| call.id == id) {
                    call.page.send_replace(Some(page));
                }
            }
            FromScreen::HelpEnded { call: id } => end(&shared, call.take_if(|call| call.id == id)),
            FromScreen::Upkeep { action, badge } => shared.note(&What::Upkeep { action, badge }),
            FromScreen::Technician(ask) => desk.take(ask),
            FromScreen::SettingsTaken { error } => configuration::taken(&shared, error),
            // The screen's own part: crate::screen.
            FromScreen::Health(_) | FromScreen::Answer { .. } | FromScreen::Unrecognised => {}
        }
    }
}

fn end(shared: &Shared, call: Option<Call>) {
    if let Some(call) = call {
        call.over.send_replace(true);
        shared.note(&What::HelpEnded { call: call.id });
    }
}

/// Turn after turn, until one side ends the call.
async fn turns(
    shared: Arc<Shared>,
    id: String,
    mut page: watch::Receiver<Option<MirrorPage>>,
    mut over: watch::Receiver<bool>,
) {
    let link = path::ASSIST.replace("{call}", &id);
    let (mut number, mut failures) = (0, 0);
    let mut sent: Option<MirrorPage> = None;
    loop {
        let ended = *over.borrow_and_update();
        let now = page.borrow_and_update().clone();
        let fresh = now.clone().filter(|now| sent.as_ref() != Some(now));
        let turn = AssistTurn { number, page: if ended { None } else { fresh }, ended };
        let server = shared.server();
        let call = server.post::<AssistReply>("help", &link, &turn);
        let reply = tokio::select! {
            reply = call => reply,
            // A new page does not wait for the worker; the number stays, so the server knows the turn it did not answer.
            _ = page.changed(), if !ended => continue,
            _ = over.changed(), if !ended => continue,
        };
        match reply {
            Ok(reply) => {
                failures = 0;
                number += 1;
                sent = now;
                if ended {
                    return;
                }
                let told = FromAgent::Worker {
                    call: id.clone(),
                    worker: reply.worker,
                    actions: reply.actions,
                    ended: reply.ended,
                };
                shared.screen.tell(told);
                if reply.ended {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(error = %error.chain(), "a call to the desk");
                failures += 1;
                let gone =
                    error.status().is_some_and(|status| status.is_client_error() && status.as_u16() != 429);
                if failures >= FAILURES || gone {
                    let told = FromAgent::Worker { call: id, worker: None, actions: Vec::new(), ended: true };
                    shared.screen.tell(told);
                    return;
                }
                tokio::time::sleep(shared.times.first_retry).await;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
