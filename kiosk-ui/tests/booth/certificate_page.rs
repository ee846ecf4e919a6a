//! The certificate on the small screen, in both languages and both sizes of type: the issuer's title may be as long as it
//! likes, and no button lies on another.

use domain::display_mode::{DisplayMode, TextSize};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::page::Page;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::elements::Element;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use kiosk_ui::journal::Journal;
use kiosk_ui::profile::ScreenProfile;
use kiosk_ui::rig::RigProvince;
use platform_client::sim::CatalogueSource;
use time::macros::datetime;

/// Touches a control; whether it is there.
fn touch(booth: &Booth, words: M) -> bool {
    let elements = booth.stage().elements();
    let label = words.text(Locale::ZhCn);
    let found = elements.iter().find(|e| e.interactive && e.enabled && e.label == label);
    if let Some(element) = found {
        let (x, y) = element.centre();
        booth.stage().tap(x, y);
        booth.stage().settle();
    }
    found.is_some()
}

fn lies_on(a: &Element, b: &Element) -> bool {
    let across = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    let down = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    across > 1.0 && down > 1.0
}

#[test]
fn nothing_lies_on_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let screen = ScreenProfile::of(800, 1280);
    let booth = Booth::open(BoothOptions {
        screen,
        seed: 1,
        time: datetime!(2026-11-24 10:24 +8),
        province: RigProvince::Here(CatalogueSource::Embedded),
        data: folder.path().to_owned(),
        journal: Journal::none(),
        on_paper: None,
        on_document: None,
    })
    .unwrap();
    let walk = Walk::new(&booth);
    walk.to_review("participation-certificate", SampleCard::Resident.card()).unwrap();
    while !touch(&booth, M::ReviewSubmit) {
        assert!(touch(&booth, M::FrameNextScreen), "{:?}", booth.stage().elements());
    }
    walk.reach(Page::Result).unwrap();
    assert!(touch(&booth, M::ResultView), "{:?}", booth.stage().elements());
    for locale in [Locale::ZhCn, Locale::En] {
        for text_size in [TextSize::Standard, TextSize::Large] {
            walk.tap(Tap::Language(locale));
            walk.tap(Tap::Mode(DisplayMode { text_size, ..DisplayMode::default() }));
            booth.stage().settle();
            let elements = booth.stage().elements();
            let close = M::CertificateClose.text(locale);
            assert!(elements.iter().any(|e| e.label == close && e.enabled), "{locale:?} {text_size:?}");
            #[allow(clippy::cast_precision_loss, reason = "pixels of a screen")]
            let bottom = screen.height as f32;
            for (i, a) in elements.iter().enumerate().filter(|(_, e)| e.interactive) {
                assert!(a.y + a.h <= bottom && !a.clipped, "{locale:?} {text_size:?}: {a:?}");
                for b in elements.iter().skip(i + 1).filter(|e| e.interactive) {
                    assert!(!lies_on(a, b), "{locale:?} {text_size:?}: {a:?} lies on {b:?}");
                }
            }
        }
    }
}
