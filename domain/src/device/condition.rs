//! How one device is, why, and who mends it.
//!
//! Duty: XFS4IoT's state, a cause from one closed list, and the sentences for a technician and for a resident. Never: ask
//! a device; drivers fill these in.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::{DeviceClass, DeviceState, PaperSupply};
use crate::locale::Locale;
use crate::messages::MessageId as M;

/// Every device that a terminal can have; [`DeviceClass`] has those of which a visit asks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalDevice {
    /// Reads identity cards.
    IdCardReader,
    /// Prints slips and receipts.
    ReceiptPrinter,
    /// Prints certificates on A4.
    DocumentPrinter,
    /// Sees faces, codes and papers.
    Camera,
    /// Reads codes by itself and sends or types them (XFS4IoT BarcodeReader).
    CodeScanner,
    /// Compares faces: a certified vendor's program.
    FaceEngine,
    /// Makes a picture of a card's photo: its maker's program.
    PhotoDecoder,
    /// Status lights, presence sensor, door and power contacts (XFS4IoT Lights and Auxiliaries).
    IoBoard,
    /// Uninterruptible power supply (XFS4IoT Auxiliaries `uninterruptiblePowerSupply`).
    PowerSupply,
    /// Loudspeaker and its volume (XFS4IoT Auxiliaries `volume`).
    Speaker,
}

impl TerminalDevice {
    /// Every device, in the order in which a self-test takes them.
    pub const ALL: [Self; 10] = [
        Self::IdCardReader,
        Self::ReceiptPrinter,
        Self::DocumentPrinter,
        Self::Camera,
        Self::CodeScanner,
        Self::FaceEngine,
        Self::PhotoDecoder,
        Self::IoBoard,
        Self::PowerSupply,
        Self::Speaker,
    ];

    /// The word of command lines and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::IdCardReader => "id_card_reader",
            Self::ReceiptPrinter => "receipt_printer",
            Self::DocumentPrinter => "document_printer",
            Self::Camera => "camera",
            Self::CodeScanner => "code_scanner",
            Self::FaceEngine => "face_engine",
            Self::PhotoDecoder => "photo_decoder",
            Self::IoBoard => "io_board",
            Self::PowerSupply => "power_supply",
            Self::Speaker => "speaker",
        }
    }

    /// What people call it.
    pub const fn name(self) -> M {
        match self {
            Self::IdCardReader => M::DeviceIdCardReader,
            Self::ReceiptPrinter => M::DeviceReceiptPrinter,
            Self::DocumentPrinter => M::DeviceDocumentPrinter,
            Self::Camera => M::DeviceCamera,
            Self::CodeScanner => M::DeviceCodeScanner,
            Self::FaceEngine => M::DeviceFaceEngine,
            Self::PhotoDecoder => M::DevicePhotoDecoder,
            Self::IoBoard => M::DeviceIoBoard,
            Self::PowerSupply => M::DevicePowerSupply,
            Self::Speaker => M::DeviceSpeaker,
        }
    }

    /// The class under which a visit knows it; none where a visit asks nothing of it.
    pub const fn class(self) -> Option<DeviceClass> {
        match self {
            Self::IdCardReader => Some(DeviceClass::IdCardReader),
            Self::ReceiptPrinter => Some(DeviceClass::ReceiptPrinter),
            Self::DocumentPrinter => Some(DeviceClass::DocumentPrinter),
            Self::Camera => Some(DeviceClass::Camera),
            Self::CodeScanner => Some(DeviceClass::CodeScanner),
            Self::FaceEngine | Self::PhotoDecoder | Self::IoBoard | Self::PowerSupply | Self::Speaker => None,
        }
    }
}

impl From<DeviceClass> for TerminalDevice {
    fn from(class: DeviceClass) -> Self {
        match class {
            DeviceClass::IdCardReader => Self::IdCardReader,
            DeviceClass::ReceiptPrinter => Self::ReceiptPrinter,
            DeviceClass::DocumentPrinter => Self::DocumentPrinter,
            DeviceClass::CodeScanner => Self::CodeScanner,
            DeviceClass::Camera => Self::Camera,
        }
    }
}

/// What lies in a device or its exit (XFS4IoT `media`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// A card, or a paper that is held out.
    Present,
    /// Nothing.
    NotPresent,
    /// Stuck.
    Jammed,
    /// A paper that nobody took was taken back.
    Retracted,
    /// The device did not say, or has no sensor for it.
    Unknown,
}

/// Who is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    /// Nobody.
    Ready,
    /// Nobody yet: it works, and will not for ever.
    Attention,
    /// The device is well, what was laid on it is not.
    Media,
    /// Somebody at the place can mend it with their hands.
    Keeper,
    /// A technician.
    Technician,
}

impl ConditionKind {
    /// Whether the device can be used now.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Ready | Self::Attention | Self::Media)
    }
}

/// How one device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceCondition {
    /// Which one.
    pub device: TerminalDevice,
    /// XFS4IoT `device`.
    pub state: DeviceState,
    /// Why it is so; none where all is well.
    pub cause: Option<Cause>,
    /// XFS4IoT printer `paper`; none where there is no such thing as paper.
    pub paper: Option<PaperSupply>,
    /// XFS4IoT `media`; none where nothing is laid on it or held out.
    pub media: Option<MediaState>,
}

impl DeviceCondition {
    /// A device that is well.
    pub const fn ready(device: TerminalDevice) -> Self {
        Self { device, state: DeviceState::Online, cause: None, paper: None, media: None }
    }

    /// A device that has not answered for the first time.
    pub const fn starting(device: TerminalDevice) -> Self {
        Self { state: DeviceState::Starting, ..Self::ready(device) }
    }

    /// A device with a trouble.
    pub const fn troubled(device: TerminalDevice, cause: Cause) -> Self {
        Self { state: cause.state(), cause: Some(cause), ..Self::ready(device) }
    }

    /// A device with a trouble, or one that is well where there is no cause of any.
    pub const fn of(device: TerminalDevice, cause: Option<Cause>) -> Self {
        match cause {
            Some(cause) => Self::troubled(device, cause),
            None => Self::ready(device),
        }
    }

    /// The same with its paper.
    #[must_use]
    pub const fn with_paper(mut self, paper: PaperSupply) -> Self {
        self.paper = Some(paper);
        self
    }

    /// The same with what lies in it.
    #[must_use]
    pub const fn with_media(mut self, media: MediaState) -> Self {
        self.media = Some(media);
        self
    }

    /// Who is needed.
    pub const fn kind(&self) -> ConditionKind {
        match (self.cause, self.state) {
            (Some(cause), _) => cause.kind(),
            (None, DeviceState::Online) => ConditionKind::Ready,
            (None, _) => ConditionKind::Attention,
        }
    }

    /// What to do about it, one sentence; none where there is nothing to do.
    pub fn remedy(&self, locale: Locale) -> Option<String> {
        let cause = self.cause?;
        Some(cause.remedy().fill(locale, &[("device", self.device.name().text(locale))]))
    }

    /// What a resident is told; none where they need not know.
    pub const fn resident(&self) -> Option<M> {
        match self.cause {
            None => None,
            Some(cause) => resident(self.device, cause),
        }
    }
}

/// A resident hears of what they notice: a calm sentence with the next step.
const fn resident(device: TerminalDevice, cause: Cause) -> Option<M> {
    match (device, cause) {
        (_, Cause::OnBattery | Cause::BatteryLow) => Some(M::ConditionOnBattery),
        (_, Cause::CardRemoved) => Some(M::IdentifyCardRemovedEarly),
        (_, Cause::CardUnreadable) => Some(M::IdentifyCardUnreadable),
        (_, Cause::InvalidCard) => Some(M::CardInvalid),
        (_, Cause::CardSecurity) => Some(M::CardSecurity),
        (TerminalDevice::Speaker, _) => Some(M::ConditionNoSound),
        // No page waits for these.
        (TerminalDevice::CodeScanner | TerminalDevice::IoBoard | TerminalDevice::PowerSupply, _) => None,
        (_, cause) if cause.kind().is_usable() => None,
        (TerminalDevice::IdCardReader, _) => Some(M::IdentifyCardReaderFault),
        (TerminalDevice::Camera, _) => Some(M::IdentifyQrCameraFault),
        (TerminalDevice::FaceEngine | TerminalDevice::PhotoDecoder, _) => Some(M::FaceUnreachable),
        (TerminalDevice::ReceiptPrinter | TerminalDevice::DocumentPrinter, cause) => Some(match cause {
            Cause::PaperOut => M::PrintingPaperOut,
            Cause::CoverOpen => M::PrintingCoverOpen,
            Cause::PaperJam | Cause::ExitBlocked | Cause::Cutter => M::PrintingJam,
            Cause::Hardware | Cause::Overheated | Cause::OutputFull | Cause::TonerOut => M::PrintingDefect,
            _ => M::PrintingNoAnswer,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_word_of_its_own_and_a_remedy_in_one_sentence() {
        let mut words: Vec<_> = Cause::ALL.iter().map(|cause| cause.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Cause::ALL.len());
        for device in TerminalDevice::ALL {
            for cause in Cause::ALL {
                let condition = DeviceCondition::troubled(device, cause);
                for (locale, stop) in [(Locale::ZhCn, '。'), (Locale::En, '.')] {
                    let remedy = condition.remedy(locale).unwrap();
                    assert!(remedy.ends_with(stop) && !remedy.contains('{'), "{cause:?}: {remedy}");
                    assert_eq!(remedy.trim_end_matches(stop).matches(stop).count(), 0, "{cause:?}: {remedy}");
                }
            }
        }
    }

    #[test]
    fn who_is_needed_and_what_a_resident_hears() {
        let check = |device, cause, kind, state, resident| {
            let condition = DeviceCondition::troubled(device, cause);
            assert_eq!((condition.kind(), condition.state), (kind, state), "{condition:?}");
            assert_eq!(condition.resident(), resident, "{condition:?}");
        };
        use ConditionKind::{Attention, Keeper, Media, Technician};
        use DeviceState as S;
        use TerminalDevice as D;
        check(D::ReceiptPrinter, Cause::PaperOut, Keeper, S::UserError, Some(M::PrintingPaperOut));
        check(D::ReceiptPrinter, Cause::PaperLow, Attention, S::Online, None);
        check(D::IdCardReader, Cause::CardRemoved, Media, S::Online, Some(M::IdentifyCardRemovedEarly));
        check(
            D::IdCardReader,
            Cause::SecurityModule,
            Technician,
            S::HardwareError,
            Some(M::IdentifyCardReaderFault),
        );
        check(D::IoBoard, Cause::NoAnswer, Keeper, S::Offline, None);
        check(D::IoBoard, Cause::DoorOpen, Keeper, S::PotentialFraud, None);
        check(D::Camera, Cause::Busy, Technician, S::DeviceBusy, Some(M::IdentifyQrCameraFault));
        check(D::CodeScanner, Cause::Port, Technician, S::Offline, None);
        check(D::DocumentPrinter, Cause::OutputFull, Keeper, S::UserError, Some(M::PrintingDefect));
        check(D::PowerSupply, Cause::OnBattery, Attention, S::Online, Some(M::ConditionOnBattery));
        assert_eq!(DeviceCondition::ready(D::Camera).kind(), ConditionKind::Ready);
        assert_eq!(DeviceCondition::starting(D::Camera).kind(), Attention);
    }
}
