//! Why a device is as it is: one closed list for all of them.
//!
//! Duty: a word for each cause, the state that it makes, who mends it, and how. Never: hold a sentence; those are in the
//! table of messages.

use super::DeviceState;
use super::condition::ConditionKind;
use crate::messages::MessageId as M;

/// A cause of trouble. Words that a driver's own commands already have are the same here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// There is no such port.
    Port,
    /// This user may not open the port.
    Permission,
    /// Another program has the port.
    Busy,
    /// It was there and is gone.
    Unplugged,
    /// Nothing comes back: switched off, cable out, wrong speed.
    NoAnswer,
    /// What comes back cannot be understood.
    BadLine,
    /// It works, after asking again or between stray bytes.
    UnsteadyLine,
    /// It works, much slower than it should.
    Slow,
    /// Its driver's call does not return.
    Wedged,
    /// This build has no driver for such a port.
    NotSupported,
    /// Defective by its own word.
    Hardware,
    /// The cover is open.
    CoverOpen,
    /// No paper.
    PaperOut,
    /// The end of the roll is near.
    PaperLow,
    /// Paper is stuck.
    PaperJam,
    /// Paper is stuck in the exit.
    ExitBlocked,
    /// The tray for what comes out is full.
    OutputFull,
    /// No toner or ink.
    TonerOut,
    /// Somebody paused it, or cancelled its job.
    Paused,
    /// The cutter is stuck.
    Cutter,
    /// The head is too hot.
    Overheated,
    /// Somebody holds the feed button.
    FeedButton,
    /// Offline, and it does not say why.
    Offline,
    /// Nobody took the paper that was held out.
    NotTaken,
    /// What was to be printed does not fit this paper.
    Document,
    /// The printer takes no file of that format.
    Format,
    /// The reader's security module failed.
    SecurityModule,
    /// A card was taken away before it was read.
    CardRemoved,
    /// What lies there is no identity card.
    InvalidCard,
    /// Card and security module do not trust each other.
    CardSecurity,
    /// The card's content cannot be read or understood.
    CardUnreadable,
    /// Something covers the lens, or there is no light.
    Dark,
    /// The same picture again and again.
    Frozen,
    /// What comes is no whole picture.
    NoPicture,
    /// The board refuses a request: another model, or wired otherwise.
    Refused,
    /// The cabinet stands open.
    DoorOpen,
    /// Mains are away.
    OnBattery,
    /// Mains are away, and the battery is nearly empty.
    BatteryLow,
    /// The battery is worn out.
    ReplaceBattery,
    /// The service answers and has lost its device.
    DataStale,
    /// The service answers and knows no device of that name.
    UnknownName,
    /// No sound card, or no such control.
    NoMixer,
    /// Switched to silent.
    Muted,
    /// The program is not there or does not start.
    NotStarted,
    /// The program did not answer in time, and was ended.
    Timeout,
    /// The program crashed.
    Crashed,
    /// The program speaks another version of the agreement.
    WrongVersion,
    /// The program answers what the agreement does not know.
    InvalidAnswer,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 48] = [
        Self::Port,
        Self::Permission,
        Self::Busy,
        Self::Unplugged,
        Self::NoAnswer,
        Self::BadLine,
        Self::UnsteadyLine,
        Self::Slow,
        Self::Wedged,
        Self::NotSupported,
        Self::Hardware,
        Self::CoverOpen,
        Self::PaperOut,
        Self::PaperLow,
        Self::PaperJam,
        Self::ExitBlocked,
        Self::OutputFull,
        Self::TonerOut,
        Self::Paused,
        Self::Cutter,
        Self::Overheated,
        Self::FeedButton,
        Self::Offline,
        Self::NotTaken,
        Self::Document,
        Self::Format,
        Self::SecurityModule,
        Self::CardRemoved,
        Self::InvalidCard,
        Self::CardSecurity,
        Self::CardUnreadable,
        Self::Dark,
        Self::Frozen,
        Self::NoPicture,
        Self::Refused,
        Self::DoorOpen,
        Self::OnBattery,
        Self::BatteryLow,
        Self::ReplaceBattery,
        Self::DataStale,
        Self::UnknownName,
        Self::NoMixer,
        Self::Muted,
        Self::NotStarted,
        Self::Timeout,
        Self::Crashed,
        Self::WrongVersion,
        Self::InvalidAnswer,
    ];

    /// The word of command lines and JSON.
    pub const fn word(self) -> &'static str {
        self.row().0
    }

    /// XFS4IoT's word for a device with this trouble.
    pub const fn state(self) -> DeviceState {
        self.row().1
    }

    /// Who mends it.
    pub const fn kind(self) -> ConditionKind {
        self.row().2
    }

    /// How, one sentence with `{device}` in it.
    pub const fn remedy(self) -> M {
        self.row().3
    }

    const fn row(self) -> (&'static str, DeviceState, ConditionKind, M) {
        use ConditionKind::{Attention, Keeper, Media, Technician};
        use DeviceState as S;
        match self {
            Self::Port => ("port", S::Offline, Technician, M::RemedyPort),
            Self::Permission => ("permission", S::Offline, Technician, M::RemedyPermission),
            Self::Busy => ("busy", S::DeviceBusy, Technician, M::RemedyBusy),
            Self::Unplugged => ("unplugged", S::Offline, Keeper, M::RemedyUnplugged),
            Self::NoAnswer => ("no_answer", S::Offline, Keeper, M::RemedyNoAnswer),
            Self::BadLine => ("bad_line", S::HardwareError, Technician, M::RemedyBadLine),
            Self::UnsteadyLine => ("unsteady_line", S::Online, Attention, M::RemedyUnsteadyLine),
            Self::Slow => ("slow", S::Online, Attention, M::RemedySlow),
            Self::Wedged => ("wedged", S::HardwareError, Technician, M::RemedyWedged),
            Self::NotSupported => ("not_supported", S::NoDevice, Technician, M::RemedyNotSupported),
            Self::Hardware => ("hardware", S::HardwareError, Technician, M::RemedyHardware),
            Self::CoverOpen => ("cover_open", S::UserError, Keeper, M::RemedyCoverOpen),
            Self::PaperOut => ("paper_out", S::UserError, Keeper, M::RemedyPaperOut),
            Self::PaperLow => ("paper_low", S::Online, Attention, M::RemedyPaperLow),
            Self::PaperJam => ("paper_jam", S::UserError, Keeper, M::RemedyPaperJam),
            Self::ExitBlocked => ("exit_blocked", S::UserError, Keeper, M::RemedyExitBlocked),
            Self::OutputFull => ("output_full", S::UserError, Keeper, M::RemedyOutputFull),
            Self::TonerOut => ("toner_out", S::UserError, Keeper, M::RemedyTonerOut),
            Self::Paused => ("paused", S::UserError, Keeper, M::RemedyPaused),
            Self::Cutter => ("cutter", S::HardwareError, Technician, M::RemedyCutter),
            Self::Overheated => ("overheated", S::Offline, Keeper, M::RemedyOverheated),
            Self::FeedButton => ("feed_button", S::UserError, Keeper, M::RemedyFeedButton),
            Self::Offline => ("offline", S::Offline, Keeper, M::RemedyOffline),
            Self::NotTaken => ("not_taken", S::Online, Attention, M::RemedyNotTaken),
            Self::Document => ("document", S::Online, Attention, M::RemedyDocument),
            Self::Format => ("format", S::Online, Technician, M::RemedyFormat),
            Self::SecurityModule => {
                ("security_module", S::HardwareError, Technician, M::RemedySecurityModule)
            }
            Self::CardRemoved => ("card_removed", S::Online, Media, M::RemedyCardRemoved),
            Self::InvalidCard => ("invalid_card", S::Online, Media, M::RemedyInvalidCard),
            Self::CardSecurity => ("security", S::Online, Media, M::RemedySecurity),
            Self::CardUnreadable => ("invalid_data", S::Online, Media, M::RemedyInvalidData),
            Self::Dark => ("dark", S::UserError, Keeper, M::RemedyDark),
            Self::Frozen => ("frozen", S::HardwareError, Technician, M::RemedyFrozen),
            Self::NoPicture => ("no_picture", S::HardwareError, Technician, M::RemedyNoPicture),
            Self::Refused => ("refused", S::HardwareError, Technician, M::RemedyRefused),
            Self::DoorOpen => ("door_open", S::PotentialFraud, Keeper, M::RemedyDoorOpen),
            Self::OnBattery => ("on_battery", S::Online, Attention, M::RemedyOnBattery),
            Self::BatteryLow => ("battery_low", S::Online, Keeper, M::RemedyBatteryLow),
            Self::ReplaceBattery => {
                ("replace_battery", S::HardwareError, Technician, M::RemedyReplaceBattery)
            }
            Self::DataStale => ("data_stale", S::Offline, Technician, M::RemedyDataStale),
            Self::UnknownName => ("unknown_name", S::NoDevice, Technician, M::RemedyUnknownName),
            Self::NoMixer => ("no_mixer", S::NoDevice, Technician, M::RemedyNoMixer),
            Self::Muted => ("muted", S::Online, Attention, M::RemedyMuted),
            Self::NotStarted => ("not_started", S::Offline, Technician, M::RemedyNotStarted),
            Self::Timeout => ("timeout", S::Offline, Technician, M::RemedyTimeout),
            Self::Crashed => ("crashed", S::HardwareError, Technician, M::RemedyCrashed),
            Self::WrongVersion => ("wrong_version", S::HardwareError, Technician, M::RemedyWrongVersion),
            Self::InvalidAnswer => ("invalid_answer", S::HardwareError, Technician, M::RemedyInvalidAnswer),
        }
    }
}
