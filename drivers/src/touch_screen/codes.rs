//! The numbers of linux/input-event-codes.h and linux/input.h that tell a touch screen from others, and a finger's way on it.

pub(super) use crate::evdev::{EV_KEY, EV_SYN, SYN_DROPPED};

pub(super) const EV_ABS: u16 = 3;
pub(super) const SYN_REPORT: u16 = 0;

pub(super) const INPUT_PROP_POINTER: u16 = 0;
pub(super) const INPUT_PROP_DIRECT: u16 = 1;
pub(super) const INPUT_PROP_BUTTONPAD: u16 = 2;
pub(super) const INPUT_PROP_ACCELEROMETER: u16 = 6;

pub(super) const KEY_TAB: u16 = 15;
pub(super) const KEY_ENTER: u16 = 28;
pub(super) const BTN_LEFT: u16 = 0x110;
/// The first of a joystick's buttons, and of a game pad's.
pub(super) const BTN_JOYSTICK: u16 = 0x120;
pub(super) const BTN_GAMEPAD: u16 = 0x130;
pub(super) const BTN_TOOL_FINGER: u16 = 0x145;
pub(super) const BTN_TOUCH: u16 = 0x14A;

pub(super) const ABS_X: u16 = 0;
pub(super) const ABS_Y: u16 = 1;
pub(super) const ABS_MT_SLOT: u16 = 0x2F;
pub(super) const ABS_MT_POSITION_X: u16 = 0x35;
pub(super) const ABS_MT_POSITION_Y: u16 = 0x36;
pub(super) const ABS_MT_TOOL_TYPE: u16 = 0x37;
pub(super) const ABS_MT_TRACKING_ID: u16 = 0x39;
pub(super) const ABS_MT_DISTANCE: u16 = 0x3B;
pub(super) const MT_TOOL_PALM: i32 = 2;
