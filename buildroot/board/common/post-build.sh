#!/bin/sh
# Buildroot calls it with the target folder and the board's name when all packages are installed. It checks what must be
# true of every image, and stops the build where it is not.
set -eu
target=$1
board=$2
tree=$(dirname "$0")/../..

fail() {
    echo "post-build: $*" >&2
    exit 1
}

# RAUC's configuration is the board's; the keyring is the city's (package yilin-site).
mkdir -p "$target/etc/rauc" "$target/var/lib/yilin"
case $board in
rk3568 | rk3588)
    cp "$tree/board/rockchip/rauc.conf" "$target/etc/rauc/system.conf"
    cp "$tree/board/rockchip/fw_env.config" "$target/etc/fw_env.config"
    ;;
*)
    cp "$tree/board/x86_64-efi/rauc.conf" "$target/etc/rauc/system.conf"
    # Where RAUC counts the slots' tries: GRUB's environment. Built again, the line is not there twice.
    mkdir -p "$target/efi"
    grep -q '^PARTLABEL=esp ' "$target/etc/fstab" ||
        echo 'PARTLABEL=esp /efi vfat umask=0077,nodev,nosuid,noexec,nofail,x-systemd.after=yilin-terminal.service 0 0' >>"$target/etc/fstab"
    [ -x "$target/usr/bin/grub-editenv" ] || fail "RAUC needs grub-editenv"
    ;;
esac
sed -i "s/@BOARD@/$board/" "$target/etc/rauc/system.conf"
# By these the agent knows what runs, and what may replace it.
sed -i '/^IMAGE_ID=/d; /^IMAGE_VERSION=/d' "$target/usr/lib/os-release"
printf 'IMAGE_ID=yilin-%s\nIMAGE_VERSION=%s\n' "$board" "${YILIN_IMAGE_VERSION:-0.0.0}" >>"$target/usr/lib/os-release"

for program in yilin-terminal yilin-agent; do
    [ -x "$target/usr/bin/$program" ] || fail "$program is missing"
done
for face in Regular Bold; do
    [ -f "$target/usr/share/yilin/fonts/YilinSans-$face.otf" ] || fail "the screen has no typeface"
done
[ -f "$target/usr/share/yilin/input/pinyin.tsv" ] || fail "the pinyin pad has no words"
# A release contains no simulator.
if grep -aq 'yilin-sim-' "$target/usr/bin/yilin-terminal"; then
    fail "yilin-terminal was built with its simulators"
fi
if grep -Eq '^[^:]+:([^!*:]|$)' "$target/etc/shadow"; then
    fail "an account has a password, or none at all"
fi
if find "$target" -xdev -perm /6000 -type f | grep -q .; then
    find "$target" -xdev -perm /6000 -type f -exec chmod a-s {} +
fi
for getty in getty@tty1 serial-getty@ttyS0 console-getty; do
    if find "$target/etc/systemd/system" -name "$getty.service" 2>/dev/null | grep -q wants; then
        fail "$getty would give a login"
    fi
done
[ -f "$target/etc/nftables.conf" ] || fail "no rules for the network"
