################################################################################
#
# yilin-terminal
#
################################################################################

YILIN_TERMINAL_VERSION = $(call qstrip,$(BR2_YILIN_VERSION))
YILIN_TERMINAL_SITE = $(call qstrip,$(BR2_YILIN_SOURCE))
YILIN_TERMINAL_SITE_METHOD = git
YILIN_TERMINAL_LICENSE = GPL-3.0
YILIN_TERMINAL_LICENSE_FILES = LICENSE

# The workspace's lock file counts; of its members one is built.
YILIN_TERMINAL_CARGO_BUILD_OPTS = \
	--package kiosk-ui \
	--bin yilin-terminal \
	--no-default-features \
	--features pkcs11,asset-files

# No word lists of other languages: docs/decisions/segmenter.md.
YILIN_TERMINAL_CARGO_ENV = ICU4X_DATA_DIR=$(@D)/kiosk-ui/icu

define YILIN_TERMINAL_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 \
		$(@D)/target/$(RUSTC_TARGET_NAME)/$(if $(BR2_ENABLE_DEBUG),debug,release)/yilin-terminal \
		$(TARGET_DIR)/usr/bin/yilin-terminal
endef

define YILIN_TERMINAL_USERS
	yilin-ui -1 yilin-ui -1 * /var/lib/yilin/terminal - video,input,audio,dialout,lp,yilin Terminal program
endef

$(eval $(cargo-package))
