//! The root's files that both images share, by the programs that will read them.

use super::{FirmwareError, Report, entries, network, read};
use crate::program::{ProgramError, has, output};
use crate::say;
use std::path::Path;
use std::process::Command;

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

/// Every unit is one that systemd understands, and shut in.
fn units(overlay: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    if !has("systemd-analyze", "units")? {
        return Ok(());
    }
    let folder = overlay.join("usr/lib/systemd/system");
    let copies = scratch.join("units");
    std::fs::create_dir_all(&copies).map_err(|e| FirmwareError::File(copies.clone(), e))?;
    let mut verified = Vec::new();
    for unit in entries(&folder)? {
        let name = unit.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let copy = copies.join(name.replace('@', "@x"));
        // The programs are not on this machine: what is verified is all the rest.
        let text = read(&unit)?.lines().map(without_programs).collect::<Vec<_>>().join("\n");
        std::fs::write(&copy, text).map_err(|e| FirmwareError::File(copy.clone(), e))?;
        verified.push(copy);
        if name.ends_with(".service") {
            exposure(&unit, &name, report)?;
        }
    }
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no", "--recursive-errors=no"]).args(&verified);
    verify.env("SYSTEMD_UNIT_PATH", format!("{}:", copies.display()));
    let said = verify.output().map_err(|e| ProgramError::Start("systemd-analyze".to_owned(), e))?;
    let ours = copies.display().to_string();
    for line in String::from_utf8_lossy(&said.stderr).lines().filter(|line| line.contains(&ours)) {
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
    for unit in entries(&overlay.join("usr/lib/systemd/system"))? {
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
    let units = entries(&overlay.join("usr/lib/systemd/system"))?;
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
