//! One visit without a display: a resident's way through an item, by pointer and keys alone.
//!
//! Duty: look at the page, find what a person would touch by its label, touch it; lay cards, take paper. Never: call
//! what a control calls, or know an outcome before the session does.

mod form;
mod hands;
mod licence;
mod path;
mod record;
mod spelling;

use crate::cli::{CardChoice, VisitOptions, VisitSummary};
use crate::headless::{Booth, BoothError, BoothOptions};
use crate::journal::Journal;
use crate::rig::{RigProvince, UnknownFault};
use domain::case::{SubmissionId, SubmitOutcome, VisitOutcome};
use domain::service_item::ItemId;
use domain::service_item::sample::{AnswerMistake, read_answers};
use domain::session::page::Page;
use domain::session::state::{Ending, Step};
use form::Answers;
use hands::Hands;
use platform_client::sim::{CastMember, CatalogueSource};
use record::Record;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Why a visit did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// A folder or file of the visit's own.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The terminal.
    #[error(transparent)]
    Booth(#[from] BoothError),
    /// There is no such item on this terminal.
    #[error("this terminal offers no item `{0}`")]
    NoItem(ItemId),
    /// The answers do not suit the item.
    #[error("{}", lines(.0))]
    Answers(Vec<AnswerMistake>),
    /// A fault that cannot be made here.
    #[error(transparent)]
    Fault(#[from] UnknownFault),
    /// What the page should have is not there, or cannot be touched.
    #[error("the page `{page}` has no `{label}` to touch; it has: {}", .there.join(", "))]
    NoControl {
        /// The page.
        page: &'static str,
        /// What was looked for.
        label: String,
        /// What can be touched instead.
        there: Vec<String>,
    },
    /// A field has no answer: neither the file nor the item's sample knows it.
    #[error("the field `{0}` has to be answered, and there is no answer to it")]
    NoAnswer(String),
    /// The pads cannot write it.
    #[error("the answer to `{field}` holds a character that the keys cannot write")]
    Unwritable {
        /// The field.
        field: String,
    },
    /// A step of the form does not take its answer.
    #[error("the form does not take the answer to `{field}`: {message}")]
    Refused {
        /// The field.
        field: String,
        /// What the page says.
        message: String,
    },
    /// Somebody is needed whom only a province that runs here knows.
    #[error("without a card the visit needs the province's codes, which only one that runs here gives")]
    NoHolder,
    /// Nothing happened for too long.
    #[error("the page `{page}` did not go on")]
    Stuck {
        /// The page.
        page: &'static str,
    },
    /// The thread ended.
    #[error("the visit's thread has ended")]
    Thread,
}

fn lines(mistakes: &[AnswerMistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

impl VisitError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Booth(error) => error.kind(),
            Self::NoItem(_) => "no_item",
            Self::Answers(_) | Self::NoAnswer(_) | Self::Unwritable { .. } | Self::Refused { .. } => {
                "answers"
            }
            Self::Fault(_) => "fault",
            Self::NoControl { .. } => "no_control",
            Self::NoHolder => "no_holder",
            Self::Stuck { .. } => "stuck",
            Self::Thread => "thread",
        }
    }
}

/// Plays a visit, on a thread of its own: the screen's toolkit has one platform for a thread.
///
/// # Errors
/// Why it did not come to an end.
pub fn run(options: VisitOptions) -> Result<VisitSummary, VisitError> {
    std::thread::spawn(move || play(options)).join().unwrap_or(Err(VisitError::Thread))
}

fn play(options: VisitOptions) -> Result<VisitSummary, VisitError> {
    let file = |path: &Path| {
        let path = path.to_owned();
        move |cause: std::io::Error| VisitError::File { path, cause: cause.to_string() }
    };
    std::fs::create_dir_all(&options.out).map_err(file(&options.out))?;
    let journal = options.out.join("visit.jsonl");
    let journal = Journal::to(std::fs::File::create(&journal).map_err(file(&journal))?);
    // Kept until the end where nobody named a folder to keep.
    let scratch = tempfile::tempdir().map_err(file(Path::new("/tmp")))?;
    let booth = Booth::open(BoothOptions {
        screen: options.screen,
        seed: options.seed,
        time: options.time,
        province: match &options.province {
            Some(elsewhere) => RigProvince::At(elsewhere.clone()),
            None => RigProvince::Here(match &options.catalogue {
                Some(folder) => CatalogueSource::Folder(folder.clone()),
                None => CatalogueSource::Embedded,
            }),
        },
        data: options.data.clone().unwrap_or_else(|| scratch.path().to_owned()),
        journal,
        on_paper: Some(record::paper_taker(options.out.clone())),
        on_document: Some(record::document_taker(options.out.clone())),
        ..BoothOptions::usual(scratch.path())
    })?;
    for fault in &options.faults {
        booth.rig().inject(*fault)?;
    }
    let visit = Visit::new(&options, &booth)?;
    visit.play()
}

/// A visit under way.
struct Visit<'b> {
    options: &'b VisitOptions,
    booth: &'b Booth,
    hands: Hands<'b>,
    record: Record,
    answers: Answers,
    holder: Option<CastMember>,
    did: Did,
    ended: Ended,
}

/// What was done already, so that it is not done again and again.
#[derive(Default)]
struct Did {
    language: bool,
    mode: bool,
    /// How often the card was laid on the reader.
    placed: u8,
    code_shown: bool,
    faces: u8,
    troubles: u8,
    pressed_next: u8,
    filled: Option<usize>,
    printed: bool,
    viewed: bool,
    ended_print: bool,
    card_taken: bool,
    leaving: bool,
}

/// What the visit came to, as far as the screen has shown it.
#[derive(Default)]
struct Ended {
    outcome: Option<VisitOutcome>,
    application: Option<String>,
    case: Option<String>,
    submission: Option<SubmissionId>,
}

impl<'b> Visit<'b> {
    fn new(options: &'b VisitOptions, booth: &'b Booth) -> Result<Self, VisitError> {
        let item = {
            let shell = booth.terminal().shell();
            let catalogue = &shell.session().facts().catalogue;
            catalogue.item(&options.item).cloned().ok_or_else(|| VisitError::NoItem(options.item.clone()))?
        };
        let own = read_answers(&item, &item.sample).map_err(VisitError::Answers)?;
        let told = match &options.answers {
            Some(path) => read_answers(&item, &answers_in(path)?).map_err(VisitError::Answers)?,
            None => Default::default(),
        };
        let path = options.out.join("touches.jsonl");
        let touches = std::fs::File::create(&path)
            .map_err(|cause| VisitError::File { path, cause: cause.to_string() })?;
        let card = match options.card {
            CardChoice::Card(card) => card,
            CardChoice::None => drivers::sim::id_card::SampleCard::Resident,
        };
        Ok(Self {
            options,
            booth,
            hands: Hands::new(booth, touches),
            record: Record::new(options.out.clone()),
            answers: Answers { own, told },
            holder: booth.rig().holder(card),
            did: Did::default(),
            ended: Ended::default(),
        })
    }

    /// From the idle page to the idle page.
    fn play(mut self) -> Result<VisitSummary, VisitError> {
        let mut moved = Instant::now();
        let mut pages = 0;
        loop {
            while let Some(page) = self.booth.next_entered() {
                moved = Instant::now();
                pages += 1;
                self.did.entered(page);
                self.record.picture(self.booth, page)?;
                self.note();
                if page == Page::Idle && pages > 1 {
                    return Ok(self.summary(pages));
                }
            }
            self.note();
            if self.booth.take_event() {
                continue;
            }
            if moved.elapsed() > path::PATIENCE || pages > path::MOST_PAGES {
                return Err(VisitError::Stuck { page: self.booth.page().name() });
            }
            if self.booth.page() == Page::OutOfService {
                return Ok(self.summary(pages));
            }
            self.act()?;
        }
    }

    /// Remembers what the screen shows of the outcome: after the visit it is gone.
    fn note(&mut self) {
        let shell = self.booth.terminal().shell();
        let Some(visit) = shell.session().visit() else { return };
        self.ended.outcome = Some(visit.outcome);
        let Step::Result(finished) = &visit.step else { return };
        let Ending::Case { id, outcome } = &finished.ending else { return };
        self.ended.submission = Some(id.clone());
        let (application, case) = match outcome {
            SubmitOutcome::Received { application }
            | SubmitOutcome::SupplementRequired { application, .. }
            | SubmitOutcome::AlreadyApplied { application } => (Some(application), None),
            SubmitOutcome::Accepted { application, case } => (Some(application), Some(case)),
            SubmitOutcome::NotAccepted { application, .. } => (application.as_ref(), None),
            SubmitOutcome::Queued
            | SubmitOutcome::SetAside
            | SubmitOutcome::Unknown
            | SubmitOutcome::NotSent
            | SubmitOutcome::NotTaken => (None, None),
        };
        self.ended.application = application.map(ToString::to_string);
        self.ended.case = case.map(ToString::to_string);
    }

    fn summary(self, pages: usize) -> VisitSummary {
        VisitSummary {
            outcome: self.ended.outcome.unwrap_or(VisitOutcome::Abandoned),
            application_number: self.ended.application,
            case_number: self.ended.case,
            submission_id: self.ended.submission,
            pages,
            taps: self.hands.taps(),
        }
    }
}

impl Did {
    fn entered(&mut self, page: Page) {
        self.pressed_next = 0;
        self.filled = None;
        if page == Page::Trouble {
            self.troubles += 1;
        }
        if page != Page::Printing {
            self.ended_print = false;
        }
        if matches!(page, Page::IdentifyQr | Page::IdentifyNetworkId | Page::LicenceQr) {
            self.code_shown = false;
        }
    }
}

fn answers_in(path: &Path) -> Result<std::collections::BTreeMap<String, toml::Value>, VisitError> {
    let file = |cause: String| VisitError::File { path: path.to_owned(), cause };
    let text = std::fs::read_to_string(path).map_err(|error| file(error.to_string()))?;
    toml::from_str(&text).map_err(|error| file(error.to_string().trim_end().to_owned()))
}
