//! The tree as Buildroot reads it: what is named is there, what is there is named.

use super::{FirmwareError, Report, entries, files, read};
use crate::program::has;
use std::path::Path;

pub(super) fn check(external: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let description = external.join("external.desc");
    let text = read(&description)?;
    report.check(
        text.lines().any(|line| line == "name: YILIN"),
        &description,
        "does not name the tree YILIN",
    );

    let menu = external.join("Config.in");
    let sourced = read(&menu)?;
    let sourced: Vec<&str> = sourced.lines().filter_map(|line| line.strip_prefix("source ")).collect();
    for package in entries(&external.join("package"))? {
        let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let line = format!("\"$BR2_EXTERNAL_YILIN_PATH/package/{name}/Config.in\"");
        report.check(sourced.contains(&line.as_str()), &menu, format!("does not source {name}"));
        for file in ["Config.in".to_owned(), format!("{name}.mk")] {
            report.check(package.join(&file).is_file(), &package, format!("has no {file}"));
        }
    }
    report.check(
        sourced.len() == entries(&external.join("package"))?.len(),
        &menu,
        "sources what is not there",
    );

    for configuration in entries(&external.join("configs"))? {
        for path in named(&read(&configuration)?) {
            report.check(
                external.join(&path).exists(),
                &configuration,
                format!("names {path}, which is not there"),
            );
        }
    }
    let with_shellcheck = has("shellcheck", "habits of scripts")?;
    for script in files(external)? {
        let Ok(text) = std::fs::read_to_string(&script) else { continue };
        if !text.starts_with("#!/bin/sh") {
            continue;
        }
        let checked = std::process::Command::new("sh").arg("-n").arg(&script).output();
        let sound = checked.map_err(|e| FirmwareError::File(script.clone(), e))?;
        report.check(sound.status.success(), &script, String::from_utf8_lossy(&sound.stderr).trim());
        report.check(is_executable(&script), &script, "is not executable");
        if with_shellcheck {
            let mut habits = std::process::Command::new("shellcheck");
            habits.args(["--severity=warning", "--format=gcc"]).arg(&script);
            let said = habits.output().map_err(|e| FirmwareError::File(script.clone(), e))?;
            report.check(said.status.success(), &script, String::from_utf8_lossy(&said.stdout).trim());
        }
    }
    Ok(())
}

/// The paths of this tree that a configuration names.
fn named(configuration: &str) -> Vec<String> {
    configuration
        .split("$(BR2_EXTERNAL_YILIN_PATH)/")
        .skip(1)
        .filter_map(|rest| rest.split(['"', ' ', '\n']).next())
        .map(str::to_owned)
        .collect()
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o111 == 0o111)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_a_configuration_names() {
        let text = "A=\"$(BR2_EXTERNAL_YILIN_PATH)/a/b $(BR2_EXTERNAL_YILIN_PATH)/c\"\nB=\"x\"\n";
        assert_eq!(named(text), ["a/b", "c"]);
    }
}
