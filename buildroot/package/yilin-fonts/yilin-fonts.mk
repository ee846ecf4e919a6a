################################################################################
#
# yilin-fonts
#
################################################################################

YILIN_FONTS_VERSION = $(call qstrip,$(BR2_YILIN_VERSION))
YILIN_FONTS_SITE = $(call qstrip,$(BR2_YILIN_SOURCE))
YILIN_FONTS_SITE_METHOD = git
YILIN_FONTS_LICENSE = OFL-1.1
YILIN_FONTS_LICENSE_FILES = assets/fonts/OFL.txt

define YILIN_FONTS_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0644 $(@D)/assets/fonts/YilinSans-Regular.otf \
		$(TARGET_DIR)/usr/share/yilin/fonts/YilinSans-Regular.otf
	$(INSTALL) -D -m 0644 $(@D)/assets/fonts/YilinSans-Bold.otf \
		$(TARGET_DIR)/usr/share/yilin/fonts/YilinSans-Bold.otf
endef

$(eval $(generic-package))
