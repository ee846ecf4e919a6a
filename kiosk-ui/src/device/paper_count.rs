//! How much paper went out of the receipt printer: in all, and since the roll was changed.
//!
//! Duty: count in millimetres, over restarts. Never: take the count for the sensor's word.

use crate::kept;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const FILE: &str = "paper-count.json";
/// Tenths of a millimetre in an inch.
const INCH: u64 = 254;

/// What went out, in millimetres.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperUsed {
    /// Since the terminal was set up.
    pub total_mm: u64,
    /// Since the keeper said that the roll was changed.
    pub of_roll_mm: u64,
}

/// The count of one printer. Clones count together.
#[derive(Debug, Clone)]
pub struct PaperCount {
    used: Arc<Mutex<PaperUsed>>,
    file: PathBuf,
    dpi: u16,
    roll_mm: Option<u64>,
}

impl PaperCount {
    /// Counts on from what is kept in the terminal's folder. `roll_mm` is how long a new roll is, where that is known.
    pub fn open(data: &Path, dpi: u16, roll_mm: Option<u64>) -> Self {
        let file = data.join(FILE);
        let used = kept::read(&file).unwrap_or_default();
        Self { used: Arc::new(Mutex::new(used)), file, dpi: dpi.max(1), roll_mm }
    }

    /// Rows of dots came out.
    pub(super) fn add_rows(&self, rows: u32) {
        let mm = (u64::from(rows) * INCH).div_ceil(u64::from(self.dpi) * 10);
        self.change(|used| {
            used.total_mm = used.total_mm.saturating_add(mm);
            used.of_roll_mm = used.of_roll_mm.saturating_add(mm);
        });
    }

    /// A new roll is in.
    pub(crate) fn roll_changed(&self) {
        self.change(|used| used.of_roll_mm = 0);
    }

    /// What went out.
    pub fn used(&self) -> PaperUsed {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is left of the roll by count, in thousandths; none where nobody said how long a roll is.
    pub fn remaining_permille(&self) -> Option<u16> {
        let roll = self.roll_mm.filter(|roll| *roll > 0)?;
        let left = roll.saturating_sub(self.used().of_roll_mm);
        u16::try_from(left.saturating_mul(1000) / roll).ok()
    }

    fn change(&self, change: impl FnOnce(&mut PaperUsed)) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut used);
        kept::write(&self.file, &*used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_millimetres_that_outlive_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || PaperCount::open(folder.path(), 203, Some(50_000));
        let count = open();
        assert_eq!(count.remaining_permille(), Some(1000));
        // 203 dots to the inch: 1624 rows are 203.2 mm, and a millimetre that was begun is gone.
        count.add_rows(1624);
        assert_eq!(count.used(), PaperUsed { total_mm: 204, of_roll_mm: 204 });
        let again = open();
        again.add_rows(203 * 10);
        assert_eq!(again.used(), PaperUsed { total_mm: 458, of_roll_mm: 458 });
        assert_eq!(again.remaining_permille(), Some(990));
        again.roll_changed();
        assert_eq!(open().used(), PaperUsed { total_mm: 458, of_roll_mm: 0 });
        assert_eq!(open().remaining_permille(), Some(1000));
        assert_eq!(PaperCount::open(folder.path(), 203, None).remaining_permille(), None);
    }

    #[test]
    fn a_roll_that_is_longer_than_it_said_is_not_less_than_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let count = PaperCount::open(folder.path(), 203, Some(100));
        count.add_rows(203 * 100);
        assert_eq!(count.remaining_permille(), Some(0));
    }
}
