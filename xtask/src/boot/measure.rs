//! How fast, and how much: starts beside the same kernel to a bare shell, memory and processor at rest, an update and its bytes.
//!
//! Duty: ask the guest, and leave the samples in docs/measured/firmware.json. Never: count a start of which a part was not seen.

use super::fleet::Pace;
use super::machine::{Attached, Machine};
use super::provision::Delivery;
use super::update::{self, Case};
use super::{Bench, BootError, Folders, START, machine, power_on};
use crate::bench::{self, Anchor, Metric};
use crate::program::output;
use crate::running::tied;
use crate::say;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing begins any more so long after the page.
const REST: Duration = Duration::from_secs(90);
/// How long the processor is watched at rest, seconds: a terminal in the field asks for updates once in it.
const WATCHED: u64 = 300;
/// Run by the kernel in the place of everything else: the time since it began, and the end.
const SHELL: &str = "#!/bin/busybox sh\n\
                     /bin/busybox mount -t proc proc /proc\n\
                     /bin/busybox mount -t devtmpfs devtmpfs /dev\n\
                     /bin/busybox cat /proc/uptime >/dev/ttyS0\n\
                     /bin/busybox poweroff -f\n";
/// Since the kernel began, microseconds: systemd has the time of the first painted frame, which the terminal tells it.
const PAINTED: &str = "systemctl show --property=ActiveEnterTimestampMonotonic --value yilin-terminal";
/// Between two questions for it.
const PAUSE: Duration = Duration::from_millis(500);
/// Busy and all ticks of all processors.
const PROCESSOR: &str = "cut -d' ' -f2- /proc/stat | head -n 1";
/// Work that is the same for each processor, and how long it took, nanoseconds: what an emulated one is to the host's.
const LOOP: &str = "began=$(date +%s%N); i=0; while [ $i -lt 400000 ]; do i=$((i + 1)); done; echo $(($(date +%s%N) - began))";
/// How often it is done, on either.
const LOOPS: usize = 3;
/// A line for each thread, those of the kernel too.
const THREADS: &str = "cat /proc/[0-9]*/task/[0-9]*/stat 2>/dev/null || true";
/// How many of the busiest are told.
const BUSIEST: usize = 12;

/// What an update cost.
struct Update {
    /// From its rollout to good.
    seconds: f64,
    /// Bytes that the server sent for it.
    fetched: f64,
    /// Bytes of its bundle.
    bundle: f64,
}

impl Update {
    /// Rolls a bundle out, and waits for its good end.
    fn of(bench: &mut Bench, case: Case, bundle: &Path, out: &Path) -> Result<Self, BootError> {
        let size = std::fs::metadata(bundle).map_err(|e| BootError::File(bundle.to_owned(), e))?.len();
        let begun = Instant::now();
        let before = bench.host.fleet.fetched()?;
        update::play(&mut bench.machine, &bench.host.fleet, case, bundle, out)?;
        let fetched = bench.host.fleet.fetched()? - before;
        #[allow(clippy::cast_precision_loss, reason = "a bundle is far below 2^52 bytes")]
        let bundle = size as f64;
        Ok(Self { seconds: begun.elapsed().as_secs_f64(), fetched, bundle })
    }

    /// What was fetched, in hundredths of the bundle.
    fn share(&self) -> f64 {
        self.fetched / self.bundle * 100.0
    }
}

/// Measures `starts` starts, an update of the same programs, and one of another program where there is one.
pub(super) fn run(folders: &Folders, starts: u32) -> Result<(), BootError> {
    let shell = Shell::new(folders)?;
    let bundle = Case::Good.bundle(folders)?;
    let changed = folders.changed.as_ref().map(|_| Case::Changed.bundle(folders)).transpose()?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let mut bench = Bench::start(folders, Attached::default(), Delivery::Stream)?;
    bench.enrol()?;
    // The first start makes what later ones find.
    for number in 1..=starts {
        bench.machine.shut_down(START)?;
        bare.push(shell.start()?);
        (bench.machine, bench.reader) = power_on(folders, &bench.host, Attached::default())?;
        ours.push(to_the_page(&mut bench.machine)?);
        bench.machine.painted(START)?;
        say(&format!(
            "start {number}: {:.1} s, to a shell {:.1} s",
            ours[ours.len() - 1],
            bare[bare.len() - 1]
        ));
    }
    bench.host.fleet.at_pace(Pace::Field)?;
    std::thread::sleep(REST);
    let resting = bench.machine.run("free --bytes | awk '/^Mem:/ {print $2 - $7}'", START)?.well("free")?;
    let began = bench.machine.run(THREADS, START)?.well("cat")?;
    let before = ticks(&bench.machine.run(PROCESSOR, START)?.well("cut")?)?;
    bench.machine.leave_alone(Duration::from_secs(WATCHED))?;
    let after = ticks(&bench.machine.run(PROCESSOR, START)?.well("cut")?)?;
    let ended = bench.machine.run(THREADS, START)?.well("cat")?;
    say(&format!("at rest: {}", busiest(&began, &ended, after.1 - before.1)));
    let (mut emulated, mut real) = (Vec::new(), Vec::new());
    for _ in 0..LOOPS {
        emulated.push(number_of(&bench.machine.run(LOOP, START)?.well("sh")?)? / 1e9);
        real.push(number_of(&output(Command::new("dash").args(["-c", LOOP]))?)? / 1e9);
    }
    bench.host.fleet.at_pace(Pace::Trial)?;
    bench.machine.run("systemctl restart yilin-agent", START)?.well("systemctl")?;
    let out = folders.out.join("update");
    let same = Update::of(&mut bench, Case::Good, &bundle, &out)?;
    let changed = changed.map(|bundle| Update::of(&mut bench, Case::Changed, &bundle, &out)).transpose()?;
    bench.machine.shut_down(START)?;
    let metric = |metric: &str, unit: &str, ours: f64, goal: Option<&str>| Metric {
        metric: metric.to_owned(),
        unit: unit.to_owned(),
        ours: vec![ours],
        anchor: None,
        goal: goal.map(str::to_owned),
    };
    let anchor = Anchor { name: "the same kernel to a bare shell".to_owned(), samples: bare };
    let mut start = metric("kernel's start to the painted page", "s", 0.0, Some("≤ 1.5 × + 1"));
    (start.ours, start.anchor) = (ours, Some(anchor));
    let mut processor = metric("a loop of the shell in the machine", "s", 0.0, None);
    (processor.ours, processor.anchor) =
        (emulated, Some(Anchor { name: "the same on the host".to_owned(), samples: real }));
    let share = (after.0 - before.0) / (after.1 - before.1).max(1.0) * 100.0;
    let mut metrics = vec![
        start,
        metric("memory in use at rest, of a gigabyte", "MB", number_of(&resting)? / 1e6, Some("≤ 180")),
        metric("processor at rest", "%", share, Some("≤ 1")),
        processor,
        metric("bundle", "MB", same.bundle / 1e6, Some("≤ 120")),
        metric("an update, from its rollout to good", "s", same.seconds, Some("≤ 180")),
        metric("fetched for another version of the same programs, of the bundle", "%", same.share(), None),
    ];
    if let Some(changed) = changed {
        let title = "fetched for another program of the terminal, of the bundle";
        metrics.push(metric(title, "%", changed.share(), Some("≤ 15")));
    }
    bench::keep("firmware", metrics).and_then(bench::ended).map_err(|error| BootError::Bench(Box::new(error)))
}

/// Seconds from the kernel's start to the page. Its screen is not looked at meanwhile: each look takes processor time of the machine.
fn to_the_page(machine: &mut Machine) -> Result<f64, BootError> {
    let until = Instant::now() + START;
    while Instant::now() < until {
        let painted = number_of(&machine.run(PAINTED, START)?.well("systemctl")?)?;
        if painted > 0.0 {
            return Ok(painted / 1e6);
        }
        std::thread::sleep(PAUSE);
    }
    Err(BootError::Unpainted(START))
}

/// The same kernel and its initramfs, with a shell in the place of the root.
struct Shell {
    kernel: PathBuf,
    initramfs: PathBuf,
    console: PathBuf,
}

impl Shell {
    fn new(folders: &Folders) -> Result<Self, BootError> {
        let slot = folders.machine.join("slot");
        let boot = folders.image.join("boot.img");
        output(
            Command::new("unsquashfs")
                .args(["-quiet", "-no-progress", "-force", "-dest"])
                .args([&slot, &boot]),
        )?;
        let (initramfs, shell) = (slot.join("initrd"), slot.join("shell"));
        std::fs::write(&shell, SHELL).map_err(|e| BootError::File(shell.clone(), e))?;
        // A second archive behind the first, at a whole word as the kernel wants it: it unpacks both.
        let more = "truncate --size=%4 initrd && chmod 755 shell && echo shell | cpio --quiet --create --format=newc --owner=0:0 >>initrd";
        output(Command::new("sh").args(["-c", more]).current_dir(&slot))?;
        Ok(Self { kernel: slot.join("vmlinuz"), initramfs, console: folders.machine.join("shell.log") })
    }

    /// Seconds from the kernel's start to the shell.
    fn start(&self) -> Result<f64, BootError> {
        let mut qemu = tied(Path::new("qemu-system-x86_64"));
        qemu.args(machine::COMMON);
        qemu.arg("-kernel").arg(&self.kernel).arg("-initrd").arg(&self.initramfs);
        // One that does not come to the shell ends as well.
        qemu.args(["-append", "console=ttyS0 quiet panic=-1 rdinit=/shell", "-no-reboot"]);
        qemu.arg("-serial").arg(format!("file:{}", self.console.display()));
        output(qemu.stdin(Stdio::null()))?;
        let said =
            std::fs::read_to_string(&self.console).map_err(|e| BootError::File(self.console.clone(), e))?;
        number_of(said.split_whitespace().next().unwrap_or_default())
    }
}

fn number_of(text: &str) -> Result<f64, BootError> {
    text.trim().parse().map_err(|_| BootError::Said("number".to_owned(), text.to_owned()))
}

/// Busy and all ticks of a line of /proc/stat (proc(5)): idle and waiting for a disk are not busy.
fn ticks(line: &str) -> Result<(f64, f64), BootError> {
    let ticks = line.split_whitespace().map(number_of).collect::<Result<Vec<f64>, _>>()?;
    // What guests had is in user's ticks already.
    let all: f64 = ticks.iter().take(8).sum();
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((all - idle, all))
}

/// The threads that took most of so many ticks between two lists of /proc/PID/task/TID/stat (proc(5): fields 14 and 15), in words.
fn busiest(began: &str, ended: &str, all: f64) -> String {
    let listed = |text: &str| -> BTreeMap<String, (String, f64)> {
        let row = |line: &str| {
            // A name may have blanks and brackets in it.
            let (head, fields) = line.rsplit_once(')')?;
            let (pid, name) = head.split_once(" (")?;
            let ticks = fields.split_whitespace().skip(11).take(2).map(number_of);
            let ticks: f64 = ticks.collect::<Result<Vec<f64>, _>>().ok()?.iter().sum();
            Some((pid.to_owned(), (name.to_owned(), ticks)))
        };
        text.lines().filter_map(row).collect()
    };
    let began = listed(began);
    let used = |(pid, (name, ticks)): (String, (String, f64))| {
        let before = began.get(&pid).map_or(0.0, |(_, ticks)| *ticks);
        (name, (ticks - before) / all.max(1.0) * 100.0)
    };
    let mut used: Vec<(String, f64)> = listed(ended).into_iter().map(used).collect();
    used.sort_by(|a, b| b.1.total_cmp(&a.1));
    let words = used.iter().take(BUSIEST).map(|(name, share)| format!("{name} {share:.2} %"));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_are_told_first() {
        let line = |pid: u32, name: &str, user: u32, system: u32| {
            format!("{pid} ({name}) S 1 1 1 0 -1 4194560 9 0 0 0 {user} {system} 0 0 20 0 1 0\n")
        };
        let began = line(7, "a b) c", 10, 5) + &line(9, "other", 3, 0);
        let ended = line(7, "a b) c", 30, 5) + &line(9, "other", 3, 1) + &line(11, "new", 1, 1);
        assert_eq!(busiest(&began, &ended, 200.0), "a b) c 10.00 %, new 1.00 %, other 0.50 %");
    }

    #[test]
    fn a_processor_that_waits_is_not_busy() {
        assert_eq!(ticks("10 0 5 80 4 0 1 0 0 0").unwrap(), (16.0, 100.0));
        assert!(ticks("10 x").is_err());
    }
}
