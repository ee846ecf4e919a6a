//! A certificate of the province's library in the place of a photographed paper: allowed by a code or by SMS, looked at,
//! taken, and accepted by a platform that takes only what it has shown. By touches on what the screen shows.

use domain::case::{SubmitOutcome, VisitOutcome};
use domain::display_mode::{DisplayMode, TextSize};
use domain::form::FieldId;
use domain::form::answer::Answer;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::personal::Personal;
use domain::seal::SealProblem;
use domain::service_item::ItemId;
use domain::session::event::Tap;
use domain::session::page::{FormPage, Page};
use domain::session::state::{Ending, Step};
use drivers::sim::camera::Scene;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::cli::{CardChoice, VisitOptions};
use kiosk_ui::headless::elements::Element;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use kiosk_ui::profile::ScreenProfile;
use kiosk_ui::visit::{self, VisitError};
use platform_client::sim::{Admin, CodeKind};

/// Holds a disability certificate; the card is of the same person.
const HOLDER: &str = "wang-ceshi";
const PAPER: &str = "残疾人证";

struct Resident {
    booth: Booth,
    screen: ScreenProfile,
    _folder: tempfile::TempDir,
}

impl Resident {
    fn arrives(screen: ScreenProfile) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let booth = Booth::open(BoothOptions { screen, ..BoothOptions::usual(folder.path()) }).unwrap();
        Self { booth, screen, _folder: folder }
    }

    fn walk(&self) -> Walk<'_> {
        Walk::new(&self.booth)
    }

    fn admin(&self) -> &Admin {
        self.booth.rig().admin().unwrap()
    }

    fn shows(&self, label: &str) -> bool {
        self.booth.stage().elements().iter().any(|e| e.label == label)
    }

    fn touch(&self, label: &str) {
        let stage = self.booth.stage();
        assert!(stage.touch(label), "no `{label}`: {:?}", stage.elements());
    }

    fn touch_words(&self, words: M) {
        self.touch(words.text(Locale::ZhCn));
    }

    /// To the page on which the certificate is asked for: the household is in another province.
    fn goes_to_the_paper(&self) {
        let walk = self.walk();
        walk.begin("disability-subsidies");
        walk.agree();
        walk.reach(Page::IdentifyCard).unwrap();
        self.booth.rig().place(SampleCard::PrivateUseName.card());
        walk.hear_until(Page::Form(FormPage::Choice), || walk.step_is(|step| matches!(step, Step::Form(_))))
            .unwrap();
        for _ in 0..9 {
            if self.booth.page() == Page::Form(FormPage::Photo) {
                return;
            }
            let elsewhere = Answer::Choice("other_province".into());
            walk.tap(Tap::Answer(FieldId::from("household"), elsewhere));
            walk.answer_step(None);
            walk.tap(Tap::Next);
        }
        panic!("the paper is not asked for");
    }

    /// From the ways to the list, by the code of the province's app.
    fn allows_by_the_code(&self) {
        self.touch_words(M::LicenceQr);
        assert_eq!(self.booth.page(), Page::LicenceQr);
        let code = self.admin().fresh_code(CodeKind::Licences, HOLDER).unwrap();
        self.booth.rig().camera().show(Scene::code(1, code));
        self.walk().reach(Page::LicenceList).unwrap();
    }

    fn licence_is_answered(&self) -> bool {
        self.walk().step_is(|step| {
            let file = match step {
                Step::Form(filling) => &filling.file,
                Step::Review(file) => file,
                _ => return false,
            };
            let answered = file.answers.get(&FieldId::from("certificate_paper"));
            matches!(answered.map(|a| &a.answer), Some(Answer::Licence(_)))
        })
    }

    /// In both languages and both sizes of type: every control is whole, on the screen, and on no other.
    fn nothing_lies_on_anything_else(&self) {
        for locale in [Locale::En, Locale::ZhCn] {
            for text_size in [TextSize::Large, TextSize::Standard] {
                self.walk().tap(Tap::Language(locale));
                self.walk().tap(Tap::Mode(DisplayMode { text_size, ..DisplayMode::default() }));
                self.booth.stage().settle();
                let page = self.booth.page().name();
                let controls: Vec<Element> =
                    self.booth.stage().elements().into_iter().filter(|e| e.interactive).collect();
                #[allow(clippy::cast_precision_loss, reason = "pixels of a screen")]
                let bottom = self.screen.height as f32;
                for (i, a) in controls.iter().enumerate() {
                    assert!(a.y + a.h <= bottom && !a.clipped, "{page} {locale:?} {text_size:?}: {a:?}");
                    for b in &controls[i + 1..] {
                        assert!(!a.lies_on(b), "{page} {locale:?} {text_size:?}: {a:?} lies on {b:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_certificate_is_allowed_by_code_looked_at_taken_and_accepted() {
    let resident = Resident::arrives(ScreenProfile::of(800, 1280));
    resident.goes_to_the_paper();
    resident.nothing_lies_on_anything_else();
    resident.touch_words(M::FormUseLicence);
    assert_eq!(resident.booth.page(), Page::LicenceWays);
    resident.nothing_lies_on_anything_else();
    resident.allows_by_the_code();
    resident.nothing_lies_on_anything_else();
    // Of all that the library has of the person only the kind is listed that the item asks for.
    assert!(resident.shows(PAPER) && !resident.shows("居民身份证"));
    resident.touch(PAPER);
    resident.walk().reach(Page::LicenceLook).unwrap();
    resident.nothing_lies_on_anything_else();
    assert!(!resident.licence_is_answered(), "to look is not to take");
    resident.touch_words(M::LicenceTake);
    assert!(resident.licence_is_answered());
    let walk = resident.walk();
    walk.answer_all().unwrap();
    assert!(resident.licence_is_answered());
    let id = resident.booth.terminal().shell().fresh_submission_id().unwrap();
    walk.tap(Tap::Confirm(id));
    walk.reach(Page::Result).unwrap();
    // The platform refuses a case without the paper, and one whose certificate it never showed.
    let received = |step: &Step| match step {
        Step::Result(finished) => {
            matches!(&finished.ending, Ending::Case { outcome: SubmitOutcome::Received { .. }, .. })
        }
        _ => false,
    };
    assert!(walk.step_is(received));
    assert_eq!(resident.admin().cases().unwrap().len(), 1);
    walk.leave().unwrap();
    assert!(resident.booth.terminal().shell().session().visit().is_none());
}

#[test]
fn by_sms_with_a_wrong_code_and_back_to_the_camera() {
    let resident = Resident::arrives(ScreenProfile::UPRIGHT);
    resident.goes_to_the_paper();
    resident.touch_words(M::FormUseLicence);
    // The way back is on every page.
    resident.touch_words(M::LicenceInstead);
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Photo));
    resident.touch_words(M::FormUseLicence);
    resident.touch_words(M::LicenceSms);
    let walk = resident.walk();
    walk.reach(Page::LicenceSms).unwrap();
    resident.nothing_lies_on_anything_else();
    walk.tap(Tap::SmsCode(Personal::new("000000")));
    let refused = M::SignInSmsRefused.text(Locale::ZhCn);
    walk.hear_until(Page::LicenceSms, || resident.shows(refused)).unwrap();
    let code = resident.admin().last_sms().unwrap();
    walk.tap(Tap::SmsCode(Personal::new(code)));
    walk.reach(Page::LicenceList).unwrap();
    resident.touch_words(M::FrameBack);
    assert_eq!(resident.booth.page(), Page::LicenceWays);
    resident.touch_words(M::FrameBack);
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Photo));
    assert!(!resident.licence_is_answered());
}

#[test]
fn a_certificate_whose_seal_is_not_valid_is_not_shown() {
    let resident = Resident::arrives(ScreenProfile::UPRIGHT);
    resident.goes_to_the_paper();
    resident.admin().set_fault("province.seal_altered@render".parse().unwrap());
    resident.touch_words(M::FormUseLicence);
    resident.allows_by_the_code();
    resident.touch(PAPER);
    let sentence = SealProblem::Altered.sentence();
    resident.walk().hear_until(Page::LicenceList, || resident.shows(sentence.text(Locale::ZhCn))).unwrap();
    assert_eq!(resident.booth.page(), Page::LicenceList);
    assert!(!resident.licence_is_answered());
}

/// A visit that is played with these answers, by Wang Ceshi's card.
fn played(item: &str, answers: &str) -> (tempfile::TempDir, Result<VisitOutcome, VisitError>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.toml");
    std::fs::write(&file, answers).unwrap();
    let options = VisitOptions {
        card: CardChoice::Card(SampleCard::PrivateUseName),
        answers: Some(file),
        ..VisitOptions::of(ItemId(item.to_owned()), folder.path().join("out"))
    };
    let ended = visit::run(options).map(|summary| summary.outcome);
    (folder, ended)
}

#[test]
fn a_played_visit_takes_a_certificate_where_its_answers_say_so() {
    for (way, page) in [("licence_qr", "licence-qr"), ("licence_sms", "licence-sms")] {
        let answers = format!("household = \"other_province\"\ncertificate_paper = \"{way}\"\n");
        let (folder, ended) = played("disability-subsidies", &answers);
        assert_eq!(ended.unwrap(), VisitOutcome::Received, "{way}");
        let pictures: Vec<String> = std::fs::read_dir(folder.path().join("out"))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        for page in [page, "licence-list", "licence-look"] {
            let named = format!("-{page}.png");
            assert!(pictures.iter().any(|name| name.ends_with(&named)), "{way}: no {page} in {pictures:?}");
        }
    }
}

#[test]
fn a_field_that_takes_no_certificate_is_named() {
    let (_folder, ended) = played("appeal-12345", "photo = \"licence_qr\"\n");
    assert!(matches!(ended, Err(VisitError::Answers(_))), "{ended:?}");
}
