//! What starts a root: kernel, initramfs and the root's hash in a partition of their own; the boot loader; the disk.

use super::root::{Root, modules};
use super::{Fault, Folders, ImageError, Options, copy, emptied, read, source_date, write};
use crate::program::output;
use crate::workspace;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the kernel is told besides its root. A fault of its own, or a processor that is stuck for twenty seconds, ends in a restart, which
/// the boot loader counts, also before anybody feeds the watchdog. It measures an emulated processor's counter against a timer,
/// mistrusts it, and then asks the timer for the time, each time at the price of an exit to QEMU. Huge pages would keep some 60 MB
/// of a gigabyte free for themselves, and nothing here is so large that they would help.
const CMDLINE: &str = "transparent_hugepage=never console=ttyS0 quiet loglevel=4 panic=5 oops=panic softlockup_panic=1 \
                       systemd.getty_auto=no systemd.volatile=state systemd.show_status=no \
                       vt.global_cursor_default=0 tsc=reliable module.sig_enforce=1 usbcore.authorized_default=0";
/// What GRUB needs for grub.cfg.
const GRUB_MODULES: [&str; 16] = [
    "part_gpt",
    "fat",
    "squash4",
    "normal",
    "configfile",
    "linux",
    "loadenv",
    "regexp",
    "test",
    "echo",
    "reboot",
    "sleep",
    "hashsum",
    "gcry_sha256",
    "gcry_sha512",
    "minicmd",
];
/// GRUB's environment block.
const ENVIRONMENT: usize = 1024;

/// The boot slot, made.
#[derive(Debug)]
pub(super) struct BootSlot {
    pub(super) image: PathBuf,
    /// GRUB for UEFI.
    grub: PathBuf,
}

pub(super) fn make(folders: &Folders, options: &Options, root: &Root) -> Result<BootSlot, ImageError> {
    let date = source_date()?;
    let work = folders.made("work")?;
    let slot = work.join("boot");
    emptied(&slot)?;
    copy(&root.kernel.0, &slot.join("vmlinuz"))?;
    initramfs(folders, root, &work, &slot.join("initrd"))?;
    let panic = if options.fault == Some(Fault::Panic) { " rdinit=/none" } else { "" };
    let Root { root_hash, hash_offset, .. } = root;
    let told = format!(
        "linux $boot/vmlinuz rauc.slot=$slot yilin.slot=$slot yilin.roothash={root_hash} yilin.hashoffset={hash_offset} \
         {CMDLINE}{panic}\ninitrd $boot/initrd\n"
    );
    write(&slot.join("slot.cfg"), told)?;
    let sums = output(Command::new("sha256sum").args(["initrd", "slot.cfg", "vmlinuz"]).current_dir(&slot))?;
    write(&slot.join("sums"), sums)?;
    if options.fault == Some(Fault::BrokenKernel) {
        break_kernel(&slot.join("vmlinuz"))?;
    }
    let image = folders.out.join("boot.img");
    let _old = std::fs::remove_file(&image);
    // What is the same in most versions stands first: a byte more before it, and an update would fetch all of it again.
    let order = work.join("boot-order");
    write(&order, "vmlinuz 2\ninitrd 1\n")?;
    let mut squash = Command::new("mksquashfs");
    squash.args([&slot, &image]).args(["-noI", "-noD", "-noF", "-noX", "-all-root", "-no-xattrs"]);
    squash.arg("-sort").arg(&order);
    squash.args(["-quiet", "-no-progress", "-all-time", &date, "-mkfs-time", &date]);
    output(&mut squash)?;
    let grub = grub(&root.extracted, &work)?;
    Ok(BootSlot { image, grub })
}

/// Another byte in the middle.
fn break_kernel(path: &Path) -> Result<(), ImageError> {
    let file = |e| ImageError::File(path.to_owned(), e);
    let mut bytes = std::fs::read(path).map_err(file)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 0x40;
    }
    std::fs::write(path, bytes).map_err(file)
}

fn initramfs(folders: &Folders, root: &Root, work: &Path, to: &Path) -> Result<(), ImageError> {
    let tree = work.join("initramfs-tree");
    emptied(&tree)?;
    for name in ["bin", "dev", "proc", "sys", "root", "modules", "usr/sbin"] {
        let path = tree.join(name);
        std::fs::create_dir_all(&path).map_err(|e| ImageError::File(path, e))?;
    }
    output(Command::new("cp").arg("--recursive").arg(root.initramfs.join(".")).arg(&tree))?;
    for (name, target) in [("lib64", "usr/lib/x86_64-linux-gnu"), ("lib", "usr/lib")] {
        let link = tree.join(name);
        std::os::unix::fs::symlink(target, &link).map_err(|e| ImageError::File(link, e))?;
    }
    std::os::unix::fs::symlink("../usr/sbin/veritysetup", tree.join("bin/veritysetup"))
        .map_err(|e| ImageError::File(tree.clone(), e))?;
    let busybox = ["bin/busybox", "usr/bin/busybox"].map(|place| root.extracted.join(place));
    let busybox = busybox.into_iter().find(|path| path.exists());
    let busybox = busybox.ok_or_else(|| ImageError::Absent(root.extracted.clone(), "busybox"))?;
    copy(&busybox, &tree.join("bin/busybox"))?;
    copy(&folders.board.join("init"), &tree.join("init"))?;
    let list = read(&folders.board.join("modules.list"))?;
    let mut order = String::new();
    for module in modules(&root.extracted, &root.kernel.1, &list, "initramfs")? {
        let name = module.file_name().unwrap_or_default();
        copy(&module, &tree.join("modules").join(name))?;
        let _ = writeln!(order, "{}", name.to_string_lossy());
    }
    write(&tree.join("modules/order"), order)?;
    let there =
        |module: &PathBuf| module.file_name().is_some_and(|name| tree.join("modules").join(name).exists());
    for place in ["first", "early"] {
        let mut named = String::new();
        for module in modules(&root.extracted, &root.kernel.1, &list, place)?.iter().filter(|it| !there(it)) {
            let _ =
                writeln!(named, "usr/{}", module.strip_prefix(&root.extracted).unwrap_or(module).display());
        }
        write(&tree.join("modules").join(place), named)?;
    }
    // No date of the version's: nobody reads one here, and with it each version would have another initramfs.
    let pack = "find . -exec touch --no-dereference --date=@0 {} + && chmod -R go-w,go+rX . && \
                find . -print0 | LC_ALL=C sort -z | \
                cpio --null --quiet --create --format=newc --reproducible --owner=0:0 | zstd -q -15 -T1 >\"$0\"";
    output(Command::new("sh").args(["-c", pack]).arg(to).current_dir(&tree))?;
    Ok(())
}

fn grub(extracted: &Path, work: &Path) -> Result<PathBuf, ImageError> {
    let to = work.join("BOOTX64.EFI");
    let mut make = Command::new(extracted.join("usr/bin/grub-mkimage"));
    make.arg("--directory").arg(extracted.join("usr/lib/grub/x86_64-efi"));
    make.args(["--format=x86_64-efi", "--prefix=/EFI/BOOT", "--output"]).arg(&to);
    output(make.args(GRUB_MODULES))?;
    Ok(to)
}

/// The disk as a factory writes it: the version in slot A, slot B empty and marked bad.
pub(super) fn disk(folders: &Folders, boot: &BootSlot) -> Result<(), ImageError> {
    let work = folders.made("work")?;
    let input = work.join("disk");
    emptied(&input)?;
    copy(&boot.grub, &input.join("BOOTX64.EFI"))?;
    copy(&workspace::root().join("buildroot/board/x86_64-efi/grub.cfg"), &input.join("grub.cfg"))?;
    write(&input.join("grubenv"), environment("ORDER=A B\nA_OK=1\nA_TRY=0\nB_OK=0\nB_TRY=0\n"))?;
    for name in ["boot.img", "root.img"] {
        let (from, to) = (folders.out.join(name), input.join(name));
        std::fs::hard_link(&from, &to).map_err(|e| ImageError::File(to, e))?;
    }
    let empty = work.join("empty");
    emptied(&empty)?;
    let scratch = work.join("genimage");
    let _old = std::fs::remove_dir_all(&scratch);
    let mut genimage = Command::new("genimage");
    genimage.arg("--config").arg(folders.board.join("genimage.cfg"));
    genimage.arg("--inputpath").arg(&input).arg("--outputpath").arg(&folders.out);
    genimage.arg("--rootpath").arg(&empty).arg("--tmppath").arg(&scratch);
    genimage.env("SOURCE_DATE_EPOCH", source_date()?);
    output(&mut genimage)?;
    Ok(())
}

/// What grub-editenv writes: a head, lines, padding.
fn environment(lines: &str) -> Vec<u8> {
    let mut block = format!("# GRUB Environment Block\n{lines}").into_bytes();
    block.resize(ENVIRONMENT, b'#');
    block
}
