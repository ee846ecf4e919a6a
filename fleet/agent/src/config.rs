//! The file of `--config`: where the fleet server is, and what the agent may use here.
//!
//! Duty: check it as a whole and name every mistake with its line. Never: open what it names. The keys: `docs/fleet-agent.md`.

mod reader;

use crate::store::Bounds;
use crate::window::Window;
use reader::{Findings, Table};
use std::path::{Path, PathBuf};
use time::UtcOffset;

/// What the file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The agent's folder.
    pub data: PathBuf,
    /// `https://host:port` of the fleet server.
    pub server: Option<String>,
    /// PEM file with the authorities that count at the enrolment.
    pub authorities: Option<PathBuf>,
    /// What the image was built for.
    pub compatible: String,
    /// The model of the kiosk.
    pub model: String,
    /// The terminal's time zone.
    pub offset: UtcOffset,
    /// The screen.
    pub screen: ScreenConfig,
    /// Updates.
    pub update: UpdateConfig,
    /// What the desk may see of the logs.
    pub logs: LogsConfig,
    /// The program of a debug shell; none refuses every one.
    pub shell: Option<PathBuf>,
    /// Where udev mounts a stick of ours.
    pub stick: Option<PathBuf>,
    /// How much may wait for the server.
    pub bounds: Bounds,
    /// A folder that stands in for machine and slots; only with the feature `sim`.
    pub simulated: Option<PathBuf>,
}

/// The screen's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenConfig {
    /// The socket that the agent makes.
    pub socket: PathBuf,
    /// Name or number of the user who may come.
    pub user: String,
    /// Where the screen leaves a sealed outbox.
    pub exports: Option<PathBuf>,
}

/// Updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateConfig {
    /// Whether an update needs the release manager's manifest.
    pub manifest: Manifest,
    /// Who fetches the bundle.
    pub delivery: Delivery,
    /// When the terminal may install and start again, where the desk set nothing.
    pub window: Window,
    /// At most so many bytes a second, where the desk set nothing.
    pub bytes_per_second: Option<u64>,
    /// The tenant of the update paths, where the enrolment is of another server.
    pub tenant: Option<String>,
}

/// Whether an update needs a signed manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manifest {
    /// Without one nothing is installed.
    Required,
    /// A plain hawkBit serves this terminal: the bundle's own signature and the digest count.
    Optional,
}

/// Who fetches the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The agent, into its folder.
    Download,
    /// RAUC, from the address, only what differs.
    Stream,
}

/// What the desk may see of the logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogsConfig {
    /// Units of the journal.
    pub units: Vec<String>,
    /// Files.
    pub files: Vec<PathBuf>,
}

const CHINA: UtcOffset = time::macros::offset!(+8);

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("/var/lib/yilin/agent"),
            server: None,
            authorities: None,
            compatible: String::new(),
            model: String::new(),
            offset: CHINA,
            screen: ScreenConfig {
                socket: PathBuf::from(fleet_api::ui::SOCKET),
                user: "yilin-ui".to_owned(),
                exports: None,
            },
            update: UpdateConfig {
                manifest: Manifest::Required,
                delivery: Delivery::Download,
                window: Window { from_minute: 2 * 60, minutes: 180 },
                bytes_per_second: None,
                tenant: None,
            },
            logs: LogsConfig {
                units: vec!["yilin-terminal.service".to_owned(), "yilin-agent.service".to_owned()],
                files: Vec::new(),
            },
            shell: Some(PathBuf::from("/bin/sh")),
            stick: None,
            bounds: Bounds::default(),
            simulated: None,
        }
    }
}

/// What is wrong at a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what may stand there.
    pub what: String,
}

/// Why a file gives no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{file}: cannot be read")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It has mistakes; all of them.
    #[error("{}", lines(.file, .mistakes))]
    Mistakes {
        /// The file.
        file: PathBuf,
        /// Every mistake, in the order of the file.
        mistakes: Vec<Mistake>,
    },
    /// No user of that name.
    #[error("[screen] user: there is no user `{0}` on this machine")]
    NoUser(String),
}

fn lines(file: &Path, mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter().map(|m| format!("{}:{}: {}", file.display(), m.line, m.what));
    lines.collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Reads a file; paths in it are seen from its folder.
    ///
    /// # Errors
    /// It cannot be read, or has mistakes.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|cause| ConfigError::Unreadable { file: file.to_owned(), cause })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder)
            .map_err(|mistakes| ConfigError::Mistakes { file: file.to_owned(), mistakes })
    }

    /// Reads the text of a file that lies in `folder`.
    ///
    /// # Errors
    /// Every mistake, in the order of the text.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Vec<Mistake>> {
        let findings = Findings::new(text);
        let mut config = Self::default();
        if let Some(root) = findings.root() {
            config.fill(&Table::root(&root, &findings), folder);
        }
        let mistakes = findings.into_mistakes();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    fn fill(&mut self, root: &Table<'_>, folder: &Path) {
        root.only(&[
            "data", "server", "terminal", "screen", "update", "logs", "shell", "stick", "store", "sim",
        ]);
        root.path("data", folder, &mut self.data);
        if let Some(server) = root.table("server", &["url", "authorities"]) {
            server.some_text("url", &mut self.server, |url| {
                url.starts_with("https://").then_some(()).ok_or("write an address that begins with https://")
            });
            server.some_path("authorities", folder, &mut self.authorities);
        }
        if let Some(terminal) = root.table("terminal", &["compatible", "model", "utc_offset"]) {
            terminal.text("compatible", &mut self.compatible);
            terminal.text("model", &mut self.model);
            terminal.parsed("utc_offset", "write an offset such as +08:00", &mut self.offset, |text| {
                let format =
                    time::macros::format_description!("[offset_hour sign:mandatory]:[offset_minute]");
                UtcOffset::parse(text, &format).ok()
            });
        }
        if let Some(screen) = root.table("screen", &["socket", "user", "exports"]) {
            screen.path("socket", folder, &mut self.screen.socket);
            screen.text("user", &mut self.screen.user);
            screen.some_path("exports", folder, &mut self.screen.exports);
        }
        if let Some(update) =
            root.table("update", &["manifest", "delivery", "window", "bytes_per_second", "tenant"])
        {
            let here = &mut self.update;
            update.word(
                "manifest",
                &[("required", Manifest::Required), ("optional", Manifest::Optional)],
                &mut here.manifest,
            );
            update.word(
                "delivery",
                &[("download", Delivery::Download), ("stream", Delivery::Stream)],
                &mut here.delivery,
            );
            update.parsed("window", "write from-to, such as 02:00-05:00", &mut here.window, Window::parse);
            update.some_number("bytes_per_second", 1024..=1 << 30, &mut here.bytes_per_second);
            update.some_text("tenant", &mut here.tenant, |_| Ok(()));
        }
        if let Some(logs) = root.table("logs", &["units", "files"]) {
            logs.texts("units", &mut self.logs.units);
            let mut files = Vec::new();
            logs.texts("files", &mut files);
            self.logs.files = files.iter().map(|file| folder.join(file)).collect();
        }
        if let Some(shell) = root.table("shell", &["program"]) {
            let mut program = String::new();
            shell.text("program", &mut program);
            self.shell = (program != "none").then(|| PathBuf::from(program));
        }
        if let Some(stick) = root.table("stick", &["folder"]) {
            stick.some_path("folder", folder, &mut self.stick);
        }
        if let Some(store) = root.table("store", &["rows", "bytes"]) {
            store.number("rows", 100..=10_000_000, &mut self.bounds.rows);
            store.number("bytes", 64 * 1024..=1 << 32, &mut self.bounds.bytes);
        }
        if let Some(sim) = root.table("sim", &["folder"]) {
            sim.some_path("folder", folder, &mut self.simulated);
            if !cfg!(feature = "sim") {
                sim.wrong("this program has no simulator in it: take [sim] out");
            }
        }
    }

    /// The number of the user who may come to the socket.
    ///
    /// # Errors
    /// There is no such user.
    pub fn screen_user(&self) -> Result<u32, ConfigError> {
        let name = &self.screen.user;
        if let Ok(number) = name.parse() {
            return Ok(number);
        }
        // The machine's own users: no directory service decides who is the screen.
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = users.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
        });
        found.ok_or_else(|| ConfigError::NoUser(name.clone()))
    }
}

#[cfg(test)]
mod tests;
