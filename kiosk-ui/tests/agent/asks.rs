//! What the agent asks of the screen: refused in a visit, done where nobody is served; and a stranger on the line.

use super::{Kiosk, LIMIT, booth};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::page::Page;
use fleet_api::health::ScreenPhase;
use fleet_api::ui::{Answer, Ask, Refused};
use kiosk_ui::agent::AgentAddress;
use kiosk_ui::headless::Walk;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

#[test]
fn nothing_is_done_to_the_unit_while_somebody_is_served() {
    let kiosk = Kiosk::start();
    let health = kiosk.health();
    assert_eq!(health.phase, ScreenPhase::Idle);
    assert!(health.devices.iter().any(|device| device.device == "id_card_reader"), "{health:?}");

    kiosk.tap(Tap::Anywhere);
    let refused = Answer::Refused { why: Refused::Visit };
    let asks = [
        Ask::Install,
        Ask::Reboot,
        Ask::Restart,
        Ask::SelfTest { device: None },
        Ask::TestPrint,
        Ask::Picture,
        Ask::OutboxExport,
    ];
    for (id, ask) in (1..).zip(asks) {
        assert_eq!(kiosk.ask(id, ask), refused);
    }
    assert!(!kiosk.booth.terminal().wants_restart());
    assert_eq!(kiosk.booth.page(), Page::Home, "the resident was not disturbed");
    Walk::new(&kiosk.booth).leave().unwrap();

    assert_eq!(kiosk.ask(20, Ask::Install), Answer::Done);
    assert_eq!(kiosk.ask(21, Ask::Reboot), Answer::Done);
    assert_eq!(kiosk.booth.page(), Page::OutOfService);
    kiosk.tap(Tap::Anywhere);
    assert_eq!(kiosk.booth.page(), Page::OutOfService, "nobody begins a visit that a restart would end");
    assert_eq!(kiosk.ask(22, Ask::Picture), Answer::Refused { why: Refused::NotIdle });
    assert_eq!(kiosk.ask(23, Ask::Resume), Answer::Done);
    assert_eq!(kiosk.booth.page(), Page::Idle);
    assert_eq!(kiosk.ask(24, Ask::Restart), Answer::Done);
    assert!(kiosk.booth.terminal().wants_restart());

    kiosk.tap(Tap::Staff);
    assert_eq!(kiosk.ask(25, Ask::Install), Answer::Refused { why: Refused::Upkeep });
}

#[test]
fn an_idle_screen_does_what_the_desk_asks() {
    use base64::Engine as _;
    let kiosk = Kiosk::start();
    let Answer::Picture { png } = kiosk.ask(1, Ask::Picture) else { panic!("no picture") };
    let png = base64::engine::general_purpose::STANDARD.decode(png).unwrap();
    let picture = image::load_from_memory(&png).unwrap();
    assert_eq!((picture.width(), picture.height()), (1080, 1920));
    let colours: std::collections::HashSet<_> = picture.to_rgb8().pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 10, "a page was painted");

    let Answer::SelfTest(test) = kiosk.ask(2, Ask::SelfTest { device: None }) else { panic!("no self-test") };
    assert_eq!(test.failed, Vec::<String>::new());
    let checked = M::TextSelfCheck.fill(Locale::ZhCn, &[("time", "10:24")]);
    assert!(kiosk.booth.stage().elements().iter().any(|element| element.label == checked), "{checked}");
    let unknown = kiosk.ask(3, Ask::SelfTest { device: Some("oven".to_owned()) });
    assert_eq!(unknown, Answer::Refused { why: Refused::NotSupported });
    assert_eq!(kiosk.ask(4, Ask::TestPrint), Answer::Done);
    let Answer::File { path } = kiosk.ask(5, Ask::OutboxExport) else { panic!("no export") };
    assert_eq!(Path::new(&path), kiosk.folder.path().join("exports/outbox-export.zip"));
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o640, "the folder's group takes it away");
    assert!(std::fs::read(&path).unwrap().starts_with(b"PK"));
}

#[test]
fn who_is_not_the_agent_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let stranger = folder.path().metadata().unwrap().uid() + 1;
    let booth = booth(folder.path(), Some(AgentAddress { socket, user: stranger }));
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let mut line = String::new();
    assert_eq!(BufReader::new(stream).read_line(&mut line).unwrap(), 0, "it was told `{line}`");
    booth.hear_agent();
    assert_eq!(booth.page(), Page::Idle, "the terminal serves all the same");
}
