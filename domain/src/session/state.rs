//! The states of a visit. A state owns its data: what is not valid in a state cannot be written down in it.

mod identifying;
mod licensing;

pub use identifying::{
    CodeProblem, FaceCheck, FaceFailure, FacePhase, Identifying, Sms, SmsProblem, Way, WorkerWay,
};
pub use licensing::{LicencePart, LicenceProblem, LicenceWay, Licensing};

use super::effect::CameraUse;
use super::event::{
    AskFailure, DirectoryEntry, IssuedCertificate, PrintOutcome, Sight, Staff, Suggestion, Ticket,
};
use crate::case::{SubmissionId, SubmitOutcome, VisitOutcome};
use crate::device::DeviceClass;
use crate::display_mode::DisplayMode;
use crate::form::FieldId;
use crate::form::answer::FormAnswers;
use crate::form::check::FieldMistake;
use crate::identity::{Consent, Identity, Worker};
use crate::locale::{Locale, Localized};
use crate::paper::Paper;
use crate::personal::Personal;
use crate::rating::{RatingLevel, RatingReason, ServiceRating};
use crate::seal::SealProblem;
use crate::service_item::{ServiceItem, Theme};
use crate::terminal::Timestamp;
use std::sync::Arc;

/// Where the terminal is.
#[derive(Debug, Clone)]
pub enum Place {
    /// Nobody is there.
    Idle,
    /// The terminal serves nobody now.
    OutOfService(OutOfService),
    /// A resident is served.
    Visit(Box<Visit>),
    /// The resident's data is gone; the page says so for a moment.
    Forgetting(Forgetting),
    /// Keeper or technician signs in.
    StaffSignIn(SignIn),
    /// Somebody looks after the unit.
    Upkeep(UpkeepVisit),
}

/// A keeper or technician at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpkeepVisit {
    /// Who.
    pub staff: Staff,
    /// The last touch.
    pub touched: Timestamp,
    /// What the camera is for: a technician looks through it.
    pub camera: CameraUse,
}

/// Why the terminal serves nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfService {
    /// Why.
    pub reason: OutOfServiceReason,
    /// Since when.
    pub since: Timestamp,
}

/// Why the terminal serves nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutOfServiceReason {
    /// Outside its opening hours.
    Closed,
    /// A case could not be kept safely.
    Storage,
    /// No catalogue was ever good.
    NoCatalogue,
    /// The mains are away, and the battery is nearly empty.
    Power,
    /// The machine is about to start again.
    Restarting,
}

/// The moment after a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgetting {
    /// Since when.
    pub since: Timestamp,
    /// Whether a card lies on the reader.
    pub card: CardOnReader,
    /// When the last reminder of the card sounded.
    pub reminded: Timestamp,
    /// The language of the visit: the last words are in it too.
    pub locale: Locale,
    /// How the screen was drawn.
    pub mode: DisplayMode,
}

/// Whether a card lies on the reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CardOnReader {
    /// None that we know of.
    #[default]
    No,
    /// One does.
    Yes,
}

/// Badge and PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// Waits for badge and PIN.
    Entering {
        /// What went wrong before.
        problem: Option<SignInProblem>,
        /// Since when.
        since: Timestamp,
    },
    /// The province is asked.
    Checking(Ticket, Timestamp),
}

/// Why nobody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignInProblem {
    /// Badge or PIN is wrong.
    Refused,
    /// The province cannot be reached.
    Unreachable,
    /// The badge is right, but not for this page.
    NotForThisPage,
}

impl From<AskFailure> for SignInProblem {
    fn from(failure: AskFailure) -> Self {
        match failure {
            AskFailure::Refused => Self::Refused,
            AskFailure::Unreachable => Self::Unreachable,
        }
    }
}

/// A resident at the terminal.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Since when.
    pub begun: Timestamp,
    /// The last touch, or the last moment when device or network worked.
    pub touched: Timestamp,
    /// Since when device or network has been working for the resident, while it has.
    pub working_since: Option<Timestamp>,
    /// Since when a sensor has seen nobody, without a touch since.
    pub left: Option<Timestamp>,
    /// The language.
    pub locale: Locale,
    /// How the screen is drawn.
    pub mode: DisplayMode,
    /// Who acts for the resident.
    pub worker: Option<Worker>,
    /// Whether a card lies on the reader.
    pub card: CardOnReader,
    /// What came of it so far: the last service's outcome.
    pub outcome: VisitOutcome,
    /// A rating was given or declined in this visit.
    pub rating: RatingAsked,
    /// The step.
    pub step: Step,
    /// The call of the district's desk, while there is one: it stays while the resident goes on.
    pub desk: Option<DeskCall>,
    /// What lies on top of the step and keeps it as it is.
    pub overlay: Option<Overlay>,
}

/// A call of the district's desk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeskCall {
    /// Who took it; none while nobody has.
    pub worker: Option<String>,
    /// Whether they see the page.
    pub sight: Sight,
    /// Their ring: pixels from the left and the top.
    pub ring: Option<(f32, f32)>,
    /// Their sentence.
    pub words: Option<String>,
}

/// Whether this visit was already asked for a rating: once for a visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RatingAsked {
    /// Not yet.
    #[default]
    NotYet,
    /// Yes.
    Yes,
}

/// A page on top of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// 您还在吗
    StillThere {
        /// When the visit ends without a touch.
        until: Timestamp,
        /// The page on top of the step before.
        below: Option<Box<Overlay>>,
    },
    /// 找人帮忙
    Help(Help),
    /// A worker signs in.
    Assisted(SignIn),
    /// A device or the province cannot …
    Trouble(Trouble),
}

/// A call for help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Help {
    /// The ways are shown.
    Offered,
    /// Somebody is being called.
    Calling(Ticket),
    /// Somebody comes.
    Coming,
    /// The district's desk is called, or talks: [`Visit::desk`] says which.
    Desk,
    /// A number is being left.
    LeavingNumber(Ticket),
    /// The number was noted.
    NumberLeft,
    /// Neither worked: the telephone numbers stay on the page.
    Failed,
}

/// What cannot be done now; nothing is lost by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A device.
    Device(DeviceClass),
    /// The province, where it is needed at once.
    Province,
    /// The province says no to what was asked, where its answer is needed at once.
    Refused,
    /// The province does not take the submission as it is, and it cannot wait.
    NotTaken,
    /// The submission could not be saved; nothing was sent.
    NotSaved,
    /// Nothing can be kept until the terminal was mended: nothing is taken.
    NothingKept,
    /// Neither the clock nor the province can say when something was filed: nothing is taken.
    Clock,
}

/// The steps of a visit.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "there is one visit at a time, and it is behind a box")]
pub enum Step {
    /// 您要办什么
    Home(Browse),
    /// Search.
    Search(Browse, Personal),
    /// 哪一件
    Items(Browse, Theme),
    /// 办之前看一眼
    Guide(Browse, Arc<ServiceItem>),
    /// 我们要读什么、为什么
    Consent(Browse, Arc<ServiceItem>),
    /// Who is it?
    Identify(Identifying),
    /// Look into the camera.
    Face(FaceCheck),
    /// The province is asked before the form.
    Asking(Asking),
    /// A step of the form.
    Form(Filling),
    /// A certificate of the library is being taken for a paper.
    Licence(Licensing),
    /// 请核对
    Review(CaseFile),
    /// On its way.
    Submitting(Submitting),
    /// A certificate is being fetched.
    Fetching(Fetching),
    /// What became of it.
    Result(Finished),
    /// Paper comes.
    Printing(Printing),
    /// 请评价这次服务
    Rating(Rating),
    /// 您还能办
    YouMayAlso(YouMayAlso),
    /// The list of a directory.
    Directory(Directory),
}

/// Looking around; the person may already be known from a service before.
#[derive(Debug, Clone, Default)]
pub struct Browse {
    /// Who it is.
    pub identity: Option<Identity>,
    /// How the browsing came to the present page.
    pub from: CameFrom,
}

/// Where "back" leads from a guide.
#[derive(Debug, Clone, Default)]
pub enum CameFrom {
    /// The home page.
    #[default]
    Home,
    /// A theme.
    Items(Theme),
    /// A search.
    Search(Personal),
}

/// The province is asked before the form.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The case so far.
    pub file: CaseFile,
    /// The question.
    pub ticket: Ticket,
    /// Since when.
    pub since: Timestamp,
}

/// An item that one person is doing, with what was agreed to: the file from which a submission is made.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// What.
    pub item: Arc<ServiceItem>,
    /// What was agreed to.
    pub consent: Consent,
    /// Who.
    pub identity: Identity,
    /// The answers so far.
    pub answers: FormAnswers,
}

/// A step of the form.
#[derive(Debug, Clone)]
pub struct Filling {
    /// The case so far.
    pub file: CaseFile,
    /// The step: an index into the item's form.
    pub at: usize,
    /// What is wrong on this step; shown after 下一步.
    pub mistakes: Vec<FieldMistake>,
    /// The field whose picture is being taken.
    pub photo: Option<(FieldId, Ticket)>,
    /// Pictures of this step on which no good sheet was found.
    pub photo_failures: u8,
    /// Where the form leads when this step is right.
    pub then: AfterStep,
}

/// Where the form leads when a step is right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AfterStep {
    /// To the next step.
    #[default]
    NextStep,
    /// Back to the review, from where 修改 came.
    Review,
}

/// On its way.
#[derive(Debug, Clone)]
pub struct Submitting {
    /// The case: kept, for when it cannot be saved.
    pub file: CaseFile,
    /// The submission.
    pub id: SubmissionId,
    /// The question.
    pub ticket: Ticket,
    /// When 提交 was touched.
    pub filed_at: Timestamp,
    /// Whether it is on disk.
    pub saved: Saved,
}

/// Whether a submission is on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Saved {
    /// Not yet.
    #[default]
    No,
    /// Yes, synced.
    Yes,
}

/// A certificate is being fetched.
#[derive(Debug, Clone)]
pub struct Fetching {
    /// The case: kept, for when the province cannot be reached.
    pub file: CaseFile,
    /// The question.
    pub ticket: Ticket,
    /// Since when.
    pub since: Timestamp,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What was done.
    pub item: Arc<ServiceItem>,
    /// For whom.
    pub identity: Option<Identity>,
    /// How it ended.
    pub ending: Ending,
    /// The answers that stand on the result and the slip.
    pub answers: FormAnswers,
    /// When.
    pub at: Timestamp,
    /// What became of the paper.
    pub paper: PaperState,
}

/// How a service ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// A submission has an outcome.
    Case {
        /// The submission.
        id: SubmissionId,
        /// The outcome.
        outcome: SubmitOutcome,
    },
    /// Nothing needed to be done.
    NothingToDo {
        /// Until when.
        until: Option<time::Date>,
        /// The department's words.
        message: Localized,
    },
    /// The issuer's file is shown.
    Certificate(IssuedCertificate),
    /// The issuer gives none, and why.
    NoCertificate(Localized),
    /// A file came whose seal is not valid: it is neither shown nor printed.
    BadSeal(SealProblem),
    /// The directory was read.
    Directory(Vec<DirectoryEntry>),
}

/// What became of the paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PaperState {
    /// None was asked for.
    #[default]
    NotPrinted,
    /// A print was tried, with this end.
    Tried(PrintOutcome),
}

/// Paper comes.
#[derive(Debug, Clone)]
pub struct Printing {
    /// What is printed about; the page leads back to it.
    pub finished: Finished,
    /// The paper; none where it is the issuer's file, which the result holds.
    pub paper: Option<Paper>,
    /// The job.
    pub ticket: Ticket,
    /// How far it is, of 100; or how it ended.
    pub phase: PrintPhase,
}

/// How far a print is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintPhase {
    /// It comes: of 100.
    Working(u8),
    /// It ended.
    Ended(PrintOutcome),
}

/// 请评价这次服务
#[derive(Debug, Clone)]
pub struct Rating {
    /// What is rated.
    pub finished: Finished,
    /// The level that was touched.
    pub level: Option<RatingLevel>,
    /// The reasons that were chosen.
    pub reasons: Vec<RatingReason>,
    /// What the resident wrote of it, perhaps nothing.
    pub words: Personal,
    /// What is asked.
    pub part: RatingPart,
}

impl Rating {
    /// The rating as it may be sent, where it may be.
    pub fn made(&self) -> Option<ServiceRating> {
        let words = Some(self.words.clone());
        self.level.and_then(|level| ServiceRating::with_words(level, self.reasons.clone(), words).ok())
    }
}

/// What the rating asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RatingPart {
    /// The level, and the reasons of a low one.
    Level,
    /// The resident's own words.
    Words,
}

/// 您还能办
#[derive(Debug, Clone)]
pub struct YouMayAlso {
    /// Who agreed to look.
    pub identity: Identity,
    /// What the page shows.
    pub list: SuggestionList,
}

/// What is probably due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuggestionList {
    /// The province is asked.
    Asking(Ticket),
    /// Its answer; may be empty.
    Answer(Vec<Suggestion>),
    /// It cannot be reached.
    Unreachable,
}

/// The list of a directory.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The way back.
    pub browse: Browse,
    /// The directory.
    pub item: Arc<ServiceItem>,
    /// The question, while it is under way.
    pub list: DirectoryList,
}

/// What the directory's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryList {
    /// The province is asked.
    Asking(Ticket),
    /// The entries, nearest first.
    Entries(Vec<DirectoryEntry>),
    /// It cannot be reached.
    Unreachable,
}
