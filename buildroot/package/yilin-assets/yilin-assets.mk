################################################################################
#
# yilin-assets
#
################################################################################

YILIN_ASSETS_VERSION = $(call qstrip,$(BR2_YILIN_VERSION))
YILIN_ASSETS_SITE = $(call qstrip,$(BR2_YILIN_SOURCE))
YILIN_ASSETS_SITE_METHOD = git
YILIN_ASSETS_LICENSE = MIT
YILIN_ASSETS_LICENSE_FILES = \
	assets/input/LICENSE-jieba.txt \
	assets/input/LICENSE-pypinyin.txt \
	assets/models/tiny_face_detector/LICENSE \
	assets/models/face_landmark_68_tiny/LICENSE

YILIN_ASSETS_FILES = \
	input/pinyin.tsv \
	models/tiny_face_detector/tiny_face_detector_model-weights_manifest.json \
	models/tiny_face_detector/tiny_face_detector_model.bin \
	models/face_landmark_68_tiny/face_landmark_68_tiny_model-weights_manifest.json \
	models/face_landmark_68_tiny/face_landmark_68_tiny_model.bin

define YILIN_ASSETS_INSTALL_TARGET_CMDS
	$(foreach file,$(YILIN_ASSETS_FILES),\
		$(INSTALL) -D -m 0644 $(@D)/assets/$(file) \
			$(TARGET_DIR)/usr/share/yilin/$(file)
	)
endef

$(eval $(generic-package))
