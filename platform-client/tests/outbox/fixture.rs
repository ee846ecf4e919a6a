//! An outbox in a folder of its own, which can be stopped and started again.

use crate::fake::Fake;
use crate::sample;
use domain::case::SubmissionId;
use domain::terminal::Timestamp;
use platform_client::clock::Clock;
use platform_client::entropy::{Entropy, SeededEntropy};
use platform_client::outbox::inspect::{EntrySummary, Inspector};
use platform_client::outbox::{OpenError, Outbox, OutboxConfig, State};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The wall clock of a test: goes on as tokio's paused clock does.
pub(crate) struct PausedClock(Instant);

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        sample::FILED_AT + self.0.elapsed()
    }
}

pub(crate) struct Fixture {
    _folder: TempDir,
    pub(crate) config: OutboxConfig,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Fixture {
    /// In memory where the machine has such a disk: these tests are about order, not about syncing.
    pub(crate) fn new(seed: u64) -> Self {
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        Self::in_folder(folder, seed)
    }

    fn in_folder(folder: TempDir, seed: u64) -> Self {
        let config = OutboxConfig::in_folder(folder.path(), sample::terminal());
        let clock = Arc::new(PausedClock(Instant::now()));
        Self { _folder: folder, config, clock, entropy: Arc::new(SeededEntropy::new(seed)) }
    }

    pub(crate) fn open(&self) -> Outbox {
        Outbox::open(self.config.clone(), Arc::clone(&self.clock), Arc::clone(&self.entropy)).unwrap()
    }

    /// Opens it again as soon as the stopped one has let go.
    pub(crate) async fn reopen(&self) -> Outbox {
        loop {
            let opened =
                Outbox::open(self.config.clone(), Arc::clone(&self.clock), Arc::clone(&self.entropy));
            match opened {
                Ok(outbox) => return outbox,
                Err(OpenError::InUse(_)) => tokio::time::sleep(Duration::from_millis(1)).await,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    pub(crate) fn inspector(&self) -> Inspector {
        Inspector::open(&self.config, Arc::clone(&self.clock), self.entropy.as_ref()).unwrap()
    }

    pub(crate) fn entry(&self, id: &SubmissionId) -> Option<EntrySummary> {
        self.inspector().list().unwrap().into_iter().find(|e| e.submission_id == id.as_str())
    }

    pub(crate) fn state(&self, id: &SubmissionId) -> Option<State> {
        self.entry(id).map(|e| e.state)
    }

    /// Waits until the entry is in this state; fails after an hour of the test's clock.
    pub(crate) async fn until(&self, id: &SubmissionId, state: State) {
        let end = Instant::now() + Duration::from_secs(3600);
        while self.state(id) != Some(state) {
            assert!(Instant::now() < end, "still {:?}, not {state:?}", self.state(id));
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
}

pub(crate) fn deliver(outbox: &Outbox, province: &Fake) -> JoinHandle<()> {
    let (outbox, province) = (outbox.clone(), province.clone());
    tokio::spawn(async move {
        let ended = outbox.deliver(province).await;
        panic!("delivery ended: {:?}", ended.err());
    })
}
