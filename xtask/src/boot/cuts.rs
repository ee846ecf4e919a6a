//! `cargo xtask power-cuts`: the power of a running terminal is cut, again and again, in an update and in a visit.
//!
//! Duty: cut at chosen moments, lose what was not flushed, and see that a page comes, that no case is lost or filed twice, and
//! that each update ends well or truthfully. Never: help it up, or count a cut whose end was not seen.

mod tally;

use super::dice::Dice;
use super::machine::Attached;
use super::provision::Delivery;
use super::update::{self, Case};
use super::visit::{self, Reached, Rehearsal};
use super::writes::{self, Lost};
use super::{Bench, BootError, Folders, START, machine, power_on};
use crate::say;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tally::{Tally, TallyError};

/// How many, and which.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many cuts this shard has.
    #[arg(long, default_value_t = 10)]
    cuts: u64,
    /// Which moments. A shard with a seed that was counted before is refused.
    #[arg(long)]
    seed: u64,
    /// The folder of an image; that of `cargo xtask image`.
    #[arg(long)]
    image: Option<PathBuf>,
    /// Where machine and pictures are left; target/power-cuts.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A folder of the developers' programs, built before; without it they are built.
    #[arg(long)]
    programs: Option<PathBuf>,
}

/// Why there is no result, or a bad one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CutsError {
    #[error(transparent)]
    Boot(#[from] BootError),
    #[error(transparent)]
    Tally(#[from] TallyError),
}

/// What the terminal does when its power is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Visit,
    Download,
    Install,
    Activate,
    FirstBoot,
    MarkGood,
}

impl Moment {
    /// The order in which an update comes to them; a visit before it.
    const ALL: [Self; 6] =
        [Self::Visit, Self::Download, Self::Install, Self::Activate, Self::FirstBoot, Self::MarkGood];

    /// The state of the update, as the terminal tells it, in which the moment lies, and how long it is at most waited in it; states
    /// in the order of [`STATES`].
    const fn state(self) -> (&'static str, Duration) {
        match self {
            Self::Visit => ("", Duration::ZERO),
            Self::Download => ("downloading", Duration::from_secs(20)),
            Self::Install => ("installing", Duration::from_secs(40)),
            Self::Activate => ("activated", Duration::from_secs(4)),
            Self::FirstBoot => ("rebooting", Duration::from_secs(60)),
            Self::MarkGood => ("trial", Duration::from_secs(5)),
        }
    }
}

/// The states of an update in their order, as the terminal tells them.
const STATES: [&str; 7] =
    ["downloading", "waiting", "installing", "activated", "rebooting", "trial", "going_back"];
/// An update that ends in no such time is stuck.
const UPDATE: Duration = Duration::from_secs(2400);
/// The province has a case by then whose resident was told a result.
const DELIVERY: Duration = Duration::from_secs(180);

/// A terminal whose power is cut.
struct Trial {
    folders: Folders,
    bench: Bench,
    dice: Dice,
    rehearsal: Rehearsal,
    tally: Tally,
    /// The update under way.
    rollout: Option<i64>,
}

/// Makes the cuts of a shard, and adds them to docs/measured/power-cuts.json one by one.
pub(crate) fn run(options: &Options) -> Result<(), CutsError> {
    let tally = Tally::open(options.seed)?;
    let Options { image, out, programs, .. } = options;
    let folders = Folders::new(image.as_deref(), out.as_deref(), programs.as_deref(), "power-cuts")?;
    let bundle = Case::Good.bundle(&folders)?;
    let rehearsal = Rehearsal::of(&folders.programs, &folders.out)?;
    let writes = Some(folders.machine.join("writes.log"));
    let mut bench = Bench::start(&folders, Attached { writes, ..Attached::default() }, Delivery::Download)?;
    bench.enrol()?;
    // The first life is not cut; its disk is where the next begins.
    bench.machine.shut_down(START)?;
    let mut trial = Trial { folders, bench, dice: Dice::new(options.seed), rehearsal, tally, rollout: None };
    trial.power_on()?;
    trial.bench.await_page(&trial.folders.out, START)?;
    for number in 0..options.cuts {
        let moment = Moment::ALL[usize::try_from(number).unwrap_or_default() % Moment::ALL.len()];
        if let Err(error) = trial.cut_at(moment, &bundle) {
            trial.tally.violated(&format!("{moment:?}"), &error.to_string())?;
            return Err(error);
        }
    }
    trial.end_update()?;
    trial.bench.machine.cut();
    say(&trial.tally.words());
    Ok(())
}

impl Trial {
    /// Puts the power on; the disk is kept as it is now, for what a cut leaves of it.
    fn power_on(&mut self) -> Result<(), BootError> {
        let folder = &self.folders.machine;
        machine::copied(&folder.join("disk.img"), &folder.join("before.img"))?;
        let writes = Some(folder.join("writes.log"));
        (self.bench.machine, self.bench.reader) =
            power_on(&self.folders, &self.bench.host, Attached { writes, ..Attached::default() })?;
        Ok(())
    }

    /// Comes to a moment, cuts, and sees what comes of it.
    fn cut_at(&mut self, moment: Moment, bundle: &std::path::Path) -> Result<(), CutsError> {
        let before = self.bench.host.cases(&self.folders.programs)?;
        let reached = if moment == Moment::Visit {
            self.end_update()?;
            Some(self.visit()?)
        } else {
            // One that ended before its moment came gives way to another.
            if self.has_ended()? {
                self.end_update()?;
            }
            if self.rollout.is_none() {
                self.rollout = Some(self.roll_out(bundle)?);
            }
            self.await_moment(moment)?;
            None
        };
        // Where the cut comes is what counts, not where it was aimed at.
        let state = self.state()?.and_then(|state| STATES.get(state));
        let place = if moment == Moment::Visit { "visit" } else { state.copied().unwrap_or("idle") };
        let lost = self.cut()?;
        let begun = Instant::now();
        self.power_on()?;
        // A version that was cut off may use up its tries first.
        self.bench.machine.painted(START * 4)?;
        let seconds = begun.elapsed().as_secs();
        let cases = self.whole_cases(&before, reached)?;
        say(&format!(
            "cut in {place}: {} of {} unflushed writes lost, {} torn; page after {seconds} s, {cases} cases",
            lost.dropped, lost.unflushed, lost.torn,
        ));
        Ok(self.tally.cut(place, lost, seconds, cases)?)
    }

    /// A part of a visit; how much, the dice say.
    fn visit(&mut self) -> Result<Reached, BootError> {
        let all = self.rehearsal.touches() as u64;
        // More often late, where a case is on its way.
        let touches =
            usize::try_from(all - self.dice.below(all).min(self.dice.below(all))).unwrap_or_default();
        let Bench { machine, reader, .. } = &mut self.bench;
        let out = self.folders.out.join("visit");
        let reached = visit::play(machine, reader, &self.rehearsal, touches, &out)?;
        std::thread::sleep(Duration::from_millis(self.dice.below(3000)));
        Ok(reached)
    }

    /// Another version for the terminal: the one that it does not run.
    fn roll_out(&mut self, good: &std::path::Path) -> Result<i64, BootError> {
        let runs = update::version(&mut self.bench.machine)?;
        let first = self.folders.image.join(format!("yilin-{}.raucb", update::FIRST));
        let (bundle, version) =
            if runs == update::FIRST { (good, Case::Good.version()) } else { (&*first, update::FIRST) };
        self.bench.host.fleet.roll_out(bundle, version, Some(update::FIRST))
    }

    /// Whether the update under way has come to its end, as the fleet server knows.
    fn has_ended(&self) -> Result<bool, BootError> {
        let Some(rollout) = self.rollout else { return Ok(false) };
        Ok(self.bench.host.fleet.told(rollout)?.is_some_and(|told| told.ended()))
    }

    /// The state of the update under way, as the fleet server knows it; none before the first and after the last.
    fn state(&self) -> Result<Option<usize>, BootError> {
        let Some(rollout) = self.rollout else { return Ok(None) };
        let told = self.bench.host.fleet.told(rollout)?;
        let words = told.map(|told| told.words()).unwrap_or_default();
        Ok(STATES.iter().position(|state| words.ends_with(state)))
    }

    /// Waits for the state in which a moment lies, or one after it, and some time in it.
    fn await_moment(&mut self, moment: Moment) -> Result<(), BootError> {
        let (state, longest) = moment.state();
        let wanted = STATES.iter().position(|name| *name == state);
        let begun = Instant::now();
        while begun.elapsed() < UPDATE {
            if self.state()? >= wanted || self.has_ended()? {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let longest = u64::try_from(longest.as_millis()).unwrap_or_default();
        std::thread::sleep(Duration::from_millis(self.dice.below(longest)));
        Ok(())
    }

    /// Takes the power away, and from the disk what was not flushed.
    fn cut(&mut self) -> Result<Lost, BootError> {
        self.bench.machine.cut();
        let folder = &self.folders.machine;
        let (before, disk) = (folder.join("before.img"), folder.join("disk.img"));
        let lost = writes::leave(&folder.join("writes.log"), &before, &mut self.dice)?;
        std::fs::rename(&before, &disk).map_err(|e| BootError::File(disk, e))?;
        Ok(lost)
    }

    /// How many cases the province has, none of them lost or twice.
    fn whole_cases(&self, before: &[String], reached: Option<Reached>) -> Result<usize, BootError> {
        let begun = Instant::now();
        loop {
            let mut cases = self.bench.host.cases(&self.folders.programs)?;
            let count = cases.len();
            cases.sort();
            cases.dedup();
            let more = count.saturating_sub(before.len());
            if cases.len() != count || more > usize::from(reached.is_some()) || count < before.len() {
                return Err(BootError::Cut(format!("{} cases before, {count} after", before.len())));
            }
            if reached != Some(Reached::Result) || more == 1 {
                return Ok(count);
            }
            if begun.elapsed() > DELIVERY {
                return Err(BootError::Cut("the case of a result that was shown is lost".to_owned()));
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }

    /// Waits for the end of the update under way: a success and the new version, or a failure that says why, and the old one.
    fn end_update(&mut self) -> Result<(), CutsError> {
        let Some(rollout) = self.rollout.take() else { return Ok(()) };
        let begun = Instant::now();
        loop {
            let told = self.bench.host.fleet.told(rollout)?;
            if let Some(told) = told.filter(super::fleet::Told::ended) {
                self.bench.machine.painted(START * 4)?;
                let runs = update::version(&mut self.bench.machine)?;
                let words = told.words();
                // The terminal's sentence begins with the version that was offered.
                let offered = words.split_whitespace().next().unwrap_or_default();
                let succeeded = told.state == "succeeded";
                if succeeded != (runs == offered) || offered.is_empty() {
                    return Err(BootError::Cut(format!("{}: {words}; {runs} runs", told.state)).into());
                }
                say(&format!("the update {}: {words}", told.state));
                return Ok(self.tally.update(succeeded)?);
            }
            if begun.elapsed() > UPDATE {
                return Err(BootError::Cut("the update does not end".to_owned()).into());
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}
