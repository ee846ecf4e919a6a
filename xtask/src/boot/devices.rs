//! What hangs on a kiosk's own cables: a printer on USB, a camera. The machine's kernel plays camera and cable, a simulator in the machine
//! the printer.
//!
//! Duty: plug them in, and look at what they give: papers, and the camera's picture as it stands on the screen. Never: tell the
//! terminal that they are there.

use super::host::Host;
use super::machine::Machine;
use super::technician::{CALIBRATION, Pages};
use super::{BootError, Folders, START, visit};
use crate::program::output;
use crate::say;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Where a terminal's printer hangs, and whether it has a camera.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Devices {
    /// A printer on the second console, and no camera.
    #[default]
    Console,
    /// What [`plug`] plugs in.
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
        let (printer, camera) = match self {
            Self::Console => ("serial:/dev/hvc1?baud=115200", ""),
            Self::Kernel => ("lp:/dev/usb/lp0", "[camera]\nport = \"v4l:/dev/video0\"\n"),
        };
        format!("[printer]\nport = \"{printer}\"\nprofile = \"epson_80\"\n\n{camera}")
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

/// A disk with the simulators' program.
pub(super) fn disk(folders: &Folders) -> Result<PathBuf, BootError> {
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
pub(super) fn plug(machine: &mut Machine) -> Result<(), BootError> {
    let told = machine.run(PLUG, START)?.well("a printer on USB and a camera")?;
    told.lines().for_each(say);
    Ok(())
}

/// A technician asks for the camera's picture: the kernel's bars of colours stand on the screen.
pub(super) fn look(machine: &mut Machine, pages: &Pages, out: &Path) -> Result<(), BootError> {
    pages.sign_in(machine, (CALIBRATION, "校准"), out)?;
    pages.stands(machine, CALIBRATION, &out.join("2-calibration.png"))?;
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
    machine.keep(&out.join("3-camera.png"))?;
    if !seen {
        return Err(BootError::Said("bars of colours".to_owned(), "the camera's picture".to_owned()));
    }
    say("the camera's picture stands on the screen");
    Ok(())
}
