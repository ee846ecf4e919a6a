//! A terminal's outbox and the reference platform on this machine: TLS with both ends proved, files on a real disk.

use domain::case::{Applicant, Submission, SubmissionId};
use domain::form::FieldId;
use domain::form::answer::{Answer, AnswerSource, Answered, FormAnswers};
use domain::identity::{Assurance, Consent, FaceConsent, IdentityWay, SharedDataConsent};
use domain::locale::Locale;
use domain::personal::Personal;
use domain::service_item::{ItemId, Queueing};
use domain::terminal::Timestamp;
use platform_client::clock::{Clock as _, SystemClock};
use platform_client::credentials::Credentials;
use platform_client::dialect::Dialects;
use platform_client::entropy::SystemEntropy;
use platform_client::http::Timeouts;
use platform_client::outbox::{Outbox, OutboxConfig};
use platform_client::province::{Province, ProvinceConfig};
use platform_client::sim::{Options, ReferencePlatform};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use time::UtcOffset;
use time::macros::offset;
use tokio::task::JoinHandle;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
const BEIJING: UtcOffset = offset!(+8);

pub(crate) struct Town {
    pub(crate) platform: ReferencePlatform,
    pub(crate) province: Province,
    pub(crate) outbox: Outbox,
    _folder: TempDir,
}

impl Town {
    /// Its files are where they outlive the machine's next start: no file system in memory, which syncs in no time.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        let platform = ReferencePlatform::start(Options::new(folder.path().join("platform"), FONT)).unwrap();
        let terminal = platform.admin().site().terminal.clone();
        let (clock, entropy) = (Arc::new(SystemClock::new(BEIJING)), Arc::new(SystemEntropy::new()));
        let config = ProvinceConfig {
            url: platform.url().to_owned(),
            credentials: Credentials::read(platform.credentials()).unwrap(),
            terminal: terminal.clone(),
            dialects: Dialects::default(),
            timeouts: Timeouts::default(),
        };
        let province = Province::new(config, clock.clone(), entropy.clone()).unwrap();
        let outbox = OutboxConfig::in_folder(&folder.path().join("terminal"), terminal);
        let outbox = Outbox::open(outbox, clock, entropy).unwrap();
        Self { platform, province, outbox, _folder: folder }
    }

    /// Brings what is in the outbox to the province until it is aborted.
    pub(crate) fn deliver(&self) -> JoinHandle<()> {
        let (outbox, province) = (self.outbox.clone(), self.province.clone());
        tokio::spawn(async move {
            let ended = outbox.deliver(province).await;
            panic!("delivery ended: {:?}", ended.err());
        })
    }

    /// The `n`th submission of 张示例.
    pub(crate) fn submission(
        &self,
        n: u64,
        item: &str,
        queueing: Queueing,
        fields: &[(&str, Answer)],
    ) -> Submission {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&n.to_be_bytes());
        let mut answers = FormAnswers::default();
        for (field, answer) in fields {
            let answered = Answered { answer: answer.clone(), source: AnswerSource::Resident };
            answers.set(FieldId::from(*field), answered);
        }
        Submission {
            id: SubmissionId::from_random(id),
            item: ItemId(item.to_owned()),
            item_version: "2026.11.1".to_owned(),
            filed_at: now(),
            terminal: self.platform.admin().site().terminal.clone(),
            locale: Locale::ZhCn,
            applicant: Applicant {
                name: Personal::new("张示例"),
                number: Personal::new("990000194001010014"),
                way: IdentityWay::Card,
                assurance: Assurance::CardOrQr,
                face: None,
            },
            agent: None,
            consent: Consent {
                item_version: "2026.11.1".to_owned(),
                at: now(),
                face: FaceConsent::NotAsked,
                shared_data: SharedDataConsent::Given,
            },
            answers,
            queueing,
        }
    }
}

fn now() -> Timestamp {
    SystemClock::new(BEIJING).now()
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
