//! The file of `--config`: where the terminal stands, and what it is connected to.
//!
//! Duty: check it as a whole and name every mistake with its line. Never: open a port or ask the province.
//!
//! The keys, with every section optional: `docs/terminal-config.md`.

mod devices;
mod reader;

pub use devices::{
    DevicePorts, FaceEngineConfig, IoBoardConfig, PrinterConfig, ProgramConfig, SpeakerConfig, SpeechConfig,
};

use crate::agent::{AgentAddress, Backlight, Fleet};
use crate::machine::MachineWords;
use crate::profile::{ScreenProfile, Turned};
use domain::locale::Localized;
use domain::terminal::{Contact, OpeningHours, Site, TerminalId};
use platform_client::credentials::OldestTls;
use reader::{Findings, Table};
use std::path::{Path, PathBuf};
use std::time::Duration;
use time::UtcOffset;

/// What the file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The terminal's folder.
    pub data: Option<PathBuf>,
    /// The screen.
    pub screen: Option<ScreenProfile>,
    /// The terminal's time zone.
    pub offset: UtcOffset,
    /// Where it stands.
    pub site: Option<Site>,
    /// What it is connected to.
    pub devices: DevicePorts,
    /// The province.
    pub province: Option<ProvinceAddress>,
    /// How often the province is asked for news.
    pub news_every: Duration,
    /// The fleet's agent and what hangs on it.
    pub fleet: Fleet,
}

/// Where the province is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvinceAddress {
    /// `https://host:port`.
    pub url: String,
    /// The folder with `ca.pem`, `terminal.pem`, `terminal.key`.
    pub credentials: PathBuf,
    /// The folder with the certificates of the authorities that answer for seals; none trusts nobody's.
    pub seal_authorities: Option<PathBuf>,
    /// The oldest TLS that is spoken to it.
    pub oldest_tls: OldestTls,
}

impl ProvinceAddress {
    /// A province of these credentials, which trusts for seals whom the folder `seal-authorities` among them names, where
    /// it is there.
    pub fn new(url: String, credentials: PathBuf) -> Self {
        let seal_authorities = Some(credentials.join("seal-authorities")).filter(|folder| folder.is_dir());
        Self { url, credentials, seal_authorities, oldest_tls: OldestTls::default() }
    }
}

/// China has one time zone.
const CHINA: UtcOffset = time::macros::offset!(+8);
/// How often the province is asked for news when the file says nothing.
const NEWS_EVERY: Duration = Duration::from_secs(30);

impl Default for Config {
    fn default() -> Self {
        Self {
            data: None,
            screen: None,
            offset: CHINA,
            site: None,
            devices: DevicePorts::default(),
            province: None,
            news_every: NEWS_EVERY,
            fleet: Fleet { machine: MachineWords::of_this_build(), ..Fleet::default() },
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
        let Some(root) = findings.root() else { return Err(findings.into_mistakes()) };
        let config = Self::of(&Table::root(&root, &findings), folder);
        let mistakes = findings.into_mistakes();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    fn of(root: &Table<'_>, folder: &Path) -> Self {
        let mut config = Self::default();
        if let Some(terminal) = root.section("terminal") {
            config.data = terminal.optional("data", reader::text).map(|path| folder.join(path));
            config.screen = screen(&terminal);
            config.offset = terminal.optional("utc_offset", offset).unwrap_or(CHINA);
            terminal.nothing_else();
        }
        if let Some(site) = root.section("site") {
            config.site = self::site(&site);
        }
        config.devices = DevicePorts::of(root, folder);
        if let Some(province) = root.section("province") {
            let url = province.required("url", url);
            let credentials = province.required("credentials", reader::text);
            let seals = province.optional("seal_authorities", reader::text).map(|path| folder.join(path));
            let oldest_tls = province.optional("oldest_tls", oldest_tls).unwrap_or_default();
            config.news_every = province.optional("news_seconds", seconds).unwrap_or(NEWS_EVERY);
            province.nothing_else();
            config.province = url.zip(credentials).map(|(url, path)| {
                let address = ProvinceAddress::new(url, folder.join(path));
                ProvinceAddress {
                    seal_authorities: seals.or(address.seal_authorities),
                    oldest_tls,
                    ..address
                }
            });
        }
        if let Some(agent) = root.section("agent") {
            let socket = agent.required("socket", reader::text);
            let user = agent.required("user", user);
            config.fleet.exports = agent.optional("exports", reader::text).map(|path| folder.join(path));
            config.fleet.open_state_url = agent.optional("open_state_url", page_url);
            agent.nothing_else();
            config.fleet.backlight = Backlight::find();
            config.fleet.agent =
                socket.zip(user).map(|(socket, user)| AgentAddress { socket: folder.join(socket), user });
        }
        if let Some(machine) = root.section("machine") {
            let word = |key| machine.optional(key, reader::text).map(|path| folder.join(path));
            config.fleet.machine = MachineWords { clock: word("clock"), data: word("data") };
            machine.nothing_else();
        }
        root.nothing_else();
        config
    }
}

fn screen(terminal: &Table<'_>) -> Option<ScreenProfile> {
    let size: Option<ScreenProfile> = terminal.optional("size", reader::parsed);
    let px_per_mm = terminal.optional("px_per_mm", px_per_mm);
    let turned = terminal.optional("turned", turned);
    let size =
        size.or_else(|| (px_per_mm.is_some() || turned.is_some()).then_some(ScreenProfile::UPRIGHT))?;
    let px_per_mm = px_per_mm.unwrap_or(size.px_per_mm);
    Some(ScreenProfile { px_per_mm, turned: turned.unwrap_or_default(), ..size })
}

fn site(site: &Table<'_>) -> Option<Site> {
    let terminal = site.required("terminal", reader::text).map(TerminalId);
    let name = site.required("name", reader::typed);
    let address = site.required("address", reader::typed);
    let division = site.required("division", reader::typed);
    let hours = site.required("hours", reader::typed);
    let nearest = site.required("nearest", reader::typed);
    let keeper = site.required_section("keeper").map(|k| contact(&k));
    let helpers: Vec<_> = site.required_sections("helpers").iter().map(contact).collect();
    site.nothing_else();
    Some(Site {
        terminal: terminal?,
        name: name?,
        address: address?,
        division: division?,
        hours: hours?,
        keeper: keeper??,
        helpers: helpers.into_iter().collect::<Option<_>>()?,
        nearest: nearest?,
    })
}

fn contact(contact: &Table<'_>) -> Option<Contact> {
    let name: Option<Localized> = contact.required("name", reader::typed);
    let phone = contact.required("phone", reader::text);
    let hours: Option<OpeningHours> = contact.required("hours", reader::typed);
    contact.nothing_else();
    Some(Contact { name: name?, phone: phone?, hours: hours? })
}

fn url(value: reader::Value<'_>) -> Result<String, String> {
    let text = reader::text(value)?;
    let host = text.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.contains(['/', '?', '@', ' ']) {
        return Err(format!("`{text}` is no address of a province: write https://host:port"));
    }
    Ok(text)
}

fn oldest_tls(value: reader::Value<'_>) -> Result<OldestTls, String> {
    match reader::text(value)?.as_str() {
        "1.3" => Ok(OldestTls::V1_3),
        "1.2" => Ok(OldestTls::V1_2),
        other => Err(format!(
            "`{other}` is no TLS that is spoken: write \"1.3\", or \"1.2\" for a province that has nothing newer"
        )),
    }
}

/// The number of a user of this machine, by name.
fn user(value: reader::Value<'_>) -> Result<u32, String> {
    let name = reader::text(value)?;
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut entries = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let entry = entries.find(|entry| entry.first() == Some(&name.as_str()));
    let number = entry.and_then(|entry| entry.get(2)?.parse().ok());
    number
        .ok_or_else(|| format!("`{name}` is no user of this machine: write the one that yilin-agent runs as"))
}

/// The address of a page; short enough for a code that a telephone reads.
fn page_url(value: reader::Value<'_>) -> Result<String, String> {
    let text = reader::text(value)?;
    let fits = text.len() <= 120 && text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    if fits && plain {
        Ok(text)
    } else {
        Err(format!("`{text}` is no address of a page: write https://host/path"))
    }
}

fn seconds(value: reader::Value<'_>) -> Result<Duration, String> {
    let whole = reader::whole(value).filter(|s| (1..=3600).contains(s));
    let whole = whole.and_then(|s| u64::try_from(s).ok());
    whole.map(Duration::from_secs).ok_or_else(|| "write a whole number of seconds from 1 to 3600".to_owned())
}

fn px_per_mm(value: reader::Value<'_>) -> Result<f32, String> {
    let number = reader::number(value).filter(|n| (1.0..=20.0).contains(n));
    #[allow(clippy::cast_possible_truncation, reason = "between 1 and 20")]
    number
        .map(|n| n as f32)
        .ok_or_else(|| "write the screen's pixels in a millimetre, such as 4.03".to_owned())
}

fn turned(value: reader::Value<'_>) -> Result<Turned, String> {
    let turned = reader::whole(value).and_then(Turned::by);
    turned
        .ok_or_else(|| "write how many degrees the picture is turned clockwise: 0, 90, 180 or 270".to_owned())
}

fn offset(value: reader::Value<'_>) -> Result<UtcOffset, String> {
    let text = reader::text(value)?;
    let format = time::macros::format_description!("[offset_hour sign:mandatory]:[offset_minute]");
    UtcOffset::parse(&text, format).map_err(|_| format!("`{text}` is no offset: write +08:00"))
}
