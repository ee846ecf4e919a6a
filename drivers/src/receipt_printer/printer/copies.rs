//! Papers that were begun and not proved.
//!
//! Duty: know them again, and mark their copies. Never: keep what stands on them: a keyed hash is all that is left.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};

use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::paper::document::PaperDocument;

use super::super::escpos::PrintJob;

/// Fingerprints of papers that were begun and not proved; the key is this process's own.
#[derive(Default)]
pub(super) struct BegunPapers {
    key: RandomState,
    begun: VecDeque<u64>,
}

/// More than a printer's trouble lasts.
const MOST_BEGUN: usize = 64;

impl BegunPapers {
    /// What a job is known by: its bytes, the number not among them.
    pub(super) fn fingerprint(&self, job: &PrintJob) -> u64 {
        let mut hasher = self.key.build_hasher();
        for chunk in &job.chunks {
            chunk.bytes.as_slice().hash(&mut hasher);
        }
        hasher.finish()
    }

    pub(super) fn contains(&self, fingerprint: u64) -> bool {
        self.begun.contains(&fingerprint)
    }

    pub(super) fn note(&mut self, fingerprint: u64) {
        if self.begun.len() == MOST_BEGUN {
            self.begun.pop_front();
        }
        self.begun.push_back(fingerprint);
    }
}

/// The document with 补打 on top of it.
pub(super) fn marked(document: &PaperDocument) -> PaperDocument {
    let mut marked = PaperDocument::new()
        .headline(M::PaperReprint.text(Locale::ZhCn))
        .centred(M::PaperReprintNote.text(Locale::ZhCn));
    marked.blocks.extend(document.blocks.iter().cloned());
    marked
}
