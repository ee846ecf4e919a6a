//! The update server's side of an update: what is offered, taken back, given up.

use super::offer::{self, Offer};
use super::record::Source;
use super::table::Event;
use super::{Driver, HIGHEST, ddi, sentence};
use crate::backoff::spread;
use crate::config::Delivery;
use crate::link;
use crate::store::StoreError;
use fleet_api::ddi::{DeploymentBase, Execution, Finished, Link};
use fleet_api::release::ReleaseVersion;
use std::collections::BTreeMap;
use tokio::time::Instant;

impl Driver {
    pub(super) async fn poll(&mut self) -> Result<(), StoreError> {
        let server = self.shared.server();
        let enrolled = self.shared.identity().enrolled;
        let tenant = self.shared.config.update.tenant.clone().unwrap_or(enrolled.tenant);
        let poll = match ddi::poll(&server, &tenant, &enrolled.terminal).await {
            Ok(poll) => poll,
            Err(error) => {
                self.shared.missed_server(&error);
                let wait = error.retry_after().unwrap_or_default().max(self.missed.next());
                self.next_poll = Instant::now() + wait;
                return Ok(());
            }
        };
        self.missed.reset();
        self.shared.heard_server(None);
        self.next_poll = Instant::now() + spread(poll.sleep);
        if let Some(link) = poll.config_data {
            self.describe(&link).await;
        }
        if let Some(link) = poll.cancel {
            return self.cancel(&link).await;
        }
        match poll.deployment {
            Some(link) => self.consider(&link).await,
            None if self.is_servers() && self.state().can_be_cancelled() => {
                self.apply(Event::Cancelled, Some("the server took it back".to_owned())).await
            }
            None => Ok(()),
        }
    }

    fn is_servers(&self) -> bool {
        self.record.as_ref().is_some_and(|record| matches!(record.source, Source::Server { .. }))
    }

    async fn describe(&mut self, link: &Link) {
        let machine = &self.shared.machine;
        let data: BTreeMap<String, String> = [
            ("image", machine.image()),
            ("agent", env!("CARGO_PKG_VERSION").to_owned()),
            ("compatible", self.shared.config.compatible.clone()),
            ("model", self.shared.config.model.clone()),
            ("hardware", machine.hardware()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        if self.described.as_ref() == Some(&data) {
            return;
        }
        match ddi::describe(&self.shared.server(), link, data.clone()).await {
            Ok(()) => self.described = Some(data),
            Err(error) => self.shared.missed_server(&error),
        }
    }

    async fn cancel(&mut self, link: &Link) -> Result<(), StoreError> {
        let server = self.shared.server();
        let (base, address) = match ddi::cancel(&server, link).await {
            Ok(cancel) => cancel,
            Err(error) => {
                self.shared.missed_server(&error);
                return Ok(());
            }
        };
        let stop = &base.cancel_action.stop_id;
        let is_this = self.record.as_ref().is_some_and(|record| record.action == *stop);
        let (answer, says) = if is_this && !self.state().can_be_cancelled() {
            if self.refused_cancel.as_ref() == Some(&base.id) {
                return Ok(());
            }
            ((Execution::Rejected, Finished::None), "a slot is written already")
        } else {
            ((Execution::Closed, Finished::Success), "given up")
        };
        if let Err(error) = ddi::feedback(&server, &address, &base.id, answer, vec![says.to_owned()]).await {
            self.shared.missed_server(&error);
            if !ddi::is_over(&error) {
                return Ok(());
            }
        }
        if answer.0 == Execution::Rejected {
            self.refused_cancel = Some(base.id);
            return Ok(());
        }
        if is_this {
            self.apply(Event::Cancelled, Some("the desk gave it up".to_owned())).await
        } else {
            Ok(())
        }
    }

    /// Looks at what is offered, unless something else is under way that must come to its end.
    async fn consider(&mut self, link: &Link) -> Result<(), StoreError> {
        let open = self.record.is_none() || (self.is_servers() && self.state().can_be_cancelled());
        if !open {
            return Ok(());
        }
        let server = self.shared.server();
        let (base, address) = match ddi::deployment(&server, link).await {
            Ok(deployment) => deployment,
            Err(error) => {
                self.shared.missed_server(&error);
                return Ok(());
            }
        };
        let window_open = window_of(&base);
        if let Some(record) = &mut self.record {
            if record.action == base.id {
                record.window_open = window_open;
                return Ok(());
            }
            self.apply(Event::Cancelled, Some("another update takes its place".to_owned())).await?;
        }
        if let Some(ending) = self.shared.store.ending(&base.id)? {
            // It ended here, and the server does not know: the same answer, never the same work.
            let finished = if ending.good { Finished::Success } else { Finished::Failure };
            let report = (Execution::Closed, finished);
            if let Err(error) =
                ddi::feedback(&server, &address, &base.id, report, vec![sentence(&ending)]).await
            {
                self.shared.missed_server(&error);
            }
            return Ok(());
        }
        self.take_offer(&base, address, window_open).await
    }

    async fn take_offer(
        &mut self,
        base: &DeploymentBase,
        deployment: String,
        window_open: Option<bool>,
    ) -> Result<(), StoreError> {
        let highest = self.shared.store.value(HIGHEST)?;
        let mut offer = self.examine(base, highest);
        if matches!(offer, Offer::UnknownKey(_)) && link::fetch_ring(&self.shared).await.is_ok() {
            offer = self.examine(base, highest);
        }
        let source = |download: String| Source::Server { download, deployment: deployment.clone() };
        let action = base.id.clone();
        match offer {
            Offer::Install(target, link) => {
                let event = match self.shared.config.update.delivery {
                    Delivery::Download => Event::Offered,
                    Delivery::Stream => Event::OfferedAsStream,
                };
                self.begin(action, source(link), Some(target), event, window_open, None).await
            }
            Offer::RunsAlready(target) => {
                let detail = Some("it runs already".to_owned());
                self.begin(action, source(String::new()), Some(target), Event::RunsAlready, None, detail)
                    .await
            }
            Offer::Refuse(target, why) => {
                self.begin(action, source(String::new()), target, Event::Refused, None, Some(why)).await
            }
            Offer::UnknownKey(why) => {
                self.begin(action, source(String::new()), None, Event::Refused, None, Some(why)).await
            }
            Offer::NotYet(why) => {
                if self.waits.as_ref() != Some(&why) {
                    tracing::info!(why, "an update waits");
                    self.waits = Some(why);
                }
                Ok(())
            }
        }
    }

    fn examine(&self, base: &DeploymentBase, highest: Option<ReleaseVersion>) -> Offer {
        offer::examine(base, &self.shared.trust.ring(), &super::here(&self.shared, highest))
    }
}

/// Whether the server leaves the time to the terminal, and what it says otherwise.
fn window_of(base: &DeploymentBase) -> Option<bool> {
    if base.deployment.update == "skip" {
        return Some(false);
    }
    match base.deployment.maintenance_window.as_deref() {
        Some("available") => Some(true),
        Some(_) => Some(false),
        None => None,
    }
}
