//! An update on the machine: a rollout of the fleet server, through agent and RAUC, to a version that is good or falls back.
//!
//! Duty: roll a version out, wait for the terminal's own words, and see which version stands there then. Never: help a version
//! that does not start.

use super::machine::Machine;
use super::screen::Picture;
use super::{BootError, Folders, START};
use crate::boot::fleet::{Fleet, Told};
use crate::image::{self, Fault};
use crate::say;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The version that a trial begins with: what `cargo xtask image` makes where nothing else is said.
pub(super) const FIRST: &str = env!("CARGO_PKG_VERSION");
/// How long an update may take: a version is tried three times, or has ten minutes to reach the network.
const WHOLE: Duration = Duration::from_secs(2400);

/// What is new on a console: so much of it differs.
const NEWS: f64 = 0.0005;

/// A version that is rolled out, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Case {
    /// An older version than the one that runs.
    Old,
    /// Its kernel is not whole.
    BrokenKernel,
    /// Its kernel panics.
    Panic,
    /// Its terminal ends before it has painted.
    NoPaint,
    /// It does not reach the fleet server.
    NoNetwork,
    /// Nothing is wrong with it.
    Good,
    /// Nothing is wrong with it, and the terminal's program is another (`--changed`).
    Changed,
    /// Nothing is wrong with it, and the next keys signed bundle and release.
    NextKeys,
}

/// What must come of a version.
struct Expected {
    version: &'static str,
    fault: Option<Fault>,
    /// The terminal's words where it does not run at the end.
    refused: Option<&'static str>,
}

impl Case {
    const fn expected(self) -> Expected {
        const BACK: Option<&str> = Some("came back on the old version");
        let (version, fault, refused) = match self {
            Self::Old => ("0.0.1", None, Some("is not newer")),
            Self::BrokenKernel => ("1.0.1", Some(Fault::BrokenKernel), BACK),
            Self::Panic => ("1.0.2", Some(Fault::Panic), BACK),
            Self::NoPaint => ("1.0.3", Some(Fault::NoPaint), BACK),
            Self::NoNetwork => {
                ("1.0.4", Some(Fault::NoNetwork), Some("fleet server, which the old version heard"))
            }
            Self::Good => ("1.1.0", None, None),
            Self::Changed => ("1.1.1", None, None),
            Self::NextKeys => ("1.2.0", None, None),
        };
        Expected { version, fault, refused }
    }

    /// The version that it is.
    pub(super) const fn version(self) -> &'static str {
        self.expected().version
    }

    /// Its bundle, made of the packages and programs of the last image where it is not newer than that. The programs of
    /// [`Self::Changed`] are always taken anew.
    pub(super) fn bundle(self, folders: &Folders) -> Result<PathBuf, BootError> {
        let Expected { version, fault, .. } = self.expected();
        let out = folders.versions.join(version);
        let bundle = out.join(format!("yilin-{version}.raucb"));
        let programs = match (self, &folders.changed) {
            (Self::Changed, Some(changed)) => changed.clone(),
            (Self::Changed, None) => return Err(BootError::Unchanged),
            _ => folders.image.join("programs"),
        };
        let made = |path: &Path| std::fs::metadata(path).and_then(|of| of.modified()).ok();
        let kept = self != Self::Changed;
        if kept
            && made(&bundle).is_some_and(|made_at| {
                made(&folders.image.join("root.img")).is_none_or(|image| made_at > image)
            })
        {
            return Ok(bundle);
        }
        image::make(&image::Options {
            out: Some(out),
            version: version.to_owned(),
            programs: Some(programs),
            fault,
            next_signer: self == Self::NextKeys,
            ..image::Options::default()
        })?;
        Ok(bundle)
    }
}

/// Rolls it out, and sees what comes of it. Pictures are left in `out`.
pub(super) fn play(
    machine: &mut Machine,
    fleet: &Fleet,
    case: Case,
    bundle: &Path,
    out: &Path,
) -> Result<(), BootError> {
    let Expected { version: offered, refused, .. } = case.expected();
    let before = version(machine)?;
    if case == Case::NextKeys {
        fleet.rotate()?;
    }
    let begun = Instant::now();
    let rollout = fleet.roll_out(bundle, offered, None)?;
    say(&format!("version {offered} is rolled out to version {before}"));
    let told = await_end(machine, fleet, rollout, begun, out, offered)?;
    machine.painted(START)?;
    machine.keep(&out.join(format!("{offered}-after.png")))?;
    let stands = version(machine)?;
    let words = told.words();
    let (state, expected) = if refused.is_some() { ("failed", &*before) } else { ("succeeded", offered) };
    if stands != expected {
        return Err(BootError::Version(stands));
    }
    if told.state != state || refused.is_some_and(|refused| !words.contains(refused)) {
        return Err(BootError::Said(refused.unwrap_or(state).to_owned(), format!("{}: {words}", told.state)));
    }
    say(&format!(
        "{:5.0} s  version {stands} stands there, as the terminal said",
        begun.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Waits for the terminal's last word; each one before it is printed, with a picture of the screen.
fn await_end(
    machine: &mut Machine,
    fleet: &Fleet,
    rollout: i64,
    begun: Instant,
    out: &Path,
    name: &str,
) -> Result<Told, BootError> {
    let mut last = None;
    let mut starts = 0_u32;
    let mut shown: Option<Picture> = None;
    while begun.elapsed() < WHOLE {
        let told = fleet.told(rollout)?;
        if let Some(told) = told.filter(|told| last.as_ref() != Some(told)) {
            say(&format!("{:5.0} s  {}: {}", begun.elapsed().as_secs_f64(), told.state, told.words()));
            let word = told.words().rsplit(' ').next().unwrap_or_default().to_owned();
            if told.ended() {
                return Ok(told);
            }
            machine.keep(&out.join(format!("{name}-{word}.png")))?;
            last = Some(told);
        }
        let picture = machine.look()?;
        // What firmware and boot loader say of a slot stands there for a moment.
        if picture.has_text() && shown.as_ref().is_none_or(|shown| shown.apart(&picture) > NEWS) {
            starts += 1;
            machine.keep(&out.join(format!("{name}-start-{starts}.png")))?;
            shown = Some(picture);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    Err(BootError::Said("end".to_owned(), last.map(|told| told.words()).unwrap_or_default()))
}

/// The version that runs; the machine may have painted its page a moment ago, and answers later.
pub(super) fn version(machine: &mut Machine) -> Result<String, BootError> {
    Ok(machine.run(". /etc/os-release; echo \"$IMAGE_VERSION\"", START)?.well("version")?.trim().to_owned())
}
