//! One turn of delivery on disk: what attempts brought is written down, what is tried next is marked, in one synced
//! transaction; then the contents of the next attempts are opened.

use super::agenda::Seq;
use super::error::StoreError;
use super::payload::Payload;
use super::seal::Sort;
use super::state::{State, Step};
use super::store::Change;
use super::{Shared, attempt::Plan};
use domain::material::Picture;

/// An entry that may be tried now.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) seq: Seq,
    pub(super) plan: Plan,
    pub(super) payload: Payload,
    /// Ids of the materials that are not handed in yet.
    pub(super) to_hand_in: Vec<String>,
}

/// What is tried next, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick {
    pub(super) seq: Seq,
    pub(super) plan: Plan,
    /// Whether the table has to say first that an attempt may have begun.
    pub(super) mark: bool,
}

/// What a turn gave.
#[derive(Debug, Default)]
pub(super) struct Turned {
    pub(super) opened: Vec<Opened>,
    /// Picks that the table did not let begin: closed or changed outside meanwhile.
    pub(super) gone: Vec<Seq>,
    /// Picks whose content cannot be read.
    pub(super) unreadable: Vec<Seq>,
}

impl Shared {
    /// Blocks for about as long as the disk takes to sync, if anything is written.
    pub(super) fn turn(&self, changes: &[Change], picks: &[Pick]) -> Result<Turned, StoreError> {
        let marks = picks.iter().filter(|p| p.mark).map(|p| Change {
            seq: p.seq,
            step: Some(Step::Send),
            ..Change::default()
        });
        let now = self.clock.now();
        let mut turned = Turned::default();
        let contents = self.with_store(|store| {
            let all: Vec<Change> = changes.iter().cloned().chain(marks).collect();
            let after = if all.is_empty() { Vec::new() } else { store.apply(&all, now)? };
            let mut contents = Vec::with_capacity(picks.len());
            for pick in picks {
                let begun = !pick.mark || after.contains(&(pick.seq, Some(State::Sending)));
                match store.sealed(pick.seq)?.filter(|_| begun) {
                    Some(entry) => contents.push((pick, entry)),
                    None => turned.gone.push(pick.seq),
                }
            }
            Ok(contents)
        })?;
        for (pick, entry) in contents {
            let plain = self.sealer.unseal(Sort::Entry, &entry.id, &entry.sealed).ok();
            match plain.and_then(|bytes| Payload::from_bytes(&bytes)) {
                Some(payload) => turned.opened.push(Opened {
                    seq: pick.seq,
                    plan: pick.plan,
                    payload,
                    to_hand_in: entry.to_hand_in,
                }),
                None => turned.unreadable.push(pick.seq),
            }
        }
        Ok(turned)
    }

    /// Reads and opens a material; `None` when it is gone or its seal is broken.
    pub(super) fn open_material(&self, id: &str) -> Option<Picture> {
        let sealed = std::fs::read(self.place.material(id)).ok()?;
        let mut plain = self.sealer.unseal(Sort::Attachment, id, &sealed).ok()?;
        Some(Picture::new(std::mem::take(&mut *plain)))
    }
}
