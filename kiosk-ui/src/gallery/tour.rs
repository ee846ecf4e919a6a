//! The way past every page: one visit after the other, held on each page while it is drawn.
//!
//! Nothing that devices and province say reaches the session while a page is drawn, so that even a page of a moment stands.

use super::GalleryError;
use super::easel::Easel;
use super::sampler::sampler;
use crate::headless::{Booth, Walk};
use crate::pages::technician::{self, Tab};
use domain::device::{DeviceClass, DeviceState};
use domain::form::answer::Answer;
use domain::identity::IdentityWay;
use domain::locale::Locale;
use domain::messages::MessageId;
use domain::personal::Personal;
use domain::rating::RatingLevel;
use domain::service_item::{Catalogue, ItemId, Theme};
use domain::session::event::{DeviceEvent, EventKind, Storage, Tap, TerminalEvent};
use domain::session::page::{FormPage, Page};
use domain::session::state::{DirectoryList, LicenceWay, PrintPhase, Step, SuggestionList};
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
        self.a_certificate_for_a_paper()?;
        self.a_directory()?;
        self.what_lies_on_top()?;
        self.staff()?;
        self.out_of_service()?;
        Ok(self.easel)
    }

    /// Draws the page that is shown, which must be this one.
    fn draw(&mut self, page: Page) -> Result<(), GalleryError> {
        self.draw_as(page, page.name())
    }

    /// The same for a page whose name another of its pictures has.
    fn draw_as(&mut self, page: Page, name: &str) -> Result<(), GalleryError> {
        if self.booth.page() != page {
            return Err(self.walk.unreached(page).into());
        }
        self.easel.draw(self.booth, page, name)
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
        self.walk.tap(Tap::Rate(RatingLevel::Dissatisfied));
        self.draw_as(Page::Rating, super::RATING_REASONS)?;
        self.walk.tap(Tap::WriteRating);
        // Whoever writes would write something of the kind.
        let words = MessageId::RatingReasonTooLong.text(Locale::ZhCn);
        self.walk.tap(Tap::RatingWords(Personal::new(words)));
        self.draw(Page::RatingWords)?;
        self.walk.tap(Tap::Next);
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

    /// Somebody of another province shows their disability certificate.
    fn a_certificate_for_a_paper(&mut self) -> Result<(), GalleryError> {
        self.walk.begin(EVERY_WAY);
        self.walk.agree();
        self.walk.reach(Page::IdentifyCard)?;
        self.booth.rig().place(SampleCard::PrivateUseName.card());
        let photo = Page::Form(FormPage::Photo);
        self.walk.hear_until(photo, || self.walk.step_is(|step| matches!(step, Step::Form(_))))?;
        while self.booth.page() != photo {
            if self.booth.page() == Page::Review {
                return Err(self.walk.unreached(photo).into());
            }
            let elsewhere = Answer::Choice("other_province".to_owned());
            self.walk.tap(Tap::Answer("household".into(), elsewhere));
            self.walk.answer_step(None);
            self.walk.tap(Tap::Next);
        }
        self.booth.rig().camera().show(Scene::named(SceneName::Empty, SEED));
        self.walk.hear_until(photo, || self.booth.show_preview())?;
        self.booth.stage().settle();
        self.draw_as(photo, super::PHOTO_OR_LICENCE)?;
        self.walk.tap(Tap::UseLicence("certificate_paper".into()));
        self.draw(Page::LicenceWays)?;
        self.walk.tap(Tap::LicenceWay(LicenceWay::Qr));
        self.draw_with_camera(Page::LicenceQr, Scene::named(SceneName::Far, SEED))?;
        self.walk.tap(Tap::Back);
        self.walk.tap(Tap::LicenceWay(LicenceWay::Sms));
        self.walk.reach(Page::LicenceSms)?;
        self.draw(Page::LicenceSms)?;
        let code = self.booth.rig().admin().and_then(|admin| admin.last_sms()).unwrap_or_default();
        self.walk.tap(Tap::SmsCode(Personal::new(code)));
        self.walk.reach(Page::LicenceList)?;
        self.draw(Page::LicenceList)?;
        self.walk.tap(Tap::Licence(0));
        self.walk.reach(Page::LicenceLook)?;
        self.draw(Page::LicenceLook)?;
        Ok(self.walk.leave()?)
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
            if page == Page::Technician {
                for (index, tab) in Tab::ALL.into_iter().enumerate() {
                    technician::choose(self.booth.terminal(), index);
                    self.booth.stage().settle();
                    self.easel.draw(self.booth, page, &format!("{page}-{}", tab.name()))?;
                }
            }
            self.walk.leave()?;
        }
        Ok(())
    }

    fn out_of_service(&mut self) -> Result<(), GalleryError> {
        self.booth.happen(EventKind::Terminal(TerminalEvent::Storage(Storage::Full)));
        self.draw(Page::OutOfService)
    }
}
