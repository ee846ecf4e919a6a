# Chooses the slot as RAUC's U-Boot backend expects: BOOT_ORDER, BOOT_A_LEFT, BOOT_B_LEFT. One try is used up, and saved,
# before anything of the slot is read; who has painted and answered marks it good, and that sets the tries back.
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3

setenv slot
for candidate in ${BOOT_ORDER}; do
	if test -n "${slot}"; then
		true
	elif test "${candidate}" = "A" && test ${BOOT_A_LEFT} -gt 0; then
		setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
		setenv slot A
		setenv boot_part boot-a
	elif test "${candidate}" = "B" && test ${BOOT_B_LEFT} -gt 0; then
		setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
		setenv slot B
		setenv boot_part boot-b
	fi
done

if test -z "${slot}"; then
	# No slot has a try left: all begin anew, slowly.
	setenv BOOT_A_LEFT 3
	setenv BOOT_B_LEFT 3
	saveenv
	sleep 10
	reset
fi
saveenv

part number ${devtype} ${devnum} ${boot_part} boot_number
# A signed FIT: kernel and device trees; a board with its key fused starts no other (docs/firmware.md). The tree of the slot
# says what the kernel is told, the root's hash too: an environment variable would take its place.
setenv bootargs
load ${devtype} ${devnum}:${boot_number} ${kernel_addr_r} /image.fit && bootm ${kernel_addr_r}#slot-${slot}
reset
