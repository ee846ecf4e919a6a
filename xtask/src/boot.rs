//! `cargo xtask boot`: the reference image in QEMU, without a display.
//!
//! Duty: what a technician and a resident would see: it starts, a page stands there, a visit is done by touches. Never: change
//! the image.

mod calibration;
pub(crate) mod cuts;
mod devices;
mod dice;
mod fleet;
mod host;
mod machine;
mod measure;
mod modem;
mod panel;
mod provision;
mod qmp;
mod reader;
mod screen;
mod stick;
mod technician;
mod tpm;
mod update;
mod usb;
mod visit;
mod writes;

use crate::image::ImageError;
use crate::program::ProgramError;
use crate::say;
use crate::workspace::{self, CargoError, Metadata};
use devices::Devices;
use host::Host;
use machine::{Attached, Machine, Serial};
use provision::Delivery;
use reader::Reader;
use std::path::{Path, PathBuf};
use std::time::Duration;
use visit::Rehearsal;

/// What is to be seen.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The folder of an image; that of `cargo xtask image`.
    #[arg(long)]
    image: Option<PathBuf>,
    /// Where pictures are left; target/boot.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A folder of the developers' programs, built before; without it they are built.
    #[arg(long)]
    programs: Option<PathBuf>,
    /// A folder of programs for a kiosk of which `yilin-terminal` is another: what `--update changed` brings, and what `--measure`
    /// fetches besides.
    #[arg(long, value_name = "DIR")]
    changed: Option<PathBuf>,
    /// Instead of a visit: versions that the fleet server rolls out, one after the other.
    #[arg(long, value_delimiter = ',', value_enum)]
    update: Vec<update::Case>,
    /// Instead of all that: so many starts and an update are measured, and kept in docs/measured/firmware.json.
    #[arg(long, value_name = "STARTS", conflicts_with = "update")]
    measure: Option<u32>,
    /// Instead of all that: a machine with a TPM makes its data partition, opens it again, and does not open it with another TPM.
    #[arg(long, conflicts_with_all = ["update", "measure"])]
    tpm: bool,
    /// Instead of all that: the cable goes, and what leaves the machine over a modem is looked at.
    #[arg(long, conflicts_with_all = ["update", "measure", "tpm"])]
    modem: bool,
    /// Instead of all that: what is plugged in stays out, or is let in by the list.
    #[arg(long, conflicts_with_all = ["update", "measure", "tpm", "modem"])]
    usb: bool,
    /// Instead of all that: a technician signs in by touches and installs a release from a stick.
    #[arg(long, conflicts_with_all = ["update", "measure", "tpm", "modem", "usb"])]
    stick: bool,
    /// Instead of all that: a panel that is mounted sideways, whose touches lie elsewhere, is calibrated by touches; then a visit.
    #[arg(long, conflicts_with_all = ["update", "measure", "tpm", "modem", "usb", "stick"])]
    calibration: bool,
}

/// Why something was not seen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BootError {
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error(transparent)]
    Lines(#[from] qmp::LinesError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error("{0}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("the screen did not come to the page {0}: {1:.2} of it differed at best")]
    Page(String, f64),
    #[error("version {0} stands there, which was not expected")]
    Version(String),
    #[error("{0} is no picture")]
    Picture(PathBuf),
    #[error("no page stood on the screen within {} s", .0.as_secs())]
    Unpainted(Duration),
    #[error("QEMU ended: {0}")]
    Ended(String),
    #[error("no programs of which one is another: --changed DIR")]
    Unchanged,
    #[error("no {0} in {1}")]
    Said(String, String),
    #[error("after a loss of power: {0}")]
    Cut(String),
    #[error("the data partition: {0}")]
    Data(String),
    #[error("on USB: {0}")]
    Usb(String),
    #[error("over the modem: {0}")]
    Modem(String),
    #[error("in the guest, {0} failed: {1}")]
    Guest(String, String),
    #[error(transparent)]
    Bench(Box<crate::bench::BenchError>),
}

/// How long a start may take without KVM on a busy machine.
const START: Duration = Duration::from_secs(600);

/// How long a question to the guest may take.
const ASKED: Duration = Duration::from_secs(60);
/// What a technician would ask of a terminal that shows nothing.
const WHY: &str = "systemctl --no-pager list-jobs; systemctl --failed --no-legend --plain; cat /run/yilin-data; \
                   journalctl --no-pager --lines=40 --output=cat --unit=yilin-terminal --unit=yilin-agent \
                   --unit=yilin-data";
/// What a trial says at its end.
const HOW: &str =
    "systemd-analyze; systemctl --failed --no-legend --plain; free -m; yilin-agent status; yilin-audit; true";

/// The folders of a trial.
struct Folders {
    /// The image that is started.
    image: PathBuf,
    /// Pictures.
    out: PathBuf,
    /// The machine's own, new each time.
    machine: PathBuf,
    /// Bundles of other versions, a folder each.
    versions: PathBuf,
    /// The developers' programs.
    programs: PathBuf,
    /// Those of a kiosk of which one is another.
    changed: Option<PathBuf>,
}

impl Folders {
    /// Those that were asked for; `usual` is where pictures are left otherwise.
    fn new(
        image: Option<&Path>,
        out: Option<&Path>,
        programs: Option<&Path>,
        usual: &str,
    ) -> Result<Self, BootError> {
        let target = Metadata::read()?.target_directory;
        let at = |path: Option<&Path>, usual: &str| {
            path.map_or_else(|| target.join(usual), |path| workspace::root().join(path))
        };
        let (image, out) = (at(image, "image/out"), at(out, usual));
        let machine = out.join("machine");
        let _old = std::fs::remove_dir_all(&machine);
        std::fs::create_dir_all(&machine).map_err(|e| BootError::File(machine.clone(), e))?;
        let programs = host::programs(programs)?;
        Ok(Self { image, out, machine, versions: target.join("image/versions"), programs, changed: None })
    }
}

/// A terminal that is on, enrolled, and shows its page; and what stands around it.
struct Bench {
    host: Host,
    machine: Machine,
    reader: Reader,
    devices: Devices,
}

impl Bench {
    /// A new disk of the image, started for the first time.
    fn start(folders: &Folders, with: Attached, delivery: Delivery) -> Result<Self, BootError> {
        let host = Host::start(&folders.programs, &folders.machine)?;
        let disk = folders.machine.join("disk.img");
        machine::copied(&folders.image.join("disk.img"), &disk)?;
        provision::write(&disk, &host, &folders.machine, delivery, &with)?;
        let devices = with.devices;
        let (machine, reader) = power_on(folders, &host, with)?;
        let mut bench = Self { host, machine, reader, devices };
        bench.await_page(&folders.out, START)?;
        Ok(bench)
    }

    /// Waits for the page; says what a technician would ask where none comes.
    fn await_page(&mut self, out: &Path, patience: Duration) -> Result<(), BootError> {
        let machine = &mut self.machine;
        if let Err(error) = machine.painted(patience) {
            machine.keep(&out.join("unpainted.png"))?;
            machine.run(WHY, ASKED)?.out.lines().for_each(say);
            return Err(error);
        }
        say(&format!("{:5.1} s  the idle page is painted", machine.begun.elapsed().as_secs_f64()));
        machine.keep(&out.join("idle.png"))
    }

    /// Enrols the terminal with a one-time code, as a technician does.
    fn enrol(&mut self) -> Result<(), BootError> {
        let terminal = provision::terminal(&self.host.credentials)?;
        let code = self.host.fleet.plan(&terminal)?;
        // The page is there before the network is.
        let enrol = format!(
            "until ip -4 route | grep -q '^default '; do sleep 0.5; done; echo {code} | setpriv --reuid=yilin-agent --regid=yilin-agent --init-groups yilin-agent enrol && \
             systemctl restart yilin-agent"
        );
        let enrolled = self.machine.run(&enrol, START)?.well("yilin-agent enrol");
        if let Err(error) = enrolled {
            self.machine.run(WHY, ASKED)?.out.lines().for_each(say);
            return Err(error);
        }
        say(&format!("{:5.1} s  {terminal} is enrolled", self.machine.begun.elapsed().as_secs_f64()));
        Ok(())
    }

    /// Says how the machine is, and what its audit finds.
    fn tell(&mut self) -> Result<(), BootError> {
        let told = self.machine.run(HOW, START)?.well("systemd-analyze")?;
        told.lines().for_each(say);
        Ok(())
    }

    /// A visit by touches, after which the province has one case and the printer has given one paper.
    fn visit(&mut self, folders: &Folders) -> Result<(), BootError> {
        let Self { machine, reader, .. } = self;
        let out = folders.out.join("visit");
        let rehearsal = Rehearsal::of(&folders.programs, &out)?;
        let played = visit::play(machine, reader, &rehearsal, rehearsal.touches(), &out);
        if let Err(error) = played {
            machine.run(WHY, ASKED)?.out.lines().for_each(say);
            return Err(error);
        }
        let cases = self.host.cases(&folders.programs)?;
        if cases.len() != 1 {
            return Err(BootError::Said("single case".to_owned(), cases.join("\n")));
        }
        say("the province has one case");
        let papers = self.devices.papers(machine, &self.host)?;
        let [paper] = papers.as_slice() else {
            return Err(BootError::Said("single paper".to_owned(), format!("{} papers", papers.len())));
        };
        let kept = out.join("paper.png");
        std::fs::write(&kept, paper).map_err(|e| BootError::File(kept, e))?;
        say("the printer has given one paper");
        Ok(())
    }
}

/// Puts the power on, with what hangs on the machine.
fn power_on(folders: &Folders, host: &Host, with: Attached) -> Result<(Machine, Reader), BootError> {
    let line = folders.machine.join("card");
    let serial = vec![Serial::Socket(line.clone()), Serial::Pty(Host::pty(&host.printer)?)];
    let machine = Machine::start(&folders.machine, &Attached { serial, ..with })?;
    let reader = Reader::start(&folders.programs.join("yilin-device"), &line)?;
    Ok((machine, reader))
}

/// Shows it.
pub(crate) fn run(options: &Options) -> Result<(), BootError> {
    let Options { image, out, programs, changed, update, measure, tpm, modem, usb, stick, calibration } =
        options;
    let mut folders = Folders::new(image.as_deref(), out.as_deref(), programs.as_deref(), "boot")?;
    folders.changed = changed.as_ref().map(|changed| workspace::root().join(changed));
    if let Some(starts) = measure {
        return measure::run(&folders, *starts);
    }
    if *tpm {
        return tpm::run(&folders);
    }
    if *modem {
        return modem::run(&folders);
    }
    if *usb {
        return usb::run(&folders);
    }
    if *stick {
        return stick::run(&folders);
    }
    if *calibration {
        return calibration::run(&folders);
    }
    if update.is_empty() {
        return devices::run(&folders);
    }
    let bundles: Vec<_> =
        update.iter().map(|case| Ok((*case, case.bundle(&folders)?))).collect::<Result<_, BootError>>()?;
    let mut bench = Bench::start(&folders, Attached::default(), Delivery::Stream)?;
    bench.enrol()?;
    for (case, bundle) in &bundles {
        let Bench { machine, host, .. } = &mut bench;
        update::play(machine, &host.fleet, *case, bundle, &folders.out.join("update"))?;
    }
    bench.tell()?;
    bench.machine.shut_down(START)
}
