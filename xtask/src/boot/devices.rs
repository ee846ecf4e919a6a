//! What hangs on a kiosk's own cables: a printer on USB, a camera, a loudspeaker. The machine's kernel plays camera and cable, a simulator
//! in the machine the printer, QEMU the sound card.
//!
//! Duty: plug them in, and look at what they give: papers, the camera's picture as it stands on the screen, sound. Never: tell the
//! terminal that they are there.

use super::host::Host;
use super::machine::{Attached, Machine};
use super::provision::Delivery;
use super::technician::{CALIBRATION, Pages};
use super::{Bench, BootError, Folders, START, visit};
use crate::program::output;
use crate::say;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A side is heard when a sample of it is louder than the first, and silent when none is louder than the second.
const HEARD: u16 = 500;
const SILENT: u16 = 50;
/// Bytes before a WAV file's first sample.
const HEADER: usize = 44;
/// So many samples are looked at: a quarter of a second.
const NEWEST: usize = 11_025;
/// Longer than a tone.
const TONE: Duration = Duration::from_secs(4);

/// Where a terminal's printer hangs, and whether it has a camera and a loudspeaker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Devices {
    /// A printer on the second console, nothing else.
    #[default]
    Console,
    /// What [`plug`] plugs in, and a sound card.
    Kernel,
}

/// The kernel's virtual camera; its virtual cable of USB with a printer at the other end; the program for that comes on a disk of
/// its own. The printer is let in by its class.
const PLUG: &str = r#"
    set -e
    modprobe vivid n_devs=1 node_types=0x1
    modprobe -a dummy_hcd usb_f_printer
    mount -t configfs none /sys/kernel/config
    mkdir /run/bench
    mount -t squashfs -o ro /dev/vdb /run/bench
    systemd-run --quiet --unit=bench-printer /run/bench/yilin-device sim printer --usb --json --paper-out /run/papers
    for i in $(seq 120); do
        [ ! -e /dev/usb/lp0 ] || { ls -l /dev/usb/lp0 /dev/video0; exit 0; }
        sleep 0.5
    done
    journalctl --no-pager --unit=bench-printer --identifier=yilin-usb
    exit 1
"#;
/// A line for each paper.
const PAPERS: &str =
    "for paper in /run/papers/*.png; do [ ! -e \"$paper\" ] || { base64 --wrap=0 \"$paper\"; echo; }; done";

impl Devices {
    /// What the terminal's file says of them.
    pub(super) fn file(self) -> String {
        let (printer, others) = match self {
            Self::Console => ("serial:/dev/hvc1?baud=115200", ""),
            Self::Kernel => (
                "lp:/dev/usb/lp0",
                "[camera]\nport = \"v4l:/dev/video0\"\n\n[speaker]\nport = \"alsa:0/Master\"\n",
            ),
        };
        format!("[printer]\nport = \"{printer}\"\nprofile = \"epson_80\"\n\n{others}")
    }

    /// Pictures of the papers that the printer has given, as PNG.
    pub(super) fn papers(self, machine: &mut Machine, host: &Host) -> Result<Vec<Vec<u8>>, BootError> {
        if self == Self::Console {
            return host.papers();
        }
        let told = machine.run(PAPERS, START)?.well("a look at the papers")?;
        let papers: Result<Vec<_>, _> = told.lines().map(|line| BASE64_STANDARD.decode(line)).collect();
        papers.map_err(|_| BootError::Said("papers".to_owned(), "the machine".to_owned()))
    }
}

/// Sees it: a visit, and what a technician tries out after it.
pub(super) fn run(folders: &Folders) -> Result<(), BootError> {
    let sound = folders.machine.join("sound.wav");
    let (disk, devices) = (Some(disk(folders)?), Devices::Kernel);
    let with = Attached { devices, disk, sound: Some(sound.clone()), ..Attached::default() };
    let mut bench = Bench::start(folders, with, Delivery::Stream)?;
    plug(&mut bench.machine)?;
    bench.enrol()?;
    bench.visit(folders)?;
    let pages = Pages::draw(folders)?;
    try_out(&mut bench.machine, &pages, &sound, &folders.out.join("devices"))?;
    bench.tell()?;
    bench.machine.shut_down(START)
}

/// A disk with the simulators' program.
fn disk(folders: &Folders) -> Result<PathBuf, BootError> {
    let disk = folders.machine.join("bench.squashfs");
    let mut made = Command::new("mksquashfs");
    made.arg(folders.programs.join("yilin-device")).arg(&disk).args([
        "-quiet",
        "-no-progress",
        "-comp",
        "zstd",
    ]);
    output(&mut made)?;
    Ok(disk)
}

/// Plugs them in, some time after the page is painted, as on a kiosk whose drivers come then.
fn plug(machine: &mut Machine) -> Result<(), BootError> {
    let told = machine.run(PLUG, START)?.well("a printer on USB and a camera")?;
    told.lines().for_each(say);
    Ok(())
}

/// A technician listens to either side of the loudspeaker, and asks for the camera's picture.
fn try_out(machine: &mut Machine, pages: &Pages, sound: &Path, out: &Path) -> Result<(), BootError> {
    pages.sign_in(machine, (CALIBRATION, "校准"), out)?;
    pages.stands(machine, CALIBRATION, &out.join("2-calibration.png"))?;
    listen(machine, pages, sound, out)?;
    look(machine, pages, out)
}

/// The tones stand on the second screen, in the places of the first two choices.
fn listen(machine: &mut Machine, pages: &Pages, sound: &Path, out: &Path) -> Result<(), BootError> {
    pages.touch(machine, CALIBRATION, "下一屏")?;
    machine.keep(&out.join("3-tones.png"))?;
    for (label, side) in [("触摸校准", 0), ("屏幕颜色", 1)] {
        pages.touch(machine, CALIBRATION, label)?;
        let until = Instant::now() + visit::NEXT;
        loop {
            let loudest = loudest(sound)?;
            if loudest[side] > HEARD && loudest[1 - side] < SILENT {
                say(&format!("side {side} of the loudspeaker is heard: {loudest:?}"));
                break;
            }
            if Instant::now() > until {
                return Err(BootError::Said(
                    format!("tone of side {side}"),
                    format!("the sound: {loudest:?}"),
                ));
            }
            std::thread::sleep(visit::BETWEEN);
        }
        // The card is free again.
        std::thread::sleep(TONE);
    }
    pages.touch(machine, CALIBRATION, "上一屏")
}

/// The loudest sample of either side in the newest part of a WAV file of 16 bits. QEMU writes it late: the end of one tone comes with the
/// next.
fn loudest(sound: &Path) -> Result<[u16; 2], BootError> {
    let bytes = std::fs::read(sound).map_err(|e| BootError::File(sound.to_owned(), e))?;
    let samples: Vec<&[u8]> = bytes.get(HEADER..).unwrap_or_default().chunks_exact(4).collect();
    let mut loudest = [0; 2];
    for sample in samples.iter().rev().take(NEWEST) {
        for (side, loudest) in loudest.iter_mut().enumerate() {
            let value = i16::from_le_bytes([sample[side * 2], sample[side * 2 + 1]]);
            *loudest = value.unsigned_abs().max(*loudest);
        }
    }
    Ok(loudest)
}

/// The kernel's bars of colours stand on the screen.
fn look(machine: &mut Machine, pages: &Pages, out: &Path) -> Result<(), BootError> {
    pages.touch(machine, CALIBRATION, "摄像头画面")?;
    let until = Instant::now() + visit::NEXT;
    let seen = loop {
        if machine.look()?.has_colour_bars() {
            break true;
        }
        if Instant::now() > until {
            break false;
        }
    };
    machine.keep(&out.join("4-camera.png"))?;
    if !seen {
        return Err(BootError::Said("bars of colours".to_owned(), "the camera's picture".to_owned()));
    }
    say("the camera's picture stands on the screen");
    Ok(())
}
