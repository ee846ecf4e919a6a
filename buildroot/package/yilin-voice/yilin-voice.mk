################################################################################
#
# yilin-voice
#
################################################################################

YILIN_VOICE_LICENSE = GPL-3.0
YILIN_VOICE_DEPENDENCIES = alsa-lib alsa-utils
YILIN_VOICE_CLIPS = $(call qstrip,$(BR2_PACKAGE_YILIN_VOICE_PATH))

define YILIN_VOICE_INSTALL_TARGET_CMDS
	mkdir -p $(TARGET_DIR)/usr/share/yilin/voice
	$(if $(YILIN_VOICE_CLIPS),cp -a $(YILIN_VOICE_CLIPS)/. $(TARGET_DIR)/usr/share/yilin/voice/)
endef

$(eval $(generic-package))
