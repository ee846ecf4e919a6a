//! From exec to the first frame on the display, and memory, beside Chromium with an equivalent page.
//!
//! Duty: hold both to the same end: the moment when the display shows most of the page that it shows in the end, read from the
//! display itself. Never: believe what a program says of its own frames.

use super::screen::{Look, Screen, ScreenError};
use super::{Anchor, Metric};
use crate::program::ProgramError;
use crate::running::Running;
use crate::workspace::{CargoError, Metadata, cargo_output, release_terminal};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The display: a 21.5-inch kiosk's.
const WIDTH: u16 = 1080;
const HEIGHT: u16 = 1920;

/// Timed runs of each program, after one that is not timed.
const RUNS: usize = 10;

/// The share of the page that has to be there: a clock and a drawing that moves may differ.
const SHARE: f64 = 0.8;

/// A page has at least so many pixels of content in the rows that are looked at.
const CONTENT: usize = 2_000;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);

/// After which the page stands still and memory is read.
const SETTLED: Duration = Duration::from_secs(4);

/// After which a program without a page has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The page that Chromium shows: what Idle has, in HTML.
const PAGE: &str = include_str!("first_frame/page.html");

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FirstFrameError {
    #[error(transparent)]
    Screen(#[from] ScreenError),
    #[error("there is no terminal to measure")]
    Cargo(#[from] CargoError),
    #[error("there is no province")]
    Province(#[from] ProgramError),
    #[error("{0} could not be started (Debian: apt-get install chromium)")]
    Start(String, #[source] std::io::Error),
    #[error("{0} showed no page within {PATIENCE:?}")]
    NoPage(String),
    #[error("the folder for the programs' files cannot be made")]
    Folder(#[source] std::io::Error),
}

/// One run.
struct Sample {
    /// Milliseconds from exec to the first frame.
    frame: f64,
    /// MiB of all its processes, shared pages divided by those who share them.
    pss: f64,
}

/// A program that fills the display.
struct Program {
    name: String,
    path: PathBuf,
    arguments: Vec<String>,
    /// Its home, which it may write to.
    home: PathBuf,
}

/// A program that runs, ended with this value.
struct Started(Child);

/// Builds ours, then takes turns: ours, Chromium, ours, …
pub(super) fn measure() -> Result<Vec<Metric>, FirstFrameError> {
    let folder = std::env::temp_dir().join(format!("yilin-first-frame-{}", std::process::id()));
    let ours = release_terminal()?;
    cargo_output(&[
        "build",
        "--quiet",
        "--locked",
        "--package",
        "platform-client",
        "--bin",
        "yilin-province",
    ])?;
    let province = Metadata::read()?.target_directory.join("debug/yilin-province");
    let measured = compare(&folder, ours, &province);
    // What is left in the folder for temporary files is no reason to fail.
    let _ = std::fs::remove_dir_all(&folder);
    measured
}

/// A province of its own, as a kiosk has it; its notices do not come, since Chromium's page has none and they would come after the page.
fn province(program: &Path, folder: &Path) -> Result<(Running, PathBuf), FirstFrameError> {
    let data = folder.join("province").display().to_string();
    let without = ["--fault", "province.unavailable@notices"];
    let running = Running::start(program, &[&["serve", "--json", "--data", &data], &without[..]].concat())?;
    let (url, credentials) = (running.says("url")?, running.says("credentials")?);
    let config = folder.join("terminal.toml");
    std::fs::write(&config, format!("[province]\nurl = {url:?}\ncredentials = {credentials:?}\n"))
        .map_err(FirstFrameError::Folder)?;
    Ok((running, config))
}

fn compare(folder: &Path, ours: PathBuf, beside: &Path) -> Result<Vec<Metric>, FirstFrameError> {
    let page = folder.join("page.html");
    let home = |name: &str| {
        let home = folder.join(name);
        std::fs::create_dir_all(&home).map(|()| home).map_err(FirstFrameError::Folder)
    };
    let home_of_ours = home("ours")?;
    let (_province, config) = province(beside, folder)?;
    let ours = Program {
        name: "yilin-terminal".to_owned(),
        path: ours,
        arguments: vec!["--config".to_owned(), config.display().to_string()],
        home: home_of_ours,
    };
    let chromium = PathBuf::from("chromium");
    let anchor = Program {
        name: version(&chromium)?,
        path: chromium,
        arguments: vec![
            "--kiosk".to_owned(),
            // Xvfb has no GPU, and the measuring user may be root.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--no-first-run".to_owned(),
            // No offer to translate above the page.
            "--disable-features=Translate".to_owned(),
            "--window-position=0,0".to_owned(),
            format!("--window-size={WIDTH},{HEIGHT}"),
            format!("--user-data-dir={}", folder.join("anchor/profile").display()),
            format!("file://{}", page.display()),
        ],
        home: home("anchor")?,
    };
    std::fs::write(&page, PAGE).map_err(FirstFrameError::Folder)?;

    let screen = Screen::open(WIDTH, HEIGHT)?;
    let programs = [&ours, &anchor];
    let mut pages = Vec::new();
    for program in programs {
        pages.push(program.page(&screen)?);
    }
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        for ((program, page), samples) in programs.iter().zip(&pages).zip(&mut samples) {
            samples.push(program.sample(&screen, page)?);
        }
    }
    let [ours, theirs] = samples;
    let metric = |metric: &str, unit: &str, goal: &str, of: fn(&Sample) -> f64| Metric {
        metric: metric.to_owned(),
        unit: unit.to_owned(),
        ours: ours.iter().map(of).collect(),
        anchor: Some(Anchor { name: anchor.name.clone(), samples: theirs.iter().map(of).collect() }),
        goal: Some(goal.to_owned()),
    };
    Ok(vec![
        metric("exec to first frame on the display", "ms", "≤ 1/5 ×", |sample| sample.frame),
        metric("PSS of all processes", "MiB", "≤ 1/10 ×", |sample| sample.pss),
    ])
}

fn version(chromium: &Path) -> Result<String, FirstFrameError> {
    let output = Command::new(chromium)
        .arg("--version")
        .output()
        .map_err(|error| FirstFrameError::Start("chromium".to_owned(), error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // `Chromium 1.2.3 built on Debian …`
    Ok(text.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

impl Program {
    fn start(&self, screen: &Screen) -> Result<Started, FirstFrameError> {
        screen.clear()?;
        Command::new(&self.path)
            .args(&self.arguments)
            .env("DISPLAY", screen.name())
            .env_remove("WAYLAND_DISPLAY")
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", self.home.join(".config"))
            .env("XDG_CACHE_HOME", self.home.join(".cache"))
            .env("XDG_DATA_HOME", self.home.join(".local/share"))
            .env("XDG_STATE_HOME", self.home.join(".local/state"))
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map(Started)
            .map_err(|error| FirstFrameError::Start(self.name.clone(), error))
    }

    /// The page as it stands in the end; this run also makes whatever a first start makes.
    fn page(&self, screen: &Screen) -> Result<Look, FirstFrameError> {
        let started = Instant::now();
        let _running = self.start(screen)?;
        let mut last = screen.look()?;
        let mut still_since = Instant::now();
        while started.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(50));
            let now = screen.look()?;
            if now.share_of(&last) < SHARE || now.content() < CONTENT {
                still_since = Instant::now();
                last = now;
            } else if still_since.elapsed() >= SETTLED {
                return Ok(now);
            }
        }
        Err(FirstFrameError::NoPage(self.name.clone()))
    }

    fn sample(&self, screen: &Screen, page: &Look) -> Result<Sample, FirstFrameError> {
        let started = Instant::now();
        let running = self.start(screen)?;
        while started.elapsed() < PATIENCE {
            let looked = started.elapsed();
            if screen.look()?.share_of(page) >= SHARE {
                // The moment before the look: what it saw was there then, or came while the rows were read.
                let frame = looked.as_secs_f64() * 1e3;
                std::thread::sleep(SETTLED);
                return Ok(Sample { frame, pss: running.pss() });
            }
            std::thread::sleep(LOOK);
        }
        Err(FirstFrameError::NoPage(self.name.clone()))
    }
}

impl Started {
    /// MiB of the program and all that it started.
    fn pss(&self) -> f64 {
        let kib: f64 = family(self.0.id(), &processes())
            .into_iter()
            .filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok())
            .filter_map(|text| pss_kib(&text))
            .sum();
        kib / 1024.0
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // By the group, so that a browser's many processes end with it.
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// A process: its id, its parent's, its group's.
#[derive(Debug, Clone, Copy)]
struct Process {
    id: u32,
    parent: u32,
    group: u32,
}

fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| {
            let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
            process(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
        })
        .collect()
}

/// proc(5): `id (name) state parent group …`; a name may hold blanks and brackets.
fn process(id: u32, stat: &str) -> Option<Process> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(1);
    Some(Process { id, parent: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
}

/// The process, those of its group, and what any of them started.
fn family(id: u32, all: &[Process]) -> Vec<u32> {
    let mut family = vec![id];
    loop {
        let more: Vec<u32> = all
            .iter()
            .filter(|process| !family.contains(&process.id))
            .filter(|process| process.group == id || family.contains(&process.parent))
            .map(|process| process.id)
            .collect();
        if more.is_empty() {
            return family;
        }
        family.extend(more);
    }
}

fn pss_kib(rollup: &str) -> Option<f64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_of_processes() {
        let all: Vec<Process> = [
            "10 (a) S 1 10 0",
            "11 (b) c) S 10 10 0",
            "12 (d) S 11 12 0",
            "13 (e) S 1 10 0",
            "20 (f) S 1 20 0",
        ]
        .iter()
        .filter_map(|stat| process(stat.split(' ').next()?.parse().ok()?, stat))
        .collect();
        let mut found = family(10, &all);
        found.sort_unstable();
        assert_eq!(found, [10, 11, 12, 13]);
    }

    #[test]
    fn pss_is_read() {
        assert_eq!(
            pss_kib("00400000-7ff rollup\nRss:   9 kB\nPss:     1536 kB\nPss_Dirty: 4 kB\n"),
            Some(1536.0)
        );
        assert_eq!(pss_kib(""), None);
    }
}
