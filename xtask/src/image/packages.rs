//! Debian's packages: from a mirror into the cache, by name, version and sum; and the lock made anew.
//!
//! Duty: nothing but what the lock names comes into an image. Never: change this machine's own package lists.

use super::lock::{Lock, Package, Use};
use super::{Folders, ImageError, emptied, lines, read, say, sha256, write};
use crate::program::{ProgramError, output};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The release that packages are taken of.
const RELEASE: &str = "bookworm";
/// Where the machine has no sources of that release.
const MIRROR: &str = "http://deb.debian.org";

/// apt with lists and cache of its own, and the machine's sources of the release.
struct Apt {
    folder: PathBuf,
    sources: Vec<String>,
}

impl Apt {
    fn updated(folders: &Folders) -> Result<Self, ImageError> {
        let apt = Self { folder: folders.shared.join("apt"), sources: sources()? };
        for name in ["lists/partial", "cache/archives/partial"] {
            let path = apt.folder.join(name);
            std::fs::create_dir_all(&path).map_err(|e| ImageError::File(path, e))?;
        }
        let also_sources =
            apt.sources.iter().flat_map(|line| [line.clone(), line.replacen("deb ", "deb-src ", 1)]);
        write(&apt.folder.join("sources.list"), also_sources.collect::<Vec<_>>().join("\n") + "\n")?;
        output(apt.command("apt-get").args(["--quiet", "update"]))?;
        Ok(apt)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let set = |name: &str, value: &str| format!("{name}={}", self.folder.join(value).display());
        for option in [
            set("Dir::Etc::sourcelist", "sources.list"),
            "Dir::Etc::sourceparts=-".to_owned(),
            set("Dir::State::lists", "lists"),
            set("Dir::Cache", "cache"),
            "APT::Architecture=amd64".to_owned(),
            // The cache need not be readable for apt's own user.
            "APT::Sandbox::User=root".to_owned(),
        ] {
            command.args(["--option", &option]);
        }
        command
    }

    /// Downloads all at once, packages or (`source`) the files of source packages: apt reads its lists anew for each of
    /// its starts.
    fn download(&self, what: &[String], source: bool, into: &Path) -> Result<(), ProgramError> {
        if what.is_empty() {
            return Ok(());
        }
        let doing: &[&str] =
            if source { &["source", "--download-only", "--only-source"] } else { &["download"] };
        let mut apt = self.command("apt-get");
        output(apt.arg("--quiet").args(doing).args(what).current_dir(into))?;
        Ok(())
    }
}

/// The lines of the machine's own sources for the release, or Debian's.
fn sources() -> Result<Vec<String>, ImageError> {
    let stated = std::env::var("YILIN_DEBIAN_MIRROR").ok();
    if stated.is_none() {
        let format = "$(LABEL)|$(CODENAME)|$(REPO_URI)|$(COMPONENT)";
        let mut asked = Command::new("apt-get");
        asked.args(["indextargets", "--format", format, "Created-By: Packages"]);
        let told = output(&mut asked)?;
        let lines: BTreeSet<String> = told
            .lines()
            .filter_map(|line| {
                let [label, codename, uri, component] = line.split('|').collect::<Vec<_>>()[..] else {
                    return None;
                };
                let ours = label.starts_with("Debian") && codename.starts_with(RELEASE);
                ours.then(|| format!("deb {uri} {codename} {component}"))
            })
            .collect();
        if lines.iter().any(|line| line.contains(&format!(" {RELEASE} "))) {
            return Ok(lines.into_iter().collect());
        }
    }
    let mirror = stated.as_deref().unwrap_or(MIRROR);
    Ok(vec![
        format!("deb {mirror}/debian {RELEASE} main"),
        format!("deb {mirror}/debian {RELEASE}-updates main"),
        format!("deb {mirror}/debian-security {RELEASE}-security main"),
    ])
}

/// Fetches what the cache lacks of the lock. Gives the folder that apt can take the packages of the root from.
pub(super) fn fetched(folders: &Folders, lock: &Lock) -> Result<PathBuf, ImageError> {
    let cache = folders.packages();
    std::fs::create_dir_all(&cache).map_err(|e| ImageError::File(cache.clone(), e))?;
    let missing: Vec<&Package> = lock.packages.iter().filter(|p| !cache.join(p.file()).exists()).collect();
    if !missing.is_empty() {
        say(&format!("{} packages are fetched", missing.len()));
        let apt = Apt::updated(folders)?;
        let named = |package: &Package| format!("{}={}", package.name, package.version);
        let (sources, packages): (Vec<_>, Vec<_>) =
            missing.iter().copied().partition(|package| package.usage == Use::Source);
        for (what, source) in [(packages, false), (sources, true)] {
            let names: Vec<String> = what.iter().copied().map(named).collect();
            apt.download(&names, source, &cache).map_err(|error| {
                let gone = what.iter().find(|package| !cache.join(package.file()).exists());
                gone.map_or_else(|| error.into(), |package| ImageError::Package(named(package)))
            })?;
        }
    }
    let offered = folders.shared.join("offered");
    emptied(&offered)?;
    let mut index = String::new();
    for package in &lock.packages {
        let file = cache.join(package.file());
        if sha256(&file)? != package.sum {
            return Err(ImageError::Sum(file));
        }
        if package.usage != Use::Install {
            continue;
        }
        let size = std::fs::metadata(&file).map_err(|e| ImageError::File(file.clone(), e))?.len();
        let fields = output(Command::new("dpkg-deb").arg("--field").arg(&file))?;
        let place = offered.join(package.file());
        std::fs::hard_link(&file, &place).map_err(|e| ImageError::File(place, e))?;
        index.push_str(&format!(
            "{}\nFilename: ./{}\nSize: {size}\nSHA256: {}\n\n",
            fields.trim_end(),
            package.file(),
            package.sum
        ));
    }
    write(&offered.join("Packages"), index)?;
    Ok(offered)
}

/// The names of a use in packages.list.
pub(super) fn wanted(board: &Path, usage: Use) -> Result<Vec<String>, ImageError> {
    let path = board.join("packages.list");
    let text = read(&path)?;
    let mut names = Vec::new();
    for (number, line) in lines(&text) {
        let (word, name) = line.split_once(' ').unwrap_or_default();
        let stated = Use::of(word)
            .ok_or_else(|| ImageError::List(path.clone(), number, "write install, extract or source"))?;
        if stated == usage {
            names.push(name.trim().to_owned());
        }
    }
    Ok(names)
}

/// Writes packages.lock from packages.list and what the mirror has now.
pub(super) fn relock(folders: &Folders) -> Result<(), ImageError> {
    let apt = Apt::updated(folders)?;
    let cache = folders.packages();
    let fresh = folders.shared.join("relock");
    emptied(&fresh)?;
    let mut strap = Command::new("mmdebstrap");
    strap.args(["--quiet", "--variant=essential", "--architectures=amd64", "--format=null"]);
    strap.args(["--aptopt=APT::Install-Recommends \"false\"", "--skip=essential/unlink"]);
    strap.arg(format!("--include={}", wanted(&folders.board, Use::Install)?.join(",")));
    strap.arg(format!("--customize-hook=cp \"$1\"/var/cache/apt/archives/*.deb '{}'", fresh.display()));
    strap.args([RELEASE, "-"]).args(&apt.sources);
    output(&mut strap)?;
    let mut packages = locked(&fresh, Use::Install, &cache)?;
    let mut extracted = Vec::new();
    for name in wanted(&folders.board, Use::Extract)? {
        // The kernel's own name has its version in it.
        let depends = output(apt.command("apt-cache").args(["depends", &name]))?;
        let image = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-"));
        extracted.push(image.map_or(name, |version| format!("linux-image-{version}")));
    }
    apt.download(&extracted, false, &fresh)?;
    packages.extend(locked(&fresh, Use::Extract, &cache)?);
    for name in wanted(&folders.board, Use::Source)? {
        packages.push(source(&apt, &cache, &name)?);
    }
    packages.sort();
    let lines: Vec<String> = packages.iter().map(ToString::to_string).collect();
    let head = "# Made by `cargo xtask image --relock` from packages.list: use, name, version, architecture, SHA-256.\n";
    write(&folders.board.join("packages.lock"), format!("{head}{}\n", lines.join("\n")))?;
    say(&format!("{} packages are locked", packages.len()));
    Ok(())
}

/// Fetches a source package into the cache, as new as the installed one, and says what it is.
fn source(apt: &Apt, cache: &Path, name: &str) -> Result<Package, ImageError> {
    apt.download(&[name.to_owned()], true, cache)?;
    let told =
        output(apt.command("apt-get").args(["--quiet", "source", "--print-uris", "--only-source", name]))?;
    let file =
        told.lines().filter_map(|line| line.split_whitespace().nth(1)).find(|file| file.ends_with(".dsc"));
    let file = file.ok_or_else(|| ImageError::Absent(cache.to_owned(), "source package"))?;
    let version = file.trim_end_matches(".dsc").split_once('_').map_or("", |(_, version)| version).to_owned();
    let sum = sha256(&cache.join(file))?;
    let architecture = "source".to_owned();
    Ok(Package { usage: Use::Source, name: name.to_owned(), version, architecture, sum })
}

/// Moves the files of a folder into the cache, and says what they are.
fn locked(fresh: &Path, usage: Use, cache: &Path) -> Result<Vec<Package>, ImageError> {
    std::fs::create_dir_all(cache).map_err(|e| ImageError::File(cache.to_owned(), e))?;
    let entries = std::fs::read_dir(fresh).map_err(|e| ImageError::File(fresh.to_owned(), e))?;
    let mut packages = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(package) = Package::named(usage, file, sha256(&path)?) {
            let place = cache.join(package.file());
            std::fs::rename(&path, &place).map_err(|e| ImageError::File(place, e))?;
            packages.push(package);
        }
    }
    Ok(packages)
}
