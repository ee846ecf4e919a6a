//! The root's files that both images share, by the programs that will read them.

use super::{FirmwareError, Report, entries, files, network, read};
use crate::program::{ProgramError, has, output};
use crate::say;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where units lie.
const UNITS: &str = "usr/lib/systemd/system";
/// The most exposure that a service may have, in tenths: systemd's own scale goes to 100.
const EXPOSURE: u32 = 20;
/// Services that are allowed more, and why.
const EXPOSED: [(&str, &str); 2] = [
    (
        "yilin-data.service",
        "mounts for the whole machine, so without a mount namespace, once, before anything listens",
    ),
    ("yilin-stick@.service", "mounts for the whole machine, so without a mount namespace"),
];

pub(super) fn check(external: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let overlay = external.join("board/common/rootfs-overlay");
    units(&overlay, scratch, report)?;
    users(&overlay, scratch, report)?;
    preset(&overlay, report)?;
    network::check(&overlay, scratch, report)
}

/// Every unit is one that systemd understands, and shut in; a start with all of them has an order.
fn units(overlay: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    if !has("systemd-analyze", "units")? {
        return Ok(());
    }
    let folder = overlay.join(UNITS);
    let copies = scratch.join("units");
    let file = |at: &Path, e| FirmwareError::File(at.to_owned(), e);
    let mut verified = vec!["multi-user.target".to_owned()];
    for unit in files(&folder)? {
        let within = unit.strip_prefix(&folder).unwrap_or(&unit).to_string_lossy().into_owned();
        // What has a name only when it is started is verified under one.
        let copy = copies.join(within.replace("@.", "@x."));
        let parent = copy.parent().unwrap_or(&copies);
        std::fs::create_dir_all(parent).map_err(|e| file(parent, e))?;
        // The programs are not on this machine: what is verified is all the rest.
        let text = read(&unit)?;
        let copied = text.lines().map(without_programs).collect::<Vec<_>>().join("\n");
        std::fs::write(&copy, copied).map_err(|e| file(&copy, e))?;
        if parent != copies {
            continue;
        }
        for target in text.lines().filter_map(|line| line.strip_prefix("WantedBy=")) {
            let wants = copies.join(format!("{target}.wants"));
            std::fs::create_dir_all(&wants).map_err(|e| file(&wants, e))?;
            let link = wants.join(&within);
            std::os::unix::fs::symlink(&copy, &link).map_err(|e| file(&link, e))?;
        }
        verified.push(copy.display().to_string());
        if within.ends_with(".service") {
            exposure(&unit, &within, report)?;
        }
    }
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no", "--recursive-errors=yes"]).args(&verified);
    verify.env("SYSTEMD_UNIT_PATH", format!("{}:", copies.display()));
    let said = verify.output().map_err(|e| ProgramError::Start("systemd-analyze".to_owned(), e))?;
    let ours = copies.display().to_string();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    for line in said.lines().filter(|line| line.contains(&ours) || line.contains("ordering cycle")) {
        report.fault(&folder, line.replace(&ours, ""));
    }
    Ok(())
}

fn without_programs(line: &str) -> String {
    match line.split_once('=') {
        Some((key, _)) if key.starts_with("Exec") => format!("{key}=/bin/true"),
        _ => line.to_owned(),
    }
}

fn exposure(unit: &Path, name: &str, report: &mut Report) -> Result<(), FirmwareError> {
    let mut security = Command::new("systemd-analyze");
    security
        .args(["security", "--offline=true", "--no-pager"])
        .env("SYSTEMD_EMOJI", "0")
        .arg(format!("--threshold={EXPOSURE}"))
        .arg(unit);
    let said = security.output().map_err(|e| ProgramError::Start("systemd-analyze".to_owned(), e))?;
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    let level =
        words.lines().find_map(|line| line.split_once("Overall exposure level for ").map(|(_, rest)| rest));
    let level = level.and_then(|rest| rest.split_once(": ")).map_or("unknown", |(_, level)| level);
    let allowed = EXPOSED.iter().find(|(exposed, _)| *exposed == name);
    match allowed {
        Some((_, reason)) => say(&format!("{name}: exposure {level}, allowed: {reason}")),
        None => {
            say(&format!("{name}: exposure {level}"));
            report.check(
                said.status.success(),
                unit,
                format!("is exposed more than {}: {level}", f64::from(EXPOSURE) / 10.0),
            );
        }
    }
    Ok(())
}

/// The users are made as they are written.
fn users(overlay: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    if !has("systemd-sysusers", "users")? {
        return Ok(());
    }
    let file = overlay.join("usr/lib/sysusers.d/yilin.conf");
    let root = scratch.join("root");
    std::fs::create_dir_all(root.join("etc")).map_err(|e| FirmwareError::File(root.clone(), e))?;
    let made = output(Command::new("systemd-sysusers").arg(format!("--root={}", root.display())).arg(&file));
    if let Err(error) = made {
        report.fault(&file, error.to_string());
        return Ok(());
    }
    // What is expected of them stands in the units, and where their folders are in tmpfiles.d.
    let folders = overlay.join("usr/lib/tmpfiles.d/yilin.conf");
    if is_root() && has("systemd-tmpfiles", "folders")? {
        let mut make = Command::new("systemd-tmpfiles");
        make.arg(format!("--root={}", root.display())).arg("--create").arg(&folders);
        if let Err(error) = output(&mut make) {
            report.fault(&folders, error.to_string());
        }
    } else {
        say("folders are made by root alone: not checked");
    }
    let (passwd, group) = (read(&root.join("etc/passwd"))?, read(&root.join("etc/group"))?);
    for unit in units_of(overlay)? {
        let text = read(&unit)?;
        for (key, made) in [("User=", &passwd), ("Group=", &group), ("SupplementaryGroups=", &group)] {
            for who in text.lines().filter_map(|line| line.strip_prefix(key)).flat_map(str::split_whitespace)
            {
                let known = made.lines().any(|line| line.split(':').next() == Some(who));
                report.check(known, &unit, format!("{key}{who}, whom nobody makes"));
            }
        }
    }
    Ok(())
}

/// The units themselves, without what is added to others'.
fn units_of(overlay: &Path) -> Result<Vec<PathBuf>, FirmwareError> {
    Ok(entries(&overlay.join(UNITS))?.into_iter().filter(|unit| unit.is_file()).collect())
}

/// The kernel's folder of this process belongs to its user.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// What may be enabled is, and what is enabled is there.
fn preset(overlay: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let file = overlay.join("usr/lib/systemd/system-preset/10-yilin.preset");
    let text = read(&file)?;
    let enabled: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("enable ")).collect();
    let units = units_of(overlay)?;
    let mut names = Vec::new();
    for unit in &units {
        let name = unit.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = read(unit)?.lines().any(|line| line == "[Install]");
        report.check(
            wanted == enabled.contains(&name.as_str()),
            unit,
            "and the preset differ: is it enabled?",
        );
        names.push(name);
    }
    for one in enabled.iter().filter(|one| one.starts_with("yilin-")) {
        report.check(
            names.iter().any(|name| name == one),
            &file,
            format!("enables {one}, which is not there"),
        );
    }
    report.check(text.lines().last() == Some("disable *"), &file, "must end with `disable *`");
    Ok(())
}
