//! The way past every page: one visit after the other, held on each page while it is drawn.
//!
//! Nothing that devices and province say reaches the session while a page is drawn, so that even a page of a moment stands.

use super::GalleryError;
use super::easel::Easel;
use super::sampler::sampler;
use crate::headless::{Booth, Walk};
use domain::device::{DeviceClass, DeviceState};
use domain::identity::IdentityWay;
use domain::locale::Locale;
use domain::personal::Personal;
use domain::service_item::{Catalogue, ItemId, Theme};
use domain::session::event::{DeviceEvent, EventKind, Storage, Tap, TerminalEvent};
use domain::session::page::{FormPage, Page};
use domain::session::state::{DirectoryList, PrintPhase, Step, SuggestionList};
use drivers::sim::camera::{Scene, SceneName};
use drivers::sim::id_card::SampleCard;
use platform_client::sim::StaffDuty;
use std::sync::Arc;
use std::time::Duration;

const SEED: u64 = 1;

const ITEM: &str = "pension-certification";
const EVERY_WAY: &str = "disability-subsidies";
const DIRECTORY: &str = "convenience-directory";
/// What the sampler stands in for.
const FORMS: &str = "meal-booking";

pub(super) struct Tour<'b> {
    booth: &'b Booth,
    walk: Walk<'b>,
    easel: Easel,
}

impl<'b> Tour<'b> {
    pub(super) fn new(booth: &'b Booth, easel: Easel) -> Self {
        Self { booth, walk: Walk::new(booth), easel }
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

    /// Draws the page that is shown, which must be this one.
    fn draw(&mut self, page: Page) -> Result<(), GalleryError> {
        if self.booth.page() != page {
            return Err(self.walk.unreached(page).into());
        }
        self.easel.draw(self.booth, page)
    }

    /// Shows what the camera sees, and draws the page.
    fn draw_with_camera(&mut self, page: Page, scene: Scene) -> Result<(), GalleryError> {
        self.booth.rig().camera().show(scene);
        self.walk.hear_until(page, || self.booth.show_preview())?;
        // The hint that belongs to the scene.
        self.booth.wait_event(Duration::from_secs(2));
        self.booth.show_preview();
        self.draw(page)
    }

    fn looking_around(&mut self) -> Result<(), GalleryError> {
        self.draw(Page::Idle)?;
        self.walk.tap(Tap::Anywhere);
        self.draw(Page::Home)?;
        self.walk.tap(Tap::Search);
        self.walk.tap(Tap::SearchText(Personal::new(self.first_letters())));
        self.draw(Page::Search)?;
        self.walk.tap(Tap::Back);
        self.walk.tap(Tap::Theme(Theme::ElderCare));
        self.draw(Page::Items)?;
        self.walk.tap(Tap::Item(ItemId(ITEM.to_owned())));
        self.draw(Page::Guide)?;
        self.walk.tap(Tap::Start);
        self.draw(Page::Consent)?;
        Ok(self.walk.leave()?)
    }

    fn saying_who(&mut self) -> Result<(), GalleryError> {
        self.walk.begin(EVERY_WAY);
        self.walk.agree();
        self.draw(Page::IdentifyCard)?;
        self.walk.tap(Tap::IdentityWay(None));
        self.draw(Page::Identify)?;
        for (way, page) in
            [(IdentityWay::ProvinceQr, Page::IdentifyQr), (IdentityWay::NetworkId, Page::IdentifyNetworkId)]
        {
            self.walk.tap(Tap::IdentityWay(Some(way)));
            self.draw_with_camera(page, Scene::named(SceneName::Far, SEED))?;
        }
        for (way, page) in
            [(IdentityWay::Sms, Page::IdentifySms), (IdentityWay::Worker, Page::IdentifyWorker)]
        {
            self.walk.tap(Tap::IdentityWay(Some(way)));
            self.draw(page)?;
        }
        Ok(self.walk.leave()?)
    }

    fn up_to_a_result(&mut self) -> Result<(), GalleryError> {
        self.walk.begin(ITEM);
        self.walk.agree();
        self.booth.rig().camera().show(Scene::named(SceneName::Far, SEED));
        self.booth.rig().place(SampleCard::Resident.card());
        self.walk.reach(Page::Face)?;
        self.draw_with_camera(Page::Face, Scene::named(SceneName::Far, SEED))?;
        self.booth.rig().camera().show(Scene::face(SEED));
        self.walk.reach(Page::Asking)?;
        self.draw(Page::Asking)?;
        self.walk.answer_all()?;
        self.draw(Page::Review)?;
        self.confirm()?;
        self.draw(Page::Submitting)?;
        self.walk.reach(Page::Result)?;
        self.draw(Page::Result)?;
        self.walk.tap(Tap::Suggest);
        self.walk.hear_until(Page::YouMayAlso, || self.walk.step_is(|step| matches!(step, Step::YouMayAlso(also) if !matches!(also.list, SuggestionList::Asking(_)))))?;
        self.draw(Page::YouMayAlso)?;
        self.walk.tap(Tap::Back);
        Ok(self.walk.leave()?)
    }

    fn paper_and_farewell(&mut self) -> Result<(), GalleryError> {
        self.walk.to_review(FORMS, SampleCard::Resident.card())?;
        self.confirm()?;
        self.walk.reach(Page::Result)?;
        self.walk.tap(Tap::Print);
        self.walk.hear_until(Page::Printing, || self.walk.step_is(|step| matches!(step, Step::Printing(printing) if matches!(printing.phase, PrintPhase::Ended(_)))))?;
        self.draw(Page::Printing)?;
        self.walk.tap(Tap::Finish);
        self.walk.tap(Tap::Finish);
        self.draw(Page::Rating)?;
        self.booth.rig().reader().take();
        self.booth.wait_event(Duration::from_secs(2));
        self.walk.tap(Tap::SkipRating);
        self.draw(Page::Forgetting)?;
        Ok(self.walk.leave()?)
    }

    fn confirm(&self) -> Result<(), GalleryError> {
        let id = self.booth.terminal().shell().fresh_submission_id();
        let id = id.ok_or_else(|| self.walk.unreached(Page::Submitting))?;
        self.walk.tap(Tap::Confirm(id));
        Ok(())
    }

    /// What somebody types who looks for the item.
    fn first_letters(&self) -> String {
        let shell = self.booth.terminal().shell();
        let item = shell.session().facts().catalogue.item(&ItemId(ITEM.to_owned())).cloned();
        item.map(|item| item.name.text(Locale::default()).chars().take(4).collect()).unwrap_or_default()
    }

    fn every_field(&mut self) -> Result<(), GalleryError> {
        let catalogue = Arc::clone(&self.booth.terminal().shell().session().facts().catalogue);
        let unreached = || self.walk.unreached(Page::Form(FormPage::Choice));
        let (item, answers) = sampler(&catalogue, &ItemId(FORMS.to_owned())).ok_or_else(unreached)?;
        let mut with_sampler = Catalogue::clone(&catalogue);
        with_sampler.items.retain(|other| other.id != item.id);
        with_sampler.items.push(Arc::new(item));
        self.booth.happen(EventKind::Terminal(TerminalEvent::Catalogue(Arc::new(with_sampler))));

        self.walk.begin(FORMS);
        self.walk.agree();
        self.booth.rig().place(SampleCard::Resident.card());
        self.walk.hear_until(Page::Form(FormPage::Choice), || {
            self.walk.step_is(|step| matches!(step, Step::Form(_)))
        })?;
        for kind in FormPage::ALL {
            let page = Page::Form(kind);
            match kind {
                FormPage::Photo => self.draw_with_camera(page, Scene::named(SceneName::Empty, SEED))?,
                _ => self.draw(page)?,
            }
            self.walk.answer_step(Some(&answers));
            self.walk.tap(Tap::Next);
        }
        self.walk.leave()?;
        self.booth.happen(EventKind::Terminal(TerminalEvent::Catalogue(catalogue)));
        Ok(())
    }

    fn a_directory(&mut self) -> Result<(), GalleryError> {
        self.walk.begin(DIRECTORY);
        self.walk.hear_until(Page::Directory, || {
            self.walk.step_is(
                |step| matches!(step, Step::Directory(d) if matches!(d.list, DirectoryList::Entries(_))),
            )
        })?;
        self.draw(Page::Directory)?;
        Ok(self.walk.leave()?)
    }

    fn what_lies_on_top(&mut self) -> Result<(), GalleryError> {
        self.walk.begin(ITEM);
        self.walk.tap(Tap::Help);
        self.draw(Page::Help)?;
        self.walk.tap(Tap::Assisted);
        self.draw(Page::Assisted)?;
        self.walk.tap(Tap::Close);
        self.walk.agree();
        let state = |state| EventKind::Device(DeviceEvent::State(DeviceClass::IdCardReader, state));
        self.booth.happen(state(DeviceState::Offline));
        self.draw(Page::Trouble)?;
        self.booth.happen(state(DeviceState::Online));
        self.walk.leave()?;

        self.walk.tap(Tap::Anywhere);
        self.walk.wait_for(Page::StillThere)?;
        self.draw(Page::StillThere)?;
        Ok(self.walk.leave()?)
    }

    fn staff(&mut self) -> Result<(), GalleryError> {
        for (duty, page) in [(StaffDuty::Keeper, Page::Keeper), (StaffDuty::Technician, Page::Technician)] {
            self.walk.tap(Tap::Staff);
            if duty == StaffDuty::Keeper {
                self.draw(Page::StaffSignIn)?;
            }
            let staff = self.booth.rig().admin().map(|admin| admin.staff()).unwrap_or_default();
            if let Some(member) = staff.into_iter().find(|member| member.duty == duty) {
                self.walk
                    .tap(Tap::StaffSignIn { badge: member.worker.badge.clone(), pin: member.pin.clone() });
            }
            self.walk.reach(page)?;
            self.draw(page)?;
            self.walk.leave()?;
        }
        Ok(())
    }

    fn out_of_service(&mut self) -> Result<(), GalleryError> {
        self.booth.happen(EventKind::Terminal(TerminalEvent::Storage(Storage::Full)));
        self.draw(Page::OutOfService)
    }
}
