//! Files that must agree with each other, though no program reads both: slots and partitions, fragments of one kernel.

use super::{FirmwareError, Report, files, read};
use std::collections::BTreeMap;
use std::path::Path;

/// Kernel symbols without which the hardening of docs/firmware.md is not there.
const MUST_BE: [(&str, &str); 8] = [
    ("CONFIG_DM_VERITY", "y"),
    ("CONFIG_MODULE_SIG_FORCE", "y"),
    ("CONFIG_IMA", "y"),
    ("CONFIG_SECURITY_LOCKDOWN_LSM", "y"),
    ("CONFIG_MAGIC_SYSRQ", "n"),
    ("CONFIG_VT", "n"),
    ("CONFIG_DEVMEM", "n"),
    ("CONFIG_KEXEC", "n"),
];

pub(super) fn check(external: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let boards = files(&external.join("board"))?;
    let common = external.join("board/common/linux.fragment");
    let mut kernel = BTreeMap::new();
    merge(&mut kernel, &read(&common)?).into_iter().for_each(|fault| report.fault(&common, fault));
    for (symbol, wanted) in MUST_BE {
        let has = kernel.get(symbol).map_or("not said", String::as_str);
        report.check(has == wanted, &common, format!("{symbol} is {has}, and must be {wanted}"));
    }
    for fragment in boards.iter().filter(|file| file.ends_with("linux.fragment") && **file != common) {
        let faults = merge(&mut kernel.clone(), &read(fragment)?);
        faults.into_iter().for_each(|fault| report.fault(fragment, fault));
    }
    for rauc in boards.iter().filter(|file| file.ends_with("rauc.conf")) {
        let layout = read(&rauc.with_file_name("genimage.cfg"))?;
        slot_faults(&read(rauc)?, &layout).into_iter().for_each(|fault| report.fault(rauc, fault));
    }
    Ok(())
}

/// Adds a fragment's lines to a kernel's; faults are lines that set nothing, and symbols that are set in two ways.
fn merge(kernel: &mut BTreeMap<String, String>, fragment: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for line in fragment.lines().filter(|line| !line.trim().is_empty()) {
        let unset = line.strip_prefix("# ").and_then(|rest| rest.strip_suffix(" is not set"));
        let (symbol, value) = match (unset, line.split_once('=')) {
            (Some(symbol), _) => (symbol, "n"),
            (None, _) if line.starts_with('#') => continue,
            (None, Some(pair)) if line.starts_with("CONFIG_") => pair,
            (None, _) => {
                faults.push(format!("`{line}` sets nothing"));
                continue;
            }
        };
        if let Some(before) = kernel.insert(symbol.to_owned(), value.to_owned())
            && before != value
        {
            faults.push(format!("{symbol} is {before}, and {value}"));
        }
    }
    faults
}

/// RAUC's slots are partitions of the disk that genimage writes, in two groups with a boot name each.
fn slot_faults(rauc: &str, layout: &str) -> Vec<String> {
    let partition = |line: &'_ str| {
        line.trim()
            .strip_prefix("partition ")
            .and_then(|rest| rest.strip_suffix('{'))
            .map(|name| name.trim().to_owned())
    };
    let partitions: Vec<String> = layout.lines().filter_map(partition).collect();
    let values = |key: &str| -> Vec<&str> {
        rauc.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
    };
    let mut faults = Vec::new();
    for device in values("device") {
        match device.strip_prefix("/dev/disk/by-partlabel/") {
            Some(label) if partitions.iter().any(|partition| partition == label) => {}
            Some(label) => faults.push(format!("{label} is no partition of genimage.cfg")),
            None => faults.push(format!("{device} is not named by its label")),
        }
    }
    if values("bootname") != ["A", "B"] {
        faults.push("the slots' boot names must be A and B".to_owned());
    }
    if !partitions.iter().any(|partition| partition == "data") {
        faults.push("genimage.cfg has no partition data".to_owned());
    }
    for key in ["compatible", "bootloader", "path"] {
        if values(key).len() != 1 {
            faults.push(format!("`{key}=` must be said once"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_that_is_set_in_two_ways_is_found() {
        let mut kernel = BTreeMap::new();
        assert!(merge(&mut kernel, "# words\nCONFIG_A=y\n\n# CONFIG_B is not set\n").is_empty());
        assert_eq!(merge(&mut kernel, "CONFIG_B=y\n"), ["CONFIG_B is n, and y"]);
        assert_eq!(merge(&mut kernel, "CONFIG_C\n"), ["`CONFIG_C` sets nothing"]);
        assert_eq!(merge(&mut kernel, "BR2_C=y\n"), ["`BR2_C=y` sets nothing"]);
    }

    #[test]
    fn a_slot_without_its_partition_is_found() {
        let layout = "\tpartition root-a {\n\t}\n\tpartition root-b {\n\t}\n\tpartition data {\n\t}\n";
        let rauc = "[system]\ncompatible=x\nbootloader=grub\n[keyring]\npath=/k\n\
             [slot.rootfs.0]\ndevice=/dev/disk/by-partlabel/root-a\nbootname=A\n\
             [slot.rootfs.1]\ndevice=/dev/disk/by-partlabel/root-b\nbootname=B\n";
        assert!(slot_faults(rauc, layout).is_empty());
        for (wrong, fault) in [
            (rauc.replace("root-b", "root-c"), "root-c is no partition of genimage.cfg"),
            (
                rauc.replace("/dev/disk/by-partlabel/root-b", "/dev/sda5"),
                "/dev/sda5 is not named by its label",
            ),
            (rauc.replace("bootname=B", "bootname=A"), "the slots' boot names must be A and B"),
            (rauc.replace("compatible=x\n", ""), "`compatible=` must be said once"),
        ] {
            assert_eq!(slot_faults(&wrong, layout), [fault]);
        }
        assert_eq!(
            slot_faults(rauc, &layout.replace("data", "rest")),
            ["genimage.cfg has no partition data"]
        );
    }
}
