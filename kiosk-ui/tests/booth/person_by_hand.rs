//! A person typed by hand on the small screen in large type: name with nine keys, number with the identity pad, a wrong
//! check digit said beside the number, and nothing lost by going back. By touches on what the screen shows alone.

use domain::form::FieldId;
use domain::form::answer::{Answer, AnswerSource};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::service_item::ItemId;
use domain::session::page::{FormPage, Page};
use domain::session::state::Step;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::{Booth, BoothOptions};
use kiosk_ui::profile::ScreenProfile;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);
/// Screens of a list.
const MOST_SCREENS: usize = 40;

struct Resident {
    booth: Booth,
    _folder: tempfile::TempDir,
}

impl Resident {
    fn arrives() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let booth = Booth::open(BoothOptions {
            screen: ScreenProfile::of(800, 1280),
            ..BoothOptions::usual(folder.path())
        })
        .unwrap();
        Self { booth, _folder: folder }
    }

    fn shows(&self, label: &str) -> bool {
        self.booth.stage().elements().iter().any(|e| e.label == label)
    }

    fn touch(&self, label: &str) -> bool {
        self.booth.stage().touch(label)
    }

    /// Touches it, turning the page's screens until it is there.
    fn press(&self, label: &str) {
        let turns = [M::FrameNextScreen, M::FrameMore, M::KeyboardMore];
        for _ in 0..MOST_SCREENS {
            if self.touch(label) {
                return;
            }
            if !turns.iter().any(|turn| self.touch(turn.text(Locale::ZhCn))) {
                break;
            }
        }
        let there: Vec<String> = self.booth.stage().elements().into_iter().map(|e| e.label).collect();
        panic!("no `{label}` on {}: {there:?}", self.booth.page().name());
    }

    fn press_words(&self, words: M) {
        self.press(words.text(Locale::ZhCn));
    }

    fn waits_for(&self, there: impl Fn(Page) -> bool) {
        let until = Instant::now() + LIMIT;
        while !there(self.booth.page()) {
            assert!(Instant::now() < until, "still on {}", self.booth.page().name());
            if !self.booth.wait_event(Duration::from_millis(500)) {
                self.booth.pass_second();
            }
        }
    }

    /// To the first page of the canteen's form, which asks who will eat.
    fn goes_to_the_person(&self) {
        self.press_words(M::IdleTouchToStart);
        self.press_words(M::FrameLargeSize);
        let name = {
            let shell = self.booth.terminal().shell();
            let item =
                shell.session().facts().catalogue.item(&ItemId("meal-booking".to_owned())).cloned().unwrap();
            item.name.text(Locale::ZhCn).to_owned()
        };
        if !self.touch(&name) {
            self.press_words(M::ThemeElderCare);
            self.press(&name);
        }
        self.press_words(M::GuideBegin);
        self.waits_for(|page| page != Page::Guide && page != Page::Asking);
        while self.booth.page() == Page::Consent {
            self.press_words(M::ConsentAgree);
        }
        if self.booth.page() == Page::Identify {
            self.press_words(M::WayCard);
        }
        self.booth.rig().place(SampleCard::Resident.card());
        self.waits_for(|page| page == Page::Form(FormPage::Person));
    }

    /// Touches the keys of nine that the letters are on.
    fn spells(&self, letters: &str) {
        const KEYS: [&str; 8] = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];
        for letter in letters.chars() {
            self.press(KEYS.iter().find(|key| key.contains(letter)).unwrap());
        }
    }

    fn digits(&self, number: &str) {
        number.chars().for_each(|c| self.press(&c.to_string()));
    }

    /// Name, number and source of who will eat.
    fn diner(&self) -> Option<(String, String, AnswerSource)> {
        let shell = self.booth.terminal().shell();
        let Some(Step::Form(filling)) = shell.session().visit().map(|v| &v.step) else { return None };
        let answered = filling.file.answers.get(&FieldId::from("diner"))?;
        match &answered.answer {
            Answer::Person { name, number } => {
                Some((name.reveal().to_owned(), number.reveal().to_owned(), answered.source.clone()))
            }
            _ => None,
        }
    }
}

#[test]
fn another_person_is_typed_and_kept() {
    let resident = Resident::arrives();
    resident.goes_to_the_person();
    let (_, _, source) = resident.diner().unwrap();
    assert_eq!(source, AnswerSource::Card);

    // To look for another one and to go back loses nothing.
    resident.press_words(M::FormOtherPerson);
    assert!(resident.shows("wxyz"), "nine keys");
    assert_eq!(resident.diner().unwrap().2, AnswerSource::Card);

    resident.spells("li");
    resident.press("李");
    resident.spells("yangben");
    resident.press("样本");
    let typed = |name: &str, number: &str| Some((name.to_owned(), number.to_owned(), AnswerSource::Resident));
    assert_eq!(resident.diner(), typed("李样本", ""));

    resident.press_words(M::FrameNext);
    assert!(resident.shows("X"), "the pad of identity numbers");
    resident.digits("990000194403151013");
    resident.press_words(M::FrameNext);
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Person));
    assert!(resident.shows(M::MistakeIdNumber.text(Locale::ZhCn)), "the wrong check digit is said");

    resident.press_words(M::KeyboardBackspace);
    resident.digits("2");
    resident.press_words(M::FrameNext);
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Choice));
    assert_eq!(resident.diner(), typed("李样本", "990000194403151012"));

    resident.press_words(M::FrameBack);
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Person));
    assert_eq!(resident.diner(), typed("李样本", "990000194403151012"));
    // One box after the other on this screen, each as it was left.
    resident.press_words(M::FrameNext);
    assert!(resident.shows("X"), "the box of the number");
    resident.press_words(M::FrameNext);
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Choice));
    assert_eq!(resident.diner(), typed("李样本", "990000194403151012"));
}

#[test]
fn nobody_is_booked_for_whom_nothing_was_typed() {
    let resident = Resident::arrives();
    resident.goes_to_the_person();
    resident.press_words(M::FormOtherPerson);
    for _ in 0..2 {
        resident.press_words(M::FrameNext);
    }
    assert_eq!(resident.booth.page(), Page::Form(FormPage::Person));
    assert!(resident.shows(M::MistakeEmpty.text(Locale::ZhCn)));
    assert_eq!(resident.diner(), None);
}
