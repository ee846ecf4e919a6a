//! A release on a technician's stick: signed in at the screen, asked for by touches, installed by RAUC without the fleet server.
//!
//! Duty: touch what a technician touches, where the pages that this machine draws say that it lies. Never: tell the agent anything.

use super::machine::{Attached, Machine};
use super::provision::Delivery;
use super::update::{self, Case};
use super::{Bench, BootError, Folders, START, usb, visit};
use crate::program::output;
use crate::say;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The province's technician (docs/reference-platform.md).
const BADGE: &str = "990103";
const PIN: &str = "112358";
/// The pages that the technician comes to: the gallery's names.
const IDLE: &str = "idle";
const SIGN_IN: &str = "staff-sign-in";
const UPDATE: &str = "technician-update";
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
    pages.touch(machine, IDLE, "工作人员")?;
    pages.stands(machine, SIGN_IN, &out.join("1-sign-in.png"))?;
    for (field, digits) in [("工号", BADGE), ("密码", PIN)] {
        pages.touch(machine, SIGN_IN, field)?;
        for digit in digits.chars() {
            pages.touch(machine, SIGN_IN, &digit.to_string())?;
        }
    }
    pages.touch(machine, SIGN_IN, "下一步")?;
    // Signed in, the technician stands before another part of the same page; its names lie where they always lie.
    await_change(machine, &pages.picture(SIGN_IN))?;
    pages.touch(machine, UPDATE, "更新")?;
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

/// Waits until the page is another one.
fn await_change(machine: &mut Machine, before: &Path) -> Result<(), BootError> {
    let before = super::screen::Picture::png(before)?;
    let until = Instant::now() + visit::NEXT;
    while Instant::now() < until {
        if machine.look()?.apart(&before) > visit::ALIKE {
            return Ok(());
        }
        std::thread::sleep(visit::BETWEEN);
    }
    Err(BootError::Said("other page".to_owned(), "the screen".to_owned()))
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

/// The pages as this machine draws them, and where on them everything lies.
struct Pages(PathBuf);

/// What the gallery says of a page.
#[derive(Deserialize)]
struct Drawn {
    elements: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    label: String,
    interactive: bool,
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl Pages {
    fn draw(folders: &Folders) -> Result<Self, BootError> {
        let out = folders.out.join("pages");
        for page in [IDLE, SIGN_IN, UPDATE] {
            let mut gallery = Command::new(folders.programs.join("yilin-terminal"));
            gallery.args(["gallery", "--page", page, "--size", "1080x1920", "--mode", "standard"]);
            output(gallery.args(["--locale", "zh-CN", "--out"]).arg(&out))?;
        }
        Ok(Self(out))
    }

    fn file(&self, page: &str, kind: &str) -> PathBuf {
        self.0.join(format!("{page}.standard.zh-CN.1080x1920.{kind}"))
    }

    fn picture(&self, page: &str) -> PathBuf {
        self.file(page, "png")
    }

    /// Waits until a page stands on the machine's screen.
    fn stands(&self, machine: &mut Machine, page: &str, keep: &Path) -> Result<(), BootError> {
        visit::await_page(machine, page, &self.picture(page), keep)
    }

    /// Touches the middle of what says this on a page.
    fn touch(&self, machine: &mut Machine, page: &str, label: &str) -> Result<(), BootError> {
        let path = self.file(page, "json");
        let text = std::fs::read_to_string(&path).map_err(|e| BootError::File(path.clone(), e))?;
        let drawn: Drawn = serde_json::from_str(&text)
            .map_err(|_| BootError::Said("elements".to_owned(), path.display().to_string()))?;
        let found = drawn.elements.iter().find(|element| element.interactive && element.label == label);
        let at = found.ok_or_else(|| BootError::Said(label.to_owned(), path.display().to_string()))?;
        machine.draw(&[(at.x + at.w / 2.0, at.y + at.h / 2.0)])?;
        std::thread::sleep(visit::BETWEEN);
        Ok(())
    }
}
