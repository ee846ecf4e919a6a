//! Settings of `serve`: flags over file over defaults.
//!
//! Duty: check the file as a whole and name every mistake with its line. Never: begin anything.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use domain::terminal::Timestamp;
use platform_client::sim::SealKind;
use platform_client::sim::dialect::InterfaceDialect;
use platform_client::sim::fault::Fault;
use platform_client::sim::wrong::Wrong;
use time::format_description::well_known::Rfc3339;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A mistake in the command line or the file, in words.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

/// What can be set; the names are those of the flags.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) data: Option<PathBuf>,
    /// What each interface speaks; the last word on one counts.
    pub(crate) dialect: Vec<InterfaceDialect>,
    pub(crate) seed: Option<u64>,
    pub(crate) fault: Vec<Fault>,
    pub(crate) seal: Option<SealKind>,
    pub(crate) wrong: Option<Wrong>,
    pub(crate) catalogue: Option<PathBuf>,
    pub(crate) time: Option<Timestamp>,
}

/// Where terminals connect when nobody says: a free port of this machine.
pub(crate) fn usual_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// What is wrong with a value, and what may stand there.
type Read<T> = Result<T, String>;

fn address(text: &str) -> Read<SocketAddr> {
    text.parse().map_err(|_| format!("`{text}` is no address: write 127.0.0.1:8443"))
}

fn dialect(text: &str) -> Read<InterfaceDialect> {
    text.parse()
}

fn fault(text: &str) -> Read<Fault> {
    text.parse().map_err(|e: platform_client::sim::fault::UnknownFault| e.to_string())
}

fn seal(text: &str) -> Read<SealKind> {
    text.parse().map_err(|e: platform_client::sim::UnknownSealKind| e.to_string())
}

fn wrong(text: &str) -> Read<Wrong> {
    text.parse().map_err(|e: platform_client::sim::wrong::UnknownPoint| e.to_string())
}

fn time(text: &str) -> Read<Timestamp> {
    Timestamp::parse(text, &Rfc3339).map_err(|_| "a time is written 2026-11-24T10:24:00+08:00".to_owned())
}

fn path(text: &str) -> Read<PathBuf> {
    Ok(text.into())
}

impl crate::Serve {
    /// The flags that were given, each as its value.
    pub(crate) fn settings(self) -> Result<Config, Usage> {
        fn one<T>(text: Option<String>, read: fn(&str) -> Read<T>) -> Result<Option<T>, Usage> {
            text.map(|text| read(&text).map_err(Usage)).transpose()
        }
        fn all<T>(texts: &[String], read: fn(&str) -> Read<T>) -> Result<Vec<T>, Usage> {
            texts.iter().map(|text| read(text).map_err(Usage)).collect()
        }
        Ok(Config {
            listen: one(self.listen, address)?,
            data: self.data,
            dialect: all(&self.dialect, dialect)?,
            seed: self.seed,
            fault: all(&self.fault, fault)?,
            seal: one(self.seal, seal)?,
            wrong: one(self.wrong, wrong)?,
            catalogue: self.catalogue,
            time: one(self.time, time)?,
        })
    }
}

impl Config {
    /// The file's settings, or none.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Usage> {
        let Some(path) = file else { return Ok(Self::default()) };
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|e| Usage(format!("{name}: {e}")))?;
        Self::parse(&text).map_err(|mistakes| {
            let lines: Vec<String> =
                mistakes.iter().map(|(line, what)| format!("{name}:{line}: {what}")).collect();
            Usage(lines.join("\n"))
        })
    }

    /// The settings of a text, or every mistake with its line, from 1.
    fn parse(text: &str) -> Result<Self, Vec<(usize, String)>> {
        let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                return Err(vec![(line(at), error.message().to_owned())]);
            }
        };
        let mut config = Self::default();
        let mut mistakes = Mistakes(Vec::new());
        for (key, value) in table.get_ref() {
            config.set(key, value, &mut mistakes);
        }
        let mut mistakes: Vec<(usize, String)> =
            mistakes.0.into_iter().map(|(at, what)| (line(at), what)).collect();
        mistakes.sort();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    fn set(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes,
    ) {
        match &**key.get_ref() {
            "listen" => self.listen = mistakes.one(value, address),
            "data" => self.data = mistakes.one(value, path),
            "dialect" => self.dialect = mistakes.all(value, dialect),
            "seed" => self.seed = mistakes.number(value),
            "fault" => self.fault = mistakes.all(value, fault),
            "seal" => self.seal = mistakes.one(value, seal),
            "wrong" => self.wrong = mistakes.one(value, wrong),
            "catalogue" => self.catalogue = mistakes.one(value, path),
            "time" => self.time = mistakes.one(value, time),
            other => mistakes.note(
                key.span().start,
                format!(
                    "`{other}` is not known; here stand listen, data, dialect, seed, fault, seal, wrong, catalogue, time"
                ),
            ),
        }
    }

    /// The same with the flags that were given.
    pub(crate) fn overridden_by(self, flags: Self) -> Self {
        fn given<T>(flag: Vec<T>, file: Vec<T>) -> Vec<T> {
            if flag.is_empty() { file } else { flag }
        }
        Self {
            listen: flags.listen.or(self.listen),
            data: flags.data.or(self.data),
            dialect: given(flags.dialect, self.dialect),
            seed: flags.seed.or(self.seed),
            fault: given(flags.fault, self.fault),
            seal: flags.seal.or(self.seal),
            wrong: flags.wrong.or(self.wrong),
            catalogue: flags.catalogue.or(self.catalogue),
            time: flags.time.or(self.time),
        }
    }
}

/// What was found wrong, each with its place in the text.
struct Mistakes(Vec<(usize, String)>);

impl Mistakes {
    fn note(&mut self, at: usize, what: String) {
        self.0.push((at, what));
    }

    fn one<T>(&mut self, value: &Spanned<DeValue<'_>>, read: fn(&str) -> Read<T>) -> Option<T> {
        let read = match value.get_ref() {
            DeValue::String(text) => read(text),
            _ => Err("a text in quotes stands here".to_owned()),
        };
        read.map_err(|what| self.note(value.span().start, what)).ok()
    }

    fn all<T>(&mut self, value: &Spanned<DeValue<'_>>, read: fn(&str) -> Read<T>) -> Vec<T> {
        let DeValue::Array(values) = value.get_ref() else {
            self.note(value.span().start, "a list of texts stands here".to_owned());
            return Vec::new();
        };
        values.iter().filter_map(|value| self.one(value, read)).collect()
    }

    fn number(&mut self, value: &Spanned<DeValue<'_>>) -> Option<u64> {
        let number = match value.get_ref() {
            DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.note(value.span().start, "a whole number from 0 on stands here".to_owned());
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<usize> {
        Config::parse(text).err().unwrap_or_default().into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn every_mistake_of_the_file_is_named_with_its_line() {
        let text = "seed = -2\nlisten = \"here\"\nsed = 2\ndialect = [\"cases=klingon\",\n \"board=bare\", 3]\n\
                    fault = [\"province.sulks\"]\nseal = \"wax\"\nwrong = \"none\"\ntime = 3\ncatalogue = \"c\"\n";
        assert_eq!(mistakes(text), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(mistakes("seed = 2\nlisten =\n"), [2]);
        assert_eq!(mistakes("dialect = \"cases=bare\""), [1], "a list");
    }

    #[test]
    fn the_name_of_the_file_stands_before_each_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("province.toml");
        fs::write(&file, "sed = 2\nseed = 2\nseal = \"wax\"\n").unwrap();
        let words = Config::read(Some(&file)).unwrap_err().0;
        let at: Vec<&str> = words.lines().map(|line| line.split(": ").next().unwrap()).collect();
        assert_eq!(at, [format!("{}:1", file.display()), format!("{}:3", file.display())]);
    }

    #[test]
    fn flags_win_over_the_file() {
        let file =
            Config::parse("seed = 0x10\nlisten = \"127.0.0.1:8443\"\nfault = [\"province.down\"]").unwrap();
        assert_eq!((file.seed, file.listen), (Some(16), Some("127.0.0.1:8443".parse().unwrap())));
        let flags = Config { seed: Some(3), ..Config::default() };
        let both = file.overridden_by(flags);
        assert_eq!((both.seed, both.fault.len(), both.data), (Some(3), 1, None));
    }

    #[test]
    fn dialects() {
        let check = |text: &str, right: bool| assert_eq!(dialect(text).is_ok(), right, "{text}");
        check("cases=canonical", true);
        check("cases=anhui", true);
        check("cases=national_rating", false);
        check("canonical", false);
    }
}
