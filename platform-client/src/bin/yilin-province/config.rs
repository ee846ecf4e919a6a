//! Settings of `serve`: flags over file over defaults.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use domain::terminal::Timestamp;
use platform_client::sim::dialect::InterfaceDialect;
use platform_client::sim::fault::Fault;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;

/// A mistake in the command line or the file, in words.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

/// What can be set; the names are those of the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    listen: Option<String>,
    pub(crate) data: Option<PathBuf>,
    dialect: Vec<String>,
    seed: Option<u64>,
    fault: Vec<String>,
    pub(crate) catalogue: Option<PathBuf>,
    time: Option<String>,
}

impl Config {
    /// The file's settings, or none. A mistake names its line.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Usage> {
        let Some(path) = file else { return Ok(Self::default()) };
        let text = fs::read_to_string(path).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
        toml::from_str(&text).map_err(|e| Usage(format!("{}: {e}", path.display())))
    }

    /// The same with the flags that were given.
    pub(crate) fn overridden_by(self, flags: crate::Serve) -> Self {
        let given = |flag: Vec<String>, file: Vec<String>| if flag.is_empty() { file } else { flag };
        Self {
            listen: flags.listen.or(self.listen),
            data: flags.data.or(self.data),
            dialect: given(flags.dialect, self.dialect),
            seed: flags.seed.or(self.seed),
            fault: given(flags.fault, self.fault),
            catalogue: flags.catalogue.or(self.catalogue),
            time: flags.time.or(self.time),
        }
    }

    /// What each interface speaks; the last word on one counts.
    pub(crate) fn dialects(&self) -> Result<Vec<InterfaceDialect>, Usage> {
        self.dialect.iter().map(|text| text.parse().map_err(Usage)).collect()
    }

    pub(crate) fn listen(&self) -> Result<SocketAddr, Usage> {
        let text = self.listen.as_deref().unwrap_or("127.0.0.1:0");
        text.parse().map_err(|_| Usage(format!("`{text}` is no address: write 127.0.0.1:8443")))
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
    }

    pub(crate) fn faults(&self) -> Result<Vec<Fault>, Usage> {
        self.fault
            .iter()
            .map(|f| f.parse().map_err(|e: platform_client::sim::fault::UnknownFault| Usage(e.to_string())))
            .collect()
    }

    pub(crate) fn time(&self) -> Result<Option<Timestamp>, Usage> {
        let parse = |text: &String| Timestamp::parse(text, &Rfc3339);
        let time = self.time.as_ref().map(parse).transpose();
        time.map_err(|_| Usage("a time is written 2026-11-24T10:24:00+08:00".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_the_file_names_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("province.toml");
        fs::write(&file, "seed = 2\nlisten = 3\n").unwrap();
        assert!(Config::read(Some(&file)).unwrap_err().0.contains("line 2"));
        fs::write(&file, "sed = 2\n").unwrap();
        assert!(Config::read(Some(&file)).unwrap_err().0.contains("sed"));
    }

    #[test]
    fn dialects() {
        let check = |text: &str, right: bool| {
            let config = Config { dialect: vec![text.to_owned()], ..Config::default() };
            assert_eq!(config.dialects().is_ok(), right, "{text}");
        };
        check("cases=canonical", true);
        check("cases=anhui", true);
        check("cases=national_rating", false);
        check("canonical", false);
    }
}
