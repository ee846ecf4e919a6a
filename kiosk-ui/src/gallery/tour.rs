//! The way past every page: one visit after the other, held on each page while it is drawn.
//!
//! Nothing that devices and province say reaches the session while a page is drawn, so that even a page of a moment stands.

use super::GalleryError;
use super::easel::Easel;
use super::sampler::sampler;
use crate::headless::Booth;
use domain::device::{DeviceClass, DeviceState};
use domain::form::FieldId;
use domain::identity::{FaceConsent, IdentityWay, SharedDataConsent};
use domain::locale::Locale;
use domain::material::Picture;
use domain::personal::Personal;
use domain::service_item::sample::{Sample, read_answers};
use domain::service_item::{Catalogue, ItemId, Theme};
use domain::session::event::{DeviceEvent, EventKind, Storage, Tap, TerminalEvent};
use domain::session::page::{FormPage, Page};
use domain::session::state::{DirectoryList, PrintPhase, Step, SuggestionList};
use drivers::sim::camera::{Scene, SceneName};
use drivers::sim::id_card::SampleCard;
use platform_client::sim::StaffDuty;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a device or the province may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds of the terminal's clock after which the question for a resident is long on the screen.
const A_LONG_TIME: usize = 600;
const SEED: u64 = 1;

const ITEM: &str = "pension-certification";
const EVERY_WAY: &str = "disability-subsidies";
const DIRECTORY: &str = "convenience-directory";
/// What the sampler stands in for.
const FORMS: &str = "meal-booking";

pub(super) struct Tour<'b> {
    booth: &'b Booth,
    easel: Easel,
}

impl<'b> Tour<'b> {
    pub(super) fn new(booth: &'b Booth, easel: Easel) -> Self {
        Self { booth, easel }
    }

    pub(super) fn walk(mut self) -> Result<Easel, GalleryError> {
        self.looking_around()?;
        self.saying_who()?;
        self.up_to_a_result()?;
        self.paper_and_farewell()?;
        self.every_field()?;
        self.a_directory()?;
        self.what_lies_on_top()?;
        self.staff()?;
        self.out_of_service()?;
        Ok(self.easel)
    }

    fn tap(&self, tap: Tap) {
        self.booth.happen(EventKind::Tap(tap));
    }

    /// Draws the page that is shown, which must be this one.
    fn draw(&mut self, page: Page) -> Result<(), GalleryError> {
        let shown = self.booth.page();
        if shown != page {
            return Err(GalleryError::Unreached { page: page.name(), instead: shown.name() });
        }
        self.easel.draw(self.booth, page)
    }

    /// Hears devices and province until something holds.
    fn hear_until(&self, page: Page, holds: impl Fn(&Booth) -> bool) -> Result<(), GalleryError> {
        let until = Instant::now() + PATIENCE;
        while !holds(self.booth) {
            if Instant::now() > until {
                return Err(GalleryError::Unreached { page: page.name(), instead: self.booth.page().name() });
            }
            self.booth.wait_event(Duration::from_millis(500));
        }
        Ok(())
    }

    fn reach(&self, page: Page) -> Result<(), GalleryError> {
        self.hear_until(page, |booth| booth.page() == page)
    }

    fn step_is(booth: &Booth, holds: impl Fn(&Step) -> bool) -> bool {
        booth.terminal().shell().session().visit().is_some_and(|visit| holds(&visit.step))
    }

    /// Shows what the camera sees, and draws the page.
    fn draw_with_camera(&mut self, page: Page, scene: Scene) -> Result<(), GalleryError> {
        self.booth.rig().camera().show(scene);
        self.hear_until(page, Booth::show_preview)?;
        // The hint that belongs to the scene.
        self.booth.wait_event(Duration::from_secs(2));
        self.booth.show_preview();
        self.draw(page)
    }

    /// Ends whatever is going on, and waits for the idle page.
    fn leave(&self) -> Result<(), GalleryError> {
        self.booth.rig().reader().take();
        self.tap(Tap::Leave);
        for _ in 0..A_LONG_TIME {
            if self.booth.page() == Page::Idle {
                while self.booth.take_event() {}
                return Ok(());
            }
            self.booth.wait_event(Duration::from_millis(50));
            self.booth.pass_second();
        }
        Err(GalleryError::Unreached { page: Page::Idle.name(), instead: self.booth.page().name() })
    }

    fn begin(&self, item: &str) {
        self.tap(Tap::Anywhere);
        self.tap(Tap::Item(ItemId(item.to_owned())));
        self.tap(Tap::Start);
    }

    fn agree(&self) {
        self.tap(Tap::Agree { face: FaceConsent::Given, shared_data: SharedDataConsent::Given });
    }

    fn looking_around(&mut self) -> Result<(), GalleryError> {
        self.draw(Page::Idle)?;
        self.tap(Tap::Anywhere);
        self.draw(Page::Home)?;
        self.tap(Tap::Search);
        self.tap(Tap::SearchText(Personal::new(self.first_letters())));
        self.draw(Page::Search)?;
        self.tap(Tap::Back);
        self.tap(Tap::Theme(Theme::ElderCare));
        self.draw(Page::Items)?;
        self.tap(Tap::Item(ItemId(ITEM.to_owned())));
        self.draw(Page::Guide)?;
        self.tap(Tap::Start);
        self.draw(Page::Consent)?;
        self.leave()
    }

    fn saying_who(&mut self) -> Result<(), GalleryError> {
        self.begin(EVERY_WAY);
        self.agree();
        self.draw(Page::IdentifyCard)?;
        self.tap(Tap::IdentityWay(None));
        self.draw(Page::Identify)?;
        for (way, page) in
            [(IdentityWay::ProvinceQr, Page::IdentifyQr), (IdentityWay::NetworkId, Page::IdentifyNetworkId)]
        {
            self.tap(Tap::IdentityWay(Some(way)));
            self.draw_with_camera(page, Scene::named(SceneName::Far, SEED))?;
        }
        for (way, page) in
            [(IdentityWay::Sms, Page::IdentifySms), (IdentityWay::Worker, Page::IdentifyWorker)]
        {
            self.tap(Tap::IdentityWay(Some(way)));
            self.draw(page)?;
        }
        self.leave()
    }

    fn up_to_a_result(&mut self) -> Result<(), GalleryError> {
        self.begin(ITEM);
        self.agree();
        self.booth.rig().camera().show(Scene::named(SceneName::Far, SEED));
        self.booth.rig().place(SampleCard::Resident.card());
        self.reach(Page::Face)?;
        self.draw_with_camera(Page::Face, Scene::named(SceneName::Far, SEED))?;
        self.booth.rig().camera().show(Scene::face(SEED));
        self.reach(Page::Asking)?;
        self.draw(Page::Asking)?;
        self.answer_all()?;
        self.draw(Page::Review)?;
        self.confirm()?;
        self.draw(Page::Submitting)?;
        self.reach(Page::Result)?;
        self.draw(Page::Result)?;
        self.tap(Tap::Suggest);
        self.hear_until(Page::YouMayAlso, |booth| {
            Self::step_is(
                booth,
                |step| matches!(step, Step::YouMayAlso(also) if !matches!(also.list, SuggestionList::Asking(_))),
            )
        })?;
        self.draw(Page::YouMayAlso)?;
        self.tap(Tap::Back);
        self.leave()
    }

    fn paper_and_farewell(&mut self) -> Result<(), GalleryError> {
        self.begin(FORMS);
        self.agree();
        self.reach(Page::IdentifyCard)?;
        self.booth.rig().place(SampleCard::Resident.card());
        self.answer_all()?;
        self.confirm()?;
        self.reach(Page::Result)?;
        self.tap(Tap::Print);
        self.hear_until(Page::Printing, |booth| {
            Self::step_is(
                booth,
                |step| matches!(step, Step::Printing(printing) if matches!(printing.phase, PrintPhase::Ended(_))),
            )
        })?;
        self.draw(Page::Printing)?;
        self.tap(Tap::Finish);
        self.tap(Tap::Finish);
        self.draw(Page::Rating)?;
        self.booth.rig().reader().take();
        self.booth.wait_event(Duration::from_secs(2));
        self.tap(Tap::SkipRating);
        self.draw(Page::Forgetting)?;
        self.leave()
    }

    fn confirm(&self) -> Result<(), GalleryError> {
        let id = self.booth.terminal().shell().fresh_submission_id();
        let unreached =
            GalleryError::Unreached { page: Page::Submitting.name(), instead: Page::Review.name() };
        self.tap(Tap::Confirm(id.ok_or(unreached)?));
        Ok(())
    }

    /// What somebody types who looks for the item.
    fn first_letters(&self) -> String {
        let shell = self.booth.terminal().shell();
        let item = shell.session().facts().catalogue.item(&ItemId(ITEM.to_owned())).cloned();
        item.map(|item| item.name.text(Locale::default()).chars().take(4).collect()).unwrap_or_default()
    }

    /// Answers each step with the item's own sample, up to the review.
    fn answer_all(&self) -> Result<(), GalleryError> {
        self.hear_until(Page::Review, |booth| Self::step_is(booth, |step| matches!(step, Step::Form(_))))?;
        for _ in 0..A_LONG_TIME {
            if self.booth.page() == Page::Review {
                return Ok(());
            }
            self.answer_step(None);
            self.tap(Tap::Next);
        }
        Err(GalleryError::Unreached { page: Page::Review.name(), instead: self.booth.page().name() })
    }

    /// Answers what the present step asks, from these answers or the item's own sample.
    fn answer_step(&self, answers: Option<&BTreeMap<FieldId, Sample>>) {
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

    fn every_field(&mut self) -> Result<(), GalleryError> {
        let catalogue = Arc::clone(&self.booth.terminal().shell().session().facts().catalogue);
        let unreached = || GalleryError::Unreached {
            page: Page::Form(FormPage::Choice).name(),
            instead: Page::Idle.name(),
        };
        let (item, answers) = sampler(&catalogue, &ItemId(FORMS.to_owned())).ok_or_else(unreached)?;
        let mut with_sampler = Catalogue::clone(&catalogue);
        with_sampler.items.retain(|other| other.id != item.id);
        with_sampler.items.push(Arc::new(item));
        self.booth.happen(EventKind::Terminal(TerminalEvent::Catalogue(Arc::new(with_sampler))));

        self.begin(FORMS);
        self.agree();
        self.booth.rig().place(SampleCard::Resident.card());
        self.hear_until(Page::Form(FormPage::Choice), |booth| {
            Self::step_is(booth, |step| matches!(step, Step::Form(_)))
        })?;
        for kind in FormPage::ALL {
            let page = Page::Form(kind);
            match kind {
                FormPage::Photo => self.draw_with_camera(page, Scene::named(SceneName::Empty, SEED))?,
                _ => self.draw(page)?,
            }
            self.answer_step(Some(&answers));
            self.tap(Tap::Next);
        }
        self.leave()?;
        self.booth.happen(EventKind::Terminal(TerminalEvent::Catalogue(catalogue)));
        Ok(())
    }

    fn a_directory(&mut self) -> Result<(), GalleryError> {
        self.begin(DIRECTORY);
        self.hear_until(Page::Directory, |booth| {
            Self::step_is(
                booth,
                |step| matches!(step, Step::Directory(d) if matches!(d.list, DirectoryList::Entries(_))),
            )
        })?;
        self.draw(Page::Directory)?;
        self.leave()
    }

    fn what_lies_on_top(&mut self) -> Result<(), GalleryError> {
        self.begin(ITEM);
        self.tap(Tap::Help);
        self.draw(Page::Help)?;
        self.tap(Tap::Assisted);
        self.draw(Page::Assisted)?;
        self.tap(Tap::Close);
        self.agree();
        let state = |state| EventKind::Device(DeviceEvent::State(DeviceClass::IdCardReader, state));
        self.booth.happen(state(DeviceState::Offline));
        self.draw(Page::Trouble)?;
        self.booth.happen(state(DeviceState::Online));
        self.leave()?;

        self.tap(Tap::Anywhere);
        for _ in 0..A_LONG_TIME {
            if self.booth.page() != Page::Home {
                break;
            }
            self.booth.pass_second();
        }
        self.draw(Page::StillThere)?;
        self.leave()
    }

    fn staff(&mut self) -> Result<(), GalleryError> {
        for (duty, page) in [(StaffDuty::Keeper, Page::Keeper), (StaffDuty::Technician, Page::Technician)] {
            self.tap(Tap::Staff);
            if duty == StaffDuty::Keeper {
                self.draw(Page::StaffSignIn)?;
            }
            let staff = self.booth.rig().admin().map(|admin| admin.staff()).unwrap_or_default();
            if let Some(member) = staff.into_iter().find(|member| member.duty == duty) {
                self.tap(Tap::StaffSignIn { badge: member.worker.badge.clone(), pin: member.pin.clone() });
            }
            self.reach(page)?;
            self.draw(page)?;
            self.leave()?;
        }
        Ok(())
    }

    fn out_of_service(&mut self) -> Result<(), GalleryError> {
        self.booth.happen(EventKind::Terminal(TerminalEvent::Storage(Storage::Full)));
        self.draw(Page::OutOfService)
    }
}
