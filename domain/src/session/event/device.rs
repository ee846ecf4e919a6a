//! What devices say.

use super::Ticket;
use crate::device::{DeviceClass, DeviceState, PaperSupply, PowerSource, Presence};
use crate::material::Picture;
use crate::personal::Personal;
use crate::resident_id::ResidentIdCard;

/// What a device said.
#[derive(Debug, Clone)]
pub enum DeviceEvent {
    /// A device came, went or failed.
    State(DeviceClass, DeviceState),
    /// The printer's paper.
    Paper(PaperSupply),
    /// Where the current comes from.
    Power(PowerSource),
    /// Somebody came or went.
    Presence(Presence),
    /// A card lies on the reader; nothing was read from it.
    CardPlaced,
    /// The card left the reader.
    CardRemoved,
    /// A card was read.
    CardRead(Box<ResidentIdCard>),
    /// A card could not be read.
    CardFailed(CardProblem),
    /// What the person should do before the camera.
    FaceHint(FaceHint),
    /// A good picture of the face.
    FaceCaptured(Picture),
    /// A code was read by the camera or scanner.
    CodeRead(Personal),
    /// The picture for a photo field.
    PhotoTaken(Ticket, Picture),
    /// The picture could not be taken.
    PhotoFailed(Ticket, PhotoProblem),
    /// Paper comes out: how much, of 100.
    PrintProgress(Ticket, u8),
    /// The print job ended.
    PrintEnded(Ticket, PrintOutcome),
}

/// Why a card gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardProblem {
    /// It was taken away too early.
    Removed,
    /// It is no identity card.
    Invalid,
    /// Card and reader refuse each other.
    Security,
    /// It was read badly: place it again.
    Unreadable,
    /// Its number does not hold together.
    Doubtful,
    /// It has expired.
    Expired,
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhotoProblem {
    /// The camera is away.
    NoCamera,
    /// No sheet of paper is seen.
    NoSheet,
    /// A part of the sheet is outside.
    CutOff,
    /// Too dark.
    MoreLight,
    /// It moved, or is out of focus.
    HoldStill,
    /// The sheet is too far away.
    ComeCloser,
}

/// What the person should do before the camera.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaceHint {
    /// Nobody is seen.
    #[default]
    NoFace,
    /// More than one face.
    MoreThanOne,
    /// Come closer.
    ComeCloser,
    /// Step back.
    MoveBack,
    /// Move into the oval.
    Centre,
    /// Too dark.
    MoreLight,
    /// Too bright.
    LessLight,
    /// Look straight ahead.
    LookStraight,
    /// Hold still.
    HoldStill,
    /// Good: the picture is being taken.
    Good,
}

/// Whether paper came out, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintOutcome {
    /// It came out, and there is evidence for it.
    Printed,
    /// It came out, nobody took it in time, and the printer took it back.
    TakenBack,
    /// It did not come out whole.
    NotPrinted(PrintProblem),
    /// It was sent, and nobody can say.
    Unknown(PrintProblem),
}

/// Why paper did not come, in a resident's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrintProblem {
    /// The roll is at its end.
    PaperOut,
    /// A cover stands open.
    CoverOpen,
    /// Paper is stuck.
    Jam,
    /// The printer is defective.
    Defect,
    /// It does not answer.
    NoAnswer,
}
