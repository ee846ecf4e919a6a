//! What a Buildroot tree says of our configurations and packages. Nothing is downloaded or built.

use super::{FirmwareError, Report, entries, files, read};
use crate::program::output;
use crate::say;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Our packages, all of which a kiosk's configuration has.
const PACKAGES: [&str; 5] = ["yilin-terminal", "yilin-agent", "yilin-assets", "yilin-fonts", "yilin-voice"];

pub(super) fn check(folder: &Path, external: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    for configuration in entries(&external.join("configs"))? {
        let name = configuration.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let out = crate::workspace::root().join("target/firmware").join(&name);
        std::fs::create_dir_all(&out).map_err(|e| FirmwareError::File(out.clone(), e))?;
        let make = |target: &str| {
            let mut make = Command::new("make");
            make.arg("--no-print-directory").arg("-s").arg("-C").arg(folder);
            make.arg(format!("O={}", out.display())).arg(format!("BR2_EXTERNAL={}", external.display()));
            make.arg(target);
            make
        };
        if let Err(error) = output(&mut make(&name)) {
            report.fault(&configuration, error.to_string());
            continue;
        }
        dropped(&configuration, &out, report)?;
        let saved = out.join("saved_defconfig");
        let mut save = make("savedefconfig");
        save.arg(format!("BR2_DEFCONFIG={}", saved.display()));
        output(&mut save)?;
        superfluous(&configuration, &saved, report)?;
        packages(&configuration, &output(&mut make("show-info"))?, report);
        say(&format!("{name}: read, saved and described by Buildroot"));
    }
    style(folder, external, report)
}

/// A symbol that Buildroot does not know, or whose needs are not met, is dropped without a word.
fn dropped(configuration: &Path, out: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let resolved = read(&out.join(".config"))?;
    let resolved: BTreeSet<&str> = resolved.lines().collect();
    for line in symbols(&read(configuration)?) {
        report.check(resolved.contains(line), configuration, format!("{line} is dropped"));
    }
    Ok(())
}

/// What is the default needs not be said: it hides what is.
fn superfluous(configuration: &Path, saved: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let saved = read(saved)?;
    let saved: BTreeSet<&str> = symbols(&saved).collect();
    for line in symbols(&read(configuration)?) {
        report.check(saved.contains(line), configuration, format!("{line} is the default"));
    }
    Ok(())
}

/// The lines of a configuration that set something.
fn symbols(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with("BR2_") || line.ends_with(" is not set"))
}

fn packages(configuration: &Path, described: &str, report: &mut Report) {
    let described: serde_json::Value = serde_json::from_str(described).unwrap_or_default();
    for package in PACKAGES {
        report.check(described.get(package).is_some(), configuration, format!("builds no {package}"));
    }
}

/// Buildroot's own opinion of a package's files.
fn style(folder: &Path, external: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let ours = files(&external.join("package"))?.into_iter().chain([external.join("Config.in")]);
    let mut check = Command::new(folder.join("utils/check-package"));
    check.arg("--br2-external").args(ours);
    if let Err(error) = output(&mut check) {
        report.fault(external, format!("check-package: {error}"));
    }
    Ok(())
}
