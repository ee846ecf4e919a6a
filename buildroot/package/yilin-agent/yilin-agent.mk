################################################################################
#
# yilin-agent
#
################################################################################

YILIN_AGENT_VERSION = $(call qstrip,$(BR2_YILIN_VERSION))
YILIN_AGENT_SITE = $(call qstrip,$(BR2_YILIN_SOURCE))
YILIN_AGENT_SITE_METHOD = git
YILIN_AGENT_LICENSE = GPL-3.0
YILIN_AGENT_LICENSE_FILES = LICENSE
YILIN_AGENT_CARGO_BUILD_OPTS = --package fleet-agent --bin yilin-agent

define YILIN_AGENT_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 \
		$(@D)/target/$(RUSTC_TARGET_NAME)/$(if $(BR2_ENABLE_DEBUG),debug,release)/yilin-agent \
		$(TARGET_DIR)/usr/bin/yilin-agent
endef

define YILIN_AGENT_USERS
	yilin-agent -1 yilin-agent -1 * /var/lib/yilin/agent - systemd-journal,yilin Fleet agent
endef

$(eval $(cargo-package))
