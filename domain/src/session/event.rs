//! Everything that can happen: a tap, a device, the province, the clock.

use crate::case::{SubmissionId, SubmitOutcome};
use crate::device::{DeviceClass, DeviceState, PaperSupply, PowerSource, Presence};
use crate::display_mode::DisplayMode;
use crate::form::FieldId;
use crate::form::answer::Answer;
use crate::identity::{FaceConsent, Identity, IdentityWay, SharedDataConsent};
use crate::locale::{Locale, Localized};
use crate::material::Picture;
use crate::personal::Personal;
use crate::rating::{RatingLevel, RatingReason};
use crate::resident_id::ResidentIdCard;
use crate::seal::SealProblem;
use crate::service_item::{Catalogue, ItemId, Theme};
use crate::terminal::Timestamp;
use std::sync::Arc;

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
    /// Sends the rating.
    SendRating,
    /// Leaves without rating.
    SkipRating,
    /// Calls the helper who is there now.
    CallHelp,
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
}

/// Marks a question of the session; an answer with an old mark belongs to a visit that is over, or to a step that was
/// left, and is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

impl Ticket {
    /// The number, for a journal.
    pub const fn number(self) -> u64 {
        self.0
    }
}

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

/// What the province said.
#[derive(Debug, Clone)]
pub enum ProvinceEvent {
    /// Who the code, the number or the network identity belongs to.
    Identified(Ticket, Result<Identity, AskFailure>),
    /// A code was sent by SMS to the end of this number.
    SmsSent(Ticket, Result<String, AskFailure>),
    /// What the matcher said of the face.
    FaceMatched(Ticket, Result<FaceVerdict, AskFailure>),
    /// What the province knows before the form.
    Known(Ticket, Result<KnownFacts, AskFailure>),
    /// What is probably due.
    Suggestions(Ticket, Result<Vec<Suggestion>, AskFailure>),
    /// The issuer's file.
    Certificate(Ticket, Result<IssuedCertificate, CertificateFailure>),
    /// The list of a directory.
    Directory(Ticket, Result<Vec<DirectoryEntry>, AskFailure>),
    /// The submission is on disk, synced.
    Saved(Ticket),
    /// It could not be put on disk: nothing was sent.
    NotSaved(Ticket),
    /// What became of it.
    Outcome(Ticket, SubmitOutcome),
    /// The staff member who signed in.
    SignedIn(Ticket, Result<Staff, AskFailure>),
    /// A helper answered, or the call-back was noted.
    HelpAnswered(Ticket, Result<(), AskFailure>),
}

/// Why the province gave no answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskFailure {
    /// It cannot be reached now.
    Unreachable,
    /// It says no: wrong code, unknown person, expired.
    Refused,
}

/// Why there is no certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateFailure {
    /// The province cannot be reached now.
    Unreachable,
    /// The issuer says no, and why.
    Refused(Localized),
    /// A file came whose seal is not valid.
    Seal(SealProblem),
}

/// What the matcher said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaceVerdict {
    /// The face fits the card.
    Matched,
    /// It does not.
    NotMatched,
}

/// What the province knows before the form.
#[derive(Debug, Clone, Default)]
pub struct KnownFacts {
    /// The answer to "is there anything to do?", where it was asked.
    pub inquiry: Option<InquiryAnswer>,
    /// Values for the form.
    pub prefill: Vec<SharedValue>,
}

/// The answer to "is there anything to do?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InquiryAnswer {
    /// Go on.
    Open,
    /// Nothing needs to be done.
    NothingToDo {
        /// Until when.
        until: Option<time::Date>,
        /// The department's words.
        message: Localized,
    },
}

/// One value that the province shares.
#[derive(Debug, Clone)]
pub struct SharedValue {
    /// The key that a field's `shared.KEY` names.
    pub key: String,
    /// The value as text; its field's kind tells how it is read.
    pub value: Personal,
    /// The department that holds it.
    pub source: Localized,
}

/// Something that is probably due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The item.
    pub item: ItemId,
    /// Why.
    pub reason: Localized,
}

/// A file as its issuer made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// Its title.
    pub title: Localized,
    /// Its number, where it has one.
    pub number: Option<Personal>,
    /// The file, unchanged.
    pub file: Picture,
    /// Pictures of its pages.
    pub pages: Vec<Picture>,
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its name.
    pub name: Localized,
    /// What it is.
    pub kind: Localized,
    /// Where it is.
    pub address: Localized,
    /// How far from the terminal, on foot.
    pub metres: u32,
    /// When it is open.
    pub hours: Localized,
    /// Its telephone.
    pub phone: String,
}

/// A member of staff who signed in at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Badge and name.
    pub worker: crate::identity::Worker,
    /// What they may do here.
    pub role: StaffRole,
}

/// What a member of staff may do at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffRole {
    /// Acts for residents.
    Worker,
    /// Looks after the unit, and acts for residents.
    Keeper,
    /// Maintains the unit.
    Technician,
}

/// What changed about the terminal.
#[derive(Debug, Clone)]
pub enum TerminalEvent {
    /// The province can be reached, or not.
    Network(Network),
    /// Whether a case can be kept safely.
    Storage(Storage),
    /// A new catalogue.
    Catalogue(Arc<Catalogue>),
    /// The catalogue is the newest, says the province at this moment.
    CatalogueCurrent(Timestamp),
    /// The divisions of the city, of every level.
    Divisions(Arc<[crate::form::DivisionName]>),
    /// The policy cards of the idle page.
    Notices(Vec<Notice>),
    /// A warning, or its end.
    Warning(Option<Warning>),
    /// A self-test was run.
    SelfTest(SelfTest),
}

/// Whether the province can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Network {
    /// It answers.
    #[default]
    Online,
    /// It does not.
    Offline,
}

/// Whether a case can be kept safely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Storage {
    /// Yes.
    #[default]
    Ready,
    /// The disk or the outbox is full.
    Full,
    /// The disk cannot be written.
    Failed,
}

/// A policy card of the idle page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub title: Localized,
    /// Who says it.
    pub source: Localized,
    /// Since when.
    pub date: time::Date,
}

/// A warning that takes over the idle page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its colour.
    pub level: WarningLevel,
    /// Its headline.
    pub title: Localized,
    /// What to do.
    pub advice: Localized,
    /// Who issued it.
    pub source: Localized,
    /// When.
    pub issued: Timestamp,
}

/// The four colours of the national warning system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningLevel {
    /// 蓝色
    Blue,
    /// 黄色
    Yellow,
    /// 橙色
    Orange,
    /// 红色
    Red,
}

/// When all devices were last tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfTest {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub result: SelfTestResult,
}

/// How a self-test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SelfTestResult {
    /// Every device answered.
    Passed,
    /// At least one did not.
    Failed,
}
