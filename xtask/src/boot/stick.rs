//! A release on a technician's stick: signed in at the screen, asked for by touches, installed by RAUC without the fleet server.
//!
//! Duty: what of it the agent says and the machine shows. Never: tell the agent anything.

use super::machine::{Attached, Machine};
use super::provision::Delivery;
use super::technician::{Pages, UPDATE};
use super::update::{self, Case};
use super::{Bench, BootError, Folders, START, usb};
use crate::say;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Room on a stick beside the release, bytes.
const BESIDE: u64 = 16 << 20;
/// From the touch to the other slot written, and from leaving to good.
const WRITTEN: Duration = Duration::from_secs(900);

/// Sees it.
pub(super) fn run(folders: &Folders) -> Result<(), BootError> {
    let bundle = Case::Good.bundle(folders)?;
    let pages = Pages::draw(folders)?;
    let with = Attached { usb: true, ..Attached::default() };
    let mut bench = Bench::start(folders, with, Delivery::Stream)?;
    bench.enrol()?;
    let fleet = &bench.host.fleet;
    let content = folders.machine.join("stick");
    std::fs::create_dir_all(&content).map_err(|e| BootError::File(content.clone(), e))?;
    fleet.stick(fleet.release(&bundle, Case::Good.version(), None)?, &content)?;
    let size = std::fs::metadata(&bundle).map_err(|e| BootError::File(bundle, e))?.len() + BESIDE;
    let stick = usb::stick(&folders.machine, "YILIN", size, &content)?;
    let machine = &mut bench.machine;
    machine.plug_stick(&stick)?;
    machine.run(usb::MOUNTED, START)?.well("the mount")?;

    let out = folders.out.join("stick");
    let begun = Instant::now();
    pages.sign_in(machine, (UPDATE, "更新"), &out)?;
    pages.stands(machine, UPDATE, &out.join("2-update.png"))?;
    pages.touch(machine, UPDATE, "从 U 盘更新")?;
    await_status(machine, |status| status["update"]["state"] == "activated")?;
    machine.keep(&out.join("3-written.png"))?;
    say(&format!("{:5.0} s  written; it waits until the technician has left", begun.elapsed().as_secs_f64()));
    machine.pull_stick()?;
    pages.touch(machine, UPDATE, "退出")?;
    let ended = |status: &Value| matches!(status["update"]["state"].as_str(), Some("succeeded" | "failed"));
    let status = await_status(machine, ended)?;
    machine.painted(START)?;
    machine.keep(&out.join("4-after.png"))?;
    let stands = update::version(machine)?;
    if stands != Case::Good.version() || status["update"]["state"] != "succeeded" {
        return Err(BootError::Said("success".to_owned(), format!("{stands}: {status}")));
    }
    say(&format!(
        "{:5.0} s  version {stands} stands there, as the terminal said",
        begun.elapsed().as_secs_f64()
    ));
    machine.shut_down(START)
}

/// Waits for something that the agent says of itself; while the machine starts it says nothing.
fn await_status(machine: &mut Machine, is_it: impl Fn(&Value) -> bool) -> Result<Value, BootError> {
    let until = Instant::now() + WRITTEN;
    let mut last = String::new();
    while Instant::now() < until {
        if let Ok(told) = machine.run("yilin-agent --json status", START) {
            last = told.out;
            if let Ok(status) = serde_json::from_str(&last)
                && is_it(&status)
            {
                return Ok(status);
            }
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    Err(BootError::Said("end of the update".to_owned(), last))
}
