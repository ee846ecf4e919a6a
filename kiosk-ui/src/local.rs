//! What the screen keeps besides the session: open texts, ink, what is shown for a moment.
//!
//! Duty: the state of controls. Never: outlive the visit (`forget` empties it).

use crate::input::typing::Typing;
use domain::case::SubmissionId;
use domain::identity::SharedDataConsent;
use domain::messages::MessageId;
use domain::session::page::Page;
use domain::terminal::Timestamp;
use zeroize::Zeroizing;

/// What the screen keeps besides the session.
#[derive(Debug, Default)]
pub(crate) struct Local {
    /// The page that is shown.
    pub(crate) page: Option<Page>,
    /// The step of the form that is shown: another step of the same kind is another page.
    pub(crate) step: Option<usize>,
    /// The text that is being typed.
    pub(crate) typing: Option<Typing<'static>>,
    /// Which field of the page types.
    pub(crate) active: usize,
    /// The part of a date that types, and its three texts.
    pub(crate) date: DateParts,
    /// Levels of a division chosen so far, as codes.
    pub(crate) division: Vec<String>,
    /// Whose name and number a person's boxes hold.
    pub(crate) whose: Whose,
    /// Until when masked numbers are shown.
    pub(crate) reveal_until: Option<Timestamp>,
    /// The first answer of the consent page, while the second is asked.
    pub(crate) shared_data: Option<SharedDataConsent>,
    /// A signature being drawn: lines of points in a box of 1000 × 400.
    pub(crate) ink: Vec<Vec<(f32, f32)>>,
    /// Badge, PIN and number being typed one after another.
    pub(crate) entries: [Zeroizing<String>; 2],
    /// The certificate's page that is looked at.
    pub(crate) certificate: Option<usize>,
    /// The category of a directory that was chosen.
    pub(crate) category: Option<usize>,
    /// A telephone number is being left.
    pub(crate) leaving_number: bool,
    /// Which of the technician's pages is shown, and whether it was chosen.
    pub(crate) tab: usize,
    pub(crate) tab_chosen: bool,
    /// What became of a keeper's or technician's action.
    pub(crate) noted: bool,
    /// What a technician is told of the last button besides.
    pub(crate) note: Option<MessageId>,
    /// The entry of the outbox that a technician decides on, and whether they are about to withdraw it.
    pub(crate) deciding: Option<SubmissionId>,
    pub(crate) withdrawing: bool,
    /// A technician is about to start the other slot.
    pub(crate) leaving_slot: bool,
    /// What of the unit a technician tries over the whole screen.
    pub(crate) calibrating: Calibrating,
}

/// What of the unit is tried over the whole screen.
#[derive(Debug, Default)]
pub(crate) enum Calibrating {
    /// Nothing.
    #[default]
    No,
    /// Touch: where the crosses so far were touched, in parts of the screen.
    Touch(Vec<(f32, f32)>),
    /// The screen: which pattern.
    Pattern(usize),
    /// The camera.
    Camera,
}

/// A date being typed.
#[derive(Debug, Default)]
pub(crate) struct DateParts {
    /// Year, month, day.
    pub(crate) texts: [String; 3],
    /// The one that types.
    pub(crate) part: usize,
}

/// Whom a person's field is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The one whom the card or the province told of, where there is one.
    #[default]
    AsTold,
    /// Another, to be typed. Until the first key the told one stays the answer, so that going back loses nothing.
    Another,
}

impl Local {
    /// Another page is shown: nothing of the controls of the one before stays.
    pub(crate) fn enter(&mut self, page: Page, step: Option<usize>) {
        let certificate = self.certificate.filter(|_| page == Page::Result);
        *self = Self { page: Some(page), step, certificate, ..Self::default() };
    }

    /// The visit is over.
    pub(crate) fn forget(&mut self) {
        let page = self.page;
        *self = Self { page, ..Self::default() };
    }
}
