//! The file of `--config`: which device is on which port.
//!
//! Duty: check it as a whole, name every mistake with its line. Never: open a port.
//!
//! ```toml
//! [card_reader]
//! port = "serial:/dev/ttyS0?baud=115200"
//! timeout = 30
//!
//! [printer]
//! port = "lp:/dev/usb/lp0"
//! profile = "epson_80"
//!
//! [io_board]
//! port = "serial:/dev/ttyS1"
//! card_light = "0"           # outputs and inputs by number, ! where wired the other way round
//! presence = "!0"
//! ```

use std::path::Path;

use drivers::io_board::{Contact, Light, Pin, Wiring};
use drivers::receipt_printer::PrinterProfile;
use drivers::transport::PortAddress;
use toml::de::{DeTable, DeValue};

use crate::print::profile;

/// What a key holds.
#[derive(Clone, Copy)]
enum Kind {
    Port,
    Seconds,
    Profile,
    Word,
    Words,
    Number,
    Percent,
    Pin,
    /// What only the terminal has a use for, and checks.
    TerminalsOwn,
}

/// Sections of a terminal's file that are not about devices: the terminal itself checks them.
const TERMINALS_OWN: [&str; 6] = ["terminal", "site", "speech", "province", "agent", "machine"];

/// Every section and key. A subcommand that takes one more adds it here.
const KEYS: [(&str, &str, Kind); 23] = [
    ("card_reader", "port", Kind::Port),
    ("card_reader", "timeout", Kind::Seconds),
    ("printer", "port", Kind::Port),
    ("printer", "profile", Kind::Profile),
    ("printer", "roll_metres", Kind::TerminalsOwn),
    ("document_printer", "port", Kind::Port),
    ("camera", "port", Kind::Port),
    ("scanner", "port", Kind::Port),
    ("face_engine", "program", Kind::Word),
    ("face_engine", "arguments", Kind::Words),
    ("photo_decoder", "program", Kind::Word),
    ("photo_decoder", "arguments", Kind::Words),
    ("io_board", "port", Kind::Port),
    ("io_board", "unit", Kind::Number),
    ("io_board", "card_light", Kind::Pin),
    ("io_board", "paper_light", Kind::Pin),
    ("io_board", "presence", Kind::Pin),
    ("io_board", "door_open", Kind::Pin),
    ("io_board", "on_battery", Kind::Pin),
    ("io_board", "battery_low", Kind::Pin),
    ("power", "port", Kind::Port),
    ("speaker", "port", Kind::Port),
    ("speaker", "volume", Kind::Percent),
];

/// A checked configuration.
#[derive(Default)]
pub(crate) struct Config {
    entries: Vec<(&'static str, &'static str, Entry)>,
}

enum Entry {
    Port(PortAddress),
    Seconds(f64),
    Profile(Box<PrinterProfile>),
    Word(String),
    Words(Vec<String>),
    Number(u8),
    Pin(Pin),
    TerminalsOwn,
}

/// Every mistake of the file, each with its line.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.0.join("\n"))]
pub(crate) struct Mistakes(Vec<String>);

impl Config {
    pub(crate) fn read(path: &Path) -> Result<Self, Mistakes> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|e| Mistakes(vec![format!("{name}: {e}")]))?;
        Self::parse(&text, path.parent().unwrap_or(Path::new("")))
            .map_err(|mistakes| Mistakes(mistakes.0.into_iter().map(|m| format!("{name}:{m}")).collect()))
    }

    /// Paths are seen from `folder`.
    fn parse(text: &str, folder: &Path) -> Result<Self, Mistakes> {
        let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
        let table = DeTable::parse(text).map_err(|e| {
            Mistakes(vec![format!("{}: {}", line(e.span().map_or(0, |s| s.start)), e.message())])
        })?;
        let mut config = Self::default();
        let mut mistakes = Vec::new();
        for (section, content) in table.get_ref() {
            let name = section.get_ref().as_ref();
            if TERMINALS_OWN.contains(&name) {
                continue;
            }
            let known: Vec<_> = KEYS.into_iter().filter(|(s, ..)| *s == name).collect();
            let DeValue::Table(content) = content.get_ref() else {
                mistakes.push(format!("{}: `{name}` is no section", line(section.span().start)));
                continue;
            };
            if known.is_empty() {
                mistakes.push(format!("{}: there is no section `{name}`", line(section.span().start)));
                continue;
            }
            for (key, value) in content {
                let key_name = key.get_ref().as_ref();
                let Some((section, key, kind)) = known.iter().find(|(_, k, _)| *k == key_name) else {
                    mistakes.push(format!("{}: `{name}` has no `{key_name}`", line(key.span().start)));
                    continue;
                };
                match entry(*kind, value.get_ref(), folder) {
                    Ok(entry) => config.entries.push((section, key, entry)),
                    Err(why) => {
                        mistakes.push(format!("{}: {name}.{key_name}: {why}", line(value.span().start)));
                    }
                }
            }
        }
        if mistakes.is_empty() { Ok(config) } else { Err(Mistakes(mistakes)) }
    }

    /// The port of a device, where the file names one.
    pub(crate) fn port(&self, section: &str) -> Option<&PortAddress> {
        self.entries.iter().find_map(|(s, _, entry)| match entry {
            Entry::Port(port) if *s == section => Some(port),
            _ => None,
        })
    }

    /// Every port that the file names.
    pub(crate) fn ports(&self) -> impl Iterator<Item = &PortAddress> {
        self.entries.iter().filter_map(|(.., entry)| match entry {
            Entry::Port(port) => Some(port),
            _ => None,
        })
    }

    /// What the receipt printer can do, where the file says it.
    pub(crate) fn profile(&self) -> Option<&PrinterProfile> {
        match self.entry("printer", "profile")? {
            Entry::Profile(profile) => Some(profile),
            _ => None,
        }
    }

    /// Whether the file has a section for it.
    pub(crate) fn names(&self, section: &str) -> bool {
        self.entries.iter().any(|(s, ..)| *s == section)
    }

    /// A word, where the file has one.
    pub(crate) fn word(&self, section: &str, key: &str) -> Option<&str> {
        match self.entry(section, key)? {
            Entry::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Words, none where the file has none.
    pub(crate) fn words(&self, section: &str, key: &str) -> &[String] {
        match self.entry(section, key) {
            Some(Entry::Words(words)) => words,
            _ => &[],
        }
    }

    /// What is wired to the board of lights and contacts.
    pub(crate) fn wiring(&self) -> Wiring {
        let pin = |key| match self.entry("io_board", key) {
            Some(Entry::Pin(pin)) => Some(*pin),
            _ => None,
        };
        let mut wiring = Wiring::default();
        if let Some(Entry::Number(unit)) = self.entry("io_board", "unit") {
            wiring.unit = *unit;
        }
        for (key, light) in [("card_light", Light::CardArea), ("paper_light", Light::PaperExit)] {
            wiring = pin(key).map_or(wiring, |pin| wiring.with_light(light, pin));
        }
        for (key, contact) in [
            ("presence", Contact::Presence),
            ("door_open", Contact::DoorOpen),
            ("on_battery", Contact::OnBattery),
            ("battery_low", Contact::BatteryLow),
        ] {
            wiring = pin(key).map_or(wiring, |pin| wiring.with_contact(contact, pin));
        }
        wiring
    }

    fn entry(&self, section: &str, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|(s, k, _)| *s == section && *k == key).map(|(.., entry)| entry)
    }

    /// Seconds, where the file names them.
    pub(crate) fn seconds(&self, section: &str, key: &str) -> Option<f64> {
        self.entries.iter().find_map(|(s, k, entry)| match entry {
            Entry::Seconds(seconds) if *s == section && *k == key => Some(*seconds),
            _ => None,
        })
    }
}

fn entry(kind: Kind, value: &DeValue<'_>, folder: &Path) -> Result<Entry, String> {
    match (kind, value) {
        (Kind::Port, DeValue::String(text)) => text.parse().map(Entry::Port).map_err(|e| format!("{e}")),
        (Kind::Port, _) => Err("a port is written in quotes".to_owned()),
        (Kind::Seconds, DeValue::Integer(number)) => {
            crate::output::seconds(&number.to_string()).map(Entry::Seconds)
        }
        (Kind::Seconds, DeValue::Float(number)) => {
            crate::output::seconds(&number.to_string()).map(Entry::Seconds)
        }
        (Kind::Seconds, _) => Err("seconds are a number".to_owned()),
        (Kind::Profile, DeValue::String(text)) => profile(text, folder).map(Entry::Profile),
        (Kind::TerminalsOwn, _) => Ok(Entry::TerminalsOwn),
        (Kind::Word, DeValue::String(text)) => Ok(Entry::Word(text.clone().into_owned())),
        (Kind::Word | Kind::Profile, _) => Err("a name is written in quotes".to_owned()),
        (Kind::Words, DeValue::Array(list)) => {
            let words = list.iter().map(|word| match word.get_ref() {
                DeValue::String(text) => Ok(text.clone().into_owned()),
                _ => Err("each is written in quotes".to_owned()),
            });
            words.collect::<Result<_, _>>().map(Entry::Words)
        }
        (Kind::Words, _) => Err("a list is written in brackets".to_owned()),
        (Kind::Number, DeValue::Integer(number)) => {
            let number = number.to_string().parse().ok().filter(|number| (1..=247).contains(number));
            number.map(Entry::Number).ok_or("a unit has a number from 1 to 247".to_owned())
        }
        (Kind::Number, _) => Err("a unit has a number from 1 to 247".to_owned()),
        (Kind::Percent, DeValue::Integer(number)) => {
            let number = number.to_string().parse().ok().filter(|number| (1..=100).contains(number));
            number.map(Entry::Number).ok_or("write per cent, from 1 to 100".to_owned())
        }
        (Kind::Percent, _) => Err("write per cent, from 1 to 100".to_owned()),
        (Kind::Pin, DeValue::String(text)) => text.parse().map(Entry::Pin).map_err(|e| format!("{e}")),
        (Kind::Pin, DeValue::Integer(number)) => {
            number.to_string().parse().map(Entry::Pin).map_err(|e| format!("{e}"))
        }
        (Kind::Pin, _) => Err("an input or output has a number".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Mistakes> {
        Config::parse(text, Path::new(""))
    }

    #[test]
    fn a_right_file() {
        let config = parse("[card_reader]\nport = \"serial:/dev/ttyS0\"\ntimeout = 30\n").unwrap();
        assert_eq!(config.port("card_reader").map(ToString::to_string).as_deref(), Some("serial:/dev/ttyS0"));
        assert_eq!(config.seconds("card_reader", "timeout"), Some(30.0));
        assert!(parse("").unwrap().port("card_reader").is_none());
    }

    /// "`yilin-device --config` reads the same file."
    #[test]
    fn the_terminals_own_file_is_read() {
        let page = include_str!("../../../../docs/terminal-config.md");
        let file = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config = parse(file).unwrap();
        assert_eq!(config.profile().map(|profile| profile.name.as_str()), Some("epson_80"));
        assert!(config.ports().count() >= 8);
    }

    #[test]
    fn a_profile_is_a_name_or_a_file_beside_this_one() {
        let profiles = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/profiles"));
        let name = |text: &str| {
            let config = Config::parse(&format!("[printer]\nprofile = \"{text}\""), profiles);
            config.map(|config| config.profile().map(|profile| profile.name.clone()))
        };
        assert_eq!(name("custom_vkp80").unwrap().as_deref(), Some("custom_vkp80"));
        assert_eq!(name("seiko_80.toml").unwrap().as_deref(), Some("seiko_80"));
        let mistakes = name("toaster").unwrap_err().to_string();
        assert!(
            mistakes.starts_with("2: printer.profile: no such profile; there are epson_80, "),
            "{mistakes}"
        );
        let mistakes = name("toaster.toml").unwrap_err().to_string();
        assert!(mistakes.contains("toaster.toml: No such file"), "{mistakes}");
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let check = |text: &str, want: &[&str]| {
            let Err(mistakes) = parse(text) else { panic!("{text} is accepted") };
            assert_eq!(mistakes.0, want);
        };
        check(
            "[card_reader]\nport = \"ttyS0\"\nspeed = 9600\ntimeout = \"long\"\n\n[toaster]\nport = 1\n",
            &[
                "2: card_reader.port: `ttyS0` is no port: write serial:, usb:, lp:, tcp:, pcsc:, ipp://, v4l:, input:, frames:, gpio:, nut:, alsa:, program: or replay: and what follows it",
                "3: `card_reader` has no `speed`",
                "4: card_reader.timeout: seconds are a number",
                "6: there is no section `toaster`",
            ],
        );
        check("card_reader = 1", &["1: `card_reader` is no section"]);
        check("[card_reader]\nport = 1", &["2: card_reader.port: a port is written in quotes"]);
        check(
            "[card_reader]\ntimeout = -1",
            &["2: card_reader.timeout: `-1` is no number of seconds from 0 to 3600"],
        );
        assert!(
            matches!(parse("[card_reader]\nport = "), Err(Mistakes(m)) if m.len() == 1 && m[0].starts_with("2: "))
        );
    }
}
