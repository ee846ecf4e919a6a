//! Rules of udev: each line is keys, operators and quoted values. udev ignores a line that is not, and says so to nobody.

use super::{FirmwareError, Report, entries, read};
use crate::program::output;
use std::path::Path;
use std::process::Command;

/// What a rule may match or set (udev(7)), without what stands in braces.
const KEYS: [&str; 29] = [
    "ACTION",
    "ATTR",
    "ATTRS",
    "CONST",
    "DEVPATH",
    "DRIVER",
    "DRIVERS",
    "ENV",
    "GOTO",
    "GROUP",
    "IMPORT",
    "KERNEL",
    "KERNELS",
    "LABEL",
    "MODE",
    "NAME",
    "OPTIONS",
    "OWNER",
    "PROGRAM",
    "RESULT",
    "RUN",
    "SECLABEL",
    "SUBSYSTEM",
    "SUBSYSTEMS",
    "SYMLINK",
    "SYSCTL",
    "TAG",
    "TAGS",
    "TEST",
];

pub(super) fn check(external: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    // udevadm reads rules since systemd 254; an older one knows devices alone.
    let knows = output(Command::new("udevadm").args(["verify", "--help"])).is_ok();
    for file in entries(&external.join("board/common/rootfs-overlay/usr/lib/udev/rules.d"))? {
        for (number, line) in read(&file)?.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(fault) = fault(line) {
                report.fault(&file, format!("line {}: {fault}", number + 1));
            }
        }
        if knows && let Err(error) = output(Command::new("udevadm").arg("verify").arg(&file)) {
            report.fault(&file, error.to_string());
        }
    }
    Ok(())
}

fn fault(rule: &str) -> Option<String> {
    let mut rest = rule;
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if rest.is_empty() {
            return None;
        }
        let Some((left, after)) = rest.split_once('"') else { return Some(format!("`{rest}` has no value")) };
        let Some((_, next)) = after.split_once('"') else { return Some(format!("`{rest}` is not closed")) };
        let key = left.trim_end_matches(['=', '!', '+', '-', ':']);
        let operator = left.get(key.len()..).unwrap_or_default();
        let bare = key.split('{').next().unwrap_or_default();
        if !KEYS.contains(&bare) || key.contains('{') != key.ends_with('}') {
            return Some(format!("`{key}` is no key of udev"));
        }
        if !["==", "!=", "=", "+=", "-=", ":="].contains(&operator) {
            return Some(format!("`{operator}` is no operator of udev"));
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_udev_would_ignore_is_found() {
        for right in [
            "ACTION==\"add\", ATTR{authorized}==\"0\", RUN+=\"/usr/lib/yilin/usb-allow %S%p\"",
            "SUBSYSTEM==\"tty\", KERNEL==\"ttyS[0-9]*|ttyUSB[0-9]*\", GROUP=\"dialout\", MODE=\"0660\"",
        ] {
            assert_eq!(fault(right), None);
        }
        for wrong in ["SUBSYTEM==\"usb\"", "ATTR{a=\"1\"", "MODE=0660", "MODE=\"0660", "KERNEL=!\"a\""] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
    }
}
