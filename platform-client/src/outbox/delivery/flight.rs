//! Attempts that run: each in a task of its own.

use crate::contract::case::MaterialReference;
use crate::edge::upload::MaterialUpload;
use crate::error::CallErrorKind;
use crate::failpoint::{self, Point};
use crate::outbox::Shared;
use crate::outbox::agenda::Seq;
use crate::outbox::attempt::{self, Plan, Setback, Verdict};
use crate::outbox::courier::Courier;
use crate::outbox::payload::Payload;
use crate::outbox::turn::Opened;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::{Id, JoinError, JoinSet};

/// An attempt that has ended.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) seq: Seq,
    pub(super) plan: Plan,
    pub(super) verdict: Verdict,
    /// Materials that arrived.
    pub(super) handed_in: Vec<String>,
}

/// The attempts that run.
#[derive(Debug, Default)]
pub(super) struct Flights {
    tasks: JoinSet<Finished>,
    entries: HashMap<Id, (Seq, Plan)>,
}

impl Flights {
    pub(super) fn begin<C: Courier>(&mut self, shared: &Arc<Shared>, courier: &Arc<C>, opened: Opened) {
        let entry = (opened.seq, opened.plan);
        let (shared, courier) = (Arc::clone(shared), Arc::clone(courier));
        let handle = self.tasks.spawn(fly(shared, courier, opened));
        self.entries.insert(handle.id(), entry);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn has(&self, seq: Seq) -> bool {
        self.entries.values().any(|(s, _)| *s == seq)
    }

    /// The next attempt to end.
    pub(super) async fn next(&mut self) -> Option<Finished> {
        let ended = self.tasks.join_next_with_id().await?;
        self.landed(ended)
    }

    /// Every attempt that has ended by now.
    pub(super) fn all_now(&mut self) -> Vec<Finished> {
        let mut all = Vec::new();
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            all.extend(self.landed(ended));
        }
        all
    }

    pub(super) async fn stop(&mut self) {
        self.tasks.shutdown().await;
        self.entries.clear();
    }

    fn landed(&mut self, ended: Result<(Id, Finished), JoinError>) -> Option<Finished> {
        match ended {
            Ok((id, finished)) => {
                self.entries.remove(&id);
                Some(finished)
            }
            Err(error) => {
                let (seq, plan) = self.entries.remove(&error.id())?;
                tracing::error!(seq, "an attempt broke off inside the terminal");
                let setback = Setback {
                    kind: CallErrorKind::OutcomeUnknown,
                    word: "broke_off".to_owned(),
                    retry_after: None,
                };
                Some(Finished { seq, plan, verdict: Verdict::Unknown(setback), handed_in: Vec::new() })
            }
        }
    }
}

async fn fly<C: Courier>(shared: Arc<Shared>, courier: Arc<C>, opened: Opened) -> Finished {
    let Opened { seq, plan, payload, to_hand_in } = opened;
    let mut handed_in = Vec::new();
    if plan == Plan::Send
        && let Payload::Case(case) = &payload
    {
        for reference in case.materials.iter().filter(|m| to_hand_in.contains(&m.id.0)) {
            let verdict = match material(&shared, reference).await {
                Some(material) => attempt::hand_in(courier.as_ref(), material).await,
                None => Err(attempt::material_unreadable()),
            };
            match verdict {
                Ok(()) => {
                    handed_in.push(reference.id.0.clone());
                    failpoint::pass(Point::MaterialHandedIn);
                }
                Err(verdict) => return Finished { seq, plan, verdict, handed_in },
            }
        }
    }
    let verdict = attempt::run(courier.as_ref(), &payload, plan).await;
    Finished { seq, plan, verdict, handed_in }
}

/// Opens a material; on a thread that may wait for the disk.
async fn material(shared: &Arc<Shared>, reference: &MaterialReference) -> Option<MaterialUpload> {
    let (shared, reference) = (Arc::clone(shared), reference.clone());
    tokio::task::spawn_blocking(move || shared.open_material(reference)).await.ok()?
}
