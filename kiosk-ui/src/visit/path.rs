//! What a resident does on each page, to get through.

use super::{Visit, VisitError};
use crate::cli::CardChoice;
use crate::pages::browse::theme_name;
use crate::pages::identify::way_name;
use domain::display_mode::{Contrast, DisplayMode, Reach, TextSize};
use domain::identity::IdentityWay;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::service_item::ServiceItem;
use domain::session::event::PrintOutcome;
use domain::session::page::Page;
use domain::session::state::{
    CardOnReader, DirectoryList, FacePhase, Place, PrintPhase, Sms, Step, Way, WorkerWay,
};
use drivers::sim::camera::Scene;
use platform_client::sim::CodeKind;
use std::sync::Arc;
use std::time::Duration;

/// How long one page may stand without anything new.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// Pages of a visit; more are a visit that goes round.
pub(super) const MOST_PAGES: usize = 80;
/// How long devices and province are waited for before the clock goes on by a second.
const MOMENT: Duration = Duration::from_secs(4);
/// How often a card is laid down again, a face shown again.
const TRIES: u8 = 3;

impl Visit<'_> {
    pub(super) fn locale(&self) -> Locale {
        self.booth.terminal().shell().session().locale()
    }

    fn mode(&self) -> DisplayMode {
        self.booth.terminal().shell().session().mode()
    }

    /// Looks at what the session is waiting for.
    pub(super) fn step<T>(&self, look: impl FnOnce(&Step) -> Option<T>) -> Option<T> {
        let shell = self.booth.terminal().shell();
        shell.session().visit().and_then(|v| look(&v.step))
    }

    fn item(&self) -> Result<Arc<ServiceItem>, VisitError> {
        let shell = self.booth.terminal().shell();
        let item = shell.session().facts().catalogue.item(&self.options.item).cloned();
        item.ok_or_else(|| VisitError::NoItem(self.options.item.clone()))
    }

    /// Does the next thing on the page, or waits.
    pub(super) fn act(&mut self) -> Result<(), VisitError> {
        match self.booth.page() {
            Page::Idle => self.hands.press_words(M::IdleTouchToStart),
            Page::Home => self.home(),
            Page::Items => self.hands.seek(self.item()?.name.text(self.locale())),
            Page::Guide | Page::Review if self.did.troubles >= TRIES => self.hands.press_words(M::FrameEnd),
            Page::Guide => self.hands.press_words(M::GuideBegin),
            Page::Consent => self.read_and(M::ConsentAgree),
            Page::Identify => self.choose_way(),
            Page::IdentifyCard => self.card(),
            Page::IdentifyQr => self.code(CodeKind::ProvinceQr),
            Page::IdentifyNetworkId => self.code(CodeKind::NetworkId),
            Page::IdentifySms | Page::IdentifyWorker => self.entry(),
            Page::Face => self.face(),
            Page::Form(_) => self.form(),
            Page::LicenceWays
            | Page::LicenceQr
            | Page::LicenceSms
            | Page::LicenceList
            | Page::LicenceLook => self.licence(),
            Page::Review => self.read_and(M::ReviewSubmit),
            Page::Submitting if self.hands.press_if(M::SubmittingQueue) => Ok(()),
            Page::Result => self.result(),
            Page::Directory => self.directory(),
            Page::Printing => self.printing(),
            Page::Rating => self.rating(),
            Page::Trouble => self.read_and(M::TroubleCarryOn),
            Page::Forgetting => self.forgetting(),
            Page::StillThere => self.hands.press_words(M::StillThereCarryOn),
            Page::Asking | Page::Submitting => self.wait(),
            page => Err(VisitError::Stuck { page: page.name() }),
        }
    }

    fn can_print(&self) -> bool {
        self.booth.terminal().shell().session().facts().devices.can_print()
    }

    /// Lets devices and province speak; where they have nothing to say, a second passes.
    pub(super) fn wait(&self) -> Result<(), VisitError> {
        if !self.booth.wait_event(MOMENT) {
            self.booth.pass_second();
        }
        Ok(())
    }

    /// Turns a text to its end and touches what stands under it.
    fn read_and(&self, words: M) -> Result<(), VisitError> {
        if self.hands.sees(words) || !self.hands.press_if(M::FrameNextScreen) {
            return self.hands.press_words(words);
        }
        Ok(())
    }

    fn home(&mut self) -> Result<(), VisitError> {
        if self.ended.outcome.is_some() && self.did.leaving {
            return self.hands.press_words(M::FrameEnd);
        }
        if !std::mem::replace(&mut self.did.language, true) && self.locale() != self.options.locale {
            return self.hands.press_words(M::FrameOtherLanguage);
        }
        if !std::mem::replace(&mut self.did.mode, true) && self.mode() != self.options.mode {
            self.switch_mode()?;
            return self.record.picture(self.booth, Page::Home);
        }
        let item = self.item()?;
        let name = item.name.text(self.locale());
        if self.hands.press(name).is_ok() {
            return Ok(());
        }
        self.hands.seek(theme_name(item.theme).text(self.locale()))
    }

    fn switch_mode(&self) -> Result<(), VisitError> {
        let wanted = self.options.mode;
        if wanted.text_size == TextSize::Large && self.mode().text_size != TextSize::Large {
            self.hands.press_words(M::FrameLargeSize)?;
        }
        let others = [
            (wanted.contrast == Contrast::High, M::DisplayOptionsHighContrast),
            (wanted.reach == Reach::Low, M::DisplayOptionsLowReach),
        ];
        if others.iter().any(|(wanted, _)| *wanted) {
            self.hands.press_words(M::FrameHelp)?;
            self.hands.press_words(M::HelpDisplayOptions)?;
            for (_, words) in others.into_iter().filter(|(wanted, _)| *wanted) {
                self.hands.press_words(words)?;
            }
            self.hands.press_words(M::DisplayOptionsClose)?;
            self.hands.press_words(M::FrameBack)?;
        }
        Ok(())
    }

    fn card(&mut self) -> Result<(), VisitError> {
        let CardChoice::Card(card) = self.options.card else {
            return self.hands.press_words(M::IdentifyCardOtherWay);
        };
        let failed = self.step(|step| match step {
            Step::Identify(i) => Some(matches!(i.way, Way::Card(Some(_)))),
            _ => None,
        });
        let reader = self.booth.rig().reader();
        if failed == Some(true) {
            if self.did.placed >= TRIES {
                reader.take();
                self.did.leaving = true;
                return self.hands.press_words(M::FrameEnd);
            }
            self.record.picture(self.booth, Page::IdentifyCard)?;
            reader.take();
            // The reader has to see that it is gone before it can see it again.
            while self.booth.wait_event(Duration::from_millis(1_500)) {}
            self.did.placed += 1;
            self.booth.rig().place(card.card());
        } else if !reader.has_card() {
            self.did.placed += 1;
            self.booth.rig().place(card.card());
        }
        self.wait()
    }

    /// Without a card: the first way that needs none.
    fn choose_way(&mut self) -> Result<(), VisitError> {
        let without = |way: &&IdentityWay| !matches!(way, IdentityWay::Card);
        let item = self.item()?;
        let Some(way) = item.identity.ways.iter().find(without) else {
            self.did.leaving = true;
            return self.hands.press_words(M::FrameEnd);
        };
        self.hands.seek(way_name(*way).text(self.locale()))
    }

    /// Holds a code of the province's app before the camera.
    pub(super) fn code(&mut self, kind: CodeKind) -> Result<(), VisitError> {
        if !std::mem::replace(&mut self.did.code_shown, true) {
            let rig = self.booth.rig();
            let key = self.holder.as_ref().ok_or(VisitError::NoHolder)?.key;
            let code = rig.admin().and_then(|admin| admin.fresh_code(kind, key));
            rig.camera().show(Scene::code(self.options.seed, code.ok_or(VisitError::NoHolder)?));
        }
        self.wait()?;
        if !matches!(self.booth.page(), Page::IdentifyQr | Page::IdentifyNetworkId | Page::LicenceQr) {
            self.booth.rig().camera().show(Scene::face(self.options.seed));
        }
        Ok(())
    }

    /// Number and code, badge and PIN: what the boxes ask for.
    fn entry(&mut self) -> Result<(), VisitError> {
        let waiting = self.step(|step| match step {
            Step::Identify(i) => Some(matches!(
                i.way,
                Way::Sms(Sms::Sending(..) | Sms::Checking { .. }) | Way::Worker(WorkerWay::Checking { .. })
            )),
            _ => None,
        });
        if waiting == Some(true) {
            return self.wait();
        }
        let holder = self.holder.clone().ok_or(VisitError::NoHolder)?;
        if self.hands.sees(M::SignInCode) {
            self.hands.write("code", 0, &holder.sms_code)?;
        } else if self.hands.sees(M::SignInNumber) {
            self.hands.write("number", 0, holder.person.number.reveal())?;
        } else {
            let staff = self.booth.rig().admin().map(|admin| admin.staff()).unwrap_or_default();
            let worker = staff.into_iter().next().ok_or(VisitError::NoHolder)?;
            self.hands.press_words(M::SignInBadge)?;
            self.hands.write("badge", 0, &worker.worker.badge)?;
            self.hands.press_words(M::FrameNext)?;
            self.hands.write("pin", 0, worker.pin.reveal())?;
        }
        self.record.picture(self.booth, self.booth.page())?;
        self.hands.press_words(M::FrameNext)
    }

    fn face(&mut self) -> Result<(), VisitError> {
        let failed = self.step(|step| match step {
            Step::Face(check) => Some(matches!(check.phase, FacePhase::Failed(_))),
            _ => None,
        });
        if failed != Some(true) {
            return self.wait();
        }
        self.did.faces += 1;
        self.record.picture(self.booth, Page::Face)?;
        if self.did.faces < TRIES && self.hands.press_if(M::FaceAgain) {
            return Ok(());
        }
        self.hands.press_words(M::FaceOtherWay)
    }

    fn result(&mut self) -> Result<(), VisitError> {
        let devices = self.booth.terminal().shell().session().facts().devices;
        let (has_certificate, can_print) = self
            .step(|step| match step {
                Step::Result(finished) => {
                    Some((finished.has_certificate(), finished.can_be_printed(&devices)))
                }
                _ => None,
            })
            .unwrap_or_default();
        if has_certificate && !self.did.viewed {
            self.did.viewed = true;
            self.hands.press_words(M::ResultView)?;
            self.record.picture_named(self.booth, "result-certificate")?;
            return self.hands.press_words(M::CertificateClose);
        }
        if can_print && !self.did.printed {
            self.did.printed = true;
            return self.hands.press_words(if has_certificate {
                M::ResultPrintCertificate
            } else {
                M::ResultPrint
            });
        }
        self.hands.press_words(M::ResultFinish)
    }

    fn printing(&mut self) -> Result<(), VisitError> {
        let ended = self.step(|step| match step {
            Step::Printing(printing) => match printing.phase {
                PrintPhase::Ended(outcome) => Some(outcome),
                PrintPhase::Working(_) => None,
            },
            _ => None,
        });
        let Some(outcome) = ended else { return self.wait() };
        if !std::mem::replace(&mut self.did.ended_print, true) {
            self.record.picture(self.booth, Page::Printing)?;
        }
        self.hands.press_words(match outcome {
            PrintOutcome::Printed => M::PrintingTaken,
            PrintOutcome::TakenBack | PrintOutcome::NotPrinted(_) | PrintOutcome::Unknown(_) => {
                M::PrintingDone
            }
        })
    }

    /// Chooses what stands first, looks at it, takes it along.
    fn directory(&mut self) -> Result<(), VisitError> {
        if self.hands.sees(M::DirectoryRetry) {
            return self.hands.press_words(M::DirectoryFinish);
        }
        let first = self.step(|step| match step {
            Step::Directory(directory) => match &directory.list {
                DirectoryList::Entries(entries) => {
                    let kinds = entries.iter().map(|e| e.kind.text(self.locale()).to_owned());
                    kinds.min()
                }
                _ => None,
            },
            _ => None,
        });
        let Some(first) = first else { return self.wait() };
        if !self.did.viewed {
            self.did.viewed = true;
            self.hands.seek(&first)?;
            return self.record.picture(self.booth, Page::Directory);
        }
        if !self.did.printed && self.can_print() {
            self.did.printed = true;
            return self.hands.press_words(M::DirectoryPrint);
        }
        self.hands.press_words(M::DirectoryFinish)
    }

    fn rating(&mut self) -> Result<(), VisitError> {
        self.hands.press_words(M::RatingLevel5)?;
        self.record.picture(self.booth, Page::Rating)?;
        self.hands.press_words(M::RatingSubmit)
    }

    fn forgetting(&mut self) -> Result<(), VisitError> {
        if !std::mem::replace(&mut self.did.card_taken, true) {
            self.booth.rig().reader().take();
        }
        let card = match self.booth.terminal().shell().session().place() {
            Place::Forgetting(forgetting) => forgetting.card,
            _ => CardOnReader::No,
        };
        match card {
            CardOnReader::Yes => self.wait(),
            CardOnReader::No => self.hands.press_words(M::ForgettingDone),
        }
    }
}
