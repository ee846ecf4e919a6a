//! Everything that can happen: a tap, a device, the province, the clock.

mod desk;
mod device;
mod licence;
mod province;
mod terminal;

pub use desk::{DeskEvent, Sight};
pub use device::{CardProblem, DeviceEvent, FaceHint, PhotoProblem, PrintOutcome, PrintProblem};
pub use licence::{AllowedLicences, LicenceFailure, LicenceStanding, ListedLicence};
pub use province::{
    AskFailure, CertificateFailure, DirectoryEntry, FaceVerdict, InquiryAnswer, IssuedCertificate,
    KnownFacts, ProvinceEvent, SharedValue, Staff, StaffRole, Suggestion,
};
pub use terminal::{
    ClockTrust, DataPartition, Network, Notice, Restarting, SelfTest, SelfTestResult, Storage, TerminalEvent,
    Warning, WarningLevel,
};

use crate::case::SubmissionId;
use crate::display_mode::DisplayMode;
use crate::form::FieldId;
use crate::form::answer::Answer;
use crate::identity::{FaceConsent, IdentityWay, SharedDataConsent};
use crate::locale::Locale;
use crate::personal::Personal;
use crate::rating::{RatingLevel, RatingReason};
use crate::service_item::{ItemId, Theme};
use crate::session::state::LicenceWay;
use crate::terminal::Timestamp;

/// Something happened at a moment.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum EventKind {
    /// A second passed; time-outs are read from it.
    Tick,
    /// The resident touched a control.
    Tap(Tap),
    /// A device said something.
    Device(DeviceEvent),
    /// The province, or the outbox before it, said something.
    Province(ProvinceEvent),
    /// Something about the terminal itself changed.
    Terminal(TerminalEvent),
    /// The district's desk said something about the call of this visit.
    Desk(DeskEvent),
}

/// What a person did on the screen.
#[derive(Debug, Clone)]
pub enum Tap {
    /// Touched where nothing is: keeps the visit awake, wakes the idle screen.
    Anywhere,
    /// Chose a language.
    Language(Locale),
    /// Chose how the screen is drawn.
    Mode(DisplayMode),
    /// 返回
    Back,
    /// 求助
    Help,
    /// Closes the page on top: help, trouble, sign-in.
    Close,
    /// 继续 of "您还在吗".
    Continue,
    /// Ends the visit.
    Leave,
    /// Opens a door of the home page.
    Theme(Theme),
    /// Opens the search.
    Search,
    /// The text of the search.
    SearchText(Personal),
    /// Chooses an item.
    Item(ItemId),
    /// 开始办理
    Start,
    /// Agrees to what the consent page says.
    Agree {
        /// The separate consent for the face.
        face: FaceConsent,
        /// Whether shared data may be read in.
        shared_data: SharedDataConsent,
    },
    /// Chooses a way to say who one is; `None` shows all of them.
    IdentityWay(Option<IdentityWay>),
    /// The number of the identity card, typed: for a code by SMS, or where a worker vouches.
    IdNumber(Personal),
    /// The code that came.
    SmsCode(Personal),
    /// A worker's badge and PIN.
    StaffSignIn {
        /// The badge.
        badge: String,
        /// The PIN.
        pin: Personal,
    },
    /// Goes on without the face.
    WithoutFace,
    /// Looks into the camera once more.
    FaceAgain,
    /// Answers a field.
    Answer(FieldId, Answer),
    /// Empties a field.
    ClearAnswer(FieldId),
    /// Takes the picture for a photo field.
    TakePhoto(FieldId),
    /// Wants an electronic certificate in the place of a picture for a photo field.
    UseLicence(FieldId),
    /// Chooses how to allow a look at the certificates.
    LicenceWay(LicenceWay),
    /// Chooses a certificate by its place in the list.
    Licence(usize),
    /// Takes the certificate that is looked at.
    TakeLicence,
    /// Goes back to the form without one.
    WithoutLicence,
    /// 下一步
    Next,
    /// 修改 on the review page: the step of the form.
    Edit(usize),
    /// 提交, with a fresh id for the submission.
    Confirm(SubmissionId),
    /// Stops waiting: the submission is delivered later.
    QueueInstead,
    /// Prints, or prints again.
    Print,
    /// Prints the places of a directory that are of this kind, by its name in Chinese.
    PrintPlaces(String),
    /// Goes on without paper.
    WithoutPaper,
    /// Another service in the same visit.
    AnotherService,
    /// "您还能办": agrees to look.
    Suggest,
    /// Done with the result.
    Finish,
    /// A level of the rating.
    Rate(RatingLevel),
    /// Chooses or takes back a reason.
    RatingReason(RatingReason),
    /// Opens the page for the resident's own words of a low rating.
    WriteRating,
    /// What is written there so far.
    RatingWords(Personal),
    /// Sends the rating.
    SendRating,
    /// Leaves without rating.
    SkipRating,
    /// Calls the helper who is there now.
    CallHelp,
    /// Calls the district's desk, which sees only what the resident shows it.
    CallDesk,
    /// Lets the desk see the page without what was typed, or no longer.
    ShowDesk(Sight),
    /// Leaves a number to be called back.
    LeaveCallback(Personal),
    /// Opens the worker's sign-in.
    Assisted,
    /// Opens the sign-in of keeper and technician from the idle page.
    Staff,
    /// A keeper's or technician's action.
    Upkeep(Upkeep),
}

/// What a keeper or technician does at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// Prints the test page.
    TestPrint,
    /// Signs today's check.
    SignDailyCheck,
    /// Reports a fault to the technicians.
    ReportFault,
    /// Runs the self-test of every device.
    SelfTest,
    /// Changed the paper roll.
    RollChanged,
    /// Wiped the card reader's window.
    ReaderWiped,
    /// Prints rulers and steps of grey.
    RulerPage,
    /// Had what waits in the outbox tried at once.
    OutboxTried,
    /// Decided about an entry that was set aside.
    OutboxDecided,
    /// Started the machine again with the version of the other slot.
    OtherSlotChosen,
    /// Calibrated the touch screen.
    Calibrated,
    /// Set volume or brightness.
    SettingsChanged,
    /// Looks through the camera.
    CameraShown,
    /// Has looked through it.
    CameraHidden,
}

impl Upkeep {
    /// The word in journals and messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TestPrint => "test_print",
            Self::SignDailyCheck => "daily_check",
            Self::ReportFault => "fault_reported",
            Self::SelfTest => "self_test",
            Self::RollChanged => "roll_changed",
            Self::ReaderWiped => "reader_wiped",
            Self::RulerPage => "ruler_page",
            Self::OutboxTried => "outbox_tried",
            Self::OutboxDecided => "outbox_decided",
            Self::OtherSlotChosen => "other_slot_chosen",
            Self::Calibrated => "calibrated",
            Self::SettingsChanged => "settings_changed",
            Self::CameraShown => "camera_shown",
            Self::CameraHidden => "camera_hidden",
        }
    }
}

/// Marks a question of the session; an answer with an old mark belongs to a visit that is over, or to a step that was
/// left, and is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(in crate::session) u64);

impl Ticket {
    /// The number, for a journal.
    pub const fn number(self) -> u64 {
        self.0
    }
}
