//! Status bits → what a person can be told.
//!
//! Duty: raw bytes to XFS4IoT words and one cause, allocating nothing. Never: ask the printer. Bits: reference page
//! "receipt printer"; where makers differ, the profile.

use domain::device::{Cause as Trouble, DeviceState, PaperSupply};

use super::profile::{ErrorBit2, Meaning, NearEndSensor, PrinterProfile, StatusProfile};

/// The answers to `DLE EOT 1` to `4` and to the maker's own question; what was not answered is absent.
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
    /// The maker's own, as the profile explains it.
    pub extension: Option<[u8; 4]>,
}

impl RawStatus {
    /// Whether any answer tells of something that stops the printer.
    pub(super) fn tells_trouble(self, profile: &StatusProfile) -> bool {
        cause(self, profile).is_some()
    }

    /// Whether the maker's own answer says so.
    fn says(self, meaning: Meaning, profile: &StatusProfile) -> bool {
        let told = profile.extension.as_ref().zip(self.extension);
        told.is_some_and(|(extension, answer)| extension.says(meaning, answer))
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
    /// Paper is stuck in the exit, or nobody took the last one and it cannot be taken back.
    ExitBlocked,
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
    pub const ALL: [Self; 12] = [
        Self::Port,
        Self::NoAnswer,
        Self::CoverOpen,
        Self::PaperOut,
        Self::PaperJam,
        Self::ExitBlocked,
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
            Self::ExitBlocked => "exit_blocked",
            Self::Cutter => "cutter",
            Self::Overheated => "overheated",
            Self::Hardware => "hardware",
            Self::FeedButton => "feed_button",
            Self::Offline => "offline",
            Self::Document => "document",
        }
    }

    /// The same among the causes of all devices.
    pub const fn trouble(self) -> Trouble {
        match self {
            Self::Port => Trouble::Port,
            Self::NoAnswer => Trouble::NoAnswer,
            Self::CoverOpen => Trouble::CoverOpen,
            Self::PaperOut => Trouble::PaperOut,
            Self::PaperJam => Trouble::PaperJam,
            Self::ExitBlocked => Trouble::ExitBlocked,
            Self::Cutter => Trouble::Cutter,
            Self::Overheated => Trouble::Overheated,
            Self::Hardware => Trouble::Hardware,
            Self::FeedButton => Trouble::FeedButton,
            Self::Offline => Trouble::Offline,
            Self::Document => Trouble::Document,
        }
    }

    /// XFS4IoT's word for a printer in that condition.
    pub const fn device_state(self) -> DeviceState {
        match self {
            Self::Cutter | Self::Hardware => DeviceState::HardwareError,
            Self::CoverOpen | Self::PaperOut | Self::PaperJam | Self::ExitBlocked | Self::FeedButton => {
                DeviceState::UserError
            }
            Self::Port | Self::NoAnswer | Self::Overheated | Self::Offline => DeviceState::Offline,
            Self::Document => DeviceState::Online,
        }
    }
}

/// A paper in the printer's exit (XFS4IoT printer `media`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// The printer has no sensor there.
    NotSupported,
    /// It did not answer.
    Unknown,
    /// None.
    NotPresent,
    /// One is held out and was not taken yet.
    Present,
}

impl Media {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotSupported => "not_supported",
            Self::Unknown => "unknown",
            Self::NotPresent => "not_present",
            Self::Present => "present",
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
    /// XFS4IoT printer `media`.
    pub media: Media,
    /// What keeps it from printing; none when it is ready.
    pub cause: Option<Cause>,
    /// The bytes that it answered.
    pub raw: RawStatus,
}

impl PrinterStatus {
    /// A printer that could not be asked.
    pub const fn unreachable(cause: Cause) -> Self {
        let raw = RawStatus { printer: None, offline: None, error: None, paper: None, extension: None };
        let (state, media) = (cause.device_state(), Media::Unknown);
        Self { state, paper: PaperSupply::Unknown, media, cause: Some(cause), raw }
    }

    /// What the answers mean, for a printer of this kind.
    pub fn of(raw: RawStatus, profile: &PrinterProfile) -> Self {
        let cause = cause(raw, &profile.status);
        let state = cause.map_or(DeviceState::Online, Cause::device_state);
        Self { state, paper: paper(raw, profile), media: media(raw, &profile.status), cause, raw }
    }
}

const fn has(byte: Option<u8>, bits: u8) -> bool {
    match byte {
        Some(byte) => byte & bits != 0,
        None => false,
    }
}

fn cause(raw: RawStatus, profile: &StatusProfile) -> Option<Cause> {
    if raw.printer.is_none() {
        return Some(Cause::NoAnswer);
    }
    let says = |meaning| raw.says(meaning, profile);
    let bit_2 = |place| has(raw.error, 0x04) && profile.error_bit_2 == place;
    // In the order in which a person has to deal with them: an open cover hides what the paper sensor sees.
    let causes = [
        (has(raw.error, 0x20) || says(Meaning::Hardware), Cause::Hardware),
        (has(raw.error, 0x08) || says(Meaning::Cutter), Cause::Cutter),
        (has(raw.offline, 0x04) || says(Meaning::CoverOpen), Cause::CoverOpen),
        (bit_2(ErrorBit2::PaperJam) || says(Meaning::PaperJam), Cause::PaperJam),
        (bit_2(ErrorBit2::ExitBlocked) || says(Meaning::ExitBlocked), Cause::ExitBlocked),
        (is_out(raw, profile), Cause::PaperOut),
        (has(raw.error, 0x40) || says(Meaning::Overheated), Cause::Overheated),
        (has(raw.offline, 0x40), Cause::Hardware),
        (has(raw.offline, 0x08) || says(Meaning::FeedButton), Cause::FeedButton),
        (has(raw.printer, 0x28), Cause::Offline),
    ];
    causes.into_iter().find(|(there, _)| *there).map(|(_, cause)| cause)
}

fn is_out(raw: RawStatus, profile: &StatusProfile) -> bool {
    has(raw.offline, 0x20) || has(raw.paper, 0x60) || raw.says(Meaning::PaperOut, profile)
}

fn paper(raw: RawStatus, profile: &PrinterProfile) -> PaperSupply {
    if is_out(raw, &profile.status) {
        return PaperSupply::Out;
    }
    let near_end = has(raw.paper, 0x0C) || raw.says(Meaning::PaperLow, &profile.status);
    match (raw.paper, profile.near_end) {
        (Some(_), NearEndSensor::Present) if near_end => PaperSupply::Low,
        (Some(_), NearEndSensor::Present) => PaperSupply::Full,
        // There is paper, and nobody knows how much.
        (_, _) => PaperSupply::Unknown,
    }
}

fn media(raw: RawStatus, profile: &StatusProfile) -> Media {
    let seen = |extension: &super::profile::StatusExtension| {
        extension.bits.iter().any(|bit| bit.meaning == Meaning::PaperInExit)
    };
    if !profile.extension.as_ref().is_some_and(seen) {
        return Media::NotSupported;
    }
    match raw.extension {
        None => Media::Unknown,
        Some(_) if raw.says(Meaning::PaperInExit, profile) => Media::Present,
        Some(_) => Media::NotPresent,
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

    fn raw(bytes: [u8; 4]) -> RawStatus {
        let [printer, offline, error, paper] = bytes.map(Some);
        RawStatus { printer, offline, error, paper, extension: None }
    }

    fn status(bytes: [u8; 4], profile: &str) -> PrinterStatus {
        PrinterStatus::of(raw(bytes), &PrinterProfile::built_in(profile).unwrap())
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
            let status = status(bytes, "epson_80");
            assert_eq!((status.cause, status.state, status.paper), (cause, state, paper), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_no_sensor_sees_is_not_known() {
        assert_eq!(status(WELL, "clone_80").paper, PaperSupply::Unknown);
        assert_eq!(status([0x12, 0x12, 0x12, 0x72], "clone_80").paper, PaperSupply::Out);
        let of = |raw| PrinterStatus::of(raw, &PrinterProfile::built_in("epson_80").unwrap());
        let mute = of(RawStatus::default());
        assert_eq!((mute.cause, mute.paper), (Some(Cause::NoAnswer), PaperSupply::Unknown));
        let terse = of(RawStatus { printer: Some(0x12), ..RawStatus::default() });
        assert_eq!((terse.cause, terse.paper), (None, PaperSupply::Unknown));
    }

    #[test]
    fn where_makers_differ_the_profile_decides() {
        let bit_2 = [0x12, 0x12, 0x16, 0x12];
        assert_eq!(status(bit_2, "epson_80").cause, Some(Cause::PaperJam));
        assert_eq!(status(bit_2, "snbc_80").cause, Some(Cause::ExitBlocked));

        // Reference page: DLE EOT 20 answers with paper, user, recoverable and unrecoverable.
        let check = |profile: &str, extension, cause, paper, media| {
            let raw = RawStatus { extension, ..raw(WELL) };
            let status = PrinterStatus::of(raw, &PrinterProfile::built_in(profile).unwrap());
            let got = (status.cause, status.paper, status.media);
            assert_eq!(got, (cause, paper, media), "{profile} {extension:02x?}");
        };
        use PaperSupply::{Full, Low, Out};
        let custom =
            |extension, cause, paper, media| check("custom_vkp80", Some(extension), cause, paper, media);
        custom([0; 4], None, Full, Media::NotPresent);
        custom([0x20, 0, 0, 0], None, Full, Media::Present);
        custom([0x04, 0, 0, 0], None, Low, Media::NotPresent);
        custom([0x01, 0, 0, 0], Some(Cause::PaperOut), Out, Media::NotPresent);
        custom([0, 0x02, 0, 0], Some(Cause::CoverOpen), Full, Media::NotPresent);
        custom([0, 0, 0x40, 0], Some(Cause::PaperJam), Full, Media::NotPresent);
        custom([0, 0, 0x01, 0], Some(Cause::Overheated), Full, Media::NotPresent);
        custom([0, 0, 0, 0x01], Some(Cause::Cutter), Full, Media::NotPresent);
        custom([0, 0, 0, 0x08], Some(Cause::Hardware), Full, Media::NotPresent);
        check("custom_vkp80", None, None, Full, Media::Unknown);
        check("seiko_80", Some([0x32, 0, 0, 0]), None, Full, Media::Present);
        check("seiko_80", Some([0x16, 0, 0, 0]), Some(Cause::ExitBlocked), Full, Media::NotPresent);
        check("epson_80", Some([0xFF; 4]), None, Full, Media::NotSupported);
    }

    #[test]
    fn automatic_status() {
        let well = [[0x10, 0, 0, 0x0F], [0x10, 0, 0x03, 0x0F], [0x50, 0, 0, 0x0F]];
        let trouble = [[0x18, 0, 0, 0x0F], [0x30, 0, 0, 0x0F], [0x10, 0x08, 0, 0x0F], [0x10, 0, 0x0C, 0x0F]];
        assert!(!well.into_iter().any(automatic_tells_trouble));
        assert!(trouble.into_iter().all(automatic_tells_trouble));
    }
}
