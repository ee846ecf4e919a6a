//! A way through a visit by the session's own events, for who only wants to be on a page.
//!
//! Duty: come to a page with the answers of real devices and a real province. Never: take the place of a finger; what a
//! resident can do is shown by `visit`.

use super::Booth;
use domain::form::FieldId;
use domain::identity::{FaceConsent, SharedDataConsent};
use domain::material::Picture;
use domain::service_item::ItemId;
use domain::service_item::sample::{Sample, read_answers};
use domain::session::event::{EventKind, Tap};
use domain::session::page::Page;
use domain::session::state::Step;
use drivers::sim::id_card::FictitiousCard;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a device or the province may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds of the terminal's clock after which the question for a resident is long on the screen; no form has as many steps.
const A_LONG_TIME: usize = 600;

/// The way did not come to a page.
#[derive(Debug, thiserror::Error)]
#[error("the page `{page}` was not reached; the terminal shows `{instead}`")]
pub struct Unreached {
    /// The page.
    pub page: &'static str,
    /// What is shown.
    pub instead: &'static str,
}

/// A way through visits in a booth.
pub struct Walk<'b> {
    booth: &'b Booth,
}

impl<'b> Walk<'b> {
    /// A way that begins where the booth is.
    pub fn new(booth: &'b Booth) -> Self {
        Self { booth }
    }

    /// What the booth shows instead of this page.
    pub fn unreached(&self, page: Page) -> Unreached {
        Unreached { page: page.name(), instead: self.booth.page().name() }
    }

    /// Whether the visit's step is such a one.
    pub fn step_is(&self, holds: impl Fn(&Step) -> bool) -> bool {
        self.booth.terminal().shell().session().visit().is_some_and(|visit| holds(&visit.step))
    }

    /// A tap's meaning, without a finger.
    pub fn tap(&self, tap: Tap) {
        self.booth.happen(EventKind::Tap(tap));
    }

    /// Hears devices and province until something holds, on the way to a page.
    ///
    /// # Errors
    /// It does not hold within a minute.
    pub fn hear_until(&self, page: Page, holds: impl Fn() -> bool) -> Result<(), Unreached> {
        let until = Instant::now() + PATIENCE;
        while !holds() {
            if Instant::now() > until {
                return Err(self.unreached(page));
            }
            self.booth.wait_event(Duration::from_millis(500));
        }
        Ok(())
    }

    /// Hears devices and province until the page is shown.
    ///
    /// # Errors
    /// It is not within a minute.
    pub fn reach(&self, page: Page) -> Result<(), Unreached> {
        self.hear_until(page, || self.booth.page() == page)
    }

    /// From the idle page to the start of an item.
    pub fn begin(&self, item: &str) {
        self.tap(Tap::Anywhere);
        self.tap(Tap::Item(ItemId(item.to_owned())));
        self.tap(Tap::Start);
    }

    /// Consents to everything that is asked.
    pub fn agree(&self) {
        self.tap(Tap::Agree { face: FaceConsent::Given, shared_data: SharedDataConsent::Given });
    }

    /// From the idle page to the review of an item, with a card.
    ///
    /// # Errors
    /// A page on the way is not reached.
    pub fn to_review(&self, item: &str, card: FictitiousCard) -> Result<(), Unreached> {
        self.begin(item);
        self.agree();
        self.reach(Page::IdentifyCard)?;
        self.booth.rig().place(card);
        self.answer_all()
    }

    /// Answers each step with the item's own sample, up to the review.
    ///
    /// # Errors
    /// The form does not begin, or does not end.
    pub fn answer_all(&self) -> Result<(), Unreached> {
        self.hear_until(Page::Review, || self.step_is(|step| matches!(step, Step::Form(_))))?;
        for _ in 0..A_LONG_TIME {
            if self.booth.page() == Page::Review {
                return Ok(());
            }
            self.answer_step(None);
            self.tap(Tap::Next);
        }
        Err(self.unreached(Page::Review))
    }

    /// Answers what the present step asks, from these answers or the item's own sample.
    pub fn answer_step(&self, answers: Option<&BTreeMap<FieldId, Sample>>) {
        let picture =
            Picture::new(crate::ink::png(&[vec![(100.0, 100.0), (900.0, 300.0)]]).unwrap_or_default());
        let today = self.booth.now().date();
        let wanted: Vec<_> = {
            let shell = self.booth.terminal().shell();
            let Some(Step::Form(filling)) = shell.session().visit().map(|v| &v.step) else { return };
            let own = read_answers(&filling.file.item, &filling.file.item.sample);
            let own = own.unwrap_or_default();
            let answers = answers.unwrap_or(&own);
            let open = filling.fields().filter(|field| filling.file.answers.get(&field.id).is_none());
            open.filter_map(|field| Some((field.id.clone(), answers.get(&field.id)?.answer(today, &picture))))
                .collect()
        };
        for (field, answer) in wanted {
            self.tap(Tap::Answer(field, answer));
        }
    }

    /// Ends whatever is going on, and waits for the idle page.
    ///
    /// # Errors
    /// It is not reached.
    pub fn leave(&self) -> Result<(), Unreached> {
        self.booth.rig().reader().take();
        self.tap(Tap::Leave);
        self.wait_for(Page::Idle)?;
        while self.booth.take_event() {}
        Ok(())
    }

    /// Lets the terminal's time pass until the page is shown.
    ///
    /// # Errors
    /// It is not after ten minutes of that time.
    pub fn wait_for(&self, page: Page) -> Result<(), Unreached> {
        for _ in 0..A_LONG_TIME {
            if self.booth.page() == page {
                return Ok(());
            }
            self.booth.wait_event(Duration::from_millis(50));
            self.booth.pass_second();
        }
        Err(self.unreached(page))
    }
}
