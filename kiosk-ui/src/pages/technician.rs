//! The technician's pages: devices, network, outbox, update, self-test, calibration, log. The unit, never a resident.

pub(crate) mod calibration;
mod outbox;
mod rows;

use super::upkeep::{do_upkeep, who};
use super::{act, act_on, index};
use crate::models::updated;
use crate::screens::{Choice, TechnicianAdapter, TechnicianRow};
use crate::shell::Shell;
use crate::terminal::Terminal;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{Tap, Upkeep};
use fleet_api::ui::{LogLines, TechnicianAsk, TechnicianOutcome};
use platform_client::outbox::inspect::Decision;
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

/// Lines of the log that are asked for.
const LOG_LINES: u32 = 60;

/// One page of the technician's, in the order of their buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Devices,
    Network,
    Outbox,
    Update,
    SelfTest,
    Calibration,
    Log,
}

impl Tab {
    pub(crate) const ALL: [Self; 7] = [
        Self::Devices,
        Self::Network,
        Self::Outbox,
        Self::Update,
        Self::SelfTest,
        Self::Calibration,
        Self::Log,
    ];

    /// The kebab-case name, after the page's.
    #[cfg(feature = "sim")]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Network => "network",
            Self::Outbox => "outbox",
            Self::Update => "update",
            Self::SelfTest => "self-test",
            Self::Calibration => "calibration",
            Self::Log => "log",
        }
    }

    const fn label(self) -> M {
        match self {
            Self::Devices => M::TechnicianDevices,
            Self::Network => M::TechnicianNetwork,
            Self::Outbox => M::TechnicianOutbox,
            Self::Update => M::TechnicianUpdate,
            Self::SelfTest => M::TechnicianSelfTest,
            Self::Calibration => M::TechnicianCalibration,
            Self::Log => M::TechnicianLog,
        }
    }

    /// What can be done on it, in the order of the buttons.
    fn actions(self, terminal: &Terminal) -> Vec<Action> {
        match self {
            Self::Devices => vec![Action::TestPrint],
            Self::Network | Self::Calibration => Vec::new(),
            Self::Outbox => outbox::actions(terminal),
            Self::Update if terminal.local.borrow().leaving_slot => {
                vec![Action::OtherSlotNow, Action::StayInSlot]
            }
            Self::Update => vec![Action::CheckForUpdate, Action::UpdateFromStick, Action::OtherSlot],
            Self::SelfTest => vec![Action::SelfTest],
            Self::Log => vec![Action::ReadLog, Action::ReadTroubles, Action::LogsToStick],
        }
    }
}

/// What a technician does by a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    TestPrint,
    SelfTest,
    CheckForUpdate,
    UpdateFromStick,
    OtherSlot,
    OtherSlotNow,
    StayInSlot,
    ReadLog,
    ReadTroubles,
    LogsToStick,
    TryNow,
    Decide,
    AskAgain,
    SendAgain,
    Withdraw,
    WithdrawNow,
    DecideLater,
}

impl Action {
    const fn label(self) -> M {
        match self {
            Self::TestPrint => M::KeeperTestPrint,
            Self::SelfTest => M::TechnicianSelfTest,
            Self::CheckForUpdate => M::TechnicianCheckUpdate,
            Self::UpdateFromStick => M::TechnicianFromStick,
            Self::OtherSlot => M::TechnicianOtherSlot,
            Self::OtherSlotNow => M::TechnicianOtherSlotNow,
            Self::StayInSlot => M::TechnicianOtherSlotStay,
            Self::ReadLog => M::TechnicianReadLog,
            Self::ReadTroubles => M::TechnicianReadTroubles,
            Self::LogsToStick => M::TechnicianLogsToStick,
            Self::TryNow => M::TechnicianTryNow,
            Self::Decide => M::TechnicianDecide,
            Self::AskAgain => M::TechnicianAskAgain,
            Self::SendAgain => M::TechnicianSendAgain,
            Self::Withdraw => M::TechnicianWithdraw,
            Self::WithdrawNow => M::TechnicianWithdrawNow,
            Self::DecideLater => M::TechnicianDecideLater,
        }
    }

    fn perform(self, terminal: &Terminal) {
        match self {
            Self::TestPrint => return do_upkeep(terminal, Upkeep::TestPrint),
            Self::SelfTest => return do_upkeep(terminal, Upkeep::SelfTest),
            Self::CheckForUpdate => terminal.ask_agent(TechnicianAsk::CheckForUpdate),
            Self::UpdateFromStick => terminal.ask_agent(TechnicianAsk::UpdateFromStick),
            Self::OtherSlot => terminal.local.borrow_mut().leaving_slot = true,
            Self::OtherSlotNow => {
                leave(terminal);
                do_upkeep(terminal, Upkeep::OtherSlotChosen);
                terminal.ask_agent(TechnicianAsk::OtherSlot);
            }
            Self::StayInSlot => leave(terminal),
            Self::ReadLog => read_log(terminal, LogLines::All),
            Self::ReadTroubles => read_log(terminal, LogLines::Trouble),
            Self::LogsToStick => terminal.ask_agent(TechnicianAsk::LogsToStick),
            Self::TryNow => {
                do_upkeep(terminal, Upkeep::OutboxTried);
                outbox::try_now(terminal);
            }
            Self::Decide => outbox::begin(terminal),
            Self::AskAgain => outbox::decide(terminal, Decision::AskAgain),
            Self::SendAgain => outbox::decide(terminal, Decision::SendAgain),
            Self::Withdraw => outbox::withdraw(terminal),
            Self::WithdrawNow => outbox::decide(terminal, Decision::Withdraw),
            Self::DecideLater => outbox::leave(terminal),
        }
        terminal.tap(Tap::Anywhere);
    }
}

fn read_log(terminal: &Terminal, only: LogLines) {
    terminal.ask_agent(TechnicianAsk::Log { lines: LOG_LINES, only });
}

/// Nothing is decided or chosen now.
fn leave(terminal: &Terminal) {
    outbox::leave(terminal);
    terminal.local.borrow_mut().leaving_slot = false;
}

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let technician = terminal.window().global::<TechnicianAdapter<'_>>();
    technician.on_choose_tab(act_on(terminal, |t, i: i32| choose(t, index(i))));
    technician.on_act(act_on(terminal, |t, i: i32| {
        let action = tab(t).actions(t).get(index(i)).copied();
        if let Some(action) = action {
            t.local.borrow_mut().note = None;
            action.perform(t);
        }
    }));
    technician.on_show_menu(act(terminal, |t| {
        leave(t);
        t.local.borrow_mut().tab_chosen = false;
        t.tap(Tap::Anywhere);
    }));
    technician.on_sign_out(act(terminal, |t| t.tap(Tap::Leave)));
    calibration::connect(terminal);
}

/// Shows one of the pages.
pub(crate) fn choose(terminal: &Terminal, tab: usize) {
    leave(terminal);
    let mut local = terminal.local.borrow_mut();
    local.tab = tab;
    local.tab_chosen = true;
    local.noted = false;
    local.note = None;
    drop(local);
    if self::tab(terminal) == Tab::Outbox {
        terminal.shell().agent_now().outbox().look();
    }
    terminal.tap(Tap::Anywhere);
}

/// What became of the last button is said on the page.
fn note(terminal: &Terminal, words: M) {
    terminal.local.borrow_mut().note = Some(words);
}

fn tab(terminal: &Terminal) -> Tab {
    Tab::ALL.get(terminal.local.borrow().tab).copied().unwrap_or(Tab::Devices)
}

pub(super) fn show(terminal: &Terminal) {
    let l = terminal.locale();
    let shell = terminal.shell();
    let adapter = terminal.window().global::<TechnicianAdapter<'_>>();
    adapter.set_technician(who(terminal, l).into());
    let tab = tab(terminal);
    let tabs = Tab::ALL.map(|tab| SharedString::from(tab.label().text(l)));
    adapter.set_tabs(updated(adapter.get_tabs(), tabs.to_vec()));
    adapter.set_chosen(terminal.local.borrow().tab_chosen);
    adapter.set_tab(i32::try_from(terminal.local.borrow().tab).unwrap_or(0));
    let actions = tab.actions(terminal);
    let actions = actions.iter().map(|action| SharedString::from(action.label().text(l)));
    adapter.set_actions(updated(adapter.get_actions(), actions.collect()));
    let choices: Vec<Choice> =
        if tab == Tab::Calibration { calibration::choices(&shell, l) } else { Vec::new() };
    adapter.set_choices(updated(adapter.get_choices(), choices));
    let rows: Vec<TechnicianRow> = match tab {
        Tab::Devices => rows::devices(&shell.conditions(), l),
        Tab::Network => rows::network(&shell, l),
        Tab::Outbox => outbox::rows(terminal, &shell, l),
        Tab::Update if terminal.local.borrow().leaving_slot => rows::other_slot(&shell, l),
        Tab::Update => rows::update(&shell, l),
        Tab::SelfTest => rows::self_test(&shell, l),
        Tab::Calibration => Vec::new(),
        Tab::Log => rows::log(&shell),
    };
    adapter.set_rows(updated(adapter.get_rows(), rows));
    adapter.set_message(message(terminal, &shell, tab, l).into());
    calibration::show(terminal);
}

/// What became of the last button.
fn message(terminal: &Terminal, shell: &Shell, tab: Tab, l: Locale) -> String {
    let agent = shell.agent_now();
    if matches!(tab, Tab::Update | Tab::Log) {
        if agent.is_asking() {
            return M::TechnicianAsked.text(l).to_owned();
        }
        let outcome = agent.outcome().map(|(outcome, _)| match outcome {
            TechnicianOutcome::Done => M::TechnicianDone,
            TechnicianOutcome::Begun => M::TechnicianBegun,
            TechnicianOutcome::NoStick => M::TechnicianNoStick,
            TechnicianOutcome::NotAuthentic => M::TechnicianNotAuthentic,
            TechnicianOutcome::UpToDate => M::TechnicianUpToDate,
            TechnicianOutcome::Failed => M::TechnicianFailed,
            TechnicianOutcome::NotSupported | TechnicianOutcome::Unrecognised => M::TechnicianNotSupported,
        });
        return outcome.map(|outcome| outcome.text(l).to_owned()).unwrap_or_default();
    }
    let local = terminal.local.borrow();
    // A decision that could not be carried out is said before anything else.
    if tab == Tab::Outbox && agent.outbox().seen().decided == Some(false) {
        return M::TechnicianFailed.text(l).to_owned();
    }
    let noted = local.noted.then_some(M::TechnicianNoted);
    local.note.or(noted).map(|words| words.text(l).to_owned()).unwrap_or_default()
}
