//! Saving: sealed, on disk, synced, before anything is promised.

use super::error::{Bound, SaveError, StoreError};
use super::payload::{EntryKind, Payload};
use super::saved::{Progress, Saved};
use super::seal::Sort;
use super::seal::stream::sealed_length;
use super::state::State;
use super::store::NewEntry;
use super::{Outbox, OutboxEvent, Shared};
use crate::contract::rating::{RatingOccasion, RatingRequest};
use crate::edge::filing::{self, Material};
use crate::failpoint::{self, Point};
use domain::case::{Submission, SubmissionId, SubmitOutcome};
use domain::service_item::Queueing;
use domain::session::effect::RatingToSend;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::watch;

impl Outbox {
    /// Puts a submission on disk, sealed and synced; a second call with the same id adds nothing. Blocks for about as long
    /// as the disk takes to sync; on failure nothing is kept and nothing will be sent.
    pub fn commit(&self, submission: &Submission) -> Result<Saved, SaveError> {
        let (request, materials) = filing::case_request(submission);
        // With somebody delivering, the first attempt follows at once: to say so in the same transaction saves a sync.
        let state = if self.shared.is_delivering() { State::Sending } else { State::Saved };
        let first = if state == State::Sending { Progress::Trying } else { Progress::Kept };
        let progress = self.shared.listen(&submission.id, first);
        self.shared.save(
            &NewEntry {
                id: &submission.id,
                chain: &submission.id,
                kind: EntryKind::Case,
                item: &submission.item,
                queueing: submission.queueing,
                state,
                filed_at: submission.filed_at,
                now: self.shared.clock.now(),
                sealed: &[],
                attachments: &[],
            },
            &Payload::Case(Box::new(request)),
            &materials,
        )?;
        Ok(Saved { id: submission.id.clone(), queueing: submission.queueing, progress, outbox: self.clone() })
    }

    /// Saves, then waits for the outcome: [`Self::commit`] and [`Saved::outcome`] in one.
    pub async fn submit_now(
        &self,
        submission: Submission,
        longest: Duration,
    ) -> Result<SubmitOutcome, SaveError> {
        let outbox = self.clone();
        let saved = tokio::task::spawn_blocking(move || outbox.commit(&submission))
            .await
            .map_err(|cause| SaveError::Failed(Box::new(cause)))??;
        Ok(saved.outcome(longest).await)
    }

    /// Puts a rating on disk; it goes after the submission that it rates. Gives its key.
    pub fn rate(&self, rating: &RatingToSend) -> Result<SubmissionId, SaveError> {
        let mut random = [0; 16];
        self.shared.entropy.fill(&mut random).map_err(|e| SaveError::Failed(Box::new(e)))?;
        let id = SubmissionId::from_random(random);
        let request = RatingRequest {
            rating_id: id.clone(),
            item_id: rating.item.clone(),
            submission_id: rating.submission.clone(),
            terminal_id: self.shared.config.terminal.clone(),
            rated_at: rating.at,
            level: rating.rating.level(),
            occasion: RatingOccasion::default(),
            text: rating.rating.words().cloned(),
            reasons: rating.rating.reasons().to_vec(),
        };
        self.shared.save(
            &NewEntry {
                id: &id,
                chain: rating.submission.as_ref().unwrap_or(&id),
                kind: EntryKind::Rating,
                item: &rating.item,
                queueing: Queueing::MayQueue,
                state: State::Saved,
                filed_at: rating.at,
                now: self.shared.clock.now(),
                sealed: &[],
                attachments: &[],
            },
            &Payload::Rating(Box::new(request)),
            &[],
        )?;
        Ok(id)
    }
}

impl Shared {
    fn listen(&self, id: &SubmissionId, first: Progress) -> watch::Receiver<Progress> {
        let mut visits = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        visits.retain(|_, sender| sender.receiver_count() > 0);
        visits.entry(id.clone()).or_insert_with(|| watch::channel(first).0).subscribe()
    }

    fn save(&self, entry: &NewEntry<'_>, payload: &Payload, materials: &[Material]) -> Result<(), SaveError> {
        let id = entry.id.as_str();
        failpoint::pass(Point::SaveBegun);
        match self.with_store(|store| store.find(entry.id)) {
            Ok(Some(_)) => return Ok(()),
            // The damaged table is set aside by now; nothing is in the new one.
            Ok(None) | Err(StoreError::Damaged(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let before = self.check_bounds(materials)?;
        let _sealing = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
        let plain = payload.to_bytes();
        let sealed = self.keys.seal(Sort::Entry, id, &plain, self.entropy.as_ref());
        let sealed = sealed.map_err(StoreError::from)?;
        let length = |m: &Material| sealed_length(m.picture.bytes().len() as u64);
        let attachments: Vec<_> = materials.iter().map(|m| (m.id.0.clone(), length(m))).collect();
        let entry = NewEntry { sealed: &sealed, attachments: &attachments, ..*entry };
        self.write_materials(materials)?;
        let added = match self.with_store(|store| store.insert(&entry)) {
            // As above, and the materials are set aside with it.
            Err(StoreError::Damaged(_)) => {
                self.write_materials(materials)?;
                self.with_store(|store| store.insert(&entry))
            }
            other => other,
        };
        match added {
            Ok(_) => {
                failpoint::pass(Point::SaveCommitted);
                self.changed.notify_one();
                self.tell_room(before);
                Ok(())
            }
            Err(error) => {
                self.place.remove_materials(materials.iter().map(|m| m.id.0.as_str()));
                Err(error.into())
            }
        }
    }

    /// Writes the materials, sealed and synced; on failure none is left.
    fn write_materials(&self, materials: &[Material]) -> Result<(), SaveError> {
        if materials.is_empty() {
            return Ok(());
        }
        let written = materials.iter().try_for_each(|m| {
            let seal =
                |file: &mut _| self.keys.seal_stream(&m.id.0, m.picture.bytes(), file, self.entropy.as_ref());
            self.place.write_material(&m.id.0, seal)
        });
        let written = written.and_then(|()| self.place.sync_materials());
        failpoint::pass(Point::MaterialsSynced);
        written.map_err(|error| {
            self.place.remove_materials(materials.iter().map(|m| m.id.0.as_str()));
            SaveError::of_file(error)
        })
    }

    /// Refuses what would go beyond a bound; gives the room there was.
    fn check_bounds(&self, materials: &[Material]) -> Result<super::Room, SaveError> {
        let limits = &self.config.limits;
        let sizes = materials.iter().map(|m| m.picture.bytes().len() as u64);
        if let Some(bytes) = sizes.clone().find(|&bytes| bytes > limits.material_bytes) {
            return Err(SaveError::TooLarge { bytes, most: limits.material_bytes });
        }
        let room = self.room();
        if room.rows >= limits.rows {
            return Err(SaveError::Full(Bound::Rows));
        }
        if room.bytes.saturating_add(sizes.sum()) >= limits.bytes {
            return Err(SaveError::Full(Bound::Bytes));
        }
        Ok(room)
    }

    /// Tells when there is another amount of room than before.
    pub(super) fn tell_room(&self, before: super::Room) {
        let room = self.room();
        if room.condition != before.condition {
            tracing::warn!(?room, "the outbox's room has changed");
            self.tell(OutboxEvent::Room(room));
        }
    }

    /// Takes a submission back if no attempt at it has begun; whether that is certain.
    pub(super) fn withdraw_unsent(&self, id: &SubmissionId) -> bool {
        let withdrawn = self.with_store(|store| store.withdraw_unsent(id, self.clock.now()));
        if let Err(error) = &withdrawn {
            tracing::error!(%error, "a submission could not be taken back");
        }
        let withdrawn = withdrawn.unwrap_or(false);
        if withdrawn {
            self.place.remove_materials_of(id.as_str());
            self.tell(OutboxEvent::Outcome { id: id.clone(), outcome: SubmitOutcome::NotSent });
        }
        withdrawn
    }
}
