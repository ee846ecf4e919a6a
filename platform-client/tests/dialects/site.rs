//! A platform whose interfaces speak dialects, and a terminal that reads the settings which it wrote.

use crate::answers;
use crate::plain_case::plain_case;
use domain::case::{Submission, SubmissionId};
use domain::form::answer::Answer;
use domain::material::Picture;
use domain::service_item::Queueing;
use domain::terminal::{TerminalId, Timestamp};
use platform_client::clock::FixedClock;
use platform_client::credentials::Credentials;
use platform_client::dialect::config::DialectsConfig;
use platform_client::entropy::{Entropy, SystemEntropy};
use platform_client::http::Timeouts;
use platform_client::outbox::{Outbox, OutboxConfig};
use platform_client::province::{Province, ProvinceConfig};
use platform_client::sim::dialect::InterfaceDialect;
use platform_client::sim::{Options, ReferencePlatform, TimeSource};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use time::Duration;
use time::macros::datetime;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
pub(crate) const NOW: Timestamp = datetime!(2026-11-24 10:24:00 +8);

pub(crate) struct Site {
    pub(crate) platform: ReferencePlatform,
    pub(crate) folder: Arc<TempDir>,
}

impl Site {
    /// Interfaces speak as a command line says: `cases=anhui`.
    pub(crate) fn new(dialects: &[&str]) -> Self {
        Self::again(Arc::new(tempfile::tempdir().unwrap()), dialects, "127.0.0.1:0".parse().unwrap())
    }

    pub(crate) fn again(folder: Arc<TempDir>, dialects: &[&str], listen: SocketAddr) -> Self {
        let dialects = dialects.iter().map(|text| text.parse::<InterfaceDialect>().unwrap()).collect();
        let options = Options::new(folder.path().join("platform"), FONT);
        let options = Options { time: TimeSource::Fixed(NOW), listen, dialects, ..options };
        Self { platform: ReferencePlatform::start(options).unwrap(), folder }
    }

    /// Every interface speaks this.
    pub(crate) fn all(dialect: &str) -> Self {
        use platform_client::operation::Interface;
        let all: Vec<String> = Interface::ALL.iter().map(|i| format!("{}={dialect}", i.word())).collect();
        Self::new(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub(crate) fn terminal(&self) -> TerminalId {
        self.platform.admin().site().terminal.clone()
    }

    pub(crate) fn province(&self) -> Province {
        self.province_with(self.platform.credentials(), Duration::ZERO, Arc::new(SystemEntropy::new()))
    }

    /// A terminal with other settings, another clock, or other random bytes.
    pub(crate) fn province_with(
        &self,
        credentials: &Path,
        ahead: Duration,
        entropy: Arc<dyn Entropy>,
    ) -> Province {
        let config = ProvinceConfig {
            url: self.platform.url().to_owned(),
            credentials: Credentials::read(credentials).unwrap(),
            terminal: self.terminal(),
            dialects: DialectsConfig::read_beside(credentials, &self.terminal()).unwrap(),
            timeouts: Timeouts::default(),
        };
        Province::new(config, Arc::new(FixedClock(NOW + ahead)), entropy).unwrap()
    }

    /// The settings with one line of them changed, the secrets as they are.
    pub(crate) fn settings(&self, change: impl Fn(String) -> String) -> PathBuf {
        let other = self.folder.path().join("other-credentials");
        std::fs::create_dir_all(&other).unwrap();
        for file in std::fs::read_dir(self.platform.credentials()).unwrap() {
            let file = file.unwrap();
            if file.file_type().unwrap().is_file() {
                std::fs::copy(file.path(), other.join(file.file_name())).unwrap();
            }
        }
        let settings = other.join("dialects.toml");
        let text = std::fs::read_to_string(&settings).unwrap();
        let changed = change(text.clone());
        assert_ne!(text, changed, "nothing was changed");
        std::fs::write(settings, changed).unwrap();
        other
    }

    pub(crate) fn outbox_config(&self) -> OutboxConfig {
        OutboxConfig::in_folder(&self.folder.path().join("terminal"), self.terminal())
    }

    pub(crate) fn outbox(&self) -> Outbox {
        let entropy = Arc::new(SystemEntropy::new());
        Outbox::open(self.outbox_config(), Arc::new(FixedClock(NOW)), entropy).unwrap()
    }

    /// An appeal, which may be filed as often as one likes, with a picture.
    pub(crate) fn appeal(&self, n: u8, queueing: Queueing) -> Submission {
        let photo = Picture::new(b"\x89PNG\r\n\x1a\n and so on".repeat(40));
        let mut fields = answers::appeal();
        fields.push(("photo", Answer::Photo(photo)));
        let id = SubmissionId::from_random([n; 16]);
        plain_case(id, "appeal-12345", queueing, NOW, self.terminal(), fields)
    }
}
