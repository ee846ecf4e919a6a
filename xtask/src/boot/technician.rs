//! What a technician does at the screen: signs in, and touches what stands on the pages.
//!
//! Duty: touch where the pages that this machine draws say that something lies. Never: tell the agent anything.

use super::machine::Machine;
use super::screen::Picture;
use super::{BootError, Folders, visit};
use crate::program::output;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The province's technician (docs/reference-platform.md).
const BADGE: &str = "990103";
const PIN: &str = "112358";
/// The pages that the technician comes to: the gallery's names.
const IDLE: &str = "idle";
const SIGN_IN: &str = "staff-sign-in";
pub(super) const UPDATE: &str = "technician-update";
pub(super) const CALIBRATION: &str = "technician-calibration";

/// From here on the page of calibration shows what a terminal has, and the gallery's has other devices.
const DEVICES: &str = "摄像头画面";

/// The pages as this machine draws them, and where on them everything lies.
pub(super) struct Pages(PathBuf);

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
    pub(super) fn draw(folders: &Folders) -> Result<Self, BootError> {
        let out = folders.out.join("pages");
        for page in [IDLE, SIGN_IN, UPDATE, CALIBRATION] {
            let mut gallery = Command::new(folders.programs.join("yilin-terminal"));
            gallery.args(["gallery", "--page", page, "--size", "1080x1920", "--mode", "standard"]);
            output(gallery.args(["--locale", "zh-CN", "--out"]).arg(&out))?;
        }
        Ok(Self(out))
    }

    /// From the idle page to `page` by its tab. Pictures are left in `out`.
    pub(super) fn sign_in(
        &self,
        machine: &mut Machine,
        (page, tab): (&str, &str),
        out: &Path,
    ) -> Result<(), BootError> {
        // What stands there at first, while the terminal has no catalogue yet, has another way in.
        self.stands(machine, IDLE, &out.join("0-idle.png"))?;
        self.touch(machine, IDLE, "工作人员")?;
        self.stands(machine, SIGN_IN, &out.join("1-sign-in.png"))?;
        for (field, digits) in [("工号", BADGE), ("密码", PIN)] {
            self.touch(machine, SIGN_IN, field)?;
            for digit in digits.chars() {
                self.touch(machine, SIGN_IN, &digit.to_string())?;
            }
        }
        self.touch(machine, SIGN_IN, "下一步")?;
        // Signed in, the technician stands before another part of the same page; its names lie where they always lie.
        await_change(machine, &self.picture(SIGN_IN))?;
        self.touch(machine, page, tab)
    }

    fn file(&self, page: &str, kind: &str) -> PathBuf {
        self.0.join(format!("{page}.standard.zh-CN.1080x1920.{kind}"))
    }

    fn picture(&self, page: &str) -> PathBuf {
        self.file(page, "png")
    }

    /// Waits until a page stands on the machine's screen.
    pub(super) fn stands(&self, machine: &mut Machine, page: &str, keep: &Path) -> Result<(), BootError> {
        let drawn = Picture::png(&self.picture(page))?;
        let drawn = if page == CALIBRATION {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row of the page")]
            let row = self.element(page, DEVICES)?.y as usize;
            drawn.above(row)
        } else {
            drawn
        };
        visit::await_page(machine, (page, &drawn), keep)
    }

    /// Where what says this lies on a page.
    fn element(&self, page: &str, label: &str) -> Result<Element, BootError> {
        let path = self.file(page, "json");
        let text = std::fs::read_to_string(&path).map_err(|e| BootError::File(path.clone(), e))?;
        let drawn: Drawn = serde_json::from_str(&text)
            .map_err(|_| BootError::Said("elements".to_owned(), path.display().to_string()))?;
        let found = drawn.elements.into_iter().find(|element| element.interactive && element.label == label);
        found.ok_or_else(|| BootError::Said(label.to_owned(), path.display().to_string()))
    }

    /// Touches the middle of what says this on a page.
    pub(super) fn touch(&self, machine: &mut Machine, page: &str, label: &str) -> Result<(), BootError> {
        let at = self.element(page, label)?;
        machine.draw(&[(at.x + at.w / 2.0, at.y + at.h / 2.0)])?;
        std::thread::sleep(visit::BETWEEN);
        Ok(())
    }
}

/// Waits until the page is another one.
fn await_change(machine: &mut Machine, before: &Path) -> Result<(), BootError> {
    let before = Picture::png(before)?;
    let until = Instant::now() + visit::NEXT;
    while Instant::now() < until {
        if machine.look()?.apart(&before) > visit::ALIKE {
            return Ok(());
        }
        std::thread::sleep(visit::BETWEEN);
    }
    Err(BootError::Said("other page".to_owned(), "the screen".to_owned()))
}
