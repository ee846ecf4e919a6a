//! What is plugged into a terminal: a keyboard stays out, a technician's stick is mounted for the agent alone, another is not.
//!
//! Duty: plug it in, and ask the kernel what came of it. Never: write the list.

use super::machine::{Attached, Machine};
use super::provision::Delivery;
use super::{Bench, BootError, Folders, START};
use crate::program::output;
use crate::say;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes of a stick.
const SIZE: u64 = 64 << 20;
/// Waits for the mount of a technician's stick.
pub(super) const MOUNTED: &str = "until grep -q ' /run/media/yilin ' /proc/mounts; do sleep 0.5; done";
/// QEMU's keyboard and stick, as they call themselves.
const KEYBOARD: &str = "0627:0001";
const STICK: &str = "46f4:0001";
/// Longer than udev takes to decide, seconds.
const DECIDED: u32 = 15;
/// Whether the kernel may use the device of these numbers.
const LET_IN: &str = r#"
    for device in /sys/bus/usb/devices/*/idVendor; do
        device=$(dirname "$device")
        [ "$(cat "$device/idVendor"):$(cat "$device/idProduct")" != "$ID" ] || cat "$device/authorized"
    done"#;

/// Sees it.
pub(super) fn run(folders: &Folders) -> Result<(), BootError> {
    let with = Attached { usb: true, ..Attached::default() };
    let mut bench = Bench::start(folders, with, Delivery::Stream)?;
    let machine = &mut bench.machine;
    // The controller's driver comes after the page.
    machine.run("until [ -e /sys/bus/usb/devices/usb1 ]; do sleep 1; done", START)?.well("USB")?;

    machine.plug_keyboard()?;
    let told = authorized(machine, KEYBOARD)?;
    let input = machine.run("grep -c 'USB Keyboard' /proc/bus/input/devices", START)?.out;
    expect(
        "a keyboard is let in",
        told == "0" && input.trim() == "0",
        &format!("authorized {told}, inputs {input}"),
    )?;
    say("a keyboard stays out");

    let content = folders.machine.join("stick");
    let file = |e| BootError::File(content.clone(), e);
    std::fs::create_dir_all(&content).map_err(file)?;
    std::fs::write(content.join("hello"), "hello\n").map_err(file)?;
    machine.plug_stick(&stick(&folders.machine, "YILIN", SIZE, &content)?)?;
    let told = authorized(machine, STICK)?;
    expect("the listed stick stays out", told == "1", &told)?;
    machine.run(MOUNTED, START)?.well("the mount")?;
    let mount = machine.run("grep ' /run/media/yilin ' /proc/mounts", START)?.well("grep")?;
    let shut = ["nodev", "nosuid", "noexec"].iter().all(|option| mount.contains(option));
    expect("programs and devices of a stick may be used", shut, &mount)?;
    let read = |user: &str| {
        format!("setpriv --reuid={user} --regid={user} --init-groups cat /run/media/yilin/hello")
    };
    machine.run(&read("yilin-agent"), START)?.well("the agent's look at the stick")?;
    let others = machine.run(&read("nobody").replace("--regid=nobody", "--regid=nogroup"), START)?;
    expect("anybody reads the stick", others.code != Some(0), &others.out)?;
    machine.pull_stick()?;
    machine
        .run("while grep -q ' /run/media/yilin ' /proc/mounts; do sleep 0.5; done", START)?
        .well("the end of the mount")?;
    say(&format!("a technician's stick is mounted, and gone when it is pulled: {}", mount.trim()));

    machine.plug_stick(&stick(&folders.machine, "HOLIDAYS", SIZE, &content)?)?;
    let told = authorized(machine, STICK)?;
    expect("the listed stick stays out", told == "1", &told)?;
    let mounts = machine.run("grep -c '^/dev/sd' /proc/mounts", START)?.out;
    expect("a stick without our label is mounted", mounts.trim() == "0", &mounts)?;
    say("a stick with another label is not mounted");
    machine.shut_down(START)
}

fn expect(wrong: &str, right: bool, seen: &str) -> Result<(), BootError> {
    if right { Ok(()) } else { Err(BootError::Usb(format!("{wrong}: {}", seen.trim()))) }
}

/// What the kernel was told of a device, some time after it was plugged in.
fn authorized(machine: &mut Machine, id: &str) -> Result<String, BootError> {
    let asked = format!("sleep {DECIDED}; ID={id}; {LET_IN}");
    Ok(machine.run(&asked, START)?.well("authorized")?.trim().to_owned())
}

/// A stick's image of so many bytes: FAT with a label, and what a folder holds.
pub(super) fn stick(folder: &Path, label: &str, size: u64, content: &Path) -> Result<PathBuf, BootError> {
    let file = |path: &Path, e| BootError::File(path.to_owned(), e);
    let image = folder.join(format!("{label}.img"));
    let made = std::fs::File::create(&image).and_then(|image| image.set_len(size));
    made.map_err(|e| file(&image, e))?;
    output(Command::new("mkfs.vfat").args(["-n", label]).arg(&image))?;
    for entry in std::fs::read_dir(content).map_err(|e| file(content, e))? {
        let entry = entry.map_err(|e| file(content, e))?;
        output(Command::new("mcopy").arg("-s").arg("-i").arg(&image).arg(entry.path()).arg("::"))?;
    }
    Ok(image)
}
