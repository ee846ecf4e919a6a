//! The terminal's own business with the province: nothing of a resident.

use super::{Province, With, open};
use crate::contract::board::{Notices, Warnings};
use crate::contract::catalogue::{CatalogueDelta, CatalogueFiles, Divisions};
use crate::contract::terminal::{
    ActivateRequest, Activation, EventBatch, EventsAnswer, Heartbeat, HeartbeatAnswer, TerminalEvent,
};
use crate::contract::upkeep::{
    FaultAnswer, FaultReport, SuppliesAnswer, SuppliesReport, TerminalConfiguration,
};
use crate::contract::{path, terminal};
use crate::dialect::{Body, Call};
use crate::edge::known;
use crate::error::CallError;
use crate::http::HttpAnswer;
use crate::operation::Operation;
use crate::slip::SlipKey;
use domain::division::DivisionCode;
use domain::form::DivisionName;
use domain::session::event::{Notice, Warning};

/// The answer to "is there a newer catalogue?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueAnswer {
    /// The one that the terminal has is the newest.
    Unchanged,
    /// A newer one; nobody has looked into its files yet.
    New {
        /// Its entity tag.
        etag: Option<String>,
        /// Its files.
        files: CatalogueFiles,
    },
}

/// The answer to "what differs from the catalogue that I have?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeltaAnswer {
    /// Nothing.
    Unchanged,
    /// This; nobody has applied it yet.
    New {
        /// The entity tag of the newer catalogue.
        etag: Option<String>,
        /// What differs.
        delta: Box<CatalogueDelta>,
    },
}

impl Province {
    /// Begins the terminal's service: where it stands, and how often it reports. Said again when there is another key for
    /// its slips.
    pub async fn activate(
        &self,
        software_version: &str,
        slip_keys: &[SlipKey],
    ) -> Result<Activation, CallError> {
        let request = ActivateRequest {
            terminal_id: self.terminal.clone(),
            software_version: software_version.to_owned(),
            slip_keys: slip_keys.iter().map(terminal::SlipKey::from).collect(),
        };
        self.post(Operation::Activate, path::ACTIVATE.to_owned(), With::Nothing, &request).await
    }

    /// Says how the terminal is.
    pub async fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<HeartbeatAnswer, CallError> {
        self.post(Operation::Heartbeat, path::HEARTBEAT.to_owned(), With::Nothing, heartbeat).await
    }

    /// Tells what happened at the terminal; gives the number up to which the province keeps it.
    pub async fn events(&self, events: Vec<TerminalEvent>) -> Result<u64, CallError> {
        let request = EventBatch { terminal_id: self.terminal.clone(), events };
        let path = path::EVENTS.to_owned();
        let answer: EventsAnswer = self.post(Operation::Events, path, With::Nothing, &request).await?;
        Ok(answer.kept_through)
    }

    /// Says what the terminal runs out of; gives what somebody was told to bring.
    pub async fn supplies(&self, report: &SuppliesReport) -> Result<SuppliesAnswer, CallError> {
        self.post(Operation::Supplies, path::SUPPLIES.to_owned(), With::Nothing, report).await
    }

    /// Says what is broken, or no longer; gives the order to mend it.
    pub async fn fault(&self, report: &FaultReport) -> Result<FaultAnswer, CallError> {
        self.post(Operation::Faults, path::FAULTS.to_owned(), With::Nothing, report).await
    }

    /// Fetches how the province wants this terminal to be.
    pub async fn configuration(&self) -> Result<TerminalConfiguration, CallError> {
        self.get(Operation::Configuration, path::CONFIGURATION.to_owned()).await
    }

    /// Fetches the catalogue if it is another than the one with this entity tag.
    pub async fn catalogue(&self, etag: Option<&str>) -> Result<CatalogueAnswer, CallError> {
        let operation = Operation::Catalogue;
        let answer = self.if_changed(operation, path::CATALOGUE.to_owned(), etag).await?;
        if answer.status == 304 && etag.is_some() {
            return Ok(CatalogueAnswer::Unchanged);
        }
        Ok(CatalogueAnswer::New { files: open(operation, &answer)?, etag: answer.etag })
    }

    /// Fetches what differs from the catalogue of this version and entity tag.
    pub async fn catalogue_delta(&self, from: &str, etag: Option<&str>) -> Result<DeltaAnswer, CallError> {
        let operation = Operation::CatalogueDelta;
        let answer = self.if_changed(operation, path::catalogue_delta(from), etag).await?;
        if answer.status == 304 && etag.is_some() {
            return Ok(DeltaAnswer::Unchanged);
        }
        Ok(DeltaAnswer::New { delta: Box::new(open(operation, &answer)?), etag: answer.etag })
    }

    async fn if_changed(
        &self,
        operation: Operation,
        path: String,
        etag: Option<&str>,
    ) -> Result<HttpAnswer, CallError> {
        let etag = etag.map(str::to_owned);
        self.exchange(Call { operation, path, session: None, key: None, etag, body: Body::Empty }).await
    }

    /// Fetches the divisions inside a division, or the districts of the city.
    pub async fn divisions(&self, parent: Option<&DivisionCode>) -> Result<Vec<DivisionName>, CallError> {
        let answer: Divisions = self.get(Operation::Divisions, path::divisions(parent)).await?;
        Ok(answer.divisions)
    }

    /// Fetches the policy cards, newest first.
    pub async fn notices(&self) -> Result<Vec<Notice>, CallError> {
        let answer: Notices = self.get(Operation::Notices, path::NOTICES.to_owned()).await?;
        let today = self.clock.now().date();
        let shown = answer.notices.into_iter().filter(|n| n.expires.is_none_or(|last| today <= last));
        Ok(shown.map(known::notice).collect())
    }

    /// Fetches the warnings in force, most severe first.
    pub async fn warnings(&self) -> Result<Vec<Warning>, CallError> {
        let mut answer: Warnings = self.get(Operation::Warnings, path::WARNINGS.to_owned()).await?;
        let now = self.clock.now();
        answer.warnings.retain(|w| now < w.expires_at);
        answer.warnings.sort_by_key(|w| w.level);
        Ok(answer.warnings.into_iter().map(known::warning).collect())
    }
}
