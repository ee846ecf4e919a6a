//! packages.lock: every package of the image, with its version and its sum.

use super::{ImageError, lines, read};
use std::fmt;
use std::path::Path;

/// Whether a package becomes part of the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// It is installed in the root.
    Install,
    /// Some of its files are used.
    Extract,
    /// Its program is built here.
    Source,
}

impl Use {
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "install" => Some(Self::Install),
            "extract" => Some(Self::Extract),
            "source" => Some(Self::Source),
            _ => None,
        }
    }
}

/// A line of the lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) usage: Use,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    /// SHA-256 of the package's file; of a source it covers the files that this one names.
    pub(super) sum: String,
}

impl Package {
    /// Its file's name in Debian's archive and in the cache; of a source the one that names the others.
    pub(super) fn file(&self) -> String {
        if self.usage == Use::Source {
            return format!("{}_{}.dsc", self.name, self.version);
        }
        format!("{}_{}_{}.deb", self.name, self.version.replace(':', "%3a"), self.architecture)
    }

    /// What a file's name says of its package.
    pub(super) fn named(usage: Use, file: &str, sum: String) -> Option<Self> {
        let mut words = file.strip_suffix(".deb")?.split('_');
        let (name, version, architecture) = (words.next()?, words.next()?, words.next()?);
        let version = version.replace("%3a", ":");
        Some(Self { usage, name: name.to_owned(), version, architecture: architecture.to_owned(), sum })
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { usage, name, version, architecture, sum } = self;
        let word = match usage {
            Use::Install => "install",
            Use::Extract => "extract",
            Use::Source => "source",
        };
        write!(f, "{word} {name} {version} {architecture} {sum}")
    }
}

/// The whole file.
#[derive(Debug)]
pub(super) struct Lock {
    pub(super) packages: Vec<Package>,
}

impl Lock {
    pub(super) fn read(board: &Path) -> Result<Self, ImageError> {
        let path = board.join("packages.lock");
        let text = read(&path)?;
        let package = |(number, line): (usize, &str)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [usage, name, version, architecture, sum] = words[..] else { return Err(number) };
            let usage = Use::of(usage).ok_or(number)?;
            let [name, version, architecture, sum] = [name, version, architecture, sum].map(str::to_owned);
            Ok(Package { usage, name, version, architecture, sum })
        };
        let packages = lines(&text).map(package).collect::<Result<Vec<_>, _>>();
        let packages = packages.map_err(|number| {
            ImageError::List(path, number, "five words: use, name, version, architecture, sum")
        })?;
        Ok(Self { packages })
    }

    /// The package of that name and use.
    pub(super) fn one(&self, usage: Use, name: &str) -> Option<&Package> {
        self.used(usage).find(|package| package.name == name)
    }

    /// Those of one use.
    pub(super) fn used(&self, usage: Use) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(move |package| package.usage == usage)
    }
}
