//! A terminal's outbox and the reference platform on this machine: TLS with both ends proved, files on a real disk.

use crate::answers;
use crate::plain_case::plain_case;
use domain::case::{Submission, SubmissionId};
use domain::form::answer::{Answer, YesNo};
use domain::personal::Personal;
use domain::service_item::Queueing;
use domain::terminal::{TerminalId, Timestamp};
use platform_client::clock::{Clock as _, SystemClock};
use platform_client::credentials::Credentials;
use platform_client::dialect::Dialects;
use platform_client::entropy::SystemEntropy;
use platform_client::http::Timeouts;
use platform_client::outbox::{Limits, Outbox, OutboxConfig};
use platform_client::province::{Province, ProvinceConfig};
use platform_client::sim::{Options, ReferencePlatform};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use time::UtcOffset;
use time::macros::offset;
use tokio::task::JoinHandle;

pub(crate) const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
const BEIJING: UtcOffset = offset!(+8);

/// The terminal's side.
pub(crate) struct Terminal {
    pub(crate) province: Province,
    pub(crate) outbox: Outbox,
    pub(crate) terminal: TerminalId,
}

impl Terminal {
    pub(crate) fn new(folder: &Path, url: &str, credentials: &Path, terminal: TerminalId) -> Self {
        Self::with_limits(folder, url, credentials, terminal, Limits::default())
    }

    fn with_limits(
        folder: &Path,
        url: &str,
        credentials: &Path,
        terminal: TerminalId,
        limits: Limits,
    ) -> Self {
        let (clock, entropy) = (Arc::new(SystemClock::new(BEIJING)), Arc::new(SystemEntropy::new()));
        let config = ProvinceConfig {
            url: url.to_owned(),
            credentials: Credentials::read(credentials).unwrap(),
            terminal: terminal.clone(),
            dialects: Dialects::default(),
            timeouts: Timeouts::default(),
        };
        let province = Province::new(config, clock.clone(), entropy.clone()).unwrap();
        let config =
            OutboxConfig { limits, ..OutboxConfig::in_folder(&folder.join("terminal"), terminal.clone()) };
        let outbox = Outbox::open(config, clock, entropy).unwrap();
        Self { province, outbox, terminal }
    }

    /// Brings what is in the outbox to the province until it is aborted.
    pub(crate) fn deliver(&self) -> JoinHandle<()> {
        let (outbox, province) = (self.outbox.clone(), self.province.clone());
        tokio::spawn(async move {
            let ended = outbox.deliver(province).await;
            panic!("delivery ended: {:?}", ended.err());
        })
    }
}

/// A terminal and its province.
pub(crate) struct Town {
    pub(crate) platform: ReferencePlatform,
    pub(crate) terminal: Terminal,
    _folder: TempDir,
}

impl Town {
    /// Its files are where they outlive the machine's next start: no file system in memory, which syncs in no time.
    pub(crate) fn new() -> Self {
        Self::with_room_for(Limits::default().rows - 1)
    }

    /// The outbox takes so many cases, and is not full.
    pub(crate) fn with_room_for(rows: u64) -> Self {
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        let platform = ReferencePlatform::start(Options::new(folder.path().join("platform"), FONT)).unwrap();
        let limits = Limits { rows: rows + 1, ..Limits::default() };
        let (url, credentials) = (platform.url().to_owned(), platform.credentials().to_owned());
        let terminal = Terminal::with_limits(
            folder.path(),
            &url,
            &credentials,
            platform.admin().site().terminal.clone(),
            limits,
        );
        Self { platform, terminal, _folder: folder }
    }
}

/// The number of the demonstration's terminal.
pub(crate) fn terminal() -> TerminalId {
    TerminalId("YL-990001-01".to_owned())
}

/// A meal, which is accepted at once.
pub(crate) fn meal(n: u64, terminal: &TerminalId) -> Submission {
    let diner =
        Answer::Person { name: Personal::new("张示例"), number: Personal::new("990000194001010014") };
    let fields = vec![
        ("diner", diner),
        ("canteen", Answer::Choice("canteen-990001001001".to_owned())),
        ("meal_date", Answer::Date(now().date())),
        ("meal", Answer::Choice("lunch".to_owned())),
        ("portions", Answer::Number(1)),
        ("service", Answer::Choice("eat_in".to_owned())),
        ("use_subsidy", Answer::YesNo(YesNo::No)),
    ];
    submission(n, "meal-booking", Queueing::LiveOnly, fields, terminal)
}

/// A report to 12345, which may wait.
pub(crate) fn appeal(n: u64, terminal: &TerminalId) -> Submission {
    submission(n, "appeal-12345", Queueing::MayQueue, answers::appeal(), terminal)
}

/// The `n`th submission of 张示例.
fn submission(
    n: u64,
    item: &str,
    queueing: Queueing,
    fields: Vec<(&str, Answer)>,
    terminal: &TerminalId,
) -> Submission {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    plain_case(SubmissionId::from_random(id), item, queueing, now(), terminal.clone(), fields)
}

fn now() -> Timestamp {
    SystemClock::new(BEIJING).now()
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
