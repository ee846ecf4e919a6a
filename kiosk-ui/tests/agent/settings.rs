//! Settings of the fleet: followed, or refused with a reason.

use super::Kiosk;
use domain::session::event::{EventKind, Tap};
use domain::session::page::Page;
use fleet_api::configuration::Settings;
use fleet_api::ui::{FromAgent, FromScreen};

#[test]
fn settings_are_followed_or_refused_with_a_reason() {
    let kiosk = Kiosk::start();
    let taken = |settings: Settings| {
        kiosk.agent.say(&FromAgent::Settings(settings));
        kiosk.hear(|word| match word {
            FromScreen::SettingsTaken { error } => Some(error),
            _ => None,
        })
    };
    let loud = Settings { volume_percent: Some(40), ..Settings::default() };
    assert!(
        taken(loud).is_some_and(|error| error.contains("volume_percent")),
        "there is no loudspeaker here"
    );
    let notice =
        domain::locale::Localized { zh_cn: "周五停电".to_owned(), en: "No current on Friday".to_owned() };
    let settings =
        Settings { still_there_after_seconds: Some(40), idle_notice: Some(notice), ..Settings::default() };
    assert_eq!(taken(settings), None);
    kiosk.booth.pass_second();
    kiosk.booth.happen(EventKind::Tick);
    assert!(kiosk.booth.stage().elements().iter().any(|element| element.label.contains("周五停电")));
    kiosk.tap(Tap::Anywhere);
    for _ in 0..39 {
        kiosk.booth.pass_second();
    }
    assert_eq!(kiosk.booth.page(), Page::Home);
    kiosk.booth.pass_second();
    assert_eq!(kiosk.booth.page(), Page::StillThere);
}
