//! Runs: a victim is started, ended and started again until everything is settled; then its words are held against the
//! platform's table.

use crate::cases::Dice;
use crate::check::check;
use crate::disk::{Disk, Lost};
use crate::gateway::{Gateway, Sky};
use crate::process::{self, Orders, Victim};
use crate::trace;
use crate::victim::NEEDS_A_PERSON;
use domain::terminal::{TerminalId, Timestamp};
use platform_client::failpoint::{self, Point};
use platform_client::sim::{Options, ReferencePlatform};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::offset;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
const CASES: u64 = 5;
/// So many runs go on side by side.
const LANES: u64 = 2;
/// A run that has not settled by then has failed.
const LONGEST: Duration = Duration::from_secs(60);
/// From so many runs on every point must have been met.
const THOROUGH: u64 = 1000;

/// A mistake that the outbox makes on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    SendsBlindly,
    DoesNotSync,
}

impl Mistake {
    pub(crate) const ALL: [Self; 2] = [Self::SendsBlindly, Self::DoesNotSync];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::SendsBlindly => "sends_blindly",
            Self::DoesNotSync => "does_not_sync",
        }
    }

    pub(crate) const fn needs_power_cuts(self) -> bool {
        matches!(self, Self::DoesNotSync)
    }
}

/// How a victim ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// `kill -9` at a random microsecond.
    Killed,
    /// `kill -9` at a named point.
    KilledAt(Point),
    /// The power goes, at a random microsecond or a named point.
    PowerCut(Option<Point>),
}

/// What many runs brought.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) runs: u64,
    /// Programs that were started.
    programs: u64,
    killed_at_a_moment: u64,
    killed_at_a_point: BTreeMap<String, u64>,
    lost: Lost,
    /// What residents were told, how often; `nothing`: the visit was cut off.
    told: BTreeMap<String, u64>,
    pub(crate) violations: Vec<String>,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.programs += other.programs;
        self.killed_at_a_moment += other.killed_at_a_moment;
        for (point, times) in other.killed_at_a_point {
            *self.killed_at_a_point.entry(point).or_default() += times;
        }
        self.lost.add(other.lost);
        for (word, times) in other.told {
            *self.told.entry(word).or_default() += times;
        }
        self.violations.extend(other.violations);
    }

    pub(crate) fn say(&self, what: &str, took: Duration) {
        println!(
            "crash, {what}: {} runs, {} programs in {:.0} s",
            self.runs,
            self.programs,
            took.as_secs_f64()
        );
        println!("  killed at a moment {}, at a point {:?}", self.killed_at_a_moment, self.killed_at_a_point);
        println!("  {:?}", self.lost);
        println!("  told {:?}", self.told);
        for violation in self.violations.iter().take(20) {
            println!("  UNTRUE {violation}");
        }
    }
}

/// Makes the runs; with a mistake, stops at the first that shows it.
pub(crate) fn drive(runs: Range<u64>, seed: u64, mistake: Option<Mistake>) -> Report {
    let traced = process::can_trace();
    if !traced {
        let why = "strace is not installed or may not trace: no loss of power is tried";
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "{why}");
        eprintln!("crash: {why}");
    }
    let folder = tempfile::tempdir_in(place()).unwrap();
    let platform = ReferencePlatform::start(Options::new(folder.path().join("platform"), FONT)).unwrap();
    let terminal = platform.admin().site().terminal.clone();
    let end = runs.end;
    let (next, report) = (AtomicU64::new(runs.start), Mutex::new(Report::default()));
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let (next, report, platform, terminal) = (&next, &report, &platform, &terminal);
            let folder = folder.path().join(format!("lane-{lane}"));
            scope.spawn(move || {
                let gateway = Gateway::start(&platform.credentials().join(".."), platform.url());
                let lane = Lane { gateway, platform, terminal, folder, seed, mistake, traced };
                loop {
                    let run = next.fetch_add(1, Ordering::SeqCst);
                    let found = !report.lock().unwrap().violations.is_empty();
                    if run >= end || (found && mistake.is_some()) {
                        return;
                    }
                    let one = lane.run(run);
                    report.lock().unwrap().add(one);
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap();
    if runs.end - runs.start >= THOROUGH && mistake.is_none() {
        for point in
            Point::ALL.iter().map(|p| p.word()).filter(|p| !report.killed_at_a_point.contains_key(*p))
        {
            report.violations.push(format!("the point {point} was never met"));
        }
    }
    report
}

/// In memory where there is such a disk: what is lost is decided here, not by the disk.
fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

struct Lane<'a> {
    gateway: Gateway,
    platform: &'a ReferencePlatform,
    terminal: &'a TerminalId,
    folder: PathBuf,
    seed: u64,
    mistake: Option<Mistake>,
    traced: bool,
}

impl Lane<'_> {
    fn run(&self, run: u64) -> Report {
        let mut dice = Dice::new(self.seed.wrapping_mul(1_000_003) ^ run);
        let mut report = Report { runs: 1, ..Report::default() };
        let _ = std::fs::remove_dir_all(&self.folder);
        let outbox = self.folder.join("outbox");
        std::fs::create_dir_all(&outbox).unwrap();
        let end = self.end(run, &mut dice);
        let orders = Orders {
            folder: outbox,
            url: self.gateway.url.clone(),
            credentials: self.platform.credentials().display().to_string(),
            told: self.folder.join("told"),
            terminal: self.terminal.clone(),
            run: self.seed.wrapping_mul(1_000_000) + run,
            cases: CASES,
            base: base(),
            new_key_at: (end.is_about_keys() || dice.throw(4) == 0).then(|| 1 + dice.throw(CASES - 1)),
        };
        for _ in 0..=dice.throw(3) {
            self.gateway.set(
                [Sky::Clear, Sky::Storm, Sky::Storm, Sky::Away][usize::try_from(dice.throw(4)).unwrap()],
                dice.throw(u64::MAX >> 33),
            );
            self.session(&orders, end, &mut dice, &mut report);
        }
        // From here on nobody ends it any more, and in the end the weather clears up.
        self.gateway.set(if dice.throw(2) == 0 { Sky::Clear } else { Sky::Storm }, dice.throw(1 << 30));
        report.programs += 1;
        let status = Victim::start(&orders, &self.variables(None), None).wait(LONGEST);
        self.gateway.until_quiet();
        let mut wrong = Vec::new();
        match status {
            Some(status) if status.success() => {}
            Some(status) if status.code() == Some(i32::from(NEEDS_A_PERSON)) => {
                wrong.push("a person is needed".to_owned());
            }
            Some(status) => wrong.push(format!("the program ended with {status}")),
            None => wrong.push(format!("not settled after {LONGEST:?}")),
        }
        let (untrue, told) = check(&orders, &self.platform.admin().cases().unwrap(), &self.gateway);
        wrong.extend(untrue);
        report.told = told;
        report.violations =
            wrong.into_iter().map(|w| format!("seed {} run {run} {end:?}: {w}", self.seed)).collect();
        report
    }

    fn end(&self, run: u64, dice: &mut Dice) -> End {
        let points = Point::ALL;
        let mut point = || points[usize::try_from(dice.throw(points.len() as u64)).unwrap()];
        let power = self.mistake.is_some_and(Mistake::needs_power_cuts);
        match run % 4 {
            _ if power => End::PowerCut(Some(Point::SaveCommitted).filter(|_| run.is_multiple_of(2))),
            0 => End::Killed,
            1 => End::KilledAt(point()),
            _ if !self.traced => End::Killed,
            2 => End::PowerCut(None),
            _ => End::PowerCut(Some(point())),
        }
    }

    /// One life of the victim, which ends before its time unless it is done earlier.
    fn session(&self, orders: &Orders, end: End, dice: &mut Dice, report: &mut Report) {
        report.programs += 1;
        let point = match end {
            End::Killed => None,
            End::KilledAt(point) => Some(point),
            End::PowerCut(point) => point,
        };
        let variables = self.variables(point.map(|p| (p, 1 + dice.throw(3))));
        let trace = self.folder.join("trace");
        let power = matches!(end, End::PowerCut(_));
        let disk = power.then(|| Disk::of(&orders.folder));
        let mut victim = Victim::start(orders, &variables, power.then_some(trace.as_path()));
        // strace makes it slow.
        let moment = Duration::from_micros(dice.throw(if power { 900_000 } else { 450_000 }));
        match point {
            None => report.killed_at_a_moment += u64::from(victim.kill_after(moment)),
            Some(point) => {
                let status = victim.wait(Duration::from_millis(if power { 4000 } else { 1500 }));
                if status.is_some_and(|status| status.signal() == Some(9)) {
                    *report.killed_at_a_point.entry(point.word().to_owned()).or_default() += 1;
                }
            }
        }
        self.gateway.until_quiet();
        if let Some(mut disk) = disk {
            let text = std::fs::read(&trace).unwrap_or_default();
            disk.follow(&trace::calls(&String::from_utf8_lossy(&text)));
            report.lost.add(disk.cut(dice));
        }
    }

    fn variables(&self, point: Option<(Point, u64)>) -> Vec<(&'static str, String)> {
        let mistake = self.mistake.map(|m| (failpoint::MISTAKE, m.word().to_owned()));
        let point = point.map(|(point, pass)| (failpoint::POINT, format!("{}@{pass}", point.word())));
        mistake.into_iter().chain(point).collect()
    }
}

impl End {
    fn is_about_keys(self) -> bool {
        let keys = [
            Point::KeyMade,
            Point::EntriesResealed,
            Point::MaterialDraft,
            Point::MaterialResealed,
            Point::BeforeRetiring,
            Point::AfterRetiring,
        ];
        matches!(self, Self::KilledAt(p) | Self::PowerCut(Some(p)) if keys.contains(&p))
    }
}

/// Whole seconds: the contract's times have no more.
fn base() -> Timestamp {
    let now = OffsetDateTime::now_utc().to_offset(offset!(+8));
    now.replace_nanosecond(0).unwrap_or(now)
}
