//! The delivery: takes what the agenda gives, tries it, writes down what came of it.
//!
//! Duty: move entries, several cases at once and one case in order. Never: begin an attempt that is not marked on disk;
//! let a visit hear something that is not so.

mod flight;
mod results;

use super::agenda::{Agenda, Row, Seq};
use super::attempt::Plan;
use super::courier::Courier;
use super::error::StoreError;
use super::payload::EntryKind;
use super::saved::Progress;
use super::settle::{Bounds, News};
use super::state::{State, Step};
use super::store::Change;
use super::turn::{Pick, Turned};
use super::{Outbox, OutboxEvent, SetAsideReason, Shared};
use crate::dialect::Recovery;
use crate::failpoint::{self, Point};
use crate::operation::Operation;
use domain::case::SubmissionId;
use flight::{Finished, Flights};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;

/// Why delivery does not run.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// It runs already.
    #[error("this outbox is being delivered already")]
    Running,
    /// The table cannot be read.
    #[error("the outbox's table cannot be read")]
    Store(#[from] StoreError),
}

impl Outbox {
    /// Delivers for ever; dropping the future stops it, and what was cut off is asked for at the next start.
    pub async fn deliver<C: Courier>(&self, courier: C) -> Result<Infallible, DeliveryError> {
        let _turn = self.shared.one_delivery.try_lock().map_err(|_| DeliveryError::Running)?;
        let mut delivery = Delivery::start(Arc::clone(&self.shared), Arc::new(courier)).await?;
        // Only now: what is saved as "being sent" from here on is not taken for the rest of an earlier run.
        let _running = Running::begin(&self.shared);
        loop {
            delivery.turn().await;
        }
    }
}

struct Running<'a>(&'a Shared);

impl<'a> Running<'a> {
    fn begin(shared: &'a Shared) -> Self {
        shared.delivering.store(true, Ordering::Release);
        Self(shared)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.delivering.store(false, Ordering::Release);
    }
}

/// With a failing disk, how long until the next try to write.
const DISK_WAIT: Duration = Duration::from_secs(2);
/// How long nothing has happened before closed entries are swept out of the log.
const TIDY_WAIT: Duration = Duration::from_secs(2);
/// How often entries are looked through for old ones.
const AGE_WAIT: Duration = Duration::from_secs(3600);

struct Delivery<C> {
    shared: Arc<Shared>,
    courier: Arc<C>,
    agenda: Agenda,
    flights: Flights,
    finished: Vec<Finished>,
    /// Changes that the next turn writes besides.
    further: Vec<Change>,
    /// Entries that end with the next turn: their materials go when the table knows it.
    closed: Vec<SubmissionId>,
    /// What seals old entries with a new key.
    resealing: Option<JoinHandle<()>>,
    last_seq: Seq,
    data_version: i64,
    next_poll: Instant,
    next_age_check: Instant,
    tidy_at: Option<Instant>,
}

impl<C: Courier> Delivery<C> {
    async fn start(shared: Arc<Shared>, courier: Arc<C>) -> Result<Self, StoreError> {
        let now = Instant::now();
        // Attempts of a delivery that was stopped: nobody knows what became of them.
        blocking(&shared, |s| s.with_store(|store| store.cut_off(s.clock.now()))).await?;
        let mut delivery = Self {
            agenda: Agenda::new(shared.config.pace.backoff),
            shared,
            courier,
            flights: Flights::default(),
            finished: Vec::new(),
            further: Vec::new(),
            closed: Vec::new(),
            resealing: None,
            last_seq: 0,
            data_version: 0,
            next_poll: now,
            next_age_check: now,
            tidy_at: None,
        };
        delivery.reload().await?;
        Ok(delivery)
    }

    /// Writes down what attempts brought, begins what is due, and waits for the next thing to happen.
    async fn turn(&mut self) {
        let now = Instant::now();
        let (mut changes, news) = self.take_results(now);
        changes.append(&mut self.further);
        let picks = self.picks(now, &mut changes);
        if !changes.is_empty() || !picks.is_empty() {
            failpoint::pass(Point::BeforeResult);
            let Some(turned) = self.write(changes, picks).await else { return };
            failpoint::pass(Point::AfterResult);
            self.remove_materials().await;
            self.tell(news);
            self.begin(turned);
        }
        self.wait().await;
    }

    /// What is to be tried now. What cannot be tried by the terminal at all is set aside among the changes.
    fn picks(&mut self, now: Instant, changes: &mut Vec<Change>) -> Vec<Pick> {
        let free = self.free();
        let mut picks = Vec::new();
        for seq in self.agenda.pick(now, free) {
            let Some(row) = self.agenda.row(seq) else { continue };
            let recovery = self.recovery(row.kind);
            let (plan, mark) = match (row.state, row.kind, recovery) {
                (State::Unknown, _, Recovery::Person) => {
                    let id = row.id.clone();
                    self.set_aside(seq, &id, SetAsideReason::UnknownForGood, changes);
                    self.shared.tell_visit(&id, Progress::UnclearForGood);
                    continue;
                }
                (State::Unknown, EntryKind::Case, Recovery::AskThenSend) if !failpoint::sends_blindly() => {
                    (Plan::Ask, false)
                }
                (State::Sending, _, _) => (Plan::Send, false),
                _ => (Plan::Send, true),
            };
            picks.push(Pick { seq, plan, mark });
        }
        picks
    }

    fn set_aside(&mut self, seq: Seq, id: &SubmissionId, reason: SetAsideReason, changes: &mut Vec<Change>) {
        self.agenda.set_aside(seq);
        changes.push(Change {
            seq,
            step: Some(Step::SetAside),
            last_error: Some(reason.word().to_owned()),
            ..Change::default()
        });
        self.tell_set_aside(id, reason);
    }

    fn tell_set_aside(&self, id: &SubmissionId, reason: SetAsideReason) {
        tracing::warn!(%id, reason = reason.word(), "an entry needs a person");
        self.shared.tell(OutboxEvent::SetAside { id: id.clone(), reason });
    }

    /// Writes until it succeeds; `None` when the table was damaged and everything begins anew.
    async fn write(&mut self, changes: Vec<Change>, picks: Vec<Pick>) -> Option<Turned> {
        let work = Arc::new((changes, picks));
        loop {
            let this = Arc::clone(&work);
            match blocking(&self.shared, move |s| s.turn(&this.0, &this.1)).await {
                Ok(turned) => return Some(turned),
                Err(StoreError::Damaged(_)) => {
                    self.begin_anew().await;
                    return None;
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be written; trying again");
                    tokio::time::sleep(DISK_WAIT).await;
                }
            }
        }
    }

    async fn begin_anew(&mut self) {
        self.flights.stop().await;
        self.finished.clear();
        self.further.clear();
        self.closed.clear();
        self.agenda = Agenda::new(self.shared.config.pace.backoff);
        self.last_seq = 0;
        if let Err(error) = self.reload().await {
            tracing::error!(%error, "the outbox cannot be read");
            tokio::time::sleep(DISK_WAIT).await;
        }
    }

    /// Removes the materials of entries that have ended.
    async fn remove_materials(&mut self) {
        let closed = std::mem::take(&mut self.closed);
        if closed.is_empty() {
            return;
        }
        let remove = move |s: &Shared| {
            closed.iter().for_each(|id| s.place.remove_materials_of(id.as_str()));
            Ok(())
        };
        // It gives no error.
        let _ = blocking(&self.shared, remove).await;
    }

    fn begin(&mut self, turned: Turned) {
        for seq in turned.gone {
            self.agenda.close(seq);
        }
        for seq in turned.unreadable {
            if let Some(id) = self.agenda.row(seq).map(|r| r.id.clone()) {
                let mut further = std::mem::take(&mut self.further);
                self.set_aside(seq, &id, SetAsideReason::Unreadable, &mut further);
                self.further = further;
            }
        }
        for opened in turned.opened {
            let Some(row) = self.agenda.row(opened.seq) else { continue };
            if opened.plan == Plan::Send {
                self.shared.tell_visit(&row.id, Progress::Trying);
                self.agenda.begin(opened.seq, State::Sending);
            } else {
                self.agenda.begin(opened.seq, State::Unknown);
            }
            self.flights.begin(&self.shared, &self.courier, opened);
        }
    }

    async fn wait(&mut self) {
        let now = Instant::now();
        let wake = self.agenda.next_wake(now, self.free());
        let idle = self.tidy_at.filter(|_| self.flights.is_empty());
        let until = [wake, idle].into_iter().flatten().fold(self.next_poll, Instant::min);
        tokio::select! {
            Some(finished) = self.flights.next(), if !self.flights.is_empty() => {
                self.finished.push(finished);
                self.finished.extend(self.flights.all_now());
            }
            () = self.shared.changed.notified() => self.load_new().await,
            () = tokio::time::sleep_until(until) => self.upkeep().await,
        }
    }

    /// What is due by the clock alone.
    async fn upkeep(&mut self) {
        let now = Instant::now();
        if now >= self.next_poll {
            self.next_poll = now + self.shared.config.pace.poll;
            let version = blocking(&self.shared, |s| s.with_store(|store| store.data_version())).await;
            if version.is_ok_and(|v| v != self.data_version)
                && let Err(error) = self.reload().await
            {
                tracing::error!(%error, "the outbox cannot be read");
            }
            self.reseal_if_due();
        }
        if now >= self.next_age_check {
            self.next_age_check = now + AGE_WAIT;
            self.set_old_aside().await;
        }
        if self.flights.is_empty() && self.tidy_at.is_some_and(|t| now >= t) {
            self.tidy_at = None;
            let keep = self.shared.config.limits.closed_rows;
            let tidied = blocking(&self.shared, move |s| {
                s.with_store(|store| store.prune(keep).and_then(|_| store.empty_log()))
            });
            if let Err(error) = tidied.await {
                tracing::warn!(%error, "the outbox could not be tidied");
            }
        }
    }

    /// Goes over to a new key, beside the delivery.
    fn reseal_if_due(&mut self) {
        if self.resealing.as_ref().is_none_or(JoinHandle::is_finished) {
            let shared = Arc::clone(&self.shared);
            self.resealing = Some(tokio::task::spawn_blocking(move || match shared.reseal_if_due() {
                Ok(Some(resealed)) => tracing::info!(?resealed, "the outbox went over to a new key"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "the outbox cannot be sealed with its new key"),
            }));
        }
    }

    async fn set_old_aside(&mut self) {
        let age = self.shared.config.limits.age;
        let moment = (self.shared.clock.now() - age).unix_timestamp();
        let old = blocking(&self.shared, move |s| s.with_store(|store| store.waiting_since(moment))).await;
        for seq in old.unwrap_or_default() {
            let row = self.agenda.row(seq).filter(|r| !self.flights.has(seq) && r.state != State::Poison);
            if let Some(id) = row.map(|r| r.id.clone()) {
                let mut further = std::mem::take(&mut self.further);
                self.set_aside(seq, &id, SetAsideReason::TooOld, &mut further);
                self.further = further;
            }
        }
    }

    /// Takes in what was saved since the last look.
    async fn load_new(&mut self) {
        if self.shared.try_now.swap(false, Ordering::AcqRel) {
            self.agenda.try_now();
        }
        loop {
            let after = self.last_seq;
            let rows = blocking(&self.shared, move |s| s.with_store(|store| store.agenda_after(after))).await;
            let rows = rows.unwrap_or_else(|error| {
                tracing::error!(%error, "the outbox cannot be read");
                Vec::new()
            });
            if rows.is_empty() {
                return;
            }
            self.take_in(rows);
        }
    }

    /// Takes in the whole table: another program may have changed anything.
    async fn reload(&mut self) -> Result<(), StoreError> {
        let (version, rows) =
            blocking(&self.shared, |s| s.with_store(|store| Ok((store.data_version()?, store.agenda()?))))
                .await?;
        self.data_version = version;
        let open: HashSet<Seq> = rows.iter().map(|(seq, _)| *seq).collect();
        self.agenda.keep_only(&open);
        self.take_in(rows);
        Ok(())
    }

    fn take_in(&mut self, rows: Vec<(Seq, Row)>) {
        let now = Instant::now();
        let visits = self.shared.visits.lock().unwrap_or_else(PoisonError::into_inner);
        for (seq, row) in rows {
            self.last_seq = self.last_seq.max(seq);
            let urgent = visits.get(&row.id).is_some_and(|v| v.receiver_count() > 0);
            self.agenda.put(seq, row, now);
            if urgent {
                self.agenda.hurry(seq);
            }
        }
    }

    fn free(&self) -> usize {
        self.shared.config.pace.parallel.saturating_sub(self.flights.len())
    }

    fn recovery(&self, kind: EntryKind) -> Recovery {
        self.courier.recovery(match kind {
            EntryKind::Case => Operation::Case,
            EntryKind::Rating => Operation::Rating,
        })
    }

    fn bounds(&self) -> Bounds {
        let pace = &self.shared.config.pace;
        Bounds { settling: pace.settling, most_sends: pace.most_sends }
    }
}

/// Work on the disk, away from the threads that serve the network.
async fn blocking<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let shared = Arc::clone(shared);
    match tokio::task::spawn_blocking(move || work(&shared)).await.map_err(JoinError::try_into_panic) {
        Ok(result) => result,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime ends, and this with it.
        Err(Err(_)) => std::future::pending().await,
    }
}

impl Shared {
    fn tell_visit(&self, id: &SubmissionId, progress: Progress) {
        let visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(visit) = visits.get(id) {
            visit.send_if_modified(|now| {
                // Once a visit has its answer it stays: a page does not take back what it said.
                let open = !matches!(now, Progress::Done(_)) && *now != progress;
                if open {
                    *now = progress;
                }
                open
            });
        }
    }
}

type Told = Vec<(SubmissionId, News)>;

impl<C: Courier> Delivery<C> {
    /// Tells visits and listeners; only after it is written down.
    fn tell(&self, news: Told) {
        for (id, news) in news {
            match news {
                News::None => {}
                News::Waiting => self.shared.tell_visit(&id, Progress::Waiting),
                News::NeedsPerson => self.shared.tell_visit(&id, Progress::NeedsPerson),
                News::Unclear => self.shared.tell_visit(&id, Progress::Unclear),
                News::UnclearForGood => self.shared.tell_visit(&id, Progress::UnclearForGood),
                News::Rated => self.shared.tell(OutboxEvent::Rated { id }),
                News::Outcome(outcome) => {
                    self.shared.tell_visit(&id, Progress::Done(outcome.clone()));
                    self.shared.tell(OutboxEvent::Outcome { id, outcome });
                }
            }
        }
    }

    fn tell_line(&self) {
        let line = self.agenda.line();
        tracing::info!(?line, "the way to the province");
        self.shared.tell(OutboxEvent::Line(line));
    }
}
