//! Keeper and technician: the unit, never a resident.

use super::{act, act_on, index, text};
use crate::models::updated;
use crate::screens::{Choice, Icon, KeeperAdapter, StepState, TechnicianAdapter, TechnicianRow};
use crate::terminal::Terminal;
use domain::device::{DeviceCondition, DeviceState, PaperSupply, TerminalDevice};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::Facts;
use domain::session::event::{Network, Storage, Tap, Upkeep};
use domain::session::page::Page;
use domain::session::state::Place;
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

/// What every unit is expected to have.
const USUAL: [TerminalDevice; 4] = [
    TerminalDevice::IdCardReader,
    TerminalDevice::ReceiptPrinter,
    TerminalDevice::DocumentPrinter,
    TerminalDevice::Camera,
];

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    let keeper = window.global::<KeeperAdapter<'_>>();
    keeper.on_choose(act_on(terminal, |t, i: i32| match index(i) {
        1 => do_upkeep(t, Upkeep::TestPrint),
        2 => do_upkeep(t, Upkeep::ReportFault),
        3 => do_upkeep(t, Upkeep::SignDailyCheck),
        // The first shows pictures, which need nothing of the machine.
        _ => {}
    }));
    keeper.on_sign_out(act(terminal, |t| t.tap(Tap::Leave)));
    let technician = window.global::<TechnicianAdapter<'_>>();
    technician.on_self_test(act(terminal, |t| do_upkeep(t, Upkeep::SelfTest)));
    technician.on_test_print(act(terminal, |t| do_upkeep(t, Upkeep::TestPrint)));
    technician.on_sign_out(act(terminal, |t| t.tap(Tap::Leave)));
}

fn do_upkeep(terminal: &Terminal, action: Upkeep) {
    terminal.local.borrow_mut().noted = true;
    terminal.tap(Tap::Upkeep(action));
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    match page {
        Page::Technician => show_technician(terminal),
        _ => show_keeper(terminal),
    }
}

fn who(terminal: &Terminal, l: Locale) -> String {
    match terminal.shell().session().place() {
        Place::Upkeep(upkeep) => {
            format!("{} {}", upkeep.staff.worker.name.text(l), upkeep.staff.worker.badge)
        }
        _ => String::new(),
    }
}

fn show_keeper(terminal: &Terminal) {
    let l = Locale::default();
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
        task(Icon::Wrench, M::KeeperReportFault, M::KeeperReportFaultSentence.text(l)),
        task(Icon::Check, M::KeeperDailyCheck, M::KeeperDailyCheckSentence.text(l)),
    ];
    adapter.set_tasks(updated(adapter.get_tasks(), tasks));
}

fn show_technician(terminal: &Terminal) {
    let l = Locale::default();
    let shell = terminal.shell();
    let facts = shell.session().facts();
    let adapter = terminal.window().global::<TechnicianAdapter<'_>>();
    adapter.set_technician(who(terminal, l).into());
    let row = |label: M, value: String, state| TechnicianRow {
        label: label.text(l).into(),
        value: value.into(),
        state,
    };
    let (network, network_mark) = match facts.network {
        Network::Online => (M::TechnicianNetworkOnline, StepState::Done),
        Network::Offline => (M::TechnicianNetworkOffline, StepState::Failed),
    };
    let (storage, storage_mark) = match facts.storage {
        Storage::Ready => (M::TechnicianStorageReady, StepState::Done),
        Storage::Full => (M::TechnicianStorageFull, StepState::Failed),
        Storage::Failed => (M::TechnicianStorageFailed, StepState::Failed),
    };
    let mut rows = device_rows(&shell.conditions(), l);
    rows.extend([
        row(M::TechnicianNetwork, network.text(l).to_owned(), network_mark),
        row(M::TechnicianStorage, storage.text(l).to_owned(), storage_mark),
        row(M::TechnicianCatalogue, catalogue(facts, l), StepState::Done),
        row(M::PaperTerminal, facts.site.terminal.to_string(), StepState::Done),
        row(M::TechnicianVersion, env!("CARGO_PKG_VERSION").to_owned(), StepState::Done),
    ]);
    adapter.set_rows(updated(adapter.get_rows(), rows));
    let noted = terminal.local.borrow().noted;
    adapter.set_message(if noted { M::TechnicianNoted.text(l).into() } else { SharedString::default() });
}

/// Every device that this unit has, and of the usual ones that it has none: what is to be done, where something is.
fn device_rows(conditions: &[DeviceCondition], l: Locale) -> Vec<TechnicianRow> {
    let row = |device: TerminalDevice| {
        let condition = conditions.iter().find(|condition| condition.device == device);
        let (value, state) = match condition {
            None if USUAL.contains(&device) => (M::TechnicianNoDevice.text(l).to_owned(), StepState::Waiting),
            None => return None,
            Some(condition) if condition.state == DeviceState::Starting => {
                (M::TechnicianStarting.text(l).to_owned(), StepState::Waiting)
            }
            Some(condition) => {
                let mark = if condition.kind().is_usable() { StepState::Done } else { StepState::Failed };
                (condition.remedy(l).unwrap_or_else(|| M::TechnicianOnline.text(l).to_owned()), mark)
            }
        };
        Some(TechnicianRow { label: device.name().text(l).into(), value: value.into(), state })
    };
    TerminalDevice::ALL.into_iter().filter_map(row).collect()
}

/// Its version, and when the province last said that it is the newest.
fn catalogue(facts: &Facts, l: Locale) -> String {
    let heard =
        facts.catalogue_current_at.map(|at| format!("{} {}", text::date(at.date(), l), text::clock(at)));
    text::lines([Some(facts.catalogue.version.as_str()), heard.as_deref()].into_iter().flatten())
}
