//! The file of `--config`: the flags of `serve` by their names, and where everything is. A flag wins over it.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, ValueDeserializer};

/// What the file says; what it leaves out is the flag's default.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) data: Option<PathBuf>,
    pub(super) database: Option<String>,
    pub(super) listen: Option<SocketAddr>,
    pub(super) console: Option<SocketAddr>,
    pub(super) console_origin: Option<String>,
    pub(super) metrics: Option<SocketAddr>,
    pub(super) name: Option<Vec<String>>,
    pub(super) tenant: Option<String>,
    pub(super) heartbeat_seconds: Option<u32>,
    pub(super) poll_seconds: Option<u32>,
    pub(super) allow_tokens: Option<bool>,
}

/// The keys, for whoever wrote another one.
const KEYS: &str = "data, database, listen, console, console_origin, metrics, name, tenant, heartbeat_seconds, \
    poll_seconds, allow_tokens";

impl Config {
    /// The file's settings, or none without a file.
    ///
    /// # Errors
    /// It cannot be read, or every mistake in it, a line each.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, String> {
        let Some(file) = file else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut config = Self::parse(&text).map_err(|mistakes| {
            let lines = mistakes.iter().map(|(line, what)| format!("{}:{line}: {what}", file.display()));
            lines.collect::<Vec<_>>().join("\n")
        })?;
        // Paths are seen from the file's folder.
        config.data = config.data.map(|data| file.parent().unwrap_or(Path::new("")).join(data));
        Ok(config)
    }

    /// The settings of a text, or every mistake in it with its line.
    fn parse(text: &str) -> Result<Self, Vec<(usize, String)>> {
        let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        let table = DeTable::parse(text).map_err(|error| {
            vec![(line(error.span().map_or(0, |span| span.start)), error.message().to_owned())]
        })?;
        let (mut config, mut mistakes) = (Self::default(), Vec::new());
        for (key, value) in table.into_inner() {
            let at = line(key.span().start);
            let done = match key.get_ref().as_ref() {
                "data" => take(value, &mut config.data),
                "database" => take(value, &mut config.database),
                "listen" => take(value, &mut config.listen),
                "console" => take(value, &mut config.console),
                "console_origin" => take(value, &mut config.console_origin),
                "metrics" => take(value, &mut config.metrics),
                "name" => take(value, &mut config.name),
                "tenant" => take(value, &mut config.tenant),
                "heartbeat_seconds" => take(value, &mut config.heartbeat_seconds),
                "poll_seconds" => take(value, &mut config.poll_seconds),
                "allow_tokens" => take(value, &mut config.allow_tokens),
                _ => Err(format!("is not known; here stand {KEYS}")),
            };
            if let Err(what) = done {
                mistakes.push((at, format!("`{}` {what}", key.get_ref())));
            }
        }
        mistakes.sort();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }
}

fn take<'de, T: Deserialize<'de>>(
    value: toml::Spanned<toml::de::DeValue<'de>>,
    into: &mut Option<T>,
) -> Result<(), String> {
    let value = T::deserialize(ValueDeserializer::from(value));
    *into = Some(value.map_err(|error| format!("is wrong: {}", error.message()))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_by_their_names() {
        let text = "data = \"fleet\"\nlisten = \"0.0.0.0:8444\"\nname = [\"fleet.example\"]\nheartbeat_seconds = 30\nallow_tokens = true\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.data.as_deref(), Some(Path::new("fleet")));
        assert_eq!(config.listen.map(|listen| listen.port()), Some(8444));
        assert_eq!(config.name.as_deref(), Some(&["fleet.example".to_owned()][..]));
        assert_eq!((config.heartbeat_seconds, config.allow_tokens), (Some(30), Some(true)));
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }

    #[test]
    fn the_examples_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd");
        let read = |name: &str| Config::read(Some(&folder.join(name))).unwrap();
        let [one, a, b] = ["one.toml", "a.toml", "b.toml"].map(read);
        assert!(one.database.is_none() && one.listen.is_some());
        assert_eq!(a.database, b.database);
        assert_ne!((a.data, a.listen, a.console, a.metrics), (b.data, b.listen, b.console, b.metrics));
    }

    #[test]
    fn every_mistake_has_its_line() {
        let text = "listen = \"nowhere\"\n\nlisen = \"0.0.0.0:1\"\nheartbeat_seconds = -1\nname = \"one\"\ntenant = \"t\"\n";
        let mistakes = Config::parse(text).unwrap_err();
        let lines: Vec<usize> = mistakes.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 4, 5], "{mistakes:?}");
        assert!(mistakes[1].1.starts_with("`lisen` is not known; here stand data, "), "{mistakes:?}");
        assert_eq!(Config::parse("a = 1\nb = = 2\n").unwrap_err()[0].0, 2);
    }
}
