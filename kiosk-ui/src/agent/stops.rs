//! Where people stop: how often a page was shown, left, asked for help on, gone back from, timed out. Counts alone.

use crate::kept;
use domain::service_item::ItemId;
use domain::session::Session;
use domain::session::event::{EventKind, Tap};
use domain::session::page::Page;
use domain::session::state::Place;
use domain::terminal::Timestamp;
use fleet_api::event::{Stop, StopCount};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Hours that wait for the agent; older ones are dropped.
const HOURS: usize = 72;

/// The counts of one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hour {
    /// The full hour in seconds of Unix time.
    pub(super) hour: i64,
    pub(super) counts: Vec<StopCount>,
}

/// The counts that the agent has not been told.
#[derive(Debug)]
pub(super) struct Stops {
    file: PathBuf,
    hours: Vec<Hour>,
}

/// Where a visit is: nothing of a resident.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Whereabouts {
    page: Page,
    mode: String,
    item: Option<ItemId>,
}

impl Whereabouts {
    /// The page of the visit, under what asks whether somebody is there; none without a visit.
    pub(crate) fn of(session: &Session) -> Option<Self> {
        let visit = session.visit()?;
        let page = match visit.page() {
            Page::StillThere => visit.step.page(),
            page => page,
        };
        Some(Self { page, mode: visit.mode.to_string(), item: visit.item().map(|item| item.id.clone()) })
    }
}

impl Whereabouts {
    fn is_on_top(&self) -> bool {
        matches!(self.page, Page::Help | Page::Trouble | Page::Assisted)
    }
}

impl Stops {
    /// What was counted before the start is counted on.
    pub(super) fn open(data: &Path) -> Self {
        let file = data.join("stops.json");
        let hours = kept::read(&file).unwrap_or_default();
        Self { file, hours }
    }

    /// Counts what an event did in a visit.
    pub(super) fn note(
        &mut self,
        kind: &EventKind,
        before: Option<Whereabouts>,
        session: &Session,
        now: Timestamp,
    ) {
        let after = Whereabouts::of(session);
        let stop = match (kind, &before, &after) {
            (EventKind::Tap(Tap::Back), Some(_), _) => Some(Stop::Back),
            (EventKind::Tap(Tap::Help), Some(_), _) => Some(Stop::Help),
            (EventKind::Tap(Tap::Leave), Some(_), None) => Some(Stop::Left),
            (EventKind::Tick, Some(_), None) => Some(Stop::TimedOut),
            _ => None,
        };
        if let (Some(stop), Some(place)) = (stop, &before) {
            self.count(place, stop, now);
        }
        // Who comes back from a page on top has not come anew.
        let from_top = before.as_ref().is_some_and(Whereabouts::is_on_top);
        let shown = after.filter(|after| !from_top || after.is_on_top());
        let shown = shown
            .filter(|after| before.as_ref().is_none_or(|b| (b.page, &b.item) != (after.page, &after.item)));
        if let Some(place) = shown {
            self.count(&place, Stop::Shown, now);
        }
        if before.is_some() && matches!(session.place(), Place::Forgetting(_)) {
            self.save();
        }
    }

    /// The hours that are over.
    pub(super) fn take_finished(&mut self, now: Timestamp) -> Vec<Hour> {
        let this = hour(now);
        let (over, open) = std::mem::take(&mut self.hours).into_iter().partition(|h: &Hour| h.hour < this);
        self.hours = open;
        over
    }

    /// Writes down what is not told yet.
    pub(super) fn save(&self) {
        kept::write(&self.file, &self.hours);
    }

    fn count(&mut self, place: &Whereabouts, stop: Stop, now: Timestamp) {
        let this = hour(now);
        if self.hours.last().is_none_or(|last| last.hour != this) {
            self.hours.push(Hour { hour: this, counts: Vec::new() });
            let too_many = self.hours.len().saturating_sub(HOURS);
            self.hours.drain(..too_many);
        }
        let Some(hour) = self.hours.last_mut() else { return };
        let page = place.page.name();
        let same = |c: &&mut StopCount| {
            c.page == page && c.mode == place.mode && c.item == place.item && c.stop == stop
        };
        match hour.counts.iter_mut().find(same) {
            Some(count) => count.count = count.count.saturating_add(1),
            None => hour.counts.push(StopCount {
                page: page.to_owned(),
                mode: place.mode.clone(),
                item: place.item.clone(),
                stop,
                count: 1,
            }),
        }
    }
}

fn hour(at: Timestamp) -> i64 {
    at.unix_timestamp().div_euclid(3600) * 3600
}
