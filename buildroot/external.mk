include $(sort $(wildcard $(BR2_EXTERNAL_YILIN_PATH)/package/*/*.mk))
