#!/bin/sh
# Buildroot calls it with the images folder and the board's name: root under dm-verity, boot slot, disk and bundle.
# The signer's key is never here: `rauc bundle` takes it from RAUC_KEY and RAUC_CERT (a PKCS #11 address is one), and
# without them the bundle is left unsigned for the machine that has them. YILIN_BOOT_KEYS is the folder of yilin-boot.key and
# yilin-boot.crt, with which a Rockchip's loader knows its kernel; without it the FIT is not signed.
set -eu
images=$1
board=$2
tree=$(dirname "$0")/../..
version=${YILIN_IMAGE_VERSION:-0.0.0}
cd "$images"

# 1. The root and its hash tree in one file, so that a slot is one partition.
cp rootfs.squashfs root.img
size=$(stat -c %s root.img)
data=$(((size + 4095) / 4096))
truncate -s $((data * 4096)) root.img
# The salt is the board's name, the same in all versions: blocks that two share have the same hashes in both, and an update
# fetches of the tree what stands for the others.
salt=$(printf %s "yilin-$board" | od -An -v -tx1 | tr -d ' \n')
veritysetup format --salt="$salt" --uuid=59494c4e-0000-4000-8000-0000000000ff --data-blocks="$data" \
    --hash-offset=$((data * 4096)) root.img root.img >verity.txt
hash=$(awk '/^Root hash/{print $3}' verity.txt)
# What the kernel's dm-init reads: veritysetup keeps a header of one block before the tree. An eMMC is found late, so the
# partition is waited for. No quotes here: a boot loader that needs them has its own.
table() {
    printf 'root,,,ro,0 %d verity 1 PARTLABEL=%s PARTLABEL=%s 4096 4096 %d %d sha256 %s %s' \
        $((data * 8)) "$1" "$1" "$data" $((data + 1)) "$hash" "$salt"
}

# What each kernel is told besides its slot and root. One that is stuck for twenty seconds starts again, also before anybody feeds the
# watchdog; by word, for the configuration's own switch became a number in later kernels.
words='root=/dev/dm-0 ro rootwait panic=5 softlockup_panic=1 quiet loglevel=4 usbcore.authorized_default=0'

# 2. The boot slot.
rm -rf boot-slot && mkdir boot-slot
case $board in
rk3568 | rk3588)
    dtb=$(ls ./*.dtb | head -n 1)
    # The kernel's words stand in the device tree, so that the FIT's signature covers the root hash; a tree for each slot.
    for slot in A B; do
        root=root-$(echo "$slot" | tr AB ab)
        cp "$dtb" "slot-$slot.fdt"
        fdtput -p -t s "slot-$slot.fdt" /chosen bootargs "rauc.slot=$slot yilin.slot=$slot dm-mod.create=\"$(table "$root")\" dm-mod.waitfor=PARTLABEL=$root $words"
    done
    cp "$tree/board/rockchip/image.its" .
    mkimage -f image.its ${YILIN_BOOT_KEYS:+-k "$YILIN_BOOT_KEYS"} boot-slot/image.fit
    ;;
*)
    cp bzImage boot-slot/vmlinuz
    # GRUB itself puts quotes around a word with spaces, and would mask any inside it.
    cat >boot-slot/slot.cfg <<END
if [ "\$slot" = A ]; then set dm='$(table root-a)'; set part=root-a; else set dm='$(table root-b)'; set part=root-b; fi
linux \$boot/vmlinuz rauc.slot=\$slot yilin.slot=\$slot "dm-mod.create=\$dm" dm-mod.waitfor=PARTLABEL=\$part $words
END
    (cd boot-slot && sha256sum slot.cfg vmlinuz >sums)
    cp "$tree/board/x86_64-efi/grub.cfg" .
    grub-editenv grubenv create 2>/dev/null || {
        printf '# GRUB Environment Block\n' >grubenv
        head -c $((1024 - 25)) /dev/zero | tr '\0' '#' >>grubenv
    }
    ;;
esac
rm -f boot.img
mksquashfs boot-slot boot.img -noI -noD -noF -noX -all-root -no-xattrs -quiet

# 3. The disk as a factory writes it.
case $board in rk3568 | rk3588) layout=rockchip ;; *) layout=x86_64-efi ;; esac
rm -rf genimage.tmp && mkdir -p genimage.empty
genimage --config "$tree/board/$layout/genimage.cfg" --inputpath . --outputpath . --rootpath genimage.empty \
    --tmppath genimage.tmp

# 4. The bundle.
rm -rf bundle && mkdir bundle
ln boot.img root.img bundle/
cat >bundle/manifest.raucm <<END
[update]
compatible=yilin-$board
version=$version

[bundle]
format=verity

[image.boot]
filename=boot.img
adaptive=block-hash-index

[image.rootfs]
filename=root.img
adaptive=block-hash-index
END
if [ -n "${RAUC_KEY:-}" ] && [ -n "${RAUC_CERT:-}" ]; then
    rm -f "yilin-$board-$version.raucb"
    rauc --cert="$RAUC_CERT" --key="$RAUC_KEY" ${RAUC_INTERMEDIATE:+--intermediate="$RAUC_INTERMEDIATE"} \
        bundle bundle "yilin-$board-$version.raucb"
else
    echo "post-image: RAUC_KEY and RAUC_CERT are not set: bundle/ is to be signed elsewhere" >&2
fi
