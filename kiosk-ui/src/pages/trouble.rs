//! What cannot be done now, what still works, and that nothing is lost; and the page of a terminal that serves nobody.

use super::{act, text};
use crate::models::updated;
use crate::screens::{Fact, Icon, OutOfServiceAdapter, TroubleAdapter};
use crate::terminal::Terminal;
use domain::device::DeviceClass;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::page::Page;
use domain::session::state::{OutOfServiceReason, Overlay, Place, Trouble};
use slint::ComponentHandle;
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    let adapter = window.global::<TroubleAdapter<'_>>();
    adapter.on_carry_on(act(terminal, |t| t.tap(Tap::Close)));
    window.global::<OutOfServiceAdapter<'_>>().on_staff(act(terminal, |t| t.tap(Tap::Staff)));
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    match page {
        Page::Trouble => show_trouble(terminal),
        _ => show_out_of_service(terminal),
    }
}

fn show_trouble(terminal: &Terminal) {
    let shell = terminal.shell();
    let l = terminal.locale();
    let Some(Overlay::Trouble(trouble)) = shell.session().visit().and_then(|v| v.overlay.as_ref()) else {
        return;
    };
    let adapter = terminal.window().global::<TroubleAdapter<'_>>();
    let (title, sentence, still) = match trouble {
        Trouble::Device(DeviceClass::IdCardReader) => {
            (M::TroubleReaderTitle, M::TroubleReaderSentence, M::TroubleStillOtherWay)
        }
        Trouble::Device(DeviceClass::Camera) => {
            (M::TroubleCameraTitle, M::TroubleCameraSentence, M::TroubleStillOtherWay)
        }
        Trouble::Device(DeviceClass::CodeScanner) => {
            (M::TroubleScannerTitle, M::TroubleScannerSentence, M::TroubleStillOtherWay)
        }
        Trouble::Device(DeviceClass::ReceiptPrinter | DeviceClass::DocumentPrinter) => {
            (M::TroublePrinterTitle, M::TroublePrinterSentence, M::TroubleStillQueue)
        }
        Trouble::Province => (M::TroubleProvinceTitle, M::TroubleProvinceSentence, M::TroubleStillQueue),
        Trouble::Refused => (M::TroubleRefusedTitle, M::TroubleRefusedSentence, M::TroubleStillWindow),
        Trouble::NothingKept => (M::TroubleKeptTitle, M::TroubleKeptSentence, M::TroubleStillWindow),
        Trouble::Clock => (M::TroubleClockTitle, M::TroubleClockSentence, M::TroubleStillWindow),
        Trouble::NotTaken => (M::TroubleNotTakenTitle, M::TroubleNotTakenSentence, M::TroubleStillWindow),
        Trouble::NotSaved => (M::TroubleNotSavedTitle, M::TroubleNotSavedSentence, M::TroubleStillWindow),
    };
    adapter.set_title(title.text(l).into());
    adapter.set_sentence(sentence.text(l).into());
    let safe = match trouble {
        Trouble::NothingKept | Trouble::Clock => M::TroubleNothingTaken,
        _ => M::TroubleNothingLost,
    };
    let fact =
        |icon, heading: M, text: M| Fact { icon, heading: heading.text(l).into(), text: text.text(l).into() };
    let facts =
        vec![fact(Icon::Check, M::TroubleSafeHeading, safe), fact(Icon::Info, M::TroubleStillHeading, still)];
    adapter.set_facts(updated(adapter.get_facts(), facts));
}

fn show_out_of_service(terminal: &Terminal) {
    let shell = terminal.shell();
    let session = shell.session();
    let Place::OutOfService(out) = session.place() else { return };
    let l = session.locale();
    let site = &session.facts().site;
    let adapter = terminal.window().global::<OutOfServiceAdapter<'_>>();
    let reason = match out.reason {
        OutOfServiceReason::Closed => M::OutOfServiceClosed,
        OutOfServiceReason::Storage => M::OutOfServiceStorage,
        OutOfServiceReason::NoCatalogue => M::OutOfServiceNoCatalogue,
        OutOfServiceReason::Power => M::OutOfServicePower,
        OutOfServiceReason::Restarting => M::OutOfServiceRestarting,
    };
    adapter.set_reason(reason.text(l).into());
    let fact =
        |icon, heading: M, text: String| Fact { icon, heading: heading.text(l).into(), text: text.into() };
    let since = format!("{} {}", text::date(out.since.date(), l), text::clock(out.since));
    let facts = vec![
        fact(Icon::Clock, M::OutOfServiceSince, since),
        fact(
            Icon::Person,
            M::OutOfServiceKeeper,
            format!("{} {}", site.keeper.name.text(l), site.keeper.phone),
        ),
        fact(Icon::Calendar, M::OutOfServiceHours, text::hours(&site.hours, session.facts().now, l)),
        fact(Icon::Pin, M::OutOfServiceNearest, site.nearest.text(l).to_owned()),
    ];
    adapter.set_facts(updated(adapter.get_facts(), facts));
}
