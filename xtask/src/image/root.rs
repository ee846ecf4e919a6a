//! The root: Debian's packages, our files last, as a squashfs with its hash tree behind it.

use super::bundle::COMPATIBLE;
use super::keys::Keys;
use super::lock::{Lock, Use};
use super::programs::Program;
use super::{
    Fault, Folders, ImageError, Options, copy, emptied, lines, rauc, read, sbom, sha256, source_date, write,
};
use crate::program::output;
use crate::workspace;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One more squashfs would be another root: the tree's own name, and that of its file system, are the same in all.
const VERITY_UUID: &str = "59494c4e-0000-4000-8000-0000000000fe";
/// A block of dm-verity, and what the file system ends at.
const BLOCK: u64 = 4096;

/// The licences of what is shipped with our programs (docs/decisions/shipped.md), and each one's place in the root's documents.
const LICENCES: [(&str, &str); 5] = [
    ("fonts/OFL.txt", "yilin-fonts/copyright"),
    ("input/LICENSE-jieba.txt", "yilin/jieba"),
    ("input/LICENSE-pypinyin.txt", "yilin/pypinyin"),
    ("models/tiny_face_detector/LICENSE", "yilin/tiny_face_detector"),
    ("models/face_landmark_68_tiny/LICENSE", "yilin/face_landmark_68_tiny"),
];

/// The root, made.
#[derive(Debug)]
pub(super) struct Root {
    /// The file system, its hash tree behind it.
    pub(super) image: PathBuf,
    /// What dm-verity compares with, hexadecimal.
    pub(super) root_hash: String,
    /// Where the tree begins, in bytes.
    pub(super) hash_offset: u64,
    /// The kernel's package, unpacked, and its version.
    pub(super) kernel: (PathBuf, String),
    /// What the packages of use `extract` hold.
    pub(super) extracted: PathBuf,
    /// Files for the initramfs, from the root, and lists of what a start reads first.
    pub(super) initramfs: PathBuf,
}

pub(super) fn make(
    folders: &Folders,
    options: &Options,
    programs: &[Program],
    lock: &Lock,
    debs: &Path,
    keys: &Keys,
) -> Result<Root, ImageError> {
    let date = source_date()?;
    let work = folders.made("work")?;
    let extracted = extracted(folders, lock)?;
    let kernel = kernel(&extracted)?;

    let early = work.join("early");
    emptied(&early)?;
    stage(folders, &early, &extracted, &kernel, keys)?;
    copy(&rauc::built(folders, lock)?, &early.join("usr/bin/rauc"))?;
    let files = archive(&early, &work.join("early.tar"), &date)?;
    let strapped = strapped(folders, lock, debs, &files, &date)?;
    let tar = work.join("root.tar");
    copy(&strapped.join("debian.tar"), &tar)?;

    // What differs from version to version stands last, so that what stands before it is the same, block for block.
    let late = work.join("late");
    emptied(&late)?;
    for program in programs {
        let place = late.join("usr/bin").join(program.name);
        if options.fault == Some(Fault::NoPaint) && program.name == "yilin-terminal" {
            write(&place, "#!/bin/sh\nexit 1\n")?;
        } else {
            copy(&program.path, &place)?;
            output(Command::new("strip").arg(&place))?;
        }
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&place, executable).map_err(|e| ImageError::File(place, e))?;
    }
    let release = read(&strapped.join("os-release"))?;
    let image = format!("IMAGE_ID={COMPATIBLE}\nIMAGE_VERSION={}\n", options.version);
    write(&late.join("usr/lib/os-release"), release + &image)?;
    if options.fault == Some(Fault::NoNetwork) {
        write(
            &late.join("etc/yilin/network-fault.nft"),
            "insert rule inet yilin output oifname != \"lo\" drop\n",
        )?;
    }
    sbom::write(folders, lock, &programs.iter().map(|p| p.package).collect::<Vec<_>>(), options, &late)?;
    let late = archive(&late, &work.join("late.tar"), &date)?;
    output(Command::new("tar").arg("--concatenate").arg("--file").args([&tar, &late]))?;

    let image = folders.out.join("root.img");
    squash(&tar, &read(&folders.board.join("remove.list"))?, &image, &date)?;
    let (root_hash, hash_offset) = verity(&image)?;
    write(&folders.out.join("root-hash"), format!("{root_hash}\n"))?;
    Ok(Root { image, root_hash, hash_offset, kernel, extracted, initramfs: strapped.join("initramfs") })
}

/// Unpacks what is used of packages that are not installed.
fn extracted(folders: &Folders, lock: &Lock) -> Result<PathBuf, ImageError> {
    let folder = folders.made("work")?.join("extracted");
    emptied(&folder)?;
    for package in lock.used(Use::Extract) {
        let deb = folders.packages().join(package.file());
        output(Command::new("dpkg-deb").arg("--extract").args([&deb, &folder]))?;
    }
    Ok(folder)
}

fn kernel(extracted: &Path) -> Result<(PathBuf, String), ImageError> {
    let modules = extracted.join("lib/modules");
    let version = std::fs::read_dir(&modules).ok().and_then(|mut entries| entries.next()?.ok());
    let version = version.and_then(|entry| entry.file_name().into_string().ok());
    let version = version.ok_or(ImageError::Absent(modules, "kernel"))?;
    output(Command::new("depmod").arg("--basedir").args([extracted, Path::new(&version)]))?;
    Ok((extracted.join(format!("boot/vmlinuz-{version}")), version))
}

/// Our files but the programs: overlays, drivers of the kernel, keyring, typeface, licences.
fn stage(
    folders: &Folders,
    stage: &Path,
    extracted: &Path,
    kernel: &(PathBuf, String),
    keys: &Keys,
) -> Result<(), ImageError> {
    let common = workspace::root().join("buildroot/board/common/rootfs-overlay");
    for overlay in [common, folders.board.join("rootfs-overlay")] {
        output(
            Command::new("cp").args(["--recursive", "--no-dereference"]).arg(overlay.join(".")).arg(stage),
        )?;
    }
    let version = &kernel.1;
    let list = folders.board.join("modules.list");
    let list = read(&list)?;
    for place in ["first", "early", "root"] {
        for module in modules(extracted, version, &list, place)? {
            copy(&module, &stage.join("usr").join(module.strip_prefix(extracted).unwrap_or(&module)))?;
        }
    }
    for name in ["modules.builtin", "modules.builtin.modinfo", "modules.order"] {
        let from = extracted.join("lib/modules").join(version).join(name);
        copy(&from, &stage.join("usr/lib/modules").join(version).join(name))?;
    }
    output(Command::new("depmod").arg("--basedir").args([&stage.join("usr"), Path::new(version)]))?;
    let slots = read(&workspace::root().join("buildroot/board/x86_64-efi/rauc.conf"))?;
    write(&stage.join("etc/rauc/system.conf"), slots.replace("yilin-@BOARD@", COMPATIBLE))?;
    copy(&keys.keyring, &stage.join("etc/rauc/keyring.pem"))?;
    copy(&extracted.join("usr/bin/grub-editenv"), &stage.join("usr/bin/grub-editenv"))?;
    let (assets, ours) = (workspace::root().join("assets"), stage.join("usr/share/yilin"));
    for (_, name) in lines(&read(&assets.join("files.list"))?) {
        copy(&assets.join(name), &ours.join(name))?;
    }
    let documents = stage.join("usr/share/doc");
    for (licence, package) in LICENCES {
        copy(&assets.join(licence), &documents.join(package))?;
    }
    copy(&workspace::root().join("LICENSE"), &stage.join("usr/share/doc/yilin/copyright"))
}

/// The files of the drivers that a list names for a place, and of what they depend on, in the order of loading.
pub(super) fn modules(
    extracted: &Path,
    version: &str,
    list: &str,
    place: &str,
) -> Result<Vec<PathBuf>, ImageError> {
    let names = lines(list).filter_map(|(_, line)| line.split_once(' '));
    let names: Vec<&str> = names.filter(|(word, _)| *word == place).map(|(_, name)| name).collect();
    let mut modprobe = Command::new("modprobe");
    modprobe.args(["--all", "--show-depends", "--set-version", version, "--dirname"]).arg(extracted);
    let listed = output(modprobe.args(names))?;
    let mut found: Vec<PathBuf> = Vec::new();
    for module in listed.lines().filter_map(|line| line.strip_prefix("insmod ")) {
        let module = PathBuf::from(module.split_whitespace().next().unwrap_or_default());
        if !found.contains(&module) {
            found.push(module);
        }
    }
    Ok(found)
}

/// A folder as an archive that is the same each time.
pub(super) fn archive(folder: &Path, to: &Path, date: &str) -> Result<PathBuf, ImageError> {
    let mut tar = Command::new("tar");
    tar.args(["--create", "--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner"]);
    tar.args(["--mode=u+rw,go+rX,go-w", &format!("--mtime=@{date}")]);
    output(tar.arg("--file").arg(to).arg("--directory").arg(folder).arg("."))?;
    Ok(to.to_owned())
}

/// Debian with our files, and what of it the initramfs needs; kept for the versions of the same ingredients.
fn strapped(
    folders: &Folders,
    lock: &Lock,
    debs: &Path,
    files: &Path,
    date: &str,
) -> Result<PathBuf, ImageError> {
    let lists = ["packages.lock", "customize", "initramfs.list"].map(|name| folders.board.join(name));
    let mut ingredients = vec![date.to_owned(), sha256(files)?];
    for list in &lists {
        ingredients.push(sha256(list)?);
    }
    let kept = folders.shared.join("strapped");
    let named = kept.join("ingredients");
    let ingredients = ingredients.join("\n");
    if std::fs::read_to_string(&named).is_ok_and(|kept| kept == ingredients) {
        return Ok(kept);
    }
    emptied(&kept)?;
    let names: BTreeSet<&str> = lock.used(Use::Install).map(|p| p.name.as_str()).collect();
    let mut strap = Command::new("mmdebstrap");
    strap.args(["--quiet", "--variant=essential", "--architectures=amd64"]);
    strap.args(["--aptopt=APT::Install-Recommends \"false\""]);
    strap.arg(format!("--include={}", names.into_iter().collect::<Vec<_>>().join(",")));
    strap.arg(format!("--customize-hook='{}' \"$1\"", folders.board.join("customize").display()));
    strap.args(["", &kept.join("debian.tar").display().to_string()]);
    strap.arg(format!("deb [trusted=yes] copy://{} ./", debs.display()));
    strap.env("SOURCE_DATE_EPOCH", date);
    strap.env("FILES", files).env("BOARD", &folders.board).env("OUT", &kept);
    output(&mut strap)?;
    write(&named, ingredients)?;
    Ok(kept)
}

/// An archive as a file system, without the files of a list. Its zstd is of level 15, as it is when nothing is said.
fn squash(tar: &Path, without: &str, to: &Path, date: &str) -> Result<(), ImageError> {
    let _old = std::fs::remove_file(to);
    let archive = std::fs::File::open(tar).map_err(|e| ImageError::File(tar.to_owned(), e))?;
    let mut squash = Command::new("sqfstar");
    squash.args(["-comp", "zstd", "-b", "128K", "-mkfs-time", date, "-quiet", "-no-progress"]);
    // The archive's own top is not taken: without this it would have the time of the build (also with -root-time, in 4.5.1), and be
    // everybody's to write.
    squash.args(["-all-time", date, "-root-mode", "0755", "-root-uid", "0", "-root-gid", "0"]);
    squash.arg(to).args(lines(without).map(|(_, pattern)| pattern));
    output(squash.stdin(archive))?;
    Ok(())
}

/// Writes the hash tree behind the file system. Its salt is the board's name, the same in all versions: blocks that two versions share
/// have the same hashes in both, and an update fetches of the tree what stands for the others.
fn verity(image: &Path) -> Result<(String, u64), ImageError> {
    let size = std::fs::metadata(image).map_err(|e| ImageError::File(image.to_owned(), e))?.len();
    let offset = size.next_multiple_of(BLOCK);
    let salt: String = COMPATIBLE.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut format = Command::new("veritysetup");
    format.arg("format").args([image, image]);
    format.arg(format!("--hash-offset={offset}")).arg(format!("--data-blocks={}", offset / BLOCK));
    format.arg(format!("--salt={salt}")).arg(format!("--uuid={VERITY_UUID}"));
    let told = output(&mut format)?;
    let hash = told.lines().find_map(|line| line.strip_prefix("Root hash:"));
    let hash = hash.ok_or_else(|| ImageError::Absent(image.to_owned(), "root hash"))?;
    Ok((hash.trim().to_owned(), offset))
}
