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

YILIN_FONTS_FILES = \
	fonts/YilinSans-Regular.otf \
	fonts/YilinSans-Bold.otf

define YILIN_FONTS_INSTALL_TARGET_CMDS
	$(foreach file,$(YILIN_FONTS_FILES),\
		$(INSTALL) -D -m 0644 $(@D)/assets/$(file) \
			$(TARGET_DIR)/usr/share/yilin/$(file)
	)
endef

$(eval $(generic-package))
