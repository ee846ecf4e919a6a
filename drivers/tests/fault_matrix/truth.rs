//! What must be said of each cause, typed from the design and not from the code.

use domain::device::{Cause, ConditionKind, DeviceState, TerminalDevice as Device};

/// Cause, XFS4IoT's state, who is needed, and a part of the remedy.
const TRUTH: [(Cause, DeviceState, ConditionKind, &str); 43] = [
    (Cause::Port, DeviceState::Offline, ConditionKind::Technician, "Check the cable"),
    (Cause::Permission, DeviceState::Offline, ConditionKind::Technician, "Give the user"),
    (Cause::Busy, DeviceState::DeviceBusy, ConditionKind::Technician, "Stop the other program"),
    (Cause::Unplugged, DeviceState::Offline, ConditionKind::Keeper, "Plug the"),
    (Cause::NoAnswer, DeviceState::Offline, ConditionKind::Keeper, "Check power and cable"),
    (Cause::BadLine, DeviceState::HardwareError, ConditionKind::Technician, "Replace the data cable"),
    (Cause::UnsteadyLine, DeviceState::Online, ConditionKind::Attention, "The line of the"),
    (Cause::Slow, DeviceState::Online, ConditionKind::Attention, "is too slow"),
    (Cause::Wedged, DeviceState::HardwareError, ConditionKind::Technician, "holds its driver"),
    (Cause::NotSupported, DeviceState::NoDevice, ConditionKind::Technician, "has no driver for it"),
    (Cause::Hardware, DeviceState::HardwareError, ConditionKind::Technician, "reports a defect"),
    (Cause::CoverOpen, DeviceState::UserError, ConditionKind::Keeper, "Close the cover"),
    (Cause::PaperOut, DeviceState::UserError, ConditionKind::Keeper, "Put new paper"),
    (Cause::PaperLow, DeviceState::Online, ConditionKind::Attention, "Have new paper ready"),
    (Cause::PaperJam, DeviceState::UserError, ConditionKind::Keeper, "take out the paper that is stuck"),
    (Cause::OutputFull, DeviceState::UserError, ConditionKind::Keeper, "out of the output tray"),
    (Cause::TonerOut, DeviceState::UserError, ConditionKind::Keeper, "Put a new cartridge"),
    (Cause::Paused, DeviceState::UserError, ConditionKind::Keeper, "Press resume"),
    (Cause::Cutter, DeviceState::HardwareError, ConditionKind::Technician, "turn the cutter back"),
    (Cause::Overheated, DeviceState::Offline, ConditionKind::Keeper, "cool for some minutes"),
    (Cause::FeedButton, DeviceState::UserError, ConditionKind::Keeper, "Release the feed button"),
    (Cause::Offline, DeviceState::Offline, ConditionKind::Keeper, "Press the online key"),
    (Cause::Format, DeviceState::Online, ConditionKind::Technician, "Switch PDF on"),
    (Cause::SecurityModule, DeviceState::HardwareError, ConditionKind::Technician, "security module"),
    (Cause::CardRemoved, DeviceState::Online, ConditionKind::Media, "place the card again"),
    (Cause::InvalidCard, DeviceState::Online, ConditionKind::Media, "try again with an identity card"),
    (Cause::CardSecurity, DeviceState::Online, ConditionKind::Media, "check the authorisation"),
    (Cause::CardUnreadable, DeviceState::Online, ConditionKind::Media, "Try another card"),
    (Cause::Dark, DeviceState::UserError, ConditionKind::Keeper, "covers the lens"),
    (Cause::Frozen, DeviceState::HardwareError, ConditionKind::Technician, "picture still stands"),
    (Cause::Refused, DeviceState::HardwareError, ConditionKind::Technician, "Check model, unit number"),
    (Cause::DoorOpen, DeviceState::PotentialFraud, ConditionKind::Keeper, "who opened the cabinet"),
    (Cause::OnBattery, DeviceState::Online, ConditionKind::Attention, "why mains are away"),
    (Cause::BatteryLow, DeviceState::Online, ConditionKind::Keeper, "Bring mains back"),
    (Cause::ReplaceBattery, DeviceState::HardwareError, ConditionKind::Technician, "Replace the battery"),
    (Cause::DataStale, DeviceState::Offline, ConditionKind::Technician, "restart NUT"),
    (Cause::UnknownName, DeviceState::NoDevice, ConditionKind::Technician, "Check the name"),
    (Cause::NoMixer, DeviceState::NoDevice, ConditionKind::Technician, "sound card"),
    (Cause::Muted, DeviceState::Online, ConditionKind::Attention, "Unmute"),
    (Cause::Timeout, DeviceState::Offline, ConditionKind::Technician, "ask the vendor"),
    (Cause::Crashed, DeviceState::HardwareError, ConditionKind::Technician, "Report the time of the crash"),
    (Cause::WrongVersion, DeviceState::HardwareError, ConditionKind::Technician, "version of the agreement"),
    (Cause::InvalidAnswer, DeviceState::HardwareError, ConditionKind::Technician, "Report the wrong answer"),
];

fn of(cause: Cause) -> (DeviceState, ConditionKind, &'static str) {
    let row = TRUTH.iter().find(|(known, ..)| *known == cause);
    let (_, state, kind, remedy) = row.unwrap_or_else(|| panic!("{cause:?} needs a row here"));
    (*state, *kind, *remedy)
}

/// Whether state and kind are right.
pub(crate) fn holds(device: Device, cause: Option<Cause>, state: DeviceState, kind: ConditionKind) -> bool {
    match cause {
        Some(cause) => (state, kind) == (of(cause).0, of(cause).1),
        None => (state, kind) == (DeviceState::Online, ConditionKind::Ready) && Device::ALL.contains(&device),
    }
}

/// Whether a technician is told what to do, and only where there is something to do.
pub(crate) fn tells_a_technician(cause: Option<Cause>, remedy: Option<&str>) -> bool {
    match (cause, remedy) {
        (None, None) => true,
        (Some(cause), Some(remedy)) => remedy.contains(of(cause).2),
        _ => false,
    }
}

/// Whether a resident is told what they notice, calmly, and nothing else.
pub(crate) fn tells_a_resident(device: Device, cause: Option<Cause>, sentence: Option<&str>) -> bool {
    let Some(cause) = cause else { return sentence.is_none() };
    let part = match (device, cause) {
        (_, Cause::OnBattery | Cause::BatteryLow) => "Mains are away",
        (Device::CodeScanner | Device::IoBoard | Device::PowerSupply, _) => return sentence.is_none(),
        (Device::Speaker, _) => "on the screen as well",
        (_, Cause::CardRemoved) => "left a little early",
        (_, Cause::CardUnreadable) => "turn it and place it again",
        (_, Cause::InvalidCard) => "place your ID card",
        (_, Cause::CardSecurity) => "There is another way",
        (_, Cause::UnsteadyLine | Cause::Slow | Cause::PaperLow) => return sentence.is_none(),
        (Device::IdCardReader | Device::Camera, _) => "please use another way",
        (Device::FaceEngine, _) => "go on without",
        (_, Cause::PaperOut) => "out of paper",
        (_, Cause::CoverOpen) => "cover is open",
        (_, Cause::PaperJam | Cause::Cutter) => "Paper is stuck",
        (_, Cause::Hardware | Cause::Overheated | Cause::OutputFull | Cause::TonerOut) => "has a fault",
        _ => "does not answer",
    };
    sentence.is_some_and(|sentence| sentence.contains(part))
}
