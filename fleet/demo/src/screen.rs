//! A terminal's screen without a screen: residents come and go, paper runs out, devices have trouble.
//!
//! Duty: say over the agent's socket what the real screen says, as `fleet_api::ui` writes it. Never: know the agent.

use crate::trouble::Trouble;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use fleet_api::assist::{MirrorElement, MirrorPage};
use fleet_api::event::{Stop, StopCount};
use fleet_api::health::{DeviceReport, OutboxDepth, ScreenHealth, ScreenPhase, SelfTestSummary, SupplyLevel};
use fleet_api::ui::{Answer, Ask, FromAgent, FromScreen, Refused};
use sample_city::Dice;
use std::io::ErrorKind;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;

/// A roll of receipt paper, in millimetres.
const ROLL_MM: u64 = 80_000;
/// What one slip takes.
const SLIP_MM: u64 = 210;
/// Below so many thousandths the printer's sensor says that the roll is near its end.
const LOW_PERMILLE: u64 = 120;

/// How lively the demonstration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How often something may happen.
    pub step: Duration,
    /// In how many of a thousand steps a resident comes to an idle terminal.
    pub visits_permille: u32,
    /// In how many of a hundred thousand steps a device has trouble.
    pub troubles: u32,
    /// In how many of a thousand visits somebody asks for the desk.
    pub help_permille: u32,
    /// How much paper a visit takes: more than one slip, so that a roll ends while somebody looks.
    pub slips_per_visit: u64,
}

impl Pace {
    /// A day in a quarter of an hour.
    pub fn lively() -> Self {
        Self {
            step: Duration::from_secs(2),
            visits_permille: 60,
            troubles: 60,
            help_permille: 60,
            slips_per_visit: 12,
        }
    }

    /// Nobody comes and nothing breaks: what the machine does is all the agent's.
    pub fn still() -> Self {
        Self {
            step: Duration::from_secs(30),
            visits_permille: 0,
            troubles: 0,
            help_permille: 0,
            slips_per_visit: 0,
        }
    }
}

/// What this version of the terminal's program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It paints.
    Paints,
    /// It starts and paints nothing.
    Dark,
}

/// What stays while the machine is started again: the roll in the printer, the trouble of its devices.
#[derive(Debug, Clone)]
pub struct Unit {
    dice: Dice,
    used_mm: u64,
    roll_mm: u64,
    trouble: Option<Trouble>,
    self_test: Option<SelfTestSummary>,
}

impl Unit {
    /// A unit whose roll is somewhere between new and nearly used up.
    pub fn new(mut dice: Dice) -> Self {
        let used = ROLL_MM * u64::from(dice.below(95)) / 100;
        Self { dice, used_mm: used, roll_mm: used, trouble: None, self_test: None }
    }

    /// What is left of the roll.
    pub(crate) fn left_permille(&self) -> u64 {
        (ROLL_MM - self.roll_mm) * 1000 / ROLL_MM
    }
}

/// One run of the screen, until the agent's end of the line closes.
pub struct Screen<'u> {
    unit: &'u mut Unit,
    version: String,
    health: Health,
    pace: Pace,
    phase: ScreenPhase,
    /// Steps until the resident leaves.
    visit_steps: u32,
    call: Option<String>,
    hour: i64,
    counts: Vec<StopCount>,
}

impl<'u> Screen<'u> {
    /// The screen of a program of that version.
    pub fn new(unit: &'u mut Unit, version: String, health: Health, pace: Pace) -> Self {
        let phase = match health {
            Health::Paints => ScreenPhase::Idle,
            Health::Dark => ScreenPhase::Starting,
        };
        Self {
            unit,
            version,
            health,
            pace,
            phase,
            visit_steps: 0,
            call: None,
            hour: hour(),
            counts: Vec::new(),
        }
    }

    /// Talks until the agent is gone.
    ///
    /// # Errors
    /// The line broke in another way than by its end.
    pub async fn run(self, line: std::os::unix::net::UnixStream) -> std::io::Result<()> {
        match self.talk(line).await {
            // The other side let go of the line while a word was said, or was still to be read.
            Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                Ok(())
            }
            said => said,
        }
    }

    async fn talk(mut self, line: std::os::unix::net::UnixStream) -> std::io::Result<()> {
        line.set_nonblocking(true)?;
        let (read, mut write) = UnixStream::from_std(line)?.into_split();
        let mut lines = BufReader::new(read).lines();
        say(
            &mut write,
            &FromScreen::Hello { api: fleet_api::version::this(), version: self.version.clone() },
        )
        .await?;
        say(&mut write, &FromScreen::Health(self.report())).await?;
        // Two hundred terminals that were started together do not stay in step.
        let first = self.pace.step.mul_f64(f64::from(self.unit.dice.below(1000)) / 1000.0);
        let mut steps = tokio::time::interval_at(tokio::time::Instant::now() + first, self.pace.step);
        steps.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told = tokio::time::Instant::now();
        loop {
            tokio::select! {
                line = lines.next_line() => {
                    let Some(line) = line? else { return Ok(()) };
                    let Ok(word) = serde_json::from_str::<FromAgent>(&line) else { continue };
                    for answer in self.hear(word) {
                        say(&mut write, &answer).await?;
                    }
                }
                _ = steps.tick() => {
                    let words = self.step();
                    let news = !words.is_empty();
                    for word in words {
                        say(&mut write, &word).await?;
                    }
                    if news || told.elapsed() >= Duration::from_secs(30) {
                        told = tokio::time::Instant::now();
                        say(&mut write, &FromScreen::Health(self.report())).await?;
                    }
                }
            }
        }
    }

    fn hear(&mut self, word: FromAgent) -> Vec<FromScreen> {
        match word {
            FromAgent::Ask { id, ask } => vec![FromScreen::Answer { id, answer: self.answer(&ask) }],
            FromAgent::Worker { call, worker, ended, .. } if self.call.as_ref() == Some(&call) => {
                if ended {
                    self.call = None;
                    return vec![FromScreen::HelpEnded { call }];
                }
                // The resident agrees as soon as somebody is there.
                worker.map(|_| FromScreen::Mirror { call, page: mirrored_page() }).into_iter().collect()
            }
            // What is set is seen at once: a frame is painted with it.
            FromAgent::Settings(_) => {
                vec![FromScreen::SettingsTaken { error: None }, FromScreen::Health(self.report())]
            }
            _ => Vec::new(),
        }
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        let refused = |why| Answer::Refused { why };
        match (self.phase, ask) {
            (ScreenPhase::Visit, _) => refused(Refused::Visit),
            (ScreenPhase::Starting, _) => refused(Refused::Starting),
            (_, Ask::Install | Ask::Reboot | Ask::Restart | Ask::Resume) => Answer::Done,
            (_, Ask::TestPrint) => self.print(1),
            (_, Ask::SelfTest { device }) => {
                let failed = self.unit.trouble.iter().map(|trouble| trouble.device().to_owned());
                let failed = failed.filter(|failed| device.as_ref().is_none_or(|asked| asked == failed));
                let summary = SelfTestSummary { at: OffsetDateTime::now_utc(), failed: failed.collect() };
                self.unit.self_test = Some(summary.clone());
                Answer::SelfTest(summary)
            }
            _ => refused(Refused::NotSupported),
        }
    }

    fn print(&mut self, slips: u64) -> Answer {
        if self.left_permille() == 0 {
            return Answer::Failed { detail: "paper out".to_owned() };
        }
        self.unit.used_mm += slips * SLIP_MM;
        self.unit.roll_mm = (self.unit.roll_mm + slips * SLIP_MM).min(ROLL_MM);
        Answer::Done
    }

    fn left_permille(&self) -> u64 {
        self.unit.left_permille()
    }

    /// What happens in one step of the demonstration.
    fn step(&mut self) -> Vec<FromScreen> {
        if self.health == Health::Dark {
            return Vec::new();
        }
        let mut words = Vec::new();
        words.extend(self.counted_hour());
        match self.phase {
            ScreenPhase::Visit if self.visit_steps == 0 => words.extend(self.leave()),
            ScreenPhase::Visit => self.visit_steps -= 1,
            _ if self.unit.dice.below(1000) < self.pace.visits_permille && self.left_permille() > 0 => {
                words.extend(self.come());
            }
            _ => {}
        }
        words.extend(self.trouble());
        words
    }

    fn come(&mut self) -> Option<FromScreen> {
        self.phase = ScreenPhase::Visit;
        self.visit_steps = 5 + self.unit.dice.below(30);
        self.count("home", Stop::Shown);
        if self.unit.dice.below(1000) >= self.pace.help_permille {
            return None;
        }
        self.count("form-text", Stop::Help);
        let call = format!("{:016x}{:016x}", self.unit.dice.bits(), self.unit.dice.bits());
        self.call = Some(call.clone());
        let item = Some(domain::service_item::ItemId("old-age-allowance".to_owned()));
        Some(FromScreen::Help { call, page: "form-text".to_owned(), item, urgent: false })
    }

    fn leave(&mut self) -> Option<FromScreen> {
        self.phase = ScreenPhase::Idle;
        self.print(self.pace.slips_per_visit);
        let page = ["rating", "rating", "rating", "review", "identify-card", "form-text"];
        let page = self.unit.dice.pick(&page).copied().unwrap_or("rating");
        let stop = if self.unit.dice.below(4) == 0 { Stop::TimedOut } else { Stop::Left };
        self.count(page, stop);
        self.call.take().map(|call| FromScreen::HelpEnded { call })
    }

    /// A device has trouble, or somebody mends it; a keeper changes an empty roll.
    fn trouble(&mut self) -> Vec<FromScreen> {
        let upkeep =
            |action: &str| FromScreen::Upkeep { action: action.to_owned(), badge: "W0001".to_owned() };
        if self.left_permille() == 0 && self.unit.dice.below(40) == 0 {
            self.unit.roll_mm = 0;
            return vec![upkeep("roll_changed")];
        }
        match self.unit.trouble {
            Some(_) if self.unit.dice.below(60) == 0 => {
                self.unit.trouble = None;
                vec![FromScreen::Health(self.report())]
            }
            None if self.unit.dice.below(100_000) < self.pace.troubles => {
                self.unit.trouble = Trouble::any(&mut self.unit.dice);
                vec![FromScreen::Health(self.report())]
            }
            _ => Vec::new(),
        }
    }

    fn count(&mut self, page: &str, stop: Stop) {
        let mode = if self.unit.dice.below(3) == 0 { "standard" } else { "large" };
        let same = |c: &&mut StopCount| c.page == page && c.mode == mode && c.stop == stop;
        match self.counts.iter_mut().find(same) {
            Some(count) => count.count += 1,
            None => {
                let item = Some(domain::service_item::ItemId("old-age-allowance".to_owned()));
                let count = StopCount { page: page.to_owned(), mode: mode.to_owned(), item, stop, count: 1 };
                self.counts.push(count);
            }
        }
    }

    fn counted_hour(&mut self) -> Option<FromScreen> {
        let now = hour();
        if now == self.hour && self.counts.len() < 12 {
            return None;
        }
        let counts = std::mem::take(&mut self.counts);
        let of = std::mem::replace(&mut self.hour, now);
        (!counts.is_empty()).then_some(FromScreen::Stops { hour: of, counts })
    }

    fn report(&self) -> ScreenHealth {
        let permille = self.left_permille();
        let level = match permille {
            0 => domain::device::PaperSupply::Out,
            left if left < LOW_PERMILLE => domain::device::PaperSupply::Low,
            _ => domain::device::PaperSupply::Full,
        };
        let now = OffsetDateTime::now_utc();
        ScreenHealth {
            version: self.version.clone(),
            phase: self.phase,
            out_of_service: None,
            painted_at: (self.health == Health::Paints).then_some(now),
            database_open: true,
            province_reachable: true,
            catalogue: "2026-11-01".to_owned(),
            outbox: OutboxDepth::default(),
            devices: self.devices(permille),
            supplies: vec![SupplyLevel {
                supply: "receipt_paper".to_owned(),
                level,
                remaining_permille: u16::try_from(permille).ok(),
                used_total: Some(self.unit.used_mm),
            }],
            power: domain::device::PowerSource::Mains,
            self_test: self.unit.self_test.clone(),
        }
    }

    fn devices(&self, paper_permille: u64) -> Vec<DeviceReport> {
        let well = |device: &str| DeviceReport {
            device: device.to_owned(),
            state: "online".to_owned(),
            cause: None,
            kind: "ready".to_owned(),
            model: None,
        };
        let devices =
            ["id_card_reader", "receipt_printer", "document_printer", "camera", "io_board", "speaker"];
        devices
            .into_iter()
            .map(|device| match &self.unit.trouble {
                Some(trouble) if trouble.device() == device => trouble.report(),
                _ if device == "receipt_printer" && paper_permille == 0 => DeviceReport {
                    state: "user_error".to_owned(),
                    cause: Some("paper_out".to_owned()),
                    kind: "keeper".to_owned(),
                    ..well(device)
                },
                _ => well(device),
            })
            .collect()
    }
}

/// A page of a form as the mirror shows it: the fixed words, and grey bars.
fn mirrored_page() -> MirrorPage {
    let element = |y, h, role: &str, words: Option<M>| MirrorElement {
        x: 60.0,
        y,
        w: 960.0,
        h,
        role: role.to_owned(),
        words: words.map(|words| words.text(Locale::default()).to_owned()),
    };
    MirrorPage {
        page: "form-text".to_owned(),
        item: None,
        width: 1080,
        height: 1920,
        elements: vec![
            element(180.0, 90.0, "text", Some(M::ReviewTitle)),
            element(330.0, 150.0, "text_input", None),
            element(1500.0, 150.0, "button", Some(M::FrameNext)),
            element(1720.0, 110.0, "button", Some(M::FrameBack)),
        ],
    }
}

async fn say(to: &mut OwnedWriteHalf, word: &FromScreen) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(word)?;
    line.push(b'\n');
    to.write_all(&line).await
}

fn hour() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp() / 3600 * 3600
}
