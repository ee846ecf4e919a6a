//! The certificate on the small screen, in both languages and both sizes of type: the issuer's title may be as long as it
//! likes, and no button lies on another.

use domain::display_mode::{DisplayMode, TextSize};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::page::Page;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use kiosk_ui::profile::ScreenProfile;

#[test]
fn nothing_lies_on_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let screen = ScreenProfile::of(800, 1280);
    let booth = Booth::open(BoothOptions { screen, ..BoothOptions::usual(folder.path()) }).unwrap();
    let walk = Walk::new(&booth);
    walk.to_review("participation-certificate", SampleCard::Resident.card()).unwrap();
    let touch = |words: M| booth.stage().touch(words.text(Locale::ZhCn));
    while !touch(M::ReviewSubmit) {
        assert!(touch(M::FrameNextScreen), "{:?}", booth.stage().elements());
    }
    walk.reach(Page::Result).unwrap();
    assert!(touch(M::ResultView), "{:?}", booth.stage().elements());
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
                    assert!(!a.lies_on(b), "{locale:?} {text_size:?}: {a:?} lies on {b:?}");
                }
            }
        }
    }
}
