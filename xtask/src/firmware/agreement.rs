//! Files that must agree with each other, though no program reads both: slots and partitions, fragments of one kernel, what our programs
//! read from the root and what packages install there.

use super::{FirmwareError, Report, files, read};
use crate::workspace::root;
use std::collections::{BTreeMap, BTreeSet};
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

/// The packages that install what our programs read from the root.
const SHIPPING: [&str; 2] = ["package/yilin-assets/yilin-assets.mk", "package/yilin-fonts/yilin-fonts.mk"];

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
    let packages: Vec<String> =
        SHIPPING.iter().map(|name| read(&external.join(name))).collect::<Result<_, _>>()?;
    let shipped = read(&root().join("assets/files.list"))?;
    shipping_faults(&shipped, &packages)
        .into_iter()
        .for_each(|fault| report.fault(external.join("package"), fault));
    Ok(())
}

/// What our programs read from the root (assets/files.list) is what the packages' `_FILES` name, file for file.
fn shipping_faults(list: &str, packages: &[String]) -> Vec<String> {
    let named = |text: &str| -> Vec<String> {
        let joined = text.replace("\\\n", " ");
        let lists = joined.lines().filter_map(|line| line.split_once("_FILES ="));
        let lists = lists.filter(|(name, _)| !name.ends_with("_LICENSE"));
        lists.flat_map(|(_, files)| files.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    let installed: BTreeSet<String> = packages.iter().flat_map(|text| named(text)).collect();
    let shipped =
        list.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<BTreeSet<_>>();
    let absent = shipped.difference(&installed);
    let unread = installed.difference(&shipped);
    let absent = absent.map(|file| format!("{file} is read by our programs, and no package installs it"));
    absent.chain(unread.map(|file| format!("{file} is installed, and no program of ours reads it"))).collect()
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
    fn a_file_that_is_not_installed_is_found() {
        let list = "# words\nfonts/a.otf\ninput/b.tsv\n";
        let package = |files: &str| format!("X_LICENSE_FILES = a.txt\nX_FILES = \\\n\t{files}\n\ndefine X\n");
        let faults = |files: &[&str]| {
            shipping_faults(list, &files.iter().map(|files| package(files)).collect::<Vec<_>>())
        };
        assert!(faults(&["input/b.tsv", "fonts/a.otf"]).is_empty());
        assert!(faults(&["input/b.tsv \\\n\tfonts/a.otf"]).is_empty());
        assert_eq!(
            faults(&["input/b.tsv"]),
            ["fonts/a.otf is read by our programs, and no package installs it"]
        );
        assert_eq!(
            faults(&["input/b.tsv fonts/a.otf fonts/c.otf"]),
            ["fonts/c.otf is installed, and no program of ours reads it"]
        );
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
