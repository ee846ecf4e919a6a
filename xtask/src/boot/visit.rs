//! A visit on the machine: rehearsed on this one by `yilin-terminal visit`, then done again by the same touches.
//!
//! Duty: touch only when the machine's screen shows the page that the rehearsal showed. Never: look into the machine.

use super::BootError;
use super::machine::Machine;
use super::reader::Reader;
use super::screen::Picture;
use crate::program::output;
use crate::say;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The item that is asked for.
const ITEM: &str = "old-age-allowance";
/// The pages are one when so little differs: the clock, a number, the day.
pub(super) const ALIKE: f64 = 0.02;
/// From a page to a touch: nobody is faster, and a page that has just come takes no touch that was meant for the one before it.
const REACTION: Duration = Duration::from_secs(1);
/// How long the next page may take.
pub(super) const NEXT: Duration = Duration::from_secs(120);
/// Between two touches of one page.
pub(super) const BETWEEN: Duration = Duration::from_millis(700);

/// A line of touches.jsonl.
#[derive(Debug, Deserialize)]
struct Touch {
    page: String,
    points: Vec<(f64, f64)>,
}

/// A page of the rehearsal, and what was touched on it.
#[derive(Debug)]
struct Page {
    name: String,
    picture: PathBuf,
    touches: Vec<Vec<(f64, f64)>>,
}

/// A visit as `yilin-terminal visit` did it on this machine.
#[derive(Debug)]
pub(super) struct Rehearsal(Vec<Page>);

/// How far a visit was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// The resident was told no result yet.
    NoResult,
    /// The page of the result stood there.
    Result,
}

impl Rehearsal {
    /// Does it in `out`.
    pub(super) fn of(programs: &Path, out: &Path) -> Result<Self, BootError> {
        let rehearsal = out.join("rehearsal");
        let _old = std::fs::remove_dir_all(&rehearsal);
        // Of an item's hours it depends what a page offers: now is also the machine's time, and its zone that of the terminal.
        let now = output(Command::new("date").arg("--iso-8601=seconds").env("TZ", "CST-8"))?;
        let mut visit = Command::new(programs.join("yilin-terminal"));
        visit.args(["visit", "--json", "--item", ITEM, "--time", now.trim(), "--out"]).arg(&rehearsal);
        output(&mut visit)?;
        Ok(Self(pages(&rehearsal)?))
    }

    /// How many touches it has.
    pub(super) fn touches(&self) -> usize {
        self.0.iter().map(|page| page.touches.len()).sum()
    }
}

/// Does it again on the machine, its first `touches`. Pictures of the machine's screen are left in `out`.
pub(super) fn play(
    machine: &mut Machine,
    reader: &mut Reader,
    rehearsal: &Rehearsal,
    touches: usize,
    out: &Path,
) -> Result<Reached, BootError> {
    let pages = &rehearsal.0;
    let begun = Instant::now();
    let mut reached = Reached::NoResult;
    let mut left = touches;
    for (number, page) in pages.iter().enumerate() {
        // What moves by itself may have moved on already.
        let needed = !page.touches.is_empty() || page.name == "identify-card" || page.name == "forgetting";
        if !needed && number + 1 < pages.len() {
            continue;
        }
        await_page(
            machine,
            (&page.name, &Picture::png(&page.picture)?),
            &out.join(format!("{:02}-{}.png", number + 1, page.name)),
        )?;
        if page.name == "result" {
            reached = Reached::Result;
        }
        match page.name.as_str() {
            "identify-card" => reader.place("resident")?,
            "forgetting" => reader.place("none")?,
            _ => {}
        }
        std::thread::sleep(REACTION);
        for touch in &page.touches {
            if left == 0 {
                return Ok(reached);
            }
            left -= 1;
            machine.draw(touch)?;
            std::thread::sleep(BETWEEN);
        }
    }
    say(&format!(
        "{:5.0} s  a visit of {} pages was done by touches",
        begun.elapsed().as_secs_f64(),
        pages.len()
    ));
    Ok(reached)
}

/// Waits until the screen shows a page, or its upper part where the picture has no more; keeps what it shows.
pub(super) fn await_page(
    machine: &mut Machine,
    (name, expected): (&str, &Picture),
    keep: &Path,
) -> Result<(), BootError> {
    let until = Instant::now() + NEXT;
    let mut nearest = 1.0_f64;
    while Instant::now() < until {
        let apart = machine.look()?.above(expected.height).apart(expected);
        nearest = nearest.min(apart);
        if apart < ALIKE {
            return machine.keep(keep);
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    machine.keep(keep)?;
    Err(BootError::Page(name.to_owned(), nearest))
}

/// The pages in their order, each with its touches.
fn pages(rehearsal: &Path) -> Result<Vec<Page>, BootError> {
    let file = |path: &Path, e| BootError::File(path.to_owned(), e);
    let entries = std::fs::read_dir(rehearsal).map_err(|e| file(rehearsal, e))?;
    let mut pages: Vec<Page> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (number, name) = name.strip_suffix(".png")?.split_once('-')?;
            let _number: u8 = number.parse().ok()?;
            Some(Page { name: name.to_owned(), picture: entry.path(), touches: Vec::new() })
        })
        .collect();
    pages.sort_by(|a, b| a.picture.cmp(&b.picture));
    let touches = rehearsal.join("touches.jsonl");
    let text = std::fs::read_to_string(&touches).map_err(|e| file(&touches, e))?;
    let mut at = 0;
    for line in text.lines() {
        let touch: Touch =
            serde_json::from_str(line).map_err(|_| BootError::Said("touch".to_owned(), line.to_owned()))?;
        let here = pages.iter().enumerate().skip(at).find(|(_, page)| page.name == touch.page);
        let missing = || BootError::Said(touch.page.clone(), "the rehearsal".to_owned());
        at = here.map(|(number, _)| number).ok_or_else(missing)?;
        // The paper is taken when it has come, which the page's second picture shows.
        while touch.page == "printing" && pages.get(at + 1).is_some_and(|next| next.name == touch.page) {
            at += 1;
        }
        if let Some(page) = pages.get_mut(at) {
            page.touches.push(touch.points);
        }
    }
    Ok(pages)
}
