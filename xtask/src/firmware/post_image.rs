//! What post-image.sh makes of a root: run on stand-ins for what Buildroot builds, in a folder of its own.
//!
//! Duty: see that each slot's kernel is told the root hash of the root that lies beside it. Never: build, or keep, an image.

use super::{FirmwareError, Report};
use crate::program::{has, output};
use crate::say;
use std::path::Path;
use std::process::Command;

/// Programs without which it does not run.
const PROGRAMS: [&str; 8] =
    ["mksquashfs", "veritysetup", "genimage", "mcopy", "mkdosfs", "mkimage", "fdtput", "grub-script-check"];

/// Makes the stand-ins, a key for the boot loader, and runs the script ($1) for a board ($2) in the folder it is started in.
const MAKE: &str = r#"set -e
mkdir tree efi-part efi-part/EFI efi-part/EFI/BOOT keys
echo a root >tree/file
mksquashfs tree rootfs.squashfs -quiet -no-progress
echo '/dts-v1/; / { chosen {}; };' | dtc -q -O dtb -o board.dtb
for file in Image bzImage boot.scr u-boot-rockchip.bin efi-part/EFI/BOOT/bootx64.efi; do echo "$file" >"$file"; done
openssl req -x509 -newkey rsa:2048 -nodes -batch -subj /CN=trial -keyout keys/yilin-boot.key -out keys/yilin-boot.crt 2>/dev/null
YILIN_BOOT_KEYS=keys "$1" . "$2" 2>&1
"#;

/// Looks at what was made: `slot.cfg` is GRUB's language, and the FIT's two trees are told apart.
const LOOK: &str = r#"set -e
hash=$(awk '/^Root hash/{print $3}' verity.txt)
veritysetup verify --hash-offset=$(($(stat -c %s rootfs.squashfs | awk '{print int(($1 + 4095) / 4096)}') * 4096)) root.img root.img "$hash"
case $1 in
rk*)
    for slot in A B; do
        part=root-$(echo "$slot" | tr AB ab)
        dumpimage -T flat_dt -p "$([ "$slot" = A ] && echo 1 || echo 2)" -o "found-$slot.dtb" boot-slot/image.fit >/dev/null
        fdtget found-"$slot".dtb /chosen bootargs | grep -F "rauc.slot=$slot " | grep -F "PARTLABEL=$part PARTLABEL=$part " | grep -qF " $hash "
        fdtget -t x boot-slot/image.fit "/configurations/slot-$slot/signature" value | grep -q ' '
        [ "$(fdtget boot-slot/image.fit "/configurations/slot-$slot" fdt)" = "fdt-$slot" ]
    done
    ;;
*)
    grub-script-check boot-slot/slot.cfg
    grub-script-check grub.cfg
    (cd boot-slot && sha256sum --quiet --check sums)
    grep -c " $hash " boot-slot/slot.cfg | grep -qx 1
    grep -o " $hash " boot-slot/slot.cfg | grep -c . | grep -qx 2
    ;;
esac
[ -s disk.img ]
"#;

pub(super) fn check(external: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    for program in PROGRAMS {
        if !has(program, "what post-image.sh makes")? {
            return Ok(());
        }
    }
    let script = external.join("board/common/post-image.sh");
    for board in ["x86_64-efi", "rk3568"] {
        let folder = scratch.join(board);
        std::fs::create_dir_all(&folder).map_err(|e| FirmwareError::File(folder.clone(), e))?;
        let run = |what: &str, arguments: &[&str]| {
            let mut shell = Command::new("sh");
            shell.args(["-c", what, "trial"]).args(arguments).current_dir(&folder);
            output(&mut shell)
        };
        let made = run(MAKE, &[&script.display().to_string(), board]).and_then(|_| run(LOOK, &[board]));
        match made {
            Ok(_) => say(&format!(
                "{board}: boot slot, disk and bundle's folder made of stand-ins; its kernel is told its root"
            )),
            Err(error) => report.fault(&script, format!("for {board}: {error}")),
        }
    }
    Ok(())
}
