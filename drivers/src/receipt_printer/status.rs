//! Status bits → what a person can be told.
//!
//! Duty: raw bytes to XFS4IoT words and one cause. Never: ask the printer. Bits: reference page "receipt printer".

use domain::device::{DeviceState, PaperSupply};

use super::profile::NearEndSensor;

/// The four answers to `DLE EOT 1` to `4`; what was not answered is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RawStatus {
    /// n = 1: b3 offline, b5 waiting for recovery, b6 feed button.
    pub printer: Option<u8>,
    /// n = 2: b2 cover open, b3 feeding, b5 paper end, b6 error.
    pub offline: Option<u8>,
    /// n = 3: b2 jam, b3 cutter, b5 unrecoverable, b6 recovers by itself (head temperature).
    pub error: Option<u8>,
    /// n = 4: b2 and b3 near end, b5 and b6 end.
    pub paper: Option<u8>,
}

impl RawStatus {
    /// Whether any answer tells of something that stops the printer.
    pub(super) fn tells_trouble(self) -> bool {
        cause(self).is_some()
    }
}

/// Why a printer does not print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The port cannot be opened.
    Port,
    /// Nothing comes back: switched off, unplugged, wrong speed, or a printer without a way back.
    NoAnswer,
    /// The cover is open.
    CoverOpen,
    /// No paper.
    PaperOut,
    /// Paper is stuck.
    PaperJam,
    /// The cutter is stuck.
    Cutter,
    /// The head is too hot and cools by itself.
    Overheated,
    /// A fault that needs a technician.
    Hardware,
    /// Somebody holds the feed button.
    FeedButton,
    /// Offline, and it does not say why.
    Offline,
    /// The document cannot be put on this paper: a QR code too large for it, or with too much in it.
    Document,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 11] = [
        Self::Port,
        Self::NoAnswer,
        Self::CoverOpen,
        Self::PaperOut,
        Self::PaperJam,
        Self::Cutter,
        Self::Overheated,
        Self::Hardware,
        Self::FeedButton,
        Self::Offline,
        Self::Document,
    ];

    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::NoAnswer => "no_answer",
            Self::CoverOpen => "cover_open",
            Self::PaperOut => "paper_out",
            Self::PaperJam => "paper_jam",
            Self::Cutter => "cutter",
            Self::Overheated => "overheated",
            Self::Hardware => "hardware",
            Self::FeedButton => "feed_button",
            Self::Offline => "offline",
            Self::Document => "document",
        }
    }

    /// XFS4IoT's word for a printer in that condition.
    pub const fn device_state(self) -> DeviceState {
        match self {
            Self::Cutter | Self::Hardware => DeviceState::HardwareError,
            Self::CoverOpen | Self::PaperOut | Self::PaperJam | Self::FeedButton => DeviceState::UserError,
            Self::Port | Self::NoAnswer | Self::Overheated | Self::Offline => DeviceState::Offline,
            Self::Document => DeviceState::Online,
        }
    }
}

/// How a printer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrinterStatus {
    /// XFS4IoT `device`.
    pub state: DeviceState,
    /// XFS4IoT printer `paper`.
    pub paper: PaperSupply,
    /// What keeps it from printing; none when it is ready.
    pub cause: Option<Cause>,
    /// The bytes that it answered.
    pub raw: RawStatus,
}

impl PrinterStatus {
    /// A printer that could not be asked.
    pub const fn unreachable(cause: Cause) -> Self {
        let raw = RawStatus { printer: None, offline: None, error: None, paper: None };
        Self { state: cause.device_state(), paper: PaperSupply::Unknown, cause: Some(cause), raw }
    }

    /// What the answers mean, for a printer that has a sensor for the end coming near, or not.
    pub fn of(raw: RawStatus, near_end: NearEndSensor) -> Self {
        let cause = cause(raw);
        let state = cause.map_or(DeviceState::Online, Cause::device_state);
        Self { state, paper: paper(raw, near_end), cause, raw }
    }
}

const fn has(byte: Option<u8>, bits: u8) -> bool {
    match byte {
        Some(byte) => byte & bits != 0,
        None => false,
    }
}

fn cause(raw: RawStatus) -> Option<Cause> {
    // In the order in which a person has to deal with them: an open cover hides what the paper sensor sees.
    if raw.printer.is_none() {
        return Some(Cause::NoAnswer);
    }
    let causes = [
        (has(raw.error, 0x20), Cause::Hardware),
        (has(raw.error, 0x08), Cause::Cutter),
        (has(raw.offline, 0x04), Cause::CoverOpen),
        (has(raw.error, 0x04), Cause::PaperJam),
        (has(raw.offline, 0x20) || has(raw.paper, 0x60), Cause::PaperOut),
        (has(raw.error, 0x40), Cause::Overheated),
        (has(raw.offline, 0x40), Cause::Hardware),
        (has(raw.offline, 0x08), Cause::FeedButton),
        (has(raw.printer, 0x28), Cause::Offline),
    ];
    causes.into_iter().find(|(there, _)| *there).map(|(_, cause)| cause)
}

fn paper(raw: RawStatus, near_end: NearEndSensor) -> PaperSupply {
    if has(raw.offline, 0x20) || has(raw.paper, 0x60) {
        return PaperSupply::Out;
    }
    match (raw.paper, near_end) {
        (Some(byte), NearEndSensor::Present) if byte & 0x0C != 0 => PaperSupply::Low,
        (Some(_), NearEndSensor::Present) => PaperSupply::Full,
        // There is paper, and nobody knows how much.
        (_, _) => PaperSupply::Unknown,
    }
}

/// Whether an automatic status (`GS a`) tells of trouble: offline, cover, errors, paper end.
pub(super) const fn automatic_tells_trouble(bytes: [u8; 4]) -> bool {
    bytes[0] & 0x28 != 0 || bytes[1] & 0x6C != 0 || bytes[2] & 0x0C != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: [u8; 4] = [0x12; 4];

    fn status(bytes: [u8; 4], near_end: NearEndSensor) -> PrinterStatus {
        let [printer, offline, error, paper] = bytes.map(Some);
        PrinterStatus::of(RawStatus { printer, offline, error, paper }, near_end)
    }

    #[test]
    fn bits_to_words() {
        use Cause::*;
        use DeviceState as S;
        use PaperSupply as P;
        let cases = [
            (WELL, None, S::Online, P::Full),
            ([0x12, 0x12, 0x12, 0x1E], None, S::Online, P::Low),
            ([0x1A, 0x32, 0x12, 0x7E], Some(PaperOut), S::UserError, P::Out),
            ([0x1A, 0x12, 0x12, 0x72], Some(PaperOut), S::UserError, P::Out),
            ([0x1A, 0x16, 0x12, 0x12], Some(CoverOpen), S::UserError, P::Full),
            // Cover open with no paper: the cover first.
            ([0x1A, 0x36, 0x12, 0x72], Some(CoverOpen), S::UserError, P::Out),
            ([0x1A, 0x52, 0x1A, 0x12], Some(Cutter), S::HardwareError, P::Full),
            ([0x1A, 0x52, 0x16, 0x12], Some(PaperJam), S::UserError, P::Full),
            ([0x1A, 0x52, 0x32, 0x12], Some(Hardware), S::HardwareError, P::Full),
            ([0x1A, 0x52, 0x52, 0x12], Some(Overheated), S::Offline, P::Full),
            ([0x1A, 0x52, 0x12, 0x12], Some(Hardware), S::HardwareError, P::Full),
            ([0x1A, 0x1A, 0x12, 0x12], Some(FeedButton), S::UserError, P::Full),
            ([0x1A, 0x12, 0x12, 0x12], Some(Offline), S::Offline, P::Full),
            ([0x32, 0x12, 0x12, 0x12], Some(Offline), S::Offline, P::Full),
        ];
        for (bytes, cause, state, paper) in cases {
            let status = status(bytes, NearEndSensor::Present);
            assert_eq!((status.cause, status.state, status.paper), (cause, state, paper), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_no_sensor_sees_is_not_known() {
        assert_eq!(status(WELL, NearEndSensor::Absent).paper, PaperSupply::Unknown);
        assert_eq!(status([0x12, 0x12, 0x12, 0x72], NearEndSensor::Absent).paper, PaperSupply::Out);
        let mute = PrinterStatus::of(RawStatus::default(), NearEndSensor::Present);
        assert_eq!((mute.cause, mute.paper), (Some(Cause::NoAnswer), PaperSupply::Unknown));
        let only_first = RawStatus { printer: Some(0x12), ..RawStatus::default() };
        let terse = PrinterStatus::of(only_first, NearEndSensor::Present);
        assert_eq!((terse.cause, terse.paper), (None, PaperSupply::Unknown));
    }

    #[test]
    fn automatic_status() {
        let well = [[0x10, 0, 0, 0x0F], [0x10, 0, 0x03, 0x0F], [0x50, 0, 0, 0x0F]];
        let trouble = [[0x18, 0, 0, 0x0F], [0x30, 0, 0, 0x0F], [0x10, 0x08, 0, 0x0F], [0x10, 0, 0x0C, 0x0F]];
        assert!(!well.into_iter().any(automatic_tells_trouble));
        assert!(trouble.into_iter().all(automatic_tells_trouble));
    }
}
