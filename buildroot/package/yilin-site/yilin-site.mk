################################################################################
#
# yilin-site
#
################################################################################

YILIN_SITE_REDISTRIBUTE = NO
YILIN_SITE_FILES = $(call qstrip,$(BR2_PACKAGE_YILIN_SITE_PATH))

ifeq ($(BR2_PACKAGE_YILIN_SITE)$(BR_BUILDING),yy)
ifeq ($(YILIN_SITE_FILES),)
$(error No folder of the site's files: set BR2_PACKAGE_YILIN_SITE_PATH)
endif
endif

define YILIN_SITE_INSTALL_TARGET_CMDS
	cp -a $(YILIN_SITE_FILES)/. $(TARGET_DIR)/
endef

$(eval $(generic-package))
