//! The keeper's page: the unit, never a resident.

use super::{act, act_on, index};
use crate::models::updated;
use crate::screens::{Choice, Icon, KeeperAdapter};
use crate::terminal::Terminal;
use domain::device::PaperSupply;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{Tap, Upkeep};
use domain::session::state::Place;
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    let keeper = window.global::<KeeperAdapter<'_>>();
    keeper.on_choose(act_on(terminal, |t, i: i32| match index(i) {
        1 => do_upkeep(t, Upkeep::TestPrint),
        2 => do_upkeep(t, Upkeep::ReaderWiped),
        3 => do_upkeep(t, Upkeep::ReportFault),
        4 => do_upkeep(t, Upkeep::SignDailyCheck),
        // The first shows pictures, which need nothing of the machine.
        _ => {}
    }));
    keeper.on_sign_out(act(terminal, |t| t.tap(Tap::Leave)));
    keeper.on_roll_changed(act(terminal, |t| do_upkeep(t, Upkeep::RollChanged)));
}

pub(super) fn do_upkeep(terminal: &Terminal, action: Upkeep) {
    terminal.local.borrow_mut().noted = true;
    terminal.tap(Tap::Upkeep(action));
}

pub(super) fn who(terminal: &Terminal, l: Locale) -> String {
    match terminal.shell().session().place() {
        Place::Upkeep(upkeep) => {
            format!("{} {}", upkeep.staff.worker.name.text(l), upkeep.staff.worker.badge)
        }
        _ => String::new(),
    }
}

pub(super) fn show(terminal: &Terminal) {
    let l = terminal.locale();
    let adapter = terminal.window().global::<KeeperAdapter<'_>>();
    adapter.set_keeper(who(terminal, l).into());
    let local = terminal.local.borrow();
    adapter.set_roll_task(0);
    adapter.set_message(if local.noted { M::KeeperNoted.text(l).into() } else { SharedString::default() });
    let paper = match terminal.shell().session().facts().devices.paper {
        PaperSupply::Full => M::KeeperPaperFull,
        PaperSupply::Low => M::KeeperPaperLow,
        PaperSupply::Out => M::KeeperPaperOut,
        PaperSupply::Jammed => M::KeeperPaperJammed,
        PaperSupply::Unknown => M::KeeperPaperUnknown,
    };
    let task = |icon, label: M, sentence: &str| Choice {
        icon,
        label: label.text(l).into(),
        sentence: sentence.into(),
        enabled: true,
        ..Choice::default()
    };
    let tasks = vec![
        task(Icon::Receipt, M::KeeperRoll, paper.text(l)),
        task(Icon::Printer, M::KeeperTestPrint, M::KeeperTestPrintSentence.text(l)),
        task(Icon::Card, M::KeeperWipe, M::KeeperWipeSentence.text(l)),
        task(Icon::Wrench, M::KeeperReportFault, M::KeeperReportFaultSentence.text(l)),
        task(Icon::Check, M::KeeperDailyCheck, M::KeeperDailyCheckSentence.text(l)),
    ];
    adapter.set_tasks(updated(adapter.get_tasks(), tasks));
}
