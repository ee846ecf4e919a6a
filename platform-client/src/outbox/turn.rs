//! One turn of delivery on disk: what attempts brought is written down, what is tried next is marked, in one synced
//! transaction; then the contents of the next attempts are opened.

use super::agenda::Seq;
use super::error::StoreError;
use super::payload::Payload;
use super::seal::Sort;
use super::seal::stream::Unsealing;
use super::state::{State, Step};
use super::store::Change;
use super::{Shared, attempt::Plan};
use crate::contract::case::MaterialReference;
use crate::digest::sha256_hex_of;
use crate::edge::upload::MaterialUpload;
use crate::failpoint::{self, Point};
use crate::http::Content;
use std::fs::File;
use std::sync::{Arc, PoisonError};

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
        // What is read with a key is opened before that key may go.
        let _reading = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
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
        failpoint::pass(Point::TurnWritten);
        for (pick, entry) in contents {
            let plain = self.keys.unseal(Sort::Entry, &entry.id, &entry.sealed).ok();
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

    /// Opens a material to be read while it is sent; `None` when it is gone, its seal is broken or its digest is another.
    /// It is read once to its end before: of a broken one not a byte is sent.
    pub(super) fn open_material(self: &Arc<Self>, reference: MaterialReference) -> Option<MaterialUpload> {
        let MaterialReference { id, sha256, media_type } = reference;
        let checked = self.unsealing(&id.0).and_then(|content| {
            let length = content.plain_length();
            Ok((sha256_hex_of(content)?, length))
        });
        match checked {
            Ok((digest, length)) if digest == sha256 => {
                let (shared, name) = (Arc::clone(self), id.0.clone());
                let content = Content::new(move || Ok(Box::new(shared.unsealing(&name)?)));
                Some(MaterialUpload { id, sha256, media_type, length, content })
            }
            Ok(_) => None,
            Err(error) => {
                tracing::error!(%error, material = id.0, "a material cannot be opened");
                None
            }
        }
    }

    fn unsealing(&self, id: &str) -> std::io::Result<Unsealing<File>> {
        let _reading = self.sealing.read().unwrap_or_else(PoisonError::into_inner);
        let file = File::open(self.place.material(id))?;
        let length = file.metadata()?.len();
        self.keys.unseal_stream(id, file, length)
    }
}
