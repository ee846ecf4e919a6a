//! Points between a resident's tap and the province's answer at which a test ends the program as `kill -9` does, and
//! mistakes that a test builds in on purpose, to see that it would find them.
//!
//! Without the feature `failpoints` all of this is nothing: no name, no variable is read, no branch is left.
//!
//! Duty: end the program exactly there. Never: be in a kiosk's program (`cargo xtask release-clean`).

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The folder is made and locked.
    OpenLocked,
    /// What was being sent is marked as unknown.
    OpenCutOff,
    /// A submission came, nothing is on disk.
    SaveBegun,
    /// A material's file is written, not synced.
    MaterialWritten,
    /// All materials are synced, no row names them.
    MaterialsSynced,
    /// The row is on disk, nobody knows.
    SaveCommitted,
    /// A turn's marks are on disk, nothing is sent.
    TurnWritten,
    /// A material was handed in, the table does not know.
    MaterialHandedIn,
    /// The case goes out now.
    BeforeSending,
    /// An answer is here, nobody was told.
    AfterAnswer,
    /// The visit was told, the table does not know.
    BeforeResult,
    /// The table knows, what is wiped besides is not wiped.
    AfterResult,
    /// A new key is on disk, nothing is sealed with it.
    KeyMade,
    /// Some entries are sealed again.
    EntriesResealed,
    /// A material is sealed again beside the old one.
    MaterialDraft,
    /// The new one stands in the old one's place.
    MaterialResealed,
    /// Everything is sealed again, the old key is there.
    BeforeRetiring,
    /// The old key is gone.
    AfterRetiring,
}

#[cfg(not(feature = "failpoints"))]
mod nothing {
    use super::Point;

    pub(crate) const fn pass(_: Point) {}

    pub(crate) const fn sends_blindly() -> bool {
        false
    }

    pub(crate) const fn does_not_sync() -> bool {
        false
    }
}

#[cfg(not(feature = "failpoints"))]
pub(crate) use nothing::{does_not_sync, pass, sends_blindly};

#[cfg(feature = "failpoints")]
pub use armed::{MISTAKE, POINT};
#[cfg(feature = "failpoints")]
pub(crate) use armed::{does_not_sync, pass, sends_blindly};

#[cfg(feature = "failpoints")]
mod armed {
    use super::Point;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// The variable that names a point and at which pass the program ends: `save_committed@2`.
    pub const POINT: &str = "YILIN_FAILPOINT";
    /// The variable that names a mistake: `sends_blindly` or `does_not_sync`.
    pub const MISTAKE: &str = "YILIN_FAILPOINT_MISTAKE";

    impl Point {
        /// Every point, in the order of a submission, then of a change of keys.
        pub const ALL: [Self; 18] = [
            Self::OpenLocked,
            Self::OpenCutOff,
            Self::SaveBegun,
            Self::MaterialWritten,
            Self::MaterialsSynced,
            Self::SaveCommitted,
            Self::TurnWritten,
            Self::MaterialHandedIn,
            Self::BeforeSending,
            Self::AfterAnswer,
            Self::BeforeResult,
            Self::AfterResult,
            Self::KeyMade,
            Self::EntriesResealed,
            Self::MaterialDraft,
            Self::MaterialResealed,
            Self::BeforeRetiring,
            Self::AfterRetiring,
        ];

        /// Its name in [`POINT`].
        pub const fn word(self) -> &'static str {
            match self {
                Self::OpenLocked => "open_locked",
                Self::OpenCutOff => "open_cut_off",
                Self::SaveBegun => "save_begun",
                Self::MaterialWritten => "material_written",
                Self::MaterialsSynced => "materials_synced",
                Self::SaveCommitted => "save_committed",
                Self::TurnWritten => "turn_written",
                Self::MaterialHandedIn => "material_handed_in",
                Self::BeforeSending => "before_sending",
                Self::AfterAnswer => "after_answer",
                Self::BeforeResult => "before_result",
                Self::AfterResult => "after_result",
                Self::KeyMade => "key_made",
                Self::EntriesResealed => "entries_resealed",
                Self::MaterialDraft => "material_draft",
                Self::MaterialResealed => "material_resealed",
                Self::BeforeRetiring => "before_retiring",
                Self::AfterRetiring => "after_retiring",
            }
        }
    }

    struct Armed {
        point: String,
        pass: u32,
        passed: AtomicU32,
    }

    fn armed() -> Option<&'static Armed> {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let read = || {
            let text = std::env::var(POINT).ok()?;
            let (point, pass) = text.split_once('@').unwrap_or((&text, "1"));
            Some(Armed { point: point.to_owned(), pass: pass.parse().ok()?, passed: AtomicU32::new(0) })
        };
        ARMED.get_or_init(read).as_ref()
    }

    pub(crate) fn pass(point: Point) {
        let Some(armed) = armed().filter(|armed| armed.point == point.word()) else { return };
        if armed.passed.fetch_add(1, Ordering::SeqCst) + 1 == armed.pass {
            // No destructor, no flush, no goodbye.
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
    }

    fn has_mistake(word: &str) -> bool {
        static MISTAKES: OnceLock<String> = OnceLock::new();
        MISTAKES.get_or_init(|| std::env::var(MISTAKE).unwrap_or_default()) == word
    }

    /// A mistake: an unknown outcome is sent again without a question.
    pub(crate) fn sends_blindly() -> bool {
        has_mistake("sends_blindly")
    }

    /// A mistake: `synchronous=OFF`.
    pub(crate) fn does_not_sync() -> bool {
        has_mistake("does_not_sync")
    }
}
