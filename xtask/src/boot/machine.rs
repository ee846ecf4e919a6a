//! The machine: QEMU without KVM, which hangs where it was tried; a portrait screen, a touch tablet, two serial devices.
//!
//! Duty: power, screen, touches, and commands through the guest's agent. Never: write to the image it was given.

use super::BootError;
use super::devices::Devices;
use super::panel::Panel;
use super::qmp::{Lines, LinesError};
use super::screen::Picture;
use crate::program::{ProgramError, output};
use crate::running::tied;
use crate::say;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The firmware of UEFI, by Debian's package ovmf.
const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const FIRMWARE_VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";
/// How long the monitor may take on a busy machine.
const MONITOR: Duration = Duration::from_secs(30);
/// How long the agent may take to say that it is there.
const PING: Duration = Duration::from_secs(10);
/// Code that is translated is kept in so many megabytes. After a restart, firmware unpacks itself over what was the kernel, and each
/// byte is compared with all that was translated of its page: with QEMU's usual gigabyte that took minutes. With 64 a start
/// translates much of it twice.
const TRANSLATED: &str = "tcg,thread=multi,tb-size=128";
/// All that QEMU can, but not the fast strings, by which the kernel clears and copies its pages: emulated, they go byte by byte.
const PROCESSOR: &str = "max,-erms,-fsrm";
/// What every machine here is.
pub(super) const COMMON: [&str; 13] = [
    "-machine",
    "q35",
    "-accel",
    TRANSLATED,
    "-cpu",
    PROCESSOR,
    "-smp",
    "2",
    "-m",
    "1024",
    "-nodefaults",
    "-display",
    "none",
];
/// Between two looks at the screen: each takes processor time of the machine.
const LOOKS: Duration = Duration::from_secs(1);
/// The end of a log of writes, bytes.
const LOG: u64 = 1 << 36;
/// The tablet's axes end here.
const TABLET: f64 = 32_767.0;

/// A machine that runs.
#[derive(Debug)]
pub(super) struct Machine {
    folder: PathBuf,
    process: Child,
    monitor: Lines,
    /// Since the power was put on.
    pub(super) begun: Instant,
    pub(super) panel: Panel,
}

/// What hangs on it.
#[derive(Debug, Default)]
pub(super) struct Attached {
    /// In the order of /dev/hvc0, hvc1.
    pub(super) serial: Vec<Serial>,
    /// Where each write and flush of the disk is noted (`writes`); none: nowhere.
    pub(super) writes: Option<PathBuf>,
    /// The socket of a TPM; none: it has none.
    pub(super) tpm: Option<PathBuf>,
    /// A second network, of the addresses 10.64.0.0/24: the host is its gateway 10.64.0.2.
    pub(super) modem: bool,
    /// A controller of USB, into which something can be plugged.
    pub(super) usb: bool,
    pub(super) devices: Devices,
    /// A second disk, which is only read; none: there is none.
    pub(super) disk: Option<PathBuf>,
    /// Where a sound card's sound is kept, as WAV; none: there is no card.
    pub(super) sound: Option<PathBuf>,
    pub(super) panel: Panel,
}

/// The other end of a serial device.
#[derive(Debug)]
pub(super) enum Serial {
    /// A pty of a simulator.
    Pty(String),
    /// A socket that the machine makes.
    Socket(PathBuf),
}

impl Machine {
    /// Puts the power on. `folder` holds disk.img, and gets the console's log.
    pub(super) fn start(folder: &Path, attached: &Attached) -> Result<Self, BootError> {
        let variables = folder.join("firmware-variables.fd");
        if !variables.exists() {
            copied(Path::new(FIRMWARE_VARIABLES), &variables)?;
        }
        let socket = |name: &str| folder.join(name);
        for name in ["monitor", "agent"] {
            let _old = std::fs::remove_file(socket(name));
        }
        let console = folder.join("console.log");
        let mut qemu = tied(Path::new("qemu-system-x86_64"));
        qemu.args(COMMON);
        qemu.arg("-drive").arg(format!("if=pflash,format=raw,readonly=on,file={FIRMWARE}"));
        qemu.arg("-drive").arg(format!("if=pflash,format=raw,file={}", variables.display()));
        disk(&mut qemu, &folder.join("disk.img"), attached.writes.as_deref())?;
        if let Some(second) = &attached.disk {
            qemu.arg("-drive").arg(format!("if=virtio,format=raw,readonly=on,file={}", second.display()));
        }
        let (width, height) = attached.panel.size();
        qemu.args(["-device", &format!("virtio-vga,xres={width},yres={height}")]);
        qemu.args(["-device", "virtio-tablet-pci"]);
        qemu.args(["-device", "virtio-rng-pci", "-device", "i6300esb", "-action", "watchdog=reset"]);
        qemu.args(["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"]);
        if attached.modem {
            qemu.args(["-netdev", "user,id=modem,net=10.64.0.0/24"]);
            qemu.args(["-device", "virtio-net-pci,netdev=modem"]);
        }
        if let Some(sound) = &attached.sound {
            qemu.arg("-audiodev").arg(format!("wav,id=sound,path={}", sound.display()));
            qemu.args(["-device", "intel-hda", "-device", "hda-output,audiodev=sound"]);
        }
        if attached.usb {
            qemu.args(["-device", "qemu-xhci,id=usb"]);
        }
        // A guest that writes a byte waits, busily, until it is taken: at once here, and not when QEMU's other thread comes to it.
        qemu.args(["-device", "virtio-serial-pci,ioeventfd=off"]);
        qemu.arg("-chardev")
            .arg(format!("socket,id=agent,server=on,wait=off,path={}", socket("agent").display()));
        qemu.args(["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"]);
        for (number, port) in attached.serial.iter().enumerate() {
            let end = match port {
                Serial::Pty(path) => format!("serial,id=device{number},path={path}"),
                Serial::Socket(path) => {
                    let _old = std::fs::remove_file(path);
                    format!("socket,id=device{number},server=on,wait=off,path={}", path.display())
                }
            };
            qemu.args(["-chardev", &end]);
            qemu.args(["-device", &format!("virtconsole,chardev=device{number}")]);
        }
        if let Some(tpm) = &attached.tpm {
            qemu.arg("-chardev").arg(format!("socket,id=tpm,path={}", tpm.display()));
            qemu.args(["-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"]);
        }
        qemu.arg("-serial").arg(format!("file:{}", console.display()));
        qemu.arg("-qmp").arg(format!("unix:{},server=on,wait=off", socket("monitor").display()));
        let said = folder.join("qemu.log");
        let said = std::fs::File::create(&said).map_err(|e| BootError::File(said, e))?;
        qemu.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        let begun = Instant::now();
        let process = qemu.spawn().map_err(|e| ProgramError::Start("qemu-system-x86_64".to_owned(), e))?;
        let mut monitor = Lines::connect(&socket("monitor"), "QEMU's monitor", MONITOR)?;
        monitor.ask("qmp_capabilities", json!({}), MONITOR)?;
        Ok(Self { folder: folder.to_owned(), process, monitor, begun, panel: attached.panel })
    }

    /// What the screen shows now, as a person sees it.
    pub(super) fn look(&mut self) -> Result<Picture, BootError> {
        let path = self.folder.join("screen.ppm");
        self.monitor.ask("screendump", json!({"filename": path}), MONITOR)?;
        Ok(self.panel.seen(Picture::read(&path)?))
    }

    /// Keeps a picture of the screen as PNG.
    pub(super) fn keep(&mut self, path: &Path) -> Result<(), BootError> {
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .map_err(|e| BootError::File(path.to_owned(), e))?;
        self.look()?.keep(path)?;
        say(&format!("{:5.0} s  {}", self.begun.elapsed().as_secs_f64(), path.display()));
        Ok(())
    }

    /// Writes down from now on what goes over the second network, as pcap.
    pub(super) fn note_modem(&mut self, path: &Path) -> Result<(), BootError> {
        let dump = json!({"qom-type": "filter-dump", "id": "noted-modem", "netdev": "modem", "file": path});
        self.tell("object-add", dump)
    }

    /// Ends that, so that all of it is in the file.
    pub(super) fn end_note(&mut self) -> Result<(), BootError> {
        self.monitor
            .ask("object-del", json!({"id": "noted-modem"}), MONITOR)
            .map(drop)
            .map_err(BootError::from)
    }

    /// Pulls the cable.
    pub(super) fn pull_cable(&mut self) -> Result<(), BootError> {
        self.tell("set_link", json!({"name": "net", "up": false}))
    }

    /// From now on nothing comes through behind the cable, whose link stays up: it is held for over an hour.
    pub(super) fn hold_cable(&mut self) -> Result<(), BootError> {
        let held =
            json!({"qom-type": "filter-buffer", "id": "held-cable", "netdev": "net", "interval": u32::MAX});
        self.tell("object-add", held)
    }

    /// Ends that.
    pub(super) fn let_cable(&mut self) -> Result<(), BootError> {
        self.tell("object-del", json!({"id": "held-cable"}))
    }

    /// Plugs a keyboard in.
    pub(super) fn plug_keyboard(&mut self) -> Result<(), BootError> {
        let keyboard = json!({"driver": "usb-kbd", "bus": "usb.0", "id": "keyboard"});
        self.tell("device_add", keyboard)
    }

    /// Plugs a stick in: an image of its whole.
    pub(super) fn plug_stick(&mut self, image: &Path) -> Result<(), BootError> {
        let file = json!({"driver": "file", "filename": image});
        let node = json!({"driver": "raw", "node-name": "stick", "file": file});
        self.tell("blockdev-add", node)?;
        let stick = json!({"driver": "usb-storage", "bus": "usb.0", "id": "stick", "drive": "stick"});
        self.tell("device_add", stick)
    }

    /// Pulls the stick out.
    pub(super) fn pull_stick(&mut self) -> Result<(), BootError> {
        self.tell("device_del", json!({"id": "stick"}))?;
        let until = Instant::now() + MONITOR;
        // The node is free when the device has gone.
        while let Err(error) = self.tell("blockdev-del", json!({"node-name": "stick"})) {
            if Instant::now() > until {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// Waits until the screen shows a page of ours; how long that took since the power came.
    pub(super) fn painted(&mut self, patience: Duration) -> Result<Duration, BootError> {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            self.alive()?;
            if self.look()?.painted() {
                return Ok(self.begun.elapsed());
            }
            std::thread::sleep(LOOKS);
        }
        Err(BootError::Unpainted(patience))
    }

    fn alive(&mut self) -> Result<(), BootError> {
        match self.process.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(BootError::Ended(
                std::fs::read_to_string(self.folder.join("qemu.log")).unwrap_or_default(),
            )),
        }
    }

    /// Touches a point of the screen, or draws a line with a finger.
    pub(super) fn draw(&mut self, points: &[(f64, f64)]) -> Result<(), BootError> {
        let Some(first) = points.first() else { return Ok(()) };
        self.input(&self.moved(*first))?;
        std::thread::sleep(Duration::from_millis(60));
        self.input(&[button(true)])?;
        for point in points.get(1..).unwrap_or_default() {
            self.input(&self.moved(*point))?;
            std::thread::sleep(Duration::from_millis(15));
        }
        std::thread::sleep(Duration::from_millis(120));
        self.input(&[button(false)])
    }

    fn moved(&self, point: (f64, f64)) -> [Value; 2] {
        let axis = |name: &str, part: f64| {
            #[allow(clippy::cast_possible_truncation, reason = "rounded, and within the axis")]
            let value = (part * TABLET).round().clamp(0.0, TABLET) as i64;
            json!({"type": "abs", "data": {"axis": name, "value": value}})
        };
        let (x, y) = self.panel.told(point);
        [axis("x", x), axis("y", y)]
    }

    fn input(&mut self, events: &[Value]) -> Result<(), BootError> {
        self.tell("input-send-event", json!({"events": events}))
    }

    /// Has QEMU do something of which nothing is to be learnt but that it did.
    fn tell(&mut self, command: &str, arguments: Value) -> Result<(), BootError> {
        self.monitor.ask(command, arguments, MONITOR)?;
        Ok(())
    }

    /// Runs a program in the guest through its agent: what it printed, and how it ended.
    pub(super) fn run(&mut self, command: &str, patience: Duration) -> Result<Ran, BootError> {
        let until = Instant::now() + patience;
        let mut agent = self.agent(until)?;
        let asked = json!({"path": "/bin/sh", "arg": ["-c", command], "capture-output": true});
        let started = agent.ask("guest-exec", asked, MONITOR)?;
        while Instant::now() < until {
            let status = agent.ask("guest-exec-status", json!({"pid": started["pid"]}), MONITOR)?;
            if status["exited"] == true {
                let text = |key: &str| decoded(status[key].as_str().unwrap_or_default());
                let code = status["exitcode"].as_i64();
                return Ok(Ran { code, out: text("out-data"), err: text("err-data") });
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Err(LinesError::Silent(command.to_owned()).into())
    }

    /// Leaves it alone for so long. Its agent's line is held meanwhile: an agent that nobody is connected to looks ten times a second
    /// whether somebody is, which no kiosk has.
    pub(super) fn leave_alone(&mut self, time: Duration) -> Result<(), BootError> {
        let _held = self.agent(Instant::now() + MONITOR)?;
        std::thread::sleep(time);
        self.alive()
    }

    /// The guest's agent, as soon as it answers; what it still has to say to others is passed over.
    fn agent(&self, until: Instant) -> Result<Lines, BootError> {
        loop {
            // Another number each time: an answer to an earlier question is not taken for this one's, nor for what is asked next.
            let number = self.begun.elapsed().as_millis();
            let mut agent = Lines::connect(&self.folder.join("agent"), "the guest's agent", MONITOR)?;
            let asked = json!({"id": u64::try_from(number).unwrap_or(u64::MAX)});
            match agent.ask("guest-sync", asked.clone(), PING) {
                Ok(answer) if answer == asked["id"] => return Ok(agent),
                Err(error) if Instant::now() > until => return Err(error.into()),
                _ => std::thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    /// Takes the power away.
    pub(super) fn cut(&mut self) {
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }

    /// Ends it as the system does, and waits for the end: a kiosk's power key does nothing.
    pub(super) fn shut_down(&mut self, patience: Duration) -> Result<(), BootError> {
        // It may be gone before it has answered.
        let asked = self.run("systemctl --no-block poweroff", patience).and_then(|ran| ran.well("systemctl"));
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        asked?;
        Err(LinesError::Silent("poweroff".to_owned()).into())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.cut();
    }
}

/// How a program in the guest ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i64>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ran {
    /// What it printed, where it ended well.
    pub(super) fn well(self, what: &str) -> Result<String, BootError> {
        match self.code {
            Some(0) => Ok(self.out),
            _ => {
                Err(BootError::Guest(what.to_owned(), format!("{}{}", self.out, self.err).trim().to_owned()))
            }
        }
    }
}

/// The disk, and the log of what is written to it.
fn disk(qemu: &mut Command, image: &Path, writes: Option<&Path>) -> Result<(), BootError> {
    let raw = |name: &str, path: &Path| {
        format!("driver=raw,node-name={name},file.driver=file,file.filename={}", path.display())
    };
    qemu.arg("-blockdev").arg(raw("disk", image));
    let Some(writes) = writes else {
        qemu.args(["-device", "virtio-blk-pci,drive=disk"]);
        return Ok(());
    };
    // New, and of a size that no log comes to: it is a hole until it is written.
    let _old = std::fs::remove_file(writes);
    let made = std::fs::File::create(writes).and_then(|log| log.set_len(LOG));
    made.map_err(|e| BootError::File(writes.to_owned(), e))?;
    qemu.arg("-blockdev").arg(raw("writes", writes));
    qemu.args(["-blockdev", "driver=blklogwrites,node-name=noted,file=disk,log=writes,log-sector-size=512"]);
    qemu.args(["-device", "virtio-blk-pci,drive=noted"]);
    Ok(())
}

fn button(down: bool) -> Value {
    json!({"type": "btn", "data": {"button": "left", "down": down}})
}

/// What the agent caught of a program's words.
fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&BASE64_STANDARD.decode(text).unwrap_or_default()).into_owned()
}

/// A copy that keeps the holes of a disk.
pub(super) fn copied(from: &Path, to: &Path) -> Result<(), BootError> {
    output(Command::new("cp").args(["--sparse=always", "--reflink=auto"]).args([from, to]))?;
    Ok(())
}
